//! What a run says and how it ends: one test per row of the exit-code table, and bad input of every kind.
mod scratch;
use scratch::{NEW, OLD, Scratch, with};

#[test]
fn nothing_to_do_is_0_and_one_calm_line() {
    let scratch = Scratch::new(&[("a.yaml", "a: 1\n"), ("b.yaml", &format!("# no oldName\n{NEW}"))]);
    let said = scratch.migrate(&[]);
    assert_eq!((said.code, said.text()), (0, ""), "{}", said.err);
    assert_eq!(said.err, "demo 1.1: nothing to migrate in 2 files (1 read)\n");
}

#[test]
fn pending_edits_are_1_and_a_diff() {
    let scratch = Scratch::new(&[("a.yaml", OLD), ("b.yaml", "b: 1\n")]);
    let said = scratch.migrate(&["."]);
    assert_eq!(said.code, 1, "{}", said.err);
    let want = "--- a/a.yaml\n+++ b/a.yaml\n@@ -2,4 +2,4 @@\n kind: Thing\n spec:\n   # why\n-  oldName: 'x'  # kept\n+  newName: 'x'  # kept\n";
    assert_eq!(said.text(), want);
    assert!(said.err.starts_with("demo 1.0 → 1.1: assuming 1.0, as nothing says what runs now; if it is older, add --from VERSION\n1 file to change, 1 unchanged, 0 unread · "), "{}", said.err);
    assert!(said.err.contains("Write it: yamlift migrate --to demo@1.1") && said.err.trim_end().ends_with("-w"), "{}", said.err);
    assert_eq!(scratch.get("a.yaml"), OLD.as_bytes());
}

#[test]
fn check_names_the_files() {
    let scratch = Scratch::new(&[("x/a.yaml", OLD), ("b.yaml", OLD), ("c.yaml", NEW)]);
    let said = scratch.migrate(&["--check"]);
    assert_eq!((said.code, said.text()), (1, "b.yaml\nx/a.yaml\n"), "{}", said.err);
}

#[test]
fn a_write_that_leaves_nothing_is_0() {
    let scratch = Scratch::new(&[("a.yaml", OLD)]);
    let said = scratch.migrate(&["-w"]);
    assert_eq!((said.code, said.text()), (0, ""), "{}", said.err);
    assert!(said.err.contains("\n1 file written, 0 unchanged"), "{}", said.err);
    assert_eq!(scratch.get("a.yaml"), NEW.as_bytes());
}

#[test]
fn findings_count_from_fail_on_upwards() {
    let scratch = Scratch::new(&[("a.yaml", &with("odd"))]);
    assert_eq!(scratch.migrate(&[]).code, 0);
    assert_eq!(scratch.migrate(&["--fail-on", "warning"]).code, 1);
    assert_eq!(scratch.migrate(&["--fail-on", "note"]).code, 1);
    assert_eq!(scratch.migrate(&["--fail-on", "warning", "--exit-zero"]).code, 0);
    scratch.put("a.yaml", with("bad"));
    let said = scratch.migrate(&[]);
    assert_eq!(said.code, 1);
    let want = "error[demo/1.1/bad]: This stops.\n --> a.yaml:4:8\n  |\n4 |   bad: 1\n";
    assert!(said.err.starts_with(want), "{}", said.err);
    assert_eq!(scratch.migrate(&["-w"]).code, 1);
    assert_eq!(scratch.migrate(&["--fail-on", "never"]).code, 0);
}

#[test]
fn places_are_told_from_where_one_stands() {
    let scratch = Scratch::new(&[("other/b.yaml", &with("bad")), ("sub/x.yaml", "")]);
    let said = scratch.migrate_in("sub", &["../other"]);
    assert!(said.err.contains("--> ../other/b.yaml:4:8"), "{}", said.err);
    assert!(scratch.migrate_in("sub", &["../other", "--format", "json"]).text().contains("\"path\": \"../other/b.yaml\""));
}

#[test]
fn what_is_not_asked_for_is_a_note() {
    let scratch = Scratch::new(&[("a.yaml", &with("quiet")), ("b.yaml", &with("quiet"))]);
    let said = scratch.migrate(&[]);
    assert_eq!((said.code, said.text()), (0, ""), "{}", said.err);
    assert_eq!(said.err.matches("note[demo/1.1/louder]").count(), 1, "{}", said.err);
    assert!(said.err.contains("= help: add --safety review to see the diff"), "{}", said.err);
    assert_eq!(scratch.migrate(&["--fail-on", "note"]).code, 1);
    assert_eq!(scratch.migrate(&["--safety", "review"]).text().matches("+  loud: 1").count(), 2);
}

#[test]
fn a_file_that_cannot_be_read_is_2_and_the_rest_is_done() {
    let scratch = Scratch::new(&[("a.yaml", OLD)]);
    scratch.put("utf16.yaml", b"\xff\xfek\0:\0");
    scratch.put("latin.yaml", b"kind: Thing\napiVersion: demo.dev/v1\nspec: { oldName: \xe9 }\n");
    scratch.put("twice.yaml", format!("{OLD}  oldName: y\n"));
    scratch.put("harmless.yaml", b"\xe9");
    let said = scratch.migrate(&["-w"]);
    assert_eq!(said.code, 2, "{}", said.err);
    assert_eq!(scratch.get("a.yaml"), NEW.as_bytes());
    assert!(said.err.contains("error: could not read latin.yaml: not UTF-8 at byte 53 (line 3)\n"), "{}", said.err);
    assert!(said.err.contains("error: could not read utf16.yaml: UTF-16, not UTF-8\n"), "{}", said.err);
    assert!(said.err.contains("error: could not read twice.yaml:6:"), "{}", said.err);
    assert!(said.err.contains("1 file written, 1 unchanged, 3 unread"), "{}", said.err);
    assert!(said.err.trim_end().ends_with("exit 2"), "{}", said.err);
    assert_eq!(scratch.migrate(&["--exit-zero"]).code, 2);
}

