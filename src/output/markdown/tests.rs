use super::*;
use crate::output::pr_body;
use crate::report::{About, FileReport, Finding, How, Level, Offer, Outcome, Ran, Report, Splice, Step, When};
use crate::source::Source;

fn step(migration: &str, when: When) -> Step {
    Step {
        migration: migration.into(),
        at: Vec::new(),
        splices: vec![Splice { at: 0..1, with: "b".into() }],
        matches: 1,
        when: [(when, 1)].into(),
        removed_comments: vec!["# old | note".into()],
        verbs: Vec::new(),
    }
}

fn about(id: &str, title: &str) -> (String, About) {
    let about = About {
        id: id.into(),
        pack: "Mesh".into(),
        version: Some("1.27".into()),
        title: title.into(),
        why: "The old name | is not read.\n\nIt never was.".into(),
        links: vec!["https://mesh.example/1.27".into()],
        safety: "safe",
    };
    (id.to_owned(), about)
}

fn report(files: usize, findings: usize) -> Report {
    let ran = Ran {
        pack: "mesh".into(),
        from: "1.26".into(),
        how: How::Given,
        to: "1.27".into(),
        done: false,
        older: false,
        blank: Vec::new(),
        detected: Vec::new(),
        folders: Vec::new(),
    };
    let mut report = Report { runs: vec![ran], looked_at: files + 1, ..Report::default() };
    for nth in 0..files {
        let mut file = FileReport::left_alone(Source::new(format!("apps/reviews|{nth:04}.yaml"), "a: 1\nc: 2\n"));
        file.steps.push(step("mesh/1.27/new-name", When::Before));
        file.steps.push(step(&format!("mesh/1.27/other-{nth}"), When::After));
        let say = |level, what: String| Finding::at(&file.source, 5..6, "mesh/1.27/odd", level, what);
        let said: Vec<Finding> = (0..findings)
            .map(|n| say(if n % 2 == 0 { Level::Warning } else { Level::Error }, format!("<b>{n}</b> @{nth} `x`: cc @team")))
            .collect();
        file.findings = said;
        file.offered.push(Offer { id: "mesh/1.27/loud".into(), span: 0..1, places: 2, when: [(When::Any, 2)].into() });
        file.outcome = Outcome::Migrated;
        report.files.push(file);
    }
    report.files.push(FileReport::unread(Source::new("z`.yaml", ""), "not UTF-8", Some((3, 0)), None));
    report.about = [about("mesh/1.27/new-name", "oldName is called `newName`"), about("mesh/1.27/loud", "Louder")].into();
    report
}

fn words() -> Words {
    Words { command: "yamlift migrate --to mesh@1.27 -w".into(), wrote: true, bot: true, ..Words::default() }
}

#[test]
fn a_reviewer_finds_what_why_and_what_is_open() {
    let text = pr_body::body(pr_body::TEMPLATE, &report(1, 2), &words(), pr_body::MOST).unwrap();
    let has = |part: &str| assert!(text.contains(part), "{part}\n in\n{text}");
    has("This repository's configuration, moved to Mesh 1.27.");
    has("2 edits in 1 of 2 files, by 2 migrations.");
    has("| **oldName is called `newName`**<br>`mesh/1.27/new-name` | 1 | 1 | before the upgrade | safe |");
    has("must not reach a cluster");
    has("The old name \\| is not read.\n\nIt never was.\n\n<https://mesh.example/1.27>");
    has("- **error** `apps/reviews|0000.yaml:2`: &lt;b&gt;1&lt;/b&gt; @&#8203;0 `x`: cc @&#8203;team (`mesh/1.27/odd`)");
    assert!(text.find("**error**") < text.find("**warning**"), "{text}");
    has("- **Louder**: 2 places in 1 file, first `apps/reviews|0000.yaml:1:1` (`mesh/1.27/loud`)");
    has("- ``z`.yaml:3``: not UTF-8");
    has("- `apps/reviews|0000.yaml`: `# old | note`");
    has("```sh\nyamlift migrate --to mesh@1.27 -w\n```");
    has("git revert");
    assert!(!text.contains("\n\n\n") && !text.contains("<<") && !text.contains("<%"), "{text}");
    assert_eq!(broken(&text), None, "{text}");
    assert_eq!(broken(&render(&report(1, 2), &Setting::default())), None);
}

