//! Actions that stand where lines of YAML stand, and give some: they become scalars of the tree, which can be kept, moved
//! and removed with what they belong to, but not looked into.
use super::actions::{Action, Word};
use super::mask::{Mask, mates};
use crate::source::Span;
use crate::yaml::tree::{Entry, Item, Kind, Node, NodeId, ScalarStyle, Tree};
use crate::yaml::trivia::{after_indicator, child_count, child_start, child_value, column, is_block};

/// Actions in a row that belong together: one that gives text, or a branch with nothing but such actions in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unit {
    pub span: Span,
    /// The columns that its lines are indented by, where it says so.
    indent: Option<usize>,
}

/// The units of a template; `masks` tell which actions stand where lines do. What an action indents by counts from the start of
/// the line that the text is indented in by `column`.
pub fn find(masked: &str, actions: &[Action], masks: &[Mask], column: usize) -> Vec<Unit> {
    let mut units = Vec::new();
    let mut at = 0;
    while at < actions.len() {
        let one = masks[at].is_lines().then(|| end_of_group(masked, actions, masks, at)).flatten();
        match one {
            Some(last) => {
                let indent = actions[at..=last].iter().filter_map(Action::indent).next_back();
                let indent = indent.map(|indent| indent.saturating_sub(column));
                units.push(Unit { span: actions[at].span.start..actions[last].span.end, indent });
                at = last + 1;
            }
            None => at += 1,
        }
    }
    units
}

/// The last action of the unit that starts at action `at`.
fn end_of_group(masked: &str, actions: &[Action], masks: &[Mask], at: usize) -> Option<usize> {
    match actions[at].word {
        Word::Output => return Some(at),
        Word::Open => {}
        _ => return None,
    }
    let mut depth = 0_usize;
    for (index, action) in actions.iter().enumerate().skip(at) {
        match action.word {
            Word::Open => depth += 1,
            Word::End => depth -= 1,
            _ => {}
        }
        if !masks[index].is_lines() {
            return None;
        }
        if depth == 0 {
            let lines = masked[actions[at].span.start..action.span.end].lines();
            let gives = actions[at..index].iter().any(|a| a.word == Word::Output);
            let alone = lines.map(str::trim).all(|line| line.is_empty() || line.starts_with('#'));
            return (gives && alone).then_some(index);
        }
    }
    None
}

/// Takes the actions that follow a block scalar out of it again: where its last lines are kept (`+`), their empty lines
/// would count.
pub fn cut_kept_lines(tree: &mut Tree, masked: &str, actions: &[Action]) {
    for node in &mut tree.nodes {
        let Kind::Scalar { value, style: ScalarStyle::Literal | ScalarStyle::Folded } = &mut node.kind else { continue };
        let lines = &masked[node.span.clone()];
        let content = node.span.start + lines.trim_end().len();
        let next = actions.partition_point(|action| action.span.start < content);
        let Some(action) = actions.get(next).filter(|action| action.span.start < node.span.end) else { continue };
        // The line break before the line of the action is that of the last line that is kept.
        let end = masked[..action.span.start].rfind('\n').unwrap_or(action.span.start).max(content);
        let cut = masked[end..node.span.end].matches('\n').count();
        let left = value.trim_end_matches('\n').len();
        value.truncate(value.len().saturating_sub(cut).max((left + 1).min(value.len())));
        node.span.end = end;
    }
}

