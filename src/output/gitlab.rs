//! GitLab's code quality report.
use super::format::Setting;
use super::remarks;
use crate::report::{Level, Report};
use serde_json::{Value as Json, json};

/// The report as a JSON array, with a final newline.
pub fn render(report: &Report, setting: &Setting) -> String {
    let mut issues: Vec<Json> = Vec::new();
    for file in remarks::all(report, setting) {
        let lines = file.lines();
        for (remark, print) in file.remarks.iter().zip(file.prints(&lines)) {
            let line = remark.line(&lines);
            issues.push(json!({
                "description": remark.said(),
                "check_name": remark.id,
                "fingerprint": remarks::hash(&[&print]),
                "severity": severity(remark.level),
                "location": { "path": file.path, "lines": { "begin": line } },
            }));
        }
    }
    let mut text = serde_json::to_string_pretty(&issues).unwrap_or_default();
    text.push('\n');
    text
}

fn severity(level: Level) -> &'static str {
    match level {
        Level::Error => "major",
        Level::Warning => "minor",
        Level::Note => "info",
    }
}
