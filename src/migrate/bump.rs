//! `bump`: apiVersions by what is served when.
use super::document::{self, Object};
use super::lens::{Hit, Lens, Reading};
use super::rule::Work;
use crate::pack::Bump;
use crate::pack::target::Carrier;
use crate::pack::version::Phase;
use crate::view::helm;
use crate::yaml::branch::Condition;
use crate::yaml::draft::{Draft, Id};
use crate::yaml::value::Value;

/// The apiVersion of one object, or of a reference to one, is raised.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Raise {
    /// Index of the object that it is, or is in.
    pub object: usize,
    /// The map with `apiVersion` and `kind`; of what chooses objects, with `group`, `version` and `kind`.
    pub root: Id,
    pub chooses: bool,
    /// It refers to an object, or chooses some, and is none.
    pub refers: bool,
    /// The old version is not served at the target.
    pub lapses: bool,
    /// Whether a template computes the version, so that it cannot be raised here.
    pub computed: bool,
    /// It is not raised, as the note tells.
    pub left: bool,
    /// What is said of it, and no harm done.
    pub note: Option<String>,
    /// Harm may be done: the note is a warning.
    pub harms: bool,
    pub from: String,
    pub to: String,
    pub kind: Option<String>,
    pub old_kind: String,
    /// When it may be raised; where the old version is not served where it runs, raising it switches something on.
    pub phase: Phase,
}

/// The objects of the tables, and the references to them, whose apiVersion is not the one to write.
pub fn matches(work: &Work, draft: &Draft, objects: &[Object]) -> Vec<Raise> {
    let mut out: Vec<Raise> = Vec::new();
    for (object, root) in objects.iter().enumerate().map(|(i, o)| (i, o.root)) {
        out.extend(work.rule.bump.iter().find_map(|bump| raised(work, draft, bump, object, root)));
        let selectors = selectors(work, draft, &objects[object]);
        for bump in &work.rule.bump {
            let references = references(draft, bump, root).into_iter().map(|id| raised(work, draft, bump, object, id));
            let selectors = selectors.iter().map(|id| raised_selector(work, draft, bump, object, *id));
            for raise in references.chain(selectors).flatten().map(|raise| Raise { refers: true, ..raise }) {
                if !out.iter().any(|known| known.root == raise.root) {
                    out.push(raise);
                }
            }
        }
        let known: Vec<Id> = out.iter().map(|raise| raise.root).collect();
        let lost = selectors.iter().filter(|id| !known.contains(id));
        let lost = lost.filter_map(|id| work.rule.bump.iter().find_map(|bump| loses(work, draft, bump, object, *id)));
        out.extend(lost.map(|raise| Raise { refers: true, ..raise }));
    }
    out
}

fn references(draft: &Draft, bump: &Bump, root: Id) -> Vec<Id> {
    let reading = Reading::default();
    let lens = Lens::new(draft, Hit::node(root), &reading);
    let found = bump.at.iter().flat_map(|path| lens.query(draft, &reading, &path.source).unwrap_or_default());
    found.map(|located| located.hit.id).filter(|id| draft.is_map(*id) && *id != root).collect()
}

/// The maps of an object that choose others by group, version and kind.
fn selectors(work: &Work, draft: &Draft, object: &Object) -> Vec<Id> {
    let choosing = |carrier: &&Carrier| {
        !carrier.selectors.is_empty() && carrier.speaks_of(object.kind.as_deref(), object.group.as_deref(), work.path)
    };
    let mut carriers = work.run.carriers.iter().filter(choosing).peekable();
    if carriers.peek().is_none() || object.operation.is_some() {
        return Vec::new();
    }
    let reading = Reading::default();
    let lens = Lens::new(draft, Hit::node(object.root), &reading);
    let paths = carriers.flat_map(|carrier| &carrier.selectors);
    let found = paths.flat_map(|path| lens.query(draft, &reading, &path.source).unwrap_or_default());
    found.map(|located| draft.resolve(located.hit.id)).filter(|id| draft.is_map(*id)).collect()
}

