//! A parsed text: an arena of nodes with exact byte spans.
use crate::source::Span;

/// Index of a node in its tree's arena.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct NodeId(pub u32);

/// A stream of documents.
#[derive(Debug, Clone, Default)]
pub struct Tree {
    pub nodes: Vec<Node>,
    pub docs: Vec<Document>,
}

/// One document of a stream.
#[derive(Debug, Clone)]
pub struct Document {
    /// From its `---` (or the end of the document before, or 0) to the start of the next document's `---`,
    /// its own `...` included. Documents tile the text.
    pub span: Span,
    /// The `---` marker, where there is one.
    pub marker: Option<Span>,
    /// The root node; an empty plain scalar where the document is empty.
    pub root: NodeId,
}

#[derive(Debug, Clone)]
pub struct Node {
    /// The node's own text without anchor and tag, never a final line break.
    ///
    /// * flow scalars and aliases: exactly the scalar, quotes included
    /// * empty node (null): an empty span right behind the `:`, `-`, `?` or `---` (or behind its anchor or tag)
    /// * block scalar: from `|` or `>` to the end of the last line that belongs to its value, without that line's
    ///   break: trailing blank lines are inside only when chomping is `+`
    /// * flow collection: from the opening to the closing bracket
    /// * block collection: from the first key (or `?`) or first dash to the end of its last child, or of what ends a branch of
    ///   a template that began in it
    pub span: Span,
    /// `&name`, with the sign.
    pub anchor: Option<Span>,
    /// `!tag`, with the sign.
    pub tag: Option<Span>,
    /// Container, or `None` for a root.
    pub parent: Option<NodeId>,
    pub kind: Kind,
}

#[derive(Debug, Clone)]
pub enum Kind {
    /// `value` is the decoded text. An empty node is plain with an empty span and an empty value.
    Scalar {
        value: String,
        style: ScalarStyle,
    },
    Map {
        entries: Vec<Entry>,
        flow: bool,
    },
    Seq {
        items: Vec<Item>,
        flow: bool,
    },
    /// `*name`.
    Alias {
        target: NodeId,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ScalarStyle {
    Plain,
    Single,
    Double,
    Literal,
    Folded,
}

#[derive(Debug, Clone)]
pub struct Entry {
    pub key: NodeId,
    pub value: NodeId,
    /// Byte of the `:`; none in flow (`{a, b}`) or behind a lone `? key`.
    pub colon: Option<usize>,
    /// Byte of an explicit `?`.
    pub question: Option<usize>,
}

#[derive(Debug, Clone)]
pub struct Item {
    pub value: NodeId,
    /// Byte of the `-`; none in flow.
    pub dash: Option<usize>,
}

impl Tree {
    pub fn node(&self, id: NodeId) -> &Node {
        &self.nodes[id.0 as usize]
    }

    /// Start of the node with its anchor and tag.
    pub fn start_with_props(&self, id: NodeId) -> usize {
        let node = self.node(id);
        [node.anchor.as_ref(), node.tag.as_ref()].into_iter().flatten().map(|s| s.start).fold(node.span.start, usize::min)
    }
}

impl Node {
    /// Null because nothing is written.
    pub fn is_empty(&self) -> bool {
        self.span.is_empty() && matches!(self.kind, Kind::Scalar { style: ScalarStyle::Plain, .. })
    }
}
