//! One table of places, one of edits: each migration in each carrier that its target can live in.
//!
//! `golden/<pack>/carriers/fixtures.yaml` has frames, `fragments/<version>.yaml` what a migration does to a thing. Each fragment goes
//! into each chain of frames that can hold it; the binary must write the same chain around `after`, byte for byte, and
//! report on the fragment's lines. `CARRIERS=<text>` runs the cases whose name has that text.
mod coverage;
mod fill;
mod table;

use fill::Piece;
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use table::{But, Fragment, Frame, Table};

const PACK: &str = "istio";
const NEWEST: &str = "1.30";

/// Failures that are printed.
const SHOWN: usize = 400;

/// One fragment in one chain of frames.
struct Case<'t> {
    name: String,
    target: &'t str,
    fragment: &'t Fragment,
    chain: Vec<&'t Frame>,
    /// The texts of the frames, the innermost first.
    texts: Vec<String>,
    /// What goes in, and how it looks in each frame.
    before: Vec<Piece>,
    after: String,
    findings: Vec<(String, usize)>,
    /// An edit is wanted, and cannot be made in these frames.
    refused: bool,
}

impl<'t> Case<'t> {
    fn new(number: usize, target: &'t str, fragment: &'t Fragment, chain: Vec<&'t Frame>) -> Option<Self> {
        let fits = |but: &&But| table::inside(&chain, &but.inside) && (but.and.is_empty() || table::inside(&chain, &but.and));
        let but = fragment.but.iter().find(fits);
        if but.is_some_and(|but| but.skip) {
            return None;
        }
        let same = but.is_some_and(|but| but.unchanged);
        let refused = !same && fragment.after.is_some() && table::refused(&chain);
        let after = but
            .and_then(|b| b.after.as_ref())
            .or(fragment.after.as_ref())
            .filter(|_| !same && !refused)
            .unwrap_or(&fragment.before);
        let chart = table::chart(target, &chain);
        let texts: Vec<String> = (chain.iter())
            .map(|f| f.text.as_ref().or_else(|| f.files.values().find(|t| t.contains(fill::MARKER))))
            .map(|text| named(text.map_or("", String::as_str), chart, number))
            .collect();
        Some(Case {
            name: format!("{} of {} in {}", fragment.migration, target, table::name(&chain)),
            before: around(&fragment.before, &chain, &texts),
            after: around(after, &chain, &texts).pop().map_or_else(String::new, |piece| piece.text),
            findings: but.and_then(|b| b.findings.clone()).unwrap_or_else(|| fragment.findings.clone()),
            target,
            fragment,
            chain,
            texts,
            refused,
        })
    }

    fn crlf(&self) -> bool {
        self.chain.last().is_some_and(|f| f.crlf)
    }

    /// The text with the line breaks of its file.
    fn ended(&self, text: String) -> String {
        if self.crlf() { text.replace('\n', "\r\n") } else { text }
    }

    /// Paths and texts of the case in its folder, and which of them has the fragment.
    fn files(&self, number: usize, filled: &str) -> BTreeMap<String, String> {
        let chart = table::chart(self.target, &self.chain);
        let files = self.chain.last().map(|f| &f.files).into_iter().flatten();
        let text = |text: &String| if text.contains(fill::MARKER) { filled.to_owned() } else { named(text, chart, number) };
        files.map(|(path, file)| (format!("{number}/{path}"), text(file))).collect()
    }
}

/// The fragment, in its first frame, in the next, …
fn around(fragment: &str, chain: &[&Frame], texts: &[String]) -> Vec<Piece> {
    let mut pieces = vec![Piece::of(fragment)];
    for (frame, text) in chain.iter().zip(texts) {
        let inner = pieces[pieces.len() - 1].clone();
        pieces.push(inner.placed(text, &frame.encodings));
    }
    pieces
}

/// `@chart@` is the chart whose values are held, `@folder@` the folder that the case runs in.
fn named(text: &str, chart: &str, number: usize) -> String {
    text.replace("@chart@", chart).replace("@folder@", &number.to_string())
}

/// The folder with `migrations` and `golden`; `PACK_ROOT` is that of a pack that does not lie here.
fn root() -> PathBuf {
    std::env::var_os("PACK_ROOT").map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")), PathBuf::from)
}

