//! Which runs a file goes through: several versions may run in one repository, each where its folder says so.
//!
//! A file takes the answer of the nearest folder above it that has one; of several in one folder the lowest, as windows ask
//! what runs. Else it takes the only one that there is; where others differ and none is near, the lowest of them. Answers
//! from elsewhere in the checkout count where no folder of the run has one.
use super::PackError;
use super::registry::{Library, Request, Run};
use super::version::Version;
use super::way::{self, Way};
use crate::report::{Answer, How, Ran};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// What a text says of the version of a pack.
#[derive(Debug, Clone)]
pub struct Said {
    pub answer: Answer,
    pub version: Version,
}

/// The runs of a repository, by folder.
#[derive(Debug)]
pub struct Trees {
    /// Each once.
    runs: Vec<Run>,
    /// What the files of a folder go through; the first one where nothing else is known.
    sets: Vec<Vec<Run>>,
    /// Folder, without a final `/` → index in `sets`.
    folders: HashMap<String, usize>,
    /// What to tell of it: each pack and version to start from.
    pub ran: Vec<Ran>,
}

impl Trees {
    /// The same runs for every file.
    pub fn of(runs: Vec<Run>) -> Trees {
        let ran = runs.iter().map(ran).collect();
        Trees { sets: vec![runs.clone()], runs, folders: HashMap::new(), ran }
    }

    /// Runs that start from what was `said` of their packs, as far as nobody gave the version; `files` are those of the run.
    ///
    /// # Errors
    /// Those of `Library::runs`, of migrations that come in.
    pub fn detected(
        library: &Library,
        request: &Request,
        runs: &[Run],
        said: &[Vec<Said>],
        files: &[String],
    ) -> Result<Trees, PackError> {
        if files.is_empty() {
            return Ok(Trees::of(runs.to_vec()));
        }
        let folders: BTreeSet<&str> = files.iter().map(|file| folder(file)).collect();
        let near = said.iter().map(|said| relevant(said, &folders));
        let starts: Vec<Start> = runs.iter().zip(near).map(|(run, said)| Start::of(run, said)).collect();
        let from = |file: &'_ String| starts.iter().map(|start| start.from(folder(file))).collect::<Vec<_>>();
        let froms: BTreeMap<&str, Vec<(Option<&str>, &Version)>> = files.iter().map(|file| (folder(file), from(file))).collect();
        let mut made: BTreeMap<(usize, &Version), Option<Run>> = BTreeMap::new();
        for (index, (_, from)) in froms.values().flat_map(|froms| froms.iter().enumerate()) {
            if !made.contains_key(&(index, *from)) {
                made.insert((index, from), starts[index].run(library, request, from)?);
            }
        }
        let mut trees = Trees { runs: Vec::new(), sets: Vec::new(), folders: HashMap::new(), ran: Vec::new() };
        let mut known: Vec<Vec<&Version>> = Vec::new();
        for (folder, froms) in &froms {
            let versions: Vec<&Version> = froms.iter().map(|(_, from)| *from).collect();
            let set = known.iter().position(|one| *one == versions).unwrap_or(known.len());
            if set == known.len() {
                trees.sets.push(versions.iter().enumerate().filter_map(|(index, from)| made[&(index, *from)].clone()).collect());
                known.push(versions);
            }
            trees.folders.insert((*folder).to_owned(), set);
        }
        for (index, start) in starts.iter().enumerate() {
            // By version, and whether a folder says it.
            let mut taken: BTreeMap<(&Version, bool), BTreeSet<&str>> = BTreeMap::new();
            for (near, from) in froms.values().map(|froms| froms[index]) {
                taken.entry((from, near.is_none())).or_default().extend(near);
            }
            let ran = |((from, _), folders): (&(&Version, bool), &BTreeSet<&str>)| {
                start.ran(from, folders, made[&(index, *from)].as_ref())
            };
            trees.ran.extend(taken.iter().map(ran));
        }
        trees.runs = made.into_values().flatten().collect();
        if !trees.ran.iter().any(|ran| ran.done) {
            library.check_values(request, &trees.runs, false)?;
        }
        Ok(trees)
    }

    /// What the file at `path` goes through; nothing where what runs there is newer than what there is to go to.
    pub fn runs_of(&self, path: &str) -> &[Run] {
        let set = self.folders.get(folder(path)).copied().unwrap_or_default();
        self.sets.get(set).map_or(&[], Vec::as_slice)
    }

    /// Changes how all of them run.
    pub fn each(&mut self, change: impl Fn(&mut Run)) {
        self.runs.iter_mut().chain(self.sets.iter_mut().flatten()).for_each(change);
    }

