//! Flags and `.yamlift.yaml` together: what a run is asked to do.
use super::args::{Chosen, FailOnArg, Migrate, PhaseArg, SafetyArg, ShowArg};
use super::refusal::refuse;
use crate::pack::Safety;
use crate::pack::config::{self, Config};
use crate::pack::registry::{Library, PhaseFilter, Request};
use crate::pipeline::{self, Crds};
use crate::report::Level;
use anyhow::Context;
use std::path::{Path, PathBuf};

/// Where the file of settings may lie, from the folder that the run starts in.
const FILES: [&str; 4] = [".yamlift.yaml", ".yamlift.yml", ".github/.yamlift.yaml", ".github/yamlift.yaml"];

/// Settings, and the folder that paths in them are relative to.
#[derive(Debug)]
pub struct Settings {
    pub folder: PathBuf,
    pub config: Config,
}

/// The settings of a run that starts in `start`: those that the flags name, else those that are found.
///
/// # Errors
/// As `load`.
pub fn settings(chosen: &Chosen, start: &Path) -> anyhow::Result<Settings> {
    match &chosen.config {
        Some(path) => {
            let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
            read(path, &path.display().to_string(), folder)
        }
        None if chosen.no_config => Ok(Settings { folder: start.to_owned(), config: Config::default() }),
        None => load(start),
    }
}

/// The settings for `start`: of this folder, else of the nearest one above it, up to the top of its git checkout.
///
/// # Errors
/// A file that cannot be read, or that says what cannot be understood.
fn load(start: &Path) -> anyhow::Result<Settings> {
    let top = start.ancestors().find(|folder| folder.join(".git").exists()).unwrap_or(start);
    for folder in start.ancestors().take_while(|folder| folder.starts_with(top)) {
        if let Some(file) = FILES.iter().find(|file| folder.join(file).is_file()) {
            let path = folder.join(file);
            let name = path.strip_prefix(start).unwrap_or(&path).display().to_string();
            return read(&path, &name, folder);
        }
    }
    Ok(Settings { folder: start.to_owned(), config: Config::default() })
}

fn read(path: &Path, name: &str, folder: &Path) -> anyhow::Result<Settings> {
    let text = std::fs::read_to_string(path).with_context(|| format!("could not read {name}"))?;
    Ok(Settings { folder: folder.to_owned(), config: config::read(name, &text)? })
}

/// Every pack at hand: embedded ones, those of the settings, those of `--packs`, the later ones winning.
///
/// # Errors
/// Folders that hold no pack.
pub fn library(settings: &Settings, packs: &[PathBuf]) -> anyhow::Result<Library> {
    let own = settings.config.packs.iter().map(|folder| settings.folder.join(folder));
    let folders: Vec<PathBuf> = own.chain(packs.iter().cloned()).collect();
    Ok(Library::open(&folders)?)
}

/// Every pack and its newest version, for who has not said where to go.
///
/// # Errors
/// Packs that cannot be read.
pub fn newest(library: &Library) -> anyhow::Result<Vec<(String, String)>> {
    let mut to = Vec::new();
    for name in library.names() {
        to.extend(library.chain(&name)?.last().map(|version| (name, version.to_string())));
    }
    Ok(to)
}

/// The CustomResourceDefinitions of the settings, then those of `--crds`; and a line for each that is left out.
///
/// # Errors
/// Paths that are not there, or hold none.
pub fn crds(args: &Migrate, settings: &Settings) -> anyhow::Result<(Crds, String)> {
    let own = settings.config.crds.iter().map(|path| settings.folder.join(path));
    let (mut crds, mut said) = (Crds::default(), String::new());
    for path in own.chain(args.crds.iter().cloned()) {
        let shelf = pipeline::crds(&path, &mut crds)?;
        if !shelf.unread.is_empty() {
            // What is not known cannot be held against an edit, and nobody should think that it was.
            let message = format!("--crds {}: {}", path.display(), shelf.unread.join("\n  "));
            let help = "fix it, or point --crds at files and folders that hold nothing but definitions; the run stopped before it looked at any file";
            return Err(refuse(message, help));
        }
        let lines: String = shelf.said.iter().map(|line| format!("{line}\n")).collect();
        if shelf.found == 0 {
            let message = format!("--crds {}: no CustomResourceDefinition found there", path.display());
            let help =
                "`kubectl get crd -o yaml` prints all that a cluster has; most charts have theirs in a folder `crds`".to_owned();
            return Err(refuse(message, if lines.is_empty() { help } else { lines }));
        }
        said += &lines;
    }
    Ok((crds, said))
}

