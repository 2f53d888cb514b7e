//! Needles: texts that must be in a file's bytes for a rule to matter, so that other files are never parsed.
//!
//! Derived from a rule's target, `select` and `when` (LANGUAGE §3 *Needles*). A needle must be sound above all: a text is
//! one only where no file without it can be hit.
use super::path::{Path, Segment};
use super::target::{On, Place, Target};
use super::{Action, Bump, Rule, TargetRef, Verb};
use std::collections::BTreeMap;

/// All groups must be there, one text of each. No group: every file is a candidate (refused when the pack loads).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Needles {
    pub groups: Vec<Vec<String>>,
}

impl Needles {
    /// Whether `text` may hold something for the rule.
    pub fn may_hit(&self, text: &str) -> bool {
        self.groups.iter().all(|group| group.iter().any(|needle| text.contains(needle.as_str())))
    }
}

type Groups = Vec<Vec<String>>;

/// The needles of a compiled rule.
///
/// # Errors
/// Why there is none.
pub fn derive(rule: &Rule, targets: &BTreeMap<String, Target>) -> Result<Needles, String> {
    let mut groups = Groups::new();
    if !rule.bump.is_empty() {
        let version = |name: &str| name.rsplit('/').next().unwrap_or(name).to_owned();
        let group = |name: &str| name.rsplit_once('/').map(|(group, _)| group.to_owned());
        let all = |bump: &Bump| bump.serve.iter().filter_map(|(name, _)| group(name)).collect::<Vec<_>>();
        // What chooses objects may name a group and no kind, or no version.
        groups.push(rule.bump.iter().flat_map(|b| b.kinds.iter().cloned().chain(all(b))).collect());
        let versions = |bump: &Bump| bump.serve.iter().map(|(name, _)| version(name)).collect::<Vec<_>>();
        let any = |bump: &Bump| if bump.kind.is_some() { all(bump) } else { Vec::new() };
        groups.push(rule.bump.iter().flat_map(|b| versions(b).into_iter().chain(any(b))).collect());
    }
    let found: Vec<&Target> = (rule.targets.iter())
        .filter_map(|t| match t {
            TargetRef::Named(name) => targets.get(name),
            TargetRef::Inline(target) => Some(target),
        })
        .collect();
    let protojson = !found.is_empty() && found.iter().any(|t| t.protojson);
    let places: Vec<(&Place, bool)> = found.iter().flat_map(|t| t.places.iter().map(|p| (p, t.protojson))).collect();
    groups.extend(either(places.iter().map(|(place, _)| kinds(place, targets))));
    groups.extend(either(places.iter().map(|(place, protojson)| names(place, *protojson, targets))));
    let reference = places.iter().any(|(place, _)| place.at.segments.is_empty() && is_reference(&place.on, targets));
    let of = |one: &Path| written(one, reference, protojson);
    let asked = !rule.select.is_empty() || !rule.when.is_empty();
    match rule.select.as_slice() {
        [] => {}
        [one] => groups.extend(of(one)),
        several => groups.extend(either(several.iter().map(|p| of(p).pop()))),
    }
    rule.when.iter().for_each(|p| groups.extend(of(p)));
    if !asked {
        groups.extend(effects(rule, of));
    }
    groups.sort();
    groups.dedup();
    let named = places.iter().any(|(place, _)| index_names(place, targets));
    if groups.is_empty() && !named {
        return Err("its target, `select` and `when` hold no kind and no name".into());
    }
    Ok(Needles { groups })
}

/// What must be in a file that has `value` where a place starts. Unlike those of rules, these take names with slashes as a
/// whole, though a text in a text in a text may escape them: what says a version is written plainly.
pub fn of_value(on: &On, value: &Path, targets: &BTreeMap<String, Target>) -> Needles {
    let mut groups: Groups = kinds_of(on, targets).filter(|kinds| !kinds.is_empty()).into_iter().collect();
    groups.extend(written(value, is_reference(on, targets), false));
    groups.extend(value.segments.iter().filter_map(|segment| match segment {
        Segment::Name(name) => name.contains('/').then(|| vec![name.clone()]),
        Segment::Many(source) if !source.contains('?') => {
            let names: Vec<String> = source.split('\'').skip(1).step_by(2).map(str::to_owned).collect();
            (!names.is_empty() && names.iter().all(|name| name.contains('/'))).then_some(names)
        }
        _ => None,
    }));
    groups.sort();
    groups.dedup();
    Needles { groups }
}

/// One group out of many, if each has something to give.
fn either(parts: impl Iterator<Item = Option<Vec<String>>>) -> Option<Vec<String>> {
    let mut out = Vec::new();
    for part in parts {
        out.extend(part.filter(|p| !p.is_empty())?);
    }
    out.sort();
    out.dedup();
    (!out.is_empty()).then_some(out)
}

