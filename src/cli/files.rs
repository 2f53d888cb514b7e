//! Which files a run takes, from its flags.
use super::args::{Migrate, Which};
use super::refusal::refuse;
use crate::git;
use crate::pipeline::{self, Found, Sources};
use anyhow::Context;
use std::io::Read;
use std::path::{Path, PathBuf};

/// What the flags say of the files; what settings exclude is not known yet.
///
/// # Errors
/// A list that cannot be read, or that is read where somebody answers questions.
pub fn sources(args: &Migrate) -> anyhow::Result<Sources> {
    let which = &args.which;
    if args.interactive && which.files_from.as_deref() == Some(Path::new("-")) {
        let help = "write the list to a file, and pass that to --files-from";
        return Err(refuse(
            "-i reads your answers from standard input, so `--files-from -` cannot read the list from there",
            help,
        ));
    }
    Ok(Sources {
        paths: args.paths.clone(),
        cwd: std::env::current_dir().context("the current folder is gone")?,
        hidden: args.hidden,
        no_ignore: args.no_ignore,
        exclude: args.exclude.clone(),
        force_exclude: which.force_exclude,
        list: which.files_from.as_deref().map(|file| list(file, which.null)).transpose()?,
        since: which.since.clone(),
    })
}

/// The files.
///
/// # Errors
/// Paths that are not there; no file, where that is not said to be fine.
pub fn found(sources: &Sources, which: &Which) -> anyhow::Result<Found> {
    let found = pipeline::find(sources)?;
    let may_be_none = which.allow_empty || which.force_exclude || which.since.is_some();
    if may_be_none || !found.files.is_empty() || !found.unread.is_empty() {
        return Ok(found);
    }
    if sources.list.is_some() {
        return Err(refuse("--files-from names no YAML file", "if that is fine, add --allow-empty"));
    }
    let help = "yamlift looks for *.yaml, *.yml and *.json; add --hidden for hidden files, --no-ignore for ignored ones, or name a file that is called otherwise;\nlinks are not followed; if it is fine that there are none, add --allow-empty";
    Err(refuse("there is no YAML file here", help))
}

/// Reads the names of files.
fn list(file: &Path, null: bool) -> anyhow::Result<Vec<PathBuf>> {
    let bytes = if file == Path::new("-") {
        let mut bytes = Vec::new();
        std::io::stdin().lock().read_to_end(&mut bytes).context("--files-from: could not read standard input")?;
        bytes
    } else {
        std::fs::read(file).with_context(|| format!("--files-from: could not read {}", file.display()))?
    };
    if !null && bytes.contains(&0) {
        return Err(refuse("--files-from: the names end with null bytes", "add -0"));
    }
    let names = bytes.split(|b| *b == if null { 0 } else { b'\n' });
    let names = names.map(|name| if null { name } else { name.strip_suffix(b"\r").unwrap_or(name) });
    Ok(names.filter(|name| !name.is_empty()).map(git::path).collect())
}
