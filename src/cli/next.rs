//! What to type next: the command line that was typed, changed so that it can be pasted.
use super::args::{Migrate, PhaseArg, SafetyArg};
use std::ffi::OsString;
use std::path::PathBuf;

/// The same.
pub fn same(line: &[OsString]) -> String {
    let typed = Typed::read(line);
    command(typed.options.into_iter(), typed.paths)
}

/// The same, but it writes, and prints nothing else.
pub fn write(line: &[OsString]) -> String {
    let typed = Typed::read(line);
    let mut options: Vec<String> = Vec::new();
    let mut words = typed.options.into_iter();
    while let Some(word) = words.next() {
        match word.as_str() {
            "--check" | "--dry-run" | "-w" | "--write" | "--fix" => {}
            "--format" | "--report" => drop(words.next()),
            _ if word.starts_with("--format=") || word.starts_with("--report=") => {}
            _ => options.push(word),
        }
    }
    command(options.into_iter().chain(["-w".into()]), typed.paths)
}

/// The same, but it shows what only `--safety review` does, and writes nothing: that diff is to be read first.
pub fn offered(line: &[OsString]) -> String {
    let typed = Typed::read(line);
    let mut options: Vec<String> = Vec::new();
    let mut words = typed.options.into_iter();
    while let Some(word) = words.next() {
        if word == "--safety" {
            words.next();
        } else if !word.starts_with("--safety=") {
            options.extend(without_write(word));
        }
    }
    options.extend(["--safety".into(), "review".into()]);
    command(options.into_iter(), typed.paths)
}

/// The `migrate` that a `plan` leads to: from what runs (`PACK@VERSION`), for a part of the upgrade.
pub fn migrate(line: &[OsString], from: Option<&str>, phase: Option<&str>) -> String {
    let (mut options, paths) = planned(line, from);
    options.extend(phase.into_iter().flat_map(|phase| ["--phase".to_owned(), phase.to_owned()]));
    command(options.into_iter(), paths)
}

/// The `migrate` that shows what a `plan` says has to be asked for.
pub fn asked(line: &[OsString], from: Option<&str>) -> String {
    let (options, paths) = planned(line, from);
    command(options.into_iter().chain(["--safety".into(), "review".into()]), paths)
}

/// The `migrate` that does again what was done for a pull request; `folder`: from where it is typed, empty: there.
pub fn redo(asked: &Migrate, folder: &str) -> String {
    let mut words = vec!["migrate".to_owned()];
    let mut add = |flag: &str, value: String| words.extend([flag.to_owned(), value]);
    let paths = |paths: &[PathBuf]| paths.iter().map(|path| path.display().to_string()).collect::<Vec<_>>();
    let lists = [
        ("--to", asked.to.clone()),
        ("--from", asked.from.clone()),
        ("--only", asked.only.clone()),
        ("--skip", asked.skip.clone()),
        ("--enable", asked.enable.clone()),
        ("--set", asked.set.clone()),
        ("--values", paths(&asked.values)),
        ("--packs", paths(&asked.packs)),
        ("--crds", paths(&asked.crds)),
        ("--exclude", asked.exclude.clone()),
    ];
    lists.into_iter().for_each(|(flag, values)| values.into_iter().for_each(|value| add(flag, value)));
    match asked.phase {
        Some(PhaseArg::Before) => add("--phase", "before".into()),
        Some(PhaseArg::After) => add("--phase", "after".into()),
        Some(PhaseArg::All) | None => {}
    }
    if asked.safety == Some(SafetyArg::Review) {
        add("--safety", "review".into());
    }
    let flags = [
        (asked.hidden, "--hidden"),
        (asked.no_ignore, "--no-ignore"),
        (asked.include_generated, "--include-generated"),
        (true, "-w"),
    ];
    words.extend(flags.into_iter().filter(|(on, _)| *on).map(|(_, flag)| flag.to_owned()));
    command(words.into_iter(), Some(folder.to_owned()).filter(|folder| !folder.is_empty()).into_iter().collect())
}

/// The same plan, to another version.
pub fn plan(line: &[OsString], to: &str) -> String {
    let typed = Typed::read(line);
    let mut options: Vec<String> = Vec::new();
    let mut words = typed.options.into_iter();
    while let Some(word) = words.next() {
        match word.as_str() {
            "--to" => drop(words.next()),
            _ if word.starts_with("--to=") => {}
            _ => options.push(word),
        }
    }
    command(options.into_iter().chain(["--to".into(), to.into()]), typed.paths)
}

