//! The last lines: what changed, what was left, what was not read, and what to type next.
use super::human::{counted, files};
use crate::report::{How, Ran, Report, Summary, When};
use std::time::Duration;

/// What the last lines are about.
#[derive(Debug, Clone)]
pub struct End {
    /// The files were written.
    pub wrote: bool,
    pub took: Duration,
    pub exit: u8,
    /// What can be typed next; none where the text came from standard input.
    pub next: Option<Next>,
}

/// Whole commands, made from the one that was typed.
#[derive(Debug, Clone)]
pub struct Next {
    /// Writes what was shown.
    pub write: String,
    /// Shows what was only offered as well.
    pub offered: String,
}

pub fn render(report: &Report, end: &End) -> String {
    let sum = report.summary();
    let mut out: String = packs(&report.runs).into_iter().filter_map(|runs| blank(&runs)).collect();
    out += &not_followed(&report.links);
    if report.part {
        out += "This is not a Git checkout, so only what you named was looked at: charts and files next to it that belong to it were not.\n";
    }
    if sum.failed == 0 && sum.changed == 0 && report.files.is_empty() {
        out += &starts(report.runs.iter().filter(|run| run.how == How::Detected));
        let versions = packs(&report.runs).into_iter().map(|runs| format!("{} {}", runs[0].pack, runs[0].to));
        let versions = versions.collect::<Vec<_>>().join(", ");
        // Of no file nobody can say what runs.
        let nothing = if versions.is_empty() { "nothing".to_owned() } else { format!("{versions}: nothing") };
        return out + &format!("{nothing} to migrate in {} ({} read)\n", files(sum.files), sum.parsed);
    }
    out += &starts(report.runs.iter());
    out += &counts(report, &sum, end);
    out.push('\n');
    out += &late(report, end);
    let Some(next) = &end.next else { return out };
    if !end.wrote && sum.changed > 0 {
        out += &format!("Write it: {}\n", next.write);
    }
    if !report.offers().is_empty() {
        out += &format!("See what was offered: {}\n", next.offered);
    }
    out
}

/// What ran, pack by pack.
fn packs(runs: &[Ran]) -> Vec<Vec<&Ran>> {
    let mut out: Vec<Vec<&Ran>> = Vec::new();
    for run in runs {
        match out.iter_mut().find(|known| known[0].pack == run.pack) {
            Some(known) => known.push(run),
            None => out.push(vec![run]),
        }
    }
    out
}

fn blank(runs: &[&Ran]) -> Option<String> {
    // Who starts earliest passes the most.
    let blank = runs.iter().map(|run| &run.blank).max_by_key(|blank| blank.len()).filter(|blank| !blank.is_empty())?;
    Some(format!("The {} pack has no migrations for {} yet: read their upgrade notes.\n", runs[0].pack, blank.join(", ")))
}

/// A line for each version that was not given: how it is known.
pub fn starts<'r>(runs: impl Iterator<Item = &'r Ran>) -> String {
    let line = |run: &Ran| {
        let Ran { pack, from, to, .. } = run;
        let found = format!("{pack} {from}{} ({})", there(&run.folders), found(run));
        match run.how {
            How::Given => String::new(),
            How::Detected if run.older => {
                format!("{found} → {to}; what runs is older than this pack knows: read the upgrade notes up to {from}\n")
            }
            How::Detected if run.done && from == to => {
                format!(
                    "{found} is already the target: nothing to do; if the files are of an older version, add --from VERSION\n"
                )
            }
            How::Detected if run.done => format!("{found} is newer than {to}: nothing to do\n"),
            How::Detected => format!("{found} → {to}\n"),
            How::Assumed if run.detected.is_empty() => {
                format!(
                    "{pack} {from} → {to}: assuming {from}, as nothing says what runs now; if it is older, add --from VERSION\n"
                )
            }
            How::Assumed => {
                format!(
                    "{pack} {from} → {to} elsewhere: the lowest version that folders say, as none of them is near; to set it, add --from VERSION\n"
                )
            }
        }
    };
    runs.map(line).collect()
}

/// ` in a, b and 2 more folders`; nothing where it is everywhere.
fn there(folders: &[String]) -> String {
    const SHOWN: usize = 3;
    let name = |folder: &String| if folder.is_empty() { "." } else { folder.trim_end_matches('/') }.to_owned();
    let some = folders.iter().take(SHOWN).map(name).collect::<Vec<_>>().join(", ");
    match folders.len() {
        0 => String::new(),
        many if many > SHOWN => format!(" in {some} and {}", counted(many - SHOWN, "more folder")),
        _ => format!(" in {some}"),
    }
}

