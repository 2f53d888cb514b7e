//! The house rules that a compiler does not check: who may import whom, one importing module per third-party crate, short
//! files, telling names, no product in the code, one place that writes files.
//!
//! Tests, comments and (but for product names) string literals do not count.
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

/// Who may import whom. `source` and `report` are open to everyone.
const MAY_IMPORT: &[(&str, &[&str])] = &[
    ("main", &["cli"]),
    ("cli", &["pipeline", "golden", "pack", "output", "forge", "git"]),
    ("golden", &["pipeline", "pack", "output"]),
    ("pipeline", &["input", "index", "pack", "migrate", "schema", "output"]),
    ("input", &["git"]),
    ("index", &["pack", "view", "yaml"]),
    ("migrate", &["index", "pack", "schema", "view", "yaml", "expr"]),
    // What a cluster takes is asked of data alone; a pattern is an expression.
    ("schema", &["view", "yaml", "expr"]),
    // A pack holds its expressions ready to run.
    ("pack", &["yaml", "expr"]),
    ("expr", &["yaml"]),
    ("view", &["yaml"]),
    ("yaml", &[]),
    // What people read is made of templates.
    ("output", &["expr", "git"]),
    ("forge", &["git"]),
    ("git", &[]),
    ("report", &[]),
    ("source", &[]),
];

/// Crates that any module may import.
const EVERYWHERE: &[&str] = &["anyhow", "thiserror", "serde", "serde_json"];

/// Lines of a file without its tests.
const LONGEST: usize = 400;

/// Starts of words that belong under `migrations/` and `templates/`.
const PRODUCTS: &[&str] = &[
    "argo-cd",
    "argo cd",
    "argo_cd",
    "argocd",
    "argoproj",
    "crossplane",
    "envoy",
    "flagger",
    "fleet",
    "flux",
    "helmfile",
    "istio",
    "jaeger",
    "k3s",
    "kiali",
    "kyverno",
    "lightstep",
    "linkerd",
    "opencensus",
    "opentelemetry",
    "otelcol",
    "zipkin",
];

/// What writes a file.
const WRITES: &[&str] = &["fs::write", "File::create", "File::options", "OpenOptions", "fs::rename", "fs::copy"];

#[test]
fn who_imports_whom() {
    let mut wrong = String::new();
    for file in sources() {
        let Some((_, allowed)) = MAY_IMPORT.iter().find(|(name, _)| *name == file.modules[0]) else {
            let _ = writeln!(wrong, "{}: a new top-level module; give it a line in MAY_IMPORT", file.path);
            continue;
        };
        for (line, path) in imports(&file) {
            let module = path[0].as_str();
            let own = module == file.modules[0] || ["source", "report"].contains(&module);
            if !own && !allowed.contains(&module) {
                let _ = writeln!(wrong, "{}:{line}: `{}` may not import `{module}`", file.path, file.modules[0]);
            }
            let only_facts = file.modules[0] == "migrate" && module == "index";
            if only_facts
                && path.get(1).is_none_or(|name| !["Repo", "Selector", "Pointer", "ValuesOwner"].contains(&name.as_str()))
            {
                let _ = writeln!(wrong, "{}:{line}: of `index`, `migrate` may import plain facts alone", file.path);
            }
        }
    }
    assert!(wrong.is_empty(), "the layers (MAY_IMPORT in {}) do not hold:\n{wrong}", file!());
}

#[test]
fn a_third_party_crate_has_one_importing_module() {
    let mut importers: BTreeMap<String, BTreeMap<String, String>> = BTreeMap::new();
    for file in sources() {
        let module = file.modules.iter().take(2).cloned().collect::<Vec<_>>().join("::");
        for name in dependencies() {
            let first = words(&file.code, &name).find(|at| is_crate(&file.code, *at, name.len()));
            if let Some(at) = first {
                let place = format!("{}:{}", file.path, line_of(&file.code, at));
                importers.entry(name).or_default().entry(module.clone()).or_insert(place);
            }
        }
    }
    let wrong: Vec<String> = (importers.iter())
        .filter(|(name, modules)| modules.len() > 1 && !EVERYWHERE.contains(&name.as_str()))
        .map(|(name, modules)| format!("{name}: {}", modules.values().cloned().collect::<Vec<_>>().join(", ")))
        .collect();
    assert!(wrong.is_empty(), "one module alone may know a crate, so that swapping it is one file:\n{}", wrong.join("\n"));
}

#[test]
fn files_are_short() {
    let long: Vec<String> = (sources().iter().map(|file| (&file.path, file.code.lines().count())))
        .filter(|(_, lines)| *lines > LONGEST)
        .map(|(path, lines)| format!("{path}: {lines} lines without tests"))
        .collect();
    assert!(long.is_empty(), "a file has at most {LONGEST} lines without its tests:\n{}", long.join("\n"));
}

#[test]
fn names_tell() {
    let vague: Vec<String> = (sources().into_iter())
        .filter(|file| {
            file.modules.iter().any(|m| ["utils", "util", "helpers", "helper", "common", "misc"].contains(&m.as_str()))
        })
        .map(|file| file.path)
        .collect();
    assert!(vague.is_empty(), "a name says what is inside: {vague:?}");
}

