//! A checkout of its own, in which commits are made.
use super::{Author, Git};
use crate::forge::Trouble;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};

/// A checkout of its own, gone once it is dropped.
pub struct Worktree<'a> {
    git: &'a Git,
    pub path: PathBuf,
}

impl Git {
    /// Checks a commit out into `folder`, which is empty.
    ///
    /// # Errors
    /// A full disk and the like.
    pub fn worktree(&self, folder: &Path, commit: &str) -> Result<Worktree<'_>, Trouble> {
        // Before there is anything: a half-made one goes away as well.
        let worktree = Worktree { git: self, path: folder.to_owned() };
        let args = ["worktree", "add", "--quiet", "--detach", "--force"].map(OsStr::new);
        self.run(self.call(&self.top, args.into_iter().chain([folder.as_os_str(), OsStr::new(commit)])), b"")?;
        Ok(worktree)
    }
}

impl Worktree<'_> {
    /// Commits these files, as they are, and gives the commit.
    ///
    /// # Errors
    /// What git says, of a signature for example.
    pub fn commit(&self, files: &[&str], message: &str, author: &Author) -> Result<String, Trouble> {
        let names = files.join("\0");
        let add = ["add", "--pathspec-from-file=-", "--pathspec-file-nul"].map(OsStr::new);
        self.git.run(self.git.call(&self.path, add), names.as_bytes())?;
        let env = [
            ("GIT_AUTHOR_NAME", author.name.as_str()),
            ("GIT_AUTHOR_EMAIL", author.mail.as_str()),
            ("GIT_COMMITTER_NAME", author.name.as_str()),
            ("GIT_COMMITTER_EMAIL", author.mail.as_str()),
        ];
        let commit = ["commit", "--quiet", "--no-verify", "--cleanup=verbatim", "--file=-"].map(OsStr::new);
        let mut commit = self.git.call(&self.path, commit);
        commit.envs(env);
        self.git.run(commit, message.as_bytes()).map_err(|trouble| {
            Trouble::new(
                format!("could not commit: {}", trouble.message),
                "where git signs commits, its key has to be at hand: git config commit.gpgsign",
            )
        })?;
        let head = ["rev-parse", "--verify", "HEAD"].map(OsStr::new);
        Ok(self.git.run(self.git.call(&self.path, head), b"")?.trim().to_owned())
    }
}

impl Drop for Worktree<'_> {
    fn drop(&mut self) {
        let remove = || {
            let args = ["worktree", "remove", "--force", "--force"].map(OsStr::new);
            let remove = self.git.call(&self.git.top, args.into_iter().chain([self.path.as_os_str()]));
            self.git.run_anyway(remove, b"")
        };
        if remove().is_err() {
            // Git takes no half of one for its own, but what is gone it does.
            let _ = std::fs::remove_dir_all(&self.path);
            let _ = remove();
        }
    }
}
