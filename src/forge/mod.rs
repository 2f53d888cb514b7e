//! Pull requests: the `git` command, and what GitHub, GitLab and Gitea (Forgejo) are asked. Knows nothing of migrations.
mod base64;
pub mod decide;
pub mod git;
mod gitea;
mod github;
mod gitlab;
mod http;
pub mod interrupt;
pub mod mark;
mod origin;
pub mod remote;

pub use gitlab::push_options;
use remote::{Kind, Remote};

/// What went wrong, and what to do about it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct Trouble {
    pub message: String,
    /// Lines that help; empty where nothing is known to.
    pub help: String,
    /// Somebody else changed the branch meanwhile.
    pub overtaken: bool,
}

impl Trouble {
    pub fn new(message: impl Into<String>, help: impl Into<String>) -> Self {
        Trouble { message: message.into(), help: help.into(), overtaken: false }
    }
}

/// A pull request, or a merge request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pull {
    pub number: u64,
    /// Where people look at it.
    pub url: String,
    /// Without the mark of a draft, where that is a part of it.
    pub title: String,
    pub body: String,
    pub labels: Vec<String>,
    pub state: State,
    pub draft: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    Open,
    /// And not merged.
    Closed,
    Merged,
}

/// A pull request to be opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct New<'a> {
    pub branch: &'a str,
    pub base: &'a str,
    pub title: &'a str,
    pub body: &'a str,
    pub draft: bool,
}

/// What came of opening one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Made {
    Pull(Pull),
    /// There is one: somebody was faster.
    Exists,
    /// The base has everything that the branch has.
    NothingBetween,
}

/// What is known of a repository.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Repository {
    /// Nobody may write to it.
    pub archived: bool,
}

/// A place where pull requests live. Texts go in as they are; drafts are marked by each forge in its own way.
pub trait Forge {
    fn name(&self) -> &'static str;

    /// Looks at the repository; comes before all else.
    ///
    /// # Errors
    /// As all of these: no network, no access, limits that do not end within minutes.
    fn repository(&mut self) -> Result<Repository, Trouble>;

    /// Those from `branch` of this repository to `base`, the newest first.
    ///
    /// # Errors
    /// As `repository`.
    fn pulls(&self, branch: &str, base: &str) -> Result<Vec<Pull>, Trouble>;

    /// # Errors
    /// As `repository`; what the forge does not like about it.
    fn create(&self, new: &New) -> Result<Made, Trouble>;

    /// Gives it another title, body or state (open or closed); none: stays as it is.
    ///
    /// # Errors
    /// As `create`.
    fn update(&self, pull: &Pull, title: Option<&str>, body: Option<&str>, state: Option<State>) -> Result<(), Trouble>;

    /// # Errors
    /// As `create`.
    fn add_labels(&self, pull: &Pull, labels: &[String]) -> Result<(), Trouble>;

    /// Asks people (`ORG/TEAM`: teams, where there are some) for a review.
    ///
    /// # Errors
    /// As `create`; people who cannot be asked.
    fn ask(&self, pull: &Pull, reviewers: &[String]) -> Result<(), Trouble>;

    /// # Errors
    /// As `create`.
    fn comment(&self, pull: &Pull, text: &str) -> Result<(), Trouble>;

    /// What, with a path behind it, is the address of a file of `branch`.
    fn blob(&self, branch: &str) -> String;
}

/// How a forge is reached.
pub struct Access<'a> {
    /// `https://…/api/v3`; none: where that forge has it.
    pub api_url: Option<&'a str>,
    pub token: &'a str,
    /// The variable that the token is from, for messages.
    pub token_env: &'a str,
    /// Is told what is waited for.
    pub say: Box<dyn Fn(&str)>,
}

/// The forge of a remote; none for `Kind::None`.
///
/// # Errors
/// An address that no token is to be sent to.
pub fn open(kind: Kind, remote: &Remote, access: Access) -> Result<Option<Box<dyn Forge>>, Trouble> {
    let base = access.api_url.map_or_else(|| remote.api(kind), |url| url.trim_end_matches('/').to_owned());
    let path = remote.path_below(&base);
    let owned = |http| (path.clone(), remote.web(), http);
    Ok(match kind {
        Kind::GitHub => {
            let http = http::Http::new("GitHub", &base, ("authorization", format!("Bearer {}", access.token)), access)?;
            Some(Box::new(github::GitHub::new(owned(http))))
        }
        Kind::GitLab => {
            let http = http::Http::new("GitLab", &base, ("private-token", access.token.to_owned()), access)?;
            Some(Box::new(gitlab::GitLab::new(owned(http))))
        }
        Kind::Gitea => {
            let http = http::Http::new("Gitea", &base, ("authorization", format!("token {}", access.token)), access)?;
            Some(Box::new(gitea::Gitea::new(owned(http))))
        }
        Kind::None => None,
    })
}

/// The items of a list that a forge gave.
///
/// # Errors
/// It is none: nothing can be said of what is there.
fn list<'j>(body: &'j serde_json::Value, what: &str) -> Result<&'j [serde_json::Value], Trouble> {
    body.as_array().map(Vec::as_slice).ok_or_else(|| odd(what))
}

/// An answer that cannot be worked with.
fn odd(what: &str) -> Trouble {
    Trouble::new(
        format!("the forge's answer about {what} is not what its documentation says"),
        "is --api-url the address of its API, and not of its pages?\nnothing that was done is lost: the same command goes on",
    )
}

/// A member of a JSON object that is a text; empty where it is not there.
fn text<'j>(json: &'j serde_json::Value, name: &str) -> &'j str {
    json.get(name).and_then(serde_json::Value::as_str).unwrap_or_default()
}

/// The texts of a list, or the member `name` of each of its objects.
fn names(json: &serde_json::Value, list: &str, name: &str) -> Vec<String> {
    let items = json.get(list).and_then(serde_json::Value::as_array).into_iter().flatten();
    items.filter_map(|item| item.as_str().or(item.get(name)?.as_str())).map(str::to_owned).collect()
}
