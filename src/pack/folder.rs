//! Folders of packs: what lies in them, and in which order it runs.
use super::registry::names;
use super::version::Version;
use super::{Migration, PackError, error};
use std::path::{Path, PathBuf};
use std::sync::Arc;

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Folder {
    Version(Version),
    Any,
}

/// The folder of the migration at `below` a pack's own; none for the files that speak of the whole pack.
///
/// # Errors
/// A file that lies where nothing is read.
pub fn folder_of_page(below: &str, chain: &[Version]) -> Result<Option<Folder>, PackError> {
    match below.split('/').collect::<Vec<_>>().as_slice() {
        ["pack.yaml" | "changes.yaml"] => Ok(None),
        [folder, _] => folder_of(folder, chain).map(Some),
        [file] => {
            let help = format!("move it to the folder of the version that asks for the change, or to any/{file}");
            Err(error(format!("{file} is next to the version folders, where migrations are not read"), help))
        }
        _ => Err(error("a migration goes right into its version's folder, not into one below it", None)),
    }
}

fn folder_of(name: &str, chain: &[Version]) -> Result<Folder, PackError> {
    if name == "any" {
        return Ok(Folder::Any);
    }
    let version = Version::parse(name).filter(|v| chain.contains(v));
    version.map(Folder::Version).ok_or_else(|| {
        let known: Vec<String> = chain.iter().map(ToString::to_string).collect();
        let near = super::near(name, known.iter().map(String::as_str).chain(["any"]));
        let help = near.map_or_else(|| format!("versions: {}", known.join(" ")), |near| format!("did you mean `{near}`?"));
        error(format!("the folder `{name}` is neither `any` nor a version of the chain"), help)
    })
}

/// By version, `any` last, then by name.
pub fn order(migration: &Migration) -> (bool, Option<Version>, String) {
    (migration.version.is_none(), migration.version.clone(), migration.id.clone())
}

/// Puts each migration behind those of its version that it names in `after`.
///
/// # Errors
/// Those that wait for each other.
pub fn after(mut migrations: Vec<Arc<Migration>>) -> Result<Vec<Arc<Migration>>, PackError> {
    let mut out: Vec<Arc<Migration>> = Vec::new();
    while !migrations.is_empty() {
        let waits = |m: &Migration, all: &[Arc<Migration>]| {
            m.after.iter().any(|id| all.iter().any(|o| names(id, &o.id) && o.version == m.version))
        };
        let Some(next) = (0..migrations.len()).find(|i| !waits(&migrations[*i], &migrations)) else {
            let first = &migrations[0];
            return Err(error("`after` leads back to this migration", None).in_file(&first.file));
        };
        out.push(migrations.remove(next));
    }
    Ok(out)
}

/// The folder that holds `migrations/`: the one given, or the one above where `migrations` itself was named.
///
/// # Errors
/// One that is not there, or holds no such folder.
pub fn root_of(folder: &Path) -> Result<PathBuf, PackError> {
    if folder.join("migrations").is_dir() {
        return Ok(folder.to_owned());
    }
    if folder.is_dir() && folder.file_name().is_some_and(|n| n == "migrations") {
        return Ok(folder.parent().map_or_else(|| folder.to_owned(), Path::to_owned));
    }
    let what = if folder.exists() { "has no folder `migrations`" } else { "does not exist" };
    let help = "a folder of packs looks like this: DIR/migrations/PACK/pack.yaml, DIR/templates/".to_owned();
    Err(error(format!("no packs in `{}`: it {what}", folder.display()), help))
}

/// The files of a folder, at any depth: path below the root, path for errors, text.
///
/// # Errors
/// What cannot be read.
pub fn read_folder(folder: &Path, below: &str, out: &mut Vec<(String, String, String)>) -> Result<(), PackError> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Ok(()) };
    let mut entries: Vec<PathBuf> = entries.flatten().map(|e| e.path()).collect();
    entries.sort();
    for path in entries {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let below = format!("{below}/{name}");
        if path.is_dir() {
            read_folder(&path, &below, out)?;
        } else {
            let text = std::fs::read_to_string(&path).map_err(|e| error(format!("{}: {e}", path.display()), None))?;
            out.push((below, path.display().to_string(), text));
        }
    }
    Ok(())
}
