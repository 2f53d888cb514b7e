//! What an earlier run found: no news to those who live with it.
use crate::report::{FileReport, Finding, Level, Outcome, Report, UNREAD_TEXT};
use serde::Deserialize;
use std::collections::{BTreeSet, HashMap, HashSet};

/// Of the JSON reports that can be read.
const VERSION: u32 = 1;

/// Findings of an earlier run. They are known by migration, path and words, so that one may move within its file; of two that
/// are alike each counts.
#[derive(Debug, Default)]
pub struct Baseline {
    findings: HashMap<[String; 3], usize>,
    /// Migrations that waited to be asked for, and paths.
    offered: HashSet<[String; 2]>,
}

#[derive(Deserialize)]
struct Document {
    version: u32,
    root: String,
    folder: String,
    files: Vec<File>,
}

#[derive(Deserialize)]
struct File {
    path: String,
    findings: Vec<Said>,
    offered: Vec<Offer>,
}

#[derive(Deserialize)]
struct Said {
    id: String,
    path: String,
    message: String,
}

#[derive(Deserialize)]
struct Offer {
    id: String,
}

impl Baseline {
    /// Reads a report that was written as JSON.
    ///
    /// # Errors
    /// Anything else.
    pub fn read(text: &str) -> Result<Self, String> {
        let document: Document = serde_json::from_str(text).map_err(|e| e.to_string())?;
        if document.version != VERSION {
            return Err(format!("its version is {}, and this yamlift reads version {VERSION}", document.version));
        }
        let below = |path: &str| below_root(path, &document.root, &document.folder);
        let mut out = Baseline::default();
        for file in &document.files {
            for said in &file.findings {
                *out.findings.entry([said.id.clone(), below(&said.path), steady(&said.message)]).or_default() += 1;
            }
            out.offered.extend(file.offered.iter().map(|offer| [offer.id.clone(), below(&file.path)]));
        }
        Ok(out)
    }

    /// Takes what is known out of a report whose paths are still those from its root, and gives how many findings that were. What could not be read stays: it would
    /// be left out in silence.
    pub fn forget(mut self, report: &mut Report) -> usize {
        let before = report.findings().count();
        for file in report.files.iter_mut().filter(|file| !file.failed()) {
            file.findings.retain(|finding| finding.id == UNREAD_TEXT || !self.takes(finding));
            file.offered.retain(|offer| !self.offered.contains(&[offer.id.clone(), file.source.path.clone()]));
            settle(file);
        }
        report.files.retain(FileReport::speaks);
        let ids: BTreeSet<String> = report.ids().map(str::to_owned).collect();
        report.about.retain(|id, _| ids.contains(id));
        before - report.findings().count()
    }

    fn takes(&mut self, finding: &Finding) -> bool {
        let known = self.findings.get_mut(&[finding.id.clone(), finding.path.clone(), steady(&finding.message)]);
        known.filter(|left| **left > 0).map(|left| *left -= 1).is_some()
    }
}

/// A path of a report, from the root that it was made for: told from a folder it is another one in each.
fn below_root(path: &str, root: &str, folder: &str) -> String {
    let root = if root == "." { "" } else { root };
    if let Some(rest) = path.strip_prefix(root).and_then(|rest| rest.strip_prefix('/')).filter(|_| !root.is_empty()) {
        return rest.to_owned();
    }
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    for part in path.split('/') {
        match part {
            ".." if parts.last().is_some_and(|last| *last != "..") => drop(parts.pop()),
            part => parts.push(part),
        }
    }
    parts.join("/")
}

/// A file where nothing waits for a person any more is as good as any.
fn settle(file: &mut FileReport) {
    let waits = file.findings.iter().any(|finding| finding.level > Level::Note);
    if !waits && matches!(file.outcome, Outcome::NeedsReview | Outcome::Skipped(_)) {
        file.outcome = Outcome::Unchanged;
    }
}

/// A message without the lines of the places that it names: those move.
fn steady(message: &str) -> String {
    let mut out = String::with_capacity(message.len());
    let mut rest = message;
    while let Some(at) = rest.find(':') {
        let (head, tail) = rest.split_at(at);
        out += head;
        let names_a_file = [".yaml", ".yml", ".json"].iter().any(|end| head.ends_with(end));
        rest = if names_a_file { tail.trim_start_matches(|c: char| c == ':' || c.is_ascii_digit()) } else { &tail[1..] };
        out.push(':');
    }
    out + rest
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::Offer as Waiting;
    use crate::source::Source;

    const TEXT: &str = r#"{"version": 1, "root": ".", "folder": "", "files": [{"path": "a.yaml", "more": 1,
        "findings": [{"id": "m/1/x", "path": "a.yaml", "line": 9, "message": "no, see b.yaml:7:2: port: 80"}],
        "offered": [{"id": "m/1/y"}]}]}"#;

    fn report(lines: usize) -> Report {
        let mut file = FileReport::left_alone(Source::new("a.yaml", "a: 1\nb: 2\nc: 3\n"));
        file.outcome = Outcome::NeedsReview;
        for at in 0..lines {
            file.findings.push(Finding::at(
                &file.source,
                at * 5..at * 5 + 1,
                "m/1/x",
                Level::Warning,
                format!("no, see b.yaml:{at}: port: 80"),
            ));
        }
        file.offered.push(Waiting { id: "m/1/y".into(), span: 0..1, places: 1, when: Default::default() });
        Report { files: vec![file], looked_at: 1, ..Report::default() }
    }

    #[test]
    fn what_was_there_is_forgotten_wherever_it_moved() {
        let mut one = report(1);
        assert_eq!(Baseline::read(TEXT).unwrap().forget(&mut one), 1);
        assert!(one.files.is_empty() && one.summary().unchanged == 1);
    }

    #[test]
    fn one_more_of_a_kind_is_news() {
        let mut two = report(2);
        assert_eq!(Baseline::read(TEXT).unwrap().forget(&mut two), 1);
        assert_eq!((two.findings().count(), two.summary().warnings, two.summary().needs_review), (1, 1, 1));
        let mut other = report(1);
        other.files[0].findings[0].message = "no, see b.yaml:7:2: port: 81".into();
        assert_eq!(Baseline::read(TEXT).unwrap().forget(&mut other), 0);
    }

    #[test]
    fn a_path_is_the_same_from_every_folder() {
        assert_eq!(below_root("a/b.yaml", ".", ""), "a/b.yaml");
        assert_eq!(below_root("b.yaml", "..", "a"), "a/b.yaml");
        assert_eq!(below_root("../b.yaml", "..", "a"), "b.yaml");
        assert_eq!(below_root("../c/b.yaml", "../..", "a/d"), "a/c/b.yaml");
        assert_eq!(below_root("sub/b.yaml", "sub", ""), "b.yaml");
        let moved = TEXT.replace("\"folder\": \"\"", "\"folder\": \"sub\"").replace("\"root\": \".\"", "\"root\": \"..\"");
        assert_eq!(Baseline::read(&moved).unwrap().forget(&mut report(1)), 0);
    }

    #[test]
    fn what_is_no_report_is_said() {
        assert!(Baseline::read(&TEXT.replace("\"version\": 1", "\"version\": 2")).unwrap_err().contains("version is 2"));
        assert!(Baseline::read("[]").is_err() && Baseline::read("{}").is_err() && Baseline::read("x").is_err());
    }
}
