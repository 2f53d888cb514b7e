//! Flags that stand in the environment: `YAMLIFT_DRY_RUN` is `--dry-run`.
//!
//! They become words of the command line, so that what is printed to be typed next says them. What is typed wins: a variable
//! counts for nothing where its flag, or one that excludes it, is on the line.
use crate::pack::near;
use clap::builder::{BoolishValueParser, StyledStr, TypedValueParser};
use clap::error::ErrorKind;
use clap::{Arg, ArgAction, ArgMatches, Command};
use std::ffi::{OsStr, OsString};

/// Looks a variable up.
pub type Variable<'a> = &'a dyn Fn(&str) -> Option<OsString>;

/// Flags of other commands that have one: what makes packs known.
const ELSEWHERE: [(&str, &[&str]); 2] =
    [("list", &["packs", "config", "no-config"]), ("explain", &["packs", "config", "no-config", "set"])];

/// Commands whose flags have a variable each.
pub const COMMANDS: [&str; 3] = ["migrate", "plan", "pr"];

const HELP: &str = "Each option can be set in the environment as well: YAMLIFT_TO, YAMLIFT_CHECK=1. Separate several values by commas, or put each on a line. What you type wins.";

/// Variables that begin as ours do, and are for what runs yamlift: our recipes, our action, git below us.
const OF_OTHERS: [&str; 6] =
    ["YAMLIFT_APP_CLIENT_ID", "YAMLIFT_APP_PRIVATE_KEY", "YAMLIFT_BINARY", "YAMLIFT_IMAGE", "YAMLIFT_TOKEN", "YAMLIFT_VERSION"];

/// A line for each of these variables that looks like ours, and is a flag of no command. `line`: what was typed, with what the
/// environment adds; a variable that it names is one that somebody needs.
pub fn unknown(root: &Command, line: &[OsString], names: impl Iterator<Item = String>) -> String {
    let name_of = |long: &str| format!("YAMLIFT_{}", long.to_uppercase().replace('-', "_"));
    let commands = || std::iter::once(root).chain(root.get_subcommands());
    let mut known: Vec<(String, String)> = Vec::new();
    for command in commands() {
        for arg in command.get_arguments().filter(|arg| takes(arg)) {
            let Some(long) = arg.get_long().filter(|long| has_variable(command, long)) else { continue };
            let others = arg.get_all_aliases().unwrap_or_default();
            known.push((name_of(long), name_of(long)));
            known.extend(others.iter().map(|other| (name_of(other), name_of(long))));
        }
    }
    let is_named = |name: &str| line.iter().any(|word| word.to_string_lossy().split('=').any(|part| part == name));
    let plain = |name: &str| name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    let ours = |name: &String| {
        name.starts_with("YAMLIFT_") && plain(name) && !name.starts_with("YAMLIFT_GIT_") && !OF_OTHERS.contains(&name.as_str())
    };
    let mut unknown: Vec<String> = names.filter(ours).collect();
    unknown.retain(|name| !known.iter().any(|(_, flag)| flag == name) && !is_named(name));
    unknown.sort();
    let say = |name: &String| {
        let alias = known.iter().find(|(spelt, _)| spelt == name).map(|(_, flag)| flag.as_str());
        let meant = alias.or_else(|| near(name, known.iter().map(|(_, flag)| flag.as_str())));
        let meant = meant.map_or_else(String::new, |meant| format!(" (did you mean {meant}?)"));
        format!("{name} is not an option of yamlift: it does nothing{meant}\n")
    };
    unknown.iter().map(say).collect()
}

/// What the environment adds to a command line.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Added {
    /// Flags of the program itself.
    first: Vec<OsString>,
    /// The command that was typed, and its flags.
    command: Option<(String, Vec<OsString>)>,
    variables: Vec<String>,
}

/// The commands, each with a word on the environment in its help.
pub fn told(root: Command) -> Command {
    COMMANDS.into_iter().fold(root, |root, name| {
        root.mut_subcommand(name, |command| {
            let help = command.get_after_help().map_or_else(String::new, |help| format!("{}\n\n", help.to_string().trim_end()));
            command.after_long_help(StyledStr::from(help + HELP))
        })
    })
}

/// What the environment says of the flags of the command that was typed.
///
/// # Errors
/// A switch that is neither on nor off.
pub fn added(root: &Command, line: &[OsString], variable: Variable) -> Result<Added, clap::Error> {
    let mut lenient = root.clone().ignore_errors(true);
    // Help, and what is answered at once.
    let Ok(typed) = lenient.try_get_matches_from_mut(line) else { return Ok(Added::default()) };
    let mut out = Added::default();
    out.first = out.words(root, root, &typed, variable)?;
    if let Some((name, typed)) = typed.subcommand() {
        let command = root.find_subcommand(name).unwrap_or(root);
        let words = out.words(root, command, typed, variable)?;
        out.command = Some((name.to_owned(), words));
    }
    Ok(out)
}

