//! Whose file is this? Read-only facts about the repository that no single file tells.
//!
//! Three kinds of files speak about others: a Chart.yaml about the values files beside it (`charts`), a kustomization
//! about its patches and the values of its charts (`kustomize`), a carrier document about the values files that it
//! names (`carriers`). Only those are read here, and the JSON patches that kustomizations name; each says its part alone, so
//! that they are read side by side. What a chart's values hold is known once all have spoken.
mod carriers;
mod charts;
mod kustomize;
mod node;
mod place;

use crate::pack::target::Carrier;
use crate::report::{Finding, Level};
use crate::source::Source;
use crate::yaml::draft::Draft;
use node::At;
use std::collections::{HashMap, HashSet};
use std::path::Path;

/// A place in a values file that holds the values of a chart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ValuesOwner {
    pub chart: String,
    /// Keys that lead to the section (aliases or names of dependencies); empty: the whole file.
    pub section: Vec<String>,
    /// The one key of the section that counts, where the section is that of a chart above.
    pub only: Option<&'static str>,
}

impl ValuesOwner {
    fn whole(chart: &str) -> Self {
        ValuesOwner { chart: chart.to_owned(), section: Vec::new(), only: None }
    }
}

/// What a patch is for, as a kustomization says it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Selector {
    pub kind: Option<String>,
    /// None: any.
    pub group: Option<String>,
    pub version: String,
    pub name: String,
    pub namespace: String,
}

impl Selector {
    /// From what `text` gives for its members.
    pub fn of(text: impl Fn(&str) -> Option<String>) -> Selector {
        let or_empty = |key: &str| text(key).unwrap_or_default();
        Selector {
            kind: text("kind"),
            group: text("group"),
            version: or_empty("version"),
            name: or_empty("name"),
            namespace: or_empty("namespace"),
        }
    }
}

/// What is known of the repository; built once, read by every file's work.
#[derive(Debug, Default)]
pub struct Repo {
    /// By path relative to the root.
    pub values: HashMap<String, Vec<ValuesOwner>>,
    /// What the values of each chart of the repository hold, by its folder (with its final `/`).
    pub charts: HashMap<String, Vec<ValuesOwner>>,
    /// What the values of a carrier document hold, by its kind and name; none where two of that name differ. Patches of one
    /// need not say it again.
    pub carriers: HashMap<(String, String), Option<Vec<ValuesOwner>>>,
    /// What a config map of this name holds for a carrier; none where two carriers differ.
    pub config_maps: HashMap<String, Option<Vec<ValuesOwner>>>,
    /// Files that kustomization.yaml names as patches, with what they are for where it says so: their documents are partial.
    pub patches: HashMap<String, Vec<Selector>>,
    /// Where JSON patches lead, by the kind of what they are for.
    pub operations: HashMap<String, Vec<Pointer>>,
    /// Every path of the run.
    pub paths: HashSet<String>,
    /// What is to be said of files that hold values and are not looked into, with what they hold.
    pub unread: Vec<(Finding, Vec<ValuesOwner>)>,
}

/// A place that an operation of a JSON patch names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pointer {
    /// Name of the object that it is for; empty: any.
    pub name: String,
    pub path: String,
    /// The file that says so.
    pub file: String,
}

impl Repo {
    /// Charts whose values the file at `path` holds; empty where nothing claims it.
    pub fn values_of(&self, path: &str) -> &[ValuesOwner] {
        self.values.get(path).map_or(&[], Vec::as_slice)
    }

    /// What the values of the chart at `path` hold, `path` being relative to `folder`; none where no chart is there.
    pub fn chart_at(&self, folder: &str, path: &str) -> Option<&[ValuesOwner]> {
        self.charts.get(&place::folder(folder, path)?).map(Vec::as_slice)
    }

    /// What the values of the carrier of this kind and name hold, where it is known.
    pub fn carrier(&self, kind: &str, name: &str) -> &[ValuesOwner] {
        let known = self.carriers.get(&(kind.to_owned(), name.to_owned()));
        known.and_then(Option::as_deref).unwrap_or_default()
    }

    /// What the config map of this name holds for the carriers that name it, where they agree.
    pub fn config_map(&self, name: &str) -> &[ValuesOwner] {
        self.config_maps.get(name).and_then(Option::as_deref).unwrap_or_default()
    }

    /// The places in the object of this kind and name that JSON patches name.
    pub fn pointers<'r>(&'r self, kind: &str, name: &'r str) -> impl Iterator<Item = &'r Pointer> {
        let known = self.operations.get(kind).map_or(&[][..], Vec::as_slice);
        known.iter().filter(move |pointer| pointer.name.is_empty() || pointer.name == name)
    }

    pub fn is_patch(&self, path: &str) -> bool {
        self.patches.contains_key(path)
    }

