//! What authors of packs are told: by their golden cases, by scaffolds, by the table of changes.
#[expect(dead_code, reason = "what cases of other tests use")]
mod scratch;
use scratch::{NEW, OLD, Scratch};

/// A pack of one migration, which is off, speaks twice, and puts things beside others.
const PACK: &[(&str, &str)] = &[
    (
        "migrations/mesh/pack.yaml",
        "title: Mesh\nchain: ['1.0', '1.1', '1.2']\nparams: { depth: { type: integer, default: 1, help: D } }\n",
    ),
    (
        "migrations/mesh/1.1/old.yaml",
        "title: old is called new
why: So it is.
target: { kind: Mesh }
select: $.old
do:
- rename: { at: $, to: new }
",
    ),
    (
        "migrations/mesh/1.1/says.yaml",
        "title: Odd things
why: They surprise.
target: { kind: Mesh }
report:
- at: $.odd
  level: warning
  message: This is odd.
- { at: $.bad, level: error, message: This is bad. }
",
    ),
    ("golden/mesh/1.1/old/basic/before.yaml", "kind: Mesh\nold: 1\n"),
    ("golden/mesh/1.1/old/basic/after.yaml", "kind: Mesh\nnew: 1\n"),
    ("golden/mesh/1.1/old/untouched/before.yaml", "kind: Mash\nold: 1\n"),
    ("golden/mesh/1.1/says/basic/before.yaml", "kind: Mesh\nodd: 1\nbad: 1\n"),
    ("golden/mesh/1.1/says/basic/case.yaml", "findings: [[warning, 2, mesh/1.1/says], [error, 3, mesh/1.1/says]]\n"),
    ("golden/mesh/1.1/says/untouched/before.yaml", "kind: Mash\nodd: 1\n"),
];

/// The pack with some other files.
fn told(others: &[(&str, &str)], args: &[&str]) -> (i32, String) {
    let scratch = Scratch::new(&[PACK, others].concat());
    let said = scratch.run_with(&[&["test"], args].concat(), b"");
    (said.code, format!("{}{}", said.text(), said.err))
}

#[test]
fn cases_that_show_everything_are_0() {
    assert_eq!(told(&[], &[]), (0, "4 cases, all as they should be\n".into()));
    // The folder of the packs will do as well.
    assert_eq!(told(&[], &["migrations"]).0, 0);
}

#[test]
fn what_is_not_shown_is_not_done() {
    let done = |gap: &str| (1, format!("{gap}\nnot done yet: 1 thing is missing, see above; 4 cases as they should be\n"));
    let quiet = ("golden/mesh/1.1/says/basic/before.yaml", "kind: Mesh\nodd: 1\n");
    let fewer = ("golden/mesh/1.1/says/basic/case.yaml", "findings: [[warning, 2, mesh/1.1/says]]\n");
    assert_eq!(
        told(&[quiet, fewer], &[]),
        done("./migrations/mesh/1.1/says.yaml:8: no case shows this finding; add one that does")
    );
    let old = PACK[1].1;
    let off = old.replace("target", "enabled: false\ntarget");
    let still = ("golden/mesh/1.1/old/basic/after.yaml", "kind: Mesh\nold: 1\n");
    let (code, said) = told(&[("migrations/mesh/1.1/old.yaml", &off), still], &[]);
    let why = "golden/mesh/1.1/old: it is off (`enabled: false`), so no case runs it; add `enable: [old]` to its case.yaml\n";
    assert!(code == 1 && said.starts_with(why), "{said}");
    let asks = ("golden/mesh/1.1/old/basic/case.yaml", "enable: [old]\n");
    assert_eq!(told(&[("migrations/mesh/1.1/old.yaml", &off), asks], &[]).0, 0);
    let beside = old
        .replace("new }\n", "new }\n- insert: { in: $$, yaml: 'port: 1', after: hots }\n")
        .replace("select: $.old\n", "when: $.old\n");
    let beside = beside.replace("at: $,", "at: $.old,").replace("$$", "$");
    let after = ("golden/mesh/1.1/old/basic/after.yaml", "kind: Mesh\nnew: 1\nport: 1\n");
    let want = done("./migrations/mesh/1.1/old.yaml:7: `hots`, next to which it is put, is in no case; add one that has it");
    assert_eq!(told(&[("migrations/mesh/1.1/old.yaml", &beside), after], &[]), want);
}

#[test]
fn who_only_reports_shows_what_it_says() {
    let says = PACK[2].1;
    let quiet = says.replace("Mesh }", "Mush }");
    let none = ("golden/mesh/1.1/says/basic/case.yaml", "");
    let (_, said) = told(&[("migrations/mesh/1.1/says.yaml", &quiet), none], &["."]);
    assert!(said.contains("golden/mesh/1.1/says: no case shows what it says\n"), "{said}");
}

