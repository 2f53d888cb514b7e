//! The report as one page for people who review: no network, nothing to install. The data is in the page as JSON; the page
//! draws the part that is looked at. What it says without scripts is made here.
mod data;
mod heading;
mod without_script;

use super::format::Setting;
use crate::report::Report;

const PAGE: &str = include_str!("../../templates/report/report.html");
const STYLE: &str = include_str!("../../templates/report/report.css");
const DIFF_SCRIPT: &str = include_str!("../../templates/report/diff.js");
const SCRIPT: &str = include_str!("../../templates/report/report.js");

/// The whole page. The same report gives the same bytes.
pub fn render(report: &Report, setting: &Setting) -> String {
    let mut out = String::new();
    let mut rest = PAGE;
    while let Some((before, (name, after))) =
        rest.split_once("<!--=").and_then(|(before, mark)| Some((before, mark.split_once("-->")?)))
    {
        out.push_str(before);
        match name {
            "title" => out.push_str(&escaped(&data::title(report))),
            "style" => out.push_str(STYLE),
            "diff-script" => out.push_str(DIFF_SCRIPT),
            "script" => out.push_str(SCRIPT),
            "data" => data::write(&mut out, report, setting),
            "without-script" => without_script::write(&mut out, report, setting),
            _ => {}
        }
        rest = after;
    }
    out.push_str(rest);
    out
}

/// A text as the content of an element, or of an attribute in double quotes.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// JSON that no content can end, or turn into a comment: what means something to HTML stands in strings alone, and is spelled
/// as an escape there.
fn inert(json: &str) -> String {
    let mut out = String::with_capacity(json.len() + json.len() / 16);
    for c in json.chars() {
        match c {
            '<' => out.push_str("\\u003c"),
            '>' => out.push_str("\\u003e"),
            '&' => out.push_str("\\u0026"),
            '\u{2028}' => out.push_str("\\u2028"),
            '\u{2029}' => out.push_str("\\u2029"),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests;
