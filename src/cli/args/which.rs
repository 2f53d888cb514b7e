//! Flags of which files a run takes, and which settings.
use std::path::PathBuf;

#[derive(Debug, Clone, Default, clap::Args)]
pub struct Which {
    /// A file that lists the files, one per line; `-` is standard input
    ///
    /// Only the YAML files in the list are used. They add to the paths that you type.
    #[arg(long, value_name = "FILE", help_heading = "Which files")]
    pub files_from: Option<PathBuf>,
    /// Names in that list end with a null byte, as `git diff -z` and `find -print0` write them
    #[arg(short = '0', long, requires = "files_from", help_heading = "Which files")]
    pub null: bool,
    /// Only files that changed since this commit, or since this branch left it, and untracked ones
    ///
    /// The others are still read where they decide what a file means or which version runs.
    #[arg(long, value_name = "REV", help_heading = "Which files")]
    pub since: Option<String>,
    /// Leave excluded files out even if they are named, as commit hooks do
    ///
    /// Exits with 0 if nothing is left.
    #[arg(long, help_heading = "Which files")]
    pub force_exclude: bool,
    /// Exit with 0 if there is no file to look at
    #[arg(long, help_heading = "Which files")]
    pub allow_empty: bool,

    /// Show no progress bar
    #[arg(long, help_heading = "What comes out")]
    pub no_progress: bool,
}

/// Which file of settings.
#[derive(Debug, Clone, Default, clap::Args)]
pub struct Chosen {
    /// The settings file, instead of the .yamlift.yaml that is found
    #[arg(long, value_name = "FILE", help_heading = "Settings")]
    pub config: Option<PathBuf>,
    /// Use no settings file
    #[arg(long, conflicts_with = "config", help_heading = "Settings")]
    pub no_config: bool,
}
