//! What a run says: plain data that every output is a function of.
mod about;
mod places;
mod questions;
mod ran;
mod sums;

use crate::source::{Source, Span};
pub use about::About;
pub use places::{on_disk, touched, traced};
pub use questions::{Decisions, Question};
pub use ran::{Answer, How, Ran};
use serde::Serialize;
use std::collections::BTreeMap;
pub use sums::{Offered, Summary};

/// How much a finding weighs. Ordered: `Note < Warning < Error`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    Note,
    Warning,
    Error,
}

/// Id of the findings on a text within a file that could not be read: as bad as a file that could not be.
pub const UNREAD_TEXT: &str = "yamlift/embedded";

/// Id of the finding on a file that could not be read.
pub const UNREADABLE: &str = "yamlift/unreadable";

/// Id of the findings on what the schema of a kind does not allow.
pub const SCHEMA: &str = "yamlift/schema";

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
    /// What says it, of a migration that says several things: what has this in common differs by names alone. None: the
    /// message itself.
    #[serde(skip)]
    pub kind: Option<String>,
}

impl Finding {
    /// A finding at `span` of `source`.
    pub fn at(source: &Source, span: Span, id: impl Into<String>, level: Level, message: impl Into<String>) -> Self {
        let (line, column) = crate::source::line_column(&source.text, span.start);
        let (id, path, message) = (id.into(), source.path.clone(), message.into());
        Finding { id, level, path, span, line, column, message, help: None, kind: None }
    }

    /// 1-based line, in the migration's file, of the row of `report` that it is of.
    pub fn row(&self) -> Option<usize> {
        self.kind.as_deref()?.split(' ').next()?.parse().ok()
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

/// When an edit may be made, seen from the upgrade.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum When {
    Before,
    Any,
    After,
    /// Neither order is seamless.
    Gap,
    /// The old form does nothing where it runs: the edit switches something on.
    Wakes,
}

impl When {
    /// In words, as the end of "may be merged …".
    pub fn says(self) -> &'static str {
        match self {
            When::Before => "before the upgrade",
            When::Any => "any time",
            When::After => "after the upgrade",
            When::Gap => "with the upgrade",
            When::Wakes => "when you want it: it switches something on",
        }
    }

    /// Whether the release from before the upgrade must not see the edit.
    pub fn waits(self) -> bool {
        matches!(self, When::After | When::Gap)
    }
}

/// Places by when they may be edited.
pub type Places = BTreeMap<When, usize>;

/// What one migration did to one file: sorted, disjoint splices on the text that the step before it left.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Step {
    pub migration: String,
    pub splices: Vec<Splice>,
    /// How many places were edited.
    pub matches: usize,
    /// Those of them that are told apart, in bytes of the text on disk; sorted.
    pub at: Vec<Span>,
    /// The same number, by when they may be.
    pub when: Places,
    /// Comments that the step removed with what they belonged to.
    pub removed_comments: Vec<String>,
    /// 1-based lines, in the migration's file, of the verbs that hit something.
    #[serde(skip)]
    pub verbs: Vec<usize>,
}

/// A migration that would edit this file, but only a person can say whether it should (`--safety review`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Offer {
    pub id: String,
    /// The first place, in bytes of the text on disk.
    pub span: Span,
    /// How many places.
    pub places: usize,
    /// The same, by when they may be edited.
    #[serde(skip)]
    pub when: Places,
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
    /// Where rules looked and what became of it, where a run was asked to tell.
    pub looks: Vec<Look>,
    /// Edits that wait for an answer, in a run that asks; in the order in which they would be made.
    pub questions: Vec<Question>,
}

/// A target that a rule looked at, or a place that it selected there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Look {
    pub migration: String,
    /// 1-based line of the rule in the migration's file.
    pub rule: usize,
    /// Bytes of the text on disk.
    pub at: Span,
    /// The object that holds it, as `Kind name`.
    pub object: String,
    /// The target that it is, or is in; empty where the rule names none.
    pub target: String,
    /// The names that lead to it, ` › ` where a text in a text begins.
    pub way: String,
    pub verdict: String,
}

impl FileReport {
    /// The text after all steps; the text on disk where there are none.
    pub fn migrated_text(&self) -> String {
        self.steps.iter().fold(self.source.text.clone(), |text, step| apply(&text, &step.splices))
    }

    pub fn changed(&self) -> bool {
        !self.steps.is_empty()
    }

    /// Where byte `at` of the text on disk is after all steps; the start of the new text, where it was replaced.
    pub fn after(&self, at: usize) -> usize {
        self.steps.iter().fold(at, |at, step| places::after(&step.splices, at))
    }

