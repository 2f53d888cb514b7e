//! The parameters of a run: what was set, checked against what its migrations declare.
use super::PackError;
use super::params::Param;
use super::registry::{Request, Run};

fn error(message: String, help: Option<String>) -> PackError {
    PackError { message, place: None, help }
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

/// Every name that was set is one of a parameter of some run.
pub fn check(request: &Request, runs: &[Run]) -> Result<(), PackError> {
    let known: Vec<&Param> = runs.iter().flat_map(|r| r.pack.params.values()).collect();
    let given = request.set.iter().map(|(name, _)| name).chain(request.values.iter().map(|(name, _)| name));
    for name in given {
        if known.iter().any(|p| p.name == *name) {
            continue;
        }
        let near = super::near(name, known.iter().map(|p| p.name.as_str()));
        let message = match near {
            Some(near) => format!("no active migration has a parameter `{name}`; did you mean `{near}`?"),
            None => format!("no active migration has a parameter `{name}`"),
        };
        let mut lines: Vec<String> = known.iter().map(|p| format!("{} <{}>  {}", p.name, p.kind, p.help)).collect();
        lines.dedup();
        if let Some(near) = near {
            lines.retain(|line| line.starts_with(near));
        }
        return Err(error(message, Some(lines.join("\n"))));
    }
    Ok(())
}

/// Every parameter that an active migration declares, and that is neither optional nor has a default, has a value.
pub fn required(run: &Run) -> Result<(), PackError> {
    for active in &run.active {
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
