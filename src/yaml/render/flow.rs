//! Flow collections that stay where they stand.
use super::block::in_place;
use super::{Refusal, Renderer};
use crate::source::Span;
use crate::yaml::draft::{Child, Own, Piece};
use crate::yaml::style::newline;
use crate::yaml::tree::{Kind, NodeId};
use crate::yaml::trivia::{self, child_value, line_end, line_start};

/// What stands between two neighbours of a flow collection (or behind the last one).
struct Gap {
    /// Belongs to the child before: its comma where that follows at once, and a comment that ends the line.
    tail: Span,
    /// Belongs to the child behind: the line break, comment lines, the indentation.
    lead: Span,
    /// Byte of the comma.
    comma: Option<usize>,
}

impl Renderer<'_> {
    /// The children of flow collection `node` of text `t`, as they are now.
    pub(super) fn flow(&self, children: &[Child], t: usize, node: NodeId) -> Result<Vec<Piece>, Refusal> {
        let (text, tree) = (self.text(t), self.tree(t));
        let span = tree.node(node).span.clone();
        let old: Vec<Span> = (0..trivia::child_count(tree, node)).map(|i| self.flow_span(t, node, i)).collect();
        let bracket = usize::from(text[span.start..].starts_with(['{', '[']));
        let (open, close) = (span.start + bracket, span.end - bracket);
        if children.is_empty() {
            return Ok(vec![Piece::Keep(span.start..open), Piece::Keep(close..span.end)]);
        }
        let gaps: Vec<Gap> = (0..old.len()).map(|i| gap(text, old[i].end, old.get(i + 1).map_or(close, |s| s.start))).collect();
        let head = head(text, open, old.first().map_or(close, |s| s.start), old.is_empty());
        let flow = Flow { text, gaps: &gaps, fresh: fresh_gap(text, &head, old.is_empty()), head };
        let around = self.around(t, node);
        let trailing = gaps.last().is_some_and(|gap| gap.comma.is_some());
        let mut pieces = vec![Piece::Keep(span.start..if old.is_empty() { flow.head.end } else { flow.head.start })];
        let mut last: Option<usize> = None;
        let mut joined = false;
        let mut commented = false;
        for (at, child) in children.iter().enumerate() {
            let here = in_place(child, t, node, last);
            let next = children.get(at + 1);
            let comma = next.is_some() || trailing;
            match here {
                Some(i) => {
                    if !joined {
                        pieces.extend(flow.lead(i, at == 0, commented));
                    }
                    pieces.extend(self.kept_in_flow(child, t, node, i, &old[i])?);
                    joined = next.is_some_and(|next| in_place(next, t, node, here) == Some(i + 1));
                    pieces.extend(if joined { vec![Piece::Keep(old[i].end..old[i + 1].start)] } else { flow.tail(i, comma) });
                    commented = !joined && text[gaps[i].tail.clone()].contains('#');
                    last = here;
                }
                None => {
                    let (above, behind) = if flow.broken() { self.comments_of(child) } else { (Vec::new(), None) };
                    let gap = if at == 0 { flow.first_gap() } else { Piece::New(flow.next_gap(commented)) };
                    pieces.extend(above.into_iter().map(|line| Piece::New(flow.fresh.clone() + &line)));
                    pieces.push(gap);
                    let body = self.flow_child(child, self.quotes(t, node, around, child.value))?;
                    commented = behind.is_some();
                    let behind = behind.map_or_else(String::new, |comment| format!(" {comment}"));
                    pieces.push(Piece::New(format!("{body}{}{behind}", if comma { "," } else { "" })));
                    joined = false;
                }
            }
        }
        let foot = gaps.last().map_or(flow.head.end..close, |gap| gap.lead.clone());
        if commented && !text[foot.clone()].contains('\n') {
            pieces.push(Piece::New(flow.next_gap(true)));
        }
        pieces.extend([Piece::Keep(foot), Piece::Keep(close..span.end)]);
        Ok(pieces)
    }

    /// The comments of a child that goes into a flow collection of several lines, or out of one: above it and behind it.
    pub(super) fn comments_of(&self, child: &Child) -> (Vec<String>, Option<String>) {
        let lines = |text: &str| text.lines().map(str::trim).filter(|l| l.starts_with('#')).map(str::to_owned).collect();
        match &child.own {
            Own::New { lead, trail } => (lead.clone(), trail.clone()),
            Own::Kept { text: t, container, index } => {
                let (text, tree) = (self.text(*t), self.tree(*t));
                if trivia::is_block(tree, *container) {
                    let extent = trivia::extent(text, tree, *container, *index);
                    let behind = self.trail(child.value).map(|comment| comment.trim().to_owned());
                    return (lines(&text[extent.lead..extent.start]), behind);
                }
                let span = tree.node(*container).span.clone();
                let own = self.flow_span(*t, *container, *index);
                let count = trivia::child_count(tree, *container);
                let next = (*index + 1 < count).then(|| self.flow_span(*t, *container, *index + 1).start);
                let lead = match index.checked_sub(1) {
                    Some(before) => gap(text, self.flow_span(*t, *container, before).end, own.start).lead,
                    None => head(text, span.start + 1, own.start, false),
                };
                let tail = gap(text, own.end, next.unwrap_or(span.end - 1)).tail;
                let behind = text[tail].trim_start_matches([' ', '\t', ',']).trim_end().to_owned();
                (lines(&text[lead]), Some(behind).filter(|b| b.starts_with('#')))
            }
        }
    }

    fn flow_span(&self, t: usize, node: NodeId, i: usize) -> Span {
        let tree = self.tree(t);
        let start = trivia::child_start(tree, node, i);
        let value = child_value(tree, node, i);
        let mut end = tree.node(value).span.end.max(start);
        if let Kind::Map { entries, .. } = &tree.node(node).kind {
            end = end.max(tree.node(entries[i].key).span.end).max(entries[i].colon.map_or(0, |c| c + 1));
        }
        start..end
    }

    fn kept_in_flow(&self, child: &Child, t: usize, node: NodeId, i: usize, span: &Span) -> Result<Vec<Piece>, Refusal> {
        let tree = self.tree(t);
        let around = self.quotes(t, node, self.around(t, node), child.value);
        let mut pieces = Vec::new();
        let mut from = span.start;
        if let (Some(key), Kind::Map { entries, .. }) = (child.key, &tree.node(node).kind)
            && self.draft.node(key).dirty
        {
            let was = tree.node(entries[i].key).span.clone();
            pieces.push(Piece::Keep(from..was.start));
            pieces.push(Piece::New(self.inline(key, true, around)?));
            from = was.end;
        }
        let old = child_value(tree, node, i);
        if self.stays(child.value, t, old) {
            let region = tree.node(old).span.clone();
            pieces.push(Piece::Keep(from..region.start.max(from)));
            if self.draft.node(child.value).dirty && self.flow_gap(t, node, i) == ": " {
                // The new value brings its blank.
                pieces.push(Piece::New(":".into()));
            }
            pieces.extend(self.emit(child.value, t)?.flat());
            pieces.push(Piece::Keep(region.end.max(from)..span.end));
        } else {
            let start = tree.start_with_props(old).max(from);
            pieces.push(Piece::Keep(from..start));
            let gap = self.flow_gap(t, node, i);
            pieces.push(Piece::New(format!("{gap}{}", self.inline(child.value, true, around)?)));
        }
        Ok(pieces)
    }

    /// What stands before a value where there was none: a blank, and a colon where that is missing as well, `{a, b}`.
    fn flow_gap(&self, t: usize, node: NodeId, i: usize) -> &'static str {
        let tree = self.tree(t);
        match &tree.node(node).kind {
            _ if !tree.node(child_value(tree, node, i)).is_empty() => "",
            Kind::Map { entries, .. } if entries[i].colon.is_none() => ": ",
            _ => " ",
        }
    }
}

