//! What migrations ask of the whole repository: read from each file by itself, and then known to the rules of all.
use super::scope::{Frame, Spot};
use super::{document, exists, look, matches, rule, said, searched, select, worlds};
use crate::expr::Data;
use crate::index::Repo;
use crate::pack::facts::{Fact, FactValue};
use crate::pack::registry::{Active, Run};
use crate::pack::version::Phase;
use crate::source::Source;
use crate::view;
use crate::yaml::draft::Draft;
use serde_json::{Map, Value as Json, json};
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::Arc;

/// What was found, by the id of the migration that asks.
#[derive(Debug, Default)]
pub struct Facts(HashMap<String, Known>);

/// The facts of one migration, as its expressions see them.
#[derive(Debug)]
pub struct Known {
    /// `facts`: lists of values, each once.
    pub values: Data,
    /// `places`: lists of the same values, each time with its place.
    pub places: Data,
}

impl Known {
    fn new(values: Map<String, Json>, places: Map<String, Json>) -> Known {
        Known { values: Data::new(&Json::Object(values)), places: Data::new(&Json::Object(places)) }
    }
}

/// A value of a fact at its place.
#[derive(Debug)]
pub struct Place {
    migration: String,
    fact: String,
    line: usize,
    /// With the members `value`, `key`, `file`, `line`, `at`, `doc`.
    here: Json,
}

impl Facts {
    pub fn of(&self, migration: &str) -> Option<&Known> {
        self.0.get(migration)
    }

    /// Takes in all that was found for the migrations `ids`, in the order that expressions shall see.
    pub fn add(&mut self, runs: &[Run], ids: &BTreeSet<String>, found: impl IntoIterator<Item = Place>) {
        let mut lists: BTreeMap<(String, String), Vec<Json>> = BTreeMap::new();
        for place in found {
            lists.entry((place.migration, place.fact)).or_default().push(place.here);
        }
        for (_, active) in asking(runs, ids) {
            let (mut values, mut places) = (Map::new(), Map::new());
            let id = &active.migration.id;
            let names: BTreeSet<&String> = active.migration.facts.iter().map(|fact| &fact.name).collect();
            for name in names {
                let list = lists.remove(&(id.clone(), name.clone())).unwrap_or_default();
                let mut seen = HashSet::new();
                let once = list.iter().map(|place| &place["value"]).filter(|value| seen.insert(value.to_string()));
                values.insert(name.clone(), once.cloned().collect());
                places.insert(name.clone(), Json::Array(list));
            }
            self.0.insert(id.clone(), Known::new(values, places));
        }
        // Nobody waits twice for the same.
        for id in ids {
            self.0.entry(id.clone()).or_insert_with(|| Known::new(Map::new(), Map::new()));
        }
    }

    /// The facts of all migrations, the repository being these texts.
    pub fn of_texts(sources: &[Source], runs: &[Run], repo: &Arc<Repo>) -> Facts {
        let ids = runs.iter().flat_map(|run| &run.active).map(|active| active.migration.id.clone()).collect();
        let mut facts = Facts::default();
        facts.add(runs, &ids, sources.iter().flat_map(|source| read(source, runs, &ids, repo)));
        facts
    }
}

/// The migrations `ids`, each once: what a fact finds is the same wherever a run starts from.
fn asking<'r>(runs: &'r [Run], ids: &BTreeSet<String>) -> Vec<(&'r Run, &'r Active)> {
    let mut known = HashSet::new();
    let active = runs.iter().flat_map(|run| run.active.iter().map(move |active| (run, active)));
    active.filter(|(_, active)| ids.contains(&active.migration.id) && known.insert(&active.migration.id)).collect()
}

/// The needles of each fact of the migrations `ids`.
pub fn needles<'r>(runs: &'r [Run], ids: &BTreeSet<String>) -> impl Iterator<Item = &'r [Vec<String>]> {
    let facts = asking(runs, ids).into_iter().flat_map(|(_, active)| &active.migration.facts);
    facts.map(|fact| fact.rule.needles.groups.as_slice())
}

