//! Findings for people: what breaks, the place with its line, what to do. The only module that knows annotate-snippets.
use super::links;
use super::terminal::{self, one_line};
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
/// What is said in the same words of several places is said once, with the other places behind it. Of what differs by names
/// alone, as it is of one kind, the first ones are shown in full, unless it is an error.
pub fn findings(report: &Report, voice: Voice) -> String {
    let files = report.files.iter().filter(|file| !file.failed());
    let all = files.flat_map(|file| file.findings.iter().map(move |finding| (file, finding)));
    let all: Vec<Said> = all.filter(|(_, finding)| finding.level >= voice.least).collect();
    let mut out: String = if voice.verbose {
        all.iter().map(|said| snippet(report, said, &[], &[], voice) + "\n").collect()
    } else {
        in_short(report, &all, voice)
    };
    if voice.least == Level::Note {
        out += &offers(report, voice.colour);
    }
    out
}

/// Findings, with those that are like others behind the first ones.
fn in_short(report: &Report, all: &[Said], voice: Voice) -> String {
    /// How many of one kind are shown in full, and how many more make it worth while not to show the rest so.
    const IN_FULL: usize = 3;
    let mut alike: HashMap<Words, Vec<Said>> = HashMap::new();
    all.iter().for_each(|said| alike.entry(words(said.1)).or_default().push(*said));
    let first = |said: &&Said| std::ptr::eq(alike[&words(said.1)][0].1, said.1);
    let mut kinds: HashMap<Kind, Vec<Said>> = HashMap::new();
    all.iter().filter(first).for_each(|said| kinds.entry(kind(said.1)).or_default().push(*said));
    let mut out = String::new();
    for said in all.iter().filter(first) {
        let of_kind = &kinds[&kind(said.1)];
        let long = said.1.level < Level::Error && of_kind.len() > IN_FULL + 1;
        let index = of_kind.iter().position(|other| std::ptr::eq(other.1, said.1)).unwrap_or_default();
        let rest = if long && index + 1 == IN_FULL { &of_kind[IN_FULL..] } else { &[] };
        let rest: Vec<Said> = rest.iter().flat_map(|one| alike[&words(one.1)].iter().copied()).collect();
        if !long || index < IN_FULL {
            out += &(snippet(report, said, &alike[&words(said.1)][1..], &rest, voice) + "\n");
        }
    }
    out
}

/// What makes two findings differ by names alone.
type Kind<'r> = (&'r str, Level, &'r str);

fn kind(finding: &Finding) -> Kind<'_> {
    (&finding.id, finding.level, finding.kind.as_deref().unwrap_or(&finding.message))
}

/// What makes two findings say the same.
type Words<'r> = (&'r str, Level, &'r str, Option<&'r str>);

fn words(finding: &Finding) -> Words<'_> {
    (&finding.id, finding.level, &finding.message, finding.help.as_deref())
}

/// How many places of others are named.
const SHOWN: usize = 6;

/// `a.yaml:3, b.yaml:7 and 9 more`.
fn places(others: &[Said], voice: Voice) -> String {
    let shown: Vec<String> =
        others.iter().take(SHOWN).map(|(file, f)| format!("{}:{}", one_line(&f.path), row_column(file, f, voice).0)).collect();
    let more = match others.len().saturating_sub(SHOWN) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    format!("{}{more}", shown.join(", "))
}

fn renderer(colour: bool) -> Renderer {
    if colour { Renderer::styled() } else { Renderer::plain() }
}

/// A finding and the file that it is in.
type Said<'r> = (&'r FileReport, &'r Finding);

/// Whether a finding is to be shown in the new text: what an edit took out is in the old one alone.
fn is_new(file: &FileReport, finding: &Finding, voice: Voice) -> bool {
    voice.wrote && file.changed() && !file.is_gone(finding.span.start)
}

/// Where a finding is: in the text as it is on disk by then.
fn row_column(file: &FileReport, finding: &Finding, voice: Voice) -> (usize, usize) {
    if is_new(file, finding, voice) {
        line_column(&file.migrated_text(), file.after(finding.span.start))
    } else {
        (finding.line, finding.column)
    }
}

