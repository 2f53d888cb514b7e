//! Finds packs and picks what a run does.
use super::{Migration, Pack, version::{Phase, Version}};
use std::collections::BTreeMap;
use std::sync::Arc;

/// One pack taken from a version to a version, ready to run over files.
#[derive(Debug)]
pub struct Run {
    pub pack: Arc<Pack>,
    pub from: Version,
    pub to: Version,
    /// In running order: edges, then name order with `after`; `any/` last.
    pub active: Vec<Active>,
    /// Migrations of the chain that do not run, and why, for `list` and `explain`.
    pub left_out: Vec<(Arc<Migration>, String)>,
    /// Every parameter that has a value, checked and typed; a host-port is `{host, port}`.
    pub params: BTreeMap<String, serde_json::Value>,
    pub carriers: Arc<Vec<super::target::Carrier>>,
}

#[derive(Debug, Clone)]
pub struct Active {
    pub migration: Arc<Migration>,
    /// The rules in force (window and `needs` met), by index in `migration.rules`, with their phase.
    pub rules: Vec<(usize, Phase)>,
    /// False: matched and offered in a note, never written (`review` that was not asked for).
    pub apply: bool,
}
