//! `replace`: a whole node, the last resort. `add-document`: a new document in this file.
use super::{Refused, swap};
use crate::migrate::lens::Located;
use crate::migrate::scope::Spot;
use crate::migrate::stanza;
use crate::pack::Stanza;
use crate::yaml::draft::Draft;
use crate::yaml::value::same;

pub fn replace(draft: &mut Draft, spot: &mut Spot, it: &Located, stanza: &Stanza) -> Result<(), Refused> {
    let filled = spot.fill(draft, stanza.0, Some(it))?;
    let Some(new) = stanza::build(draft, &filled, &spot.lets)? else { return Ok(()) };
    if !same(&draft.data(new), &draft.data(it.hit.id)) {
        swap(draft, spot, it.hit.id, new);
    }
    Ok(())
}

pub fn add_document(draft: &mut Draft, spot: &Spot, stanza: &Stanza) -> Result<(), Refused> {
    let filled = spot.fill(draft, stanza.0, None)?;
    let Some(new) = stanza::build(draft, &filled, &spot.lets)? else { return Ok(()) };
    let data = draft.data(new);
    if !draft.docs.iter().any(|doc| same(&draft.data(*doc), &data)) {
        draft.add_document(new);
    }
    Ok(())
}