/// The kinds, or charts, that a place can be in.
fn kinds(place: &Place, targets: &BTreeMap<String, Target>) -> Option<Vec<String>> {
    kinds_of(&place.on, targets)
}

fn kinds_of(on: &On, targets: &BTreeMap<String, Target>) -> Option<Vec<String>> {
    match on {
        On::Doc { kinds, .. } if !kinds.iter().any(|k| k.contains(['*', '?', '[', '{'])) => Some(kinds.clone()),
        On::Chart(charts) => either(charts.iter().map(|chart| name_needles(chart, false))),
        On::Target(name) => either(targets.get(name)?.places.iter().map(|p| kinds(p, targets))),
        _ => None,
    }
}

/// Whether what a place starts from is read as the reference to a chart.
fn is_reference(on: &On, targets: &BTreeMap<String, Target>) -> bool {
    match on {
        On::Chart(_) => true,
        On::Target(name) => targets.get(name).is_some_and(|target| {
            target.places.iter().any(|place| place.at.segments.is_empty() && is_reference(&place.on, targets))
        }),
        _ => false,
    }
}

/// What of a path is in the bytes: of one from a reference, all but the name of its part.
fn written(one: &Path, reference: bool, protojson: bool) -> Groups {
    of_segments(&one.segments[usize::from(reference).min(one.segments.len())..], protojson)
}

/// The last name on the way to a place.
fn names(place: &Place, protojson: bool, targets: &BTreeMap<String, Target>) -> Option<Vec<String>> {
    let reference = is_reference(&place.on, targets);
    let own = written(&place.at, reference, protojson).pop();
    let reference = reference && place.at.segments.is_empty();
    let own = own.or_else(|| place.when.first().and_then(|p| written(p, reference, protojson).pop()));
    own.or_else(|| match &place.on {
        On::Target(name) => {
            let target = targets.get(name)?;
            either(target.places.iter().map(|p| names(p, target.protojson, targets)))
        }
        _ => None,
    })
}

/// Whether the index names the files that a place is in.
fn index_names(place: &Place, targets: &BTreeMap<String, Target>) -> bool {
    match &place.on {
        On::ValuesOf(_) | On::File(_) => true,
        On::Target(name) => targets.get(name).is_some_and(|t| t.places.iter().any(|p| index_names(p, targets))),
        On::Doc { .. } | On::Chart(_) => false,
    }
}

/// Without `select` and `when`: what some verb or report needs to be there, unless one can do without.
fn effects(rule: &Rule, of: impl Fn(&Path) -> Groups) -> Option<Vec<String>> {
    if adds(&rule.verbs) {
        return None;
    }
    let mut paths: Vec<&[Path]> = rule.reports.iter().map(|r| r.at.as_slice()).collect();
    for verb in &rule.verbs {
        match &verb.action {
            Action::Rename { at, .. }
            | Action::Set { at, .. }
            | Action::Move { at, .. }
            | Action::Wrap { at, .. }
            | Action::Remove { at, .. }
            | Action::Replace { at, .. }
            | Action::Within { at, .. } => paths.push(at),
            Action::Insert { .. } | Action::AddDocument { .. } => {}
        }
    }
    if paths.iter().any(|p| p.is_empty()) {
        return None;
    }
    either(paths.into_iter().flatten().map(|p| of(p).pop()))
}

pub(super) fn adds(verbs: &[Verb]) -> bool {
    verbs.iter().any(|verb| match &verb.action {
        Action::Insert { .. } | Action::AddDocument { .. } => true,
        Action::Within { verbs, .. } => adds(verbs),
        _ => false,
    })
}

/// What must be in a text for a path to hit.
fn of_segments(segments: &[Segment], protojson: bool) -> Groups {
    let mut groups = Groups::new();
    for segment in segments {
        match segment {
            Segment::Name(name) => groups.extend(runs(name).filter_map(|run| name_needles(run, protojson))),
            Segment::Many(source) => groups.extend(many(source, protojson)),
            Segment::Index(_) | Segment::Append => {}
        }
    }
    groups
}

