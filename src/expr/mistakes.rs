//! What is wrong with an expression, said to the one who wrote it.
use super::Mode;
use super::engine::{fault, is_match};
use super::parts::{Part, parts};
use std::ops::Range;

/// A mistake in a source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mistake {
    /// Byte of the source.
    pub at: usize,
    pub message: String,
    /// What to write instead.
    pub help: Option<String>,
    /// A name that is none, and those that are.
    pub unknown: Option<(String, &'static [&'static str])>,
}

impl Mistake {
    pub(super) fn new(at: usize, message: impl Into<String>, help: impl Into<Option<String>>) -> Mistake {
        Mistake { at, message: message.into(), help: help.into(), unknown: None }
    }
}

/// Filters that come with the language of expressions, and ours.
const FILTERS: &[&str] = &[
    "abs",
    "capitalize",
    "default",
    "escape",
    "few",
    "first",
    "float",
    "get",
    "group_by",
    "host_port",
    "indent",
    "int",
    "join",
    "keys",
    "last",
    "length",
    "lower",
    "nth",
    "pairs",
    "pluralize",
    "regex_replace",
    "replace",
    "reverse",
    "round",
    "sort",
    "split",
    "str",
    "title",
    "trim",
    "trim_end",
    "trim_start",
    "truncate",
    "unique",
    "upper",
    "values",
    "wordcount",
    "yaml",
];

const TESTS: &[&str] = &[
    "array",
    "bool",
    "containing",
    "defined",
    "divisible_by",
    "ending_with",
    "even",
    "float",
    "integer",
    "iterable",
    "map",
    "matching",
    "none",
    "number",
    "odd",
    "older",
    "starting_with",
    "string",
    "undefined",
];

const FUNCTIONS: &[&str] = &["exists", "range", "throw"];

/// Names that mean something in every expression; nothing can be called so.
pub const KEYWORDS: &[&str] = &[
    "true", "True", "false", "False", "loop", "self", "and", "or", "not", "is", "in", "continue", "break", "none", "None",
    "null", "if", "else", "for",
];

/// The first mistake in a source.
pub fn first(mode: Mode, source: &str) -> Option<Mistake> {
    if mode == Mode::Condition {
        return of_expression(source, 0);
    }
    let offset = |part: &str| part.as_ptr() as usize - source.as_ptr() as usize;
    let alone = parts(source).into_iter().find_map(|part| match part {
        Part::Expression(text) => of_expression(text, offset(text)),
        Part::Text(text) => unclosed(text, offset(text)),
        Part::Control(text) => pattern(text, offset(text)),
    });
    alone.or_else(|| {
        let (said, range) = fault(source)?;
        Some(mistake(source, 0, &said, range.unwrap_or(0..0)))
    })
}

/// `<<` that no `>>` ends, and the like.
fn unclosed(text: &str, offset: usize) -> Option<Mistake> {
    let (at, end) = [("<<", ">>"), ("<%", "%>"), ("<#", "#>")].iter().find_map(|(start, end)| Some((text.find(start)?, end)))?;
    let message = format!("`{}` is not closed", &text[at..at + 2]);
    Some(Mistake::new(offset + at, message, format!("close it with `{end}`; an unclosed quote inside hides the end too")))
}

fn of_expression(text: &str, offset: usize) -> Option<Mistake> {
    const BEFORE: &str = "<< (";
    let Some((said, range)) = fault(&format!("{BEFORE}{text}) >>")) else { return pattern(text, offset) };
    let range = range.map_or(0..0, |range| range.start.saturating_sub(BEFORE.len())..range.end.saturating_sub(BEFORE.len()));
    Some(mistake(text, offset, &said, range))
}

/// A mistake at `range` of `text`, which stands at `offset` of the source, in other words than the engine `said` it.
fn mistake(text: &str, offset: usize, said: &str, range: Range<usize>) -> Mistake {
    if let Some((what, name, known)) = unknown(said) {
        let at = offset + text.find(name).unwrap_or(0);
        let unknown = Some((name.to_owned(), known));
        return Mistake { unknown, ..Mistake::new(at, format!("there is no {what} `{name}`"), None) };
    }
    let start = range.start.min(text.trim_end().len());
    let (before, token) = (text.get(..start).unwrap_or_default(), text.get(start..range.end.min(text.len())).unwrap_or_default());
    let word = |text: &str| {
        text.chars()
            .rev()
            .take_while(|c| c.is_alphanumeric() || *c == '_')
            .collect::<Vec<_>>()
            .into_iter()
            .rev()
            .collect::<String>()
    };
    if let Some(at) = path(text) {
        let help =
            "put the path in `when:`, or give it a name in `let:` and use that name here; what is below `$` is `match.name`";
        return Mistake::new(offset + at, "this has to be an expression, and `$` starts a path", help.to_owned());
    }
    if before.trim_end().ends_with(')') && token.starts_with('.') {
        let help = "bind it in `let` first, `hp: << it | host_port >>`, and write `hp.host`";
        return Mistake::new(offset + start, "a member cannot be taken from an expression in brackets", help.to_owned());
    }
    let name = before.trim_end().strip_suffix('(').map(word).filter(|name| !name.is_empty());
    let (message, help) = if said.contains("escape") {
        (
            "this backslash means nothing here".to_owned(),
            "in a text, write two backslashes; in a regular expression, write [.] for a dot".to_owned(),
        )
    } else if let Some(name) = name.filter(|_| said.contains("identifier")) {
        (format!("the arguments of `{name}` are named"), format!("write its name as well, as in {name}(pat={token})"))
    } else if said.starts_with("Unexpected end") && text.contains("<%") {
        (
            "a `<% … %>` is not closed".to_owned(),
            "`<% if … %>` ends with `<% endif %>`, `<% for … %>` with `<% endfor %>`".to_owned(),
        )
    } else if token.trim().is_empty() {
        (
            "the expression ends too early".to_owned(),
            "look for an operator without its right side, or a bracket that is not closed".to_owned(),
        )
    } else {
        (format!("`{token}` cannot stand here"), said.trim_end_matches('.').to_owned())
    };
    Mistake::new(offset + start, message, help)
}

