//! `# yamlift: ignore[ID] reason` above an entry or behind it, `ignore-file` in the head comment: what people want left
//! alone. In a template, `{{/* yamlift: … */}}` as well.
use crate::source::Span;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suppression {
    /// The comment, from its `#`.
    pub comment: Span,
    /// Bytes that it speaks of.
    pub extent: Span,
    /// An id, as written: whole or shortened.
    pub id: String,
    pub used: bool,
}

/// The id of those that name no migration: every one is meant.
pub const ALL: &str = "*";

/// A directive that cannot be understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unclear {
    pub comment: Span,
    pub why: &'static str,
}

/// Every suppression of a text, found line by line so that it works in texts within texts as well.
pub fn find(text: &str) -> (Vec<Suppression>, Vec<Unclear>) {
    let (mut found, mut unclear) = (Vec::new(), Vec::new());
    if !text.contains("yamlift:") {
        return (found, unclear);
    }
    let mut head = true;
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let start = at;
        at += line.len();
        let trimmed = line.trim();
        let content = !(is_silent(trimmed) || ["---", "%"].iter().any(|sign| trimmed.starts_with(sign)));
        head &= !content;
        let Some((from, directive)) = directive(line) else { continue };
        let comment = start + from..start + line.trim_end().len();
        let directive = directive.trim_end_matches("}}").trim_end_matches('-').trim_end().trim_end_matches("*/");
        match parse(directive.trim_start()) {
            Ok((whole_file, ids)) => {
                if whole_file && !head {
                    unclear.push(Unclear { comment, why: "`ignore-file` counts only above the first line of content" });
                    continue;
                }
                let extent = if whole_file { 0..text.len() } else { entry_below(text, if content { start } else { at }) };
                let one =
                    |id: &str| Suppression { comment: comment.clone(), extent: extent.clone(), id: id.to_owned(), used: false };
                found.extend(ids.iter().map(|id| one(id)));
            }
            Err(why) => unclear.push(Unclear { comment, why }),
        }
    }
    (found, unclear)
}

/// Whether a text asks to be left alone as a whole. Works on what is no YAML as well, as `find` reads lines.
pub fn whole_file(text: &str) -> bool {
    find(text).0.iter().any(|one| one.id == ALL && one.extent == (0..text.len()))
}

/// A line that gives nothing: blank, a comment, or the actions of a template.
fn is_silent(trimmed: &str) -> bool {
    trimmed.is_empty() || trimmed.starts_with('#') || trimmed.starts_with("{{") && trimmed.ends_with("}}")
}

/// The byte where a comment to us starts, above an entry or behind it (`#`), or in a template (`{{/*`); the text behind
/// `yamlift:`.
fn directive(line: &str) -> Option<(usize, &str)> {
    if let Some((_, behind)) = line.split_once("/*").filter(|(before, _)| before.trim().trim_end_matches('-') == "{{") {
        return Some((line.find("{{")?, behind.trim().strip_prefix("yamlift:")?));
    }
    let mut comments = line.match_indices('#').filter(|(at, _)| line[..*at].is_empty() || line[..*at].ends_with([' ', '\t']));
    comments.find_map(|(at, _)| Some((at, line[at + 1..].trim().strip_prefix("yamlift:")?)))
}

fn parse(directive: &str) -> Result<(bool, Vec<&str>), &'static str> {
    let (whole_file, rest) = match directive.strip_prefix("ignore-file") {
        Some(rest) => (true, rest),
        None => (false, directive.strip_prefix("ignore").ok_or("write `ignore[ID] reason` or `ignore-file[ID] reason`")?),
    };
    if whole_file && (rest.is_empty() || rest.starts_with(' ')) {
        return Ok((true, vec![ALL]));
    }
    let ids = rest.strip_prefix('[').and_then(|r| r.split_once(']')).ok_or("name the migration: `ignore[ID] reason`")?.0;
    let ids: Vec<&str> = ids.split(',').map(str::trim).filter(|id| !id.is_empty()).collect();
    if ids.is_empty() { Err("name the migration: `ignore[ID] reason`") } else { Ok((whole_file, ids)) }
}