fn raised(work: &Work, draft: &Draft, bump: &Bump, object: usize, root: Id) -> Option<Raise> {
    let from = document::scalar(draft, root, "apiVersion")?;
    if !from.contains("{{") {
        let raise = due(work, draft, bump, root, from)?;
        return by_template(draft, Raise { object, ..raise }, None);
    }
    // One of the versions that an action names.
    let named = |name: &str| from.contains(name.rsplit('/').next().unwrap_or(name));
    let mut named = bump.serve.iter().filter(|(name, _)| named(name));
    let raise = named.find_map(|(name, _)| due(work, draft, bump, root, name.clone()))?;
    let raise = by_template(draft, Raise { object, computed: true, ..raise }, Some(&from))?;
    if raise.lapses || raise.left {
        return Some(raise);
    }
    let note = format!(
        "The template computes the `apiVersion` of this object, which was left as it is. It may be `{}`, and `{}` is newer: check it by hand.",
        raise.from, raise.to
    );
    Some(Raise { left: true, note: Some(note), ..raise })
}

/// A template that asks what the cluster serves picks the version by itself, and may be for clusters of several versions.
/// None: it gives the new one where that is served. `computed` is the version, where an action gives it.
fn by_template(draft: &Draft, raise: Raise, computed: Option<&str>) -> Option<Raise> {
    let Some(entry) = document::child(draft, raise.root, "apiVersion") else { return Some(raise) };
    let conditions = draft.conditions(entry);
    let own = conditions.get(draft.conditions(raise.root).len()..).unwrap_or_default();
    let is = |api: &str, name: &str| api.strip_prefix(name).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
    let asks = |text: &str, name: &str| helm::asked_for(text).any(|api| is(api, name));
    let all =
        |condition: &'_ Condition| std::iter::once(condition.opened.clone()).chain(condition.turns.clone()).collect::<Vec<_>>();
    // What decides between versions, and what did not hold where this one stands.
    let picks: Vec<String> = own.iter().flat_map(all).chain(computed.map(str::to_owned)).collect();
    let failed = conditions.iter().filter(|condition| !condition.turns.is_empty()).flat_map(|condition| {
        let mut all = all(condition);
        all.pop();
        all
    });
    if picks.iter().cloned().chain(failed).any(|text| asks(&text, &raise.to)) {
        return None;
    }
    let group = raise.to.rsplit_once('/').map_or("", |(group, _)| group);
    if picks.iter().any(|text| asks(text, group)) {
        let note = format!(
            "The template picks the `apiVersion` of this object by what the cluster serves, but never asks for `{}`. Make it ask for that one first.",
            raise.to
        );
        return Some(Raise { left: true, note: Some(note), ..raise });
    }
    let holds = |condition: &Condition| condition.turns.last().unwrap_or(&condition.opened).clone();
    let asked = conditions.iter().map(holds).any(|text| asks(&text, &raise.from));
    let note = format!(
        "The template makes this object only where the cluster serves `{}`. The object is `{}` now: make the template ask for that.",
        raise.from, raise.to
    );
    Some(Raise { note: asked.then_some(note), ..raise })
}

/// One that names a kind and a version, as it is written; without a group any will do. One of a group and of any version
/// follows where the kind becomes another.
fn raised_selector(work: &Work, draft: &Draft, bump: &Bump, object: usize, root: Id) -> Option<Raise> {
    let (group, version) = (document::scalar(draft, root, "group"), document::scalar(draft, root, "version"));
    let raise = match (version, &group) {
        (Some(version), group) => due(work, draft, bump, root, chosen(bump, group.as_deref(), &version)?),
        (None, Some(group)) if bump.kind.is_some() => {
            let names = bump.serve.iter().map(|(name, _)| name).filter(|name| is_of(name, group));
            names.filter_map(|name| due(work, draft, bump, root, name.clone())).next()
        }
        (None, _) => None,
    };
    raise.map(|raise| Raise { object, chooses: true, ..raise })
}

