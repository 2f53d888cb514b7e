//! JSON patches (RFC 6902) that are written into other documents: they are not edited, but named where a rule may care.
use super::document;
use crate::pack::registry::Run;
use crate::source::Span;
use crate::yaml::draft::{Body, Draft, Id};
use crate::yaml::syntax;

/// An operation that a migration of the run may concern: where, its path, the title of the migration and its id.
pub struct Concern {
    pub at: Span,
    pub path: String,
    pub title: String,
    pub id: String,
}

/// The first operation of each patch for each migration whose needles are in what the patch says, the target of the patch
/// included.
pub fn concerns(draft: &mut Draft, file: &str, runs: &[Run]) -> Vec<Concern> {
    let Some(carriers) = runs.first().map(|run| run.carriers.clone()) else { return Vec::new() };
    let objects = document::objects(draft, file, &carriers);
    let mut out = Vec::new();
    for id in objects.iter().flat_map(|object| document::patch_texts(draft, object, file, &carriers)).collect::<Vec<_>>() {
        let Some((text, paths)) = operations(draft, id) else { continue };
        let around = draft.node(id).parent.and_then(|entry| draft.file_span(entry)).map(|span| &draft.texts[0].text[span]);
        // `~1` is a slash in the names of a path.
        let said = format!("{}\n{text}", around.unwrap_or_default()).replace("~1", "/");
        for active in runs.iter().flat_map(|run| &run.active) {
            let hit = active.rules.iter().any(|rule| active.migration.rules[rule.index].needles.may_hit(&said));
            let path = paths.first().cloned().unwrap_or_default();
            if let (true, Some(at)) = (hit, draft.file_span(id)) {
                let (title, id) = (active.migration.title.clone(), active.migration.id.clone());
                out.push(Concern { at, path, title, id });
            }
        }
    }
    out
}

/// The text of a list of operations, and the paths that they are for.
fn operations(draft: &Draft, id: Id) -> Option<(String, Vec<String>)> {
    let text = match &draft.node(id).body {
        Body::Embedded { text, .. } => draft.texts[*text].text.clone(),
        Body::Scalar { text, .. } => text.clone(),
        _ => return None,
    };
    let list = Draft::new(&text, syntax::parse(&text).ok()?);
    let items = list.children(*list.docs.first()?);
    let paths: Vec<String> = items.iter().filter_map(|item| document::scalar(&list, item.value, "path")).collect();
    let all = items.iter().all(|item| document::scalar(&list, item.value, "op").is_some());
    (all && !paths.is_empty()).then_some((text, paths))
}
