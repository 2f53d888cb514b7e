//! The verbs: one file each. A verb changes a draft, or says why it cannot.
pub mod insert;
pub mod meet;
pub mod parents;
pub mod relocate;
pub mod remove;
pub mod rename;
pub mod replace;
pub mod set;
pub mod wrap;

use super::lens::{Hit, Located};
use super::scope::Spot;
use crate::pack::{Action, Verb};
use crate::yaml::draft::{Draft, Id};

/// Why a verb cannot be done; the whole match is undone then.
#[derive(Debug, Clone)]
pub struct Refused {
    pub message: String,
    /// The node that it is about; none for the match itself.
    pub at: Option<Id>,
}

impl Refused {
    pub fn at(id: Id, message: impl Into<String>) -> Refused {
        Refused { message: message.into(), at: Some(id) }
    }
}

impl From<String> for Refused {
    fn from(message: String) -> Self {
        Refused { message, at: None }
    }
}

/// Does the verbs, one after the other; every node that one of them hits is noted in `touched`.
pub fn run(draft: &mut Draft, spot: &mut Spot, verbs: &[Verb], touched: &mut Vec<Id>) -> Result<(), Refused> {
    for verb in verbs {
        one(draft, spot, verb, touched)?;
    }
    Ok(())
}

fn one(draft: &mut Draft, spot: &mut Spot, verb: &Verb, touched: &mut Vec<Id>) -> Result<(), Refused> {
    match &verb.action {
        Action::Rename { at, to, clash } => {
            for it in wanted(draft, spot, at, verb, touched)? {
                rename::rename(draft, spot, &it, to, *clash)?;
            }
        }
        Action::Set { at, to } => {
            for it in wanted(draft, spot, at, verb, touched)? {
                set::set(draft, spot, &it, to)?;
            }
        }
        Action::Insert { into, stanza, order, clash } => {
            insert::insert(draft, spot, verb.cond, into, stanza, order, *clash, touched)?;
        }
        Action::Move { at, to, order, clash, prune, copy } => {
            let hits = wanted(draft, spot, at, verb, touched)?;
            let how = relocate::How { to, order, clash: *clash, prune: *prune, copy: *copy };
            relocate::relocate(draft, spot, &hits, &how)?;
        }
        Action::Wrap { at, how } => {
            for it in wanted(draft, spot, at, verb, touched)? {
                wrap::wrap(draft, spot, &it, how)?;
            }
        }
        Action::Remove { at, prune } => {
            for it in wanted(draft, spot, at, verb, touched)? {
                remove::remove(draft, it.hit, *prune)?;
            }
        }
        Action::Replace { at, stanza } => {
            for it in wanted(draft, spot, at, verb, touched)? {
                replace::replace(draft, spot, &it, stanza)?;
            }
        }
        Action::AddDocument { stanza } => {
            if spot.truth(draft, verb.cond, None) {
                replace::add_document(draft, spot, stanza)?;
            }
        }
        Action::Within { at, verbs } => {
            for it in wanted(draft, spot, at, verb, touched)? {
                if draft.is_attached(it.hit.whole()) {
                    let outer = std::mem::replace(&mut spot.root, it.hit);
                    let done = run(draft, spot, verbs, touched);
                    spot.root = outer;
                    done?;
                }
            }
        }
    }
    Ok(())
}

/// The hits of a verb for which its `if` holds, as they were before it did anything.
fn wanted(
    draft: &Draft,
    spot: &Spot,
    at: &[crate::pack::path::Path],
    verb: &Verb,
    touched: &mut Vec<Id>,
) -> Result<Vec<Located>, Refused> {
    let mut hits = spot.hits(draft, at)?;
    hits.retain(|it| spot.truth(draft, verb.cond, Some(it)));
    touched.extend(hits.iter().map(|it| it.hit.id));
    Ok(hits)
}

/// Puts `new` where the hit is; keeps `$` and the target on it where they were meant.
fn swap(draft: &mut Draft, spot: &mut Spot, old: Id, new: Id) {
    draft.replace(old, new);
    for hit in [&mut spot.root, &mut spot.target] {
        if hit.id == old {
            *hit = Hit { id: new, pair: hit.pair };
        }
    }
    if let Some(pairs) = spot.reading.pairs.as_mut().filter(|p| p.list == old) {
        pairs.list = new;
    }
}
