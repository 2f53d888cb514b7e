//! Texts that end without a line break: what a block scalar there means to different readers.
use super::multiline::block_scalar_holds;
use super::{Refusal, Renderer};
use crate::yaml::draft::{Body, Child};
use crate::yaml::tree::{Kind, NodeId, ScalarStyle};
use crate::yaml::trivia::{self, child_value, line_end};

impl Renderer<'_> {
    /// Nothing can follow a block scalar that ends the text without a line break: readers differ on whether its value has
    /// one, and with lines behind it, it would. YAML that lives in such a scalar and is changed does not mind.
    pub(super) fn no_open_scalar(&self, t: usize, node: NodeId) -> Result<(), Refusal> {
        if self.text(t).ends_with('\n') { Ok(()) } else { self.ends_closed(t, node) }
    }

    fn ends_closed(&self, t: usize, node: NodeId) -> Result<(), Refusal> {
        let (text, tree) = (self.text(t), self.tree(t));
        let mut last = node;
        while trivia::is_block(tree, last) {
            last = child_value(tree, last, trivia::child_count(tree, last) - 1);
        }
        let Kind::Scalar { style: ScalarStyle::Literal | ScalarStyle::Folded, .. } = tree.node(last).kind else { return Ok(()) };
        let start = tree.node(last).span.start;
        if text[start..line_end(text, start)].split([' ', '\t']).next().is_some_and(|header| header.contains('-')) {
            return Ok(());
        }
        if let Some(inside) = self.draft.changed_inside(t, last) {
            return self.ends_closed(inside.text, inside.node);
        }
        self.refuse(
            t,
            start,
            "this text block ends without a line break, which YAML readers take in different ways: whatever is put behind it \
             may change its value. Put a line break at its end first",
        )
    }
}

/// Whether the last scalar is written in a style in which the end of the text counts.
pub(super) fn ends_in_block_scalar(renderer: &Renderer, children: &[Child]) -> bool {
    let Some(last) = children.last() else { return false };
    match &renderer.draft.node(last.value).body {
        Body::Embedded { text, .. } if renderer.made(*text).is_some() => super::outer_text(renderer.draft, last.value)
            .is_ok_and(|text| text.ends_with('\n') && block_scalar_holds(&text, false)),
        Body::Embedded { .. } => renderer.draft.node(last.value).origin.is_some_and(|origin| {
            let host = &renderer.tree(origin.text).node(origin.node).kind;
            matches!(host, Kind::Scalar { style: ScalarStyle::Literal | ScalarStyle::Folded, .. })
        }),
        // Stripped of its last line break, it does not count.
        Body::Scalar { text, .. } if !text.ends_with('\n') => false,
        Body::Scalar { style: ScalarStyle::Literal | ScalarStyle::Folded, .. } => true,
        // Written as a block scalar, too, unless it is kept as it is.
        Body::Scalar { text, .. } => {
            let node = renderer.draft.node(last.value);
            (node.dirty || node.origin.is_none()) && block_scalar_holds(text, false)
        }
        Body::Map { children, .. } | Body::Seq { children, .. } => ends_in_block_scalar(renderer, children),
        _ => false,
    }
}

/// Whether the last scalar is not the one that stood at the end of the text.
pub(super) fn changed_at_the_end(renderer: &Renderer, children: &[Child]) -> bool {
    let Some(last) = children.last() else { return false };
    let node = renderer.draft.node(last.value);
    let stood = node.origin.is_some_and(|o| {
        renderer.tree(o.text).node(o.node).span.end >= renderer.text(o.text).trim_end_matches(['\r', '\n']).len()
    });
    match &node.body {
        Body::Map { children, .. } | Body::Seq { children, .. } => changed_at_the_end(renderer, children),
        Body::Embedded { text, .. } if renderer.made(*text).is_some() => true,
        // An opened text that stood there before has its own way back, unless it ends in another block scalar itself.
        Body::Embedded { root, .. } => {
            let inner = renderer.draft.children(*root);
            !stood || ends_in_block_scalar(renderer, inner) && changed_at_the_end(renderer, inner)
        }
        _ => node.dirty || !stood,
    }
}
