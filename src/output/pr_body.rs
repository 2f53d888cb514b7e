//! The description of a pull request, within what forges take; and the mark in it that says which text was ours.
use super::format::Setting;
use super::markdown::{self, Words};
use crate::expr::ExprError;
use crate::report::Report;

/// Most characters: forges take 65 536, and some room is left for what they add.
pub const MOST: usize = 60_000;

pub const TEMPLATE: &str = include_str!("../../templates/report/pr-body.md");

/// For people who make the pull request themselves.
pub fn render(report: &Report, setting: &Setting) -> String {
    let words = Words { command: setting.redo.clone(), wrote: true, ..Words::default() };
    // The template is ours, and the tests fill it.
    body(TEMPLATE, report, &words, MOST).unwrap_or_default()
}

/// A template filled in, of at most `most` characters: rows are left out and counted until it fits.
///
/// # Errors
/// A template that cannot be filled in.
pub fn body(template: &str, report: &Report, words: &Words, most: usize) -> Result<String, ExprError> {
    let fits = |text: &str| text.chars().count() <= most;
    if let Some(text) = markdown::fitted(template, report, words, fits)? {
        return Ok(text);
    }
    // What stands in the template itself is too long: ours is not.
    Ok(markdown::fitted(TEMPLATE, report, words, fits)?.unwrap_or_else(|| format!("{}\n", markdown::goal(report))))
}
