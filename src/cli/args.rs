//! The flags. The only module that knows clap; what they mean is in `config`.
mod environment;
mod look;
mod pages;
mod pr;
mod run;
mod which;

use crate::output::terminal::{Colour, Terminal};
use crate::pack::near;
use clap::{FromArgMatches, Parser, Subcommand, ValueEnum};
pub use look::*;
pub use pages::{commands, completions, manual, manuals};
pub use pr::*;
pub use run::*;
use std::ffi::OsString;
pub use which::{Chosen, Which};

/// Lift YAML to the next version of what it configures, without losing a comment.
#[derive(Debug, Parser)]
#[command(name = "yamlift", version, disable_help_subcommand = false, max_term_width = 100)]
#[command(after_help = include_str!("../../templates/help/main.txt"))]
pub struct Args {
    #[command(subcommand)]
    pub command: Option<Command>,

    /// When to use colour
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto", hide_short_help = true)]
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
    /// Print the diff of what would change, or write the files with -w
    #[command(after_help = include_str!("../../templates/help/migrate.txt"))]
    Migrate(Box<Migrate>),
    /// Print the runbook of an upgrade: what runs, what would change and when, what is left for you
    #[command(after_help = include_str!("../../templates/help/plan.txt"))]
    Plan(Box<Plan>),
    /// Open a pull request with the changes, or bring the open one up to date
    #[command(after_help = include_str!("../../templates/help/pr.txt"))]
    Pr(Box<Pr>),
    /// List packs and their migrations
    #[command(after_help = include_str!("../../templates/help/list.txt"))]
    List(List),
    /// Explain why a migration exists, and what it does
    #[command(after_help = include_str!("../../templates/help/explain.txt"))]
    Explain(Explain),
    /// Run the golden cases of a folder of packs
    #[command(after_help = include_str!("../../templates/help/test.txt"))]
    Test(Test),
    /// Create a pack, or a migration with its first cases, for you to fill in
    #[command(after_help = include_str!("../../templates/help/new.txt"))]
    New(New),
    /// Print a JSON Schema, with which an editor completes and checks settings and the files of a pack
    #[command(after_help = include_str!("../../templates/help/schema.txt"))]
    Schema(Schema),
    /// Print the script that makes a shell complete commands and flags
    #[command(after_help = include_str!("../../templates/help/completions.txt"))]
    Completions(Completions),
    /// Print the manual page, or write those of all commands
    #[command(after_help = include_str!("../../templates/help/man.txt"))]
    Man(Man),
}

/// Flags that `--help` shows, and `-h` does not.
const RARE: [&str; 17] = [
    "allow_empty",
    "config",
    "crds",
    "dry_run",
    "exit_non_zero_on_change",
    "exit_zero",
    "force_exclude",
    "hidden",
    "include_generated",
    "no_config",
    "no_ignore",
    "no_progress",
    "null",
    "packs",
    "stdin_filename",
    "threads",
    "values",
];

/// A command line that was understood, with what the environment adds to it; or the exit code of one that was answered
/// already (help, version, wrong usage).
pub enum Parsed {
    Run(Box<Args>, Vec<OsString>),
    Told(u8),
}

pub fn parse(line: &[OsString]) -> Parsed {
    match read(line, &|name| std::env::var_os(name)) {
        Ok((args, line)) => Parsed::Run(Box::new(args), line),
        Err((said, blame)) => {
            let variable = std::env::var("YAMLIFT_COLOR").ok().and_then(|value| ColourArg::from_str(&value, false).ok());
            let terminal = Terminal::new(asked_colour(line).or(variable).unwrap_or(ColourArg::Auto).into());
            let text = said.render();
            match said.use_stderr() {
                true if terminal.colour_err => terminal.err(&format!("{}{blame}", text.ansi())),
                true => terminal.err(&format!("{text}{blame}")),
                // A full disk cannot be told of a help text.
                false if terminal.colour_out => drop(terminal.out(text.ansi().to_string().as_bytes())),
                false => drop(terminal.out(text.to_string().as_bytes())),
            }
            Parsed::Told(u8::try_from(said.exit_code()).unwrap_or(2))
        }
    }
}

