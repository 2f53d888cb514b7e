//! `yamlift plan`: the runbook of an upgrade. Nothing is written.
use super::args::{Plan as Args, PlanArg};
use super::explain;
use super::next;
use super::refusal::refuse;
use super::{DONE, FAILED, config, files};
use crate::output::human;
use crate::output::plan::{self, Advice, Next, Plan, Row, Task};
use crate::output::progress::Progress;
use crate::output::summary;
use crate::output::terminal::Terminal;
use crate::pack::registry::{Library, Request, Run};
use crate::pack::{Migration, Pack};
use crate::pipeline::{self, Input, Job};
use crate::report::{FileReport, How, Level, Places, Report, SCHEMA, UNREAD_TEXT, When};
use crate::source::line_column;
use std::collections::BTreeMap;
use std::ffi::OsString;
use std::sync::Arc;

pub fn run(args: &Args, line: &[OsString], terminal: Terminal) -> anyhow::Result<u8> {
    let asked = args.asked();
    let mut sources = files::sources(&asked)?;
    let root = pipeline::root(&sources)?;
    let settings = config::settings(&args.chosen, &pipeline::start(&sources)?)?;
    let library = config::library(&settings, &asked.packs)?;
    terminal.err(&config::replacing(&library));
    sources.exclude.extend(settings.config.exclude.clone());
    let open = asked.to.is_empty() && settings.config.to.is_empty();
    let request = if open {
        Request { to: config::newest(&library)?, ..Request::default() }
    } else {
        config::request(&asked, &settings.config, &library)?
    };
    let request = Request { plan: true, ..request };
    let (crds, said) = config::crds(&asked, &settings)?;
    terminal.err(&said);
    let runs = library.runs(&request)?;
    let found = files::found(&sources, &args.which)?;
    let progress = Progress::new(!args.which.no_progress);
    let bar = |done: usize, total: usize, path: &str| progress.at(done, total, path);
    let mut ground = pipeline::survey(Input::Files(found), library.carriers(), None)?;
    let trees = pipeline::trees(&ground, &library, &request, runs)?;
    if open {
        if let Some(PlanArg::Json | PlanArg::Markdown) = args.format {
            let help = "--to PACK@VERSION; without it and without --format, plan says which versions there are";
            return Err(refuse("a plan in this format needs the version to go to", help));
        }
        progress.end();
        terminal.out(which(&trees.ran, &library)?.as_bytes())?;
        return Ok(DONE);
    }
    let report = pipeline::run(
        &mut ground,
        &Job { trees: &trees, crds: Some(&crds), decisions: None, generated: args.include_generated, progress: &bar },
    );
    progress.end();
    let mut report = report?;
    report.told(pipeline::told(&sources.cwd, &root));
    let plan = plan_of(&report, trees.runs(), line);
    let text = match args.format {
        Some(PlanArg::Json) => plan::json(&plan),
        Some(PlanArg::Markdown) => plan::markdown(&plan),
        Some(PlanArg::Text) | None => plan::text(&plan),
    };
    terminal.out(text.as_bytes())?;
    let unread = report.failed().next().is_some() || report.findings().any(|finding| finding.id == UNREAD_TEXT);
    Ok(if unread { FAILED } else { DONE })
}

/// What runs, and the command that goes on.
fn which(ran: &[crate::report::Ran], library: &Library) -> anyhow::Result<String> {
    let mut out = String::new();
    let mut next = Vec::new();
    for run in ran.iter().filter(|run| run.how == How::Detected) {
        out += &format!("{}  {} → ?   newest {}   ({})\n", run.pack, run.from, run.to, summary::found(run));
        next.push(format!("yamlift plan --to {}@{}", run.pack, run.to));
    }
    if next.is_empty() {
        for name in library.names() {
            let chain = library.chain(&name)?;
            next.extend(chain.last().map(|version| format!("yamlift plan --to {name}@{version}")));
        }
        out += "No file here says what runs, and in which version.\n";
    }
    next.dedup();
    Ok(out + &format!("\nPick a target, such as: {}\n", next.join("\n")))
}

