//! Helm templates, read as YAML: actions are masked by bytes of the same number, so that every span holds.
//!
//! An action on lines of its own becomes empty lines, which are legal everywhere; one that gives the block below a key
//! as well; any other becomes a run of letters. What an action gives is not known: a scalar that holds one reads as its
//! own text.
use crate::source::Span;
use crate::yaml::syntax::{self, ParseError};
use crate::yaml::tree::{Kind, ScalarStyle, Tree};

/// Whether a text has to be read as a template: it holds an action, and is no YAML as it stands or would be misread.
pub fn is_template(text: &str, parsed: &Result<Tree, ParseError>) -> bool {
    text.contains("{{")
        && match parsed {
            Err(_) => true,
            Ok(tree) => tree.nodes.iter().any(|node| match &node.kind {
                Kind::Map { entries, .. } => {
                    entries.iter().any(|e| matches!(tree.node(e.key).kind, Kind::Map { flow: true, .. }))
                }
                _ => false,
            }),
        }
}

/// Parses a template. The tree's spans are those of `text`.
///
/// # Errors
/// What is no YAML even so, such as a list that branches build piece by piece.
pub fn parse(text: &str) -> Result<(String, Tree), ParseError> {
    let actions = actions(text);
    let masked = mask(text, &actions);
    let mut tree = syntax::parse_branches(&masked)?;
    for node in &mut tree.nodes {
        let holds = {
            // Sorted and disjoint: the first that ends behind the node's start is the only one to ask.
            let next = actions.partition_point(|a| a.end <= node.span.start);
            actions.get(next).is_some_and(|a| a.start < node.span.end)
        };
        if let Kind::Scalar { value, style } = &mut node.kind {
            // A block scalar keeps its masked lines: what lives in it can be read as well.
            if holds && !matches!(style, ScalarStyle::Literal | ScalarStyle::Folded) {
                text[node.span.clone()].trim_matches(['"', '\'']).clone_into(value);
            }
        }
    }
    Ok((masked, tree))
}

/// Every `{{ … }}`, in order; one that never ends reaches to the end of the text.
fn actions(text: &str) -> Vec<Span> {
    let mut out = Vec::new();
    let mut at = 0;
    while let Some(start) = text[at..].find("{{").map(|i| at + i) {
        let end = action_end(text, start + 2);
        out.push(start..end);
        at = end;
    }
    out
}

fn action_end(text: &str, mut at: usize) -> usize {
    if text[at..].starts_with("/*") || text[at..].starts_with("- /*") {
        let close = text[at..].find("*/").map_or(text.len(), |i| at + i);
        return text[close..].find("}}").map_or(text.len(), |i| close + i + 2);
    }
    let bytes = text.as_bytes();
    let mut quote = None;
    while at < bytes.len() {
        match (quote, bytes[at]) {
            (Some(b'"'), b'\\') => at += 1,
            (Some(q), b) if q == b => quote = None,
            (None, b @ (b'"' | b'`')) => quote = Some(b),
            (None, b'}') if bytes[at..].starts_with(b"}}") => return at + 2,
            _ => {}
        }
        at += 1;
    }
    bytes.len()
}

fn mask(text: &str, actions: &[Span]) -> String {
    let mut out = text.as_bytes().to_vec();
    for (index, action) in actions.iter().enumerate() {
        let byte = if is_structure(text, actions, index) { b'\n' } else { b'x' };
        out[action.clone()].fill(byte);
    }
    // Only whole characters were replaced, by ASCII.
    String::from_utf8(out).unwrap_or_else(|_| text.to_owned())
}

/// Whether the action stands where lines of YAML stand, not where a scalar does.
fn is_structure(text: &str, actions: &[Span], index: usize) -> bool {
    let action = &actions[index];
    let line = text[..action.start].rfind('\n').map_or(0, |i| i + 1);
    let end = text[action.end..].find('\n').map_or(text.len(), |i| action.end + i);
    let before = without(text, line..action.start, actions);
    let after = without(text, action.end..end, actions);
    if !after.trim().is_empty() && !after.trim_start().starts_with('#') {
        return false;
    }
    let before = before.trim();
    if before.is_empty() {
        return true;
    }
    if !(before.ends_with(':') || before.ends_with('-')) {
        return false;
    }
    let inside = &text[action.clone()];
    let controls = ["if ", "with ", "range ", "else", "end", "define ", "block ", "/*", "$"].iter().any(|word| {
        let word_at = inside.trim_start_matches("{{").trim_start_matches('-').trim_start();
        word_at.starts_with(word) && (*word != "$" || word_at.contains(":="))
    });
    controls || inside.contains("indent") || deeper_below(text, line, end)
}

/// The text of a span without the actions in it.
fn without(text: &str, span: Span, actions: &[Span]) -> String {
    let mut out = String::new();
    let mut at = span.start;
    for action in actions.iter().filter(|a| a.start < span.end && a.end > span.start) {
        if action.start > at {
            out.push_str(&text[at..action.start]);
        }
        at = at.max(action.end.min(span.end));
    }
    out.push_str(&text[at..span.end]);
    out
}

/// Whether the next line with content stands deeper than the line at `line`.
fn deeper_below(text: &str, line: usize, end: usize) -> bool {
    let indent = |l: &str| l.len() - l.trim_start_matches(' ').len();
    let below = text[end..].lines().find(|l| !l.trim().is_empty());
    below.is_some_and(|l| indent(l) > indent(&text[line..]) && !l.trim_start().starts_with("{{"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::yaml::draft::Draft;
    use crate::yaml::value::to_json;

    fn json(text: &str) -> serde_json::Value {
        let (masked, tree) = parse(text).expect("a template");
        assert_eq!(masked.len(), text.len());
        let draft = Draft::new(&masked, tree);
        to_json(&draft.data(draft.docs[0]))
    }

    #[test]
    fn actions_of_all_shapes() {
        let text = "{{- if .Values.a }}\nname: {{ .Release.Name }}-x\nlabels:\n  {{- include \"c.labels\" . | nindent 2 }}\nport: {{ .p }}\nq: \"{{ tpl `}}` . }}\"\n{{- end }}\n";
        let value = json(text);
        assert_eq!(value["name"], "{{ .Release.Name }}-x");
        assert_eq!(value["labels"], serde_json::Value::Null);
        assert_eq!(value["port"], "{{ .p }}");
        assert_eq!(value["q"], "{{ tpl `}}` . }}");
    }

    #[test]
    fn a_block_given_by_an_action() {
        let value = json("resources: {{ toYaml .r | nindent 2 }}\nannotations: {{- with .a }}\n  k: v\n{{- end }}\nx: 1\n");
        assert_eq!(value["resources"], serde_json::Value::Null);
        assert_eq!(value["annotations"]["k"], "v");
        assert_eq!(value["x"], 1);
    }

    #[test]
    fn comments_and_open_ends() {
        assert_eq!(json("{{/* a: }} */}}\na: 1\n")["a"], 1);
        assert!(parse("a: {{ never ends\n").is_ok());
    }

    #[test]
    fn told_apart_from_yaml() {
        let template = |text: &str| is_template(text, &syntax::parse(text));
        assert!(template("a: {{ .x }}\n"));
        assert!(template("{{- if x }}\na: 1\n{{- end }}\n"));
        assert!(!template("a: \"{{ .x }}\"\n") && !template("a: [\n") && !template("a: {b: c}\n"));
    }
}
