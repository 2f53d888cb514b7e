//! Files that a person writes beside a repository: `.yamlift.yaml`, and the parameters of `--values`.
use super::nearest::nearest;
use super::registry::PackError;
use crate::source::line_column;
use crate::yaml::draft::Draft;
use crate::yaml::tree::{Kind, NodeId};
use crate::yaml::{syntax, value};
use serde_json::Value as Json;

/// What `.yamlift.yaml` may say; flags win over it.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Config {
    /// Folders with packs, as written: relative to the folder of the repository.
    pub packs: Vec<String>,
    /// `PACK@VERSION`.
    pub to: Vec<String>,
    /// `[PACK@]VERSION`.
    pub from: Vec<String>,
    pub only: Vec<String>,
    pub skip: Vec<String>,
    pub enable: Vec<String>,
    /// `safe` or `review`.
    pub safety: Option<String>,
    pub params: Vec<(String, Json)>,
    pub exclude: Vec<String>,
}

const KEYS: [&str; 9] = ["packs", "to", "from", "only", "skip", "enable", "safety", "params", "exclude"];

/// Reads a configuration file; `file` is its name in errors.
///
/// # Errors
/// What is no YAML map, unknown keys (with the nearest one), values of another shape, each with line and column.
pub fn read(file: &str, text: &str) -> Result<Config, PackError> {
    let mut config = Config::default();
    for member in members(file, text)? {
        let list = || member.strings(file, text);
        match member.key.as_str() {
            "packs" => config.packs = list()?,
            "to" => config.to = list()?,
            "from" => config.from = list()?,
            "only" => config.only = list()?,
            "skip" => config.skip = list()?,
            "enable" => config.enable = list()?,
            "exclude" => config.exclude = list()?,
            "safety" => match member.json.as_str() {
                Some(level @ ("safe" | "review")) => config.safety = Some(level.into()),
                _ => return Err(error(file, text, member.value_at, "`safety` is `safe` or `review`", None)),
            },
            "params" => match member.json {
                Json::Object(map) => config.params = map.into_iter().collect(),
                Json::Null => {}
                _ => return Err(error(file, text, member.value_at, "`params` is a map of names and values", None)),
            },
            unknown => {
                let help = match nearest(unknown, KEYS) {
                    Some(name) => format!("did you mean `{name}`?"),
                    None => format!("known are: {}", KEYS.join(", ")),
                };
                return Err(error(file, text, member.key_at, format!("there is no setting `{unknown}`"), Some(help)));
            }
        }
    }
    Ok(config)
}

/// Reads a file of parameters: a map of names and values.
///
/// # Errors
/// What is no YAML map, with line and column.
pub fn values(file: &str, text: &str) -> Result<Vec<(String, Json)>, PackError> {
    Ok(members(file, text)?.into_iter().map(|member| (member.key, member.json)).collect())
}

struct Member {
    key: String,
    key_at: usize,
    value_at: usize,
    json: Json,
    /// Whether the file writes each item (or the value itself) as a string.
    written: Written,
}

#[derive(PartialEq)]
enum Written {
    Strings,
    /// A number, a boolean …: where the first one is.
    Other(usize),
}

impl Member {
    /// One string or a list of them.
    fn strings(&self, file: &str, text: &str) -> Result<Vec<String>, PackError> {
        if let Written::Other(at) = self.written {
            let help = "versions look like numbers: write them in quotes, as in \"1.20\"";
            let message = format!("`{}` is a string, or a list of strings", self.key);
            return Err(error(file, text, at, message, Some(help.into())));
        }
        Ok(match &self.json {
            Json::Array(items) => items.iter().filter_map(|item| item.as_str().map(str::to_owned)).collect(),
            Json::String(one) => vec![one.clone()],
            _ => Vec::new(),
        })
    }
}

fn members(file: &str, text: &str) -> Result<Vec<Member>, PackError> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let tree = syntax::parse(text).map_err(|e| error(file, text, e.at, e.message, e.help))?;
    if let Some(second) = tree.docs.get(1) {
        return Err(error(file, text, second.span.start, "one document is enough", None));
    }
    let Some(doc) = tree.docs.first().filter(|doc| !tree.node(doc.root).is_empty()) else { return Ok(Vec::new()) };
    let root = tree.node(doc.root);
    let Kind::Map { entries, .. } = &root.kind else {
        return Err(error(file, text, root.span.start, "a map is expected here", None));
    };
    let places: Vec<(usize, usize, Written)> = (entries.iter())
        .map(|entry| (tree.node(entry.key).span.start, tree.node(entry.value).span.start, written(&tree, entry.value)))
        .collect();
    let draft = Draft::new(text, tree);
    let data = draft.docs.first().map(|doc| value::to_json(&draft.data(*doc)));
    let Some(Json::Object(map)) = data else { return Ok(Vec::new()) };
    let members = map.into_iter().zip(places);
    Ok(members.map(|((key, json), (key_at, value_at, written))| Member { key, key_at, value_at, json, written }).collect())
}

fn written(tree: &crate::yaml::tree::Tree, id: NodeId) -> Written {
    let node = tree.node(id);
    match &node.kind {
        Kind::Scalar { style, value } => {
            let typed = crate::yaml::scalar::resolve(value, *style, None);
            let string = matches!(typed, value::Value::Str(_) | value::Value::Null);
            if string { Written::Strings } else { Written::Other(node.span.start) }
        }
        Kind::Seq { items, .. } => (items.iter().map(|item| match &tree.node(item.value).kind {
            Kind::Scalar { .. } => written(tree, item.value),
            _ => Written::Other(tree.node(item.value).span.start),
        }))
        .find(|w| *w != Written::Strings)
        .unwrap_or(Written::Strings),
        Kind::Map { .. } => Written::Other(node.span.start),
        Kind::Alias { target } => written(tree, *target),
    }
}

fn error(file: &str, text: &str, at: usize, message: impl Into<String>, help: Option<String>) -> PackError {
    let (line, column) = line_column(text, at);
    PackError { message: message.into(), place: Some((file.to_owned(), line, column)), help }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_setting() {
        let text =
            "packs: mine\nto: [mesh@1.27]\nfrom: '1.26'\nsafety: review\nparams: {collector: 'a:1', n: 3}\nexclude:\n- gen/**\n";
        let config = read("c", text).unwrap();
        assert_eq!((config.packs, config.to, config.from), (vec!["mine".into()], vec!["mesh@1.27".into()], vec!["1.26".into()]));
        assert_eq!((config.safety.as_deref(), config.exclude), (Some("review"), vec!["gen/**".into()]));
        assert_eq!(config.params, [("collector".into(), "a:1".into()), ("n".into(), 3.into())]);
        assert_eq!(read("c", "").unwrap(), Config::default());
        assert_eq!(read("c", "# nothing\n").unwrap(), Config::default());
    }

    #[test]
    fn mistakes_have_a_place() {
        let no = |text: &str| {
            let error = read("c", text).unwrap_err();
            let (_, line, column) = error.place.clone().unwrap();
            format!("{line}:{column} {} {}", error.message, error.help.unwrap_or_default())
        };
        assert_eq!(no("to: a@1\nexlude: x\n"), "2:1 there is no setting `exlude` did you mean `exclude`?");
        assert!(no("from: 1.20\n").starts_with("1:7 `from` is a string"));
        assert!(no("only: [a, {b: c}]\n").starts_with("1:11 `only`"));
        assert!(no("safety: manual\n").starts_with("1:9 `safety` is"));
        assert!(no("- a\n").starts_with("1:1 a map"));
        assert!(no("a: [\n").contains(':'));
    }
}
