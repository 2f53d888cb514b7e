//! What the templates of `templates/report` see. Every text in it is Markdown already: nothing is left to be escaped.
use super::escape::{block, cell_code, code, link, paragraphs, percent, text};
use crate::output::human::{counted, files};
use crate::output::pages::slug;
use crate::report::{About, FileReport, Finding, How, Level, Outcome, Places, Ran, Report};
use crate::source::line_column;
use serde::Serialize;
use std::collections::BTreeMap;

/// Places of one thing that are named.
const PLACES: usize = 4;

/// What a report does not know, and a page tells.
#[derive(Debug, Clone, Default)]
pub struct Words {
    /// The command line that makes it anew, to be pasted.
    pub command: String,
    /// The edits are made: places are those of the new text.
    pub wrote: bool,
    /// `before` or `after`, where the run was a part of the upgrade.
    pub phase: Option<&'static str>,
    /// What, with a path behind it, is the address of a file.
    pub blob: Option<String>,
    /// The page is kept up to date by a program.
    pub bot: bool,
}

/// Most rows of each kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Room {
    pub migrations: usize,
    /// Of open work, of files that were not read, of comments.
    pub rows: usize,
    pub files: usize,
    /// Whether reasons are told.
    pub whys: bool,
}

impl Default for Room {
    fn default() -> Self {
        Room { migrations: 400, rows: 100, files: 2_000, whys: true }
    }
}

impl Room {
    /// The next smaller one; none below the smallest.
    pub fn less(self) -> Option<Room> {
        match self {
            Room { files, .. } if files > 100 => Some(Room { files: files / 4, ..self }),
            Room { rows, .. } if rows > 25 => Some(Room { rows: rows / 2, ..self }),
            Room { whys: true, .. } => Some(Room { whys: false, ..self }),
            Room { migrations: 0, .. } => None,
            _ => Some(Room { migrations: self.migrations / 2, rows: self.rows / 2, files: self.files / 2, whys: false }),
        }
    }
}

#[derive(Debug, Clone, Serialize)]
pub struct Page {
    /// `Mesh 1.27`.
    pub goal: String,
    /// `12 edits in 3 files by 2 migrations`.
    pub scale: String,
    /// `What changed`, or what would.
    pub deed: &'static str,
    /// `before`, `after` or nothing.
    pub phase: &'static str,
    /// Some edits have to wait for the upgrade.
    pub late: bool,
    /// Where it starts from, and what is not known.
    pub notes: Vec<String>,
    pub migrations: Vec<Row>,
    pub whys: bool,
    pub open: Vec<Item>,
    pub offers: Vec<Offer>,
    pub unread: Vec<Unread>,
    pub comments: Vec<Comment>,
    pub files: Vec<File>,
    pub more: More,
    /// A block of code.
    pub command: String,
    pub bot: bool,
}

/// How many rows were left out.
#[derive(Debug, Clone, Default, Serialize)]
pub struct More {
    pub migrations: usize,
    pub open: usize,
    pub unread: usize,
    pub comments: usize,
    pub files: usize,
}

#[derive(Debug, Clone, Serialize)]
pub struct Row {
    pub id: String,
    pub title: String,
    pub why: String,
    pub links: String,
    pub safety: &'static str,
    pub when: String,
    pub files: usize,
    pub places: usize,
}

#[derive(Debug, Clone, Serialize)]
pub struct Item {
    pub level: &'static str,
    pub places: String,
    pub message: String,
    /// In one line; empty where there is none, or more than that.
    pub help: String,
    /// A block of code, of a list's item.
    pub example: String,
    pub id: String,
}

#[derive(Debug, Clone, Serialize)]
pub struct Offer {
    pub id: String,
    pub title: String,
    pub scale: String,
    pub first: String,
}

#[derive(Debug, Clone, Serialize)]
pub struct Unread {
    pub place: String,
    pub why: String,
}

#[derive(Debug, Clone, Serialize)]
pub struct Comment {
    pub place: String,
    pub text: String,
}

#[derive(Debug, Clone, Serialize)]
pub struct File {
    pub path: String,
    pub places: usize,
    pub migrations: String,
}

/// The page of a report, with every row.
pub fn page(report: &Report, words: &Words) -> Page {
    let (rows, late) = rows(report);
    Page {
        goal: text(&goal(report)),
        scale: scale(report, rows.len()),
        deed: if words.wrote { "What changed" } else { "What would change" },
        phase: words.phase.unwrap_or_default(),
        late,
        notes: report.runs.iter().filter_map(note).chain(blank(&report.runs)).collect(),
        migrations: rows,
        whys: true,
        open: open(report, words),
        offers: offers(report),
        unread: report.failed().map(|file| unread(file, words)).collect(),
        comments: comments(report),
        files: report.changed().map(edited).collect(),
        more: More::default(),
        command: if words.command.is_empty() { String::new() } else { block(&words.command, "sh") },
        bot: words.bot,
    }
}

