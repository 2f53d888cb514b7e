//! What to type next: the command line that was typed, changed so that it can be pasted.
use std::ffi::OsString;

/// The same, but it writes.
pub fn write(line: &[OsString]) -> String {
    let typed = Typed::read(line);
    let options = typed.options.into_iter().filter(|word| word != "--check" && word != "--dry-run").chain(["-w".into()]);
    command(options, typed.paths)
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
    let flags = word.strip_prefix('-').filter(|flags| flags.chars().all(|flag| "wqv".contains(flag)));
    match flags {
        _ if word == "--write" || word == "--fix" || word == "-w" => None,
        Some(flags) if flags.contains('w') => Some(format!("-{}", flags.replace('w', ""))),
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
        let typed = line("yamlift|migrate|--to|a@1.2|--|--check|-x.yaml");
        assert_eq!(write(&typed), "yamlift migrate --to a@1.2 -w -- --check -x.yaml");
    }

    #[test]
    fn the_command_for_what_is_offered_shows_it() {
        assert_eq!(offered(&line("yamlift|migrate|--to|a@1.2")), "yamlift migrate --to a@1.2 --safety review");
        let typed = line("yamlift|migrate|--safety|safe|-wq|--to|a@1.2|-w|--|-w");
        assert_eq!(offered(&typed), "yamlift migrate -q --to a@1.2 --safety review -- -w");
    }
}