/// The flow collection that is written.
struct Flow<'t> {
    text: &'t str,
    /// What stood between the opening bracket and the first child, the comment behind the bracket left out.
    head: Span,
    /// Behind each child.
    gaps: &'t [Gap],
    /// What stands before a new child: a blank, or a line break and indentation.
    fresh: String,
}

impl Flow<'_> {
    /// Whether each child has a line of its own, as far as the first one tells.
    fn broken(&self) -> bool {
        self.fresh.contains('\n')
    }

    /// What stands before child `i`, whose neighbour before is not the one that was.
    fn lead(&self, i: usize, first: bool, commented: bool) -> Vec<Piece> {
        if i == 0 && (first || self.broken()) {
            return vec![Piece::Keep(self.head.clone())];
        }
        if i == 0 {
            return vec![Piece::New(self.next_gap(commented))];
        }
        let gap = &self.gaps[i - 1];
        let lead = &self.text[gap.lead.clone()];
        let own_line = lead.contains('\n');
        if first && !own_line || first && !self.broken() && !lead.contains('#') {
            return vec![self.first_gap()];
        }
        if commented && !own_line {
            return vec![Piece::New(self.next_gap(true))];
        }
        match gap.comma.filter(|comma| gap.lead.contains(comma)) {
            Some(comma) => vec![Piece::Keep(gap.lead.start..comma), Piece::Keep(comma + 1..gap.lead.end)],
            None => vec![Piece::Keep(gap.lead.clone())],
        }
    }

    /// What stands before a new child; behind a comment that is another line in any case.
    fn next_gap(&self, commented: bool) -> String {
        if !commented || self.broken() {
            return self.fresh.clone();
        }
        let line = line_start(self.text, self.gaps.last().map_or(self.head.end, |gap| gap.tail.start));
        format!("{}{}  ", newline(self.text), indent(self.text, line))
    }

    /// What stands before a first child that was not the first.
    fn first_gap(&self) -> Piece {
        if self.broken() { Piece::New(self.fresh.clone()) } else { Piece::Keep(self.head.clone()) }
    }

    /// What stands behind child `i`, up to the end of its line.
    fn tail(&self, i: usize, comma: bool) -> Vec<Piece> {
        let Gap { tail, comma: old, .. } = &self.gaps[i];
        match (old.filter(|old| tail.contains(old)), comma) {
            (Some(_), true) | (None, false) => vec![Piece::Keep(tail.clone())],
            (Some(old), false) => vec![Piece::Keep(tail.start..old), Piece::Keep(old + 1..tail.end)],
            (None, true) => vec![Piece::New(",".into()), Piece::Keep(tail.clone())],
        }
    }
}

