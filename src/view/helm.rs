//! Helm templates, read as YAML: actions are masked by bytes of the same number, so that every span holds.
//!
//! An action on lines of its own becomes empty lines, which are legal everywhere; one that gives the block below a key
//! as well; any other becomes a run of letters. What an action gives is not known: a scalar that holds one reads as its
//! own text, and what stands for lines of YAML becomes such a scalar (`units`).
mod actions;
mod mask;
mod units;

use crate::source::Span;
use crate::yaml::branch::Branches;
use crate::yaml::syntax::{self, ParseError};
use crate::yaml::tree::{Kind, ScalarStyle, Tree};
use actions::{Action, Word};

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

/// A template that was read.
#[derive(Debug)]
pub struct Template {
    /// Its spans are those of the template's text.
    pub tree: Tree,
    pub branches: Branches,
}

/// Parses a template whose lines are indented by `column` columns where it stands.
///
/// # Errors
/// What is no YAML even so, such as a list that branches build piece by piece; actions that are not balanced.
pub fn parse(text: &str, column: usize) -> Result<Template, ParseError> {
    let actions = actions::find(text);
    let masks = mask::masks(text, &actions);
    let branches = actions::branches(&actions)
        .map_err(|at| ParseError::new(at, "this action is not paired: its `end` or its start is missing"))?;
    let masked = mask::write(text, &actions, &masks);
    let mut tree = syntax::parse_branches(&masked)?;
    units::cut_kept_lines(&mut tree, &masked, &actions);
    for unit in units::find(&masked, &actions, &masks, column) {
        units::attach(&mut tree, text, &unit);
    }
    units::close_branches(&mut tree, &masked, &actions);
    for node in &mut tree.nodes {
        // Sorted and disjoint: the first that ends behind the node's start is the only one to ask.
        let next = actions.partition_point(|a| a.span.end <= node.span.start);
        if actions.get(next).is_some_and(|a| a.span.start < node.span.end)
            && let Kind::Scalar { value, style } = &mut node.kind
        {
            *value = match style {
                ScalarStyle::Literal | ScalarStyle::Folded => block_text(&text[node.span.clone()]),
                _ => text[node.span.clone()].trim_matches(['"', '\'']).to_owned(),
            };
        }
    }
    Ok(Template { tree, branches })
}

/// The template with its actions masked: what a reader of YAML can check.
pub fn masked(text: &str) -> String {
    let actions = actions::find(text);
    mask::write(text, &actions, &mask::masks(text, &actions))
}

/// Whether an action makes `text`, which may be `name` then, as far as the letters around the action tell.
pub fn may_be(text: &str, name: &str) -> bool {
    let (Some(start), Some(end)) = (text.find("{{"), text.rfind("}}")) else { return false };
    name.starts_with(&text[..start]) && name.ends_with(text.get(end + 2..).unwrap_or_default())
}

/// The APIs that an action asks the cluster for: `if .Capabilities.APIVersions.Has "x.io/v1"`.
pub fn asked_for(action: &str) -> impl Iterator<Item = &str> {
    let asks = action.contains(".Capabilities.APIVersions");
    action.split(['"', '`']).skip(1).step_by(2).filter(move |quoted| asks && quoted.contains('/'))
}

/// The comments of a template, `{{/* … */}}`.
pub fn comments(text: &str) -> Vec<Span> {
    actions::find(text).into_iter().filter(|action| action.inner.starts_with("/*")).map(|action| action.span).collect()
}

/// Byte of an assignment or definition of `old` that `new` does not have.
pub fn lost_setting(old: &str, new: &str) -> Option<usize> {
    let settings = |text: &str| -> Vec<Action> {
        let sets = |action: &Action| match action.word {
            Word::Quiet => action.inner.starts_with('$'),
            Word::Open => ["define ", "block "].iter().any(|word| action.inner.starts_with(word)),
            _ => false,
        };
        actions::find(text).into_iter().filter(sets).collect()
    };
    let mut left: Vec<String> = settings(new).into_iter().map(|action| action.inner).collect();
    settings(old).into_iter().find_map(|action| match left.iter().position(|inner| *inner == action.inner) {
        Some(at) => {
            left.swap_remove(at);
            None
        }
        None => Some(action.span.start),
    })
}

/// Whether an action in a part of a template uses a variable: `$x`, but not `$.x`.
pub fn uses_variable(part: &str) -> bool {
    let names = |inner: &str| {
        inner.match_indices('$').any(|(at, _)| inner[at + 1..].starts_with(|c: char| c.is_alphabetic() || c == '_'))
    };
    actions::find(part).iter().any(|action| names(&action.inner))
}

