//! Anchors and aliases: what a change at one place reaches elsewhere.
use super::{Body, Draft, Id, Mark, Node, Undo};
use std::collections::{BTreeSet, HashMap, HashSet};

impl Draft {
    /// A place that the changes since `mark` reach through an anchor, though nobody meant it, and where from: an alias of
    /// something that changed, unless it is in `root` and one of the `meant`; or the anchored node itself where `root` only
    /// holds an alias of it.
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

    /// A key that a map lost since `mark`, though a merge key of that map brings one of the same name, which now counts.
    pub fn unshadowed_since(&self, mark: Mark) -> Option<(Id, String)> {
        let mut was: HashMap<Id, &Node> = HashMap::new();
        for undo in &self.journal[mark.journal.min(self.journal.len())..] {
            if let Undo::Node(id, node) = undo {
                was.entry(*id).or_insert(node);
            }
        }
        let of_key = |id: &Id| self.node(*id).parent.filter(|_| matches!(self.node(*id).body, Body::Scalar { .. }));
        let maps: BTreeSet<Id> = was.keys().copied().chain(was.keys().filter_map(of_key)).collect();
        maps.into_iter().find_map(|map| {
            let merged = self.children(map).iter().filter(|c| self.key_text(c) == Some("<<")).map(|c| c.value);
            let brought: Vec<&str> = merged.flat_map(|value| self.brought(value)).collect();
            let old = match was.get(&map).map_or(&self.node(map).body, |node| &node.body) {
                Body::Map { children, .. } if !brought.is_empty() => children,
                _ => return None,
            };
            let text = |key: &Id| match was.get(key).map_or(&self.node(*key).body, |node| &node.body) {
                Body::Scalar { text, .. } => Some(text.clone()),
                _ => None,
            };
            let gone = |key: &String| self.find(map, key).is_none() && brought.contains(&key.as_str());
            old.iter().filter_map(|c| c.key.as_ref().and_then(text)).find(gone).map(|key| (map, key))
        })
    }

    /// The keys that the value of a merge key brings.
    fn brought(&self, value: Id) -> Vec<&str> {
        let value = self.resolve(value);
        match &self.node(value).body {
            Body::Seq { children, .. } => children.iter().flat_map(|c| self.brought(c.value)).collect(),
            Body::Map { children, .. } => children
                .iter()
                .flat_map(|c| match self.key_text(c) {
                    Some("<<") => self.brought(c.value),
                    key => key.into_iter().collect(),
                })
                .collect(),
            _ => Vec::new(),
        }
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
