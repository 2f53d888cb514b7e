//! What a rule has to tell of the places that it looked at, for `explain`.
use super::document::Object;
use super::lens::Hit;
use super::rule::{Outcome, Work};
use super::said::{Said, place};
use super::scope::Spot;
use crate::pack::Rule;
use crate::pack::path::Path;
use crate::report::{Level, Look};
use crate::yaml::draft::Draft;

impl Outcome {
    /// Notes a place, where the run tells them.
    pub fn look(&mut self, work: &Work, draft: &Draft, object: &Object, hit: Hit, verdict: impl Into<String>) {
        if work.run.tells {
            let name = format!("{} {}", object.kind.as_deref().unwrap_or("document"), object.name);
            self.looks.push(Look {
                migration: work.migration.id.clone(),
                rule: work.index,
                at: place(draft, hit),
                object: name.trim_end().to_owned(),
                verdict: verdict.into(),
            });
        }
    }
}

/// What became of a match.
pub fn verdict(edited: bool, asked: bool, held: bool, said: &[Said]) -> &'static str {
    match (edited, asked) {
        (true, true) => "it is edited",
        (true, false) => "it would be edited with --safety review",
        _ if held => "a finding holds the edit back",
        _ if said.iter().any(|one| one.level == Level::Error) => "it is refused, see the finding",
        _ if !said.is_empty() => "it is reported",
        _ => "there is nothing to do",
    }
}

/// Why `when` or `unless` leaves a match out.
pub fn left_out(spot: &Spot, draft: &Draft, rule: &Rule) -> Option<String> {
    let hits = |path: &&Path| spot.hits(draft, std::slice::from_ref(*path)).is_ok_and(|found| !found.is_empty());
    let missing = rule.when.iter().find(|path| !hits(path)).map(|path| format!("`when: {}` hits nothing", path.source));
    missing.or_else(|| rule.unless.iter().find(hits).map(|path| format!("`unless: {}` hits", path.source)))
}
