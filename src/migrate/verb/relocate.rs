//! `move` and `copy`: a node to another place, with its comments.
use super::remove::prune_up;
use super::{Refused, insert, meet, parents};
use crate::migrate::lens::{Hit, Located, member};
use crate::migrate::scope::Spot;
use crate::pack::path::{Path, Segment};
use crate::pack::{Clash, Order};
use crate::yaml::draft::{Child, Draft, Id, Own};
use crate::yaml::tree::ScalarStyle;
use crate::yaml::value::Value;

pub struct How<'a> {
    pub to: &'a Path,
    pub order: &'a Order,
    pub clash: Clash,
    pub prune: bool,
    pub copy: bool,
}

pub fn relocate(draft: &mut Draft, spot: &mut Spot, hits: &[Located], how: &How) -> Result<(), Refused> {
    let appends = how.to.segments.last() == Some(&Segment::Append);
    if hits.len() > 1 && !appends && how.to.computed.is_none() {
        return Err(Refused::at(hits[1].hit.id, "several nodes would move to one place"));
    }
    for (nth, it) in hits.iter().enumerate() {
        if it.hit.pair.is_some() {
            return Err(Refused::at(it.hit.id, "an entry of a list of pairs cannot be moved"));
        }
        let Some(segments) = spot.segments(draft, how.to, Some(it))? else { continue };
        one(draft, spot, it, &segments, how, nth)?;
    }
    Ok(())
}

fn one(draft: &mut Draft, spot: &mut Spot, it: &Located, segments: &[Segment], how: &How, nth: usize) -> Result<(), Refused> {
    let Some((source, index)) = draft.position(it.hit.id) else {
        return Err(Refused::at(it.hit.id, "a whole document cannot be moved"));
    };
    let (to, above) = match segments.split_last() {
        Some((Segment::Name(name), above)) => (To::Key(name), above),
        Some((Segment::Append, above)) => (To::Item, above),
        None => (To::Merge, segments),
        Some(_) => return Err(Refused::at(it.hit.id, "the new place must be one place: a name or `[-]`")),
    };
    let way = parents::way(above);
    let starts: Vec<Hit> = way.starts(draft, spot)?.into_iter().map(|l| l.hit).collect();
    if starts.is_empty() {
        return Err(Refused::at(it.hit.id, format!("the place to move it to, `{}`, does not exist", how.to.source)));
    }
    if starts.len() > 1 && !how.copy {
        return Err(Refused::at(it.hit.id, format!("`{}` names several places", how.to.source)));
    }
    for start in starts {
        let child = if how.copy {
            Child { key: None, value: draft.copy(it.hit.id), own: Own::none() }
        } else {
            draft.take(source, index).ok_or_else(|| Refused::at(it.hit.id, "it is already gone"))?
        };
        let place = (!how.copy).then_some((source, index));
        let at = parents::make(draft, spot, start, &way.names, place)?;
        match to {
            To::Key(name) => put_key(draft, spot, at, name, child, how, place)?,
            To::Item => {
                let list = parents::container(draft, spot, at, false)?;
                let place = if *how.order == Order::First { nth } else { insert::position(draft, list, how.order) };
                draft.put(list, place, Child { key: None, ..child });
            }
            To::Merge => merge_up(draft, spot, at, child, source, index, how.clash)?,
        }
    }
    if how.prune && !how.copy {
        prune_up(draft, source);
    }
    Ok(())
}

#[derive(Clone, Copy)]
enum To<'a> {
    Key(&'a str),
    Item,
    /// Onto a map itself: its entries.
    Merge,
}

fn put_key(
    draft: &mut Draft,
    spot: &mut Spot,
    at: Id,
    name: &str,
    child: Child,
    how: &How,
    place: Option<(Id, usize)>,
) -> Result<(), Refused> {
    let map = parents::container(draft, spot, at, true)?;
    if let Some(known) = member(draft, map, name, spot.reading.protojson) {
        let there = draft.children(map)[known].value;
        if let Some((source, index)) = place.filter(|(source, _)| *source == draft.resolve(there)) {
            return merge_up(draft, spot, there, child, source, index, how.clash);
        }
        return match meet::merge(draft, spot, there, child.value, how.clash) {
            Err(_) if how.clash == Clash::Stop => {
                Err(Refused::at(there, format!("`{name}` is already here, with another value")))
            }
            done => done,
        };
    }
    let key = match child.key.filter(|k| draft.data(*k).scalar_text() == name) {
        Some(same) => same,
        None => draft.new_scalar(Value::Str(name.to_owned()), ScalarStyle::Plain),
    };
    // A node that only gets another name in the map it stands in keeps its place.
    let order = place.filter(|(there, _)| *there == map && *how.order == Order::Last);
    let child = Child { key: Some(key), ..child };
    match order {
        Some((_, index)) => draft.put_here(map, index, child),
        None => draft.put(map, insert::position(draft, map, how.order), child),
    }
    Ok(())
}

/// A map onto a map: entry by entry; onto the map that it stood in, its entries take its place.
fn merge_up(
    draft: &mut Draft,
    spot: &mut Spot,
    at: Id,
    child: Child,
    source: Id,
    index: usize,
    clash: Clash,
) -> Result<(), Refused> {
    if !draft.is_map(child.value) {
        return Err(Refused::at(child.value, "only a map can be merged into a map"));
    }
    let map = parents::container(draft, spot, at, true)?;
    let from = draft.resolve(child.value);
    let mut place = if map == source { index } else { usize::MAX };
    while let Some(entry) = draft.take(from, 0) {
        let known = draft.key_text(&entry).and_then(|key| member(draft, map, key, spot.reading.protojson));
        match known {
            Some(i) => {
                let there = draft.children(map)[i].value;
                meet::merge(draft, spot, there, entry.value, clash)?;
            }
            None => {
                draft.put(map, place, entry);
                place = place.saturating_add(1);
            }
        }
    }
    Ok(())
}