#[test]
fn wrong_usage_is_2() {
    let scratch = Scratch::new(&[("a.yaml", OLD)]);
    let no = |args: &[&str], why: &str| {
        let said = scratch.run_with(args, b"");
        assert_eq!(said.code, 2, "{args:?}: {}", said.err);
        assert!(said.err.contains(why) && said.out.is_empty(), "{args:?}: {}", said.err);
    };
    let packs = scratch.packs();
    let packs = packs.to_str().unwrap();
    no(&["migrate", "--nope"], "--nope");
    no(&["migrat"], "migrate");
    no(&["migrate", "--packs", packs], "no target version given");
    no(&["migrate", "--packs", packs, "--to", "1.1"], "PACK@VERSION");
    no(&["migrate", "--packs", packs, "--to", "dmo@1.1"], "demo");
    no(&["migrate", "--packs", packs, "--to", "demo@1.11"], "1.1");
    no(&["migrate", "--packs", packs, "--to", "demo@1.1", "--only", "nwe-name"], "new-name");
    no(&["migrate", "--packs", packs, "--to", "demo@1.2", "--set", "prot=1"], "port");
    no(&["migrate", "--packs", packs, "--to", "demo@1.2", "--set", "port=x"], "port");
    no(&["migrate", "--packs", packs, "--to", "demo@1.1", "--set", "port"], "NAME=VALUE");
    no(&["migrate", "--packs", "none", "--to", "demo@1.1"], "none");
    no(&["migrate", "--packs", packs, "--to", "demo@1.1", "gone.yaml"], "there is no gone.yaml");
    no(&["migrate", "--packs", packs, "--to", "demo@1.1", "--exclude", "a{"], "--exclude a{");
    no(&["migrate", "--packs", packs, "--to", "demo@1.1", "-", "a.yaml"], "standard input");
    no(&["migrate", "-w", "--check"], "--check");
    no(&["explain", "--packs", packs, "new-nam"], "did you mean `new-name`?");
    no(&["list", "--packs", packs, "dmo"], "demo");
}

#[test]
fn versions_that_cannot_be_meant_are_2() {
    let scratch = Scratch::new(&[("a.yaml", OLD)]);
    let no = |args: &[&str], why: &str| {
        let said = scratch.migrate(args);
        assert_eq!(said.code, 2, "{args:?}: {}", said.err);
        assert!(said.err.contains(why) && said.out.is_empty(), "{args:?}: {}", said.err);
    };
    no(&["--from", "foo@1.0"], "error: `--from foo@1.0`: there is no pack `foo`\n  packs: demo, istio\n");
    no(&["--from", "istio@1.26"], "error: --from istio@1.26: there is no --to for that pack\n  add --to istio@VERSION");
    no(&["--from", "demo@1.3"], "error: the demo pack has no version 1.3: its newest is 1.2\n");
    no(&["--from", "0.9"], "its oldest is 1.0\n");
    no(&["--from", "1.0", "--from", "1.1"], "`--from` is given twice for all packs: 1.0 and 1.1\n");
    no(&["--to", "demo@1.2"], "error: `--to` is given twice for demo: 1.1 and 1.2\n");
    // Of one pack, and of the others.
    let said = scratch.migrate(&["--from", "1.9", "--from", "demo@1.0", "--check"]);
    assert_eq!((said.code, said.text()), (1, "a.yaml\n"), "{}", said.err);
    // Settings may know packs that this run does not take.
    scratch.put(".yamlift.yaml", "from: [istio@1.26, demo@1.0]\n");
    assert!(!scratch.migrate(&[]).err.contains("nothing says what runs now"));
}

#[test]
fn threads_have_a_limit() {
    let scratch = Scratch::new(&[("a.yaml", OLD)]);
    for count in ["0", "257", "20000"] {
        let said = scratch.migrate(&["-j", count]);
        assert!(said.code == 2 && said.err.contains("1..=256"), "{}", said.err);
    }
    assert_eq!(scratch.migrate(&["-j", "2"]).code, 1);
}

#[test]
fn a_name_for_standard_input_needs_it() {
    let scratch = Scratch::new(&[("a.yaml", OLD)]);
    let said = scratch.migrate(&["--stdin-filename", "x.yaml", "."]);
    assert_eq!(said.code, 2, "{}", said.err);
    assert!(said.err.starts_with("error: --stdin-filename x.yaml: standard input is not read\n  add `-`"), "{}", said.err);
}

#[test]
fn an_unknown_migration_is_told_where_to_look() {
    let scratch = Scratch::new(&[("a.yaml", OLD)]);
    let said = scratch.migrate(&["--only", "zzz"]);
    assert!(said.code == 2 && said.err.contains("\n  `yamlift list demo` lists them\n"), "{}", said.err);
    let packs = scratch.packs();
    let said = scratch.run_with(&["explain", "--packs", packs.to_str().unwrap(), "tracer"], b"");
    assert_eq!(said.code, 2);
    assert!(said.err.contains("did you mean one of `") && said.err.contains("`helm-tracer-values`"), "{}", said.err);
    let said = scratch.migrate(&["--only", "demo/1.1/name"]);
    assert!(said.err.contains("\n  did you mean `new-name`?\n"), "{}", said.err);
}

