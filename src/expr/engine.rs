//! The Tera engine: templates made of expressions, values brought out of it with their types.
use super::parts::{Part, is_name, members, parts};
use super::{Exists, ExprError, ExprId, Mode, Scope, Slot};
use regex::Regex;
use serde_json::Value as Json;
use std::cell::RefCell;
use std::collections::{HashMap, HashSet};
use tera::{Context, Delimiters, Kwargs, State, Tera, Value};

pub struct Engine {
    tera: Tera,
    names: Vec<Vec<String>>,
    /// Of each source, see `members_of_target`.
    members: Vec<Option<Vec<String>>>,
    /// Of each source: the expressions in it, in order.
    expressions: Vec<Vec<String>>,
    sources: Vec<String>,
}

impl std::fmt::Debug for Engine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Engine").field("sources", &self.sources).finish_non_exhaustive()
    }
}

/// A value as Tera holds it: copies share what is in it.
pub type Ready = Value;

pub fn ready(value: &Json) -> Ready {
    Value::from_serializable(value)
}

/// What a template gave: text with tokens for its expressions.
pub struct Rendered {
    pub text: String,
    pub slots: Vec<Slot>,
}

impl Rendered {
    /// The text with a text for each slot.
    pub fn put_in<E>(self, text_of: impl Fn(&Slot) -> Result<String, E>) -> Result<String, E> {
        // Token by token from the left, so that a value that looks like a token is left alone.
        let mut out = String::new();
        let mut rest = self.text.as_str();
        for slot in &self.slots {
            if let Some((before, after)) = rest.split_once(slot.token.as_str()) {
                out.push_str(before);
                out.push_str(&text_of(slot)?);
                rest = after;
            }
        }
        out.push_str(rest);
        Ok(out)
    }
}

/// Number of an expression, and what it gave.
type Bound = Vec<(usize, Option<Json>)>;

thread_local! {
    /// Values of the template that this thread renders: number of the expression, value.
    static BOUND: RefCell<Bound> = const { RefCell::new(Vec::new()) };
    static EXISTS: RefCell<Option<Exists>> = const { RefCell::new(None) };
    static REGEXES: RefCell<HashMap<String, Regex>> = RefCell::new(HashMap::new());
}

/// Placeholder of the `n`th value of a rendering.
fn token(n: usize) -> String {
    format!("yamlift0slot{n}x")
}

impl Engine {
    pub fn new(sources: &[(Mode, String)]) -> Result<Engine, (ExprId, ExprError)> {
        let mut templates = Vec::with_capacity(sources.len());
        let mut expressions = Vec::with_capacity(sources.len());
        for (index, (mode, source)) in sources.iter().enumerate() {
            let (text, inside) = template(*mode, source);
            templates.push((index.to_string(), text));
            for (nth, expression) in inside.iter().enumerate() {
                templates.push((format!("{index}.{nth}"), format!("<< ({expression}) | bind(n={nth}) >>")));
            }
            expressions.push(inside);
        }
        let mut tera = blank();
        if tera.add_raw_templates(templates.clone()).is_err() {
            // Which one? Only now one by one.
            for (name, text) in &templates {
                if let Err(e) = blank().add_raw_template(name, text) {
                    let index = name.split('.').next().and_then(|n| n.parse().ok()).unwrap_or(0);
                    return Err((ExprId(index), ExprError(said(&e))));
                }
            }
        }
        let mut names = Vec::with_capacity(sources.len());
        for index in 0..sources.len() {
            let free = tera.get_template_variables(&index.to_string()).unwrap_or_else(|_| HashSet::new());
            let mut free: Vec<String> = free.into_iter().map(str::to_owned).collect();
            free.sort();
            names.push(free);
        }
        let members = sources.iter().map(|(_, source)| members(source, "target")).collect();
        Ok(Engine { tera, names, members, expressions, sources: sources.iter().map(|(_, s)| s.clone()).collect() })
    }

    pub fn names(&self, index: usize) -> &[String] {
        self.names.get(index).map_or(&[], Vec::as_slice)
    }

    pub fn members_of_target(&self, index: usize) -> Option<&[String]> {
        self.members.get(index)?.as_deref()
    }

    pub fn render(&self, index: usize, scope: &Scope) -> Result<Rendered, ExprError> {
        let (text, bound) = self.run(&index.to_string(), scope)?;
        let slots = (bound.into_iter().enumerate())
            .map(|(n, (nth, value))| {
                let name = self.expressions[index].get(nth).map(|e| e.trim()).filter(|e| is_name(e)).map(str::to_owned);
                Slot { token: token(n), name, value }
            })
            .collect();
        Ok(Rendered { text: without_empty_control_lines(&text), slots })
    }

