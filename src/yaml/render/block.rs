//! Block collections that stay where they stand, with children kept, gone and new.
use super::ending::{changed_at_the_end, ends_in_block_scalar};
use super::fresh::Lines;
use super::lines::LineWriter;
use super::{Emitted, Refusal, Renderer, reindent, write};
use crate::yaml::draft::{Body, Child, Id, Own, Piece};
use crate::yaml::style::newline;
use crate::yaml::tree::{Kind, NodeId, ScalarStyle, Tree};
use crate::yaml::trivia::{self, Extent, after_indicator, child_value, extent, is_block, line_end, line_start, next_line};

impl Renderer<'_> {
    /// The children of block collection `node` of text `t`, as they are now.
    pub(super) fn block(&self, children: &[Child], t: usize, node: NodeId) -> Result<Emitted, Refusal> {
        let (text, tree) = (self.text(t), self.tree(t));
        let count = trivia::child_count(tree, node);
        let extents: Vec<Extent> = (0..count).map(|i| extent(text, tree, node, i)).collect();
        let col = trivia::column(text, extents[0].start);
        let around = self.around(t, node);
        let mut out = Emitted::default();
        let mut lines = LineWriter { text, nl: around.nl, pieces: Vec::new() };
        let mut last: Option<usize> = None;
        let mut first = true;
        let mut open = None;
        // What ends a branch that began in here.
        let mut tail = extents[count - 1].end..self.region(t, node).end;
        for child in children {
            if let Some(i) = open.take() {
                self.no_open_scalar(t, child_value(tree, node, i))?;
            }
            let behind_dash = first && !extents[0].own_line;
            match in_place(child, t, node, last) {
                Some(i) => {
                    let gap = gap_between(text, &extents, last, i);
                    let entry = if behind_dash && i > 0 {
                        // It moves up to the dash, its comments above it.
                        out.above.extend(comment_lines(&gap));
                        out.above.extend(comment_lines(&text[extents[i].lead..line_start(text, extents[i].start)]));
                        self.child(child, t, node, i, extents[i].start)?
                    } else {
                        match last.filter(|last| last + 1 == i) {
                            Some(last) => lines.between(extents[last].end..extents[i].lead.max(extents[last].end)),
                            None => lines.gap(gap),
                        }
                        self.child(child, t, node, i, extents[i].lead)?
                    };
                    if first && behind_dash {
                        out.above.extend(entry.above);
                        lines.pieces(entry.pieces);
                    } else if i == 0 && !extents[0].own_line {
                        // It stood behind the dash.
                        lines.above(entry.above, col, vec![Piece::New(" ".repeat(col))]);
                        lines.pieces(entry.pieces);
                    } else if i > 0 && !extents[i].own_line {
                        // A branch begins on its line.
                        lines.pieces.extend(entry.pieces);
                    } else {
                        lines.above(entry.above, col, entry.pieces);
                    }
                    last = Some(i);
                    open = Some(i).filter(|_| extents[i].end == text.len());
                }
                None => {
                    if last == Some(count - 1) {
                        lines.between(std::mem::replace(&mut tail, 0..0));
                    }
                    let next = last.map_or(0, |last| last + 1);
                    let branches = self.draft.texts[t].branches.is_some() && next < count;
                    if branches && self.holds(child.value, t, child_value(tree, node, next)) {
                        // In place of what it holds now, in the same branch.
                        lines.gap(gap_between(text, &extents, last, next));
                        last = Some(next);
                    }
                    let new = self.child_lines(child, col, self.quotes(t, node, around, child.value))?;
                    if behind_dash {
                        out.above.extend(comment_lines(&new.lead));
                        lines.new_text(new.body[col.min(new.body.len())..].to_owned());
                    } else {
                        lines.new_text(new.lead + &new.body);
                    }
                }
            }
            first = false;
        }
        // What stood between the last ones kept and the end: comments and actions stay, blank lines were only separators.
        let rest = gap_between(text, &extents, last, count);
        if rest.contains('#') || rest.contains("{{") {
            lines.gap(rest.trim_end_matches(['\n', '\r', ' ']).to_owned() + around.nl);
        }
        lines.between(tail);
        if self.region(t, node).end == text.len() && !text.ends_with('\n') {
            if !ends_in_block_scalar(self, children) {
                lines.leave_open();
            } else if changed_at_the_end(self, children) {
                // Readers differ on a block scalar without a last line break: a new one always gets it.
                lines.close_line();
            }
        }
        out.pieces = lines.pieces;
        Ok(out)
    }

    /// Child `i` of block collection `container`, which stays there; its bytes from `from` (its start or its comments).
    fn child(&self, child: &Child, t: usize, container: NodeId, i: usize, from: usize) -> Result<Emitted, Refusal> {
        let (text, tree) = (self.text(t), self.tree(t));
        let old = child_value(tree, container, i);
        let ext = extent(text, tree, container, i);
        let mut head = Vec::new();
        let mut kept_from = from;
        if let (Some(key), Kind::Map { entries, .. }) = (child.key, &tree.node(container).kind) {
            let was = entries[i].key;
            let node = self.draft.node(key);
            let same = node.origin.is_some_and(|o| o.text == t && o.node == was);
            if !same || node.dirty {
                let span = tree.node(was).span.clone();
                head.push(Piece::Keep(from..span.start));
                let new = match (&node.body, same) {
                    (Body::Scalar { value, text, style }, true) => self.changed_scalar(t, was, value, text, *style)?,
                    _ => self.inline(key, false, self.around(t, container))?,
                };
                head.push(Piece::New(new));
                kept_from = span.end;
            }
        }
        let old_region = self.region(t, old);
        let mut out = Emitted { above: Vec::new(), pieces: head };
        if self.stays(child.value, t, old) {
            let value = self.emit(child.value, t)?;
            let start = old_region.start;
            if value.above.is_empty() {
                out.pieces.push(Piece::Keep(kept_from..start));
            } else {
                // Comments of the value's first entry stand above this child.
                let line = line_start(text, ext.start);
                if kept_from < line {
                    out.pieces.push(Piece::Keep(kept_from..line));
                    out.above = value.above;
                    out.pieces.push(Piece::New(self.above_text(std::mem::take(&mut out.above), text, ext.start)));
                    out.pieces.push(Piece::Keep(line..start));
                } else {
                    out.above = value.above;
                    out.pieces.push(Piece::Keep(kept_from..start));
                }
            }
            let mut rest = old_region.end;
            for piece in value.pieces {
                match piece {
                    // Behind a block scalar, a comment would be its content: it goes to the header.
                    Piece::New(new) if new.contains('\n') && is_flow_scalar(tree, old) => {
                        rest = line_end(text, old_region.end);
                        out.pieces.push(Piece::New(with_comment(&new, &text[old_region.end..rest])));
                    }
                    piece => out.pieces.push(piece),
                }
            }
            out.pieces.push(Piece::Keep(rest..ext.end.max(rest)));
            return Ok(out);
        }
        let value = self.other_value(child, t, container, i)?;
        let line = line_start(text, ext.start);
        if value.above.is_empty() {
            out.pieces.push(Piece::Keep(kept_from..value.after));
        } else if kept_from < line {
            out.pieces.push(Piece::Keep(kept_from..line));
            out.pieces.push(Piece::New(self.above_text(value.above, text, ext.start)));
            out.pieces.push(Piece::Keep(line..value.after));
        } else {
            out.above = value.above;
            out.pieces.push(Piece::Keep(kept_from..value.after));
        }
        out.pieces.extend(value.pieces);
        Ok(out)
    }

    fn above_text(&self, lines: Vec<String>, text: &str, start: usize) -> String {
        let indent = " ".repeat(trivia::column(text, start));
        lines.into_iter().map(|line| format!("{indent}{line}{}", newline(text))).collect()
    }

    /// What stands behind the colon or dash of child `i` when its value is another node now.
    fn other_value(&self, child: &Child, t: usize, container: NodeId, i: usize) -> Result<Other, Refusal> {
        let (text, tree) = (self.text(t), self.tree(t));
        let old = child_value(tree, container, i);
        let node = tree.node(old);
        let ext = extent(text, tree, container, i);
        let around = self.around(t, container);
        let after = after_indicator(tree, container, i);
        let value = child.value;
        let was_block = is_block(tree, old);
        let block_scalar = matches!(node.kind, Kind::Scalar { style: ScalarStyle::Literal | ScalarStyle::Folded, .. });
        let is_item = child.key.is_none();
        let value_at = tree.start_with_props(old);
        // The rest of the line of an old value in one line, or of the line that introduces an old block.
        let tail = match (was_block, block_scalar) {
            (false, false) => node.span.end.max(after)..line_end(text, node.span.end.max(after)),
            (true, _) if !compact(text, after, value_at) => {
                let props = [node.anchor.as_ref(), node.tag.as_ref()].into_iter().flatten().map(|s| s.end).max();
                let from = props.unwrap_or(after);
                from..line_end(text, from)
            }
            _ => after..after,
        };
        // A comment travels with the value it stands behind, where that lives on below.
        let same = self.draft.node(value).origin.is_some_and(|o| o.text == t && o.node == old);
        let travels = !was_block && !same && self.holds(value, t, old);
        let old_end = if was_block { self.region(t, old).end } else { next_line(text, node.span.end.max(after)) };
        let below = Piece::Keep(old_end.min(ext.end)..ext.end);
        let open_end = |from: usize| text[from..ext.end].ends_with('\n');
        let nl = if open_end(after) { around.nl } else { "" };
        if self.is_inline(value) {
            let gap = if !was_block && !node.is_empty() && value_at > after { &text[after..value_at] } else { " " };
            let mut new = self.inline(value, false, around)?;
            if new.contains('\n') && old_end < ext.end {
                // Deeper comment lines below would become content of a block scalar.
                new = self.inline(value, true, around)?;
            }
            let new = self.placed(value, new, trivia::column(text, ext.start));
            let new = if new.is_empty() { String::new() } else { format!("{gap}{new}") };
            let own = self.trail(value);
            let mut pieces = Vec::new();
            match own {
                Some(own) if !has_comment(text, &tail) => pieces.push(Piece::New(with_comment(&new, &own))),
                _ if travels => pieces.push(Piece::New(new)),
                _ if new.contains('\n') => pieces.push(Piece::New(with_comment(&new, &text[tail]))),
                _ => pieces.extend([Piece::New(new), Piece::Keep(tail)]),
            }
            pieces.push(Piece::New(nl.to_owned()));
            pieces.push(below);
            return Ok(Other { above: Vec::new(), after, pieces });
        }
        let col = trivia::column(text, ext.start);
        if is_item {
            // `- ` and the first entry on one line.
            let gap = if !node.is_empty() && compact(text, after, value_at) { value_at - after } else { 1 };
            let lines = self.block_lines(value, col + 1 + gap, around)?;
            let body = format!("{}{}", " ".repeat(gap), &lines.body[(col + 1 + gap).min(lines.body.len())..]);
            let mut above = comment_lines(&lines.lead);
            if !travels && !was_block {
                above.extend(comment_lines(&text[tail]));
            }
            let pieces = vec![Piece::New(closed(body, nl)), below];
            return Ok(Other { above, after, pieces });
        }
        let deeper = if self.draft.is_seq(value) { around.style.list } else { around.style.step };
        let lines = self.block_lines(value, col + deeper, around)?;
        let mut pieces = Vec::new();
        if !travels {
            pieces.push(Piece::Keep(tail));
        }
        pieces.push(Piece::New(format!("{}{}{}", around.nl, lines.lead, closed(lines.body, nl))));
        pieces.push(below);
        Ok(Other { above: Vec::new(), after, pieces })
    }

    /// Whether node `old` of text `t` is `id` or below it.
    fn holds(&self, id: Id, t: usize, old: NodeId) -> bool {
        let node = self.draft.node(id);
        if node.origin.is_some_and(|o| o.text == t && o.node == old) {
            return true;
        }
        match &node.body {
            Body::Map { children, .. } | Body::Seq { children, .. } => children.iter().any(|c| self.holds(c.value, t, old)),
            _ => false,
        }
    }

    pub(super) fn child_text(
        &self,
        child: &Child,
        t: usize,
        container: NodeId,
        i: usize,
    ) -> Result<(Vec<String>, String), Refusal> {
        let start = extent(self.text(t), self.tree(t), container, i).start;
        let emitted = self.child(child, t, container, i, start)?;
        Ok((emitted.above, write(self.text(t), &emitted.pieces)))
    }
}

