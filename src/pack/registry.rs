//! Finds packs and picks what a run does.
use super::{
    Migration, Pack, Safety,
    version::{Phase, Version},
};
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
    pub rules: Vec<ActiveRule>,
}

/// A rule in force: its window and its needs are met.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ActiveRule {
    /// Index in `migration.rules`.
    pub index: usize,
    pub phase: Phase,
    /// False: matched and offered in a note, never written (`review` that was not asked for).
    pub apply: bool,
}

/// What a person asked for, as typed; `runs` checks it against the packs.
#[derive(Debug, Clone)]
pub struct Request {
    /// `--to`: pack and version, in the order given.
    pub to: Vec<(String, String)>,
    /// `--from`: version, with the pack where it was named. Left out: the version before `--to` in the chain.
    pub from: Vec<(Option<String>, String)>,
    /// Ids, which may be shortened where that is unambiguous.
    pub only: Vec<String>,
    pub skip: Vec<String>,
    pub enable: Vec<String>,
    /// `Safe` or `Review`: the most that is written.
    pub safety: Safety,
    pub phase: PhaseFilter,
    /// `--set key=value`, as typed.
    pub set: Vec<(String, String)>,
    /// Values of `--values` files and of the config file, the later ones win; `set` wins over all.
    pub values: Vec<(String, serde_json::Value)>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PhaseFilter {
    All,
    Before,
    After,
}

/// Every pack at hand: those in the binary, then those of folders (a pack of the same name replaces the embedded one).
#[derive(Debug)]
pub struct Library {}

/// What is wrong with a pack, or with what was asked of it.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{message}")]
pub struct PackError {
    pub message: String,
    /// File of the pack, with 1-based line and column, where it is about one.
    pub place: Option<(String, usize, usize)>,
    /// What to do next; may have several lines.
    pub help: Option<String>,
}

impl Library {
    /// Reads names and versions; no migration is parsed yet.
    ///
    /// # Errors
    /// A folder that is not there or holds no pack.
    pub fn open(_folders: &[std::path::PathBuf]) -> Result<Library, PackError> {
        Ok(Library {})
    }

    /// Names of the packs, sorted.
    pub fn names(&self) -> Vec<String> {
        Vec::new()
    }

    /// The whole pack, every migration parsed and checked: for `list`, `explain` and the pack tests.
    ///
    /// # Errors
    /// An unknown pack, with the nearest name; anything wrong in its files.
    pub fn pack(&self, _name: &str) -> Result<Arc<Pack>, PackError> {
        Err(PackError { message: "not built".into(), place: None, help: None })
    }

    /// What to run, one per pack of `request.to`. Only migrations of the edges between `from` and `to` (and `any/`) are parsed.
    ///
    /// # Errors
    /// Unknown packs, versions, ids, parameters (each with what is there instead); values of the wrong type; a required
    /// parameter of an active migration that has no value.
    pub fn runs(&self, _request: &Request) -> Result<Vec<Run>, PackError> {
        Err(PackError { message: "not built".into(), place: None, help: None })
    }
}
