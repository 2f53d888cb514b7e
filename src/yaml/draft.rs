//! A draft: a text's trees plus what the verbs of one migration did to them, before anything is rendered.
//!
//! Nodes that came from a text remember where (`Origin`), so that rendering copies their bytes; everything else is
//! written anew in the neighbours' style. Changes are journalled, so that the edits of one place can be undone.
mod change;
mod origin;
mod shared;

use super::branch::Branches;
use super::style::Habits;
use super::tree::{Kind, NodeId, ScalarStyle, Tree};
use super::value::Value;
use crate::source::Span;
use std::cell::OnceCell;

/// A part of a new text: bytes kept from the old one, or new text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece {
    Keep(Span),
    New(String),
}

/// The way back from a text that lives in a scalar to the text that holds the scalar.
pub trait Carry: std::fmt::Debug + Send + Sync {
    /// `pieces` make up the whole new inner text, their spans being of the old inner text. Gives pieces that make up
    /// the new scalar (`Node::span` of the host, header and quotes included), their spans being of the host text.
    ///
    /// # Errors
    /// A reason in plain words where the new text cannot stand in this scalar.
    fn back(&self, inner: &str, pieces: &[Piece]) -> Result<Vec<Piece>, String>;
    /// Columns that the lines of the inner text are indented by in the host.
    fn indent(&self) -> usize {
        0
    }
    /// The text of the scalar, where the inner text is a part of it.
    fn whole(&self, inner: String) -> String {
        inner
    }
    /// Byte of the host text for byte `at` of the inner text.
    fn host_byte(&self, at: usize) -> usize;
}

/// Index of a node of a draft.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Id(pub u32);

/// Where a node's bytes are: index in `Draft::texts`, and the node there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Origin {
    pub text: usize,
    pub node: NodeId,
}

/// A text that was read, as YAML or as a template of YAML.
#[derive(Debug)]
pub struct Parsed {
    pub tree: Tree,
    /// Of a template: what holds only under a condition.
    pub branches: Option<Branches>,
}

impl From<Tree> for Parsed {
    fn from(tree: Tree) -> Self {
        Parsed { tree, branches: None }
    }
}

/// A text that nodes came from.
#[derive(Debug)]
pub struct Text {
    pub text: String,
    pub tree: Tree,
    /// Of a template: what holds only under a condition.
    pub branches: Option<Branches>,
    /// How it is written, found when it is first asked for.
    habits: OnceCell<Habits>,
    /// Whether it lives in a scalar and is JSON, found when it is first asked for.
    json: OnceCell<bool>,
    /// The scalar that holds it; none for the file itself.
    pub host: Option<Host>,
}

impl Text {
    fn new(text: String, parsed: Parsed, host: Option<Host>) -> Text {
        let Parsed { tree, branches } = parsed;
        Text { text, tree, branches, habits: OnceCell::new(), json: OnceCell::new(), host }
    }

    /// Whether it lives in a scalar and is JSON, which it has to stay: who reads it there may read nothing else.
    pub fn must_be_json(&self) -> bool {
        *self.json.get_or_init(|| self.host.is_some() && is_json(&self.text))
    }

    pub fn habits(&self) -> &Habits {
        self.habits.get_or_init(|| Habits::of(&self.text, &self.tree))
    }
}

/// Whether a text is JSON, of a map or list.
pub fn is_json(text: &str) -> bool {
    text.trim_start().starts_with(['{', '[']) && serde_json::from_str::<serde::de::IgnoredAny>(text).is_ok()
}

#[derive(Debug)]
pub struct Host {
    pub scalar: Origin,
    pub carry: Box<dyn Carry>,
    /// The text was made by an edit: its scalar is written anew, in this style. `scalar` is what is spoken of in its place.
    pub made: Option<ScalarStyle>,
}

#[derive(Debug)]
pub struct Draft {
    /// The file first, then the texts opened in its scalars.
    pub texts: Vec<Text>,
    /// Roots, in order. Those past the file's own documents are new.
    pub docs: Vec<Id>,
    nodes: Vec<Node>,
    /// Roots of what was made to look at a part of a document in another way; they are never written.
    aside: Vec<Id>,
    /// Those of the nodes that are aliases.
    aliases: Vec<Id>,
    journal: Vec<Undo>,
}

#[derive(Debug, Clone)]
pub struct Node {
    pub body: Body,
    /// Container, or the scalar that this text lives in; none for a root and for a node that was taken out.
    pub parent: Option<Id>,
    pub origin: Option<Origin>,
    /// This node or one below it differs from its origin.
    pub dirty: bool,
}

