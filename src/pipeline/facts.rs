//! Facts of the repository, read from the files that may hold some.
use super::{Stage, caught, each};
use crate::index::Repo;
use crate::input::{decode, prefilter::Prefilter};
use crate::migrate::facts::{self, Facts, Place};
use crate::pack::registry::Run;
use crate::source::Source;
use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;

/// What the files `around` hold for the migrations `ids`, in the order of `around`. Nothing is known of files that cannot be
/// read: where they matter, the run says so.
///
/// # Errors
/// Needles that the machine cannot hold.
pub fn read(stage: &Stage, around: &[String], ids: &BTreeSet<String>) -> anyhow::Result<Vec<Place>> {
    let runs = stage.job.trees.runs();
    let filter = Prefilter::new(facts::needles(runs, ids)).map_err(anyhow::Error::msg)?;
    let stage = Stage { filter: &filter, ..*stage };
    let files = each(stage.pool, around, |buffers, path| {
        if !stage.read(path, buffers).unwrap_or(false) {
            return Vec::new();
        }
        let Ok(source) = decode::decode(path, PathBuf::new(), &buffers.bytes) else { return Vec::new() };
        // A bug of ours is said of the file where it is migrated.
        caught(|| facts::read(&source, runs, ids, stage.repo)).unwrap_or_default()
    });
    Ok(files.into_iter().flatten().collect())
}

/// The facts of all migrations in one text.
pub fn of_text(name: &str, bytes: &[u8], runs: &[Run], repo: &Arc<Repo>) -> Facts {
    let source: Vec<Source> = decode::decode(name, PathBuf::new(), bytes).into_iter().collect();
    caught(|| Facts::of_texts(&source, runs, repo)).unwrap_or_else(|_| Facts::of_texts(&[], runs, repo))
}