/// One finding, with the line that it is about. `others` say the same, `rest` says it with other names.
fn snippet(report: &Report, (file, finding): &Said, others: &[Said], rest: &[Said], voice: Voice) -> String {
    let new = is_new(file, finding, voice);
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
    let about = report.about.get(&finding.id).and_then(|about| about.links.first()).filter(|_| voice.links);
    let mut group = Group::with_title(if let Some(url) = about { title.id_url(url) } else { title });
    let (line, mark) = line_around(&text, &span);
    if line.is_empty() {
        let place = annotate_snippets::Origin::path(one_line(&finding.path)).line(row).char_column(column);
        group = group.element(place);
    } else {
        let snippet = Snippet::source(line).path(one_line(&finding.path)).line_start(row);
        group = group.element(snippet.annotation(AnnotationKind::Primary.span(mark)));
    }
    if !new && voice.wrote && file.changed() {
        group = group.element(Shown::NOTE.message("this is the old line: the edit removed it"));
    }
    if !others.is_empty() {
        let all = if others.len() > SHOWN { " (all with -v)" } else { "" };
        group = group.element(Shown::NOTE.message(format!("also at {}{all}", places(others, voice))));
    }
    if !rest.is_empty() {
        let more = counted(rest.len(), "more place");
        group = group.element(Shown::NOTE.message(format!("and {more} like this: {} (each with -v)", places(rest, voice))));
    }
    if let Some(help) = &finding.help {
        group = group.element(Shown::HELP.message(help.trim_end()));
    }
    let text = renderer(voice.colour).render(&[group]) + "\n";
    match links::of_file(&file.source.disk).filter(|_| voice.links) {
        Some(url) => {
            let place = format!("{}:{row}:{column}", one_line(&finding.path));
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
        let title = format!("would change {}{places}, but only if you ask for it: read the diff first", files(offer.files));
        let help = "add --safety review to see the diff";
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
            let _ = writeln!(
                out,
                "{error}: could not {} {}: {kind}",
                deed(group[0]),
                files(group.len()),
                kind = terminal::lines(&kind)
            );
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
        return format!("{error}: could not {} {}: {}\n", deed(file), place(file), terminal::lines(why(file)));
    };
    let line = |f: &Finding| {
        let (path, line, column) = (one_line(&f.path), f.line, f.column);
        format!("{error}: could not edit {path}:{line}:{column}: {}\n{}", terminal::lines(&f.message), help(Some(f)))
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
    let said = terminal::lines(finding.and_then(|finding| finding.help.as_deref()).unwrap_or_default());
    said.lines().map(|line| format!("  {line}\n")).collect()
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
        Some(f) if f.span.start > 0 && !f.message.contains("(line ") => format!("{}:{}:{}", one_line(&f.path), f.line, f.column),
        _ => one_line(&file.source.path),
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
        let mut one = file("a: 1\nb: 2\nc: 3\n");
        one.steps.push(Step { splices: vec![Splice { at: 5..10, with: String::new() }], ..all.files[0].steps[0].clone() });
        one.findings.extend([5..6, 10..11].map(|at| Finding::at(&one.source, at, "p/1/x", Level::Note, "m")));
        one.findings[1].message.push('2');
        let new = findings(&report(vec![one]), Voice { wrote: true, ..PLAIN });
        assert!(new.contains("--> a/b.yaml:2:1\n  |\n2 | b: 2\n  | ^\n  |\n  = note: this is the old line"), "{new}");
        assert!(new.contains("--> a/b.yaml:2:1\n  |\n2 | c: 3\n"), "{new}");
    }

    #[test]
    fn what_differs_by_names_alone_is_shown_three_times() {
        let mut one = file("a: 1\nb: 2\nc: 3\nd: 4\ne: 5\nf: 6\n");
        let say = |n: usize, level, name: &str, kind: &str| {
            let message = format!("{name} is gone");
            Finding {
                kind: Some(kind.into()),
                ..Finding::at(&file(&one.source.text).source, n * 5..n * 5 + 1, "p/1/x", level, message)
            }
        };
        let many: Vec<Finding> = (0..6).map(|n| say(n, Level::Warning, &format!("`n{n}`"), "7 ")).collect();
        one.findings.clone_from(&many);
        one.findings.extend([say(5, Level::Warning, "`n5`", "7 "), say(0, Level::Warning, "another", "9 ")]);
        let text = findings(&report(vec![one.clone()]), PLAIN);
        assert_eq!(text.matches("warning[p/1/x]").count(), 4, "{text}");
        let more = " --> a/b.yaml:3:1\n  |\n3 | c: 3\n  | ^\n  |\n  = note: and 4 more places like this: a/b.yaml:4, a/b.yaml:5, a/b.yaml:6, a/b.yaml:6 (each with -v)\n";
        assert!(text.contains(more), "{text}");
        assert_eq!(findings(&report(vec![one.clone()]), Voice { verbose: true, ..PLAIN }).matches("warning[p/1/x]").count(), 8);
        // One that is left need not be hidden; errors never are.
        one.findings = many[..4].to_vec();
        assert_eq!(findings(&report(vec![one.clone()]), PLAIN).matches("warning[p/1/x]").count(), 4);
        one.findings = many.into_iter().map(|finding| Finding { level: Level::Error, ..finding }).collect();
        assert_eq!(findings(&report(vec![one]), PLAIN).matches("error[p/1/x]").count(), 6);
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
        assert!(text.contains("--> a/b.yaml:1:4") && text.contains("= help: add --safety review to see the diff"), "{text}");
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
