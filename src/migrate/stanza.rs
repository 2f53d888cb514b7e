//! Stanzas: YAML text from a migration, as new nodes of a draft that are written in the neighbours' style.
use super::scope::Binding;
use crate::expr::{Filled, Slot};
use crate::source::Span;
use crate::yaml::draft::{Child, Draft, Id, Own};
use crate::yaml::syntax;
use crate::yaml::tree::{Kind, NodeId, ScalarStyle, Tree};
use crate::yaml::trivia::{after_indicator, extent, is_block, line_end, line_start};
use crate::yaml::value::{Value, from_json};
use serde_json::Value as Json;

/// The root of a filled stanza; none where it says nothing (a condition in it was false).
///
/// # Errors
/// Text that is no single YAML document; an undefined value; text computed from a template action.
pub fn build(draft: &mut Draft, filled: &Filled, lets: &[Binding]) -> Result<Option<Id>, String> {
    let tree = syntax::parse(&filled.text).map_err(|e| format!("the new text is not YAML: {e}"))?;
    let [doc] = tree.docs.as_slice() else {
        return if tree.docs.is_empty() { Ok(None) } else { Err("the new text holds several documents".into()) };
    };
    if tree.node(doc.root).is_empty() {
        return Ok(None);
    }
    let stanza = Stanza { tree: &tree, filled, lets };
    stanza.node(draft, doc.root).map(Some)
}

struct Stanza<'a> {
    tree: &'a Tree,
    filled: &'a Filled,
    lets: &'a [Binding],
}

impl Stanza<'_> {
    fn node(&self, draft: &mut Draft, id: NodeId) -> Result<Id, String> {
        let node = self.tree.node(id);
        match &node.kind {
            Kind::Scalar { value, style } => {
                if let Some(slot) = self.filled.slots.iter().find(|s| s.token == *value) {
                    return self.slot(draft, slot, *style);
                }
                let tag = node.tag.as_ref().map(|s| &self.filled.text[s.clone()]);
                let text = self.with_slots(value)?;
                let typed = match text {
                    Some(text) => Value::Str(text),
                    None => crate::yaml::scalar::resolve(value, *style, tag),
                };
                Ok(draft.new_scalar(typed, *style))
            }
            Kind::Map { entries, flow } => {
                let mut children = Vec::with_capacity(entries.len());
                for (index, entry) in entries.iter().enumerate() {
                    let key = self.node(draft, entry.key)?;
                    let value = self.node(draft, entry.value)?;
                    children.push(Child { key: Some(key), value, own: self.own(id, index, entry.value) });
                }
                Ok(draft.new_map(children, *flow))
            }
            Kind::Seq { items, flow } => {
                let mut children = Vec::with_capacity(items.len());
                for (index, item) in items.iter().enumerate() {
                    let value = self.node(draft, item.value)?;
                    children.push(Child { key: None, value, own: self.own(id, index, item.value) });
                }
                Ok(draft.new_seq(children, *flow))
            }
            Kind::Alias { target } => self.node(draft, *target),
        }
    }

    fn slot(&self, draft: &mut Draft, slot: &Slot, style: ScalarStyle) -> Result<Id, String> {
        let bound = slot.name.as_ref().and_then(|name| self.lets.iter().find(|b| b.name == *name)).and_then(|b| b.node);
        let quoted = style != ScalarStyle::Plain;
        if let Some(node) = bound.filter(|_| !quoted) {
            return Ok(draft.copy(node));
        }
        let value = slot.value.as_ref().ok_or_else(|| format!("`{}` is undefined", slot.name.as_deref().unwrap_or("a value")))?;
        plain(value)?;
        if quoted {
            return Ok(draft.new_scalar(Value::Str(text_of(value)), style));
        }
        Ok(draft.new_value(&from_json(value)))
    }

    /// A scalar's text with the slots in it put in; none where it holds none.
    fn with_slots(&self, text: &str) -> Result<Option<String>, String> {
        let mut out = text.to_owned();
        for slot in self.filled.slots.iter().filter(|s| text.contains(s.token.as_str())) {
            let value =
                slot.value.as_ref().ok_or_else(|| format!("`{}` is undefined", slot.name.as_deref().unwrap_or("a value")))?;
            plain(value)?;
            out = out.replace(slot.token.as_str(), &text_of(value));
        }
        Ok((out != text).then_some(out))
    }

    /// The comments of a child: those above it, the one behind its value or behind the colon of a block.
    fn own(&self, container: NodeId, index: usize, value: NodeId) -> Own {
        if !is_block(self.tree, container) {
            return Own::none();
        }
        let text = &self.filled.text;
        let ext = extent(text, self.tree, container, index);
        let above = ext.lead..line_start(text, ext.start).max(ext.lead);
        let lead = text[above].lines().map(str::trim).filter(|l| l.starts_with('#')).map(str::to_owned).collect();
        let behind = if is_block(self.tree, value) {
            after_indicator(self.tree, container, index)
        } else {
            self.tree.node(value).span.end.max(after_indicator(self.tree, container, index))
        };
        let rest: Span = behind..line_end(text, behind);
        let rest = text[rest].trim();
        Own::New { lead, trail: rest.starts_with('#').then(|| rest.to_owned()) }
    }
}

/// Refuses text that was computed from a template action: what it will be is not known here.
fn plain(value: &Json) -> Result<(), String> {
    match value {
        Json::String(s) if s.contains("{{") => Err(format!("`{s}` is a template action, and its result cannot be computed with")),
        _ => Ok(()),
    }
}

fn text_of(value: &Json) -> String {
    match value {
        Json::String(s) => s.clone(),
        Json::Null => String::new(),
        other => other.to_string(),
    }
}
