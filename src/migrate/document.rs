//! The Kubernetes objects of a file: its documents, the items of `kind: List`, patches and what their operations are for, and
//! the objects that stand in others or in texts of them.
use super::json_patch::{self, Operation};
use super::lens::{Hit, Lens, Reading};
use super::select::{self, Closed};
use crate::index::{Repo, Selector};
use crate::pack::glob::any_glob;
use crate::pack::target::Carrier;
use crate::yaml::draft::{Body, Draft, Id};
use crate::yaml::value::Value;
use serde_json::json;

/// An object, or any other document.
#[derive(Debug, Clone)]
pub struct Object {
    pub root: Id,
    /// Index of the document in the file.
    pub doc: usize,
    pub kind: Option<String>,
    /// None: not said, any.
    pub group: Option<String>,
    pub version: String,
    pub name: String,
    pub namespace: String,
    /// 1-based line that it starts on.
    pub line: usize,
    /// What other branches of a template give for `kind`, group and name.
    pub others: Vec<(&'static str, String)>,
    /// A patch that stands in another document.
    pub partial: bool,
    /// Of an object that stands for an operation of a JSON patch.
    pub operation: Option<Operation>,
}

/// All objects of a draft, in order, the patches that documents hold as texts, and those that operations are for, among
/// them; and the patches that cannot be read. Documents that the run added are not among them.
pub fn objects(draft: &mut Draft, path: &str, carriers: &[Carrier], repo: &Repo) -> (Vec<Object>, Vec<Closed>) {
    let own = draft.texts[0].tree.docs.len();
    let (mut out, mut closed) = (Vec::new(), Vec::new());
    for (doc, root) in draft.docs.clone().into_iter().enumerate().take(own) {
        add(draft, doc, root, &mut out);
        if json_patch::is_patch(draft, root) {
            json_patch::add(draft, doc, root, repo.patched(path), &mut out);
        }
        patches(draft, doc, path, carriers, &mut out, &mut closed);
        inner(draft, doc, root, &mut out);
    }
    number(draft, &mut out);
    (out, closed)
}

/// The patches that the document, or an item of it, holds, most often as texts. A text without a colon is none: it may be the
/// name of a file.
fn patches(draft: &mut Draft, doc: usize, path: &str, carriers: &[Carrier], out: &mut Vec<Object>, closed: &mut Vec<Closed>) {
    let holders: Vec<Object> = out.iter().filter(|o| o.doc == doc && o.operation.is_none()).cloned().collect();
    for id in holders.iter().flat_map(|object| patch_texts(draft, object, path, carriers)).collect::<Vec<_>>() {
        let root = match &draft.node(id).body {
            Body::Embedded { root, .. } => Some(*root),
            Body::Scalar { value: Value::Str(text), .. } if text.contains(':') => {
                select::embed(draft, id, "").unwrap_or_else(|why| {
                    closed.push(why);
                    None
                })
            }
            Body::Seq { .. } | Body::Map { .. } => Some(id),
            _ => None,
        };
        let Some(root) = root else { continue };
        let from = out.len();
        if draft.is_map(root) {
            add(draft, doc, root, out);
            out[from..].iter_mut().for_each(|patch| patch.partial = true);
        } else if json_patch::is_patch(draft, root) {
            let target = draft.position(id).and_then(|(entry, _)| child(draft, entry, "target"));
            let selector = target.map(|target| Selector::of(|key| scalar(draft, target, key)));
            json_patch::add(draft, doc, root, selector.as_slice(), out);
        }
    }
}

/// Objects that stand in a document as a part of it, or in a text of it: what a chart is to add, what a config map is to
/// hold. A reference to an object has no `metadata`, and is no text; annotations quote objects as they were.
fn inner(draft: &mut Draft, doc: usize, root: Id, out: &mut Vec<Object>) {
    let mut open = vec![root];
    while let Some(id) = open.pop() {
        for child in draft.children(id).to_vec() {
            if draft.key_text(&child) == Some("annotations") {
                continue;
            }
            if let Body::Scalar { value: Value::Str(text), .. } = &draft.node(child.value).body
                && text.contains("apiVersion")
                && text.contains("kind")
            {
                // One that cannot be read is no object, and may be meant for no reader of YAML.
                let _ = select::embed(draft, child.value, "");
            }
            let (below, is_text) = match draft.node(child.value).body {
                Body::Embedded { root, .. } => (root, true),
                _ => (child.value, false),
            };
            let named = self::child(draft, below, "metadata").is_some_and(|metadata| draft.is_map(metadata));
            let is_object = ["apiVersion", "kind"].iter().all(|key| scalar(draft, below, key).is_some()) && (named || is_text);
            if is_object && !out.iter().any(|known| known.root == below) {
                add(draft, doc, below, out);
            }
            open.push(below);
        }
    }
}

/// The nodes of an object that are patches, or texts that hold one.
fn patch_texts(draft: &Draft, object: &Object, path: &str, carriers: &[Carrier]) -> Vec<Id> {
    let is_one = |carrier: &&Carrier| {
        !carrier.patches.is_empty() && carrier.speaks_of(object.kind.as_deref(), object.group.as_deref(), path)
    };
    let mut holding = carriers.iter().filter(is_one).peekable();
    if holding.peek().is_none() {
        return Vec::new();
    }
    let reading = Reading::default();
    let lens = Lens::new(draft, Hit::node(object.root), &reading);
    let texts = holding.flat_map(|carrier| &carrier.patches).flat_map(|at| lens.query(draft, &reading, &at.source));
    texts.flatten().map(|text| text.hit.id).collect()
}

/// Finds the lines of all objects in one pass.
fn number(draft: &Draft, objects: &mut [Object]) {
    let text = &draft.texts[0].text;
    let start = |object: &Object| draft.file_span(object.root).map_or(0, |s| s.start);
    let mut order: Vec<usize> = (0..objects.len()).collect();
    order.sort_by_key(|index| start(&objects[*index]));
    let (mut at, mut line) = (0, 1);
    for index in order {
        let start = start(&objects[index]).clamp(at, text.len());
        line += text[at..start].matches('\n').count();
        (at, objects[index].line) = (start, line);
    }
}

fn add(draft: &Draft, doc: usize, root: Id, out: &mut Vec<Object>) {
    let text = |map: Id, key: &str| scalar(draft, map, key);
    let kind = text(root, "kind");
    let api = text(root, "apiVersion").unwrap_or_default();
    let (group, version) = match api.split_once("{{") {
        // What stands before the slash is the group, if it is not computed.
        Some((written, _)) => (written.strip_suffix('/').unwrap_or(&api), ""),
        None => api.rsplit_once('/').unwrap_or(("", &api)),
    };
    let metadata = child(draft, root, "metadata");
    let meta = |key: &str| metadata.and_then(|m| text(m, key)).unwrap_or_default();
    let items = child(draft, root, "items").filter(|items| draft.is_seq(*items));
    let is_list = kind.as_deref().is_some_and(|k| k.ends_with("List"));
    out.push(Object {
        root,
        doc,
        group: Some(group.to_owned()),
        version: version.to_owned(),
        name: meta("name"),
        namespace: meta("namespace"),
        line: 1,
        others: others(draft, root, metadata),
        partial: false,
        operation: None,
        kind,
    });
    if let Some(items) = items.filter(|_| is_list) {
        draft.children(items).iter().for_each(|item| add(draft, doc, item.value, out));
    }
}

/// What further branches give for the fields that tell an object.
fn others(draft: &Draft, root: Id, metadata: Option<Id>) -> Vec<(&'static str, String)> {
    let twins = |map: Id, key: &'static str| {
        let all = draft.children(map).iter().filter(move |child| draft.key_text(child) == Some(key));
        all.skip(1).map(move |child| (key, draft.data(child.value).scalar_text()))
    };
    let group =
        |(key, api): (&'static str, String)| (key, api.rsplit_once('/').map_or(String::new(), |(group, _)| group.to_owned()));
    let named = metadata.into_iter().flat_map(|metadata| twins(metadata, "name"));
    twins(root, "kind").chain(twins(root, "apiVersion").map(group)).chain(named).collect()
}

/// The member of a map, looked up by its text.
pub fn child(draft: &Draft, map: Id, key: &str) -> Option<Id> {
    let map = draft.resolve(map);
    draft.is_map(map).then(|| draft.find(map, key)).flatten().map(|i| draft.children(map)[i].value)
}

/// The text of a scalar member; none where it is null or no scalar.
pub fn scalar(draft: &Draft, map: Id, key: &str) -> Option<String> {
    let node = draft.resolve(child(draft, map, key)?);
    match &draft.node(node).body {
        Body::Scalar { value: Value::Null, .. } => None,
        Body::Scalar { text, .. } => Some(text.clone()),
        _ => None,
    }
}

/// Whether a document is encrypted: its values must not be touched, or its checksum no longer fits.
pub fn is_encrypted(draft: &Draft, doc: usize) -> bool {
    let Some(sops) = draft.docs.get(doc).and_then(|root| child(draft, *root, "sops")) else { return false };
    ["mac", "version", "lastmodified"].iter().any(|key| child(draft, sops, key).is_some())
}

/// Why it is not known whether something is what a target asks for.
pub type Guess = &'static str;

impl Object {
    /// Whether it is of one of these kinds, groups and names; with what had to be guessed, if it is one at all.
    pub fn is(&self, kinds: &[String], groups: &[String], names: &[String]) -> Option<Option<Guess>> {
        let mut guess = None;
        let mut is = |field: &str, globs: &[String], text: Option<&str>, may: bool, computed: Guess| {
            let others = self.others.iter().filter(|(other, _)| *other == field).map(|(_, text)| any_glob(globs, Some(text)));
            let known: Vec<bool> = std::iter::once(any_glob(globs, text)).chain(others).collect();
            let (all, some) = (known.iter().all(|known| *known), known.contains(&true));
            let other = "another branch of the template makes it another object";
            guess = guess.or((!all).then_some(if some { other } else { computed }));
            some || may
        };
        let (kind, group) = (self.kind.as_deref().unwrap_or_default(), self.group.as_deref().unwrap_or_default());
        let name = self.name.split("{{").next().unwrap_or_default();
        let kind_may = kind.contains("{{") && kinds.iter().any(|one| kind.contains(one));
        let group_may = group.contains("{{") && !kinds.is_empty();
        let name_may = self.name.contains("{{") && names.iter().any(|glob| glob.starts_with(name));
        let fits = is("kind", kinds, self.kind.as_deref(), kind_may, "the template computes the `kind` of this object")
            && (self.group.is_none()
                || is("apiVersion", groups, Some(group), group_may, "the template computes the `apiVersion` of this object"))
            && is("name", names, Some(&self.name), name_may, "the template computes the `name` of this object");
        fits.then_some(guess)
    }

    /// `doc` in expressions.
    pub fn facts(&self, file: &str, partial: bool) -> serde_json::Value {
        json!({
            "kind": self.kind, "group": self.group, "version": self.version, "name": self.name,
            "namespace": self.namespace, "file": file, "line": self.line, "partial": partial || self.partial,
        })
    }
}
