//! A named thing and every place it can live; carriers, which name charts and hold their values.
use super::author::{Fields, Page};
use super::glob::{any_glob, glob_file};
use super::path::{self, Path};
use super::{Pack, PackError};
use crate::yaml::draft::Id;
use std::collections::BTreeMap;

#[derive(Debug, Clone)]
pub struct Target {
    pub name: String,
    /// camelCase and `snake_case` name the same field.
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
    /// What stands before the YAML in the string, such as `name=`; strings that start otherwise are not meant.
    pub prefix: String,
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
    /// Where one of these charts is named; `$` is `{ name, version, repo, values }`.
    Chart(Vec<String>),
}

impl On {
    /// The name of the target that it starts from.
    pub fn target(&self) -> Option<&str> {
        if let On::Target(name) = self { Some(name) } else { None }
    }
}

/// The chart of a name that stands behind a repository: `repository/chart`, `oci://host/chart`.
pub fn last_part(name: &str) -> &str {
    name.rsplit('/').next().unwrap_or(name)
}

/// Where a carrier, a document of a GitOps tool, names charts and holds their values, or holds patches
/// (`migrations/carriers/*.yaml`).
#[derive(Debug, Clone)]
pub struct Carrier {
    pub kinds: Vec<String>,
    pub groups: Vec<String>,
    /// Base of the paths below; `$` where `each` is not given.
    pub each: Vec<Path>,
    /// None: it holds no chart, but patches.
    pub chart_name: Option<Path>,
    /// Kind of the object that `chart_name` is the name of, where that object names the chart.
    pub chart_object: Option<String>,
    /// Name of the document, where others name it for the values of their chart.
    pub chart_named: Option<Path>,
    pub chart_version: Option<Path>,
    pub chart_repo: Option<Path>,
    /// Where the chart is a folder of the repository: relative to the file for a carrier that is known by its file, else to
    /// the root.
    pub chart_path: Option<Path>,
    pub values: Vec<(Path, bool)>,
    /// Values files that the document names.
    pub files: Vec<Path>,
    /// Name of the file, where that tells the document: it need not have a kind.
    pub file: Option<String>,
    /// Texts that hold partial documents (patches), each an object of its own.
    pub patches: Vec<Path>,
    /// Maps that choose objects by `group`, `version` and `kind`.
    pub selectors: Vec<Path>,
}

impl Carrier {
    /// What a Chart.yaml says of the charts that it depends on; their values are in other files.
    pub fn dependencies() -> Carrier {
        let path = |text: &str| Path { source: text.to_owned(), computed: None, segments: path::split(text).unwrap_or_default() };
        Carrier {
            kinds: Vec::new(),
            groups: Vec::new(),
            each: vec![path("$.dependencies[*]")],
            chart_name: Some(path("$.name")),
            chart_object: None,
            chart_named: None,
            chart_version: Some(path("$.version")),
            chart_repo: Some(path("$.repository")),
            chart_path: None,
            values: Vec::new(),
            files: Vec::new(),
            file: Some("{Chart.yaml,requirements.yaml}".to_owned()),
            patches: Vec::new(),
            selectors: Vec::new(),
        }
    }

    /// Whether a document of this kind and group (none: any), in the file at `path`, is one that the carrier speaks of.
    pub fn speaks_of(&self, kind: Option<&str>, group: Option<&str>, path: &str) -> bool {
        match &self.file {
            Some(file) => kind.is_none() && glob_file(file, path),
            None => any_glob(&self.kinds, kind) && group.is_none_or(|group| any_glob(&self.groups, Some(group))),
        }
    }

    /// What of the `path` that a document gives for its chart can be a folder. A text without `/` that is there for the
    /// name as well is a name.
    pub fn local<'t>(&self, path: Option<&'t str>, name: Option<&str>) -> Option<&'t str> {
        path.filter(|path| path.contains('/') || name != Some(path))
    }

    /// The folder that `chart_path` is relative to, the carrier being in the file at `path`.
    pub fn folder<'p>(&self, path: &'p str) -> &'p str {
        match self.file {
            Some(_) => path.rsplit_once('/').map_or("", |(folder, _)| folder),
            None => "",
        }
    }
}

