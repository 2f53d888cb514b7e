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

/// What is to be seen of the habits of a part of a text.
#[derive(Debug, Default, Clone, Copy)]
struct Seen {
    step: Option<usize>,
    list: Option<usize>,
}

impl Seen {
    /// What is not known yet is taken from `further`.
    fn or(self, further: Seen) -> Seen {
        Seen { step: self.step.or(further.step), list: self.list.or(further.list) }
    }
}

/// The habits below every node of a text, found once.
#[derive(Debug)]
pub struct Habits {
    below: Vec<Seen>,
    whole: Seen,
}

impl Habits {
    pub fn of(text: &str, tree: &Tree) -> Habits {
        let mut habits = Habits { below: vec![Seen::default(); tree.nodes.len()], whole: Seen::default() };
        for doc in &tree.docs {
            habits.look_below(text, tree, doc.root);
            habits.whole = habits.whole.or(habits.below(doc.root));
        }
        habits
    }

    fn below(&self, node: NodeId) -> Seen {
        self.below[node.0 as usize]
    }

    /// The entries of a map come before what is in them.
    fn look_below(&mut self, text: &str, tree: &Tree, node: NodeId) {
        let mut seen = Seen::default();
        match &tree.node(node).kind {
            Kind::Map { entries, flow: false } => {
                for (index, entry) in entries.iter().enumerate() {
                    seen = seen.or(look_at(text, tree, node, index, entry.value));
                }
                for entry in entries {
                    self.look_below(text, tree, entry.value);
                    seen = seen.or(self.below(entry.value));
                }
            }
            Kind::Seq { items, flow: false } => {
                for item in items {
                    self.look_below(text, tree, item.value);
                    seen = seen.or(self.below(item.value));
                }
            }
            _ => {}
        }
        self.below[node.0 as usize] = seen;
    }

    /// The style at `node`: of the nearest neighbours first, then of the file.
    pub fn around(&self, text: &str, tree: &Tree, node: NodeId) -> Style {
        let mut seen = Seen::default();
        let mut at = Some(node);
        while let Some(here) = at.filter(|_| seen.step.is_none() || seen.list.is_none()) {
            // Siblings of what is to be written are nearer than the node that holds them.
            seen = seen.or(self.below(here)).or(look_above(text, tree, here));
            at = tree.node(here).parent;
        }
        let seen = seen.or(self.whole);
        // A file with wide steps and no list to go by indents its lists like its maps would be read: flush.
        Style { step: seen.step.unwrap_or(2), list: seen.list.unwrap_or(0) }
    }
}

/// The indentation of `node` itself below the entry that holds it.
fn look_above(text: &str, tree: &Tree, node: NodeId) -> Seen {
    let Some(parent) = tree.node(node).parent.filter(|_| is_block(tree, node)) else { return Seen::default() };
    let Kind::Map { entries, flow: false } = &tree.node(parent).kind else { return Seen::default() };
    let index = entries.iter().position(|e| e.value == node);
    index.map_or_else(Seen::default, |index| look_at(text, tree, parent, index, node))
}

fn look_at(text: &str, tree: &Tree, map: NodeId, index: usize, value: NodeId) -> Seen {
    if !is_block(tree, value) {
        return Seen::default();
    }
    let key = column(text, child_start(tree, map, index));
    let below = column(text, child_start(tree, value, 0));
    match tree.node(value).kind {
        Kind::Map { .. } if below > key => Seen { step: Some(below - key), list: None },
        Kind::Seq { .. } if below >= key => Seen { step: None, list: Some(below - key) },
        _ => Seen::default(),
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