impl Page {
    /// The first rows of each kind, the others counted.
    pub fn cut(&self, room: Room) -> Page {
        fn cut<T: Clone>(rows: &[T], most: usize, more: &mut usize) -> Vec<T> {
            *more = rows.len().saturating_sub(most);
            rows.iter().take(most).cloned().collect()
        }
        let mut more = More::default();
        Page {
            migrations: cut(&self.migrations, room.migrations, &mut more.migrations),
            whys: room.whys,
            open: cut(&self.open, room.rows, &mut more.open),
            unread: cut(&self.unread, room.rows, &mut more.unread),
            comments: cut(&self.comments, room.rows, &mut more.comments),
            files: cut(&self.files, room.files, &mut more.files),
            more,
            goal: self.goal.clone(),
            scale: self.scale.clone(),
            notes: self.notes.clone(),
            offers: self.offers.clone(),
            command: self.command.clone(),
            ..*self
        }
    }
}

/// What the run goes to: `Mesh 1.27`, the packs in the words of their authors where those are known. As it is, not as Markdown.
pub fn goal(report: &Report) -> String {
    let mut goals: Vec<String> = Vec::new();
    for run in &report.runs {
        let begins = format!("{}/", run.pack);
        let title = report.about.iter().find(|(id, _)| id.starts_with(&begins)).map_or(&run.pack, |(_, about)| &about.pack);
        let goal = format!("{title} {}", run.to);
        if !goals.contains(&goal) {
            goals.push(goal);
        }
    }
    goals.join(" and ")
}

fn scale(report: &Report, migrations: usize) -> String {
    let (edited, places) = report.changed().fold((0, 0), |(n, sum), file| (n + 1, sum + places_of(file)));
    if edited == 0 {
        return format!("Nothing to edit in {}.", files(report.looked_at));
    }
    let by = counted(migrations, "migration");
    format!("{} in {} of {}, by {by}.", counted(places, "edit"), edited, files(report.looked_at))
}

fn places_of(file: &FileReport) -> usize {
    file.steps.iter().map(|step| step.matches).sum()
}

fn note(run: &Ran) -> Option<String> {
    let Ran { pack, from, to, .. } = run;
    let first = run.detected.first().map(|answer| code(&format!("{}:{}", answer.path, answer.line)));
    let there: Vec<String> = run.folders.iter().filter(|folder| !folder.is_empty()).map(|folder| code(folder)).collect();
    let there = if there.is_empty() { String::new() } else { format!(" in {}", few(&there)) };
    Some(match (run.how, first) {
        (How::Detected, first) if run.done => {
            format!("{pack} {from}{there} is already {to} or newer ({}).", first.unwrap_or_default())
        }
        (How::Detected, Some(first)) => format!("{pack} {from}{there} → {to}: {first} says what runs now."),
        (How::Assumed, _) => {
            format!(
                "{pack} {from} → {to}: no file says what runs now, so this assumes the version before. If it is another one, add `--from`."
            )
        }
        _ => format!("{pack} {from} → {to}."),
    })
}

fn blank(runs: &[Ran]) -> Option<String> {
    let run = runs.iter().max_by_key(|run| run.blank.len()).filter(|run| !run.blank.is_empty())?;
    Some(format!("No migrations are known for {} {}: read their upgrade notes.", run.pack, run.blank.join(", ")))
}

/// What each migration did, and whether some of it has to wait for the upgrade.
fn rows(report: &Report) -> (Vec<Row>, bool) {
    struct Sum {
        files: usize,
        places: usize,
        when: Places,
    }
    let mut sums: BTreeMap<&str, Sum> = BTreeMap::new();
    for file in report.changed() {
        let mut seen = Vec::new();
        for step in &file.steps {
            let sum = sums.entry(&step.migration).or_insert(Sum { files: 0, places: 0, when: Places::new() });
            sum.files += usize::from(!seen.contains(&&step.migration));
            seen.push(&step.migration);
            sum.places += step.matches;
            step.when.iter().for_each(|(when, places)| *sum.when.entry(*when).or_default() += places);
        }
    }
    let late = sums.values().any(|sum| sum.when.keys().any(|when| when.waits()));
    let row = |(id, sum): (&str, Sum)| {
        let about = report.about.get(id);
        let links = about.map_or(&[][..], |about| &about.links);
        Row {
            id: cell_code(id),
            title: title(about, id),
            why: about.map_or_else(String::new, |about| paragraphs(&about.why)),
            links: links.iter().map(|address| link(address)).collect::<Vec<_>>().join(" · "),
            safety: about.map_or("", |about| about.safety),
            when: sum.when.keys().map(|when| when.says()).collect::<Vec<_>>().join(", "),
            files: sum.files,
            places: sum.places,
        }
    };
    (sums.into_iter().map(row).collect(), late)
}

