//! The flags. The only module that knows clap; what they mean is in `config`.
mod look;
mod run;

use crate::output::terminal::Colour;
use clap::{Parser, Subcommand, ValueEnum};
pub use look::*;
pub use run::*;
use std::ffi::OsString;

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
