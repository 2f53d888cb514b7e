//! reviewdog's diagnostics: columns are bytes, ends are excluded, an edit is a suggestion.
//!
//! A suggestion is one stretch of whole lines, without the last line end: what a forge can show and take. Edits whose lines
//! meet are one suggestion.
use super::format::Setting;
use super::remarks::{self, Lines, Position, Remark, Remarked};
use crate::report::{Level, Report, Splice, apply};
use crate::source::Span;
use serde_json::{Value as Json, json};

/// Lines that a suggestion spans at most; a longer one is for `-w`.
const LINES: usize = 200;

/// The report as one JSON document, with a final newline.
pub fn render(report: &Report, setting: &Setting) -> String {
    let mut diagnostics: Vec<Json> = Vec::new();
    for file in remarks::all(report, setting) {
        let lines = file.lines();
        let suggestions = suggestions(&file, &lines);
        for (remark, suggestion) in file.remarks.iter().zip(&suggestions) {
            diagnostics.push(diagnostic(report, &file, &lines, remark, suggestion.as_ref()));
        }
    }
    let document = json!({ "source": { "name": "yamlift" }, "diagnostics": diagnostics });
    let mut text = serde_json::to_string_pretty(&document).unwrap_or_default();
    text.push('\n');
    text
}

fn diagnostic(report: &Report, file: &Remarked, lines: &Lines, remark: &Remark, suggestion: Option<&Suggestion>) -> Json {
    let mut code = json!({ "value": remark.id });
    if let Some(link) = remarks::rule(report, remark.id).links.first() {
        code["url"] = json!(link);
    }
    let range = match (suggestion, remark.unread) {
        // A forge takes a suggestion only on the very lines that the diagnostic is on.
        (Some(suggestion), _) => range(lines, &suggestion.at),
        (None, Some(line)) => json!({ "start": { "line": line } }),
        (None, None) => range(lines, &remark.at),
    };
    let mut out = json!({
        "message": remark.said(),
        "location": { "path": file.path, "range": range },
        "severity": severity(remark.level),
        "code": code,
    });
    if let Some(suggestion) = suggestion {
        out["suggestions"] = json!([{ "range": range, "text": suggestion.with }]);
    }
    out
}

fn severity(level: Level) -> &'static str {
    match level {
        Level::Error => "ERROR",
        Level::Warning => "WARNING",
        Level::Note => "INFO",
    }
}

fn range(lines: &Lines, span: &Span) -> Json {
    let place = |Position { line, column }| json!({ "line": line, "column": column });
    json!({ "start": place(lines.bytes(span.start)), "end": place(lines.bytes(span.end)) })
}

/// Whole lines, and what they become.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Suggestion {
    at: Span,
    with: String,
}

/// Which remark has which suggestion.
fn suggestions(file: &Remarked, lines: &Lines) -> Vec<Option<Suggestion>> {
    // The lines of each fix, what it does there, and the remark that has it.
    let mut parts: Vec<(Span, Vec<Splice>, usize)> = Vec::new();
    for (nth, remark) in file.remarks.iter().enumerate() {
        let Some(fix) = &remark.fix else { continue };
        let (Some(first), Some(last)) = (fix.splices.first(), fix.splices.last()) else { continue };
        parts.push((whole(lines, first.at.start..last.at.end), fix.splices.clone(), nth));
    }
    parts.sort_by_key(|(at, ..)| (at.start, at.end));
    let mut merged: Vec<(Span, Vec<Splice>, usize)> = Vec::new();
    for (at, splices, nth) in parts {
        match merged.last_mut().filter(|(last, ..)| at.start <= last.end) {
            Some((last, all, owner)) => {
                last.end = last.end.max(at.end);
                all.extend(splices);
                *owner = nth.min(*owner);
            }
            None => merged.push((at, splices, nth)),
        }
    }
    let mut out = vec![None; file.remarks.len()];
    for (at, mut splices, nth) in merged {
        splices.sort_by_key(|splice| (splice.at.start, splice.at.end));
        if lines.number(at.end) - lines.number(at.start) < LINES {
            out[nth] = Some(suggestion(lines, &at, &splices));
        }
    }
    out
}

