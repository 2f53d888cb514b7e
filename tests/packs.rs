//! The embedded packs: sound as a whole, each migration with its cases, each verb hit in one of them.
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use yamlift::pack::registry::{Library, PhaseFilter, Request, Run};
use yamlift::pack::{Action, Migration, Safety, Verb};
use yamlift::source::Source;

/// The part of a case that says how to run it.
#[derive(Debug, Default, Deserialize)]
struct Case {
    #[serde(default)]
    from: Option<String>,
    #[serde(default)]
    to: Option<String>,
    #[serde(default)]
    set: BTreeMap<String, serde_json::Value>,
    #[serde(default)]
    enable: Vec<String>,
    #[serde(default)]
    safety: Option<String>,
    #[serde(default)]
    file: Option<String>,
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).to_owned()
}

fn library() -> Library {
    Library::open(&[]).unwrap_or_else(|e| panic!("{e} {:?}", e.place))
}

fn every_migration(library: &Library) -> Vec<Arc<Migration>> {
    let pack = |name: &String| library.pack(name).unwrap_or_else(|e| panic!("{e} {:?} {:?}", e.place, e.help));
    library.names().iter().flat_map(|name| pack(name).migrations.clone()).collect()
}

/// The folders of cases of one migration.
fn cases(id: &str) -> Vec<PathBuf> {
    let mut found: Vec<PathBuf> =
        fs::read_dir(root().join("golden").join(id)).into_iter().flatten().flatten().map(|e| e.path()).collect();
    found.sort();
    found
}

#[test]
fn every_pack_is_sound() {
    assert!(!every_migration(&library()).is_empty());
}

#[test]
fn each_migration_has_a_basic_case_and_one_that_it_leaves_alone() {
    let mut missing = String::new();
    for migration in every_migration(&library()) {
        let id = &migration.id;
        if migration.rules.is_empty() {
            continue;
        }
        let all = cases(id);
        if !all.iter().any(|c| c.ends_with("basic")) {
            missing += &format!("{id}: no case `basic`\n");
        }
        let edits = migration.safety != Safety::Manual;
        let positive = all.iter().any(|c| c.join("after.yaml").is_file() || c.join("after").is_dir());
        let negative = all.iter().any(|c| !c.join("after.yaml").is_file() && !c.join("after").is_dir());
        if edits && !(positive && negative) {
            missing += &format!("{id}: a case that it changes and one that it leaves alone are needed\n");
        }
    }
    assert!(missing.is_empty(), "{missing}");
}

#[test]
fn each_verb_hits_in_some_case() {
    let library = library();
    let mut hit: BTreeSet<(String, usize)> = BTreeSet::new();
    let all = every_migration(&library);
    for migration in &all {
        for dir in cases(&migration.id) {
            let text = fs::read_to_string(dir.join("case.yaml")).unwrap_or_default();
            let case: Case = serde_yaml::from_str(if text.is_empty() { "{}" } else { &text })
                .unwrap_or_else(|e| panic!("{}: {e}", dir.display()));
            let runs = runs(&library, &migration.id, &case);
            for step in steps(&dir, &case, &runs) {
                hit.extend(step.verbs.iter().map(|line| (step.migration.clone(), *line)));
            }
        }
    }
    let mut never = String::new();
    for migration in &all {
        let mut lines = BTreeSet::new();
        migration.rules.iter().for_each(|rule| verb_lines(&rule.verbs, &mut lines));
        for line in lines {
            if !hit.contains(&(migration.id.clone(), line)) {
                never += &format!("{}:{line}\n", migration.file);
            }
        }
    }
    assert!(never.is_empty(), "these verbs hit in no golden case:\n{never}");
}

/// Needles only save work: without them, every file of every case comes out the same.
#[test]
fn needles_leave_nothing_out() {
    let library = library();
    let mut texts = BTreeSet::new();
    let all = every_migration(&library);
    for migration in &all {
        for dir in cases(&migration.id) {
            let mut files = BTreeMap::new();
            tree(&dir.join("before"), "", &mut files);
            files.insert("before.yaml".into(), dir.join("before.yaml"));
            texts.extend(files.into_values().filter_map(|path| fs::read_to_string(path).ok()));
        }
    }
    let optional: Vec<String> = all.iter().filter(|m| !m.enabled).map(|m| m.id.clone()).collect();
    let set = [
        ("second_certificates", "a=b"),
        ("classic_label", "app=reviews"),
        ("kubernetes_version", "1.35"),
        ("trust_bundle_name", "root"),
    ];
    let case = Case {
        enable: optional,
        safety: Some("review".into()),
        set: set.iter().map(|(k, v)| ((*k).to_owned(), (*v).into())).collect(),
        ..Case::default()
    };
    let with = runs(&library, "istio/1.27/x", &case);
    let mut without = runs(&library, "istio/1.27/x", &case);
    without.iter_mut().for_each(|run| run.needles = false);
    let repo = Arc::new(yamlift::index::Repo::default());
    assert!(texts.len() > 100);
    for text in texts {
        let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
        let run = |runs: &[Run]| {
            let report = yamlift::migrate::file(Source::new("values.yaml", text), runs, &repo);
            (report.migrated_text(), report.findings, report.offered)
        };
        assert_eq!(run(&with), run(&without), "{text}");
    }
}

