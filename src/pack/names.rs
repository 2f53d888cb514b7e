//! The names in expressions: each must be one that is known where the expression stands.
use super::compile::Compiler;
use super::facts::Fact;
use super::{PackError, Rule};
use crate::expr::ExprId;

/// Names that every expression of a rule knows.
pub const RESERVED: &[&str] =
    &["it", "key", "parent", "match", "target", "doc", "facts", "places", "params", "row", "run", "bump"];

/// Names that a fact does not know: it is read before any rule runs, once for all versions that run in a repository.
const OF_RULES: &[&str] = &["facts", "places", "row", "run", "bump"];

/// Compiles all expressions, and looks at every name in them. Those before `own` are of `facts`, the others of `rules`.
///
/// # Errors
/// An expression that cannot be compiled; a name, or a fact, that is not known.
pub fn check(compiler: &Compiler, facts: &[Fact], own: usize, rules: &[Rule]) -> Result<(), PackError> {
    let (page, exprs) = (compiler.page, &compiler.exprs);
    if let Err((id, why)) = exprs.check() {
        let mut error = page.error(compiler.places[&id.0], why.0.clone());
        error.help = advice(&why.0);
        return Err(error);
    }
    let lets = |rules: &mut dyn Iterator<Item = &Rule>| -> Vec<String> {
        rules.flat_map(|rule| rule.lets.iter().map(|one| one.name.clone())).collect()
    };
    let (of_facts, of_rules) = (lets(&mut facts.iter().map(|fact| &fact.rule)), lets(&mut rules.iter()));
    for (id, node) in &compiler.places {
        let in_fact = *id < own;
        let lets = if in_fact { &of_facts } else { &of_rules };
        for name in exprs.names(ExprId(*id)) {
            if in_fact && OF_RULES.contains(&name.as_str()) {
                let message = format!("a fact does not know `{name}`: it is read before any rule runs");
                return Err(page.error(*node, message));
            }
            if !RESERVED.contains(&name.as_str()) && !lets.contains(name) {
                let known = RESERVED.iter().copied().chain(lets.iter().map(String::as_str));
                let mut error = page.error(*node, format!("unknown name `{name}`"));
                error.help = super::near(name, known).map(|n| format!("did you mean `{n}`?"));
                return Err(error);
            }
            let asked = if matches!(name.as_str(), "facts" | "places") { exprs.members(ExprId(*id), name) } else { None };
            if let Some(unknown) = asked.iter().flatten().find(|asked| !facts.iter().any(|fact| fact.name == **asked)) {
                let mut error = page.error(*node, format!("`{name}.{unknown}`: the migration has no fact `{unknown}`"));
                let near = super::near(unknown, facts.iter().map(|fact| fact.name.as_str()));
                error.help = Some(near.map_or("say under `facts` where it is found".into(), |n| format!("did you mean `{n}`?")));
                return Err(error);
            }
        }
    }
    Ok(())
}

fn advice(why: &str) -> Option<String> {
    let slip = [
        ("escape", "in a Tera string a backslash is doubled; in a regular expression write [.] for a dot"),
        ("keyword", "arguments are named: starting_with(pat=\"x\")"),
        ("kwarg", "arguments are named: starting_with(pat=\"x\")"),
    ];
    slip.iter().find(|(word, _)| why.to_lowercase().contains(word)).map(|(_, help)| (*help).to_owned())
}