#[test]
fn the_next_command_is_whole() {
    let scratch = Scratch::new(&[("a.yaml", OLD), ("b.yaml", &with("quiet"))]);
    let said = scratch.migrate(&["--", "a.yaml", "b.yaml"]);
    assert!(said.err.contains("\nWrite it: yamlift migrate --to demo@1.1 --packs "), "{}", said.err);
    assert!(said.err.contains(" -w -- a.yaml b.yaml\n"), "{}", said.err);
    assert!(said.err.contains("\nSee what was offered: yamlift migrate --to demo@1.1 "), "{}", said.err);
    assert!(said.err.ends_with(" --safety review -- a.yaml b.yaml\n"), "{}", said.err);
    let said = scratch.migrate(&["b.yaml", "-w"]);
    assert!(said.err.ends_with(" b.yaml --safety review\n"), "{}", said.err);
    let said = scratch.migrate(&["b.yaml", "--safety", "review"]);
    assert!(said.err.contains("\nWrite it: ") && !said.err.contains("offered"), "{}", said.err);
}

#[test]
fn a_folder_without_yaml_is_2() {
    let scratch = Scratch::new(&[("a.txt", "x")]);
    let said = scratch.migrate(&[]);
    assert_eq!(said.code, 2);
    assert!(said.err.starts_with("error: there is no YAML file here\n  "), "{}", said.err);
}

#[test]
fn a_broken_pack_is_2_with_its_place() {
    let scratch = Scratch::new(&[("a.yaml", OLD)]);
    let file = scratch.packs().join("migrations/demo/1.1/new-name.yaml");
    let text = std::fs::read_to_string(&file).unwrap().replace("rename:", "renam:");
    std::fs::write(&file, text).unwrap();
    let said = scratch.migrate(&[]);
    assert_eq!(said.code, 2, "{}", said.err);
    assert!(said.err.contains("new-name.yaml:9:") && said.err.contains("rename"), "{}", said.err);
}

#[test]
fn the_report_as_json() {
    let scratch = Scratch::new(&[("a.yaml", OLD), ("b.yaml", &with("odd")), ("c.yaml", "c: 1\n"), ("d.yaml", &with("quiet"))]);
    let said = scratch.migrate(&["--format", "json"]);
    let json: serde_json::Value = serde_json::from_slice(&said.out).unwrap();
    assert_eq!(json["version"], 1);
    assert_eq!(json["runs"][0]["to"], "1.1");
    assert_eq!(json["summary"]["files"], 4);
    let files = json["files"].as_array().unwrap();
    assert_eq!(files.len(), 3);
    assert_eq!((&files[0]["path"], &files[0]["outcome"]), (&"a.yaml".into(), &"migrated".into()));
    assert_eq!(files[0]["steps"][0]["migration"], "demo/1.1/new-name");
    let splice = &files[0]["steps"][0]["splices"][0];
    let at = |name: &str| usize::try_from(splice["at"][name].as_u64().unwrap()).unwrap();
    let new = format!("{}{}{}", &OLD[..at("start")], splice["with"].as_str().unwrap(), &OLD[at("end")..]);
    assert_eq!(new, NEW);
    let finding = &files[1]["findings"][0];
    assert_eq!((&finding["level"], &finding["id"]), (&"warning".into(), &"demo/1.1/odd".into()));
    assert_eq!((&finding["line"], &finding["column"], &finding["path"]), (&4.into(), &8.into(), &"b.yaml".into()));
    assert_eq!(json["offered"][0]["files"], 1);
    assert_eq!(scratch.migrate(&["--format", "json"]).out, said.out);
}

/// A document that says which version runs.
fn runs(version: &str) -> String {
    format!("apiVersion: demo.dev/v1\nkind: Mesh\nspec: {{version: {version}}}\n")
}

#[test]
fn what_runs_is_read_off_the_files() {
    let scratch = Scratch::new(&[("a/x.yaml", OLD), ("mesh/mesh.yaml", &runs("v1.0.3")), ("mesh/again.yaml", &runs("~1.0.2"))]);
    let packs = scratch.packs();
    let migrate = |args: &[&str]| {
        let args = [&["migrate", "--packs", packs.to_str().unwrap(), "--to", "demo@1.2"], args].concat();
        scratch.run_with(&args, b"")
    };
    let said = migrate(&["--check"]);
    assert_eq!((said.code, said.text()), (1, "a/x.yaml\n"), "{}", said.err);
    let line = "demo 1.0 (found in 2 places, first mesh/again.yaml:3) → 1.2\n";
    assert!(said.err.starts_with(line), "{}", said.err);
    assert_eq!(migrate(&["--check", "--from", "1.1"]).text(), "", "who says it knows it");
    // What an edge has that comes in is known to `--only`, `--set` and the like.
    assert_eq!(migrate(&["--check", "--only", "new-name", "--set", "port=1"]).text(), "a/x.yaml\n");
    assert!(migrate(&["--set", "prot=1"]).err.contains("did you mean `port`?"));
    assert_eq!(
        scratch.run_with(&["migrate", "--packs", packs.to_str().unwrap(), "--to", "demo@1.2", "--check", "a"], b"").code,
        0
    );

    // A second run finds what the first one found.
    assert_eq!(migrate(&["-w"]).code, 0);
    let said = migrate(&[]);
    assert_eq!((said.code, said.err.as_str()), (0, format!("{line}demo 1.2: nothing to migrate in 3 files (0 read)\n").as_str()));
}

