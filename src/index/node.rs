//! Steps through a document that is only read.
use crate::pack::path::{Path, Segment};
use crate::yaml::draft::{Body, Draft, Id};
use crate::yaml::value::Value;

/// A node of a document; aliases are looked through.
#[derive(Clone, Copy)]
pub(super) struct At<'d> {
    draft: &'d Draft,
    id: Id,
}

impl<'d> At<'d> {
    pub(super) fn new(draft: &'d Draft, id: Id) -> Self {
        At { draft, id: draft.resolve(id) }
    }

    /// The member of a map.
    pub(super) fn get(self, key: &str) -> Option<At<'d>> {
        let at = self.draft.find(self.id, key)?;
        Some(At::new(self.draft, self.draft.children(self.id)[at].value))
    }

    pub(super) fn is_map(self) -> bool {
        self.draft.is_map(self.id)
    }

    /// The items of a list; nothing where there is no list.
    pub(super) fn items(self) -> impl Iterator<Item = At<'d>> {
        let items = if self.draft.is_seq(self.id) { self.draft.children(self.id) } else { &[] };
        items.iter().map(move |c| At::new(self.draft, c.value))
    }

    /// The items of the list that is the member `key`.
    pub(super) fn list(self, key: &str) -> impl Iterator<Item = At<'d>> {
        self.get(key).into_iter().flat_map(At::items)
    }

    /// The byte of the file at which it starts.
    pub(super) fn start(self) -> usize {
        self.draft.file_span(self.id).map_or(0, |span| span.start)
    }

    /// The text of a scalar that is not null.
    pub(super) fn text(self) -> Option<&'d str> {
        match &self.draft.node(self.id).body {
            Body::Scalar { value: Value::Null, .. } => None,
            Body::Scalar { text, .. } => Some(text),
            _ => None,
        }
    }

    /// The text of the member `key`.
    pub(super) fn text_of(self, key: &str) -> Option<&'d str> {
        self.get(key)?.text()
    }

    /// Where a path of names, indices and `[*]` leads; nowhere for any other path.
    pub(super) fn hits(self, path: &Path) -> Vec<At<'d>> {
        path.segments.iter().fold(vec![self], |found, segment| found.into_iter().flat_map(|at| at.step(segment)).collect())
    }

    fn step(self, segment: &Segment) -> Vec<At<'d>> {
        match segment {
            Segment::Name(name) => self.get(name).into_iter().collect(),
            Segment::Index(at) => {
                let len = self.items().count() as i64;
                usize::try_from(if *at < 0 { len + at } else { *at })
                    .ok()
                    .and_then(|at| self.items().nth(at))
                    .into_iter()
                    .collect()
            }
            Segment::Many(many) if matches!(many.trim_matches(['[', ']', '.']), "*") => {
                self.draft.children(self.id).iter().map(|c| At::new(self.draft, c.value)).collect()
            }
            Segment::Append | Segment::Many(_) => Vec::new(),
        }
    }
}
