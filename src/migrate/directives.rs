//! The comments to us in a file: which are heard, and which cannot be.
use super::{File, suppress};
use crate::pack::registry::{Run, suggestion};
use crate::report::{Finding, Level};
use crate::source::{Source, Span};
use crate::view::helm;
use crate::yaml::draft::Draft;
use crate::yaml::trivia;

impl File<'_> {
    /// Reads the suppressions of the text on disk; says which cannot be understood.
    pub(super) fn read_suppressions(&mut self, runs: &[Run], draft: &Draft) {
        let (found, unclear) = suppress::find(&self.text);
        if found.is_empty() && unclear.is_empty() {
            return;
        }
        // In a text they may be a comment of YAML that lives there, or may be anything.
        let mut comments = trivia::comments(&self.text, &draft.texts[0].tree);
        if draft.is_template() {
            comments.extend(helm::comments(&self.text));
            comments.sort_by_key(|comment| comment.start);
        }
        let is_comment = |at: &Span| comments.binary_search_by_key(&at.start, |comment| comment.start).is_ok();
        for one in unclear.into_iter().filter(|one| is_comment(&one.comment)) {
            let finding = Finding::at(
                &self.report.source,
                one.comment,
                "yamlift/suppression",
                Level::Warning,
                format!("This comment suppresses nothing: {}.", one.why),
            );
            self.report.findings.push(finding);
        }
        for one in found.iter().filter(|one| one.id != suppress::ALL && is_comment(&one.comment)) {
            let finding = unknown(&self.report.source, one, runs);
            self.report.findings.extend(finding);
        }
        // Those of migrations that are not in this run may be needed in another one.
        let active = |one: &suppress::Suppression| runs.iter().flat_map(|r| &r.active).any(|a| one.names(&a.migration.id));
        self.suppressions = found;
        self.suppressions.iter_mut().for_each(|one| one.used |= !active(one));
    }

    /// Suppressions of migrations of this run that nothing needed.
    pub(super) fn say_unused(&mut self) {
        for one in self.suppressions.iter().filter(|s| !s.used) {
            let message = match one.id.as_str() {
                suppress::ALL if one.extent == (0..self.report.source.text.len()) => {
                    "`ignore-file` suppresses nothing: in this run there is no finding or edit in this file.".into()
                }
                id => {
                    format!("`{id}` suppresses nothing here: in this run it has no finding or edit in what the comment covers.")
                }
            };
            let finding = Finding::at(&self.report.source, one.comment.clone(), "yamlift/suppression", Level::Note, message)
                .with_help("remove the comment");
            self.report.findings.push(finding);
        }
    }
}

/// A suppression that names no migration, in a pack that is there.
fn unknown(source: &Source, one: &suppress::Suppression, runs: &[Run]) -> Option<Finding> {
    let ids = &runs.first()?.ids;
    let elsewhere = one.id.split_once('/').is_some_and(|(pack, _)| !ids.iter().any(|id| id.starts_with(&format!("{pack}/"))));
    if elsewhere && one.id.matches('/').count() > 1 || ids.iter().any(|id| one.names(id)) {
        return None;
    }
    let help = suggestion(&one.id, ids).unwrap_or_else(|| "`yamlift list` shows the packs".to_owned());
    let message = format!("This comment suppresses nothing: no migration is called `{}`.", one.id);
    Some(Finding::at(source, one.comment.clone(), "yamlift/suppression", Level::Warning, message).with_help(help))
}