fn plan_of(report: &Report, runs: &[Run], line: &[OsString]) -> Plan {
    let migrations = rows(report, runs);
    let next = steps(report, &migrations, runs, line);
    Plan {
        version: 1,
        runs: report.runs.clone(),
        summary: report.summary(),
        for_people: tasks(report),
        advice: advice(runs),
        unfit: report.failed().filter(|file| is_unfit(file)).map(told).collect(),
        unread: report.failed().filter(|file| !is_unfit(file)).map(told).collect(),
        migrations,
        next,
    }
}

/// Whether what fails is that the edits do not fit a schema.
fn is_unfit(file: &FileReport) -> bool {
    file.findings.first().is_some_and(|first| first.id == SCHEMA)
}

/// A file that was not read or not edited, and why.
fn told(file: &FileReport) -> (String, String) {
    let Some(first) = file.findings.first() else { return (file.source.path.clone(), String::new()) };
    let place = if is_unfit(file) { format!("{}:{}", file.source.path, first.line) } else { file.source.path.clone() };
    (place, first.message.clone())
}

/// What a migration would do in a part of the upgrade.
#[derive(Default)]
struct Sum {
    files: usize,
    places: usize,
    first: Option<String>,
    /// It runs without being asked for.
    runs: bool,
}

impl Sum {
    fn add(&mut self, places: usize, at: String, runs: bool) {
        self.files += 1;
        self.places += places;
        self.first.get_or_insert(at);
        self.runs |= runs;
    }
}

fn rows(report: &Report, runs: &[Run]) -> Vec<Row> {
    let mut sums: BTreeMap<(When, &str), Sum> = BTreeMap::new();
    for file in &report.files {
        let at = |byte: usize| format!("{}:{}", file.source.path, line_column(&file.source.text, byte).0);
        let mut add = |id, when: &Places, start: usize, runs: bool| {
            when.iter().for_each(|(when, places)| sums.entry((*when, id)).or_default().add(*places, at(start), runs));
        };
        // A later step stands on the text that the ones before it left: its line is that of the first one's text.
        for step in &file.steps {
            add(step.migration.as_str(), &step.when, step.splices.first().map_or(0, |splice| splice.at.start), true);
        }
        for offer in &file.offered {
            add(offer.id.as_str(), &offer.when, offer.span.start, false);
        }
    }
    let known: BTreeMap<&str, (&Pack, &Arc<Migration>)> = runs
        .iter()
        .flat_map(|run| run.active.iter().map(move |active| (active.migration.id.as_str(), (&*run.pack, &active.migration))))
        .collect();
    let mut rows: Vec<Row> = sums
        .into_iter()
        .filter_map(|((when, id), sum)| {
            let (pack, migration) = known.get(id)?;
            let page = explain::page(pack, migration);
            let ask = match page.standing {
                _ if sum.runs => None,
                "off" => Some(format!("--enable {}", crate::output::pages::slug(id))),
                _ => Some("--safety review".to_owned()),
            };
            let (standing, first) = (page.standing, sum.first.unwrap_or_default());
            Some(Row {
                when,
                id: id.to_owned(),
                title: page.title,
                standing,
                files: sum.files,
                places: sum.places,
                first,
                ask,
                params: page.params,
            })
        })
        .collect();
    let order: BTreeMap<&str, usize> =
        runs.iter().flat_map(|run| &run.active).enumerate().map(|(n, active)| (active.migration.id.as_str(), n)).collect();
    rows.sort_by_key(|row| (row.when, row.ask.is_some(), order.get(row.id.as_str()).copied()));
    rows
}

