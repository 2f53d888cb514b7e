//! Changes to a draft, journalled so that those of one place can be undone.
use super::{Body, Child, Draft, Id, Mark, Node, Own, Undo};
use crate::yaml::tree::ScalarStyle;
use crate::yaml::trivia;
use crate::yaml::value::Value;

impl Draft {
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

    fn edit(&mut self, id: Id) -> &mut Node {
        let old = self.node(id).clone();
        self.journal.push(Undo::Node(id, old));
        &mut self.nodes[id.0 as usize]
    }

    /// Makes a new node one that is read in place of another, at whose bytes it is spoken of.
    pub fn stands_for(&mut self, id: Id, other: Id) {
        self.nodes[id.0 as usize].origin = self.node(other).origin;
    }

    /// Keeps a root that is no document: what lies below it, nodes of documents among it, counts as attached. It is never
    /// written.
    pub fn set_aside(&mut self, root: Id) {
        self.aside.push(root);
    }

    /// Marks the node and everything above it as changed.
    pub fn touch(&mut self, id: Id) {
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
        self.aliases.extend(matches!(body, Body::Alias(_)).then_some(id));
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

    /// Puts a child into a map or list, at position `at` (or last). In a template it goes further up, where it would come
    /// under a condition that the container does not have.
    pub fn put(&mut self, container: Id, at: usize, child: Child) {
        let at = self.unconditional(container, at);
        self.put_here(container, at, child);
    }

    /// Puts a child into a map or list, at position `at` (or last), whatever the condition there.
    pub fn put_here(&mut self, container: Id, at: usize, child: Child) {
        self.touch(container);
        for id in child.key.into_iter().chain([child.value]) {
            self.edit(id).parent = Some(container);
        }
        if let Some(children) = self.edit_children(container) {
            let at = at.min(children.len());
            children.insert(at, child);
        }
    }

    /// Puts a node that was taken out back where it stood, and what held it as well.
    pub fn put_back(&mut self, id: Id) {
        let mut at = id;
        while !self.is_attached(id) {
            if let Some(parent) = self.node(at).parent {
                at = parent;
                continue;
            }
            let held = self.journal.iter().rev().find_map(|undo| match undo {
                Undo::Node(container, Node { body: Body::Map { children, .. } | Body::Seq { children, .. }, .. }) => {
                    let index = children.iter().position(|child| child.value == at)?;
                    Some((*container, index, children[index].clone()))
                }
                _ => None,
            });
            let Some((container, index, child)) = held else { return };
            self.put_here(container, index, child);
            at = container;
        }
    }

    fn unconditional(&self, container: Id, at: usize) -> usize {
        let Some(origin) = self.node(container).origin else { return at };
        let text = &self.texts[origin.text];
        let Some(branches) = &text.branches else { return at };
        let whole = branches.around(&text.tree, origin.node);
        let children = self.children(container);
        // Neither may it stand under a condition itself, nor may one begin in it that is not over at its end.
        let conditional = |child: &Child| match child.own {
            Own::Kept { text: t, container, index } if t == origin.text => {
                let extent = trivia::extent(&text.text, &text.tree, container, index);
                branches.at(extent.start) != whole || branches.at(extent.end) != whole
            }
            _ => false,
        };
        let mut at = at.min(children.len());
        // Behind what ends the branches of the whole part, if that is where it is to go.
        if at == children.len() && trivia::is_block(&text.tree, origin.node) {
            let end = trivia::region(&text.text, &text.tree, origin.node).end;
            if text.tree.node(origin.node).parent.is_some() && branches.at(end) == whole {
                return at;
            }
        }
        while at > 0 && conditional(&children[at - 1]) {
            at -= 1;
        }
        at
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
}
