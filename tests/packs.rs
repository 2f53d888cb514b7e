//! The embedded packs: sound as a whole, the same whatever a text's line ends are, and without needles; and what they take for
//! the version that runs.
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use yamlift::golden::{self, Case};
use yamlift::index::Repo;
use yamlift::migrate::{self, Order, facts::Facts};
use yamlift::pack::Safety;
use yamlift::pack::registry::{Library, Request, Run};
use yamlift::pack::version::Version;
use yamlift::report::{Decisions, FileReport};
use yamlift::source::Source;

fn library() -> Library {
    Library::open(&[]).unwrap_or_else(|e| panic!("{e} {:?}", e.place))
}

fn cases() -> Vec<Case> {
    golden::find(Path::new(env!("CARGO_MANIFEST_DIR")), &[]).unwrap_or_else(|e| panic!("{e} {:?}", e.place))
}

#[test]
fn every_pack_is_sound() {
    let library = library();
    for name in library.names() {
        let pack = library.pack(&name).unwrap_or_else(|e| panic!("{e} {:?} {:?}", e.place, e.help));
        assert!(!pack.migrations.is_empty(), "{name}");
    }
}

/// Values for parameters that have to have one.
const SET: [(&str, &str); 5] = [
    ("second_certificates", "a=b"),
    ("classic_label", "app=reviews"),
    ("kubernetes_version", "1.35"),
    ("trust_bundle_name", "root"),
    ("tag", "1.30.2"),
];

/// Needles only save work: without them, every file of every case comes out the same, whatever is asked for.
#[test]
fn needles_leave_nothing_out() {
    let library = library();
    let repo = Arc::new(Repo::default());
    let mut count = 0;
    for case in cases() {
        let request = everything(&library, &case);
        let (with, mut without) = (runs(&library, &request), runs(&library, &request));
        without.iter_mut().for_each(|run| run.needles = false);
        for text in case.side("before").expect("a case").unwrap_or_default().into_values().map(String::from_utf8) {
            // What is no text is the command line's business.
            let Ok(text) = text else { continue };
            let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
            let run = |runs: &[Run]| {
                let report = alone(Source::new("values.yaml", text), runs, &repo);
                (report.migrated_text(), report.findings, report.offered)
            };
            assert_eq!(run(&with), run(&without), "{}\n{text}", case.name);
            count += 1;
        }
    }
    assert!(count > 100, "{count}");
}

/// The case with all that its versions have switched on.
fn everything(library: &Library, case: &Case) -> Request {
    let request = case.request(library).unwrap_or_else(|e| panic!("{}: {e}", case.name));
    let pack = library.pack(case.pack()).unwrap_or_else(|e| panic!("{e}"));
    let mut set: Vec<(String, String)> = SET.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    // Those of other versions are not known on this way.
    let version = |text: &String| Version::parse(text).expect("a version");
    let (from, to) = (version(&request.from[0].1), version(&request.to[0].1));
    let on_the_way = pack.migrations.iter().filter(|m| m.version.as_ref().is_none_or(|v| *v > from && *v <= to));
    let known: Vec<&String> = on_the_way.flat_map(|migration| migration.params.keys()).collect();
    set.retain(|(name, _)| !request.set.iter().any(|(given, _)| given == name) && known.contains(&name));
    set.extend(request.set.clone());
    let enable = pack.migrations.iter().filter(|migration| !migration.enabled).map(|migration| migration.id.clone()).collect();
    Request { enable, set, only: Vec::new(), safety: Safety::Review, ..request }
}

/// The same text with other line ends, or without the last one, comes out the same with other line ends, or without it.
#[test]
fn line_ends_make_no_difference() {
    let library = library();
    let repo = Arc::new(Repo::default());
    let mut failures = String::new();
    let mut count = 0;
    for case in cases().into_iter().filter(|case| !case.is_tree()) {
        let before = case.side("before").expect("a case").unwrap_or_default().into_values().next().unwrap_or_default();
        let Ok(before) = String::from_utf8(before) else { continue };
        if before.contains('\r') || !before.ends_with('\n') || before.starts_with('\u{feff}') {
            continue;
        }
        let runs = runs(&library, &case.request(&library).unwrap_or_else(|e| panic!("{}: {e}", case.name)));
        let migrate = |text: &str| {
            let report = alone(Source::new(case.file.clone(), text), &runs, &repo);
            (report.migrated_text(), report.findings.iter().map(|f| (f.line, f.message.clone())).collect::<Vec<_>>())
        };
        let plain = migrate(&before);
        let dos = migrate(&before.replace('\n', "\r\n"));
        if (dos.0.replace("\r\n", "\n"), &dos.1) != (plain.0.clone(), &plain.1) || dos.0.replace("\r\n", "").contains('\n') {
            failures += &format!("{}: CRLF\n{plain:?}\n{dos:?}\n", case.name);
        }
        let open = migrate(before.trim_end_matches('\n'));
        if (open.0.trim_end_matches('\n'), &open.1) != (plain.0.trim_end_matches('\n'), &plain.1) {
            failures += &format!("{}: no final line break\n{plain:?}\n{open:?}\n", case.name);
        }
        count += 1;
    }
    assert!(count > 100, "{count}");
    assert!(failures.is_empty(), "{failures}");
}

