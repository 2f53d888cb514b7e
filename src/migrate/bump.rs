//! `bump`: apiVersions by what is served when.
use super::document::{self, Object};
use super::rule::Work;
use crate::pack::version::Phase;
use crate::yaml::draft::Draft;
use crate::yaml::draft::Id;
use crate::yaml::value::Value;

/// The apiVersion of one object is raised.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Raise {
    pub from: String,
    pub to: String,
    pub kind: Option<String>,
    /// The old version is not served where it runs: raising it switches something on.
    pub wakes: bool,
}

/// The objects of the tables whose apiVersion is not the one to write.
pub fn matches(work: &Work, _draft: &Draft, objects: &[Object]) -> Vec<(usize, Raise)> {
    let mut out = Vec::new();
    for (index, object) in objects.iter().enumerate() {
        let Some(kind) = &object.kind else { continue };
        let api = if object.group.is_empty() { object.version.clone() } else { format!("{}/{}", object.group, object.version) };
        for bump in work.rule.bump.iter().filter(|b| b.kinds.contains(kind)) {
            let Some(old) = bump.serve.iter().position(|(name, _)| *name == api) else { continue };
            let Some((to, phase)) = bump.written(old, &work.run.from, &work.run.to) else { continue };
            if work.run.met(&bump.needs).is_err() || !work.run.phase.takes(phase) {
                continue;
            }
            out.push((
                index,
                Raise { from: api.clone(), to, kind: bump.kind.clone(), wakes: matches!(phase, Phase::Wakes { .. }) },
            ));
            break;
        }
    }
    out
}

/// Writes the new apiVersion and kind.
pub fn raise(draft: &mut Draft, root: Id, raise: &Raise) {
    let mut set = |key: &str, value: &str| {
        if let Some(node) = document::child(draft, root, key) {
            let node = draft.resolve(node);
            draft.set_scalar(node, Value::Str(value.to_owned()));
        }
    };
    set("apiVersion", &raise.to);
    if let Some(kind) = &raise.kind {
        set("kind", kind);
    }
}