#[test]
fn each_migration_in_each_carrier() {
    let root = root();
    let table = Table::read(&root.join("golden").join(PACK).join("carriers"));
    let wanted = std::env::var("CARRIERS").unwrap_or_default();
    let mut cases = Vec::new();
    for (target, fragment) in &table.fragments {
        for chain in table.ways(target, fragment) {
            cases.extend(Case::new(cases.len(), target, fragment, chain));
        }
    }
    let mut groups: BTreeMap<_, Vec<(usize, &Case)>> = BTreeMap::new();
    for (number, case) in cases.iter().enumerate().filter(|(_, case)| case.name.contains(&wanted)) {
        groups
            .entry((&case.fragment.version, &case.fragment.migration, &case.fragment.from, &case.fragment.set))
            .or_default()
            .push((number, case));
    }
    let groups: Vec<_> = groups.into_values().collect();
    let next = AtomicUsize::new(0);
    let work = || {
        let mut found = Vec::new();
        while let Some(group) = groups.get(next.fetch_add(1, Ordering::Relaxed)) {
            let why = |why| BTreeMap::from([(group[0].0, why)]);
            found.extend(check(group).unwrap_or_else(why));
        }
        found
    };
    // Twice as many as there are processors, as each waits for its files to reach the disk.
    let threads = 2 * std::thread::available_parallelism().map_or(1, usize::from);
    let found: Vec<(usize, String)> = std::thread::scope(|scope| {
        let running: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        running.into_iter().flat_map(|thread| thread.join().expect("a case panicked")).collect()
    });

    let known = |number: usize| table::known(&cases[number].chain);
    let mut failures: Vec<String> = (found.iter().filter(|(number, _)| known(*number).is_none()))
        .map(|(number, why)| format!("== {}\n{why}", cases[*number].name))
        .collect();
    if wanted.is_empty() {
        failures.extend(coverage::missing(&root.join("migrations"), PACK, &table, &cases));
        let fails = |id: &str| found.iter().any(|(number, _)| known(*number) == Some(id));
        for frame in &table.frames {
            if let Some(known) = frame.known.as_ref().filter(|_| !fails(&frame.id)) {
                failures.push(format!("fixtures.yaml: frame `{}` works now; take out its `known`: {}", frame.id, known.why));
            }
        }
    }
    let shown = failures.iter().take(SHOWN).cloned().collect::<Vec<_>>().join("\n");
    let more = "CARRIERS=<text> runs the cases whose name has it";
    assert!(failures.is_empty(), "{} failures in {} cases; {more}\n{shown}", failures.len(), cases.len());
}

/// Runs the cases of one migration at once, each in a folder of its own.
fn check(group: &[(usize, &Case)]) -> Result<BTreeMap<usize, String>, String> {
    let dir = tempfile::tempdir().map_err(|e| e.to_string())?;
    for (number, case) in group {
        let filled = &case.before[case.before.len() - 1].text;
        for (path, text) in case.files(*number, filled) {
            let path = dir.path().join(path);
            fs::create_dir_all(path.parent().ok_or("no parent")?).map_err(|e| e.to_string())?;
            fs::write(path, case.ended(text)).map_err(|e| e.to_string())?;
        }
    }
    let first = run(dir.path(), group[0].1.fragment)?;
    let read = |path: &str| fs::read_to_string(dir.path().join(path)).unwrap_or_else(|e| e.to_string());
    let mut found: BTreeMap<usize, String> = BTreeMap::new();
    for (number, case) in group {
        let mut wrong = findings(*number, case, &first);
        let texts: Vec<(&Frame, &str)> = case.chain.iter().copied().zip(case.texts.iter().map(String::as_str)).rev().collect();
        for (path, text) in case.files(*number, &case.after) {
            let got = read(&path);
            let plain = if case.crlf() { got.replace("\r\n", "\n") } else { got.clone() };
            if case.ended(plain.clone()) != got {
                wrong += &format!("{path} has line breaks of two kinds\n");
            }
            let got = plain;
            if got != text && !(text == case.after && fill::same(&texts, &text, &got)) {
                wrong += &format!("{path} is not as wanted\n{}", diff(&text, &got));
            }
        }
        if !wrong.is_empty() {
            found.insert(*number, wrong);
        }
    }
    let second = run(dir.path(), group[0].1.fragment)?;
    for (number, _) in group {
        let again = reports(*number, &second).filter(|file| file["steps"].as_array().is_some_and(|steps| !steps.is_empty()));
        for file in again {
            *found.entry(*number).or_default() += &format!("a second run changes {}: {}\n", file["path"], file["steps"]);
        }
    }
    Ok(found)
}

