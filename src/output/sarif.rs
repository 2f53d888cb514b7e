//! SARIF 2.1.0, for code scanning and editors.
use super::format::Setting;
use super::remarks::{self, Fix, Lines, Remark, Remarked, Rule};
use crate::report::{Level, Report};
use crate::source::Span;
use serde_json::{Value as Json, json};
use std::collections::{BTreeMap, BTreeSet, HashSet};

/// Results that code scanning takes of a run.
const RESULTS: usize = 25_000;

/// Characters of a message, of a short text on a rule.
const TEXT: usize = 1_024;

/// The folder that paths start from, which only who reads the report knows.
const ROOT: &str = "%SRCROOT%";

/// The report as a SARIF log, with a final newline.
pub fn render(report: &Report, setting: &Setting) -> String {
    let files = remarks::all(report, setting);
    let ids: BTreeSet<&str> = files.iter().flat_map(|file| file.remarks.iter().map(|remark| remark.id)).collect();
    let rules: Vec<Json> = ids.iter().map(|id| rule(&remarks::rule(report, id))).collect();
    let index: BTreeMap<&str, usize> = ids.iter().enumerate().map(|(nth, id)| (*id, nth)).collect();
    let (kept, left_out) = worst(&files, RESULTS);
    let results: Vec<Json> = files.iter().zip(&kept).flat_map(|(file, kept)| results(file, kept, &index)).collect();
    let packs: BTreeSet<&str> = report.runs.iter().map(|run| run.pack.as_str()).collect();
    let packs: Vec<&str> = packs.into_iter().collect();
    let invocation = json!({
        "executionSuccessful": report.failed().next().is_none(),
        "toolExecutionNotifications": notes(left_out),
    });
    let mut driver = json!({
        "name": "yamlift",
        "version": env!("CARGO_PKG_VERSION"),
        "semanticVersion": env!("CARGO_PKG_VERSION"),
        "rules": rules,
    });
    let home = env!("CARGO_PKG_REPOSITORY");
    if !home.is_empty() {
        driver["informationUri"] = json!(home);
    }
    let log = json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": driver },
            "automationDetails": { "id": format!("yamlift/{}/", packs.join("+")) },
            "columnKind": "utf16CodeUnits",
            "originalUriBaseIds": { ROOT: { "description": { "text": "The top of the repository" } } },
            "invocations": [invocation],
            "results": results,
        }],
    });
    let mut text = serde_json::to_string_pretty(&log).unwrap_or_default();
    text.push('\n');
    text
}

fn notes(left_out: usize) -> Vec<Json> {
    let text = format!("the {left_out} least severe results are left out: code scanning takes at most {RESULTS} of a run");
    let note = json!({ "level": "warning", "message": { "text": text } });
    (left_out > 0).then_some(note).into_iter().collect()
}

/// Which remarks of each file are told, and how many are not: of many the first ones of the greatest weight.
fn worst(files: &[Remarked], most: usize) -> (Vec<Vec<bool>>, usize) {
    let mut all: Vec<(Level, usize, usize)> = Vec::new();
    for (file, one) in files.iter().enumerate() {
        all.extend(one.remarks.iter().enumerate().map(|(nth, remark)| (remark.level, file, nth)));
    }
    all.sort_by_key(|(level, file, nth)| (std::cmp::Reverse(*level), *file, *nth));
    let mut kept: Vec<Vec<bool>> = files.iter().map(|file| vec![false; file.remarks.len()]).collect();
    all.iter().take(most).for_each(|(_, file, nth)| kept[*file][*nth] = true);
    (kept, all.len().saturating_sub(most))
}

fn rule(rule: &Rule) -> Json {
    let links: String = rule.links.iter().map(|link| format!("\n{link}")).collect();
    let listed: String = rule.links.iter().map(|link| format!("\n- <{link}>")).collect();
    let why = if rule.why.is_empty() { rule.title } else { rule.why };
    let mut tags = vec!["migration".to_owned()];
    tags.extend(rule.about.iter().flat_map(|about| [about.pack.to_lowercase(), format!("safety/{}", about.safety)]));
    let mut out = json!({
        "id": rule.id,
        "name": name(rule.id),
        "shortDescription": { "text": cut(rule.title) },
        "fullDescription": { "text": cut(why) },
        "help": {
            "text": format!("{}\n\n{why}\n{links}", rule.title),
            "markdown": format!("**{}**\n\n{why}\n{listed}", rule.title),
        },
        "defaultConfiguration": { "level": "warning" },
        "properties": { "tags": tags, "precision": "high", "problem.severity": "warning" },
    });
    if let Some(link) = rule.links.first() {
        out["helpUri"] = json!(link);
    }
    out
}