/// A line that goes on in the next one: some forges show that as the end of a line.
fn broken(text: &str) -> Option<(&str, &str)> {
    let prose = |line: &str| line.starts_with(|c: char| c.is_alphanumeric() || "*`<".contains(c)) && !line.starts_with("```");
    let outside: Vec<&str> = text.split("```").step_by(2).flat_map(str::lines).collect();
    let pairs = outside.windows(2).map(|pair| (pair[0], pair[1]));
    pairs.into_iter().find(|(one, next)| prose(one) && prose(next) || one.starts_with("> ") && next.starts_with("> "))
}

#[test]
fn what_is_said_twice_of_a_line_names_it_once() {
    let mut report = report(1, 1);
    let again = report.files[0].findings[0].clone();
    report.files[0].findings.extend([again.clone(), again]);
    let text = render(&report, &Setting::default());
    assert!(text.contains("- **warning** `apps/reviews|0000.yaml:2`: &lt;b&gt;"), "{text}");
}

#[test]
fn a_phase_says_when_to_merge_and_places_are_links() {
    let links = Words { phase: Some("before"), blob: Some("https://forge.example/o/r/blob/b/".into()), ..words() };
    let text = pr_body::body(pr_body::TEMPLATE, &report(1, 1), &links, pr_body::MOST).unwrap();
    assert!(text.contains("**When to merge:** now."), "{text}");
    let place = "[`apps/reviews|0000.yaml:2`](https://forge.example/o/r/blob/b/apps/reviews%7C0000.yaml#L2)";
    assert!(text.contains(place), "{text}");
    assert_eq!(line("<< goal >>: << phase >> the upgrade", &report(1, 1), &links).unwrap(), "Mesh 1.27: before the upgrade");
}

#[test]
fn a_long_one_is_cut_by_rows() {
    let text = pr_body::body(pr_body::TEMPLATE, &report(700, 3), &words(), pr_body::MOST).unwrap();
    assert!(text.chars().count() <= pr_body::MOST, "{}", text.chars().count());
    assert!(text.contains("| … and ") && text.contains("- … and ") && text.contains("git revert"), "{text}");
    let small = pr_body::body(pr_body::TEMPLATE, &report(700, 3), &words(), 3_000).unwrap();
    assert!(small.chars().count() <= 3_000 && small.contains("| … and "), "{small}");
    let own = format!("<< goal >>{}", "x".repeat(70_000));
    assert!(pr_body::body(&own, &report(1, 1), &words(), pr_body::MOST).unwrap().contains("**What this is.**"));
}

#[test]
fn a_template_of_somebody_else_can_be_wrong() {
    let no = |template: &str| pr_body::body(template, &report(1, 1), &words(), 100).unwrap_err().0;
    assert!(no("<< gaol >>").contains("gaol"), "{}", no("<< gaol >>"));
    assert!(!no("<% if %>").is_empty());
}

#[test]
fn the_report_names_the_files() {
    let setting = Setting { command: "yamlift migrate --to mesh@1.27".into(), ..Setting::default() };
    let text = render(&report(2, 1), &setting);
    assert!(text.starts_with("# Configuration for Mesh 1.27\n\n4 edits in 2 of 3 files, by 3 migrations.\n"), "{text}");
    assert!(text.contains("## What would change\n"), "{text}");
    assert!(text.contains("| `apps/reviews\\|0001.yaml` | 2 | `new-name`, `other-1` |"), "{text}");
    let none = render(&Report { looked_at: 3, ..Report::default() }, &setting);
    assert!(none.contains("Nothing to edit in 3 files."), "{none}");
}
