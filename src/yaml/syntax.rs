//! Parses a text to a tree with exact spans. The only module that knows granit-parser.
//!
//! The parser is the judge of structure: events, values, styles, and the spans of flow scalars. Everything between two
//! nodes is blanks, comments, indicators and properties, so that a cursor that walks along with the events finds the
//! exact place of each dash, colon, marker, anchor and block scalar header.
mod cursor;
mod keys;

use super::tree::{Document, Entry, Item, Kind, Node, NodeId, ScalarStyle, Tree};
use cursor::Cursor;
use granit_parser::{Event, Parser, Span as EventSpan, StructureStyle};
use std::collections::HashMap;

/// Why a text could not be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct ParseError {
    /// Byte of the text.
    pub at: usize,
    pub message: String,
    /// What to do about it.
    pub help: Option<String>,
}

impl ParseError {
    pub fn new(at: usize, message: impl Into<String>) -> Self {
        ParseError { at, message: message.into(), help: None }
    }
}

/// The documents of `text`, which starts behind any byte order mark.
///
/// # Errors
/// What YAML does not allow, and what tools read in different ways: duplicate keys, a lone carriage return, an alias
/// inside its own anchor; nesting deeper than 255 levels.
pub fn parse(text: &str) -> Result<Tree, ParseError> {
    read(text, false)
}

/// As `parse`, but a key may stand several times in a map: what branches of a template give, of which one is taken.
///
/// # Errors
/// As `parse`.
pub fn parse_branches(text: &str) -> Result<Tree, ParseError> {
    read(text, true)
}

fn read(text: &str, branches: bool) -> Result<Tree, ParseError> {
    check_bytes(text)?;
    let options = granit_parser::options! {
        emit_unresolved_aliases: true,
        simple_key_max_lookahead: 1 << 20,
    };
    let mut builder = Builder {
        cursor: Cursor::new(text),
        tree: Tree::default(),
        open: Vec::new(),
        anchors: HashMap::new(),
        sizes: Vec::new(),
        branches,
    };
    let mut parser = Parser::new_from_str_with_options(text, options);
    while let Some(event) = parser.next_event() {
        let (event, span) = event.map_err(|e| {
            let at = e.marker().byte_offset().unwrap_or(0).min(text.len());
            match e.info() {
                limit if limit.contains("recursion limit") => ParseError::new(at, "nested more than 255 levels deep"),
                info => ParseError::new(at, info),
            }
        })?;
        builder.event(event, &span)?;
    }
    builder.finish()
}

/// Nodes that aliases may write out to before they are weighed against the text.
const MOST_NODES: u64 = 1_000_000;

fn check_bytes(text: &str) -> Result<(), ParseError> {
    let bytes = text.as_bytes();
    for (at, _) in bytes.iter().enumerate().filter(|(_, b)| **b == b'\r') {
        if bytes.get(at + 1) != Some(&b'\n') {
            let mut error = ParseError::new(at, "a carriage return without a line feed; tools disagree whether it ends the line");
            error.help = Some("convert the line ends of this file".into());
            return Err(error);
        }
    }
    Ok(())
}

/// A collection whose children are being read.
struct Open {
    node: NodeId,
    /// A map's key that waits for its value, with its `?`.
    key: Option<(NodeId, Option<usize>)>,
}

struct Builder<'t> {
    cursor: Cursor<'t>,
    tree: Tree,
    open: Vec<Open>,
    anchors: HashMap<usize, NodeId>,
    /// For each node, how many there are below it with aliases written out; a collection's once it is closed.
    sizes: Vec<u64>,
    /// Keys may stand several times.
    branches: bool,
}

/// What stands before a node, found on the way to it.
struct Before {
    dash: Option<usize>,
    question: Option<usize>,
    colon: Option<usize>,
    anchor: Option<std::ops::Range<usize>>,
    tag: Option<std::ops::Range<usize>>,
}