#[test]
fn each_folder_says_what_runs_there() {
    let one = &with("port");
    let files = [("x/mesh.yaml", &runs("1.0.1")), ("y/mesh.yaml", &runs("1.1")), ("z/mesh.yaml", &runs("1.2.4"))];
    let files: Vec<(&str, &str)> = files.iter().map(|(path, text)| (*path, text.as_str())).collect();
    let more = [("x/a.yaml", OLD), ("y/a.yaml", OLD), ("y/deep/p.yaml", one.as_str()), ("z/p.yaml", one), ("w/p.yaml", one)];
    let scratch = Scratch::new(&[files.as_slice(), &more].concat());
    let packs = scratch.packs();
    let args = ["migrate", "--packs", packs.to_str().unwrap(), "--to", "demo@1.2"];
    let said = scratch.run_with(&[&args[..], &["--check"]].concat(), b"");
    assert_eq!(said.text(), "w/p.yaml\nx/a.yaml\ny/deep/p.yaml\n", "{}", said.err);
    let wanted = "demo 1.0 in x (found in x/mesh.yaml:3) → 1.2\n\
        demo 1.0 → 1.2 elsewhere: the lowest version that folders say, as none of them is near; to set it, add --from VERSION\n\
        demo 1.1 in y (found in y/mesh.yaml:3) → 1.2\n\
        demo 1.2 in z (found in z/mesh.yaml:3) is already the target: nothing to do; if the files are of an older version, add --from VERSION\n\
        3 files to change";
    assert!(said.err.starts_with(wanted), "{}", said.err);
    let said = scratch.run_with(&[&args[..], &["--format", "json"]].concat(), b"");
    let json: serde_json::Value = serde_json::from_slice(&said.out).unwrap();
    let starts: Vec<String> =
        json["runs"].as_array().unwrap().iter().map(|run| format!("{} {} {}", run["from"], run["how"], run["folders"])).collect();
    assert_eq!(
        starts,
        [
            "\"1.0\" \"detected\" [\"x\"]",
            "\"1.0\" \"assumed\" []",
            "\"1.1\" \"detected\" [\"y\"]",
            "\"1.2\" \"detected\" [\"z\"]",
        ]
    );
    let answer = serde_json::json!({ "path": "x/mesh.yaml", "line": 3, "column": 17, "value": "1.0.1", "version": "1.0.1" });
    assert_eq!(json["runs"][0]["detected"][0], answer);
    // A text by itself says what it says.
    let text = format!("{}---\n{OLD}", runs("1.0"));
    let said = scratch.run_with(&[&args[..], &["-w", "-"]].concat(), text.as_bytes());
    assert!(said.text().contains("newName") && said.err.contains("demo 1.0 (found in <stdin>:3)"), "{}", said.err);
}

#[test]
fn settings_file_and_flags() {
    let scratch = Scratch::new(&[("a.yaml", OLD), ("gen/b.yaml", OLD), ("q.yaml", &with("quiet"))]);
    let packs = scratch.packs();
    scratch.put(".yamlift.yaml", format!("packs: {}\nto: demo@1.1\nexclude: gen\nsafety: review\n", packs.display()));
    assert_eq!(scratch.run_with(&["migrate", "--check"], b"").text(), "a.yaml\nq.yaml\n");
    assert_eq!(scratch.run_with(&["migrate", "--check", "--safety", "safe"], b"").text(), "a.yaml\n");
    scratch.put(".yamlift.yaml", "to: demo@1.1\nexlude: gen\n");
    let said = scratch.run_with(&["migrate"], b"");
    assert_eq!(said.code, 2);
    assert_eq!(said.err, "error: unknown key `exlude`\n  --> .yamlift.yaml:2:1\n  did you mean `exclude`?\n");
}

#[test]
fn which_migrations() {
    let scratch = Scratch::new(&[("a.yaml", OLD), ("p.yaml", &with("port"))]);
    let packs = scratch.packs();
    let packs = packs.to_str().unwrap();
    let check = |args: &[&str]| {
        let said = scratch.run_with(&[&["migrate", "--packs", packs, "--check"], args].concat(), b"");
        String::from_utf8(said.out).unwrap()
    };
    assert_eq!(check(&["--to", "demo@1.2", "--from", "1.0"]), "a.yaml\np.yaml\n");
    assert_eq!(check(&["--to", "demo@1.2"]), "p.yaml\n");
    assert_eq!(check(&["--to", "demo@1.2", "--from", "1.0", "--only", "new-name"]), "a.yaml\n");
    assert_eq!(check(&["--to", "demo@1.2", "--from", "demo@1.0", "--skip", "demo/1.1/new-name"]), "p.yaml\n");
    assert_eq!(check(&["--to", "demo@1.2", "--set", "port=1"]), "");
    scratch.put("values.txt", "port: 1\n");
    assert_eq!(check(&["--to", "demo@1.2", "--values", "values.txt"]), "");
}

