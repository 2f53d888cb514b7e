//! Flags of which files a run takes, and which settings.
use std::path::PathBuf;

#[derive(Debug, Clone, Default, clap::Args)]
pub struct Which {
    /// A file that names the files, one a line; `-` is standard input
    ///
    /// Of a list only YAML is taken. It adds to the paths that are typed.
    #[arg(long, value_name = "FILE", help_heading = "Which files")]
    pub files_from: Option<PathBuf>,
    /// Names in that list end with a null byte, as `git diff -z` and `find -print0` write them
    #[arg(short = '0', long, requires = "files_from", help_heading = "Which files")]
    pub null: bool,
    /// Only files that changed since this commit, or since this branch left it, and untracked ones
    ///
    /// The others are read all the same, where they decide what a file means or which version runs.
    #[arg(long, value_name = "REV", help_heading = "Which files")]
    pub since: Option<String>,
    /// Leave out what is excluded even where it is named, as by a commit hook
    ///
    /// Ends with 0 if nothing is left.
    #[arg(long, help_heading = "Which files")]
    pub force_exclude: bool,
    /// End with 0 where there is no file to look at
    #[arg(long, help_heading = "Which files")]
    pub allow_empty: bool,

    /// No bar that shows how far a run has come
    #[arg(long, help_heading = "What comes out")]
    pub no_progress: bool,
}

/// Which file of settings.
#[derive(Debug, Clone, Default, clap::Args)]
pub struct Chosen {
    /// The file of settings, in place of the .yamlift.yaml that is found
    #[arg(long, value_name = "FILE", help_heading = "Settings")]
    pub config: Option<PathBuf>,
    /// No file of settings
    #[arg(long, conflicts_with = "config", help_heading = "Settings")]
    pub no_config: bool,
}
