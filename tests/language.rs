//! The migration language, line by line: each file of `tests/language` is a rule, a text before and after it, and what
//! it says; `beside` has other files of the repository.
use serde::Deserialize;
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::Arc;
use yamlift::index::Repo;
use yamlift::migrate::{self, Order, facts::Facts};
use yamlift::pack::Safety;
use yamlift::pack::registry::{Library, PhaseFilter, Request};
use yamlift::source::Source;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    /// What is pinned, in a sentence.
    says: String,
    /// `targets:` of the pack, as text.
    #[serde(default)]
    targets: String,
    /// The migration without its title.
    rule: String,
    before: String,
    /// Left out: nothing changes.
    #[serde(default)]
    after: Option<String>,
    /// `level line words of the message`.
    #[serde(default)]
    findings: Vec<String>,
    #[serde(default)]
    set: BTreeMap<String, String>,
    #[serde(default)]
    from: Option<String>,
    #[serde(default)]
    safety: Option<String>,
    #[serde(default)]
    path: Option<String>,
    /// Other files of the repository, which are left as they are.
    #[serde(default)]
    beside: BTreeMap<String, String>,
    /// The pack must be refused, with these words.
    #[serde(default)]
    refused: Option<String>,
}

#[test]
fn the_language() {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/language");
    let mut files: Vec<_> = fs::read_dir(dir).expect("cases").flatten().map(|e| e.path()).collect();
    files.sort();
    let mut failures = Vec::new();
    let mut count = 0;
    for file in files {
        let text = fs::read_to_string(&file).expect("a case");
        for document in serde_yaml::Deserializer::from_str(&text) {
            count += 1;
            let case = match Case::deserialize(document) {
                Ok(case) => case,
                Err(e) => {
                    failures.push(format!("{}: {e}", file.display()));
                    break;
                }
            };
            if let Err(why) = check(&case) {
                let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
                failures.push(format!("== {name}: {}\n{why}", case.says));
            }
        }
    }
    assert!(failures.is_empty(), "{} of {count} failed\n{}", failures.len(), failures.join("\n"));
}

fn check(case: &Case) -> Result<(), String> {
    let dir = tempfile::tempdir().map_err(|e| e.to_string())?;
    let at = dir.path().join("migrations/t");
    fs::create_dir_all(at.join("2")).map_err(|e| e.to_string())?;
    let targets = if case.targets.is_empty() { String::new() } else { format!("targets:\n{}", indent(&case.targets)) };
    fs::write(at.join("pack.yaml"), format!("title: T\nchain: [\"0\", \"1\", \"2\"]\n{targets}")).map_err(|e| e.to_string())?;
    fs::write(at.join("2/case.yaml"), format!("title: Case\nwhy: To see.\n{}", case.rule)).map_err(|e| e.to_string())?;
    let request = Request {
        to: vec![("t".into(), "2".into())],
        from: vec![(Some("t".into()), case.from.clone().unwrap_or_else(|| "1".into()))],
        only: Vec::new(),
        skip: Vec::new(),
        enable: Vec::new(),
        safety: if case.safety.as_deref() == Some("review") { Safety::Review } else { Safety::Safe },
        phase: PhaseFilter::All,
        set: case.set.clone().into_iter().collect(),
        values: Vec::new(),
        plan: false,
    };
    let packs = [dir.path().to_owned()];
    let runs = Library::open(&packs).and_then(|library| library.runs(&request));
    let runs = match (runs, &case.refused) {
        (Ok(_), Some(words)) => return Err(format!("not refused; wanted: {words}")),
        (Err(e), Some(words)) => {
            let said = format!("{e} {:?} {}", e.place, e.help.as_deref().unwrap_or_default());
            return if said.contains(words.as_str()) { Ok(()) } else { Err(format!("wanted `{words}`, got: {said}")) };
        }
        (Err(e), None) => return Err(format!("refused: {e} {:?} {:?}", e.place, e.help)),
        (Ok(runs), None) => runs,
    };
    let source = Source::new(case.path.as_deref().unwrap_or("file.yaml"), case.before.as_str());
    let repo = Arc::new(Repo::default());
    let mut all: Vec<Source> = case.beside.iter().map(|(path, text)| Source::new(path, text.as_str())).collect();
    all.push(source.clone());
    all.sort_by(|a, b| a.path.cmp(&b.path));
    let facts = Facts::of_texts(&all, &runs, &repo);
    let report = migrate::file(source, &Order { runs: &runs, repo: &repo, facts: &facts, crds: None, decisions: None })
        .map_err(|waits| format!("{waits:?}"))?;
    let got = report.migrated_text();
    let wanted = case.after.as_ref().unwrap_or(&case.before);
    let mut wrong = String::new();
    if got != *wanted {
        wrong += &format!("--- wanted\n{wanted}--- got\n{got}---\n{:?}\n", report.outcome);
    }
    let mut said: Vec<_> =
        report.findings.iter().map(|f| format!("{} {} {}", format!("{:?}", f.level).to_lowercase(), f.line, f.message)).collect();
    said.extend(report.offered.iter().map(|o| format!("offered {}", o.places)));
    for words in &case.findings {
        match said.iter().position(|s| s.starts_with(words.as_str()) || matches(s, words)) {
            Some(i) => drop(said.remove(i)),
            None => wrong += &format!("missing: {words}\n"),
        }
    }
    said.iter().for_each(|s| wrong += &format!("unexpected: {s}\n"));
    if wrong.is_empty() { Ok(()) } else { Err(wrong) }
}

/// `level line words`: the words anywhere in the message.
fn matches(said: &str, wanted: &str) -> bool {
    let mut parts = wanted.splitn(3, ' ');
    let (level, line, words) =
        (parts.next().unwrap_or_default(), parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
    said.starts_with(&format!("{level} {line} ")) && said.contains(words)
}

fn indent(text: &str) -> String {
    text.lines().map(|line| format!("  {line}\n")).collect()
}