#[derive(Debug, Clone)]
pub enum Body {
    Scalar {
        value: Value,
        text: String,
        style: ScalarStyle,
    },
    Map {
        children: Vec<Child>,
        flow: bool,
    },
    Seq {
        children: Vec<Child>,
        flow: bool,
    },
    Alias(Id),
    /// A scalar whose text was opened as YAML: `text` is its index in `Draft::texts`.
    Embedded {
        root: Id,
        text: usize,
    },
}

/// An entry of a map (with a key) or an item of a list.
#[derive(Debug, Clone)]
pub struct Child {
    pub key: Option<Id>,
    pub value: Id,
    pub own: Own,
}

/// The comments that belong to a child.
#[derive(Debug, Clone)]
pub enum Own {
    /// Those of this child of a container of a text.
    Kept { text: usize, container: NodeId, index: usize },
    /// New ones: lines above (with `#`), and one behind the value.
    New { lead: Vec<String>, trail: Option<String> },
}

impl Own {
    pub fn none() -> Own {
        Own::New { lead: Vec::new(), trail: None }
    }
}

#[derive(Debug)]
enum Undo {
    Node(Id, Node),
    Docs(Vec<Id>),
}

/// A state to come back to: how long the journal was, and how many nodes there were.
#[derive(Debug, Clone, Copy)]
pub struct Mark {
    journal: usize,
    nodes: usize,
}

impl Draft {
    pub fn new(text: &str, parsed: impl Into<Parsed>) -> Draft {
        let (texts, docs, nodes, aside, aliases, journal) = Default::default();
        let mut draft = Draft { texts, docs, nodes, aside, aliases, journal };
        draft.texts.push(Text::new(text.to_owned(), parsed.into(), None));
        draft.docs = draft.adopt(0);
        draft
    }

    /// Makes draft nodes of all documents of text `t`; gives their roots.
    fn adopt(&mut self, t: usize) -> Vec<Id> {
        let base = self.nodes.len() as u32;
        let tree = &self.texts[t].tree;
        let id = |n: NodeId| Id(base + n.0);
        let mut nodes = Vec::with_capacity(tree.nodes.len());
        for (index, node) in tree.nodes.iter().enumerate() {
            let here = NodeId(index as u32);
            let kept = |index: usize| Own::Kept { text: t, container: here, index };
            let body = match &node.kind {
                Kind::Scalar { value, style } => {
                    let tag = node.tag.as_ref().map(|s| &self.texts[t].text[s.clone()]);
                    Body::Scalar { value: super::scalar::resolve(value, *style, tag), text: value.clone(), style: *style }
                }
                Kind::Map { entries, flow } => Body::Map {
                    children: (entries.iter().enumerate())
                        .map(|(i, e)| Child { key: Some(id(e.key)), value: id(e.value), own: kept(i) })
                        .collect(),
                    flow: *flow,
                },
                Kind::Seq { items, flow } => Body::Seq {
                    children: (items.iter().enumerate())
                        .map(|(i, item)| Child { key: None, value: id(item.value), own: kept(i) })
                        .collect(),
                    flow: *flow,
                },
                Kind::Alias { target } => Body::Alias(id(*target)),
            };
            let origin = Some(Origin { text: t, node: here });
            nodes.push(Node { body, parent: node.parent.map(id), origin, dirty: false });
        }
        let roots = tree.docs.iter().map(|d| id(d.root)).collect();
        let alias = |(index, node): (usize, &Node)| matches!(node.body, Body::Alias(_)).then_some(Id(base + index as u32));
        self.aliases.extend(nodes.iter().enumerate().filter_map(alias));
        self.nodes.extend(nodes);
        roots
    }

    /// Whether the file is a template of YAML.
    pub fn is_template(&self) -> bool {
        self.texts[0].branches.is_some()
    }

    /// Whether the file, or a text in it, is a template.
    pub fn has_branches(&self) -> bool {
        self.texts.iter().any(|text| text.branches.is_some())
    }

    pub fn node(&self, id: Id) -> &Node {
        &self.nodes[id.0 as usize]
    }

    /// The children of a map or list (looking through an opened scalar, not through an alias).
    pub fn children(&self, id: Id) -> &[Child] {
        match &self.node(id).body {
            Body::Map { children, .. } | Body::Seq { children, .. } => children,
            Body::Embedded { root, .. } => self.children(*root),
            _ => &[],
        }
    }

    /// The node that an alias stands for, the root of an opened scalar; else the node itself.
    pub fn resolve(&self, id: Id) -> Id {
        match self.node(id).body {
            Body::Alias(target) => self.resolve(target),
            Body::Embedded { root, .. } => self.resolve(root),
            _ => id,
        }
    }

