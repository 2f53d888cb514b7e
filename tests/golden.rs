//! Golden cases: `golden/<pack>/<version>/<slug>/<case>/{case,before,after}.yaml`, or trees `before/` and `after/`.
//!
//! Each case runs the whole pack through the binary: the printed diff, applied by `git apply`, must give the written
//! files; those must be `after`, byte for byte (no `after`: nothing changes); a second run must change nothing; and the
//! findings must be those that `case.yaml` lists.
use serde::Deserialize;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    #[serde(default)]
    from: Option<String>,
    /// Left out: the version whose folder the case lies in, for `any` the newest.
    #[serde(default)]
    to: Option<String>,
    #[serde(default)]
    set: BTreeMap<String, serde_json::Value>,
    #[serde(default)]
    enable: Vec<String>,
    #[serde(default)]
    only: Vec<String>,
    #[serde(default)]
    safety: Option<String>,
    /// Name of the file that `before.yaml` stands for.
    #[serde(default)]
    file: Option<String>,
    /// `[level, line, id]`, the line being `path:line` in a tree.
    #[serde(default)]
    findings: Vec<(String, serde_json::Value, String)>,
}

const NEWEST: &str = "1.30";

type Files = BTreeMap<String, Vec<u8>>;

#[test]
fn golden_cases() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("golden");
    let mut cases = Vec::new();
    find(&root, &mut cases);
    assert!(!cases.is_empty(), "no golden case under {}", root.display());
    let wanted = std::env::var("GOLDEN").unwrap_or_default();
    let cases: Vec<&PathBuf> = cases.iter().filter(|c| c.to_string_lossy().contains(&wanted)).collect();
    let share = cases.len().div_ceil(std::thread::available_parallelism().map_or(1, usize::from)).max(1);
    let failures: Vec<String> = std::thread::scope(|scope| {
        let running: Vec<_> = (cases.chunks(share))
            .map(|part| {
                scope.spawn(|| {
                    let failed = |case: &&PathBuf| {
                        let name = case.strip_prefix(&root).unwrap_or(case).display();
                        check(&root, case).err().map(|why| format!("== {name}\n{why}"))
                    };
                    part.iter().filter_map(failed).collect::<Vec<_>>()
                })
            })
            .collect();
        running.into_iter().flat_map(|thread| thread.join().expect("a case panicked")).collect()
    });
    assert!(failures.is_empty(), "{} of {} cases failed\n{}", failures.len(), cases.len(), failures.join("\n"));
}

/// Every folder that holds a `before`.
fn find(dir: &Path, cases: &mut Vec<PathBuf>) {
    let mut below: Vec<PathBuf> = fs::read_dir(dir).into_iter().flatten().flatten().map(|e| e.path()).collect();
    below.sort();
    if below.iter().any(|p| p.file_name().is_some_and(|n| n == "before.yaml" || n == "before")) {
        cases.push(dir.to_owned());
        return;
    }
    below.iter().filter(|p| p.is_dir()).for_each(|p| find(p, cases));
}

fn check(root: &Path, dir: &Path) -> Result<(), String> {
    let case: Case = match fs::read_to_string(dir.join("case.yaml")) {
        Ok(text) => serde_yaml::from_str(&text).map_err(|e| format!("case.yaml: {e}"))?,
        Err(_) => Case::default(),
    };
    let parts: Vec<_> =
        dir.strip_prefix(root).map_err(|e| e.to_string())?.iter().map(|p| p.to_string_lossy().into_owned()).collect();
    let (pack, own) = (parts[0].clone(), parts[..parts.len() - 1].join("/"));
    let folder = if parts[1] == "any" { NEWEST } else { &parts[1] };
    let case = Case { to: case.to.or(Some(folder.to_owned())), ..case };
    let name = case.file.clone().unwrap_or_else(|| "config.yaml".into());
    let before = side(dir, "before", &name)?.ok_or("no before")?;
    let after = side(dir, "after", &name)?.unwrap_or_else(|| before.clone());

    let scratch = Scratch::new(&before)?;
    let report = scratch.run(&args(&case, &pack, &["--format", "json"]))?;
    let report: serde_json::Value =
        serde_json::from_slice(&report.stdout).map_err(|e| format!("{e}\n{}{}", text(&report.stdout), text(&report.stderr)))?;
    let mut wrong = findings(&case, &report, &own, &before);

    let printed = scratch.run(&args(&case, &pack, &[]))?;
    let applied = Scratch::new(&before)?;
    if !printed.stdout.is_empty() {
        applied.git_apply(&printed.stdout)?;
    }
    let written = scratch.run(&args(&case, &pack, &["-w", "--allow-dirty"]))?;
    let got = scratch.files()?;
    for (path, bytes) in &after {
        let now = got.get(path);
        if now != Some(bytes) {
            wrong +=
                &format!("{path}: not as wanted\n{}\n{}", diff(bytes, now.map_or(&[], Vec::as_slice)), text(&written.stderr));
        }
    }
    if applied.files()? != got {
        wrong += "the printed diff, applied by git, gives other files than -w\n";
    }
    scratch.run(&args(&case, &pack, &["-w", "--allow-dirty"]))?;
    if scratch.files()? != got {
        wrong += "a second run changes something\n";
    }
    if wrong.is_empty() { Ok(()) } else { Err(wrong) }
}

