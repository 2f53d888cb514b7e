//! Whose file is this? Read-only facts about the repository that no single file tells.

/// A place in a values file that holds the values of a chart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ValuesOwner {
    pub chart: String,
    /// Key of the section (a dependency's alias or name); none: the whole file.
    pub section: Option<String>,
}

/// What is known of the repository; built once, read by every file's work.
#[derive(Debug, Default)]
pub struct Repo {
    /// By path relative to the root.
    pub values: std::collections::HashMap<String, Vec<ValuesOwner>>,
    /// Files that kustomization.yaml names as patches: their documents are partial.
    pub patches: std::collections::HashSet<String>,
    /// Every path of the run.
    pub paths: std::collections::HashSet<String>,
}

impl Repo {
    /// Charts whose values the file at `path` holds; empty where nothing claims it.
    pub fn values_of(&self, path: &str) -> &[ValuesOwner] {
        self.values.get(path).map_or(&[], Vec::as_slice)
    }

    pub fn is_patch(&self, path: &str) -> bool {
        self.patches.contains(path)
    }

    pub fn exists(&self, path: &str) -> bool {
        self.paths.contains(path)
    }
}

/// Reads the few files that say whose a values file is.
///
/// `root` is the folder that paths are relative to; `files` are all paths of the run, with `/`. What cannot be read is a
/// finding, never an error.
pub fn build(
    _root: &std::path::Path,
    files: &[String],
    _carriers: &[crate::pack::target::Carrier],
) -> (Repo, Vec<crate::report::Finding>) {
    (Repo { paths: files.iter().cloned().collect(), ..Repo::default() }, Vec::new())
}
