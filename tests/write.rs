//! What a run does to files: the printed diff and `-w` give the same bytes, and nothing is written that should not be.
mod scratch;
use scratch::{NEW, OLD, Scratch, with};
use std::fs;
use std::process::Command;

fn git(scratch: &Scratch, args: &[&str]) {
    let mut git = Command::new("git");
    // Under a hook this would be done to the checkout that the tests lie in.
    for name in ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE"] {
        git.env_remove(name);
    }
    for setting in ["user.name=t", "user.email=t@example.com", "core.autocrlf=false", "commit.gpgsign=false"] {
        git.args(["-c", setting]);
    }
    let output = git.args(args).current_dir(scratch.root()).output().expect("git runs");
    assert!(output.status.success(), "git {args:?}: {}", String::from_utf8_lossy(&output.stderr));
}

fn commit(scratch: &Scratch) {
    git(scratch, &["init", "-q"]);
    git(scratch, &["add", "-A", "-f"]);
    git(scratch, &["commit", "-qm", "x"]);
}

/// Every shape of a text, old and new.
fn shapes() -> Vec<(&'static str, String, String)> {
    let crlf = |text: &str| text.replace('\n', "\r\n");
    let bom = |text: &str| format!("\u{feff}{text}");
    let open = |text: &str| text.trim_end().to_owned();
    vec![
        ("plain.yaml", OLD.into(), NEW.into()),
        ("crlf.yaml", crlf(OLD), crlf(NEW)),
        ("bom.yaml", bom(OLD), bom(NEW)),
        ("open.yaml", open(OLD), open(NEW)),
        ("all three.yaml", bom(&open(&crlf(OLD))), bom(&open(&crlf(NEW)))),
        ("sub/naïve \"x\".yaml", OLD.into(), NEW.into()),
        ("many.yaml", format!("{OLD}---\na: 1\n---\n{OLD}"), format!("{NEW}---\na: 1\n---\n{NEW}")),
    ]
}

#[test]
fn the_diff_applied_by_git_is_what_is_written() {
    let (printed, written) = (Scratch::new(&[]), Scratch::new(&[]));
    for (path, old, _) in shapes() {
        printed.put(path, &old);
        written.put(path, &old);
    }
    commit(&printed);
    let diff = printed.migrate(&[]);
    let patch = printed.packs().join("patch");
    fs::write(&patch, &diff.out).unwrap();
    git(&printed, &["apply", "--whitespace=nowarn", patch.to_str().unwrap()]);
    let said = written.migrate(&["-w"]);
    assert_eq!(said.code, 0, "{}", said.err);
    for (path, _, new) in shapes() {
        assert_eq!(String::from_utf8(written.get(path)).unwrap(), new, "{path}");
        assert_eq!(String::from_utf8(printed.get(path)).unwrap(), new, "{path}, by git apply");
    }
    let again = written.migrate(&["-w"]);
    assert!(again.code == 0 && again.err.contains("nothing to migrate"), "{}", again.err);
}

#[test]
fn from_a_folder_below_the_checkout() {
    let scratch = Scratch::new(&[("top/sub/a.yaml", OLD)]);
    commit(&scratch);
    let said = scratch.migrate(&["top/sub"]);
    assert!(said.text().starts_with("--- a/top/sub/a.yaml\n"), "{}{}", said.text(), said.err);
}

/// From `sub`, of a folder beside it: the file of the same name in `sub` is another one.
#[test]
fn a_diff_that_leads_out_of_the_folder_hits_nothing_else() {
    let scratch = Scratch::new(&[("sub/a.yaml", OLD), ("other/a.yaml", OLD)]);
    commit(&scratch);
    let said = scratch.migrate_in("sub", &["../other"]);
    assert!(said.text().starts_with("--- a/../other/a.yaml\n+++ b/../other/a.yaml\n"), "{}", said.text());
    assert!(said.err.contains("run yamlift in "), "{}", said.err);
    let patch = scratch.packs().join("patch");
    fs::write(&patch, &said.out).unwrap();
    let git = Command::new("git").arg("apply").arg(&patch).current_dir(scratch.root().join("sub")).output().unwrap();
    assert!(!git.status.success());
    assert_eq!(scratch.get("sub/a.yaml"), OLD.as_bytes());
    assert_eq!(scratch.migrate_in("sub", &["-w", "../other"]).code, 0);
    assert_eq!((scratch.get("sub/a.yaml"), scratch.get("other/a.yaml")), (OLD.into(), NEW.into()));
}

#[test]
fn uncommitted_work_is_not_mixed_in() {
    let scratch = Scratch::new(&[("a.yaml", OLD), ("b.yaml", "b: 1\n"), ("c.yaml", OLD)]);
    commit(&scratch);
    scratch.put("a.yaml", format!("# mine\n{OLD}"));
    scratch.put("b.yaml", "b: 2\n");
    scratch.put("new.yaml", OLD);
    let said = scratch.migrate(&["-w"]);
    assert_eq!(said.code, 2);
    assert!(said.err.starts_with("error: 2 files here have uncommitted changes (a.yaml, new.yaml)\n  "), "{}", said.err);
    assert_eq!(scratch.get("c.yaml"), OLD.as_bytes());
    assert_eq!(scratch.migrate(&[]).code, 1, "a diff may be asked for at any time");
    assert_eq!(scratch.migrate(&["-w", "c.yaml"]).code, 0, "b.yaml is nobody's business");
    let said = scratch.migrate(&["-w", "--allow-dirty"]);
    assert_eq!(said.code, 0, "{}", said.err);
    assert_eq!(scratch.get("a.yaml"), format!("# mine\n{NEW}").as_bytes());
}

