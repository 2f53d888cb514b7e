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
