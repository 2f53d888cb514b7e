//! The mark in a pull request's body: which text was ours when it was written last.
use std::fmt::Write as _;

const OPENS: &str = "<!-- yamlift:{";

/// What a mark says: a print of each thing that we said last.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mark {
    pub title: String,
    pub body: String,
    /// Empty where they were not set.
    pub labels: String,
    /// Of who was asked for a review.
    pub reviewers: String,
}

impl Mark {
    /// The mark of a text. Blanks and line ends do not count: forges change them.
    pub fn of(title: &str, body: &str, labels: &[String], reviewers: &[String]) -> Mark {
        let list = |names: &[String]| print(&names.iter().map(String::as_str).collect::<Vec<_>>());
        Mark { title: print(&[title]), body: print(&[unmarked(body)]), labels: list(labels), reviewers: list(reviewers) }
    }

    /// The mark that a body has.
    pub fn read(body: &str) -> Option<Mark> {
        let (_, rest) = body.rsplit_once(OPENS)?;
        let json = rest.split_once("} -->")?.0;
        let member = |name: &str| {
            let value = json.split(',').find_map(|pair| pair.trim().strip_prefix(&format!("\"{name}\":\"")))?;
            value.strip_suffix('"').map(str::to_owned)
        };
        Some(Mark { title: member("title")?, body: member("body")?, labels: member("labels")?, reviewers: member("reviewers")? })
    }

    /// `body` with this mark below it, in place of the one that it has.
    pub fn below(&self, body: &str) -> String {
        let Mark { title, body: own, labels, reviewers } = self;
        let members = format!("\"title\":\"{title}\",\"body\":\"{own}\",\"labels\":\"{labels}\",\"reviewers\":\"{reviewers}\"");
        format!("{}\n\n{OPENS}{members}}} -->\n", unmarked(body).trim_end())
    }
}

fn unmarked(body: &str) -> &str {
    body.rsplit_once(OPENS).filter(|_| Mark::read(body).is_some()).map_or(body, |(before, _)| before)
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split_whitespace()
}

/// A short name of texts, the same in every release: FNV-1a of their words.
pub fn print(texts: &[&str]) -> String {
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
        let (labels, who) = (["a".to_owned()], ["ann".to_owned()]);
        let mark = Mark::of("T", "text\n", &labels, &who);
        let body = mark.below("text\n");
        assert!(body.starts_with("text\n\n<!-- yamlift:{\"title\":\""), "{body}");
        assert_eq!(Mark::read(&body), Some(mark.clone()));
        assert_eq!(Mark::read(&body.replace('\n', "\r\n")), Some(Mark::of("T", "  text ", &labels, &who)));
        assert_eq!(mark.below(&body), body);
        let other = Mark::of("T", "other", &[], &who);
        assert!(other.body != mark.body && other.labels != mark.labels && other.title == mark.title);
        assert_eq!(Mark::read("text"), None);
        assert_eq!(Mark::read("<!-- yamlift:{ -->"), None);
    }

    #[test]
    fn blanks_do_not_count() {
        let of = |body: &str| Mark::of("T", body, &[], &[]).body;
        assert_eq!(of("a  b\r\nc\n"), of("a b c"));
        assert_ne!(of("ab"), of("a b"));
    }
}
