//! Edits that a person is asked about: which are made, and where each of them is.
use super::lens::Hit;
use super::said::place;
use crate::report::{Decisions, Step, on_disk};
use crate::source::Span;
use crate::yaml::draft::Draft;

/// What was answered so far, and the steps that lead from the text on disk to the one at hand.
#[derive(Clone, Copy)]
pub struct Choice<'a> {
    pub decisions: &'a Decisions,
    pub steps: &'a [Step],
}

impl Choice<'_> {
    /// The place of a hit on disk, before it is edited.
    pub fn place(&self, draft: &Draft, hit: Hit) -> Span {
        on_disk(self.steps, nearest(draft, hit))
    }
}

/// The place of a hit; of one that has none, as an edit made it, that of what holds it.
pub fn nearest(draft: &Draft, hit: Hit) -> Span {
    let mut at = hit.id;
    while draft.file_span(at).is_none() {
        match draft.node(at).parent {
            Some(parent) => at = parent,
            None => return 0..0,
        }
    }
    if at == hit.id { place(draft, hit) } else { place(draft, Hit::node(at)) }
}