fn title(about: Option<&About>, id: &str) -> String {
    about.map_or_else(|| text(slug(id)), |about| text(&about.title))
}

/// Findings, the worst first; what is said in the same words of several places is one.
fn open(report: &Report, words: &Words) -> Vec<Item> {
    type Same<'r> = (std::cmp::Reverse<Level>, &'r str, &'r str, Option<&'r str>);
    let mut by_words: Vec<(Same, Vec<String>)> = Vec::new();
    let mut index: BTreeMap<Same, usize> = BTreeMap::new();
    for file in report.files.iter().filter(|file| !file.failed()) {
        for finding in file.findings.iter().filter(|finding| finding.id != "yamlift/comment") {
            let same = (std::cmp::Reverse(finding.level), finding.id.as_str(), finding.message.as_str(), finding.help.as_deref());
            let at = *index.entry(same).or_insert_with(|| {
                by_words.push((same, Vec::new()));
                by_words.len() - 1
            });
            by_words[at].1.push(place(file, finding, words));
        }
    }
    by_words.sort_by_key(|((level, ..), _)| *level);
    // Several things in one line may be said of in the same words.
    by_words.iter_mut().for_each(|(_, places)| places.dedup());
    let item = |((level, id, message, help), places): (Same, Vec<String>)| Item {
        level: match level.0 {
            Level::Error => "error",
            Level::Warning => "warning",
            Level::Note => "note",
        },
        places: few(&places),
        message: text(message),
        help: help.filter(|help| !help.trim().contains('\n')).map_or_else(String::new, text),
        example: help.filter(|help| help.trim().contains('\n')).map_or_else(String::new, |help| nested(&block(help, ""))),
        id: code(id),
    };
    by_words.into_iter().map(item).collect()
}

/// Lines as a part of a list's item.
fn nested(lines: &str) -> String {
    lines.lines().map(|line| if line.is_empty() { "\n".to_owned() } else { format!("  {line}\n") }).collect::<String>()
}

/// `a, b and 4 more`.
fn few(all: &[String]) -> String {
    let shown = all.iter().take(PLACES).cloned().collect::<Vec<_>>().join(", ");
    match all.len().saturating_sub(PLACES) {
        0 => shown,
        more => format!("{shown} and {more} more"),
    }
}

/// `path:line` of a finding, in the text as it is by then.
fn place(file: &FileReport, finding: &Finding, words: &Words) -> String {
    let line = match words.wrote && file.changed() {
        true => line_column(&file.migrated_text(), file.after(finding.span.start)).0,
        false => finding.line,
    };
    at(&finding.path, line, words)
}

fn at(path: &str, line: usize, words: &Words) -> String {
    let shown = code(&format!("{path}:{line}"));
    match &words.blob {
        Some(blob) => format!("[{shown}]({blob}{}#L{line})", percent(path)),
        None => shown,
    }
}

fn offers(report: &Report) -> Vec<Offer> {
    let offer = |offer: crate::report::Offered| Offer {
        id: code(&offer.id),
        title: title(report.about.get(&offer.id), &offer.id),
        scale: format!("{} in {}", counted(offer.places, "place"), files(offer.files)),
        first: code(offer.first.as_deref().unwrap_or_default()),
    };
    report.offers().into_iter().map(offer).collect()
}

fn unread(file: &FileReport, words: &Words) -> Unread {
    let why = match &file.outcome {
        Outcome::Failed(why) => why.as_str(),
        _ => "",
    };
    let line = file.findings.first().map_or(1, |finding| finding.line);
    Unread { place: at(&file.source.path, line, words), why: text(why) }
}

fn comments(report: &Report) -> Vec<Comment> {
    let of_file = |file: &FileReport| {
        let texts = file.steps.iter().flat_map(|step| &step.removed_comments);
        let place = code(&file.source.path);
        texts.map(|text| Comment { place: place.clone(), text: code(text.trim()) }).collect::<Vec<_>>()
    };
    report.changed().flat_map(of_file).collect()
}

fn edited(file: &FileReport) -> File {
    let mut ids: Vec<String> = file.steps.iter().map(|step| cell_code(slug(&step.migration))).collect();
    ids.dedup();
    File { path: cell_code(&file.source.path), places: places_of(file), migrations: ids.join(", ") }
}