/// Whether a new scalar holds an action of the old text, or a piece of one: it was computed from what only a run of the
/// template knows.
pub fn takes_apart(scalar: &str, old: &str) -> bool {
    let actions = actions::find(scalar);
    let cut = |action: &Action| !scalar[action.span.clone()].ends_with("}}");
    let of_old = |action: &Action| old.contains(&scalar[action.span.clone()]);
    // The end of an action without its beginning.
    let first = actions.first().map_or(scalar.len(), |action| action.span.start);
    let end = scalar[..first].find("}}").map(|i| &scalar[..i + 2]);
    let rest = end.is_some_and(|end| actions::find(old).iter().any(|action| old[action.span.clone()].ends_with(end)));
    rest || actions.iter().any(|action| cut(action) || of_old(action))
}

/// What the lines of a block scalar say, their actions as they stand.
fn block_text(scalar: &str) -> String {
    let Some((header, lines)) = scalar.split_once('\n') else { return String::new() };
    let blanks = |line: &str| line.len() - line.trim_start_matches(' ').len();
    let indent = lines.lines().find(|line| !line.trim().is_empty()).map_or(0, blanks);
    let mut out: String = lines.lines().map(|line| line[blanks(line).min(indent)..].to_owned() + "\n").collect();
    if header.contains('-') {
        out.truncate(out.trim_end_matches('\n').len());
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::yaml::draft::Draft;
    use crate::yaml::value::to_json;

    fn json(text: &str) -> serde_json::Value {
        assert_eq!(masked(text).len(), text.len());
        let draft = Draft::new(text, parse(text, 0).expect("a template").tree);
        to_json(&draft.data(draft.docs[0]))
    }

    #[test]
    fn actions_of_all_shapes() {
        let text = "{{- if .Values.a }}\nname: {{ .Release.Name }}-x\nlabels:\n  {{- include \"c.labels\" . | nindent 2 }}\nport: {{ .p }}\nq: \"{{ tpl `}}` . }}\"\n{{- end }}\n";
        let value = json(text);
        assert_eq!(value["name"], "{{ .Release.Name }}-x");
        assert_eq!(value["labels"], "{{- include \"c.labels\" . | nindent 2 }}");
        assert_eq!(value["port"], "{{ .p }}");
        assert_eq!(value["q"], "{{ tpl `}}` . }}");
    }

    #[test]
    fn a_block_given_by_an_action() {
        let value = json("resources: {{ toYaml .r | nindent 2 }}\nannotations: {{- with .a }}\n  k: v\n{{- end }}\nx: 1\n");
        assert_eq!(value["resources"], "{{ toYaml .r | nindent 2 }}");
        assert_eq!(value["annotations"]["k"], "v");
        assert_eq!(value["x"], 1);
    }

    #[test]
    fn a_branch_in_one_line() {
        let text = "s:\n  {{ if .x }}a: 1{{ else }}b: 2{{ end }}\n  {{ with .y }}- {{ . }}{{ end }}\n";
        assert_eq!(masked(text).trim_matches('\n').split('\n').filter(|l| !l.trim().is_empty()).count(), 4);
        let value = json("s:\n  {{ if .x }}a: 1{{ else }}b: 2{{ end }}\n  c: {{ if .y }}x{{ else }}y{{ end }}\n");
        assert_eq!((&value["s"]["a"], &value["s"]["b"]), (&serde_json::json!(1), &serde_json::json!(2)));
        assert_eq!(value["s"]["c"], "{{ if .y }}x{{ else }}y{{ end }}");
        // No room for the indentation behind the `else`: what comes before it is not touched.
        let deep = format!("{0}{{{{ if .x }}}}a: 1{{{{else}}}}b: 2{{{{ end }}}}\n", " ".repeat(20));
        assert!(masked(&deep).contains("a: 1"), "{:?}", masked(&deep));
    }

    #[test]
    fn comments_and_open_ends() {
        assert_eq!(json("{{/* a: }} */}}\na: 1\n")["a"], 1);
        assert!(parse("a: {{ never ends\n", 0).is_ok());
    }

    #[test]
    fn told_apart_from_yaml() {
        let template = |text: &str| is_template(text, &syntax::parse(text));
        assert!(template("a: {{ .x }}\n"));
        assert!(template("{{- if x }}\na: 1\n{{- end }}\n"));
        assert!(!template("a: \"{{ .x }}\"\n") && !template("a: [\n") && !template("a: {b: c}\n"));
    }
}
