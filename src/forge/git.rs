//! The `git` command: it brings credentials, ssh, signatures, proxies and filters of the machine that it runs on. A run never
//! touches the checkout that it starts from: it works in a worktree of its own, and in refs of its own.
mod worktree;

use super::base64::base64;
use super::remote::{Kind, Remote};
use super::{Trouble, interrupt, origin};
use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
pub use worktree::Worktree;

/// Variables of git that reach it; all others (`GIT_DIR` and its kin) would point it elsewhere.
const KEPT: [&str; 9] =
    ["GIT_SSH", "GIT_SSH_", "GIT_ASKPASS", "GIT_CONFIG", "GIT_SSL_", "GIT_HTTP_", "GIT_PROXY_", "GIT_EXEC_PATH", "GIT_LFS_"];

/// No hook of the user, nothing in the background, nothing that asks.
const SETTINGS: [&str; 6] = [
    "core.hooksPath=/dev/null",
    "gc.auto=0",
    "maintenance.auto=false",
    "core.fsmonitor=false",
    "advice.detachedHead=false",
    // A worktree takes the patterns of the checkout that it is made from: what they leave out would not be looked at.
    "core.sparseCheckout=false",
];

/// Says who we are to git, and leaves it at that when git wants to keep or to forget it. Git runs it in its own shell.
const HELPER: &str =
    r#"!f() { test "$1" != get || printf 'username=%s\npassword=%s\n' "$YAMLIFT_GIT_USER" "$YAMLIFT_GIT_TOKEN"; }; f"#;

/// Commits of a branch that are looked at where the history is cut off.
const SHALLOW: &str = "50";

/// What git says where somebody pushed meanwhile: before it sends something, and, from the remote, where two arrive at once.
const OVERTAKEN: [&str; 4] = ["stale info", "fetch first", "reference already exists", "but expected"];

/// Who commits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Author {
    pub name: String,
    pub mail: String,
}

impl Author {
    /// Reads `Name <mail>`.
    pub fn read(text: &str) -> Option<Author> {
        let (name, mail) = text.trim().strip_suffix('>')?.split_once('<')?;
        let whole = !name.trim().is_empty() && mail.contains('@') && !text.contains(['\n', '\r']) && !mail.contains(['<', '>']);
        whole.then(|| Author { name: name.trim().to_owned(), mail: mail.trim().to_owned() })
    }
}

/// A checkout, and how its remote is reached.
pub struct Git {
    /// The top of the checkout.
    pub top: PathBuf,
    /// Name or address, as given.
    remote: String,
    /// Settings that reach git through its environment alone, where no list of processes shows them.
    secret: Vec<(String, String)>,
    /// Variables that the helper below reads.
    shown: Vec<(String, String)>,
    /// What no message may hold.
    hidden: Vec<String>,
    /// Where the refs of this run are.
    refs: String,
}

/// What the remote has.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Heads {
    /// The branch that is checked out by default.
    pub default: Option<String>,
    /// Branches and their commits.
    pub branches: BTreeMap<String, String>,
}

impl Git {
    /// The checkout that holds `folder`, and where in it that lies (`clusters/prod/`; empty at the top).
    ///
    /// # Errors
    /// No git, no checkout.
    pub fn open(folder: &Path, remote: &str) -> Result<(Git, String), Trouble> {
        let refs = format!("refs/yamlift/{}", std::process::id());
        let (secret, shown, hidden) = Default::default();
        let mut git = Git { top: folder.to_owned(), remote: remote.into(), secret, shown, hidden, refs };
        let said = git.say(&["rev-parse", "--show-toplevel", "--show-prefix"]);
        let said = said.map_err(|trouble| match trouble.message.contains("not a git repository") {
            true => {
                let help = "run it in a checkout, or name a folder of one";
                Trouble::new(format!("{} is in no git checkout", folder.display()), help)
            }
            false => trouble,
        })?;
        let mut lines = said.lines();
        git.top = PathBuf::from(lines.next().unwrap_or_default());
        let inside = lines.next().unwrap_or_default().to_owned();
        Ok((git, inside))
    }