impl Added {
    /// The line with what is added.
    pub fn line(&self, typed: &[OsString]) -> Vec<OsString> {
        let mut out: Vec<OsString> = typed.iter().take(1).chain(&self.first).cloned().collect();
        let mut rest = typed.iter().skip(1);
        if let Some((name, words)) = &self.command {
            for word in rest.by_ref() {
                out.push(word.clone());
                if word == OsStr::new(name) {
                    break;
                }
            }
            out.extend(words.iter().cloned());
        }
        out.extend(rest.cloned());
        out
    }

    /// What a complaint about the line has to say of variables that are a part of it.
    pub fn blame(&self) -> String {
        if self.variables.is_empty() { String::new() } else { format!("\nFrom the environment: {}\n", self.variables.join(", ")) }
    }

    fn words(
        &mut self,
        root: &Command,
        command: &Command,
        typed: &ArgMatches,
        variable: Variable,
    ) -> Result<Vec<OsString>, clap::Error> {
        let mut words = Vec::new();
        for arg in command.get_arguments() {
            let Some(long) = arg.get_long().filter(|long| takes(arg) && has_variable(command, long)) else { continue };
            let name = format!("YAMLIFT_{}", long.to_uppercase().replace('-', "_"));
            let Some(value) = variable(&name).filter(|value| !value.is_empty()) else { continue };
            if is_typed(command, arg, typed) {
                continue;
            }
            let flags = flags(root, command, arg, long, &name, &value)?;
            if !flags.is_empty() {
                self.variables.push(name);
            }
            words.extend(flags);
        }
        Ok(words)
    }
}

fn has_variable(command: &Command, long: &str) -> bool {
    let name = command.get_name();
    let known = ELSEWHERE.iter().find(|(command, _)| *command == name).map(|(_, flags)| flags.contains(&long));
    known.unwrap_or(COMMANDS.contains(&name) || name == "yamlift")
}

/// Not help, nor version.
fn takes(arg: &Arg) -> bool {
    matches!(arg.get_action(), ArgAction::Set | ArgAction::Append | ArgAction::SetTrue)
}

/// Whether a flag, or one that it cannot stand beside, is on the line.
fn is_typed(command: &Command, arg: &Arg, typed: &ArgMatches) -> bool {
    let excludes = |a: &Arg, b: &Arg| command.get_arg_conflicts_with(a).iter().any(|other| other.get_id() == b.get_id());
    let on_line = |arg: &Arg| typed.value_source(arg.get_id().as_str()) == Some(clap::parser::ValueSource::CommandLine);
    let related = |other: &&Arg| other.get_id() == arg.get_id() || excludes(arg, other) || excludes(other, arg);
    command.get_arguments().filter(related).any(on_line)
}

/// The words for a variable.
fn flags(
    root: &Command,
    command: &Command,
    arg: &Arg,
    long: &str,
    name: &str,
    value: &OsStr,
) -> Result<Vec<OsString>, clap::Error> {
    let flag = |value: &str| OsString::from(format!("--{long}={value}"));
    if matches!(arg.get_action(), ArgAction::SetTrue) {
        let on = BoolishValueParser::new().parse_ref(command, None, value).map_err(|_| {
            let message = format!("{name}={}: set it to 1 or 0, as --{long} is a switch\n", value.to_string_lossy());
            root.clone().error(ErrorKind::InvalidValue, message)
        })?;
        return Ok(if on { vec![format!("--{long}").into()] } else { Vec::new() });
    }
    let Some(text) = value.to_str() else {
        let mut word = OsString::from(format!("--{long}="));
        word.push(value);
        return Ok(vec![word]);
    };
    if !matches!(arg.get_action(), ArgAction::Append) {
        return Ok(if is_of_another(root, command, arg, text) { Vec::new() } else { vec![flag(text)] });
    }
    let parts = text.split(if text.contains('\n') { '\n' } else { ',' });
    Ok(parts.map(str::trim).filter(|part| !part.is_empty()).map(flag).collect())
}

/// Whether only another command has that value for the flag: `YAMLIFT_FORMAT=diff` says nothing of a `plan`.
fn is_of_another(root: &Command, command: &Command, arg: &Arg, value: &str) -> bool {
    let knows = |arg: &Arg| arg.get_possible_values().iter().any(|known| known.matches(value, false));
    let twin = |other: &Command| other.get_arguments().any(|known| known.get_long() == arg.get_long() && knows(known));
    let others = COMMANDS.into_iter().filter(|name| *name != command.get_name()).filter_map(|name| root.find_subcommand(name));
    !arg.get_possible_values().is_empty() && !knows(arg) && others.into_iter().any(twin)
}

#[cfg(test)]
mod tests {
    use super::super::read;
    use std::ffi::OsString;

