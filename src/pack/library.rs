//! Every pack at hand, and what a request makes of them.
use super::changes::{self, Change};
use super::compile::{self, Around, PackHead};
use super::folder::{Folder, after, folder_of_page, order, read_folder, root_of};
use super::params::Param;
use super::registry::{Request, Run, names, pick, suggestion};
use super::target::Carrier;
use super::version::Version;
use super::way::{self, Way};
use super::{Migration, Pack};
use super::{PackError, error};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

include!(concat!(env!("OUT_DIR"), "/embedded.rs"));

/// Every pack at hand: those in the binary, then those of folders (a pack of the same name replaces the embedded one).
#[derive(Debug, Default)]
pub struct Library {
    packs: BTreeMap<String, Files>,
    carriers: Arc<Vec<Carrier>>,
    /// What was parsed already: a library may be asked for many runs.
    heads: Mutex<BTreeMap<String, Arc<PackHead>>>,
    parsed: Mutex<BTreeMap<String, Arc<Migration>>>,
}

/// The files of one pack.
#[derive(Debug, Default)]
struct Files {
    /// Path below the pack's folder (`pack.yaml`, `1.27/x.yaml`) → path for errors, text.
    pages: BTreeMap<String, (String, String)>,
    /// Path below `templates/` → text.
    templates: BTreeMap<String, String>,
    /// The folder that it was read from; none: it came with the binary.
    folder: Option<PathBuf>,
    /// The binary has one of that name as well.
    replaces: bool,
}

impl Library {
    /// Reads names and texts; no migration is parsed yet.
    ///
    /// # Errors
    /// A folder that is not there or holds no pack; a file of carriers that cannot be read.
    pub fn open(folders: &[PathBuf]) -> Result<Library, PackError> {
        let mut library = Library::default();
        let mut carriers = BTreeMap::new();
        let embedded = EMBEDDED.iter().map(|(path, text)| ((*path).to_owned(), (*path).to_owned(), (*text).to_owned()));
        library.take(embedded.collect(), None, &mut carriers)?;
        for folder in folders {
            let root = root_of(folder)?;
            let mut files = Vec::new();
            for below in ["migrations", "templates"] {
                read_folder(&root.join(below), below, &mut files)?;
            }
            library.take(files, Some(&root), &mut carriers)?;
        }
        library.carriers = Arc::new(carriers.into_values().flatten().collect());
        Ok(library)
    }

    /// Sorts files (path below the root, path for errors, text) into packs.
    fn take(
        &mut self,
        files: Vec<(String, String, String)>,
        folder: Option<&Path>,
        carriers: &mut BTreeMap<String, Vec<Carrier>>,
    ) -> Result<(), PackError> {
        let mut packs: BTreeMap<String, Files> = BTreeMap::new();
        let (mut templates, mut wrong) = (BTreeMap::new(), Vec::new());
        for (path, shown, text) in files {
            if path.starts_with("migrations/") && path.ends_with(".yml") {
                let renamed = shown.trim_end_matches("yml");
                let no =
                    error("the files of a pack have to end in .yaml, others are not read", format!("rename it to {renamed}yaml"));
                return Err(no.in_file(&shown));
            }
            if let Some(template) = path.strip_prefix("templates/") {
                templates.insert(template.to_owned(), text);
            } else if let Some(below) = path.strip_prefix("migrations/carriers/") {
                if below.ends_with(".yaml") {
                    // One of the same name takes the place of the first, as a pack does: twice would be done twice.
                    match super::target::carriers(&shown, &text) {
                        Ok(read) => drop(carriers.insert(below.to_owned(), read)),
                        Err(no) => wrong.push(no),
                    }
                }
            } else if let Some((name, below)) = path.strip_prefix("migrations/").and_then(|p| p.split_once('/'))
                && below.ends_with(".yaml")
            {
                packs.entry(name.to_owned()).or_default().pages.insert(below.to_owned(), (shown, text));
            }
        }
        all_or(wrong)?;
        for (name, mut files) in packs {
            files.templates.clone_from(&templates);
            if !files.pages.contains_key("pack.yaml") {
                let missing = files.pages.values().next().map_or("", |(shown, _)| shown.as_str());
                let root = missing.find(&format!("{name}/")).map_or("", |at| &missing[..at]);
                let help = format!("add {root}{name}/pack.yaml; `yamlift new pack {name}` shows what one looks like");
                return Err(error(format!("the pack `{name}` has no pack.yaml"), help));
            }
            files.folder = folder.map(Path::to_owned);
            files.replaces = self.packs.get(&name).is_some_and(|old| old.folder.is_none() || old.replaces);
            self.packs.insert(name, files);
        }
        Ok(())
    }

