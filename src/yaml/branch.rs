//! Parts of a text that hold only under a condition, as the branches of a template do.

use super::tree::{NodeId, Tree};
use super::trivia::{child_count, child_start, entry_start};

/// Which conditions hold where.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Branches {
    /// From which byte on which conditions hold, the outermost first; by position. Before the first, none does.
    marks: Vec<(usize, Vec<String>)>,
}

impl Branches {
    /// From marks in order of their bytes.
    pub fn new(marks: Vec<(usize, Vec<String>)>) -> Self {
        Branches { marks }
    }

    /// The conditions that byte `at` stands under.
    pub fn at(&self, at: usize) -> &[String] {
        let next = self.marks.partition_point(|(from, _)| *from <= at);
        next.checked_sub(1).map_or(&[], |i| self.marks[i].1.as_slice())
    }

    /// The conditions that a node stands under: those of the key or dash that holds it; of a root, those that all its
    /// children share.
    pub fn around(&self, tree: &Tree, node: NodeId) -> &[String] {
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