/// As under a hook, where git says by variables which checkout is meant.
#[test]
fn uncommitted_work_is_seen_whatever_git_was_told_before() {
    let (scratch, other) = (Scratch::new(&[("a.yaml", OLD)]), Scratch::new(&[("a.yaml", "a: 1\n")]));
    commit(&scratch);
    commit(&other);
    scratch.put("a.yaml", format!("# mine\n{OLD}"));
    let packs = scratch.packs();
    let mut yamlift = Command::new(env!("CARGO_BIN_EXE_yamlift"));
    yamlift.args(["migrate", "-w", "--to", "demo@1.1", "--packs"]).arg(packs).current_dir(scratch.root());
    yamlift.env("GIT_DIR", other.root().join(".git")).env("GIT_WORK_TREE", other.root());
    let output = yamlift.output().expect("it runs");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.code() == Some(2) && said.contains("uncommitted changes (a.yaml)"), "{said}");
}

#[test]
fn standard_input() {
    let scratch = Scratch::new(&[]);
    let packs = scratch.packs();
    let base = ["migrate", "-", "--to", "demo@1.1", "--packs", packs.to_str().unwrap()];
    let diff = scratch.run_with(&[&base[..], &["--stdin-filename", "x/a.yaml"]].concat(), OLD.as_bytes());
    assert!(diff.code == 1 && diff.text().starts_with("--- a/x/a.yaml\n"), "{}{}", diff.text(), diff.err);
    let whole = scratch.run_with(&[&base[..], &["-w"]].concat(), OLD.as_bytes());
    assert_eq!((whole.code, whole.text()), (0, NEW), "{}", whole.err);
    let same = scratch.run_with(&[&base[..], &["-w"]].concat(), b"a: 1\r\n");
    assert_eq!((same.code, same.out.as_slice()), (0, &b"a: 1\r\n"[..]), "{}", same.err);
    let bad = scratch.run_with(&[&base[..], &["-w"]].concat(), b"a: \xff\n");
    assert_eq!((bad.code, bad.out.as_slice()), (2, &b"a: \xff\n"[..]), "what cannot be read goes through as it is");
}

#[cfg(unix)]
#[test]
fn links_modes_and_read_only_files() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    let scratch = Scratch::new(&[("real/a.yaml", OLD), ("ro.yaml", OLD), ("x.yaml", OLD)]);
    let outside = scratch.packs().join("out.yaml");
    fs::write(&outside, OLD).unwrap();
    symlink("real/a.yaml", scratch.root().join("link.yaml")).unwrap();
    symlink(&outside, scratch.root().join("out.yaml")).unwrap();
    let mode = |path: &str, mode| fs::set_permissions(scratch.root().join(path), fs::Permissions::from_mode(mode)).unwrap();
    mode("ro.yaml", 0o444);
    mode("x.yaml", 0o750);

    let said = scratch.migrate(&["-w", "."]);
    assert_eq!(said.code, 2, "{}", said.err);
    assert!(said.err.contains("error: could not write ro.yaml: the file is read-only"), "{}", said.err);
    assert_eq!((scratch.get("ro.yaml"), scratch.get("x.yaml")), (OLD.into(), NEW.into()));
    assert_eq!(fs::metadata(scratch.root().join("x.yaml")).unwrap().permissions().mode() & 0o777, 0o750);
    assert_eq!(fs::read(&outside).unwrap(), OLD.as_bytes(), "a walk does not follow links");

    scratch.put("real/a.yaml", OLD);
    let said = scratch.migrate(&["-w", "link.yaml"]);
    assert_eq!(said.code, 0, "{}", said.err);
    assert!(scratch.root().join("link.yaml").is_symlink());
    assert_eq!(scratch.get("real/a.yaml"), NEW.as_bytes());
    let said = scratch.migrate(&["-w", "out.yaml"]);
    assert!(said.code == 2 && said.err.contains("out of"), "{}", said.err);
    assert_eq!(fs::read(&outside).unwrap(), OLD.as_bytes());
    let rest: Vec<_> = fs::read_dir(scratch.root()).unwrap().flatten().map(|e| e.file_name()).collect();
    assert!(rest.iter().all(|name| !name.to_string_lossy().starts_with(".yamlift-")), "{rest:?}");
}

#[test]
fn findings_alone_write_nothing() {
    let scratch = Scratch::new(&[("a.yaml", &with("bad"))]);
    let before = fs::metadata(scratch.root().join("a.yaml")).unwrap().modified().unwrap();
    assert_eq!(scratch.migrate(&["-w"]).code, 1);
    assert_eq!(fs::metadata(scratch.root().join("a.yaml")).unwrap().modified().unwrap(), before);
}