    /// All of them, each once.
    pub fn runs(&self) -> &[Run] {
        &self.runs
    }
}

/// Where one pack starts from.
struct Start<'a> {
    run: &'a Run,
    said: Vec<&'a Said>,
    /// What runs by folder, where not all say the same.
    near: BTreeMap<&'a str, Version>,
    /// What runs where no folder says.
    elsewhere: Version,
    how: How,
}

impl<'a> Start<'a> {
    fn of(run: &'a Run, said: Vec<&'a Said>) -> Start<'a> {
        let mut near: BTreeMap<&str, Version> = BTreeMap::new();
        for one in &said {
            let from = way::on_chain(&one.version, &run.pack.chain);
            let known = near.entry(folder(&one.answer.path)).or_insert_with(|| from.clone());
            *known = from.min(known.clone());
        }
        let all: BTreeSet<&Version> = near.values().collect();
        let only = all.first().filter(|_| all.len() == 1).map(|only| Version::clone(only));
        let lowest = all.first().map(|lowest| Version::clone(lowest));
        match (only, lowest) {
            (Some(only), _) => Start { run, said, near: BTreeMap::new(), elsewhere: only, how: How::Detected },
            (None, lowest) => Start { run, said, near, elsewhere: lowest.unwrap_or_else(|| run.from.clone()), how: run.how },
        }
    }

    /// The folder that says what runs in `folder`, and what it says.
    fn from(&self, folder: &str) -> (Option<&'a str>, &Version) {
        let mut at = Some(folder);
        while let Some(here) = at {
            if let Some((near, from)) = self.near.get_key_value(here) {
                return (Some(near), from);
            }
            at = if here.is_empty() { None } else { Some(self::folder(here)) };
        }
        (None, &self.elsewhere)
    }

    /// None where what runs is newer than what there is to go to.
    fn run(&self, library: &Library, request: &Request, from: &Version) -> Result<Option<Run>, PackError> {
        if *from > self.run.to {
            return Ok(None);
        }
        let how = if self.near.is_empty() { self.how } else { How::Detected };
        let run = match *from == self.run.from {
            true => Run { how, ..self.run.clone() },
            false => {
                let way = Way { from: from.clone(), how, to: self.run.to.clone() };
                library.run(&self.run.pack.name, way, request)?
            }
        };
        super::values::required(&run)?;
        Ok(Some(run))
    }

    fn ran(&self, from: &Version, folders: &BTreeSet<&str>, run: Option<&Run>) -> Ran {
        let chain = &self.run.pack.chain;
        let how = if folders.is_empty() { self.how } else { How::Detected };
        let here = |one: &&&Said| folders.is_empty() || folders.contains(folder(&one.answer.path));
        let older =
            |one: &&Said| way::on_chain(&one.version, chain) == *from && chain.first().is_some_and(|first| one.version < *first);
        Ran {
            how,
            from: from.to_string(),
            done: how != How::Given && *from >= self.run.to,
            older: how == How::Detected && self.said.iter().filter(here).any(older),
            blank: run.map_or_else(Vec::new, |run| run.blank.iter().map(ToString::to_string).collect()),
            detected: self.said.iter().filter(here).map(|one| one.answer.clone()).collect(),
            folders: folders.iter().map(|folder| (*folder).to_owned()).collect(),
            ..ran(self.run)
        }
    }
}

/// The answers of folders that some file of the run lies in, or below; all of them, where there is none.
fn relevant<'s>(said: &'s [Said], folders: &BTreeSet<&str>) -> Vec<&'s Said> {
    let mut above: BTreeSet<&str> = BTreeSet::from([""]);
    for one in folders {
        let mut at = *one;
        while !at.is_empty() && above.insert(at) {
            at = folder(at);
        }
    }
    let near: Vec<&Said> = said.iter().filter(|one| above.contains(folder(&one.answer.path))).collect();
    if near.is_empty() { said.iter().collect() } else { near }
}

/// What is told of a run that every file goes through.
fn ran(run: &Run) -> Ran {
    Ran {
        pack: run.pack.name.clone(),
        from: run.from.to_string(),
        how: run.how,
        to: run.to.to_string(),
        done: false,
        older: false,
        blank: run.blank.iter().map(ToString::to_string).collect(),
        detected: Vec::new(),
        folders: Vec::new(),
    }
}

