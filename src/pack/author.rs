//! Reading what authors write: YAML with a place for every complaint.
use super::PackError;
use crate::source::line_column;
use crate::yaml::draft::{Body, Draft, Id};
use crate::yaml::syntax;
use crate::yaml::value::{Value, to_json};
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
            let help = if slip {
                Some("brackets and commas end a plain value inside `{ … }`: put it in quotes or on a line of its own".to_owned())
            } else {
                e.help
            };
            PackError { message: e.message, place: Some((file.to_owned(), line, column)), help }
        })?;
        Ok(Page { file: file.to_owned(), draft: Draft::new(text, tree) })
    }

    pub fn error(&self, at: Id, message: impl Into<String>) -> PackError {
        let span = self.draft.file_span(at).unwrap_or(0..0);
        let (line, column) = line_column(&self.draft.texts[0].text, span.start);
        PackError { message: message.into(), place: Some((self.file.clone(), line, column)), help: None }
    }

    /// 1-based line of a node.
    pub fn line(&self, at: Id) -> usize {
        let span = self.draft.file_span(at).unwrap_or(0..0);
        line_column(&self.draft.texts[0].text, span.start).0
    }

    /// The root of the only document.
    pub fn root(&self) -> Result<Id, PackError> {
        match self.draft.docs.as_slice() {
            [root] => Ok(*root),
            docs => {
                let message = format!("one document is expected here, not {}", docs.len());
                Err(PackError { message, place: Some((self.file.clone(), 1, 1)), help: None })
            }
        }
    }

    /// The members of a map, keys as text; every key must be one of `known`.
    pub fn fields(&self, map: Id, known: &[&str]) -> Result<Fields<'_>, PackError> {
        let fields = self.members(map)?;
        for (key, node, value) in &fields {
            if !known.contains(&key.as_str()) {
                let mut error = self.error(*node, format!("unknown key `{key}`"));
                let near = super::near(key, known.iter().copied());
                error.help = Some(match near {
                    Some(near) => format!("did you mean `{near}`?"),
                    None => format!("known here: {}", known.join(", ")),
                });
                let _ = value;
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

    pub fn boolean(&self, node: Id) -> Result<bool, PackError> {
        match self.draft.data(node) {
            Value::Bool(b) => Ok(b),
            _ => Err(self.error(node, "`true` or `false` is expected here")),
        }
    }

    pub fn json(&self, node: Id) -> Json {
        to_json(&self.draft.data(node))
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

    /// The first of some keys that is there, with its value.
    pub fn one_of<'k>(&self, keys: &[&'k str]) -> Option<(&'k str, Id)> {
        keys.iter().find_map(|key| self.get(key).map(|v| (*key, v)))
    }
}
