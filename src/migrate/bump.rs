//! `bump`: apiVersions by what is served when.
use super::document::{self, Object};
use super::lens::{Hit, Lens, Reading};
use super::rule::Work;
use crate::pack::Bump;
use crate::pack::version::Phase;
use crate::yaml::draft::{Draft, Id};
use crate::yaml::value::Value;

/// The apiVersion of one object, or of a reference to one, is raised.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Raise {
    /// Index of the object that it is, or is in.
    pub object: usize,
    /// The map with `apiVersion` and `kind`.
    pub root: Id,
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
        for bump in &work.rule.bump {
            for reference in references(draft, bump, root) {
                let raise = raised(work, draft, bump, object, reference);
                out.extend(raise.filter(|raise| !out.iter().any(|known| known.root == raise.root)));
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

fn raised(work: &Work, draft: &Draft, bump: &Bump, object: usize, root: Id) -> Option<Raise> {
    let old_kind = document::scalar(draft, root, "kind").filter(|kind| bump.kinds.contains(kind))?;
    let from = document::scalar(draft, root, "apiVersion")?;
    let old = bump.serve.iter().position(|(name, _)| *name == from)?;
    let (to, phase) = bump.written(old, &work.run.from, &work.run.to)?;
    let wanted = work.run.met(&bump.needs).is_ok() && work.run.phase.takes(phase);
    let wakes = matches!(phase, Phase::Wakes { .. });
    wanted.then(|| Raise { object, root, from, to, kind: bump.kind.clone(), old_kind, wakes })
}

/// Writes the new apiVersion and kind.
pub fn raise(draft: &mut Draft, raise: &Raise) {
    let mut set = |key: &str, value: &str| {
        if let Some(node) = document::child(draft, raise.root, key) {
            let node = draft.resolve(node);
            draft.set_scalar(node, Value::Str(value.to_owned()));
        }
    };
    set("apiVersion", &raise.to);
    if let Some(kind) = &raise.kind {
        set("kind", kind);
    }
}
