//! Flow collections that stay where they stand.
use super::{Refusal, Renderer};
use crate::source::Span;
use crate::yaml::draft::{Child, Own, Piece};
use crate::yaml::tree::{Kind, NodeId};
use crate::yaml::trivia::{self, child_value, line_start};

impl Renderer<'_> {
    /// The children of flow collection `node` of text `t`, as they are now.
    pub(super) fn flow(&self, children: &[Child], t: usize, node: NodeId) -> Result<Vec<Piece>, Refusal> {
        let (text, tree) = (self.text(t), self.tree(t));
        let span = tree.node(node).span.clone();
        let old: Vec<Span> = (0..trivia::child_count(tree, node)).map(|i| self.flow_span(t, node, i)).collect();
        let around = self.quotes(t, node, self.around(t, node));
        let (open, close) = (span.start..span.start + 1, span.end - 1..span.end);
        if children.is_empty() {
            return Ok(vec![Piece::Keep(open), Piece::Keep(close)]);
        }
        let head = span.start..old.first().map_or(span.start + 1, |s| s.start);
        let broken = old.first().is_some_and(|s| text[head.start..s.start].contains('\n'));
        let fresh_gap = match old.first().filter(|_| broken) {
            Some(first) => {
                let line = line_start(text, first.start);
                format!("\n{}", &text[line..first.start])
            }
            None => " ".to_owned(),
        };
        let mut pieces = vec![Piece::Keep(head)];
        let mut last: Option<usize> = None;
        let mut before: Option<Option<usize>> = None;
        for child in children {
            let here = match child.own {
                Own::Kept { text: ct, container, index } if ct == t && container == node && last.is_none_or(|l| index > l) => {
                    Some(index)
                }
                _ => None,
            };
            match (before, here) {
                (None, _) => {}
                // Between two that stay: what stood behind the first, its comment included.
                (Some(Some(p)), Some(_)) => pieces.push(Piece::Keep(old[p].end..old[p + 1].start)),
                (Some(Some(p)), None) if p + 1 == old.len() => {
                    pieces.extend(self.after_last(t, old[p].end, close.start, &fresh_gap))
                }
                (Some(_), _) => pieces.push(Piece::New(format!(",{fresh_gap}"))),
            }
            match here {
                Some(i) => {
                    pieces.extend(self.kept_in_flow(child, t, node, i, &old[i])?);
                    last = Some(i);
                }
                None => pieces.push(Piece::New(self.flow_child(child, around)?)),
            }
            before = Some(here);
        }
        pieces.push(Piece::Keep(self.flow_tail(t, &old, before.flatten(), close.start)..span.end));
        Ok(pieces)
    }

    /// From where the bytes before the closing bracket are kept: all of them behind what was last, else the last line's.
    fn flow_tail(&self, t: usize, old: &[Span], last: Option<usize>, close: usize) -> usize {
        let text = self.text(t);
        let Some(end) = old.last().map(|s| s.end) else { return close };
        if last == Some(old.len() - 1) {
            return end;
        }
        let rest = &text[end..close];
        match rest.rfind('\n') {
            Some(at) if at > 0 && rest.as_bytes()[at - 1] == b'\r' => end + at - 1,
            Some(at) => end + at,
            None => close - (rest.len() - rest.trim_end().len()),
        }
    }

    /// The separator behind the old last child, whose line may end in a comment.
    fn after_last(&self, t: usize, end: usize, close: usize, gap: &str) -> Vec<Piece> {
        let rest = &self.text(t)[end..close];
        let line = &rest[..rest.find('\n').unwrap_or(0)];
        let comma = if rest.trim_start().starts_with(',') { "" } else { "," };
        if line.contains('#') || !comma.is_empty() && !line.is_empty() {
            return vec![
                Piece::New(comma.to_owned()),
                Piece::Keep(end..end + line.trim_end_matches('\r').len()),
                Piece::New(gap.to_owned()),
            ];
        }
        vec![Piece::New(format!(",{gap}"))]
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
        let around = self.quotes(t, node, self.around(t, node));
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