/// `mesh/1.2/new-name` → `NewName`.
fn name(id: &str) -> String {
    let words = id.rsplit('/').next().unwrap_or_default().split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    let capital = |word: &str| {
        let mut chars = word.chars();
        chars.next().map(|first| first.to_uppercase().chain(chars).collect::<String>()).unwrap_or_default()
    };
    words.map(capital).collect()
}

fn results(file: &Remarked, kept: &[bool], rules: &BTreeMap<&str, usize>) -> Vec<Json> {
    let lines = file.lines();
    let (places, of_lines) = (file.prints(&lines), file.line_prints(&lines));
    let mut known = HashSet::new();
    let mut out = Vec::new();
    for (nth, remark) in file.remarks.iter().enumerate().filter(|(nth, _)| kept[*nth]) {
        let line = remark.line(&lines);
        let on_line = of_lines.get(line - 1).unwrap_or(&places[nth]);
        // What two say of one line in the name of one rule are two alerts.
        let first = known.insert((remark.id, on_line));
        let on_line = if first { on_line.clone() } else { places[nth].clone() };
        let mut result = json!({
            "ruleId": remark.id,
            "ruleIndex": rules.get(remark.id),
            "level": level(remark.level),
            "message": { "text": cut(&remark.said()) },
            "locations": [{ "physicalLocation": {
                "artifactLocation": artifact(&file.name),
                "region": region(&lines, remark),
            }}],
            "partialFingerprints": { "primaryLocationLineHash": on_line, "yamlift/v1": places[nth] },
            "properties": { "kind": remark.kind.name() },
        });
        if let Some(fix) = &remark.fix {
            result["fixes"] = json!([self::fix(fix, &file.name, &lines)]);
        }
        out.push(result);
    }
    out
}

fn level(level: Level) -> &'static str {
    match level {
        Level::Error => "error",
        Level::Warning => "warning",
        Level::Note => "note",
    }
}

fn artifact(path: &[u8]) -> Json {
    json!({ "uri": uri(path), "uriBaseId": ROOT })
}

fn region(lines: &Lines, remark: &Remark) -> Json {
    match remark.unread {
        Some(line) => json!({ "startLine": line }),
        None => span(lines, &remark.at),
    }
}

fn span(lines: &Lines, span: &Span) -> Json {
    let (start, end) = (lines.utf16(span.start), lines.utf16(span.end));
    json!({ "startLine": start.line, "startColumn": start.column, "endLine": end.line, "endColumn": end.column })
}

fn fix(fix: &Fix, path: &[u8], lines: &Lines) -> Json {
    let replacements: Vec<Json> = (fix.splices.iter())
        .map(|splice| json!({ "deletedRegion": span(lines, &splice.at), "insertedContent": { "text": splice.with } }))
        .collect();
    json!({
        "description": { "text": cut(&fix.says) },
        "artifactChanges": [{ "artifactLocation": artifact(path), "replacements": replacements }],
    })
}

/// A relative URI of the bytes of a path: what is no plain ASCII is percent-encoded, so that a colon begins no scheme.
fn uri(path: &[u8]) -> String {
    let mut out = String::with_capacity(path.len());
    for &byte in path {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => out.push(char::from(byte)),
            other => out += &format!("%{other:02X}"),
        }
    }
    out
}

/// At most `TEXT` characters.
fn cut(text: &str) -> String {
    let text = text.trim();
    if text.chars().count() <= TEXT {
        return text.to_owned();
    }
    text.chars().take(TEXT - 1).chain(['…']).collect()
}

#[cfg(test)]
mod tests {
    use super::super::remarks::Kind;
    use super::*;

    #[test]
    fn paths_become_relative_uris() {
        assert_eq!(uri("a b/ü:%#?.yaml".as_bytes()), "a%20b/%C3%BC%3A%25%23%3F.yaml");
        assert_eq!(uri(b"b\xff\xfe.yaml"), "b%FF%FE.yaml");
    }

    #[test]
    fn names_and_texts() {
        assert_eq!(name("mesh/1.2/new-name"), "NewName");
        assert_eq!(cut(&"é".repeat(1_025)).chars().count(), 1_024);
        assert_eq!(cut(" x\n"), "x");
    }

    #[test]
    fn the_worst_stay() {
        let remark = |level: Level| Remark {
            kind: Kind::Finding,
            id: "p/1/x",
            level,
            at: 0..0,
            unread: None,
            message: String::new(),
            help: None,
            fix: None,
        };
        let levels = [Level::Note, Level::Error, Level::Warning, Level::Note];
        let file = Remarked::of("a.yaml", "", levels.map(remark).to_vec());
        assert_eq!(worst(&[file], 2), (vec![vec![false, true, true, false]], 2));
    }
}