#[test]
fn what_a_case_sets_for_nothing_is_said() {
    let off = PACK[1].1.replace("target", "enabled: false\nparams: { deep: { type: integer, default: 1, help: D } }\ntarget");
    let sets = (
        "golden/mesh/1.1/says/basic/case.yaml",
        "set: { deep: 2 }\nfindings: [[warning, 2, mesh/1.1/says], [error, 3, mesh/1.1/says]]\n",
    );
    let asks = ("golden/mesh/1.1/old/basic/case.yaml", "enable: [old]\n");
    let (code, said) = told(&[("migrations/mesh/1.1/old.yaml", &off), sets, asks], &[]);
    let why =
        "golden/mesh/1.1/says/basic/case.yaml: `set: { deep: 2 }` had no effect: it is for mesh/1.1/old, which did not run: off";
    assert!(code == 1 && said.contains(why), "{said}");
}

#[test]
fn a_failed_case_is_said_alone() {
    let scratch = Scratch::new(PACK);
    std::fs::remove_file(scratch.root().join("golden/mesh/1.1/old/basic/after.yaml")).unwrap();
    let said = scratch.run_with(&["test"], b"");
    assert!(said.text().ends_with("\n4 cases, 1 failed\n") && !said.text().contains("no case shows"), "{}", said.text());
    // A scaffold is no case yet.
    scratch.put("golden/mesh/1.1/old/untouched/before.yaml", "# TODO: a text that looks like it\n");
    let said = scratch.run_with(&["test", ".", "untouched"], b"");
    let why = "before.yaml still holds only its TODO";
    assert!(said.code == 1 && said.text().contains(why), "{}", said.text());
}

#[test]
fn findings_are_written_by_line_and_read_where_git_is() {
    let texts: String = (0..11).map(|_| "---\nkind: Mesh\nodd: 1\n").collect::<String>() + "---\nkind: Mesh\nbad: 1\n";
    let scratch = Scratch::new(&[PACK, &[("golden/mesh/1.1/says/basic/before.yaml", &texts)]].concat());
    let said = scratch.run_with(&["test", "--bless"], b"");
    assert!(said.text().ends_with("1 file written; review them before you keep them\n"), "{}", said.text());
    let case = String::from_utf8(scratch.get("golden/mesh/1.1/says/basic/case.yaml")).unwrap();
    let want = "findings:\n- [error, 36, mesh/1.1/says]\n- [warning, 3, mesh/1.1/says]\n- [warning, 6, mesh/1.1/says]\n";
    assert!(case.starts_with(want) && case.ends_with("30, mesh/1.1/says]\n- [warning, 33, mesh/1.1/says]\n"), "{case}");
    scratch.put("golden/mesh/1.1/says/basic/case.yaml", "");
    std::fs::create_dir(scratch.root().join(".git")).unwrap();
    let said = scratch.run_with(&["test", "--bless"], b"");
    assert!(said.text().ends_with("review them with git diff (git status lists new ones)\n"), "{}", said.text());
}

#[test]
fn a_folder_without_packs_is_named_as_it_was() {
    let scratch = Scratch::new(&[("a.yaml", OLD)]);
    let said = scratch.run_with(&["test"], b"");
    assert!(said.code == 2 && said.err.starts_with("error: no packs in `.`: it has no folder `migrations`\n"), "{}", said.err);
}

#[test]
fn a_clean_up_has_no_window() {
    let scratch = Scratch::new(PACK);
    assert_eq!(scratch.run_with(&["new", "migration", "mesh", "any", "tidy"], b"").code, 0);
    let text = String::from_utf8(scratch.get("migrations/mesh/any/tidy.yaml")).unwrap();
    assert!(!text.contains("honoured") && !text.contains("A..B") && text.contains("\ntarget: {"), "{text}");
    let said = scratch.run_with(&["new", "pack", "istio", "mine"], b"");
    assert!(said.text().contains("\nIt replaces the built-in istio pack"), "{}", said.text());
    let said = scratch.run_with(&["new", "pack", "own", "mine"], b"");
    assert!(!said.text().contains("replaces"), "{}", said.text());
}

#[test]
fn the_table_is_shown_with_its_open_rows() {
    let rows = "- { id: a, change: It moved., not: Nobody wrote it. }\n- { id: b, change: It went. }\n";
    let scratch = Scratch::new(&[PACK, &[("migrations/mesh/changes.yaml", rows)]].concat());
    let said = scratch.run_with(&["list", "mesh", "--coverage", "--packs", "."], b"");
    assert!(
        said.code == 2 && said.text().ends_with("| a | It moved. | Nobody wrote it. |\n| b | It went. | **open** |\n"),
        "{}",
        said.text()
    );
    assert!(said.err.contains("rows of changes.yaml are not complete: b\n"), "{}", said.err);
}

#[test]
fn a_rule_is_named_by_the_line_that_it_begins_at() {
    let scratch = Scratch::new(&[("a.yaml", OLD)]);
    let packs = scratch.packs();
    let said = scratch.run_with(&["explain", "new-name", "a.yaml", "--packs", packs.to_str().unwrap()], b"");
    assert!(said.text().contains("rule at line 6: it is edited"), "{}", said.text());
    scratch.put("a.yaml", NEW.replace("Thing", "Thong"));
    let said = scratch.run_with(&["explain", "new-name", "a.yaml", "--packs", packs.to_str().unwrap()], b"");
    assert!(said.text().contains("rule at line 6 looks for"), "{}", said.text());
}
