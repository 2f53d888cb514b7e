//! How the neighbours write: what new text imitates.
use super::tree::{Kind, NodeId, ScalarStyle, Tree};
use super::trivia::{child_start, column, is_block};

/// The habits around a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Style {
    /// Columns that a map stands deeper than the key it belongs to.
    pub step: usize,
    /// Columns that the dashes of a list stand deeper than the key it belongs to; 0 is flush.
    pub list: usize,
}

impl Default for Style {
    fn default() -> Self {
        Style { step: 2, list: 0 }
    }
}

#[derive(Default)]
struct Seen {
    step: Option<usize>,
    list: Option<usize>,
}

/// The style at `node`: of the nearest neighbours first, then of the file.
pub fn around(text: &str, tree: &Tree, node: NodeId) -> Style {
    let mut seen = Seen::default();
    let mut at = Some(node);
    while let Some(here) = at {
        // Siblings of what is to be written are nearer than the node that holds them.
        look_below(text, tree, here, &mut seen);
        look_above(text, tree, here, &mut seen);
        if seen.step.is_some() && seen.list.is_some() {
            break;
        }
        at = tree.node(here).parent;
    }
    for doc in &tree.docs {
        look_below(text, tree, doc.root, &mut seen);
    }
    // A file with wide steps and no list to go by indents its lists like its maps would be read: flush.
    Style { step: seen.step.unwrap_or(2), list: seen.list.unwrap_or(0) }
}

/// The indentation of `node` itself below the entry that holds it.
fn look_above(text: &str, tree: &Tree, node: NodeId, seen: &mut Seen) {
    let Some(parent) = tree.node(node).parent else { return };
    let Kind::Map { entries, flow: false } = &tree.node(parent).kind else { return };
    if let Some(index) = entries.iter().position(|e| e.value == node) {
        look_at(text, tree, parent, index, node, seen);
    }
}

fn look_below(text: &str, tree: &Tree, node: NodeId, seen: &mut Seen) {
    if seen.step.is_some() && seen.list.is_some() {
        return;
    }
    match &tree.node(node).kind {
        Kind::Map { entries, flow: false } => {
            for (index, entry) in entries.iter().enumerate() {
                look_at(text, tree, node, index, entry.value, seen);
            }
            entries.iter().for_each(|e| look_below(text, tree, e.value, seen));
        }
        Kind::Seq { items, flow: false } => items.iter().for_each(|i| look_below(text, tree, i.value, seen)),
        _ => {}
    }
}

fn look_at(text: &str, tree: &Tree, map: NodeId, index: usize, value: NodeId, seen: &mut Seen) {
    if !is_block(tree, value) {
        return;
    }
    let key = column(text, child_start(tree, map, index));
    let below = column(text, child_start(tree, value, 0));
    match tree.node(value).kind {
        Kind::Map { .. } if below > key => drop(seen.step.get_or_insert(below - key)),
        Kind::Seq { .. } if below >= key => drop(seen.list.get_or_insert(below - key)),
        _ => {}
    }
}

/// The line break of a text: that of its first line.
pub fn newline(text: &str) -> &'static str {
    match text.find('\n') {
        Some(at) if at > 0 && text.as_bytes()[at - 1] == b'\r' => "\r\n",
        _ => "\n",
    }
}

/// The quotes that all strings of a list have in common.
pub fn list_quotes(tree: &Tree, list: NodeId) -> Option<ScalarStyle> {
    let Kind::Seq { items, .. } = &tree.node(list).kind else { return None };
    let mut common = None;
    for item in items {
        let Kind::Scalar { style, .. } = tree.node(item.value).kind else { return None };
        if !matches!(style, ScalarStyle::Single | ScalarStyle::Double) || common.is_some_and(|c| c != style) {
            return None;
        }
        common = Some(style);
    }
    common
}

/// Whether a flow collection reads as JSON: it, or one around it, is a map with double-quoted keys.
pub fn is_json(text: &str, tree: &Tree, node: NodeId) -> bool {
    let mut at = Some(node);
    while let Some(here) = at {
        match &tree.node(here).kind {
            Kind::Map { entries, flow: true } if !entries.is_empty() => {
                return entries.iter().all(|e| text[tree.node(e.key).span.clone()].starts_with('"'));
            }
            Kind::Map { flow: false, .. } | Kind::Seq { flow: false, .. } => return false,
            _ => at = tree.node(here).parent,
        }
    }
    false
}
