//! Folded block scalars (`>`): which part of the value is on which line, and lines for another value.

/// Where in `value` each of some lines starts, which are without their indentation. None where they are not its lines.
pub fn starts(value: &str, lines: &[&str]) -> Option<Vec<usize>> {
    let mut at = 0;
    let mut out = Vec::with_capacity(lines.len());
    for line in lines {
        if line.is_empty() {
            out.push(at);
            continue;
        }
        let gap = value[at..].find(|c| !matches!(c, ' ' | '\n')).unwrap_or(value.len() - at);
        // A line that is indented deeper starts with blanks of its own.
        let from = (at..=at + gap).find(|from| value[*from..].starts_with(line))?;
        out.push(from);
        at = from + line.len();
    }
    Some(out)
}

/// The lines of `old` with those parts changed that `new` has otherwise. None where that cannot be told.
pub fn refold(old: &str, lines: &[&str], new: &str) -> Option<Vec<String>> {
    let starts = starts(old, lines)?;
    let full: Vec<(usize, usize, &str)> =
        (0..lines.len()).filter(|i| !lines[*i].is_empty()).map(|i| (i, starts[i], lines[i])).collect();
    // Behind the last byte that stays, and before the first one behind the change: both in a line, or at an end of one.
    let head = common(old.chars().zip(new.chars()));
    let head =
        full.iter().rev().find(|(_, start, _)| *start <= head).map(|(i, start, line)| (*i, *start, head.min(start + line.len())));
    let (first, first_start, head) = head.unwrap_or((full.first()?.0, full.first()?.1, full.first()?.1));
    let (old_rest, new_rest) = (old.get(head..)?, new.get(head..)?);
    let tail = old.len() - common(old_rest.chars().rev().zip(new_rest.chars().rev()));
    let tail =
        full.iter().find(|(_, start, line)| tail <= start + line.len()).map(|(i, start, _)| (*i, *start, tail.max(*start)));
    let (last, last_start, tail) = tail?;
    let changed = new.get(head..new.len().checked_sub(old.len() - tail)?)?;
    let before = lines[first].get(..head - first_start)?;
    let after = lines[last].get(tail - last_start..)?;
    let middle = format!("{before}{}{after}", changed.replace('\n', "\n\n"));
    let own = |lines: &[&str]| lines.iter().map(|line| (*line).to_owned()).collect::<Vec<_>>();
    Some([own(&lines[..first]), middle.split('\n').map(str::to_owned).collect(), own(&lines[last + 1..])].concat())
}

/// Each line of a text on a line of its own.
pub fn fold(text: &str) -> Vec<String> {
    text.trim_end_matches('\n').replace('\n', "\n\n").split('\n').map(str::to_owned).collect()
}

/// Bytes that two texts have in common, character by character.
fn common(pairs: impl Iterator<Item = (char, char)>) -> usize {
    pairs.take_while(|(a, b)| a == b).map(|(a, _)| a.len_utf8()).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_in_the_value() {
        assert_eq!(starts("a b\nc\n  d\ne f", &["a", "b", "", "c", "  d", "e", "f"]).unwrap(), [0, 2, 3, 4, 6, 10, 12]);
        assert_eq!(starts("a b", &["a", "c"]), None);
    }

    #[test]
    fn changed_lines_alone() {
        let new = |old: &str, lines: &[&str], new: &str| refold(old, lines, new).unwrap().join("|");
        assert_eq!(new("one two three", &["one two", "three"], "one 2 three"), "one 2|three");
        assert_eq!(new("one two three", &["one", "two", "three"], "one 2 three"), "one|2|three");
        assert_eq!(new("one two three", &["one two", "three"], "one three"), "one three");
        assert_eq!(new("one two three", &["one two", "three"], "zero one two three"), "zero one two|three");
        assert_eq!(new("one two three\n", &["one two", "three"], "one two three four\n"), "one two|three four");
        assert_eq!(new("a b\nc", &["a", "b", "", "c"], "a b\nd"), "a|b||d");
        assert_eq!(new("a b\nc", &["a", "b", "", "c"], "x b\nc"), "x|b||c");
        assert_eq!(new("a b c", &["a", "b", "c"], "d"), "d");
        assert_eq!(new("a a a", &["a", "a", "a"], "a a"), "a|a");
    }
}
