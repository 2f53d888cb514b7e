//! Where bytes of a text are, in the units that other programs count in.
use crate::source::Span;

/// The lines of a text.
#[derive(Debug)]
pub struct Lines<'t> {
    pub text: &'t str,
    /// Byte at which each line starts. A text that ends with a line end has an empty last line.
    starts: Vec<usize>,
    /// A byte order mark stands before the text.
    pub bom: bool,
}

/// 1-based.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Position {
    pub line: usize,
    pub column: usize,
}

impl<'t> Lines<'t> {
    pub fn new(text: &'t str, bom: bool) -> Self {
        let starts = std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect();
        Lines { text, starts, bom }
    }

    pub fn count(&self) -> usize {
        self.starts.len()
    }

    /// 0-based number of the line that byte `at` is in.
    pub fn number(&self, at: usize) -> usize {
        self.starts.partition_point(|start| *start <= at) - 1
    }

    /// The bytes of a line, without its end.
    pub fn content(&self, number: usize) -> Span {
        let Some(start) = self.starts.get(number).copied() else { return self.text.len()..self.text.len() };
        let end = self.starts.get(number + 1).map_or(self.text.len(), |next| next - 1);
        let carriage_return = number + 1 < self.starts.len() && self.text[start..end].ends_with('\r');
        start..end - usize::from(carriage_return)
    }

    /// The line of byte `at`, its column by `width` of what stands before it there.
    fn position(&self, at: usize, width: impl Fn(&str) -> usize) -> Position {
        let at = floor(self.text, at);
        let number = self.number(at);
        Position { line: number + 1, column: width(&self.text[self.starts[number]..at]) + 1 }
    }

    /// In UTF-16 code units; a byte order mark does not count.
    pub fn utf16(&self, at: usize) -> Position {
        self.position(at, |before| before.encode_utf16().count())
    }

    /// In characters; a byte order mark does not count.
    pub fn characters(&self, at: usize) -> Position {
        self.position(at, |before| before.chars().count())
    }

    /// In bytes of the file, so that a byte order mark counts.
    pub fn bytes(&self, at: usize) -> Position {
        let position = self.position(at, str::len);
        let mark = if self.bom && position.line == 1 { 3 } else { 0 };
        Position { column: position.column + mark, ..position }
    }

    /// The part of `span` in its first line, without blanks around it; the rest of the line, where it starts at a line end or is
    /// empty, and the whole line, where that has nothing either.
    pub fn first(&self, span: &Span) -> Span {
        let start = floor(self.text, span.start);
        let line = self.content(self.number(start));
        let trimmed = |span: Span| {
            let inside = &self.text[span.clone()];
            let start = span.start + (inside.len() - inside.trim_start().len());
            start..start + inside.trim().len()
        };
        let start = start.min(line.end);
        let end = floor(self.text, span.end).clamp(start, line.end);
        let parts = [start..end, start..line.end, line.clone()].into_iter().map(trimmed);
        parts.into_iter().find(|part| !part.is_empty()).unwrap_or(line)
    }
}

/// The nearest boundary of a character at or before byte `at`.
fn floor(text: &str, at: usize) -> usize {
    let mut at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_in_every_unit() {
        let text = "a: 1\r\n😀é日: x\n";
        let at = text.find('x').unwrap();
        let lines = Lines::new(text, true);
        let place = |position: Position| (position.line, position.column);
        assert_eq!(place(lines.utf16(at)), (2, 7));
        assert_eq!(place(lines.characters(at)), (2, 6));
        assert_eq!(place(lines.bytes(at)), (2, 12));
        assert_eq!(place(lines.bytes(3)), (1, 7));
        assert_eq!(place(lines.utf16(text.len())), (3, 1));
        assert_eq!(place(lines.utf16(at - 3)), (2, 4), "within a character: where it starts");
        assert_eq!((&text[lines.content(0)], &text[lines.content(1)], &text[lines.content(2)]), ("a: 1", "😀é日: x", ""));
    }

    #[test]
    fn a_block_is_shown_by_its_first_line() {
        let text = "a:\n  b: 1\n\nc: 2";
        let lines = Lines::new(text, false);
        let first = |span: Span| &text[lines.first(&span)];
        assert_eq!((first(0..9), first(3..9), first(5..6), first(7..7)), ("a:", "b: 1", "b", " 1".trim()));
        assert_eq!((first(10..10), first(9..12), first(15..15), first(99..100)), ("", "b: 1", "c: 2", "c: 2"));
    }
}
