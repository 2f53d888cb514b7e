//! The edits of a file, as changes of the text on disk, in groups that each make sense alone.
//!
//! Steps build on each other: a change that an earlier one prepared may be wrong without it. What one step does at one place is
//! proven to stand alone, as places are accepted one by one; what several steps do to one document is kept together.
use super::lines::Lines;
use crate::report::{Splice, Step, apply};
use crate::source::Span;
use std::collections::HashMap;

/// Changes of the text on disk that belong together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fix {
    /// Sorted, disjoint.
    pub splices: Vec<Splice>,
    /// The places that it deals with, by their index in `Edits::places`.
    pub places: Vec<usize>,
}

/// What the steps of a file do.
#[derive(Debug, Default)]
pub struct Edits {
    pub places: Vec<Place>,
    /// Disjoint; all of them together are all steps.
    pub fixes: Vec<Fix>,
}

/// What one step does at one place.
#[derive(Debug)]
pub struct Place {
    /// Index of the step.
    pub step: usize,
    /// Bytes on disk of the first change there; of the place itself, where it lies in that, or none is told apart.
    pub at: Span,
    /// Index of the fix; none where nothing of it is told apart.
    pub fix: Option<usize>,
}

/// A change of the text on disk, and the steps that made it.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Piece {
    at: Span,
    with: String,
    steps: Vec<usize>,
}

/// The edits that lead from `text` on disk through `steps`.
pub fn edits(text: &str, steps: &[Step]) -> Edits {
    let pieces = composed(text, steps);
    let lines = Lines::new(text, false);
    let mut places: Vec<(usize, Span)> = Vec::new();
    for (nth, step) in steps.iter().enumerate() {
        let told = step.at.iter().map(|at| (nth, at.clone()));
        let before = places.len();
        places.extend(told);
        // A step has a place, whatever it says.
        let first = pieces.iter().find(|piece| piece.steps.contains(&nth)).map_or(0..0, |piece| piece.at.clone());
        places.extend((places.len() == before).then_some((nth, first)));
    }
    let documents = documents(text);
    let of_steps = OfStep::all(&places, steps.len(), &lines);
    let mut together = Together::new(pieces.len() + places.len());
    let mut first: Vec<Option<usize>> = vec![None; places.len()];
    for (nth, piece) in pieces.iter().enumerate() {
        for step in &piece.steps {
            for place in of_steps[*step].of(piece, &documents) {
                together.join(nth, pieces.len() + place);
                first[place] = first[place].or(Some(nth));
            }
        }
    }
    for document in &documents {
        let start = pieces.partition_point(|piece| piece.at.end < document.start);
        let near = pieces[start..].iter().take_while(|piece| piece.at.start <= document.end).enumerate();
        let mut here = near.filter(|(_, piece)| touches(document, &piece.at)).map(|(nth, _)| start + nth);
        let Some(one) = here.next() else { continue };
        let rest: Vec<usize> = here.collect();
        if rest.iter().any(|other| pieces[*other].steps != pieces[one].steps) {
            rest.into_iter().for_each(|other| together.join(one, other));
        }
    }
    let mut out = Edits::default();
    // The fix of each root.
    let mut roots: HashMap<usize, usize> = HashMap::new();
    for (nth, piece) in pieces.iter().enumerate() {
        let root = together.root(nth);
        let known = *roots.entry(root).or_insert_with(|| {
            out.fixes.push(Fix { splices: Vec::new(), places: Vec::new() });
            out.fixes.len() - 1
        });
        out.fixes[known].splices.push(Splice { at: piece.at.clone(), with: piece.with.clone() });
    }
    for (nth, (step, at)) in places.into_iter().enumerate() {
        let root = together.root(pieces.len() + nth);
        let fix = roots.get(&root).copied();
        fix.iter().for_each(|fix| out.fixes[*fix].places.push(nth));
        // What is taken out side by side is one change: each place of it is where it is.
        let own = |piece: &usize| !(pieces[*piece].at.start..pieces[*piece].at.end).contains(&at.start);
        let at = first[nth].filter(own).map_or(at.clone(), |piece| pieces[piece].at.clone());
        out.places.push(Place { step, at, fix });
    }
    out
}

/// The places of one step, by where they start.
#[derive(Debug, Default)]
struct OfStep {
    /// In the lines of each.
    lines: Extents,
    /// In the entry that starts there, with all that is deeper.
    entries: Extents,
}

