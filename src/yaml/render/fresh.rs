//! New text: values written in the style around them, and kept nodes that stand elsewhere now.
use super::block::moved;
use super::multiline::{block_scalar, block_scalar_holds, reindent_block_scalar};
use super::{Refusal, Renderer, reindent, write};
use crate::yaml::draft::{Body, Child, Id, Own};
use crate::yaml::scalar::{Quote, plain_is_safe, write_string, write_value_scalar};
use crate::yaml::style::{Style, list_quotes};
use crate::yaml::tree::{Kind, NodeId, ScalarStyle};
use crate::yaml::trivia::{self, extent, is_block, line_end, line_start};
use crate::yaml::value::Value;

/// What new text takes from the place it goes to.
#[derive(Debug, Clone, Copy)]
pub(super) struct Around {
    pub nl: &'static str,
    pub style: Style,
    /// Strings and keys are double-quoted, as JSON wants.
    pub json: bool,
    /// The text is JSON as a whole, and has to stay so.
    pub strict: bool,
}

/// Whole lines of a child: the comments above it, and the rest.
#[derive(Debug, Default)]
pub(super) struct Lines {
    pub lead: String,
    pub body: String,
}

impl Renderer<'_> {
    /// Whether the value is written behind its key or dash: a scalar, an alias, a flow or empty collection.
    pub(super) fn is_inline(&self, id: Id) -> bool {
        let node = self.draft.node(id);
        match &node.body {
            Body::Scalar { .. } | Body::Alias(_) | Body::Embedded { .. } => true,
            Body::Map { children, flow } | Body::Seq { children, flow } => {
                let opened = *flow && node.origin.is_some_and(|o| trivia::child_count(self.tree(o.text), o.node) == 0);
                children.is_empty() || (*flow && !opened)
            }
        }
    }

    /// A value in one place, without the line break at its end (block scalars have lines of their own, indented for a
    /// parent at column 0: see `placed`).
    pub(super) fn inline(&self, id: Id, in_flow: bool, around: Around) -> Result<String, Refusal> {
        let node = self.draft.node(id);
        if let Some(origin) = node.origin {
            let block = is_block(self.tree(origin.text), origin.node);
            let emptied = matches!(&node.body, Body::Map { children, .. } | Body::Seq { children, .. } if children.is_empty());
            let literal = matches!(
                node.body,
                Body::Scalar { style: ScalarStyle::Literal | ScalarStyle::Folded, .. } | Body::Embedded { .. }
            );
            let foreign = around.strict && !self.is_json(origin.text, origin.node);
            if !(block || emptied && node.dirty || in_flow && literal || foreign) && (!around.json || in_flow) {
                let props = self.props(origin.text, origin.node);
                let text = write(self.text(origin.text), &self.emit(id, origin.text)?.flat());
                return Ok(props + &text);
            }
        }
        match &node.body {
            Body::Scalar { value, style, .. } => Ok(self.new_scalar(value, *style, in_flow, around)),
            Body::Map { children, .. } if children.is_empty() => Ok("{}".into()),
            Body::Seq { children, .. } if children.is_empty() => Ok("[]".into()),
            Body::Map { children, .. } => {
                let parts: Result<Vec<_>, _> = children.iter().map(|c| self.flow_child(c, around)).collect();
                Ok(format!("{{{}}}", parts?.join(", ")))
            }
            Body::Seq { children, .. } => {
                let parts: Result<Vec<_>, _> = children.iter().map(|c| self.flow_child(c, around)).collect();
                Ok(format!("[{}]", parts?.join(", ")))
            }
            Body::Alias(target) => {
                let anchor = self.draft.node(*target).origin.and_then(|o| {
                    let span = self.tree(o.text).node(o.node).anchor.clone()?;
                    Some(self.text(o.text)[span].replacen('&', "*", 1))
                });
                Ok(anchor.unwrap_or_default())
            }
            Body::Embedded { text, .. } => {
                let whole = super::outer_text(self.draft, id)?;
                Ok(self.new_scalar(&Value::Str(whole), self.made(*text).unwrap_or(ScalarStyle::Double), in_flow, around))
            }
        }
    }

    /// An entry or item in flow style.
    pub(super) fn flow_child(&self, child: &Child, around: Around) -> Result<String, Refusal> {
        let value = self.inline(child.value, true, around)?;
        let Some(key) = child.key else { return Ok(value) };
        let key = self.inline(key, true, around)?;
        Ok(if value.is_empty() { format!("{key}: null") } else { format!("{key}: {value}") })
    }

    /// Whether a node is written as JSON wants it.
    fn is_json(&self, t: usize, node: NodeId) -> bool {
        let written = &self.text(t)[self.tree(t).node(node).span.clone()];
        serde_json::from_str::<serde::de::IgnoredAny>(written).is_ok()
    }

    /// Anchor and tag of a node, with the blank behind them.
    fn props(&self, t: usize, node: NodeId) -> String {
        let tree = self.tree(t);
        let start = tree.start_with_props(node);
        self.text(t)[start..tree.node(node).span.start.max(start)].to_owned()
    }

    pub(super) fn new_scalar(&self, value: &Value, style: ScalarStyle, in_flow: bool, around: Around) -> String {
        let quote = match style {
            ScalarStyle::Single if !around.json => Quote::Single,
            ScalarStyle::Double => Quote::Double,
            _ if around.json => Quote::Double,
            _ => Quote::Plain,
        };
        match value {
            Value::Null => {
                if in_flow {
                    "null".into()
                } else {
                    String::new()
                }
            }
            Value::Str(text)
                if (text.contains('\n') || style == ScalarStyle::Literal)
                    && !in_flow
                    && !around.json
                    && block_scalar_holds(text, false) =>
            {
                block_scalar(text, around.nl)
            }
            Value::Str(text) => write_string(
                text,
                if quote == Quote::Plain && !plain_is_safe(text, in_flow) { Quote::Double } else { quote },
                in_flow,
            ),
            Value::Tagged(tag, inner) => format!("{tag} {}", self.new_scalar(inner, style, in_flow, around)),
            other => write_value_scalar(other, quote, in_flow),
        }
    }

    /// A scalar in its old place with a new value: quotes stay while the type stays.
    pub(super) fn changed_scalar(
        &self,
        t: usize,
        was: NodeId,
        value: &Value,
        text: &str,
        style: ScalarStyle,
    ) -> Result<String, Refusal> {
        let tree = self.tree(t);
        let in_flow = self.in_flow(t, was);
        let around = self.around(t, was);
        let empty = tree.node(was).is_empty();
        let gap = if empty { " " } else { "" };
        let Value::Str(_) = value else {
            return Ok(format!("{gap}{}", write_value_scalar(value, Quote::Plain, in_flow)));
        };
        if matches!(style, ScalarStyle::Literal | ScalarStyle::Folded) {
            return Ok(self.changed_block_scalar(t, was, text, around));
        }
        let was_string = matches!(&tree.node(was).kind, Kind::Scalar { value, style: ScalarStyle::Plain } if matches!(crate::yaml::scalar::resolve(value, ScalarStyle::Plain, None), Value::Str(_)))
            || matches!(style, ScalarStyle::Single | ScalarStyle::Double);
        let style = if was_string { style } else { ScalarStyle::Plain };
        // Deeper comment lines below would become content of a block scalar.
        let one_line = in_flow || text.contains('\n') && self.comments_below(t, was);
        let new = self.new_scalar(&Value::Str(text.to_owned()), style, one_line, around);
        if !text.contains('\n') || one_line {
            return Ok(format!("{gap}{new}"));
        }
        // A text of several lines in the place of a scalar of one: its lines stand below the entry.
        let col = self.entry_column(t, was);
        Ok(format!("{gap}{}", reindent_block_scalar(&new, col)))
    }

    /// Whether comment lines below a value in one line belong to its entry.
    fn comments_below(&self, t: usize, node: NodeId) -> bool {
        let (text, tree) = (self.text(t), self.tree(t));
        let Some(parent) = tree.node(node).parent.filter(|p| is_block(tree, *p)) else { return false };
        let index = (0..trivia::child_count(tree, parent)).find(|i| trivia::child_value(tree, parent, *i) == node);
        index.is_some_and(|i| extent(text, tree, parent, i).end > trivia::next_line(text, tree.node(node).span.end))
    }

    /// The column of the entry or item that holds the node.
    pub(super) fn entry_column(&self, t: usize, node: NodeId) -> usize {
        let (text, tree) = (self.text(t), self.tree(t));
        let Some(parent) = tree.node(node).parent else { return 0 };
        let count = trivia::child_count(tree, parent);
        let index = (0..count).find(|i| trivia::child_value(tree, parent, *i) == node).unwrap_or(0);
        trivia::column(text, trivia::child_start(tree, parent, index))
    }

    /// The blanks and comment behind a value that stood in one line elsewhere.
    pub(super) fn trail(&self, id: Id) -> Option<String> {
        let origin = self.draft.node(id).origin?;
        let (text, tree) = (self.text(origin.text), self.tree(origin.text));
        let node = tree.node(origin.node);
        let parent = node.parent?;
        let block_scalar = matches!(node.kind, Kind::Scalar { style: ScalarStyle::Literal | ScalarStyle::Folded, .. });
        if is_block(tree, origin.node) || block_scalar || !is_block(tree, parent) {
            return None;
        }
        let tail = &text[node.span.end..line_end(text, node.span.end)];
        tail.trim_start().starts_with('#').then(|| tail.to_owned())
    }

    /// The lines of a block collection with its children at column `col`.
    pub(super) fn block_lines(&self, id: Id, col: usize, around: Around) -> Result<Lines, Refusal> {
        let node = self.draft.node(id);
        if let Some(origin) = node.origin.filter(|o| is_block(self.tree(o.text), o.node))
            && !self.draft.children(id).is_empty()
        {
            let (text, tree) = (self.text(origin.text), self.tree(origin.text));
            let first = extent(text, tree, origin.node, 0);
            let emitted = self.emit(id, origin.text)?;
            let body = self.newlines(&write(text, &emitted.pieces), around.nl);
            let from = trivia::column(text, first.start);
            let mut lines = moved(&emitted.above, "", &body, from, col, first.own_line);
            lines.body = ended(lines.body, around.nl);
            return Ok(lines);
        }
        let mut all = Lines::default();
        for (i, child) in self.draft.children(id).iter().enumerate() {
            let lines = self.child_lines(child, col, around)?;
            if i == 0 {
                all = lines;
            } else {
                all.body.push_str(&lines.lead);
                all.body.push_str(&lines.body);
            }
        }
        Ok(all)
    }

    fn newlines(&self, text: &str, nl: &str) -> String {
        let lf = text.replace("\r\n", "\n");
        if nl == "\n" { lf } else { lf.replace('\n', nl) }
    }

    /// The lines of a child that does not stand where it came from, at column `col`.
    pub(super) fn child_lines(&self, child: &Child, col: usize, around: Around) -> Result<Lines, Refusal> {
        let mut lead = String::new();
        let mut trail = String::new();
        match &child.own {
            Own::New { lead: above, trail: behind } => {
                for line in above {
                    lead.push_str(&format!("{}{line}{}", " ".repeat(col), around.nl));
                }
                trail = behind.as_ref().map(|c| format!(" {c}")).unwrap_or_default();
            }
            Own::Kept { text: t, container, index } if is_block(self.tree(*t), *container) => {
                let (text, tree) = (self.text(*t), self.tree(*t));
                let ext = extent(text, tree, *container, *index);
                let from = trivia::column(text, ext.start);
                let comments = self.newlines(&text[ext.lead..line_start(text, ext.start).max(ext.lead)], around.nl);
                let was_entry = matches!(tree.node(*container).kind, Kind::Map { .. });
                if was_entry == child.key.is_some() {
                    let (above, body) = self.child_text(child, *t, *container, *index)?;
                    let body = self.newlines(&body, around.nl);
                    let mut lines = moved(&above, &comments, &body, from, col, false);
                    lines.body = ended(lines.body, around.nl);
                    return Ok(lines);
                }
                lead = reindent(&comments, from, col);
            }
            // It stood in a flow collection.
            Own::Kept { .. } => {
                let (above, behind) = self.comments_of(child);
                lead = above.iter().map(|line| format!("{}{line}{}", " ".repeat(col), around.nl)).collect();
                trail = behind.map(|comment| format!(" {comment}")).unwrap_or_default();
            }
        }
        self.fresh_child(child, col, lead, trail, around)
    }

    fn fresh_child(
        &self,
        child: &Child,
        col: usize,
        mut lead: String,
        mut trail: String,
        around: Around,
    ) -> Result<Lines, Refusal> {
        let indent = " ".repeat(col);
        let nl = around.nl;
        let head = match child.key {
            Some(key) => format!("{indent}{}:", self.inline(key, false, around)?),
            None => format!("{indent}-"),
        };
        if trail.is_empty() {
            trail = self.trail(child.value).unwrap_or_default();
        }
        if self.is_inline(child.value) {
            let value = self.inline(child.value, false, around)?;
            let value = self.placed(child.value, value, col);
            let gap = if value.is_empty() { "" } else { " " };
            // A comment behind a block scalar would be its content: it goes to the header.
            let body = match value.split_once('\n') {
                Some((first, rest)) => format!("{head}{gap}{first}{trail}\n{rest}{nl}"),
                None => format!("{head}{gap}{value}{trail}{nl}"),
            };
            return Ok(Lines { lead, body });
        }
        if child.key.is_some() {
            let deeper = if self.draft.is_seq(child.value) { around.style.list } else { around.style.step };
            let lines = self.block_lines(child.value, col + deeper, around)?;
            return Ok(Lines { lead, body: format!("{head}{trail}{nl}{}{}", lines.lead, lines.body) });
        }
        let lines = self.block_lines(child.value, col + 2, around)?;
        lead.push_str(&reindent(&lines.lead, col + 2, col));
        Ok(Lines { lead, body: format!("{head} {}", &lines.body[(col + 2).min(lines.body.len())..]) })
    }

    /// Lines below the first of a value in several lines, moved to where its entry stands at column `col`.
    pub(super) fn placed(&self, id: Id, value: String, col: usize) -> String {
        if !value.contains('\n') {
            return value;
        }
        match self.draft.node(id).origin {
            None => reindent_block_scalar(&value, col),
            Some(origin) => {
                let from = self.entry_column(origin.text, origin.node);
                match value.split_once('\n') {
                    Some((first, rest)) => format!("{first}\n{}", reindent(rest, from, col)),
                    None => value,
                }
            }
        }
    }

    /// `around` for an item of a list whose strings are all quoted in one way.
    pub(super) fn quotes(&self, t: usize, container: NodeId, around: Around, item: Id) -> Around {
        let scalar = matches!(self.draft.node(item).body, Body::Scalar { .. });
        Around { json: around.json || scalar && list_quotes(self.tree(t), container) == Some(ScalarStyle::Double), ..around }
    }
}

fn ended(text: String, nl: &str) -> String {
    if text.is_empty() || text.ends_with('\n') { text } else { text + nl }
}
