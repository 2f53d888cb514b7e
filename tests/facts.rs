//! Facts of the repository through the binary: which files they are read from, and when.
mod scratch;
use scratch::{NEW, OLD, Scratch, with};
use std::sync::Arc;
use yamlift::index::Repo;
use yamlift::migrate::{self, Order, facts::Facts};
use yamlift::pack::Safety;
use yamlift::pack::registry::{Library, PhaseFilter, Request};
use yamlift::source::Source;

const MIGRATION: &str = "title: oldName is called newName
why: It has to be.
facts:
  users: { target: { kind: User }, select: $.uses }
target: thing
select: $.oldName
let:
  where: << [p.at for p in places.users if p.value == match] >>
do:
- rename: { at: $, to: newName }
  if: match not in facts.users
report:
- if: where
  level: warning
  message: '`<< it >>` is used in << where | few >>.'
";

fn thing(name: &str) -> String {
    with("oldName").replace(": 1\n", &format!(": {name}\n"))
}

fn scratch(files: &[(&str, &str)]) -> Scratch {
    let scratch = Scratch::new(files);
    std::fs::write(scratch.packs().join("migrations/demo/1.1/new-name.yaml"), MIGRATION).expect("written");
    scratch
}

#[test]
fn the_whole_checkout_counts_for_one_file() {
    let files = [
        ("mesh/a.yaml", thing("x")),
        ("apps/u.yaml", "kind: User\nuses: x\n".into()),
        ("left/u.yaml", "kind: User\nuses: x\n".into()),
    ];
    let scratch = scratch(&files.each_ref().map(|(path, text)| (*path, text.as_str())));
    std::fs::create_dir(scratch.root().join(".git")).expect("made");
    let said = scratch.migrate(&["mesh/a.yaml", "--exclude", "left"]);
    assert!(said.err.contains("warning[demo/1.1/new-name]: `x` is used in apps/u.yaml:2."), "{}", said.err);
    assert!(said.err.contains(" --> mesh/a.yaml:4:12") && said.out.is_empty(), "{}", said.err);
    let told = scratch.migrate_in("mesh", &["a.yaml"]);
    assert!(
        told.err.contains("is used in apps/u.yaml:2, left/u.yaml:2.") && told.err.contains("--> a.yaml:4:12"),
        "{}",
        told.err
    );
    let packs = scratch.packs();
    let said = scratch.run_with(&["explain", "new-name", "mesh/a.yaml", "--packs", packs.to_str().expect("UTF-8")], b"");
    assert!(
        said.text().ends_with("    4:12     Thing, spec.oldName (thing), rule at line 5: it is reported\n"),
        "{}",
        said.text()
    );
}

#[test]
fn facts_are_those_before_any_edit() {
    let both = format!("{}---\nkind: User\nuses: y\n", thing("x"));
    let scratch = scratch(&[("a.yaml", &both), ("b.yaml", &thing("y")), ("u.json", "{\"kind\": \"User\", \"uses\": \"z\"}")]);
    let said = scratch.migrate(&["--check"]);
    assert_eq!(said.text(), "a.yaml\n", "{}", said.err);
    assert!(said.err.contains("`y` is used in a.yaml:7."), "{}", said.err);
    let written = scratch.migrate(&["-w"]);
    assert_eq!(written.code, 0, "{}", written.err);
    assert_eq!(String::from_utf8(scratch.get("a.yaml")).expect("UTF-8"), both.replace("oldName", "newName"));
    assert_eq!(scratch.migrate(&["--check"]).text(), "", "a second run");
    assert!(!written.err.contains("unchanged, 1 unread"), "{}", written.err);
}

#[test]
fn files_that_cannot_be_read_are_no_facts() {
    let scratch = scratch(&[("a.yaml", &thing("x")), ("u.yaml", "kind: User\nuses: [x\n"), ("v.yaml", "kind: User\nuses: x\n")]);
    scratch.put("w.yaml", b"kind: User\nuses: \xff\n");
    let said = scratch.migrate(&[]);
    assert!(said.err.contains("`x` is used in v.yaml:2."), "{}", said.err);
}

#[test]
fn standard_input_is_a_repository_of_its_own() {
    let scratch = scratch(&[("u.yaml", "kind: User\nuses: x\n")]);
    let piped = |text: &str| {
        let packs = scratch.packs();
        scratch.run_with(&["migrate", "--to", "demo@1.1", "--packs", packs.to_str().expect("UTF-8"), "-"], text.as_bytes())
    };
    assert!(piped(OLD).text().contains("+  newName: 'x'"));
    assert!(piped(NEW).out.is_empty());
    let said = piped(&format!("{}---\nkind: User\nuses: x\n", thing("x")));
    assert!(said.out.is_empty() && said.err.contains("`x` is used in <stdin>:7."), "{}", said.err);
}

#[test]
fn a_file_waits_for_facts_only_where_a_rule_asks_for_them() {
    let scratch = scratch(&[]);
    let request = Request {
        to: vec![("demo".into(), "1.1".into())],
        from: Vec::new(),
        only: Vec::new(),
        skip: Vec::new(),
        enable: Vec::new(),
        safety: Safety::Safe,
        plan: false,
        phase: PhaseFilter::All,
        set: Vec::new(),
        values: Vec::new(),
    };
    let runs = Library::open(&[scratch.packs()]).and_then(|library| library.runs(&request)).expect("a pack");
    let migrate = |text: &str| {
        let (repo, facts) = (Arc::new(Repo::default()), Facts::default());
        let order = Order { runs: &runs, repo: &repo, facts: &facts, crds: None, decisions: None };
        let waits = migrate::file(Source::new("a.yaml", text), &order).err();
        waits.map(|waits| waits.0.into_iter().collect::<Vec<_>>())
    };
    assert_eq!(migrate(&thing("x")), Some(vec!["demo/1.1/new-name".to_owned()]));
    // The needles are there, and nothing to match.
    assert_eq!(migrate(&NEW.replace("# why", "# oldName")), None);
    assert_eq!(migrate(&with("odd")), None);
}
