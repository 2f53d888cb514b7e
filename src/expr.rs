//! Expressions: Tera with `<< … >>`, `<% … %>`, `<# … #>`. The only module that knows Tera.
use serde_json::Value as Json;

/// Index of an expression in its migration's `Exprs`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ExprId(pub usize);

/// What an expression is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// `if:`: a bare Tera expression.
    Condition,
    /// A whole scalar `<< e >>`: keeps its type.
    Value,
    /// Text with expressions in it: a string.
    Text,
    /// YAML text of a stanza.
    Stanza,
    /// A path: each `<< e >>` in brackets or after a comparison becomes a quoted JSONPath literal (or a number, a
    /// boolean); `.<< e >>` becomes a member name.
    Path,
}

/// The expressions of one migration, compiled in one batch at first use.
#[derive(Debug, Default)]
pub struct Exprs {
    sources: Vec<(Mode, String)>,
}

/// The names an expression sees.
#[derive(Debug, Clone, Default)]
pub struct Scope {
    names: Vec<(String, Option<Json>)>,
}

/// A stanza with its expressions computed.
#[derive(Debug, Clone)]
pub struct Filled {
    /// YAML text in which each expression that makes up a whole scalar is a placeholder that parses as a plain scalar
    /// (in any position, key or value, block or flow); expressions with text around them are strings in place.
    pub text: String,
    /// The placeholders.
    pub slots: Vec<Slot>,
}

#[derive(Debug, Clone)]
pub struct Slot {
    /// The exact placeholder text.
    pub token: String,
    /// The expression, where it is just a name: a name bound to a node stands for the node as written.
    pub name: Option<String>,
    pub value: Json,
}

#[derive(Debug, Clone, thiserror::Error)]
#[error("{0}")]
pub struct ExprError(pub String);

impl Scope {
    /// Binds `name`; `None` makes it a known, undefined name.
    pub fn set(&mut self, name: &str, value: Option<Json>) {
        self.names.retain(|(n, _)| n != name);
        self.names.push((name.to_owned(), value));
    }
}