    /// Each expression by itself, `?` for those that fail: for messages.
    pub fn piecewise(&self, index: usize, scope: &Scope) -> String {
        let mut out = String::new();
        let mut nth = 0;
        for part in parts(&self.sources[index]) {
            match part {
                Part::Text(text) => out.push_str(text),
                Part::Expression(_) => {
                    let value =
                        self.run(&format!("{index}.{nth}"), scope).ok().and_then(|(_, bound)| bound.into_iter().next()?.1);
                    out.push_str(&value.map_or_else(|| "?".to_owned(), |v| super::shown(&v)));
                    nth += 1;
                }
                Part::Control(_) => {}
            }
        }
        out
    }

    fn run(&self, name: &str, scope: &Scope) -> Result<(String, Bound), ExprError> {
        let mut context = Context::new();
        for (name, value) in &scope.names {
            let value = value.as_ref().map_or_else(Value::undefined, Value::from_serializable);
            context.insert_value(name.clone(), value);
        }
        for (name, value) in &scope.shared {
            context.insert_value(*name, value.0.clone());
        }
        BOUND.with_borrow_mut(Vec::clear);
        EXISTS.set(scope.exists.clone());
        let text = self.tera.render(name, &context).map_err(|e| ExprError(said(&e)));
        EXISTS.set(None);
        Ok((text?, BOUND.with_borrow_mut(std::mem::take)))
    }
}

/// What is wrong with the text of a template, and where in it that is known; none where nothing is.
pub fn fault(text: &str) -> Option<(String, Option<std::ops::Range<usize>>)> {
    let error = blank().add_raw_template("x", text).err()?;
    Some(match error.kind() {
        tera::ErrorKind::SyntaxError(report) => (report.message().to_owned(), Some(report.span().range.clone())),
        _ => (said(&error), None),
    })
}

/// Tera's own words, without the drawing of the template around them.
fn said(error: &tera::Error) -> String {
    let text = error.to_string();
    let line = text.lines().map(str::trim).find(|l| !l.is_empty()).unwrap_or("cannot be computed");
    line.trim_start_matches("error:").trim().to_owned()
}

/// A line that only held `<% … %>` leaves a mark behind, so that it can vanish whole.
const CONTROL: char = '\u{1}';

fn template(mode: Mode, source: &str) -> (String, Vec<String>) {
    if mode == Mode::Condition {
        return (format!("<% if {source} %>1<% endif %>"), Vec::new());
    }
    let mut text = String::new();
    let mut inside = Vec::new();
    for part in parts(source) {
        match part {
            Part::Text(t) => text.push_str(t),
            Part::Expression(e) => {
                text.push_str(&format!("<< ({e}) | bind(n={}) >>", inside.len()));
                inside.push(e.to_owned());
            }
            Part::Control(c) => text.push_str(&format!("{CONTROL}{c}{CONTROL}")),
        }
    }
    (text, inside)
}

fn without_empty_control_lines(text: &str) -> String {
    if !text.contains(CONTROL) {
        return text.to_owned();
    }
    let kept = text
        .split_inclusive('\n')
        .filter(|line| !(line.contains(CONTROL) && line.trim_matches([' ', '\t', '\r', '\n', CONTROL]).is_empty()));
    kept.collect::<String>().replace(CONTROL, "")
}

