//! What is proven of a template besides: each value stands under the conditions that it stood under, and what its actions
//! give still fits where it stands.
use super::verify::Unproven;
use crate::view::helm;
use crate::yaml::branch::{Branches, Condition};
use crate::yaml::draft::{Body, Child, Draft, Id};
use crate::yaml::tree::{Kind, NodeId, Tree};
use crate::yaml::trivia::{self, child_count, child_start, child_value, column};

/// The old text and the new one of a template, or of a template in a text of the file.
struct Both<'a> {
    draft: &'a Draft,
    /// Index of the old text in the draft.
    text: usize,
    before: &'a Branches,
    after: &'a Branches,
    new: &'a str,
    tree: &'a Tree,
}

/// Checks the new text of text `t` of a draft, whose roots are `roots`.
///
/// # Errors
/// What would come under another condition, be indented otherwise, or lose what a template sets.
pub fn prove(draft: &Draft, t: usize, roots: &[Id], new: &str) -> Result<(), Unproven> {
    let Some(before) = &draft.texts[t].branches else { return Ok(()) };
    let Ok(helm::Template { tree, branches: after }) = helm::parse(new, draft.indent(t)) else {
        return Err(Unproven { at: 0, why: "the new text would not be a template".into() });
    };
    let old = &draft.texts[t].text;
    if let Some(gone) = helm::lost_setting(old, new) {
        let at = draft.to_file(t, gone..gone).start;
        return Err(Unproven { at, why: "what the template sets here would be removed, and other places may use it".into() });
    }
    let cut = |doc: &crate::yaml::tree::Document| {
        doc.marker.as_ref().is_some_and(|marker| new[..marker.start].trim_end().ends_with("-}}"))
    };
    if tree.docs.iter().skip(draft.texts[t].tree.docs.len()).any(cut) {
        return Err(Unproven { at: 0, why: "the action before the new document takes the line break away (`-}}`)".into() });
    }
    let both = Both { draft, text: t, before, after: &after, new, tree: &tree };
    roots.iter().zip(&tree.docs).try_for_each(|(root, doc)| both.node(*root, doc.root))
}

