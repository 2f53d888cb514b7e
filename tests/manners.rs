//! What people expect of any command line: the environment, lists of files, baselines, colour, completions.
mod scratch;
use scratch::{NEW, OLD, Scratch, with};
use std::process::Command;

fn git(scratch: &Scratch, args: &[&str]) {
    let mut git = Command::new("git");
    ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE"].iter().for_each(|name| {
        git.env_remove(name);
    });
    git.args(["-c", "user.name=t", "-c", "user.email=t@example.com", "-c", "commit.gpgsign=false"]).args(args);
    assert!(git.current_dir(scratch.root()).status().expect("git").success());
}

/// `migrate` with variables of the environment.
fn migrate_under(scratch: &Scratch, variables: &[(&str, &str)], args: &[&str]) -> scratch::Said {
    scratch.run_under(variables, "", &[&["migrate", "--to", "demo@1.1", "--packs", "../packs"], args].concat(), b"")
}

#[test]
fn a_variable_that_does_nothing_is_said() {
    let scratch = Scratch::new(&[("a.yaml", OLD)]);
    let said = migrate_under(&scratch, &[("YAMLIFT_FIX", "1"), ("YAMLIFT_VERSION", "0.1.0")], &[]);
    let line = "YAMLIFT_FIX is not an option of yamlift: it does nothing (did you mean YAMLIFT_WRITE?)\n";
    assert!(said.err.starts_with(line) && !said.err.contains("YAMLIFT_VERSION"), "{}", said.err);
    assert_eq!((said.code, scratch.get("a.yaml")), (1, OLD.as_bytes().to_vec()));
}

#[test]
fn a_variable_stands_in_for_a_flag() {
    let scratch = Scratch::new(&[("a.yaml", OLD), ("b.yaml", OLD)]);
    let packs = scratch.packs();
    let packs = packs.to_str().expect("UTF-8");
    let of = |more: &[(&str, &str)], args: &[&str]| {
        scratch.run_under(&[&[("YAMLIFT_TO", "demo@1.1"), ("YAMLIFT_PACKS", packs)], more].concat(), "", args, b"")
    };
    let said = of(&[("YAMLIFT_CHECK", "1"), ("YAMLIFT_EXCLUDE", "x,b.yaml"), ("YAMLIFT_FROM", "")], &["migrate"]);
    assert_eq!((said.code, said.text()), (1, "a.yaml\n"), "{}", said.err);
    // What comes next can be pasted elsewhere.
    assert!(said.err.contains("Write it: yamlift migrate --to=demo@1.1 "), "{}", said.err);
    assert!(of(&[("YAMLIFT_FORMAT", "diff")], &["plan"]).text().contains("new-name"));
    let said = of(&[("YAMLIFT_SAFETY", "reveiw")], &["migrate"]);
    assert!(said.code == 2 && said.err.contains("a similar value exists: 'review'"), "{}", said.err);
    assert!(said.err.ends_with("From the environment: YAMLIFT_TO, YAMLIFT_SAFETY, YAMLIFT_PACKS\n"), "{}", said.err);
    let said = of(&[("YAMLIFT_CHECK", "1")], &["migrate", "-w", "a.yaml"]);
    assert_eq!((said.code, scratch.get("a.yaml")), (0, NEW.as_bytes().to_vec()), "{}", said.err);
}

#[test]
fn where_reports_go_is_looked_at_first() {
    let scratch = Scratch::new(&[("a.yaml", OLD), ("note.txt", OLD)]);
    let no = |args: &[&str], wanted: &str| {
        let said = scratch.migrate(&[&["-w"], args].concat());
        assert!(said.code == 2 && said.err.contains(wanted), "{wanted} in {}", said.err);
        assert_eq!(scratch.get("a.yaml"), OLD.as_bytes(), "nothing was written");
    };
    no(&["--report", "json=nowhere/x.json"], "there is no folder nowhere");
    no(&["--report", "json=x", "--report", "sarif=./x"], "is named twice");
    no(&["--report", "json=-"], "--format FORMAT");
    no(&["--report", "json=a.yaml"], "it is a YAML file");
    no(&["note.txt", "--report", "json=./note.txt"], "is to be migrated");
    no(&["--report", "jsn=x"], "did you mean `json`?");
}

