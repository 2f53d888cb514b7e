//! `yamlift explain [ID] FILE…`: where the rules looked in files, and why they did what they did there.
use super::args::Explain;
use super::config;
use crate::output::summary;
use crate::pack::Migration;
use crate::pack::config::Config;
use crate::pack::registry::{Library, Request, Run};
use crate::pack::trees::Trees;
use crate::pack::version::Version;
use crate::pipeline::{self, Input, Job, Sources};
use crate::report::{FileReport, Finding, Look, Report};
use crate::source::{line_column, unescaped};
use std::collections::HashSet;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

/// What is asked.
pub struct Asked<'a> {
    pub library: &'a Library,
    pub config: &'a Config,
    /// None: all that run by themselves.
    pub migration: Option<&'a Migration>,
    pub args: &'a Explain,
}

/// What there is to tell.
pub struct Told {
    pub of_files: String,
    /// Which versions it is told for, and how they are known.
    pub of_run: String,
}

/// Runs one migration, or all that run by themselves, over files; writes nothing.
///
/// # Errors
/// Files that are not there; versions that are none; parameters that the migration needs.
pub fn run(asked: &Asked, files: &[PathBuf], cwd: PathBuf) -> anyhow::Result<Told> {
    let Asked { library, migration, .. } = *asked;
    let request = asked.request()?;
    let runs = library.runs(&request)?;
    let sources = Sources { paths: files.to_vec(), cwd: cwd.clone(), ..Sources::default() };
    let found = pipeline::find(&sources)?;
    let told = pipeline::told(&sources.cwd, &found.root);
    let unread = found.unread.iter().map(|(path, _)| path.to_string_lossy().into_owned());
    let mut paths: Vec<String> = found.files.iter().cloned().chain(unread).collect();
    let mut ground = pipeline::survey(Input::Files(found), library.carriers(), None)?;
    let mut trees = if asked.step().is_some() { Trees::of(runs) } else { pipeline::trees(&ground, library, &request, runs)? };
    trees.each(|run| (run.tells, run.needles) = (true, false));
    let job = Job { trees: &trees, crds: None, decisions: None, generated: true, progress: &|_, _, _| {} };
    let mut report = pipeline::run(&mut ground, &job)?;
    report.told(&told);
    paths.iter_mut().for_each(|path| *path = told(path));
    let of_run = match asked.step() {
        Some(_) => String::new(),
        None => summary::starts(report.runs.iter()) + &left_out(migration, trees.runs()),
    };
    Ok(Told { of_files: tell(&report, &paths, &cwd, migration), of_run })
}

impl Asked<'_> {
    /// The version of a migration that is asked for by itself: what it sees is told for the step to that version, whatever runs.
    fn step(&self) -> Option<&Version> {
        let version = self.migration.and_then(|one| one.version.as_ref());
        version.filter(|_| self.args.to.is_empty() && self.args.from.is_empty())
    }

    fn request(&self) -> anyhow::Result<Request> {
        let (mut run, mut config) = (self.args.asked(), self.config.clone());
        let newest = config::newest(self.library)?;
        let Some(one) = self.migration else {
            if run.to.is_empty() && config.to.is_empty() {
                run.to = newest.iter().map(|(pack, version)| format!("{pack}@{version}")).collect();
            }
            return config::request(&run, &config, self.library);
        };
        // Settings may leave out what is asked for here.
        let Config { only, skip, enable, to, from, .. } = &mut config;
        [only, skip, enable, to, from].into_iter().for_each(Vec::clear);
        (run.only, run.enable) = (vec![one.id.clone()], vec![one.id.clone()]);
        let pack = one.id.split('/').next().unwrap_or_default();
        if run.to.is_empty() {
            let newest = newest.into_iter().find(|(name, _)| name == pack).map(|(_, version)| version);
            let to = self.step().map(ToString::to_string).or(newest);
            run.to.extend(to.map(|version| format!("{pack}@{version}")));
        }
        config::request(&run, &config, self.library)
    }
}