    /// The address that is pushed to.
    ///
    /// # Errors
    /// No such remote.
    pub fn address(&self) -> Result<String, Trouble> {
        if self.remote.contains(['/', ':']) {
            return Ok(self.remote.clone());
        }
        let known = self.say(&["remote"]).unwrap_or_default();
        let said = self.say(&["remote", "get-url", "--push", &self.remote]).map_err(|_| {
            let known = known.lines().collect::<Vec<_>>().join(", ");
            let help = if known.is_empty() {
                "git remote add origin ADDRESS".to_owned()
            } else {
                format!("--remote NAME; there are: {known}")
            };
            Trouble::new(format!("this checkout has no remote {}", self.remote), help)
        })?;
        Ok(said.trim().to_owned())
    }

    /// From here on git shows this token to the remote, over http(s) alone.
    pub fn authenticate(&mut self, remote: &Remote, kind: Kind, token: &str) {
        self.hidden.push(token.to_owned());
        if !remote.takes_token() {
            return;
        }
        let site = remote.site();
        let setting = |key: &str, value: &str| (key.to_owned(), value.to_owned());
        self.secret = vec![
            // What a checkout action may have left would be sent as well, and to wherever the remote leads on.
            setting(&format!("http.{site}/.extraheader"), ""),
            // Git asks for this host alone, and no other helper.
            setting(&format!("credential.{site}.helper"), ""),
            setting(&format!("credential.{site}.helper"), HELPER),
        ];
        self.shown = vec![("YAMLIFT_GIT_USER".into(), kind.git_user().into()), ("YAMLIFT_GIT_TOKEN".into(), token.into())];
        self.hidden.push(base64(format!("{}:{token}", kind.git_user()).as_bytes()));
    }

    /// The default branch, and the branches whose names begin with `prefix`, with their commits.
    ///
    /// # Errors
    /// A remote that does not answer, or to nobody without a password.
    pub fn heads(&self, prefix: &str) -> Result<Heads, Trouble> {
        let said = self.reach(&["ls-remote", "--symref", &self.remote, "HEAD", &format!("refs/heads/{prefix}*")], "read")?;
        let mut heads = Heads::default();
        for line in said.lines() {
            match line.split_once('\t') {
                Some((target, "HEAD")) if target.starts_with("ref: ") => {
                    heads.default = target.strip_prefix("ref: refs/heads/").map(str::to_owned);
                }
                Some((sha, "HEAD")) => {
                    heads.default.iter().for_each(|default| _ = heads.branches.insert(default.clone(), sha.into()));
                }
                Some((sha, name)) => {
                    name.strip_prefix("refs/heads/").map(|branch| heads.branches.insert(branch.into(), sha.into()));
                }
                None => {}
            }
        }
        Ok(heads)
    }

    /// Fetches a branch, which the remote has at `at`, and gives its commit.
    ///
    /// # Errors
    /// As `heads`; no such branch.
    pub fn fetch(&self, branch: &str, at: Option<&str>) -> Result<String, Trouble> {
        let to = format!("{}/{branch}", self.refs);
        // What is here already need not come: where the history is cut off, a fetch would move where.
        if let Some(at) = at.filter(|at| self.is_shallow() && self.say(&["cat-file", "-e", &format!("{at}^{{commit}}")]).is_ok())
        {
            self.say(&["update-ref", &to, at])?;
            return Ok(at.to_owned());
        }
        let from = format!("+refs/heads/{branch}:{to}");
        // Without a depth all of the history would come where a shallow clone knows no common commit.
        let shallow = self.is_shallow().then(|| format!("--depth={SHALLOW}"));
        let mut args = vec!["fetch", "--quiet", "--no-tags", "--no-write-fetch-head", "--no-recurse-submodules"];
        args.extend(shallow.as_deref());
        args.extend([self.remote.as_str(), &from]);
        self.reach(&args, "fetch from").map_err(|trouble| match trouble.message.contains("couldn't find remote ref") {
            true => {
                Trouble::new(format!("the remote {} has no branch {branch}", self.hide(&self.remote)), "name one with --base")
            }
            false => trouble,
        })?;
        Ok(self.say(&["rev-parse", "--verify", &to])?.trim().to_owned())
    }

    fn is_shallow(&self) -> bool {
        self.say(&["rev-parse", "--is-shallow-repository"]).is_ok_and(|said| said.trim() == "true")
    }

