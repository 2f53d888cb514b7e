//! `yamlift migrate`: the run, then its outputs.
use super::args::{FormatArg, Migrate};
use super::baseline::Baseline;
use super::config::{self, Settings};
use super::refusal::refuse;
use super::{DONE, FAILED, OPEN, ask, files, next, reports};
use crate::output::format::{self, Setting};
use crate::output::{diff, dirty, github, human, progress::Progress, summary, terminal::Terminal, write};
use crate::pack::registry::{self, Run};
use crate::pack::trees::Trees;
use crate::pack::values;
use crate::pipeline::{self, Crds, Ground, Input, Job, Sources};
use crate::report::{Decisions, Level, Report, UNREAD_TEXT};
use crate::source::Source;
use anyhow::Context;
use std::ffi::OsString;
use std::io::Read;
use std::path::Path;
use std::time::Instant;

pub fn run(args: &Migrate, line: &[OsString], terminal: Terminal) -> anyhow::Result<u8> {
    let since = Instant::now();
    let piped = is_piped(args)?;
    let mut sources = files::sources(args)?;
    let baseline = args.baseline.as_deref().map(baseline).transpose()?;
    reports::check(args)?;
    if args.interactive {
        ask::check_terminal()?;
    }
    let root = if piped { sources.cwd.clone() } else { pipeline::root(&sources)? };
    let start = if piped { root.clone() } else { pipeline::start(&sources)? };
    let say = |said: &str| {
        if !args.quiet {
            terminal.err(said)
        }
    };
    let mut stdin = None;
    let input = |sources: &Sources| {
        let input = if piped { standard_input(args)? } else { Input::Files(files::found(sources, &args.which)?) };
        if let Input::Text(_, bytes) = &input {
            stdin = Some(bytes.clone());
        }
        Ok(input)
    };
    let settings = config::settings(&args.chosen, &start)?;
    let Ready { mut ground, trees, crds } = ready(args, &settings, &mut sources, input, &say)?;
    let progress = Progress::new(!args.quiet && !args.which.no_progress);
    let bar = |done: usize, total: usize, path: &str| progress.at(done, total, path);
    let generated = args.include_generated;
    // Who is asked may leave what does not fit: what is left of a file is checked then.
    let all = (!args.interactive).then_some(&crds);
    let job = Job { trees: &trees, crds: all, decisions: None, generated, progress: &bar };
    let report = pipeline::run(&mut ground, &job);
    progress.end();
    let mut report = report?;

    let mut open = 0;
    if writes(args) && stdin.is_none() {
        if !args.allow_dirty {
            refuse_dirty(&root, &report)?;
        }
        if args.interactive {
            let told = pipeline::told(&sources.cwd, &root);
            let mut again = |source: &Source, decisions: &Decisions, last: bool| {
                let crds = last.then_some(&crds);
                pipeline::again(&mut ground, &Job { crds, decisions: Some(decisions), ..job }, source)
            };
            let mut hands = ask::Hands { again: &mut again, write: &|file| write::one(&root, file) };
            let (input, out) = (std::io::stdin().lock(), std::io::stderr());
            let mut talk =
                ask::Talk { input, out, colour: terminal.colour_err, runs: trees.runs(), told: &told, file: String::new() };
            open = ask::walk(&mut report, &mut hands, &mut talk)?;
        } else {
            write::all(&root, &mut report);
        }
    }
    let known = baseline.map_or(0, |baseline| baseline.forget(&mut report));
    if !piped {
        report.told(pipeline::told(&sources.cwd, &root));
    }
    let told_root = if piped { String::new() } else { pipeline::told(&sources.cwd, &root)("") };
    let (command, redo) = (next::same(line), next::write(line));
    // Where the folder lies below the top, that leads nowhere out of it.
    let folder = if piped { String::new() } else { pipeline::told(&root, &sources.cwd)("") };
    let folder = Some(folder.trim_end_matches('/')).filter(|folder| !folder.starts_with("..")).unwrap_or_default().to_owned();
    let setting = Setting { command, redo, wrote: writes(args), root: root.clone(), told_root, folder };
    terminal.out(&result(args, &report, &setting, stdin.as_deref(), terminal))?;
    for (format, path) in &args.report {
        let text = format::render((*format).into(), &report, &setting);
        write::report(path, &text).with_context(|| format!("--report: could not write {}", path.display()))?;
    }
    let on_github = args.format == Some(FormatArg::Github);
    if on_github || args.report.iter().any(|(format, _)| *format == FormatArg::Github) {
        tell_github(&report, &setting)?;
    }

    let exit = exit_code(args, &report, open);
    let least = if args.quiet { Level::Error } else { config::show(args) };
    let voice = human::Voice {
        colour: terminal.colour_err,
        links: terminal.links_err,
        least,
        verbose: args.verbose,
        wrote: writes(args),
    };
    let said = human::findings(&report, voice) + &human::failures(&report, voice);
    // The runner takes commands from this stream as well.
    terminal.err(&if on_github { github::harmless(&said) } else { said });
    if !args.quiet {
        terminal.err(&asked_for(args, trees.runs()));
        let leads_out = report.changed().any(|file| file.source.path.starts_with("../") || file.source.path.starts_with('/'));
        if stdin.is_none() && prints_diff(args) && leads_out {
            let root = root.display();
            terminal.err(&format!(
                "This diff has files outside of the current folder. To pipe it to git apply, run yamlift in {root}.\n"
            ));
        }
        let next = stdin.is_none().then(|| summary::Next { write: next::write(line), offered: next::offered(line) });
        let end = summary::End { wrote: writes(args), took: since.elapsed(), exit, next };
        terminal.err(&summary::render(&report, &end));
        if known > 0 {
            terminal.err(&format!("{} of the baseline not shown\n", human::counted(known, "finding")));
        }
        if open > 0 {
            terminal.err(&format!(
                "{} still to be decided: commit what was written, then run the same command to be asked again\n",
                counted(open)
            ));
        }
    }
    Ok(exit)
}

