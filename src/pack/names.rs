//! The names in expressions: each must be one that is known where the expression stands.
use super::author::Page;
use super::compile::Compiler;
use super::facts::Fact;
use super::params::Kind;
use super::{PackError, Rule};
use crate::expr::{ExprId, KEYWORDS, Mistake};
use crate::yaml::draft::Id;

/// Names that every expression of a rule knows.
pub const RESERVED: &[&str] =
    &["it", "key", "parent", "match", "target", "doc", "facts", "places", "params", "row", "run", "bump"];

/// Names that a fact does not know: it is read before any rule runs, once for all versions that run in a repository.
const OF_RULES: &[&str] = &["facts", "places", "row", "run", "bump"];

/// A name that `let` is to bind.
///
/// # Errors
/// One that means something already, or that an expression cannot spell.
pub fn check_new(page: &Page, at: Id, name: &str) -> Result<(), PackError> {
    if RESERVED.contains(&name) || KEYWORDS.contains(&name) {
        let error = page.error(at, format!("`{name}` is reserved"));
        return Err(PackError { help: Some(format!("choose another name, such as `the_{}`", name.to_lowercase())), ..error });
    }
    let word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    if name.is_empty() || !name.chars().all(word) || name.starts_with(|c: char| c.is_ascii_digit()) {
        let plain: String = name.chars().map(|c| if word(c) { c } else { '_' }).collect();
        let error = page.error(at, format!("`{name}` cannot be a name: use letters, digits and `_`"));
        return Err(PackError {
            help: Some(format!("did you mean `{}`?", plain.trim_start_matches(|c: char| c.is_ascii_digit()))),
            ..error
        });
    }
    Ok(())
}

/// Compiles all expressions, and looks at every name in them. Those before `own` are of `facts`, the others of `rules`.
///
/// # Errors
/// An expression that cannot be compiled; a name, a fact, a parameter or a member of a row that is not known.
pub fn check(compiler: &Compiler, facts: &[Fact], own: usize, rules: &[Rule]) -> Result<(), PackError> {
    let exprs = &compiler.exprs;
    exprs.check().map_err(|(id, no)| mistake(compiler, id, no))?;
    let lets = |rules: &mut dyn Iterator<Item = &Rule>| -> Vec<String> {
        rules.flat_map(|rule| rule.lets.iter().map(|one| one.name.clone())).collect()
    };
    let (of_facts, of_rules) = (lets(&mut facts.iter().map(|fact| &fact.rule)), lets(&mut rules.iter()));
    for id in (0..exprs.len()).map(ExprId) {
        let in_fact = id.0 < own;
        let lets = if in_fact { &of_facts } else { &of_rules };
        for name in exprs.names(id) {
            if in_fact && OF_RULES.contains(&name.as_str()) {
                return Err(at(compiler, id, name, format!("a fact cannot use `{name}`: facts are read before any rule runs")));
            }
            if !RESERVED.contains(&name.as_str()) && !lets.contains(name) {
                let all = RESERVED.iter().copied().chain(lets.iter().map(String::as_str));
                let help = super::near(name, all).map(|n| format!("did you mean `{n}`?"));
                return Err(PackError { help, ..at(compiler, id, name, format!("unknown name `{name}`")) });
            }
            for asked in exprs.members(id, name).unwrap_or_default() {
                member(compiler, facts, rules, id, name, &asked)?;
            }
        }
    }
    Ok(())
}

/// Looks at `name.asked`.
fn member(compiler: &Compiler, facts: &[Fact], rules: &[Rule], id: ExprId, name: &str, asked: &str) -> Result<(), PackError> {
    let (message, names, none) = match name {
        "facts" | "places" => {
            let names: Vec<&str> = facts.iter().map(|fact| fact.name.as_str()).collect();
            (format!("`{name}.{asked}`: the migration has no fact `{asked}`"), names, "add it under `facts`")
        }
        "params" => {
            let all = compiler.params.iter().chain(compiler.around.params);
            let names = all.map(|param| param.name.as_str()).collect();
            (
                format!("`params.{asked}`: there is no parameter `{asked}`"),
                names,
                "declare it under `params`, here or in pack.yaml",
            )
        }
        "row" => {
            let rows = rules.iter().filter_map(|rule| rule.row.as_ref()?.as_object());
            let names = rows.flat_map(|row| row.keys()).map(String::as_str).collect();
            (format!("`row.{asked}`: no row of `each` has `{asked}`"), names, "add it to the rows of `each`")
        }
        _ => return Ok(()),
    };
    if names.contains(&asked) {
        return Ok(());
    }
    let help = super::near(asked, names.iter().copied()).map_or(none.to_owned(), |n| format!("did you mean `{n}`?"));
    Err(PackError { help: Some(help), ..at(compiler, id, &format!("{name}.{asked}"), message) })
}

/// A parameter that `needs` names.
///
/// # Errors
/// One that is not there, or is no version.
pub fn check_version(compiler: &Compiler, at: Id, name: &str) -> Result<(), PackError> {
    let all = compiler.params.iter().chain(compiler.around.params);
    let versions: Vec<&str> = all.filter(|param| param.kind == Kind::Version).map(|param| param.name.as_str()).collect();
    if versions.contains(&name) {
        return Ok(());
    }
    let near = super::near(name, versions.into_iter().chain(["to"])).map(|near| format!("did you mean `{near}`?"));
    let help = near.unwrap_or_else(|| "`needs` takes `to`, and parameters of the type `version`".into());
    Err(PackError { help: Some(help), ..compiler.page.error(at, format!("there is no version `{name}` to need")) })
}

fn mistake(compiler: &Compiler, id: ExprId, no: Mistake) -> PackError {
    let error = compiler.page.error_in(compiler.places[&id.0], compiler.exprs.source(id), no.at, no.message);
    let unknown = no.unknown.map(|(name, known)| match super::near(&name, known.iter().copied()) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("allowed here: {}", known.join(", ")),
    });
    PackError { help: no.help.or(unknown), ..error }
}

/// An error at a name in an expression.
fn at(compiler: &Compiler, id: ExprId, name: &str, message: String) -> PackError {
    let source = compiler.exprs.source(id);
    let word = |c: char| c.is_alphanumeric() || c == '_' || c == '.';
    let whole = |(at, _): &(usize, &str)| {
        !source[..*at].ends_with(word) && !source[at + name.len()..].starts_with(|c: char| c.is_alphanumeric() || c == '_')
    };
    let at = source.match_indices(name).find(whole).map_or(0, |(at, _)| at);
    compiler.page.error_in(compiler.places[&id.0], source, at, message)
}
