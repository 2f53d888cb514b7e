//! The report as one page for people who review: no network, nothing to install. The data is in the page as JSON; the page
//! draws the part that is looked at. What it says without scripts is made here.
mod data;
mod heading;
mod without_script;

use super::format::Setting;
use super::markdown::hides;
use crate::report::Report;

// The policy in the page names one nonce that is the same in every report. A nonce keeps injected elements out only as long as
// nobody can guess it, but here there is no server and nothing is put in as HTML: what files hold is in the JSON, which `inert`
// keeps from ending its element, and the script makes text nodes of it. The policy is there so that the page loads nothing from
// elsewhere and has no script in attributes; whoever could add an element could change the policy as well.
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

/// The same as the content of an element, with a sign in place of each character that would not be seen.
fn shown(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((at, c)) = rest.char_indices().find(|(_, c)| hides(*c)) {
        let code = u32::from(c);
        out += &escaped(&rest[..at]);
        out += &format!("<span class=\"hidden-sign\" title=\"a character that is not seen\">U+{code:04X}</span>");
        rest = &rest[at + c.len_utf8()..];
    }
    out + &escaped(rest)
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
