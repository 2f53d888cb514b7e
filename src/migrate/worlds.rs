//! What a template gives when one of its conditions goes another way: an edit must be the one that is due there as well.
//!
//! All branches of a template are read at once. That is what no run of it gives, so a rule may see a key that is not there,
//! or miss that one is missing. Hence the test: taking branches out, and then editing, must give what editing, and then
//! taking them out, gives. The same goes for what an action may give where a rule looks for a name, and for the texts that
//! actions may compute.
use super::document::Object;
use super::lens::member;
use crate::pack::path::{Path, Segment};
use crate::view::helm;
use crate::yaml::branch::Condition;
use crate::yaml::draft::{Body, Child, Draft, Id, Own};
use crate::yaml::tree::{Kind, ScalarStyle};
use crate::yaml::value::{Value, same};
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

/// A way that a template may go. Conditions that say the same are one, wherever a text states them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct World {
    /// For conditions by what opens them: the branch that is taken, or none of them. All others are met.
    taken: Vec<(String, Option<Vec<String>>)>,
    /// What an action gives.
    given: Option<Given>,
    /// What actions compute is this text.
    computed: Option<String>,
    /// How it is told from the first one.
    label: String,
    /// Whether it takes a key out of a map that has another one of that name, which is seen in this world alone.
    pub uncovers: bool,
}

/// Any text that an action may compute.
const ANY: &str = "{{ }}";

/// The action `by` gives these keys, one in the other, in `map`, or in what the action is the value of.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Given {
    map: Id,
    by: Id,
    names: Vec<String>,
}

/// The worlds of each document of a template; of a file without conditions or actions, none.
pub type Worlds = BTreeMap<usize, Vec<World>>;

/// The worlds of a draft, found again only when a text was opened in it.
#[derive(Default)]
pub struct Known {
    texts: usize,
    worlds: Rc<Worlds>,
}

impl Known {
    pub fn of(&mut self, draft: &mut Draft, objects: &[Object]) -> Rc<Worlds> {
        if self.texts != draft.texts.len() {
            self.texts = draft.texts.len();
            let docs: BTreeSet<usize> = objects.iter().map(|object| object.doc).filter(|_| draft.has_branches()).collect();
            self.worlds = Rc::new(docs.into_iter().map(|doc| (doc, of(draft, doc))).collect());
        }
        Rc::clone(&self.worlds)
    }
}

/// The ways in which document `doc` can differ by one condition from the first one, in which every condition is met, and the
/// first of several branches is taken; that one first.
fn of(draft: &mut Draft, doc: usize) -> Vec<World> {
    let all = all(draft);
    let mut gone = |world: &World| {
        let mark = draft.mark();
        let gone: Vec<Id> = world.enter(draft, doc).into_iter().map(|gone| gone.value).collect();
        draft.roll_back(mark);
        gone
    };
    let first = gone(&all[0]);
    let differs = |(index, world): &(usize, World)| *index == 0 || gone(world) != first;
    let worlds: Vec<World> = all.into_iter().enumerate().filter(differs).map(|(_, world)| world).collect();
    worlds.into_iter().map(|world| World { uncovers: world.uncovers(draft, doc), ..world }).collect()
}

fn all(draft: &Draft) -> Vec<World> {
    let mut conditions: Vec<Condition> =
        draft.texts.iter().filter_map(|text| text.branches.as_ref()).flat_map(|branches| branches.all()).cloned().collect();
    conditions.sort();
    conditions.dedup();
    let stated: Vec<String> = conditions.iter().map(|condition| condition.opened.clone()).collect();
    // `if not x` is the `else` of `if x`, where there is one.
    for condition in &mut conditions {
        if let Some(positive) = negated(&condition.opened).filter(|positive| stated.contains(positive)) {
            *condition = Condition { opened: positive, turns: vec!["else".to_owned()] };
        }
    }
    conditions.sort();
    conditions.dedup();
    let groups: Vec<&[Condition]> = conditions.chunk_by(|a, b| a.opened == b.opened).collect();
    let several = groups.iter().filter(|group| group.len() > 1);
    let first: Vec<_> = several.map(|group| (group[0].opened.clone(), Some(group[0].turns.clone()))).collect();
    let mut out = vec![World {
        taken: first.clone(),
        given: None,
        computed: None,
        label: "where each first branch is taken".to_owned(),
        uncovers: false,
    }];
    for group in &groups {
        let opened = &group[0].opened;
        let other = |taken: Option<&Condition>| {
            let rest = first.iter().filter(|(one, _)| one != opened).cloned();
            let this = (opened.clone(), taken.map(|condition| condition.turns.clone()));
            let label = taken.map_or_else(|| format!("without `{opened}`"), |condition| format!("with `{condition}`"));
            World { taken: rest.chain([this]).collect(), given: None, computed: None, label, uncovers: false }
        };
        let has_else = group.iter().any(|condition| condition.turns.last().is_some_and(|turn| turn == "else"));
        out.extend(group.iter().skip(1).map(|condition| other(Some(condition))));
        out.extend((!has_else).then(|| other(None)));
    }
    out
}

