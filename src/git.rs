//! The `git` command, as every part of us calls it.
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// What git sets for hooks and the like, and obeys before it looks around: it would answer for another checkout.
const ELSEWHERE: [&str; 3] = ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE"];

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub enum GitError {
    #[error("git is not installed")]
    Missing,
    #[error("{0}")]
    Said(String),
}

/// A call of git for the checkout at `top`, which asks nothing and takes no lock.
pub fn command(top: &Path) -> Command {
    let mut git = Command::new("git");
    ELSEWHERE.iter().for_each(|name| {
        git.env_remove(name);
    });
    git.arg("-C").arg(top).args(["--literal-pathspecs", "--no-optional-locks"]).stdin(Stdio::null());
    git
}

/// What a call prints.
///
/// # Errors
/// No git; what git says, where it says no.
pub fn output(mut git: Command) -> Result<Vec<u8>, GitError> {
    let output = git.output().map_err(|e| match e.kind() {
        ErrorKind::NotFound => GitError::Missing,
        _ => GitError::Said(e.to_string()),
    })?;
    if output.status.success() {
        return Ok(output.stdout);
    }
    Err(GitError::Said(String::from_utf8_lossy(&output.stderr).trim().to_owned()))
}

/// A path of a listing.
#[cfg(unix)]
pub fn path(bytes: &[u8]) -> PathBuf {
    use std::os::unix::ffi::OsStrExt;
    std::ffi::OsStr::from_bytes(bytes).into()
}

/// A path of a listing.
#[cfg(not(unix))]
pub fn path(bytes: &[u8]) -> PathBuf {
    String::from_utf8_lossy(bytes).into_owned().into()
}
