//! The shapes that a report can take, each a function of it.
use super::{diff, github, gitlab, html, json, markdown, pr_body, rdjson, sarif};
use crate::report::Report;
use std::path::PathBuf;

/// What a report is written as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Format {
    Diff,
    Json,
    Sarif,
    Github,
    Gitlab,
    Rdjson,
    Html,
    Markdown,
    PrBody,
}

/// What a report does not know of the run that it is of.
#[derive(Debug, Clone, Default)]
pub struct Setting {
    /// The command line that made it, to be pasted.
    pub command: String,
    /// The same, but it writes.
    pub redo: String,
    /// Whether the edits are written.
    pub wrote: bool,
    /// The folder that the run's paths start from: the top of the git checkout, where there is one.
    pub root: PathBuf,
    /// The same, from where a person stands.
    pub told_root: String,
    /// Where a person stands, from there; empty at the top, and where that is not below it.
    pub folder: String,
}

/// The whole report.
pub fn render(format: Format, report: &Report, setting: &Setting) -> String {
    match format {
        Format::Diff => report.changed().map(diff::of).collect(),
        Format::Json => json::render(report, setting),
        Format::Sarif => sarif::render(report, setting),
        Format::Github => github::render(report, setting),
        Format::Gitlab => gitlab::render(report, setting),
        Format::Rdjson => rdjson::render(report, setting),
        Format::Html => html::render(report, setting),
        Format::Markdown => markdown::render(report, setting),
        Format::PrBody => pr_body::render(report, setting),
    }
}
