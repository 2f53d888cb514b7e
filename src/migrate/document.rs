//! The Kubernetes objects of a file: its documents, and the items of `kind: List`.
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
    pub group: String,
    pub version: String,
    pub name: String,
    pub namespace: String,
    /// 1-based line that it starts on.
    pub line: usize,
}

/// All objects of a draft, in order. Documents that the run added are not among them.
pub fn objects(draft: &Draft) -> Vec<Object> {
    let own = draft.texts[0].tree.docs.len();
    let mut out = Vec::new();
    for (doc, root) in draft.docs.iter().enumerate().take(own) {
        add(draft, doc, *root, &mut out);
    }
    number(draft, &mut out);
    out
}

/// Finds the lines of all objects in one pass.
fn number(draft: &Draft, objects: &mut [Object]) {
    let text = &draft.texts[0].text;
    let (mut at, mut line) = (0, 1);
    for object in objects {
        let start = draft.file_span(object.root).map_or(0, |s| s.start).clamp(at, text.len());
        line += text[at..start].matches('\n').count();
        (at, object.line) = (start, line);
    }
}

fn add(draft: &Draft, doc: usize, root: Id, out: &mut Vec<Object>) {
    let text = |map: Id, key: &str| scalar(draft, map, key);
    let kind = text(root, "kind");
    let api = text(root, "apiVersion").unwrap_or_default();
    let (group, version) = api.rsplit_once('/').map_or(("", api.as_str()), |(g, v)| (g, v));
    let metadata = child(draft, root, "metadata");
    let meta = |key: &str| metadata.and_then(|m| text(m, key)).unwrap_or_default();
    let items = child(draft, root, "items").filter(|items| draft.is_seq(*items));
    let is_list = kind.as_deref().is_some_and(|k| k.ends_with("List"));
    out.push(Object {
        root,
        doc,
        group: group.to_owned(),
        version: version.to_owned(),
        name: meta("name"),
        namespace: meta("namespace"),
        line: 1,
        kind,
    });
    if let Some(items) = items.filter(|_| is_list) {
        draft.children(items).iter().for_each(|item| add(draft, doc, item.value, out));
    }
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

impl Object {
    /// `doc` in expressions.
    pub fn facts(&self, file: &str, partial: bool) -> serde_json::Value {
        json!({
            "kind": self.kind, "group": self.group, "version": self.version, "name": self.name,
            "namespace": self.namespace, "file": file, "line": self.line, "partial": partial,
        })
    }
}
