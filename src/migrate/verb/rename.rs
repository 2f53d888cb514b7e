//! `rename`: the key only. Place, value and comments stay.
use super::{Refused, meet};
use crate::migrate::lens::{Located, Pairs, member, pair_name};
use crate::migrate::scope::Spot;
use crate::pack::{Clash, Text};
use crate::yaml::draft::{Child, Draft, Id};
use crate::yaml::value::Value;

pub fn rename(draft: &mut Draft, spot: &Spot, it: &Located, to: &Text, clash: Clash) -> Result<(), Refused> {
    let new = spot.string(draft, to, Some(it))?;
    if it.hit.pair.is_some() {
        return rename_pair(draft, spot, it, &new, clash);
    }
    let Some((map, index)) = draft.position(it.hit.id) else {
        return Err(Refused::at(it.hit.id, "a document has no key to rename"));
    };
    let child = &draft.children(map)[index];
    let Some(key) = child.key else { return Err(Refused::at(it.hit.id, "an item of a list has no key to rename")) };
    if draft.data(key).scalar_text() == new {
        return Ok(());
    }
    let Some(other) = member(draft, map, &new, spot.reading.protojson).filter(|i| *i != index) else {
        draft.rename(map, index, &new);
        return Ok(());
    };
    let there = draft.children(map)[other].value;
    if meet::equal(draft, there, it.hit.id) {
        draft.take(map, index);
        return Ok(());
    }
    match clash {
        Clash::Stop => Err(Refused::at(it.hit.id, format!("`{new}` is already here, with another value"))),
        Clash::Keep => {
            let Some(source) = draft.take(map, index) else { return Ok(()) };
            meet::merge(draft, spot, there, source.value, Clash::Keep)
        }
        Clash::Replace => {
            meet::known(draft, there, it.hit.id)?;
            let Some(gone) = draft.take(map, other) else { return Ok(()) };
            if draft.is_map(gone.value) && draft.is_map(it.hit.id) {
                meet::merge(draft, spot, it.hit.id, gone.value, Clash::Keep)?;
            }
            if let Some((map, index)) = draft.position(it.hit.id) {
                draft.rename(map, index, &new);
            }
            Ok(())
        }
    }
}

/// The name of an item of a list of pairs.
fn rename_pair(draft: &mut Draft, spot: &Spot, it: &Located, new: &str, clash: Clash) -> Result<(), Refused> {
    let Some(pairs) = &spot.reading.pairs else { return Ok(()) };
    let (list, item) = (pairs.list, it.hit.whole());
    let named = |other: &Child| other.value != item && pair_name(draft, pairs, other).as_deref() == Some(new);
    let (other, own) = (draft.children(list).iter().position(named), draft.position(item).map(|(_, index)| index));
    if let (Some(other), Some(own)) = (other, own) {
        let there = draft.children(list)[other].value;
        let equal = without_name(draft, pairs, there) == without_name(draft, pairs, item);
        match clash {
            Clash::Stop if !equal => return Err(Refused::at(item, format!("`{new}` is already in this list"))),
            Clash::Replace if !equal => drop(draft.take(list, other)),
            _ => {
                draft.take(list, own);
                return Ok(());
            }
        }
    }
    if let Some(index) = draft.find(item, &pairs.name) {
        let name = draft.children(item)[index].value;
        if draft.data(name).scalar_text() != new {
            draft.set_scalar(name, Value::Str(new.to_owned()));
        }
    }
    Ok(())
}

/// What an item says besides its name.
fn without_name(draft: &Draft, pairs: &Pairs, item: Id) -> Vec<(Option<String>, Value)> {
    let rest = draft.children(item).iter().filter(|child| draft.key_text(child) != Some(pairs.name.as_str()));
    rest.map(|child| (draft.key_text(child).map(str::to_owned), draft.data(child.value))).collect()
}