/// The gap between the end of a child and the next one, or the closing bracket.
fn gap(text: &str, from: usize, to: usize) -> Gap {
    let to = to.max(from);
    let comma = comma(text, from..to);
    let cut = if text[from..to].contains('\n') { line_end(text, from) } else { comma.map_or(from, |comma| comma + 1) };
    Gap { tail: from..cut, lead: cut..to, comma }
}

/// From behind the opening bracket, or the comment behind it, to the first child; in an empty collection the comments.
fn head(text: &str, open: usize, to: usize, empty: bool) -> Span {
    let inner = &text[open..to];
    if empty {
        return if inner.contains('#') { open..open + inner.trim_end().len() } else { to..to };
    }
    if inner.contains('\n') { line_end(text, open)..to } else { open..to }
}

/// What stands before a new child: a line break and the indentation where the first child has a line of its own, or where
/// there are comments instead of children.
fn fresh_gap(text: &str, head: &Span, empty: bool) -> String {
    if empty && !head.is_empty() {
        return format!("{}{}  ", newline(text), indent(text, line_start(text, head.start)));
    }
    match text[head.clone()].rfind('\n') {
        Some(line) => format!("{}{}", newline(text), indent(text, head.start + line + 1)),
        None => " ".to_owned(),
    }
}

/// The blanks that the line at byte `line` starts with.
fn indent(text: &str, line: usize) -> &str {
    let rest = &text[line..];
    &rest[..rest.len() - rest.trim_start_matches([' ', '\t']).len()]
}

/// The comma in what stands between two children, comments left out.
fn comma(text: &str, gap: Span) -> Option<usize> {
    let mut at = gap.start;
    while at < gap.end {
        match text.as_bytes()[at] {
            b',' => return Some(at),
            b'#' => at = line_end(text, at),
            _ => at += 1,
        }
    }
    None
}
