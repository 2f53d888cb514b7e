//! GitHub Actions: workflow commands that become annotations, the job's summary, the step's outputs.
use super::format::Setting;
use super::human;
use super::markdown;
use super::remarks::{self, Kind, Lines, Remark, Remarked};
use crate::report::{Level, Report};
use std::collections::HashSet;
use std::fmt::Write as _;

/// Annotations of a level that GitHub shows of a step.
const SHOWN: usize = 10;

/// One command a line, the worst first; of each level as many as are shown, and how many those are not.
pub fn render(report: &Report, setting: &Setting) -> String {
    let files = remarks::all(report, setting);
    let mut out = String::new();
    let mut left_out: Vec<String> = Vec::new();
    for level in [Level::Error, Level::Warning, Level::Note] {
        // Edits of one place that go together would say the same: an annotation has no fix, so that one will do.
        let mut edits = HashSet::new();
        let once = |(file, remark): &(&Remarked, &Remark)| {
            remark.kind != Kind::Edit || edits.insert((file.path.clone(), remark.at.clone(), remark.id.to_owned()))
        };
        let of_level = all(&files).filter(|(_, remark)| remark.level == level).filter(once);
        let mut of_level: Vec<(&Remarked, &Remark)> = of_level.collect();
        // What only people can do comes before what a command does.
        of_level.sort_by_key(|(_, remark)| remark.kind == Kind::Edit);
        // What is left out is a notice as well.
        let room = if level == Level::Note && (!left_out.is_empty() || of_level.len() > SHOWN) { SHOWN - 1 } else { SHOWN };
        for (file, remark) in of_level.iter().take(room) {
            out += &command(file, &file.lines(), remark);
        }
        let more = of_level.len().saturating_sub(room);
        left_out.extend((more > 0).then(|| human::counted(more, word(level))));
    }
    if !left_out.is_empty() {
        let text = format!(
            "GitHub shows at most {SHOWN} annotations of a level; in the summary of this job there are {} more.",
            left_out.join(", ")
        );
        let _ = writeln!(out, "::notice title=yamlift::{}", data(&text));
    }
    out
}

fn all<'f, 'r>(files: &'f [Remarked<'r>]) -> impl Iterator<Item = (&'f Remarked<'r>, &'f Remark<'r>)> {
    files.iter().flat_map(|file| file.remarks.iter().map(move |remark| (file, remark)))
}

fn word(level: Level) -> &'static str {
    match level {
        Level::Error => "error",
        Level::Warning => "warning",
        Level::Note => "notice",
    }
}

fn command(file: &Remarked, lines: &Lines, remark: &Remark) -> String {
    let line = remark.line(lines);
    let columns = match remark.unread {
        Some(_) => String::new(),
        None => {
            let (start, end) = (lines.characters(remark.at.start), lines.characters(remark.at.end));
            format!(",col={},endColumn={}", start.column, end.column)
        }
    };
    let (name, path, id) = (word(remark.level), property(&file.path), property(remark.id));
    format!("::{name} file={path},line={line},endLine={line}{columns},title={id}::{}\n", data(&remark.said()))
}

/// The text of a command.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// The value of a property of a command.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

/// Text for people on a stream that the runner reads as well: what would be a command to it is none.
pub fn harmless(text: &str) -> String {
    let line = |line: &str| {
        let start = line.len() - line.trim_start().len();
        let (blank, rest) = line.split_at(start);
        let old = rest.replace("##[", "## [");
        if rest.starts_with("::") { format!("{blank}: {}", &old[1..]) } else { format!("{blank}{old}") }
    };
    // To the runner each of them ends a line.
    text.split_inclusive(['\n', '\r']).map(line).collect()
}

/// What `GITHUB_STEP_SUMMARY` is to hold: the run in markdown, which keeps to the mebibyte that a step has.
pub fn summary(report: &Report, setting: &Setting) -> String {
    markdown::render(report, setting)
}