/// The runs of a name that are written as they are in every style; of a computed name none.
fn runs(name: &str) -> impl Iterator<Item = &str> {
    let name = if name.contains("<<") { "" } else { name };
    name.split(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-')))
}

/// The longest run of a name: what has to be there where one of several texts must.
fn name_needles(name: &str, protojson: bool) -> Option<Vec<String>> {
    let run = runs(name).max_by_key(|r| r.len())?;
    if run.len() < 2 {
        return None;
    }
    let mut out = vec![run.to_owned()];
    if protojson && run.chars().any(|c| c.is_ascii_uppercase()) {
        out.push(snake(run));
    }
    Some(out)
}

fn snake(camel: &str) -> String {
    let mut out = String::new();
    for c in camel.chars() {
        if c.is_ascii_uppercase() {
            out.push('_');
        }
        out.push(c.to_ascii_lowercase());
    }
    out
}

/// `['a','b']`, `..a`, `[?@.a && @.b == 'c']`.
fn many(source: &str, protojson: bool) -> Groups {
    if let Some(below) = source.strip_prefix("..") {
        return if below.starts_with('[') {
            many(below, protojson)
        } else {
            name_needles(below, protojson).into_iter().collect()
        };
    }
    let Some(inner) = source.strip_prefix('[').and_then(|s| s.strip_suffix(']')) else { return Vec::new() };
    if let Some(filter) = inner.trim().strip_prefix('?') {
        return filter_needles(filter, protojson);
    }
    let parts = inner.split(',').map(|part| {
        let part = part.trim();
        let bare = part.strip_prefix(['\'', '"']).and_then(|p| p.strip_suffix(['\'', '"']))?;
        name_needles(bare, protojson)
    });
    either(parts).into_iter().collect()
}

/// Alternatives joined by `||`, each of terms joined by `&&`. Anything less plain gives nothing.
fn filter_needles(filter: &str, protojson: bool) -> Groups {
    if filter.contains("<<") || filter.contains('(') || filter.contains('[') {
        return Vec::new();
    }
    let alternatives: Vec<Groups> =
        filter.split("||").map(|one| one.split("&&").flat_map(|term| term_needles(term.trim(), protojson)).collect()).collect();
    match alternatives.as_slice() {
        [one] => one.clone(),
        several => either(several.iter().map(|groups| groups.last().cloned())).into_iter().collect(),
    }
}

fn term_needles(term: &str, protojson: bool) -> Groups {
    let member = |path: &str| -> Groups {
        let names = path.trim().strip_prefix("@.").map_or_else(Vec::new, |names| names.split('.').collect());
        names.into_iter().filter_map(|name| name_needles(name, protojson)).collect()
    };
    if term.starts_with('!') || term.contains("!=") {
        return Vec::new();
    }
    match term.split_once("==") {
        None if term.contains(['<', '>']) => Vec::new(),
        None => member(term),
        Some((left, right)) => {
            let right = right.trim();
            let literal = right.strip_prefix(['\'', '"']).and_then(|r| r.strip_suffix(['\'', '"']));
            // Two paths are equal as well where both are missing.
            let Some(literal) = literal else {
                return if right == "true" || right == "false" { member(left) } else { Vec::new() };
            };
            let mut groups = member(left);
            groups.extend(name_needles(literal, false));
            groups
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str, protojson: bool) -> Groups {
        let segments = super::super::path::split(text).expect("a path");
        of_segments(&segments, protojson)
    }

    fn groups(all: &[&[&str]]) -> Groups {
        all.iter().map(|g| g.iter().map(|s| (*s).to_owned()).collect()).collect()
    }

    #[test]
    fn of_paths() {
        assert_eq!(of("$.spec.a1[*].bb", false), groups(&[&["spec"], &["a1"], &["bb"]]));
        assert_eq!(of("$.accessToken", true), groups(&[&["accessToken", "access_token"]]));
        assert_eq!(of("$['one','two']", false), groups(&[&["one", "two"]]));
        assert_eq!(of("$['side.car/nativeOne']", false), groups(&[&["side.car"], &["nativeOne"]]));
        assert_eq!(of("$..deep", false), groups(&[&["deep"]]));
        assert_eq!(of("$.x[?@.old.service && @.port]", false), groups(&[&["old"], &["service"], &["port"]]));
        assert_eq!(of("$.xs[?@.kind == 'Native']", false), groups(&[&["xs"], &["kind"], &["Native"]]));
        assert_eq!(of("$[?@.one || @.two]", false), groups(&[&["one", "two"]]));
    }

    #[test]
    fn of_a_reference_to_a_chart() {
        let place = |text: &str| {
            let page = format!("mesh: {{ in: [{{ chart: [mesh, mesh-base], at: {text} }}] }}");
            let page = super::super::author::Page::read("pack.yaml", &page).expect("YAML");
            let targets = super::super::target::read(&page, page.root().expect("a map")).expect("targets");
            let place = &targets["mesh"].places[0];
            (kinds(place, &targets), names(place, false, &targets))
        };
        let charts = Some(vec!["mesh".to_owned(), "mesh-base".to_owned()]);
        // Its version may stand under any name.
        assert_eq!(place("$.version"), (charts.clone(), None));
        assert_eq!(place("$.values.pilot"), (charts, Some(vec!["pilot".to_owned()])));
    }

    #[test]
    fn nothing_where_nothing_is_sure() {
        for text in [
            "$",
            "$.*",
            "$[?@.aa != 'bb']",
            "$[?!@.aa]",
            "$[?@.aa == @.bb]",
            "$[?match(@.aa, 'b.*')]",
            "$[?@.aa || !@.bb]",
            "$.<< row.aa >>",
        ] {
            assert_eq!(of(text, false), Groups::new(), "{text}");
        }
    }
}
