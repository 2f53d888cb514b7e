//! Block scalars: texts of several lines, literal (`|`) or folded (`>`).
use super::fresh::Around;
use super::{Renderer, reindent};
use crate::yaml::tree::{Kind, NodeId, ScalarStyle};
use crate::yaml::trivia::line_end;
use crate::yaml::value::Value;
use crate::yaml::{fold, syntax};

impl Renderer<'_> {
    /// New text for a literal or folded scalar: its indentation and comment stay. A folded one stays folded, and the lines
    /// that say the same as before stay as they are; one that folding cannot give becomes literal.
    pub(super) fn changed_block_scalar(&self, t: usize, was: NodeId, new: &str, around: Around) -> String {
        let (text, tree) = (self.text(t), self.tree(t));
        let Kind::Scalar { value: old, style } = &tree.node(was).kind else { return String::new() };
        let span = tree.node(was).span.clone();
        let header_end = line_end(text, span.start);
        let header = &text[span.start..header_end];
        let col = self.entry_column(t, was);
        let indent = (text[header_end..span.end].lines().skip(1))
            .find(|l| !l.trim().is_empty())
            .map_or(col + around.style.step, |l| l.len() - l.trim_start_matches(' ').len());
        let keeps = header.split([' ', '\t']).next().is_some_and(|indicators| indicators.contains('+'));
        let written = |header: &str, lines: &[String]| {
            let mut out = header.to_owned();
            for line in lines {
                out += around.nl;
                if !line.is_empty() {
                    out += &" ".repeat(indent);
                    out += line;
                }
            }
            out
        };
        if *style == ScalarStyle::Folded {
            let header = header_for('>', header, old, new);
            let content = text[header_end..span.end].lines().skip(1);
            let lines: Vec<&str> = content.map(|line| line.get(indent..).unwrap_or_else(|| line.trim_start())).collect();
            let as_before = fold::refold(old, &lines, new).into_iter();
            let as_read = |scalar: &String| reads_as(scalar, new);
            if let Some(scalar) = as_before.chain([fold::fold(new)]).map(|lines| written(&header, &lines)).find(as_read) {
                return scalar;
            }
        }
        if !block_scalar_holds(new, keeps) {
            return self.new_scalar(&Value::Str(new.to_owned()), ScalarStyle::Double, true, around);
        }
        let lines: Vec<String> = new.strip_suffix('\n').unwrap_or(new).split('\n').map(str::to_owned).collect();
        written(&header_for('|', header, old, new), &lines)
    }
}

/// The header of a scalar that is to hold `new`: as it was where that will do.
fn header_for(sign: char, header: &str, old: &str, new: &str) -> String {
    let end = header.find([' ', '\t']).unwrap_or(header.len());
    let (indicators, comment) = header.split_at(end);
    let breaks = |text: &str| (text.len() - text.trim_end_matches('\n').len()).min(2);
    // The lines give the indentation.
    let chomp = if breaks(old) == breaks(new) {
        indicators.trim_matches(['|', '>']).trim_matches(char::is_numeric)
    } else {
        chomping(new)
    };
    format!("{sign}{chomp}{comment}")
}

/// Whether a block scalar, as an entry at column 0 would hold it, is read as this text.
fn reads_as(scalar: &str, wanted: &str) -> bool {
    let Ok(tree) = syntax::parse(&format!("k: {scalar}\n")) else { return false };
    let value = |node: NodeId| match &tree.node(node).kind {
        Kind::Map { entries, .. } => match &tree.node(entries.first()?.value).kind {
            Kind::Scalar { value, .. } => Some(value == wanted),
            _ => None,
        },
        _ => None,
    };
    tree.docs.first().and_then(|doc| value(doc.root)).unwrap_or(false)
}

/// Whether a text can be written as a literal block scalar. `+` would make the blank lines around it part of the text:
/// only a scalar that `keeps` them already ends in several line breaks.
pub(super) fn block_scalar_holds(text: &str, keeps: bool) -> bool {
    let first = text.lines().find(|l| !l.is_empty());
    (keeps || !text.ends_with("\n\n"))
        && !text.chars().any(|c| c.is_control() && c != '\n' || matches!(c, '\u{feff}' | '\u{2028}' | '\u{2029}'))
        && first.is_some_and(|l| !l.starts_with([' ', '\t']))
        && !text.lines().any(|l| l.trim().is_empty() && !l.is_empty())
}

fn chomping(text: &str) -> &'static str {
    if text.ends_with("\n\n") {
        "+"
    } else if text.ends_with('\n') {
        ""
    } else {
        "-"
    }
}

/// A literal scalar for an entry at column 0, its lines two columns deeper.
pub(super) fn block_scalar(text: &str, nl: &str) -> String {
    let mut out = format!("|{}", chomping(text));
    for line in text.strip_suffix('\n').unwrap_or(text).split('\n') {
        out.push_str(nl);
        if !line.is_empty() {
            out.push_str("  ");
            out.push_str(line);
        }
    }
    out
}

pub(super) fn reindent_block_scalar(value: &str, col: usize) -> String {
    match value.split_once('\n') {
        Some((first, rest)) => format!("{first}\n{}", reindent(rest, 2, col + 2)),
        None => value.to_owned(),
    }
}