/// `if x` of `if not x`.
fn negated(opened: &str) -> Option<String> {
    let rest = opened.strip_prefix("if not ")?;
    let inside = rest.strip_prefix('(').and_then(|rest| rest.strip_suffix(')')).filter(|inside| !inside.contains(['(', ')']));
    Some(format!("if {}", inside.unwrap_or(rest)))
}

/// The ways in which actions may give, below `root`, the names that the paths start with, or texts: any, or one of those that
/// are compared with; conditions going as in the `first` world.
pub fn given(first: &World, draft: &Draft, root: Id, paths: &[&Path], protojson: bool, texts: Vec<String>) -> Vec<World> {
    let taken = &first.taken;
    let mut out = Vec::new();
    for text in std::iter::once(ANY.to_owned()).chain(texts) {
        let label = match text.as_str() {
            ANY => "if what the template computes were another text".to_owned(),
            text => format!("if what the template computes were `{text}`"),
        };
        out.push(World { taken: taken.clone(), given: None, computed: Some(text), label, uncovers: false });
    }
    for given in paths.iter().filter(|path| path.computed.is_none()).filter_map(|path| by_action(draft, root, path, protojson)) {
        let label = format!("if the action here gives `{}`", given.names.join("."));
        let world = World { taken: taken.clone(), given: Some(given), computed: None, label, uncovers: false };
        if !out.contains(&world) {
            out.push(world);
        }
    }
    out
}

/// Where the names that a path starts with lead to an action, which may give the next ones.
fn by_action(draft: &Draft, root: Id, path: &Path, protojson: bool) -> Option<Given> {
    let names = path.segments.iter().map_while(|segment| match segment {
        Segment::Name(name) => Some(name.clone()),
        _ => None,
    });
    let names: Vec<String> = names.collect();
    let mut at = draft.resolve(root);
    for (index, name) in names.iter().enumerate() {
        let given = |by: Id| Given { map: at, by, names: names[index..].to_vec() };
        if let Some(known) = member(draft, at, name, protojson) {
            at = draft.resolve(draft.children(at)[known].value);
        } else if draft.is_map(at) {
            let mut keys = draft.children(at).iter().filter_map(|child| Some((child.key?, draft.key_text(child)?)));
            return keys.find(|(_, key)| helm::may_be(key, name)).map(|(by, _)| given(by));
        } else {
            let is_action = matches!(&draft.node(at).body,
                Body::Scalar { value: Value::Str(text), style: ScalarStyle::Plain, .. } if helm::may_be(text, ""));
            return is_action.then(|| given(at));
        }
    }
    None
}

/// The document `doc`, and those that were added, as the template gives them in `world`, after `work` was done there. The
/// draft is left as it was.
pub fn seen(draft: &mut Draft, world: &World, doc: usize, work: impl FnOnce(&mut Draft)) -> Vec<Value> {
    let mark = draft.mark();
    world.enter(draft, doc);
    work(draft);
    let added = draft.texts[0].tree.docs.len().min(draft.docs.len());
    let docs = draft.docs.get(doc).into_iter().chain(&draft.docs[added..]);
    let values = docs.map(|root| plain(draft.data(*root))).collect();
    draft.roll_back(mark);
    values
}

/// A part that is not there in a world, and where it goes when that is left.
struct Gone {
    value: Id,
    place: Place,
}

enum Place {
    /// In a map or list, behind this value, or first.
    Child { container: Id, behind: Option<Id>, child: Child },
    /// In place of this node.
    Node(Id),
    /// Nowhere: it is what an action gives.
    Never,
}

impl World {
    /// Whether the draft says in this world what is due there.
    pub fn agrees(&self, draft: &mut Draft, doc: usize, due: &[Value]) -> bool {
        let got = seen(draft, self, doc, |_| ());
        got.len() == due.len() && got.iter().zip(due).all(|(got, due)| same(got, due))
    }

    fn uncovers(&self, draft: &mut Draft, doc: usize) -> bool {
        let mark = draft.mark();
        let gone = self.enter(draft, doc);
        let twin = |gone: &Gone| match &gone.place {
            Place::Child { container, child, .. } => {
                draft.key_text(child).is_some_and(|key| draft.find(*container, key).is_some())
            }
            _ => false,
        };
        let uncovers = gone.iter().any(twin);
        draft.roll_back(mark);
        uncovers
    }

    /// Whether it supposes what an action gives.
    pub fn supposes(&self) -> bool {
        self.given.is_some() || self.computed.is_some()
    }

    /// Whether what is done in this world does not matter in the others: it takes one of several branches.
    pub fn is_branch(&self) -> bool {
        !self.supposes() && self.taken.iter().all(|(_, taken)| taken.is_some())
    }

