//! `wrap`: the same node, one level deeper, or as text.
use super::{Refused, swap};
use crate::migrate::lens::Located;
use crate::migrate::scope::Spot;
use crate::pack::Wrap;
use crate::yaml::draft::{Body, Child, Draft, Id, Own};
use crate::yaml::tree::ScalarStyle;
use crate::yaml::value::Value;
use crate::yaml::{render, syntax, trivia};

pub fn wrap(draft: &mut Draft, spot: &mut Spot, it: &Located, how: &Wrap) -> Result<(), Refused> {
    let id = it.hit.id;
    match how {
        Wrap::Key(name) => {
            let name = spot.string(draft, name, Some(it))?;
            let key = draft.new_scalar(Value::Str(name), ScalarStyle::Plain);
            let map = draft.new_map(Vec::new(), false);
            swap(draft, spot, id, map);
            draft.put(map, 0, Child { key: Some(key), value: id, own: Own::none() });
        }
        Wrap::List => {
            let list = draft.new_seq(Vec::new(), false);
            swap(draft, spot, id, list);
            draft.put(list, 0, Child { key: None, value: id, own: Own::none() });
        }
        Wrap::Pairs(name, value) => pairs(draft, spot, id, name, value)?,
        Wrap::Text(true) => to_text(draft, spot, id)?,
        Wrap::Text(false) => from_text(draft, spot, id)?,
    }
    Ok(())
}

/// Each entry of a map one item, its comments with it.
fn pairs(draft: &mut Draft, spot: &mut Spot, id: Id, name: &str, value: &str) -> Result<(), Refused> {
    if !draft.is_map(id) {
        return Err(Refused::at(id, "only a map can become a list of pairs"));
    }
    let map = draft.resolve(id);
    let computed = draft.children(map).iter().find(|child| draft.key_text(child).is_some_and(|key| key.starts_with("{{")));
    if let Some(child) = computed.filter(|_| draft.has_branches()) {
        return Err(Refused::at(child.value, "the template computes entries of this map"));
    }
    let list = draft.new_seq(Vec::new(), false);
    while let Some(child) = draft.take(map, 0) {
        let mut entry = |key: &str, node: Id| {
            let key = draft.new_scalar(Value::Str(key.to_owned()), ScalarStyle::Plain);
            Child { key: Some(key), value: node, own: Own::none() }
        };
        let first = entry(name, child.key.unwrap_or(child.value));
        let second = entry(value, child.value);
        let item = draft.new_map(vec![first, second], false);
        draft.put(list, usize::MAX, Child { key: None, value: item, own: child.own });
    }
    swap(draft, spot, map, list);
    Ok(())
}

pub fn to_text(draft: &mut Draft, spot: &mut Spot, id: Id) -> Result<(), Refused> {
    if matches!(draft.node(id).body, Body::Scalar { value: Value::Str(_), .. } | Body::Embedded { .. }) {
        return Ok(());
    }
    if holds_alias(draft, id) {
        return Err(Refused::at(id, "an alias in it would have no anchor in a text of its own"));
    }
    let text = render::text_of(draft, id).map_err(|e| Refused::at(id, e.message))?;
    let scalar = draft.new_scalar(Value::Str(text), ScalarStyle::Literal);
    swap(draft, spot, id, scalar);
    Ok(())
}

fn from_text(draft: &mut Draft, spot: &mut Spot, id: Id) -> Result<(), Refused> {
    let Value::Str(text) = draft.data(id) else { return Ok(()) };
    if draft.has_branches() && text.contains("{{") {
        return Err(Refused::at(id, "the template computes a part of its text"));
    }
    let tree = syntax::parse(&text).map_err(|e| Refused::at(id, format!("its text is not YAML: {e}")))?;
    if !trivia::comments(&text, &tree).is_empty() {
        return Err(Refused::at(id, "its text holds comments, which would be lost"));
    }
    let filled = crate::expr::Filled { text, slots: Vec::new() };
    if let Some(new) = crate::migrate::stanza::build(draft, &filled, &[])? {
        swap(draft, spot, id, new);
    }
    Ok(())
}

fn holds_alias(draft: &Draft, id: Id) -> bool {
    match &draft.node(id).body {
        Body::Alias(_) => true,
        Body::Embedded { root, .. } => holds_alias(draft, *root),
        Body::Map { children, .. } | Body::Seq { children, .. } => children.iter().any(|c| holds_alias(draft, c.value)),
        Body::Scalar { .. } => false,
    }
}
