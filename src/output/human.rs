//! Findings for people: what breaks, the place with its line, what to do. The only module that knows annotate-snippets.
use super::links;
use crate::report::{FileReport, Finding, Level, Report, SCHEMA};
use crate::source::{Span, line_column};
use annotate_snippets::{AnnotationKind, Group, Level as Shown, Renderer, Snippet};
use std::collections::HashMap;
use std::fmt::Write as _;

/// What is said.
#[derive(Debug, Clone, Copy)]
pub struct Voice {
    pub colour: bool,
    /// Ids lead to what the release says, places to the file.
    pub links: bool,
    /// Least level that is shown.
    pub least: Level,
    /// Names every file that was not read.
    pub verbose: bool,
    /// The files were written: places are those of the new text.
    pub wrote: bool,
}

/// Findings by path and place, migrations that wait to be asked for.
///
/// What is said in the same words of several places is said once, with the other places behind it.
pub fn findings(report: &Report, voice: Voice) -> String {
    let mut out = String::new();
    let said = |file: &FileReport| !file.failed();
    let mut places: HashMap<Words, Vec<Said>> = HashMap::new();
    for file in report.files.iter().filter(|file| said(file) && !voice.verbose) {
        file.findings.iter().for_each(|finding| places.entry(words(finding)).or_default().push((file, finding)));
    }
    for file in report.files.iter().filter(|file| said(file)) {
        for finding in file.findings.iter().filter(|finding| finding.level >= voice.least) {
            let alike = places.get(&words(finding)).map_or(&[][..], Vec::as_slice);
            if alike.first().is_none_or(|(_, first)| std::ptr::eq(*first, finding)) {
                let about = report.about.get(&finding.id).and_then(|about| about.links.first()).filter(|_| voice.links);
                out += &snippet(file, finding, about.map(String::as_str), alike.get(1..).unwrap_or_default(), voice);
                out.push('\n');
            }
        }
    }
    if voice.least == Level::Note {
        out += &offers(report, voice.colour);
    }
    out
}

/// What makes two findings say the same.
type Words<'r> = (&'r str, Level, &'r str, Option<&'r str>);

fn words(finding: &Finding) -> Words<'_> {
    (&finding.id, finding.level, &finding.message, finding.help.as_deref())
}

/// `The same at a.yaml:3, b.yaml:7 and 9 more`.
fn the_same_at(others: &[Said], voice: Voice) -> Option<String> {
    const SHOWN: usize = 6;
    let shown: Vec<String> =
        others.iter().take(SHOWN).map(|(file, f)| format!("{}:{}", shown_path(&f.path), row_column(file, f, voice).0)).collect();
    let more = match others.len().saturating_sub(SHOWN) {
        0 => String::new(),
        more => format!(" and {more} more (all with -v)"),
    };
    (!others.is_empty()).then(|| format!("the same at {}{more}", shown.join(", ")))
}

fn renderer(colour: bool) -> Renderer {
    if colour { Renderer::styled() } else { Renderer::plain() }
}

/// A finding and the file that it is in.
type Said<'r> = (&'r FileReport, &'r Finding);

/// Where a finding is: in the text as it is on disk by then.
fn row_column(file: &FileReport, finding: &Finding, voice: Voice) -> (usize, usize) {
    if voice.wrote && file.changed() {
        line_column(&file.migrated_text(), file.after(finding.span.start))
    } else {
        (finding.line, finding.column)
    }
}

/// A path in one line, whatever is in its name.
fn shown_path(path: &str) -> String {
    path.chars().map(|c| if c.is_control() { c.escape_default().to_string() } else { c.to_string() }).collect()
}

