//! What a run does: the migrations and rules in force between two versions.
pub use super::PackError;
pub use super::library::Library;
use super::target::Carrier;
use super::version::{Phase, Version, phase};
use super::{Honoured, Migration, Need, Pack, Rule, Safety, near};
use crate::report::How;
use serde_json::Value as Json;
use std::collections::BTreeMap;
use std::sync::Arc;

/// One pack taken from a version to a version, ready to run over files.
#[derive(Debug, Clone)]
pub struct Run {
    pub pack: Arc<Pack>,
    pub from: Version,
    /// How it is known that `from` runs now.
    pub how: How,
    pub to: Version,
    /// Versions on the way that the pack has no migration for.
    pub blank: Vec<Version>,
    /// In running order: edges, then name order with `after`; `any/` last.
    pub active: Vec<Active>,
    /// Migrations of the chain that do not run, and why, for `list` and `explain`.
    pub left_out: Vec<(Arc<Migration>, String)>,
    /// False: rules look at files without their needles as well. For the test that needles leave nothing out.
    pub needles: bool,
    /// Whether rules tell where they looked and why they did nothing there.
    pub tells: bool,
    /// What `--phase` takes.
    pub phase: PhaseFilter,
    /// Every parameter that has a value, checked and typed; a host-port is `{host, port}`.
    pub params: BTreeMap<String, Json>,
    pub carriers: Arc<Vec<Carrier>>,
    /// Of every migration that there is, in any pack.
    pub ids: Arc<Vec<String>>,
}

#[derive(Debug, Clone)]
pub struct Active {
    pub migration: Arc<Migration>,
    /// The rules in force (window and `needs` met), by index in `migration.rules`, with their phase.
    pub rules: Vec<ActiveRule>,
}

/// A rule in force: its window and its needs are met.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ActiveRule {
    /// Index in `migration.rules`.
    pub index: usize,
    pub phase: Phase,
    /// False: matched and offered in a note, never written (`review` that was not asked for).
    pub apply: bool,
    /// The same for those of its places that it switches on (a `bump` finds out for each).
    pub wake: bool,
    /// An optional migration in a plan: its places are counted, nothing is tried.
    pub looks_only: bool,
}