    /// Packs that take the place of embedded ones, each with its folder.
    pub fn replacing(&self) -> impl Iterator<Item = (&str, &Path)> {
        let own = self.packs.iter().filter(|(_, files)| files.replaces);
        own.filter_map(|(name, files)| Some((name.as_str(), files.folder.as_deref()?)))
    }

    /// Names of the packs, sorted.
    pub fn names(&self) -> Vec<String> {
        self.packs.keys().cloned().collect()
    }

    pub fn carriers(&self) -> &Arc<Vec<Carrier>> {
        &self.carriers
    }

    fn files(&self, name: &str) -> Result<&Files, PackError> {
        self.packs.get(name).ok_or_else(|| {
            let known = self.names().join(", ");
            let help = match super::near(name, self.packs.keys().map(String::as_str)) {
                Some(near) => format!("did you mean `{near}`? Packs: {known}"),
                None => format!("packs: {known}"),
            };
            error(format!("there is no pack `{name}`"), help)
        })
    }

    fn head(&self, name: &str) -> Result<Arc<PackHead>, PackError> {
        kept(&self.heads, name, || {
            let (shown, text) = &self.files(name)?.pages["pack.yaml"];
            compile::pack(shown, text)
        })
    }

    /// The versions of a pack, in order.
    ///
    /// # Errors
    /// A pack that is not there, with the nearest name; a `pack.yaml` that cannot be understood.
    pub fn chain(&self, name: &str) -> Result<Vec<Version>, PackError> {
        Ok(self.head(name)?.chain.clone())
    }

    /// The changes of the product that a pack lists; none where it lists none.
    ///
    /// # Errors
    /// A pack that is not there; a `changes.yaml` that cannot be understood.
    pub fn changes(&self, name: &str) -> Result<Vec<Change>, PackError> {
        let page = self.files(name)?.pages.get("changes.yaml");
        page.map_or_else(|| Ok(Vec::new()), |(shown, text)| changes::read(shown, text))
    }

    /// The text of a migration, as authored.
    pub fn text_of(&self, migration: &Migration) -> Option<&str> {
        let (pack, below) = migration.id.split_once('/')?;
        self.packs.get(pack)?.pages.get(&format!("{below}.yaml")).map(|(_, text)| text.as_str())
    }

    /// The whole pack, every migration parsed and checked: for `list`, `explain` and the pack tests.
    ///
    /// # Errors
    /// An unknown pack, with the nearest name; anything wrong in its files.
    pub fn pack(&self, name: &str) -> Result<Arc<Pack>, PackError> {
        let head = self.head(name)?;
        self.load(name, &head, true, |_| true).map(Arc::new)
    }