/// A value written anew behind byte `after`.
struct Other {
    above: Vec<String>,
    after: usize,
    pieces: Vec<Piece>,
}

/// A text that is missing its last line break, where the place has none either.
fn closed(text: String, nl: &str) -> String {
    if nl.is_empty() { text.trim_end_matches(['\n', '\r']).to_owned() } else { text }
}

/// A value with what stands behind it: on its first line, where it has several.
fn with_comment(value: &str, behind: &str) -> String {
    match value.split_once('\n') {
        Some((first, rest)) => {
            let (first, cr) = first.strip_suffix('\r').map_or((first, ""), |first| (first, "\r"));
            format!("{first}{}{cr}\n{rest}", behind.trim_end())
        }
        None => format!("{value}{behind}"),
    }
}

fn is_flow_scalar(tree: &Tree, node: NodeId) -> bool {
    let Kind::Scalar { style, .. } = tree.node(node).kind else { return false };
    !matches!(style, ScalarStyle::Literal | ScalarStyle::Folded)
}

fn compact(text: &str, after: usize, value: usize) -> bool {
    value >= after && !text[after..value].contains('\n')
}

fn has_comment(text: &str, tail: &crate::source::Span) -> bool {
    text[tail.clone()].contains('#')
}

/// The index that the child had in this collection, if it still stands behind `last`.
pub(super) fn in_place(child: &Child, t: usize, node: NodeId, last: Option<usize>) -> Option<usize> {
    match child.own {
        Own::Kept { text, container, index } if text == t && container == node && last.is_none_or(|l| index > l) => Some(index),
        _ => None,
    }
}