#[test]
fn list_and_explain_and_the_overview() {
    let scratch = Scratch::new(&[]);
    let packs_dir = scratch.packs();
    let packs = packs_dir.to_str().unwrap();
    let list = scratch.run_with(&["list", "--packs", packs], b"");
    assert!(list.code == 0 && list.text().contains("1.0 … 1.2   6 migrations   Demo\n"), "{}{}", list.text(), list.err);
    let list = scratch.run_with(&["list", "demo", "--packs", packs], b"");
    assert!(list.code == 0 && list.text().contains("safe    new-name  oldName is called newName"), "{}{}", list.text(), list.err);
    let explain = scratch.run_with(&["explain", "new-name", "--packs", packs], b"");
    let text = explain.text();
    assert!(text.contains("1.1 reads newName alone.") && text.contains("https://demo.dev/new-name"), "{text}{}", explain.err);
    assert!(!text.contains("For example"), "{text}");
    let case = |side: &str| packs_dir.join(format!("golden/demo/1.1/new-name/basic/{side}.yaml"));
    std::fs::create_dir_all(case("x").parent().unwrap()).unwrap();
    std::fs::write(case("before"), OLD).unwrap();
    std::fs::write(case("after"), NEW).unwrap();
    let explain = scratch.run_with(&["explain", "demo/1.1/new-name", "-v", "--packs", packs], b"");
    let text = explain.text();
    assert!(text.contains("+  newName: 'x'  # kept\n") && text.contains("\nselect: $.oldName\n"), "{text}");
    let overview = scratch.run_with(&[], b"");
    assert!(overview.code == 0 && overview.text().contains("Usage: yamlift <COMMAND>"));
    assert_eq!((scratch.run_with(&["--version"], b"").code, scratch.run_with(&["migrate", "--help"], b"").code), (0, 0));
}

#[test]
fn quiet_says_errors_alone() {
    let scratch = Scratch::new(&[("a.yaml", &with("odd")), ("b.yaml", &with("quiet"))]);
    assert_eq!(scratch.migrate(&["-q"]).err, "");
    scratch.put("c.yaml", b"\xff\xfea\0");
    assert_eq!(scratch.migrate(&["-q"]).err.lines().next(), Some("error: could not read c.yaml: UTF-16, not UTF-8"));
}

#[test]
fn a_migration_that_was_named_and_did_not_run_is_said() {
    let scratch = Scratch::new(&[("a.yaml", OLD)]);
    let said = scratch.migrate(&["--only", "optional"]);
    assert_eq!(said.code, 0, "{}", said.err);
    assert!(said.err.contains("demo/1.1/optional did not run: off by default: add --enable optional\n"), "{}", said.err);
}

#[test]
fn a_parameter_that_was_set_for_nothing_is_said() {
    let scratch = Scratch::new(&[("a.yaml", &with("port"))]);
    let params = "params:\n  depth: { type: integer, default: 1, help: How deep }\n";
    let optional = scratch.packs().join("migrations/demo/1.1/optional.yaml");
    std::fs::write(&optional, format!("{}{params}", std::fs::read_to_string(&optional).unwrap())).unwrap();
    let said = scratch.migrate(&["--set", "depth=2"]);
    let want =
        "--set depth=2 had no effect: it is for demo/1.1/optional, which did not run: off by default: add --enable optional\n";
    assert!(said.code == 0 && said.err.contains(want), "{}", said.err);
    for args in [["--set", "depth=2", "--enable", "optional"], ["--set", "port=2", "--skip", "bad"]] {
        assert!(!scratch.migrate(&args).err.contains("had no effect"), "{args:?}");
    }
    let said = scratch.migrate(&["--set", "foo=bar"]);
    let want = "error: no active migration has a parameter `foo`\n  port <integer>  The port\n  \
                depth <integer>  only for optional (off by default: add --enable optional)\n";
    assert!(said.code == 2 && said.err == want, "{}", said.err);
    // Settings are for every run of a repository, whichever migrations are in it.
    scratch.put(".yamlift.yaml", "params: { depth: 2 }\n");
    let packs = scratch.packs();
    let said = scratch.run_with(&["migrate", "--to", "demo@1.2", "--check", "--packs", packs.to_str().unwrap()], b"");
    assert_eq!((said.code, said.text()), (1, "a.yaml\n"), "{}", said.err);
    scratch.put(".yamlift.yaml", "params: { deepth: 2 }\n");
    assert!(scratch.migrate(&[]).err.contains("did you mean `depth`?"));
}

#[cfg(unix)]
#[test]
fn what_is_no_regular_file_is_not_waited_for() {
    let scratch = Scratch::new(&[("a.yaml", OLD)]);
    let made = std::process::Command::new("mkfifo").arg(scratch.root().join("pipe.yaml")).status().unwrap();
    assert!(made.success());
    let said = scratch.migrate(&["a.yaml", "pipe.yaml", "--check"]);
    assert_eq!((said.code, said.text()), (2, "a.yaml\n"), "{}", said.err);
    let why = "could not read pipe.yaml: it is a pipe, a device or a socket, not a regular file; `-` reads standard input\n";
    assert!(said.err.contains(why) && said.err.contains(" 1 unread · 1 error"), "{}", said.err);
    assert_eq!(scratch.migrate(&["/dev/null"]).code, 2);
    let said = scratch.migrate(&["/dev/stdin"]);
    assert!(said.code == 2 && said.err.contains("could not read /dev/stdin: it is a pipe"), "{}", said.err);
}

