//! Which files? The only module that knows the `ignore` crate.
use ignore::overrides::{Override, OverrideBuilder};
use ignore::{DirEntry, WalkBuilder, WalkState};
use std::path::{Path, PathBuf};
use std::sync::mpsc;

/// Hidden folders that are walked all the same, one a line.
const WALKED: &str = include_str!("../../templates/hidden-folders.txt");

/// What to look for, and where.
#[derive(Debug, Clone, Default)]
pub struct Walk {
    /// Files and folders as a person named them; none: `cwd`.
    pub paths: Vec<PathBuf>,
    /// The folder that relative `paths` start from.
    pub cwd: PathBuf,
    /// Hidden files and folders as well.
    pub hidden: bool,
    /// Files that .gitignore and .ignore name as well.
    pub no_ignore: bool,
    /// Globs of files and folders to leave out, as in a .gitignore.
    pub exclude: Vec<String>,
}

/// The files of a run.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Found {
    /// The folder that all paths are relative to: `cwd` where everything lies in it, else the nearest folder that does.
    pub root: PathBuf,
    /// To be looked at: sorted, with `/`.
    pub files: Vec<String>,
    /// All that a file may refer to: `files`, and where they are a part of a git checkout the rest of `root` as well.
    pub around: Vec<String>,
    /// Path and reason of what could not be listed.
    pub unread: Vec<(String, String)>,
}

/// Why there is nothing to walk.
#[derive(Debug, thiserror::Error)]
pub enum DiscoverError {
    #[error("there is no {0}")]
    Missing(String),
    #[error("{0}: {1}")]
    Io(String, std::io::Error),
    #[error("--exclude {0}: {1}")]
    Glob(String, String),
}

/// Lists the files of a run.
///
/// # Errors
/// A path that was named but is not there; a glob that cannot be read.
pub fn files(walk: &Walk) -> Result<Found, DiscoverError> {
    let named = named(walk)?;
    let root = nearest_folder(walk, &named)?;
    let exclude = overrides(&root, &walk.exclude)?;
    let (folders, single): (Vec<_>, Vec<_>) = named.into_iter().partition(|path| path.is_dir());
    let mut found = Found { root: root.clone(), ..Found::default() };
    for path in single {
        take(&root, &path, &mut found.files, &mut found.unread);
    }
    for folder in &folders {
        walk_folder(walk, &root, folder, &exclude, &mut found.files, &mut found.unread);
    }
    tidy(&mut found.files);
    found.around = found.files.clone();
    if !folders.contains(&root) && root.ancestors().any(|dir| dir.join(".git").exists()) {
        walk_folder(walk, &root, &root, &exclude, &mut found.around, &mut Vec::new());
        tidy(&mut found.around);
    }
    found.unread.sort();
    found.unread.dedup();
    Ok(found)
}

/// The folder that the paths of a run are relative to.
///
/// # Errors
/// As `files`.
pub fn root(walk: &Walk) -> Result<PathBuf, DiscoverError> {
    nearest_folder(walk, &named(walk)?)
}

/// What to put before a path relative to `root` so that it is one relative to `cwd`; a whole path where the two have
/// nothing in common.
pub fn prefix(cwd: &Path, root: &Path) -> String {
    let cwd = absolute(cwd).unwrap_or_else(|_| cwd.to_owned());
    let shared = cwd.ancestors().find(|dir| root.starts_with(dir)).unwrap_or(Path::new("/"));
    let below = |path: &Path| path.strip_prefix(shared).map(|rest| rest.components().count()).unwrap_or_default();
    let nothing_shared = shared.parent().is_none() && cwd != shared;
    let mut parts = PathBuf::from("../".repeat(below(&cwd)));
    // A whole path takes the place of what it is pushed to.
    parts.push(if nothing_shared { root } else { root.strip_prefix(shared).unwrap_or(root) });
    match parts.to_string_lossy() {
        text if text.is_empty() || text.ends_with('/') => text.into_owned(),
        text => format!("{text}/"),
    }
}

fn tidy(paths: &mut Vec<String>) {
    paths.sort_unstable();
    paths.dedup();
}

/// The paths, absolute and without links. A file's link that leads out of `cwd` stays what it is: see `output::write`.
fn named(walk: &Walk) -> Result<Vec<PathBuf>, DiscoverError> {
    if walk.paths.is_empty() {
        return Ok(vec![absolute(&walk.cwd)?]);
    }
    let cwd = absolute(&walk.cwd)?;
    let mut named = Vec::with_capacity(walk.paths.len());
    for path in &walk.paths {
        let full = walk.cwd.join(path);
        if !full.exists() {
            return Err(DiscoverError::Missing(path.display().to_string()));
        }
        let real = absolute(&full)?;
        named.push(match (full.parent(), full.file_name()) {
            (Some(folder), Some(name)) if real.is_file() && !real.starts_with(&cwd) => absolute(folder)?.join(name),
            _ => real,
        });
    }
    Ok(named)
}

