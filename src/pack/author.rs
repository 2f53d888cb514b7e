//! Reading what authors write: YAML with a place for every complaint.
use super::PackError;
use crate::source::line_column;
use crate::yaml::draft::{Body, Draft, Id, Text};
use crate::yaml::tree::{Kind, ScalarStyle};
use crate::yaml::value::{Value, to_json};
use crate::yaml::{fold, syntax};
use serde_json::Value as Json;

/// A file of a pack, parsed.
#[derive(Debug)]
pub struct Page {
    pub file: String,
    pub draft: Draft,
}

impl Page {
    /// Reads a file that holds one document (`all`: any number).
    ///
    /// # Errors
    /// What is no YAML, with the usual slips of this language explained.
    pub fn read(file: &str, text: &str) -> Result<Page, PackError> {
        let tree = syntax::parse(text).map_err(|e| {
            let (line, column) = line_column(text, e.at);
            let slip = text.lines().nth(line - 1).is_some_and(|l| l.contains('{') && l.contains('['));
            let help = if e.message.starts_with("tabs") {
                Some("indent with spaces".to_owned())
            } else if slip {
                Some("brackets and commas end a plain value inside `{ … }`: put it in quotes or on a line of its own".to_owned())
            } else {
                e.help
            };
            PackError { place: Some((file.to_owned(), line, column)), ..super::error(e.message, help) }
        })?;
        Ok(Page { file: file.to_owned(), draft: Draft::new(text, tree) })
    }

    pub fn error(&self, at: Id, message: impl Into<String>) -> PackError {
        self.error_at(self.draft.file_span(at).unwrap_or(0..0).start, message)
    }

    /// File, 1-based line and column of a node.
    pub fn place(&self, at: Id) -> (String, usize, usize) {
        self.place_of(self.draft.file_span(at).unwrap_or(0..0).start)
    }

    fn place_of(&self, byte: usize) -> (String, usize, usize) {
        let (line, column) = line_column(&self.draft.texts[0].text, byte);
        (self.file.clone(), line, column)
    }

    fn error_at(&self, byte: usize, message: impl Into<String>) -> PackError {
        PackError { place: Some(self.place_of(byte)), ..super::error(message, None) }
    }

    /// An error in the text of a node: at byte `at` of `source`, which is that text, a part of it, or what was made of it.
    pub fn error_in(&self, node: Id, source: &str, at: usize, message: impl Into<String>) -> PackError {
        let node = self.draft.resolve(node);
        let byte = self.byte_in(node, source, at).or(self.draft.file_span(node).map(|span| span.start));
        self.error_at(byte.unwrap_or(0), message)
    }

    fn byte_in(&self, node: Id, source: &str, at: usize) -> Option<usize> {
        let Text { text: file, tree, .. } = &self.draft.texts[0];
        let node = tree.node(self.draft.node(node).origin?.node);
        let Kind::Scalar { value, style } = &node.kind else { return None };
        let at = match value.find(source.trim_end()) {
            Some(part) => part + at,
            None => at.checked_sub(source.find(value.trim())?)?,
        };
        let written = file.get(node.span.clone())?;
        match style {
            ScalarStyle::Literal | ScalarStyle::Folded => {
                let lines: Vec<&str> = written.split_inclusive('\n').skip(1).collect();
                let blanks = |line: &&str| line.len() - line.trim_start_matches(' ').len();
                let indent = lines.iter().filter(|line| !line.trim().is_empty()).map(blanks).min()?;
                let bare: Vec<&str> = lines.iter().map(|line| line.trim_end().get(indent..).unwrap_or_default()).collect();
                let starts = fold::starts(value, &bare)?;
                let line = starts.iter().rposition(|start| *start <= at)?;
                let before: usize = written.find('\n')? + 1 + lines[..line].iter().map(|line| line.len()).sum::<usize>();
                Some(node.span.start + before + indent + (at - starts[line]).min(bare[line].len()))
            }
            _ if written.contains('\n') => None,
            style => Some((node.span.start + usize::from(*style != ScalarStyle::Plain) + at).min(node.span.end)),
        }
    }

    /// 1-based line of a node.
    pub fn line(&self, at: Id) -> usize {
        self.place(at).1
    }

    /// The root of the only document.
    pub fn root(&self) -> Result<Id, PackError> {
        match self.draft.docs.as_slice() {
            [root] => Ok(*root),
            [] => Err(self.error_at(0, "there is nothing in this file")),
            [_, second, ..] => {
                let no = self.error(*second, "a second document starts here, and only one is allowed");
                Err(PackError { help: Some("give it a file of its own".into()), ..no })
            }
        }
    }