#[test]
fn what_was_not_read_is_an_error_in_every_count() {
    let scratch = Scratch::new(&[("a.yaml", OLD)]);
    scratch.put("utf16.yaml", b"\xff\xfek\0:\0");
    let said = scratch.migrate(&["--format", "json"]);
    let json: serde_json::Value = serde_json::from_slice(&said.out).unwrap();
    assert_eq!((&json["summary"]["errors"], &json["summary"]["failed"]), (&1.into(), &1.into()));
    assert!(said.err.contains(" 1 unread · 1 error · "), "{}", said.err);
}

#[cfg(unix)]
#[test]
fn links_that_are_not_followed_are_said() {
    use std::os::unix::fs::symlink;
    let scratch = Scratch::new(&[("a.yaml", "a: 1\n")]);
    symlink(scratch.packs(), scratch.root().join("charts")).unwrap();
    let said = scratch.migrate(&["--format", "json"]);
    let want = "1 link was not followed (charts): to include it, name what it leads to\ndemo 1.1: nothing to migrate";
    assert!(said.code == 0 && said.err.starts_with(want), "{}", said.err);
    let json: serde_json::Value = serde_json::from_slice(&said.out).unwrap();
    assert_eq!(json["not_followed"], serde_json::json!(["charts"]));
    scratch.put("sub/b.yaml", "b: 1\n");
    assert!(scratch.migrate_in("sub", &[".."]).err.starts_with("1 link was not followed (../charts)"));
    symlink("gone.yaml", scratch.root().join("dangling.yaml")).unwrap();
    let said = scratch.migrate(&["dangling.yaml"]);
    assert_eq!((said.code, said.err.as_str()), (2, "error: dangling.yaml is a link to gone.yaml, which does not exist\n"));
}

#[test]
fn a_file_that_asks_to_be_left_alone_is() {
    let scratch = Scratch::new(&[("a.yaml", "# yamlift: ignore-file not ours\nkind: Thing\noldName: [\n")]);
    scratch.put("b.yaml", b"# yamlift: ignore-file not ours\noldName: \xe9\n");
    let said = scratch.migrate(&[]);
    assert_eq!((said.code, said.err.as_str()), (0, "demo 1.1: nothing to migrate in 2 files (1 read)\n"));
    scratch.put("a.yaml", "# yamlift: ignore-file not ours\na: 1\n");
    let said = scratch.migrate(&[]);
    assert!(said.err.contains(": `ignore-file` suppresses nothing: in this run there is no"), "{}", said.err);
}

#[test]
fn what_a_program_wrote_is_not_edited_unless_asked_for() {
    let object = "apiVersion: demo.dev/v1\nkind: Thing\nspec: {oldName: 1}\n";
    let scratch = Scratch::new(&[("a.yaml", &format!("# Made by x. DO NOT EDIT.\n{object}"))]);
    let said = scratch.migrate(&[]);
    assert_eq!((said.code, said.text()), (0, ""), "{}", said.err);
    let why = "Left as it is: it says that it is generated (`# Made by x. DO NOT EDIT.`). Edits not made: 1 (";
    assert!(said.err.contains(why) && said.err.contains("--include-generated"), "{}", said.err);
    assert!(scratch.migrate(&["--include-generated"]).text().contains("+spec: {newName: 1}"));
    // What is piped is meant.
    let packs = scratch.packs();
    let base = ["migrate", "-", "--to", "demo@1.1", "--packs", packs.to_str().unwrap()];
    let piped = scratch.run_with(&base, format!("# DO NOT EDIT\n{object}").as_bytes());
    assert!(piped.text().contains("newName"), "{}", piped.err);
}

#[test]
fn slips_in_a_pack_of_ones_own_are_said_at_once() {
    let scratch = Scratch::new(&[("a.yaml", "a: 1\n")]);
    let file = scratch.packs().join("migrations/demo/1.1/new-name.yaml");
    let sound = std::fs::read_to_string(&file).unwrap();
    let no = |text: &str, why: &str| {
        std::fs::write(&file, text).unwrap();
        let said = scratch.migrate(&[]);
        assert!(said.code == 2 && said.err.contains(why), "{}", said.err);
    };
    let window = |old: &str| sound.replace("target:", &format!("honoured: {{ old: '{old}', new: '1.0..' }}\ntarget:"));
    no(&window("..1.1.5"), "error: `..1.1.5`: the chain has no version 1.1.5\n  --> ");
    no(&window("..1.1.5"), "\n  versions: 1.0 1.1 1.2\n");
    no(&window("..11"), "\n  did you mean 1.1?\n");
    let stanza = sound.replace("- rename: { at: $, to: newName }", "- replace: { at: $, yaml: 'a: [' }");
    no(&stanza, "error: the new text is not YAML: ");
    no(&stanza, "new-name.yaml:9:31\n");
    std::fs::write(&file, sound).unwrap();
    let short = file.with_extension("yml");
    std::fs::rename(&file, &short).unwrap();
    let said = scratch.migrate(&[]);
    assert!(
        said.code == 2 && said.err.starts_with("error: the files of a pack have to end in .yaml, others are not read\n  --> "),
        "{}",
        said.err
    );
    assert!(said.err.contains("  rename it to ") && said.err.ends_with("new-name.yaml\n"), "{}", said.err);
}