/// Puts a unit into the tree: as the value of the key above it, as a part of the block scalar above it, or as a child of
/// the collection whose column it has.
pub fn attach(tree: &mut Tree, text: &str, unit: &Unit) {
    let Some(root) = tree.docs.iter().find(|d| d.span.contains(&unit.span.start)).map(|d| d.root) else { return };
    if !is_block(tree, root) {
        let node = tree.node(root);
        if node.is_empty() || node.span.end <= unit.span.start && node.span.start != node.span.end {
            let start = if node.is_empty() { unit.span.start } else { node.span.start };
            become_scalar(tree, text, root, start..unit.span.end);
        }
        return;
    }
    let mut path = path_to(tree, root, unit.span.start);
    let Some((container, index)) = path.last().copied() else { return };
    let value = child_value(tree, container, index);
    let node = tree.node(value);
    if !is_block(tree, value) && node.span.end > unit.span.start {
        // Inside of a scalar.
        return;
    }
    let key = column(text, child_start(tree, container, index));
    let after = after_indicator(tree, container, index);
    let behind = !text[after..unit.span.start].contains('\n');
    let own = column(text, unit.span.start);
    let at = unit.indent.unwrap_or(own);
    let has_value = matches!(&tree.node(container).kind, Kind::Map { entries, .. } if entries[index].colon.is_some())
        || matches!(&tree.node(container).kind, Kind::Seq { items, .. } if items[index].dash.is_some());
    if matches!(node.kind, Kind::Scalar { style: ScalarStyle::Literal | ScalarStyle::Folded, .. }) && (at > key || own > key) {
        tree.nodes[value.0 as usize].span.end = unit.span.end;
    } else if node.is_empty() && has_value && (behind || at >= key) {
        become_scalar(tree, text, value, unit.span.clone());
    } else if is_block(tree, value)
        && child_start(tree, value, 0) > unit.span.start
        && column(text, child_start(tree, value, 0)) <= at
    {
        // Above the first of what is below the key.
        become_child(tree, text, value, 0, unit.span.clone());
        tree.nodes[value.0 as usize].span.start = unit.span.start;
    } else {
        let fits = |(container, _): &&(NodeId, usize)| column(text, child_start(tree, *container, 0)) <= at;
        let depth = path.iter().rposition(|entry| fits(&entry)).unwrap_or(0);
        let (container, index) = path[depth];
        become_child(tree, text, container, index + 1, unit.span.clone());
        path.truncate(depth + 1);
    }
    for (container, _) in path {
        let span = &mut tree.nodes[container.0 as usize].span;
        span.end = span.end.max(unit.span.end);
    }
}

/// What a branch begins in ends where the branch does, if nothing else stands between: block scalars and collections.
pub fn close_branches(tree: &mut Tree, masked: &str, actions: &[Action]) {
    let is_scalar = |node: &Node| matches!(node.kind, Kind::Scalar { style: ScalarStyle::Literal | ScalarStyle::Folded, .. });
    let indices = 0..u32::try_from(tree.nodes.len()).unwrap_or(u32::MAX);
    let mut scalars: Vec<NodeId> = indices.map(NodeId).filter(|id| is_scalar(tree.node(*id))).collect();
    scalars.sort_by_key(|id| tree.node(*id).span.start);
    for (action, open) in actions.iter().zip(mates(actions)).filter(|(action, _)| action.word == Word::End) {
        let Some(open) = open.map(|open| actions[open].span.start) else { continue };
        let scalar = scalars.partition_point(|id| tree.node(*id).span.start <= open).checked_sub(1).map(|i| scalars[i]);
        let root = tree.docs.iter().find(|doc| doc.span.contains(&open)).map(|doc| doc.root);
        let path = root.map_or_else(Vec::new, |root| path_to(tree, root, open));
        let behind = |(container, index): &(NodeId, usize)| after_indicator(tree, *container, *index) <= open;
        let collections =
            path.iter().filter(|entry| behind(entry)).map(|(container, index)| child_value(tree, *container, *index));
        let around: Vec<NodeId> = collections.filter(|value| is_block(tree, *value)).chain(scalar).collect();
        for id in around {
            let end = tree.node(id).span.end;
            if open < end && end < action.span.end && masked[end..action.span.start].trim().is_empty() {
                tree.nodes[id.0 as usize].span.end = action.span.end;
            }
        }
    }
}

/// The children of block collections that byte `at` comes behind, from the root down.
fn path_to(tree: &Tree, root: NodeId, at: usize) -> Vec<(NodeId, usize)> {
    let mut path = Vec::new();
    let mut node = root;
    while is_block(tree, node) {
        let Some(index) = (0..child_count(tree, node)).rev().find(|i| child_start(tree, node, *i) < at) else { break };
        path.push((node, index));
        node = child_value(tree, node, index);
    }
    path
}

fn become_scalar(tree: &mut Tree, text: &str, node: NodeId, span: Span) {
    let node = &mut tree.nodes[node.0 as usize];
    node.kind = Kind::Scalar { value: text[span.clone()].to_owned(), style: ScalarStyle::Plain };
    node.span = span;
}

fn become_child(tree: &mut Tree, text: &str, container: NodeId, index: usize, span: Span) {
    let mut add = |span: Span, value: String| {
        let kind = Kind::Scalar { value, style: ScalarStyle::Plain };
        tree.nodes.push(Node { span, anchor: None, tag: None, parent: Some(container), kind });
        NodeId(u32::try_from(tree.nodes.len() - 1).unwrap_or(u32::MAX))
    };
    let end = span.end;
    let opaque = add(span.clone(), text[span].to_owned());
    let null = add(end..end, String::new());
    match &mut tree.nodes[container.0 as usize].kind {
        Kind::Map { entries, .. } => entries.insert(index, Entry { key: opaque, value: null, colon: None, question: None }),
        Kind::Seq { items, .. } => items.insert(index, Item { value: opaque, dash: None }),
        _ => {}
    }
}
