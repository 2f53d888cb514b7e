//! What the page says where scripts do not run: the counts, the migrations and the files, as a plain list.
use super::super::format::Setting;
use super::super::human::{counted, files};
use super::{data, shown};
use crate::report::{Level, Places, Report};
use std::collections::BTreeMap;
use std::fmt::Write as _;

pub fn write(out: &mut String, report: &Report, setting: &Setting) {
    let sum = report.summary();
    let deed = if setting.wrote { "written" } else { "to change" };
    let _ = writeln!(out, "<h1>{}</h1>", shown(&data::title(report)));
    out.push_str("<p>Diffs, filters and findings in place need JavaScript; this is the summary without it.</p>\n");
    let _ = writeln!(
        out,
        "<p>{} {deed}, {} to look at, {} unchanged, {} unread; {}, {}, {}.</p>",
        files(sum.changed),
        sum.needs_review,
        sum.unchanged,
        sum.failed,
        counted(sum.errors, "error"),
        counted(sum.warnings, "warning"),
        counted(sum.notes, "note")
    );
    if !setting.command.is_empty() {
        let _ = writeln!(out, "<p>Made by <code>{}</code></p>", shown(&setting.command));
    }
    let whens = whens(report);
    if whens.values().flat_map(Places::keys).any(|when| when.waits()) {
        out.push_str(
            "<p><strong>Do not merge all of this before the upgrade.</strong> What says <em>after</em> or <em>with the upgrade</em> \
             must not reach the release before it; <code>--phase before</code> and <code>--phase after</code> split it.</p>\n",
        );
    }
    if !report.about.is_empty() {
        out.push_str("<h2>Migrations</h2>\n<ul>\n");
        for about in report.about.values() {
            let when = whens.get(about.id.as_str()).into_iter().flat_map(Places::keys);
            let when: String = when.map(|when| format!(", {}", when.says())).collect();
            let title = shown(about.title.trim());
            let _ = writeln!(out, "<li><code>{}</code> ({}{when}): {title}</li>", shown(&about.id), about.safety);
        }
        out.push_str("</ul>\n");
    }
    out.push_str("<h2>Files</h2>\n<ul>\n");
    for file in report.files.iter().filter(|file| file.speaks()) {
        let (name, why) = data::outcome(file);
        let _ = write!(out, "<li><code>{}</code>: {}", shown(&file.source.path), name.replace('-', " "));
        why.iter().for_each(|why| _ = write!(out, ", {}", shown(why)));
        let worst = file.findings.iter().filter(|finding| finding.level > Level::Note && Some(finding.message.as_str()) != why);
        let said: String =
            worst.map(|finding| format!("<li>line {}: {}</li>\n", finding.line, shown(finding.message.trim_end()))).collect();
        if !said.is_empty() {
            let _ = write!(out, "\n<ul>\n{said}</ul>\n");
        }
        out.push_str("</li>\n");
    }
    out.push_str("</ul>\n");
}

/// When the edits of each migration may be merged.
fn whens(report: &Report) -> BTreeMap<&str, Places> {
    let mut all: BTreeMap<&str, Places> = BTreeMap::new();
    for step in report.changed().flat_map(|file| &file.steps) {
        let sums = all.entry(&step.migration).or_default();
        step.when.iter().for_each(|(when, places)| *sums.entry(*when).or_default() += places);
    }
    all
}