#[test]
fn files_are_named_by_a_list() {
    let scratch = Scratch::new(&[("a b.yaml", OLD), ("b.yaml", OLD), ("README.md", "x"), ("sub/c.yaml", OLD)]);
    let check = |args: &[&str], list: &str| {
        let said = scratch
            .run_with(&[&["migrate", "--check", "--to", "demo@1.1", "--packs", "../packs"], args].concat(), list.as_bytes());
        (said.code, said.text().to_owned() + &said.err)
    };
    assert!(check(&["--files-from", "-"], "b.yaml\r\nREADME.md\n").1.starts_with("b.yaml\nThis is not a Git checkout"));
    assert!(
        check(&["--files-from", "-", "-0"], "a b.yaml\0sub\0").1.starts_with("a b.yaml\nsub/c.yaml\nThis is not a Git checkout")
    );
    assert!(check(&["--files-from", "-", "sub"], "b.yaml\n").1.starts_with("b.yaml\nsub/c.yaml\n"));
    scratch.put("list", "b.yaml\n");
    assert!(check(&["--files-from", "list"], "").1.starts_with("b.yaml\nThis is not a Git checkout"));
    for (args, list, why) in [
        (&["--files-from", "-"][..], "", "error: --files-from names no YAML file\n  if that is fine, add --allow-empty\n"),
        (&["--files-from", "-"], "README.md\n", "names no YAML file"),
        (&["--files-from", "-"], "a b.yaml\0b.yaml\0", "error: --files-from: the names end with null bytes\n  add -0\n"),
        (&["--files-from", "-"], "gone.yaml\n", "error: there is no gone.yaml, which is in the list of --files-from\n"),
        (&["--files-from", "gone"], "", "could not read gone"),
        (&["--files-from", "list", "-"], "", "--files-from is for files, so it cannot be combined with `-`"),
        (&["-0"], "", "--files-from"),
    ] {
        let (code, said) = check(args, list);
        assert!(code == 2 && said.contains(why), "{args:?}: {said}");
    }
    let (code, said) = check(&["--files-from", "-", "--allow-empty"], "");
    assert_eq!((code, said.as_str()), (0, "demo 1.1: nothing to migrate in 0 files (0 read)\n"));
    let said = scratch.run_with(&["plan", "--to", "demo@1.1", "--packs", "../packs", "--files-from", "-"], b"b.yaml\n");
    assert!(said.code == 0 && said.text().contains("1 file"), "{}{}", said.text(), said.err);
}

#[test]
fn no_file_is_an_error_unless_that_is_fine() {
    let scratch = Scratch::new(&[("README.md", "x"), ("gen/a.yaml", OLD)]);
    let said = scratch.migrate(&["--exclude", "gen"]);
    assert!(said.code == 2 && said.err.contains("add --allow-empty"), "{}", said.err);
    assert_eq!(scratch.migrate(&["--exclude", "gen", "--allow-empty"]).code, 0);
    assert_eq!(scratch.migrate(&["--exclude", "gen", "gen/a.yaml"]).code, 1);
    assert_eq!(scratch.migrate(&["--exclude", "gen", "--force-exclude", "gen/a.yaml"]).code, 0);
    scratch.put(".yamlift.yaml", "exclude: [gen/]\n");
    assert_eq!(scratch.migrate(&["--force-exclude", "gen/a.yaml"]).code, 0);
    assert_eq!(scratch.migrate(&["--force-exclude", "--no-config", "gen/a.yaml"]).code, 1);
}

#[test]
fn settings_may_be_named() {
    let scratch = Scratch::new(&[("a.yaml", OLD), ("b.yaml", OLD), ("ci/other.yaml", "exclude: [b.yaml, ci]\n")]);
    assert_eq!(scratch.migrate(&["--check", "--config", "ci/other.yaml"]).text(), "a.yaml\n");
    scratch.put("ci/packs.yaml", "packs: [../../packs]\n");
    assert!(scratch.run_with(&["list", "--config", "ci/packs.yaml"], b"").text().contains("demo"));
    assert!(scratch.run_under(&[("YAMLIFT_PACKS", "../packs")], "", &["explain", "new-name"], b"").text().contains("newName"));
    let said = scratch.migrate(&["--config", "ci/none.yaml"]);
    assert!(said.code == 2 && said.err.contains("could not read ci/none.yaml"), "{}", said.err);
}

