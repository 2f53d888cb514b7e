//! The CustomResourceDefinitions that edits have to fit, from files and folders.
use crate::input::{decode, discover};
use crate::schema::Crds;
use std::path::Path;

/// What a path held.
#[derive(Debug, Default)]
pub struct Shelf {
    /// How many definitions.
    pub found: usize,
    /// What has to be told, with its place.
    pub said: Vec<String>,
    /// What could not be read, with its place: what it defines is not known.
    pub unread: Vec<String>,
}

/// Takes in the definitions of a file, or of a folder and all below it; a definition wins over those of the same kind before.
///
/// # Errors
/// A path that is not there, or that cannot be walked.
pub fn crds(path: &Path, into: &mut Crds) -> anyhow::Result<Shelf> {
    let mut shelf = Shelf::default();
    for file in discover::below(path)? {
        let name = file.display().to_string();
        let text = match std::fs::read(&file) {
            // Most files of a chart hold none, and need not be read.
            Ok(bytes) if !decode::is_wide(&bytes) && !holds_some(&bytes) => continue,
            Ok(bytes) => decode::decode(&name, file.clone(), &bytes).map(|source| source.text).map_err(|e| e.why),
            Err(error) => Err(super::plain(&error)),
        };
        match text {
            Ok(text) => {
                let read = into.read(&text);
                shelf.found += read.found;
                let said = if read.unread { &mut shelf.unread } else { &mut shelf.said };
                said.extend(read.said.iter().map(|(line, column, why)| format!("{name}:{line}:{column}: {why}")));
            }
            Err(why) => shelf.unread.push(format!("{name}: it cannot be read: {why}")),
        }
    }
    Ok(shelf)
}

fn holds_some(bytes: &[u8]) -> bool {
    const NAME: &[u8] = b"CustomResourceDefinition";
    bytes.windows(NAME.len()).any(|window| window == NAME)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_and_what_cannot_be_read() {
        let dir = tempfile::tempdir().unwrap();
        let crd = "kind: CustomResourceDefinition\nspec:\n  group: demo.dev\n  names: {kind: Thing}\n  versions: [{name: v1, served: true}]\n";
        let put = |path: &str, bytes: &[u8]| {
            let path = dir.path().join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, bytes).unwrap();
        };
        put("chart/crds/thing.yaml", crd.as_bytes());
        put("chart/templates/deployment.yaml", b"a: {{ .b }\n  c: [\n");
        put("chart/broken.yaml", format!("{crd}a: [\n").as_bytes());
        put("chart/latin.yaml", &[crd.as_bytes(), b"# \xe9\n"].concat());
        let mut crds = Crds::default();
        let shelf = crds_of(dir.path(), &mut crds);
        assert!(shelf.found == 1 && crds.of("demo.dev", "Thing").is_some());
        assert_eq!((shelf.said.len(), shelf.unread.len()), (0, 2), "{:?}", shelf.unread);
        assert!(shelf.unread[0].contains("broken.yaml:6:4: it") && shelf.unread[1].contains("latin.yaml: it"));
        assert!(super::crds(&dir.path().join("gone"), &mut crds).unwrap_err().to_string().contains("there is no"));
    }

    fn crds_of(path: &Path, into: &mut Crds) -> Shelf {
        super::crds(path, into).unwrap()
    }
}
