//! The last lines: what changed, what was left, what was not read, and what to type next.
use super::human::{counted, files};
use crate::report::{Report, Summary};
use std::time::Duration;

/// What the last lines are about.
#[derive(Debug, Clone)]
pub struct End<'a> {
    /// Packs and their versions: `("mesh", "1.26", "1.27")`.
    pub runs: &'a [super::json::Ran],
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
    let mut out = String::new();
    for run in end.runs.iter().filter(|run| !run.blank.is_empty()) {
        out += &format!("The {} pack has no migrations for {} yet: read their upgrade notes.\n", run.pack, run.blank.join(", "));
    }
    out += &not_followed(&report.links);
    if sum.failed == 0 && sum.changed == 0 && report.files.is_empty() {
        let versions: Vec<String> = end.runs.iter().map(|run| format!("{} {}", run.pack, run.to)).collect();
        return out + &format!("{}: nothing to migrate in {} ({} read)\n", versions.join(", "), files(sum.files), sum.parsed);
    }
    for run in end.runs.iter().filter(|run| run.assumed) {
        out += &format!(
            "{} {} → {}, as nobody said what runs now; if it is older, add --from VERSION\n",
            run.pack, run.from, run.to
        );
    }
    out += &counts(&sum, end);
    out.push('\n');
    let Some(next) = &end.next else { return out };
    if !end.wrote && sum.changed > 0 {
        out += &format!("Write it: {}\n", next.write);
    }
    if !report.offers().is_empty() {
        out += &format!("See what was offered: {}\n", next.offered);
    }
    out
}

fn not_followed(links: &[String]) -> String {
    const SHOWN: usize = 3;
    let some = links.iter().take(SHOWN).cloned().collect::<Vec<_>>().join(", ");
    match links.len() {
        0 => String::new(),
        1 => format!("1 link was not followed ({some}): name what it leads to, to have it looked at\n"),
        many => {
            let more = if many > SHOWN { ", …" } else { "" };
            format!("{many} links were not followed ({some}{more}): name what they lead to, to have it looked at\n")
        }
    }
}

/// `2 files to change, 212 unchanged, 0 unread · 1 warning · 38 ms`; the files add up.
fn counts(sum: &Summary, end: &End) -> String {
    let deed = if end.wrote { "written" } else { "to change" };
    let mut parts = vec![format!("{} {deed}", files(sum.changed))];
    if sum.needs_review > 0 {
        parts.push(format!("{} for you to look at", sum.needs_review));
    }
    parts.push(format!("{} unchanged", sum.unchanged));
    parts.push(format!("{} {}", sum.failed, if end.wrote { "unread or not written" } else { "unread" }));
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

fn time(took: Duration) -> String {
    if took.as_secs() < 2 { format!("{} ms", took.as_millis()) } else { format!("{:.1} s", took.as_secs_f32()) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::output::json::Ran;
    use crate::report::{FileReport, Outcome, Step};
    use crate::source::Source;

    fn end(runs: &[Ran], wrote: bool, exit: u8) -> End<'_> {
        let next = Next { write: "yamlift migrate -w".into(), offered: "yamlift migrate --safety review".into() };
        End { runs, wrote, took: Duration::from_millis(38), exit, next: Some(next) }
    }

    #[test]
    fn nothing_to_do_is_one_line() {
        let runs = [Ran { pack: "mesh".into(), from: "1.26".into(), assumed: false, to: "1.27".into(), blank: Vec::new() }];
        let report = Report { looked_at: 214, parsed: 31, ..Report::default() };
        assert_eq!(render(&report, &end(&runs, false, 0)), "mesh 1.27: nothing to migrate in 214 files (31 read)\n");
    }

    #[test]
    fn versions_without_migrations_are_said() {
        let blank = vec!["1.25".into(), "1.26".into()];
        let runs = [Ran { pack: "mesh".into(), from: "1.24".into(), assumed: false, to: "1.26".into(), blank }];
        let said = render(&Report::default(), &end(&runs, false, 0));
        assert!(said.starts_with("The mesh pack has no migrations for 1.25, 1.26 yet: read their upgrade notes.\n"), "{said}");
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
            removed_comments: Vec::new(),
            verbs: Vec::new(),
        });
        let failed = FileReport::unread(Source::new("b", ""), "no", None, None);
        let report = Report { files: vec![changed, failed], looked_at: 10, parsed: 3, ..Report::default() };
        let text = render(&report, &end(&[], false, 2));
        assert_eq!(text, "1 file to change, 8 unchanged, 1 unread · 1 error · 38 ms · exit 2\nWrite it: yamlift migrate -w\n");
    }
}
