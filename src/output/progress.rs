//! A bar for long runs, on a terminal only. The only module that knows indicatif.
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::io::IsTerminal;
use std::sync::OnceLock;
use std::time::{Duration, Instant};

/// A run shorter than this shows no bar.
const PATIENCE: Duration = Duration::from_millis(500);

/// Shows how far a run has come, on standard error.
#[derive(Debug)]
pub struct Progress {
    since: Instant,
    shown: bool,
    bar: OnceLock<ProgressBar>,
}

impl Progress {
    /// Shows nothing where `shown` is false or standard error is no terminal.
    pub fn new(shown: bool) -> Self {
        Progress { since: Instant::now(), shown: shown && std::io::stderr().is_terminal(), bar: OnceLock::new() }
    }

    /// `done` of `total` files are; `path` was the last one.
    pub fn at(&self, done: usize, total: usize, path: &str) {
        if !self.shown || self.since.elapsed() < PATIENCE {
            return;
        }
        let bar = self.bar.get_or_init(|| {
            let bar = ProgressBar::with_draw_target(Some(total as u64), ProgressDrawTarget::stderr());
            let style = ProgressStyle::with_template("{bar:24} {pos}/{len} files  {wide_msg}");
            bar.with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
        });
        bar.set_position(done as u64);
        bar.set_message(path.rsplit_once('/').map_or(".", |(folder, _)| folder).to_owned());
    }

    /// Takes the bar away.
    pub fn end(&self) {
        if let Some(bar) = self.bar.get() {
            bar.finish_and_clear();
        }
    }
}
