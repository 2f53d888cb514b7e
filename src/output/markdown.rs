//! A report for people who read it on a forge or in a file: made of a template, which sees the data of `page`.
mod escape;
mod page;

use super::format::Setting;
use crate::expr::{ExprError, ExprId, Exprs, Mode, Scope};
use crate::report::Report;
pub use escape::{code, hides, text};
pub use page::{Page, Room, Words, goal, page};

/// Most bytes of a page: a step's summary takes a mebibyte.
const MOST: usize = 1_000_000;

const TEMPLATE: &str = include_str!("../../templates/report/markdown.md");

/// The whole report.
pub fn render(report: &Report, setting: &Setting) -> String {
    let words = Words { command: setting.command.clone(), wrote: setting.wrote, ..Words::default() };
    // The template is ours, and the tests fill it.
    fitted(TEMPLATE, report, &words, |text| text.len() <= MOST).ok().flatten().unwrap_or_default()
}

/// A template filled in, with as many rows as `fits` takes; none where even the fewest do not fit.
///
/// # Errors
/// A template that cannot be filled in.
pub fn fitted(template: &str, report: &Report, words: &Words, fits: impl Fn(&str) -> bool) -> Result<Option<String>, ExprError> {
    let (exprs, id) = compiled(template)?;
    let whole = page(report, words);
    let mut room = Room::default();
    loop {
        let filled = tidy(&exprs.text(id, &scope(&whole.cut(room)))?);
        if fits(&filled) {
            return Ok(Some(filled));
        }
        match room.less() {
            Some(less) => room = less,
            None => return Ok(None),
        }
    }
}

/// A text of one line filled in; names stand in it as they are, since nothing there is read as Markdown.
///
/// # Errors
/// As `fitted`.
pub fn line(template: &str, report: &Report, words: &Words) -> Result<String, ExprError> {
    let (exprs, id) = compiled(template)?;
    let page = Page { goal: goal(report), ..page(report, words) };
    let filled = exprs.text(id, &scope(&page))?;
    Ok(filled.split_whitespace().collect::<Vec<_>>().join(" "))
}

fn compiled(template: &str) -> Result<(Exprs, ExprId), ExprError> {
    let mut exprs = Exprs::default();
    let id = exprs.add(Mode::Text, template);
    exprs.check().map_err(|(_, mistake)| ExprError(mistake.message))?;
    Ok((exprs, id))
}

/// What a template sees: each member of the page by its name.
fn scope(page: &Page) -> Scope {
    let mut scope = Scope::default();
    if let Ok(serde_json::Value::Object(members)) = serde_json::to_value(page) {
        members.into_iter().for_each(|(name, value)| scope.set(&name, Some(value)));
    }
    scope
}

/// One blank line where several are, as parts that were left out leave them; none at the ends. What is fenced stays as it is.
fn tidy(filled: &str) -> String {
    let mut out = String::with_capacity(filled.len());
    let mut blank = true;
    let mut fence: Option<&str> = None;
    for line in filled.lines() {
        let fenced = fence.is_some();
        match fence {
            Some(open) if line.trim() == open => fence = None,
            None if line.trim_start().starts_with("```") => {
                let line = line.trim_start();
                fence = Some(&line[..line.len() - line.trim_start_matches('`').len()]);
            }
            _ => {}
        }
        let line = if fenced { line } else { line.trim_end() };
        if fenced || !line.is_empty() || !blank {
            out.push_str(line);
            out.push('\n');
        }
        blank = line.is_empty();
    }
    out.truncate(out.trim_end().len());
    out.push('\n');
    out
}

#[cfg(test)]
mod tests;
