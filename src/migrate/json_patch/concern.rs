//! Which migrations a list of operations may concern, though no rule found a whole object in it.
//!
//! One is named unless it is certain that it has nothing to do with the operations: they are for another kind, or none of
//! them leads to what the rule asks for.
use super::Operation;
use crate::expr::is_match;
use crate::migrate::document::Object;
use crate::migrate::lens::camel;
use crate::pack::glob::any_glob;
use crate::pack::path::{Path, Segment};
use crate::pack::registry::Run;
use crate::pack::target::{On, Target};
use crate::pack::{Action, Rule, TargetRef};
use crate::source::Span;
use crate::yaml::draft::{Draft, Id};

/// A list of operations that a migration of the run may concern: where, the path of the first one that it may be about,
/// the title of the migration and its id.
pub struct Concern {
    pub at: Span,
    pub path: String,
    pub title: String,
    pub id: String,
}

/// The lists of operations for each migration whose needles are in what the patch says, its target included, and in what is
/// `said` of the file elsewhere, and that one of the operations leads to.
pub fn concerns(draft: &Draft, objects: &[Object], runs: &[Run], said: &str) -> Vec<Concern> {
    let operations: Vec<(&Operation, &Object)> = objects.iter().filter_map(|o| Some((o.operation.as_ref()?, o))).collect();
    let mut out = Vec::new();
    for list in operations.chunk_by(|(one, _), (other, _)| one.list == other.list) {
        let [(operation, object), ..] = list else { continue };
        let Some(at) = draft.file_span(operation.list) else { continue };
        let target = format!(
            "kind: {}\n{}/{}\n",
            object.kind.as_deref().unwrap_or_default(),
            object.group.as_deref().unwrap_or_default(),
            object.name
        );
        // `~1` is a slash in the names of a path.
        let said = target + said + &draft.texts[0].text[at.clone()].replace("~1", "/");
        for run in runs {
            for active in &run.active {
                // What nobody asked for is a matter of places where it would do something for sure.
                let asked = active.rules.iter().filter(|rule| !rule.looks_only);
                let rules = asked.map(|rule| &active.migration.rules[rule.index]);
                // What the names of files tell is of no concern to patches.
                let may_hit =
                    |rule: &&Rule| !rule.needles.groups.is_empty() && rule.needles.may_hit(&(kinds_of(object, rule) + &said));
                let ways: Vec<Way> = rules.filter(may_hit).flat_map(|rule| ways(rule, object, run)).collect();
                let Some((first, _)) = list.iter().find(|(operation, _)| ways.iter().any(|way| leads(draft, operation, way)))
                else {
                    continue;
                };
                let path = draft.data(first.pointer).scalar_text();
                let (title, id) = (active.migration.title.clone(), active.migration.id.clone());
                out.push(Concern { at: at.clone(), path, title, id });
            }
        }
    }
    out
}

/// The needles that the target of a patch names by a regular expression.
fn kinds_of(object: &Object, rule: &Rule) -> String {
    let Some(kind) = object.kind.as_deref().filter(|kind| !is_plain(kind)) else { return String::new() };
    let whole = format!("^(?:{kind})$");
    let named = rule.needles.groups.iter().flatten().filter(|needle| is_match(&whole, needle).unwrap_or(true));
    named.map(|needle| format!("{needle}\n")).collect()
}

/// A way from the object to what a rule asks for.
type Way = Vec<Step>;

#[derive(Debug, Clone, PartialEq)]
enum Step {
    /// One of these names.
    Names(Vec<String>),
    /// The item of a list that has this name as its member `key`.
    Pair { key: String, name: String },
    /// Any member or item.
    Any,
    /// Anything from here on, itself included.
    Rest,
}