    /// The first e-mail address, of author or committer, that is not `mail` and is on `branch` alone, not on `base`.
    ///
    /// # Errors
    /// Anything git says.
    pub fn stranger(&self, base: &str, branch: &str, mail: &str) -> Result<Option<String>, Trouble> {
        let known = self.say(&["merge-base", base, branch]).is_ok();
        let range = format!("{base}..{branch}");
        // Where the history is cut off before they meet, whoever pushed last has the last word.
        let args = if known {
            vec!["log", "--format=%ae%n%ce", &range, "--"]
        } else {
            vec!["log", "-1", "--format=%ae%n%ce", branch, "--"]
        };
        let said = self.say(&args)?;
        Ok(said.lines().map(str::trim).find(|one| !one.is_empty() && !one.eq_ignore_ascii_case(mail)).map(str::to_owned))
    }

    /// What a commit holds, as one name.
    ///
    /// # Errors
    /// No such commit.
    pub fn tree(&self, commit: &str) -> Result<String, Trouble> {
        Ok(self.say(&["rev-parse", "--verify", &format!("{commit}^{{tree}}")])?.trim().to_owned())
    }

    /// Pushes `commit` as `branch`, if that is still at `seen` (none: if it is not there). `options` go to the remote.
    ///
    /// # Errors
    /// Somebody else pushed meanwhile; a remote that does not take it.
    pub fn push(&self, branch: &str, commit: &str, seen: Option<&str>, options: &[String]) -> Result<(), Trouble> {
        self.send(branch, commit, seen, options)
    }

    /// Deletes a branch, if it is still at `seen`.
    ///
    /// # Errors
    /// As `push`.
    pub fn delete(&self, branch: &str, seen: &str) -> Result<(), Trouble> {
        self.send(branch, "", Some(seen), &[])
    }

    fn send(&self, branch: &str, commit: &str, seen: Option<&str>, options: &[String]) -> Result<(), Trouble> {
        let lease = format!("--force-with-lease=refs/heads/{branch}:{}", seen.unwrap_or_default());
        let what = format!("{commit}:refs/heads/{branch}");
        let mut args = vec!["push", "--quiet", "--no-verify", &lease];
        options.iter().for_each(|option| args.extend(["-o", option.as_str()]));
        args.extend([self.remote.as_str(), &what]);
        self.reach(&args, "push to").map(drop).map_err(|trouble| match trouble.message {
            message if OVERTAKEN.iter().any(|sign| message.contains(sign)) => {
                let help = "run the same command again: it looks at the branch anew";
                let said = format!("somebody pushed to {branch} while this ran; it was left as it is");
                Trouble { overtaken: true, ..Trouble::new(said, help) }
            }
            message if message.contains("does not support push options") => {
                let help = "leave --push-options out and give a token, or use --forge none to push the branch alone";
                Trouble::new(message, help)
            }
            message => Trouble { message, ..trouble },
        })
    }

    /// Runs git against the remote.
    fn reach(&self, args: &[&str], deed: &str) -> Result<String, Trouble> {
        self.run(self.call(&self.top, args.iter().map(OsStr::new)), b"").map_err(|trouble| {
            let said = trouble.message;
            let denied = ["403", "401", "Authentication failed", "Permission denied", "could not read Username", "denied to"];
            let help = if denied.iter().any(|sign| said.contains(sign)) {
                "the token (or the key of ssh) may not do that: it has to be allowed to write to the repository"
            } else if said.contains("protected") || said.contains("GH006") || said.contains("GH013") {
                "a rule of the repository protects such a branch: --branch-prefix gives it another name"
            } else if said.contains("workflow") && said.contains("scope") {
                "files below .github/workflows change: the token needs the permission Workflows (write) as well, or leave them out with --exclude"
            } else {
                ""
            };
            Trouble::new(format!("could not {deed} the remote {}: {said}", self.hide(&self.remote)), help)
        })
    }

    fn say(&self, args: &[&str]) -> Result<String, Trouble> {
        self.run(self.call(&self.top, args.iter().map(OsStr::new)), b"")
    }

