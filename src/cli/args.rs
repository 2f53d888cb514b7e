//! The flags. The only module that knows clap; what they mean is in `config`.
use crate::output::terminal::Colour;
use clap::{Parser, Subcommand, ValueEnum};
use std::ffi::OsString;
use std::path::PathBuf;

/// Lift YAML to the next version of what it configures, without losing a comment.
#[derive(Debug, Parser)]
#[command(name = "yamlift", version, disable_help_subcommand = false, max_term_width = 100)]
pub struct Args {
    #[command(subcommand)]
    pub command: Option<Command>,

    /// When to use colour
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto")]
    color: ColourArg,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum ColourArg {
    Auto,
    Always,
    Never,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Print the diff of what is to be done, or write the files with -w
    #[command(after_help = include_str!("../../templates/help/migrate.txt"))]
    Migrate(Box<Migrate>),
    /// What is here, what would change and when, what is left for you: the runbook of an upgrade
    #[command(after_help = include_str!("../../templates/help/plan.txt"))]
    Plan(Box<Plan>),
    /// Packs and their migrations
    #[command(after_help = include_str!("../../templates/help/list.txt"))]
    List(List),
    /// Why a migration exists, and what it does
    #[command(after_help = include_str!("../../templates/help/explain.txt"))]
    Explain(Explain),
    /// Run the golden cases of a folder of packs
    #[command(after_help = include_str!("../../templates/help/test.txt"))]
    Test(Test),
    /// Make a pack, or a migration with its first cases, to be filled in
    #[command(after_help = include_str!("../../templates/help/new.txt"))]
    New(New),
    /// A JSON Schema, with which an editor completes and checks the files of a pack
    #[command(after_help = include_str!("../../templates/help/schema.txt"))]
    Schema(Schema),
}

#[derive(Debug, Default, clap::Args)]
pub struct Migrate {
    /// Files and folders, in which links are not followed; `-` is standard input [default: this folder]
    pub paths: Vec<PathBuf>,

    /// The version to go to; repeat it for several packs
    #[arg(long, value_name = "PACK@VERSION", help_heading = "What to do")]
    pub to: Vec<String>,
    /// The version that runs now [default: what the files say, else the one before --to]
    #[arg(long, value_name = "[PACK@]VERSION", help_heading = "What to do")]
    pub from: Vec<String>,
    /// Only what can go in before the upgrade, or only what has to wait for it
    #[arg(long, value_name = "WHEN", help_heading = "What to do")]
    pub phase: Option<PhaseArg>,
    /// Only these migrations; the last part of an id is enough
    #[arg(long, value_name = "ID", help_heading = "What to do")]
    pub only: Vec<String>,
    /// All but these migrations
    #[arg(long, value_name = "ID", help_heading = "What to do")]
    pub skip: Vec<String>,
    /// Migrations that are off unless asked for, as well
    #[arg(long, value_name = "ID", help_heading = "What to do")]
    pub enable: Vec<String>,
    /// `review`: migrations that change behaviour as well; read their diff
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

    /// A file or folder with CustomResourceDefinitions that edited objects have to fit: what the edit would
    /// break is not written (rules in CEL are left to the cluster)
    #[arg(long, value_name = "PATH", help_heading = "What to do")]
    pub crds: Vec<PathBuf>,

    /// Write the files in place
    #[arg(short, long, visible_alias = "fix", conflicts_with_all = ["check", "dry_run"], help_heading = "What comes out")]
    pub write: bool,
    /// Ask about each edit, and write what was accepted
    #[arg(short, long, conflicts_with_all = ["check", "dry_run", "format"], help_heading = "What comes out")]
    pub interactive: bool,
    /// Print the names of the files that would change, no diff
    #[arg(long, conflicts_with = "format", help_heading = "What comes out")]
    pub check: bool,
    /// Write nothing, which is the default
    #[arg(long, help_heading = "What comes out")]
    pub dry_run: bool,
    /// What is printed on standard output
    #[arg(long, value_name = "FORMAT", help_heading = "What comes out")]
    pub format: Option<FormatArg>,
    /// The least level of a finding that makes the exit code 1 [default: error]
    #[arg(long, value_name = "LEVEL", help_heading = "What comes out")]
    pub fail_on: Option<FailOnArg>,
    /// Exit with 0 where it would be 1
    #[arg(long, help_heading = "What comes out")]
    pub exit_zero: bool,
    /// Errors alone on standard error
    #[arg(short, long, conflicts_with = "verbose", help_heading = "What comes out")]
    pub quiet: bool,
    /// Name every file that was not read
    #[arg(short, long, help_heading = "What comes out")]
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
    /// Edit files that a program wrote as well: those that say so above their content, and large ones
    #[arg(long, help_heading = "Which files")]
    pub include_generated: bool,
    /// With -w and -i: write files that have changes which are not committed
    #[arg(long, help_heading = "Which files")]
    pub allow_dirty: bool,
    /// The name that standard input goes by
    #[arg(long, value_name = "NAME", help_heading = "Which files")]
    pub stdin_filename: Option<String>,
    /// Files that are worked on at once, at most 256 [default: one per processor]
    #[arg(short = 'j', long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=256), help_heading = "Which files")]
    pub threads: Option<u16>,
}

#[derive(Debug, Default, clap::Args)]
pub struct Plan {
    /// Files and folders [default: this folder]
    pub paths: Vec<PathBuf>,

