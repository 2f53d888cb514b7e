//! What a run says of places, for the formats that other programs read: findings, edits that wait, migrations that wait to be
//! asked for, each at a place of a file as it is on disk by then.
mod fixes;
mod lines;
mod prints;

use super::format::Setting;
use crate::report::{About, FileReport, Level, Report, Splice};
use crate::source::Span;
pub use lines::{Lines, Position};
pub use prints::hash;
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// A file that something is said of.
#[derive(Debug)]
pub struct Remarked<'r> {
    /// From the folder that the run is of, which is the top of the git checkout where there is one; with `/`.
    pub path: String,
    /// The same in the bytes that the disk has, which need not be UTF-8.
    pub name: Vec<u8>,
    /// As it is on disk; empty where it could not be read.
    text: Cow<'r, str>,
    bom: bool,
    /// By place.
    pub remarks: Vec<Remark<'r>>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Remark<'r> {
    pub kind: Kind,
    /// A migration, or `yamlift/<slug>`.
    pub id: &'r str,
    pub level: Level,
    /// Bytes of the text on disk, in one line.
    pub at: Span,
    /// 1-based line, where the text could not be read.
    pub unread: Option<usize>,
    pub message: String,
    pub help: Option<String>,
    /// What it takes to have it no more: alone it makes sense, and all of a file together are what `-w` writes. None where other
    /// files would have to be edited as well.
    pub fix: Option<Fix>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    Edit,
    Finding,
    Offer,
}

impl Kind {
    pub fn name(self) -> &'static str {
        match self {
            Kind::Edit => "edit",
            Kind::Finding => "finding",
            Kind::Offer => "offer",
        }
    }
}

#[derive(Debug, Clone, PartialEq)]
pub struct Fix {
    /// Sorted, disjoint changes of the text on disk.
    pub splices: Vec<Splice>,
    pub says: String,
}

impl Remark<'_> {
    /// The message, and what helps.
    pub fn said(&self) -> String {
        let help = self.help.iter().map(|help| format!("\n{help}"));
        std::iter::once(self.message.clone()).chain(help).collect()
    }

    /// 1-based.
    pub fn line(&self, lines: &Lines) -> usize {
        self.unread.unwrap_or_else(|| lines.number(self.at.start) + 1)
    }
}

impl Remarked<'_> {
    pub fn lines(&self) -> Lines<'_> {
        Lines::new(&self.text, self.bom)
    }

    /// What each remark is known by, in their order; each of this file there once.
    pub fn prints(&self, lines: &Lines) -> Vec<String> {
        prints::places(&self.path, lines, &self.remarks)
    }

    /// What GitHub knows every line by; empty where the text is not known.
    pub fn line_prints(&self, lines: &Lines) -> Vec<String> {
        if self.text.is_empty() { Vec::new() } else { prints::of_lines(lines) }
    }
}

/// Every file that something is said of, by path.
pub fn all<'r>(report: &'r Report, setting: &Setting) -> Vec<Remarked<'r>> {
    let led = led(report);
    let files = report.files.iter().map(|file| remarked(file, report, setting, &led));
    files.filter(|file| !file.remarks.is_empty()).collect()
}

/// Files that hold no object, so that others say whose they are, by the migrations that edit them.
type Led<'r> = BTreeMap<&'r str, BTreeSet<&'r str>>;

fn led(report: &Report) -> Led<'_> {
    let mut led = Led::new();
    for file in report.changed().filter(|file| !file.source.text.lines().any(|line| line.starts_with("kind:"))) {
        for step in &file.steps {
            led.entry(&step.migration).or_default().insert(&file.source.path);
        }
    }
    led
}

/// Whether a fix changes what leads to other files that the same migration edits: once it is made alone, nobody knows any more
/// that those are meant.
fn leads(file: &FileReport, fix: &fixes::Fix, ids: &BTreeSet<&str>, led: &Led, lines: &Lines) -> bool {
    let others = ids.iter().filter_map(|id| led.get(id)).flatten().any(|path| *path != file.source.path);
    let name = file.source.path.rsplit('/').next().unwrap_or_default();
    let chart = |at: usize| {
        let line = lines.text[lines.content(lines.number(at))].trim_start_matches(['-', ' ', '"']);
        line.strip_prefix("chart").is_some_and(|rest| rest.trim_start_matches('"').starts_with(':'))
    };
    let touched = |splice: &Splice| {
        (lines.number(splice.at.start)..=lines.number(splice.at.end)).any(|line| chart(lines.content(line).start))
    };
    others && (["Chart.yaml", "kustomization.yaml", "kustomization.yml"].contains(&name) || fix.splices.iter().any(touched))
}

/// The path that other programs know a file by.
pub fn path(file: &FileReport, root: &Path) -> String {
    String::from_utf8_lossy(&name(file, root)).into_owned()
}

/// The same in the bytes that the disk has.
fn name(file: &FileReport, root: &Path) -> Vec<u8> {
    let below = file.source.disk.strip_prefix(root).ok().filter(|below| below.components().next().is_some());
    let told = below.map(|below| below.iter().map(|part| part.as_encoded_bytes()).collect::<Vec<_>>().join(&b'/'));
    told.unwrap_or_else(|| file.source.path.clone().into_bytes())
}