/// One finding, with the line that it is about; `about`: an address to read more at.
fn snippet(file: &FileReport, finding: &Finding, about: Option<&str>, others: &[Said], voice: Voice) -> String {
    let new = voice.wrote && file.changed();
    let text = if new { file.migrated_text() } else { file.source.text.clone() };
    let at = |byte: usize| if new { file.after(byte) } else { byte };
    let span = at(finding.span.start)..at(finding.span.end);
    let (row, column) = row_column(file, finding, voice);
    let level = match finding.level {
        Level::Error => Shown::ERROR,
        Level::Warning => Shown::WARNING,
        Level::Note => Shown::NOTE,
    };
    let title = level.primary_title(finding.message.trim_end()).id(&finding.id);
    let mut group = Group::with_title(if let Some(url) = about { title.id_url(url) } else { title });
    let (line, mark) = line_around(&text, &span);
    if line.is_empty() {
        let place = annotate_snippets::Origin::path(shown_path(&finding.path)).line(row).char_column(column);
        group = group.element(place);
    } else {
        let snippet = Snippet::source(line).path(shown_path(&finding.path)).line_start(row);
        group = group.element(snippet.annotation(AnnotationKind::Primary.span(mark)));
    }
    if let Some(same) = the_same_at(others, voice) {
        group = group.element(Shown::NOTE.message(same));
    }
    if let Some(help) = &finding.help {
        group = group.element(Shown::HELP.message(help.trim_end()));
    }
    let text = renderer(voice.colour).render(&[group]) + "\n";
    match links::of_file(&file.source.disk).filter(|_| voice.links) {
        Some(url) => {
            let place = format!("{}:{row}:{column}", shown_path(&finding.path));
            text.replacen(&place, &links::link(&url, &place), 1)
        }
        None => text,
    }
}

/// The line that a span starts in, and the part of it that the span covers: the first line tells a block.
fn line_around<'t>(text: &'t str, span: &Span) -> (&'t str, Span) {
    let mut at = span.start.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    let start = text[..at].rfind('\n').map_or(0, |i| i + 1);
    let line = text[start..].split(['\n', '\r']).next().unwrap_or_default();
    let whole = start + line.len();
    let mut end = span.end.clamp(at, text.len()).min(whole).max(at);
    // Of a block the first line is marked, without the comment behind it.
    if span.end > whole {
        let shown = text[at..end].split(" #").next().unwrap_or_default().trim_end();
        end = at + shown.len();
    }
    while !text.is_char_boundary(end) {
        end += 1;
    }
    (line, at - start..(end - start).max(at - start))
}

fn offers(report: &Report, colour: bool) -> String {
    let mut out = String::new();
    for offer in report.offers() {
        let places = if offer.places == 1 { String::new() } else { format!(" in {} places", offer.places) };
        let title = format!("would change {}{places}, once you ask for it: read the diff first", files(offer.files));
        let help = format!("{}: --safety review", files(offer.files));
        let group = Group::with_title(Shown::NOTE.primary_title(title).id(&offer.id))
            .element(annotate_snippets::Origin::path(offer.first.as_deref().unwrap_or_default()))
            .element(Shown::HELP.message(help));
        let _ = writeln!(out, "{}\n", renderer(colour).render(&[group]));
    }
    out
}

/// `1 file`, `3 files`.
pub fn files(count: usize) -> String {
    counted(count, "file")
}

pub fn counted(count: usize, what: &str) -> String {
    format!("{count} {what}{}", if count == 1 { "" } else { "s" })
}

/// Files that were not read, or not proven: one line each, or one per reason where many share it.
pub fn failures(report: &Report, voice: Voice) -> String {
    let mut reasons: Vec<(String, Vec<&FileReport>)> = Vec::new();
    for file in report.failed() {
        let kind = reason(why(file));
        match reasons.iter_mut().find(|(known, _)| *known == kind) {
            Some((_, files)) => files.push(file),
            None => reasons.push((kind, vec![file])),
        }
    }
    let error = if voice.colour { "\x1b[1;31merror\x1b[0m" } else { "error" };
    let mut out = String::new();
    for (kind, group) in reasons {
        if group.len() <= ONE_BY_ONE || voice.verbose {
            for file in &group {
                out += &one_by_one(file, error);
            }
        } else {
            let some: Vec<String> = group.iter().take(ONE_BY_ONE).map(|file| place(file)).collect();
            let _ = writeln!(out, "{error}: could not {} {}: {kind}", deed(group[0]), files(group.len()));
            let _ = writeln!(out, "  {}, … (all with -v)", some.join(", "));
        }
        if breaks_a_schema(group[0]).is_none() || group.len() > ONE_BY_ONE && !voice.verbose {
            out += &help(group[0].findings.first());
        }
    }
    out
}