/// Fills the files that a step of GitHub Actions is given: for its summary, and for its outputs.
fn tell_github(report: &Report, setting: &Setting) -> anyhow::Result<()> {
    let texts = [("GITHUB_STEP_SUMMARY", github::summary(report, setting)), ("GITHUB_OUTPUT", github::outputs(report, setting))];
    for (name, text) in texts {
        if let Some(path) = std::env::var_os(name).filter(|path| !path.is_empty()) {
            let path = Path::new(&path);
            write::append(path, &text).with_context(|| format!("{name}: could not write {}", path.display()))?;
        }
    }
    Ok(())
}

/// What a run is made of, before any file is migrated.
pub(super) struct Ready {
    pub ground: Ground,
    pub trees: Trees,
    pub crds: Crds,
}

/// Takes flags and settings together, and looks whose the files are that `input` finds.
pub(super) fn ready(
    args: &Migrate,
    settings: &Settings,
    sources: &mut Sources,
    input: impl FnOnce(&Sources) -> anyhow::Result<Input>,
    say: &dyn Fn(&str),
) -> anyhow::Result<Ready> {
    let library = config::library(settings, &args.packs)?;
    say(&config::replacing(&library));
    let (crds, said) = config::crds(args, settings)?;
    say(&said);
    let request = config::request(args, &settings.config, &library)?;
    let runs = library.runs(&request)?;
    sources.exclude.extend(settings.config.exclude.iter().cloned());
    let ground = pipeline::survey(input(sources)?, library.carriers(), args.threads.map(usize::from))?;
    let trees = pipeline::trees(&ground, &library, &request, runs)?;
    Ok(Ready { ground, trees, crds })
}

/// Of the migrations that were named, by id or by a parameter, those that did not run, and why: else nothing would read as
/// nothing to do.
fn asked_for(args: &Migrate, runs: &[Run]) -> String {
    let named = |id: &str| args.only.iter().chain(&args.enable).any(|short| registry::names(short, id));
    // What starts from several versions may run from one of them.
    let ran = |id: &str| runs.iter().flat_map(|run| &run.active).any(|active| active.migration.id == id);
    let left_out = runs.iter().flat_map(|run| &run.left_out).filter(|(migration, _)| named(&migration.id) && !ran(&migration.id));
    let mut left_out: Vec<String> = left_out.map(|(migration, why)| format!("{} did not run: {why}\n", migration.id)).collect();
    left_out.dedup();
    left_out.into_iter().chain(args.set.iter().filter_map(|set| set_for_nothing(set, runs))).collect()
}

/// What is said of a parameter that was typed, and that no migration of this run has.
fn set_for_nothing(set: &str, runs: &[Run]) -> Option<String> {
    let name = set.split('=').next().unwrap_or(set);
    let (migration, why) = values::set_for_nothing(runs, name)?;
    Some(format!("--set {set} had no effect: it is for {}, which did not run: {why}\n", migration.id))
}

fn standard_input(args: &Migrate) -> anyhow::Result<Input> {
    let mut bytes = Vec::new();
    std::io::stdin().lock().read_to_end(&mut bytes).context("could not read standard input")?;
    Ok(Input::Text(args.stdin_filename.clone().unwrap_or_else(|| "<stdin>".into()), bytes))
}