/// The options and paths of a `plan` as those of a `migrate`.
fn planned(line: &[OsString], from: Option<&str>) -> (Vec<String>, Vec<String>) {
    let typed = Typed::read(line);
    let mut options: Vec<String> = Vec::new();
    let mut words = typed.options.into_iter();
    while let Some(word) = words.next() {
        if matches!(word.as_str(), "--format" | "--safety" | "--color") {
            words.next();
        } else if word == "plan" && !options.iter().any(|option| option == "migrate") {
            options.push("migrate".into());
        } else if !["--format=", "--safety=", "--color="].iter().any(|option| word.starts_with(option)) {
            options.push(word);
        }
    }
    let said = options.iter().any(|option| option == "--from" || option.starts_with("--from="));
    options.extend(from.filter(|_| !said).into_iter().flat_map(|from| ["--from".to_owned(), from.to_owned()]));
    (options, typed.paths)
}

/// The words behind the program's name.
struct Typed {
    options: Vec<String>,
    /// `--` and what stands behind it, where no word is an option any more.
    paths: Vec<String>,
}

impl Typed {
    fn read(line: &[OsString]) -> Self {
        let mut options: Vec<String> = line.iter().skip(1).map(|word| word.to_string_lossy().into_owned()).collect();
        let end = options.iter().position(|word| word == "--").unwrap_or(options.len());
        let paths = options.split_off(end);
        Typed { options, paths }
    }
}

/// A word without what makes a run write: none where nothing is left, `-q` of `-wq`.
fn without_write(word: String) -> Option<String> {
    let flags = word.strip_prefix('-').filter(|flags| flags.chars().all(|flag| "iwqv0".contains(flag)));
    match flags {
        _ if ["--write", "--fix", "--interactive"].contains(&word.as_str()) => None,
        Some(flags) if flags.contains(['w', 'i']) => {
            let rest = flags.replace(['w', 'i'], "");
            (!rest.is_empty()).then(|| format!("-{rest}"))
        }
        _ => Some(word),
    }
}

fn command(options: impl Iterator<Item = String>, paths: Vec<String>) -> String {
    let words = options.chain(paths).map(|word| quoted(&word));
    ["yamlift".to_owned()].into_iter().chain(words).collect::<Vec<_>>().join(" ")
}

/// A word as a shell reads it.
fn quoted(word: &str) -> String {
    let plain = !word.is_empty() && word.chars().all(|c| c.is_alphanumeric() || "-_./@=:,+%".contains(c));
    if plain { word.to_owned() } else { format!("'{}'", word.replace('\'', "'\\''")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(text: &str) -> Vec<OsString> {
        text.split('|').map(OsString::from).collect()
    }

    #[test]
    fn the_command_that_writes_can_be_pasted() {
        let typed = line("/x/yamlift|migrate|my dir|--check|--to|a@1.2");
        assert_eq!(write(&typed), "yamlift migrate 'my dir' --to a@1.2 -w");
        let typed = line("yamlift|migrate|--to|a@1.2|--format|pr-body|--report|json=x|-w");
        assert_eq!(write(&typed), "yamlift migrate --to a@1.2 -w");
        let typed = line("yamlift|migrate|--to|a@1.2|--|--check|-x.yaml");
        assert_eq!(write(&typed), "yamlift migrate --to a@1.2 -w -- --check -x.yaml");
    }

    #[test]
    fn the_command_for_what_is_offered_shows_it() {
        assert_eq!(offered(&line("yamlift|migrate|--to|a@1.2")), "yamlift migrate --to a@1.2 --safety review");
        let typed = line("yamlift|migrate|--safety|safe|-wq|--to|a@1.2|-w|-i|--|-w");
        assert_eq!(offered(&typed), "yamlift migrate -q --to a@1.2 --safety review -- -w");
    }

    #[test]
    fn what_was_done_for_a_pull_request_can_be_redone() {
        let asked = Migrate {
            to: vec!["a@1.2".into()],
            set: vec!["x=a b".into()],
            phase: Some(PhaseArg::Before),
            safety: Some(SafetyArg::Review),
            ..Migrate::default()
        };
        let wanted = "yamlift migrate --to a@1.2 --set 'x=a b' --phase before --safety review -w apps";
        assert_eq!(redo(&asked, "apps"), wanted);
        assert_eq!(redo(&Migrate::default(), ""), "yamlift migrate -w");
    }

    #[test]
    fn a_plan_leads_to_commands() {
        let typed = line("yamlift|plan|a dir|--to|a@1.2|--format|markdown|--set|x=1");
        assert_eq!(
            migrate(&typed, Some("a@1.0"), Some("after")),
            "yamlift migrate 'a dir' --to a@1.2 --set x=1 --from a@1.0 --phase after"
        );
        assert_eq!(
            asked(&line("yamlift|plan|--from|1.1|--to|a@1.2"), Some("a@1.0")),
            "yamlift migrate --from 1.1 --to a@1.2 --safety review"
        );
        assert_eq!(plan(&typed, "a@1.1"), "yamlift plan 'a dir' --format markdown --set x=1 --to a@1.1");
    }
}