#[test]
fn no_product_in_the_code() {
    let mut wrong = String::new();
    for file in sources() {
        for (at, line) in file.text.lines().enumerate() {
            let lower = line.to_lowercase();
            for name in PRODUCTS.iter().filter(|name| starts_a_word(&lower, name)) {
                let _ = writeln!(wrong, "{}:{}: {name}: {}", file.path, at + 1, line.trim());
            }
        }
    }
    assert!(wrong.is_empty(), "what is known of a product lives under migrations/ and templates/ alone:\n{wrong}");
}

#[test]
fn one_place_writes_files() {
    let mut wrong = String::new();
    for file in sources().iter().filter(|file| file.path != "src/output/write.rs") {
        for (at, line) in file.code.lines().enumerate().filter(|(_, line)| WRITES.iter().any(|call| line.contains(call))) {
            let _ = writeln!(wrong, "{}:{}: {}", file.path, at + 1, line.trim());
        }
    }
    assert!(wrong.is_empty(), "files are written by src/output/write.rs alone:\n{wrong}");
}

/// A file of src/, without its tests.
struct File {
    /// `src/yaml/draft.rs`.
    path: String,
    /// `["yaml", "draft"]`; a folder's mod.rs has the folder's name alone.
    modules: Vec<String>,
    /// Without comments; as many lines as the file has.
    text: String,
    /// Without string literals as well.
    code: String,
}

fn sources() -> Vec<File> {
    let root = root();
    let mut paths = Vec::new();
    walk(&root.join("src"), &mut paths);
    paths.sort();
    let mut files = Vec::new();
    for path in paths {
        let relative = path.strip_prefix(&root).expect("below the root").to_string_lossy().replace('\\', "/");
        let inner = relative.trim_start_matches("src/").trim_end_matches(".rs");
        let mut modules: Vec<String> = inner.split('/').map(str::to_owned).collect();
        if modules.len() > 1 && modules.last().is_some_and(|m| m == "mod") {
            modules.pop();
        }
        if modules == ["lib"] || modules.iter().any(|m| m == "tests") {
            continue;
        }
        let whole = fs::read_to_string(&path).expect("UTF-8");
        let (text, code) = (blank(&whole, false), blank(&whole, true));
        let end = code.find("#[cfg(test)]").unwrap_or(code.len());
        let lines = code[..end].matches('\n').count();
        let first = |text: &str| text.lines().take(lines).map(|line| format!("{line}\n")).collect::<String>();
        files.push(File { path: relative, modules, text: first(&text), code: first(&code) });
    }
    assert!(!files.is_empty(), "no source under {}", root.display());
    files
}

fn root() -> PathBuf {
    PathBuf::from(std::env::var("CARGO_MANIFEST_DIR").unwrap_or_else(|_| env!("CARGO_MANIFEST_DIR").into()))
}

fn walk(dir: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(dir).expect("a folder").flatten() {
        let path = entry.path();
        match path.is_dir() {
            true => walk(&path, found),
            false if path.extension().is_some_and(|e| e == "rs") => found.push(path),
            false => {}
        }
    }
}

/// `code` without comments, and without what stands in string literals if asked; lines stay where they are.
fn blank(code: &str, strings: bool) -> String {
    let mut out = String::with_capacity(code.len());
    let mut rest = code;
    while let Some(first) = rest.chars().next() {
        let (len, keep) = match first {
            '/' if rest.starts_with("//") => (rest.find('\n').unwrap_or(rest.len()), false),
            '/' if rest.starts_with("/*") => (rest.find("*/").map_or(rest.len(), |end| end + 2), false),
            '"' => (string(rest), !strings),
            'r' if !out.ends_with(|c: char| c.is_alphanumeric() || c == '_') => match raw_string(rest) {
                Some(len) => (len, !strings),
                None => (1, true),
            },
            // A character, but no lifetime.
            '\'' => match rest[1..].starts_with('\\') {
                true => (rest[3..].find('\'').map_or(1, |end| end + 4), !strings),
                false => match rest.char_indices().nth(2) {
                    Some((at, '\'')) => (at + 1, !strings),
                    _ => (1, true),
                },
            },
            other => (other.len_utf8(), true),
        };
        let (token, behind) = rest.split_at(len);
        if keep {
            out.push_str(token);
        } else {
            out.push(' ');
            out.extend(token.chars().filter(|c| *c == '\n'));
        }
        rest = behind;
    }
    out
}

/// Length of the string literal at the start.
fn string(rest: &str) -> usize {
    let mut escaped = false;
    for (at, c) in rest.char_indices().skip(1) {
        match c {
            '"' if !escaped => return at + 1,
            c => escaped = c == '\\' && !escaped,
        }
    }
    rest.len()
}

fn raw_string(rest: &str) -> Option<usize> {
    let hashes = rest[1..].chars().take_while(|c| *c == '#').count();
    rest[1 + hashes..].strip_prefix('"')?;
    let end = format!("\"{}", "#".repeat(hashes));
    Some(rest[2 + hashes..].find(&end).map_or(rest.len(), |at| 2 + hashes + at + end.len()))
}

