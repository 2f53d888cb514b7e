//! A case run as a person would: look, write, and look again.
use super::case::{Case, Files, place, tree};
use crate::output::{diff, write};
use crate::pack::PackError;
use crate::pack::registry::{Library, Run};
use crate::pack::trees::Trees;
use crate::pack::values;
use crate::pipeline::{self, Input, Job, Sources};
use crate::report::{Level, Report};
use std::fmt::Write as _;
use std::path::Path;

/// How a case came out.
#[derive(Debug, Default)]
pub struct Verdict {
    /// Why it could not be run at all.
    pub error: Option<String>,
    pub before: Files,
    /// What `after` says; as `before` where there is none.
    pub wanted: Files,
    /// What came out.
    pub got: Files,
    /// What was found, as `Case::findings`, each with the first line of what it says.
    pub findings: Vec<(String, String)>,
    /// Findings that the case lists, and nothing said.
    pub missing: Vec<String>,
    /// Findings that were said, and the case does not list, with what they say.
    pub unexpected: Vec<String>,
    /// Paths that a second run would change again.
    pub again: Vec<String>,
    /// Migration, and 1-based line in its file, of each verb that did something.
    pub verbs: Vec<(String, usize)>,
    /// The same of each row of `report` that said something.
    pub spoke: Vec<(String, usize)>,
    /// What the case sets for nothing, with the reason.
    pub idle: Vec<String>,
}

impl Verdict {
    pub fn passed(&self) -> bool {
        self.error.is_none() && !self.differs() && self.again.is_empty()
    }

    /// Whether something came out that the case does not say; `accept` can take that over.
    pub fn differs(&self) -> bool {
        self.wanted != self.got || !self.missing.is_empty() || !self.unexpected.is_empty()
    }

    /// What is wrong, for people; empty where nothing is.
    pub fn complaint(&self) -> String {
        let mut out = String::new();
        for line in self.error.iter().flat_map(|error| error.lines()) {
            let _ = writeln!(out, "  {line}");
        }
        let paths: std::collections::BTreeSet<&String> = self.wanted.keys().chain(self.got.keys()).collect();
        for path in paths {
            let text = |files: &Files| files.get(path).map_or(String::new(), |bytes| String::from_utf8_lossy(bytes).into_owned());
            let (wanted, got) = (text(&self.wanted), text(&self.got));
            if wanted != got {
                out += &diff::between(&format!("wanted/{path}"), &format!("got/{path}"), &wanted, &got);
            } else if self.wanted.get(path) != self.got.get(path) {
                let _ = writeln!(out, "  {path}: the bytes differ, and they are not text");
            }
        }
        self.missing.iter().for_each(|finding| _ = writeln!(out, "  missing finding: {finding}"));
        self.unexpected.iter().for_each(|finding| _ = writeln!(out, "  unexpected finding: {finding}"));
        self.again.iter().for_each(|path| _ = writeln!(out, "  {path}: a second run changes it again"));
        out
    }
}

/// Runs a case in a folder of its own, which is gone afterwards.
pub fn check(library: &Library, case: &Case) -> Verdict {
    run(library, case).unwrap_or_else(|error| {
        let pack = error.downcast_ref::<PackError>();
        let place = pack.and_then(|no| no.place.as_ref()).map(|(file, line, column)| format!("\n--> {file}:{line}:{column}"));
        let help = pack.and_then(|no| no.help.as_ref()).map(|help| format!("\n{help}"));
        let error = format!("{error:#}{}{}", place.unwrap_or_default(), help.unwrap_or_default());
        Verdict { error: Some(error), ..Verdict::default() }
    })
}