/// Bytes that belong to places.
#[derive(Debug, Default)]
struct Extents {
    /// Index of each place, and its bytes, by where they start.
    places: Vec<(usize, Span)>,
    /// Where those up to each end at the latest.
    reach: Vec<usize>,
}

impl OfStep {
    fn all(places: &[(usize, Span)], steps: usize, lines: &Lines) -> Vec<OfStep> {
        let mut sorted: Vec<(usize, &(usize, Span))> = places.iter().enumerate().collect();
        sorted.sort_by_key(|(_, (_, place))| place.start);
        let mut all: Vec<OfStep> = (0..steps).map(|_| OfStep::default()).collect();
        for (nth, (step, place)) in sorted {
            let number = lines.number(place.start);
            let start = lines.content(number).start;
            let last = lines.number(place.end.saturating_sub(1).max(place.start));
            let end = lines.content(last + 1).start;
            all[*step].lines.add(nth, start..end);
            all[*step].entries.add(nth, start..entry_end(lines, number).max(end));
        }
        all
    }

    /// The places that a change belongs to, in their order: those in whose lines it is, else in whose entry, else all of the
    /// document, else all.
    fn of(&self, piece: &Piece, documents: &[Span]) -> Vec<usize> {
        let change = &piece.at;
        let inside = || {
            // What is put in before a line of dashes is of the document before; one more document may be of either.
            let put_in = change.is_empty();
            let from = documents.partition_point(|document| document.end < change.start + usize::from(!put_in));
            let reach = if put_in && piece.with.contains("---") { change.end + 1 } else { change.end };
            let to = documents.partition_point(|document| document.start < reach).max(from + 1);
            let (from, to) = (documents.get(from).map_or(0, |one| one.start), documents.get(to - 1).map_or(0, |one| one.end));
            let here = self.lines.places.partition_point(|(_, place)| place.start < from);
            self.lines.places[here..].iter().take_while(|(_, place)| place.start < to).map(|(nth, _)| *nth).collect()
        };
        let ways: [&dyn Fn() -> Vec<usize>; 4] =
            [&|| self.lines.that_hold(change), &|| self.entries.that_hold(change), &inside, &|| {
                self.lines.places.iter().map(|(nth, _)| *nth).collect()
            }];
        let mut found = ways.iter().map(|way| way()).find(|found| !found.is_empty()).unwrap_or_default();
        found.sort_unstable();
        found
    }
}

impl Extents {
    fn add(&mut self, nth: usize, span: Span) {
        self.reach.push(self.reach.last().copied().unwrap_or_default().max(span.end));
        self.places.push((nth, span));
    }

    fn that_hold(&self, change: &Span) -> Vec<usize> {
        let before = self.places.partition_point(|(_, span)| span.start <= change.start);
        let near = (0..before).rev().take_while(|nth| self.reach[*nth] >= change.end);
        near.filter(|nth| self.places[*nth].1.end >= change.end).map(|nth| self.places[nth].0).collect()
    }
}

/// Where the entry that starts in a line ends: before the next line that is not deeper. A list may stand as far left as its
/// name.
fn entry_end(lines: &Lines, number: usize) -> usize {
    let line = |number: usize| &lines.text[lines.content(number)];
    let depth = |line: &str| line.len() - line.trim_start_matches(' ').len();
    let own = line(number);
    let item = own.trim_start().starts_with('-');
    let deeper = |line: &str| {
        let silent = line.trim().is_empty() || line.trim_start().starts_with('#');
        silent || depth(line) > depth(own) || !item && depth(line) == depth(own) && line.trim_start().starts_with("- ")
    };
    let next = (number + 1..lines.count()).find(|next| !deeper(line(*next))).unwrap_or(lines.count());
    lines.content(next).start
}

/// Documents of a file: a line that starts with three dashes is never part of a text in it.
fn documents(text: &str) -> Vec<Span> {
    let mut starts = vec![0];
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        if line.trim_end() == "---" || line.starts_with("--- ") {
            starts.push(at);
        }
        at += line.len();
    }
    let ends = starts.iter().skip(1).copied().chain([text.len() + 1]);
    starts.iter().copied().zip(ends).map(|(start, end)| start..end).filter(|span| !span.is_empty()).collect()
}

/// What is put in between two documents may be of either.
fn touches(document: &Span, change: &Span) -> bool {
    match change.is_empty() {
        true => document.start <= change.start && change.start <= document.end,
        false => change.start < document.end && document.start < change.end,
    }
}