/// A line for each pack that stands in for a built-in one: nobody should wonder why that one does nothing.
pub fn replacing(library: &Library) -> String {
    let line =
        |(pack, folder): (&str, &Path)| format!("Using the {pack} pack of {} instead of the built-in one.\n", folder.display());
    library.replacing().map(line).collect()
}

/// What is asked of the packs. A flag wins over the same setting; lists of ids add up.
///
/// # Errors
/// No version to go to; what is not written as it should be; files of `--values`.
pub fn request(args: &Migrate, config: &Config, library: &Library) -> anyhow::Result<Request> {
    let to = or(&args.to, &config.to).iter().map(|to| target(to, library)).collect::<anyhow::Result<Vec<_>>>()?;
    if to.is_empty() {
        return Err(refuse("no target version given", format!("add --to PACK@VERSION; {}", packs_here(library))));
    }
    let from: Vec<_> = or(&args.from, &config.from).iter().map(|from| start(from)).collect();
    if !args.from.is_empty() {
        check_from(&from, &to, library)?;
    }
    let both = |flags: &[String], settings: &[String]| settings.iter().chain(flags).cloned().collect::<Vec<_>>();
    let mut values = config.params.clone();
    for file in &args.values {
        let name = file.display().to_string();
        let text = std::fs::read_to_string(file).with_context(|| format!("could not read {name}"))?;
        values.extend(config::values(&name, &text)?);
    }
    Ok(Request {
        to,
        from,
        only: both(&args.only, &config.only),
        skip: both(&args.skip, &config.skip),
        enable: both(&args.enable, &config.enable),
        safety: match (args.safety, config.safety.as_deref()) {
            (Some(SafetyArg::Review), _) | (None, Some("review")) => Safety::Review,
            _ => Safety::Safe,
        },
        phase: match args.phase {
            Some(PhaseArg::Before) => PhaseFilter::Before,
            Some(PhaseArg::After) => PhaseFilter::After,
            Some(PhaseArg::All) | None => PhaseFilter::All,
        },
        set: args.set.iter().map(|set| assignment(set)).collect::<anyhow::Result<_>>()?,
        values,
        plan: false,
    })
}

/// The least level of a finding that is told.
pub fn show(args: &Migrate) -> Level {
    match args.show {
        Some(ShowArg::Error) => Level::Error,
        Some(ShowArg::Warning) => Level::Warning,
        Some(ShowArg::Note) | None => Level::Note,
    }
}

/// The least level that makes the exit code 1; none: no finding does.
pub fn fail_on(args: &Migrate) -> Option<Level> {
    match args.fail_on {
        Some(FailOnArg::Never) => None,
        Some(FailOnArg::Note) => Some(Level::Note),
        Some(FailOnArg::Warning) => Some(Level::Warning),
        Some(FailOnArg::Error) | None => Some(Level::Error),
    }
}

fn or<'a>(flags: &'a [String], settings: &'a [String]) -> &'a [String] {
    if flags.is_empty() { settings } else { flags }
}

fn target(to: &str, library: &Library) -> anyhow::Result<(String, String)> {
    match to.split_once('@') {
        Some((pack, version)) if !pack.is_empty() && !version.is_empty() => Ok((pack.to_owned(), version.to_owned())),
        _ => Err(refuse(format!("--to {to}: write it as PACK@VERSION"), packs_here(library))),
    }
}

fn start(from: &str) -> (Option<String>, String) {
    match from.split_once('@') {
        Some((pack, version)) => (Some(pack.to_owned()), version.to_owned()),
        None => (None, from.to_owned()),
    }
}

/// A `--from` that was typed is for a pack of this run; settings may know more packs than one run takes.
fn check_from(from: &[(Option<String>, String)], to: &[(String, String)], library: &Library) -> anyhow::Result<()> {
    for (pack, version) in from {
        let Some(pack) = pack.as_ref().filter(|pack| library.names().contains(pack)) else { continue };
        if !to.iter().any(|(known, _)| known == pack) {
            let message = format!("--from {pack}@{version}: there is no --to for that pack");
            return Err(refuse(message, format!("add --to {pack}@VERSION, or leave this --from out")));
        }
    }
    Ok(())
}

fn packs_here(library: &Library) -> String {
    match library.names() {
        names if names.is_empty() => "there are no packs; add some with --packs DIR".into(),
        names => format!("packs: {}   (their versions: yamlift list)", names.join(", ")),
    }
}

pub fn assignment(set: &str) -> anyhow::Result<(String, String)> {
    match set.split_once('=') {
        Some((name, value)) if !name.is_empty() => Ok((name.to_owned(), value.to_owned())),
        _ => Err(refuse(format!("--set {set}: write it as NAME=VALUE"), "")),
    }
}
