//! Expressions: Tera with `<< … >>`, `<% … %>`, `<# … #>`. The only module that knows Tera.
mod engine;
mod mistakes;
mod parts;

pub use mistakes::{KEYWORDS, Mistake};

use serde_json::Value as Json;
use std::sync::{Arc, OnceLock};

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
    compiled: OnceLock<Result<engine::Engine, (ExprId, ExprError)>>,
}

/// Whether a file is there.
pub type Exists = Arc<dyn Fn(&str) -> bool + Send + Sync>;

/// A value that many scopes hold, made ready for Tera once.
#[derive(Clone)]
pub struct Data(engine::Ready);

/// The names an expression sees.
#[derive(Clone, Default)]
pub struct Scope {
    names: Vec<(String, Option<Json>)>,
    shared: Vec<(&'static str, Data)>,
    /// Answers `exists(path=…)`, for a path relative to the file at hand.
    pub exists: Option<Exists>,
}

/// A stanza with its expressions computed.
///
/// The caller parses `text`. A scalar that reads exactly as a slot's token is the slot's value, with its type if the
/// scalar is plain; a scalar that holds tokens, or is quoted, is text with the slots' values put in.
#[derive(Debug, Clone)]
pub struct Filled {
    pub text: String,
    pub slots: Vec<Slot>,
}

#[derive(Debug, Clone)]
pub struct Slot {
    /// The placeholder: letters and digits that stand nowhere else.
    pub token: String,
    /// The expression, where it is just a name: a name bound to a node stands for the node as written.
    pub name: Option<String>,
    /// What it gives; none where it is undefined.
    pub value: Option<Json>,
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

    /// Binds `name` to what other scopes hold as well.
    pub fn share(&mut self, name: &'static str, value: &Data) {
        self.shared.push((name, value.clone()));
    }
}

impl Data {
    pub fn new(value: &Json) -> Data {
        Data(engine::ready(value))
    }
}

impl Exprs {
    /// Keeps an expression; nothing is compiled yet.
    pub fn add(&mut self, mode: Mode, source: &str) -> ExprId {
        self.sources.push((mode, source.to_owned()));
        ExprId(self.sources.len() - 1)
    }

    /// How many there are: what is added next gets this number.
    pub fn len(&self) -> usize {
        self.sources.len()
    }

    pub fn is_empty(&self) -> bool {
        self.sources.is_empty()
    }

    /// An expression as written.
    pub fn source(&self, id: ExprId) -> &str {
        self.sources.get(id.0).map_or("", |(_, source)| source)
    }

    fn engine(&self) -> Result<&engine::Engine, ExprError> {
        self.compiled.get_or_init(|| engine::Engine::new(&self.sources)).as_ref().map_err(|(_, e)| e.clone())
    }

    /// Looks at all of them, so that a pack can be checked when it loads.
    ///
    /// # Errors
    /// The first mistake: syntax, unknown filters, tests and functions, regular expressions that are none.
    pub fn check(&self) -> Result<(), (ExprId, Mistake)> {
        let regexes = |(_, source): &(Mode, String)| source.contains("matching(") || source.contains("regex_replace(");
        let failed = self.engine().is_err();
        for (index, (mode, source)) in self.sources.iter().enumerate().filter(|(_, one)| failed || regexes(one)) {
            if let Some(mistake) = mistakes::first(*mode, source) {
                return Err((ExprId(index), mistake));
            }
        }
        match self.compiled.get() {
            Some(Err((id, why))) => Err((*id, Mistake::new(0, why.0.clone(), None))),
            _ => Ok(()),
        }
    }

    /// The free names of an expression (`it`, `match`, a let name …): what its scope has to know.
    pub fn names(&self, id: ExprId) -> &[String] {
        self.engine().map_or(&[], |engine| engine.names(id.0))
    }

    /// The members of `target` that an expression asks for; none where it needs all of it.
    pub fn members_of_target(&self, id: ExprId) -> Option<&[String]> {
        self.engine().ok()?.members_of_target(id.0)
    }

    /// The members of `name` that an expression asks for; none where it takes the whole.
    pub fn members(&self, id: ExprId, name: &str) -> Option<Vec<String>> {
        let (mode, source) = self.sources.get(id.0)?;
        if *mode == Mode::Condition {
            return parts::members(source, name);
        }
        let asks = parts::parts(source).into_iter().filter_map(|part| match part {
            parts::Part::Text(_) => None,
            parts::Part::Expression(text) | parts::Part::Control(text) => Some(parts::members(text, name)),
        });
        asks.collect::<Option<Vec<_>>>().map(|all| all.concat())
    }

