//! Unified diffs that `git apply` takes. The only module that knows `similar`.
use crate::report::FileReport;
use similar::udiff::UnifiedHunkHeader;
use similar::{Change, ChangeTag, DiffOp, TextDiff};
use std::fmt::Write as _;
use std::ops::Range;

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
    let mut out = String::new();
    for hunk in hunks_with(old, new, &[]) {
        let _ = writeln!(out, "{}", hunk.head);
        for line in hunk.lines {
            out.push(line.sign());
            out.push_str(line.text);
            if !line.text.ends_with('\n') {
                out.push_str("\n\\ No newline at end of file\n");
            }
        }
    }
    out
}

/// Lines that stand together: changed ones, and those around them.
#[derive(Debug)]
pub struct Hunk<'t> {
    /// `@@ -1,6 +1,7 @@`.
    pub head: String,
    /// 0-based number of its first line, in the old text and in the new one.
    pub old: usize,
    pub new: usize,
    pub lines: Vec<Line<'t>>,
}

#[derive(Debug)]
pub struct Line<'t> {
    tag: ChangeTag,
    /// With its line end, where it has one.
    pub text: &'t str,
}

impl Line<'_> {
    /// What stands before it in a diff.
    pub fn sign(&self) -> char {
        match self.tag {
            ChangeTag::Equal => ' ',
            ChangeTag::Delete => '-',
            ChangeTag::Insert => '+',
        }
    }
}

/// The hunks of two texts. `places`: 0-based lines of the old text that are shown as well, with those around them, changed or
/// not.
pub fn hunks_with<'t>(old: &'t str, new: &'t str, places: &[usize]) -> Vec<Hunk<'t>> {
    let (old, new): (Vec<&str>, Vec<&str>) = (old.split_inclusive('\n').collect(), new.split_inclusive('\n').collect());
    let diff = TextDiff::from_slices(&old, &new);
    let line = |change: Change<&str>| Line {
        tag: change.tag(),
        text: match (change.old_index(), change.new_index()) {
            (Some(at), _) => old[at],
            (_, at) => new[at.unwrap_or_default()],
        },
    };
    let hunk = |ops: Vec<DiffOp>| Hunk {
        head: UnifiedHunkHeader::new(&ops).to_string(),
        old: ops[0].old_range().start,
        new: ops[0].new_range().start,
        lines: ops.iter().flat_map(|op| diff.iter_changes(op)).map(line).collect(),
    };
    grouped(diff.ops(), places).into_iter().map(hunk).collect()
}

/// Changes with the lines around them and around `places`, those that touch in one group.
fn grouped(ops: &[DiffOp], places: &[usize]) -> Vec<Vec<DiffOp>> {
    let mut groups: Vec<Vec<DiffOp>> = Vec::new();
    let mut open = false;
    for (nth, op) in ops.iter().enumerate() {
        let DiffOp::Equal { old_index, new_index, len } = *op else {
            add(&mut groups, open, *op);
            open = true;
            continue;
        };
        let mut at = 0;
        for shown in shown(old_index..old_index + len, nth > 0, nth + 1 < ops.len(), places) {
            let piece =
                DiffOp::Equal { old_index: shown.start, new_index: new_index + shown.start - old_index, len: shown.len() };
            open = open && shown.start == old_index + at;
            add(&mut groups, open, piece);
            (open, at) = (true, shown.end - old_index);
        }
        open = open && at == len;
    }
    groups
}

fn add(groups: &mut Vec<Vec<DiffOp>>, open: bool, op: DiffOp) {
    match groups.last_mut().filter(|_| open) {
        Some(group) => group.push(op),
        None => groups.push(vec![op]),
    }
}

/// The parts of some equal lines that are near a change before or after them, or near a place; sorted, apart.
fn shown(lines: Range<usize>, after: bool, before: bool, places: &[usize]) -> Vec<Range<usize>> {
    let mut parts: Vec<Range<usize>> = Vec::new();
    parts.extend(after.then_some(lines.start..lines.start + CONTEXT));
    parts.extend(places.iter().map(|place| place.saturating_sub(CONTEXT)..place + CONTEXT + 1));
    parts.extend(before.then_some(lines.end.saturating_sub(CONTEXT)..lines.end));
    let within = |part: Range<usize>| part.start.max(lines.start)..part.end.min(lines.end);
    let mut parts: Vec<_> = parts.into_iter().map(within).filter(|part| part.start < part.end).collect();
    parts.sort_by_key(|part| part.start);
    let mut out: Vec<Range<usize>> = Vec::new();
    for part in parts {
        match out.last_mut().filter(|last| part.start <= last.end) {
            Some(last) => last.end = last.end.max(part.end),
            None => out.push(part),
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

    #[test]
    fn a_place_that_does_not_change_is_shown_as_well() {
        let old: String = (0..40).map(|n| format!("k{n}: 1\n")).collect();
        let new = old.replace("k2: 1", "k2: 2");
        let all = hunks_with(&old, &new, &[39, 9, 20, 20]);
        let heads: Vec<&str> = all.iter().map(|hunk| hunk.head.as_str()).collect();
        assert_eq!(heads, ["@@ -1,13 +1,13 @@", "@@ -18,7 +18,7 @@", "@@ -37,4 +37,4 @@"]);
        assert_eq!((all[1].old, all[1].lines.len(), all[1].lines[3].text), (17, 7, "k20: 1\n"));
        assert_eq!(hunks_with(&old, &old, &[0])[0].head, "@@ -1,4 +1,4 @@");
        assert!(hunks_with("", "", &[0]).is_empty());
    }

    #[test]
    fn groups_are_those_of_a_common_diff() {
        for gap in 0..10 {
            let old: String = (0..30).map(|n| format!("k{n}: 1\n")).collect();
            let new = old.replace("k4: 1", "k4: 2").replace(&format!("k{}: 1\n", 5 + gap), "");
            let (old, new): (Vec<&str>, Vec<&str>) = (old.split_inclusive('\n').collect(), new.split_inclusive('\n').collect());
            let diff = TextDiff::from_slices(&old, &new);
            assert_eq!(grouped(diff.ops(), &[]), diff.grouped_ops(CONTEXT));
        }
    }
}
