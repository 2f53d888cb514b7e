//! Anchors and aliases: what a change at one place reaches elsewhere.
use super::{Body, Draft, Id, Mark, Undo};
use std::collections::HashSet;

impl Draft {
    /// A place that the changes since `mark` reach through an anchor, though nobody meant it, and where from: an alias of something that
    /// changed, unless it is in `root` and one of the `meant`; or the anchored node itself where `root` only holds an alias
    /// of it.
    pub fn shared_since(&self, mark: Mark, root: Id, meant: &[Id]) -> Option<(Id, Id)> {
        let undo = &self.journal[mark.journal.min(self.journal.len())..];
        let changed: HashSet<Id> = undo.iter().filter_map(|u| if let Undo::Node(id, _) = u { Some(*id) } else { None }).collect();
        let mut reached = self.aliases().filter(|(_, target)| changed.contains(target));
        reached.find_map(|(alias, target)| match (self.is_within(alias, root), self.is_within(target, root)) {
            (true, true) if meant.contains(&alias) => None,
            (true, false) => Some((target, alias)),
            _ => Some((alias, target)),
        })
    }

    /// An alias whose anchored node is no longer part of a document.
    pub fn dangling(&self) -> Option<Id> {
        self.aliases().find(|(_, target)| !self.is_attached(*target)).map(|(alias, _)| alias)
    }

    /// Aliases that are part of a document, with the nodes they stand for.
    fn aliases(&self) -> impl Iterator<Item = (Id, Id)> + '_ {
        self.aliases.iter().filter_map(|alias| match self.node(*alias).body {
            Body::Alias(target) => Some((*alias, target)).filter(|_| self.is_attached(*alias)),
            _ => None,
        })
    }

    /// Whether `id` is `root` or below it.
    pub fn is_within(&self, id: Id, root: Id) -> bool {
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