    /// `if:`. Tera's truth; an error on data counts as false.
    pub fn truth(&self, id: ExprId, scope: &Scope) -> bool {
        self.engine().and_then(|engine| engine.render(id.0, scope)).is_ok_and(|rendered| !rendered.text.is_empty())
    }

    /// `Mode::Value`: the typed value; `Ok(None)` where it is undefined.
    ///
    /// # Errors
    /// On data: a filter on null, a member of something undefined.
    pub fn value(&self, id: ExprId, scope: &Scope) -> Result<Option<Json>, ExprError> {
        let rendered = self.engine()?.render(id.0, scope)?;
        Ok(rendered.slots.into_iter().next().and_then(|slot| slot.value))
    }

    /// `Mode::Text`: the string.
    ///
    /// # Errors
    /// As `value`; an undefined name is one.
    pub fn text(&self, id: ExprId, scope: &Scope) -> Result<String, ExprError> {
        let rendered = self.engine()?.render(id.0, scope)?;
        rendered.put_in(|slot| match &slot.value {
            Some(value) => Ok(shown(value)),
            None => Err(ExprError(format!("`{}` is undefined", slot.name.as_deref().unwrap_or("a value")))),
        })
    }

    /// `Mode::Text` or `Mode::Value`, for people: `?` where an expression cannot be computed.
    pub fn message(&self, id: ExprId, scope: &Scope) -> String {
        let Ok(engine) = self.engine() else { return "?".into() };
        match engine.render(id.0, scope) {
            Ok(rendered) => {
                let text = rendered.put_in::<ExprError>(|slot| Ok(slot.value.as_ref().map_or_else(|| "?".to_owned(), shown)));
                text.unwrap_or_default()
            }
            Err(_) => engine.piecewise(id.0, scope),
        }
    }

    /// `Mode::Stanza`.
    ///
    /// # Errors
    /// As `value`.
    pub fn fill(&self, id: ExprId, scope: &Scope) -> Result<Filled, ExprError> {
        let rendered = self.engine()?.render(id.0, scope)?;
        Ok(Filled { text: rendered.text, slots: rendered.slots })
    }

    /// `Mode::Path`: the path's text; `Ok(None)` where a part is undefined (the path then hits nothing).
    ///
    /// # Errors
    /// As `value`.
    pub fn path(&self, id: ExprId, scope: &Scope) -> Result<Option<String>, ExprError> {
        let rendered = self.engine()?.render(id.0, scope)?;
        if rendered.slots.iter().any(|slot| slot.value.is_none()) {
            return Ok(None);
        }
        let mut out = rendered.text;
        for slot in &rendered.slots {
            let Some(value) = &slot.value else { continue };
            // `.<< name >>` is a member, and so is a literal in brackets.
            let member = format!(".{}", slot.token);
            if out.contains(&member) {
                out = out.replace(&member, &format!("[{}]", literal(&Json::String(shown(value)))));
            } else {
                out = out.replace(&slot.token, &literal(value));
            }
        }
        Ok(Some(out))
    }
}

/// Whether a text matches a regular expression.
///
/// # Errors
/// A pattern that is none.
pub fn is_match(pattern: &str, text: &str) -> Result<bool, ExprError> {
    engine::is_match(pattern, text)
}

/// What the first group of a regular expression takes out of a text; none where it does not match.
///
/// # Errors
/// A pattern that is none.
pub fn captured(pattern: &str, text: &str) -> Result<Option<String>, ExprError> {
    engine::captured(pattern, text)
}

/// A JSONPath literal.
fn literal(value: &Json) -> String {
    match value {
        Json::String(s) => {
            format!("'{}'", s.replace('\\', "\\\\").replace('\'', "\\'").replace('\n', "\\n").replace('\t', "\\t"))
        }
        other => other.to_string(),
    }
}

/// A value as people write it.
fn shown(value: &Json) -> String {
    match value {
        Json::String(s) => s.clone(),
        Json::Null => String::new(),
        other => other.to_string(),
    }
}

impl std::fmt::Debug for Scope {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Scope").field("names", &self.names).finish_non_exhaustive()
    }
}

impl std::fmt::Debug for Data {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:?}", self.0)
    }
}
