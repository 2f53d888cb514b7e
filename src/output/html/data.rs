//! What the page shows, as JSON: the run, its migrations, and of each file the lines that a reviewer reads.
use super::super::format::Setting;
use super::super::{diff, summary};
use super::{heading, inert};
use crate::report::{FileReport, Finding, How, Level, Outcome, Places, Ran, Report, Summary, touched};
use crate::source::{Span, line_column};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// Everything but the files.
#[derive(Serialize)]
struct Head<'r> {
    version: u32,
    program: &'static str,
    title: String,
    command: &'r str,
    wrote: bool,
    runs: Vec<Start<'r>>,
    summary: Summary,
    migrations: Vec<Migration<'r>>,
    not_followed: &'r [String],
}

#[derive(Serialize)]
struct Start<'r> {
    pack: &'r str,
    from: &'r str,
    to: &'r str,
    folders: &'r [String],
    /// How it is known what runs, and what else is to be said of that.
    known: String,
}

/// A migration, or an id that the engine speaks under; files refer to it by its number.
#[derive(Default, Serialize)]
struct Migration<'r> {
    id: &'r str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pack: Option<&'r str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    version: Option<&'r str>,
    /// The members from here to `safety` are empty where the engine speaks.
    title: &'r str,
    why: &'r str,
    links: &'r [String],
    safety: &'static str,
    /// Files and places that it edited.
    files: usize,
    places: usize,
    /// Files and places that it would edit, if it was asked for.
    offered_files: usize,
    offered_places: usize,
    /// The places that it edited by when that may be; of one that is offered alone, those.
    when: Places,
    errors: usize,
    warnings: usize,
    notes: usize,
}

#[derive(Serialize)]
struct File<'r> {
    path: &'r str,
    outcome: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    why: Option<&'r str>,
    /// A byte order mark stands before the text.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    byte_order_mark: bool,
    added: usize,
    removed: usize,
    steps: Vec<Step<'r>>,
    hunks: Vec<Hunk>,
    findings: Vec<Said<'r>>,
    offered: Vec<Offer<'r>>,
}

#[derive(Serialize)]
struct Step<'r> {
    migration: usize,
    places: usize,
    when: &'r Places,
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    removed_comments: &'r [String],
}

#[derive(Serialize)]
struct Hunk {
    head: String,
    /// What holds the first line of interest: the object, and the names that lead there.
    #[serde(skip_serializing_if = "String::is_empty")]
    way: String,
    /// 1-based numbers of the first line, in both texts.
    old: usize,
    new: usize,
    /// As in a diff: a sign, then the line without its `\n`.
    lines: Vec<String>,
    /// The line, by its number in `lines`, that has no line end.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    unended: Vec<usize>,
    /// The migrations that changed something here.
    migrations: Vec<usize>,
    /// Where there are several: those of each line.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    by: Vec<Vec<usize>>,
}

#[derive(Serialize)]
struct Said<'r> {
    migration: usize,
    level: Level,
    line: usize,
    column: usize,
    /// What it is about in that line, in UTF-16 units.
    mark: (usize, usize),
    message: &'r str,
    #[serde(skip_serializing_if = "Option::is_none")]
    help: Option<&'r str>,
}

#[derive(Serialize)]
struct Offer<'r> {
    migration: usize,
    line: usize,
    column: usize,
    places: usize,
    when: &'r Places,
}

/// `Mesh 1.26 → 1.27`.
pub fn title(report: &Report) -> String {
    let mut names: Vec<String> = Vec::new();
    for run in &report.runs {
        let several = report.runs.iter().filter(|other| other.pack == run.pack).count() > 1;
        let from = if several { String::new() } else { format!(" {}", run.from) };
        let name = format!("{}{from} → {}", pack_title(report, &run.pack), run.to);
        if !names.contains(&name) {
            names.push(name);
        }
    }
    if names.is_empty() { "Nothing ran".into() } else { names.join(", ") }
}

/// The name of a pack for people, where the report knows it.
fn pack_title<'r>(report: &'r Report, pack: &'r str) -> &'r str {
    let of_pack = |id: &str| id.strip_prefix(pack).is_some_and(|rest| rest.starts_with('/'));
    report.about.values().find(|about| of_pack(&about.id)).map_or(pack, |about| &about.pack)
}

