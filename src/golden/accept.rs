//! What came out becomes what the case says.
use super::case::Case;
use super::check::Verdict;
use crate::output::write;
use std::fmt::Write as _;
use std::io;
use std::path::Path;

/// Writes `after` and the findings of `case.yaml` as they came out. Returns the paths that were written or taken away.
///
/// # Errors
/// What the disk says.
pub fn accept(case: &Case, verdict: &Verdict) -> io::Result<Vec<String>> {
    let mut done = Vec::new();
    if verdict.wanted != verdict.got {
        after(case, verdict, &mut done)?;
    }
    if !verdict.missing.is_empty() || !verdict.unexpected.is_empty() {
        let path = case.dir.join("case.yaml");
        let old = std::fs::read_to_string(&path).unwrap_or_default();
        let new = with_findings(&old, &verdict.findings);
        if new.trim().is_empty() {
            write::remove(&path)?
        } else {
            write::put(&path, new.as_bytes())?
        }
        done.push(path.display().to_string());
    }
    Ok(done)
}

fn after(case: &Case, verdict: &Verdict, done: &mut Vec<String>) -> io::Result<()> {
    let mut one = |path: &Path, bytes: Option<&Vec<u8>>| {
        done.push(path.display().to_string());
        match bytes {
            Some(bytes) => write::put(path, bytes),
            None => write::remove(path),
        }
    };
    let nothing = verdict.got == verdict.before;
    if !case.is_tree() {
        return one(&case.dir.join("after.yaml"), verdict.got.get(&case.file).filter(|_| !nothing));
    }
    let folder = case.dir.join("after");
    for path in verdict.wanted.keys().filter(|path| !verdict.got.contains_key(*path)) {
        one(&folder.join(path), None)?;
    }
    for (path, bytes) in &verdict.got {
        one(&folder.join(path), Some(bytes).filter(|_| !nothing))?;
    }
    Ok(())
}

/// The text of a case with other findings; the rest of it stays.
fn with_findings(text: &str, findings: &[(String, String)]) -> String {
    let mut out = String::new();
    let mut inside = false;
    for line in text.lines() {
        let belongs = line.starts_with([' ', '-', '\t']);
        inside = if inside { belongs } else { line.starts_with("findings:") };
        // `{}` says nothing, and nothing may stand behind it.
        if !inside && line.trim() != "{}" {
            let _ = writeln!(out, "{line}");
        }
    }
    if !findings.is_empty() {
        out += "findings:\n";
    }
    for (finding, _) in findings {
        let parts: Vec<&str> = finding.splitn(3, ' ').collect();
        let place = if parts[1].contains(':') { format!("\"{}\"", parts[1]) } else { parts[1].to_owned() };
        let _ = writeln!(out, "- [{}, {place}, {}]", parts[0], parts[2]);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn findings_change_and_the_rest_stays() {
        let text = "# a\nfrom: \"1.2\"\nfindings:\n- [note, 1, a/b/c]\nset: {a: b}\n";
        let new = with_findings(text, &[("error x.yaml:3 a/b/d".into(), String::new())]);
        assert_eq!(new, "# a\nfrom: \"1.2\"\nset: {a: b}\nfindings:\n- [error, \"x.yaml:3\", a/b/d]\n");
        assert_eq!(with_findings("findings: []\n{}\n", &[]), "");
    }
}
