//! Flags of what tells about packs, and makes them.
use super::{Chosen, Migrate, SafetyArg};
use clap::{Subcommand, ValueEnum};
use std::path::PathBuf;

#[derive(Debug, clap::Args)]
pub struct List {
    /// A pack [default: all, in short]
    pub pack: Option<String>,
    /// Text for people, or one Markdown document with every migration of the pack
    #[arg(long, value_name = "FORMAT", requires = "pack")]
    pub format: Option<PagesArg>,
    /// List each change of the product with the migration that handles it, or why none does
    #[arg(long, requires = "pack", conflicts_with = "format")]
    pub coverage: bool,
    /// A folder with packs of your own (`migrations/PACK/…`)
    #[arg(long, value_name = "DIR")]
    pub packs: Vec<PathBuf>,
    #[command(flatten)]
    pub chosen: Chosen,
}

#[derive(Debug, clap::Args)]
pub struct Explain {
    /// A migration; the last part of its id is enough [default: all, if a file is given]
    pub id: Option<String>,
    /// Files: explain where the migration looks in them, and why it does what it does there
    #[arg(value_name = "FILE")]
    pub files: Vec<PathBuf>,
    /// For files: the version to go to [default: the one of the migration; for all, the newest]
    #[arg(long, value_name = "PACK@VERSION")]
    pub to: Vec<String>,
    /// For files: the version that runs now [default: what the files say, else the one before --to]
    #[arg(long, value_name = "[PACK@]VERSION")]
    pub from: Vec<String>,
    /// For files: a parameter of a migration
    #[arg(long, value_name = "NAME=VALUE")]
    pub set: Vec<String>,
    /// Print the migration's own text as well
    #[arg(short, long)]
    pub verbose: bool,
    /// Text for people, or Markdown
    #[arg(long, value_name = "FORMAT")]
    pub format: Option<PagesArg>,
    /// A folder with packs of your own (`migrations/PACK/…`)
    #[arg(long, value_name = "DIR")]
    pub packs: Vec<PathBuf>,
    #[command(flatten)]
    pub chosen: Chosen,
}

impl Explain {
    /// The run that would do what is told of files.
    pub fn asked(&self) -> Migrate {
        Migrate {
            to: self.to.clone(),
            from: self.from.clone(),
            set: self.set.clone(),
            safety: Some(SafetyArg::Review),
            ..Migrate::default()
        }
    }
}

#[derive(Debug, clap::Args)]
pub struct Test {
    /// The folder that holds `migrations` and `golden` [default: this one]
    pub dir: Option<PathBuf>,
    /// Cases whose path contains this text [default: all]
    #[arg(value_name = "CASE")]
    pub cases: Vec<String>,
    /// Write what comes out into the cases; review it before you keep it
    #[arg(long)]
    pub bless: bool,
}

#[derive(Debug, clap::Args)]
pub struct New {
    #[command(subcommand)]
    pub what: NewWhat,
}

#[derive(Debug, Subcommand)]
pub enum NewWhat {
    /// A folder of migrations for one product
    Pack {
        /// Lower case, such as `mesh`
        name: String,
        /// The folder in which to create `migrations` and `golden` [default: this one]
        dir: Option<PathBuf>,
    },
    /// One change that a version asks for
    Migration {
        /// The pack it belongs to
        pack: String,
        /// The version that asks for it, or `any`
        version: String,
        /// Its name, such as `retry-budget`
        slug: String,
        /// The folder that holds `migrations` and `golden` [default: this one]
        dir: Option<PathBuf>,
    },
}

#[derive(Debug, clap::Args)]
pub struct Schema {
    /// Which files it is for
    #[arg(default_value = "migration")]
    pub of: SchemaArg,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum SchemaArg {
    Migration,
    /// pack.yaml
    Pack,
    /// migrations/carriers/*.yaml
    Carriers,
    /// .yamlift.yaml
    Config,
    /// What --format json prints
    Report,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum PagesArg {
    Text,
    Markdown,
}

#[derive(Debug, clap::Args)]
pub struct Completions {
    /// Which shell
    pub shell: clap_complete::Shell,
}

#[derive(Debug, clap::Args)]
pub struct Man {
    /// The command whose page it is [default: yamlift itself]
    pub command: Option<String>,
    /// Write the pages of all commands into this folder, such as `man1`
    #[arg(long, value_name = "DIR", conflicts_with = "command")]
    pub out: Option<PathBuf>,
}