    /// The pack with the migrations whose folder is `wanted`.
    fn load(&self, name: &str, head: &PackHead, check: bool, wanted: impl Fn(&Folder) -> bool) -> Result<Pack, PackError> {
        let files = self.files(name)?;
        let template = |path: &str| {
            let own = format!("stanzas/{name}/{path}");
            files.templates.get(&own).or_else(|| files.templates.get(path)).cloned()
        };
        let ids = self.ids(name);
        let changes = if check { files.pages.get("changes.yaml") } else { None };
        let changes = changes.map(|(shown, text)| changes::read(shown, text)).transpose()?;
        let changes: Option<Vec<String>> = changes.map(|rows| rows.into_iter().map(|row| row.id).collect());
        let around = Around {
            targets: &head.targets,
            chain: &head.chain,
            params: &head.params,
            ids: &ids,
            changes: changes.as_deref(),
            template: &template,
            check,
        };
        let (mut migrations, mut wrong) = (Vec::new(), Vec::new());
        for (below, (shown, text)) in &files.pages {
            let one = || {
                let Some(folder) = folder_of_page(below, &head.chain).map_err(|no| no.in_file(shown))? else { return Ok(None) };
                if !wanted(&folder) {
                    return Ok(None);
                }
                let id = format!("{name}/{}", below.trim_end_matches(".yaml"));
                let version = if let Folder::Version(version) = folder { Some(version) } else { None };
                // One that was read without a check is not one that was checked.
                let known = if check { format!("{id}, checked") } else { id.clone() };
                kept(&self.parsed, &known, || compile::migration(&id, version, shown, text, &around)).map(Some)
            };
            match one() {
                Ok(migration) => migrations.extend(migration),
                Err(no) => wrong.push(no),
            }
        }
        all_or(wrong)?;
        migrations.sort_by_key(|a| order(a));
        let migrations = after(migrations)?;
        let mut params: BTreeMap<String, Param> = BTreeMap::new();
        let shared = head.params.iter().map(|p| (p, "pack.yaml"));
        for (param, file) in shared.chain(migrations.iter().flat_map(|m| m.params.values().map(|p| (p, m.file.as_str())))) {
            if let Some(other) = params.get(&param.name).filter(|other| other.kind != param.kind) {
                let message = format!("`{}` is a {} here and a {} elsewhere in the pack", param.name, param.kind, other.kind);
                return Err(error(message, "a name has to have the same type everywhere in a pack".to_owned()).in_file(file));
            }
            params.entry(param.name.clone()).or_insert_with(|| param.clone());
        }
        let (title, chain) = (head.title.clone(), head.chain.clone());
        let (detect, targets) = (Arc::clone(&head.detect), Arc::clone(&head.targets));
        Ok(Pack { name: name.to_owned(), title, chain, detect, targets, params, migrations })
    }

    /// What to run, one per pack of `request.to`. Only migrations of the edges between `from` and `to` (and `any/`) are
    /// parsed.
    ///
    /// # Errors
    /// Unknown packs, versions, ids, parameters (each with what is there instead); values of the wrong type; a required
    /// parameter of an active migration that has no value.
    pub fn runs(&self, request: &Request) -> Result<Vec<Run>, PackError> {
        way::check(request, |pack| self.files(pack).map(|_| ()))?;
        let mut runs = Vec::new();
        for (name, version) in &request.to {
            let way = way::find(name, version, request, &self.head(name)?.chain)?;
            runs.push(self.run(name, way, request)?);
        }
        self.check_ids(request, &runs)?;
        // What is known of no migration yet may be of one that comes in when files say what runs.
        let open = runs.iter().any(Run::may_be_detected);
        self.check_values(request, &runs, open)?;
        runs.iter().try_for_each(super::values::required)?;
        Ok(runs)
    }