/// The lines that belong to no child between children `last` and `next`, those that are gone left out. Where both
/// neighbours of what is gone were blank lines, one of them goes as well.
fn gap_between(text: &str, extents: &[Extent], last: Option<usize>, next: usize) -> String {
    let first = last.map_or(0, |l| l);
    let mut gap = String::new();
    for i in first..next.min(extents.len() - 1) {
        let between = &text[extents[i].end..extents[i + 1].lead.max(extents[i].end)];
        let gone = last.is_none_or(|l| i > l);
        let at_top = gap.is_empty() && last.is_none();
        if gone && (at_top || gap.lines().last().is_some_and(|l| l.trim().is_empty())) {
            gap.push_str(without_leading_blank_lines(between));
        } else {
            gap.push_str(between);
        }
    }
    gap
}

fn without_leading_blank_lines(text: &str) -> &str {
    let mut rest = text;
    while let Some(end) = rest.find('\n').filter(|end| rest[..*end].trim().is_empty()) {
        rest = &rest[end + 1..];
    }
    rest
}

/// The comments of some lines, without indentation.
fn comment_lines(text: &str) -> Vec<String> {
    text.lines().map(str::trim).filter(|l| l.starts_with('#')).map(str::to_owned).collect()
}

/// Lines of a kept child, moved to another column.
pub(super) fn moved(above: &[String], lead: &str, body: &str, from: usize, to: usize, own_line: bool) -> Lines {
    let indented = if own_line && body.starts_with(' ') { body.to_owned() } else { format!("{}{body}", " ".repeat(from)) };
    let mut lead = reindent(lead, from, to);
    for line in above {
        lead.push_str(&format!("{}{line}\n", " ".repeat(to)));
    }
    Lines { lead, body: reindent(&indented, from, to) }
}