fn remarked<'r>(file: &'r FileReport, report: &'r Report, setting: &Setting, led: &Led) -> Remarked<'r> {
    let done = setting.wrote && file.changed() && !file.failed();
    let text = if done { Cow::Owned(file.migrated_text()) } else { Cow::Borrowed(file.source.text.as_str()) };
    let lines = Lines::new(&text, file.source.bom);
    let now =
        |span: &Span| if done { file.after(span.start)..file.after(span.end).max(file.after(span.start)) } else { span.clone() };
    let mut remarks: Vec<Remark> = Vec::new();
    for finding in &file.findings {
        remarks.push(Remark {
            kind: Kind::Finding,
            id: &finding.id,
            level: finding.level,
            at: lines.first(&now(&finding.span)),
            unread: file.source.text.is_empty().then_some(finding.line),
            message: finding.message.trim().to_owned(),
            help: finding.help.as_ref().map(|help| help.trim_end().to_owned()),
            fix: None,
        });
    }
    for offer in &file.offered {
        let many = if offer.places == 1 { String::new() } else { format!(" in {} places of this file", offer.places) };
        remarks.push(Remark {
            kind: Kind::Offer,
            id: &offer.id,
            level: Level::Note,
            at: lines.first(&now(&offer.span)),
            unread: None,
            message: format!(
                "{} This changes behaviour{many}, so it is not done unless you ask for it.",
                title(report, &offer.id)
            ),
            help: Some("add --safety review to see the diff".into()),
            fix: None,
        });
    }
    if !done && !file.failed() {
        remarks.extend(edits(file, report, led, &lines));
    }
    remarks.sort_by(|a, b| (a.at.start, a.kind, a.id, b.level).cmp(&(b.at.start, b.kind, b.id, a.level)));
    Remarked { path: path(file, &setting.root), name: name(file, &setting.root), bom: file.source.bom, text, remarks }
}

/// One remark per place of each step. The first place that a fix deals with has it.
fn edits<'r>(file: &'r FileReport, report: &Report, led: &Led, lines: &Lines) -> Vec<Remark<'r>> {
    let edits = fixes::edits(&file.source.text, &file.steps);
    let id = |place: usize| file.steps[edits.places[place].step].migration.as_str();
    let line = |place: usize| lines.number(edits.places[place].at.start) + 1;
    let first = |fix: &fixes::Fix| {
        let places = fix.places.iter().copied();
        places.min_by_key(|place| (edits.places[*place].at.start, edits.places[*place].step))
    };
    let owners: Vec<Option<usize>> = edits.fixes.iter().map(first).collect();
    let leading = |fix: &fixes::Fix| leads(file, fix, &fix.places.iter().map(|place| id(*place)).collect(), led, lines);
    let leading: Vec<bool> = edits.fixes.iter().map(leading).collect();
    let mut out = Vec::new();
    for (nth, place) in edits.places.iter().enumerate() {
        let owner = place.fix.and_then(|fix| owners[fix]);
        let held = place.fix.is_some_and(|fix| leading[fix]);
        let fix = place.fix.filter(|_| owner == Some(nth) && !held).map(|fix| {
            let others: Vec<usize> = edits.fixes[fix].places.iter().copied().filter(|other| *other != nth).collect();
            let mut named: Vec<String> =
                others.iter().take(NAMED).map(|one| format!("{} (line {})", id(*one), line(*one))).collect();
            named.dedup();
            named.extend((others.len() > NAMED).then(|| format!("{} more", others.len() - NAMED)));
            let with = if named.is_empty() { String::new() } else { format!(", with {}", named.join(", ")) };
            Fix { splices: edits.fixes[fix].splices.clone(), says: format!("Apply the edit of {}{with}", id(nth)) }
        });
        let help = match owner {
            _ if held => Some("it goes together with edits in other files: apply them all with -w".to_owned()),
            Some(owner) if owner != nth => {
                Some(format!("it goes together with the edit of {} on line {}", id(owner), line(owner)))
            }
            _ => None,
        };
        out.push(Remark {
            kind: Kind::Edit,
            id: id(nth),
            level: Level::Warning,
            at: lines.first(&place.at),
            unread: None,
            message: format!("{} The edit is ready.", title(report, id(nth))),
            help,
            fix,
        });
    }
    out
}

/// Edits that are named beside the one that has the fix.
const NAMED: usize = 5;

/// The title of a migration, as a sentence.
fn title(report: &Report, id: &str) -> String {
    let title = report.about.get(id).map_or(id, |about| about.title.trim());
    if title.ends_with(['.', '!', '?']) { title.to_owned() } else { format!("{title}.") }
}

/// What is known of a rule: a migration, or what the engine looks after.
#[derive(Debug)]
pub struct Rule<'r> {
    pub id: &'r str,
    pub title: &'r str,
    pub why: &'r str,
    pub links: &'r [String],
    /// None: the engine speaks.
    pub about: Option<&'r About>,
}

