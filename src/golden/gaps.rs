//! What the cases of a pack do not show.
use super::case::Case;
use super::check::Verdict;
use crate::pack::registry::names;
use crate::pack::{Action, Migration, Order, Pack, Rule, Safety, Verb};
use std::collections::BTreeSet;

/// What the cases leave open: migrations without a case `basic`, or without one that they change (those that only report:
/// where they speak) and one that they leave alone; verbs that do nothing in any case; cases that say what has no effect;
/// texts that a scaffold left to be written. Looked for in those that were `run`, and whose cases came out as they should.
pub fn gaps(pack: &Pack, run: &dyn Fn(&Migration) -> bool, cases: &[Case], verdicts: &[Verdict]) -> Vec<String> {
    let hit: BTreeSet<&(String, usize)> = verdicts.iter().flat_map(|verdict| &verdict.verbs).collect();
    let mut out = Vec::new();
    for migration in pack.migrations.iter().filter(|migration| run(migration)) {
        out.extend(unwritten(migration));
        // Advice has no case.
        if migration.rules.is_empty() {
            continue;
        }
        let mine = of(migration, cases, verdicts);
        if !mine.iter().any(|(case, _)| case.dir.ends_with("basic")) {
            out.push(format!("golden/{}/basic: add this case; `yamlift explain` shows it as the example", migration.id));
        }
        // What is wrong comes first: it may be what shows the rest.
        if mine.iter().any(|(_, verdict)| !verdict.passed()) {
            continue;
        }
        out.extend(mine.iter().flat_map(|(case, v)| v.idle.iter().map(|idle| format!("golden/{}/case.yaml: {idle}", case.name))));
        if let Some(off) = off(migration, &mine) {
            out.push(off);
            continue;
        }
        out.extend(missing_cases(migration, &mine));
        let mut verbs = Vec::new();
        migration.rules.iter().for_each(|rule| all_verbs(&rule.verbs, &mut verbs));
        let lines: BTreeSet<usize> = verbs.into_iter().map(|verb| verb.line).collect();
        let never = lines.into_iter().filter(|line| !hit.contains(&(migration.id.clone(), *line)));
        out.extend(
            never.map(|line| format!("{}:{line}: this verb does nothing in any case; add one where it does", migration.file)),
        );
    }
    out
}

/// What no case shows, and may be seen elsewhere: rows of `report` that say nothing in any case, neighbours (`before`,
/// `after`) that stand in none.
pub fn unseen(pack: &Pack, run: &dyn Fn(&Migration) -> bool, cases: &[Case], verdicts: &[Verdict]) -> Vec<String> {
    let spoke: BTreeSet<&(String, usize)> = verdicts.iter().flat_map(|verdict| &verdict.spoke).collect();
    let mut out = Vec::new();
    for migration in pack.migrations.iter().filter(|migration| run(migration)) {
        let mine = of(migration, cases, verdicts);
        if mine.iter().any(|(_, verdict)| !verdict.passed()) || off(migration, &mine).is_some() {
            continue;
        }
        let lines: BTreeSet<usize> = migration.rules.iter().flat_map(|rule| &rule.reports).map(|report| report.line).collect();
        let never = lines.into_iter().filter(|line| !spoke.contains(&(migration.id.clone(), *line)));
        out.extend(never.map(|line| format!("{}:{line}: no case shows this finding; add one that does", migration.file)));
        let mut verbs = Vec::new();
        migration.rules.iter().for_each(|rule| all_verbs(&rule.verbs, &mut verbs));
        for verb in verbs {
            if let Some(name) = neighbour(verb).filter(|name| !mine.iter().any(|(_, verdict)| stands(verdict, name))) {
                out.push(format!(
                    "{}:{}: `{name}`, next to which it is put, is in no case; add one that has it",
                    migration.file, verb.line
                ));
            }
        }
    }
    out.dedup();
    out
}

/// The cases of a migration, and how they came out.
fn of<'c>(migration: &Migration, cases: &'c [Case], verdicts: &'c [Verdict]) -> Vec<(&'c Case, &'c Verdict)> {
    cases.iter().zip(verdicts).filter(|(case, _)| case.migration() == migration.id).collect()
}

/// What is said where a migration is off, and no case of it asks for it.
fn off(migration: &Migration, cases: &[(&Case, &Verdict)]) -> Option<String> {
    let asks = |case: &Case| case.enable.iter().any(|id| names(id, &migration.id));
    if migration.enabled || cases.is_empty() || cases.iter().any(|(case, _)| asks(case)) {
        return None;
    }
    let slug = migration.id.rsplit('/').next().unwrap_or_default();
    let id = &migration.id;
    Some(format!("golden/{id}: it is off (`enabled: false`), so no case runs it; add `enable: [{slug}]` to its case.yaml"))
}

fn neighbour(verb: &Verb) -> Option<&str> {
    match &verb.action {
        Action::Insert { order: Order::Before(name) | Order::After(name), .. }
        | Action::Move { order: Order::Before(name) | Order::After(name), .. } => Some(name),
        _ => None,
    }
}

/// Whether a word is in the texts of a case, before or after.
fn stands(verdict: &Verdict, word: &str) -> bool {
    let texts = verdict.before.values().chain(verdict.got.values());
    texts.into_iter().any(|bytes| String::from_utf8_lossy(bytes).contains(word))
}

fn unwritten(migration: &Migration) -> Option<String> {
    let todo = [&migration.title, &migration.why].into_iter().any(|text| text.contains("TODO"));
    todo.then(|| format!("{}: there is still a TODO in `title` or `why`", migration.file))
}

fn missing_cases(migration: &Migration, cases: &[(&Case, &Verdict)]) -> Vec<String> {
    let id = &migration.id;
    let edits = migration.rules.iter().any(Rule::edits);
    if migration.safety == Safety::Manual && edits {
        return Vec::new();
    }
    let changes = |case: &Case| case.dir.join("after.yaml").is_file() || case.dir.join("after").is_dir();
    let says = |verdict: &Verdict| verdict.spoke.iter().any(|(spoke, _)| spoke == id);
    let shows = |(case, verdict): &(&Case, &Verdict)| if edits { changes(case) } else { says(verdict) };
    let mut out = Vec::new();
    if !cases.iter().any(shows) {
        out.push(format!("golden/{id}: no case shows what it {}", if edits { "changes" } else { "says" }));
    }
    // What it does not speak of may stand in the same text.
    if edits && cases.iter().all(shows) {
        out.push(format!("golden/{id}: no case shows what it leaves alone"));
    }
    out
}

fn all_verbs<'v>(verbs: &'v [Verb], out: &mut Vec<&'v Verb>) {
    for verb in verbs {
        out.push(verb);
        if let Action::Within { verbs, .. } = &verb.action {
            all_verbs(verbs, out);
        }
    }
}