    /// The first part of a document that is not there in this world, or may be.
    pub fn first(&self, draft: &mut Draft, doc: usize) -> Option<Id> {
        let mark = draft.mark();
        let gone = self.enter(draft, doc);
        draft.roll_back(mark);
        gone.into_iter().map(|gone| gone.value).min_by_key(|id| draft.file_span(*id).map_or(usize::MAX, |span| span.start))
    }

    /// Does some work in this world, and keeps it: what was not there is there again behind it.
    pub fn within<T>(&self, draft: &mut Draft, doc: usize, work: impl FnOnce(&mut Draft) -> T) -> T {
        let gone = self.enter(draft, doc);
        let done = work(draft);
        for Gone { value, place } in gone.into_iter().rev() {
            match place {
                Place::Child { container, behind, child } => {
                    let behind = behind.and_then(|id| draft.children(container).iter().position(|c| c.value == id));
                    draft.put_here(container, behind.map_or(0, |index| index + 1), child);
                }
                Place::Node(nothing) => draft.replace(nothing, value),
                Place::Never => {}
            }
        }
        done
    }

    fn shows(&self, conditions: &[Condition]) -> bool {
        conditions.iter().all(|condition| {
            let decided = |opened: &str| self.taken.iter().find(|(one, _)| one == opened).map(|(_, taken)| taken);
            match (decided(&condition.opened), negated(&condition.opened).and_then(|positive| decided(&positive))) {
                (Some(taken), _) => taken.as_ref() == Some(&condition.turns),
                // None of the branches of `if x` is the one of `if not x`.
                (None, Some(taken)) => taken.as_ref().is_none_or(|turns| turns.as_slice() == ["else"]),
                (None, None) => true,
            }
        })
    }

    /// Makes a document what it is in this world; gives what this changes.
    fn enter(&self, draft: &mut Draft, doc: usize) -> Vec<Gone> {
        let mut gone = Vec::new();
        let Some(root) = draft.docs.get(doc).copied() else { return gone };
        if self.shows(draft.conditions(root)) {
            self.take_out(draft, root, &mut gone);
        } else {
            empty(draft, root, &mut gone);
        }
        if let Some(text) = &self.computed {
            compute(draft, root, text, &mut gone);
        }
        if let Some(Given { map, by, names }) = &self.given {
            give(draft, *map, names);
            gone = vec![Gone { value: *by, place: Place::Never }];
        }
        gone
    }

    fn take_out(&self, draft: &mut Draft, id: Id, gone: &mut Vec<Gone>) {
        let id = match draft.node(id).body {
            Body::Embedded { root, .. } => root,
            _ => id,
        };
        for index in (0..draft.children(id).len()).rev() {
            let child = draft.children(id)[index].clone();
            if self.hides(draft, &child) {
                let behind = index.checked_sub(1).map(|above| draft.children(id)[above].value);
                draft.take(id, index);
                gone.push(Gone { value: child.value, place: Place::Child { container: id, behind, child } });
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
        f.write_str(&self.label)
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

/// Gives every text with an action in it, below a node, another text; where that is any, actions give no entries.
fn compute(draft: &mut Draft, id: Id, new: &str, gone: &mut Vec<Gone>) {
    let id = match draft.node(id).body {
        Body::Embedded { root, .. } => root,
        _ => id,
    };
    for (index, child) in draft.children(id).to_vec().into_iter().enumerate().rev() {
        let old = |id: Id| match &draft.node(id).body {
            Body::Scalar { value: Value::Str(text), .. } if draft.node(id).origin.is_some() => text.as_str(),
            _ => "",
        };
        let entries = child.key.map_or(old(child.value), old);
        if new == ANY && entries.starts_with("{{") && gives_all(draft, &child) {
            draft.take(id, index);
            gone.insert(0, Gone { value: child.value, place: Place::Never });
        } else if old(child.value).contains("{{") {
            draft.set_scalar(child.value, Value::Str(new.to_owned()));
            gone.insert(0, Gone { value: child.value, place: Place::Never });
        } else {
            compute(draft, child.value, new, gone);
        }
    }
}

/// Whether an action that a child starts with gives all of it, so that there may be none, or several. What stands behind a
/// dash is one item, whatever it is.
fn gives_all(draft: &Draft, child: &Child) -> bool {
    let behind_dash = |text: usize, list, index: usize| match &draft.texts[text].tree.node(list).kind {
        Kind::Seq { items, .. } => items.get(index).is_some_and(|item| item.dash.is_some()),
        _ => false,
    };
    match child.own {
        _ if child.key.is_some() => draft.is_null(child.value),
        Own::Kept { text, container, index } => !behind_dash(text, container, index),
        Own::New { .. } => true,
    }
}

fn empty(draft: &mut Draft, id: Id, gone: &mut Vec<Gone>) {
    let nothing = draft.new_scalar(Value::Null, ScalarStyle::Plain);
    draft.replace(id, nothing);
    gone.push(Gone { value: id, place: Place::Node(nothing) });
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