impl Both<'_> {
    fn node(&self, id: Id, now: NodeId) -> Result<(), Unproven> {
        self.value(id, now)?;
        let (Body::Map { children, .. } | Body::Seq { children, .. }) = &self.draft.node(id).body else { return Ok(()) };
        for (index, child) in children.iter().enumerate().take(child_count(self.tree, now)) {
            if let Some(key) = child.key.filter(|key| self.draft.node(*key).origin.is_none() || self.draft.node(*key).dirty) {
                let name = self.draft.key_text(child).unwrap_or_default();
                let other =
                    |other: &Child| other.key.and_then(|key| self.origin(key)).is_some_and(|key| self.may_give(key, name));
                if children.iter().any(other) {
                    return self.unproven(key, format!("an action gives other keys of this map, and may give `{name}` as well"));
                }
            }
            let first = child.key.unwrap_or(child.value);
            self.conditions(first, now, index)?;
            self.line_break(first, now, index)?;
            if self.origin(child.value).is_some() && matches!(self.draft.node(child.value).body, Body::Scalar { .. }) {
                self.conditions(child.value, now, index)?;
            }
            self.column(first, now, index)?;
            self.column(child.value, now, index)?;
            self.variables(child.value, id)?;
            if let Some(key) = child.key {
                self.value(key, key_of(self.tree, now, index))?;
            }
            self.node(child.value, child_value(self.tree, now, index))?;
        }
        Ok(())
    }

    /// A child stands under the conditions that it had; a new one under those of what came into it, else of its container.
    fn conditions(&self, id: Id, container: NodeId, index: usize) -> Result<(), Unproven> {
        let now = self.after.at(child_start(self.tree, container, index));
        let was = match self.origin(id) {
            Some(node) => self.before.at(self.draft.texts[self.text].tree.node(node).span.start),
            None => self.came_from(id).unwrap_or_else(|| self.after.around(self.tree, container)),
        };
        if now == was {
            return Ok(());
        }
        let condition = |all: &[Condition]| all.last().map_or("no condition".to_owned(), |one| format!("`{one}`"));
        let at = if self.origin(id).is_some() { id } else { self.value_of(id) };
        self.unproven(at, format!("it would stand under {} instead of {}", condition(now), condition(was)))
    }

    /// The line break before a child is not taken by an action that did not take it before.
    fn line_break(&self, id: Id, container: NodeId, index: usize) -> Result<(), Unproven> {
        let trimmed = |text: &str, at: usize| text[..at].trim_end().ends_with("-}}");
        let old = &self.draft.texts[self.text];
        let was = self.origin(id).is_some_and(|node| trimmed(&old.text, old.tree.node(node).span.start));
        if was || !trimmed(self.new, child_start(self.tree, container, index)) {
            return Ok(());
        }
        self.unproven(id, "the action before it takes the line break away (`-}}`)".to_owned())
    }

    /// What indents its lines by a number of its own stays in its column, and on a line of its own.
    fn column(&self, id: Id, container: NodeId, index: usize) -> Result<(), Unproven> {
        let Some(node) = self.origin(id) else { return Ok(()) };
        let old = &self.draft.texts[self.text];
        let span = old.tree.node(node).span.clone();
        let lines = &old.text[span.clone()];
        let fixed = matches!(old.tree.node(node).kind, Kind::Scalar { .. }) && lines.contains("{{") && lines.contains("indent");
        if !fixed {
            return Ok(());
        }
        let was = trivia::entry_start(&old.tree, node).unwrap_or(span.start);
        let now = child_start(self.tree, container, index);
        let alone = |text: &str, at: usize| text[trivia::line_start(text, at)..at].trim().is_empty();
        if column(&old.text, was) != column(self.new, now) || alone(&old.text, was) && !alone(self.new, now) {
            return self
                .unproven(id, "its action indents by a fixed number of columns, and would stand in another one".to_owned());
        }
        Ok(())
    }

    /// What uses a variable of the template stays in its map or list: elsewhere it may not be set yet, or be set anew.
    fn variables(&self, id: Id, container: Id) -> Result<(), Unproven> {
        let Some(node) = self.origin(id) else { return Ok(()) };
        let old = &self.draft.texts[self.text];
        let stays = old.tree.node(node).parent == self.origin(container);
        if stays || !helm::uses_variable(&old.text[old.tree.node(node).span.clone()]) {
            return Ok(());
        }
        self.unproven(id, "it uses a variable of the template, which may not be the same where it would go".to_owned())
    }

    /// What an action computes is neither overwritten nor taken apart.
    fn value(&self, id: Id, now: NodeId) -> Result<(), Unproven> {
        let node = self.draft.node(id);
        let Body::Scalar { .. } = node.body else { return Ok(()) };
        let old = &self.draft.texts[self.text].text;
        match node.origin.filter(|o| o.text == self.text) {
            Some(origin) if node.dirty => {
                let was = &old[self.draft.texts[self.text].tree.node(origin.node).span.clone()];
                if was.contains("{{") { self.unproven(id, "the template computes this".to_owned()) } else { Ok(()) }
            }
            None if node.origin.is_none() => {
                let written = &self.new[self.tree.node(now).span.clone()];
                if helm::takes_apart(written, old) {
                    return self.unproven(id, format!("`{written}` would be made from what the template computes"));
                }
                Ok(())
            }
            _ => Ok(()),
        }
    }

    /// Whether an action makes a key, or stands for some, of which one may be `name`.
    fn may_give(&self, key: NodeId, name: &str) -> bool {
        let old = &self.draft.texts[self.text];
        let text = &old.text[old.tree.node(key).span.clone()];
        trivia::is_lone_key(&old.tree, key) && text.starts_with("{{") || helm::may_be(text, name)
    }

    /// The conditions that all old parts of a new node stood under; none where it has no old parts, or new ones as well.
    fn came_from(&self, id: Id) -> Option<&[Condition]> {
        let value = self.value_of(id);
        if self.origin(value).is_some() {
            return Some(self.draft.conditions(value));
        }
        let mut below = self.draft.children(value).iter().map(|child| self.came_from(child.value));
        let first = below.next()??;
        below.all(|other| other == Some(first)).then_some(first)
    }

    /// What a key names; a value itself.
    fn value_of(&self, id: Id) -> Id {
        self.draft.position(id).map_or(id, |(container, index)| self.draft.children(container)[index].value)
    }

    fn origin(&self, id: Id) -> Option<NodeId> {
        self.draft.node(id).origin.filter(|o| o.text == self.text).map(|o| o.node)
    }

    fn unproven(&self, id: Id, why: String) -> Result<(), Unproven> {
        let mut at = Some(id);
        while let Some(here) = at {
            if let Some(span) = self.draft.file_span(here) {
                return Err(Unproven { at: span.start, why });
            }
            at = self.draft.node(here).parent;
        }
        Err(Unproven { at: 0, why })
    }
}

fn key_of(tree: &Tree, container: NodeId, index: usize) -> NodeId {
    match &tree.node(container).kind {
        Kind::Map { entries, .. } => entries[index].key,
        _ => child_value(tree, container, index),
    }
}