/// The changes of all steps as changes of the text on disk: sorted, disjoint, and together the whole edit.
fn composed(text: &str, steps: &[Step]) -> Vec<Piece> {
    let mut pieces: Vec<Piece> = Vec::new();
    let mut now = text.to_owned();
    for (nth, step) in steps.iter().enumerate() {
        pieces = with_step(&now, &pieces, &step.splices, nth);
        now = apply(&now, &step.splices);
    }
    pieces
}

/// A stretch of the text between two steps in which old changes and new ones touch.
#[derive(Default)]
struct Cluster {
    at: Span,
    pieces: Vec<(Span, usize)>,
    splices: Vec<usize>,
}

/// `pieces` lead to `now`; `splices` are of it.
fn with_step(now: &str, pieces: &[Piece], splices: &[Splice], step: usize) -> Vec<Piece> {
    let mut out: Vec<Piece> = Vec::new();
    // How much longer the text at hand is than the one on disk, up to here.
    let mut shift = 0_isize;
    for cluster in clusters(pieces, splices) {
        let old = |at: usize| at.saturating_add_signed(-shift);
        let (first, last) = (cluster.pieces.first(), cluster.pieces.last());
        let start = match first {
            Some((span, piece)) if span.start <= cluster.at.start => pieces[*piece].at.start,
            _ => old(cluster.at.start),
        };
        for (span, piece) in &cluster.pieces {
            shift += span.len() as isize - pieces[*piece].at.len() as isize;
        }
        let end = match last {
            Some((span, piece)) if span.end >= cluster.at.end => pieces[*piece].at.end,
            _ => cluster.at.end.saturating_add_signed(-shift),
        };
        let own: Vec<Splice> = (cluster.splices.iter())
            .map(|nth| {
                let splice = &splices[*nth];
                Splice { at: splice.at.start - cluster.at.start..splice.at.end - cluster.at.start, with: splice.with.clone() }
            })
            .collect();
        let mut steps: Vec<usize> = cluster.pieces.iter().flat_map(|(_, piece)| pieces[*piece].steps.iter().copied()).collect();
        steps.extend((!own.is_empty()).then_some(step));
        steps.sort_unstable();
        steps.dedup();
        out.push(Piece { at: start..end, with: apply(&now[cluster.at], &own), steps });
    }
    out
}

/// Old and new changes in the order of the text, those of either kind that touch one of the other kind together.
fn clusters(pieces: &[Piece], splices: &[Splice]) -> Vec<Cluster> {
    let mut all: Vec<(Span, Option<usize>, usize)> = Vec::new();
    let mut shift = 0_isize;
    for (nth, piece) in pieces.iter().enumerate() {
        let start = piece.at.start.saturating_add_signed(shift);
        all.push((start..start + piece.with.len(), Some(nth), 0));
        shift += piece.with.len() as isize - piece.at.len() as isize;
    }
    all.extend(splices.iter().enumerate().map(|(nth, splice)| (splice.at.clone(), None, nth)));
    all.sort_by_key(|(span, piece, nth)| (span.start, span.end, piece.unwrap_or(*nth)));
    let mut out: Vec<Cluster> = Vec::new();
    for (span, piece, nth) in all {
        let touching = out.last_mut().filter(|last| {
            let other = if piece.is_some() { !last.splices.is_empty() } else { !last.pieces.is_empty() };
            span.start < last.at.end || span.start == last.at.end && other
        });
        let cluster = match touching {
            Some(cluster) => cluster,
            None => {
                out.push(Cluster { at: span.clone(), ..Cluster::default() });
                out.last_mut().expect("it was just put there")
            }
        };
        cluster.at.end = cluster.at.end.max(span.end);
        match piece {
            Some(piece) => cluster.pieces.push((span, piece)),
            None => cluster.splices.push(nth),
        }
    }
    out
}

/// What belongs together: each knows one that it belongs to.
struct Together(Vec<usize>);

impl Together {
    fn new(len: usize) -> Self {
        Together((0..len).collect())
    }

    fn root(&mut self, mut at: usize) -> usize {
        while self.0[at] != at {
            self.0[at] = self.0[self.0[at]];
            at = self.0[at];
        }
        at
    }

