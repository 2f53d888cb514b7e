//! Where bytes are before and after edits.
use super::{Splice, Step};
use crate::source::Span;

/// A span of the text after `steps`, on disk.
pub fn on_disk(steps: &[Step], span: Span) -> Span {
    let back = |at: usize| steps.iter().rev().fold(at, |at, step| before(&step.splices, at));
    let (start, end) = (back(span.start), back(span.end));
    start..end.max(start)
}

/// Where byte `at` of the new text was in the old one; the start of what a splice replaced, for new text.
fn before(splices: &[Splice], at: usize) -> usize {
    traced(splices, at).0
}

/// The same, and whether the byte is of new text.
pub fn traced(splices: &[Splice], at: usize) -> (usize, bool) {
    let mut shift = 0_isize;
    for splice in splices {
        let start = splice.at.start.saturating_add_signed(shift);
        if at < start {
            break;
        }
        if at < start + splice.with.len() {
            return (splice.at.start, true);
        }
        shift += splice.with.len() as isize - splice.at.len() as isize;
    }
    (at.saturating_add_signed(-shift), false)
}

/// Where byte `at` of a text is after `splices`.
pub fn after(splices: &[Splice], at: usize) -> usize {
    let mut moved = at;
    for splice in splices.iter().take_while(|splice| splice.at.start < at) {
        match splice.at.end <= at {
            true => moved = moved + splice.with.len() - splice.at.len(),
            false => return moved - (at - splice.at.start),
        }
    }
    moved
}

/// What a step touched, splice by splice: the bytes on disk that it replaced, and those of the text after all steps that stand
/// there now. Either may be empty.
pub fn touched(steps: &[Step], nth: usize) -> Vec<(Span, Span)> {
    let forth = |at: usize| steps[nth + 1..].iter().fold(at, |at, step| after(&step.splices, at));
    let mut shift = 0_isize;
    let both = |splice: &Splice| {
        let start = splice.at.start.saturating_add_signed(shift);
        shift += splice.with.len() as isize - splice.at.len() as isize;
        let (from, to) = (forth(start), forth(start + splice.with.len()));
        (on_disk(&steps[..nth], splice.at.clone()), from..to.max(from))
    };
    steps[nth].splices.iter().map(both).collect()
}

/// Whether byte `at` is taken out by `splices`, with nothing in its place.
pub fn is_gone(splices: &[Splice], at: usize) -> bool {
    splices.iter().any(|splice| splice.at.contains(&at) && splice.with.trim().is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_find_their_way_back() {
        let splices = [Splice { at: 2..4, with: "xyz".into() }, Splice { at: 6..6, with: "!".into() }];
        // ab[cd→xyz]ef[→!]gh
        let new = super::super::apply("abcdefgh", &splices);
        assert_eq!(new, "abxyzef!gh");
        let back: Vec<usize> = (0..=new.len()).map(|at| before(&splices, at)).collect();
        assert_eq!(back, [0, 1, 2, 2, 2, 4, 5, 6, 6, 7, 8]);
    }

    #[test]
    fn bytes_find_their_new_place() {
        let splices = [Splice { at: 2..4, with: "xyz".into() }, Splice { at: 6..6, with: "!".into() }];
        // ab[cd→xyz]ef[→!]gh
        assert_eq!(super::super::apply("abcdefgh", &splices), "abxyzef!gh");
        let places: Vec<usize> = (0..=8).map(|at| after(&splices, at)).collect();
        assert_eq!(places, [0, 1, 2, 2, 5, 6, 7, 9, 10]);
    }

    #[test]
    fn what_a_step_touched_is_known_on_both_sides() {
        let step = |splices: Vec<Splice>| Step {
            migration: String::new(),
            splices,
            matches: 1,
            at: Vec::new(),
            when: Default::default(),
            removed_comments: Vec::new(),
            verbs: Vec::new(),
        };
        // abcdefgh → abXYZefgh → !abXYZe-h
        let first = step(vec![Splice { at: 2..4, with: "XYZ".into() }]);
        let second = step(vec![Splice { at: 0..0, with: "!".into() }, Splice { at: 6..8, with: "-".into() }]);
        let steps = [first, second];
        assert_eq!(touched(&steps, 0), [(2..4, 3..6)]);
        assert_eq!(touched(&steps, 1), [(0..0, 0..1), (5..7, 7..8)]);
    }
}
