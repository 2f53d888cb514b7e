//! The only place that writes files. Those of the user: the whole new file or the old one, never a part.
use crate::report::{FileReport, Finding, Level, Outcome, Report};
use crate::source::Source;
use std::fs;
use std::io::{self, Read as _, Seek as _, Write as _};
use std::path::{Path, PathBuf};

/// Why a file was left as it is.
#[derive(Debug, thiserror::Error)]
pub enum Refused {
    #[error("it changed on disk since it was read")]
    Changed,
    #[error("the file is read-only")]
    ReadOnly,
    #[error("it is a link that leads out of {0}")]
    Outside(PathBuf),
    #[error("{0}")]
    Io(#[from] io::Error),
}

/// Writes every edited file of the report. One that cannot be written becomes failed, with the reason, and keeps its bytes.
pub fn all(root: &Path, report: &mut Report) {
    report.files.iter_mut().for_each(|file| one(root, file));
}

/// Writes a file, if it was edited, as `all` does.
pub fn one(root: &Path, file: &mut FileReport) {
    if !file.changed() || file.failed() {
        return;
    }
    if let Err(refused) = replace(root, &file.source, &file.migrated_text()) {
        let why = refused.to_string();
        file.findings.insert(0, Finding::at(&file.source, 0..0, "yamlift/unwritten", Level::Error, why.clone()));
        file.outcome = Outcome::Failed(why);
        file.steps.clear();
    }
}

/// Writes a report of the run, over what was there.
///
/// # Errors
/// Anything the disk says.
pub fn report(path: &Path, text: &str) -> io::Result<()> {
    fs::write(path, text)
}

/// Adds to a file that other programs may have written to; begins a line of its own where they left theirs open.
///
/// # Errors
/// Anything the disk says.
pub fn append(path: &Path, text: &str) -> io::Result<()> {
    let mut file = fs::OpenOptions::new().create(true).read(true).append(true).open(path)?;
    let mut last = [b'\n'];
    // What has no end to go to, such as a pipe, is written to as it is.
    if file.seek(io::SeekFrom::End(-1)).is_ok() {
        file.read_exact(&mut last)?;
    }
    let gap = if last == *b"\n" { "" } else { "\n" };
    file.write_all(format!("{gap}{text}").as_bytes())
}

/// Replaces the file that `source` was read from by `text`, atomically: a temporary file in the same folder, flushed to
/// the disk, then renamed. The mode is kept, and the owner where that is allowed. A link is resolved: what it leads to is
/// written.
///
/// # Errors
/// A file outside of `root`, a read-only one, one that is not as it was read; anything the disk says.
pub fn replace(root: &Path, source: &Source, text: &str) -> Result<(), Refused> {
    let path = source.disk.canonicalize()?;
    if !path.starts_with(root.canonicalize()?) {
        return Err(Refused::Outside(root.to_owned()));
    }
    let metadata = fs::metadata(&path)?;
    writable(&path, &metadata)?;
    if fs::read(&path)? != source.bytes(&source.text) {
        return Err(Refused::Changed);
    }
    let folder = path.parent().unwrap_or(root);
    let mut new = tempfile::Builder::new().prefix(".yamlift-").suffix(".tmp").tempfile_in(folder)?;
    new.write_all(&source.bytes(text))?;
    keep_owner(new.path(), &metadata);
    fs::set_permissions(new.path(), metadata.permissions())?;
    new.as_file().sync_all()?;
    new.persist(&path).map_err(|e| Refused::Io(e.error))?;
    // The rename itself is safe once the folder is on the disk; not every file system can be asked for that.
    if let Ok(folder) = fs::File::open(folder) {
        let _ = folder.sync_all();
    }
    Ok(())
}

/// Writes a file that somebody asked for by its name, and the folders above it.
///
/// # Errors
/// Anything the disk says.
pub fn put(path: &Path, bytes: &[u8]) -> io::Result<()> {
    path.parent().map_or(Ok(()), fs::create_dir_all)?;
    fs::write(path, bytes)
}

/// Takes a file away, and the folders that are empty then, up to three of them; one that is not there is no error.
///
/// # Errors
/// Anything else that the disk says.
pub fn remove(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    // A folder that holds something stays, which is what the error says.
    path.ancestors().skip(1).take(3).take_while(|folder| fs::remove_dir(folder).is_ok()).for_each(drop);
    Ok(())
}

/// A temporary folder with these files (path in it, bytes), gone once it is dropped.
///
/// # Errors
/// Anything the disk says.
pub fn scratch<'f>(files: impl IntoIterator<Item = (&'f String, &'f Vec<u8>)>) -> io::Result<tempfile::TempDir> {
    let folder = tempfile::Builder::new().prefix("yamlift-").tempdir()?;
    files.into_iter().try_for_each(|(path, bytes)| put(&folder.path().join(path), bytes))?;
    Ok(folder)
}