fn absolute(path: &Path) -> Result<PathBuf, DiscoverError> {
    path.canonicalize().map_err(|e| DiscoverError::Io(path.display().to_string(), e))
}

fn nearest_folder(walk: &Walk, named: &[PathBuf]) -> Result<PathBuf, DiscoverError> {
    let mut root = absolute(&walk.cwd)?;
    if named.iter().all(|path| path.starts_with(&root)) {
        return Ok(root);
    }
    if let Some(first) = named.first() {
        root = if first.is_dir() { first.clone() } else { first.parent().unwrap_or(first).to_owned() };
    }
    while !named.iter().all(|path| path.starts_with(&root)) && root.pop() {}
    Ok(root)
}

fn overrides(root: &Path, exclude: &[String]) -> Result<Override, DiscoverError> {
    let mut builder = OverrideBuilder::new(root);
    for glob in exclude {
        builder.add(&format!("!{glob}")).map_err(|e| DiscoverError::Glob(glob.clone(), e.to_string()))?;
    }
    builder.build().map_err(|e| DiscoverError::Glob(exclude.join(" "), e.to_string()))
}

/// What the walk's threads send.
enum Sight {
    File(PathBuf),
    Unread(String, String),
}

fn walk_folder(
    walk: &Walk,
    root: &Path,
    folder: &Path,
    exclude: &Override,
    files: &mut Vec<String>,
    unread: &mut Vec<(String, String)>,
) {
    let hidden = walk.hidden;
    let mut builder = WalkBuilder::new(folder);
    builder
        .hidden(false)
        .ignore(!walk.no_ignore)
        .git_ignore(!walk.no_ignore)
        .git_global(!walk.no_ignore)
        .git_exclude(!walk.no_ignore)
        .parents(!walk.no_ignore)
        .require_git(false)
        .follow_links(false)
        .overrides(exclude.clone())
        .filter_entry(move |entry| shown(entry, hidden));
    let (send, receive) = mpsc::channel();
    builder.build_parallel().run(|| {
        let send = send.clone();
        Box::new(move |entry| {
            let sight = match entry {
                Ok(entry) if is_yaml(&entry) => Sight::File(entry.into_path()),
                Ok(_) => return WalkState::Continue,
                Err(error) => {
                    let text = error.to_string();
                    let (path, why) = text.split_once(": ").unwrap_or(("", text.as_str()));
                    Sight::Unread(path.to_owned(), why.to_owned())
                }
            };
            if send.send(sight).is_ok() { WalkState::Continue } else { WalkState::Quit }
        })
    });
    drop(send);
    for sight in receive {
        match sight {
            Sight::File(path) => take(root, &path, files, unread),
            Sight::Unread(path, why) => {
                let path = Path::new(&path);
                let path = path.strip_prefix(root).unwrap_or(path);
                unread.push((path.to_string_lossy().into_owned(), why));
            }
        }
    }
}

fn shown(entry: &DirEntry, hidden: bool) -> bool {
    let name = entry.file_name().to_string_lossy();
    entry.depth() == 0 || name != ".git" && (hidden || !name.starts_with('.') || WALKED.lines().any(|walked| walked == name))
}

/// Regular files alone: a link's file is found where it is, if it is in the folder at all.
fn is_yaml(entry: &DirEntry) -> bool {
    entry.file_type().is_some_and(|kind| kind.is_file())
        && entry.path().extension().is_some_and(|e| e.eq_ignore_ascii_case("yaml") || e.eq_ignore_ascii_case("yml"))
}

