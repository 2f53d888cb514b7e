//! Which version a pack was taken from, and how that is known.
use serde::Serialize;

/// How it is known which version runs now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum How {
    /// Somebody said so.
    Given,
    /// Files say so.
    Detected,
    /// It is the version before the one to go to.
    Assumed,
}

/// A text that says which version runs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Answer {
    pub path: String,
    /// 1-based line and column (in characters).
    pub line: usize,
    pub column: usize,
    /// The text, as it stands there.
    pub value: String,
    /// What it says: `1.26.2`.
    pub version: String,
}

/// A pack taken from one version to another: of every file, or of those in some folders.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Ran {
    pub pack: String,
    /// A version of the pack; one that is newer than all of them, where files say so.
    pub from: String,
    pub how: How,
    pub to: String,
    /// What runs is `to` or newer: nothing was done.
    pub done: bool,
    /// What runs is older than the first version that the pack knows, which `from` is.
    pub older: bool,
    /// Versions on the way that the pack has no migration for.
    pub blank: Vec<String>,
    /// The answers of the folders that start here; all of them, where none settles it.
    pub detected: Vec<Answer>,
    /// The folders whose answers files took, those below which have answers of their own left out. Empty: all files that no
    /// other entry of the pack is for.
    pub folders: Vec<String>,
}