/// Where a path begins in an expression, texts in it left out.
fn path(text: &str) -> Option<usize> {
    let mut quote = None;
    text.char_indices().find_map(|(at, c)| {
        match quote {
            Some(q) if q == c => quote = None,
            Some(_) => {}
            None if matches!(c, '"' | '\'' | '`') => quote = Some(c),
            None => return (c == '$').then_some(at),
        }
        None
    })
}

/// The kind and name of what the engine does not know, and the names that it does.
fn unknown(said: &str) -> Option<(&'static str, &str, &'static [&'static str])> {
    let (kind, rest) = said.strip_prefix("Unknown ")?.split_once(" `")?;
    let name = rest.split('`').next()?;
    match kind {
        "filter" => Some(("filter", name, FILTERS)),
        "test" => Some(("test", name, TESTS)),
        "function" => Some(("function", name, FUNCTIONS)),
        _ => None,
    }
}

/// A regular expression that is none, where it is spelt out.
fn pattern(text: &str, offset: usize) -> Option<Mistake> {
    let calls = ["matching(", "regex_replace("];
    let mut starts: Vec<usize> = calls.iter().flat_map(|call| text.match_indices(call).map(|(at, _)| at + call.len())).collect();
    starts.sort_unstable();
    starts.into_iter().find_map(|start| {
        let args = &text[start..];
        let at = start + args.find("pat=").filter(|at| !args[..*at].contains(')'))? + "pat=".len();
        let quote = text[at..].chars().next().filter(|c| matches!(c, '"' | '\'' | '`'))?;
        let literal = &text[at + 1..];
        let literal = &literal[..literal.find(quote)?];
        let behind = text[at + 1 + literal.len() + 1..].trim_start();
        // With more joined to it, it is known when it runs.
        let whole = behind.starts_with([',', ')']) && !literal.contains("\\\"");
        let message = is_match(&literal.replace("\\\\", "\\"), "").err().filter(|_| whole)?.0;
        Some(Mistake::new(offset + at, message, None))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(mode: Mode, source: &str) -> String {
        first(mode, source)
            .map_or_else(|| "fine".into(), |no| format!("{} {} / {}", no.at, no.message, no.help.unwrap_or_default()))
    }

    #[test]
    fn conditions() {
        let of = |source: &str| said(Mode::Condition, source);
        assert_eq!(of("it is matching(pat=\"a\") and a.b"), "fine");
        assert_eq!(of("it is matchin(pat=\"a\")"), "6 there is no test `matchin` / ");
        assert_eq!(of("exist(path=\"a\")"), "0 there is no function `exist` / ");
        assert!(
            of("it is matching(\"a\")").ends_with("write its name as well, as in matching(pat=\"a\")"),
            "{}",
            of("it is matching(\"a\")")
        );
        assert!(of("it == ").starts_with("5 the expression ends too early"), "{}", of("it == "));
        assert!(of("a b").starts_with("2 `b` cannot stand here"), "{}", of("a b"));
        assert_eq!(of("it is matching(pat=\"a(\")"), "19 `a(` is not a regular expression: unclosed group / ");
        assert_eq!(of("it is matching(pat=\"a(\" ~ b)"), "fine");
        assert!(
            of("not $.retries").starts_with("4 this has to be an expression, and `$` starts a path / put the path in `when:`")
        );
        assert_eq!(of("it == '$.a'"), "fine");
        assert!(of("(it | host_port).host").contains("/ bind it in `let` first"), "{}", of("(it | host_port).host"));
    }

    #[test]
    fn texts() {
        let of = |source: &str| said(Mode::Stanza, source);
        assert_eq!(of("a: << it | regex_replce(pat='a', rep='b') >>"), "11 there is no filter `regex_replce` / ");
        assert!(of("a: << (it | host_port).host >>").contains("/ bind it in `let` first"));
        assert!(of("a: 1\nb: << it").starts_with("8 `<<` is not closed"));
        assert!(of("a: 1\n<% if it %>\nb: 2\n").contains("`<% if … %>` ends with"));
        assert!(of("a: 1\nb: << it + >>\n").starts_with("15 the expression ends"), "{}", of("a: 1\nb: << it + >>\n"));
        assert_eq!(
            of("a: << it | regex_replace(rep='', pat='[') >>"),
            "37 `[` is not a regular expression: unclosed character class / "
        );
    }
}