    /// The line that comes of words and variables, or what is said.
    fn line(typed: &str, variables: &[(&str, &str)]) -> String {
        let typed: Vec<OsString> = typed.split(' ').map(OsString::from).collect();
        let variable = |name: &str| variables.iter().find(|(known, _)| *known == name).map(|(_, value)| OsString::from(*value));
        match read(&typed, &variable) {
            Ok((_, line)) => line.iter().map(|word| word.to_string_lossy().into_owned()).collect::<Vec<_>>().join(" "),
            Err((said, blame)) => said.render().to_string() + &blame,
        }
    }

    #[test]
    fn a_variable_is_a_flag() {
        assert_eq!(line("yamlift migrate a -- -w", &[("YAMLIFT_TO", "x@1")]), "yamlift migrate --to=x@1 a -- -w");
        assert_eq!(line("yamlift migrate", &[("YAMLIFT_DRY_RUN", "1"), ("YAMLIFT_CHECK", "no")]), "yamlift migrate --dry-run");
        assert_eq!(line("yamlift plan", &[("YAMLIFT_TO", ""), ("YAMLIFT_HIDDEN", "")]), "yamlift plan");
        assert_eq!(line("yamlift list", &[("YAMLIFT_COLOR", "never"), ("YAMLIFT_FORMAT", "x")]), "yamlift --color=never list");
        assert_eq!(line("yamlift explain x", &[("YAMLIFT_PACKS", "mine")]), "yamlift explain --packs=mine x");
        assert_eq!(line("yamlift schema", &[("YAMLIFT_PACKS", "mine")]), "yamlift schema");
        assert!(line("yamlift migrate", &[("YAMLIFT_WRITE", "ja")]).starts_with("error: YAMLIFT_WRITE=ja: set it to 1 or 0"));
    }

    #[test]
    fn what_is_typed_wins() {
        assert_eq!(line("yamlift migrate --to y@2", &[("YAMLIFT_TO", "x@1")]), "yamlift migrate --to y@2");
        assert_eq!(line("yamlift migrate -w", &[("YAMLIFT_CHECK", "1")]), "yamlift migrate -w");
        assert_eq!(line("yamlift migrate --check", &[("YAMLIFT_WRITE", "1")]), "yamlift migrate --check");
        assert_eq!(line("yamlift --color always plan", &[("YAMLIFT_COLOR", "never")]), "yamlift --color always plan");
        assert_eq!(line("yamlift plan --color always", &[("YAMLIFT_COLOR", "never")]), "yamlift plan --color always");
    }

    #[test]
    fn several_values_have_commas_or_lines() {
        assert_eq!(line("yamlift plan", &[("YAMLIFT_ONLY", "a, b,")]), "yamlift plan --only=a --only=b");
        assert_eq!(line("yamlift plan", &[("YAMLIFT_SET", "a=1,2\nb=3\n")]), "yamlift plan --set=a=1,2 --set=b=3");
    }

    #[test]
    fn a_variable_that_is_no_flag_is_said() {
        let said = |line: &str, names: &[&str]| {
            let words: Vec<OsString> = line.split(' ').map(OsString::from).collect();
            super::unknown(&super::super::command(), &words, names.iter().map(|name| (*name).to_owned()))
        };
        let no = |name: &str, meant: &str| format!("{name} is not an option of yamlift: it does nothing{meant}\n");
        assert_eq!(said("yamlift migrate", &["YAMLIFT_FIX"]), no("YAMLIFT_FIX", " (did you mean YAMLIFT_WRITE?)"));
        assert_eq!(said("yamlift plan", &["YAMLIFT_SAFTY"]), no("YAMLIFT_SAFTY", " (did you mean YAMLIFT_SAFETY?)"));
        assert_eq!(said("yamlift plan", &["YAMLIFT_QUUX_ZORK"]), no("YAMLIFT_QUUX_ZORK", ""));
        // Flags of any command, what others need, and what the line names.
        assert_eq!(said("yamlift plan", &["YAMLIFT_LABEL", "YAMLIFT_WRITE", "YAMLIFT_COLOR", "HOME", "YAMLIFT_VERSION"]), "");
        assert_eq!(said("yamlift pr --token-env=YAMLIFT_BOT", &["YAMLIFT_BOT", "YAMLIFT_GIT_TOKEN"]), "");
    }

    #[test]
    fn a_value_for_another_command_is_left_to_it() {
        assert_eq!(line("yamlift plan", &[("YAMLIFT_FORMAT", "diff")]), "yamlift plan");
        let said = line("yamlift plan", &[("YAMLIFT_FORMAT", "dif")]);
        assert!(
            said.contains("invalid value 'dif' for '--format") && said.contains("From the environment: YAMLIFT_FORMAT"),
            "{said}"
        );
        let said = line("yamlift migrate", &[("YAMLIFT_WRITE", "1"), ("YAMLIFT_CHECK", "true")]);
        assert!(said.ends_with("From the environment: YAMLIFT_WRITE, YAMLIFT_CHECK\n"), "{said}");
    }
}
