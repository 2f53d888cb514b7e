//! Where nodes came from: their bytes in the file, and what held there.
use super::{Body, Draft, Id, Origin};
use crate::source::Span;
use crate::yaml::branch::{Branches, Condition};
use crate::yaml::tree::{NodeId, Tree};

impl Draft {
    /// The conditions that the entry of a node came from, in its text, where that is a template; none for new nodes.
    pub fn conditions(&self, id: Id) -> &[Condition] {
        self.of_origin(id, |branches, tree, node| branches.around(tree, node))
    }

    /// The conditions that the first byte of a node stood under: those of its entry, or more.
    pub fn own_conditions(&self, id: Id) -> &[Condition] {
        match self.node(id).body {
            // Those of a collection are those of its children.
            Body::Scalar { .. } => self.of_origin(id, |branches, tree, node| branches.at(tree.node(node).span.start)),
            _ => self.conditions(id),
        }
    }

    fn of_origin<'d>(&'d self, id: Id, ask: impl Fn(&'d Branches, &'d Tree, NodeId) -> &'d [Condition]) -> &'d [Condition] {
        let Some(origin) = self.node(id).origin else { return &[] };
        let text = &self.texts[origin.text];
        text.branches.as_ref().map_or(&[], |branches| ask(branches, &text.tree, origin.node))
    }

    /// Columns that the lines of text `t` are indented by in the file.
    pub fn indent(&self, t: usize) -> usize {
        self.texts[t].host.as_ref().map_or(0, |host| host.carry.indent() + self.indent(host.scalar.text))
    }

    /// The scalar `node` of text `t`, where it was opened and changed: its root in there.
    pub fn changed_inside(&self, t: usize, node: NodeId) -> Option<Origin> {
        let host = self.nodes.iter().find(|n| n.dirty && n.origin == Some(Origin { text: t, node }))?;
        let Body::Embedded { text, .. } = host.body else { return None };
        Some(Origin { text, node: self.texts[text].tree.docs.first()?.root })
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
