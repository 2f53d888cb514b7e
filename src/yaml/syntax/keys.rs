//! Duplicate keys: tools differ in which one wins, so such a text is not read.
use super::ParseError;
use crate::source::line_column;
use crate::yaml::scalar::resolve;
use crate::yaml::tree::{Kind, NodeId, ScalarStyle, Tree};
use crate::yaml::value::Value;
use std::collections::HashMap;

/// # Errors
/// At the second of two equal keys of `map`. `8080` and `"8080"` differ.
pub(super) fn check(tree: &Tree, text: &str, map: NodeId) -> Result<(), ParseError> {
    let Kind::Map { entries, .. } = &tree.node(map).kind else { return Ok(()) };
    if entries.len() < 2 {
        return Ok(());
    }
    let mut seen: HashMap<(u8, &str), usize> = HashMap::with_capacity(entries.len());
    for entry in entries {
        let node = tree.node(entry.key);
        let Kind::Scalar { value, style } = &node.kind else { continue };
        if let Some(first) = seen.insert((type_of(value, *style), value), node.span.start) {
            let (line, column) = line_column(text, first);
            let message = format!("duplicate key `{value}` (first at {line}:{column}); which one wins differs between tools");
            return Err(ParseError::new(node.span.start, message));
        }
    }
    Ok(())
}

fn type_of(value: &str, style: ScalarStyle) -> u8 {
    if style != ScalarStyle::Plain || value.starts_with(|c: char| c.is_ascii_alphabetic() && !"nNtTfF".contains(c)) {
        return 0;
    }
    match resolve(value, style, None) {
        Value::Null => 1,
        Value::Bool(_) => 2,
        Value::Int(_) => 3,
        Value::Float(_) => 4,
        _ => 0,
    }
}
