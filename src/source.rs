//! One file's exact text.
use std::borrow::Cow;
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

/// `text` with the escapes of ASCII characters resolved (`\x73`, `\u0073`, `\/`; `~1` of JSON pointers), so that a name is
/// found however a double-quoted string, JSON or a JSON patch spells it. For searching alone: what it gives need not be YAML.
pub fn unescaped(text: &[u8]) -> Cow<'_, [u8]> {
    let escape = |at: usize| -> Option<(u8, usize)> {
        let digits = match text.get(at + 1)? {
            b'1' if text[at] == b'~' => return Some((b'/', 2)),
            _ if text[at] == b'~' => return None,
            b'/' => return Some((b'/', 2)),
            b'x' => 2,
            b'u' => 4,
            b'U' => 8,
            _ => return None,
        };
        let hex = std::str::from_utf8(text.get(at + 2..at + 2 + digits)?).ok()?;
        let code = u32::from_str_radix(hex, 16).ok().filter(|code| *code < 0x80)?;
        Some((u8::try_from(code).ok()?, 2 + digits))
    };
    let mut out = Vec::new();
    let mut kept = 0;
    for at in (0..text.len()).filter(|at| matches!(text[*at], b'\\' | b'~')) {
        if let Some((byte, len)) = escape(at).filter(|_| at >= kept) {
            out.extend_from_slice(&text[kept..at]);
            out.push(byte);
            kept = at + len;
        }
    }
    if kept == 0 {
        return Cow::Borrowed(text);
    }
    out.extend_from_slice(&text[kept..]);
    Cow::Owned(out)
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

/// Whether a file of this name is looked into.
pub fn named_yaml(path: &std::path::Path) -> bool {
    let extension = |known: &str| path.extension().is_some_and(|e| e.eq_ignore_ascii_case(known));
    ["yaml", "yml", "json"].into_iter().any(extension) || path.file_name().is_some_and(|name| name == "Kustomization")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_of_ascii_are_resolved() {
        let plain = |text: &str| String::from_utf8(unescaped(text.as_bytes()).into_owned()).expect("UTF-8");
        assert_eq!(plain(r#""old\x4eame": "a\/b""#), r#""oldName": "a/b""#);
        assert_eq!(plain(r"\u0041\U00000042\u00e9\"), r"AB\u00e9\");
        assert_eq!(plain("/a/x~1y~0"), "/a/x/y~0");
        assert!(matches!(unescaped(br"a\n\x\u12 ~2"), Cow::Borrowed(_)));
    }
}
