//! A run in numbers.
use super::{Level, Outcome, Places, Report};
use serde::Serialize;
use std::collections::BTreeMap;

/// Numbers of a run; `changed`, `review`, `failed` and `unchanged` add up to `files`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Summary {
    pub files: usize,
    pub parsed: usize,
    pub changed: usize,
    /// Not edited, but a finding waits for a person.
    pub needs_review: usize,
    pub unchanged: usize,
    /// Not read, or not proven.
    pub failed: usize,
    pub errors: usize,
    pub warnings: usize,
    pub notes: usize,
}

impl Report {
    /// Counts, of every finding: what says why a file failed is an error as well.
    pub fn summary(&self) -> Summary {
        let mut sum = Summary { files: self.looked_at, parsed: self.parsed, ..Summary::default() };
        for file in &self.files {
            match &file.outcome {
                Outcome::Failed(_) => sum.failed += 1,
                _ if file.changed() => sum.changed += 1,
                Outcome::NeedsReview | Outcome::Skipped(_) => sum.needs_review += 1,
                _ => {}
            }
        }
        for finding in self.files.iter().flat_map(|file| &file.findings) {
            match finding.level {
                Level::Error => sum.errors += 1,
                Level::Warning => sum.warnings += 1,
                Level::Note => sum.notes += 1,
            }
        }
        sum.unchanged = sum.files.saturating_sub(sum.changed + sum.needs_review + sum.failed);
        sum
    }

    /// Migrations that were matched but not asked for: id, files, places; by id.
    pub fn offers(&self) -> Vec<Offered> {
        let mut all = BTreeMap::new();
        for (file, offer) in self.files.iter().flat_map(|file| file.offered.iter().map(move |offer| (file, offer))) {
            let sum = all.entry(offer.id.as_str()).or_insert_with(|| Offered { id: offer.id.clone(), ..Offered::default() });
            let (line, column) = crate::source::line_column(&file.source.text, offer.span.start);
            sum.files += 1;
            sum.places += offer.places;
            offer.when.iter().for_each(|(when, places)| *sum.when.entry(*when).or_default() += places);
            sum.first.get_or_insert_with(|| format!("{}:{line}:{column}", file.source.path));
        }
        all.into_values().collect()
    }
}

/// A migration that waits for a person to ask for it, over the whole run.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Offered {
    pub id: String,
    pub files: usize,
    pub places: usize,
    /// `path:line:column` of the first place.
    pub first: Option<String>,
    /// The places by when they may be edited.
    #[serde(skip)]
    pub when: Places,
}
