//! How a run says no: `error:`, the place where there is one, indented lines that help.
use crate::pack::registry::PackError;
use std::fmt::Write as _;

/// An error with lines that help.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
struct Refusal {
    message: String,
    help: String,
}

/// An error that ends a run: what is wrong, and lines that say what to do.
pub fn refuse(message: impl Into<String>, help: impl Into<String>) -> anyhow::Error {
    Refusal { message: message.into(), help: help.into() }.into()
}

pub fn render(error: &anyhow::Error, colour: bool) -> String {
    let head = if colour { "\x1b[1;31merror\x1b[0m" } else { "error" };
    let mut out = format!("{head}: {error:#}\n");
    let pack = error.downcast_ref::<PackError>();
    if let Some((file, line, column)) = pack.and_then(|error| error.place.as_ref()) {
        let _ = writeln!(out, "  --> {file}:{line}:{column}");
    }
    let help = pack.and_then(|error| error.help.as_deref()).or(error.downcast_ref::<Refusal>().map(|r| r.help.as_str()));
    for line in help.into_iter().flat_map(str::lines) {
        let _ = writeln!(out, "  {line}");
    }
    out
}
