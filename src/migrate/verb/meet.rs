//! Where two values meet: who wins.
use super::Refused;
use crate::migrate::lens::member;
use crate::migrate::scope::Spot;
use crate::pack::Clash;
use crate::yaml::draft::{Draft, Id};
use crate::yaml::value::{Value, same};

pub fn equal(draft: &Draft, a: Id, b: Id) -> bool {
    same(&draft.data(a), &draft.data(b))
}

/// Null, `{}` or `[]`.
pub fn is_empty(draft: &Draft, id: Id) -> bool {
    match draft.data(id) {
        Value::Null => true,
        Value::Map(entries) => entries.is_empty(),
        Value::Seq(items) => items.is_empty(),
        _ => false,
    }
}

/// Where a map meets what a template computes, which may be one as well, neither can be kept.
pub fn known(draft: &Draft, there: Id, new: Id) -> Result<(), Refused> {
    let computed = |id: Id| draft.data(id).scalar_text().contains("{{");
    if draft.is_map(there) && computed(new) || computed(there) && draft.is_map(new) {
        return Err(Refused::at(there, "two values meet here, and what the template computes for one of them is not known"));
    }
    Ok(())
}

/// Brings `new`, which has no place of its own, to where `there` stands. Maps merge key by key, lists are leaves.
pub fn merge(draft: &mut Draft, spot: &Spot, there: Id, new: Id, clash: Clash) -> Result<(), Refused> {
    if equal(draft, there, new) {
        return Ok(());
    }
    known(draft, there, new)?;
    if clash == Clash::Stop {
        return Err(Refused::at(there, "there is already another value here"));
    }
    if draft.is_map(there) && draft.is_map(new) {
        let (there, new) = (draft.resolve(there), draft.resolve(new));
        while let Some(child) = draft.take(new, 0) {
            let known = draft.key_text(&child).and_then(|key| member(draft, there, key, spot.reading.protojson));
            match known {
                Some(index) => {
                    let value = draft.children(there)[index].value;
                    merge(draft, spot, value, child.value, clash)?;
                }
                None => draft.put(there, usize::MAX, child),
            }
        }
        return Ok(());
    }
    if clash == Clash::Replace {
        draft.replace(there, new);
    }
    Ok(())
}
