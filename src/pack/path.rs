//! Paths of the language: RFC 9535 JSONPath, with `<< … >>` in it and `[-]` for "append".
//! The only module that knows `serde_json_path`.
use crate::expr::ExprId;
use serde_json::Value as Json;
use serde_json_path::{JsonPath, PathElement};

/// One path as authored.
#[derive(Debug, Clone)]
pub struct Path {
    /// The path; where `computed` is given this is its source, for messages only.
    pub source: String,
    /// The expression that gives the path's text, where it holds `<< … >>`.
    pub computed: Option<ExprId>,
    /// The parts of `source`, split but not computed.
    pub segments: Vec<Segment>,
}

/// One step of a path.
#[derive(Debug, Clone, PartialEq)]
pub enum Segment {
    /// `.name` or `['name']`.
    Name(String),
    /// `[3]`, `[-1]`.
    Index(i64),
    /// `[-]`: a new item at the end of a list.
    Append,
    /// Anything that may hit several nodes, as written: `[*]`, `.*`, `[?…]`, `['a','b']`, `..name`, `[1:2]`.
    Many(String),
}

impl Path {
    /// Whether it names one node: only names and indices.
    pub fn is_single(&self) -> bool {
        !self.segments.iter().any(|s| matches!(s, Segment::Many(_)))
    }
}

/// A JSONPath, ready to be asked.
#[derive(Debug, Clone)]
pub struct Query(JsonPath);

/// One step from a value to one in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Element<'a> {
    Name(&'a str),
    Index(usize),
}

impl Query {
    /// # Errors
    /// What RFC 9535 does not allow.
    pub fn parse(path: &str) -> Result<Query, String> {
        match JsonPath::parse(path) {
            Ok(parsed) => Ok(Query(parsed)),
            // Names with characters that need brackets are the usual slip.
            Err(_) if path.contains(" = ") => Err(format!("`{path}` is not a JSONPath: a comparison is written `==`")),
            Err(e) => Err(split(path).err().unwrap_or_else(|| format!("`{path}` is not a JSONPath: {e}"))),
        }
    }

    /// The steps to each hit in `json`, in order, and the hit.
    pub fn locate<'a>(&'a self, json: &'a Json) -> Vec<(Vec<Element<'a>>, &'a Json)> {
        let located = self.0.query_located(json);
        let steps = |location: &serde_json_path::NormalizedPath<'a>| {
            location
                .iter()
                .map(|e| match e {
                    PathElement::Name(name) => Element::Name(name),
                    PathElement::Index(index) => Element::Index(*index),
                })
                .collect()
        };
        located.into_iter().map(|node| (steps(node.location()), node.node())).collect()
    }
}

/// Splits a JSONPath (with `[-]`). What the parts mean is checked by the JSONPath parser; this only finds their ends.
///
/// # Errors
/// What cannot be told apart, with the bracket form where that is what is missing.
pub fn split(path: &str) -> Result<Vec<Segment>, String> {
    let mut rest = path.strip_prefix('$').ok_or_else(|| format!("a path starts with `$`: `{path}`"))?;
    let mut out = Vec::new();
    while !rest.is_empty() {
        if let Some(below) = rest.strip_prefix("..") {
            let len = if below.starts_with('[') { bracket(below).ok_or("a bracket is not closed")? } else { name(below) };
            if len == 0 {
                return Err(format!("a name is missing after `..` in `{path}`"));
            }
            out.push(Segment::Many(rest[..2 + len].to_owned()));
            rest = &below[len..];
        } else if rest.starts_with('[') {
            let len = bracket(rest).ok_or_else(|| format!("a bracket is not closed in `{path}`"))?;
            out.push(inside(&rest[..len]));
            rest = &rest[len..];
        } else if let Some(after) = rest.strip_prefix('.') {
            let len = name(after);
            match &after[..len] {
                "" => return Err(format!("a name is missing after `.` in `{path}`")),
                "*" => out.push(Segment::Many(".*".into())),
                name => out.push(Segment::Name(name.to_owned())),
            }
            rest = &after[len..];
        } else {
            let (before, last) = path[..path.len() - rest.len()].rsplit_once('.').unwrap_or(("$", ""));
            let end = rest.find(['.', '[']).unwrap_or(rest.len());
            return Err(format!("`{path}`: write a name with such characters in brackets: {before}['{last}{}']", &rest[..end]));
        }
    }
    Ok(out)
}