/// `targets:` of a pack.
pub fn read(page: &Page, node: Id) -> Result<BTreeMap<String, Target>, PackError> {
    let mut out = BTreeMap::new();
    let mut refers = Vec::new();
    for (name, _, value) in page.members(node)? {
        let fields = page.fields(value, &["keys", "in"])?;
        let protojson = fields.get("keys").map(|node| page.one_of(node, &["protojson"])).transpose()?.is_some();
        let mut places = Vec::new();
        for item in page.list(fields.need("in")?) {
            let place = place(page, item)?;
            refers.extend(place.on.target().map(|other| (name.clone(), other.to_owned(), item)));
            places.push(place);
        }
        out.insert(name.clone(), Target { name, protojson, places });
    }
    for (_, other, item) in &refers {
        if !out.contains_key(other) {
            let help = super::near(other, out.keys().map(String::as_str)).map(|near| format!("did you mean `{near}`?"));
            return Err(PackError { help, ..page.error(*item, format!("there is no target `{other}`")) });
        }
    }
    for (name, _, item) in &refers {
        if reaches(name, name, &refers, 0) {
            return Err(page.error(*item, format!("target `{name}` leads back to itself")));
        }
    }
    Ok(out)
}

fn reaches(from: &str, to: &str, refers: &[(String, String, Id)], depth: usize) -> bool {
    depth <= refers.len() && refers.iter().any(|(a, b, _)| a == from && (b == to || reaches(b, to, refers, depth + 1)))
}

/// What a place starts from.
pub(super) fn on(page: &Page, node: Id, fields: &Fields) -> Result<On, PackError> {
    let known = ["doc", "file", "target", "values-of", "chart"];
    if let [_, (second, other), ..] = known.iter().filter_map(|key| Some((key, fields.get(key)?))).collect::<Vec<_>>().as_slice()
    {
        return Err(page.error(*other, format!("`{second}` is a second place: give each an entry of its own")));
    }
    Ok(match fields.one_of(&known) {
        Some(("doc", doc)) => doc_of(page, doc)?,
        Some(("file", file)) => On::File(page.string(file)?),
        Some(("target", target)) => On::Target(page.string(target)?),
        Some(("values-of", chart)) => On::ValuesOf(page.string(chart)?),
        Some((_, charts)) => On::Chart(page.strings(charts)?),
        None => return Err(page.error(node, format!("a place is one of {}", known.join(", ")))),
    })
}

fn place(page: &Page, node: Id) -> Result<Place, PackError> {
    let fields = page
        .fields(node, &["doc", "file", "target", "values-of", "chart", "at", "when", "embedded", "prefix", "pairs", "shape"])?;
    let on = on(page, node, &fields)?;
    let pairs = match fields.get("pairs").map(|n| Ok((n, page.strings(n)?))).transpose()? {
        None => None,
        Some((_, names)) if names.len() == 2 => Some((names[0].clone(), names[1].clone())),
        Some((node, _)) => {
            return Err(
                page.error(node, "`pairs` are two members, the one for the name and the one for the value: [name, value]")
            );
        }
    };
    Ok(Place {
        on,
        at: fields.get("at").map_or_else(|| plain(page, node, "$"), |n| plain(page, n, &page.string(n)?))?,
        when: fields.get("when").map_or_else(|| Ok(Vec::new()), |n| plains(page, n))?,
        embedded: embedded(page, &fields)?,
        prefix: fields.get("prefix").map_or_else(|| Ok(String::new()), |n| page.string(n))?,
        pairs,
        shape: fields.get("shape").map_or_else(|| Ok(Vec::new()), |n| plains(page, n))?,
    })
}

/// Whether the node is a text that holds YAML.
fn embedded(page: &Page, fields: &Fields) -> Result<bool, PackError> {
    Ok(fields.get("embedded").map(|node| page.one_of(node, &["yaml"])).transpose()?.is_some())
}

fn doc_of(page: &Page, node: Id) -> Result<On, PackError> {
    if !page.is_map(node) {
        return match page.string(node)?.as_str() {
            "any" => Ok(On::Doc { kinds: Vec::new(), groups: Vec::new(), names: Vec::new() }),
            other => Err(page.error(node, format!("`{other}`: write `any`, or {{ kind, group, name }}"))),
        };
    }
    let fields = page.fields(node, &["kind", "group", "name"])?;
    let texts = |key: &str| fields.get(key).map_or_else(|| Ok(Vec::new()), |n| page.strings(n));
    Ok(On::Doc { kinds: texts("kind")?, groups: texts("group")?, names: texts("name")? })
}