fn take(root: &Path, path: &Path, files: &mut Vec<String>, unread: &mut Vec<(String, String)>) {
    let relative = path.strip_prefix(root).unwrap_or(path);
    match relative.to_str() {
        Some(name) if std::path::MAIN_SEPARATOR == '/' => files.push(name.to_owned()),
        Some(name) => files.push(name.replace(std::path::MAIN_SEPARATOR, "/")),
        None => unread.push((relative.to_string_lossy().into_owned(), "its name is not UTF-8".into())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    fn tree(paths: &[&str]) -> tempfile::TempDir {
        let dir = tempfile::tempdir().unwrap();
        for path in paths {
            let path = dir.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "a: 1\n").unwrap();
        }
        dir
    }

    fn walk(dir: &Path, paths: &[&str]) -> Walk {
        Walk { cwd: dir.to_owned(), paths: paths.iter().map(PathBuf::from).collect(), ..Walk::default() }
    }

    #[test]
    fn yaml_alone_sorted_and_known_hidden_folders() {
        let dir =
            tree(&["b.yaml", "a.yml", "c.json", ".hidden.yaml", ".x/d.yaml", ".github/e.yaml", "d/.gitlab/f.yaml", "G.YAML"]);
        let found = files(&walk(dir.path(), &[])).unwrap();
        assert_eq!(found.files, [".github/e.yaml", "G.YAML", "a.yml", "b.yaml", "d/.gitlab/f.yaml"]);
        let all = files(&Walk { hidden: true, ..walk(dir.path(), &["."]) }).unwrap();
        assert!(all.files.contains(&".x/d.yaml".into()) && all.files.contains(&".hidden.yaml".into()));
    }

    #[test]
    fn ignored_files_outside_git_too() {
        let dir = tree(&["a.yaml", "gen/b.yaml", "sub/c.yaml"]);
        fs::write(dir.path().join(".gitignore"), "gen/\n").unwrap();
        assert_eq!(files(&walk(dir.path(), &[])).unwrap().files, ["a.yaml", "sub/c.yaml"]);
        let all = Walk { no_ignore: true, ..walk(dir.path(), &[]) };
        assert_eq!(files(&all).unwrap().files, ["a.yaml", "gen/b.yaml", "sub/c.yaml"]);
        let less = Walk { exclude: vec!["sub/**".into()], ..walk(dir.path(), &[]) };
        assert_eq!(files(&less).unwrap().files, ["a.yaml"]);
        assert!(matches!(files(&Walk { exclude: vec!["a{".into()], ..less }), Err(DiscoverError::Glob(..))));
    }

    #[test]
    fn a_file_that_is_named_is_taken() {
        let dir = tree(&["a.json", ".b.yaml", "gen/c.yaml", "d.yaml"]);
        fs::write(dir.path().join(".gitignore"), "gen/\n").unwrap();
        let named = files(&walk(dir.path(), &["a.json", ".b.yaml", "gen/c.yaml", "a.json"])).unwrap();
        assert_eq!(named.files, [".b.yaml", "a.json", "gen/c.yaml"]);
        assert_eq!(named.around, named.files);
        assert!(matches!(files(&walk(dir.path(), &["no.yaml"])), Err(DiscoverError::Missing(_))));
    }

    #[test]
    fn in_a_checkout_the_rest_is_known_too() {
        let dir = tree(&["x/a.yaml", "y/b.yaml", ".git/c.yaml"]);
        let found = files(&walk(dir.path(), &["x"])).unwrap();
        assert_eq!((found.files, found.around), (vec!["x/a.yaml".into()], vec!["x/a.yaml".into(), "y/b.yaml".into()]));
    }

    #[test]
    fn paths_elsewhere_have_their_own_root() {
        let (here, there) = (tree(&["a.yaml"]), tree(&["x/b.yaml", "x/y/c.yaml"]));
        let path = there.path().join("x");
        let found = files(&walk(here.path(), &[path.to_str().unwrap()])).unwrap();
        assert_eq!((found.root, found.files), (path.canonicalize().unwrap(), vec!["b.yaml".into(), "y/c.yaml".into()]));
    }

    #[cfg(unix)]
    #[test]
    fn links_are_not_followed() {
        use std::os::unix::fs::symlink;
        let (dir, other) = (tree(&["real/a.yaml"]), tree(&["secret.yaml"]));
        symlink(other.path(), dir.path().join("out")).unwrap();
        symlink("real/a.yaml", dir.path().join("link.yaml")).unwrap();
        symlink("..", dir.path().join("real/loop")).unwrap();
        assert_eq!(files(&walk(dir.path(), &[])).unwrap().files, ["real/a.yaml"]);
        let named = files(&walk(dir.path(), &["link.yaml", "real/a.yaml"])).unwrap();
        assert_eq!(named.files, ["real/a.yaml"], "a link that is named is its file, once");
    }

    #[test]
    fn paths_are_told_from_where_a_person_stands() {
        let dir = tree(&["x/y/a.yaml", "z/b.yaml"]);
        let root = dir.path().canonicalize().unwrap();
        assert_eq!(prefix(&root, &root), "");
        assert_eq!(prefix(&root.join("x"), &root), "../");
        assert_eq!(prefix(&root.join("x/y"), &root.join("z")), "../../z/");
        assert_eq!(prefix(&root, &root.join("x/y")), "x/y/");
        assert_eq!(prefix(Path::new("/"), Path::new("/")), "");
        assert_eq!(prefix(&root, Path::new("/dev")), "/dev/");
    }

    #[cfg(unix)]
    #[test]
    fn a_name_that_is_no_utf8_is_said() {
        use std::os::unix::ffi::OsStrExt;
        let dir = tree(&["a.yaml"]);
        fs::write(dir.path().join(std::ffi::OsStr::from_bytes(b"b\xff.yaml")), "a: 1\n").unwrap();
        let found = files(&walk(dir.path(), &[])).unwrap();
        assert_eq!(found.files, ["a.yaml"]);
        assert_eq!(found.unread, [("b\u{fffd}.yaml".to_owned(), "its name is not UTF-8".to_owned())]);
    }
}