    fn join(&mut self, a: usize, b: usize) {
        let (a, b) = (self.root(a), self.root(b));
        self.0[a.max(b)] = a.min(b);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn step(at: &[Span], splices: &[(Span, &str)]) -> Step {
        Step {
            migration: String::new(),
            splices: splices.iter().map(|(at, with)| Splice { at: at.clone(), with: (*with).to_owned() }).collect(),
            matches: at.len(),
            at: at.to_vec(),
            when: Default::default(),
            removed_comments: Vec::new(),
            verbs: Vec::new(),
        }
    }

    fn span(start: usize, end: usize) -> Vec<Span> {
        std::iter::once(start..end).collect()
    }

    fn texts(text: &str, edits: &Edits) -> Vec<String> {
        edits.fixes.iter().map(|fix| apply(text, &fix.splices)).collect()
    }

    #[test]
    fn the_places_of_one_step_stand_alone() {
        let text = "- a: 1\n- a: 2\n";
        let edits = edits(text, &[step(&[2..6, 9..13], &[(2..3, "b"), (9..10, "b")])]);
        assert_eq!(texts(text, &edits), ["- b: 1\n- a: 2\n", "- a: 1\n- b: 2\n"]);
        assert_eq!(edits.places.iter().map(|place| place.fix).collect::<Vec<_>>(), [Some(0), Some(1)]);
    }

    #[test]
    fn a_change_away_from_the_places_belongs_to_all() {
        let text = "- a: 1\n- a: 2\nz: 0\n";
        let edits = edits(text, &[step(&[2..6, 9..13], &[(2..3, "b"), (9..10, "b"), (14..15, "y")])]);
        assert_eq!(texts(text, &edits), ["- b: 1\n- b: 2\ny: 0\n"]);
        assert_eq!(edits.fixes[0].places, [0, 1]);
    }

    #[test]
    fn a_change_below_its_place_belongs_to_it_alone() {
        let text = "a:\n  x:\n    y: 1\n---\na:\n  x:\n    y: 2\nb: 3\n";
        let change = |from: &str| text.find(from).map(|at| at + 3..at + 4).unwrap();
        let at = [0..1, text.rfind("a:").map(|at| at..at + 1).unwrap()];
        let step = step(&at, &[(change("y: 1"), "7"), (change("y: 2"), "8")]);
        let edits = edits(text, &[step]);
        assert_eq!(edits.fixes.iter().map(|fix| fix.places.clone()).collect::<Vec<_>>(), [vec![0], vec![1]]);
    }

    #[test]
    fn steps_that_touch_a_document_go_together() {
        let text = "a: 1\nb: 1\n---\na: 1\n";
        let first = step(&[0..4, 14..18], &[(3..4, "22"), (17..18, "22")]);
        let second = step(&span(5, 9), &[(9..10, "3")]);
        let edits = edits(text, &[first, second]);
        assert_eq!(texts(text, &edits), ["a: 22\nb: 3\n---\na: 1\n", "a: 1\nb: 1\n---\na: 22\n"]);
        let of: Vec<_> = edits.places.iter().map(|place| (place.step, place.fix)).collect();
        assert_eq!(of, [(0, Some(0)), (0, Some(1)), (1, Some(0))]);
    }

    /// Sorted, disjoint splices of a text of ASCII letters.
    fn splices(len: usize) -> impl Strategy<Value = Vec<Splice>> {
        prop::collection::vec((0..=len, 0..4_usize, "[A-Z]{0,3}"), 0..4).prop_map(move |mut all| {
            all.sort();
            let mut out: Vec<Splice> = Vec::new();
            for (start, width, with) in all {
                let start = out.last().map_or(start, |last| start.max(last.at.end + 1));
                let end = (start + width).min(len);
                if start <= end && (start < end || !with.is_empty()) {
                    out.push(Splice { at: start..end, with });
                }
            }
            out
        })
    }

    proptest! {
        #[test]
        fn changes_of_the_text_on_disk_are_all_steps(picks in prop::collection::vec(splices(12), 1..5)) {
            let text = "abcdefghijkl";
            let (mut now, mut steps) = (text.to_owned(), Vec::new());
            for mut splices in picks {
                splices.retain(|splice| splice.at.end <= now.len());
                now = apply(&now, &splices);
                steps.push(Step { splices, ..step(&span(0, 1), &[]) });
            }
            let pieces = composed(text, &steps);
            let all: Vec<Splice> = pieces.iter().map(|piece| Splice { at: piece.at.clone(), with: piece.with.clone() }).collect();
            prop_assert!(pieces.is_sorted_by(|a, b| a.at.end <= b.at.start), "{pieces:?}");
            prop_assert_eq!(apply(text, &all), now);
        }
    }
}