#[test]
fn a_pack_that_stands_in_for_a_built_in_one_is_said() {
    let scratch = Scratch::new(&[("a.yaml", OLD)]);
    let migrations = scratch.packs().join("migrations");
    std::fs::rename(migrations.join("demo"), migrations.join("istio")).unwrap();
    let packs = scratch.packs();
    let packs = packs.to_str().unwrap();
    let line = format!("Using the istio pack of {packs} instead of the built-in one.\n");
    let said = scratch.run_with(&["migrate", "--to", "istio@1.1", "--packs", packs], b"");
    assert!(said.code == 1 && said.err.starts_with(&line), "{}", said.err);
    assert_eq!(scratch.run_with(&["migrate", "--to", "istio@1.1", "--packs", packs, "-q"], b"").err, "");
    std::fs::remove_dir_all(migrations.join("istio/1.1")).unwrap();
    let said = scratch.run_with(&["list", "--packs", packs], b"");
    assert!(said.err == line && said.text().contains("1.0 … 1.2   1 migration   Demo\n"), "{}{}", said.text(), said.err);
}

#[test]
fn all_files_of_a_pack_that_are_wrong_are_named() {
    let scratch = Scratch::new(&[("a.yaml", "a: 1\n")]);
    let folder = scratch.packs().join("migrations/demo/1.1");
    let head = "title: T\nwhy: W\n";
    std::fs::write(folder.join("one.yaml"), format!("{head}targt: thing\n")).unwrap();
    std::fs::write(folder.join("two.yaml"), format!("{head}target: thng\ndo: [{{ remove: $.a }}]\n")).unwrap();
    let err = scratch.migrate(&[]).err;
    assert!(err.contains("one.yaml:3:1\n  did you mean `target`?\n\nerror: the pack has no target `thng`"), "{err}");
    assert!(err.contains("two.yaml:3:9\n  did you mean `thing`?"), "{err}");
    std::fs::write(folder.parent().unwrap().join("stray.yaml"), head).unwrap();
    assert!(scratch.migrate(&[]).err.contains("stray.yaml is next to the version folders"), "{}", scratch.migrate(&[]).err);
}

#[test]
fn scaffolds_name_the_schemas_that_they_bring() {
    let scratch = Scratch::new(&[]);
    assert_eq!(scratch.run_with(&["new", "pack", "mesh", "mine"], b"").code, 0);
    let migration = scratch.run_with(&["new", "migration", "mesh", "1.1", "new-name", "mine"], b"");
    assert_eq!(migration.code, 0, "{}", migration.err);
    let read = |path: &str| String::from_utf8(scratch.get(path)).unwrap();
    let first = |path: &str| read(path).lines().next().unwrap().to_owned();
    assert_eq!(first("mine/migrations/mesh/pack.yaml"), "# yaml-language-server: $schema=schema/pack.json");
    let file = "mine/migrations/mesh/1.1/new-name.yaml";
    assert_eq!(first(file), "# yaml-language-server: $schema=../schema/migration.json");
    assert_eq!(read("mine/migrations/mesh/schema/migration.json"), scratch.run_with(&["schema"], b"").text());
    assert_eq!(read("mine/migrations/mesh/schema/pack.json"), scratch.run_with(&["schema", "pack"], b"").text());
    assert!(scratch.run_with(&["schema", "carriers"], b"").text().contains("\"Carriers\""));
    let open = scratch.run_with(&["test", "mine", "new-name"], b"");
    assert!(open.code == 1 && open.text().contains("there is still a TODO"), "{}", open.text());
}

#[test]
fn a_file_that_is_named_twice_is_done_once() {
    let scratch = Scratch::new(&[("x/a.yaml", OLD), ("x/b.yaml", "b: 1\n")]);
    let said = scratch.migrate(&["-w", "x/a.yaml", "x", "./x/a.yaml"]);
    assert_eq!(said.code, 0, "{}", said.err);
    assert!(said.err.contains("\n1 file written, 1 unchanged, 0 unread"), "{}", said.err);
}

#[test]
fn what_a_migration_sees_in_a_file_is_told() {
    let scratch = Scratch::new(&[("a.yaml", OLD), ("b.yaml", &with("quiet")), ("c.yaml", "c: 1\n"), ("d.yaml", "d: [\n")]);
    let packs = scratch.packs();
    let packs = ["--packs", packs.to_str().unwrap()];
    let said = scratch.run_with(&[&["explain", "new-name", "a.yaml", "b.yaml", "c.yaml", "d.yaml"], &packs[..]].concat(), b"");
    let want = "a.yaml\n  demo/1.1/new-name\n    5:12     Thing, spec.oldName (thing), rule at line 6: it is edited\n\
                b.yaml\n  demo/1.1/new-name\n    3:1      Thing, spec (thing), rule at line 6: `select` matches nothing here\n\
                c.yaml\n  it holds nothing that these migrations look at\n    rule at line 6 looks for `Thing`: not found\nd.yaml\n  not read: ";
    assert!(said.code == 0 && said.text().starts_with(want), "{}{}", said.text(), said.err);
    let all = scratch.run_with(&[&["explain", "b.yaml"], &packs[..]].concat(), b"");
    assert!(
        all.text().contains("  demo/1.2/port\n    3:1      Thing, spec (thing), rule at line 4: `select` matches nothing here\n"),
        "{}",
        all.text()
    );
    assert_eq!(scratch.run_with(&["explain"], b"").code, 2);
    let none = scratch.run_with(&[&["explain", "nofile.yaml"], &packs[..]].concat(), b"");
    assert!(none.code == 2 && none.err.starts_with("error: there is no file nofile.yaml\n"), "{}", none.err);
    scratch.put("sub/x.yaml", "");
    let outside = scratch.run_in("sub", &[&["explain", "../a.yaml", "--set", "port=8080"], &packs[..]].concat(), b"");
    assert!(outside.text().starts_with("../a.yaml\n"), "{}{}", outside.text(), outside.err);
}