/// The whole lines of a span, without the last line end. What ends at the start of a line ends in that line, so that a line that
/// goes takes its end along; at the end of the text, the line before is in.
fn whole(lines: &Lines, span: Span) -> Span {
    let (first, last) = (lines.number(span.start), lines.number(span.end));
    let past = span.end == lines.text.len() && lines.content(last).is_empty() && last > 0;
    let first = if past { first.min(last - 1) } else { first };
    let start = match past && first > 0 && lines.content(first).start == span.start {
        true => lines.content(first - 1).start,
        false => lines.content(first).start,
    };
    start..if past { lines.text.len() } else { lines.content(last).end }
}

fn suggestion(lines: &Lines, at: &Span, splices: &[Splice]) -> Suggestion {
    let own: Vec<Splice> = (splices.iter())
        .map(|splice| Splice { at: splice.at.start - at.start..splice.at.end - at.start, with: splice.with.clone() })
        .collect();
    let mut with = apply(&lines.text[at.clone()], &own);
    let mut at = at.clone();
    // The last line end stays where it is, where there is one on both sides.
    for end in ["\r\n", "\n"] {
        if lines.text[at.clone()].ends_with(end) && with.ends_with(end) {
            at.end -= end.len();
            with.truncate(with.len() - end.len());
            break;
        }
    }
    Suggestion { at, with }
}

#[cfg(test)]
mod tests {
    use super::super::remarks::{Fix, Kind};
    use super::*;

    fn made(text: &str, fixes: &[&[(Span, &str)]]) -> Vec<(String, String)> {
        let remark = |fix: &&[(Span, &str)]| Remark {
            kind: Kind::Edit,
            id: "p/1/x",
            level: Level::Warning,
            at: 0..0,
            unread: None,
            message: String::new(),
            help: None,
            fix: Some(Fix {
                splices: fix.iter().map(|(at, with)| Splice { at: at.clone(), with: (*with).to_owned() }).collect(),
                says: String::new(),
            }),
        };
        let file = Remarked::of("a.yaml", text, fixes.iter().map(remark).collect());
        let all = suggestions(&file, &file.lines());
        all.into_iter().flatten().map(|one| (text[one.at].to_owned(), one.with)).collect()
    }

    fn one(old: &str, new: &str) -> Vec<(String, String)> {
        vec![(old.to_owned(), new.to_owned())]
    }

    #[test]
    fn suggestions_are_whole_lines() {
        let text = "a: 1\r\nb: 2\r\nc: 3\r\n";
        assert_eq!(made(text, &[&[(3..4, "9")]]), one("a: 1", "a: 9"));
        assert_eq!(made(text, &[&[(6..12, "")]]), one("b: 2\r\nc: 3", "c: 3"));
        assert_eq!(made(text, &[&[(12..18, "")]]), one("b: 2\r\nc: 3", "b: 2"));
        assert_eq!(made(text, &[&[(6..6, "n: 0\r\n")]]), one("b: 2", "n: 0\r\nb: 2"));
        assert_eq!(made(text, &[&[(18..18, "d: 4\r\n")]]), one("c: 3", "c: 3\r\nd: 4"));
        assert_eq!(made("a: 1", &[&[(4..4, "\nb: 2")]]), one("a: 1", "a: 1\nb: 2"));
        assert_eq!(made("a: 1\n", &[&[(0..5, "")]]), one("a: 1\n", ""));
    }

    #[test]
    fn what_shares_lines_is_one_suggestion() {
        let text = "a: 1\nb: 2\nc: 3\n";
        let of = made(text, &[&[(3..4, "7"), (13..14, "9")], &[(8..9, "8")]]);
        assert_eq!(of, one("a: 1\nb: 2\nc: 3", "a: 7\nb: 8\nc: 9"));
    }
}
