//! Asks git which files changed.
use crate::git::{self, GitError};
use std::collections::HashSet;
use std::path::Path;

/// Files of the checkout at `top` that differ from the commit `revision`, or from where the branch at hand left it, and those
/// that are untracked but not ignored; relative to `top`. What is gone is not among them.
///
/// # Errors
/// No checkout, no such commit, for people.
pub fn changed(top: &Path, revision: &str) -> Result<HashSet<String>, String> {
    if !top.join(".git").exists() {
        return Err("this is not a git checkout, or the paths are in several".into());
    }
    let ask = |words: &[&str]| {
        let mut git = git::command(top);
        git.args(words);
        git::output(git)
    };
    let commit = format!("{revision}^{{commit}}");
    let known = match ask(&["rev-parse", "--verify", "--quiet", "--end-of-options", &commit]) {
        Ok(known) => String::from_utf8_lossy(&known).trim().to_owned(),
        Err(GitError::Said(why)) if why.is_empty() => {
            return Err(
                "git knows no such commit here; a shallow clone has only the newest, `git fetch --unshallow` gets the others"
                    .into(),
            );
        }
        Err(why) => return Err(why.to_string()),
    };
    // A shallow clone may not know where the two parted: then all that differs is looked at.
    let base = ask(&["merge-base", &known, "HEAD"]).map(|base| String::from_utf8_lossy(&base).trim().to_owned());
    let base = base.unwrap_or(known);
    let differ =
        ["diff", "--name-only", "-z", "--no-renames", "--no-ext-diff", "--ignore-submodules", "--diff-filter=d", &base, "--"];
    let untracked = ["ls-files", "--others", "--exclude-standard", "-z"];
    let mut out = HashSet::new();
    for words in [&differ[..], &untracked] {
        let said = ask(words).map_err(|why| why.to_string())?;
        // A name that is no UTF-8 is no name of a file that a run looks at.
        out.extend(said.split(|b| *b == 0).filter_map(|name| Some(std::str::from_utf8(name).ok()?.to_owned())));
    }
    Ok(out)
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
    fn changed_new_and_renamed() {
        let dir = tempfile::tempdir().unwrap();
        let root = dir.path();
        let put = |name: &str, text: &str| fs::write(root.join(name), text).unwrap();
        git(root, &["init", "-q", "-b", "main"]);
        ["same.yaml", "changed é.yaml", "gone.yaml", "old.yaml"].iter().for_each(|name| put(name, "a: 1\nb: 2\n"));
        put(".gitignore", "ignored.yaml\n");
        git(root, &["add", "-A"]);
        git(root, &["commit", "-qm", "one"]);
        git(root, &["checkout", "-qb", "work"]);
        put("committed.yaml", "a: 1\n");
        git(root, &["mv", "old.yaml", "new.yaml"]);
        git(root, &["rm", "-q", "gone.yaml"]);
        git(root, &["add", "-A"]);
        git(root, &["commit", "-qm", "two"]);
        // What others did since the branch left is none of its business.
        git(root, &["checkout", "-q", "main"]);
        put("same.yaml", "a: 3\n");
        git(root, &["commit", "-qam", "three"]);
        git(root, &["checkout", "-q", "work"]);
        put("changed é.yaml", "a: 2\n");
        put("untracked.yaml", "a: 1\n");
        put("ignored.yaml", "a: 1\n");
        let mut names: Vec<String> = changed(root, "main").unwrap().into_iter().filter(|name| !name.is_empty()).collect();
        names.sort();
        assert_eq!(names, ["changed é.yaml", "committed.yaml", "new.yaml", "untracked.yaml"]);
        assert!(changed(root, "nothing").unwrap_err().starts_with("git knows no such commit"));
        assert!(changed(root, "--all").unwrap_err().starts_with("git knows no such commit"));
        assert!(changed(&root.join("x"), "main").unwrap_err().starts_with("this is not a git checkout"));
    }
}
