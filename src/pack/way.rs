//! From which version to which: what was asked for, as the chain of the pack has it.
use super::registry::Request;
use super::version::Version;
use super::{PackError, error, near};
use crate::report::How;

/// The two ends of a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Way {
    pub from: Version,
    pub how: How,
    pub to: Version,
}

/// Whether `--to` and `--from` of a request can be meant together; `known` knows the packs.
///
/// # Errors
/// A pack that is told two versions; a `--from` for a pack that is not there.
pub fn check(request: &Request, known: impl Fn(&str) -> Result<(), PackError>) -> Result<(), PackError> {
    let to = request.to.iter().map(|(pack, version)| (pack.as_str(), version.as_str()));
    if let Some((pack, first, second)) = told_twice(to) {
        let help = "a run goes to one version of a pack: leave one of the two out, or run yamlift twice".to_owned();
        return Err(error(format!("`--to` is given twice for {pack}: {first} and {second}"), help));
    }
    let from = request.from.iter().map(|(pack, version)| (pack.as_deref().unwrap_or("all packs"), version.as_str()));
    if let Some((pack, first, second)) = told_twice(from) {
        let help = "only one version can run now: leave one of the two out".to_owned();
        return Err(error(format!("`--from` is given twice for {pack}: {first} and {second}"), help));
    }
    request.from.iter().try_for_each(|(pack, version)| match pack {
        Some(pack) => known(pack).map_err(|no| PackError { message: format!("`--from {pack}@{version}`: {no}"), ..no }),
        None => Ok(()),
    })
}

/// The first name that stands there with a second version.
fn told_twice<'r>(said: impl Iterator<Item = (&'r str, &'r str)>) -> Option<(&'r str, &'r str, &'r str)> {
    let mut seen: Vec<(&str, &str)> = Vec::new();
    for (name, version) in said {
        if let Some((_, first)) = seen.iter().find(|(known, _)| *known == name) {
            return Some((name, first, version));
        }
        seen.push((name, version));
    }
    None
}

/// The way of one pack to `version`. A `--from` that names the pack wins over one for all.
///
/// # Errors
/// Versions that the chain does not have; a way back.
pub fn find(pack: &str, version: &str, request: &Request, chain: &[Version]) -> Result<Way, PackError> {
    let to = version_of(pack, version, chain)?;
    let named = request.from.iter().find(|(name, _)| name.as_deref() == Some(pack));
    let said = named.or_else(|| request.from.iter().find(|(name, _)| name.is_none()));
    let from = match said {
        Some((_, version)) => version_of(pack, version, chain)?,
        None => before(&to, chain),
    };
    if from > to {
        let help = "yamlift goes forward; swap `--from` and `--to`?".to_owned();
        return Err(error(format!("`--from {from}` is newer than `--to {pack}@{to}`"), help));
    }
    Ok(Way { from, how: if said.is_some() { How::Given } else { How::Assumed }, to })
}

/// Where the chain has a version that runs: the one that it is a patch of, else the last one before it. One that is older than
/// all of them is taken for the first, and one that is newer stays what it is.
pub fn on_chain(version: &Version, chain: &[Version]) -> Version {
    let known = chain.iter().find(|known| version.is_within(known)).or_else(|| chain.iter().rev().find(|known| *known < version));
    match (known, chain.first(), chain.last()) {
        (Some(known), _, Some(last)) if known == last && !version.is_within(last) => version.clone(),
        (Some(known), ..) => known.clone(),
        (None, Some(first), _) => first.clone(),
        (None, ..) => version.clone(),
    }
}

/// The version of the chain that `text` is, or is a patch of.
fn version_of(pack: &str, text: &str, chain: &[Version]) -> Result<Version, PackError> {
    let parsed = Version::parse(text);
    if let Some(found) = parsed.as_ref().and_then(|v| chain.iter().find(|c| v.is_within(c))) {
        return Ok(found.clone());
    }
    let all: Vec<String> = chain.iter().map(Version::to_string).collect();
    let help = format!("versions: {}", all.join(" "));
    let message = format!("the {pack} pack has no version {text}");
    if let Some(turned) = turned(text, chain) {
        return Err(error(message, format!("{help}\ndid you mean {turned}?")));
    }
    match (parsed, chain.first(), chain.last()) {
        (Some(version), _, Some(last)) if version > *last => Err(error(format!("{message}: its newest is {last}"), help)),
        (Some(version), Some(first), _) if version < *first => Err(error(format!("{message}: its oldest is {first}"), help)),
        _ => match near(text, all.iter().map(String::as_str)) {
            Some(near) => Err(error(message, format!("{help}\ndid you mean {near}?"))),
            None => Err(error(message, help)),
        },
    }
}

/// The version of the chain that `text` is with two digits swapped, or without a dot.
pub fn turned(text: &str, chain: &[Version]) -> Option<String> {
    let digits = |text: &str| {
        let mut digits: Vec<char> = text.chars().filter(char::is_ascii_digit).collect();
        digits.sort_unstable();
        digits
    };
    chain.iter().map(ToString::to_string).find(|version| digits(version) == digits(text))
}

fn before(to: &Version, chain: &[Version]) -> Version {
    chain.iter().rev().find(|v| *v < to).unwrap_or(to).clone()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(text: &str) -> String {
        let chain: Vec<Version> = (20..28).map(|minor| Version(vec![1, minor])).collect();
        version_of("mesh", text, &chain)
            .map_or_else(|no| format!("{no}\n{}", no.help.as_deref().unwrap_or_default()), |v| v.to_string())
    }

    #[test]
    fn what_runs_has_a_place_on_the_chain() {
        let chain = [20, 21, 24].map(|minor| Version(vec![1, minor]));
        let on = |text: &str| on_chain(&Version::parse(text).expect("a version"), &chain).to_string();
        let all = ["1.21.3", "1.21", "1.22.1", "1.24.0", "1.15.9", "1.25.1"].map(on);
        assert_eq!(all, ["1.21", "1.21", "1.21", "1.24", "1.20", "1.25.1"]);
    }

    #[test]
    fn a_version_that_is_not_there_is_placed() {
        assert_eq!(said("v1.26.3"), "1.26");
        let all = "versions: 1.20 1.21 1.22 1.23 1.24 1.25 1.26 1.27";
        for beyond in ["1.28", "1.99", "2"] {
            assert_eq!(said(beyond), format!("the mesh pack has no version {beyond}: its newest is 1.27\n{all}"));
        }
        assert_eq!(said("1.9"), format!("the mesh pack has no version 1.9: its oldest is 1.20\n{all}"));
        for typo in ["1.72", "127"] {
            assert_eq!(said(typo), format!("the mesh pack has no version {typo}\n{all}\ndid you mean 1.27?"));
        }
        assert_eq!(said("1.2o"), format!("the mesh pack has no version 1.2o\n{all}\ndid you mean 1.20?"));
        assert_eq!(said("latest"), format!("the mesh pack has no version latest\n{all}"));
    }
}
