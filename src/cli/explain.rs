//! `yamlift explain`: one migration in words, or what it sees in files.
use super::args::{Explain, PagesArg};
use super::config;
use super::looks;
use super::refusal::refuse;
use crate::output::diff;
use crate::output::pages::{self, Page};
use crate::output::terminal::Terminal;
use crate::pack::params::Param;
use crate::pack::registry::{Library, names, suggestion};
use crate::pack::{Migration, Need, Pack, Rule, TargetRef, version::Range};
use anyhow::Context;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

pub fn run(args: &Explain, terminal: Terminal) -> anyhow::Result<String> {
    let cwd = std::env::current_dir()?;
    let settings = config::settings(&args.chosen, &cwd)?;
    let library = config::library(&settings, &args.packs)?;
    terminal.err(&config::replacing(&library));
    let (id, files) = what(args, &library)?;
    let migration = id.map(|id| find(&library, id)).transpose()?;
    if !files.is_empty() {
        let (migration, config) = (migration.as_ref().map(|(_, migration)| &**migration), &settings.config);
        let told = looks::run(&looks::Asked { library: &library, config, migration, args }, &files, cwd)?;
        terminal.err(&told.of_run);
        return Ok(told.of_files);
    }
    let Some((pack, migration)) = migration else {
        return Err(refuse("explain what?", "yamlift explain ID, or yamlift explain FILE"));
    };
    let page = page(&pack, &migration);
    let mut out = if args.format == Some(PagesArg::Markdown) { pages::page_markdown(&page, 2) } else { pages::page(&page) };
    if let (true, Some(text)) = (args.verbose, library.text_of(&migration)) {
        let _ = write!(out, "\n# {}\n{text}", migration.file);
    }
    Ok(out)
}

/// The id and the files of a command line whose first word may be a file.
///
/// # Errors
/// A first word that reads like a path and leads nowhere.
fn what<'a>(args: &'a Explain, library: &Library) -> anyhow::Result<(Option<&'a str>, Vec<PathBuf>)> {
    let Some(first) = args.id.as_deref() else { return Ok((None, Vec::new())) };
    let is_id = library.names().iter().flat_map(|pack| library.ids(pack)).any(|id| names(first, &id));
    if !is_id && Path::new(first).exists() {
        return Ok((None, std::iter::once(PathBuf::from(first)).chain(args.files.iter().cloned()).collect()));
    }
    if !is_id && reads_like_a_path(first) {
        return Err(refuse(
            format!("there is no file {first}"),
            "if you meant a migration: its ID has no file ending; `yamlift list PACK` lists them all",
        ));
    }
    Ok((Some(first), args.files.clone()))
}

/// Ids have slashes as well, but no ending, and they start with a name.
fn reads_like_a_path(word: &str) -> bool {
    let ending = Path::new(word).extension().and_then(|ending| ending.to_str());
    word.starts_with(['.', '/', '~']) || ending.is_some_and(|ending| ["yaml", "yml", "json", "tpl"].contains(&ending))
}

/// The migration that `short` names.
fn find(library: &Library, short: &str) -> anyhow::Result<(Arc<Pack>, Arc<Migration>)> {
    let ids: Vec<String> = library.names().iter().flat_map(|pack| library.ids(pack)).collect();
    let named: Vec<&str> = ids.iter().map(String::as_str).filter(|id| names(short, id)).collect();
    let [id] = named.as_slice() else {
        return Err(match named.as_slice() {
            [] => {
                let help = suggestion(short, &ids).unwrap_or_else(|| "`yamlift list PACK` lists them all".into());
                refuse(format!("there is no migration `{short}`"), help)
            }
            several => refuse(format!("`{short}` fits several migrations: say which one"), several.join("\n")),
        });
    };
    let pack = library.pack(id.split('/').next().unwrap_or(id))?;
    let migration = pack.migrations.iter().find(|migration| migration.id == **id).cloned();
    let migration = migration.with_context(|| format!("{id} is there, but was not read"))?;
    Ok((pack, migration))
}