/// Writes the files; the report.
fn run(dir: &Path, fragment: &Fragment) -> Result<Value, String> {
    let to = format!("{PACK}@{}", if fragment.version == "any" { NEWEST } else { &fragment.version });
    let id = format!("{PACK}/{}/{}", fragment.version, fragment.migration);
    let id = id.as_str();
    let mut command = Command::new(env!("CARGO_BIN_EXE_yamlift"));
    command.args(["migrate", ".", "--to", &to, "--only", id, "--enable", id, "--safety", "review"]);
    command.args(["-w", "--allow-dirty", "--format", "json"]);
    if std::env::var_os("PACK_ROOT").is_some() {
        command.arg("--packs").arg(root());
    }
    // What the charts of the fixtures say they are is not to be asked.
    let from = fragment.from.clone().unwrap_or_else(|| before(&to));
    command.args(["--from", &from]);
    for (name, value) in &fragment.set {
        command.args(["--set", &format!("{name}={value}")]);
    }
    let output = command.current_dir(dir).env("NO_COLOR", "1").stdin(Stdio::null()).output().map_err(|e| e.to_string())?;
    serde_json::from_slice(&output.stdout)
        .map_err(|e| format!("{e}\n{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr)))
}

/// The version before the one that `to` ends in.
fn before(to: &str) -> String {
    let (major, minor) = to.rsplit('@').next().and_then(|version| version.split_once('.')).expect("a version");
    format!("{major}.{}", minor.parse::<u32>().expect("a number") - 1)
}

fn reports(number: usize, report: &Value) -> impl Iterator<Item = &Value> {
    let files = report["files"].as_array().into_iter().flatten();
    files.filter(move |file| file["path"].as_str().is_some_and(|path| path.starts_with(&format!("{number}/"))))
}

/// What is said of the case, but for notes of the engine, against what is wanted.
fn findings(number: usize, case: &Case, report: &Value) -> String {
    let lines = &case.before[case.before.len() - 1].lines;
    let mut left: Vec<(&str, usize, usize)> = (case.findings.iter())
        .map(|(level, line)| match line {
            0 => (level.as_str(), 1, usize::MAX),
            line => (level.as_str(), lines[line - 1].0, lines[line - 1].1),
        })
        .collect();
    let mut wrong = String::new();
    let mut engine = false;
    for file in reports(number, report) {
        if file["outcome"].is_object() {
            wrong += &format!("{}: {}\n", file["path"], file["outcome"]);
        }
        for finding in file["findings"].as_array().into_iter().flatten() {
            let field = |name: &str| finding[name].as_str().unwrap_or_default();
            let ours = field("id").ends_with(&format!("/{}", case.fragment.migration));
            if !ours && field("level") == "note" {
                continue;
            }
            let at = finding["line"].as_u64().unwrap_or_default() as usize;
            match left.iter().position(|(level, first, last)| ours && *level == field("level") && (*first..=*last).contains(&at))
            {
                Some(found) => drop(left.remove(found)),
                None if case.refused => engine = true,
                None => wrong += &format!("unexpected {} at {}:{at}: {}\n", field("level"), field("path"), field("message")),
            }
        }
    }
    if case.refused {
        return if engine { wrong } else { wrong + "it is refused here, but no finding says so\n" };
    }
    for (level, first, last) in left {
        wrong += &format!("missing {level} at line {first} to {last}\n");
    }
    if wrong.is_empty() { wrong } else { wrong + &format!("in\n{}\n", case.before[case.before.len() - 1].text) }
}

fn diff(wanted: &str, got: &str) -> String {
    similar::TextDiff::from_lines(wanted, got).unified_diff().header("wanted", "got").to_string()
}