/// Who says yes to each edit gets what a run gives that does not ask; who says no gets what was there; and whatever is said, all
/// that has to hold of an edit holds.
#[test]
fn edit_by_edit_comes_to_the_same() {
    let library = library();
    let repo = Arc::new(Repo::default());
    let (mut failures, mut count) = (String::new(), 0);
    // Some will do: a run for each edit takes its time.
    for case in cases().into_iter().filter(|case| !case.is_tree()).step_by(3) {
        let before = case.side("before").expect("a case").unwrap_or_default().into_values().next().unwrap_or_default();
        let Ok(before) = String::from_utf8(before) else { continue };
        let before = before.trim_start_matches('\u{feff}');
        let runs = runs(&library, &case.request(&library).unwrap_or_else(|e| panic!("{}: {e}", case.name)));
        let source = Source::new(case.file.clone(), before);
        let facts = Facts::of_texts(std::slice::from_ref(&source), &runs, &repo);
        let migrate = |decisions: Option<&Decisions>| {
            let order = Order { runs: &runs, repo: &repo, facts: &facts, crds: None, decisions };
            migrate::file(source.clone(), &order).expect("all facts are there")
        };
        let mut asked = |answer: &dyn Fn(usize) -> bool| {
            let mut decisions = Decisions::default();
            let mut nth = 0;
            loop {
                let report = migrate(Some(&decisions));
                let Some(question) = report.questions.first().cloned() else { return report };
                decisions.say(&question, answer(nth));
                nth += 1;
                count += 1;
            }
        };
        let plain = migrate(None);
        if asked(&|_| true).migrated_text() != plain.migrated_text() {
            failures += &format!("{}: yes to each is not yes to all\n", case.name);
        }
        if asked(&|_| false).migrated_text() != before {
            failures += &format!("{}: no to each is an edit\n", case.name);
        }
        let some = asked(&|nth| nth % 2 == 1);
        if some.failed() && !plain.failed() {
            failures += &format!("{}: {:?}\n", case.name, some.outcome);
        }
    }
    assert!(count > 100, "{count}");
    assert!(failures.is_empty(), "{failures}");
}

fn runs(library: &Library, request: &Request) -> Vec<Run> {
    library.runs(request).unwrap_or_else(|e| panic!("{:?}: {e}", request.to))
}

/// A text of `golden/<pack>/detect.yaml`.
#[derive(Debug, serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Telling {
    /// The name that it goes by.
    #[serde(default)]
    file: Option<String>,
    text: String,
    /// Line to version.
    says: BTreeMap<usize, String>,
}

#[test]
fn files_say_which_version_runs() {
    let library = library();
    let repo = Repo::default();
    for name in library.names() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("golden").join(&name).join("detect.yaml");
        let Ok(text) = std::fs::read_to_string(&path) else { continue };
        let to = library.chain(&name).expect("a chain").last().expect("a version").to_string();
        let request = Request {
            to: vec![(name, to)],
            from: Vec::new(),
            only: Vec::new(),
            skip: Vec::new(),
            enable: Vec::new(),
            safety: Safety::Safe,
            phase: yamlift::pack::registry::PhaseFilter::All,
            set: Vec::new(),
            values: Vec::new(),
            plan: false,
        };
        let runs = runs(&library, &request);
        for telling in serde_yaml::from_str::<Vec<Telling>>(&text).expect("a list") {
            let source = Source::new(telling.file.as_deref().unwrap_or("file.yaml"), telling.text.as_str());
            let said = yamlift::migrate::detect::said(&source, &runs, &repo).remove(0);
            let said: BTreeMap<usize, String> = said.into_iter().map(|said| (said.answer.line, said.answer.version)).collect();
            assert_eq!(said, telling.says, "{}\n{}", path.display(), telling.text);
        }
    }
}

/// A text migrated, the repository being that text.
fn alone(source: Source, runs: &[Run], repo: &Arc<Repo>) -> FileReport {
    let facts = Facts::of_texts(std::slice::from_ref(&source), runs, repo);
    migrate::file(source, &Order { runs, repo, facts: &facts, crds: None, decisions: None }).expect("all facts are there")
}