    /// What the patch in the file at `path` is for, as far as kustomizations say.
    pub fn patched(&self, path: &str) -> &[Selector] {
        self.patches.get(path).map_or(&[], Vec::as_slice)
    }

    /// What other files say of the one at `path`, as text to search: what the patch in it is for. Empty for most.
    pub fn said_of(&self, path: &str) -> String {
        let one = |selector: &Selector| {
            let Selector { kind, group, version, name, namespace } = selector;
            let (kind, group) = (kind.as_deref().unwrap_or_default(), group.as_deref().unwrap_or_default());
            format!("\n{kind} {group}/{version} {namespace}/{name}")
        };
        self.patched(path).iter().map(one).collect()
    }

    pub fn exists(&self, path: &str) -> bool {
        self.paths.contains(path)
    }

    /// Whether the file lies in the `templates/` folder of a chart, at any depth: Helm reads it as a template.
    pub fn chart_templates(&self, path: &str) -> bool {
        path.match_indices("templates/").any(|(at, _)| {
            let chart = &path[..at];
            (chart.is_empty() || chart.ends_with('/')) && self.paths.contains(&format!("{chart}Chart.yaml"))
        })
    }

    fn take(&mut self, said: Vec<Said>) -> Vec<Finding> {
        let mut charts = charts::Charts::default();
        let (mut values, mut carriers) = (Vec::new(), Vec::new());
        let (mut generated, mut named, mut unread, mut findings) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        for said in said {
            said.charts.into_iter().for_each(|(folder, chart)| charts.add(folder, chart));
            values.extend(said.values);
            carriers.extend(said.carriers);
            for (file, selector) in said.patches {
                let known = self.patches.entry(file).or_default();
                known.extend(selector.filter(|selector| !known.contains(selector)));
            }
            for (selector, path, file) in said.operations {
                let kind = selector.kind.unwrap_or_default();
                self.operations.entry(kind).or_default().push(Pointer { name: selector.name, path, file });
            }
            generated.extend(said.generated);
            named.extend(said.named);
            unread.extend(said.unread);
            findings.extend(said.findings);
        }
        self.charts = charts.all();
        let beside: Vec<(String, Of)> =
            charts::values_files(&self.paths).map(|(folder, file)| (file.to_owned(), Of::Folder(folder.to_owned()))).collect();
        // Who names an object asks what that one names.
        carriers.sort_by_key(|(_, chart)| matches!(chart, Of::Object(..)));
        for (object, chart) in carriers {
            let held = self.held_by(&chart);
            self.carriers.entry(object).and_modify(|known| *known = known.take().filter(|k| *k == held)).or_insert(Some(held));
        }
        beside.into_iter().chain(values).for_each(|(file, chart)| self.claim(file, &chart));
        for here in &named {
            let held = self.held_by(&here.chart);
            let known = self.config_maps.entry(here.name.clone());
            known.and_modify(|known| *known = known.take().filter(|k| *k == held)).or_insert(Some(held));
        }
        self.take_generated(&named, &generated);
        self.unread = unread.into_iter().map(|(finding, chart)| (finding, self.held_by(&chart))).collect();
        findings
    }

    /// Claims the files of the config maps that carriers name. The one that is meant is generated in the carrier's folder;
    /// those generated elsewhere (by overlays) count where all carriers that use the name are of one chart.
    fn take_generated(&mut self, named: &[Named], generated: &[Generated]) {
        for here in named {
            let one_chart = named.iter().filter(|other| other.name == here.name).all(|other| other.chart == here.chart);
            let meant = generated.iter().filter(|g| g.name == here.name && (one_chart || g.folder == here.folder));
            for file in meant.flat_map(|g| &g.files) {
                self.claim(file.clone(), &here.chart);
            }
        }
    }

    fn held_by(&self, chart: &Of) -> Vec<ValuesOwner> {
        match chart {
            Of::Name(name) => vec![ValuesOwner::whole(name)],
            Of::Folder(folder) => self.charts.get(folder).cloned().unwrap_or_default(),
            Of::Object(kind, name) => {
                let known = self.carrier(kind, name).iter().cloned();
                let by_custom = ValuesOwner::whole(name);
                known.filter(|owner| *owner != by_custom).chain([by_custom.clone()]).collect()
            }
        }
    }

    fn claim(&mut self, file: String, chart: &Of) {
        let new = self.held_by(chart);
        if new.is_empty() {
            return;
        }
        let owners = self.values.entry(file).or_default();
        for owner in new {
            if !owners.contains(&owner) {
                owners.push(owner);
            }
        }
    }
}

/// The chart that a file speaks of.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Of {
    Name(String),
    /// One of the repository, by its folder (with its final `/`).
    Folder(String),
    /// The one that an object of this kind and name names; by custom it has that name as well.
    Object(String, String),
}

