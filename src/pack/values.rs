//! The parameters of a run: what was set, checked against what its migrations declare.
use super::params::Param;
use super::registry::{Active, Request, Run};
use super::{Migration, PackError};

fn error(message: String, help: Option<String>) -> PackError {
    super::error(message, help)
}

/// Gives a run the values that were set for parameters of its pack, and the defaults.
pub fn set(run: &mut Run, request: &Request) -> Result<(), PackError> {
    for param in run.pack.params.values() {
        let typed = request.set.iter().rev().find(|(name, _)| *name == param.name).map(|(_, text)| param.parse(text));
        let read = request.values.iter().rev().find(|(name, _)| *name == param.name).map(|(_, value)| param.check(value));
        let value = typed.or(read).transpose().map_err(|why| error(why, help_of(param)))?;
        if let Some(value) = value.or_else(|| param.default.clone()) {
            run.params.insert(param.name.clone(), value);
        }
    }
    Ok(())
}

/// Every name that was set is one of a parameter of some run, or one that `elsewhere` lets pass, which is told whether a file
/// sets it: files may set more, for other runs.
/// Comes after `pick`, to tell what runs from what does not.
pub fn check(request: &Request, runs: &[Run], elsewhere: impl Fn(&str, bool) -> bool) -> Result<(), PackError> {
    let known: Vec<&Param> = runs.iter().flat_map(|r| r.pack.params.values()).collect();
    let typed = request.set.iter().map(|(name, _)| (name, false));
    let read = request.values.iter().map(|(name, _)| (name, true));
    for (name, in_file) in typed.chain(read) {
        if known.iter().any(|p| p.name == *name) || elsewhere(name, in_file) {
            continue;
        }
        let message = format!("no active migration has a parameter `{name}`");
        return Err(match super::near(name, known.iter().map(|p| p.name.as_str())) {
            Some(near) => {
                let lines = known.iter().find(|p| p.name == near).and_then(|p| help_of(p));
                error(format!("{message}; did you mean `{near}`?"), lines)
            }
            None => error(message, Some(all_of(runs).join("\n"))),
        });
    }
    Ok(())
}

/// A line for each parameter of some runs: those of migrations that run, then the others with the reason.
fn all_of(runs: &[Run]) -> Vec<String> {
    let (mut active, mut others) = (Vec::new(), Vec::new());
    for (run, param) in runs.iter().flat_map(|run| run.pack.params.values().map(move |param| (run, param))) {
        match idle(run, &param.name) {
            None => active.extend(help_of(param)),
            Some((migration, why)) => {
                let slug = migration.id.rsplit('/').next().unwrap_or(&migration.id);
                others.push(format!("{} <{}>  only for {slug} ({why})", param.name, param.kind));
            }
        }
    }
    active.extend(others);
    active
}

/// The migration that has this parameter and does not run, and why; none where one runs that may use it.
fn idle<'r>(run: &'r Run, name: &str) -> Option<(&'r Migration, &'r str)> {
    let used = run.active.iter().any(|active| active.migration.params.contains_key(name));
    let (migration, why) = run.left_out.iter().find(|(migration, _)| migration.params.contains_key(name))?;
    (!used).then_some((migration, why.as_str()))
}

/// The same over several runs: of several packs with that parameter one may use it.
pub fn set_for_nothing<'r>(runs: &'r [Run], name: &str) -> Option<(&'r Migration, &'r str)> {
    let idle = runs.iter().filter(|run| run.pack.params.contains_key(name)).map(|run| idle(run, name));
    idle.collect::<Option<Vec<_>>>()?.into_iter().next()
}

/// Every parameter that an active migration declares, and that is neither optional nor has a default, has a value.
pub fn required(run: &Run) -> Result<(), PackError> {
    let tried = |active: &&Active| active.rules.iter().any(|rule| !rule.looks_only);
    for active in run.active.iter().filter(tried) {
        for param in active.migration.params.values() {
            let missing = !param.optional && param.default.is_none() && !run.params.contains_key(&param.name);
            if missing {
                let message = format!("{} needs a value for `{}`: --set {}=…", active.migration.id, param.name, param.name);
                return Err(error(message, help_of(param)));
            }
        }
    }
    Ok(())
}

fn help_of(param: &Param) -> Option<String> {
    Some(format!("{} <{}>  {}", param.name, param.kind, param.help))
}
