//! Asks git whether files that would be written hold work that is not committed.
use crate::git::{self, GitError};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Paths that one call of git gets; a command line has a limit.
const AT_ONCE: usize = 400;

/// Those of `files` (relative to `root`) that are untracked, ignored or changed, as git sees them. Files outside of any
/// git checkout are none of its business, nor is anything where there is no git.
///
/// # Errors
/// What git says, where it is there but cannot answer.
pub fn files(root: &Path, files: &[&str]) -> Result<Vec<String>, String> {
    let mut checkouts: BTreeMap<PathBuf, Vec<(PathBuf, &str)>> = BTreeMap::new();
    for file in files {
        let Ok(disk) = root.join(file).canonicalize() else { continue };
        let Some(top) = disk.ancestors().skip(1).find(|dir| dir.join(".git").exists()) else { continue };
        let inside = disk.strip_prefix(top).unwrap_or(&disk).to_owned();
        checkouts.entry(top.to_owned()).or_default().push((inside, file));
    }
    let mut dirty = Vec::new();
    for (top, files) in checkouts {
        for some in files.chunks(AT_ONCE) {
            let Some(said) = status(&top, some.iter().map(|(inside, _)| inside.as_path()))? else { return Ok(Vec::new()) };
            dirty.extend(
                some.iter()
                    .filter(|(inside, _)| said.iter().any(|known| inside.starts_with(known)))
                    .map(|(_, file)| (*file).to_owned()),
            );
        }
    }
    dirty.sort();
    Ok(dirty)
}

/// Paths that `git status` names; none where there is no git.
fn status<'a>(top: &Path, paths: impl Iterator<Item = &'a Path>) -> Result<Option<Vec<PathBuf>>, String> {
    let mut git = git::command(top);
    git.args(["status", "--porcelain", "-z", "--untracked-files=all", "--ignored=matching", "--no-renames", "--"]).args(paths);
    let said = match git::output(git) {
        Ok(said) => said,
        Err(GitError::Missing) => return Ok(None),
        Err(why) => return Err(why.to_string()),
    };
    // `XY path`, each ended by a null byte.
    let entries = said.split(|b| *b == 0).filter(|entry| entry.len() > 3);
    Ok(Some(entries.map(|entry| git::path(&entry[3..])).collect()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    fn git(dir: &Path, args: &[&str]) {
        let mut git = git::command(dir);
        git.args(["-c", "user.name=t", "-c", "user.email=t@example.com", "-c", "commit.gpgsign=false"]).args(args);
        git::output(git).unwrap();
    }

    #[test]
    fn untracked_ignored_changed_and_staged() {
        let dir = tempfile::tempdir().unwrap();
        let root = dir.path();
        let names = ["clean.yaml", "changed.yaml", "staged [x].yaml", "sub/clean é.yaml"];
        fs::create_dir(root.join("sub")).unwrap();
        names.iter().for_each(|name| fs::write(root.join(name), "a: 1\n").unwrap());
        fs::write(root.join(".gitignore"), "ignored.yaml\nfolder/\n").unwrap();
        git(root, &["init", "-q"]);
        git(root, &["add", "-A"]);
        git(root, &["commit", "-qm", "x"]);
        ["changed.yaml", "staged [x].yaml", "new.yaml", "ignored.yaml"]
            .iter()
            .for_each(|name| fs::write(root.join(name), "a: 2\n").unwrap());
        git(root, &["add", "staged [x].yaml"]);
        fs::create_dir(root.join("folder")).unwrap();
        fs::write(root.join("folder/a.yaml"), "a: 1\n").unwrap();
        let all = [&names[..], &["new.yaml", "ignored.yaml", "folder/a.yaml"]].concat();
        assert_eq!(files(root, &all).unwrap(), ["changed.yaml", "folder/a.yaml", "ignored.yaml", "new.yaml", "staged [x].yaml"]);
        assert_eq!(files(&root.join("sub"), &["clean é.yaml"]).unwrap(), [""; 0]);
    }

    #[test]
    fn outside_of_git_nothing_is_dirty() {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join("a.yaml"), "a: 1\n").unwrap();
        assert_eq!(files(dir.path(), &["a.yaml"]).unwrap(), [""; 0]);
    }
}