#[test]
fn what_is_told_of_a_file_is_for_the_version_that_runs() {
    let mesh = "apiVersion: demo.dev/v1\nkind: Mesh\nspec: {version: 1.0.3}\n";
    let scratch = Scratch::new(&[("a.yaml", OLD), ("mesh.yaml", mesh), (".git/HEAD", "")]);
    let packs = scratch.packs();
    let explain = |args: &[&str]| {
        let said = scratch.run_with(&[&["explain"], args, &["--packs", packs.to_str().unwrap()]].concat(), b"");
        assert_eq!(said.code, 0, "{}", said.err);
        said
    };
    let detected = explain(&["a.yaml"]);
    assert!(detected.err.contains("demo 1.0 (found in mesh.yaml:3) → 1.2\n"), "{}", detected.err);
    assert!(detected.text().contains("rule at line 6: it is edited"), "{}", detected.text());
    let given = explain(&["a.yaml", "--from", "demo@1.1", "--to", "demo@1.2"]);
    assert!(!given.text().contains("demo/1.1/new-name"), "{}", given.text());
    let idle = explain(&["new-name", "a.yaml", "--from", "1.1", "--to", "demo@1.2"]);
    assert!(idle.err.contains("demo/1.1/new-name does not run here: it is for a version that is not between"), "{}", idle.err);
    // What runs is no reason not to tell of one migration.
    scratch.put("mesh.yaml", mesh.replace("1.0.3", "1.2.0"));
    assert!(explain(&["new-name", "a.yaml"]).text().contains("it is edited"));
    scratch.put(".yamlift.yaml", "to: [demo@1.2]\nfrom: [demo@1.0]\nskip: [new-name]\n");
    assert!(explain(&["new-name", "a.yaml"]).text().contains("it is edited"));
    assert!(!explain(&["a.yaml"]).text().contains("new-name"));
}

#[test]
fn who_asks_needs_somebody_to_answer() {
    let scratch = Scratch::new(&[("a.yaml", OLD)]);
    let no = |args: &[&str], why: &str| {
        let said = scratch.migrate(args);
        assert!(said.code == 2 && said.err.contains(why), "{args:?}: {}", said.err);
        assert_eq!(scratch.get("a.yaml"), OLD.as_bytes());
    };
    no(&["-i"], "error: -i asks about each edit, and standard input is no terminal: nobody can answer\n  run it in a terminal");
    no(&["-i", "-"], "error: -i reads your answers from standard input, so `-` cannot read the text from there\n");
    for other in ["--check", "--dry-run", "--format=json"] {
        no(&["-i", other], "cannot be used with");
    }
}

/// Through a terminal of its own, where the tool for that is at hand.
#[cfg(target_os = "linux")]
#[test]
fn what_was_accepted_is_written() {
    use std::io::Write;
    use std::process::{Command, Stdio};
    let scratch = Scratch::new(&[("a.yaml", OLD), ("b.yaml", OLD), ("c.yaml", OLD)]);
    let (packs, binary) = (scratch.packs(), env!("CARGO_BIN_EXE_yamlift"));
    let line = format!("{binary} migrate -i --to demo@1.1 --packs {}", packs.display());
    let mut terminal = Command::new("script");
    terminal.args(["-qec", &line, "/dev/null"]).current_dir(scratch.root()).env("NO_COLOR", "1").env("SHELL", "/bin/sh");
    let Ok(mut child) = terminal.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn() else { return };
    let mut keys = child.stdin.take().unwrap();
    keys.write_all(b"n\ny\nq\n").unwrap();
    let output = child.wait_with_output().unwrap();
    drop(keys);
    let said = String::from_utf8_lossy(&output.stdout);
    let files = ["a.yaml", "b.yaml", "c.yaml"].map(|file| String::from_utf8(scratch.get(file)).unwrap());
    assert_eq!(files, [OLD, NEW, OLD], "{said}");
    assert!(said.contains("c.yaml:5:12  demo/1.1/new-name  (file 3 of 3)") && said.contains("1 file written"), "{said}");
    assert!(said.contains("1 edit is still to be decided: commit what was written"), "{said}");
    assert_eq!(output.status.code(), Some(1), "{said}");
}

#[test]
fn a_page_for_people_who_review() {
    let scratch = Scratch::new(&[("a.yaml", OLD), ("b.yaml", &with("odd"))]);
    let said = scratch.migrate(&["--report", "html=page.html"]);
    assert_eq!(said.code, 1, "{}", said.err);
    assert!(said.text().starts_with("--- a/a.yaml\n"), "the diff is printed all the same");
    let page = String::from_utf8(scratch.get("page.html").to_vec()).expect("UTF-8");
    assert!(page.starts_with("<!DOCTYPE html>") && page.trim_end().ends_with("</html>"));
    for told in ["\"+  newName: 'x'  # kept\"", "\"path\":\"b.yaml\"", "yamlift migrate", "html=page.html"] {
        assert!(page.contains(told), "{told}");
    }
    assert_eq!(scratch.migrate(&["--format", "html"]).text().matches("<!DOCTYPE html>").count(), 1);
}