/// The document; files one by one, so that one of them is held at a time.
pub fn write(out: &mut String, report: &Report, setting: &Setting) {
    let migrations = migrations(report);
    let numbers: BTreeMap<&str, usize> = migrations.iter().enumerate().map(|(n, migration)| (migration.id, n)).collect();
    let head = Head {
        version: 1,
        program: concat!("yamlift ", env!("CARGO_PKG_VERSION")),
        title: title(report),
        command: &setting.command,
        wrote: setting.wrote,
        runs: report.runs.iter().map(|run| start(report, run)).collect(),
        summary: report.summary(),
        migrations,
        not_followed: &report.links,
    };
    out.push_str("{\"head\":");
    out.push_str(&json(&head));
    out.push_str(",\"files\":[");
    for (n, one) in report.files.iter().filter(|file| file.speaks()).enumerate() {
        out.push_str(if n == 0 { "\n" } else { ",\n" });
        out.push_str(&json(&file(one, &numbers)));
    }
    out.push_str("\n]}");
}

fn json(value: &impl Serialize) -> String {
    inert(&serde_json::to_string(value).unwrap_or_default())
}

fn start<'r>(report: &'r Report, run: &'r Ran) -> Start<'r> {
    let mut known = match run.how {
        How::Given => format!("{} was given on the command line", run.from),
        How::Detected => summary::found(run),
        How::Assumed if run.detected.is_empty() => {
            format!("nothing says what runs now: {} is assumed, the version before", run.from)
        }
        How::Assumed => "the lowest version that folders say, as none of them is near".to_owned(),
    };
    if run.older {
        known += &format!("; what runs is older than the pack knows: read the upgrade notes up to {}", run.from);
    }
    if run.done {
        known += &format!("; {} or newer already runs: nothing to do", run.to);
    }
    if !run.blank.is_empty() {
        known += &format!("; the pack has no migrations for {} yet: read their upgrade notes", run.blank.join(", "));
    }
    Start { pack: pack_title(report, &run.pack), from: &run.from, to: &run.to, folders: &run.folders, known }
}

/// Every id that the files' steps, findings and offers have, sorted, with its counts.
fn migrations(report: &Report) -> Vec<Migration<'_>> {
    let mut all: BTreeMap<&str, Migration> = BTreeMap::new();
    for id in report.ids() {
        all.entry(id).or_insert_with(|| Migration { id, ..Migration::default() });
    }
    for (id, migration) in &mut all {
        let Some(about) = report.about.get(*id) else { continue };
        migration.pack = Some(&about.pack);
        migration.version = about.version.as_deref();
        (migration.title, migration.why) = (about.title.trim(), about.why.trim());
        (migration.links, migration.safety) = (&about.links, about.safety);
    }
    for file in &report.files {
        let mut edited = BTreeSet::new();
        // An edit that was not proven is none.
        for step in file.steps.iter().filter(|_| !file.failed()) {
            let Some(sum) = all.get_mut(step.migration.as_str()) else { continue };
            sum.places += step.matches;
            sum.files += usize::from(edited.insert(&step.migration));
            step.when.iter().for_each(|(when, places)| *sum.when.entry(*when).or_default() += places);
        }
        for finding in &file.findings {
            let Some(sum) = all.get_mut(finding.id.as_str()) else { continue };
            match finding.level {
                Level::Error => sum.errors += 1,
                Level::Warning => sum.warnings += 1,
                Level::Note => sum.notes += 1,
            }
        }
    }
    for offered in report.offers() {
        let Some(sum) = all.get_mut(offered.id.as_str()) else { continue };
        (sum.offered_files, sum.offered_places) = (offered.files, offered.places);
        if sum.files == 0 {
            sum.when = offered.when;
        }
    }
    all.into_values().collect()
}

/// What the page calls it, and why it came to that.
pub fn outcome(file: &FileReport) -> (&'static str, Option<&str>) {
    match &file.outcome {
        Outcome::Unchanged => ("unchanged", None),
        Outcome::Migrated => ("migrated", None),
        Outcome::NeedsReview => ("needs-review", None),
        Outcome::Skipped(why) => ("skipped", Some(why)),
        Outcome::Failed(why) => ("failed", Some(why)),
    }
}

fn file<'r>(file: &'r FileReport, numbers: &BTreeMap<&str, usize>) -> File<'r> {
    let number = |id: &str| numbers.get(id).copied().unwrap_or_default();
    // An edit that was not proven is none.
    let steps = if file.failed() { &[][..] } else { &file.steps };
    let text = &file.source.text;
    let said = |finding: &'r Finding| Said {
        migration: number(&finding.id),
        level: finding.level,
        line: finding.line,
        column: finding.column,
        mark: mark(text, &finding.span),
        message: finding.message.trim_end(),
        help: finding.help.as_deref().map(str::trim_end),
    };
    let offer = |offer: &'r crate::report::Offer| {
        let (line, column) = line_column(text, offer.span.start);
        Offer { migration: number(&offer.id), line, column, places: offer.places, when: &offer.when }
    };
    let step = |step: &'r crate::report::Step| Step {
        migration: number(&step.migration),
        places: step.matches,
        when: &step.when,
        removed_comments: &step.removed_comments,
    };
    let (name, why) = outcome(file);
    let mut out = File {
        path: &file.source.path,
        outcome: name,
        why,
        byte_order_mark: file.source.bom,
        added: 0,
        removed: 0,
        steps: steps.iter().map(step).collect(),
        hunks: Vec::new(),
        findings: file.findings.iter().map(said).collect(),
        offered: file.offered.iter().map(offer).collect(),
    };
    let lines = out.findings.iter().map(|finding| finding.line).chain(out.offered.iter().map(|offer| offer.line));
    let places: Vec<usize> = lines.map(|line| line.saturating_sub(1)).collect();
    out.hunks = hunks(file, steps, &places, &number);
    let signs = |sign: char| out.hunks.iter().flat_map(|hunk| &hunk.lines).filter(|line| line.starts_with(sign)).count();
    (out.added, out.removed) = (signs('+'), signs('-'));
    out
}

