//! Ctrl-C, and the end that a system asks for: a run stops at its next step and cleans up behind itself. The only module that
//! knows ctrlc.
use super::Trouble;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::{Duration, Instant};

/// The exit code of a run that was interrupted, as of a shell after SIGINT.
pub const CODE: u8 = 130;

/// How long an interrupt is not noticed, at most, while something is waited for.
const TICK: Duration = Duration::from_millis(50);

static CAME: AtomicBool = AtomicBool::new(false);

/// From here on SIGINT, SIGTERM and SIGHUP are asked for at each step; a second one ends the program at once.
pub fn heed() {
    // Where it cannot be had, the system's own way holds.
    let _ = ctrlc::set_handler(|| {
        if CAME.swap(true, Ordering::SeqCst) {
            at_once();
        }
    });
}

#[expect(clippy::exit, reason = "whoever asks twice does not want to wait for what is left behind")]
fn at_once() {
    std::process::exit(CODE.into());
}

/// Whether there was one.
pub fn came() -> bool {
    CAME.load(Ordering::SeqCst)
}

/// # Errors
/// There was an interrupt.
pub fn check() -> Result<(), Trouble> {
    if came() { Err(Trouble::new("interrupted", "")) } else { Ok(()) }
}

/// # Errors
/// An interrupt, before the time is over.
pub fn sleep(time: Duration) -> Result<(), Trouble> {
    let start = Instant::now();
    loop {
        check()?;
        match time.saturating_sub(start.elapsed()) {
            Duration::ZERO => return Ok(()),
            left => std::thread::sleep(left.min(TICK)),
        }
    }
}

/// What `work` gives. After an interrupt nobody waits for it.
///
/// # Errors
/// An interrupt.
pub fn unless<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, Trouble> {
    check()?;
    let (done, result) = channel();
    std::thread::spawn(move || done.send(work()));
    loop {
        match result.recv_timeout(TICK) {
            Ok(result) => return Ok(result),
            Err(RecvTimeoutError::Timeout) => check()?,
            Err(RecvTimeoutError::Disconnected) => return Err(Trouble::new("a request ended without an answer", "")),
        }
    }
}