/// A line for a file; of one that breaks a schema a line for each place, with what helps there.
fn one_by_one(file: &FileReport, error: &str) -> String {
    let Some(places) = breaks_a_schema(file) else {
        return format!("{error}: could not {} {}: {}\n", deed(file), place(file), why(file));
    };
    let line = |f: &Finding| {
        let (path, line, column) = (&f.path, f.line, f.column);
        format!("{error}: could not edit {path}:{line}:{column}: {}\n{}", f.message, help(Some(f)))
    };
    places.map(line).collect()
}

/// The places of a file whose edit does not fit a schema; none where it failed for another reason.
fn breaks_a_schema(file: &FileReport) -> Option<impl Iterator<Item = &Finding>> {
    let of_schema = |finding: &&Finding| finding.id == SCHEMA && finding.level == Level::Error;
    file.findings.first().filter(of_schema)?;
    Some(file.findings.iter().filter(of_schema))
}

fn help(finding: Option<&Finding>) -> String {
    let lines = finding.and_then(|finding| finding.help.as_deref()).unwrap_or_default().lines();
    lines.map(|line| format!("  {line}\n")).collect()
}

/// How many files of one reason are named one by one.
const ONE_BY_ONE: usize = 3;

fn why(file: &FileReport) -> &str {
    match &file.outcome {
        crate::report::Outcome::Failed(why) => why,
        _ => "",
    }
}

/// What did not work.
fn deed(file: &FileReport) -> &'static str {
    match file.findings.first().map(|f| f.id.as_str()) {
        Some("yamlift/unwritten") => "write",
        Some("yamlift/unproven") => "prove the edit of",
        Some(SCHEMA) => "edit",
        _ => "read",
    }
}

/// The path, with line and column where they say more than the first byte.
fn place(file: &FileReport) -> String {
    match file.findings.first().filter(|_| deed(file) != "write") {
        Some(f) if f.span.start > 0 && !f.message.contains("(line ") => format!("{}:{}:{}", f.path, f.line, f.column),
        _ => file.source.path.clone(),
    }
}

