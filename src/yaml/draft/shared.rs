//! Anchors and aliases: what a change at one place reaches elsewhere.
use super::{Body, Draft, Id, Mark, Undo};

impl Draft {
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
}
