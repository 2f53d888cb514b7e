//! Typed parameters: what a migration lets people choose.

/// One declared parameter.
#[derive(Debug, Clone, PartialEq)]
pub struct Param {
    pub name: String,
    pub kind: Kind,
    pub default: Option<serde_json::Value>,
    pub optional: bool,
    pub min: Option<f64>,
    pub max: Option<f64>,
    pub choices: Vec<serde_json::Value>,
    pub pattern: Option<String>,
    pub help: String,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Kind {
    String,
    Integer,
    Number,
    Boolean,
    Duration,
    Version,
    /// `{host, port}`.
    HostPort,
    List(Box<Kind>),
    Map(Box<Kind>),
}
