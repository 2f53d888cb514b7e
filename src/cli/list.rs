//! `yamlift list`: packs, or the migrations of one.
use super::args::List;
use super::config;
use crate::output::human::counted;
use crate::output::terminal::Terminal;
use crate::pack::{Migration, Pack, Safety};
use std::fmt::Write as _;

pub fn run(args: &List, terminal: Terminal) -> anyhow::Result<String> {
    let cwd = std::env::current_dir()?;
    let library = config::library(&config::load(&cwd)?, &args.packs)?;
    terminal.err(&config::replacing(&library));
    if let Some(name) = &args.pack {
        return Ok(migrations(library.pack(name)?.as_ref()));
    }
    let mut out = String::new();
    let names = library.names();
    let width = names.iter().map(|name| name.chars().count()).max().unwrap_or(0);
    for name in &names {
        let pack = library.pack(name)?;
        let versions = match (pack.chain.first(), pack.chain.last()) {
            (Some(first), Some(last)) => format!("{first} … {last}"),
            _ => "no versions".into(),
        };
        let count = counted(pack.migrations.len(), "migration");
        let _ = writeln!(out, "{name:width$}  {versions}   {count}   {}", pack.title);
    }
    if names.is_empty() {
        out += "There is no pack; --packs DIR brings some.\n";
    } else {
        out += "\nMigrations of a pack: yamlift list PACK\n";
    }
    Ok(out)
}

/// By version, in the order of the chain, `any` last.
fn migrations(pack: &Pack) -> String {
    let versions: Vec<String> = pack.chain.iter().map(ToString::to_string).collect();
    let mut out = format!("{}: {}\n", pack.title, versions.join(" "));
    let folders = pack.chain.iter().map(Some).chain([None]);
    let width = pack.migrations.iter().map(|m| slug(&m.id).chars().count()).max().unwrap_or(0);
    for folder in folders {
        let here: Vec<_> = pack.migrations.iter().filter(|m| m.version.as_ref() == folder).collect();
        if here.is_empty() {
            continue;
        }
        let name = folder.map_or_else(|| "any".to_owned(), ToString::to_string);
        let _ = writeln!(out, "\n{}/{name}", pack.name);
        for migration in here {
            let _ = writeln!(out, "  {:6}  {:width$}  {}", standing(migration), slug(&migration.id), migration.title.trim());
        }
    }
    out += "\nMore about one: yamlift explain ID\n";
    out
}

/// The last part of an id.
pub fn slug(id: &str) -> &str {
    id.rsplit('/').next().unwrap_or(id)
}

/// How it runs: `safe`, `review`, `manual`, or `off` until it is enabled.
pub fn standing(migration: &Migration) -> &'static str {
    match (migration.enabled, migration.safety) {
        (false, _) => "off",
        (true, Safety::Safe) => "safe",
        (true, Safety::Review) => "review",
        (true, Safety::Manual) => "manual",
    }
}