    /// A call of git in `folder`, with what it may know.
    fn call<'a>(&self, folder: &Path, args: impl IntoIterator<Item = &'a OsStr>) -> Command {
        let mut git = crate::git::command(folder);
        let stray = std::env::vars_os().map(|(name, _)| name).filter(|name| {
            let name = name.to_string_lossy();
            name.starts_with("GIT_") && !KEPT.iter().any(|kept| name.starts_with(kept))
        });
        stray.for_each(|name| {
            git.env_remove(name);
        });
        git.env("GIT_TERMINAL_PROMPT", "0").env("LC_ALL", "C").env("GIT_LFS_SKIP_SMUDGE", "1").env_remove("GIT_TRACE_REDACT");
        let first: usize = std::env::var("GIT_CONFIG_COUNT").ok().and_then(|count| count.parse().ok()).unwrap_or(0);
        for (nth, (key, value)) in self.secret.iter().enumerate() {
            git.env(format!("GIT_CONFIG_KEY_{}", first + nth), key).env(format!("GIT_CONFIG_VALUE_{}", first + nth), value);
        }
        self.shown.iter().for_each(|(name, value)| _ = git.env(name, value));
        if !self.secret.is_empty() {
            git.env("GIT_CONFIG_COUNT", (first + self.secret.len()).to_string());
        }
        SETTINGS.iter().for_each(|setting| _ = git.args(["-c", setting]));
        git.args(args).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        git
    }

    /// Makes a call and gives what it printed; its own words where it failed.
    fn run(&self, git: Command, input: &[u8]) -> Result<String, Trouble> {
        interrupt::check()?;
        self.run_anyway(git, input)
    }

    /// As `run`, after an interrupt as well: what cleans up.
    fn run_anyway(&self, mut git: Command, input: &[u8]) -> Result<String, Trouble> {
        let no_git =
            |error: std::io::Error| Trouble::new(format!("could not run git: {error}"), "git 2.31 or later has to be installed");
        let mut child = git.spawn().map_err(no_git)?;
        if let Some(mut stdin) = child.stdin.take() {
            // Who does not read it says why by itself.
            let _ = stdin.write_all(input);
        }
        let output = child.wait_with_output().map_err(no_git)?;
        if output.status.success() {
            return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
        }
        let said = self.hide(&String::from_utf8_lossy(&output.stderr));
        let lines = said.lines().map(|line| line.trim_end().trim_start_matches("fatal: ").trim_start_matches("error: "));
        let said = lines.filter(|line| !line.is_empty()).take(12).collect::<Vec<_>>().join("\n  ");
        Err(Trouble::new(if said.is_empty() { format!("git failed ({})", output.status) } else { said }, ""))
    }

    /// Without tokens, and without users, passwords and queries in addresses.
    pub fn hide(&self, text: &str) -> String {
        let out = origin::bare(text);
        self.hidden.iter().filter(|secret| !secret.is_empty()).fold(out, |text, secret| text.replace(secret.as_str(), "***"))
    }
}

impl Drop for Git {
    fn drop(&mut self) {
        let ours = format!("{}/", self.refs);
        let args = ["for-each-ref", "--format=delete %(refname)", &ours].map(OsStr::new);
        let refs = self.run_anyway(self.call(&self.top, args), b"").unwrap_or_default();
        if !refs.is_empty() {
            let args = ["update-ref", "--stdin"].map(OsStr::new);
            let _ = self.run_anyway(self.call(&self.top, args), refs.as_bytes());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_leaks() {
        let hidden = vec!["s3cret".to_owned()];
        let (top, remote, refs) = Default::default();
        let git = Git { top, remote, secret: Vec::new(), shown: Vec::new(), hidden, refs };
        let said = "fatal: unable to access 'https://me:pw@host.example/a/b.git/': s3cret, see https://host.example/x@y";
        assert_eq!(git.hide(said), "fatal: unable to access 'https://host.example/a/b.git/': ***, see https://host.example/x@y");
        let said = "repository 'https://host.example/a/b.git?token=pw' not found, nor http://me:pw@host.example?token=pw nor http://a://b";
        let shown = "repository 'https://host.example/a/b.git?***' not found, nor http://host.example?*** nor http://a://b";
        assert_eq!(git.hide(said), shown);
        std::mem::forget(git);
    }

    #[test]
    fn authors() {
        let author = Author::read("The Bot <bot@shop.example>").unwrap();
        assert_eq!((author.name.as_str(), author.mail.as_str()), ("The Bot", "bot@shop.example"));
        assert!(["bot", "<a@b>", "a <b>", "a <b@c", "a <b@c>\n"].iter().all(|text| Author::read(&format!("{text}!")).is_none()));
    }
}
