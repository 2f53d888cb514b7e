//! How a run says no: `error:`, the place where there is one, indented lines that help.
use crate::output::terminal::{lines, one_line};
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
    let Some(pack) = error.downcast_ref::<PackError>() else {
        let help = error.downcast_ref::<Refusal>().map(|refusal| refusal.help.as_str());
        return one(&format!("{error:#}"), None, help, colour);
    };
    let first = one(&format!("{error:#}"), pack.place.as_ref(), pack.help.as_deref(), colour);
    let others = pack.others.iter().map(|no| one(&no.message, no.place.as_ref(), no.help.as_deref(), colour));
    [first].into_iter().chain(others).collect::<Vec<_>>().join("\n")
}

fn one(message: &str, place: Option<&(String, usize, usize)>, help: Option<&str>, colour: bool) -> String {
    let head = if colour { "\x1b[1;31merror\x1b[0m" } else { "error" };
    // Names of files and what others said are in it.
    let mut out = format!("{head}: {}\n", lines(message));
    if let Some((file, line, column)) = place {
        let _ = writeln!(out, "  --> {}:{line}:{column}", one_line(file));
    }
    for line in help.into_iter().flat_map(str::lines) {
        let _ = writeln!(out, "  {}", one_line(line));
    }
    out
}
