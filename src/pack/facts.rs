//! `facts` of a migration: what its rules ask of all files of the repository, and not of the one at hand alone.
use super::compile::Compiler;
use super::needles::{self, Needles};
use super::{Honoured, Let, LetValue, PackError, Rule};
use crate::yaml::draft::Id;

/// One way to find values. Facts of one name are found in several ways.
#[derive(Debug)]
pub struct Fact {
    pub name: String,
    /// Where it is found: a rule that neither edits nor speaks.
    pub rule: Rule,
    pub value: FactValue,
}

/// What is known of a place.
#[derive(Debug)]
pub enum FactValue {
    /// The node itself.
    Node,
    One(LetValue),
    /// A map.
    Members(Vec<Let>),
}

pub fn read(compiler: &mut Compiler, node: Id) -> Result<Vec<Fact>, PackError> {
    let page = compiler.page;
    let mut out = Vec::new();
    for (name, key, value) in page.members(node)? {
        if !name.starts_with(|c: char| c.is_ascii_lowercase()) || !name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') {
            return Err(page.error(key, format!("`{name}`: the name of a fact has to be a lower-case word")));
        }
        for way in page.list(value) {
            out.push(fact(compiler, &name, way)?);
        }
    }
    Ok(out)
}

fn fact(compiler: &mut Compiler, name: &str, node: Id) -> Result<Fact, PackError> {
    let page = compiler.page;
    let fields = page.fields(node, &["target", "select", "when", "unless", "if", "let", "value"])?;
    let paths = |compiler: &mut Compiler, key: &str| fields.get(key).map_or_else(|| Ok(Vec::new()), |n| compiler.paths(n));
    let mut rule = Rule {
        line: page.line(node),
        honoured: Honoured::default(),
        needs: Vec::new(),
        targets: compiler.targets(fields.need("target")?)?,
        select: paths(compiler, "select")?,
        when: paths(compiler, "when")?,
        unless: paths(compiler, "unless")?,
        lets: fields.get("let").map_or_else(|| Ok(Vec::new()), |n| compiler.lets(n))?,
        cond: fields.get("if").map(|n| compiler.condition(n)).transpose()?,
        row: None,
        bump: Vec::new(),
        verbs: Vec::new(),
        reports: Vec::new(),
        needles: Needles::default(),
    };
    rule.needles = needles::derive(&rule, compiler.around.targets).map_err(|why| {
        let mut error = page.error(node, format!("this fact would make yamlift parse every file: {why}"));
        error.help = Some("name a kind, or a member in `select` or `when`".into());
        error
    })?;
    let value = match fields.get("value") {
        None => FactValue::Node,
        Some(map) if page.is_map(map) => {
            let members = page.members(map)?.into_iter();
            FactValue::Members(
                members.map(|(name, _, value)| Ok(Let { name, value: compiler.let_value(value)? })).collect::<Result<_, _>>()?,
            )
        }
        Some(one) => FactValue::One(compiler.let_value(one)?),
    };
    Ok(Fact { name: name.to_owned(), rule, value })
}