/// Modules of this crate that the file names, with their line: the module, and what of it where that is said.
fn imports(file: &File) -> Vec<(usize, Vec<String>)> {
    let code = &file.code;
    let mut found = Vec::new();
    let mut add = |at: usize, tail: &str| {
        found.extend(heads(tail).into_iter().map(|path| (line_of(code, at), path)));
    };
    for name in ["crate", "yamlift"] {
        for at in words(code, name).filter(|at| code[at + name.len()..].starts_with("::")) {
            add(at, &code[at + name.len() + 2..]);
        }
    }
    // `super::` up to the root of the crate.
    for at in words(code, "super").filter(|at| !code[..*at].ends_with("::")) {
        let mut tail = &code[at..];
        let mut up = 0;
        while let Some(behind) = tail.strip_prefix("super::") {
            (tail, up) = (behind, up + 1);
        }
        if up > 0 && up == file.modules.len() {
            add(at, tail);
        }
    }
    found
}

/// The paths at the start of `tail`, which may be a group: `a::b`, `{a::{b, c}, d}`.
fn heads(tail: &str) -> Vec<Vec<String>> {
    let Some(group) = tail.strip_prefix('{') else {
        let name: String = tail.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
        let Some(below) = tail[name.len()..].strip_prefix("::") else { return vec![vec![name]] };
        return heads(below).into_iter().map(|path| [vec![name.clone()], path].concat()).collect();
    };
    let mut paths = Vec::new();
    let (mut depth, mut start) = (0, 0);
    for (at, c) in group.char_indices() {
        match c {
            '{' => depth += 1,
            ',' | '}' if depth == 0 => {
                let part = group[start..at].trim();
                paths.extend(if part.is_empty() { Vec::new() } else { heads(part) });
                start = at + 1;
                if c == '}' {
                    break;
                }
            }
            '}' => depth -= 1,
            _ => {}
        }
    }
    paths
}

/// Names of the `[dependencies]`, as code spells them.
fn dependencies() -> BTreeSet<String> {
    let manifest = fs::read_to_string(root().join("Cargo.toml")).expect("a manifest");
    let section = manifest.lines().skip_while(|line| line.trim() != "[dependencies]").skip(1);
    let section = section.take_while(|line| !line.starts_with('['));
    let names = section.filter(|line| !line.starts_with('#')).filter_map(|line| Some(line.split_once(['=', '.'])?.0.trim()));
    names.filter(|name| !name.is_empty()).map(|name| name.replace('-', "_")).collect()
}

/// Whether the word at `at` names a crate: a path starts there, or it is imported whole.
fn is_crate(code: &str, at: usize, len: usize) -> bool {
    let (before, behind) = (&code[..at], &code[at + len..]);
    !before.ends_with("::") && (behind.starts_with("::") || before.ends_with("use ") && behind.starts_with(';'))
}

/// Where `name` stands as a whole word.
fn words<'c>(code: &'c str, name: &'c str) -> impl Iterator<Item = usize> + 'c {
    let part = |c: char| c.is_alphanumeric() || c == '_';
    code.match_indices(name)
        .map(|(at, _)| at)
        .filter(move |at| !code[..*at].ends_with(part) && !code[at + name.len()..].starts_with(part))
}

fn starts_a_word(line: &str, name: &str) -> bool {
    line.match_indices(name).any(|(at, _)| !line[..at].ends_with(char::is_alphabetic))
}

fn line_of(code: &str, at: usize) -> usize {
    code[..at].matches('\n').count() + 1
}

#[test]
fn the_rules_see_what_they_should() {
    let code =
        "use crate::{yaml::{a, b}, pack};\nfn f() { r#\"crate::x\"# ; '\"'; \"a\\\"//\"; crate::view::open() } // crate::no\n";
    let blanked = blank(code, true);
    assert_eq!(blanked.lines().count(), 2);
    assert!(!blanked.contains("crate::x") && !blanked.contains("no") && blanked.contains("view::open"));
    let modules = |path: &[&str]| path.iter().map(|m| (*m).to_owned()).collect::<Vec<_>>();
    let file = |code: &str, path: &[&str]| File {
        path: String::new(),
        modules: modules(path),
        text: String::new(),
        code: blank(code, true),
    };
    let seen = imports(&file(code, &["output"]));
    let want =
        [(1, modules(&["yaml", "a"])), (1, modules(&["yaml", "b"])), (1, modules(&["pack"])), (2, modules(&["view", "open"]))];
    assert_eq!(seen, want);
    assert_eq!(
        imports(&file("use super::super::yaml; use super::x; pub(super) fn f() {}", &["pack", "path"])),
        [(1, modules(&["yaml"]))]
    );
    assert!(is_crate("use tera::Tera", 4, 4) && is_crate("use tera;", 4, 4) && !is_crate("x::tera::Tera", 3, 4));
    assert!(starts_a_word("an istiod", "istio") && !starts_a_word("influx", "flux"));
}
