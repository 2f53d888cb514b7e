//! The places that a rule is about: the hits of its `select` in its targets.
use super::bump;
use super::document::Object;
use super::lens::{self, Hit, Reading};
use super::look;
use super::rule::{Outcome, Work};
use super::said::refused;
use super::scope::Spot;
use super::select::{Found, Search};
use super::verb::Refused;
use crate::pack::version::Phase;
use crate::pack::{Rule, TargetRef};
use crate::yaml::draft::{Draft, Id};

/// One hit of `select` in a target.
pub struct Match {
    pub hit: Hit,
    /// The target that it was found in.
    pub found: Found,
    pub bump: Option<bump::Raise>,
    /// Why nothing in the target can be edited.
    pub ambiguous: Option<(Id, String)>,
}

impl Match {
    /// Whether its edits are to be made, and not only offered.
    pub fn asked(&self, work: &Work) -> bool {
        if matches!(self.phase(work), Phase::Wakes { .. }) && self.bump.is_some() { work.wake } else { work.apply }
    }

    /// When its edits may be made.
    pub fn phase(&self, work: &Work) -> Phase {
        self.bump.as_ref().map_or(work.phase, |raise| raise.phase)
    }
}

pub fn find(work: &Work, draft: &mut Draft, search: &mut Search, outcome: &mut Outcome) -> Vec<Match> {
    if !work.rule.bump.is_empty() {
        let raised = bump::matches(work, draft, search.objects);
        let one = |raise: bump::Raise| {
            let hit = Hit::node(raise.root);
            let guessed = raise.computed.then_some("the template computes the `apiVersion` of this object");
            let found = Found { target: String::new(), hit, reading: Reading::default(), object: raise.object, guessed };
            Match { hit, found, bump: Some(raise), ambiguous: None }
        };
        return raised.into_iter().map(one).collect();
    }
    let mut targets: Vec<Found> = Vec::new();
    for target in &work.rule.targets {
        let target = match target {
            TargetRef::Named(name) => search.pack.targets.get(name),
            TargetRef::Inline(target) => Some(target),
        };
        let Some(target) = target else { continue };
        // What a chart has from one above is no place for something new.
        let found = search.find(draft, target).into_iter();
        found.filter(|one| one.reading.only.is_none() || work.rule.needs_something()).for_each(|one| one.add_to(&mut targets));
    }
    let mut out: Vec<Match> = Vec::new();
    for found in targets {
        let spot = spot(work, &found, search.objects, found.hit);
        let hits = if work.rule.select.is_empty() { Ok(vec![found.hit]) } else { selected(&spot, draft, work.rule) };
        match hits {
            Ok(hits) => {
                if hits.is_empty() {
                    let seen = look::seen(work, draft, search.objects, &found, found.hit);
                    outcome.look(seen, "`select` matches nothing here");
                }
                let ambiguous = (!work.rule.verbs.is_empty() && !hits.is_empty())
                    .then(|| lens::ambiguous(draft, found.hit.id, &found.reading));
                let ambiguous = ambiguous.flatten();
                for hit in hits.into_iter().filter(|h| !out.iter().any(|m| m.hit == *h)).collect::<Vec<_>>() {
                    out.push(Match { hit, found: found.clone(), bump: None, ambiguous: ambiguous.clone() });
                }
            }
            Err(why) => outcome.said.push(refused(draft, found.hit, &Refused::from(why))),
        }
    }
    out
}

/// Whether the rule's `select` still hits it.
pub fn is_one(work: &Work, draft: &Draft, one: &Match, objects: &[Object]) -> bool {
    let spot = spot(work, &one.found, objects, one.found.hit);
    work.rule.select.is_empty() || selected(&spot, draft, work.rule).is_ok_and(|hits| hits.contains(&one.hit))
}

fn selected(spot: &Spot, draft: &Draft, rule: &Rule) -> Result<Vec<Hit>, String> {
    Ok(spot.hits(draft, &rule.select)?.into_iter().map(|l| l.hit).collect())
}

pub fn spot<'a>(work: &'a Work, found: &Found, objects: &[Object], root: Hit) -> Spot<'a> {
    Spot {
        frame: work.frame,
        target: found.hit,
        root,
        reading: found.reading.clone(),
        doc: objects[found.object].facts(work.path, work.partial),
        bump: None,
        lets: Vec::new(),
        unpruned: work.unpruned,
    }
}
