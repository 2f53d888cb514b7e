//! Where in a file a hunk is, in the names that lead there: read off the indentation, for people.

/// `Thing reviews › spec › hosts`, for the line that starts at byte `at`; empty where nothing leads there.
pub fn way(text: &str, at: usize) -> String {
    let (above, rest) = text.split_at(at.min(text.len()));
    let here = rest.lines().next().unwrap_or_default();
    let mut names = Vec::new();
    let mut column = column(here).unwrap_or(usize::MAX);
    for line in above.lines().rev().take_while(|line| !line.starts_with("---")) {
        if column == 0 {
            break;
        }
        let Some((indent, name)) = key(line).filter(|(indent, _)| *indent < column) else { continue };
        column = indent;
        names.push(name);
    }
    let object = object(text, at.min(text.len()));
    object.into_iter().chain(names.into_iter().rev().map(str::to_owned)).collect::<Vec<_>>().join(" › ")
}

/// Where the content of a line starts, dashes of a list left out; none for what is no content.
fn column(line: &str) -> Option<usize> {
    let content = line.trim_start_matches(['-', ' ']);
    let told = !content.trim().is_empty() && !content.starts_with(['#', '{', '%']);
    told.then(|| line.len() - content.len())
}

/// A key whose value is on the lines below, and its column.
fn key(line: &str) -> Option<(usize, &str)> {
    let column = column(line)?;
    let content = &line[column..];
    let content = content.split(" #").next().unwrap_or(content).trim_end();
    let name = content.strip_suffix(':').or_else(|| {
        let (name, value) = content.split_once(": ")?;
        value.trim_start().starts_with(['|', '>', '&']).then_some(name)
    })?;
    let name = name.trim_matches(['"', '\'']);
    let fits = !name.is_empty() && name.chars().count() <= LONGEST && !name.contains(": ");
    fits.then_some((column, name))
}

/// Characters of a name that is shown.
const LONGEST: usize = 60;

/// `Thing reviews`, where the document around byte `at` says so at its top level.
fn object(text: &str, at: usize) -> Option<String> {
    let start = text[..at].rfind("\n---").map_or(0, |at| at + 1);
    let lines = || text[start..].lines().enumerate().take_while(|(nth, line)| *nth == 0 || !line.starts_with("---"));
    let kind = lines().find_map(|(_, line)| line.strip_prefix("kind:"))?;
    let mut metadata = lines().map(|(_, line)| line).skip_while(|line| !line.starts_with("metadata:"));
    let inline = metadata.next().and_then(|line| {
        let (_, flow) = line.split_once('{')?;
        flow.split([',', '}']).find_map(|pair| pair.trim().strip_prefix("name:"))
    });
    let mut indent = None;
    let name = metadata.take_while(|line| line.is_empty() || line.starts_with([' ', '#', '\r'])).find_map(|line| {
        let column = column(line)?;
        let first = *indent.get_or_insert(column);
        line[column..].strip_prefix("name:").filter(|_| column == first)
    });
    let plain = |value: &str| value.split(" #").next().unwrap_or(value).trim().trim_matches(['"', '\'']).to_owned();
    Some([Some(kind), inline.or(name)].into_iter().flatten().map(plain).collect::<Vec<_>>().join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "kind: Other\n---\napiVersion: demo.dev/v1\nkind: Thing   # one\nmetadata:\n  labels:\n    name: no\n  name: 'reviews'\nspec:\n  # why: x:\n  hosts:\n  - a: 1\n    deep: |\n      text\n  - b: 2\n---\nlist:\n- x:\n    y: 1\n";

    fn at(line: &str) -> String {
        way(TEXT, TEXT.find(line).unwrap())
    }

    #[test]
    fn names_lead_to_a_line() {
        assert_eq!(at("      text"), "Thing reviews › spec › hosts › deep");
        assert_eq!(at("  - b: 2"), "Thing reviews › spec › hosts");
        assert_eq!(at("spec:"), "Thing reviews");
        assert_eq!(at("kind: Other"), "Other");
        assert_eq!(at("    y: 1"), "list › x");
        assert_eq!(way("kind: Thing\nmetadata: {labels: {}, name: reviews}\nspec:\n  a: 1\n", 56), "Thing reviews › spec");
    }

    #[test]
    fn odd_texts_lead_nowhere() {
        for text in ["", "{{ if }}\n", "é: [\n", "\r\n\r\n", "---", "- - -\n", "a\n  b:\n\tc:"] {
            for at in (0..=text.len() + 1).filter(|at| *at > text.len() || text.is_char_boundary(*at)) {
                assert!(!way(text, at).contains('\n'));
            }
        }
    }
}
