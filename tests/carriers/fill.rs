//! Puts a text into a frame, and takes it out again.
use crate::table::{Encoding, Frame};
use serde_json::Value;

pub const MARKER: &str = "@@";

/// A text, and where the lines of the fragment stand in it: first and last line, counted from 1.
#[derive(Debug, Clone)]
pub struct Piece {
    pub text: String,
    pub lines: Vec<(usize, usize)>,
}

impl Piece {
    pub fn of(fragment: &str) -> Self {
        Piece { text: fragment.to_owned(), lines: (1..=fragment.lines().count()).map(|n| (n, n)).collect() }
    }

    /// The piece as it is in `text`, which has the marker.
    pub fn placed(self, text: &str, encodings: &[Encoding]) -> Piece {
        let piece = encodings.iter().fold(self, |piece, encoding| piece.encoded(*encoding));
        let (before, after) = around(text);
        let above = before.matches('\n').count();
        let indent = " ".repeat(column(before));
        let inner = piece.text.strip_suffix('\n').unwrap_or(&piece.text);
        let mut filled = before.to_owned();
        for (n, line) in inner.split('\n').enumerate() {
            if n > 0 {
                filled.push('\n');
                filled += if line.is_empty() { "" } else { &indent };
            }
            filled += line;
        }
        let lines = piece.lines.iter().map(|(first, last)| (first + above, last + above)).collect();
        Piece { text: filled + after, lines }
    }

    fn encoded(self, encoding: Encoding) -> Piece {
        match encoding {
            Encoding::Pairs => self.pairs(),
            Encoding::Folded => self.folded(),
            Encoding::Json => self.on_one_line(|text| data(text).to_string()),
            Encoding::SingleQuotes => self.on_one_line(|text| format!("'{}'", text.replace('\'', "''"))),
            Encoding::DoubleQuotes => self.on_one_line(|text| Value::from(text).to_string()),
            Encoding::JsonLines => {
                let text = serde_json::to_string_pretty(&data(&self.text)).unwrap_or_default();
                let all = (1, text.lines().count());
                Piece { lines: vec![all; self.lines.len()], text }
            }
        }
    }

    fn on_one_line(self, written: impl Fn(&str) -> String) -> Piece {
        Piece { text: written(&self.text), lines: vec![(1, 1); self.lines.len()] }
    }

    /// `NAME: value` becomes two lines; comments stay.
    fn pairs(self) -> Piece {
        let mut text = String::new();
        let mut placed = Vec::new();
        for line in self.text.lines() {
            let first = text.lines().count() + 1;
            match line.split_once(": ") {
                Some((name, value)) if !line.starts_with([' ', '#']) => text += &format!("- name: {name}\n  value: {value}\n"),
                _ => text += &format!("{line}\n"),
            }
            placed.push((first, text.lines().count()));
        }
        let lines = self.lines.iter().map(|(first, last)| (placed[first - 1].0, placed[last - 1].1)).collect();
        Piece { text, lines }
    }

    /// A blank line between two lines that would be folded into one.
    fn folded(self) -> Piece {
        let mut text = String::new();
        let mut placed = Vec::new();
        let mut joins = false;
        for line in self.text.lines() {
            let plain = !line.starts_with(' ');
            if joins && plain {
                text.push('\n');
            }
            joins = plain;
            text += &format!("{line}\n");
            placed.push(text.lines().count());
        }
        let lines = self.lines.iter().map(|(first, last)| (placed[first - 1], placed[last - 1])).collect();
        Piece { text, lines }
    }
}

/// The text before and behind the marker.
fn around(text: &str) -> (&str, &str) {
    text.split_once(MARKER).unwrap_or_else(|| panic!("no `{MARKER}` in\n{text}"))
}

fn column(before: &str) -> usize {
    before.rsplit('\n').next().unwrap_or_default().chars().count()
}

pub fn data(text: &str) -> Value {
    serde_yaml::from_str(text).unwrap_or_else(|e| panic!("a fragment or frame is no YAML: {e}\n{text}"))
}

/// Whether `got` is what is wanted: byte for byte, but for what the frames encode. `chain`: the outermost frame first.
pub fn same(chain: &[(&Frame, &str)], wanted: &str, got: &str) -> bool {
    if wanted == got {
        return true;
    }
    let Some(((frame, text), inner)) = chain.split_first() else { return false };
    let (Some(wanted), Some(got)) = (hole(text, wanted), hole(text, got)) else { return false };
    match frame.encodings.as_slice() {
        [] => same(inner, &wanted, &got),
        [Encoding::SingleQuotes | Encoding::DoubleQuotes] => match (data(&wanted), yaml(&got)) {
            (Value::String(wanted), Some(Value::String(got))) => same(inner, &wanted, &got),
            _ => false,
        },
        encodings if encodings.iter().any(|e| matches!(e, Encoding::Json | Encoding::JsonLines)) => {
            yaml(&got).is_some_and(|got| plain(data(&wanted)) == plain(got))
        }
        _ => false,
    }
}

fn yaml(text: &str) -> Option<Value> {
    serde_yaml::from_str(text).ok()
}

/// What stands in place of the marker, without the frame's indentation.
fn hole(text: &str, filled: &str) -> Option<String> {
    let (before, after) = around(text);
    let inner = filled.strip_prefix(before)?.strip_suffix(after)?;
    let indent = " ".repeat(column(before));
    let mut lines = inner.split('\n');
    let mut found = lines.next()?.to_owned();
    for line in lines {
        found.push('\n');
        found += if line.is_empty() { line } else { line.strip_prefix(&indent)? };
    }
    found.push('\n');
    Some(found)
}

/// JSON in texts as the data that it is.
fn plain(value: Value) -> Value {
    match value {
        Value::String(text) => match serde_json::from_str::<Value>(&text) {
            Ok(inner @ (Value::Object(_) | Value::Array(_))) => plain(inner),
            _ => Value::String(text),
        },
        Value::Array(items) => items.into_iter().map(plain).collect(),
        Value::Object(members) => members.into_iter().map(|(key, value)| (key, plain(value))).collect(),
        other => other,
    }
}
