//! Masks of the same number of bytes for the actions of a template, so that what is left reads as YAML.
use super::actions::{Action, Word};
use crate::source::Span;

/// What an action is written over with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mask {
    /// It stands in a scalar: letters.
    Letters,
    /// It stands where lines do: empty lines, which are legal everywhere.
    Lines,
    /// It begins a line whose rest is an entry: an empty line, and this many blanks.
    Indented(usize),
    /// It begins or ends a part of its own: a line that separates documents.
    Document,
}

impl Mask {
    /// Whether lines of YAML can stand in its place.
    pub fn is_lines(self) -> bool {
        self != Mask::Letters
    }
}

/// The text with its actions written over.
pub fn write(text: &str, actions: &[Action], masks: &[Mask]) -> String {
    let mut out = text.as_bytes().to_vec();
    for (action, mask) in actions.iter().zip(masks) {
        let span = action.span.clone();
        match mask {
            Mask::Letters => out[span].fill(b'x'),
            Mask::Lines => out[span].fill(b'\n'),
            Mask::Indented(column) => {
                // Blanks before it become empty lines as well, so that there is room for them behind it.
                let blanks = text[..span.start].len() - text[..span.start].trim_end_matches(' ').len();
                out[span.start - blanks.min(*column)..span.end].fill(b'\n');
                out[span.end - column..span.end].fill(b' ');
            }
            Mask::Document => {
                out[span.clone()].fill(b'\n');
                out[span.start + 1..span.start + 4].fill(b'-');
            }
        }
    }
    // Only whole characters were replaced, by ASCII.
    String::from_utf8(out).unwrap_or_else(|_| text.to_owned())
}

/// How each action is masked.
pub fn masks(text: &str, actions: &[Action]) -> Vec<Mask> {
    let page = Page { text, actions, mates: mates(actions) };
    (0..actions.len()).map(|index| page.mask(index)).collect()
}

/// For each `end` its beginning and the other way round; for `else` its beginning.
pub fn mates(actions: &[Action]) -> Vec<Option<usize>> {
    let mut mates = vec![None; actions.len()];
    let mut open = Vec::new();
    for (index, action) in actions.iter().enumerate() {
        match action.word {
            Word::Open => open.push(index),
            Word::Else => mates[index] = open.last().copied(),
            Word::End => {
                if let Some(first) = open.pop() {
                    (mates[index], mates[first]) = (Some(first), Some(index));
                }
            }
            Word::Quiet | Word::Output => {}
        }
    }
    mates
}

struct Page<'a> {
    text: &'a str,
    actions: &'a [Action],
    mates: Vec<Option<usize>>,
}

