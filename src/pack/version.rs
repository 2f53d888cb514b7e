//! Versions of a chain, ranges of them, and the phase of a migration (LANGUAGE §4).
use super::{Bump, Honoured};
use crate::report::When;

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
    /// The old form is dead where it runs: the rewrite switches something on. `acts_now`: the running version acts on
    /// the new form.
    Wakes {
        acts_now: bool,
    },
    /// Left out: the target does not act on the new form, or still acts on what would be deleted.
    LeftOut,
}

impl Phase {
    /// The same for reports; none for what is left out.
    pub fn when(self) -> Option<When> {
        match self {
            Phase::Before => Some(When::Before),
            Phase::Any => Some(When::Any),
            Phase::After => Some(When::After),
            Phase::Gap => Some(When::Gap),
            Phase::Wakes { .. } => Some(When::Wakes),
            Phase::LeftOut => None,
        }
    }
}

impl Version {
    /// `1.27`, `v1.27`, `1.27.x`. Text behind the numbers (`-rc.1`) is dropped.
    pub fn parse(text: &str) -> Option<Version> {
        let text = text.trim();
        let text = text.strip_prefix('v').unwrap_or(text);
        let text = text.split(['-', '+']).next().unwrap_or(text);
        let text = text.strip_suffix(".x").or_else(|| text.strip_suffix(".*")).unwrap_or(text);
        let parts: Option<Vec<u64>> = text.split('.').map(|part| part.parse().ok()).collect();
        parts.map(Version)
    }

    /// Whether this version is `short` or one of its patches: `1.26.2` is within `1.26`.
    pub fn is_within(&self, short: &Version) -> bool {
        self.0.starts_with(&short.0)
    }
}

impl std::fmt::Display for Version {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0.iter().map(u64::to_string).collect::<Vec<_>>().join("."))
    }
}

impl Range {
    /// `A..B`, `A..`, `..B`, `..`, `never`.
    pub fn parse(text: &str) -> Option<Range> {
        if text == "never" {
            return Some(Range { from: None, until: None, never: true });
        }
        let (from, until) = text.split_once("..")?;
        let end = |text: &str| match text.trim() {
            "" => Some(None),
            text => Version::parse(text).map(Some),
        };
        Some(Range { from: end(from)?, until: end(until)?, never: false })
    }

    pub fn holds(&self, version: &Version) -> bool {
        !self.never
            && self.from.as_ref().is_none_or(|from| version >= from)
            && self.until.as_ref().is_none_or(|until| version < until)
    }
}

impl std::fmt::Display for Range {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let end = |v: &Option<Version>| v.as_ref().map(Version::to_string).unwrap_or_default();
        if self.never { f.write_str("never") } else { write!(f, "{}..{}", end(&self.from), end(&self.until)) }
    }
}

/// The phase of a rule between the version that runs and the one to go to.
pub fn phase(honoured: &Honoured, from: &Version, to: &Version) -> Phase {
    match (&honoured.old, &honoured.new) {
        (None, None) => Phase::Any,
        // A rule that deletes.
        (Some(old), None) => match (old.holds(from), old.holds(to)) {
            (_, true) => Phase::LeftOut,
            (true, false) => Phase::After,
            (false, false) => Phase::Any,
        },
        // A rule that adds.
        (None, Some(new)) => match (new.holds(from), new.holds(to)) {
            (_, false) => Phase::LeftOut,
            (true, true) => Phase::Any,
            (false, true) => Phase::After,
        },
        (Some(old), Some(new)) => match (new.holds(from), new.holds(to), old.holds(from), old.holds(to)) {
            (_, false, _, _) => Phase::LeftOut,
            (acts_now, true, false, _) => Phase::Wakes { acts_now },
            (true, true, true, false) => Phase::Before,
            (true, true, true, true) => Phase::Any,
            (false, true, true, true) => Phase::After,
            (false, true, true, false) => Phase::Gap,
        },
    }
}

impl Bump {
    /// What is written where the file has form `old` of the table (its index), and when; none: nothing newer is served.
    pub fn written(&self, old: usize, from: &Version, to: &Version) -> Option<(String, Phase)> {
        let (newest, (name, range)) = self.serve.iter().enumerate().rev().find(|(_, (_, range))| range.holds(to))?;
        if newest <= old {
            return None;
        }
        let honoured = Honoured { old: Some(self.serve[old].1.clone()), new: Some(range.clone()) };
        match phase(&honoured, from, to) {
            Phase::LeftOut => None,
            phase => Some((name.clone(), phase)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn v(text: &str) -> Version {
        Version::parse(text).expect("a version")
    }

    fn window(old: Option<&str>, new: Option<&str>) -> Honoured {
        let range = |text: &str| Range::parse(text).expect("a range");
        Honoured { old: old.map(range), new: new.map(range) }
    }

    #[test]
    fn versions_compare_by_number() {
        assert!(v("1.9") < v("1.22") && v("v1.26.2") > v("1.26") && v("1.26.x") == v("1.26"));
        assert!(v("1.26.2").is_within(&v("1.26")) && !v("1.2").is_within(&v("1.26")));
        assert!(Version::parse("latest").is_none());
    }

    #[test]
    fn phases_of_the_table() {
        let at = |old, new, from: &str| phase(&window(old, new), &v(from), &v("1.27"));
        assert_eq!(at(Some("..1.27"), Some("1.24.."), "1.26"), Phase::Before);
        assert_eq!(at(Some(".."), Some("1.24.."), "1.26"), Phase::Any);
        assert_eq!(at(Some(".."), Some("1.27.."), "1.26"), Phase::After);
        assert_eq!(at(Some("..1.27"), Some("1.27.."), "1.26"), Phase::Gap);
        assert_eq!(at(Some("..1.23"), Some("1.22.."), "1.26"), Phase::Wakes { acts_now: true });
        assert_eq!(at(Some("never"), Some("1.27.."), "1.26"), Phase::Wakes { acts_now: false });
        assert_eq!(at(Some(".."), Some("1.28.."), "1.26"), Phase::LeftOut);
        assert_eq!(at(Some("..1.28"), None, "1.26"), Phase::LeftOut);
        assert_eq!(at(Some("..1.27"), None, "1.26"), Phase::After);
        assert_eq!(at(Some("..1.25"), None, "1.26"), Phase::Any);
        assert_eq!(at(None, Some("1.27.."), "1.26"), Phase::After);
        assert_eq!(at(None, Some("1.24.."), "1.26"), Phase::Any);
        assert_eq!(at(None, None, "1.26"), Phase::Any);
    }
}
