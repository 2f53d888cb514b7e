//! YAML data without its presentation: what two texts must agree on.

/// A typed value. Maps keep their order; keys may be of any type.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    Null,
    Bool(bool),
    Int(i128),
    Float(f64),
    Str(String),
    Seq(Vec<Value>),
    Map(Vec<(Value, Value)>),
    /// A node with a tag that is not of the core schema: tag and value.
    Tagged(String, Box<Value>),
}

impl Value {
    /// The text of a scalar as it is written in plain style; empty for null and collections.
    pub fn scalar_text(&self) -> String {
        match self {
            Value::Bool(b) => b.to_string(),
            Value::Int(i) => i.to_string(),
            Value::Float(f) => super::scalar::float_text(*f),
            Value::Str(s) => s.clone(),
            Value::Tagged(_, inner) => inner.scalar_text(),
            Value::Null | Value::Seq(_) | Value::Map(_) => String::new(),
        }
    }
}

/// Whether two values are the same; not-a-number is the same as itself.
pub fn same(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Float(a), Value::Float(b)) => a == b || a.is_nan() && b.is_nan(),
        (Value::Seq(a), Value::Seq(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b)),
        (Value::Map(a), Value::Map(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|((ka, va), (kb, vb))| same(ka, kb) && same(va, vb))
        }
        (Value::Tagged(ta, a), Value::Tagged(tb, b)) => ta == tb && same(a, b),
        (a, b) => a == b,
    }
}

/// The value as JSON: keys become their text, tags are dropped.
pub fn to_json(value: &Value) -> serde_json::Value {
    use serde_json::Value as Json;
    match value {
        Value::Null => Json::Null,
        Value::Bool(b) => Json::Bool(*b),
        Value::Int(i) => i64::try_from(*i)
            .map(Json::from)
            .or_else(|_| u64::try_from(*i).map(Json::from))
            .unwrap_or_else(|_| Json::String(i.to_string())),
        Value::Float(f) => serde_json::Number::from_f64(*f).map_or_else(|| Json::String(value.scalar_text()), Json::Number),
        Value::Str(s) => Json::String(s.clone()),
        Value::Seq(items) => Json::Array(items.iter().map(to_json).collect()),
        Value::Map(entries) => Json::Object(entries.iter().map(|(k, v)| (key_text(k), to_json(v))).collect()),
        Value::Tagged(_, inner) => to_json(inner),
    }
}

fn key_text(key: &Value) -> String {
    match key {
        Value::Null => "null".into(),
        Value::Seq(_) | Value::Map(_) => to_json(key).to_string(),
        scalar => scalar.scalar_text(),
    }
}

/// The value of JSON data.
pub fn from_json(json: &serde_json::Value) -> Value {
    use serde_json::Value as Json;
    match json {
        Json::Null => Value::Null,
        Json::Bool(b) => Value::Bool(*b),
        Json::Number(n) => match (n.as_i64(), n.as_u64()) {
            (Some(i), _) => Value::Int(i.into()),
            (None, Some(u)) => Value::Int(u.into()),
            _ => Value::Float(n.as_f64().unwrap_or(f64::NAN)),
        },
        Json::String(s) => Value::Str(s.clone()),
        Json::Array(items) => Value::Seq(items.iter().map(from_json).collect()),
        Json::Object(map) => Value::Map(map.iter().map(|(k, v)| (Value::Str(k.clone()), from_json(v))).collect()),
    }
}
