//! A repository with a remote on this disk and a forge that keeps its pull requests.
use super::fake::{Fake, Kind};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

pub const TOKEN: &str = "s3cret-t0ken";

const PACK: &[(&str, &str)] = &[
    (
        "pack.yaml",
        "title: Demo
chain: ['1.0', '1.1']
detect:
- { doc: { kind: Thing, group: demo.dev }, value: $.runs }
targets:
  thing:
    in:
    - { doc: { kind: Thing, group: demo.dev }, at: $.spec }
",
    ),
    (
        "1.1/early.yaml",
        "title: oldName is called `newName`
why: |
  1.1 reads newName alone.
links: [https://demo.dev/new-name]
safety: safe
honoured: { old: '..1.1', new: '1.0..' }
target: thing
select: $.oldName
do:
- rename: { at: $, to: newName }
",
    ),
    (
        "1.1/late.yaml",
        "title: size is a word
why: 1.0 reads numbers alone.
safety: safe
honoured: { old: '..1.1', new: '1.1..' }
target: thing
select: $.size
do:
- rename: { at: $, to: extent }
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
  message: This surprises @everyone.
",
    ),
];

pub const OLD: &str = "apiVersion: demo.dev/v1\nkind: Thing\nspec:\n  # why\n  oldName: 'x'  # kept\n";
pub const NEW: &str = "apiVersion: demo.dev/v1\nkind: Thing\nspec:\n  # why\n  newName: 'x'  # kept\n";
pub const BOTH: &str = "apiVersion: demo.dev/v1\nkind: Thing\nspec:\n  oldName: x\n  size: 3\n  odd: 1\n";
pub const BRANCH: &str = "yamlift/demo-1.0-to-1.1";

pub struct Shop {
    dir: tempfile::TempDir,
    pub fake: Fake,
    pub kind: Kind,
    /// More variables for yamlift.
    pub env: Vec<(String, String)>,
    /// Where it runs; the clone's top.
    pub work: PathBuf,
}

pub struct Said {
    pub code: i32,
    pub out: String,
    pub err: String,
}

impl Shop {
    pub fn new(kind: Kind, files: &[(&str, &str)]) -> Shop {
        let dir = tempfile::tempdir().unwrap();
        for (path, text) in PACK {
            put(&dir.path().join("packs/migrations/demo").join(path), text.as_bytes());
        }
        let work = dir.path().join("work");
        let shop = Shop { fake: Fake::new(kind), kind, env: Vec::new(), work, dir };
        fs::create_dir_all(shop.bare()).unwrap();
        shop.git(&shop.bare(), &["init", "-q", "--bare", "-b", "main"]);
        shop.git(shop.dir.path(), &["clone", "-q", shop.bare().to_str().unwrap(), "work"]);
        shop.to_base(files);
        shop.git(&shop.work, &["pull", "-q", "origin", "main"]);
        shop
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    pub fn bare(&self) -> PathBuf {
        self.path("srv/demo/shop.git")
    }

    /// Commits files, by a person, and pushes them to the base.
    pub fn to_base(&self, files: &[(&str, &str)]) {
        let other = self.path("other");
        let _ = fs::remove_dir_all(&other);
        self.git(self.dir.path(), &["clone", "-q", self.bare().to_str().unwrap(), "other"]);
        self.git(&other, &["checkout", "-q", "-B", "main"]);
        self.commit(&other, files);
        self.git(&other, &["push", "-q", "origin", "main"]);
    }

    /// Commits files to a branch, by a person, and pushes them.
    pub fn to_branch(&self, branch: &str, files: &[(&str, &str)]) {
        let other = self.path("other");
        self.git(&other, &["fetch", "-q", "origin"]);
        self.git(&other, &["checkout", "-q", "-B", branch, &format!("origin/{branch}")]);
        self.commit(&other, files);
        self.git(&other, &["push", "-q", "origin", branch]);
    }

    fn commit(&self, dir: &Path, files: &[(&str, &str)]) {
        files.iter().for_each(|(path, text)| put(&dir.join(path), text.as_bytes()));
        self.git(dir, &["add", "-A"]);
        self.git(dir, &["commit", "-qm", "x"]);
    }

    pub fn git(&self, dir: &Path, args: &[&str]) -> String {
        let settings = ["-c", "user.name=Ann", "-c", "user.email=ann@shop.example", "-c", "protocol.file.allow=always"];
        let output = self.clean("git").args(settings).args(args).current_dir(dir).output().unwrap();
        assert!(output.status.success(), "git {args:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap().trim().to_owned()
    }

    /// What the remote has at a name; empty where it has none.
    pub fn at(&self, name: &str) -> String {
        let output = self.clean("git").args(["rev-parse", "-q", "--verify", name]).current_dir(self.bare()).output().unwrap();
        String::from_utf8(output.stdout).unwrap().trim().to_owned()
    }

    /// A program that knows nothing of the machine's settings.
    fn clean(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        command.env_clear().env("PATH", std::env::var_os("PATH").unwrap()).env("HOME", self.dir.path());
        command.env("GIT_CONFIG_NOSYSTEM", "1").env("NO_COLOR", "1").env("NO_PROXY", "127.0.0.1");
        command
    }

    /// What yamlift calls as git: `lines` of a shell, then git itself, which is `real` in them.
    pub fn shim(&mut self, lines: &str) {
        let path = std::env::var("PATH").unwrap();
        let git = std::env::split_paths(&path).map(|dir| dir.join("git")).find(|git| git.is_file()).unwrap();
        let text = format!("#!/bin/sh\nreal() {{ {0} \"$@\"; }}\n{lines}\nexec {0} \"$@\"\n", git.display());
        put(&self.path("bin/git"), text.as_bytes());
        executable(&self.path("bin/git"));
        self.env.push(("PATH".into(), format!("{}:{path}", self.path("bin").display())));
    }

    pub fn pr(&self, args: &[&str]) -> Said {
        let forge = match self.kind {
            Kind::GitHub => "github",
            Kind::GitLab => "gitlab",
            Kind::Gitea => "forgejo",
        };
        self.run(&[&["--forge", forge, "--api-url", &self.fake.url], args].concat())
    }

    /// Without a word about the forge.
    pub fn run(&self, args: &[&str]) -> Said {
        let packs = self.path("packs");
        let mut command = self.clean(env!("CARGO_BIN_EXE_yamlift"));
        command.args(["pr", "--to", "demo@1.1", "--packs", packs.to_str().unwrap()]).args(args).current_dir(&self.work);
        command.env("GITHUB_TOKEN", TOKEN).env("GITLAB_TOKEN", TOKEN).env("FORGEJO_TOKEN", TOKEN);
        self.env.iter().for_each(|(name, value)| _ = command.env(name, value));
        let Output { status, stdout, stderr } = command.output().unwrap();
        let said = Said {
            code: status.code().unwrap_or(-1),
            out: String::from_utf8(stdout).unwrap(),
            err: String::from_utf8(stderr).unwrap(),
        };
        assert!(!said.out.contains(TOKEN) && !said.err.contains(TOKEN), "the token is told: {}{}", said.out, said.err);
        said
    }

    /// The run did this, and said so; `pull` is its number.
    pub fn did(&self, args: &[&str], operation: &str, pull: usize) -> Said {
        let said = self.pr(args);
        let url = match self.kind {
            Kind::GitHub => "https://github.example/demo/shop/pull/",
            Kind::GitLab => "https://gitlab.example/demo/shop/-/merge_requests/",
            Kind::Gitea => "https://gitea.example/demo/shop/pulls/",
        };
        assert_eq!((said.code, said.out.as_str()), (0, format!("{operation} {url}{pull}\n").as_str()), "{}", said.err);
        said
    }
}

pub fn put(path: &Path, bytes: &[u8]) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, bytes).unwrap();
}

pub fn executable(path: &Path) {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
}
