//! A named thing and every place it can live.
use super::path::Path;

#[derive(Debug, Clone)]
pub struct Target {
    pub name: String,
    /// camelCase and snake_case name the same field.
    pub protojson: bool,
    pub places: Vec<Place>,
}

#[derive(Debug, Clone)]
pub struct Place {
    pub on: On,
    /// `$` is the document, or the named target.
    pub at: Path,
    pub when: Vec<Path>,
    /// The node is a string that holds YAML or JSON.
    pub embedded: bool,
    /// A list of pairs read as a map: the member for the name, the member for the value.
    pub pairs: Option<(String, String)>,
    /// For `values-of`: any one hit makes an unclaimed values file count.
    pub shape: Vec<Path>,
}

#[derive(Debug, Clone)]
pub enum On {
    /// Empty lists match everything; entries of `kinds`, `groups` and `names` are globs.
    Doc {
        kinds: Vec<String>,
        groups: Vec<String>,
        names: Vec<String>,
    },
    File(String),
    Target(String),
    ValuesOf(String),
}

/// Where a carrier document (Argo CD, Flux …) names charts and holds their values (`migrations/carriers/*.yaml`).
#[derive(Debug, Clone)]
pub struct Carrier {
    pub kinds: Vec<String>,
    pub groups: Vec<String>,
    /// Base of the paths below; `$` where `each` is not given.
    pub each: Vec<Path>,
    pub chart_name: Path,
    pub chart_version: Option<Path>,
    pub chart_repo: Option<Path>,
    pub values: Vec<(Path, bool)>,
    /// Values files that the document names.
    pub files: Vec<Path>,
}
