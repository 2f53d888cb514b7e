//! What is made of the flags for shells and for `man`.
use super::{Completions, command};
use std::io;

/// The text that a shell completes commands and flags with.
pub fn completions(args: &Completions) -> Vec<u8> {
    let mut out = Vec::new();
    clap_complete::generate(args.shell, &mut command(), "yamlift", &mut out);
    out
}

/// The manual page of a command, `new pack` for one below another; none: there is no such command.
///
/// # Errors
/// None, as it is written to memory.
pub fn manual(name: Option<&str>) -> io::Result<Option<Vec<u8>>> {
    let Some(name) = name else { return page(built()).map(Some) };
    let mut found = built();
    for word in name.split([' ', '-']) {
        let Some(below) = found.find_subcommand(word) else { return Ok(None) };
        found = below.clone();
    }
    page(found).map(Some)
}

/// The manual pages of all commands: name of the file, and text.
///
/// # Errors
/// None, as they are written to memory.
pub fn manuals() -> io::Result<Vec<(String, Vec<u8>)>> {
    let mut out = Vec::new();
    let mut open = vec![built()];
    while let Some(command) = open.pop() {
        open.extend(command.get_subcommands().filter(|below| below.get_name() != "help").cloned());
        out.push((format!("{}.1", called(&command)), page(command)?));
    }
    out.sort();
    Ok(out)
}

/// The names that `manual` knows.
pub fn commands() -> Vec<String> {
    command().get_subcommands().map(|command| command.get_name().to_owned()).collect()
}

/// With the names of all commands written out.
fn built() -> clap::Command {
    let mut command = command();
    command.build();
    command
}

/// `yamlift-new-pack`.
fn called(command: &clap::Command) -> String {
    command.get_display_name().unwrap_or(command.get_name()).to_owned()
}

fn page(command: clap::Command) -> io::Result<Vec<u8>> {
    let title = called(&command);
    let mut out = Vec::new();
    clap_mangen::Man::new(command.name(title.clone())).title(title.to_uppercase()).render(&mut out)?;
    Ok(in_ascii(&String::from_utf8_lossy(&out)).into_bytes())
}

/// What is no ASCII as groff spells it, which reads bytes where no preconv runs before it.
fn in_ascii(page: &str) -> String {
    let spelt = |c: char| match c {
        // Which plain terminals do not have.
        '…' => "...".to_owned(),
        c if c.is_ascii() => c.to_string(),
        c => format!("\\[u{:04X}]", u32::from(c)),
    };
    page.chars().map(spelt).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::ValueEnum;

    #[test]
    fn every_shell_has_completions_of_every_command() {
        for shell in clap_complete::Shell::value_variants() {
            let text = String::from_utf8(completions(&Completions { shell: *shell })).unwrap();
            for word in ["migrate", "plan", "explain", "stdin-filename"] {
                assert!(text.contains(word), "{shell}: {word}");
            }
        }
    }

    #[test]
    fn every_command_has_a_page() {
        let pages = manuals().unwrap();
        let names: Vec<&str> = pages.iter().map(|(name, _)| name.as_str()).collect();
        for name in ["yamlift.1", "yamlift-migrate.1", "yamlift-new-pack.1"] {
            assert!(names.contains(&name), "{names:?}");
        }
        assert!(!names.iter().any(|name| name.contains("help")), "{names:?}");
        assert!(pages.iter().all(|(_, page)| page.is_ascii()));
        assert_eq!(in_ascii("a → b"), "a \\[u2192] b");
        let of = |name: &str| String::from_utf8(manual(Some(name)).unwrap().unwrap()).unwrap();
        assert!(of("migrate").contains(".TH YAMLIFT-MIGRATE 1"), "{}", of("migrate"));
        assert!(of("migrate").contains("Examples:") && of("new pack").contains("YAMLIFT-NEW-PACK"));
        assert!(manual(Some("migrat")).unwrap().is_none());
    }
}
