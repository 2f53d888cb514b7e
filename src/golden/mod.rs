//! Golden cases: what a migration does to a text, byte for byte, and what it says.
//!
//! `golden/<pack>/<version>/<slug>/<case>/` holds `before.yaml` and `after.yaml`, or folders `before` and `after`; without an
//! `after` nothing may change. `case.yaml` says how to run it, and which findings there are.
mod accept;
mod case;
mod check;
mod gaps;

pub use accept::accept;
pub use case::{Case, Files, find};
pub use check::{Verdict, check};
pub use gaps::{gaps, unseen};

use crate::pack::registry::Library;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Checks cases, several at a time; verdicts in the order of the cases. `done` is called from any thread.
pub fn check_all(library: &Library, cases: &[Case], done: impl Fn(usize) + Sync) -> Vec<Verdict> {
    let next = AtomicUsize::new(0);
    let work = || {
        let mut found = Vec::new();
        loop {
            let at = next.fetch_add(1, Ordering::Relaxed);
            let Some(case) = cases.get(at) else { return found };
            found.push((at, check(library, case)));
            done(at);
        }
    };
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let mut found: Vec<(usize, Verdict)> = std::thread::scope(|scope| {
        let running: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        running.into_iter().flat_map(|thread| thread.join().unwrap_or_default()).collect()
    });
    found.sort_by_key(|(at, _)| *at);
    found.into_iter().map(|(_, verdict)| verdict).collect()
}