/// The ways in `object` to what a rule asks for or edits; none where it is not about objects of this kind.
fn ways(rule: &Rule, object: &Object, run: &Run) -> Vec<Way> {
    let mut out = Vec::new();
    let mut starts: Vec<(Way, Option<&str>)> = Vec::new();
    for one in &rule.targets {
        let target = match one {
            TargetRef::Named(name) => run.pack.targets.get(name),
            TargetRef::Inline(target) => Some(target),
        };
        starts.extend(target.map_or_else(Vec::new, |target| places(target, object, run)));
    }
    for bump in &rule.bump {
        if may_be(&bump.kinds, object.kind.as_deref()) {
            out.push(vec![Step::Names(vec!["apiVersion".into(), "kind".into()])]);
            // What it reports beside is for objects.
            starts.extend((!rule.verbs.is_empty()).then(|| (Way::new(), None)));
        }
        out.extend(bump.at.iter().map(|at| steps(&at.segments)));
    }
    let asked = asked(rule);
    for (start, pair) in &starts {
        for below in &asked {
            let mut way = start.clone();
            let first = match (pair, below.first()) {
                (Some(key), Some(Step::Names(names))) => {
                    out.extend(names.iter().map(|name| {
                        let pair = Step::Pair { key: (*key).to_owned(), name: name.clone() };
                        [start.as_slice(), &[pair]].concat()
                    }));
                    continue;
                }
                (Some(_), _) => Some(Step::Rest),
                (None, _) => None,
            };
            way.extend(first.into_iter().chain(below.iter().cloned()));
            out.push(way);
        }
    }
    out
}

/// The ways in `object` to where a target lives; with the member that names the items, where those are read as a map.
fn places<'r>(target: &'r Target, object: &Object, run: &'r Run) -> Vec<(Way, Option<&'r str>)> {
    let name = Some(object.name.as_str()).filter(|name| !name.is_empty());
    let mut out = Vec::new();
    for place in &target.places {
        let mut starts: Vec<Way> = match &place.on {
            On::Doc { kinds, groups, names } => {
                let here =
                    may_be(kinds, object.kind.as_deref()) && may_be(groups, object.group.as_deref()) && may_be(names, name);
                here.then(Way::new).into_iter().collect()
            }
            On::File(_) => vec![Way::new()],
            On::Target(other) => {
                let other = run.pack.targets.get(other).map_or_else(Vec::new, |other| places(other, object, run));
                other.into_iter().map(|(way, _)| way).collect()
            }
            // Where a carrier holds the values of a chart, and of which one, is not asked here.
            On::ValuesOf(_) | On::Chart(_) => {
                let holds = run.carriers.iter().any(|carrier| {
                    carrier.file.is_none()
                        && may_be(&carrier.kinds, object.kind.as_deref())
                        && may_be(&carrier.groups, object.group.as_deref())
                });
                holds.then(|| vec![Step::Rest]).into_iter().collect()
            }
        };
        for start in &mut starts {
            start.extend(steps(&place.at.segments));
            start.extend(place.embedded.then_some(Step::Rest));
        }
        let pair = place.pairs.as_ref().map(|(name, _)| name.as_str());
        out.extend(starts.into_iter().map(|start| (start, pair)));
    }
    out
}

/// The ways from a target to what the rule asks for there.
fn asked(rule: &Rule) -> Vec<Way> {
    let (mut paths, mut into): (Vec<&Path>, Vec<&Path>) = (rule.asks(), Vec::new());
    for verb in &rule.verbs {
        match &verb.action {
            // What is done inside lies further down.
            Action::Within { at, .. } => paths.extend(at),
            _ => verb.paths(&mut paths, &mut into),
        }
    }
    paths.extend(rule.reports.iter().flat_map(|report| &report.at));
    // What a rule adds is nothing that it asks for, unless it does nothing else.
    if paths.is_empty() {
        paths.append(&mut into);
    }
    let mut below: Vec<Way> = paths.iter().map(|path| steps(&path.segments)).collect();
    if below.is_empty() || rule.when.is_empty() && rule.reports.iter().any(|report| report.at.is_empty()) {
        below.push(Way::new());
    }
    let selected: Vec<Way> = rule.select.iter().map(|path| steps(&path.segments)).collect();
    if selected.is_empty() {
        return below;
    }
    selected.iter().flat_map(|way| below.iter().map(move |below| [way.as_slice(), below.as_slice()].concat())).collect()
}

