//! What a template gives when one of its conditions goes another way: an edit must be the one that is due there as well.
//!
//! All branches of a template are read at once. That is what no run of it gives, so a rule may see a key that is not there,
//! or miss that one is missing. Hence the test: taking a branch out, and then editing, must give what editing, and then
//! taking the branch out, gives.
use crate::yaml::branch::Condition;
use crate::yaml::draft::{Body, Child, Draft, Id};
use crate::yaml::tree::ScalarStyle;
use crate::yaml::value::{Value, same};

/// One condition decided, wherever a text states it: one branch of it is taken, or none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct World {
    opened: String,
    taken: Option<Vec<String>>,
}

/// Every way that one condition of the draft's texts can go.
pub fn of(draft: &Draft) -> Vec<World> {
    let mut conditions: Vec<&Condition> =
        draft.texts.iter().filter_map(|text| text.branches.as_ref()).flat_map(|branches| branches.all()).collect();
    conditions.sort();
    conditions.dedup();
    let mut out = Vec::new();
    for same in conditions.chunk_by(|a, b| a.opened == b.opened) {
        let world = |taken: Option<&Vec<String>>| World { opened: same[0].opened.clone(), taken: taken.cloned() };
        let has_else = same.iter().any(|condition| condition.turns.last().is_some_and(|turn| turn == "else"));
        out.extend((!has_else).then(|| world(None)));
        // With one branch alone, to take it is what was read.
        out.extend(same.iter().filter(|_| same.len() > 1).map(|condition| world(Some(&condition.turns))));
    }
    out
}

/// The document `doc`, and those that were added, as the template gives them in `world`, after `work` was done there; none
/// where that world takes nothing out. The draft is left as it was.
pub fn seen(draft: &mut Draft, world: &World, doc: usize, work: impl FnOnce(&mut Draft)) -> Option<Vec<Value>> {
    let mark = draft.mark();
    let mut gone = Vec::new();
    world.enter(draft, doc, &mut gone);
    let values = (!gone.is_empty()).then(|| {
        work(draft);
        said(draft, doc)
    });
    draft.roll_back(mark);
    values
}

fn said(draft: &Draft, doc: usize) -> Vec<Value> {
    let added = draft.texts[0].tree.docs.len().min(draft.docs.len());
    let docs = draft.docs.get(doc).into_iter().chain(&draft.docs[added..]);
    docs.map(|root| plain(draft.data(*root))).collect()
}

impl World {
    /// Whether the draft says in this world what is due there.
    pub fn agrees(&self, draft: &mut Draft, doc: usize, due: &[Value]) -> bool {
        let mark = draft.mark();
        self.enter(draft, doc, &mut Vec::new());
        let got = said(draft, doc);
        draft.roll_back(mark);
        got.len() == due.len() && got.iter().zip(due).all(|(got, due)| same(got, due))
    }

    /// The first part of a document that is not there in this world.
    pub fn first(&self, draft: &mut Draft, doc: usize) -> Option<Id> {
        let mark = draft.mark();
        let mut gone = Vec::new();
        self.enter(draft, doc, &mut gone);
        draft.roll_back(mark);
        gone.into_iter().min_by_key(|id| draft.file_span(*id).map_or(usize::MAX, |span| span.start))
    }

    fn shows(&self, conditions: &[Condition]) -> bool {
        conditions.iter().all(|one| one.opened != self.opened || self.taken.as_ref() == Some(&one.turns))
    }

    /// Takes out of a document what is not there in this world.
    fn enter(&self, draft: &mut Draft, doc: usize, gone: &mut Vec<Id>) {
        let Some(root) = draft.docs.get(doc).copied() else { return };
        if self.shows(draft.conditions(root)) {
            self.take_out(draft, root, gone);
        } else {
            empty(draft, root, gone);
        }
    }

    fn take_out(&self, draft: &mut Draft, id: Id, gone: &mut Vec<Id>) {
        let id = match draft.node(id).body {
            Body::Embedded { root, .. } => root,
            _ => id,
        };
        for index in (0..draft.children(id).len()).rev() {
            let child = draft.children(id)[index].clone();
            if self.hides(draft, &child) {
                draft.take(id, index);
                gone.push(child.value);
            } else if self.shows(draft.own_conditions(child.value)) {
                self.take_out(draft, child.value, gone);
            } else {
                empty(draft, child.value, gone);
            }
        }
    }

    /// Whether a child is not there: it came from a branch that is not taken, or it is new and holds nothing but such.
    fn hides(&self, draft: &Draft, child: &Child) -> bool {
        let came = |id: Id| draft.node(id).origin.is_some();
        if came(child.value) {
            return !self.shows(draft.conditions(child.value));
        }
        let children = draft.children(child.value);
        let from_branch = child.key.is_some_and(|key| came(key) && !self.shows(draft.own_conditions(key)));
        from_branch || !children.is_empty() && children.iter().all(|below| self.hides(draft, below))
    }
}

impl std::fmt::Display for World {
    fn fmt(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
        match &self.taken {
            None => write!(f, "without `{}`", self.opened),
            Some(turns) => {
                write!(f, "with `{}`", Condition { opened: self.opened.clone(), turns: turns.clone() })
            }
        }
    }
}

fn empty(draft: &mut Draft, id: Id, gone: &mut Vec<Id>) {
    let nothing = draft.new_scalar(Value::Null, ScalarStyle::Plain);
    draft.replace(id, nothing);
    gone.push(id);
}

/// A value in which the order of keys, and how an empty part is written, do not count.
fn plain(value: Value) -> Value {
    match value {
        Value::Map(entries) if entries.is_empty() => Value::Null,
        Value::Seq(items) if items.is_empty() => Value::Null,
        Value::Map(entries) => {
            let mut entries: Vec<_> = entries.into_iter().map(|(key, value)| (key, plain(value))).collect();
            entries.sort_by_cached_key(|(key, _)| format!("{key:?}"));
            Value::Map(entries)
        }
        Value::Seq(items) => Value::Seq(items.into_iter().map(plain).collect()),
        Value::Tagged(tag, inner) => Value::Tagged(tag, Box::new(plain(*inner))),
        scalar => scalar,
    }
}