include!(concat!(env!("OUT_DIR"), "/examples.rs"));

/// The texts before and after of the golden case `basic`, from the binary or from the folder that the pack lies in.
fn example(migration: &Migration) -> Option<(String, String)> {
    let below = |side: &str| format!("golden/{}/basic/{side}.yaml", migration.id);
    let embedded = |side: &str| EXAMPLES.iter().find(|(path, _)| *path == below(side)).map(|(_, text)| (*text).to_owned());
    let root = Path::new(&migration.file).ancestors().nth(4);
    let beside = |side: &str| std::fs::read_to_string(root?.join(below(side))).ok();
    let text = |side: &str| if migration.file.starts_with("migrations/") { embedded(side) } else { beside(side) };
    Some((text("before")?, text("after")?))
}

/// What a migration says of itself.
pub fn page(pack: &Pack, migration: &Migration) -> Page {
    let example = example(migration);
    let file = format!("{}.yaml", pages::slug(&migration.id));
    Page {
        id: migration.id.clone(),
        title: migration.title.clone(),
        why: migration.why.clone(),
        advice: migration.advice.clone(),
        standing: standing(migration),
        windows: windows(migration),
        places: places(migration),
        params: migration.params.values().map(|param| parameter(pack.params.get(&param.name).unwrap_or(param))).collect(),
        links: migration.links.clone(),
        file: migration.file.clone(),
        example: example.map(|(before, after)| diff::unified(&file, &before, &after)),
    }
}

/// How it runs: `safe`, `review`, `manual`, `advice`, or `off` until it is enabled.
fn standing(migration: &Migration) -> &'static str {
    match (migration.enabled, migration.safety) {
        _ if migration.rules.is_empty() => "advice",
        (false, _) => "off",
        (true, safety) => safety.name(),
    }
}

/// What acts on which form, each said once.
fn windows(migration: &Migration) -> Vec<String> {
    let mut out = Vec::new();
    for rule in &migration.rules {
        let old = rule.honoured.old.as_ref().map(|range| format!("the old form works {}", said(range)));
        let new = rule.honoured.new.as_ref().map(|range| format!("the new form works {}", said(range)));
        let window: Vec<String> = old.into_iter().chain(new).collect();
        if !window.is_empty() {
            out.push(window.join(", "));
        }
        out.extend(rule.needs.iter().map(|need| match need {
            Need::To(version) => format!("for {version} and later"),
            Need::Param(name, version) => format!("with `{name}` set to {version} or later"),
        }));
    }
    unique(out)
}

fn said(range: &Range) -> String {
    match (&range.from, &range.until) {
        _ if range.never => "in no version".into(),
        (None, None) => "in every version".into(),
        (Some(from), None) => format!("from {from} on"),
        (None, Some(until)) => format!("before {until}"),
        (Some(from), Some(until)) => format!("from {from} on, before {until}"),
    }
}

/// Names of targets and kinds of documents.
fn places(migration: &Migration) -> Vec<String> {
    let kinds = |rule: &Rule| rule.bump.iter().flat_map(|bump| bump.kinds.clone()).collect::<Vec<_>>();
    let of = |rule: &Rule| -> Vec<String> {
        let targets = rule.targets.iter().map(|target| match target {
            TargetRef::Named(name) => name.clone(),
            TargetRef::Inline(target) => target.name.clone(),
        });
        targets.filter(|name| !name.is_empty()).chain(kinds(rule)).collect()
    };
    unique(migration.rules.iter().flat_map(of).collect())
}

fn unique(texts: Vec<String>) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    for text in texts {
        if !out.contains(&text) {
            out.push(text);
        }
    }
    out
}

fn parameter(param: &Param) -> pages::Param {
    let given = match &param.default {
        Some(value) => format!("default {}", value.as_str().map_or_else(|| value.to_string(), str::to_owned)),
        None if param.optional => "optional".into(),
        None => "required".into(),
    };
    let (name, kind, help) = (param.name.clone(), param.kind.to_string(), param.help.trim().to_owned());
    pages::Param { name, kind, help, given }
}
