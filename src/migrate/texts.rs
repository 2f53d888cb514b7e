//! Texts that paths walk through: a rule on pods may reach into the YAML that an annotation of theirs holds.
use super::scope::Spot;
use super::select::Search;
use super::verb::{Refused, wrap};
use crate::pack::path::{Path, Segment};
use crate::pack::target::Target;
use crate::pack::{Pack, Rule};
use crate::yaml::draft::{Draft, Id};

/// The targets that live in a text which some path of the rule leads through.
fn targets<'p>(pack: &'p Pack, rule: &Rule) -> Vec<(&'p Target, &'p str)> {
    let embedded = pack.targets.values().flat_map(|t| t.places.iter().filter(|p| p.embedded).map(move |p| (t, p)));
    let named = embedded.filter_map(|(target, place)| match place.at.segments.last() {
        Some(Segment::Name(name)) => Some((target, name.as_str())),
        _ => None,
    });
    let (mut through, mut into) = (rule.looks_at(), Vec::new());
    rule.verbs.iter().for_each(|verb| verb.paths(&mut through, &mut into));
    let leads = |name: &str| through.iter().any(|p| leads_through(p, name, 1)) || into.iter().any(|p| leads_through(p, name, 0));
    named.filter(|(_, name)| leads(name)).collect()
}

/// Opens the texts that the rule's paths lead through; gives the names that they stand under.
pub fn open(draft: &mut Draft, search: &mut Search, rule: &Rule) -> Vec<String> {
    let mut names = Vec::new();
    for (target, name) in targets(search.pack, rule) {
        search.find(draft, target);
        names.push(name.to_owned());
    }
    names
}

/// What an edit made under such a name becomes a text.
pub fn close(draft: &mut Draft, spot: &mut Spot, names: &[String]) -> Result<(), Refused> {
    let mut open = vec![spot.root.id];
    while let Some(id) = open.pop() {
        let children: Vec<(Option<String>, Id)> =
            draft.children(id).iter().map(|c| (draft.key_text(c).map(str::to_owned), c.value)).collect();
        for (key, value) in children {
            let made = draft.node(value).origin.is_none() && (draft.is_map(value) || draft.is_seq(value));
            if made && key.is_some_and(|key| names.contains(&key)) {
                wrap::to_text(draft, spot, value)?;
            } else {
                open.push(value);
            }
        }
    }
    Ok(())
}

/// Whether `name` is on the way, with at least `more` parts behind it.
fn leads_through(path: &Path, name: &str, more: usize) -> bool {
    let at = path.segments.iter().position(|s| matches!(s, Segment::Name(n) if n == name));
    at.is_some_and(|at| at + more < path.segments.len())
}