#[test]
fn only_what_changed_since_a_commit() {
    let scratch = Scratch::new(&[
        ("a.yaml", OLD),
        ("sub/b.yaml", OLD),
        ("mesh.yaml", "apiVersion: demo.dev/v1\nkind: Mesh\nspec: {version: 1.0.3}\n"),
    ]);
    git(&scratch, &["init", "-q"]);
    git(&scratch, &["add", "-A"]);
    git(&scratch, &["commit", "-qm", "one"]);
    let said = scratch.migrate(&["--since", "HEAD"]);
    assert_eq!((said.code, said.text()), (0, ""), "{}", said.err);
    scratch.put("sub/b.yaml", format!("{OLD}  x: 1\n"));
    scratch.put("new.yaml", OLD);
    let said = scratch.migrate(&["--since", "HEAD", "--check"]);
    assert_eq!((said.code, said.text()), (1, "new.yaml\nsub/b.yaml\n"), "{}", said.err);
    // What other files say is known all the same.
    assert!(said.err.contains("demo 1.0 (found in mesh.yaml:3)"), "{}", said.err);
    assert_eq!(scratch.migrate_in("sub", &["--since", "HEAD", "--check"]).text(), "b.yaml\n");
    let said = scratch.migrate(&["--since", "mian"]);
    assert!(said.code == 2 && said.err.contains("error: --since mian: git knows no such commit here"), "{}", said.err);
}

#[test]
fn what_a_baseline_has_is_not_told() {
    let scratch = Scratch::new(&[("a.yaml", &with("bad")), ("old.yaml", OLD), ("quiet.yaml", &with("quiet"))]);
    assert_eq!(scratch.migrate(&["--report", "json=../base.json"]).code, 1);
    scratch.put("a.yaml", format!("# moved\n{}", with("bad")));
    let said = scratch.migrate(&["--baseline", "../base.json", "-w"]);
    assert_eq!(said.code, 0, "{}", said.err);
    assert!(!said.err.contains("bad") && !said.err.contains("louder"), "{}", said.err);
    assert!(
        said.err.contains("1 file written, 2 unchanged") && said.err.ends_with("1 finding of the baseline not shown\n"),
        "{}",
        said.err
    );
    assert_eq!(scratch.get("old.yaml"), NEW.as_bytes());
    scratch.put("b.yaml", with("bad"));
    let said = scratch.migrate(&["--baseline", "../base.json"]);
    assert!(said.code == 1 && said.err.contains("--> b.yaml") && !said.err.contains("--> a.yaml"), "{}", said.err);
    // Edits are pending, baseline or not.
    scratch.put("old.yaml", OLD);
    std::fs::remove_file(scratch.root().join("b.yaml")).expect("it is there");
    assert_eq!(scratch.migrate(&["--baseline", "../base.json"]).code, 1);
    let said = scratch.migrate(&["--baseline", "old.yaml"]);
    assert!(said.code == 2 && said.err.contains("not a JSON report of yamlift"), "{}", said.err);
}

#[test]
fn what_is_told_has_a_least_level() {
    let scratch = Scratch::new(&[("a.yaml", &with("odd")), ("b.yaml", &with("quiet"))]);
    let told = |args: &[&str]| {
        let said = scratch.migrate(args);
        (said.err.contains("demo/1.1/odd"), said.err.contains("demo/1.1/louder"))
    };
    assert_eq!(told(&[]), (true, true));
    assert_eq!(told(&["--show", "warning"]), (true, false));
    assert_eq!(told(&["--show", "error"]), (false, false));
    assert_eq!(scratch.migrate(&["--show", "error", "--fail-on", "warning"]).code, 1);
}

#[test]
fn a_write_may_end_with_1() {
    let scratch = Scratch::new(&[("a.yaml", OLD)]);
    assert_eq!(scratch.migrate(&["-w", "--exit-non-zero-on-change"]).code, 1);
    assert_eq!(scratch.get("a.yaml"), NEW.as_bytes());
    assert_eq!(scratch.migrate(&["-w", "--exit-non-zero-on-fix"]).code, 0);
}

