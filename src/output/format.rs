//! The shapes that a report can take, each a function of it.
use super::{diff, json};
use crate::report::Report;

/// What a report is written as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Format {
    Diff,
    Json,
}

/// What a report does not know of the run that it is of.
#[derive(Debug, Clone, Default)]
pub struct Setting {
    /// The command line that made it, to be pasted.
    pub command: String,
    /// Whether the edits are written.
    pub wrote: bool,
}

/// The whole report.
pub fn render(format: Format, report: &Report, _setting: &Setting) -> String {
    match format {
        Format::Diff => report.changed().map(diff::of).collect(),
        Format::Json => json::render(report),
    }
}