/// The same text with other line ends, or without the last one, comes out the same with other line ends, or without it.
#[test]
fn line_ends_make_no_difference() {
    let library = library();
    let mut failures = String::new();
    let mut count = 0;
    for migration in every_migration(&library) {
        for dir in cases(&migration.id) {
            let Ok(before) = fs::read_to_string(dir.join("before.yaml")) else { continue };
            if before.contains('\r') || !before.ends_with('\n') || before.starts_with('\u{feff}') {
                continue;
            }
            let text = fs::read_to_string(dir.join("case.yaml")).unwrap_or_default();
            let case: Case = serde_yaml::from_str(if text.is_empty() { "{}" } else { &text }).expect("a case");
            let runs = runs(&library, &migration.id, &case);
            let name = case.file.clone().unwrap_or_else(|| "config.yaml".into());
            let repo = Arc::new(yamlift::index::Repo::default());
            let migrate = |text: &str| {
                let report = yamlift::migrate::file(Source::new(name.clone(), text), &runs, &repo);
                (report.migrated_text(), report.findings.iter().map(|f| (f.line, f.message.clone())).collect::<Vec<_>>())
            };
            let plain = migrate(&before);
            let dos = migrate(&before.replace('\n', "\r\n"));
            if (dos.0.replace("\r\n", "\n"), &dos.1) != (plain.0.clone(), &plain.1) || dos.0.replace("\r\n", "").contains('\n') {
                failures += &format!("{}: CRLF\n{:?}\n{:?}\n", dir.display(), plain, dos);
            }
            let open = migrate(before.trim_end_matches('\n'));
            if (open.0.trim_end_matches('\n'), &open.1) != (plain.0.trim_end_matches('\n'), &plain.1) {
                failures += &format!("{}: no final line break\n{:?}\n{:?}\n", dir.display(), plain, open);
            }
            count += 1;
        }
    }
    assert!(count > 100, "{count}");
    assert!(failures.is_empty(), "{failures}");
}

fn verb_lines(verbs: &[Verb], out: &mut BTreeSet<usize>) {
    for verb in verbs {
        out.insert(verb.line);
        if let Action::Within { verbs, .. } = &verb.action {
            verb_lines(verbs, out);
        }
    }
}

fn runs(library: &Library, id: &str, case: &Case) -> Vec<Run> {
    let pack = id.split('/').next().unwrap_or_default();
    let version = id.split('/').nth(1).map_or("1.30", |folder| if folder == "any" { "1.30" } else { folder });
    let text = |v: &serde_json::Value| v.as_str().map_or_else(|| v.to_string(), str::to_owned);
    let request = Request {
        to: vec![(pack.to_owned(), case.to.clone().unwrap_or_else(|| version.to_owned()))],
        from: case.from.iter().map(|from| (None, from.clone())).collect(),
        only: Vec::new(),
        skip: Vec::new(),
        enable: case.enable.clone(),
        safety: if case.safety.as_deref() == Some("review") { Safety::Review } else { Safety::Safe },
        phase: PhaseFilter::All,
        set: case.set.iter().map(|(k, v)| (k.clone(), text(v))).collect(),
        values: Vec::new(),
    };
    library.runs(&request).unwrap_or_else(|e| panic!("{id}: {e}"))
}

/// What the migrations do to the files of a case.
fn steps(dir: &Path, case: &Case, runs: &[Run]) -> Vec<yamlift::report::Step> {
    let single = dir.join("before.yaml");
    let mut files = BTreeMap::new();
    if single.is_file() {
        files.insert(case.file.clone().unwrap_or_else(|| "config.yaml".into()), single);
    } else {
        tree(&dir.join("before"), "", &mut files);
    }
    let paths: Vec<String> = files.keys().cloned().collect();
    let root = if dir.join("before").is_dir() { dir.join("before") } else { dir.to_owned() };
    let (repo, _) = yamlift::index::build(&root, &paths, &runs[0].carriers);
    let repo = Arc::new(repo);
    let mut out = Vec::new();
    for (path, disk) in files {
        // What is no text is the command line's business.
        let Ok(text) = fs::read_to_string(disk) else { continue };
        let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
        out.extend(yamlift::migrate::file(Source::new(path, text), runs, &repo).steps);
    }
    out
}

fn tree(dir: &Path, below: &str, files: &mut BTreeMap<String, PathBuf>) {
    for entry in fs::read_dir(dir).into_iter().flatten().flatten() {
        let name = format!("{below}{}", entry.file_name().to_string_lossy());
        if entry.path().is_dir() {
            tree(&entry.path(), &format!("{name}/"), files);
        } else {
            files.insert(name, entry.path());
        }
    }
}