/// What reasons of one kind share: the part before the details, without numbers and quoted names.
fn reason(why: &str) -> String {
    let head = why.split(": ").next().unwrap_or(why);
    let head = head.split(" at byte ").next().unwrap_or(head);
    let mut kind = String::with_capacity(head.len());
    let mut quoted = false;
    for c in head.chars() {
        match c {
            '`' => {
                quoted = !quoted;
                if quoted {
                    kind.push_str("`…`");
                }
            }
            _ if quoted => {}
            c if c.is_ascii_digit() => {
                if !kind.ends_with('N') {
                    kind.push('N');
                }
            }
            c => kind.push(c),
        }
    }
    kind
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::{Offer, Outcome, Splice, Step};
    use crate::source::Source;

    const PLAIN: Voice = Voice { colour: false, links: false, least: Level::Note, verbose: false, wrote: false };

    fn report(files: Vec<FileReport>) -> Report {
        Report { looked_at: files.len(), parsed: files.len(), files, ..Report::default() }
    }

    fn file(text: &str) -> FileReport {
        let mut file = FileReport::unread(Source::new("a/b.yaml", text), "", None, None);
        file.findings.clear();
        file.outcome = Outcome::NeedsReview;
        file
    }

    #[test]
    fn a_finding_shows_its_line() {
        let mut one = file("a: 1\r\nname: \"é\"  # x\r\nb: 2\r\n");
        let finding = Finding::at(&one.source, 12..16, "pack/1.0/x", Level::Warning, "it breaks").with_help("do that\nand that");
        one.findings.push(finding);
        let text = findings(&report(vec![one]), PLAIN);
        let want = "warning[pack/1.0/x]: it breaks\n --> a/b.yaml:2:7\n  |\n2 | name: \"é\"  # x\n  |       ^^^\n  |\n  = help: do that\n          and that\n\n";
        assert_eq!(text, want);
    }

    #[test]
    fn a_place_and_an_id_lead_somewhere() {
        let mut one = file("a: 1\n");
        one.source.disk = "/work/a/b.yaml".into();
        one.findings.push(Finding::at(&one.source, 0..1, "p/1/x", Level::Note, "m"));
        let mut all = report(vec![one]);
        let about = crate::report::About {
            id: "p/1/x".into(),
            pack: "P".into(),
            version: None,
            title: "t".into(),
            why: "w".into(),
            links: vec!["https://p.dev/x".into()],
            safety: "safe",
        };
        all.about.insert("p/1/x".into(), about);
        let text = findings(&all, Voice { colour: true, links: true, ..PLAIN });
        assert!(text.contains("\x1b]8;;https://p.dev/x\x1b\\p/1/x\x1b]8;;\x1b\\"), "{text:?}");
        assert!(text.contains("\x1b]8;;file:///work/a/b.yaml\x1b\\a/b.yaml:1:1\x1b]8;;\x1b\\\n"), "{text:?}");
        assert!(!findings(&all, PLAIN).contains('\x1b'));
    }

    #[test]
    fn what_was_written_is_shown_as_it_is_now() {
        let mut one = file("a: 1\nb: 2\nc: 3\n");
        let splices = vec![Splice { at: 0..5, with: "x: 1\ny: 2\n".into() }, Splice { at: 8..9, with: "two".into() }];
        one.steps.push(Step {
            migration: "m".into(),
            splices,
            matches: 1,
            at: Vec::new(),
            when: Default::default(),
            removed_comments: Vec::new(),
            verbs: Vec::new(),
        });
        one.findings.push(Finding::at(&one.source, 8..9, "p/1/x", Level::Note, "m"));
        let all = report(vec![one]);
        assert!(findings(&all, PLAIN).contains("--> a/b.yaml:2:4\n  |\n2 | b: 2\n"));
        let new = findings(&all, Voice { wrote: true, ..PLAIN });
        assert!(new.contains("--> a/b.yaml:3:4\n  |\n3 | b: two\n"), "{new}");
    }

    #[test]
    fn spans_at_every_edge() {
        let text = "é: 1\nbb";
        assert_eq!(line_around(text, &(0..100)), ("é: 1", 0..5));
        assert_eq!(line_around(text, &(1..1)), ("é: 1", 0..2));
        assert_eq!(line_around(text, &(8..8)), ("bb", 2..2));
        assert_eq!(line_around(text, &(50..60)), ("bb", 2..2));
        assert_eq!(line_around("", &(0..0)), ("", 0..0));
        assert_eq!(line_around("- a: 1   # x\n  b: 2\n", &(2..20)), ("- a: 1   # x", 2..6));
        for span in [0..0, 8..8, 6..9] {
            let mut one = file(text);
            one.findings.push(Finding::at(&one.source, span, "x", Level::Error, "m"));
            assert!(findings(&report(vec![one]), PLAIN).contains("a/b.yaml:"));
        }
    }

    #[test]
    fn offers_are_summed_up() {
        let offered = |n| {
            let mut one = file("a: 1\n");
            one.offered.push(Offer { id: "p/1/x".into(), span: 3..4, places: n, when: Default::default() });
            one
        };
        let text = findings(&report(vec![offered(1), offered(2)]), PLAIN);
        assert!(text.starts_with("note[p/1/x]: would change 2 files in 3 places"), "{text}");
        assert!(text.contains("--> a/b.yaml:1:4") && text.contains("= help: 2 files: --safety review"), "{text}");
    }

    #[test]
    fn failures_of_one_kind_are_one_line() {
        let failed = |path: &str, why: &str| FileReport::unread(Source::new(path, ""), why, Some((2, 9)), None);
        let why = "a template that is no YAML: expected `x`";
        let many: Vec<_> = (0..5).map(|n| failed(&format!("t/{n}.yaml"), why)).collect();
        let one = failed("z.yaml", "not UTF-8 at byte 9 (line 2)");
        let all = report([many, vec![one]].concat());
        let text = failures(&all, PLAIN);
        assert_eq!(
            text,
            "error: could not read 5 files: a template that is no YAML\n  t/0.yaml:2:1, t/1.yaml:2:1, t/2.yaml:2:1, … (all with -v)\n\
             error: could not read z.yaml: not UTF-8 at byte 9 (line 2)\n"
        );
        assert_eq!(failures(&all, Voice { verbose: true, ..PLAIN }).lines().count(), 6);
    }
}