/// A rename would replace a read-only file without a word.
fn writable(path: &Path, metadata: &fs::Metadata) -> Result<(), Refused> {
    if metadata.permissions().readonly() {
        return Err(Refused::ReadOnly);
    }
    match fs::OpenOptions::new().write(true).open(path) {
        Ok(_) => Ok(()),
        Err(e) if e.kind() == io::ErrorKind::PermissionDenied => Err(Refused::ReadOnly),
        Err(e) => Err(e.into()),
    }
}

#[cfg(unix)]
fn keep_owner(path: &Path, old: &fs::Metadata) {
    use std::os::unix::fs::MetadataExt;
    let new = fs::metadata(path).map(|m| (m.uid(), m.gid()));
    if new.is_ok_and(|new| new != (old.uid(), old.gid())) {
        let _ = std::os::unix::fs::chown(path, Some(old.uid()), Some(old.gid()));
    }
}

#[cfg(not(unix))]
fn keep_owner(_path: &Path, _old: &fs::Metadata) {}

/// Whether a report could be written there, so that nothing is done in vain.
///
/// # Errors
/// Why not.
pub fn takes_report(path: &Path) -> Result<(), String> {
    let ending = path.extension().and_then(|ending| ending.to_str()).unwrap_or_default();
    if path.is_file() && ["yaml", "yml"].contains(&ending) {
        return Err("it is a YAML file, and would be lost".into());
    }
    if path.exists() {
        return std::fs::OpenOptions::new().append(true).open(path).map(drop).map_err(|e| e.to_string());
    }
    match path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        Some(folder) if !folder.is_dir() => Err(format!("there is no folder {}", folder.display())),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(dir: &Path, name: &str, bytes: &[u8]) -> Source {
        fs::write(dir.join(name), bytes).unwrap();
        let (bom, text) = match bytes.strip_prefix(b"\xef\xbb\xbf") {
            Some(rest) => (true, rest),
            None => (false, bytes),
        };
        Source { path: name.into(), disk: dir.join(name), text: String::from_utf8(text.to_vec()).unwrap(), bom }
    }

    #[test]
    fn the_new_bytes_and_no_rest() {
        let dir = tempfile::tempdir().unwrap();
        let source = file(dir.path(), "a.yaml", b"\xef\xbb\xbfa: 1\r\n");
        replace(dir.path(), &source, "a: 2\r\n").unwrap();
        assert_eq!(fs::read(dir.path().join("a.yaml")).unwrap(), b"\xef\xbb\xbfa: 2\r\n");
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 1);
    }

    #[test]
    fn what_is_added_begins_a_line() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("output");
        append(&path, "a=1\n").unwrap();
        append(&path, "b=2").unwrap();
        append(&path, "c=3\n").unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "a=1\nb=2\nc=3\n");
    }

    #[test]
    fn a_file_that_changed_meanwhile_is_kept() {
        let dir = tempfile::tempdir().unwrap();
        let source = file(dir.path(), "a.yaml", b"a: 1\n");
        fs::write(dir.path().join("a.yaml"), "mine\n").unwrap();
        assert!(matches!(replace(dir.path(), &source, "a: 2\n"), Err(Refused::Changed)));
        assert_eq!(fs::read(dir.path().join("a.yaml")).unwrap(), b"mine\n");
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 1);
    }

    #[cfg(unix)]
    #[test]
    fn mode_links_and_read_only_files() {
        use std::os::unix::fs::{PermissionsExt, symlink};
        let (dir, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let mut source = file(dir.path(), "a.yaml", b"a: 1\n");
        fs::set_permissions(&source.disk, fs::Permissions::from_mode(0o751)).unwrap();
        symlink("a.yaml", dir.path().join("link.yaml")).unwrap();
        source.disk = dir.path().join("link.yaml");
        replace(dir.path(), &source, "a: 2\n").unwrap();
        assert!(source.disk.is_symlink());
        assert_eq!(fs::read(dir.path().join("a.yaml")).unwrap(), b"a: 2\n");
        assert_eq!(fs::metadata(dir.path().join("a.yaml")).unwrap().permissions().mode() & 0o777, 0o751);

        let mut out = file(other.path(), "b.yaml", b"a: 1\n");
        symlink(&out.disk, dir.path().join("out.yaml")).unwrap();
        out.disk = dir.path().join("out.yaml");
        assert!(matches!(replace(dir.path(), &out, "a: 2\n"), Err(Refused::Outside(_))));

        let locked = file(dir.path(), "c.yaml", b"a: 1\n");
        fs::set_permissions(&locked.disk, fs::Permissions::from_mode(0o444)).unwrap();
        assert!(matches!(replace(dir.path(), &locked, "a: 2\n"), Err(Refused::ReadOnly)));
        assert_eq!(fs::read(&locked.disk).unwrap(), b"a: 1\n");
    }
}
