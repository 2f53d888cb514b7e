//! Parts of a text that hold only under a condition, as the branches of a template do.

use super::tree::{NodeId, Tree};
use super::trivia::{child_count, child_start, entry_start};

/// One condition.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Condition {
    /// What opens it, such as `if .Values.x`.
    pub opened: String,
    /// What was said of it since, such as `else if .Values.y` and `else`; nothing in the first branch.
    pub turns: Vec<String>,
}

impl std::fmt::Display for Condition {
    fn fmt(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
        f.write_str(&self.opened)?;
        self.turns.iter().try_for_each(|turn| write!(f, " / {turn}"))
    }
}

/// Which conditions hold where.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Branches {
    /// From which byte on which conditions hold, the outermost first; by position. Before the first, none does.
    marks: Vec<(usize, Vec<Condition>)>,
}

impl Branches {
    /// From marks in order of their bytes.
    pub fn new(marks: Vec<(usize, Vec<Condition>)>) -> Self {
        Branches { marks }
    }

    /// Every condition that something stands under, in its branch.
    pub fn all(&self) -> impl Iterator<Item = &Condition> {
        self.marks.iter().flat_map(|(_, conditions)| conditions)
    }

    /// The conditions that byte `at` stands under.
    pub fn at(&self, at: usize) -> &[Condition] {
        let next = self.marks.partition_point(|(from, _)| *from <= at);
        next.checked_sub(1).map_or(&[], |i| self.marks[i].1.as_slice())
    }

    /// The conditions that a node stands under: those of the key or dash that holds it; of a root, those that all its
    /// children share.
    pub fn around(&self, tree: &Tree, node: NodeId) -> &[Condition] {
        if let Some(start) = entry_start(tree, node) {
            return self.at(start);
        }
        let mut shared = self.at(tree.node(node).span.start);
        for index in 0..child_count(tree, node) {
            let here = self.at(child_start(tree, node, index));
            let same = shared.iter().zip(here).take_while(|(a, b)| a == b).count();
            shared = &shared[..same];
        }
        shared
    }
}
