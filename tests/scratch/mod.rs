//! A folder to run the binary in, with a small pack of its own.
#![expect(clippy::unwrap_used, reason = "a panic is how a test says no")]
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

const PACK: &[(&str, &str)] = &[
    (
        "pack.yaml",
        "title: Demo
chain: ['1.0', '1.1', '1.2']
params:
  port: { type: integer, default: 80, help: The port }
detect:
- { doc: { kind: Mesh, group: demo.dev }, value: $.spec.version }
targets:
  thing:
    in:
    - { doc: { kind: Thing, group: demo.dev }, at: $.spec }
",
    ),
    (
        "1.1/new-name.yaml",
        "title: oldName is called newName
why: |
  1.1 reads newName alone.
links: [https://demo.dev/new-name]
safety: safe
target: thing
select: $.oldName
do:
- rename: { at: $, to: newName }
",
    ),
    (
        "1.1/bad.yaml",
        "title: bad is an error
why: It stops.
safety: manual
target: thing
select: $.bad
report:
- level: error
  message: This stops.
",
    ),
    (
        "1.1/odd.yaml",
        "title: odd is a warning
why: It surprises.
safety: manual
target: thing
select: $.odd
report:
- level: warning
  message: This surprises.
",
    ),
    (
        "1.1/louder.yaml",
        "title: quiet becomes loud
why: Nobody heard it.
safety: review
target: thing
select: $.quiet
do:
- rename: { at: $, to: loud }
",
    ),
    (
        "1.1/optional.yaml",
        "title: extra can be had
why: Some want it.
enabled: false
target: thing
select: $.extra
do:
- rename: { at: $, to: more }
",
    ),
    (
        "1.2/port.yaml",
        "title: A port
why: 1.2 wants one.
safety: safe
target: thing
select: $.port
do:
- set: { at: $, to: << params.port >> }
",
    ),
];

/// A document that the pack's first migration edits.
pub const OLD: &str = "apiVersion: demo.dev/v1\nkind: Thing\nspec:\n  # why\n  oldName: 'x'  # kept\n";
pub const NEW: &str = "apiVersion: demo.dev/v1\nkind: Thing\nspec:\n  # why\n  newName: 'x'  # kept\n";

/// A document with one more member in its `spec`.
pub fn with(member: &str) -> String {
    format!("apiVersion: demo.dev/v1\nkind: Thing\nspec:\n  {member}: 1\n")
}

pub struct Scratch {
    dir: tempfile::TempDir,
}

pub struct Said {
    pub code: i32,
    pub out: Vec<u8>,
    pub err: String,
}

impl Said {
    pub fn text(&self) -> &str {
        std::str::from_utf8(&self.out).unwrap()
    }
}

impl Scratch {
    pub fn new(files: &[(&str, &str)]) -> Self {
        let scratch = Scratch { dir: tempfile::tempdir().unwrap() };
        fs::create_dir(scratch.root()).unwrap();
        for (path, text) in PACK {
            put(&scratch.packs().join("migrations/demo").join(path), text.as_bytes());
        }
        files.iter().for_each(|(path, text)| scratch.put(path, text));
        scratch
    }

    /// Where the binary runs.
    pub fn root(&self) -> PathBuf {
        self.dir.path().join("work")
    }

    pub fn packs(&self) -> PathBuf {
        self.dir.path().join("packs")
    }

    pub fn put(&self, path: &str, bytes: impl AsRef<[u8]>) {
        put(&self.root().join(path), bytes.as_ref());
    }

    pub fn get(&self, path: &str) -> Vec<u8> {
        fs::read(self.root().join(path)).unwrap()
    }

    /// `yamlift migrate ARGS --to demo@1.1 --packs …`.
    pub fn migrate(&self, args: &[&str]) -> Said {
        self.run_in("", &self.demo(args), b"")
    }

    /// The same from a folder below the root.
    pub fn migrate_in(&self, folder: &str, args: &[&str]) -> Said {
        self.run_in(folder, &self.demo(args), b"")
    }

    fn demo(&self, args: &[&str]) -> Vec<String> {
        let packs = self.packs();
        let all = [&["migrate", "--to", "demo@1.1", "--packs", packs.to_str().unwrap()], args].concat();
        all.into_iter().map(str::to_owned).collect()
    }

    pub fn run_with(&self, args: &[&str], stdin: &[u8]) -> Said {
        self.run_in("", args, stdin)
    }

    pub fn run_in(&self, folder: &str, args: &[impl AsRef<OsStr>], stdin: &[u8]) -> Said {
        self.run_under(&[("NO_COLOR", "1")], folder, args, stdin)
    }

    /// The same with variables of the environment.
    pub fn run_under(&self, variables: &[(&str, &str)], folder: &str, args: &[impl AsRef<OsStr>], stdin: &[u8]) -> Said {
        use std::io::Write;
        let mut command = Command::new(env!("CARGO_BIN_EXE_yamlift"));
        ["NO_COLOR", "FORCE_COLOR", "CLICOLOR", "CLICOLOR_FORCE", "FORCE_HYPERLINK"].iter().for_each(|name| {
            command.env_remove(name);
        });
        command.args(args).current_dir(self.root().join(folder)).envs(variables.iter().copied());
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        // A run that refuses its arguments never reads it.
        let _ = child.stdin.take().unwrap().write_all(stdin);
        let output = child.wait_with_output().unwrap();
        Said { code: output.status.code().unwrap_or(-1), out: output.stdout, err: String::from_utf8(output.stderr).unwrap() }
    }
}

fn put(path: &Path, bytes: &[u8]) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, bytes).unwrap();
}
