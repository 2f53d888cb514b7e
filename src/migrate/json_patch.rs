//! JSON patches (RFC 6902): each operation is read as the object that it is for, with nothing in it but the place that it
//! names and the value that it sets there. What is edited of that goes back into its path and its value.
mod concern;

pub use concern::concerns;

use super::document::{self, Object};
use super::verb::Refused;
use crate::index::{Pointer, Repo, Selector};
use crate::yaml::draft::{Body, Child, Draft, Id, Own};
use crate::yaml::tree::ScalarStyle;
use crate::yaml::value::Value;

/// One operation, and the object that it is read as.
#[derive(Debug, Clone)]
pub struct Operation {
    /// The list that it is in.
    pub list: Id,
    /// The map that it is.
    map: Id,
    /// Its `path`, or its `from`.
    pointer: Id,
    /// The value that it sets, or null.
    leaf: Id,
    /// Lists of the object, with the index as written.
    lists: Vec<(Id, String)>,
}

/// Whether a node is a list of operations.
pub fn is_patch(draft: &Draft, list: Id) -> bool {
    let items = draft.children(list);
    let is_operation =
        |item: &Child| document::scalar(draft, item.value, "op").is_some() && pointer(draft, item.value, "path").is_some();
    draft.is_seq(list) && !items.is_empty() && items.iter().all(is_operation)
}

/// Adds the objects that a list of operations is for, as far as it says.
pub fn add(draft: &mut Draft, doc: usize, list: Id, selectors: &[Selector], out: &mut Vec<Object>) {
    // Of several, an edit for one would reach the others; of none, nothing is known.
    let mut kinds: Vec<&Selector> = selectors.iter().collect();
    kinds.dedup_by(|a, b| (&a.kind, &a.group) == (&b.kind, &b.group));
    let unknown = Selector::default();
    let selector = if let [one] = kinds.as_slice() { one } else { &unknown };
    for map in draft.children(list).iter().map(|item| draft.resolve(item.value)).collect::<Vec<_>>() {
        for key in ["path", "from"] {
            let Some((id, text)) = pointer(draft, map, key) else { continue };
            let value = document::child(draft, map, "value").filter(|_| key == "path");
            let operation = Operation { list, map, pointer: id, leaf: id, lists: Vec::new() };
            let (root, operation) = object(draft, operation, &text, value);
            out.push(Object {
                root,
                doc,
                kind: selector.kind.clone(),
                group: selector.group.clone(),
                version: selector.version.clone(),
                name: selector.name.clone(),
                namespace: selector.namespace.clone(),
                line: 1,
                others: Vec::new(),
                partial: true,
                operation: Some(operation),
            });
        }
    }
}

fn pointer(draft: &Draft, map: Id, key: &str) -> Option<(Id, String)> {
    let id = draft.resolve(document::child(draft, map, key)?);
    match &draft.node(id).body {
        // The empty one is the whole object.
        Body::Scalar { value: Value::Str(text), .. } if text.is_empty() || text.starts_with('/') => Some((id, text.clone())),
        _ => None,
    }
}

/// The parts of `pointer`, one in the other, around the value.
fn object(draft: &mut Draft, mut operation: Operation, pointer: &str, value: Option<Id>) -> (Id, Operation) {
    let nothing = value.is_none();
    operation.leaf = value.unwrap_or_else(|| draft.new_scalar(Value::Null, ScalarStyle::Plain));
    if nothing {
        draft.stands_for(operation.leaf, operation.pointer);
    }
    let mut at = operation.leaf;
    for token in pointer.split('/').skip(1).collect::<Vec<_>>().into_iter().rev() {
        let child = |key: Option<Id>| vec![Child { key, value: at, own: Own::none() }];
        at = if token == "-" || !token.is_empty() && token.bytes().all(|b| b.is_ascii_digit()) {
            let list = draft.new_seq(child(None), false);
            operation.lists.push((list, token.to_owned()));
            list
        } else {
            let key = draft.new_scalar(Value::Str(token.replace("~1", "/").replace("~0", "~")), ScalarStyle::Plain);
            draft.stands_for(key, operation.pointer);
            draft.new_map(child(Some(key)), false)
        };
        draft.stands_for(at, operation.pointer);
    }
    if at != operation.leaf || nothing {
        draft.set_aside(at);
    }
    (at, operation)
}