/// What is known of an id.
pub fn rule<'r>(report: &'r Report, id: &'r str) -> Rule<'r> {
    if let Some(about) = report.about.get(id) {
        return Rule { id, title: about.title.trim(), why: about.why.trim(), links: &about.links, about: Some(about) };
    }
    let own = OWN.iter().find(|(slug, ..)| id.strip_prefix("yamlift/") == Some(slug));
    let (title, why) = own.map_or((id, ""), |(_, title, why)| (*title, *why));
    Rule { id, title, why, links: &[], about: None }
}

/// What yamlift itself looks after: the part of the id behind `yamlift/`, what it is, why it is said.
const OWN: [(&str, &str, &str); 9] = [
    (
        "comment",
        "A comment is removed together with its entry",
        "A comment belongs to the entry that it stands above, in or behind. When a migration removes that entry, the comment goes with it. It is quoted here, so that nothing is lost unnoticed.",
    ),
    (
        "embedded",
        "YAML inside a file could not be read",
        "Strings often hold YAML of their own, as in a ConfigMap or in the values of a chart. This text is not valid YAML, so nothing in it was checked. Fix it, or check it by hand.",
    ),
    (
        "generated",
        "A generated file is not edited",
        "The program that wrote the file would overwrite the edit on its next run. Change what the file is generated from and generate it again, or add --include-generated to edit it anyway.",
    ),
    (
        "index",
        "A chart, overlay or wrapper could not be followed",
        "Chart.yaml, kustomization.yaml and the objects that deploy charts tell yamlift which chart a values file belongs to. Values that none of them leads to are not migrated.",
    ),
    (
        "schema",
        "An object does not match its CustomResourceDefinition",
        "Edited objects are checked against the CRDs given with --crds. An edit is not written if the cluster would reject the result or drop a field of it. What did not match before the edit is a note.",
    ),
    (
        "suppression",
        "A comment to yamlift has no effect",
        "`# yamlift: ignore[ID] reason` keeps a migration away from an entry. This comment cannot be understood, or nothing is left for it to suppress; in that case, remove it.",
    ),
    (
        "unproven",
        "An edit could not be proven correct",
        "Before anything is written, each edit is checked: two parsers must read exactly the intended value from the new text, and a second run must change nothing. This edit failed the check, so the file was left unchanged. This is a bug in yamlift or in the migration.",
    ),
    (
        "unreadable",
        "A file could not be read",
        "It is not YAML that can be edited without loss, its encoding is not known, or it could not be opened. Nothing in it was migrated.",
    ),
    (
        "unwritten",
        "A file could not be written",
        "It changed after it was read, is read-only, or lies outside the folder. It was left unchanged.",
    ),
];

#[cfg(test)]
impl<'r> Remarked<'r> {
    pub fn of(path: &str, text: &'r str, remarks: Vec<Remark<'r>>) -> Self {
        Remarked { path: path.into(), name: path.into(), text: text.into(), bom: false, remarks }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::{Finding, Offer, Outcome, Step};
    use crate::source::Source;

    fn file() -> FileReport {
        let text = "a: 1\nb:\n  old: x\n  c: 1\n";
        let source = Source { disk: "/repo/deploy/a.yaml".into(), ..Source::new("../a.yaml", text) };
        let step = Step {
            migration: "p/1.1/old".into(),
            splices: vec![Splice { at: 8..17, with: String::new() }],
            matches: 1,
            at: std::iter::once(5..23).collect(),
            when: Default::default(),
            removed_comments: Vec::new(),
            verbs: Vec::new(),
        };
        let finding = Finding::at(&source, 19..23, "p/1.1/old", Level::Error, "Look.\n");
        let offer = Offer { id: "p/1.1/more".into(), span: 0..4, places: 2, when: Default::default() };
        FileReport {
            steps: vec![step],
            findings: vec![finding],
            offered: vec![offer],
            outcome: Outcome::Migrated,
            ..FileReport::left_alone(source)
        }
    }

    fn said(wrote: bool) -> Vec<String> {
        let report = Report { files: vec![file()], ..Report::default() };
        let setting = Setting { wrote, root: "/repo".into(), ..Setting::default() };
        let all = super::all(&report, &setting);
        let lines = all[0].lines();
        assert_eq!(all[0].path, "deploy/a.yaml");
        let one = |remark: &Remark| {
            let at = lines.characters(remark.at.start);
            format!(
                "{} {}:{} {} {}",
                remark.kind.name(),
                at.line,
                at.column,
                &lines.text[remark.at.clone()],
                remark.fix.is_some()
            )
        };
        all[0].remarks.iter().map(one).collect()
    }

    #[test]
    fn places_are_those_of_the_text_on_disk() {
        assert_eq!(said(false), ["offer 1:1 a: 1 false", "edit 3:3 old: x true", "finding 4:3 c: 1 false"]);
        assert_eq!(said(true), ["offer 1:1 a: 1 false", "finding 3:3 c: 1 false"]);
    }
}
