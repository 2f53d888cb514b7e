//! Versions of a chain, ranges of them, and the phase of a migration (LANGUAGE §4).

/// `1.27`: numbers compared one by one.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Version(pub Vec<u64>);

/// `A..B`: from A on, gone in B. `never` is empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Range {
    pub from: Option<Version>,
    pub until: Option<Version>,
    pub never: bool,
}

/// When a migration may be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Phase {
    Before,
    Any,
    After,
    Gap,
    /// The old form is dead where it runs: the rewrite switches something on. `acts_now`: the running version acts on the new form.
    Wakes {
        acts_now: bool,
    },
    /// Left out: the target does not act on the new form, or still acts on what would be deleted.
    LeftOut,
}

impl std::fmt::Display for Version {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0.iter().map(u64::to_string).collect::<Vec<_>>().join("."))
    }
}

impl super::Bump {
    /// What is written where the file has form `old` of the table (its index), and when; none: nothing newer is served.
    pub fn written(&self, _old: usize, _from: &Version, _to: &Version) -> Option<(String, Phase)> {
        None
    }
}