/// `found in 3 places, first a.yaml:12`; and the others, where they say something else.
pub fn found(run: &Ran) -> String {
    let within =
        |version: &str| version.strip_prefix(run.from.as_str()).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'));
    let mut others: Vec<&str> = run.detected.iter().map(|answer| answer.version.as_str()).filter(|one| !within(one)).collect();
    others.sort_unstable();
    others.dedup();
    let first = run.detected.iter().find(|answer| within(&answer.version)).or(run.detected.first());
    let first = first.map_or_else(String::new, |first| format!("{}:{}", first.path, first.line));
    let places = match run.detected.len() {
        1 => format!("found in {first}"),
        many => format!("found in {many} places, first {first}"),
    };
    match others.len() {
        0 => places,
        _ if run.older => format!("{places}: {}", others.join(", ")),
        _ => format!("{places}; the lowest, others say {}", others.join(", ")),
    }
}

fn not_followed(links: &[String]) -> String {
    const SHOWN: usize = 3;
    let some = links.iter().take(SHOWN).cloned().collect::<Vec<_>>().join(", ");
    match links.len() {
        0 => String::new(),
        1 => format!("1 link was not followed ({some}): to include it, name what it leads to\n"),
        many => {
            let more = if many > SHOWN { ", …" } else { "" };
            format!("{many} links were not followed ({some}{more}): to include them, name what they lead to\n")
        }
    }
}

/// `2 files to change, 212 unchanged, 0 unread · 1 warning · 38 ms`; the files add up.
fn counts(report: &Report, sum: &Summary, end: &End) -> String {
    let deed = if end.wrote { "written" } else { "to change" };
    let mut parts = vec![format!("{} {deed}", files(sum.changed))];
    if sum.needs_review > 0 {
        parts.push(format!("{} for you to look at", sum.needs_review));
    }
    parts.push(format!("{} unchanged", sum.unchanged));
    let unread = report.failed().filter(|file| file.unreadable()).count();
    parts.push(format!("{unread} unread"));
    if sum.failed > unread {
        parts.push(format!("{} left as they were, see above", sum.failed - unread));
    }
    let mut line = parts.join(", ");
    for (count, what) in [(sum.errors, "error"), (sum.warnings, "warning"), (sum.notes, "note")] {
        if count > 0 {
            line += &format!(" · {}", counted(count, what));
        }
    }
    line += &format!(" · {}", time(end.took));
    if end.exit != 0 && (end.wrote || end.exit > 1) {
        line += &format!(" · exit {}", end.exit);
    }
    line
}

/// What must not reach a cluster before the upgrade: none of it is seen in a diff.
fn late(report: &Report, end: &End) -> String {
    let steps = report.changed().flat_map(|file| &file.steps);
    let (mut after, mut with, mut rest) = (0, 0, 0);
    for (when, places) in steps.flat_map(|step| &step.when) {
        match when {
            When::After => after += places,
            When::Gap => {
                after += places;
                with += places;
            }
            When::Before | When::Any | When::Wakes => rest += places,
        }
    }
    let with = if with == 0 { String::new() } else { format!(" ({with} of them in the same step as it)") };
    match after {
        0 => String::new(),
        after => {
            let how = if end.wrote || rest == 0 { "" } else { ": `--phase before` leaves them out" };
            format!("{} must not go in before the upgrade{with}{how}\n", counted(after, "edit"))
        }
    }
}

