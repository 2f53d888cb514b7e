//! Flags of what goes through the files.
use super::{Chosen, Which};
use crate::output::format::Format;
use crate::pack::near;
use clap::ValueEnum;
use std::path::PathBuf;

#[derive(Debug, Default, clap::Args)]
pub struct Migrate {
    /// Files and folders (links in a folder are not followed); `-` is standard input [default: this folder]
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
    /// Run these migrations as well, which are off by default
    #[arg(long, value_name = "ID", help_heading = "What to do")]
    pub enable: Vec<String>,
    /// `review`: run migrations that change behaviour as well; read their diff
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

    /// A file or folder with CustomResourceDefinitions that edited objects have to fit: an edit that does not
    /// is not written (rules in CEL are left to the cluster)
    #[arg(long, value_name = "PATH", help_heading = "What to do")]
    pub crds: Vec<PathBuf>,

    /// Write the files in place
    #[arg(short, long, visible_alias = "fix", conflicts_with_all = ["check", "dry_run"], help_heading = "What comes out")]
    pub write: bool,
    /// Ask about each edit, and write what was accepted
    #[arg(short, long, conflicts_with_all = ["check", "dry_run", "format"], help_heading = "What comes out")]
    pub interactive: bool,
    /// Print only the names of the files that would change
    #[arg(long, conflicts_with = "format", help_heading = "What comes out")]
    pub check: bool,
    /// Write nothing (this is the default)
    #[arg(long, help_heading = "What comes out")]
    pub dry_run: bool,
    /// What to print on standard output
    #[arg(long, value_name = "FORMAT", help_heading = "What comes out")]
    pub format: Option<FormatArg>,
    /// Write the report to a file as well, whatever is printed; repeat it for several
    #[arg(long, value_name = "FORMAT=FILE", value_parser = report, help_heading = "What comes out")]
    pub report: Vec<(FormatArg, PathBuf)>,
    /// The lowest level of a finding that makes the exit code 1 [default: error]
    #[arg(long, value_name = "LEVEL", help_heading = "What comes out")]
    pub fail_on: Option<FailOnArg>,
    /// Exit with 0 instead of 1
    #[arg(long, help_heading = "What comes out")]
    pub exit_zero: bool,
    /// With -w and -i: exit with 1 if a file was written, as commit hooks expect
    #[arg(long, visible_alias = "exit-non-zero-on-fix", conflicts_with = "exit_zero", help_heading = "What comes out")]
    pub exit_non_zero_on_change: bool,
    /// The lowest level of a finding to show on standard error [default: note]
    ///
    /// Counts, reports and the exit code include the others all the same.
    #[arg(long, value_name = "LEVEL", conflicts_with = "quiet", help_heading = "What comes out")]
    pub show: Option<ShowArg>,
    /// A JSON report of an earlier run: findings that are in it are neither shown nor counted
    ///
    /// In any format. Pending edits and what could not be read still count. A finding is recognized by its
    /// migration, its file and its message, wherever in the file it is. Make the report in the same folder, with
    /// --report json=FILE.
    #[arg(long, value_name = "FILE", help_heading = "What comes out")]
    pub baseline: Option<PathBuf>,
    /// Show only errors on standard error
    #[arg(short, long, conflicts_with = "verbose", help_heading = "What comes out")]
    pub quiet: bool,
    /// Show every finding in full, and the name of every file that was not read
    #[arg(short, long, help_heading = "What comes out")]
    pub verbose: bool,

    /// Leave these files and folders out, as in a .gitignore
    #[arg(long, value_name = "GLOB", help_heading = "Which files")]
    pub exclude: Vec<String>,
    /// Look at hidden files as well (.github and some other folders are always looked at)
    #[arg(long, help_heading = "Which files")]
    pub hidden: bool,
    /// Files that .gitignore names as well
    #[arg(long, help_heading = "Which files")]
    pub no_ignore: bool,
    /// Edit generated files as well: those that say so above their content, and large ones
    #[arg(long, help_heading = "Which files")]
    pub include_generated: bool,
    /// With -w and -i: write files even if they have uncommitted changes
    #[arg(long, help_heading = "Which files")]
    pub allow_dirty: bool,
    /// The file name to use for standard input
    #[arg(long, value_name = "NAME", help_heading = "Which files")]
    pub stdin_filename: Option<String>,
    /// How many files to work on at once, at most 256 [default: one per processor]
    #[arg(short = 'j', long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=256), help_heading = "Which files")]
    pub threads: Option<u16>,
    #[command(flatten)]
    pub which: Which,
    #[command(flatten)]
    pub chosen: Chosen,
}

