//! Renders a draft: kept nodes by copying their bytes, new ones in the neighbours' style.
use super::draft::{Draft, Id};
use crate::report::Splice;

/// Why a draft cannot be written.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{message}")]
pub struct Refusal {
    /// Byte of the file that it is about.
    pub at: usize,
    pub message: String,
}

/// The file's new text, as sorted, disjoint splices on the old one.
///
/// # Errors
/// Where the change cannot be said in the text, e.g. inside a folded scalar.
pub fn render(_draft: &Draft) -> Result<Vec<Splice>, Refusal> {
    Ok(Vec::new())
}

/// The new text of an opened scalar (`Body::Embedded`).
///
/// # Errors
/// As `render`.
pub fn inner_text(_draft: &Draft, _embedded: Id) -> Result<String, Refusal> {
    Ok(String::new())
}

/// A node's own text, comments included, as a document of its own.
///
/// # Errors
/// As `render`.
pub fn text_of(_draft: &Draft, _id: Id) -> Result<String, Refusal> {
    Ok(String::new())
}
