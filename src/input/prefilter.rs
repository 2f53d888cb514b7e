//! Which files can matter at all? Looks for the needles of all rules in raw bytes. The only module that knows aho-corasick.
use aho_corasick::{AhoCorasick, MatchKind};
use std::collections::HashMap;

/// The needles of every rule of a run, ready to search.
///
/// Two searches: most files end at the first, which looks for one telling group per rule and stops at a hit; the second
/// finds every needle and then asks which rule has all of its groups.
#[derive(Debug)]
pub struct Prefilter {
    /// Some rule has no needle: every file matters.
    always: bool,
    first: AhoCorasick,
    all: AhoCorasick,
    /// Rule → groups → needles, by index in `all`.
    rules: Vec<Vec<Vec<usize>>>,
}

impl Prefilter {
    /// From the groups of each rule: a file matters where some rule finds one text of each of its groups.
    ///
    /// # Errors
    /// More needles than can be searched at once.
    pub fn new<'a>(rules: impl IntoIterator<Item = &'a [Vec<String>]>) -> Result<Self, String> {
        let mut needles: Vec<&str> = Vec::new();
        let mut known: HashMap<&str, usize> = HashMap::new();
        let mut telling: Vec<&str> = Vec::new();
        let mut indexed = Vec::new();
        let mut always = false;
        for groups in rules {
            // An empty text is in every file, so its group asks for nothing.
            let groups: Vec<&Vec<String>> = groups.iter().filter(|g| !g.iter().any(String::is_empty)).collect();
            // The longest of the shortest: the rarest text is likely the longest.
            let Some(best) = groups.iter().max_by_key(|g| g.iter().map(String::len).min()) else {
                always = true;
                continue;
            };
            telling.extend(best.iter().map(String::as_str));
            let mut index = |needle: &'a str| {
                *known.entry(needle).or_insert_with(|| {
                    needles.push(needle);
                    needles.len() - 1
                })
            };
            indexed.push(groups.iter().map(|g| g.iter().map(|n| index(n)).collect()).collect());
        }
        indexed.sort();
        indexed.dedup();
        telling.sort_unstable();
        telling.dedup();
        let first = AhoCorasick::builder().match_kind(MatchKind::LeftmostFirst).build(telling).map_err(|e| e.to_string())?;
        let all = AhoCorasick::new(&needles).map_err(|e| e.to_string())?;
        Ok(Prefilter { always, first, all, rules: indexed })
    }

    /// Whether some rule may have something to do in a file of these bytes. `seen` is a buffer to reuse.
    pub fn may_matter(&self, bytes: &[u8], seen: &mut Vec<bool>) -> bool {
        if self.always {
            return true;
        }
        if !self.first.is_match(bytes) {
            return false;
        }
        seen.clear();
        seen.resize(self.all.patterns_len(), false);
        for hit in self.all.find_overlapping_iter(bytes) {
            seen[hit.pattern().as_usize()] = true;
        }
        self.rules.iter().any(|groups| groups.iter().all(|group| group.iter().any(|needle| seen[*needle])))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matters(rules: &[&[&[&str]]], text: &str) -> bool {
        let rules: Vec<Vec<Vec<String>>> =
            rules.iter().map(|groups| groups.iter().map(|g| g.iter().map(|n| (*n).to_owned()).collect()).collect()).collect();
        let filter = Prefilter::new(rules.iter().map(Vec::as_slice)).unwrap();
        filter.may_matter(text.as_bytes(), &mut vec![true; 3])
    }

    #[test]
    fn every_group_of_one_rule() {
        let rules: &[&[&[&str]]] = &[&[&["kind: A", "A"], &["old"]], &[&["B"], &["new"]]];
        assert!(matters(rules, "kind: A\nold: 1"));
        assert!(matters(rules, "new B"));
        assert!(!matters(rules, "kind: A\nnew: 1"));
        assert!(!matters(rules, ""));
    }

    #[test]
    fn a_needle_inside_another_is_seen() {
        let rules: &[&[&[&str]]] = &[&[&["tracing"], &["ac"]], &[&["xtracingx"], &["no"]]];
        assert!(matters(rules, "xtracingx"));
        assert!(matters(&[&[&["ab"], &["bc"]]], "abc"));
    }

    #[test]
    fn a_rule_without_needles_takes_every_file() {
        assert!(matters(&[&[]], ""));
        assert!(matters(&[&[&[""]], &[&["x"]]], "y"));
        assert!(!matters(&[], "y"));
        assert!(!matters(&[&[&[]]], "y"), "an empty group can never hit");
    }
}
