//! `yamlift pr`: from a clean checkout to an open pull request, and the same command brings it up to date.
mod commits;
mod place;
mod publish;
mod texts;

use super::args::{CommitArg, PhaseArg, Pr};
use super::config;
use super::migrate::{Ready, ready};
use super::refusal::refuse;
use super::{DONE, FAILED, files};
use crate::forge::decide::{Branch, Wish};
use crate::forge::git::{Author, Git, Worktree};
use crate::forge::{Trouble, interrupt};
use crate::output::markdown::Words;
use crate::output::terminal::{Terminal, one_line};
use crate::output::{human, progress::Progress, write};
use crate::pack::config::PullRequest;
use crate::pipeline::{self, Input, Job, Sources};
use crate::report::{Level, Report, UNREAD_TEXT};
use anyhow::Context;
use place::Place;
use publish::{Done, Publish};
use std::path::Path;

/// An address that no mail reaches, and nobody else has: it tells our commits from those of people.
const BOT: (&str, &str) = ("yamlift", "bot@yamlift.invalid");

pub fn run(args: &Pr, terminal: Terminal) -> anyhow::Result<u8> {
    interrupt::heed();
    match pull_requests(args, terminal) {
        Err(_) if interrupt::came() => {
            terminal.err("interrupted: what was made on this machine is gone; the same command goes on where it was\n");
            Ok(interrupt::CODE)
        }
        done => done,
    }
}

fn pull_requests(args: &Pr, terminal: Terminal) -> anyhow::Result<u8> {
    let say = |said: &str| {
        if !args.quiet {
            terminal.err(said)
        }
    };
    let folder = args.path.as_deref().unwrap_or(Path::new("."));
    if !folder.is_dir() {
        return Err(refuse(format!("{} is not a folder", folder.display()), "name a folder of a git checkout"));
    }
    let (mut git, inside) = Git::open(folder, &args.remote).map_err(no)?;
    let dry = args.dry_run || is_on("DRY_RUN")?;
    let place = place::find(args, &mut git, dry, terminal)?;
    if place.archived {
        terminal.out(format!("{} {}\n", Done::SKIPPED, one_line(&place.web)).as_bytes())?;
        say("the repository is archived: nobody may write to it\n");
        return Ok(DONE);
    }
    let heads = git.heads(args.base.as_deref().unwrap_or("HEAD")).map_err(no)?;
    let base = args.base.clone().or_else(|| heads.default.clone()).ok_or_else(|| {
        refuse("the remote does not say which branch is its default", "name the one to start from: --base BRANCH")
    })?;
    let is_default = heads.default.as_ref() == Some(&base);
    let head = git.fetch(&base, heads.branches.get(&base).map(String::as_str)).map_err(no)?;
    let ground = Ground { args, git: &git, inside, place, base, is_default, head, dry, terminal };

    let phases: Vec<Option<PhaseArg>> = match args.phase.is_empty() {
        true => vec![None],
        false => args.phase.iter().copied().map(Some).collect(),
    };
    let (mut code, mut done) = (DONE, Vec::new());
    for phase in phases {
        let (one, unread) = ground.pull_request(phase)?;
        code = if unread { FAILED } else { code };
        if !dry {
            terminal.out(format!("{} {}\n", one.operation, one_line(one.told())).as_bytes())?;
        }
        done.push(one);
    }
    if let Some(file) = std::env::var_os("GITHUB_OUTPUT").filter(|file| !file.is_empty() && !dry) {
        let path = Path::new(&file);
        write::append(path, &publish::outputs(&done)).with_context(|| format!("could not write {}", path.display()))?;
    }
    Ok(code)
}

/// What all pull requests of a run start from.
struct Ground<'a> {
    args: &'a Pr,
    git: &'a Git,
    /// The part of the checkout that is looked at, with a slash behind it; empty: all of it.
    inside: String,
    place: Place,
    base: String,
    /// It is the default branch of the remote.
    is_default: bool,
    /// The newest commit of the base.
    head: String,
    dry: bool,
    terminal: Terminal,
}