/// What a line that is not understood, or not to be, says of colour.
fn asked_colour(line: &[OsString]) -> Option<ColourArg> {
    let words: Vec<_> = line.iter().map(|word| word.to_string_lossy()).take_while(|word| *word != "--").collect();
    let at = words.iter().rposition(|word| word == "--color" || word.starts_with("--color="))?;
    let value = words[at].strip_prefix("--color=").or(words.get(at + 1).map(AsRef::as_ref))?;
    ColourArg::from_str(value, false).ok()
}

/// The arguments of a line and of the environment, and the line that says both; or what is answered, with a word on the
/// environment for a complaint.
fn read(line: &[OsString], variable: environment::Variable) -> Result<(Args, Vec<OsString>), (clap::Error, String)> {
    let command = command();
    let added = environment::added(&command, line, variable).map_err(|said| (said, String::new()))?;
    let line = added.line(line);
    match command.try_get_matches_from(&line).and_then(|matches| Args::from_arg_matches(&matches)) {
        Ok(args) => Ok((args, line)),
        Err(said) => Err((with_near(said, &line), added.blame())),
    }
}

/// `help migrat` names the command that is near, as `migrat` alone does.
fn with_near(mut said: clap::Error, line: &[OsString]) -> clap::Error {
    use clap::error::{ContextKind, ContextValue};
    let Some(ContextValue::String(word)) = said.get(ContextKind::InvalidSubcommand) else { return said };
    if said.get(ContextKind::SuggestedSubcommand).is_some() {
        return said;
    }
    let words = line.iter().map(|word| word.to_string_lossy()).skip_while(|word| word != "help").skip(1);
    let root = command();
    let mut above = &root;
    for known in words {
        let Some(below) = above.find_subcommand(known.as_ref()) else { break };
        above = below;
    }
    let names: Vec<String> = above.get_subcommands().map(|command| command.get_name().to_owned()).collect();
    if let Some(near) = near(word, names.iter().map(String::as_str)).map(str::to_owned) {
        said.insert(ContextKind::SuggestedSubcommand, ContextValue::Strings(vec![near]));
    }
    said
}

/// All that can be typed.
fn command() -> clap::Command {
    let root = environment::told(<Args as clap::CommandFactory>::command());
    let rare = |arg: clap::Arg| if RARE.contains(&arg.get_id().as_str()) { arg.hide_short_help(true) } else { arg };
    environment::COMMANDS.into_iter().fold(root, |root, name| root.mut_subcommand(name, |command| command.mut_args(rare)))
}

/// A line for each variable that looks like one of ours, and does nothing.
pub fn unknown_variables(line: &[OsString]) -> String {
    let names = std::env::vars_os().filter_map(|(name, value)| name.into_string().ok().filter(|_| !value.is_empty()));
    environment::unknown(&command(), line, names)
}

impl Args {
    pub fn colour(&self) -> Colour {
        self.color.into()
    }
}

impl From<ColourArg> for Colour {
    fn from(colour: ColourArg) -> Self {
        match colour {
            ColourArg::Auto => Colour::Auto,
            ColourArg::Always => Colour::Always,
            ColourArg::Never => Colour::Never,
        }
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn help_of_a_command_that_is_misspelt_names_the_near_one() {
        let said = |line: &str| {
            let words: Vec<std::ffi::OsString> = line.split(' ').map(Into::into).collect();
            super::read(&words, &|_| None).unwrap_err().0.render().to_string()
        };
        assert!(
            said("yamlift help migrat").contains("a similar subcommand exists: 'migrate'"),
            "{}",
            said("yamlift help migrat")
        );
        assert!(said("yamlift help new pak").contains("'pack'"), "{}", said("yamlift help new pak"));
        assert!(!said("yamlift help quark").contains("similar"));
    }

    #[test]
    fn the_command_line_is_sound() {
        super::command().debug_assert();
    }
}