#[derive(Debug, Default, clap::Args)]
pub struct Plan {
    /// Files and folders [default: this folder]
    pub paths: Vec<PathBuf>,

    /// The version to go to; leave it out to see what runs, and which versions there are
    #[arg(long, value_name = "PACK@VERSION", help_heading = "What to do")]
    pub to: Vec<String>,
    /// The version that runs now [default: what the files say, else the one before --to]
    #[arg(long, value_name = "[PACK@]VERSION", help_heading = "What to do")]
    pub from: Vec<String>,
    /// What to print
    #[arg(long, value_name = "FORMAT", help_heading = "What comes out")]
    pub format: Option<PlanArg>,
    /// Only these migrations; the last part of an id is enough
    #[arg(long, value_name = "ID", help_heading = "What to do")]
    pub only: Vec<String>,
    /// All but these migrations
    #[arg(long, value_name = "ID", help_heading = "What to do")]
    pub skip: Vec<String>,
    /// Include these migrations, which are off by default
    #[arg(long, value_name = "ID", help_heading = "What to do")]
    pub enable: Vec<String>,
    /// `review`: include migrations that change behaviour
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
    /// Leave these files and folders out, as in a .gitignore
    #[arg(long, value_name = "GLOB", help_heading = "Which files")]
    pub exclude: Vec<String>,
    /// Look at hidden files as well
    #[arg(long, help_heading = "Which files")]
    pub hidden: bool,
    /// Files that .gitignore names as well
    #[arg(long, help_heading = "Which files")]
    pub no_ignore: bool,
    /// Include generated files as well
    #[arg(long, help_heading = "Which files")]
    pub include_generated: bool,
    #[command(flatten)]
    pub which: Which,
    #[command(flatten)]
    pub chosen: Chosen,
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
            hidden: self.hidden,
            no_ignore: self.no_ignore,
            exclude: self.exclude.clone(),
            which: self.which.clone(),
            crds: self.crds.clone(),
            ..Migrate::default()
        }
    }
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
    /// SARIF 2.1.0, for code scanning
    Sarif,
    /// Workflow commands of GitHub Actions, its summary and its outputs
    Github,
    /// GitLab's code quality report
    Gitlab,
    /// Diagnostics and suggestions for reviewdog
    Rdjson,
    /// One page for people who review
    Html,
    /// A report for people
    Markdown,
    /// The description of a pull request
    PrBody,
}

impl From<FormatArg> for Format {
    fn from(format: FormatArg) -> Self {
        match format {
            FormatArg::Diff => Format::Diff,
            FormatArg::Json => Format::Json,
            FormatArg::Sarif => Format::Sarif,
            FormatArg::Github => Format::Github,
            FormatArg::Gitlab => Format::Gitlab,
            FormatArg::Rdjson => Format::Rdjson,
            FormatArg::Html => Format::Html,
            FormatArg::Markdown => Format::Markdown,
            FormatArg::PrBody => Format::PrBody,
        }
    }
}

/// `FORMAT=FILE`.
fn report(text: &str) -> Result<(FormatArg, PathBuf), String> {
    let known = FormatArg::value_variants().iter().filter_map(ValueEnum::to_possible_value);
    let names: Vec<String> = known.map(|format| format.get_name().to_owned()).collect();
    match text.split_once('=') {
        Some((format, file)) if !file.is_empty() => {
            let unknown = |_| match near(format, names.iter().map(String::as_str)) {
                Some(near) => format!("no format `{format}`; did you mean `{near}`?"),
                None => format!("no format `{format}`; there are: {}", names.join(", ")),
            };
            Ok((FormatArg::from_str(format, false).map_err(unknown)?, file.into()))
        }
        _ => Err(format!("a format and a file are needed, such as json=report.json; formats: {}", names.join(", "))),
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum PlanArg {
    Text,
    Markdown,
    Json,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ShowArg {
    Error,
    Warning,
    Note,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum FailOnArg {
    Error,
    Warning,
    Note,
    Never,
}
