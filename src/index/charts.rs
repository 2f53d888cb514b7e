//! Charts of the repository: whose values the values files of one hold.
use super::node::At;
use super::{Repo, ValuesOwner, place};
use crate::yaml::draft::Draft;
use std::collections::{BTreeMap, HashMap, HashSet};

/// What the values of a chart share with those of all charts below it.
const SHARED: &str = "global";

/// Sections of one chart at most: charts that depend on each other crosswise must not take all memory.
const MOST: usize = 1000;

/// What a Chart.yaml says, or a requirements.yaml, which has dependencies alone.
#[derive(Debug, Default)]
pub(super) struct Chart {
    name: Option<String>,
    dependencies: Vec<Dependency>,
}

#[derive(Debug)]
struct Dependency {
    name: String,
    /// Key of its values: its alias or name.
    section: String,
    /// The folder that its `file://` repository is.
    folder: Option<String>,
}

pub(super) fn read(chart: At, folder: &str) -> Chart {
    let dependency = |one: At| {
        let name = one.text_of("name")?.to_owned();
        let section = one.text_of("alias").map_or_else(|| name.clone(), str::to_owned);
        let local = one.text_of("repository").and_then(|text| text.strip_prefix("file://"));
        Some(Dependency { name, section, folder: local.and_then(|path| place::folder(folder, path)) })
    };
    let dependencies = chart.list("dependencies").filter_map(dependency).collect();
    Chart { name: chart.text_of("name").map(str::to_owned), dependencies }
}

/// The charts of the repository, by folder (with its final `/`).
#[derive(Debug, Default)]
pub(super) struct Charts(BTreeMap<String, Chart>);

impl Charts {
    pub(super) fn add(&mut self, folder: String, chart: Chart) {
        let known = self.0.entry(folder).or_default();
        known.name = known.name.take().or(chart.name);
        known.dependencies.extend(chart.dependencies);
    }

    /// What the values of each chart hold, by folder.
    pub(super) fn all(&self) -> HashMap<String, Vec<ValuesOwner>> {
        self.0.keys().map(|folder| (folder.clone(), self.owners(folder))).collect()
    }

    /// What the values of the chart in `folder` are: its own, those of the charts that it depends on in their sections,
    /// and what these take from the charts above them.
    fn owners<'c>(&'c self, folder: &'c str) -> Vec<ValuesOwner> {
        let mut below = Vec::new();
        self.walk(folder, &mut Vec::new(), &mut vec![folder], &mut below);
        let own = self.0.get(folder).and_then(|chart| chart.name.as_deref());
        // A chart cannot depend on itself: one that seems to is a wrapper, whose own keys are not the chart's values.
        let own = own.filter(|own| !below.iter().any(|o| o.chart == *own && o.section.len() == 1));
        let mut owners: Vec<ValuesOwner> = own.map(ValuesOwner::whole).into_iter().chain(below.iter().cloned()).collect();
        for owner in &below {
            let above = (0..owner.section.len()).map(|depth| owner.section[..depth].to_vec());
            owners.extend(above.map(|section| ValuesOwner { chart: owner.chart.clone(), section, only: Some(SHARED) }));
        }
        owners
    }

    /// Adds the sections of all that the chart in `folder` depends on. `way` are the folders that led here: who is among
    /// them would depend on itself.
    fn walk<'c>(&'c self, folder: &'c str, route: &mut Vec<String>, way: &mut Vec<&'c str>, out: &mut Vec<ValuesOwner>) {
        for (name, section, local) in self.dependencies(folder) {
            if out.len() >= MOST {
                return;
            }
            route.push(section.to_owned());
            out.push(ValuesOwner { chart: name.to_owned(), section: route.clone(), only: None });
            if let Some(local) = local.filter(|local| !way.contains(local)) {
                way.push(local);
                self.walk(local, route, way, out);
                way.pop();
            }
            route.pop();
        }
    }

    /// Name, section and, where it is a chart of the repository, folder of what the chart in `folder` depends on. Helm
    /// takes a chart that lies in its `charts/` for a dependency, declared or not.
    fn dependencies<'c>(&'c self, folder: &str) -> Vec<(&'c str, &'c str, Option<&'c str>)> {
        let chart = self.0.get(folder);
        let declared = chart.map_or(&[][..], |chart| &chart.dependencies);
        let inside: Vec<(&str, &str)> = self.inside(folder).collect();
        let local = |one: &Dependency| {
            let known = one.folder.as_ref().and_then(|folder| self.0.get_key_value(folder));
            let inside = inside.iter().find(|(name, _)| *name == one.name).map(|(_, folder)| *folder);
            inside.or(known.map(|(folder, _)| folder.as_str()))
        };
        let undeclared = inside.iter().filter(|(name, _)| !declared.iter().any(|one| one.name == *name));
        let undeclared = undeclared.map(|(name, folder)| (*name, *name, Some(*folder)));
        declared.iter().map(|one| (one.name.as_str(), one.section.as_str(), local(one))).chain(undeclared).collect()
    }

    /// Name and folder of the charts in the `charts/` of the one in `folder`.
    fn inside<'c>(&'c self, folder: &str) -> impl Iterator<Item = (&'c str, &'c str)> + use<'c> {
        let start = format!("{folder}charts/");
        let below = self.0.range(start.clone()..).take_while(move |(path, _)| path.starts_with(&start));
        let depth = folder.matches('/').count() + 2;
        below
            .filter(move |(path, _)| path.matches('/').count() == depth)
            .filter_map(|(path, chart)| Some((chart.name.as_deref()?, path.as_str())))
    }
}

