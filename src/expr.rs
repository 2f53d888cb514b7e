//! Expressions: Tera with `<< … >>`, `<% … %>`, `<# … #>`. The only module that knows Tera.
use serde_json::Value as Json;
use std::sync::Arc;

/// Index of an expression in its migration's `Exprs`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ExprId(pub usize);

/// What an expression is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// `if:`: a bare Tera expression.
    Condition,
    /// A whole scalar `<< e >>`: keeps its type. The source is the scalar's text, signs included.
    Value,
    /// Text with expressions in it: a string.
    Text,
    /// YAML text of a stanza.
    Stanza,
    /// A path: each `<< e >>` in brackets or after a comparison becomes a quoted JSONPath literal (or a number, a
    /// boolean); `.<< e >>` becomes a member name in bracket form.
    Path,
}

/// The expressions of one migration, compiled in one batch at first use.
#[derive(Debug, Default)]
pub struct Exprs {
    sources: Vec<(Mode, String)>,
}

/// The names an expression sees.
#[derive(Clone, Default)]
pub struct Scope {
    names: Vec<(String, Option<Json>)>,
    /// Answers `exists(path=…)`, for a path relative to the file at hand.
    pub exists: Option<Arc<dyn Fn(&str) -> bool + Send + Sync>>,
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
    /// What it gives; none where it is undefined.
    pub value: Option<Json>,
    /// Whether the expression stood in quotes or with text around it inside its scalar: then it is always a string.
    pub quoted: bool,
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

impl Exprs {
    /// Keeps an expression; nothing is compiled yet.
    pub fn add(&mut self, mode: Mode, source: &str) -> ExprId {
        self.sources.push((mode, source.to_owned()));
        ExprId(self.sources.len() - 1)
    }

    /// Compiles all of them. Gives the first one that cannot be, and the free names of each that can, so that a pack can
    /// be checked when it loads.
    ///
    /// # Errors
    /// Syntax, unknown filters, tests and functions.
    pub fn check(&self) -> Result<(), (ExprId, ExprError)> {
        Ok(())
    }

    /// The free names of an expression (`it`, `match`, a let name …): what its scope has to know.
    pub fn names(&self, _id: ExprId) -> &[String] {
        &[]
    }

    /// `if:`. Tera's truth; an error on data counts as false.
    pub fn truth(&self, _id: ExprId, _scope: &Scope) -> bool {
        false
    }

    /// `Mode::Value`: the typed value; `Ok(None)` where it is undefined.
    ///
    /// # Errors
    /// On data: a filter on null, a member of something undefined.
    pub fn value(&self, _id: ExprId, _scope: &Scope) -> Result<Option<Json>, ExprError> {
        Err(ExprError("not built".into()))
    }

    /// `Mode::Text`: the string.
    ///
    /// # Errors
    /// As `value`; an undefined name is one.
    pub fn text(&self, _id: ExprId, _scope: &Scope) -> Result<String, ExprError> {
        Err(ExprError("not built".into()))
    }

    /// `Mode::Text` or `Mode::Value`, for people: `?` where an expression cannot be computed.
    pub fn message(&self, _id: ExprId, _scope: &Scope) -> String {
        String::new()
    }

    /// `Mode::Stanza`.
    ///
    /// # Errors
    /// As `value`.
    pub fn fill(&self, _id: ExprId, _scope: &Scope) -> Result<Filled, ExprError> {
        Err(ExprError("not built".into()))
    }

    /// `Mode::Path`: the path's text; `Ok(None)` where a part is undefined (the path then hits nothing).
    ///
    /// # Errors
    /// As `value`.
    pub fn path(&self, _id: ExprId, _scope: &Scope) -> Result<Option<String>, ExprError> {
        Err(ExprError("not built".into()))
    }
}

impl std::fmt::Debug for Scope {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Scope").field("names", &self.names).finish_non_exhaustive()
    }
}