fn run(library: &Library, case: &Case) -> anyhow::Result<Verdict> {
    let before = case.side("before")?.ok_or_else(|| anyhow::anyhow!("there is no before.yaml"))?;
    if before.values().any(|bytes| is_scaffold(&String::from_utf8_lossy(bytes))) {
        anyhow::bail!("before.yaml still holds only its TODO: put in a text that the migration changes");
    }
    let wanted = case.side("after")?.unwrap_or_else(|| before.clone());
    let runs = library.runs(&case.request(library)?)?;
    let for_nothing = |(name, value): &(String, String)| {
        let (migration, why) = values::set_for_nothing(&runs, name)?;
        // That a value keeps it from running may be what the case shows.
        if migration.enabled && migration.id == case.migration() {
            return None;
        }
        Some(format!("`set: {{ {name}: {value} }}` had no effect: it is for {}, which did not run: {why}", migration.id))
    };
    let idle = case.set.iter().filter_map(for_nothing).collect();
    let folder = write::scratch(&before)?;
    let mut report = look(folder.path(), &runs)?;
    if let Some(file) = report.failed().next() {
        let why = file.findings.first().map_or("", |finding| finding.message.as_str());
        anyhow::bail!("{} was not read, or not proven: {why}", file.source.path);
    }
    let findings = findings(case, &report, before.len() > 1);
    let (missing, unexpected) = compare(case, &findings);
    let verbs = report.files.iter().flat_map(|file| &file.steps);
    let verbs = verbs.flat_map(|step| step.verbs.iter().map(|line| (step.migration.clone(), *line))).collect();
    let spoke = report.findings().filter_map(|finding| Some((finding.id.clone(), finding.row()?))).collect();
    write::all(folder.path(), &mut report);
    let again = look(folder.path(), &runs)?.changed().map(|file| file.source.path.clone()).collect();
    let mut got = Files::new();
    tree(folder.path(), "", &mut got)?;
    Ok(Verdict { error: None, before, wanted, got, findings, missing, unexpected, again, verbs, spoke, idle })
}

/// Whether a text is a comment with something to do, and nothing else.
fn is_scaffold(text: &str) -> bool {
    text.contains("TODO") && text.lines().map(str::trim).all(|line| line.is_empty() || line.starts_with('#'))
}

fn look(folder: &Path, runs: &[Run]) -> anyhow::Result<Report> {
    let found = pipeline::find(&Sources { cwd: folder.to_owned(), ..Sources::default() })?;
    let carriers = runs.first().map_or(&[][..], |run| &run.carriers);
    let mut ground = pipeline::survey(Input::Files(found), carriers, Some(1))?;
    let trees = Trees::of(runs.to_vec());
    pipeline::run(&mut ground, &Job { trees: &trees, crds: None, decisions: None, generated: false, progress: &|_, _, _| {} })
}

/// Warnings and errors, and the notes of the migration that the case is of.
fn findings(case: &Case, report: &Report, many: bool) -> Vec<(String, String)> {
    let many = many || case.findings.iter().any(|finding| finding.contains(':'));
    let all = report.files.iter().flat_map(|file| &file.findings);
    let ours = all.filter(|finding| finding.level != Level::Note || finding.id == case.migration());
    let mut out: Vec<(String, String)> = ours
        .map(|finding| {
            let level = format!("{:?}", finding.level).to_lowercase();
            let place = if many { format!("{}:{}", finding.path, finding.line) } else { finding.line.to_string() };
            let said = finding.message.lines().next().unwrap_or_default().to_owned();
            (format!("{level} {place} {}", finding.id), said)
        })
        .collect();
    out.sort_by_cached_key(|(finding, _)| place(finding));
    out
}

fn compare(case: &Case, findings: &[(String, String)]) -> (Vec<String>, Vec<String>) {
    let mut left = case.findings.clone();
    let mut unexpected = Vec::new();
    for (finding, said) in findings {
        match left.iter().position(|wanted| wanted == finding) {
            Some(at) => drop(left.remove(at)),
            None => unexpected.push(format!("{finding}: {said}")),
        }
    }
    (left, unexpected)
}
