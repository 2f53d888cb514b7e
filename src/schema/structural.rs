//! A structural schema, as it stands in a CustomResourceDefinition. What only a cluster can evaluate (rules in CEL) is not kept.
use serde::Deserialize;
use serde_json::Value as Json;
use std::collections::BTreeMap;

#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Schema {
    /// None: any, or `int_or_string`.
    #[serde(rename = "type")]
    pub kind: Option<Kind>,
    pub nullable: bool,
    pub default: Option<Json>,
    #[serde(rename = "enum")]
    pub values: Option<Vec<Json>>,
    pub format: Option<String>,

    pub properties: BTreeMap<String, Schema>,
    pub additional_properties: Option<Additional>,
    pub required: Vec<String>,
    pub min_properties: Option<usize>,
    pub max_properties: Option<usize>,

    pub items: Option<Box<Schema>>,
    pub min_items: Option<usize>,
    pub max_items: Option<usize>,

    pub pattern: Option<String>,
    /// In characters.
    pub min_length: Option<usize>,
    pub max_length: Option<usize>,

    pub minimum: Option<f64>,
    pub exclusive_minimum: bool,
    pub maximum: Option<f64>,
    pub exclusive_maximum: bool,
    pub multiple_of: Option<f64>,

    pub all_of: Vec<Schema>,
    pub any_of: Vec<Schema>,
    pub one_of: Vec<Schema>,
    pub not: Option<Box<Schema>>,

    /// Fields that nobody names are kept here.
    #[serde(rename = "x-kubernetes-preserve-unknown-fields")]
    pub keeps_unknown: bool,
    #[serde(rename = "x-kubernetes-int-or-string")]
    pub int_or_string: bool,
    /// An object with `apiVersion`, `kind` and `metadata` of its own.
    #[serde(rename = "x-kubernetes-embedded-resource")]
    pub is_object: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    Object,
    Array,
    String,
    Integer,
    Number,
    Boolean,
}

/// What fields that have no name in `properties` hold.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(untagged)]
pub enum Additional {
    May(bool),
    Are(Box<Schema>),
}

impl Schema {
    /// What the field `name` holds; none where nothing is said of it.
    pub fn field(&self, name: &str) -> Option<&Schema> {
        let additional = || match &self.additional_properties {
            Some(Additional::Are(schema)) => Some(schema.as_ref()),
            _ => None,
        };
        self.properties.get(name).or_else(additional)
    }

    /// Whether fields that nothing is said of are kept.
    pub fn is_open(&self) -> bool {
        let says_nothing = self.kind.is_none() && self.properties.is_empty();
        self.keeps_unknown || says_nothing || matches!(self.additional_properties, Some(Additional::May(true)))
    }
}
