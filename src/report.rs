//! What a run says: plain data that every output is a function of.
use crate::source::{Source, Span};
use serde::Serialize;

/// How much a finding weighs. Ordered: `Note < Warning < Error`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    Note,
    Warning,
    Error,
}

/// What a person has to know, at a place of a file as it is on disk.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Finding {
    /// Id of the migration that speaks, or `yamlift/<slug>` where the engine does.
    pub id: String,
    pub level: Level,
    /// Path of the file, as in `Source::path`.
    pub path: String,
    /// Bytes of the text on disk that the finding is about.
    pub span: Span,
    /// 1-based line and column (in characters) of `span.start`.
    pub line: usize,
    pub column: usize,
    pub message: String,
    /// What to do next; may hold a suggested edit of several lines.
    pub help: Option<String>,
}

impl Finding {
    /// A finding at `span` of `source`.
    pub fn at(source: &Source, span: Span, id: impl Into<String>, level: Level, message: impl Into<String>) -> Self {
        let (line, column) = crate::source::line_column(&source.text, span.start);
        Finding { id: id.into(), level, path: source.path.clone(), span, line, column, message: message.into(), help: None }
    }

    pub fn with_help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}

/// Bytes `at` of the text that a step starts from are replaced by `with`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Splice {
    pub at: Span,
    pub with: String,
}

/// What one migration did to one file: sorted, disjoint splices on the text that the step before it left.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Step {
    pub migration: String,
    pub splices: Vec<Splice>,
    /// How many places were edited.
    pub matches: usize,
    /// Comments that the step removed with what they belonged to.
    pub removed_comments: Vec<String>,
}

/// A migration that would edit this file, but only a person can say whether it should (`--safety review`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Offer {
    pub id: String,
    /// The first place, in bytes of the text on disk.
    pub span: Span,
    /// How many places.
    pub places: usize,
}

/// How a file came out of the run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case", tag = "state", content = "why")]
pub enum Outcome {
    /// Never parsed, or nothing to do.
    Unchanged,
    /// Edits of active migrations are in `steps`.
    Migrated,
    /// Nothing was edited, but a finding or a migration that was not asked for waits for a person.
    NeedsReview,
    /// Left alone on purpose.
    Skipped(String),
    /// Could not be read or proven; the file is untouched.
    Failed(String),
}

/// Everything about one file that an output may show.
#[derive(Debug, Clone)]
pub struct FileReport {
    pub source: Source,
    pub steps: Vec<Step>,
    pub findings: Vec<Finding>,
    pub outcome: Outcome,
    /// Whether the file was parsed (the prefilter let it through).
    pub parsed: bool,
    /// What would be edited by migrations that were not asked for.
    pub offered: Vec<Offer>,
}

impl FileReport {
    /// The text after all steps; the text on disk where there are none.
    pub fn migrated_text(&self) -> String {
        self.steps.iter().fold(self.source.text.clone(), |text, step| apply(&text, &step.splices))
    }

    pub fn changed(&self) -> bool {
        !self.steps.is_empty()
    }
}

/// `text` with sorted, disjoint `splices` put in.
pub fn apply(text: &str, splices: &[Splice]) -> String {
    let mut out = String::with_capacity(text.len());
    let mut from = 0;
    for splice in splices {
        out.push_str(&text[from..splice.at.start]);
        out.push_str(&splice.with);
        from = splice.at.end;
    }
    out.push_str(&text[from..]);
    out
}