fn args(case: &Case, pack: &str, more: &[&str]) -> Vec<String> {
    let mut args: Vec<String> =
        ["migrate", ".", "--to", &format!("{pack}@{}", case.to.as_deref().unwrap_or_default())].map(String::from).to_vec();
    let mut add = |flag: &str, value: &str| args.extend([flag.to_owned(), value.to_owned()]);
    if let Some(from) = &case.from {
        add("--from", from);
    }
    for (name, value) in &case.set {
        let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        add("--set", &format!("{name}={value}"));
    }
    case.enable.iter().for_each(|id| add("--enable", id));
    case.only.iter().for_each(|id| add("--only", id));
    if let Some(safety) = &case.safety {
        add("--safety", safety);
    }
    args.extend(more.iter().map(|s| (*s).to_owned()));
    args
}

/// Compares findings: every warning and error, and the notes of the migration that the case belongs to.
fn findings(case: &Case, report: &serde_json::Value, own: &str, before: &Files) -> String {
    let tree = before.len() > 1 || case.findings.iter().any(|f| f.1.is_string());
    let mut got = Vec::new();
    let files = report["files"].as_array().into_iter().flatten();
    for finding in files.flat_map(|f| f["findings"].as_array().into_iter().flatten()) {
        let field = |name: &str| finding[name].as_str().unwrap_or_default().to_owned();
        if field("level") == "note" && field("id") != own {
            continue;
        }
        let line = finding["line"].to_string();
        let place = if tree { format!("{}:{line}", field("path")) } else { line };
        got.push(format!("{} {place} {}   {}", field("level"), field("id"), field("message").lines().next().unwrap_or_default()));
    }
    let wanted: Vec<String> = (case.findings.iter())
        .map(|(level, place, id)| format!("{level} {} {id}", place.as_str().map_or_else(|| place.to_string(), str::to_owned)))
        .collect();
    let mut wrong = String::new();
    let mut left = wanted;
    for finding in &got {
        let key = finding.split("   ").next().unwrap_or_default();
        match left.iter().position(|w| w == key) {
            Some(at) => drop(left.remove(at)),
            None => wrong += &format!("unexpected finding: {finding}\n"),
        }
    }
    left.iter().for_each(|w| wrong += &format!("missing finding: {w}\n"));
    wrong
}

fn side(dir: &Path, side: &str, name: &str) -> Result<Option<Files>, String> {
    let single = dir.join(format!("{side}.yaml"));
    if single.is_file() {
        return Ok(Some(Files::from([(name.to_owned(), fs::read(single).map_err(|e| e.to_string())?)])));
    }
    let tree = dir.join(side);
    if !tree.is_dir() {
        return Ok(None);
    }
    read_tree(&tree).map(Some)
}

fn read_tree(root: &Path) -> Result<Files, String> {
    let mut files = Files::new();
    let mut open = vec![root.to_owned()];
    while let Some(dir) = open.pop() {
        for entry in fs::read_dir(&dir).map_err(|e| e.to_string())?.flatten() {
            let path = entry.path();
            if path.is_dir() {
                if path.file_name().is_some_and(|n| n != ".git") {
                    open.push(path);
                }
            } else {
                let name = path.strip_prefix(root).map_err(|e| e.to_string())?.to_string_lossy().replace('\\', "/");
                files.insert(name, fs::read(&path).map_err(|e| e.to_string())?);
            }
        }
    }
    Ok(files)
}

struct Scratch(tempfile::TempDir);

impl Scratch {
    fn new(files: &Files) -> Result<Self, String> {
        let dir = tempfile::tempdir().map_err(|e| e.to_string())?;
        for (path, bytes) in files {
            let path = dir.path().join(path);
            fs::create_dir_all(path.parent().ok_or("no parent")?).map_err(|e| e.to_string())?;
            fs::write(path, bytes).map_err(|e| e.to_string())?;
        }
        Ok(Scratch(dir))
    }

    fn files(&self) -> Result<Files, String> {
        read_tree(self.0.path())
    }

    fn run(&self, args: &[String]) -> Result<Output, String> {
        let mut command = Command::new(env!("CARGO_BIN_EXE_yamlift"));
        command.args(args).current_dir(self.0.path()).env("NO_COLOR", "1").stdin(Stdio::null());
        let output = command.output().map_err(|e| e.to_string())?;
        match output.status.code() {
            Some(0 | 1) => Ok(output),
            code => Err(format!("yamlift {} ended with {code:?}\n{}", args.join(" "), text(&output.stderr))),
        }
    }

    fn git_apply(&self, patch: &[u8]) -> Result<(), String> {
        let file = self.0.path().join(".patch");
        fs::write(&file, patch).map_err(|e| e.to_string())?;
        let output = Command::new("git")
            .args(["apply", "--unsafe-paths", "--whitespace=nowarn", ".patch"])
            .current_dir(self.0.path())
            .env("GIT_CEILING_DIRECTORIES", self.0.path().parent().unwrap_or(self.0.path()))
            .output()
            .map_err(|e| e.to_string())?;
        fs::remove_file(&file).map_err(|e| e.to_string())?;
        if output.status.success() { Ok(()) } else { Err(format!("git apply: {}\n{}", text(&output.stderr), text(patch))) }
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn diff(wanted: &[u8], got: &[u8]) -> String {
    let (wanted, got) = (text(wanted), text(got));
    similar::TextDiff::from_lines(&wanted, &got).unified_diff().header("wanted", "got").to_string()
}