    /// Whether byte `at` of the text on disk is taken out, with nothing in its place.
    pub fn is_gone(&self, at: usize) -> bool {
        let mut at = at;
        self.steps.iter().any(|step| {
            let gone = places::is_gone(&step.splices, at);
            at = places::after(&step.splices, at);
            gone
        })
    }

    /// Where byte `at` of the text after all steps is on disk; the start of what was replaced, for new text.
    pub fn before(&self, at: usize) -> usize {
        on_disk(&self.steps, at..at).start
    }

    /// A file that nothing is said of, not parsed.
    pub fn left_alone(source: Source) -> Self {
        FileReport {
            source,
            steps: Vec::new(),
            findings: Vec::new(),
            outcome: Outcome::Unchanged,
            parsed: false,
            offered: Vec::new(),
            looks: Vec::new(),
            questions: Vec::new(),
        }
    }

    /// A file that was not read, or whose proof failed. `at`: 1-based line and byte of the place, where there is one.
    pub fn unread(source: Source, why: impl Into<String>, at: Option<(usize, usize)>, help: Option<String>) -> Self {
        let why = why.into();
        let mut file = FileReport::left_alone(source);
        let (line, byte) = at.unwrap_or((1, 0));
        file.findings.push(Finding {
            id: UNREADABLE.into(),
            level: Level::Error,
            path: file.source.path.clone(),
            span: byte..byte,
            line,
            column: 1,
            message: why.clone(),
            help,
            kind: None,
        });
        file.outcome = Outcome::Failed(why);
        file
    }

    pub fn failed(&self) -> bool {
        matches!(self.outcome, Outcome::Failed(_))
    }

    /// Whether it failed because its text could not be read.
    pub fn unreadable(&self) -> bool {
        self.failed() && self.findings.iter().any(|finding| finding.id == UNREADABLE)
    }

    /// Whether an output has a word to say about this file.
    pub fn speaks(&self) -> bool {
        self.outcome != Outcome::Unchanged
            || self.changed()
            || !self.findings.is_empty()
            || !self.offered.is_empty()
            || !self.looks.is_empty()
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

/// A whole run: what every output is a function of.
#[derive(Debug, Default)]
pub struct Report {
    /// Packs, and the versions that they were taken from.
    pub runs: Vec<Ran>,
    /// Files with something to say, by path. The others are in the counts alone, so that memory does not grow with the
    /// repository.
    pub files: Vec<FileReport>,
    /// How many files the run looked at, those that could not be read included.
    pub looked_at: usize,
    /// How many of them were parsed: the others hold nothing that the run's migrations know.
    pub parsed: usize,
    /// Nothing beside the named files was looked at, and nothing says that there is no more.
    pub part: bool,
    /// Links that were not followed, and hide something.
    pub links: Vec<String>,
    /// The migrations that the files' steps, findings and offers are of, by id.
    pub about: BTreeMap<String, About>,
}

impl Report {
    /// Tells every path from where a person stands. Comes after all that looks for the files.
    pub fn told(&mut self, told: impl Fn(&str) -> String) {
        for file in &mut self.files {
            file.source.path = told(&file.source.path);
            file.findings.iter_mut().for_each(|finding| finding.path = told(&finding.path));
        }
        self.links.iter_mut().for_each(|link| *link = told(link));
        for run in &mut self.runs {
            run.detected.iter_mut().for_each(|answer| answer.path = told(&answer.path));
            run.folders.iter_mut().for_each(|folder| *folder = told(folder));
        }
    }

    /// Findings of files that were read, by path and place.
    pub fn findings(&self) -> impl Iterator<Item = &Finding> {
        self.files.iter().filter(|file| !file.failed()).flat_map(|file| &file.findings)
    }

    /// Ids that the files' steps, findings and offers have; with repetitions.
    pub fn ids(&self) -> impl Iterator<Item = &str> {
        self.files.iter().flat_map(|file| {
            let steps = file.steps.iter().map(|step| step.migration.as_str());
            steps
                .chain(file.findings.iter().map(|finding| finding.id.as_str()))
                .chain(file.offered.iter().map(|offer| offer.id.as_str()))
        })
    }

    /// Files that the run edits.
    pub fn changed(&self) -> impl Iterator<Item = &FileReport> {
        self.files.iter().filter(|file| file.changed() && !file.failed())
    }

    pub fn failed(&self) -> impl Iterator<Item = &FileReport> {
        self.files.iter().filter(|file| file.failed())
    }
}