#[test]
fn colour_where_it_is_wanted() {
    let scratch = Scratch::new(&[("a.yaml", OLD)]);
    let coloured = |variables: &[(&str, &str)], args: &[&str]| {
        let said = migrate_under(&scratch, variables, args);
        let usage = scratch.run_under(variables, "", &[&["migrat"], args].concat(), b"");
        assert_eq!(said.text().contains('\x1b'), usage.err.contains('\x1b'), "{variables:?} {args:?}: {}", usage.err);
        said.text().contains('\x1b')
    };
    // Standard output is no terminal here.
    assert!(!coloured(&[], &[]));
    assert!(!coloured(&[("CLICOLOR", "1")], &[]));
    assert!(coloured(&[], &["--color", "always"]));
    assert!(coloured(&[("CLICOLOR_FORCE", "1")], &[]));
    // Forced is what says more than 0: that is as if it was not there.
    assert!(!coloured(&[("CLICOLOR_FORCE", "0")], &[]));
    assert!(!coloured(&[("CLICOLOR_FORCE", "0"), ("CLICOLOR", "1")], &[]));
    assert!(coloured(&[("CLICOLOR_FORCE", "0"), ("FORCE_COLOR", "1")], &[]));
    assert!(coloured(&[("FORCE_COLOR", "1")], &[]));
    assert!(coloured(&[("FORCE_COLOR", "true"), ("TERM", "dumb")], &[]));
    assert!(!coloured(&[("FORCE_COLOR", "0")], &[]));
    assert!(!coloured(&[("FORCE_COLOR", "")], &[]));
    assert!(!coloured(&[("FORCE_COLOR", "1"), ("NO_COLOR", "1")], &[]));
    assert!(!coloured(&[("CLICOLOR_FORCE", "1"), ("NO_COLOR", "1")], &[]));
    assert!(coloured(&[("FORCE_COLOR", "1"), ("NO_COLOR", "")], &[]));
    // What is typed wins.
    assert!(coloured(&[("NO_COLOR", "1")], &["--color", "always"]));
    assert!(!coloured(&[("CLICOLOR_FORCE", "1"), ("FORCE_COLOR", "1")], &["--color", "never"]));
    assert!(coloured(&[("YAMLIFT_COLOR", "always")], &[]));
}

#[test]
fn links_for_a_terminal_that_can() {
    let scratch = Scratch::new(&[("a.yaml", &with("bad"))]);
    let said = migrate_under(&scratch, &[], &["--color", "always"]);
    assert!(!said.err.contains("\x1b]8;"), "{}", said.err);
    let said = migrate_under(&scratch, &[("FORCE_HYPERLINK", "1")], &["--color", "always"]);
    assert!(said.err.contains("\x1b]8;;file://"), "{}", said.err);
    let said = migrate_under(&scratch, &[("FORCE_HYPERLINK", "1")], &["--color", "never"]);
    assert!(!said.err.contains('\x1b'), "{}", said.err);
}

#[test]
fn shells_and_man_are_served() {
    let scratch = Scratch::new(&[]);
    let said = scratch.run_with(&["completions", "bash"], b"");
    assert!(said.code == 0 && said.text().contains("complete -F _yamlift"), "{}", said.err);
    assert!(scratch.run_with(&["completions", "bsh"], b"").err.contains("bash"));
    assert!(scratch.run_with(&["man"], b"").text().contains(".TH YAMLIFT 1"));
    let said = scratch.run_with(&["man", "--out", "man1"], b"");
    assert!(said.code == 0 && said.text().contains("man1/yamlift-migrate.1\n"), "{}", said.err);
    assert!(scratch.get("man1/yamlift-migrate.1").starts_with(b".ie"));
    let said = scratch.run_with(&["man", "migrat"], b"");
    assert!(said.code == 2 && said.err.contains("did you mean `migrate`?"), "{}", said.err);
}

#[test]
fn help_is_short_or_long() {
    let scratch = Scratch::new(&[]);
    for command in ["migrate", "plan", "list", "explain", "test", "new", "schema", "completions", "man"] {
        for flag in ["-h", "--help"] {
            let said = scratch.run_with(&[command, flag], b"");
            assert!(said.code == 0 && said.text().contains("Examples:\n  yamlift "), "{command}: {}", said.text());
        }
    }
    assert!(scratch.run_with(&["--help"], b"").text().contains("Examples:\n  yamlift plan"));
    for command in ["migrate", "plan"] {
        let (short, long) = (scratch.run_with(&[command, "-h"], b""), scratch.run_with(&[command, "--help"], b""));
        for heading in ["What to do:", "What comes out:", "Which files:"] {
            assert!(short.text().contains(heading) && long.text().contains(heading), "{command}: {}", short.text());
        }
        assert!(!short.text().contains("--no-ignore") && long.text().contains("--no-ignore"));
        assert!(long.text().contains("YAMLIFT_TO"));
    }
}