/// The regular expressions that a path spells out, in `match(…, '…')` and `search(…, '…')`.
pub fn patterns(path: &str) -> Vec<String> {
    let calls = ["match(", "search("].into_iter().flat_map(|call| path.match_indices(call).map(|(at, _)| at + call.len()));
    let pattern = |start: usize| {
        let (_, second) = path[start..].split_once(',').filter(|(first, _)| !first.contains(')'))?;
        let second = second.trim_start();
        let quote = second.chars().next().filter(|c| matches!(c, '\'' | '"'))?;
        let (mut out, mut escaped) = (String::new(), false);
        for c in second[1..].chars() {
            match c {
                _ if escaped => {
                    // What else JSON knows means the same in a pattern.
                    out.extend((!matches!(c, '\\' | '/' | '\'' | '"')).then_some('\\').into_iter().chain([c]));
                    escaped = false;
                }
                '\\' => escaped = true,
                c if c == quote => return Some(out),
                c => out.push(c),
            }
        }
        None
    };
    calls.filter_map(pattern).collect()
}

/// Length of a member name, `*`, or an expression that gives one.
fn name(text: &str) -> usize {
    if text.starts_with('*') {
        return 1;
    }
    if text.starts_with("<<") {
        return text.find(">>").map_or(0, |i| i + 2);
    }
    text.find(|c: char| !(c.is_alphanumeric() || c == '_' || !c.is_ascii())).unwrap_or(text.len())
}

/// Length of a bracketed part.
fn bracket(text: &str) -> Option<usize> {
    let (mut depth, mut quote, mut escaped) = (0_usize, None, false);
    for (at, c) in text.char_indices() {
        match quote {
            Some(_) if escaped => escaped = false,
            Some(_) if c == '\\' => escaped = true,
            Some(q) if c == q => quote = None,
            Some(_) => {}
            None if c == '\'' || c == '"' => quote = Some(c),
            None if c == '[' || c == '(' => depth += 1,
            None if c == ']' || c == ')' => {
                depth -= 1;
                if depth == 0 {
                    return Some(at + 1);
                }
            }
            None => {}
        }
    }
    None
}

fn inside(bracketed: &str) -> Segment {
    let inner = bracketed[1..bracketed.len() - 1].trim();
    if inner == "-" {
        return Segment::Append;
    }
    if let Ok(index) = inner.parse() {
        return Segment::Index(index);
    }
    for quote in ['\'', '"'] {
        let bare = inner.strip_prefix(quote).and_then(|i| i.strip_suffix(quote));
        if let Some(name) = bare.filter(|n| !n.contains(quote) || n.contains('\\')) {
            return Segment::Name(name.replace("\\'", "'").replace("\\\"", "\"").replace("\\\\", "\\"));
        }
    }
    Segment::Many(bracketed.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts() {
        let name = |n: &str| Segment::Name(n.into());
        let many = |n: &str| Segment::Many(n.into());
        assert_eq!(split("$").expect("a path"), []);
        assert_eq!(
            split("$.a['b.c'][0].d[-]").expect("a path"),
            [name("a"), name("b.c"), Segment::Index(0), name("d"), Segment::Append]
        );
        assert_eq!(
            split("$..a.*[?@.x == 'y]'].z").expect("a path"),
            [many("..a"), many(".*"), many("[?@.x == 'y]']"), name("z")]
        );
        assert_eq!(split("$['a','b']").expect("a path"), [many("['a','b']")]);
        assert_eq!(split("$.a.<< row.x >>.b").expect("a path"), [name("a"), name("<< row.x >>"), name("b")]);
    }

    #[test]
    fn patterns_are_found() {
        assert_eq!(patterns("$.a[?match(@.b, 'x[.]y') && search(@.c,\"a\\\\.b\")]"), ["x[.]y", "a\\.b"]);
        assert_eq!(patterns("$.a[?match(@.b, @.c)].match"), Vec::<String>::new());
    }

    #[test]
    fn slips() {
        assert!(split("$.a.x/y").expect_err("a slash").contains("$.a['x/y']"));
        assert!(split("$.a-b").expect_err("a dash").contains("$['a-b']"));
        assert!(split("a.b").is_err() && split("$.a[").is_err() && split("$.a.").is_err());
    }
}
