//! One file's exact text.
use std::path::PathBuf;

/// A file as it was read: the text without its byte order mark, and what is needed to write it back.
///
/// Every span in the program is a byte range of `text`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Source {
    /// Path relative to the root of the run, with `/`; `<stdin>` or its stated name for standard input.
    pub path: String,
    /// Where the file is on disk; empty for standard input.
    pub disk: PathBuf,
    /// The text, line ends untouched, without the byte order mark.
    pub text: String,
    /// Whether a UTF-8 byte order mark stood before the text.
    pub bom: bool,
}

/// Byte range of a text, end excluded.
pub type Span = std::ops::Range<usize>;

impl Source {
    pub fn new(path: impl Into<String>, text: impl Into<String>) -> Self {
        Source { path: path.into(), text: text.into(), ..Source::default() }
    }

    /// The bytes to write for `text`, byte order mark included.
    pub fn bytes(&self, text: &str) -> Vec<u8> {
        let mut out = Vec::with_capacity(text.len() + 3);
        if self.bom {
            out.extend_from_slice("\u{feff}".as_bytes());
        }
        out.extend_from_slice(text.as_bytes());
        out
    }
}

/// 1-based line and column (in characters) of byte `at` of `text`; past the end counts as the end.
pub fn line_column(text: &str, at: usize) -> (usize, usize) {
    let mut at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    let before = &text[..at];
    let line_start = before.rfind('\n').map_or(0, |i| i + 1);
    (before.matches('\n').count() + 1, text[line_start..at].chars().count() + 1)
}
