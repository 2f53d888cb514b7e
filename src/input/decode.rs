//! Bytes to text, or the reason why not.
use crate::source::Source;
use std::path::PathBuf;

/// Why bytes are no text that can be edited.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{why}")]
pub struct Undecodable {
    /// In plain words, with the place.
    pub why: String,
    /// 1-based line of the place.
    pub line: usize,
    /// Byte of the file, from 0.
    pub at: usize,
    pub help: Option<String>,
}

/// Whether the first bytes are those of UTF-16 or UTF-32, where a search for text would find nothing.
///
/// The rule of YAML 1.2 §5.2: a byte order mark, or a null byte among the first two (every document starts in ASCII).
pub fn is_wide(bytes: &[u8]) -> bool {
    matches!(bytes, [0xff, 0xfe, ..] | [0xfe, 0xff, ..] | [0, 0, ..] | [_, 0, ..] | [0, _, ..])
}

fn is_utf_32(bytes: &[u8]) -> bool {
    matches!(bytes, [0xff, 0xfe, 0, 0, ..] | [0, 0, 0xfe, 0xff, ..] | [_, 0, 0, 0, ..] | [0, 0, 0, _, ..])
}

/// The text of a file.
///
/// # Errors
/// Bytes that are not UTF-8, and null bytes, which no YAML may hold.
pub fn decode(path: &str, disk: PathBuf, bytes: &[u8]) -> Result<Source, Undecodable> {
    if is_wide(bytes) {
        let name = if is_utf_32(bytes) { "UTF-32" } else { "UTF-16" };
        let help = format!("convert it to UTF-8: `iconv -f {name} -t UTF-8`");
        return Err(Undecodable { why: format!("{name}, not UTF-8"), line: 1, at: 0, help: Some(help) });
    }
    if let Some(at) = bytes.iter().position(|b| *b == 0) {
        let line = line_of(bytes, at);
        return Err(Undecodable { why: format!("not a text file, null byte at byte {at} (line {line})"), line, at, help: None });
    }
    let (bom, rest) = match bytes.strip_prefix("\u{feff}".as_bytes()) {
        Some(rest) => (true, rest),
        None => (false, bytes),
    };
    match std::str::from_utf8(rest) {
        Ok(text) => Ok(Source { path: path.to_owned(), disk, text: text.to_owned(), bom }),
        Err(error) => {
            let at = error.valid_up_to() + bytes.len() - rest.len();
            let line = line_of(bytes, at);
            let help = Some("convert it to UTF-8, e.g. with `iconv`".to_owned());
            Err(Undecodable { why: format!("not UTF-8 at byte {at} (line {line})"), line, at, help })
        }
    }
}

fn line_of(bytes: &[u8], at: usize) -> usize {
    bytes[..at].iter().filter(|b| **b == b'\n').count() + 1
}

#[cfg(test)]
mod tests {
    use super::*;

    fn why(bytes: &[u8]) -> String {
        decode("a", PathBuf::new(), bytes).unwrap_err().why
    }

    #[test]
    fn text_keeps_its_bytes() {
        let source = decode("a.yaml", PathBuf::new(), b"\xef\xbb\xbfa: 1\r\n").unwrap();
        assert_eq!((source.text.as_str(), source.bom), ("a: 1\r\n", true));
        assert_eq!(source.bytes(&source.text), b"\xef\xbb\xbfa: 1\r\n");
        assert_eq!(decode("a.yaml", PathBuf::new(), b"").unwrap().text, "");
    }

    #[test]
    fn what_is_no_text_says_where() {
        assert_eq!(why(b"a: 1\nb: \xff\n"), "not UTF-8 at byte 8 (line 2)");
        assert_eq!(why(b"\xef\xbb\xbfa: \xff\n"), "not UTF-8 at byte 6 (line 1)");
        assert_eq!(why(b"\xff\xfea\0"), "UTF-16, not UTF-8");
        assert_eq!(why(b"a\0:\0"), "UTF-16, not UTF-8");
        assert_eq!(why(b"\xff\xfe\0\0a\0\0\0"), "UTF-32, not UTF-8");
        assert_eq!(why(b"a: 1\nb\0"), "not a text file, null byte at byte 6 (line 2)");
    }
}