    /// One pack on its way, its migrations picked.
    pub(super) fn run(&self, name: &str, way: Way, request: &Request) -> Result<Run, PackError> {
        let Way { from, how, to } = way;
        let head = self.head(name)?;
        let pack = self.load(name, &head, self.files(name)?.folder.is_some(), |folder| match folder {
            Folder::Version(version) => *version > from && *version <= to,
            Folder::Any => true,
        })?;
        // What starts from `to` has nothing to load of it.
        let own = self.ids(name);
        let known = |version: &&Version| own.iter().any(|id| id.starts_with(&format!("{name}/{version}/")));
        // The first version of a chain has no way to it; it may have no migrations all the same.
        let way = pack.chain.iter().filter(|version| **version > from && **version <= to || **version == to);
        let mut run = Run {
            blank: way.filter(|version| !known(version)).cloned().collect(),
            pack: Arc::new(pack),
            from,
            how,
            to,
            active: Vec::new(),
            left_out: Vec::new(),
            needles: true,
            tells: false,
            phase: request.phase,
            params: BTreeMap::new(),
            carriers: Arc::clone(&self.carriers),
            ids: Arc::new(self.packs.keys().flat_map(|pack| self.ids(pack)).collect()),
        };
        super::values::set(&mut run, request)?;
        pick(&mut run, request);
        Ok(run)
    }

    /// Whether every name that was set is a parameter of some run; `open`: of any migration of their packs.
    pub(super) fn check_values(&self, request: &Request, runs: &[Run], open: bool) -> Result<(), PackError> {
        let declared = |name: &str| request.to.iter().any(|(pack, _)| self.declares(pack, name));
        super::values::check(request, runs, |name, in_file| (in_file || open) && declared(name))
    }

    /// Whether a migration of the pack has this parameter, of whatever version.
    fn declares(&self, pack: &str, name: &str) -> bool {
        self.pack(pack).is_ok_and(|pack| pack.params.contains_key(name))
    }

    /// Every id of `--only`, `--skip` and `--enable` names one migration of the run's packs.
    fn check_ids(&self, request: &Request, runs: &[Run]) -> Result<(), PackError> {
        let ids: Vec<String> = runs.iter().flat_map(|r| self.ids(&r.pack.name)).collect();
        for (flag, id) in [("only", &request.only), ("skip", &request.skip), ("enable", &request.enable)]
            .into_iter()
            .flat_map(|(f, ids)| ids.iter().map(move |id| (f, id)))
        {
            let named: Vec<&String> = ids.iter().filter(|full| names(id, full)).collect();
            match named.as_slice() {
                [_] => {}
                [] => {
                    let help = suggestion(id, &ids).unwrap_or_else(|| all_of(runs));
                    return Err(error(format!("`--{flag} {id}`: no migration of that name"), help));
                }
                several => {
                    let help = several.iter().map(|s| s.as_str()).collect::<Vec<_>>().join("\n");
                    return Err(error(format!("`--{flag} {id}` fits several migrations"), help));
                }
            }
        }
        Ok(())
    }

    /// The ids of a pack, read off the paths.
    pub fn ids(&self, pack: &str) -> Vec<String> {
        let pages = self.packs.get(pack).map(|f| f.pages.keys()).into_iter().flatten();
        pages.filter(|p| p.contains('/')).map(|p| format!("{pack}/{}", p.trim_end_matches(".yaml"))).collect()
    }
}

/// The one that is known by this name, or a new one that is known from then on.
fn kept<T>(
    known: &Mutex<BTreeMap<String, Arc<T>>>,
    name: &str,
    new: impl FnOnce() -> Result<T, PackError>,
) -> Result<Arc<T>, PackError> {
    let lock = || known.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    if let Some(one) = lock().get(name) {
        return Ok(Arc::clone(one));
    }
    let one = Arc::new(new()?);
    lock().insert(name.to_owned(), Arc::clone(&one));
    Ok(one)
}

/// All errors as one; fine where there is none.
fn all_or(mut wrong: Vec<PackError>) -> Result<(), PackError> {
    if wrong.is_empty() {
        return Ok(());
    }
    let first = wrong.remove(0);
    Err(PackError { others: wrong, ..first })
}

/// Where the migrations of some runs are named.
fn all_of(runs: &[Run]) -> String {
    let lists: Vec<String> = runs.iter().map(|run| format!("`yamlift list {}`", run.pack.name)).collect();
    format!("{} lists them", lists.join(", "))
}
