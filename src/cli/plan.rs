//! `yamlift plan`: the runbook of an upgrade. Nothing is written.
use super::args::{Plan as Args, PlanArg};
use super::explain;
use super::next;
use super::refusal::refuse;
use super::{DONE, FAILED, config};
use crate::output::plan::{self, Advice, Next, Plan, Row, Task};
use crate::output::progress::Progress;
use crate::output::summary;
use crate::output::terminal::Terminal;
use crate::pack::registry::{Library, Request, Run};
use crate::pack::{Migration, Pack};
use crate::pipeline::{self, Input, Job, Sources};
use crate::report::{How, Level, Places, Report, UNREAD_TEXT, When};
use crate::source::line_column;
use anyhow::Context;
use std::collections::BTreeMap;
use std::ffi::OsString;
use std::sync::Arc;

pub fn run(args: &Args, line: &[OsString], terminal: Terminal) -> anyhow::Result<u8> {
    let asked = args.asked();
    let cwd = std::env::current_dir().context("the current folder is gone")?;
    let mut sources = Sources {
        paths: asked.paths.clone(),
        cwd,
        hidden: args.hidden,
        no_ignore: args.no_ignore,
        exclude: args.exclude.clone(),
    };
    let root = pipeline::root(&sources)?;
    let settings = config::load(&pipeline::start(&sources)?)?;
    let library = config::library(&settings, &asked.packs)?;
    terminal.err(&config::replacing(&library));
    sources.exclude.extend(settings.config.exclude.clone());
    let open = asked.to.is_empty() && settings.config.to.is_empty();
    let request =
        if open { newest(&library)? } else { Request { plan: true, ..config::request(&asked, &settings.config, &library)? } };
    let runs = library.runs(&request)?;
    let found = pipeline::find(&sources)?;
    if found.files.is_empty() && found.unread.is_empty() {
        return Err(refuse("there is no YAML file here", "*.yaml, *.yml and *.json are looked at"));
    }
    let progress = Progress::new(true);
    let bar = |done: usize, total: usize, path: &str| progress.at(done, total, path);
    let ground = pipeline::survey(Input::Files(found), library.carriers(), None)?;
    let trees = pipeline::trees(&ground, &library, &request, runs)?;
    if open {
        progress.end();
        terminal.out(which(&trees.ran, &library)?.as_bytes())?;
        return Ok(DONE);
    }
    let report = pipeline::run(ground, Job { trees: &trees, generated: args.include_generated, progress: &bar });
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

/// Every pack to its newest version: who has not said where to go is told what runs.
fn newest(library: &Library) -> anyhow::Result<Request> {
    let mut to = Vec::new();
    for name in library.names() {
        to.extend(library.chain(&name)?.last().map(|version| (name, version.to_string())));
    }
    Ok(Request { to, plan: true, ..Request::default() })
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
        out += "No file here says which version of what runs.\n";
    }
    next.dedup();
    Ok(out + &format!("\nPick a target, such as: {}\n", next.join("\n")))
}

fn plan_of(report: &Report, runs: &[Run], line: &[OsString]) -> Plan {
    let migrations = rows(report, runs);
    let next = steps(report, &migrations, line);
    Plan {
        version: 1,
        runs: report.runs.clone(),
        summary: report.summary(),
        for_people: tasks(report),
        advice: advice(runs),
        unread: report.failed().map(|file| (file.source.path.clone(), why(file))).collect(),
        migrations,
        next,
    }
}

fn why(file: &crate::report::FileReport) -> String {
    file.findings.first().map_or(String::new(), |finding| finding.message.clone())
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
fn steps(report: &Report, rows: &[Row], line: &[OsString]) -> Vec<Next> {
    let step = |what: &str, command: Option<String>| Next { what: what.to_owned(), command };
    let has = |whens: &[When]| rows.iter().any(|row| row.ask.is_none() && whens.contains(&row.when));
    // What runs is said in each command: after the upgrade the files say another version.
    let from: Vec<String> = report.runs.iter().filter(|run| !run.done).map(|run| format!("{}@{}", run.pack, run.from)).collect();
    let one = from.first().filter(|first| from.iter().all(|from| from == *first)).cloned();
    let (early, late) = (has(&[When::Before, When::Any]), has(&[When::After, When::Gap, When::Wakes]));
    let to: Vec<String> = report.runs.iter().map(|run| format!("{} {}", run.pack, run.to)).collect();
    let to = to.first().cloned().unwrap_or_default();
    let mut out = Vec::new();
    if report.runs.iter().all(|run| run.done) && !report.runs.is_empty() {
        return vec![step("What runs is there already: nothing to do.", None)];
    }
    if early {
        let part = late.then_some("before");
        out.push(step(
            "See the diff of what can go in now; the same with -w writes it.",
            Some(next::migrate(line, one.as_deref(), part)),
        ));
    }
    let asks = rows.iter().any(|row| row.ask.is_some());
    if asks {
        out.push(step("See what waits to be asked for, and pick from it.", Some(next::asked(line, one.as_deref()))));
    }
    out.push(step(&format!("Upgrade to {to}."), None));
    if late {
        let part = early.then_some("after");
        out.push(step("Then what has to wait for the upgrade.", Some(next::migrate(line, one.as_deref(), part))));
    }
    out
}