/// Findings, what is said in the same words once; worst first.
fn tasks(report: &Report) -> Vec<Task> {
    let mut out: Vec<Task> = Vec::new();
    for finding in report.findings() {
        let place = format!("{}:{}", finding.path, finding.line);
        let alike = |task: &&mut Task| task.id == finding.id && task.level == finding.level && task.message == finding.message;
        match out.iter_mut().find(alike) {
            Some(task) => task.places.push(place),
            None => out.push(Task {
                level: finding.level,
                id: finding.id.clone(),
                message: finding.message.clone(),
                help: finding.help.clone(),
                places: vec![place],
            }),
        }
    }
    // A comment that goes with an edit is no work for anybody.
    out.retain(|task| task.id != "yamlift/comment" || task.level > Level::Note);
    out.sort_by_key(|task| std::cmp::Reverse(task.level));
    out
}

/// What the releases on the way ask of people.
fn advice(runs: &[Run]) -> Vec<Advice> {
    let mut out: Vec<Advice> = Vec::new();
    for migration in runs.iter().flat_map(|run| &run.active).map(|active| &active.migration) {
        let Some(text) = migration.advice.as_ref().filter(|_| !out.iter().any(|known| known.id == migration.id)) else {
            continue;
        };
        let release = migration.version.as_ref().map_or_else(|| "any".to_owned(), ToString::to_string);
        out.push(Advice { release, id: migration.id.clone(), title: migration.title.clone(), text: text.clone() });
    }
    out
}

/// What to do, in order, with commands that can be pasted.
fn steps(report: &Report, rows: &[Row], runs: &[Run], line: &[OsString]) -> Vec<Next> {
    let step = |what: &str, command: Option<String>| Next { what: what.to_owned(), command };
    let open: Vec<_> = report.runs.iter().filter(|run| !run.done).collect();
    let Some(first) = open.first() else {
        return vec![step("What runs is at the target version already, or newer: nothing to do.", None)];
    };
    let has = |whens: &[When]| rows.iter().any(|row| row.ask.is_none() && whens.contains(&row.when));
    let asks = |with: &str| rows.iter().any(|row| row.ask.as_ref().is_some_and(|ask| ask.starts_with(with)));
    let (early, late) = (has(&[When::Before, When::Any]), has(&[When::After, When::Gap, When::Wakes]));
    // Where one version runs, the command says so: after the upgrade the files say another one.
    let from = format!("{}@{}", first.pack, first.from);
    let from = open.iter().all(|run| run.from == first.from && run.pack == first.pack).then_some(from.as_str());
    let mut out = Vec::new();
    if let Some((gap, next)) = stepwise(rows, runs) {
        let what = format!(
            "{gap} under `With the upgrade`: upgrading to {next} first may be seamless where going all the way at once is not."
        );
        out.push(step(&what, Some(next::plan(line, &next))));
    }
    if early {
        let what = "See the diff of what can go in now; add -w to write it.";
        out.push(step(what, Some(next::migrate(line, from, late.then_some("before")))));
    }
    if asks("--safety") {
        out.push(step(
            "See the edits that are not made unless you ask, and pick from them with --only.",
            Some(next::asked(line, from)),
        ));
    }
    if asks("--enable") {
        out.push(step(
            "Some migrations are off: turn on the ones you want with --enable ID; `yamlift explain ID` says what each is for.",
            None,
        ));
    }
    if late {
        let what = "Write what has to wait for the upgrade on a branch now, while the files still say what runs, and merge it together with the upgrade, or right after it.";
        out.push(step(what, Some(next::migrate(line, from, early.then_some("after")))));
    }
    out.push(step(&format!("Upgrade to {} {}.", first.pack, first.to), None));
    out
}

/// How many rows have no seamless order, and the release to go to first, where the way has several.
fn stepwise(rows: &[Row], runs: &[Run]) -> Option<(String, String)> {
    let gaps = rows.iter().filter(|row| row.when == When::Gap && row.ask.is_none()).count();
    let run = runs.first().filter(|_| gaps > 0)?;
    let next = run.pack.chain.iter().find(|version| **version > run.from && **version < run.to)?;
    Some((human::counted(gaps, "migration"), format!("{}@{next}", run.pack.name)))
}
