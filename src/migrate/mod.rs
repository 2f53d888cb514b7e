//! ② What changes? One file taken through every migration of a run. Pure: no I/O, no printing.
mod bump;
mod chart;
mod choice;
mod conform;
pub mod detect;
mod directives;
mod document;
pub mod facts;
mod json_patch;
mod lens;
mod look;
mod matches;
mod modeline;
mod rule;
mod said;
mod scope;
mod select;
mod stanza;
mod suppress;
mod template;
mod texts;
mod verb;
pub mod verify;
mod worlds;

use crate::index::Repo;
use crate::pack::registry::{Active, Run};
use crate::report::{Decisions, FileReport, Finding, Level, Look, Offer, Outcome, Places, Step};
use crate::schema::Crds;
use crate::source::{Source, Span, unescaped};
use crate::view;
use crate::yaml::draft::Draft;
use facts::Facts;
use std::borrow::Cow;
use std::collections::BTreeSet;
use std::sync::Arc;

/// Ids of the migrations whose facts have to be read before a file can be migrated.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waits(pub BTreeSet<String>);

/// What is to be done with a file, and what is known around it.
#[derive(Clone, Copy)]
pub struct Order<'a> {
    pub runs: &'a [Run],
    pub repo: &'a Arc<Repo>,
    pub facts: &'a Facts,
    /// What edited objects have to fit.
    pub crds: Option<&'a Crds>,
    /// What a person said, in a run that makes no edit unasked.
    pub decisions: Option<&'a Decisions>,
}

/// One file taken through every run, its edits proven.
///
/// # Errors
/// A rule asks for facts that are not among those of the order.
pub fn file(source: Source, order: &Order) -> Result<FileReport, Waits> {
    let text = source.text.clone();
    let mut file = File {
        text,
        repo: order.repo,
        facts: order.facts,
        decisions: order.decisions,
        waits: BTreeSet::new(),
        suppressions: Vec::new(),
        operations: Vec::new(),
        broken: Vec::new(),
        report: FileReport { parsed: true, ..FileReport::left_alone(source) },
    };
    let why = file.migrate(order);
    if file.waits.is_empty() { Ok(file.finish(why)) } else { Err(Waits(file.waits)) }
}

/// Whether a text asks to be left alone, which is heard where it cannot be read as well.
pub fn is_ignored(text: &str) -> bool {
    suppress::whole_file(text)
}

/// A file on its way.
struct File<'a> {
    /// The text after the steps so far.
    text: String,
    repo: &'a Arc<Repo>,
    facts: &'a Facts,
    decisions: Option<&'a Decisions>,
    /// Migrations that asked for facts which are not there yet.
    waits: BTreeSet<String>,
    /// Those of the text on disk.
    suppressions: Vec<suppress::Suppression>,
    /// Lists of operations on disk that a migration matched something in.
    operations: Vec<(String, Span)>,
    /// What the edits would break.
    broken: Vec<Failure>,
    report: FileReport,
}

/// Why a file cannot go on: where on disk, what, and what to do.
struct Failure {
    at: Span,
    id: &'static str,
    why: String,
    help: Option<String>,
}

