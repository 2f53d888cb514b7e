//! The second reader: YAML of another lineage (libyaml, which kubectl and Helm descend from), as a check on the first.
use super::value::{Value, same};

/// Every document of a text as the second reader sees it.
///
/// # Errors
/// Its own message. Texts that the first reader refused must not be given to it: it has no nesting limit.
pub fn read(text: &str) -> Result<Vec<Value>, String> {
    use serde::Deserialize;
    let mut docs = Vec::new();
    for document in serde_yaml::Deserializer::from_str(text) {
        let value = serde_yaml::Value::deserialize(document).map_err(|e| e.to_string())?;
        docs.push(convert(value));
    }
    Ok(docs)
}

fn convert(value: serde_yaml::Value) -> Value {
    use serde_yaml::Value as Other;
    match value {
        Other::Null => Value::Null,
        Other::Bool(b) => Value::Bool(b),
        Other::Number(n) => match (n.as_i64(), n.as_u64()) {
            (Some(i), _) => Value::Int(i.into()),
            (None, Some(u)) => Value::Int(u.into()),
            _ => Value::Float(n.as_f64().unwrap_or(f64::NAN)),
        },
        Other::String(s) => Value::Str(s),
        Other::Sequence(items) => Value::Seq(items.into_iter().map(convert).collect()),
        Other::Mapping(entries) => Value::Map(entries.into_iter().map(|(k, v)| (convert(k), convert(v))).collect()),
        Other::Tagged(tagged) => Value::Tagged(tagged.tag.to_string(), Box::new(convert(tagged.value))),
    }
}

/// Whether the second reader agrees that `old` became `new`.
///
/// `old_first` and `intended` are the documents of both texts as the first reader sees them. Where the readers already
/// differed on the old text (a block scalar at the end of a file without line break, `1_000`), the same difference
/// is accepted in the new one.
///
/// # Errors
/// What it reads differently now.
pub fn agree(old: &str, new: &str, old_first: &[Value], intended: &[Value]) -> Result<(), String> {
    let Ok(old_second) = documents(old, old_first.len()) else { return Ok(()) };
    let new_second = documents(new, intended.len())
        .map_err(|why| format!("a second YAML reader could read the old text, but not the new one: {why}"))?;
    let mut known = Vec::new();
    for (first, second) in old_first.iter().zip(&old_second) {
        differences(first, second, &mut known);
    }
    if old_second.len() != old_first.len() || new_second.len() != intended.len() {
        return Err(count_differs());
    }
    let mut found = Vec::new();
    for (first, second) in intended.iter().zip(&new_second) {
        differences(first, second, &mut found);
    }
    // The last scalar of a text without a last line break: where it was changed, the difference is the same.
    let open_end = |text: &str| !text.ends_with('\n');
    let open_end = open_end(old) && open_end(new) && known.iter().any(lacks_line_break);
    let accepted = |pair: &(Value, Value)| {
        known.iter().any(|(a, b)| same(a, &pair.0) && same(b, &pair.1)) || open_end && lacks_line_break(pair)
    };
    // Such a scalar that is still there must read as before: lines put behind it would give it the break.
    let there = |docs: &[Value], text: &Value| docs.iter().map(|doc| count(doc, text)).sum::<usize>();
    for (first, second) in known.iter().filter(|pair| lacks_line_break(pair)) {
        let stays = there(intended, first) >= there(old_first, first);
        if stays && !found.iter().any(|(a, b)| same(a, first) && same(b, second)) {
            let (first, second) = apart(first, second);
            return Err(format!("a second YAML reader saw {second} before, and sees {first} now"));
        }
    }
    match found.into_iter().find(|pair| !accepted(pair)) {
        None => Ok(()),
        Some((first, second)) => {
            let (first, second) = apart(&first, &second);
            Err(format!("a second YAML reader sees {second} where {first} is meant"))
        }
    }
}

/// Whether the second reader leaves out the last line break of a text.
fn lacks_line_break((first, second): &(Value, Value)) -> bool {
    matches!((first, second), (Value::Str(first), Value::Str(second)) if first.strip_suffix('\n') == Some(second))
}

/// The documents of a text; none, as the first reader has it, where nothing but comments is written.
fn documents(text: &str, first: usize) -> Result<Vec<Value>, String> {
    let mut docs = read(text)?;
    if first == 0 && matches!(docs[..], [Value::Null]) {
        docs.clear();
    }
    Ok(docs)
}

fn count_differs() -> String {
    "a second YAML reader sees a different number of documents".into()
}

/// Two values for people: of texts the part in which they differ.
fn apart(first: &Value, second: &Value) -> (String, String) {
    if let (Value::Str(a), Value::Str(b)) = (first, second) {
        let same: usize = a.chars().zip(b.chars()).take_while(|(a, b)| a == b).map(|(a, _)| a.len_utf8()).sum();
        let from = a[..same].char_indices().rev().nth(15).map_or(0, |(at, _)| at);
        let dots = if from > 0 { "…" } else { "" };
        let part = |text: &str| format!("`{dots}{}`", cut(&text[from..]).escape_debug());
        return (part(a), part(b));
    }
    let shown = |value: &Value| match value {
        Value::Map(entries) => format!("a map of {}", entries.len()),
        Value::Seq(items) => format!("a list of {}", items.len()),
        Value::Tagged(tag, _) => format!("a value tagged {tag}"),
        scalar => format!("`{}`", cut(&scalar.scalar_text()).escape_debug()),
    };
    (shown(first), shown(second))
}

fn cut(text: &str) -> &str {
    text.char_indices().nth(60).map_or(text, |(at, _)| &text[..at])
}

/// How often a scalar is in a value.
fn count(value: &Value, scalar: &Value) -> usize {
    match value {
        Value::Seq(items) => items.iter().map(|item| count(item, scalar)).sum(),
        Value::Map(entries) => entries.iter().map(|(k, v)| count(k, scalar) + count(v, scalar)).sum(),
        Value::Tagged(_, inner) => count(inner, scalar),
        other => usize::from(same(other, scalar)),
    }
}

/// The pairs of parts in which two values differ, as deep as their shapes are alike.
fn differences(first: &Value, second: &Value, out: &mut Vec<(Value, Value)>) {
    match (first, second) {
        (Value::Seq(a), Value::Seq(b)) if a.len() == b.len() => a.iter().zip(b).for_each(|(a, b)| differences(a, b, out)),
        (Value::Map(a), Value::Map(b)) if a.len() == b.len() => {
            for ((ka, va), (kb, vb)) in a.iter().zip(b) {
                differences(ka, kb, out);
                differences(va, vb, out);
            }
        }
        (Value::Tagged(ta, a), Value::Tagged(tb, b)) if ta == tb => differences(a, b, out),
        (a, b) if same(a, b) => {}
        (a, b) => out.push((a.clone(), b.clone())),
    }
}
