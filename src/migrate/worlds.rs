//! What a template gives when one of its conditions goes another way: an edit must be the one that is due there as well.
//!
//! All branches of a template are read at once. That is what no run of it gives, so a rule may see a key that is not there,
//! or miss that one is missing. Hence the test: taking a branch out, and then editing, must give what editing, and then
//! taking the branch out, gives. The same goes for what an action may give where a rule looks for a name.
use super::lens::member;
use crate::pack::path::{Path, Segment};
use crate::yaml::branch::Condition;
use crate::yaml::draft::{Body, Child, Draft, Id, Own};
use crate::yaml::tree::ScalarStyle;
use crate::yaml::value::{Value, same};

/// One thing decided that a template leaves open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum World {
    /// One condition, wherever a text states it: one branch of it is taken, or none.
    Condition { opened: String, taken: Option<Vec<String>> },
    /// What the action `by` gives has these keys, one in the other, in `map`, or in what the action is the value of.
    Given { map: Id, by: Id, names: Vec<String> },
}

/// Every way that the draft can go as far as a rule may see it: its conditions, and what actions may give below `root` of
/// what stands at `paths`.
pub fn of(draft: &Draft, root: Id, paths: &[&Path], protojson: bool) -> Vec<World> {
    let mut out = conditions(draft);
    for path in paths.iter().filter(|path| path.computed.is_none()) {
        out.extend(given(draft, root, path, protojson).filter(|world| !out.contains(world)));
    }
    out
}

fn conditions(draft: &Draft) -> Vec<World> {
    let mut conditions: Vec<&Condition> =
        draft.texts.iter().filter_map(|text| text.branches.as_ref()).flat_map(|branches| branches.all()).collect();
    conditions.sort();
    conditions.dedup();
    let mut out = Vec::new();
    for same in conditions.chunk_by(|a, b| a.opened == b.opened) {
        let world = |taken: Option<&Vec<String>>| World::Condition { opened: same[0].opened.clone(), taken: taken.cloned() };
        let has_else = same.iter().any(|condition| condition.turns.last().is_some_and(|turn| turn == "else"));
        out.extend((!has_else).then(|| world(None)));
        // With one branch alone, to take it is what was read.
        out.extend(same.iter().filter(|_| same.len() > 1).map(|condition| world(Some(&condition.turns))));
    }
    out
}

/// Where the names that a path starts with lead to an action, which may give the next ones.
fn given(draft: &Draft, root: Id, path: &Path, protojson: bool) -> Option<World> {
    let names = path.segments.iter().map_while(|segment| match segment {
        Segment::Name(name) => Some(name.clone()),
        _ => None,
    });
    let names: Vec<String> = names.collect();
    let mut at = draft.resolve(root);
    for (index, name) in names.iter().enumerate() {
        let world = |by: Id| World::Given { map: at, by, names: names[index..].to_vec() };
        if let Some(known) = member(draft, at, name, protojson) {
            at = draft.resolve(draft.children(at)[known].value);
        } else if draft.is_map(at) {
            let keys = draft.children(at).iter().filter_map(|child| Some((child.key?, draft.key_text(child)?)));
            return keys.into_iter().find(|(_, key)| may_be(key, name)).map(|(by, _)| world(by));
        } else {
            return matches!(&draft.node(at).body, Body::Scalar { value: Value::Str(text), style: ScalarStyle::Plain, .. } if may_be(text, ""))
                .then(|| world(at));
        }
    }
    None
}

/// Whether an action makes `text`, which may be `name` then, as far as the letters around the action tell.
fn may_be(text: &str, name: &str) -> bool {
    let (Some(start), Some(end)) = (text.find("{{"), text.rfind("}}")) else { return false };
    name.starts_with(&text[..start]) && name.ends_with(text.get(end + 2..).unwrap_or_default())
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
        match self {
            World::Condition { opened, taken } => {
                conditions.iter().all(|one| one.opened != *opened || taken.as_ref() == Some(&one.turns))
            }
            World::Given { .. } => true,
        }
    }

    /// Makes a document what it is in this world; `gone` is what this changes.
    fn enter(&self, draft: &mut Draft, doc: usize, gone: &mut Vec<Id>) {
        let Some(root) = draft.docs.get(doc).copied() else { return };
        match self {
            World::Given { map, by, names } => {
                give(draft, *map, names);
                gone.push(*by);
            }
            World::Condition { .. } if self.shows(draft.conditions(root)) => self.take_out(draft, root, gone),
            World::Condition { .. } => empty(draft, root, gone),
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
        match self {
            World::Condition { opened, taken: None } => write!(f, "without `{opened}`"),
            World::Condition { opened, taken: Some(turns) } => {
                write!(f, "with `{}`", Condition { opened: opened.clone(), turns: turns.clone() })
            }
            World::Given { names, .. } => write!(f, "if the action here gives `{}`", names.join(".")),
        }
    }
}

/// Puts names into a map, one in the other, or in place of an action that gives them.
fn give(draft: &mut Draft, map: Id, names: &[String]) {
    let mut value = draft.new_scalar(Value::Str("{{ }}".to_owned()), ScalarStyle::Plain);
    for (index, name) in names.iter().enumerate().rev() {
        let key = draft.new_scalar(Value::Str(name.clone()), ScalarStyle::Plain);
        let child = Child { key: Some(key), value, own: Own::none() };
        if index == 0 && draft.is_map(map) {
            draft.put_here(map, usize::MAX, child);
            return;
        }
        value = draft.new_map(vec![child], false);
    }
    draft.replace(map, value);
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
