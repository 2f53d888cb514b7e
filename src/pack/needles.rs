//! Needles: texts that must be in a file's bytes for a rule to matter, so that other files are never parsed.

/// All groups must be there, one text of each. No group: every file is a candidate (refused when the pack loads).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Needles {
    pub groups: Vec<Vec<String>>,
}

impl Needles {
    /// Whether `text` may hold something for the rule.
    pub fn may_hit(&self, text: &str) -> bool {
        self.groups.iter().all(|group| group.iter().any(|needle| text.contains(needle.as_str())))
    }
}
