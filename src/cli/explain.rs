//! `yamlift explain`: one migration in words.
use super::args::Explain;
use super::refusal::refuse;
use super::{config, list};
use crate::pack::nearest::nearest;
use crate::pack::params::{Kind, Param};
use crate::pack::registry::Library;
use crate::pack::{Migration, Need, Pack, Rule, TargetRef, version::Range};
use std::fmt::Write as _;
use std::sync::Arc;

pub fn run(args: &Explain) -> anyhow::Result<String> {
    let cwd = std::env::current_dir()?;
    let library = config::library(&config::load(&cwd)?, &args.packs)?;
    let (pack, migration) = find(&library, &args.id)?;
    let mut out = describe(&pack, &migration);
    if args.verbose
        && let Ok(text) = std::fs::read_to_string(&migration.file)
    {
        let _ = write!(out, "\n# {}\n{text}", migration.file);
    }
    Ok(out)
}

/// The migration whose id is `id`, or ends with its parts.
fn find(library: &Library, id: &str) -> anyhow::Result<(Arc<Pack>, Arc<Migration>)> {
    let mut hits = Vec::new();
    let mut ids = Vec::new();
    for name in library.names() {
        let pack = library.pack(&name)?;
        for migration in &pack.migrations {
            if migration.id == id || migration.id.strip_suffix(id).is_some_and(|head| head.ends_with('/')) {
                hits.push((pack.clone(), migration.clone()));
            }
            ids.push(migration.id.clone());
        }
    }
    match hits.len() {
        1 => Ok(hits.remove(0)),
        0 => {
            let slugs = ids.iter().flat_map(|id| [id.as_str(), id.rsplit('/').next().unwrap_or(id)]);
            let help = match nearest(id, slugs) {
                Some(name) => format!("did you mean `{name}`?"),
                None => "yamlift list PACK names them".into(),
            };
            Err(refuse(format!("there is no migration `{id}`"), help))
        }
        _ => {
            let names: Vec<&str> = hits.iter().map(|(_, migration)| migration.id.as_str()).collect();
            Err(refuse(format!("`{id}` may be one of several migrations"), names.join("\n")))
        }
    }
}

fn describe(pack: &Pack, migration: &Migration) -> String {
    let mut out = format!("{}\n{}\n", migration.id, migration.title.trim());
    if !migration.why.trim().is_empty() {
        out.push('\n');
        for line in migration.why.trim().lines() {
            let _ = writeln!(out, "  {line}");
        }
    }
    out.push('\n');
    let _ = writeln!(out, "How it runs     {}", how(migration));
    lines(&mut out, "Versions", windows(migration));
    lines(&mut out, "Where", places(migration));
    let own = migration.params.values();
    lines(&mut out, "Parameters", own.map(|param| parameter(pack.params.get(&param.name).unwrap_or(param))).collect());
    lines(&mut out, "Links", migration.links.clone());
    lines(&mut out, "File", vec![migration.file.clone()]);
    out
}

/// `label` once, then a line per text.
fn lines(out: &mut String, label: &str, texts: Vec<String>) {
    let mut label = label;
    for text in texts {
        let _ = writeln!(out, "{label:15} {text}");
        label = "";
    }
}

fn how(migration: &Migration) -> &'static str {
    match list::standing(migration) {
        "safe" => "safe: in every run",
        "review" => "review: offered; written with --safety review, since it changes behaviour",
        "manual" => "manual: reports, never edits",
        _ => "off: with --enable",
    }
}

/// What acts on which form, each said once.
fn windows(migration: &Migration) -> Vec<String> {
    let mut out = Vec::new();
    for rule in &migration.rules {
        let old = rule.honoured.old.as_ref().map(|range| format!("the old form acts {}", said(range)));
        let new = rule.honoured.new.as_ref().map(|range| format!("the new form acts {}", said(range)));
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

/// `collector <host:port>  what it is (default x)`.
fn parameter(param: &Param) -> String {
    let default = match &param.default {
        Some(value) => format!(" (default {})", value.as_str().map_or_else(|| value.to_string(), str::to_owned)),
        None if param.optional => " (optional)".into(),
        None => " (required)".into(),
    };
    format!("{} <{}>  {}{default}", param.name, kind(&param.kind), param.help.trim())
}

fn kind(kind_of: &Kind) -> String {
    match kind_of {
        Kind::String => "text".into(),
        Kind::Integer => "integer".into(),
        Kind::Number => "number".into(),
        Kind::Boolean => "true|false".into(),
        Kind::Duration => "duration".into(),
        Kind::Version => "version".into(),
        Kind::HostPort => "host:port".into(),
        Kind::List(of) => format!("list of {}", kind(of)),
        Kind::Map(of) => format!("map of {}", kind(of)),
    }
}
