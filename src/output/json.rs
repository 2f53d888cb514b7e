//! The report as JSON, for tools. Names of members are stable within a `version`; `docs/report.schema.json` says what they mean.
use super::format::Setting;
use crate::report::{About, FileReport, Finding, Offered, Outcome, Places, Ran, Report, Splice, Summary};
use crate::source::{Span, line_column};
use serde::Serialize;

#[derive(Serialize)]
struct Document<'a> {
    version: u32,
    /// The folder that the other formats' paths start from, told from the current one as all paths here are.
    root: &'a str,
    /// The current folder, told from `root`; empty where it is `root`, or not below it.
    folder: &'a str,
    runs: &'a [Ran],
    summary: Summary,
    files: Vec<File<'a>>,
    offered: Vec<Offered>,
    /// By id.
    about: Vec<&'a About>,
    /// Links that hide something, as links are not followed.
    not_followed: &'a [String],
}

#[derive(Serialize)]
struct File<'a> {
    path: &'a str,
    outcome: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    why: Option<&'a str>,
    parsed: bool,
    /// A byte order mark of three bytes stands before the text; all spans are of the text behind it.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    byte_order_mark: bool,
    steps: Vec<Step<'a>>,
    findings: &'a [Finding],
    offered: Vec<Offer<'a>>,
}

/// Splices are byte ranges of the text that the step before left, without the byte order mark.
#[derive(Serialize)]
struct Step<'a> {
    migration: &'a str,
    places: usize,
    /// The same, by when they may be edited.
    when: &'a Places,
    /// Where they are in the text on disk.
    at: Vec<Place<'a>>,
    splices: &'a [Splice],
    removed_comments: &'a [String],
}

#[derive(Serialize)]
struct Place<'a> {
    line: usize,
    column: usize,
    span: &'a Span,
}

#[derive(Serialize)]
struct Offer<'a> {
    id: &'a str,
    line: usize,
    column: usize,
    span: &'a Span,
    places: usize,
}

/// The whole report as one JSON document, with a final newline.
pub fn render(report: &Report, setting: &Setting) -> String {
    let document = Document {
        version: 1,
        root: if setting.told_root.is_empty() { "." } else { setting.told_root.trim_end_matches('/') },
        folder: &setting.folder,
        runs: &report.runs,
        summary: report.summary(),
        files: report.files.iter().map(file).collect(),
        offered: report.offers(),
        about: report.about.values().collect(),
        not_followed: &report.links,
    };
    let mut text = serde_json::to_string_pretty(&document).unwrap_or_default();
    text.push('\n');
    text
}

fn place<'a>(text: &str, span: &'a Span) -> Place<'a> {
    let (line, column) = line_column(text, span.start);
    Place { line, column, span }
}

fn file(file: &FileReport) -> File<'_> {
    let (outcome, why) = match &file.outcome {
        Outcome::Unchanged => ("unchanged", None),
        Outcome::Migrated => ("migrated", None),
        Outcome::NeedsReview => ("needs-review", None),
        Outcome::Skipped(why) => ("skipped", Some(why.as_str())),
        Outcome::Failed(why) => ("failed", Some(why.as_str())),
    };
    let steps = file.steps.iter().map(|step| Step {
        migration: &step.migration,
        places: step.matches,
        when: &step.when,
        at: step.at.iter().map(|span| place(&file.source.text, span)).collect(),
        splices: &step.splices,
        removed_comments: &step.removed_comments,
    });
    let offered = file.offered.iter().map(|offer| {
        let (line, column) = line_column(&file.source.text, offer.span.start);
        Offer { id: &offer.id, line, column, span: &offer.span, places: offer.places }
    });
    File {
        path: &file.source.path,
        outcome,
        why,
        parsed: file.parsed,
        byte_order_mark: file.source.bom,
        steps: steps.collect(),
        findings: &file.findings,
        offered: offered.collect(),
    }
}
