//! A draft: a text's trees plus what the verbs of one migration did to them, before anything is rendered.
//!
//! Nodes that came from a text remember where (`Origin`), so that rendering copies their bytes; everything else is
//! written anew in the neighbours' style. Changes are journalled, so that the edits of one place can be undone.
use super::tree::{Kind, NodeId, ScalarStyle, Tree};
use super::value::Value;
use crate::source::Span;

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

/// A text that nodes came from.
#[derive(Debug)]
pub struct Text {
    pub text: String,
    pub tree: Tree,
    /// The scalar that holds it; none for the file itself.
    pub host: Option<Host>,
}

#[derive(Debug)]
pub struct Host {
    pub scalar: Origin,
    pub carry: Box<dyn Carry>,
}

#[derive(Debug)]
pub struct Draft {
    /// The file first, then the texts opened in its scalars.
    pub texts: Vec<Text>,
    /// Roots, in order. Those past the file's own documents are new.
    pub docs: Vec<Id>,
    nodes: Vec<Node>,
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
    pub fn new(text: &str, tree: Tree) -> Draft {
        let mut draft = Draft { texts: Vec::new(), docs: Vec::new(), nodes: Vec::new(), journal: Vec::new() };
        draft.texts.push(Text { text: text.to_owned(), tree, host: None });
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
        self.nodes.extend(nodes);
        roots
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

    /// Whether the node is still part of a document.
    pub fn is_attached(&self, id: Id) -> bool {
        let mut at = id;
        loop {
            let Some(parent) = self.node(at).parent else { return self.docs.contains(&at) };
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

    // ---- changes -------------------------------------------------------------------------------------------------

    pub fn mark(&self) -> Mark {
        Mark { journal: self.journal.len(), nodes: self.nodes.len() }
    }

    /// Undoes every change since `mark`.
    pub fn roll_back(&mut self, mark: Mark) {
        while self.journal.len() > mark.journal {
            match self.journal.pop() {
                Some(Undo::Node(id, node)) => self.nodes[id.0 as usize] = node,
                Some(Undo::Docs(docs)) => self.docs = docs,
                None => break,
            }
        }
    }

    /// Whether a document changed since `mark`; nodes that were made, but put nowhere, do not count.
    pub fn changed_since(&self, mark: Mark) -> bool {
        self.journal[mark.journal.min(self.journal.len())..].iter().any(|undo| match undo {
            Undo::Docs(_) => true,
            Undo::Node(id, _) => (id.0 as usize) < mark.nodes && self.is_attached(*id),
        })
    }

    /// A place outside `root` that the changes since `mark` reach as well, through an anchor: an alias of something that
    /// changed, or the anchored node itself where `root` only holds the alias. `above` are the nodes that `root` stood in.
    pub fn shared_since(&self, mark: Mark, root: Id, above: &[Id]) -> Option<Id> {
        let changed: Vec<Id> = (self.journal[mark.journal.min(self.journal.len())..].iter())
            .filter_map(|undo| match undo {
                Undo::Node(id, _) if (id.0 as usize) < mark.nodes && self.is_attached(*id) => Some(*id),
                _ => None,
            })
            .collect();
        if let Some(outside) = changed.iter().find(|id| !self.is_within(**id, root) && !above.contains(*id)) {
            return Some(*outside);
        }
        self.aliases().find(|(alias, target)| changed.contains(target) && !self.is_within(*alias, root)).map(|(alias, _)| alias)
    }

    /// An alias whose anchored node is no longer part of a document.
    pub fn dangling(&self) -> Option<Id> {
        self.aliases().find(|(_, target)| !self.is_attached(*target)).map(|(alias, _)| alias)
    }

    /// Aliases that are part of a document, with the nodes they stand for.
    fn aliases(&self) -> impl Iterator<Item = (Id, Id)> + '_ {
        self.nodes.iter().enumerate().filter_map(|(index, node)| match node.body {
            Body::Alias(target) => Some((Id(index as u32), target)).filter(|(alias, _)| self.is_attached(*alias)),
            _ => None,
        })
    }

    /// The nodes that `id` stands in, innermost first.
    pub fn above(&self, id: Id) -> Vec<Id> {
        std::iter::successors(self.node(id).parent, |at| self.node(*at).parent).collect()
    }

    /// Whether `id` is `root` or below it.
    fn is_within(&self, id: Id, root: Id) -> bool {
        let mut at = Some(id);
        while let Some(here) = at {
            if here == root {
                return true;
            }
            at = self.node(here).parent;
        }
        false
    }

    fn edit(&mut self, id: Id) -> &mut Node {
        let old = self.node(id).clone();
        self.journal.push(Undo::Node(id, old));
        &mut self.nodes[id.0 as usize]
    }

    /// Marks the node and everything above it as changed.
    fn touch(&mut self, id: Id) {
        let mut at = Some(id);
        while let Some(here) = at {
            if !self.node(here).dirty {
                self.edit(here).dirty = true;
            }
            at = self.node(here).parent;
        }
    }

    fn add(&mut self, body: Body) -> Id {
        let id = Id(self.nodes.len() as u32);
        let below: Vec<Id> = match &body {
            Body::Map { children, .. } | Body::Seq { children, .. } => {
                children.iter().flat_map(|c| c.key.into_iter().chain([c.value])).collect()
            }
            _ => Vec::new(),
        };
        self.nodes.push(Node { body, parent: None, origin: None, dirty: true });
        for child in below {
            self.edit(child).parent = Some(id);
        }
        id
    }

    /// A new scalar. `style` is a wish: a text that needs quotes gets them.
    pub fn new_scalar(&mut self, value: Value, style: ScalarStyle) -> Id {
        let text = value.scalar_text();
        self.add(Body::Scalar { value, text, style })
    }

    pub fn new_map(&mut self, children: Vec<Child>, flow: bool) -> Id {
        self.add(Body::Map { children, flow })
    }

    pub fn new_seq(&mut self, children: Vec<Child>, flow: bool) -> Id {
        self.add(Body::Seq { children, flow })
    }

    /// A new node with the same data, nothing kept of its presentation.
    pub fn new_value(&mut self, value: &Value) -> Id {
        match value {
            Value::Seq(items) => {
                let children = items.iter().map(|v| Child { key: None, value: self.new_value(v), own: Own::none() }).collect();
                self.new_seq(children, items.is_empty())
            }
            Value::Map(entries) => {
                let mut children = Vec::with_capacity(entries.len());
                for (k, v) in entries {
                    children.push(Child { key: Some(self.new_value(k)), value: self.new_value(v), own: Own::none() });
                }
                self.new_map(children, entries.is_empty())
            }
            scalar => self.new_scalar(scalar.clone(), ScalarStyle::Plain),
        }
    }

    /// A copy of a subtree that is rendered from the same bytes. Comments inside it come along, those above it stay.
    pub fn copy(&mut self, id: Id) -> Id {
        let node = self.node(id).clone();
        let body = match node.body {
            Body::Map { children, flow } => Body::Map { children: self.copy_children(children), flow },
            Body::Seq { children, flow } => Body::Seq { children: self.copy_children(children), flow },
            Body::Embedded { root, text } => Body::Embedded { root: self.copy(root), text },
            other => other,
        };
        let copy = self.add(body);
        if let Body::Embedded { root, .. } = self.nodes[copy.0 as usize].body {
            self.nodes[root.0 as usize].parent = Some(copy);
        }
        let made = &mut self.nodes[copy.0 as usize];
        made.origin = node.origin;
        made.dirty = node.dirty;
        copy
    }

    fn copy_children(&mut self, children: Vec<Child>) -> Vec<Child> {
        let copied =
            |draft: &mut Self, c: Child| Child { key: c.key.map(|k| draft.copy(k)), value: draft.copy(c.value), own: c.own };
        children.into_iter().map(|c| copied(self, c)).collect()
    }

    /// Gives a scalar another value. Its quote style is kept where the type stays.
    pub fn set_scalar(&mut self, id: Id, new: Value) {
        self.touch(id);
        let new_text = new.scalar_text();
        if let Body::Scalar { value, text, .. } = &mut self.edit(id).body {
            (*value, *text) = (new, new_text);
        }
    }

    /// Puts `new` where `old` is: as a value of the same child, or as the root. `old` is free afterwards.
    pub fn replace(&mut self, old: Id, new: Id) {
        let parent = self.node(old).parent;
        match parent {
            None => {
                self.journal.push(Undo::Docs(self.docs.clone()));
                for root in self.docs.iter_mut().filter(|d| **d == old) {
                    *root = new;
                }
            }
            Some(parent) => {
                self.touch(parent);
                match &mut self.edit(parent).body {
                    Body::Map { children, .. } | Body::Seq { children, .. } => {
                        for child in children.iter_mut().filter(|c| c.value == old) {
                            child.value = new;
                        }
                    }
                    Body::Embedded { root, .. } => *root = new,
                    _ => {}
                }
            }
        }
        if self.node(old).parent == parent {
            self.edit(old).parent = None;
        }
        self.edit(new).parent = parent;
    }

    /// Takes a child out of a map or list. Its nodes stay alive, without a parent.
    pub fn take(&mut self, container: Id, at: usize) -> Option<Child> {
        if at >= self.children(container).len() {
            return None;
        }
        self.touch(container);
        let child = self.edit_children(container)?.remove(at);
        for id in child.key.into_iter().chain([child.value]) {
            self.edit(id).parent = None;
        }
        Some(child)
    }

    /// Puts a child into a map or list, at position `at` (or last).
    pub fn put(&mut self, container: Id, at: usize, child: Child) {
        self.touch(container);
        for id in child.key.into_iter().chain([child.value]) {
            self.edit(id).parent = Some(container);
        }
        if let Some(children) = self.edit_children(container) {
            let at = at.min(children.len());
            children.insert(at, child);
        }
    }

    /// Changes the key of a member; comments and place stay.
    pub fn rename(&mut self, map: Id, at: usize, to: &str) {
        if let Some(key) = self.children(map).get(at).and_then(|c| c.key) {
            self.set_scalar(key, Value::Str(to.to_owned()));
        }
    }

    /// Adds a document at the end.
    pub fn add_document(&mut self, root: Id) {
        self.journal.push(Undo::Docs(self.docs.clone()));
        self.docs.push(root);
    }

    fn edit_children(&mut self, container: Id) -> Option<&mut Vec<Child>> {
        match &mut self.edit(container).body {
            Body::Map { children, .. } | Body::Seq { children, .. } => Some(children),
            _ => None,
        }
    }

    /// Opens a scalar: its text, already parsed to one document, is edited in place from here on. No change by itself,
    /// and not undone.
    ///
    /// # Errors
    /// Where the text is not exactly one document.
    pub fn embed(&mut self, scalar: Id, text: String, tree: Tree, carry: Box<dyn Carry>) -> Result<Id, String> {
        let node = self.node(scalar);
        let Some(origin) = node.origin.filter(|_| !node.dirty) else { return Err("it was changed before".into()) };
        if tree.docs.len() != 1 {
            return Err(format!("it holds {} documents", tree.docs.len()));
        }
        let t = self.texts.len();
        self.texts.push(Text { text, tree, host: Some(Host { scalar: origin, carry }) });
        let root = self.adopt(t)[0];
        self.nodes[root.0 as usize].parent = Some(scalar);
        self.nodes[scalar.0 as usize].body = Body::Embedded { root, text: t };
        Ok(root)
    }

    /// Bytes of the file that the node came from (through every text that it lives in); none for new nodes.
    pub fn file_span(&self, id: Id) -> Option<Span> {
        let origin = self.node(id).origin?;
        Some(self.to_file(origin.text, self.texts[origin.text].tree.node(origin.node).span.clone()))
    }

    /// A span of text `t` as a span of the file.
    pub fn to_file(&self, t: usize, span: Span) -> Span {
        match &self.texts[t].host {
            None => span,
            Some(host) => {
                let up = host.carry.host_byte(span.start)..host.carry.host_byte(span.end);
                self.to_file(host.scalar.text, up)
            }
        }
    }
}
