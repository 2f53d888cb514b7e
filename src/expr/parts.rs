//! The parts of a source: text, expressions, control; and what an expression takes from a name.

/// The members that an expression takes from `name`; none where it takes the whole.
pub fn members(source: &str, name: &str) -> Option<Vec<String>> {
    let word = |c: char| c.is_alphanumeric() || c == '_';
    let mut found = Vec::new();
    for (at, _) in source.match_indices(name) {
        let rest = &source[at + name.len()..];
        if source[..at].ends_with(|c| word(c) || c == '.') || rest.starts_with(word) {
            continue;
        }
        let member: String = rest.strip_prefix('.')?.chars().take_while(|c| word(*c)).collect();
        if member.is_empty() {
            return None;
        }
        found.push(member);
    }
    Some(found)
}

pub fn is_name(expression: &str) -> bool {
    !expression.is_empty()
        && expression.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
        && !expression.starts_with(|c: char| c.is_ascii_digit())
}

pub enum Part<'s> {
    Text(&'s str),
    Expression(&'s str),
    /// `<% … %>` or `<# … #>`, signs included.
    Control(&'s str),
}

/// A source in parts. Signs in strings of an expression do not end it.
pub fn parts(source: &str) -> Vec<Part<'_>> {
    let mut out = Vec::new();
    let mut rest = source;
    while let Some(at) = ["<<", "<%", "<#"].iter().filter_map(|sign| rest.find(sign)).min() {
        let close = match &rest[at..at + 2] {
            "<<" => ">>",
            "<%" => "%>",
            _ => "#>",
        };
        let Some(len) = end_of(&rest[at + 2..], close) else { break };
        if at > 0 {
            out.push(Part::Text(&rest[..at]));
        }
        let whole = &rest[at..at + 2 + len + 2];
        if close == ">>" {
            out.push(Part::Expression(whole[2..whole.len() - 2].trim_matches(['-', ' ', '\n'])));
        } else {
            out.push(Part::Control(whole));
        }
        rest = &rest[at + 2 + len + 2..];
    }
    if !rest.is_empty() {
        out.push(Part::Text(rest));
    }
    out
}

fn end_of(text: &str, close: &str) -> Option<usize> {
    let mut quote = None;
    for (at, c) in text.char_indices() {
        match quote {
            Some(q) if c == q => quote = None,
            Some(_) => {}
            None if matches!(c, '"' | '\'' | '`') && close != "#>" => quote = Some(c),
            None if text[at..].starts_with(close) => return Some(at),
            None => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_that_are_asked_for() {
        let of = |source: &str| members(source, "target");
        assert_eq!(of("target.a.b in [x for x in target.c]").as_deref(), Some(&["a".to_owned(), "c".to_owned()][..]));
        assert_eq!(of("match.target and targets.x"), Some(Vec::new()));
        assert_eq!((of("target | length"), of("target['a']"), of("target?.a")), (None, None, None));
    }
}
