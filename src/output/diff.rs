//! Unified diffs that `git apply` takes. The only module that knows `similar`.
use crate::report::FileReport;
use similar::udiff::UnifiedHunkHeader;
use similar::{ChangeTag, TextDiff};
use std::fmt::Write as _;

/// Unchanged lines around a change.
const CONTEXT: usize = 3;

/// The diff of a file from its bytes on disk to those after the run; empty where nothing changes.
pub fn of(file: &FileReport) -> String {
    let bom = if file.source.bom { "\u{feff}" } else { "" };
    let (old, new) = (format!("{bom}{}", file.source.text), format!("{bom}{}", file.migrated_text()));
    unified(&file.source.path, &old, &new)
}

/// The diff of two texts. A line ends with `\n` alone, so that a carriage return stays part of its line.
pub fn unified(path: &str, old: &str, new: &str) -> String {
    if old == new {
        return String::new();
    }
    between(&name("a", path), &name("b", path), old, new)
}

/// The diff of two texts under names of their own.
pub fn between(old_name: &str, new_name: &str, old: &str, new: &str) -> String {
    format!("--- {old_name}\n+++ {new_name}\n{}", hunks(old, new))
}

/// The hunks of a diff alone; empty where nothing changes.
pub fn hunks(old: &str, new: &str) -> String {
    let (old, new): (Vec<&str>, Vec<&str>) = (old.split_inclusive('\n').collect(), new.split_inclusive('\n').collect());
    let diff = TextDiff::from_slices(&old, &new);
    let mut out = String::new();
    for hunk in diff.grouped_ops(CONTEXT) {
        let _ = writeln!(out, "{}", UnifiedHunkHeader::new(&hunk));
        for change in hunk.iter().flat_map(|op| diff.iter_changes(op)) {
            out.push(match change.tag() {
                ChangeTag::Equal => ' ',
                ChangeTag::Delete => '-',
                ChangeTag::Insert => '+',
            });
            out.push_str(change.value());
            if !change.value().ends_with('\n') {
                out.push_str("\n\\ No newline at end of file\n");
            }
        }
    }
    out
}

/// `a/path`, quoted as git does where the name needs it, with the tab that ends a name with blanks.
fn name(side: &str, path: &str) -> String {
    let odd = |c: char| c.is_ascii_control() || c == '"' || c == '\\';
    if !path.contains(odd) {
        let end = if path.contains(' ') { "\t" } else { "" };
        return format!("{side}/{path}{end}");
    }
    let mut out = format!("\"{side}/");
    for c in path.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            '\r' => out.push_str("\\r"),
            c if c.is_ascii_control() => {
                let _ = write!(out, "\\{:03o}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

/// The diff with colours for a terminal.
pub fn coloured(diff: &str) -> String {
    let mut out = String::with_capacity(diff.len() + diff.len() / 4);
    for line in diff.split_inclusive('\n') {
        let style = match line.as_bytes() {
            [b'-', b'-', b'-', b' ', ..] | [b'+', b'+', b'+', b' ', ..] => "\x1b[1m",
            [b'@', ..] => "\x1b[36m",
            [b'-', ..] => "\x1b[31m",
            [b'+', ..] => "\x1b[32m",
            _ => "",
        };
        match (style, line.strip_suffix('\n')) {
            ("", _) | (_, None) => out.push_str(line),
            (style, Some(line)) => out.extend([style, line, "\x1b[0m\n"]),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::process::Command;

    /// `git apply` of the diff on `old` gives `new`.
    fn applies(path: &str, old: &str, new: &str) {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join(path);
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(&file, old).unwrap();
        let patch = unified(path, old, new);
        std::fs::write(dir.path().join("p.patch"), &patch).unwrap();
        let git = Command::new("git").args(["apply", "--whitespace=nowarn", "p.patch"]).current_dir(dir.path()).output().unwrap();
        assert!(git.status.success(), "{}\n{patch}", String::from_utf8_lossy(&git.stderr));
        assert_eq!(std::fs::read(&file).unwrap(), new.as_bytes(), "{patch}");
    }

    #[test]
    fn git_takes_every_line_end() {
        applies("a.yaml", "a: 1\nb: 2\n", "a: 1\nb: 3\n");
        applies("x/y.yaml", "a: 1\r\nb: 2\r\nc: 3\r\n", "a: 1\r\nb: 3\r\nc: 3\r\n");
        applies("a.yaml", "a: 1\nb: 2", "a: 1\nb: 3");
        applies("a.yaml", "a: 1\nb: 2", "a: 1\nb: 2\n");
        applies("a.yaml", "a: 1\nb: 2\n", "a: 1\nb: 2");
        applies("a.yaml", "\u{feff}a: 1\nb: 2\n", "\u{feff}a: 2\nb: 2\n");
        applies("a.yaml", "x\n", "x\ny\n");
        applies("a.yaml", "x\ny\n", "x\n");
        applies("a.yaml", "- é\n- \t \n", "- è\n- \t \n- \u{85}\n");
    }

    #[test]
    fn git_takes_odd_names() {
        for path in ["with blank.yaml", "quote\".yaml", "back\\slash.yaml", "naïve/日本.yaml", "tab\t.yaml", "-dash.yaml"] {
            applies(path, "a: 1\n", "a: 2\n");
        }
    }

    #[test]
    fn far_changes_are_hunks_of_their_own() {
        let old: String = (0..40).map(|n| format!("k{n}: 1\n")).collect();
        let new = old.replace("k2: 1", "k2: 2").replace("k30: 1", "k30: 2");
        let diff = unified("a.yaml", &old, &new);
        assert_eq!(diff.matches("@@ -").count(), 2);
        assert!(diff.starts_with("--- a/a.yaml\n+++ b/a.yaml\n@@ -1,6 +1,6 @@\n k0: 1\n"), "{diff}");
        applies("a.yaml", &old, &new);
        assert_eq!(unified("a.yaml", &old, &old), "");
    }
}