/// Tera with our delimiters, filters, tests and functions.
fn blank() -> Tera {
    let mut tera = Tera::default();
    let set = tera.set_delimiters(Delimiters {
        block_start: "<%".into(),
        block_end: "%>".into(),
        variable_start: "<<".into(),
        variable_end: ">>".into(),
        comment_start: "<#".into(),
        comment_end: "#>".into(),
    });
    debug_assert!(set.is_ok());
    tera.autoescape_on(Vec::<&'static str>::new());
    tera.register_filter("bind", |value: Value, args: Kwargs, _: &State| bind(&value, &args));
    tera.register_filter("regex_replace", |text: &str, args: Kwargs, _: &State| regex_replace(text, &args));
    tera.register_filter("host_port", |text: &str, _: Kwargs, _: &State| host_port(text));
    tera.register_filter("yaml", |value: Value, _: Kwargs, _: &State| as_yaml(&value));
    tera.register_filter("few", |items: Vec<Value>, args: Kwargs, _: &State| few(&items, &args));
    tera.register_test("matching", |text: &str, args: Kwargs, _: &State| matching(text, &args));
    tera.register_test("older", |text: Value, args: Kwargs, _: &State| older(&text, &args));
    tera.register_function("exists", |args: Kwargs, _: &State| exists(&args));
    tera
}

fn bind(value: &Value, args: &Kwargs) -> tera::TeraResult<String> {
    let nth: u64 = args.must_get("n")?;
    let json = if value.is_undefined() {
        None
    } else {
        Some(serde_json::to_value(value).map_err(|e| tera::Error::message(e.to_string()))?)
    };
    BOUND.with_borrow_mut(|bound| {
        bound.push((usize::try_from(nth).unwrap_or(0), json));
        Ok(token(bound.len() - 1))
    })
}

fn with_regex<T>(pattern: &str, then: impl FnOnce(&Regex) -> T) -> tera::TeraResult<T> {
    REGEXES.with_borrow_mut(|known| {
        if !known.contains_key(pattern) {
            let new = Regex::new(pattern).map_err(|e| {
                let why = e.to_string();
                let why = why.lines().last().unwrap_or_default().trim_start_matches("error: ");
                tera::Error::message(format!("`{pattern}` is not a regular expression: {why}"))
            })?;
            known.insert(pattern.to_owned(), new);
        }
        Ok(then(&known[pattern]))
    })
}

pub fn is_match(pattern: &str, text: &str) -> Result<bool, ExprError> {
    with_regex(pattern, |regex| regex.is_match(text)).map_err(|e| ExprError(said(&e)))
}

pub fn captured(pattern: &str, text: &str) -> Result<Option<String>, ExprError> {
    let group = |regex: &Regex| regex.captures(text)?.get(1).map(|group| group.as_str().to_owned());
    with_regex(pattern, group).map_err(|e| ExprError(said(&e)))
}

fn regex_replace(text: &str, args: &Kwargs) -> tera::TeraResult<String> {
    let (pat, rep): (&str, &str) = (args.must_get("pat")?, args.must_get("rep")?);
    with_regex(pat, |regex| regex.replace_all(text, rep).into_owned())
}

fn matching(text: &str, args: &Kwargs) -> tera::TeraResult<bool> {
    let pat: &str = args.must_get("pat")?;
    with_regex(pat, |regex| regex.is_match(text))
}

/// `host:port` → its parts, at the last colon; null where there is no port.
fn host_port(text: &str) -> Value {
    let split = text.rsplit_once(':').and_then(|(host, port)| {
        let port: u32 = port.parse().ok().filter(|p| (1..=65535).contains(p))?;
        let bracketed = host.strip_prefix('[').and_then(|h| h.strip_suffix(']'));
        let bare = bracketed.unwrap_or(host);
        // An address of many colons needs brackets, or its end is no port.
        let sound = !bare.is_empty() && (bracketed.is_some() || !host.contains(':') || host.contains("${"));
        sound.then(|| serde_json::json!({ "host": bare, "port": port }))
    });
    split.map_or_else(Value::none, |json| Value::from_serializable(&json))
}

fn as_yaml(value: &Value) -> tera::TeraResult<String> {
    let json = serde_json::to_value(value).map_err(|e| tera::Error::message(e.to_string()))?;
    Ok(json.to_string())
}

/// The first of a list for people, each once: `a, b, c and 4 more`.
fn few(items: &[Value], args: &Kwargs) -> tera::TeraResult<String> {
    let max = usize::try_from(args.get::<u64>("max")?.unwrap_or(3)).unwrap_or(usize::MAX);
    let mut seen = HashSet::new();
    let once: Vec<String> = items.iter().map(ToString::to_string).filter(|text| seen.insert(text.clone())).collect();
    let shown = once.iter().take(max).map(String::as_str).collect::<Vec<_>>().join(", ");
    Ok(match once.len().saturating_sub(max) {
        0 => shown,
        more => format!("{shown} and {more} more"),
    })
}

/// Versions compared number by number.
fn older(value: &Value, args: &Kwargs) -> tera::TeraResult<bool> {
    let than: &str = args.must_get("than")?;
    let this = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    match (numbers(&this), numbers(than)) {
        (Some(this), Some(than)) => Ok(this < than),
        _ => Err(tera::Error::message(format!("`{this}` is not a version"))),
    }
}

fn numbers(version: &str) -> Option<Vec<u64>> {
    let version = version.trim().trim_start_matches('v');
    let parts: Option<Vec<u64>> = version.split('.').map(|part| part.parse().ok()).collect();
    parts.map(|mut parts| {
        while parts.len() > 1 && parts.last() == Some(&0) {
            parts.pop();
        }
        parts
    })
}

fn exists(args: &Kwargs) -> tera::TeraResult<bool> {
    let path: &str = args.must_get("path")?;
    Ok(EXISTS.with_borrow(|exists| exists.as_ref().is_some_and(|exists| exists(path))))
}
