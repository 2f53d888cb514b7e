//! `remove`: a key or an item with its comments, and what that emptied.
use super::Refused;
use crate::migrate::lens::Hit;
use crate::yaml::draft::{Body, Draft, Id};

pub fn remove(draft: &mut Draft, hit: Hit, prune: bool) -> Result<(), Refused> {
    let Some((container, index)) = draft.position(hit.whole()) else {
        return Err(Refused::at(hit.id, "a whole document is never removed"));
    };
    draft.take(container, index);
    if prune {
        prune_up(draft, container);
    }
    Ok(())
}

/// Takes out `container` and every ancestor that this empties, through opened texts, up to but not including the document.
pub fn prune_up(draft: &mut Draft, container: Id) {
    let mut at = container;
    while draft.children(at).is_empty() {
        // An opened text's root stands for the scalar that holds it.
        let whole = match draft.node(at).parent {
            Some(parent) if matches!(draft.node(parent).body, Body::Embedded { .. }) => parent,
            _ => at,
        };
        let Some((parent, index)) = draft.position(whole) else { return };
        draft.take(parent, index);
        at = parent;
    }
}