    pub fn is_map(&self, id: Id) -> bool {
        matches!(self.node(self.resolve(id)).body, Body::Map { .. })
    }

    pub fn is_seq(&self, id: Id) -> bool {
        matches!(self.node(self.resolve(id)).body, Body::Seq { .. })
    }

    pub fn is_null(&self, id: Id) -> bool {
        matches!(self.node(self.resolve(id)).body, Body::Scalar { value: Value::Null, .. })
    }

    /// A key's text, as JSON would name it.
    pub fn key_text(&self, child: &Child) -> Option<&str> {
        match &self.node(child.key?).body {
            Body::Scalar { text, .. } => Some(text),
            _ => None,
        }
    }

    /// Position of the member whose key reads `key`.
    pub fn find(&self, map: Id, key: &str) -> Option<usize> {
        self.children(map).iter().position(|c| self.key_text(c) == Some(key))
    }

    /// The container of `id` (an opened scalar's root counts as inside that scalar) and the position there.
    pub fn position(&self, id: Id) -> Option<(Id, usize)> {
        let parent = self.node(id).parent?;
        let at = match &self.node(parent).body {
            Body::Map { children, .. } | Body::Seq { children, .. } => {
                children.iter().position(|c| c.value == id || c.key == Some(id))
            }
            _ => None,
        }?;
        Some((parent, at))
    }

    /// Whether the node is still part of a document, or of what was set aside.
    pub fn is_attached(&self, id: Id) -> bool {
        let mut at = id;
        loop {
            let Some(parent) = self.node(at).parent else { return self.docs.contains(&at) || self.aside.contains(&at) };
            let held = match &self.node(parent).body {
                Body::Map { children, .. } | Body::Seq { children, .. } => {
                    children.iter().any(|c| c.value == at || c.key == Some(at))
                }
                Body::Embedded { root, .. } => *root == at,
                _ => false,
            };
            if !held {
                return false;
            }
            at = parent;
        }
    }

    /// The document (index in `docs`) that holds the node.
    pub fn doc_of(&self, id: Id) -> Option<usize> {
        let mut at = id;
        while let Some(parent) = self.node(at).parent {
            at = parent;
        }
        self.docs.iter().position(|d| *d == at)
    }

    /// The data below a node: aliases resolved, an opened scalar as the data that its text holds.
    pub fn data(&self, id: Id) -> Value {
        match &self.node(id).body {
            Body::Scalar { value, .. } => value.clone(),
            Body::Map { children, .. } => {
                Value::Map(children.iter().map(|c| (c.key.map_or(Value::Null, |k| self.data(k)), self.data(c.value))).collect())
            }
            Body::Seq { children, .. } => Value::Seq(children.iter().map(|c| self.data(c.value)).collect()),
            Body::Alias(target) => self.data(*target),
            Body::Embedded { root, .. } => self.data(*root),
        }
    }

    /// Whether what a scalar says is not what a text says where it came from.
    pub fn is_made(&self, scalar: Id) -> bool {
        let node = self.node(scalar);
        node.dirty || node.origin.is_none()
    }

    /// Where a node came from, or else the nearest one around it that came from somewhere.
    pub fn near_origin(&self, id: Id) -> Option<Origin> {
        let mut at = Some(id);
        while let Some(here) = at {
            if let Some(origin) = self.node(here).origin {
                return Some(origin);
            }
            at = self.node(here).parent;
        }
        None
    }

    /// Opens a scalar: its text, already parsed to one document, is edited in place from here on. No change by itself,
    /// and not undone. `carry`: the way back, for a scalar that is new or has a new text none but from what is around it.
    ///
    /// # Errors
    /// Where the text is not exactly one document.
    pub fn embed(&mut self, scalar: Id, text: String, parsed: impl Into<Parsed>, carry: Box<dyn Carry>) -> Result<Id, String> {
        let Some(origin) = self.near_origin(scalar) else { return Err("nothing around it was there before".into()) };
        let made = match &self.node(scalar).body {
            Body::Scalar { style, .. } if self.is_made(scalar) => Some(*style),
            _ => None,
        };
        let parsed = parsed.into();
        if parsed.tree.docs.len() != 1 {
            return Err(format!("it holds {} documents", parsed.tree.docs.len()));
        }
        let t = self.texts.len();
        self.texts.push(Text::new(text, parsed, Some(Host { scalar: origin, carry, made })));
        let root = self.adopt(t)[0];
        self.nodes[root.0 as usize].parent = Some(scalar);
        self.nodes[scalar.0 as usize].body = Body::Embedded { root, text: t };
        Ok(root)
    }
}