/// Whether the text comes from standard input; checked before anything is read.
fn is_piped(args: &Migrate) -> anyhow::Result<bool> {
    let piped = args.paths.iter().any(|path| path == Path::new("-"));
    if piped && args.paths.len() > 1 {
        return Err(refuse("`-` is standard input, which cannot be combined with other paths", ""));
    }
    let from_disk = [("--files-from", args.which.files_from.is_some()), ("--since", args.which.since.is_some())];
    if let Some((flag, _)) = from_disk.iter().find(|(_, said)| piped && *said) {
        return Err(refuse(
            format!("{flag} is for files, so it cannot be combined with `-`, which is standard input"),
            "leave one of them out",
        ));
    }
    if piped && args.interactive {
        return Err(refuse(
            "-i reads your answers from standard input, so `-` cannot read the text from there",
            "name the file instead of `-`",
        ));
    }
    if let (false, Some(name)) = (piped, &args.stdin_filename) {
        let help = "add `-` to read standard input, or leave --stdin-filename out";
        return Err(refuse(format!("--stdin-filename {name}: standard input is not read"), help));
    }
    Ok(piped)
}

/// What an earlier run found.
fn baseline(path: &Path) -> anyhow::Result<Baseline> {
    let text = std::fs::read_to_string(path).with_context(|| format!("--baseline: could not read {}", path.display()))?;
    Baseline::read(&text).map_err(|why| {
        let help = "make one with `yamlift migrate --report json=FILE`, in this folder";
        refuse(format!("--baseline {}: this is not a JSON report of yamlift: {why}", path.display()), help)
    })
}

fn refuse_dirty(root: &Path, report: &Report) -> anyhow::Result<()> {
    let paths: Vec<&str> = report.changed().map(|file| file.source.path.as_str()).collect();
    let dirty = dirty::files(root, &paths).map_err(|why| {
        refuse(
            format!("git could not tell whether the files have uncommitted changes: {why}"),
            "to write without asking git, add --allow-dirty",
        )
    })?;
    if dirty.is_empty() {
        return Ok(());
    }
    let some = dirty.iter().take(3).cloned().collect::<Vec<_>>().join(", ");
    let more = if dirty.len() > 3 { ", …" } else { "" };
    let have = if dirty.len() == 1 { "1 file here has".to_owned() } else { format!("{} files here have", dirty.len()) };
    let help = "commit or stash them, so that `git diff` shows only what yamlift did, or pass --allow-dirty\nnothing was written";
    Err(refuse(format!("{have} uncommitted changes ({some}{more})"), help))
}

fn counted(edits: usize) -> String {
    if edits == 1 { "1 edit is".to_owned() } else { format!("{edits} edits are") }
}

fn writes(args: &Migrate) -> bool {
    args.write || args.interactive
}

fn prints_diff(args: &Migrate) -> bool {
    matches!(args.format, None | Some(FormatArg::Diff)) && !args.check && !writes(args)
}

/// What goes to standard output.
fn result(args: &Migrate, report: &Report, setting: &Setting, stdin: Option<&[u8]>, terminal: Terminal) -> Vec<u8> {
    // What is asked for in so many words is printed with -w as well.
    if let Some(format) = args.format.filter(|format| !writes(args) || *format != FormatArg::Diff) {
        let text = format::render(format.into(), report, setting);
        let coloured = terminal.colour_out && format == FormatArg::Diff;
        return (if coloured { diff::coloured(&text) } else { text }).into_bytes();
    }
    if args.check {
        return report.changed().map(|file| format!("{}\n", file.source.path)).collect::<String>().into_bytes();
    }
    if writes(args) {
        // Of standard input the whole text, migrated or not; files are written already.
        let Some(bytes) = stdin else { return Vec::new() };
        return report.changed().next().map_or_else(|| bytes.to_vec(), |file| file.source.bytes(&file.migrated_text()));
    }
    let mut out = String::new();
    for file in report.changed() {
        let diff = diff::of(file);
        out += &if terminal.colour_out { diff::coloured(&diff) } else { diff };
    }
    out.into_bytes()
}

/// `open`: edits that a person was not asked about.
fn exit_code(args: &Migrate, report: &Report, open: usize) -> u8 {
    if report.failed().next().is_some() || report.findings().any(|finding| finding.id == UNREAD_TEXT) {
        return FAILED;
    }
    let counts = !writes(args) || args.exit_non_zero_on_change;
    let pending = open > 0 || counts && report.changed().next().is_some();
    let least = config::fail_on(args);
    let noted = least == Some(Level::Note) && !report.offers().is_empty();
    let found = noted || least.is_some_and(|least| report.findings().any(|finding| finding.level >= least));
    if (pending || found) && !args.exit_zero { OPEN } else { DONE }
}