/// A glob of a rule and what a patch says it is for, which may be a regular expression, or nothing.
fn may_be(globs: &[String], said: Option<&str>) -> bool {
    said.filter(|said| is_plain(said)).is_none_or(|said| any_glob(globs, Some(said)))
}

fn is_plain(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_'))
}

fn steps(segments: &[Segment]) -> Way {
    let step = |segment: &Segment| match segment {
        Segment::Name(name) if name.contains("<<") => Step::Any,
        Segment::Name(name) => Step::Names(vec![name.clone()]),
        Segment::Index(_) | Segment::Append => Step::Any,
        Segment::Many(source) if source == ".*" || source == "[*]" => Step::Any,
        Segment::Many(source) => names(source).map_or(Step::Rest, Step::Names),
    };
    segments.iter().map(step).collect()
}

/// The names of `['a','b']`.
fn names(source: &str) -> Option<Vec<String>> {
    let inner = source.strip_prefix('[')?.strip_suffix(']')?;
    let bare = |part: &str| {
        let part = part.trim();
        let quote = part.chars().next().filter(|c| matches!(c, '\'' | '"'))?;
        let name = part.strip_prefix(quote)?.strip_suffix(quote)?;
        (!name.contains([quote, '\\']) && !name.contains("<<")).then(|| name.to_owned())
    };
    inner.split(',').map(bare).collect()
}

/// Whether an operation names a place on the way, or beyond its end; what it sets is known, and looked into.
fn leads(draft: &Draft, operation: &Operation, way: &[Step]) -> bool {
    let pointer = draft.data(operation.pointer).scalar_text();
    let tokens: Vec<String> = pointer.split('/').skip(1).map(|token| token.replace("~1", "/").replace("~0", "~")).collect();
    // What a value is not given for stands for the place itself.
    let value = Some(operation.leaf).filter(|leaf| draft.node(*leaf).origin != draft.node(operation.pointer).origin);
    for (at, token) in tokens.iter().enumerate() {
        match way.get(at) {
            None | Some(Step::Rest) => return true,
            Some(Step::Any) => {}
            Some(Step::Names(names)) if names.iter().any(|name| camel(name) == camel(token)) => {}
            Some(Step::Names(_)) => return false,
            Some(Step::Pair { key, name }) if at + 1 == tokens.len() => {
                return value.is_none_or(|item| !draft.is_map(item) || is_named(draft, item, key, name));
            }
            Some(Step::Pair { .. }) => {}
        }
    }
    value.is_none_or(|value| holds(draft, value, &way[tokens.len().min(way.len())..]))
}

/// Whether a value has something on the way.
fn holds(draft: &Draft, id: Id, way: &[Step]) -> bool {
    let Some((step, rest)) = way.split_first() else { return true };
    let mut children = draft.children(draft.resolve(id)).iter();
    match step {
        Step::Rest => true,
        _ if draft.data(id).scalar_text().contains("{{") => true,
        Step::Any => children.any(|child| holds(draft, child.value, rest)),
        Step::Names(names) => children.any(|child| {
            let Some(key) = draft.key_text(child) else { return false };
            key == "<<"
                || key.contains("{{")
                || names.iter().any(|name| camel(name) == camel(key)) && holds(draft, child.value, rest)
        }),
        Step::Pair { key, name } => children.any(|child| is_named(draft, child.value, key, name)),
    }
}

fn is_named(draft: &Draft, item: Id, key: &str, name: &str) -> bool {
    let item = draft.resolve(item);
    draft.find(item, key).is_none_or(|at| {
        let text = draft.data(draft.children(item)[at].value).scalar_text();
        text == name || text.contains("{{")
    })
}
