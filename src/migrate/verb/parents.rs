//! Places that are still to be made: the maps on the way to a new node.
use super::{Refused, swap};
use crate::migrate::lens::{Hit, Lens, Located, member};
use crate::migrate::scope::Spot;
use crate::pack::path::Segment;
use crate::yaml::draft::{Child, Draft, Id, Own};
use crate::yaml::tree::ScalarStyle;
use crate::yaml::value::Value;

/// A path split where only plain names follow: those can be made.
pub struct Way {
    head: String,
    pub names: Vec<String>,
}

pub fn way(segments: &[Segment]) -> Way {
    let plain = segments.iter().rev().take_while(|s| matches!(s, Segment::Name(_))).count();
    let (head, tail) = segments.split_at(segments.len() - plain);
    let mut text = String::from("$");
    for segment in head {
        match segment {
            Segment::Name(name) => text.push_str(&format!("['{}']", name.replace('\\', "\\\\").replace('\'', "\\'"))),
            Segment::Index(index) => text.push_str(&format!("[{index}]")),
            Segment::Append => {}
            Segment::Many(source) => text.push_str(source),
        }
    }
    let names = tail.iter().filter_map(|s| match s {
        Segment::Name(name) => Some(name.clone()),
        _ => None,
    });
    Way { head: text, names: names.collect() }
}

impl Way {
    /// What the part with wildcards hits.
    pub fn starts(&self, draft: &Draft, spot: &Spot) -> Result<Vec<Located>, String> {
        let reading = spot.written(draft);
        Lens::new(draft, spot.root, &reading).query(draft, &reading, &self.head)
    }
}

/// Follows names down from `start`; none where one is missing.
pub fn follow(draft: &Draft, spot: &Spot, start: Id, names: &[String]) -> Option<Id> {
    names.iter().try_fold(start, |at, name| {
        let map = draft.resolve(at);
        member(draft, map, name, spot.reading.protojson).map(|i| draft.children(map)[i].value)
    })
}

/// Follows names down from `start` and makes what is missing; the last one made is null. `place` is where in which map a
/// first new name goes, instead of last.
pub fn make(draft: &mut Draft, spot: &mut Spot, start: Hit, names: &[String], place: Option<(Id, usize)>) -> Result<Id, Refused> {
    let mut at = start.id;
    for name in names {
        let map = container(draft, spot, at, true)?;
        at = match member(draft, map, name, spot.reading.protojson) {
            Some(index) => draft.children(map)[index].value,
            None => {
                let key = draft.new_scalar(Value::Str(name.clone()), ScalarStyle::Plain);
                let value = draft.new_scalar(Value::Null, ScalarStyle::Plain);
                let child = Child { key: Some(key), value, own: Own::none() };
                match place.filter(|(there, _)| *there == map) {
                    Some((_, index)) => draft.put_here(map, index, child),
                    None => draft.put(map, usize::MAX, child),
                }
                value
            }
        };
    }
    Ok(at)
}

/// The node as a map (or list); null and an empty collection become one.
pub fn container(draft: &mut Draft, spot: &mut Spot, id: Id, map: bool) -> Result<Id, Refused> {
    let at = draft.resolve(id);
    let fits = if map { draft.is_map(at) } else { draft.is_seq(at) };
    if fits {
        return Ok(at);
    }
    if !super::meet::is_empty(draft, at) {
        if draft.data(at).scalar_text().contains("{{") {
            return Err(Refused::at(id, "the template computes this, so nothing can be added to it here"));
        }
        let wanted = if map { "a map" } else { "a list" };
        return Err(Refused::at(id, format!("this is not {wanted}: nothing can be added to it")));
    }
    let new = if map { draft.new_map(Vec::new(), false) } else { draft.new_seq(Vec::new(), false) };
    swap(draft, spot, at, new);
    Ok(new)
}