/// The folder of a path, without a final `/`; empty at the root.
fn folder(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pack::Safety;
    use crate::pack::registry::PhaseFilter;

    /// What the files start from, given what others say (path, version), and what is told.
    fn trees(said: &[(&str, &str)], files: &[&str]) -> (Vec<String>, Vec<String>) {
        let dir = tempfile::tempdir().expect("a folder");
        let pack = dir.path().join("migrations/demo");
        std::fs::create_dir_all(&pack).expect("a folder");
        let head = "title: Demo\nchain: [\"1.0\", \"1.1\", \"1.2\", \"1.3\"]\ndetect: [{ doc: { kind: Mesh }, value: $.tag }]\n";
        std::fs::write(pack.join("pack.yaml"), head).expect("a file");
        let library = Library::open(&[dir.path().to_owned()]).expect("a library");
        let request = Request {
            to: vec![("demo".into(), "1.2".into())],
            from: Vec::new(),
            only: Vec::new(),
            skip: Vec::new(),
            enable: Vec::new(),
            safety: Safety::Safe,
            phase: PhaseFilter::All,
            plan: false,
            set: Vec::new(),
            values: Vec::new(),
        };
        let runs = library.runs(&request).expect("runs");
        let one = |(line, (path, version)): (usize, &(&str, &str))| {
            let (path, value, version) = ((*path).to_owned(), (*version).to_owned(), (*version).to_owned());
            let read = Version::parse(&version).expect("a version");
            Said { answer: Answer { path, line: line + 1, column: 1, value, version }, version: read }
        };
        let said: Vec<Said> = said.iter().enumerate().map(one).collect();
        let paths: Vec<String> = files.iter().map(|path| (*path).to_owned()).collect();
        let trees = Trees::detected(&library, &request, &runs, &[said], &paths).expect("trees");
        let from = |path: &&str| trees.runs_of(path).first().map_or("-".to_owned(), |run| run.from.to_string());
        let told = |ran: &Ran| {
            let marks = format!("{}{}", if ran.done { " done" } else { "" }, if ran.older { " older" } else { "" });
            format!("{} {:?} {} of {:?}{marks}", ran.from, ran.how, ran.detected.len(), ran.folders)
        };
        (files.iter().map(from).collect(), trees.ran.iter().map(told).collect())
    }

    #[test]
    fn nobody_says() {
        let (from, told) = trees(&[], &["a.yaml", "x/b.yaml"]);
        assert_eq!((from, told), (vec!["1.1".into(); 2], vec!["1.1 Assumed 0 of []".to_owned()]));
    }

    #[test]
    fn the_only_one_is_for_all() {
        let (from, told) = trees(&[("x/mesh.yaml", "1.0.7"), ("y/mesh.yaml", "1.0")], &["a.yaml", "x/b.yaml"]);
        assert_eq!((from, told), (vec!["1.0".into(); 2], vec!["1.0 Detected 1 of []".to_owned()]));
    }

    #[test]
    fn the_nearest_folder_says_and_the_lowest_of_several() {
        let said = [("x/mesh.yaml", "1.1.3"), ("x/old.yaml", "1.0.9"), ("x/y/mesh.yaml", "1.1.0")];
        let (from, told) = trees(&said, &["x/a.yaml", "x/z/a.yaml", "x/y/a.yaml", "x/y/z/a.yaml"]);
        assert_eq!(from, ["1.0", "1.0", "1.1", "1.1"]);
        assert_eq!(told, ["1.0 Detected 2 of [\"x\"]", "1.1 Detected 1 of [\"x/y\"]"]);
        let (from, told) = trees(&said, &["x/a.yaml", "x/y/a.yaml", "b/a.yaml"]);
        assert_eq!((from[2].as_str(), told[1].as_str()), ("1.0", "1.0 Assumed 3 of []"));
    }

    #[test]
    fn folders_of_the_run_are_asked_first() {
        let said = [("x/mesh.yaml", "1.1"), ("y/mesh.yaml", "1.0")];
        assert_eq!(trees(&said, &["x/a/b.yaml"]).0, ["1.1"]);
        assert_eq!(trees(&said, &["z/a.yaml"]).0, ["1.0"]);
    }

    #[test]
    fn what_is_there_already_and_what_nobody_knows() {
        let said = [("new/mesh.yaml", "1.4"), ("there/mesh.yaml", "1.2.1"), ("mesh.yaml", "0.8.1")];
        let (from, told) = trees(&said, &["a.yaml", "new/a.yaml", "there/a.yaml"]);
        assert_eq!(from, ["1.0", "-", "1.2"]);
        let wanted = ["1.0 Detected 1 of [\"\"] older", "1.2 Detected 1 of [\"there\"] done", "1.4 Detected 1 of [\"new\"] done"];
        assert_eq!(told, wanted);
    }
}