impl Builder<'_> {
    fn event(&mut self, event: Event, span: &EventSpan) -> Result<(), ParseError> {
        let bytes = span.byte_range().unwrap_or(0..0);
        match event {
            Event::DocumentStart(explicit, _) => self.start_document(explicit),
            Event::DocumentEnd => {
                self.cursor.end_document();
                self.anchors.clear();
            }
            Event::Scalar(value, style, anchor, _) => {
                let before = self.before()?;
                let (style, span) = match style {
                    granit_parser::ScalarStyle::Literal => (ScalarStyle::Literal, self.cursor.block_scalar(bytes.end)),
                    granit_parser::ScalarStyle::Folded => (ScalarStyle::Folded, self.cursor.block_scalar(bytes.end)),
                    _ if bytes.is_empty() => (ScalarStyle::Plain, self.cursor.at..self.cursor.at),
                    granit_parser::ScalarStyle::SingleQuoted => (ScalarStyle::Single, bytes),
                    granit_parser::ScalarStyle::DoubleQuoted => (ScalarStyle::Double, bytes),
                    _ => (ScalarStyle::Plain, bytes),
                };
                let value = if span.is_empty() { String::new() } else { value.into_owned() };
                self.cursor.at = span.end;
                let node = self.add(before, span, Kind::Scalar { value, style })?;
                self.remember(anchor, node);
            }
            Event::Alias(target) => {
                let before = self.before()?;
                let Some(target) = self.anchors.get(&target).copied() else {
                    return Err(ParseError::new(bytes.start, "an alias whose anchor is not known"));
                };
                if self.open.iter().any(|o| o.node == target) {
                    return Err(ParseError::new(bytes.start, "an alias inside the node that its anchor names"));
                }
                self.cursor.at = bytes.end;
                self.add(before, bytes, Kind::Alias { target })?;
            }
            Event::UnresolvedAlias(name) => {
                let mut error =
                    ParseError::new(bytes.start, format!("`*{name}` is an alias, but there is no anchor `&{name}` before it"));
                error.help = Some(format!("if it is meant as text, quote it: \"*{name}\""));
                return Err(error);
            }
            Event::SequenceStart(style, anchor, _) => {
                let kind = Kind::Seq { items: Vec::new(), flow: style == StructureStyle::Flow };
                self.start(kind, style, anchor, bytes)?;
            }
            Event::MappingStart(style, anchor, _) => {
                let kind = Kind::Map { entries: Vec::new(), flow: style == StructureStyle::Flow };
                self.start(kind, style, anchor, bytes)?;
            }
            Event::SequenceEnd | Event::MappingEnd => self.end(bytes.end)?,
            _ => {}
        }
        Ok(())
    }

    fn start_document(&mut self, explicit: bool) {
        let marker = if explicit { self.cursor.document_marker() } else { None };
        let start = if self.tree.docs.is_empty() { 0 } else { marker.as_ref().map_or(self.cursor.at, |m| m.start) };
        if let Some(last) = self.tree.docs.last_mut() {
            last.span.end = start;
        }
        let span = start..self.cursor.text.len();
        self.tree.docs.push(Document { span, marker, root: NodeId(u32::MAX) });
    }

    /// Walks to the next node.
    fn before(&mut self) -> Result<Before, ParseError> {
        let mut before = Before { dash: None, question: None, colon: None, anchor: None, tag: None };
        if let Some(open) = self.open.last() {
            match &self.tree.node(open.node).kind {
                Kind::Seq { flow: false, .. } => before.dash = self.cursor.dash(),
                Kind::Seq { flow: true, .. } => self.cursor.comma(),
                Kind::Map { flow, .. } => {
                    if open.key.is_some() {
                        before.colon = self.cursor.colon();
                    } else {
                        if *flow {
                            self.cursor.comma();
                        }
                        before.question = self.cursor.question();
                    }
                }
                _ => {}
            }
        }
        let flow = self.in_flow();
        (before.anchor, before.tag) = self.cursor.properties(flow);
        Ok(before)
    }

    fn in_flow(&self) -> bool {
        self.open
            .last()
            .is_some_and(|o| matches!(self.tree.node(o.node).kind, Kind::Map { flow: true, .. } | Kind::Seq { flow: true, .. }))
    }

    fn start(
        &mut self,
        kind: Kind,
        style: StructureStyle,
        anchor: usize,
        bytes: std::ops::Range<usize>,
    ) -> Result<(), ParseError> {
        let implicit_pair = style == StructureStyle::Flow && bytes.is_empty();
        let before =
            if style == StructureStyle::Block && self.first_child_properties() { self.before_block()? } else { self.before()? };
        let at = self.cursor.walk_to_node();
        let span = at..at;
        if style == StructureStyle::Flow && !implicit_pair && self.cursor.opens_flow() {
            self.cursor.at = at + 1;
        }
        let node = self.add(before, span, kind)?;
        self.remember(anchor, node);
        self.open.push(Open { node, key: None });
        Ok(())
    }

    fn first_child_properties(&self) -> bool {
        true
    }

    /// Before a block collection, properties count only where they stand on a line of their own or behind an indicator
    /// and the collection starts on another line; else they belong to its first key.
    fn before_block(&mut self) -> Result<Before, ParseError> {
        let mut before = Before { dash: None, question: None, colon: None, anchor: None, tag: None };
        if let Some(open) = self.open.last() {
            match &self.tree.node(open.node).kind {
                Kind::Seq { flow: false, .. } => before.dash = self.cursor.dash(),
                Kind::Map { .. } if open.key.is_some() => before.colon = self.cursor.colon(),
                Kind::Map { .. } => before.question = self.cursor.question(),
                _ => {}
            }
        }
        let mark = self.cursor.at;
        let (anchor, tag) = self.cursor.properties(false);
        let last = [&anchor, &tag].into_iter().flatten().map(|s| s.end).max();
        match last {
            Some(end) if self.cursor.line_ends_behind(end) => (before.anchor, before.tag) = (anchor, tag),
            Some(_) => self.cursor.at = mark,
            None => {}
        }
        Ok(before)
    }

    fn remember(&mut self, anchor: usize, node: NodeId) {
        if anchor != 0 {
            self.anchors.insert(anchor, node);
        }
    }

    /// Adds a node and gives it its place in the collection that is open.
    fn add(&mut self, before: Before, span: std::ops::Range<usize>, kind: Kind) -> Result<NodeId, ParseError> {
        let id = NodeId(u32::try_from(self.tree.nodes.len()).map_err(|_| ParseError::new(span.start, "too large"))?);
        let parent = self.open.last().map(|o| o.node);
        self.sizes.push(match kind {
            Kind::Alias { target } => self.sizes[target.0 as usize],
            _ => 1,
        });
        self.tree.nodes.push(Node { span, anchor: before.anchor, tag: before.tag, parent, kind });
        let Some(open) = self.open.last_mut() else {
            if let Some(doc) = self.tree.docs.last_mut() {
                doc.root = id;
            }
            return Ok(id);
        };
        match &mut self.tree.nodes[open.node.0 as usize].kind {
            Kind::Seq { items, .. } => items.push(Item { value: id, dash: before.dash }),
            Kind::Map { entries, .. } => match open.key.take() {
                None => open.key = Some((id, before.question)),
                Some((key, question)) => entries.push(Entry { key, value: id, colon: before.colon, question }),
            },
            _ => {}
        }
        Ok(id)
    }

    fn end(&mut self, event_end: usize) -> Result<(), ParseError> {
        let Some(open) = self.open.pop() else { return Ok(()) };
        let (start, end) = match &self.tree.node(open.node).kind {
            Kind::Map { entries, flow: false } => (
                entries.first().map(|e| e.question.unwrap_or_else(|| self.tree.start_with_props(e.key))),
                entries.last().map(|e| self.tree.node(e.value).span.end.max(self.tree.node(e.key).span.end)),
            ),
            Kind::Seq { items, flow: false } => (
                items.first().map(|i| i.dash.unwrap_or_else(|| self.tree.start_with_props(i.value))),
                items.last().map(|i| self.tree.node(i.value).span.end),
            ),
            Kind::Map { flow: true, entries }
                if !self.cursor.text[self.tree.node(open.node).span.start..].starts_with('{') || self.is_pair(open.node) =>
            {
                (None, entries.last().map(|e| self.tree.node(e.value).span.end.max(self.tree.node(e.key).span.end)))
            }
            _ => (None, Some(self.cursor.closing_bracket().unwrap_or(event_end))),
        };
        let node = &mut self.tree.nodes[open.node.0 as usize];
        node.span = start.unwrap_or(node.span.start)..end.unwrap_or(node.span.end).max(start.unwrap_or(node.span.start));
        self.cursor.at = self.cursor.at.max(node.span.end);
        self.measure(open.node)?;
        let node = self.tree.node(open.node);
        if matches!(node.kind, Kind::Map { .. }) && !self.branches {
            keys::check(&self.tree, self.cursor.text, open.node)?;
        }
        Ok(())
    }

    /// Refuses aliases of aliases that write out to far more than the text holds.
    fn measure(&mut self, collection: NodeId) -> Result<(), ParseError> {
        let size = |id: NodeId| self.sizes[id.0 as usize];
        let sum = match &self.tree.node(collection).kind {
            Kind::Map { entries, .. } => {
                entries.iter().map(|e| size(e.key).saturating_add(size(e.value))).fold(1, u64::saturating_add)
            }
            Kind::Seq { items, .. } => items.iter().map(|i| size(i.value)).fold(1, u64::saturating_add),
            _ => 1,
        };
        self.sizes[collection.0 as usize] = sum;
        if sum > MOST_NODES && sum > 10 * self.tree.nodes.len() as u64 {
            let at = self.tree.node(collection).span.start;
            let mut error = ParseError::new(at, format!("its aliases expand to {sum} nodes"));
            error.help = Some("that is far more than the file holds, and more than any reader should expand".into());
            return Err(error);
        }
        Ok(())
    }

    /// Whether a flow map is the single pair of a list, `[a: b]`, whose key may be a flow map itself.
    fn is_pair(&self, node: NodeId) -> bool {
        let here = self.tree.node(node);
        let Kind::Map { entries, .. } = &here.kind else { return false };
        entries.first().is_some_and(|e| self.tree.node(e.key).span.start == here.span.start)
    }

    fn finish(mut self) -> Result<Tree, ParseError> {
        let len = self.cursor.text.len();
        if let Some(last) = self.tree.docs.last_mut() {
            last.span.end = len;
        }
        Ok(self.tree)
    }
}
