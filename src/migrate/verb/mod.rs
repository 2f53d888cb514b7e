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
    /// What to do instead; none: edit by hand.
    pub help: Option<&'static str>,
}

impl Refused {
    pub fn at(id: Id, message: impl Into<String>) -> Refused {
        Refused { message: message.into(), at: Some(id), help: None }
    }
}

impl From<String> for Refused {
    fn from(message: String) -> Self {
        Refused { message, at: None, help: None }
    }
}

/// What verbs came by.
#[derive(Debug, Default)]
pub struct Trail {
    /// Every node that one of them hit.
    pub touched: Vec<Id>,
    /// Aliases by way of which a node was spoken of that was spoken of where it stands as well.
    pub aliases: Vec<Id>,
    /// Lines of those that hit something.
    pub verbs: Vec<usize>,
    /// What has to be said of an edit.
    pub notes: Vec<(Id, String)>,
}

impl Trail {
    fn means(&mut self, it: &Located) {
        if it.direct {
            self.aliases.extend(&it.aliases);
        }
    }
}

/// Does the verbs, one after the other.
pub fn run(draft: &mut Draft, spot: &mut Spot, verbs: &[Verb], trail: &mut Trail) -> Result<(), Refused> {
    for verb in verbs {
        one(draft, spot, verb, trail)?;
    }
    Ok(())
}

fn one(draft: &mut Draft, spot: &mut Spot, verb: &Verb, trail: &mut Trail) -> Result<(), Refused> {
    match &verb.action {
        Action::Rename { at, to, clash } => {
            for it in wanted(draft, spot, at, verb, trail)? {
                rename::rename(draft, spot, &it, to, *clash)?;
            }
        }
        Action::Set { at, to } => {
            for it in wanted(draft, spot, at, verb, trail)? {
                set::set(draft, spot, &it, to)?;
            }
        }
        Action::Insert { into, stanza, order, clash } => {
            insert::insert(draft, spot, verb, into, stanza, order, *clash, trail)?;
        }
        Action::Move { at, to, order, clash, prune, copy } => {
            let hits = wanted(draft, spot, at, verb, trail)?;
            let how = relocate::How { to, order, clash: *clash, prune: *prune && !spot.unpruned, copy: *copy };
            relocate::relocate(draft, spot, &hits, &how)?;
        }
        Action::Wrap { at, how } => {
            for it in wanted(draft, spot, at, verb, trail)? {
                wrap::wrap(draft, spot, &it, how)?;
            }
        }
        Action::Remove { at, prune } => {
            for it in wanted(draft, spot, at, verb, trail)? {
                remove::remove(draft, it.hit, *prune && !spot.unpruned)?;
            }
        }
        Action::Replace { at, stanza } => {
            for it in wanted(draft, spot, at, verb, trail)? {
                replace::replace(draft, spot, &it, stanza)?;
            }
        }
        Action::AddDocument { stanza } => {
            if spot.truth(draft, verb.cond, None) {
                trail.verbs.push(verb.line);
                replace::add_document(draft, spot, stanza)?;
            }
        }
        Action::Within { at, verbs } => {
            for it in wanted(draft, spot, at, verb, trail)? {
                if draft.is_attached(it.hit.whole()) {
                    let outer = std::mem::replace(&mut spot.root, it.hit);
                    let done = run(draft, spot, verbs, trail);
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
    trail: &mut Trail,
) -> Result<Vec<Located>, Refused> {
    let mut hits = spot.hits(draft, at)?;
    hits.retain(|it| spot.truth(draft, verb.cond, Some(it)));
    if !hits.is_empty() {
        trail.verbs.push(verb.line);
    }
    trail.touched.extend(hits.iter().map(|it| it.hit.id));
    hits.iter().for_each(|it| trail.means(it));
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
