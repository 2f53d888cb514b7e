//! The runbook of an upgrade: what is there, what would change and when, what is left for people, what to type next.
use super::human::{counted, files};
use super::pages::{Param, slug};
use crate::report::{Level, Ran, Summary, When};
use serde::Serialize;
use std::fmt::Write as _;

/// Everything that a plan says.
#[derive(Debug, Clone, Serialize)]
pub struct Plan {
    /// Of this layout: names of members are stable within it.
    pub version: u32,
    pub runs: Vec<Ran>,
    pub summary: Summary,
    /// By when, then in running order.
    pub migrations: Vec<Row>,
    /// What files have that only people can decide, worst first.
    pub for_people: Vec<Task>,
    /// What releases on the way ask of people, whatever the files say.
    pub advice: Vec<Advice>,
    /// Files that would not be edited, as they would not fit a schema: `path:line`, why.
    pub unfit: Vec<(String, String)>,
    /// Files that were not read: `path:line`, why.
    pub unread: Vec<(String, String)>,
    pub next: Vec<Next>,
}

/// A migration that would do something, and when.
#[derive(Debug, Clone, Serialize)]
pub struct Row {
    pub when: When,
    pub id: String,
    pub title: String,
    /// `safe`, `review` or `off`.
    pub standing: &'static str,
    pub files: usize,
    pub places: usize,
    /// `path:line` of the first place.
    pub first: String,
    /// What has to be added to the command line for it; none: nothing.
    pub ask: Option<String>,
    /// What it can be told.
    pub params: Vec<Param>,
}

/// What is said in the same words of one or several places.
#[derive(Debug, Clone, Serialize)]
pub struct Task {
    pub level: Level,
    pub id: String,
    pub message: String,
    pub help: Option<String>,
    /// `path:line`
    pub places: Vec<String>,
}

#[derive(Debug, Clone, Serialize)]
pub struct Advice {
    /// The version that asks for it, or `any`.
    pub release: String,
    pub id: String,
    pub title: String,
    pub text: String,
}

/// One step, in words or as a command.
#[derive(Debug, Clone, Serialize)]
pub struct Next {
    pub what: String,
    pub command: Option<String>,
}

/// What has to be known of the phases, in the order in which they are told.
const PHASES: [(When, &str, &str); 5] = [
    (When::Before, "Before the upgrade", "the release you run knows both forms, the new release only the new one"),
    (When::Any, "Any time", "both releases act on the edit, or neither does"),
    (When::After, "After the upgrade", "the release you run would ignore the new form, or still acts on what is removed"),
    (
        When::Gap,
        "With the upgrade",
        "the old release knows only the old form, the new one only the new form: neither order is seamless",
    ),
    (When::Wakes, "When you want it", "the old form has no effect in the release you run, so the edit switches something on"),
];

/// Places of one thing that are shown.
const SHOWN: usize = 3;

/// Places that say what runs, of each version.
const MOST: usize = 12;

/// For a terminal.
pub fn text(plan: &Plan) -> String {
    let mut out = head(plan);
    let width = plan.migrations.iter().map(|row| slug(&row.id).chars().count()).max().unwrap_or(0);
    for (when, title, why) in PHASES {
        let rows: Vec<&Row> = plan.migrations.iter().filter(|row| row.when == when).collect();
        if rows.is_empty() {
            continue;
        }
        let _ = writeln!(out, "\n{title} ({why})");
        for row in rows {
            let ask = row.ask.as_ref().map_or(String::new(), |ask| format!("   {ask}"));
            let many = counts(row);
            let _ = writeln!(out, "  {:6}  {:width$}  {many:20}  {}{ask}", row.standing, slug(&row.id), row.title.trim());
            for param in row.params.iter().filter(|param| param.is_required()) {
                let _ = writeln!(out, "          needs --set {}=<{}>: {}", param.name, param.kind, param.help);
            }
        }
    }
    if !plan.for_people.is_empty() {
        let _ = writeln!(out, "\nFor you: {}", counted(plan.for_people.len(), "thing"));
        for task in &plan.for_people {
            let _ = writeln!(out, "  {:7}  {}   ({})", level(task.level), places(&task.places), slug(&task.id));
            let _ = writeln!(out, "           {}", task.message.trim().replace('\n', "\n           "));
        }
    }
    if !plan.advice.is_empty() {
        out += "\nGood to know about the releases on the way\n";
        for advice in &plan.advice {
            let _ = writeln!(out, "  {:7}  {}", advice.release, advice.text.trim().replace('\n', "\n           "));
        }
    }
    let optional = optional(plan);
    if !optional.is_empty() {
        out += "\nOptional parameters\n";
        for (param, users) in optional {
            let _ = writeln!(out, "  --set {}=<{}>  {} ({}); for {users}", param.name, param.kind, param.help, param.given);
        }
    }
    if !plan.unfit.is_empty() {
        let _ = writeln!(out, "\nNot edited, since the edits would not fit the CRDs: {}", files(plan.unfit.len()));
        plan.unfit.iter().for_each(|(place, why)| _ = writeln!(out, "  {place}  {why}"));
    }
    if !plan.unread.is_empty() {
        let _ = writeln!(out, "\nNot read: {}", files(plan.unread.len()));
        plan.unread.iter().for_each(|(place, why)| _ = writeln!(out, "  {place}  {why}"));
    }
    out += "\nNext\n";
    for (number, next) in plan.next.iter().enumerate() {
        let _ = writeln!(out, "  {}. {}", number + 1, next.what);
        next.command.iter().for_each(|command| _ = writeln!(out, "     {command}"));
    }
    out
}

