//! Comments and lines: what belongs to an entry besides its own nodes.
use super::tree::{Kind, NodeId, ScalarStyle, Tree};
use crate::source::Span;

/// The lines of an entry or item of a block collection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Extent {
    /// Start of the touching comment lines above in the same column; `start` where the entry does not begin its line
    /// (the first one behind a dash), else at least the start of its line.
    pub lead: usize,
    /// The entry's first byte: its key, `?` or dash.
    pub start: usize,
    /// Behind the line break of its last line, deeper comment lines below included; or the end of the text.
    pub end: usize,
    /// Whether only blanks stand before it on its line.
    pub own_line: bool,
}

/// Start of the line that byte `at` is on.
pub fn line_start(text: &str, at: usize) -> usize {
    text[..at].rfind('\n').map_or(0, |i| i + 1)
}

/// Byte of the line break (CR included) that ends the line of byte `at`, or the end of the text.
pub fn line_end(text: &str, at: usize) -> usize {
    let end = text[at..].find('\n').map_or(text.len(), |i| at + i);
    if end > at && text.as_bytes()[end - 1] == b'\r' { end - 1 } else { end }
}

/// Start of the line after the one that byte `at` is on, or the end of the text.
pub fn next_line(text: &str, at: usize) -> usize {
    text[at..].find('\n').map_or(text.len(), |i| at + i + 1)
}

/// Bytes between the start of its line and `at`.
pub fn column(text: &str, at: usize) -> usize {
    at - line_start(text, at)
}

/// The column of the `#` when the line at `at` (its start) holds nothing but a comment.
fn comment_column(text: &str, at: usize) -> Option<usize> {
    let line = &text[at..line_end(text, at)];
    let trimmed = line.trim_start_matches([' ', '\t']);
    trimmed.starts_with('#').then(|| line.len() - trimmed.len())
}

/// First byte of child `index` of a block collection: key, `?` or dash.
pub fn child_start(tree: &Tree, container: NodeId, index: usize) -> usize {
    match &tree.node(container).kind {
        Kind::Map { entries, .. } => {
            let entry = &entries[index];
            entry.question.unwrap_or_else(|| tree.start_with_props(entry.key))
        }
        Kind::Seq { items, .. } => items[index].dash.unwrap_or_else(|| tree.start_with_props(items[index].value)),
        _ => tree.node(container).span.start,
    }
}

/// The value node of child `index`.
pub fn child_value(tree: &Tree, container: NodeId, index: usize) -> NodeId {
    match &tree.node(container).kind {
        Kind::Map { entries, .. } => entries[index].value,
        Kind::Seq { items, .. } => items[index].value,
        _ => container,
    }
}

/// First byte of the child whose value `node` is: its key, `?` or dash.
pub fn entry_start(tree: &Tree, node: NodeId) -> Option<usize> {
    let parent = tree.node(node).parent?;
    let index = (0..child_count(tree, parent)).find(|i| child_value(tree, parent, *i) == node)?;
    Some(child_start(tree, parent, index))
}

/// Whether `key` is a key of a block map without a colon and without `?`.
pub fn is_lone_key(tree: &Tree, key: NodeId) -> bool {
    let Some(Kind::Map { entries, flow: false }) = tree.node(key).parent.map(|parent| &tree.node(parent).kind) else {
        return false;
    };
    entries.iter().any(|e| e.key == key && e.colon.is_none() && e.question.is_none())
}

/// How many children a collection has.
pub fn child_count(tree: &Tree, container: NodeId) -> usize {
    match &tree.node(container).kind {
        Kind::Map { entries, .. } => entries.len(),
        Kind::Seq { items, .. } => items.len(),
        _ => 0,
    }
}

/// Whether a node is a collection in block style.
pub fn is_block(tree: &Tree, node: NodeId) -> bool {
    matches!(&tree.node(node).kind, Kind::Map { flow: false, .. } | Kind::Seq { flow: false, .. })
}

/// Behind the indicator that introduces the value of a child: its colon or dash (else its key).
pub fn after_indicator(tree: &Tree, container: NodeId, index: usize) -> usize {
    match &tree.node(container).kind {
        Kind::Map { entries, .. } => entries[index].colon.map_or(tree.node(entries[index].key).span.end, |c| c + 1),
        Kind::Seq { items, .. } => items[index].dash.map_or(tree.node(items[index].value).span.start, |d| d + 1),
        _ => tree.node(container).span.start,
    }
}