/// What `GITHUB_OUTPUT` is to hold: `changed` (`true` or `false`), `files` (the paths that change, one a line), `findings`
/// (how many).
pub fn outputs(report: &Report, setting: &Setting) -> String {
    let changed: Vec<String> = report.changed().map(|file| remarks::path(file, &setting.root)).collect();
    let sum = report.summary();
    let findings = sum.errors + sum.warnings + sum.notes;
    let paths = changed.join("\n");
    let mut end = "yamlift".to_owned();
    while changed.iter().any(|path| path.lines().any(|line| line == end)) {
        end.push('_');
    }
    let paths = if paths.is_empty() { String::new() } else { format!("{paths}\n") };
    format!("changed={}\nfiles<<{end}\n{paths}{end}\nfindings={findings}\n", !changed.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::{FileReport, Finding, Step};
    use crate::source::Source;

    fn many(levels: &[(Level, usize)]) -> Report {
        let source = Source::new("ü, a:b%.yaml", "a: é# 😀\n");
        let finding = |level: Level| Finding::at(&source, 6..11, "p/1/x", level, "50%:\r\nb, c").with_help("see\n::x::");
        let findings = levels.iter().flat_map(|(level, count)| std::iter::repeat_n(finding(*level), *count)).collect();
        let file = FileReport { findings, ..FileReport::left_alone(source.clone()) };
        Report { files: vec![file], looked_at: 1, ..Report::default() }
    }

    #[test]
    fn commands_are_escaped() {
        let out = render(&many(&[(Level::Warning, 1)]), &Setting::default());
        let want =
            "::warning file=ü%2C a%3Ab%25.yaml,line=1,endLine=1,col=7,endColumn=8,title=p/1/x::50%25:%0D%0Ab, c%0Asee%0A::x::\n";
        assert_eq!(out, want);
    }

    #[test]
    fn the_worst_first_and_not_too_many() {
        let out = render(&many(&[(Level::Note, 3), (Level::Warning, 12), (Level::Error, 11)]), &Setting::default());
        let starts: Vec<&str> = out.lines().map(|line| line.split(' ').next().unwrap()).collect();
        let want = [vec!["::error"; 10], vec!["::warning"; 10], vec!["::notice"; 4]].concat();
        assert_eq!(starts, want);
        assert!(out.ends_with("::GitHub shows at most 10 annotations of a level; in the summary of this job there are 1 error, 2 warnings more.\n"), "{out}");
        let out = render(&many(&[(Level::Note, 11)]), &Setting::default());
        assert_eq!(out.lines().count(), 10);
        assert!(out.contains("2 notices more"));
        assert_eq!(render(&many(&[(Level::Note, 10)]), &Setting::default()).lines().count(), 10);
    }

    #[test]
    fn what_people_read_is_no_command() {
        assert_eq!(harmless("a\n  ::error::x\r::y\n| ##[group]\n: :\n"), "a\n  : :error::x\r: :y\n| ## [group]\n: :\n");
    }

    #[test]
    fn a_summary_fits() {
        let setting = Setting { command: "yamlift migrate --to p@1".into(), ..Setting::default() };
        let out = summary(&many(&[(Level::Error, 20_000)]), &setting);
        assert!(out.len() < 1024 * 1024 && out.contains("- **error** ") && out.contains(&setting.command), "{out:.500}");
    }

    #[test]
    fn outputs_hold_any_path() {
        let mut report = many(&[(Level::Note, 1)]);
        report.files[0].source.path = "x\nyamlift\nchanged=no".into();
        report.files[0].steps.push(Step {
            migration: String::new(),
            splices: Vec::new(),
            matches: 0,
            at: Vec::new(),
            when: Default::default(),
            removed_comments: Vec::new(),
            verbs: Vec::new(),
        });
        let out = outputs(&report, &Setting::default());
        assert_eq!(out, "changed=true\nfiles<<yamlift_\nx\nyamlift\nchanged=no\nyamlift_\nfindings=1\n");
        assert_eq!(outputs(&Report::default(), &Setting::default()), "changed=false\nfiles<<yamlift\nyamlift\nfindings=0\n");
    }
}
