//! `yamlift explain [ID] FILE…`: where the rules looked in files, and why they did what they did there.
use super::args::Explain;
use super::config;
use crate::pack::registry::{Library, PhaseFilter, Request};
use crate::pack::trees::Trees;
use crate::pack::{Migration, Safety};
use crate::pipeline::{self, Input, Job, Sources};
use crate::report::{FileReport, Finding, Look, Report};
use crate::source::{line_column, unescaped};
use std::collections::HashSet;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

/// Runs one migration, or all that run by themselves, over files; writes nothing.
///
/// # Errors
/// Files that are not there; parameters that the migration needs.
pub fn run(
    library: &Library,
    migration: Option<&Migration>,
    args: &Explain,
    files: &[PathBuf],
    cwd: PathBuf,
) -> anyhow::Result<String> {
    let packs = match migration {
        Some(one) => vec![one.id.split('/').next().unwrap_or_default().to_owned()],
        None => library.names(),
    };
    let mut to = Vec::new();
    for pack in packs {
        let chain = &library.pack(&pack)?.chain;
        let version = migration.and_then(|one| one.version.as_ref()).or(chain.last());
        to.extend(version.map(|version| (pack.clone(), version.to_string())));
    }
    let only: Vec<String> = migration.iter().map(|one| one.id.clone()).collect();
    let request = Request {
        to,
        from: Vec::new(),
        enable: only.clone(),
        only,
        skip: Vec::new(),
        safety: Safety::Review,
        phase: PhaseFilter::All,
        set: args.set.iter().map(|set| config::assignment(set)).collect::<anyhow::Result<_>>()?,
        values: Vec::new(),
        plan: false,
    };
    let mut runs = library.runs(&request)?;
    for run in &mut runs {
        (run.tells, run.needles) = (true, false);
    }
    let sources = Sources { paths: files.to_vec(), cwd: cwd.clone(), ..Sources::default() };
    let found = pipeline::find(&sources)?;
    let told = pipeline::told(&sources.cwd, &found.root);
    let mut paths: Vec<String> = found.files.iter().chain(found.unread.iter().map(|(path, _)| path)).cloned().collect();
    let mut ground = pipeline::survey(Input::Files(found), library.carriers(), None)?;
    let job = Job { trees: &Trees::of(runs), crds: None, decisions: None, generated: true, progress: &|_, _, _| {} };
    let mut report = pipeline::run(&mut ground, &job)?;
    report.told(&told);
    paths.iter_mut().for_each(|path| *path = told(path));
    Ok(tell(&report, &paths, &cwd, migration))
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
                out.push_str("  nothing that these migrations look at is in it\n");
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
        let _ = writeln!(out, "    rule of line {}: there is no {}{more} in it", rule.line, words.join(", "));
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
        let way = if look.way.is_empty() { "the whole" } else { &look.way };
        let target = if look.target.is_empty() { String::new() } else { format!(" ({})", look.target) };
        let _ = writeln!(out, "    {place:8} {}, {way}{target}, rule of line {rule}: {}", look.object, look.verdict);
    }
    // What the engine says, and what is said where no rule looked.
    let ours =
        |finding: &&Finding| finding.id.starts_with("yamlift/") || !file.looks.iter().any(|look| look.migration == finding.id);
    for finding in file.findings.iter().filter(ours) {
        let place = format!("{}:{}", finding.line, finding.column);
        let _ = writeln!(out, "  {}\n    {place:8} {}", finding.id, finding.message);
    }
}