    /// The version to go to; left out: tells what runs, and which versions there are
    #[arg(long, value_name = "PACK@VERSION")]
    pub to: Vec<String>,
    /// The version that runs now [default: what the files say, else the one before --to]
    #[arg(long, value_name = "[PACK@]VERSION")]
    pub from: Vec<String>,
    /// What is printed
    #[arg(long, value_name = "FORMAT")]
    pub format: Option<PlanArg>,
    /// Only these migrations; the last part of an id is enough
    #[arg(long, value_name = "ID")]
    pub only: Vec<String>,
    /// All but these migrations
    #[arg(long, value_name = "ID")]
    pub skip: Vec<String>,
    /// Migrations that are off unless asked for, as a part of the run
    #[arg(long, value_name = "ID")]
    pub enable: Vec<String>,
    /// `review`: as if migrations that change behaviour had been asked for
    #[arg(long, value_name = "LEVEL")]
    pub safety: Option<SafetyArg>,
    /// A parameter of a migration
    #[arg(long, value_name = "NAME=VALUE")]
    pub set: Vec<String>,
    /// A YAML file with parameters
    #[arg(long, value_name = "FILE")]
    pub values: Vec<PathBuf>,
    /// A folder with packs of your own (`migrations/PACK/…`)
    #[arg(long, value_name = "DIR")]
    pub packs: Vec<PathBuf>,
    /// Leave these files and folders out, as in a .gitignore
    #[arg(long, value_name = "GLOB")]
    pub exclude: Vec<String>,
    /// Hidden files as well
    #[arg(long)]
    pub hidden: bool,
    /// Files that .gitignore names as well
    #[arg(long)]
    pub no_ignore: bool,
    /// Files that a program wrote as well
    #[arg(long)]
    pub include_generated: bool,
}

impl Plan {
    /// The run that it is a plan of.
    pub fn asked(&self) -> Migrate {
        Migrate {
            paths: self.paths.clone(),
            to: self.to.clone(),
            from: self.from.clone(),
            only: self.only.clone(),
            skip: self.skip.clone(),
            enable: self.enable.clone(),
            safety: self.safety,
            set: self.set.clone(),
            values: self.values.clone(),
            packs: self.packs.clone(),
            ..Migrate::default()
        }
    }
}

#[derive(Debug, clap::Args)]
pub struct List {
    /// A pack [default: all, in short]
    pub pack: Option<String>,
    /// For people, or a document with every migration of the pack
    #[arg(long, value_name = "FORMAT", requires = "pack")]
    pub format: Option<PagesArg>,
    /// For each change of the product the migration that answers it, or why none does
    #[arg(long, requires = "pack", conflicts_with = "format")]
    pub coverage: bool,
    /// A folder with packs of your own (`migrations/PACK/…`)
    #[arg(long, value_name = "DIR")]
    pub packs: Vec<PathBuf>,
}

#[derive(Debug, clap::Args)]
pub struct Explain {
    /// A migration; the last part of its id is enough. Left out: all
    pub id: Option<String>,
    /// Files: where the migration looks in them, and why it does what it does there
    #[arg(value_name = "FILE")]
    pub files: Vec<PathBuf>,
    /// A parameter, for what is told of files
    #[arg(long, value_name = "NAME=VALUE")]
    pub set: Vec<String>,
    /// The migration's own text as well
    #[arg(short, long)]
    pub verbose: bool,
    /// For people, or markdown
    #[arg(long, value_name = "FORMAT")]
    pub format: Option<PagesArg>,
    /// A folder with packs of your own (`migrations/PACK/…`)
    #[arg(long, value_name = "DIR")]
    pub packs: Vec<PathBuf>,
}

#[derive(Debug, clap::Args)]
pub struct Test {
    /// The folder that holds `migrations` and `golden` [default: this one]
    pub dir: Option<PathBuf>,
    /// Cases whose path has this text [default: all]
    #[arg(value_name = "CASE")]
    pub cases: Vec<String>,
    /// Write what comes out into the cases; read it before you keep it
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
        /// The folder that gets `migrations` and `golden` [default: this one]
        dir: Option<PathBuf>,
    },
    /// One change that a version asks for
    Migration {
        /// The pack that it is of
        pack: String,
        /// The version that asks for it, or `any`
        version: String,
        /// What it is called, such as `retry-budget`
        slug: String,
        /// The folder that holds `migrations` and `golden` [default: this one]
        dir: Option<PathBuf>,
    },
}

#[derive(Debug, clap::Args)]
pub struct Schema {
    /// Of which files
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
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum PhaseArg {
    Before,
    After,
    All,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum SafetyArg {
    Safe,
    Review,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum FormatArg {
    Diff,
    Json,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum PlanArg {
    Text,
    Markdown,
    Json,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum PagesArg {
    Text,
    Markdown,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum FailOnArg {
    Error,
    Warning,
    Note,
    Never,
}

/// A command line that was understood, or the exit code of one that was answered already (help, version, wrong usage).
pub enum Parsed {
    Run(Args),
    Told(u8),
}

pub fn parse(line: &[OsString]) -> Parsed {
    match Args::try_parse_from(line) {
        Ok(args) => Parsed::Run(args),
        Err(said) => {
            // A closed pipe is no reason to complain.
            let _ = said.print();
            Parsed::Told(u8::try_from(said.exit_code()).unwrap_or(2))
        }
    }
}

impl Args {
    pub fn colour(&self) -> Colour {
        match self.color {
            ColourArg::Auto => Colour::Auto,
            ColourArg::Always => Colour::Always,
            ColourArg::Never => Colour::Never,
        }
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_command_line_is_sound() {
        <super::Args as clap::CommandFactory>::command().debug_assert();
    }
}