/// The runbook as markdown, with boxes to tick.
pub fn markdown(plan: &Plan) -> String {
    let mut out =
        format!("# Upgrade plan\n\n{}", head(plan).lines().map(|line| format!("* {}\n", line.trim_start())).collect::<String>());
    for (when, title, why) in PHASES {
        let rows: Vec<&Row> = plan.migrations.iter().filter(|row| row.when == when).collect();
        if rows.is_empty() {
            continue;
        }
        let _ = write!(out, "\n## {title}\n\n{}{}.\n\n", why[..1].to_uppercase(), &why[1..]);
        out += "| | migration | what | where | ask with |\n|---|---|---|---|---|\n";
        for row in rows {
            let ask = row.ask.as_ref().map_or(String::new(), |ask| format!("`{ask}`"));
            let needs: String = (row.params.iter().filter(|param| param.is_required()))
                .map(|param| format!(" `--set {}=…`: {}", param.name, param.help))
                .collect();
            let (id, title) = (&row.id, cell(&row.title));
            let _ = writeln!(
                out,
                "| {} | `{id}` | {title} | {}, first `{}` | {ask}{} |",
                row.standing,
                counts(row),
                row.first,
                cell(&needs)
            );
        }
    }
    if !plan.for_people.is_empty() {
        out += "\n## For you\n\n";
        for task in &plan.for_people {
            let at: Vec<String> = task.places.iter().map(|place| format!("`{place}`")).collect();
            let _ = writeln!(out, "- [ ] **{}** {} {}", level(task.level), task.message.trim().replace('\n', " "), at.join(", "));
        }
    }
    if !plan.advice.is_empty() {
        out += "\n## Good to know about the releases on the way\n\n";
        for advice in &plan.advice {
            let _ = writeln!(out, "- [ ] **{}** {}", advice.release, advice.text.trim().replace('\n', " "));
        }
    }
    if !plan.unfit.is_empty() {
        out += "\n## Not edited, since the edits would not fit the CRDs\n\n";
        plan.unfit.iter().for_each(|(place, why)| _ = writeln!(out, "* `{place}`: {why}"));
    }
    if !plan.unread.is_empty() {
        out += "\n## Not read\n\n";
        plan.unread.iter().for_each(|(place, why)| _ = writeln!(out, "* `{place}`: {why}"));
    }
    out += "\n## Next\n\n";
    for (number, next) in plan.next.iter().enumerate() {
        let _ = writeln!(out, "{}. {}", number + 1, next.what);
        next.command.iter().for_each(|command| _ = writeln!(out, "\n   ```sh\n   {command}\n   ```"));
    }
    out
}

/// The plan for tools, with a final newline.
pub fn json(plan: &Plan) -> String {
    serde_json::to_string_pretty(plan).unwrap_or_default() + "\n"
}

/// Which versions, how that is known, how many files.
fn head(plan: &Plan) -> String {
    let sum = &plan.summary;
    let mut out = super::summary::starts(plan.runs.iter());
    for answer in plan.runs.iter().filter(|run| run.detected.len() > 1).flat_map(|run| run.detected.iter().take(MOST)) {
        let _ = writeln!(out, "  {:10} {}:{}", answer.version, answer.path, answer.line);
    }
    let review = if sum.needs_review > 0 { format!(", {} for you to look at", sum.needs_review) } else { String::new() };
    let failed = if sum.failed > 0 { format!(", {} not read", sum.failed) } else { String::new() };
    let _ = writeln!(out, "{}, {} read, {} to change{review}{failed}", files(sum.files), sum.parsed, sum.changed);
    out
}

fn counts(row: &Row) -> String {
    let places = if row.places == row.files { String::new() } else { format!(", {}", counted(row.places, "place")) };
    format!("{}{places}", files(row.files))
}

fn places(all: &[String]) -> String {
    let more = match all.len().saturating_sub(SHOWN) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    format!("{}{more}", all.iter().take(SHOWN).cloned().collect::<Vec<_>>().join(", "))
}

fn level(level: Level) -> &'static str {
    match level {
        Level::Error => "error",
        Level::Warning => "warning",
        Level::Note => "note",
    }
}

/// Each parameter once, with the names of the migrations that take it.
fn optional(plan: &Plan) -> Vec<(&Param, String)> {
    let mut out: Vec<(&Param, Vec<&str>)> = Vec::new();
    for (row, param) in plan.migrations.iter().flat_map(|row| row.params.iter().map(move |param| (row, param))) {
        if param.is_required() {
            continue;
        }
        match out.iter_mut().find(|(known, _)| known.name == param.name) {
            Some((_, users)) if users.contains(&slug(&row.id)) => {}
            Some((_, users)) => users.push(slug(&row.id)),
            None => out.push((param, vec![slug(&row.id)])),
        }
    }
    out.into_iter().map(|(param, users)| (param, users.join(", "))).collect()
}

fn cell(text: &str) -> String {
    text.trim().replace('\n', " ").replace('|', "\\|")
}
