//! `yamlift list`: packs, or the migrations of one.
use super::args::{List, PagesArg};
use super::config;
use super::explain;
use crate::output::human::counted;
use crate::output::pages::{self, Book, Page};
use crate::output::terminal::Terminal;
use crate::pack::Pack;
use crate::pack::changes::{self, Change};
use crate::pack::registry::Library;
use std::fmt::Write as _;

pub fn run(args: &List, terminal: Terminal) -> anyhow::Result<String> {
    let cwd = std::env::current_dir()?;
    let library = config::library(&config::settings(&args.chosen, &cwd)?, &args.packs)?;
    terminal.err(&config::replacing(&library));
    let Some(name) = &args.pack else { return packs(&library) };
    let pack = library.pack(name)?;
    if args.coverage {
        return coverage(&library, &pack, terminal);
    }
    let book = book(&pack);
    Ok(if args.format == Some(PagesArg::Markdown) { pages::book_markdown(&book) } else { pages::book(&book) })
}

fn packs(library: &Library) -> anyhow::Result<String> {
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
        out += "There are no packs; add some with --packs DIR.\n";
    } else {
        out += "\nMigrations of a pack: yamlift list PACK\n";
    }
    Ok(out)
}

/// By version, in the order of the chain, `any` last.
fn book(pack: &Pack) -> Book {
    let mut chapters: Vec<(String, Vec<Page>)> = Vec::new();
    for folder in pack.chain.iter().map(Some).chain([None]) {
        let here = pack.migrations.iter().filter(|migration| migration.version.as_ref() == folder);
        let pages: Vec<Page> = here.map(|migration| explain::page(pack, migration)).collect();
        if !pages.is_empty() {
            chapters.push((folder.map_or_else(|| "any".to_owned(), ToString::to_string), pages));
        }
    }
    let versions = pack.chain.iter().map(ToString::to_string).collect();
    Book { name: pack.name.clone(), title: pack.title.clone(), versions, chapters }
}

/// The table, with its open rows; these are an error behind it.
fn coverage(library: &Library, pack: &Pack, terminal: Terminal) -> anyhow::Result<String> {
    let changes = library.changes(&pack.name)?;
    let answered = changes::answered(pack, &changes)?;
    let row = |(change, by): &(&Change, Vec<String>)| {
        let why = || change.not.clone().unwrap_or_else(|| "**open**".to_owned());
        (change.id.clone(), change.what.clone(), if by.is_empty() { Err(why()) } else { Ok(by.clone()) })
    };
    let table = pages::coverage(&pack.name, &pack.title, &answered.iter().map(row).collect::<Vec<_>>());
    if let Err(open) = changes::settled(pack, &answered) {
        terminal.out(table.as_bytes())?;
        return Err(open.into());
    }
    Ok(table)
}
