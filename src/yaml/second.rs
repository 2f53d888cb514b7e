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
    let Ok(old_second) = read(old) else { return Ok(()) };
    let new_second =
        read(new).map_err(|why| format!("a second YAML reader could read the old text, but not the new one: {why}"))?;
    let mut known = Vec::new();
    for (first, second) in old_first.iter().zip(&old_second) {
        differences(first, second, &mut known);
    }
    if old_second.len() != old_first.len() {
        // It counts an empty document in another way; then the number must at least not change.
        return if new_second.len() + old_first.len() == old_second.len() + intended.len() {
            Ok(())
        } else {
            Err(count_differs())
        };
    }
    if new_second.len() != intended.len() {
        return Err(count_differs());
    }
    let mut found = Vec::new();
    for (first, second) in intended.iter().zip(&new_second) {
        differences(first, second, &mut found);
    }
    match found.into_iter().find(|(first, second)| !known.iter().any(|(a, b)| same(a, first) && same(b, second))) {
        None => Ok(()),
        Some((first, second)) => Err(format!("a second YAML reader sees {} where {} is meant", shown(&second), shown(&first))),
    }
}

fn count_differs() -> String {
    "a second YAML reader sees another number of documents".into()
}

fn shown(value: &Value) -> String {
    let text = format!("{value:?}");
    match text.char_indices().nth(120) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text,
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