/// Brings an edit of the object back to its operation. Gives what has to be said of its new path.
///
/// # Errors
/// What one operation cannot say.
pub fn write_back(draft: &mut Draft, root: Id, operation: &Operation) -> Result<Option<String>, Refused> {
    let now = path_to_leaf(draft, root, operation)?;
    if draft.node(operation.leaf).dirty {
        draft.touch(operation.map);
    }
    let was = draft.data(operation.pointer).scalar_text();
    if was == now {
        return Ok(None);
    }
    draft.set_scalar(operation.pointer, Value::Str(now.clone()));
    let same_parents = was.split('/').count() == now.split('/').count()
        && was.split('/').zip(now.split('/')).filter(|(was, now)| was != now).count() == 1;
    let adds = document::scalar(draft, operation.map, "op").is_some_and(|op| op == "add");
    let parent = now.rsplit_once('/').map_or("", |(parent, _)| parent);
    Ok((adds && !same_parents && !parent.is_empty())
        .then(|| format!("This operation fails if `{parent}` does not exist: check that what it patches has it.")))
}

/// The pointer to the leaf. Besides it, the object may hold nothing but what a move has left empty.
fn path_to_leaf(draft: &Draft, root: Id, operation: &Operation) -> Result<String, Refused> {
    let mut at = root;
    let mut pointer = String::new();
    while at != operation.leaf {
        let (way, others): (Vec<&Child>, Vec<&Child>) =
            draft.children(at).iter().partition(|child| draft.is_within(operation.leaf, child.value));
        let [child] = way.as_slice() else {
            let why = "this JSON patch operation sets something that is to be removed: remove the operation";
            return Err(Refused::at(operation.pointer, why));
        };
        if !others.iter().all(|child| is_hollow(draft, child.value)) {
            return Err(Refused::at(operation.pointer, "this JSON patch operation would have to become several"));
        }
        let index = operation.lists.iter().find(|(list, _)| *list == at).map(|(_, index)| index.clone());
        let token = draft.key_text(child).map(|key| key.replace('~', "~0").replace('/', "~1"));
        let Some(token) = index.or(token) else {
            let why = "what this JSON patch operation sets moves into a list: decide which items it is for";
            return Err(Refused::at(operation.pointer, why));
        };
        pointer = pointer + "/" + &token;
        at = child.value;
    }
    Ok(pointer)
}

/// Whether a part of the object was its path once, and holds nothing any more.
fn is_hollow(draft: &Draft, id: Id) -> bool {
    let was_path = draft.node(id).origin.is_some() && (draft.is_map(id) || draft.is_seq(id));
    was_path && draft.children(id).iter().all(|child| is_hollow(draft, child.value))
}

/// A place of an object that an operation elsewhere names, and the nodes on the way there.
pub struct Way {
    path: String,
    file: String,
    nodes: Vec<Id>,
}

/// The places in an object that JSON patches of the repository name, as far as they are there.
pub fn ways(draft: &Draft, object: &Object, repo: &Repo) -> Vec<Way> {
    let pointers = repo.pointers(object.kind.as_deref().unwrap_or_default(), &object.name);
    let way = |pointer: &Pointer| Way {
        path: pointer.path.clone(),
        file: pointer.file.clone(),
        nodes: nodes(draft, object.root, &pointer.path),
    };
    pointers.map(way).collect()
}

fn nodes(draft: &Draft, root: Id, path: &str) -> Vec<Id> {
    let mut out = vec![draft.resolve(root)];
    for token in path.split('/').skip(1) {
        let at = out[out.len() - 1];
        let index = if draft.is_seq(at) {
            token.parse().ok().filter(|index| *index < draft.children(at).len())
        } else {
            draft.find(at, &token.replace("~1", "/").replace("~0", "~"))
        };
        let Some(index) = index else { break };
        out.push(draft.resolve(draft.children(at)[index].value));
    }
    out
}

/// What has to be said of places that are others now: an item of a list that has another number, a part that is gone.
pub fn displaced(draft: &Draft, object: &Object, ways: &[Way]) -> Vec<String> {
    let other = |way: &&Way| {
        let now = nodes(draft, object.root, &way.path);
        let lists = way.nodes.windows(2).zip(now.windows(2));
        let shifted = lists.into_iter().any(|(was, now)| was[0] == now[0] && was[1] != now[1] && draft.is_seq(was[0]));
        // The whole object has no parent.
        let depth = way.path.matches('/').count();
        let parent = depth.checked_sub(1).and_then(|above| way.nodes.get(above));
        let listed = way.nodes.windows(2).any(|pair| draft.is_seq(pair[0]) && now.get(way.nodes.len() - 1).is_none());
        shifted || listed || parent.is_some_and(|parent| !draft.is_attached(*parent))
    };
    let mut out: Vec<String> = (ways.iter().filter(other))
        .map(|way| {
            format!(
                "A JSON patch in {} points to `{}` of this object, which is now another place, or gone: fix the patch by hand.",
                way.file, way.path
            )
        })
        .collect();
    out.dedup();
    out
}
