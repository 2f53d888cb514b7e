//! Files that a person writes beside a repository: `.yamlift.yaml`, and the parameters of `--values`.
use super::PackError;
use super::author::Page;
use crate::yaml::draft::Id;
use serde_json::Value as Json;

/// What `.yamlift.yaml` may say; flags win over it.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Config {
    /// Folders with packs, as written: relative to the folder of the file.
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
    /// Files and folders with CustomResourceDefinitions, relative as `packs`.
    pub crds: Vec<String>,
    pub pr: PullRequest,
}

/// How pull requests are made. Where they go, and with whose token, is said by flags alone: a repository may not send a token
/// somewhere else.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct PullRequest {
    pub title: Option<String>,
    /// A file with the template of the description, relative as `packs`.
    pub body: Option<String>,
    pub labels: Vec<String>,
    pub reviewers: Vec<String>,
    pub draft: Option<bool>,
    pub branch_prefix: Option<String>,
    /// `one` or `each`.
    pub commit: Option<String>,
    pub commit_prefix: Option<String>,
    /// `Name <mail>`.
    pub author: Option<String>,
}

const KEYS: [&str; 11] = ["packs", "to", "from", "only", "skip", "enable", "safety", "params", "exclude", "crds", "pr"];

const PR_KEYS: [&str; 9] =
    ["title", "body", "labels", "reviewers", "draft", "branch-prefix", "commit", "commit-prefix", "author"];

/// Reads a file of settings; `file` is its name in errors.
///
/// # Errors
/// What is no YAML map, unknown keys (with the nearest one), values of another shape, each with line and column.
pub fn read(file: &str, text: &str) -> Result<Config, PackError> {
    let page = Page::read(file, without_mark(text))?;
    let Some(root) = root(&page)? else { return Ok(Config::default()) };
    let fields = page.fields(root, &KEYS)?;
    let list = |key: &str| fields.get(key).map_or(Ok(Vec::new()), |node| page.strings(node));
    let levels = ["safe", "review"];
    let safety = fields.get("safety").map(|node| Ok(levels[page.one_of(node, &levels)?].to_owned()));
    Ok(Config {
        packs: list("packs")?,
        to: list("to")?,
        from: list("from")?,
        only: list("only")?,
        skip: list("skip")?,
        enable: list("enable")?,
        safety: safety.transpose()?,
        params: fields.get("params").map_or(Ok(Vec::new()), |node| named(&page, node))?,
        exclude: list("exclude")?,
        crds: list("crds")?,
        pr: fields.get("pr").map_or(Ok(PullRequest::default()), |node| pull_request(&page, node))?,
    })
}

fn pull_request(page: &Page, node: Id) -> Result<PullRequest, PackError> {
    let fields = page.fields(node, &PR_KEYS)?;
    let text = |key: &str| fields.get(key).map(|node| page.string(node)).transpose();
    let list = |key: &str| fields.get(key).map_or(Ok(Vec::new()), |node| page.strings(node));
    let ways = ["one", "each"];
    let commit = fields.get("commit").map(|node| Ok(ways[page.one_of(node, &ways)?].to_owned()));
    Ok(PullRequest {
        title: text("title")?,
        body: text("body")?,
        labels: list("labels")?,
        reviewers: list("reviewers")?,
        draft: fields.get("draft").map(|node| page.boolean(node)).transpose()?,
        branch_prefix: text("branch-prefix")?,
        commit: commit.transpose()?,
        commit_prefix: text("commit-prefix")?,
        author: text("author")?,
    })
}

/// Reads a file of parameters: a map of names and values.
///
/// # Errors
/// What is no YAML map, with line and column.
pub fn values(file: &str, text: &str) -> Result<Vec<(String, Json)>, PackError> {
    let page = Page::read(file, without_mark(text))?;
    root(&page)?.map_or(Ok(Vec::new()), |root| named(&page, root))
}

fn named(page: &Page, map: Id) -> Result<Vec<(String, Json)>, PackError> {
    Ok(page.members(map)?.into_iter().map(|(key, _, value)| (key, page.json(value))).collect())
}

/// The only document; none where the file says nothing.
fn root(page: &Page) -> Result<Option<Id>, PackError> {
    match page.draft.docs.as_slice() {
        [] => Ok(None),
        [root] if page.draft.is_null(*root) => Ok(None),
        _ => page.root().map(Some),
    }
}

fn without_mark(text: &str) -> &str {
    text.strip_prefix('\u{feff}').unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_setting() {
        let text = "packs: mine\nto: [mesh@1.27]\nfrom: '1.26'\nsafety: review\nparams: {collector: 'a:1', n: 3}\nexclude:\n- gen/**\ncrds: mesh/crds\n";
        let config = read("c", text).unwrap();
        assert_eq!((config.packs, config.to, config.from), (vec!["mine".into()], vec!["mesh@1.27".into()], vec!["1.26".into()]));
        assert_eq!((config.safety.as_deref(), config.exclude), (Some("review"), vec!["gen/**".into()]));
        assert_eq!(config.crds, ["mesh/crds"]);
        assert_eq!(config.params, [("collector".into(), "a:1".into()), ("n".into(), 3.into())]);
        let pr = read("c", "pr: {title: T, body: b.md, labels: [a], draft: true, commit: each, branch-prefix: x/}\n").unwrap().pr;
        assert_eq!((pr.title.as_deref(), pr.body.as_deref(), pr.draft), (Some("T"), Some("b.md"), Some(true)));
        assert_eq!((pr.labels, pr.commit.as_deref(), pr.branch_prefix.as_deref()), (vec!["a".into()], Some("each"), Some("x/")));
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
        assert_eq!(no("to: a@1\nexlude: x\n"), "2:1 unknown key `exlude` did you mean `exclude`?");
        assert!(no("from: 1.20\n").starts_with("1:7 a text is expected"));
        assert!(no("only: [a, {b: c}]\n").starts_with("1:11 a text is expected"));
        assert!(no("safety: manual\n").starts_with("1:9 `manual` is not one of safe, review"));
        assert!(no("a: 1\n---\nb: 1\n").starts_with("3:1 a second document"));
        assert!(no("- a\n").starts_with("1:1 a map"));
        assert!(no("pr: {api-url: https://x}\n").starts_with("1:6 unknown key `api-url`"));
        assert!(no("pr: {commit: all}\n").starts_with("1:14 `all` is not one of one, each"));
        assert!(no("a: [\n").contains(':'));
    }
}