/// `{ kind, group, name }` in a rule, or another place.
pub fn inline(page: &Page, node: Id) -> Result<Target, PackError> {
    let fields = page.fields(node, &["kind", "group", "name", "values-of", "file", "chart"])?;
    let on = match fields.one_of(&["values-of", "chart", "file"]) {
        Some(("values-of", chart)) => On::ValuesOf(page.string(chart)?),
        Some(("chart", charts)) => On::Chart(page.strings(charts)?),
        Some((_, file)) => On::File(page.string(file)?),
        None => doc_of(page, node)?,
    };
    Target::of_place(on, page, node)
}

impl Target {
    /// One that is not named: a place as a whole.
    pub(super) fn of_place(on: On, page: &Page, node: Id) -> Result<Target, PackError> {
        let at = plain(page, node, "$")?;
        let place = Place { on, at, when: Vec::new(), embedded: false, prefix: String::new(), pairs: None, shape: Vec::new() };
        Ok(Target { name: String::new(), protojson: false, places: vec![place] })
    }
}

fn plains(page: &Page, node: Id) -> Result<Vec<Path>, PackError> {
    page.list(node).into_iter().map(|n| plain(page, n, &page.string(n)?)).collect()
}

/// A path without expressions.
pub(super) fn plain(page: &Page, node: Id, text: &str) -> Result<Path, PackError> {
    let segments = path::split(text).map_err(|why| page.error(node, why))?;
    path::Query::parse(text).map_err(|why| page.error(node, why))?;
    Ok(Path { source: text.to_owned(), computed: None, segments })
}

/// A file of carriers.
pub fn carriers(file: &str, text: &str) -> Result<Vec<Carrier>, PackError> {
    let page = Page::read(file, text)?;
    let mut out = Vec::new();
    for item in page.list(page.root()?) {
        let fields = page.fields(item, &["doc", "file", "each", "chart", "values", "files", "patches", "selectors"])?;
        let (kinds, groups) = match fields.get("doc").map(|doc| doc_of(&page, doc)).transpose()? {
            Some(On::Doc { kinds, groups, .. }) => (kinds, groups),
            _ => (Vec::new(), Vec::new()),
        };
        let (doc, file) = (fields.get("doc"), fields.get("file").map(|n| page.string(n)).transpose()?);
        let (chart, patches, selectors) = (fields.get("chart"), fields.get("patches"), fields.get("selectors"));
        if doc.is_none() && file.is_none() || chart.or(patches).or(selectors).is_none() {
            return Err(page.error(item, "a carrier has `doc` or `file`, and one of `chart`, `patches` and `selectors`"));
        }
        let chart = chart.map(|chart| page.fields(chart, &["name", "object", "version", "repo", "path", "named"])).transpose()?;
        let path = |node: Id| plain(&page, node, &page.string(node)?);
        let mut values = Vec::new();
        for value in fields.get("values").map_or_else(Vec::new, |n| page.list(n)) {
            let fields = page.fields(value, &["at", "embedded"])?;
            values.push((path(fields.need("at")?)?, embedded(&page, &fields)?));
        }
        out.push(Carrier {
            kinds,
            groups,
            each: fields.get("each").map_or_else(|| Ok(Vec::new()), |n| plains(&page, n))?,
            chart_name: match &chart {
                Some(chart) if chart.get("named").is_none() => Some(path(chart.need("name")?)?),
                _ => None,
            },
            chart_object: chart.as_ref().and_then(|chart| chart.get("object")).map(|node| page.string(node)).transpose()?,
            chart_named: chart.as_ref().and_then(|chart| chart.get("named")).map(path).transpose()?,
            chart_version: chart.as_ref().and_then(|chart| chart.get("version")).map(path).transpose()?,
            chart_repo: chart.as_ref().and_then(|chart| chart.get("repo")).map(path).transpose()?,
            chart_path: chart.as_ref().and_then(|chart| chart.get("path")).map(path).transpose()?,
            values,
            files: fields.get("files").map_or_else(|| Ok(Vec::new()), |n| plains(&page, n))?,
            file,
            patches: patches.map_or_else(|| Ok(Vec::new()), |n| plains(&page, n))?,
            selectors: selectors.map_or_else(|| Ok(Vec::new()), |n| plains(&page, n))?,
        });
    }
    Ok(out)
}

impl Pack {
    /// Whether one of its targets is in the values of this chart.
    pub fn has_values_of(&self, chart: &str) -> bool {
        let mut places = self.targets.values().flat_map(|target| &target.places);
        places.any(|place| matches!(&place.on, On::ValuesOf(known) if known == chart))
    }
}
