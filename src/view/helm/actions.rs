//! The actions of a template, `{{ … }}`: where they are, and what each does to what is around it.
use crate::source::Span;
use crate::yaml::branch::{Branches, Condition};

/// One action.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Action {
    pub span: Span,
    pub word: Word,
    /// What stands in it, without the trim marks.
    pub inner: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Word {
    /// `if`, `with`, `range`, `define`, `block`: what follows holds under a condition, up to `end`.
    Open,
    Else,
    End,
    /// A comment, an assignment: gives nothing.
    Quiet,
    /// Gives text.
    Output,
}

impl Action {
    /// The columns that it indents what it gives by: the last `indent` or `nindent` in it.
    pub fn indent(&self) -> Option<usize> {
        let (_, behind) = self.inner.rsplit_once("indent")?;
        behind.split_whitespace().next()?.trim_end_matches(')').parse().ok()
    }
}

/// Every action, in order; one that never ends reaches to the end of the text.
pub fn find(text: &str) -> Vec<Action> {
    let mut out = Vec::new();
    let mut at = 0;
    while let Some(start) = text[at..].find("{{").map(|i| at + i) {
        let end = end_of(text, start + 2);
        out.push(action(text, start..end));
        at = end;
    }
    out
}

fn action(text: &str, span: Span) -> Action {
    let inner = text[span.clone()].trim_start_matches("{{").trim_end_matches("}}");
    let inner = inner.strip_prefix('-').unwrap_or(inner);
    let inner = inner.strip_suffix('-').unwrap_or(inner).trim();
    let first = inner.split([' ', '\t', '\n', '\r', '(']).next().unwrap_or_default();
    let assigns = first.starts_with('$') && inner[first.len()..].trim_start_matches([' ', '\t']).starts_with([':', '=', ',']);
    let name: String = first.chars().take_while(char::is_ascii_alphabetic).collect();
    let word = match name.as_str() {
        "if" | "with" | "range" | "define" | "block" => Word::Open,
        "else" => Word::Else,
        "end" => Word::End,
        "break" | "continue" => Word::Quiet,
        _ if inner.starts_with("/*") || assigns => Word::Quiet,
        _ => Word::Output,
    };
    Action { span, word, inner: inner.split_whitespace().collect::<Vec<_>>().join(" ") }
}

fn end_of(text: &str, mut at: usize) -> usize {
    if text[at..].starts_with("/*") || text[at..].starts_with("- /*") {
        let close = text[at..].find("*/").map_or(text.len(), |i| at + i);
        return text[close..].find("}}").map_or(text.len(), |i| close + i + 2);
    }
    let bytes = text.as_bytes();
    let mut quote = None;
    while at < bytes.len() {
        match (quote, bytes[at]) {
            (Some(b'"'), b'\\') => at += 1,
            (Some(q), b) if q == b => quote = None,
            (None, b @ (b'"' | b'`')) => quote = Some(b),
            (None, b'}') if bytes[at..].starts_with(b"}}") => return at + 2,
            _ => {}
        }
        at += 1;
    }
    bytes.len()
}

/// The conditions that the stretches of a template stand under.
///
/// # Errors
/// Byte of an action that has no counterpart.
pub fn branches(actions: &[Action]) -> Result<Branches, usize> {
    let mut marks = Vec::new();
    let mut open: Vec<(&Action, Condition)> = Vec::new();
    for action in actions {
        match action.word {
            Word::Open => open.push((action, Condition { opened: action.inner.clone(), turns: Vec::new() })),
            Word::Else => match open.last_mut() {
                Some((_, condition)) => condition.turns.push(action.inner.clone()),
                None => return Err(action.span.start),
            },
            Word::End if open.pop().is_none() => return Err(action.span.start),
            Word::End => {}
            Word::Quiet | Word::Output => continue,
        }
        marks.push((action.span.end, open.iter().map(|(_, condition)| condition.clone()).collect()));
    }
    open.last().map_or(Ok(Branches::new(marks)), |(first, _)| Err(first.span.start))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words() {
        let words = |text: &str| find(text).iter().map(|a| a.word).collect::<Vec<_>>();
        use Word::*;
        assert_eq!(
            words("{{- if .a -}}{{ .b }}{{else if .c}}{{/* x */}}{{- /* y }} */ -}}{{ end }}"),
            [Open, Output, Else, Quiet, Quiet, End]
        );
        assert_eq!(
            words("{{ $x := 1 }}{{ $x }}{{- range $i, $e := .l }}{{ $i = 2 }}{{ end }}"),
            [Quiet, Output, Open, Quiet, End]
        );
        assert_eq!(words("{{ tpl `}}` . }}{{ \"}}\" }}{{ never"), [Output, Output, Output]);
    }

    #[test]
    fn columns() {
        let indent = |text: &str| find(text)[0].indent();
        assert_eq!(indent("{{ toYaml .x | nindent 8 }}"), Some(8));
        assert_eq!(indent("{{- (include \"a\" . | indent 4) }}"), Some(4));
        assert_eq!(indent("{{ .x }}"), None);
    }

    #[test]
    fn conditions() {
        let text = "a{{ if .x }}b{{ else }}c{{ with .y }}d{{ end }}e{{ end }}f";
        let branches = branches(&find(text)).expect("balanced");
        let at = |c: char| {
            let here = branches.at(text.find(&format!("}}{c}")).map_or(0, |i| i + 1));
            here.iter().map(ToString::to_string).collect::<Vec<_>>().join(" · ")
        };
        assert_eq!((branches.at(0).len(), at('b').as_str(), at('c').as_str()), (0, "if .x", "if .x / else"));
        assert_eq!((at('d').as_str(), at('e').as_str(), at('f').as_str()), ("if .x / else · with .y", "if .x / else", ""));
        assert_eq!(super::branches(&find("{{ end }}")), Err(0));
        assert_eq!(super::branches(&find("a {{ if .x }}")), Err(2));
    }
}
