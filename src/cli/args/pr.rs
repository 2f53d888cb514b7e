//! Flags of `yamlift pr`.
use super::{Migrate, PhaseArg, SafetyArg};
use crate::forge::git::Author;
use crate::forge::remote::Kind;
use clap::ValueEnum;
use std::path::PathBuf;

#[derive(Debug, Default, clap::Args)]
pub struct Pr {
    /// A folder of a git checkout, which stays as it is [default: this folder]
    pub path: Option<PathBuf>,

    /// The version to go to; repeat it for several packs
    #[arg(long, value_name = "PACK@VERSION", help_heading = "What to do")]
    pub to: Vec<String>,
    /// The version that runs now [default: what the files say, else the one before --to]
    #[arg(long, value_name = "[PACK@]VERSION", help_heading = "What to do")]
    pub from: Vec<String>,
    /// Only what can go in before the upgrade, or only what has to wait for it; both: a pull request for each
    #[arg(long, value_name = "WHEN", help_heading = "What to do")]
    pub phase: Vec<PhaseArg>,
    /// Only these migrations; the last part of an id is enough
    #[arg(long, value_name = "ID", help_heading = "What to do")]
    pub only: Vec<String>,
    /// Leave these migrations out
    #[arg(long, value_name = "ID", help_heading = "What to do")]
    pub skip: Vec<String>,
    /// Run these migrations as well, which are off by default
    #[arg(long, value_name = "ID", help_heading = "What to do")]
    pub enable: Vec<String>,
    /// `review`: run migrations that change behaviour as well
    #[arg(long, value_name = "LEVEL", help_heading = "What to do")]
    pub safety: Option<SafetyArg>,
    /// A parameter of a migration
    #[arg(long, value_name = "NAME=VALUE", help_heading = "What to do")]
    pub set: Vec<String>,
    /// A YAML file with parameters
    #[arg(long, value_name = "FILE", help_heading = "What to do")]
    pub values: Vec<PathBuf>,
    /// A folder with packs of your own (`migrations/PACK/…`)
    #[arg(long, value_name = "DIR", help_heading = "What to do")]
    pub packs: Vec<PathBuf>,
    /// A file or folder with CustomResourceDefinitions that edited objects have to fit
    #[arg(long, value_name = "PATH", help_heading = "What to do")]
    pub crds: Vec<PathBuf>,

    /// The branch to merge into [default: the default branch of the remote]
    #[arg(long, value_name = "BRANCH", help_heading = "The pull request")]
    pub base: Option<String>,
    /// What the names of branches begin with [default: yamlift/]
    #[arg(long, value_name = "PREFIX", help_heading = "The pull request")]
    pub branch_prefix: Option<String>,
    /// One commit for all, or one for each migration [default: each]
    #[arg(long, value_name = "HOW", help_heading = "The pull request")]
    pub commit: Option<CommitArg>,
    /// What commit messages begin with, such as `chore(deps): `
    #[arg(long, value_name = "TEXT", help_heading = "The pull request")]
    pub commit_prefix: Option<String>,
    /// Who commits; what others commit to the branch is never overwritten [default: a name and an address of yamlift's own]
    #[arg(long, value_name = "NAME <MAIL>", value_parser = author, help_heading = "The pull request")]
    pub author: Option<Author>,
    /// Its title; can use `<< goal >>`, `<< phase >>` and whatever else the description can
    #[arg(long, value_name = "TEXT", help_heading = "The pull request")]
    pub title: Option<String>,
    /// A template for its description, in place of the built-in one
    #[arg(long, value_name = "FILE", help_heading = "The pull request")]
    pub body: Option<PathBuf>,
    /// A label for it
    #[arg(long, value_name = "NAME", help_heading = "The pull request")]
    pub label: Vec<String>,
    /// Who to ask for a review: a login, or ORG/TEAM
    #[arg(long, value_name = "WHO", help_heading = "The pull request")]
    pub reviewer: Vec<String>,
    /// Open it as a draft
    #[arg(long, help_heading = "The pull request")]
    pub draft: bool,

