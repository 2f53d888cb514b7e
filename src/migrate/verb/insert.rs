//! `insert`: adds keys or items; makes the parents that are missing.
use super::{Refused, Trail, meet, parents};
use crate::migrate::lens::{Located, key_of, member, pair_name};
use crate::migrate::scope::Spot;
use crate::migrate::stanza;
use crate::pack::path::Path;
use crate::pack::{Clash, Order, Stanza, Verb};
use crate::yaml::draft::{Child, Draft, Id, Own};
use crate::yaml::tree::ScalarStyle;
use crate::yaml::value::Value;

#[expect(clippy::too_many_arguments, reason = "the verb's own fields, said once in `Action::Insert`")]
pub fn insert(
    draft: &mut Draft,
    spot: &mut Spot,
    verb: &Verb,
    into: &[Path],
    text: &Stanza,
    order: &Order,
    clash: Clash,
    trail: &mut Trail,
) -> Result<(), Refused> {
    for path in into {
        let Some(segments) = spot.segments(draft, path, None)? else { continue };
        let way = parents::way(&segments);
        for start in way.starts(draft, spot)? {
            let there = parents::follow(draft, spot, start.hit.id, &way.names);
            let located = there.filter(|_| !way.names.is_empty()).map(|id| located(draft, spot, id));
            let it = if way.names.is_empty() { Some(&start) } else { located.as_ref() };
            if !spot.truth(draft, verb.cond, it) {
                continue;
            }
            let filled = spot.fill(draft, text.0, it)?;
            let Some(new) = stanza::build(draft, &filled, &spot.lets)? else { continue };
            still_there(draft, &start)?;
            trail.verbs.push(verb.line);
            trail.touched.push(there.unwrap_or(start.hit.id));
            trail.means(&start);
            let at = match it.map(|l| l.hit.id) {
                Some(at) => at,
                None => parents::make(draft, spot, start.hit, &way.names, None)?,
            };
            add(draft, spot, at, new, order, clash)?;
        }
    }
    Ok(())
}

/// What an earlier verb of the match emptied, and took out for that, is made again; what it took out with all that was in it
/// is gone, and what is to be added would be lost.
fn still_there(draft: &mut Draft, start: &Located) -> Result<(), Refused> {
    let whole = start.hit.whole();
    if draft.is_attached(whole) {
        return Ok(());
    }
    let root = draft.resolve(whole);
    if !(draft.is_map(root) || draft.is_seq(root)) || !draft.children(root).is_empty() {
        return Err(Refused::at(whole, "this was removed just before something was to be added to it"));
    }
    draft.put_back(whole);
    Ok(())
}

fn located(draft: &Draft, spot: &Spot, id: Id) -> Located {
    let hit = crate::migrate::lens::Hit::node(id);
    let read = |id| crate::migrate::lens::Lens::new(draft, crate::migrate::lens::Hit::node(id), &spot.reading).json().clone();
    Located { hit, value: read(id), key: key_of(draft, hit), parent: None, aliases: Vec::new(), direct: true }
}

/// Adds what `new` holds to `at`.
fn add(draft: &mut Draft, spot: &mut Spot, at: Id, new: Id, order: &Order, clash: Clash) -> Result<(), Refused> {
    if draft.is_seq(new) {
        let list = parents::container(draft, spot, at, false)?;
        return add_items(draft, list, new, order);
    }
    if !draft.is_map(new) {
        return Err(Refused::at(at, "what is added must be a map or a list"));
    }
    let resolved = draft.resolve(at);
    if spot.reading.pairs.as_ref().is_some_and(|p| p.list == resolved) && draft.is_seq(resolved) {
        return add_pairs(draft, spot, resolved, new, clash);
    }
    let map = parents::container(draft, spot, at, true)?;
    let mut place = position(draft, map, order);
    while let Some(child) = draft.take(new, 0) {
        let known = draft.key_text(&child).and_then(|key| member(draft, map, key, spot.reading.protojson));
        match known {
            Some(index) => {
                let there = draft.children(map)[index].value;
                fill(draft, spot, there, child.value, clash)?;
            }
            None => {
                draft.put(map, place, child);
                place = place.saturating_add(1);
            }
        }
    }
    Ok(())
}

/// A member that is there already meets the one to add.
fn fill(draft: &mut Draft, spot: &mut Spot, there: Id, new: Id, clash: Clash) -> Result<(), Refused> {
    if meet::equal(draft, there, new) {
        return Ok(());
    }
    if draft.is_map(new) && draft.is_map(there) {
        return add(draft, spot, there, new, &Order::Last, clash);
    }
    if clash == Clash::Stop && meet::is_empty(draft, there) {
        let at = draft.resolve(there);
        super::swap(draft, spot, at, new);
        return Ok(());
    }
    meet::merge(draft, spot, there, new, clash)
}

fn add_items(draft: &mut Draft, list: Id, new: Id, order: &Order) -> Result<(), Refused> {
    let mut place = position(draft, list, order);
    while let Some(child) = draft.take(new, 0) {
        let known = draft.children(list).iter().any(|c| meet::equal(draft, c.value, child.value));
        if !known {
            draft.put(list, place, child);
            place = place.saturating_add(1);
        }
    }
    Ok(())
}

/// Entries become items `{name, value}`.
fn add_pairs(draft: &mut Draft, spot: &Spot, list: Id, new: Id, clash: Clash) -> Result<(), Refused> {
    let Some(pairs) = spot.reading.pairs.clone() else { return Ok(()) };
    while let Some(child) = draft.take(new, 0) {
        let name = draft.key_text(&child).unwrap_or_default().to_owned();
        let known = draft.children(list).iter().find(|item| pair_name(draft, &pairs, item).as_deref() == Some(name.as_str()));
        if let Some(item) = known.map(|item| item.value) {
            let value = draft.find(item, &pairs.value).map(|i| draft.children(item)[i].value);
            match value {
                Some(value) => meet::merge(draft, spot, value, child.value, clash)?,
                None if clash == Clash::Keep => {}
                None => return Err(Refused::at(item, format!("`{name}` is already in this list"))),
            }
            continue;
        }
        let mut entry = |key: &str, value: Id| {
            let key = draft.new_scalar(Value::Str(key.to_owned()), ScalarStyle::Plain);
            Child { key: Some(key), value, own: Own::none() }
        };
        let (first, second) = (entry(&pairs.name, child.key.unwrap_or(child.value)), entry(&pairs.value, child.value));
        let item = draft.new_map(vec![first, second], false);
        draft.put(list, usize::MAX, Child { key: None, value: item, own: child.own });
    }
    Ok(())
}

/// Where the first new sibling goes.
pub fn position(draft: &Draft, container: Id, order: &Order) -> usize {
    match order {
        Order::First => 0,
        Order::Last => usize::MAX,
        Order::Before(name) => neighbour(draft, container, name).unwrap_or(usize::MAX),
        Order::After(name) => neighbour(draft, container, name).map_or(usize::MAX, |i| i + 1),
    }
}

/// The member of this key, or the item of this value.
fn neighbour(draft: &Draft, container: Id, name: &str) -> Option<usize> {
    if draft.is_seq(container) {
        return draft.children(container).iter().position(|item| draft.data(item.value).scalar_text() == name);
    }
    draft.find(container, name)
}