/// The lines of child `index` of a block collection.
pub fn extent(text: &str, tree: &Tree, container: NodeId, index: usize) -> Extent {
    let start = child_start(tree, container, index);
    let line = line_start(text, start);
    let own_line = text[line..start].bytes().all(|b| b == b' ' || b == b'\t');
    let lead = if own_line { lead(text, tree, container, index, line, start - line) } else { start };
    Extent { lead, start, end: end(text, tree, container, index), own_line }
}

/// Climbs over the comment lines that touch the line at `line` from above, in column `col`.
fn lead(text: &str, tree: &Tree, container: NodeId, index: usize, line: usize, col: usize) -> usize {
    // A line of a block scalar may look like a comment: never climb into the node before. Above a first child stands
    // the line that introduces it, or a document marker, so that nothing needs guarding there.
    let floor = if index == 0 { 0 } else { end_of(tree, child_value(tree, container, index - 1)) };
    let mut at = line;
    while at > 0 {
        let above = line_start(text, at - 1);
        if above < floor || comment_column(text, above) != Some(col) {
            break;
        }
        at = above;
    }
    // A comment that opens a document speaks of the document, not of its first entry.
    if index == 0 && tree.node(container).parent.is_none() && at < line && opens_document(text, at) {
        return line;
    }
    at
}

fn opens_document(text: &str, at: usize) -> bool {
    at == 0 || {
        let above = &text[line_start(text, at - 1)..at];
        above.starts_with("---") || above.starts_with("...") || above.starts_with('%')
    }
}

/// End of a node's own text; of a block collection, that of its last child.
fn end_of(tree: &Tree, node: NodeId) -> usize {
    tree.node(node).span.end
}

fn end(text: &str, tree: &Tree, container: NodeId, index: usize) -> usize {
    let value = child_value(tree, container, index);
    let mut end = if is_block(tree, value) {
        extent_end(text, tree, value)
    } else {
        next_line(text, end_of(tree, value).max(after_indicator(tree, container, index)))
    };
    let col = column(text, child_start(tree, container, index));
    while end < text.len() && comment_column(text, end).is_some_and(|c| c > col) {
        end = next_line(text, end);
    }
    end
}

/// End of a block collection's lines: that of its last child, or of what ends a branch that began in it.
fn extent_end(text: &str, tree: &Tree, container: NodeId) -> usize {
    let last = self::end(text, tree, container, child_count(tree, container).saturating_sub(1));
    let own = end_of(tree, container);
    if own > last { next_line(text, own) } else { last }
}

/// What a node covers when it is written: all lines of a block collection (its first child without the indentation
/// where it stands behind a dash), the exact span of anything else.
pub fn region(text: &str, tree: &Tree, node: NodeId) -> Span {
    if !is_block(tree, node) {
        return tree.node(node).span.clone();
    }
    extent(text, tree, node, 0).lead..extent_end(text, tree, node)
}

/// Every comment of a text, from its `#` to the end of its line, in order.
pub fn comments(text: &str, tree: &Tree) -> Vec<Span> {
    let mut covered: Vec<Span> = Vec::new();
    let mut headers: Vec<Span> = Vec::new();
    for node in &tree.nodes {
        covered.extend(node.anchor.clone().into_iter().chain(node.tag.clone()));
        match &node.kind {
            Kind::Scalar { style: ScalarStyle::Literal | ScalarStyle::Folded, .. } => {
                let header = node.span.start..line_end(text, node.span.start).min(node.span.end);
                headers.push(header.clone());
                covered.push(header.end..node.span.end);
            }
            Kind::Scalar { .. } | Kind::Alias { .. } => covered.push(node.span.clone()),
            _ => {}
        }
    }
    covered.sort_by_key(|s| (s.start, s.end));
    let mut found = Vec::new();
    let mut from = 0;
    for span in covered.iter().chain([&(text.len()..text.len())]) {
        if span.start > from {
            find_comments(text, from..span.start, &mut found);
        }
        from = from.max(span.end);
    }
    found
}

fn find_comments(text: &str, gap: Span, found: &mut Vec<Span>) {
    let bytes = text.as_bytes();
    let mut at = gap.start;
    while at < gap.end {
        let starts = bytes[at] == b'#' && (at == 0 || matches!(bytes[at - 1], b' ' | b'\t' | b'\n' | b'\r'));
        if starts {
            let end = line_end(text, at);
            found.push(at..end);
            at = end.max(at + 1);
        } else {
            at += 1;
        }
    }
}