/// The `values*.yaml` files, each with the folder that it lies in.
pub(super) fn values_files(paths: &HashSet<String>) -> impl Iterator<Item = (&str, &str)> {
    paths.iter().filter_map(|file| {
        let (folder, name) = place::split(file);
        let named = name.starts_with("values") && (name.ends_with(".yaml") || name.ends_with(".yml"));
        named.then_some((folder, file.as_str()))
    })
}

/// Files somewhere below a chart that nothing claims, such as `env/prod.yaml`, and that read like values of it: a map without
/// a kind that has the section of something that the chart depends on. Each with the chart's folder; `text` reads a file.
pub(super) fn likely_values(repo: &Repo, text: impl Fn(&str) -> Option<String>) -> Vec<(String, String)> {
    let files = repo.paths.iter().filter(|path| path.ends_with(".yaml") || path.ends_with(".yml"));
    let open = files.filter(|path| !repo.values.contains_key(*path) && !repo.patches.contains_key(*path));
    let mut out: Vec<(String, String)> = Vec::new();
    for path in open {
        let Some((folder, owners)) = chart_above(repo, path) else { continue };
        let sections: Vec<&str> =
            owners.iter().filter(|o| o.only.is_none() && o.section.len() == 1).map(|o| &*o.section[0]).collect();
        if !sections.is_empty() && text(path).is_some_and(|text| has_section(&text, &sections)) {
            out.push((path.clone(), folder.to_owned()));
        }
    }
    out.sort();
    out
}

/// The chart of the nearest folder above a file, unless the file is one of those that Helm has a use for there.
fn chart_above<'r>(repo: &'r Repo, path: &str) -> Option<(&'r str, &'r [ValuesOwner])> {
    let (mut folder, name) = place::split(path);
    if ["Chart.yaml", "requirements.yaml", "kustomization.yaml", "kustomization.yml"].contains(&name) {
        return None;
    }
    loop {
        if let Some((folder, owners)) = repo.charts.get_key_value(folder) {
            let inside = path[folder.len()..].split_once('/').map_or("", |(first, _)| first);
            return (!["templates", "charts", "crds"].contains(&inside)).then_some((folder, owners));
        }
        folder = if folder.is_empty() { return None } else { place::split(folder.trim_end_matches('/')).0 };
    }
}

fn has_section(text: &str, sections: &[&str]) -> bool {
    let likely = |section: &&str| text.lines().any(|line| line.trim_start_matches(['"', '{', ' ']).starts_with(*section));
    if !sections.iter().any(likely) {
        return false;
    }
    let Ok(tree) = crate::yaml::syntax::parse(text) else { return false };
    let draft = Draft::new(text, tree);
    let [root] = draft.docs.as_slice() else { return false };
    let root = At::new(&draft, *root);
    let is_object = root.get("kind").or(root.get("apiVersion")).is_some();
    !is_object && sections.iter().any(|section| root.get(section).is_some_and(At::is_map))
}