fn is_of(api_version: &str, group: &str) -> bool {
    api_version.rsplit_once('/').map_or("", |(of, _)| of) == group
}

/// The apiVersion of the table that something with this group and version chooses; without a group any will do.
fn chosen(bump: &Bump, group: Option<&str>, version: &str) -> Option<String> {
    let is_one = |name: &&String| name.rsplit('/').next() == Some(version) && group.is_none_or(|group| is_of(name, group));
    bump.serve.iter().map(|(name, _)| name).find(is_one).cloned()
}

/// One that names a group, an old version of it, and no kind, or a pattern for some: it chooses none of what is raised any
/// more, and is left and told of, as it may be meant for other kinds as well.
fn loses(work: &Work, draft: &Draft, bump: &Bump, object: usize, root: Id) -> Option<Raise> {
    let (group, version) = (document::scalar(draft, root, "group")?, document::scalar(draft, root, "version")?);
    let from = chosen(bump, Some(&group), &version)?;
    let pattern = document::scalar(draft, root, "kind").filter(|kind| !kind.is_empty());
    if pattern.as_ref().is_some_and(|kind| kind.chars().all(char::is_alphanumeric)) {
        return None;
    }
    let matches =
        |pattern: &String, kind: &str| crate::expr::captured(&format!("^({pattern})$"), kind).is_ok_and(|it| it.is_some());
    let kind = bump.kinds.iter().find(|kind| pattern.as_ref().is_none_or(|pattern| matches(pattern, kind)))?;
    let raise = due_as(work, bump, root, from, kind.clone())?;
    let which = pattern.map_or_else(|| "of any kind".to_owned(), |pattern| format!("of `{pattern}`"));
    let note = format!(
        "This selects objects {which} that are `{}`. Those that become `{}`, such as {kind}, are no longer selected: give each kind an entry of its own, or leave the version out.",
        raise.from, raise.to
    );
    Some(Raise { object, chooses: true, left: true, harms: true, note: Some(note), ..raise })
}

fn due(work: &Work, draft: &Draft, bump: &Bump, root: Id, from: String) -> Option<Raise> {
    let old_kind = document::scalar(draft, root, "kind").filter(|kind| bump.kinds.contains(kind))?;
    due_as(work, bump, root, from, old_kind)
}

fn due_as(work: &Work, bump: &Bump, root: Id, from: String, old_kind: String) -> Option<Raise> {
    let old = bump.serve.iter().position(|(name, _)| *name == from)?;
    let (to, phase) = bump.written(old, &work.run.from, &work.run.to)?;
    let wanted = work.run.met(&bump.needs).is_ok() && work.run.phase.takes(phase);
    let lapses = !bump.serve[old].1.holds(&work.run.to);
    let kind = bump.kind.clone();
    wanted.then_some(Raise {
        object: 0,
        root,
        chooses: false,
        refers: false,
        lapses,
        computed: false,
        left: false,
        note: None,
        harms: false,
        from,
        to,
        kind,
        old_kind,
        phase,
    })
}

/// Where the version of an object is written.
pub fn written(draft: &Draft, root: Id) -> Id {
    document::child(draft, root, "apiVersion").unwrap_or(root)
}

/// Writes the new apiVersion and kind.
pub fn raise(draft: &mut Draft, raise: &Raise) {
    let mut set = |key: &str, value: &str| {
        if let Some(node) = document::child(draft, raise.root, key) {
            let node = draft.resolve(node);
            if draft.data(node).scalar_text() != value {
                draft.set_scalar(node, Value::Str(value.to_owned()));
            }
        }
    };
    if raise.chooses {
        // What is not written is not missed: any version will do then.
        let (group, version) = raise.to.rsplit_once('/').unwrap_or(("", &raise.to));
        set("group", group);
        set("version", version);
    } else {
        set("apiVersion", &raise.to);
    }
    if let Some(kind) = &raise.kind {
        set("kind", kind);
    }
}