/// What a person asked for, as typed; `runs` checks it against the packs.
#[derive(Debug, Clone, Default)]
pub struct Request {
    /// `--to`: pack and version, in the order given.
    pub to: Vec<(String, String)>,
    /// `--from`: version, with the pack where it was named. Left out: what files say, else the version before `--to` in the chain.
    pub from: Vec<(Option<String>, String)>,
    /// Ids, which may be shortened where that is unambiguous.
    pub only: Vec<String>,
    pub skip: Vec<String>,
    pub enable: Vec<String>,
    /// `Safe` or `Review`: the most that is written.
    pub safety: Safety,
    pub phase: PhaseFilter,
    /// `--set key=value`, as typed.
    pub set: Vec<(String, String)>,
    /// Values of `--values` files and of the config file, the later ones win; `set` wins over all.
    pub values: Vec<(String, Json)>,
    /// Migrations that are off unless asked for are looked for as well, to tell where they would do something.
    pub plan: bool,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum PhaseFilter {
    #[default]
    All,
    Before,
    After,
}

/// Whether `short` names the migration `id`: whole, or from some `/` on.
pub fn names(short: &str, id: &str) -> bool {
    short == id || id.strip_suffix(short).is_some_and(|rest| rest.ends_with('/'))
}

/// What may have been meant by `short`, which names none of `ids`: the nearest one, else those that hold the word.
pub fn suggestion(short: &str, ids: &[String]) -> Option<String> {
    const SHOWN: usize = 8;
    let word = slug(short);
    if let Some(near) = near(word, ids.iter().map(|id| slug(id))) {
        return Some(format!("did you mean `{near}`?"));
    }
    let holding: Vec<&str> = ids.iter().map(|id| slug(id)).filter(|slug| !word.is_empty() && slug.contains(word)).collect();
    match holding.as_slice() {
        [] => None,
        [one] => Some(format!("did you mean `{one}`?")),
        several => {
            let more = if several.len() > SHOWN { ", …" } else { "" };
            let some = several.iter().take(SHOWN).map(|slug| format!("`{slug}`")).collect::<Vec<_>>();
            Some(format!("did you mean one of {}{more}?", some.join(", ")))
        }
    }
}

fn slug(id: &str) -> &str {
    id.rsplit('/').next().unwrap_or(id)
}

/// Picks the rules in force and says of the others why they are not.
pub(super) fn pick(run: &mut Run, request: &Request) {
    let asked = |ids: &[String], id: &str| ids.iter().any(|short| names(short, id));
    for migration in &run.pack.migrations {
        let id = &migration.id;
        let enabled = asked(&request.enable, id);
        let why = if !request.only.is_empty() && !asked(&request.only, id) {
            Some("`--only` picks others".to_owned())
        } else if asked(&request.skip, id) {
            Some("`--skip` leaves it out".to_owned())
        } else if !migration.enabled && !enabled && !request.plan {
            Some(format!("off by default: add --enable {}", slug(id)))
        } else {
            None
        };
        if let Some(why) = why {
            run.left_out.push((Arc::clone(migration), why));
            continue;
        }
        let mut rules = Vec::new();
        let mut whys = Vec::new();
        for (index, rule) in migration.rules.iter().enumerate() {
            match in_force(rule, run, request.phase) {
                Ok(phase) => {
                    let review = migration.safety == Safety::Review || matches!(phase, Phase::Wakes { .. });
                    // Who names an optional migration asks for what it does.
                    let asked = request.safety >= Safety::Review || (enabled && !migration.enabled);
                    let wake = migration.safety != Safety::Manual && asked;
                    let looks_only = !migration.enabled && !enabled;
                    let apply = migration.safety != Safety::Manual && (!review || asked) && !looks_only;
                    rules.push(ActiveRule { index, phase, apply, wake: wake && !looks_only, looks_only });
                }
                Err(why) => whys.push(why),
            }
        }
        if rules.is_empty() && !migration.rules.is_empty() {
            whys.dedup();
            run.left_out.push((Arc::clone(migration), whys.join("; ")));
        } else {
            run.active.push(Active { migration: Arc::clone(migration), rules });
        }
    }
}

/// The phase of a rule, or why it is not in force.
fn in_force(rule: &Rule, run: &Run, filter: PhaseFilter) -> Result<Phase, String> {
    run.met(&rule.needs)?;
    if !rule.bump.is_empty() {
        // Each document has a phase of its own.
        return Ok(Phase::Any);
    }
    match phase(&rule.honoured, &run.from, &run.to) {
        Phase::LeftOut => Err(window_says(&rule.honoured, run)),
        phase if filter.takes(phase) => Ok(phase),
        _ if filter == PhaseFilter::Before => Err("belongs after the upgrade".into()),
        _ => Err("belongs before the upgrade".into()),
    }
}

impl PhaseFilter {
    /// Whether what belongs to `phase` is done in this part of the work; everything is in exactly one part.
    pub fn takes(self, phase: Phase) -> bool {
        let late = matches!(phase, Phase::After | Phase::Gap | Phase::Wakes { acts_now: false });
        match self {
            PhaseFilter::All => phase != Phase::LeftOut,
            PhaseFilter::Before => !late && phase != Phase::LeftOut,
            PhaseFilter::After => late,
        }
    }
}

impl Run {
    /// Whether files may say what runs now.
    pub fn may_be_detected(&self) -> bool {
        self.how == How::Assumed && !self.pack.detect.is_empty()
    }

    /// Whether the versions that something needs are there.
    ///
    /// # Errors
    /// What is missing, in a sentence.
    pub fn met(&self, needs: &[Need]) -> Result<(), String> {
        for need in needs {
            match need {
                Need::To(least) if self.to < *least => return Err(format!("needs {} {least} or later", self.pack.title)),
                Need::Param(name, least) => {
                    let given = self.params.get(name).and_then(Json::as_str).and_then(Version::parse);
                    if given.is_none_or(|given| given < *least) {
                        return Err(format!("needs {name} {least} or later: add --set {name}=…"));
                    }
                }
                Need::To(_) => {}
            }
        }
        Ok(())
    }
}

fn window_says(honoured: &Honoured, run: &Run) -> String {
    match &honoured.new {
        Some(new) => format!("{} {} does not act on the new form ({new})", run.pack.title, run.to),
        None => format!("{} {} still acts on what would be removed", run.pack.title, run.to),
    }
}
