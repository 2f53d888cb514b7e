//! A value as it is written, with the places of its parts.
use crate::source::Span;
use serde_json::Value as Json;

/// Letters of a text that are shown.
const LONGEST: usize = 40;

#[derive(Debug, Clone)]
pub struct Given {
    /// Where to point.
    pub at: Span,
    pub data: Data,
    /// Parts of it are not known, as a template computes them: what seems to be missing may come from there.
    pub open: bool,
}

#[derive(Debug, Clone)]
pub enum Data {
    Null,
    Bool(bool),
    Int(i128),
    Float(f64),
    Str(String),
    List(Vec<Given>),
    Map(Vec<Member>),
    /// Only a run of a template could tell.
    Computed,
}

#[derive(Debug, Clone)]
pub struct Member {
    pub name: String,
    /// Where the name stands.
    pub at: Span,
    pub value: Given,
}

impl Data {
    /// What it is, for people.
    pub(super) fn kind(&self) -> String {
        match self {
            Data::Null => "null".to_owned(),
            Data::List(_) => "a list".to_owned(),
            Data::Map(_) => "a map".to_owned(),
            Data::Str(_) => format!("the text {}", self.shown()),
            scalar => scalar.shown(),
        }
    }

    /// A scalar, cut where it is long; nothing of all else.
    pub(super) fn shown(&self) -> String {
        let text = match self {
            Data::Bool(bool) => bool.to_string(),
            Data::Int(int) => int.to_string(),
            Data::Float(float) => float.to_string(),
            Data::Str(text) => text.replace(char::is_control, " "),
            _ => return String::new(),
        };
        match text.char_indices().nth(LONGEST) {
            Some((at, _)) => format!("`{}…`", &text[..at]),
            None => format!("`{text}`"),
        }
    }

    /// Whether a scalar is this value; taken to be so for all else.
    pub(super) fn is(&self, json: &Json) -> bool {
        match self {
            Data::Null => json.is_null(),
            Data::Bool(bool) => json.as_bool() == Some(*bool),
            Data::Int(int) => json.as_f64() == Some(*int as f64),
            Data::Float(float) => json.as_f64() == Some(*float),
            Data::Str(text) => json.as_str() == Some(text),
            Data::List(_) | Data::Map(_) | Data::Computed => true,
        }
    }
}
