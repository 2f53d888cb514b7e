//! What the cases of a pack do not show.
use super::case::Case;
use super::check::Verdict;
use crate::pack::{Action, Migration, Pack, Safety, Verb};
use std::collections::BTreeSet;

/// What the cases leave open: migrations without a case `basic`, or without one that they change and one that they leave
/// alone; verbs that do nothing in any case; texts that a scaffold left to be written. Looked for in those that were `run`.
pub fn gaps(pack: &Pack, run: &dyn Fn(&Migration) -> bool, cases: &[Case], verdicts: &[Verdict]) -> Vec<String> {
    let hit: BTreeSet<&(String, usize)> = verdicts.iter().flat_map(|verdict| &verdict.verbs).collect();
    let mut out = Vec::new();
    for migration in pack.migrations.iter().filter(|migration| run(migration)) {
        out.extend(unwritten(migration));
        // Advice has no case.
        if migration.rules.is_empty() {
            continue;
        }
        let mine: Vec<&Case> = cases.iter().filter(|case| case.migration() == migration.id).collect();
        out.extend(missing_cases(migration, &mine));
        let mut lines = BTreeSet::new();
        migration.rules.iter().for_each(|rule| verb_lines(&rule.verbs, &mut lines));
        let never = lines.into_iter().filter(|line| !hit.contains(&(migration.id.clone(), *line)));
        out.extend(never.map(|line| format!("{}:{line}: this verb does nothing in any case", migration.file)));
    }
    out
}

fn unwritten(migration: &Migration) -> Option<String> {
    let todo = [&migration.title, &migration.why].into_iter().any(|text| text.contains("TODO"));
    todo.then(|| format!("{}: a TODO is left in `title` or `why`", migration.file))
}

fn missing_cases(migration: &Migration, cases: &[&Case]) -> Vec<String> {
    let id = &migration.id;
    let mut out = Vec::new();
    if !cases.iter().any(|case| case.dir.ends_with("basic")) {
        out.push(format!("golden/{id}/basic: there is no such case; it is what `yamlift explain` shows"));
    }
    if migration.safety == Safety::Manual {
        return out;
    }
    let changes = |case: &&&Case| case.dir.join("after.yaml").is_file() || case.dir.join("after").is_dir();
    if !cases.iter().any(|case| changes(&case)) {
        out.push(format!("golden/{id}: no case shows what it changes"));
    }
    if cases.iter().all(|case| changes(&case)) {
        out.push(format!("golden/{id}: no case shows what it leaves alone"));
    }
    out
}

fn verb_lines(verbs: &[Verb], out: &mut BTreeSet<usize>) {
    for verb in verbs {
        out.insert(verb.line);
        if let Action::Within { verbs, .. } = &verb.action {
            verb_lines(verbs, out);
        }
    }
}
