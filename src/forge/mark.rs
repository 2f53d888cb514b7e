//! The mark in a pull request's body: which text was ours when it was written last.
use std::fmt::Write as _;

const OPENS: &str = "<!-- yamlift:{";

/// What a mark says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mark {
    /// Of title, body and labels.
    pub text: String,
    /// Of the title alone.
    pub title: String,
}

impl Mark {
    /// The mark of a text. Blanks and line ends do not count: forges change them.
    pub fn of(title: &str, body: &str, labels: &[String]) -> Mark {
        let labels = labels.join("\n");
        let text = print(&[title, unmarked(body), &labels]);
        Mark { text, title: print(&[title]) }
    }

    /// The mark that a body has.
    pub fn read(body: &str) -> Option<Mark> {
        let (_, rest) = body.rsplit_once(OPENS)?;
        let json = rest.split_once("} -->")?.0;
        let member = |name: &str| {
            let value = json.split(',').find_map(|pair| pair.trim().strip_prefix(&format!("\"{name}\":\"")))?;
            value.strip_suffix('"').map(str::to_owned)
        };
        Some(Mark { text: member("text")?, title: member("title")? })
    }
}

/// `body` with the mark below it.
pub fn marked(title: &str, body: &str, labels: &[String]) -> String {
    let Mark { text, title } = Mark::of(title, body, labels);
    format!("{}\n\n{OPENS}\"text\":\"{text}\",\"title\":\"{title}\"}} -->\n", unmarked(body).trim_end())
}

/// A text as two forges would both have it.
pub fn same(a: &str, b: &str) -> bool {
    words(a).eq(words(b))
}

fn unmarked(body: &str) -> &str {
    body.rsplit_once(OPENS).filter(|_| Mark::read(body).is_some()).map_or(body, |(before, _)| before)
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split_whitespace()
}

/// FNV-1a: short, and the same in every release.
fn print(texts: &[&str]) -> String {
    let mut hash: u64 = 0xcbf2_9ce4_8422_2325;
    let mut add = |byte: u8| hash = (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
    for text in texts {
        for word in words(text) {
            word.bytes().for_each(&mut add);
            add(b' ');
        }
        add(0);
    }
    let mut out = String::new();
    let _ = write!(out, "{hash:016x}");
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_is_read_back() {
        let labels = vec!["a".to_owned()];
        let body = marked("T", "text\n", &labels);
        assert!(body.starts_with("text\n\n<!-- yamlift:{\"text\":\""), "{body}");
        assert_eq!(Mark::read(&body), Some(Mark::of("T", "text", &labels)));
        assert_eq!(Mark::read(&body.replace('\n', "\r\n")), Some(Mark::of("T", "  text ", &labels)));
        assert_eq!(marked("T", &body, &labels), body);
        assert_ne!(Mark::of("T", "other", &labels).text, Mark::of("T", "text", &labels).text);
        assert_ne!(Mark::of("T", "text", &[]).text, Mark::of("T", "text", &labels).text);
        assert_eq!(Mark::read("text"), None);
        assert_eq!(Mark::read("<!-- yamlift:{ -->"), None);
    }

    #[test]
    fn blanks_do_not_count() {
        assert!(same("a  b\r\nc\n", "a b c") && !same("ab", "a b"));
    }
}
