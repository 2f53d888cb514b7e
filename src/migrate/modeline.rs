//! Modelines: the comment above a document that tells an editor its schema follows a raised apiVersion.
use super::bump::Raise;
use crate::report::Splice;
use crate::yaml::trivia::{line_end, line_start};

/// Splices for the modelines above what starts at byte `start` of `text`.
pub fn follow(text: &str, start: usize, raise: &Raise) -> Vec<Splice> {
    let mut out = Vec::new();
    let mut at = line_start(text, start);
    while at > 0 {
        let above = line_start(text, at - 1);
        let line = &text[above..line_end(text, above)];
        if !line.trim_start().starts_with('#') && line.trim_end() != "---" {
            break;
        }
        if line.contains("$schema=") {
            let (old, new) =
                (schema(&raise.from, &raise.old_kind), schema(&raise.to, raise.kind.as_ref().unwrap_or(&raise.old_kind)));
            out.extend(line.find(&old).map(|i| Splice { at: above + i..above + i + old.len(), with: new }));
        }
        at = above;
    }
    out
}

/// `group/kind_version.json`, as the catalogues of schemas name their files.
fn schema(api: &str, kind: &str) -> String {
    let (group, version) = api.rsplit_once('/').unwrap_or(("", api));
    let file = format!("{}_{version}.json", kind.to_lowercase());
    if group.is_empty() { file } else { format!("{group}/{file}") }
}
