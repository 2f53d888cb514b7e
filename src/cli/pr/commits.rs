//! What goes into which commit.
use super::texts::Messages;
use crate::cli::refusal::refuse;
use crate::forge::git::{Author, Worktree};
use crate::output::write;
use crate::report::{FileReport, Report, apply};
use crate::source::Source;

/// Files as a commit leaves them.
pub struct Commit<'r> {
    /// The migration; none: all of them.
    pub migration: Option<&'r str>,
    pub files: Vec<Change<'r>>,
}

/// A file's text before and after.
pub struct Change<'r> {
    pub file: &'r FileReport,
    pub old: String,
    pub new: String,
}

/// One commit for all, or one for each migration in running order.
pub fn commits<'r>(report: &'r Report, order: &'r [String], each: bool) -> Vec<Commit<'r>> {
    if !each {
        let change = |file: &'r FileReport| Change { file, old: file.source.text.clone(), new: file.migrated_text() };
        return vec![Commit { migration: None, files: report.changed().map(change).collect() }];
    }
    // A file's steps have to be taken in their order; how far each has come.
    let mut at: Vec<(&FileReport, usize, String)> = report.changed().map(|file| (file, 0, file.source.text.clone())).collect();
    let mut commits: Vec<Commit> = Vec::new();
    while at.iter().any(|(file, taken, _)| *taken < file.steps.len()) {
        let before = commits.len();
        for id in order {
            let mut files = Vec::new();
            for (file, taken, text) in &mut at {
                let old = text.clone();
                while let Some(step) = file.steps.get(*taken).filter(|step| step.migration == *id) {
                    *text = apply(text, &step.splices);
                    *taken += 1;
                }
                if old != *text {
                    files.push(Change { file, old, new: text.clone() });
                }
            }
            if !files.is_empty() {
                commits.push(Commit { migration: Some(id), files });
            }
        }
        if commits.len() == before {
            // A step of a migration that no order names: nothing is left out for that.
            let rest = at.iter_mut().filter(|(file, taken, _)| *taken < file.steps.len());
            let files = rest.map(|(file, taken, text)| {
                *taken = file.steps.len();
                Change { file, old: std::mem::take(text), new: file.migrated_text() }
            });
            commits.push(Commit { migration: None, files: files.collect() });
        }
    }
    commits
}

/// Writes and commits them; gives the last one.
pub fn make(worktree: &Worktree, commits: &[Commit], messages: &Messages, author: &Author) -> anyhow::Result<String> {
    let mut head = String::new();
    for commit in commits {
        for Change { file, old, new } in &commit.files {
            let source = Source { text: old.clone(), ..file.source.clone() };
            write::replace(&worktree.path, &source, new)
                .map_err(|why| refuse(format!("could not write {}: {why}", file.source.path), ""))?;
        }
        let files: Vec<&str> = commit.files.iter().map(|change| change.file.source.path.as_str()).collect();
        head = worktree.commit(&files, &messages.of(commit), author).map_err(super::no)?;
    }
    Ok(head)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::{Outcome, Splice, Step};

    fn file(path: &str, steps: &[(&str, &str)]) -> FileReport {
        let mut file = FileReport::left_alone(Source::new(path, "0"));
        file.outcome = Outcome::Migrated;
        let step = |(id, with): &(&str, &str)| Step {
            migration: (*id).into(),
            at: Vec::new(),
            splices: vec![Splice { at: 0..1, with: (*with).into() }],
            matches: 1,
            when: Default::default(),
            removed_comments: Vec::new(),
            verbs: Vec::new(),
        };
        file.steps = steps.iter().map(step).collect();
        file
    }

    #[test]
    fn a_commit_for_each_migration_in_running_order() {
        let files = vec![file("a", &[("one", "1"), ("two", "2"), ("two", "3")]), file("b", &[("two", "4")])];
        let report = Report { files, ..Report::default() };
        let told = |order: &[&str], each: bool| {
            let order: Vec<String> = order.iter().map(|id| (*id).to_owned()).collect();
            let tell = |commit: &Commit| {
                let files = commit.files.iter().map(|c| format!("{}{}{}", c.file.source.path, c.old, c.new)).collect::<Vec<_>>();
                format!("{} {}", commit.migration.unwrap_or("all"), files.join(" "))
            };
            commits(&report, &order, each).iter().map(tell).collect::<Vec<_>>().join(", ")
        };
        assert_eq!(told(&["one", "two"], true), "one a01, two a13 b04");
        assert_eq!(told(&["one", "two"], false), "all a03 b04");
        // An order that files do not follow costs commits, no edits.
        assert_eq!(told(&["two", "one"], true), "two b04, one a01, two a13");
        assert_eq!(told(&["one"], true), "one a01, all a13 b04");
    }
}