/// Why a migration that was named does nothing between these versions.
fn left_out(migration: Option<&Migration>, runs: &[Run]) -> String {
    let named = |id: &str| migration.is_some_and(|one| one.id == id);
    if runs.iter().flat_map(|run| &run.active).any(|active| named(&active.migration.id)) {
        return String::new();
    }
    let mut whys = runs.iter().flat_map(|run| &run.left_out).filter(|(one, _)| named(&one.id)).map(|(_, why)| why.as_str());
    let why = whys.next().unwrap_or("it is for a version that is not between these two");
    migration.map_or_else(String::new, |one| format!("{} does not run here: {why}\n", one.id))
}

fn tell(report: &Report, paths: &[String], cwd: &Path, migration: Option<&Migration>) -> String {
    let mut out = String::new();
    for path in paths {
        let _ = writeln!(out, "{path}");
        match report.files.iter().find(|file| file.source.path == *path) {
            Some(file) if file.failed() => {
                let why = file.findings.first().map_or("", |finding| finding.message.as_str());
                let _ = writeln!(out, "  not read: {why}");
            }
            Some(file) if !file.looks.is_empty() || !file.findings.is_empty() => looks(file, &mut out),
            _ => {
                out.push_str("  it holds nothing that these migrations look at\n");
                if let (Ok(text), Some(migration)) = (std::fs::read(cwd.join(path)), migration) {
                    lacks(migration, &unescaped(&text), &mut out);
                }
            }
        }
    }
    out
}

/// Words that a file must have for a rule to look at it, and that are not in this one.
fn lacks(migration: &Migration, text: &[u8], out: &mut String) {
    const SHOWN: usize = 8;
    let text = String::from_utf8_lossy(text);
    for rule in &migration.rules {
        let missing = rule.needles.groups.iter().find(|group| !group.iter().any(|needle| text.contains(needle.as_str())));
        let Some(words) = missing else { continue };
        let more = if words.len() > SHOWN { ", …" } else { "" };
        let words: Vec<String> = words.iter().take(SHOWN).map(|word| format!("`{word}`")).collect();
        let _ = writeln!(out, "    rule at line {} looks for {}{more}: not found", rule.line, words.join(", "));
    }
}

/// Looks by migration, each at its place, in the order of the file.
fn looks(file: &FileReport, out: &mut String) {
    let mut looks: Vec<&Look> = file.looks.iter().collect();
    looks.sort_by_key(|look| (&look.migration, look.at.start, look.rule));
    looks.dedup();
    // Of the rows of a rule, one may have edited what the others no longer find.
    let hits_nothing = |look: &Look| look.verdict.starts_with("`select`");
    let rule_of = |look: &Look| (look.migration.clone(), look.rule, look.object.clone());
    let met: HashSet<_> = file.looks.iter().filter(|look| !hits_nothing(look)).map(rule_of).collect();
    looks.retain(|look| !hits_nothing(look) || !met.contains(&rule_of(look)));
    let mut migration = "";
    for look in looks {
        if look.migration != migration {
            migration = &look.migration;
            let _ = writeln!(out, "  {migration}");
        }
        let (line, column) = line_column(&file.source.text, look.at.start);
        let (place, rule) = (format!("{line}:{column}"), look.rule);
        let way = if look.way.is_empty() { "all of it" } else { &look.way };
        let target = if look.target.is_empty() { String::new() } else { format!(" ({})", look.target) };
        let _ = writeln!(out, "    {place:8} {}, {way}{target}, rule at line {rule}: {}", look.object, look.verdict);
    }
    // What the engine says, and what is said where no rule looked.
    let ours =
        |finding: &&Finding| finding.id.starts_with("yamlift/") || !file.looks.iter().any(|look| look.migration == finding.id);
    for finding in file.findings.iter().filter(ours) {
        let place = format!("{}:{}", finding.line, finding.column);
        let _ = writeln!(out, "  {}\n    {place:8} {}", finding.id, finding.message);
    }
}