/// The part of its first line that a span covers.
pub(super) fn mark(text: &str, span: &Span) -> (usize, usize) {
    let whole = |mut at: usize| {
        while !text.is_char_boundary(at) {
            at -= 1;
        }
        at
    };
    let from = whole(span.start.min(text.len()));
    let to = whole(span.end.clamp(from, text.len())).max(from);
    let line = text[..from].rfind('\n').map_or(0, |at| at + 1);
    let length = |part: &str| part.encode_utf16().count();
    let first = text[from..to].split(['\n', '\r']).next().unwrap_or_default();
    (length(&text[line..from]), length(&text[line..from]) + length(first))
}

/// What a migration touched, on disk and in the new text.
struct Touched {
    migration: usize,
    spans: Vec<(Span, Span)>,
}

fn hunks(file: &FileReport, steps: &[crate::report::Step], places: &[usize], number: &dyn Fn(&str) -> usize) -> Vec<Hunk> {
    let old = &file.source.text;
    let new = steps.iter().fold(old.clone(), |text, step| crate::report::apply(&text, &step.splices));
    let touched: Vec<Touched> =
        (0..steps.len()).map(|nth| Touched { migration: number(&steps[nth].migration), spans: touched(steps, nth) }).collect();
    let (old_lines, new_lines) = (starts(old), starts(&new));
    let hunk = |hunk: diff::Hunk| {
        let (mut at_old, mut at_new) = (hunk.old, hunk.new);
        let (mut lines, mut unended, mut by, mut interest) = (Vec::new(), Vec::new(), Vec::new(), None);
        for line in &hunk.lines {
            let sign = line.sign();
            let place = if sign == '+' { new_lines[at_new] } else { old_lines[at_old] };
            by.push(match sign {
                ' ' => Vec::new(),
                _ => authors(&touched, place..place + line.text.len(), sign == '+'),
            });
            if sign != ' ' || places.contains(&at_old) {
                interest.get_or_insert(at_old);
            }
            if !line.text.ends_with('\n') {
                unended.push(lines.len());
            }
            lines.push(format!("{sign}{}", line.text.strip_suffix('\n').unwrap_or(line.text)));
            at_old += usize::from(sign != '+');
            at_new += usize::from(sign != '-');
        }
        let migrations: Vec<usize> = by.iter().flatten().copied().collect::<BTreeSet<_>>().into_iter().collect();
        if migrations.len() < 2 {
            by.clear();
        }
        let way = heading::way(old, old_lines.get(interest.unwrap_or(hunk.old)).copied().unwrap_or(old.len()));
        Hunk { head: hunk.head, way, old: hunk.old + 1, new: hunk.new + 1, lines, unended, migrations, by }
    };
    diff::hunks_with(old, &new, places).into_iter().map(hunk).collect()
}

/// Bytes where lines start; one past the last as well.
fn starts(text: &str) -> Vec<usize> {
    let mut at = 0;
    let mut out = vec![0];
    out.extend(text.split_inclusive('\n').map(|line| {
        at += line.len();
        at
    }));
    out
}

/// The migrations that touched a changed line: those that put something in it or took something out of it; else those that did
/// so at its edges.
fn authors(touched: &[Touched], line: Span, new: bool) -> Vec<usize> {
    let of = |hits: &dyn Fn(&Span) -> bool| {
        let hit = |one: &&Touched| one.spans.iter().any(|(old, now)| hits(if new { now } else { old }));
        touched.iter().filter(hit).map(|one| one.migration).collect::<BTreeSet<_>>().into_iter().collect::<Vec<_>>()
    };
    let inside = of(&|span| span.start < line.end && line.start < span.end || line.start < span.start && span.end < line.end);
    if inside.is_empty() { of(&|span| span.start <= line.end && line.start <= span.end) } else { inside }
}