impl File<'_> {
    fn migrate(&mut self, order: &Order) -> Result<(), Failure> {
        let runs = order.runs;
        let mut draft = match self.read() {
            Err(_) if is_ignored(&self.text) => return Ok(()),
            read => read?,
        };
        self.read_suppressions(runs, &draft);
        for run in runs {
            for active in &run.active {
                if self.migration(run, active, &mut draft, false)? {
                    draft = self.reparse(draft.is_template())?;
                }
            }
        }
        self.json_patches(runs, &mut draft);
        self.conform(order, draft.is_template());
        Ok(())
    }

    /// The text on disk.
    fn read(&self) -> Result<Draft, Failure> {
        let read = view::read(&self.text, self.repo.chart_templates(&self.report.source.path), 0).map_err(|e| Failure {
            at: e.at..e.at,
            id: "yamlift/unreadable",
            why: e.message,
            help: e.help,
        })?;
        Ok(Draft::new(&self.text, read))
    }

    /// The text after a step, of the same kind.
    fn reparse(&self, template: bool) -> Result<Draft, Failure> {
        let read =
            view::read_as(&self.text, template, 0).map_err(|e| unproven(0, format!("the new text would not be YAML: {e}")))?;
        Ok(Draft::new(&self.text, read))
    }

    /// One migration over the text as it stands. True: it was edited.
    fn migration(&mut self, run: &Run, active: &Active, draft: &mut Draft, careful: bool) -> Result<bool, Failure> {
        let mark = draft.mark();
        let mut suppressions = suppress::find(&self.text).0;
        let outcome = self.rules(run, active, draft, &mut suppressions, careful);
        let id = &active.migration.id;
        if outcome.waits {
            draft.roll_back(mark);
            self.waits.insert(id.clone());
            return Ok(false);
        }
        let operations = outcome.operations.iter().map(|at| (id.clone(), self.on_disk(at.clone())));
        self.operations.extend(operations.collect::<Vec<_>>());
        let edit = (!outcome.edited.is_empty()).then(|| verify::proven(draft, &outcome.modelines)).transpose();
        if edit.is_err() && !careful {
            // Some match cannot be written, or not be proven: find out which, one by one.
            draft.roll_back(mark);
            return self.migration(run, active, draft, true);
        }
        let on_disk = |look: &Look| Look { at: self.on_disk(look.at.clone()), ..look.clone() };
        let looks: Vec<Look> = outcome.looks.iter().map(on_disk).collect();
        self.report.looks.extend(looks);
        if let Some(edit) = edit.map_err(|why| self.at_disk(unproven(why.at, why.why)))? {
            self.take_notes(id, &outcome, &suppressions);
            return self.step(run, active, edit, outcome, draft.is_template(), careful);
        }
        draft.roll_back(mark);
        self.take_notes(id, &outcome, &suppressions);
        Ok(false)
    }

    fn rules(
        &self,
        run: &Run,
        active: &Active,
        draft: &mut Draft,
        suppressions: &mut [suppress::Suppression],
        careful: bool,
    ) -> rule::Outcome {
        let mut all = rule::Outcome::default();
        let (mut objects, mut worlds) = (None, worlds::Known::default());
        let path = self.report.source.path.clone();
        let repo = self.repo;
        let plain = searched(&self.text, &path, repo);
        let exists = exists(&path, repo);
        for one in &active.rules {
            let rule = &active.migration.rules[one.index];
            if run.needles && !rule.needles.may_hit(&plain) {
                continue;
            }
            let (objects, closed) = objects.get_or_insert_with(|| document::objects(draft, &path, &run.carriers, repo));
            let facts = self.facts.of(&active.migration.id);
            let frame = scope::Frame::new(&active.migration, rule.row.as_ref(), run, exists.clone(), facts);
            let work = rule::Work {
                migration: &active.migration,
                rule,
                phase: one.phase,
                apply: one.apply,
                wake: one.wake,
                looks_only: one.looks_only,
                frame: &frame,
                path: &path,
                partial: self.repo.is_patch(&path),
                choice: self.decisions.map(|decisions| choice::Choice { decisions, steps: &self.report.steps }),
                unpruned: false,
                careful,
                run,
                repo,
            };
            let mut search = select::Search {
                pack: &run.pack,
                carriers: &run.carriers,
                repo: self.repo,
                path: &path,
                objects,
                worlds: &mut worlds,
                closed: std::mem::take(closed),
            };
            let done = rule::run(&work, draft, &mut search, suppressions);
            done.edited.into_iter().for_each(|(when, places)| *all.edited.entry(when).or_default() += places);
            all.places.extend(done.places);
            all.verbs.extend(done.verbs);
            all.modelines.extend(done.modelines);
            all.offered.extend(done.offered);
            all.said.extend(done.said);
            all.operations.extend(done.operations);
            all.looks.extend(done.looks);
            all.questions.extend(done.questions);
            all.left += done.left;
            all.waits |= frame.waits.get();
        }
        all
    }

    /// Makes a step of an edit, unless a second run would edit again.
    fn step(
        &mut self,
        run: &Run,
        active: &Active,
        edit: verify::Edit,
        outcome: rule::Outcome,
        template: bool,
        careful: bool,
    ) -> Result<bool, Failure> {
        let verify::Edit { splices, new, mut lost } = edit;
        // A modeline that follows is not gone.
        let follows = |comment: &str| outcome.modelines.iter().any(|m| comment.contains(&self.text[m.at.clone()]));
        lost.retain(|one| !follows(&one.comment));
        if new == self.text {
            return Ok(false);
        }
        let migration = active.migration.id.clone();
        let gone = self.gone(&lost);
        self.report.findings.extend(gone);
        let removed_comments = lost.into_iter().map(|one| one.comment).collect();
        let (matches, when, verbs) = (outcome.edited.values().sum(), outcome.edited, outcome.verbs);
        let mut at: Vec<Span> = outcome.places.into_iter().map(|place| self.on_disk(place)).collect();
        at.sort_by_key(|place| (place.start, place.end));
        self.report.steps.push(Step { migration, splices, matches, at, when, removed_comments, verbs });
        self.text = new;
        let mut again = self.reparse(template)?;
        let mut suppressions = suppress::find(&self.text).0;
        let again = self.rules(run, active, &mut again, &mut suppressions, careful);
        if again.waits {
            self.waits.insert(active.migration.id.clone());
        }
        // What a person left may be told by another place now, where a word on the rest of a migration reaches it.
        if again.edited.values().sum::<usize>() > outcome.left {
            return Err(unproven(0, format!("{} would edit the file again in a second run", active.migration.id)));
        }
        Ok(true)
    }

    /// A note on each comment that an edit took along.
    fn gone(&self, lost: &[verify::Lost]) -> Vec<Finding> {
        let one = |lost: &verify::Lost| {
            let message = format!("This comment is removed together with what it belongs to: `{}`.", lost.comment);
            Finding::at(&self.report.source, self.on_disk(lost.at.clone()), "yamlift/comment", Level::Note, message)
        };
        lost.iter().map(one).collect()
    }

    fn at_disk(&self, failure: Failure) -> Failure {
        Failure { at: self.on_disk(failure.at), ..failure }
    }

    /// A span of the text as it stands, on disk.
    fn on_disk(&self, span: Span) -> Span {
        crate::report::on_disk(&self.report.steps, span)
    }

    fn take_notes(&mut self, id: &str, outcome: &rule::Outcome, suppressions: &[suppress::Suppression]) {
        for (known, now) in self.suppressions.iter_mut().zip(suppressions) {
            known.used |= now.used;
        }
        self.report.questions.extend(outcome.questions.iter().cloned());
        for said in &outcome.said {
            let at = self.on_disk(said.at.clone());
            let mut finding = Finding::at(&self.report.source, at, said.id.unwrap_or(id), said.level, said.message.clone());
            (finding.help, finding.kind) = (said.help.clone(), said.kind.clone());
            let known =
                self.report.findings.iter().any(|f| f.id == finding.id && f.span == finding.span && f.message == finding.message);
            if !known {
                self.report.findings.push(finding);
            }
        }
        if let Some((first, _)) = outcome.offered.first() {
            let span = self.on_disk(first.clone());
            let mut when = Places::new();
            outcome.offered.iter().filter_map(|(_, when)| *when).for_each(|one| *when.entry(one).or_default() += 1);
            self.report.offered.push(Offer { id: id.to_owned(), span, places: outcome.offered.len(), when });
        }
    }

    /// Names what is left of JSON patches that a migration may concern, though it found no whole object in them.
    fn json_patches(&mut self, runs: &[Run], draft: &mut Draft) {
        let Some(first) = runs.first() else { return };
        let (objects, _) = document::objects(draft, &self.report.source.path, &first.carriers, self.repo);
        for concern in json_patch::concerns(draft, &objects, runs, &self.repo.said_of(&self.report.source.path)) {
            let at = self.on_disk(concern.at);
            let ignored = |one: &&mut suppress::Suppression| one.names(&concern.id) && one.covers(&at);
            if let Some(one) = self.suppressions.iter_mut().find(ignored) {
                one.used = true;
            } else if !self.operations.iter().any(|(id, known)| *id == concern.id && known.start == at.start) {
                let message = format!("This JSON patch may need the same change: {}.", concern.title.trim_end_matches('.'));
                let help = format!("its operations do not say enough to be sure: check `{}` by hand", concern.path);
                let finding = Finding::at(&self.report.source, at, concern.id, Level::Warning, message).with_help(help);
                self.report.findings.push(finding);
            }
        }
    }

    fn finish(mut self, result: Result<(), Failure>) -> FileReport {
        let failures = result.map_or_else(|failure| vec![failure], |()| std::mem::take(&mut self.broken));
        if let Some(first) = failures.first() {
            self.report.steps.clear();
            self.report.findings.clear();
            self.report.offered.clear();
            self.report.parsed = first.id != "yamlift/unreadable";
            self.report.outcome = Outcome::Failed(first.why.clone());
            for failure in failures {
                let mut finding = Finding::at(&self.report.source, failure.at, failure.id, Level::Error, failure.why);
                finding.help = failure.help;
                self.report.findings.push(finding);
            }
            return self.report;
        }
        self.say_unused();
        self.report.findings.sort_by(|a, b| (a.span.start, &a.id, b.level).cmp(&(b.span.start, &b.id, a.level)));
        self.report.outcome = if self.report.changed() {
            Outcome::Migrated
        } else if self.report.offered.is_empty() && self.report.findings.iter().all(|f| f.level == Level::Note) {
            Outcome::Unchanged
        } else {
            Outcome::NeedsReview
        };
        self.report
    }
}

fn unproven(at: usize, why: String) -> Failure {
    let help = "this is a bug of yamlift or of the migration: please report it with the file; nothing was written".to_owned();
    Failure { at: at..at, id: "yamlift/unproven", why, help: Some(help) }
}

/// The text that needles are looked for in: that of the file, and what other files say of it.
fn searched<'t>(text: &'t str, path: &str, repo: &Repo) -> Cow<'t, str> {
    let said = match repo.said_of(path) {
        elsewhere if elsewhere.is_empty() => Cow::Borrowed(text),
        elsewhere => Cow::Owned(format!("{text}{elsewhere}")),
    };
    let plain = match unescaped(said.as_bytes()) {
        Cow::Owned(plain) => String::from_utf8(plain).ok(),
        Cow::Borrowed(_) => None,
    };
    plain.map_or(said, Cow::Owned)
}

/// Whether a file is there, its path being relative to the folder of the one at `path`.
fn exists(path: &str, repo: &Arc<Repo>) -> crate::expr::Exists {
    let dir = path.rsplit_once('/').map_or(String::new(), |(dir, _)| format!("{dir}/"));
    let repo = Arc::clone(repo);
    Arc::new(move |path| repo.exists(&format!("{dir}{path}")))
}