/// What one file says about others.
#[derive(Debug, Default)]
struct Said {
    charts: Vec<(String, charts::Chart)>,
    values: Vec<(String, Of)>,
    /// Kind and name of carrier documents, and their chart.
    carriers: Vec<((String, String), Of)>,
    patches: Vec<(String, Option<Selector>)>,
    /// What a JSON patch is for, a path of it, and the file that it is in.
    operations: Vec<(Selector, String, String)>,
    generated: Vec<Generated>,
    named: Vec<Named>,
    unread: Vec<(Finding, Of)>,
    findings: Vec<Finding>,
}

/// A config map that a kustomization generates from files.
#[derive(Debug)]
struct Generated {
    name: String,
    folder: String,
    files: Vec<String>,
}

/// A config map that a carrier document names, for the values of a chart.
#[derive(Debug)]
struct Named {
    name: String,
    folder: String,
    chart: Of,
}

/// Reads the few files that say whose a values file is.
///
/// `root` is the folder that paths are relative to; `files` are all paths of the run, with `/`. What cannot be read is a
/// finding, never an error.
pub fn build(root: &Path, files: &[String], carriers: &[Carrier]) -> (Repo, Vec<Finding>) {
    let mut repo = Repo { paths: files.iter().cloned().collect(), ..Repo::default() };
    let chart = |doc: At, folder: &str| Said { charts: vec![(folder.to_owned(), charts::read(doc, folder))], ..Said::default() };
    let naming: Vec<&Carrier> = carriers.iter().filter(|c| c.chart_name.is_some()).collect();
    let said = side_by_side(files, |path| {
        let (folder, name) = place::split(path);
        match name {
            "Chart.yaml" => named(root, path, |doc| chart(doc, folder)),
            // The dependencies of a chart of the first format.
            "requirements.yaml" if repo.exists(&format!("{folder}Chart.yaml")) => named(root, path, |doc| chart(doc, folder)),
            "kustomization.yaml" | "kustomization.yml" | "Kustomization" => {
                named(root, path, |doc| kustomize::read(doc, root, path, &repo.paths))
            }
            _ if naming.is_empty() || !(name.ends_with(".yaml") || name.ends_with(".yml")) => Said::default(),
            _ => carriers::read(root, path, &naming, &repo.paths),
        }
    });
    let findings = repo.take(said);
    for (file, folder) in charts::likely_values(&repo, |path| text(root, path).ok()) {
        repo.claim(file, &Of::Folder(folder));
    }
    (repo, findings)
}

/// `read` for each of `files`, on as many threads as there are, the answers in the order of `files`.
fn side_by_side(files: &[String], read: impl Fn(&str) -> Said + Sync) -> Vec<Said> {
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let share = files.len().div_ceil(threads).max(64);
    let read = |path: &String| {
        // A panic is a bug of ours, and costs what this one file says, not the run.
        std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| read(path))).unwrap_or_else(|_| {
            let why = "internal error while looking for what it says about other files; please report it";
            let finding = Finding::at(&Source::new(path, ""), 0..0, "yamlift/index", Level::Error, why);
            Said { findings: vec![finding], ..Said::default() }
        })
    };
    let read = &read;
    std::thread::scope(|scope| {
        let running: Vec<_> =
            files.chunks(share).map(|part| scope.spawn(move || part.iter().map(read).collect::<Vec<_>>())).collect();
        let ended = running.into_iter().map(|thread| thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)));
        ended.flatten().collect()
    })
}

/// Reads a file that is known by its name: `read` sees the root of its first document.
fn named(root: &Path, path: &str, read: impl Fn(At) -> Said) -> Said {
    let note = |source: &Source, at: usize, why: &str, help: Option<String>| {
        let message = format!("could not be read, so what it says about other files is not known: {why}");
        let mut finding = Finding::at(source, at..at, "yamlift/index", Level::Note, message);
        finding.help = help;
        Said { findings: vec![finding], ..Said::default() }
    };
    let source = match text(root, path) {
        Ok(text) => Source::new(path, text),
        Err(why) => return note(&Source::new(path, ""), 0, &why, None),
    };
    match crate::yaml::syntax::parse(&source.text) {
        Ok(tree) => {
            let draft = Draft::new(&source.text, tree);
            draft.docs.first().map_or_else(Said::default, |doc| read(At::new(&draft, *doc)))
        }
        Err(error) => note(&source, error.at, &error.message, error.help),
    }
}

/// The text of a file, without its byte order mark.
fn text(root: &Path, path: &str) -> Result<String, String> {
    let text = std::fs::read_to_string(root.join(path)).map_err(|e| e.to_string())?;
    Ok(match text.strip_prefix('\u{feff}') {
        Some(rest) => rest.to_owned(),
        None => text,
    })
}

#[cfg(test)]
mod tests;
