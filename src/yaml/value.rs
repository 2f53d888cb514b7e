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