impl Page<'_> {
    fn mask(&self, index: usize) -> Mask {
        let Action { span, word, .. } = &self.actions[index];
        let line = self.line(index);
        let before = self.without(line.start..span.start);
        let after = self.without(span.end..line.end);
        let rest = after.trim_start();
        let group = self.group(index);
        if rest.is_empty() || rest.starts_with('#') {
            if before.trim().is_empty() {
                return if self.is_part(index) { Mask::Document } else { Mask::Lines };
            }
            if group.is_some_and(|group| group.1 == index && self.wraps_entries(group)) {
                return Mask::Lines;
            }
            if !self.behind_indicator(&line, span.start) {
                return Mask::Letters;
            }
            let lines = match group {
                Some((first, last)) => self.actions[first..=last].iter().any(|a| self.text[a.span.clone()].contains("indent")),
                None => *word != Word::Output || self.text[span.clone()].contains("indent") || self.deeper_below(&line),
            };
            return if lines { Mask::Lines } else { Mask::Letters };
        }
        let begins = matches!(word, Word::Open | Word::Else);
        let column = self.indentation(&line);
        match group.filter(|g| begins && self.wraps_entries(*g)) {
            Some((first, _)) if first == index => Mask::Indented(column),
            // With less room than that, no line of its own can begin behind it.
            Some(_) if *word == Word::Else && span.len() > column => Mask::Indented(column),
            _ => Mask::Letters,
        }
    }

    /// The line that an action stands on, up to where the line of its end ends.
    fn line(&self, index: usize) -> Span {
        let span = &self.actions[index].span;
        let start = self.text[..span.start].rfind('\n').map_or(0, |i| i + 1);
        start..self.text[span.end..].find('\n').map_or(self.text.len(), |i| span.end + i)
    }

    /// The outermost branch that begins and ends on the line of the action and holds it: its first and last action.
    fn group(&self, index: usize) -> Option<(usize, usize)> {
        let line = self.line(index);
        let first = self.actions.partition_point(|a| a.span.start < line.start);
        (first..=index).find_map(|open| {
            let end = self.mates[open].filter(|end| self.actions[open].word == Word::Open && *end >= index)?;
            (self.actions[end].span.end <= line.end).then_some((open, end))
        })
    }

    /// Whether a branch in one line holds whole entries or items, and all of the line.
    fn wraps_entries(&self, (first, last): (usize, usize)) -> bool {
        let line = self.line(first);
        let inside = self.without(self.actions[first].span.end..self.actions[last].span.start);
        let inside = inside.trim();
        let rest = self.without(self.actions[last].span.end..line.end);
        let entry = inside.starts_with("- ") || inside.ends_with(':') || inside.split_once(": ").is_some_and(|(k, _)| is_name(k));
        entry
            && self.text[line.start..self.actions[first].span.start].trim().is_empty()
            && (rest.trim().is_empty() || rest.trim_start().starts_with('#'))
    }

    /// Whether it begins or ends a `define` that stands by itself, and there is room to say so.
    fn is_part(&self, index: usize) -> bool {
        let action = &self.actions[index];
        let first = match action.word {
            Word::Open => Some(index),
            Word::End => self.mates[index],
            _ => None,
        };
        let open = first.map(|first| &self.actions[first]);
        open.is_some_and(|open| open.inner.starts_with("define "))
            && action.span.len() >= 5
            && !self.text[..action.span.start].trim().is_empty()
    }

    /// Whether nothing but actions stands between the action at `at` and a `:` or `-` that wants a value.
    fn behind_indicator(&self, line: &Span, at: usize) -> bool {
        let mut pos = at;
        loop {
            let trimmed = line.start + self.text[line.start..pos].trim_end_matches([' ', '\t']).len();
            let action = self.actions.partition_point(|a| a.span.end < trimmed);
            match self.actions.get(action).filter(|a| a.span.end == trimmed && trimmed > line.start) {
                Some(action) => pos = action.span.start.max(line.start),
                None => {
                    pos = trimmed;
                    break;
                }
            }
        }
        let blank_behind = self.text[pos..].starts_with([' ', '\t']);
        let first = self.actions.partition_point(|a| a.span.start < line.start);
        let first_action = self.actions.get(first).is_none_or(|a| a.span.start >= pos);
        match &self.text.as_bytes()[line.start..pos] {
            [.., b':'] => blank_behind || first_action,
            [rest @ .., b'-'] => blank_behind && rest.last().is_none_or(|b| *b == b' '),
            _ => false,
        }
    }

    /// Whether the next line with content stands deeper than the line.
    fn deeper_below(&self, line: &Span) -> bool {
        let indent = |l: &str| l.len() - l.trim_start_matches(' ').len();
        let below = self.text[line.end..].lines().find(|l| !l.trim().is_empty());
        below.is_some_and(|l| indent(l) > self.indentation(line) && !l.trim_start().starts_with("{{"))
    }

    fn indentation(&self, line: &Span) -> usize {
        let line = &self.text[line.clone()];
        line.len() - line.trim_start_matches(' ').len()
    }

    /// The text of a span without the actions in it.
    fn without(&self, span: Span) -> String {
        let mut out = String::new();
        let mut at = span.start;
        let first = self.actions.partition_point(|a| a.span.end <= span.start);
        for action in self.actions[first..].iter().map(|a| &a.span).take_while(|a| a.start < span.end) {
            if action.start > at {
                out.push_str(&self.text[at..action.start]);
            }
            at = at.max(action.end.min(span.end));
        }
        out.push_str(&self.text[at..span.end]);
        out
    }
}

fn is_name(key: &str) -> bool {
    !key.is_empty() && key.chars().all(|c| c.is_alphanumeric() || "-_./".contains(c))
}