    /// The members of a map, keys as text; every key must be one of `known`.
    pub fn fields(&self, map: Id, known: &[&str]) -> Result<Fields<'_>, PackError> {
        let fields = self.members(map).map_err(|no| PackError { help: Some(format!("keys: {}", known.join(", "))), ..no })?;
        for (key, node, _) in &fields {
            if !known.contains(&key.as_str()) {
                let mut error = self.error(*node, format!("unknown key `{key}`"));
                let near = super::near(key, known.iter().copied());
                error.help = Some(match near {
                    Some(near) => format!("did you mean `{near}`?"),
                    None => format!("allowed here: {}", known.join(", ")),
                });
                return Err(error);
            }
        }
        Ok(Fields { page: self, map, fields })
    }

    /// Key, key node, value of each member.
    pub fn members(&self, map: Id) -> Result<Vec<(String, Id, Id)>, PackError> {
        let id = self.draft.resolve(map);
        if !self.draft.is_map(id) {
            return Err(self.error(map, "a map is expected here"));
        }
        let members = self.draft.children(id).iter().filter_map(|c| Some((self.draft.key_text(c)?.to_owned(), c.key?, c.value)));
        Ok(members.collect())
    }

    /// A node, or the items of a list.
    pub fn list(&self, node: Id) -> Vec<Id> {
        let id = self.draft.resolve(node);
        if self.draft.is_seq(id) { self.draft.children(id).iter().map(|c| c.value).collect() } else { vec![node] }
    }

    /// A string. A version that YAML reads as a number is refused by name.
    pub fn string(&self, node: Id) -> Result<String, PackError> {
        match &self.draft.node(self.draft.resolve(node)).body {
            Body::Scalar { value: Value::Str(s), .. } => Ok(s.clone()),
            Body::Scalar { value: Value::Null, .. } => Err(self.error(node, "a text is expected here, not nothing")),
            Body::Scalar { value: Value::Float(_) | Value::Int(_), text, .. } => {
                let mut error = self.error(node, format!("a text is expected here, and YAML reads {text} as a number"));
                error.help = Some(format!("quote it: \"{text}\""));
                Err(error)
            }
            Body::Scalar { text, .. } => Ok(text.clone()),
            _ => Err(self.error(node, "a text is expected here")),
        }
    }

    pub fn strings(&self, node: Id) -> Result<Vec<String>, PackError> {
        self.list(node).into_iter().map(|n| self.string(n)).collect()
    }

    /// The position in `known` of the word that a node is.
    pub fn one_of(&self, node: Id, known: &[&str]) -> Result<usize, PackError> {
        let word = self.string(node)?;
        known.iter().position(|one| *one == word).ok_or_else(|| {
            let help = super::near(&word, known.iter().copied()).map(|near| format!("did you mean `{near}`?"));
            let message = match known {
                [only] => format!("`{word}`: only `{only}` is allowed here"),
                _ => format!("`{word}` is not one of {}", known.join(", ")),
            };
            PackError { help, ..self.error(node, message) }
        })
    }

    pub fn number(&self, node: Id) -> Result<f64, PackError> {
        self.json(node).as_f64().ok_or_else(|| self.error(node, "a number is expected here"))
    }

    pub fn boolean(&self, node: Id) -> Result<bool, PackError> {
        match self.draft.data(node) {
            Value::Bool(b) => Ok(b),
            Value::Str(text) => Err(self.error(node, format!("`true` or `false` is expected here, not `{text}`"))),
            _ => Err(self.error(node, "`true` or `false` is expected here")),
        }
    }

    pub fn json(&self, node: Id) -> Json {
        to_json(&self.draft.data(node))
    }

    pub fn is_list(&self, node: Id) -> bool {
        self.draft.is_seq(node)
    }

    pub fn is_map(&self, node: Id) -> bool {
        self.draft.is_map(node)
    }
}

/// The members of one map.
pub struct Fields<'p> {
    page: &'p Page,
    map: Id,
    fields: Vec<(String, Id, Id)>,
}

impl Fields<'_> {
    pub fn get(&self, key: &str) -> Option<Id> {
        self.fields.iter().find(|(k, ..)| k == key).map(|(.., v)| *v)
    }

    pub fn need(&self, key: &str) -> Result<Id, PackError> {
        self.get(key).ok_or_else(|| self.page.error(self.map, format!("`{key}` is missing here")))
    }

    /// The key itself, of those that stand there the first in the file.
    pub fn first(&self, keys: &[&str]) -> Option<Id> {
        self.fields.iter().find(|(key, ..)| keys.contains(&key.as_str())).map(|(_, key, _)| *key)
    }

    /// The first of some keys that is there, with its value.
    pub fn one_of<'k>(&self, keys: &[&'k str]) -> Option<(&'k str, Id)> {
        keys.iter().find_map(|key| self.get(key).map(|v| (*key, v)))
    }
}