    /// The remote, by name or address
    #[arg(long, value_name = "REMOTE", default_value = "origin", help_heading = "Where")]
    pub remote: String,
    /// What the remote is hosted on; `none`: push the branch, and open nothing
    #[arg(long, value_name = "FORGE", default_value = "auto", help_heading = "Where")]
    pub forge: ForgeArg,
    /// The address of its API, such as `https://git.example.com/api/v3`
    #[arg(long, value_name = "URL", help_heading = "Where")]
    pub api_url: Option<String>,
    /// The variable that holds the token [default: GITHUB_TOKEN, GH_TOKEN; GITLAB_TOKEN; GITEA_TOKEN, FORGEJO_TOKEN]
    #[arg(long, value_name = "NAME", help_heading = "Where")]
    pub token_env: Option<String>,
    /// GitLab: let the push itself open the merge request, which needs no token for the API
    #[arg(long, help_heading = "Where")]
    pub push_options: bool,
    /// Print the pull request, but push nothing and open nothing (DRY_RUN=true does the same)
    #[arg(long, help_heading = "Where")]
    pub dry_run: bool,

    /// Build the branch again over commits that others pushed to it, and open another pull request where one was closed
    #[arg(long, help_heading = "The pull request")]
    pub force: bool,

    /// Show only errors on standard error
    #[arg(short, long, conflicts_with = "verbose", help_heading = "Where")]
    pub quiet: bool,
    /// The name of every file that was not read
    #[arg(short, long, help_heading = "Where")]
    pub verbose: bool,
    /// Leave these files and folders out, as in a .gitignore
    #[arg(long, value_name = "GLOB", help_heading = "Which files")]
    pub exclude: Vec<String>,
    /// Hidden files as well (.github and some other folders are always walked)
    #[arg(long, help_heading = "Which files")]
    pub hidden: bool,
    /// Files that .gitignore names as well
    #[arg(long, help_heading = "Which files")]
    pub no_ignore: bool,
    /// Edit files that a program wrote as well
    #[arg(long, help_heading = "Which files")]
    pub include_generated: bool,
    /// Files that are worked on at once, at most 256 [default: one per processor]
    #[arg(short = 'j', long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=256), help_heading = "Which files")]
    pub threads: Option<u16>,
}

impl Pr {
    /// The run that it is made of.
    pub fn asked(&self, phase: Option<PhaseArg>) -> Migrate {
        Migrate {
            to: self.to.clone(),
            from: self.from.clone(),
            phase,
            only: self.only.clone(),
            skip: self.skip.clone(),
            enable: self.enable.clone(),
            safety: self.safety,
            set: self.set.clone(),
            values: self.values.clone(),
            packs: self.packs.clone(),
            crds: self.crds.clone(),
            exclude: self.exclude.clone(),
            hidden: self.hidden,
            no_ignore: self.no_ignore,
            include_generated: self.include_generated,
            threads: self.threads,
            write: true,
            quiet: self.quiet,
            verbose: self.verbose,
            ..Migrate::default()
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum CommitArg {
    One,
    Each,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub enum ForgeArg {
    #[default]
    Auto,
    Github,
    Gitlab,
    Gitea,
    Forgejo,
    None,
}

impl ForgeArg {
    /// None: it has to be found out.
    pub fn kind(self) -> Option<Kind> {
        match self {
            ForgeArg::Auto => None,
            ForgeArg::Github => Some(Kind::GitHub),
            ForgeArg::Gitlab => Some(Kind::GitLab),
            ForgeArg::Gitea | ForgeArg::Forgejo => Some(Kind::Gitea),
            ForgeArg::None => Some(Kind::None),
        }
    }
}

fn author(text: &str) -> Result<Author, String> {
    Author::read(text).ok_or_else(|| "write a name and an email address, such as \"The Bot <bot@example.com>\"".into())
}
