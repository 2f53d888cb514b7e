//! Links in a terminal that shows them (OSC 8).
use std::fmt::Write as _;
use std::path::Path;

/// `text`, which leads to `url`.
pub fn link(url: &str, text: &str) -> String {
    format!("\x1b]8;;{url}\x1b\\{text}\x1b]8;;\x1b\\")
}

/// The address of a file; none where it has no whole path.
pub fn of_file(path: &Path) -> Option<String> {
    let path = path.is_absolute().then_some(path.as_os_str().as_encoded_bytes())?;
    let mut url = String::from(if path.starts_with(b"/") { "file://" } else { "file:///" });
    for &byte in path {
        match byte {
            b'\\' if std::path::MAIN_SEPARATOR == '\\' => url.push('/'),
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' | b':' => url.push(char::from(byte)),
            _ => _ = write!(url, "%{byte:02X}"),
        }
    }
    Some(url)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_has_an_address() {
        assert_eq!(of_file(Path::new("/a b/é.yaml")).as_deref(), Some("file:///a%20b/%C3%A9.yaml"));
        assert_eq!(of_file(Path::new("")), None);
        assert_eq!(link("file:///a", "a"), "\x1b]8;;file:///a\x1b\\a\x1b]8;;\x1b\\");
    }
}
