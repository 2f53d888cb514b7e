//! What an output may tell of a migration, beside what it did.
use serde::Serialize;

/// A migration that a report speaks of, in the words of its pack.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct About {
    /// `mesh/1.27/new-name`.
    pub id: String,
    /// Name of the pack for people.
    pub pack: String,
    /// The version that asks for the change; none: any.
    pub version: Option<String>,
    pub title: String,
    pub why: String,
    pub links: Vec<String>,
    /// `safe`, `review` or `manual`.
    pub safety: &'static str,
}
