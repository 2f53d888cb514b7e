//! `yamlift new`: scaffolds for authors, which fail until they are filled in.
use super::args::{New, NewWhat};
use super::refusal::refuse;
use super::schema;
use crate::output::terminal::Terminal;
use crate::output::write;
use crate::pack::registry::Library;
use anyhow::Context;
use std::path::{Path, PathBuf};

const PACK: &str = include_str!("../../templates/new/pack.yaml");
const MIGRATION: &str = include_str!("../../templates/new/migration.yaml");
const BEFORE: &str = include_str!("../../templates/new/before.yaml");
const UNTOUCHED: &str = include_str!("../../templates/new/untouched.yaml");

pub fn run(args: &New, terminal: Terminal) -> anyhow::Result<()> {
    let (made, next) = match &args.what {
        NewWhat::Pack { name, dir } => pack(name, &folder(dir))?,
        NewWhat::Migration { pack, version, slug, dir } => migration(pack, version, slug, &folder(dir))?,
    };
    let made: String = made.iter().map(|path| format!("{}\n", path.display())).collect();
    terminal.out(format!("{made}\n{next}\n").as_bytes())?;
    Ok(())
}

fn folder(dir: &Option<PathBuf>) -> PathBuf {
    dir.clone().unwrap_or_else(|| ".".into())
}

/// What was made, and what to do next.
type Made = (Vec<PathBuf>, String);

fn pack(name: &str, dir: &Path) -> anyhow::Result<Made> {
    check_name("pack", name)?;
    let at = dir.join("migrations").join(name);
    let files = [
        (at.join("pack.yaml"), modeline("schema/pack.json") + PACK),
        (at.join("schema").join("pack.json"), schema::PACK.to_owned()),
        (at.join("schema").join("migration.json"), schema::MIGRATION.to_owned()),
    ];
    let next = format!("Fill in the TODO, then: yamlift new migration {name} VERSION SLUG{}", of(dir));
    let built_in = Library::open(&[])?.names().iter().any(|known| known == name);
    let note = format!("It replaces the built-in {name} pack: none of the migrations of that one run beside it.\n");
    let note = if built_in { note } else { String::new() };
    Ok((make(files)?, note + &next))
}

fn migration(pack: &str, version: &str, slug: &str, dir: &Path) -> anyhow::Result<Made> {
    check_name("migration", slug)?;
    let file = dir.join("migrations").join(pack).join("pack.yaml");
    if !file.is_file() {
        let help = format!("yamlift new pack {pack}{} makes one", of(dir));
        return Err(refuse(format!("there is no pack `{pack}` here: {} is missing", file.display()), help));
    }
    let chain = Library::open(&[dir.to_owned()])?.chain(pack)?;
    let chain: Vec<String> = chain.iter().map(ToString::to_string).collect();
    if version != "any" && !chain.iter().any(|known| known == version) {
        let help = format!("versions: {}; or `any`, for clean-ups that hold at every version", chain.join(" "));
        return Err(refuse(format!("the {pack} pack has no version {version}"), help));
    }
    let text = if version == "any" { without_window(MIGRATION) } else { MIGRATION.replace("@version@", version) };
    // A pack that was begun by hand may have none.
    let known = dir.join("migrations").join(pack).join("schema").join("migration.json").is_file();
    let text = if known { modeline("../schema/migration.json") + &text } else { text };
    let golden = dir.join("golden").join(pack).join(version).join(slug);
    let files = [
        (dir.join("migrations").join(pack).join(version).join(format!("{slug}.yaml")), text),
        (golden.join("basic").join("before.yaml"), BEFORE.to_owned()),
        (golden.join("untouched").join("before.yaml"), UNTOUCHED.to_owned()),
    ];
    let next = format!("Fill in each TODO, then: yamlift test {} {slug}", dir.display());
    Ok((make(files)?, next))
}

/// A clean-up holds at every version, so that it has no window.
fn without_window(text: &str) -> String {
    let lines = text.split_inclusive('\n').filter(|line| !line.starts_with("honoured:") && !line.contains("\"A..B\""));
    lines.collect()
}

/// The line that tells editors which schema a file follows.
fn modeline(schema: &str) -> String {
    format!("# yaml-language-server: $schema={schema}\n")
}

/// Where it is not here.
fn of(dir: &Path) -> String {
    if dir == Path::new(".") { String::new() } else { format!(" {}", dir.display()) }
}

/// Names are paths and ids.
fn check_name(what: &str, name: &str) -> anyhow::Result<()> {
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    if !name.is_empty() && name.starts_with(|c: char| c.is_ascii_lowercase()) && name.chars().all(plain) {
        return Ok(());
    }
    let help = "use a-z, 0-9 and -, and start with a letter, such as retry-budget";
    Err(refuse(format!("`{name}` cannot be the name of a {what}"), help))
}

/// Writes files that are not there yet.
fn make<const N: usize>(files: [(PathBuf, String); N]) -> anyhow::Result<Vec<PathBuf>> {
    if let Some((path, _)) = files.iter().find(|(path, _)| path.exists()) {
        return Err(refuse(format!("{} already exists", path.display()), "nothing was written"));
    }
    for (path, text) in &files {
        write::put(path, text.as_bytes()).with_context(|| format!("could not write {}", path.display()))?;
    }
    Ok(files.into_iter().map(|(path, _)| path).collect())
}