/// What a run over the base gave.
struct Result<'a> {
    worktree: Worktree<'a>,
    report: Report,
    /// Ids of migrations, in running order.
    order: Vec<String>,
    settings: PullRequest,
    /// A template of its own for the description.
    template: Option<String>,
}

impl Ground<'_> {
    fn say(&self, said: &str) {
        if !self.args.quiet {
            self.terminal.err(said);
        }
    }

    /// Makes one pull request what it should be. True: some file was not read.
    fn pull_request(&self, phase: Option<PhaseArg>) -> anyhow::Result<(Done, bool)> {
        let scratch = write::scratch([]).context("could not make a folder for the temporary checkout")?;
        let result = self.migrate(scratch.path(), phase)?;
        let Result { worktree, report, order, settings, .. } = &result;
        let voice = human::Voice {
            colour: self.terminal.colour_err,
            least: Level::Error,
            verbose: self.args.verbose,
            wrote: true,
            links: self.terminal.links_err,
        };
        self.terminal.err(&human::failures(report, voice));
        let unread = report.failed().next().is_some() || report.findings().any(|finding| finding.id == UNREAD_TEXT);

        let prefix = self.args.branch_prefix.clone().or(settings.branch_prefix.clone()).unwrap_or_else(|| "yamlift/".into());
        let heads = self.git.heads(&prefix).map_err(no)?;
        let base = Some(self.base.as_str()).filter(|_| !self.is_default);
        let branch = texts::branch(&prefix, report, phase, base, &self.inside, &heads);
        let words = self.words(phase, &branch);
        let wish = report.changed().next().map(|_| self.wish(&result, &words)).transpose()?;

        let author = self.author(settings)?;
        let commit = match &wish {
            Some(wish) => {
                let each = match self.args.commit {
                    Some(how) => how == CommitArg::Each,
                    None => settings.commit.as_deref() != Some("one"),
                };
                let messages = texts::Messages {
                    prefix: self.args.commit_prefix.as_ref().or(settings.commit_prefix.as_ref()).map_or("", String::as_str),
                    title: &wish.title,
                    report,
                    command: &words.command,
                };
                let commits = commits::commits(report, order, each);
                Some(commits::make(worktree, &commits, &messages, &author)?)
            }
            None => None,
        };
        let seen = heads.branches.get(&branch).cloned();
        let there = seen.as_ref().map(|seen| self.branch(&branch, seen, commit.as_deref(), &author)).transpose()?;
        let publish = Publish {
            git: self.git,
            place: &self.place,
            branch: &branch,
            base: &self.base,
            commit: commit.as_deref(),
            seen: seen.as_deref(),
            there: there.as_ref(),
            wish: wish.as_ref(),
            // What was not read may hold what is left to do.
            incomplete: unread && wish.is_none(),
            draft: self.args.draft || settings.draft.unwrap_or(false),
            force: self.args.force,
            say: &|said| self.say(said),
        };
        let done = if self.dry { publish.shown(self.terminal)? } else { publish.publish().map_err(no)? };
        Ok((done, unread))
    }

    /// A run over the base, in a checkout of its own.
    fn migrate(&self, folder: &Path, phase: Option<PhaseArg>) -> anyhow::Result<Result<'_>> {
        let worktree = self.git.worktree(folder, &self.head).map_err(no)?;
        let start = folder.join(&self.inside);
        if !start.is_dir() {
            let message = format!("the branch {} has no folder {}", self.base, self.inside.trim_end_matches('/'));
            return Err(refuse(message, "to start from another branch, add --base BRANCH"));
        }
        let mut asked = self.args.asked(phase);
        // Where there is nothing to look at nothing is left to do.
        asked.which.allow_empty = true;
        let mut sources = Sources {
            paths: Vec::new(),
            cwd: start.clone(),
            hidden: asked.hidden,
            no_ignore: asked.no_ignore,
            exclude: asked.exclude.clone(),
            ..Sources::default()
        };
        let settings = config::settings(&asked.chosen, &start)?;
        let say = |said: &str| self.say(said);
        let input = |sources: &Sources| Ok(Input::Files(files::found(sources, &asked.which)?));
        let Ready { mut ground, trees, crds } = ready(&asked, &settings, &mut sources, input, &say)?;
        let progress = Progress::new(!asked.quiet);
        let bar = |done: usize, total: usize, path: &str| progress.at(done, total, path);
        let job = Job { trees: &trees, crds: Some(&crds), decisions: None, generated: asked.include_generated, progress: &bar };
        let report = pipeline::run(&mut ground, &job);
        progress.end();
        let active = trees.runs().iter().flat_map(|run| &run.active);
        let mut order: Vec<String> = Vec::new();
        active.for_each(|one| {
            if !order.contains(&one.migration.id) {
                order.push(one.migration.id.clone());
            }
        });
        let pr = settings.config.pr.clone();
        let template = texts::template(self.args.body.as_deref(), pr.body.as_deref(), &settings.folder, folder)?;
        Ok(Result { worktree, report: report?, order, settings: pr, template })
    }

    fn words(&self, phase: Option<PhaseArg>, branch: &str) -> Words {
        Words {
            command: super::next::redo(&self.args.asked(phase), self.inside.trim_end_matches('/')),
            wrote: true,
            phase: texts::phase_name(phase),
            blob: self.place.forge.as_ref().map(|forge| forge.blob(branch)),
            bot: true,
        }
    }

    fn wish(&self, result: &Result, words: &Words) -> anyhow::Result<Wish> {
        let mut labels = result.settings.labels.clone();
        labels.extend(self.args.label.iter().cloned());
        labels.dedup();
        let mut reviewers = result.settings.reviewers.clone();
        reviewers.extend(self.args.reviewer.iter().cloned());
        let title = self.args.title.as_deref().or(result.settings.title.as_deref());
        let (title, body) = texts::words(&result.report, words, title, result.template.as_deref(), self.place.room())?;
        Ok(Wish { title, body, labels, reviewers })
    }

    fn author(&self, settings: &PullRequest) -> anyhow::Result<Author> {
        if let Some(author) = &self.args.author {
            return Ok(author.clone());
        }
        let Some(text) = &settings.author else { return Ok(Author { name: BOT.0.into(), mail: BOT.1.into() }) };
        Author::read(text).ok_or_else(|| {
            refuse(format!("pr.author: {text}: write a name and an email address"), "such as \"The Bot <bot@example.com>\"")
        })
    }

    /// What is on the branch by now.
    fn branch(&self, branch: &str, seen: &str, commit: Option<&str>, author: &Author) -> anyhow::Result<Branch> {
        let git = self.git;
        let there = git.fetch(branch, Some(seen)).map_err(no)?;
        let same = |commit: &str| Ok::<_, Trouble>(git.tree(&there)? == git.tree(commit)?);
        let up_to_date = commit.map(same).transpose().map_err(no)?.unwrap_or(false);
        Ok(Branch { up_to_date, stranger: git.stranger(&self.head, &there, &author.mail).map_err(no)? })
    }
}

/// Whether a variable switches something on.
fn is_on(name: &str) -> anyhow::Result<bool> {
    let value = std::env::var(name).unwrap_or_default();
    match value.trim().to_ascii_lowercase().as_str() {
        "true" | "1" | "yes" | "y" | "on" => Ok(true),
        "false" | "0" | "no" | "n" | "off" | "" => Ok(false),
        _ => Err(refuse(format!("{name}={value} is neither on nor off"), format!("{name}=true, or {name}=false"))),
    }
}

/// What git or a forge said, as the end of a run.
fn no(trouble: Trouble) -> anyhow::Error {
    refuse(trouble.message, trouble.help)
}