fn time(took: Duration) -> String {
    if took.as_secs() < 2 { format!("{} ms", took.as_millis()) } else { format!("{:.1} s", took.as_secs_f32()) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::{Answer, FileReport, Outcome, Step};
    use crate::source::Source;

    fn end(wrote: bool, exit: u8) -> End {
        let next = Next { write: "yamlift migrate -w".into(), offered: "yamlift migrate --safety review".into() };
        End { wrote, took: Duration::from_millis(38), exit, next: Some(next) }
    }

    fn ran(from: &str, how: How) -> Ran {
        let (pack, from, to) = ("mesh".into(), from.into(), "1.27".into());
        let (blank, detected, folders) = Default::default();
        Ran { pack, from, how, to, done: false, older: false, blank, detected, folders }
    }

    #[test]
    fn nothing_to_do_is_one_line() {
        let report = Report { runs: vec![ran("1.26", How::Given)], looked_at: 214, parsed: 31, ..Report::default() };
        assert_eq!(render(&report, &end(false, 0)), "mesh 1.27: nothing to migrate in 214 files (31 read)\n");
    }

    #[test]
    fn what_has_to_wait_is_said() {
        let mut file = FileReport::left_alone(Source::new("a.yaml", "a: 1\n"));
        file.outcome = Outcome::Migrated;
        let when = [(When::Before, 4), (When::After, 2), (When::Gap, 1)].into_iter().collect();
        file.steps.push(Step {
            migration: "mesh/1.27/x".into(),
            splices: Vec::new(),
            matches: 7,
            at: Vec::new(),
            when,
            removed_comments: Vec::new(),
            verbs: Vec::new(),
        });
        let said = render(&Report { files: vec![file], ..Report::default() }, &end(false, 1));
        let wanted =
            "3 edits must not go in before the upgrade (1 of them in the same step as it): `--phase before` leaves them out\n";
        assert!(said.contains(wanted), "{said}");
    }

    #[test]
    fn versions_without_migrations_are_said() {
        let blank = vec!["1.25".into(), "1.26".into()];
        let runs = vec![ran("1.25", How::Given), Ran { blank, ..ran("1.24", How::Given) }];
        let said = render(&Report { runs, ..Report::default() }, &end(false, 0));
        assert!(said.starts_with("The mesh pack has no migrations for 1.25, 1.26 yet: read their upgrade notes.\n"), "{said}");
    }

    #[test]
    fn where_a_run_starts_is_said() {
        let said = |run: Ran| starts([run].iter());
        let answer = |(line, version): (usize, &&str)| {
            let (value, version) = ((*version).to_owned(), (*version).to_owned());
            Answer { path: "infra/mesh.yaml".into(), line: line + 1, column: 1, value, version }
        };
        let answers = |versions: &[&str]| versions.iter().enumerate().map(answer).collect::<Vec<_>>();
        let detected = |from: &str, versions: &[&str]| Ran { detected: answers(versions), ..ran(from, How::Detected) };
        assert_eq!(said(ran("1.26", How::Given)), "");
        assert_eq!(said(detected("1.26", &["1.26.2"])), "mesh 1.26 (found in infra/mesh.yaml:1) → 1.27\n");
        let several = Ran { folders: vec![String::new(), "b".into()], ..detected("1.24", &["1.26.2", "1.24", "1.24.1"]) };
        let wanted = "mesh 1.24 in ., b (found in 3 places, first infra/mesh.yaml:2; the lowest, others say 1.26.2) → 1.27\n";
        assert_eq!(said(several), wanted);
        let folders = ["a", "b", "c", "d", "e"].map(String::from).to_vec();
        assert!(said(Ran { folders, ..detected("1.2", &["1.2"]) }).contains(" in a, b, c and 2 more folders ("));
        let older = said(Ran { older: true, ..detected("1.20", &["1.9.1"]) });
        assert!(older.starts_with("mesh 1.20 (found in infra/mesh.yaml:1: 1.9.1) → 1.27; what runs is older"), "{older}");
        assert!(said(Ran { done: true, ..detected("1.28", &["1.28.0"]) }).ends_with(") is newer than 1.27: nothing to do\n"));
        assert!(said(Ran { done: true, ..detected("1.27", &["1.27.0"]) }).contains(") is already the target: nothing to do; "));
        assert!(said(ran("1.26", How::Assumed)).contains("nothing says what runs now"));
        assert!(
            said(Ran { detected: answers(&["1.24", "1.26"]), ..ran("1.26", How::Assumed) })
                .contains("the lowest version that folders say")
        );
    }

    #[test]
    fn numbers_add_up() {
        let mut changed = FileReport::unread(Source::new("a", "x"), "", None, None);
        changed.findings.clear();
        changed.outcome = Outcome::Migrated;
        changed.steps.push(Step {
            when: Default::default(),
            migration: "m".into(),
            splices: Vec::new(),
            matches: 1,
            at: Vec::new(),
            removed_comments: Vec::new(),
            verbs: Vec::new(),
        });
        let failed = FileReport::unread(Source::new("b", ""), "no", None, None);
        let report = Report { files: vec![changed, failed], looked_at: 10, parsed: 3, ..Report::default() };
        let text = render(&report, &end(false, 2));
        assert_eq!(text, "1 file to change, 8 unchanged, 1 unread · 1 error · 38 ms · exit 2\nWrite it: yamlift migrate -w\n");
    }
}
