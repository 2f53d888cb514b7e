//! `bump`: apiVersions by what is served when.
use super::document::{self, Object};
use super::lens::{Hit, Lens, Reading};
use super::rule::Work;
use crate::pack::Bump;
use crate::pack::target::Carrier;
use crate::pack::version::Phase;
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
    /// Whether a template computes the version, so that it cannot be raised here.
    pub computed: bool,
    pub from: String,
    pub to: String,
    pub kind: Option<String>,
    pub old_kind: String,
    /// The old version is not served where it runs: raising it switches something on.
    pub wakes: bool,
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
            for raise in references.chain(selectors).flatten() {
                if !out.iter().any(|known| known.root == raise.root) {
                    out.push(raise);
                }
            }
        }
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
    if from.contains("{{") {
        // One of the versions that an action names.
        let named = |name: &str| from.contains(name.rsplit('/').next().unwrap_or(name));
        let mut named = bump.serve.iter().filter(|(name, _)| named(name));
        let raise = named.find_map(|(name, _)| due(work, draft, bump, root, name.clone()));
        return raise.map(|raise| Raise { object, computed: true, ..raise });
    }
    due(work, draft, bump, root, from).map(|raise| Raise { object, ..raise })
}

/// One that names a kind and a version, as it is written; without a group any will do.
fn raised_selector(work: &Work, draft: &Draft, bump: &Bump, object: usize, root: Id) -> Option<Raise> {
    let version = document::scalar(draft, root, "version")?;
    let group = document::scalar(draft, root, "group");
    let is_one = |name: &&String| match (name.rsplit_once('/'), &group) {
        (Some((of, name)), Some(group)) => of == group && name == version,
        (Some((_, name)), None) => name == version,
        (None, group) => group.as_ref().is_none_or(String::is_empty) && **name == version,
    };
    let from = bump.serve.iter().map(|(name, _)| name).find(is_one)?.clone();
    due(work, draft, bump, root, from).map(|raise| Raise { object, chooses: true, ..raise })
}

fn due(work: &Work, draft: &Draft, bump: &Bump, root: Id, from: String) -> Option<Raise> {
    let old_kind = document::scalar(draft, root, "kind").filter(|kind| bump.kinds.contains(kind))?;
    let old = bump.serve.iter().position(|(name, _)| *name == from)?;
    let (to, phase) = bump.written(old, &work.run.from, &work.run.to)?;
    let wanted = work.run.met(&bump.needs).is_ok() && work.run.phase.takes(phase);
    let wakes = matches!(phase, Phase::Wakes { .. });
    wanted.then(|| Raise { object: 0, root, chooses: false, computed: false, from, to, kind: bump.kind.clone(), old_kind, wakes })
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