/// The lines of the entry or item that starts on the first line of content from byte `at` on.
fn entry_below(text: &str, at: usize) -> Span {
    let indent = |line: &str| line.len() - line.trim_start_matches(' ').len();
    let mut start = None;
    let mut end = at;
    let mut pos = at;
    for line in text[at..].split_inclusive('\n') {
        let trimmed = line.trim();
        let silent = is_silent(trimmed);
        match start {
            None if silent => {}
            None => {
                start = Some((pos, indent(line), trimmed.starts_with('-')));
                end = pos + line.len();
            }
            Some((_, depth, item)) => {
                let flush_list = !item && indent(line) == depth && trimmed.starts_with("- ");
                if !silent && indent(line) <= depth && !flush_list {
                    break;
                }
                if !silent {
                    end = pos + line.len();
                }
            }
        }
        pos += line.len();
    }
    start.map_or(at..at, |(from, ..)| from..end)
}

impl Suppression {
    /// Whether it names the migration `id`.
    pub fn names(&self, id: &str) -> bool {
        self.id == ALL || self.id == id || id.ends_with(&format!("/{}", self.id))
    }

    pub fn covers(&self, span: &Span) -> bool {
        self.extent.start <= span.start && span.start < self.extent.end.max(self.extent.start + 1) && span.end <= self.extent.end
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_of_templates() {
        let text =
            "{{- /* yamlift: ignore[x/y] why */ -}}\n{{- if .b }}\nb:\n{{- range .c }}\n- c: 2\n{{- end }}\n{{- end }}\ne: 3\n";
        let (found, unclear) = find(text);
        assert_eq!(unclear, []);
        assert_eq!((found[0].comment.clone(), found[0].id.as_str()), (0..38, "x/y"));
        assert_eq!(&text[found[0].extent.clone()], "b:\n{{- range .c }}\n- c: 2\n");
        assert!(whole_file("{{/* yamlift: ignore-file */}}\na: 1\n"));
    }

    #[test]
    fn speaks_of_the_entry_below() {
        let text = "a: 1\n# yamlift: ignore[x/y] because\nb:\n- c: 2\n- d\ne: 3\n";
        let (found, unclear) = find(text);
        assert_eq!(unclear, []);
        assert_eq!(&text[found[0].extent.clone()], "b:\n- c: 2\n- d\n");
        assert!(found[0].names("p/x/y") && !found[0].names("p/xx/y"));
    }

    #[test]
    fn speaks_of_the_entry_that_it_stands_behind() {
        let text = "a: 1\nb: # yamlift: ignore[x] because\n  c: 2\n  d: 3 # yamlift: ignore[y]\n  e: '#'\n";
        let (found, unclear) = find(text);
        assert_eq!(unclear, []);
        assert_eq!(&text[found[0].extent.clone()], &text[5..]);
        assert_eq!(&text[found[0].comment.clone()], "# yamlift: ignore[x] because");
        assert_eq!(&text[found[1].extent.clone()], "  d: 3 # yamlift: ignore[y]\n");
    }

    #[test]
    fn a_whole_file_only_from_its_head() {
        let text = "# Copyright\n# yamlift: ignore-file[z] vendored\na: 1\n";
        let (found, _) = find(text);
        assert_eq!(found[0].extent, 0..text.len());
        let (found, unclear) = find("a: 1\n# yamlift: ignore-file[z]\n");
        assert!(found.is_empty() && unclear.len() == 1);
    }

    #[test]
    fn a_file_that_asks_to_be_left_alone() {
        assert!(whole_file("# Copyright\n# yamlift: ignore-file not ours\n}{ {{ end }}\n"));
        assert!(!whole_file("# yamlift: ignore-file[z] vendored\na: 1\n"));
        assert!(!whole_file("a: 1\n# yamlift: ignore-file\n"));
    }

    #[test]
    fn needs_an_id() {
        for text in ["# yamlift: ignore\na: 1\n", "# yamlift: ignore[]\na: 1\n", "# yamlift: skip[x]\na: 1\n"] {
            assert_eq!(find(text).1.len(), 1, "{text}");
        }
        assert!(find("# we use yamlift: it is good\n# see yamlift: ignore[x]\n").0.is_empty());
    }
}