/// What a file, as it is on disk, holds for the facts of the migrations `ids`; nothing where it cannot be read.
pub fn read(source: &Source, runs: &[Run], ids: &BTreeSet<String>, repo: &Arc<Repo>) -> Vec<Place> {
    let plain = searched(&source.text, &source.path, repo);
    let mut file: Option<File> = None;
    let mut out = Vec::new();
    for (run, active) in asking(runs, ids) {
        let hits = |fact: &&Fact| !run.needles || fact.rule.needles.may_hit(&plain);
        for fact in active.migration.facts.iter().filter(hits) {
            if file.is_none() {
                let Ok(read) = view::read(&source.text, repo.chart_templates(&source.path), 0) else { return out };
                file = Some(File::new(source, run, repo, Draft::new(&source.text, read)));
            }
            if let Some(file) = &mut file {
                file.fact(run, active, fact, &mut out);
            }
        }
    }
    out.sort_by_key(|place| place.line);
    out
}

/// A file that facts are read from.
struct File<'a> {
    source: &'a Source,
    repo: &'a Arc<Repo>,
    draft: Draft,
    objects: Vec<document::Object>,
    worlds: worlds::Known,
    /// Where its lines end.
    ends: Vec<usize>,
}

impl<'a> File<'a> {
    fn new(source: &'a Source, run: &Run, repo: &'a Arc<Repo>, mut draft: Draft) -> Self {
        let (objects, _) = document::objects(&mut draft, &source.path, &run.carriers, repo);
        let ends = source.text.match_indices('\n').map(|(at, _)| at).collect();
        File { source, repo, draft, objects, worlds: worlds::Known::default(), ends }
    }

    fn fact(&mut self, run: &Run, active: &Active, fact: &Fact, out: &mut Vec<Place>) {
        let path = &self.source.path;
        let frame = Frame::new(&active.migration, None, run, exists(path, self.repo), None);
        let work = rule::Work {
            migration: &active.migration,
            rule: &fact.rule,
            phase: Phase::Any,
            apply: false,
            wake: false,
            looks_only: true,
            frame: &frame,
            path,
            partial: self.repo.is_patch(path),
            choice: None,
            unpruned: false,
            careful: false,
            run,
            repo: self.repo,
        };
        let mut search = select::Search {
            pack: &run.pack,
            carriers: &run.carriers,
            repo: self.repo,
            path,
            objects: &self.objects,
            worlds: &mut self.worlds,
            closed: Vec::new(),
        };
        for one in rule::places(&work, &mut self.draft, &mut search) {
            let mut spot = matches::spot(&work, &one.found, &self.objects, one.hit);
            if look::left_out(&spot, &self.draft, &fact.rule).is_some() {
                continue;
            }
            spot.bind(&self.draft, &fact.rule.lets);
            if !spot.truth(&self.draft, fact.rule.cond, None) {
                continue;
            }
            let Some(value) = value(&spot, &self.draft, &fact.value).and_then(written) else { continue };
            let start = said::place(&self.draft, one.hit).start;
            let line = self.ends.partition_point(|end| *end < start) + 1;
            let here = json!({
                "value": value, "key": super::lens::key_of(&self.draft, one.hit), "file": path, "line": line,
                "at": format!("{path}:{line}"), "doc": written(spot.doc),
            });
            out.push(Place { migration: active.migration.id.clone(), fact: fact.name.clone(), line, here });
        }
    }
}

fn value(spot: &Spot, draft: &Draft, value: &FactValue) -> Option<Json> {
    match value {
        FactValue::Node => spot.hits_root(draft).into_iter().next().map(|root| root.value),
        FactValue::One(one) => spot.bound(draft, one).0,
        FactValue::Members(members) => {
            let of = |value| spot.bound(draft, value).0.unwrap_or_default();
            Some(Json::Object(members.iter().map(|one| (one.name.clone(), of(&one.value))).collect()))
        }
    }
}

/// A value without what the action of a template computes, which is not known: null in a map or list, else nothing.
fn written(value: Json) -> Option<Json> {
    let inner = |value: Json| written(value).unwrap_or_default();
    match value {
        Json::String(text) if text.contains("{{") => None,
        Json::Array(items) => Some(Json::Array(items.into_iter().map(inner).collect())),
        Json::Object(members) => Some(Json::Object(members.into_iter().map(|(key, value)| (key, inner(value))).collect())),
        plain => Some(plain),
    }
}
