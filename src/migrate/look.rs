//! What a rule has to tell of the places that it looked at, for `explain`.
use super::document::Object;
use super::lens::Hit;
use super::rule::{Outcome, Work};
use super::said::{Said, place};
use super::scope::Spot;
use super::select::Found;
use crate::pack::Rule;
use crate::pack::path::Path;
use crate::report::{Level, Look};
use crate::yaml::draft::{Body, Draft, Id};

/// A place in a target as it is before anything is done there; none where the run does not tell.
pub fn seen(work: &Work, draft: &Draft, objects: &[Object], found: &Found, hit: Hit) -> Option<Look> {
    let object = &objects[found.object];
    let name = format!("{} {}", object.kind.as_deref().unwrap_or("document"), object.name);
    work.run.tells.then(|| Look {
        migration: work.migration.id.clone(),
        rule: work.rule.line,
        at: place(draft, hit),
        object: name.trim_end().to_owned(),
        target: found.target.clone(),
        way: way(draft, hit.whole()),
        verdict: String::new(),
    })
}

impl Outcome {
    pub fn look(&mut self, seen: Option<Look>, verdict: impl Into<String>) {
        self.looks.extend(seen.map(|look| Look { verdict: verdict.into(), ..look }));
    }
}

/// How one gets to a node from the root of its document, through every text that it lives in.
fn way(draft: &Draft, id: Id) -> String {
    let mut parts = Vec::new();
    let mut at = id;
    while let Some(parent) = draft.node(at).parent {
        if matches!(draft.node(parent).body, Body::Embedded { .. }) {
            parts.push(" › ".to_owned());
        } else if let Some((container, index)) = draft.position(at) {
            parts.push(match draft.key_text(&draft.children(container)[index]) {
                Some(key) if key.contains(['.', '/', ' ']) => format!("['{key}']"),
                Some(key) => format!(".{key}"),
                None => format!("[{index}]"),
            });
        }
        at = parent;
    }
    let whole = parts.into_iter().rev().collect::<String>().replace(" › .", " › ");
    whole.trim_end_matches(" › ").trim_start_matches('.').to_owned()
}

/// What became of a match.
pub fn verdict(edited: bool, asked: bool, held: bool, said: &[Said]) -> &'static str {
    match (edited, asked) {
        (true, true) => "it is edited",
        (true, false) => "it would be edited with --safety review",
        _ if held => "a finding holds the edit back",
        _ if said.iter().any(|one| one.level == Level::Error) => "the edit is refused: see the finding",
        _ if !said.is_empty() => "it is reported",
        _ => "there is nothing to do",
    }
}

/// Why `when` or `unless` leaves a match out.
pub fn left_out(spot: &Spot, draft: &Draft, rule: &Rule) -> Option<String> {
    let hits = |path: &&Path| spot.hits(draft, std::slice::from_ref(*path)).is_ok_and(|found| !found.is_empty());
    let missing = rule.when.iter().find(|path| !hits(path)).map(|path| format!("`when: {}` matches nothing", path.source));
    missing.or_else(|| rule.unless.iter().find(hits).map(|path| format!("`unless: {}` matches", path.source)))
}
