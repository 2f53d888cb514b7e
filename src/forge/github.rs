//! GitHub, and GitHub Enterprise Server.
use super::http::{Answer, Http};
use super::remote::Kind;
use super::{Forge, Made, New, Pull, Repository, State, Trouble, list, names, odd, text};
use serde_json::{Value as Json, json};

pub struct GitHub {
    /// `owner/name`.
    path: String,
    web: String,
    http: Http,
}

impl GitHub {
    pub fn new((path, web, http): (String, String, Http)) -> Self {
        GitHub { path, web, http }
    }

    fn call(&self, method: &str, below: &str, body: &Json) -> Result<Answer, Trouble> {
        self.http.call(method, &format!("/repos/{}{below}", self.path), Some(body))
    }

    fn fine(&self, answer: Answer, fine: &[u16], deed: &str) -> Result<Answer, Trouble> {
        self.http.fine(answer, fine, deed, Kind::GitHub.permissions())
    }
}

impl Forge for GitHub {
    fn name(&self) -> &'static str {
        "GitHub"
    }

    fn repository(&mut self) -> Result<Repository, Trouble> {
        let answer = self.http.get(&format!("/repos/{}", self.path))?;
        let answer = self.fine(answer, &[200], &format!("show {}", self.path))?;
        // After a move it answers under the old name, but takes no pull request there.
        match text(&answer.body, "full_name") {
            "" => return Err(odd("the repository")),
            name => name.clone_into(&mut self.path),
        }
        Ok(Repository { archived: answer.body.get("archived") == Some(&Json::Bool(true)) })
    }

    fn pulls(&self, branch: &str, base: &str) -> Result<Vec<Pull>, Trouble> {
        let owner = self.path.split('/').next().unwrap_or_default();
        let (branch, base) = (query(branch), query(base));
        let path = format!("/repos/{}/pulls?state=all&head={owner}:{branch}&base={base}&per_page=100", self.path);
        let answer = self.fine(self.http.get(&path)?, &[200], "list pull requests")?;
        Ok(list(&answer.body, "pull requests")?.iter().filter_map(pull).collect())
    }

    fn create(&self, new: &New) -> Result<Made, Trouble> {
        let New { branch, base, title, body, draft } = new;
        let wanted = |draft: bool| json!({ "title": title, "head": branch, "base": base, "body": body, "draft": draft });
        let mut answer = self.call("POST", "/pulls", &wanted(*draft))?;
        if *draft && answer.status == 422 && self.http.said(&answer).to_lowercase().contains("draft") {
            // Not every plan has drafts: one that is open is better than none.
            answer = self.call("POST", "/pulls", &wanted(false))?;
        }
        if answer.status == 422 {
            let said = self.http.said(&answer);
            if said.contains("already exists") {
                return Ok(Made::Exists);
            }
            if said.contains("No commits between") {
                return Ok(Made::NothingBetween);
            }
        }
        let answer = self.fine(answer, &[201], "open the pull request")?;
        pull(&answer.body).map(Made::Pull).ok_or_else(|| odd("the new pull request"))
    }

    fn update(&self, pull: &Pull, title: Option<&str>, body: Option<&str>, state: Option<State>) -> Result<(), Trouble> {
        let change = super::github::change(title, body, state);
        let answer = self.call("PATCH", &format!("/pulls/{}", pull.number), &change)?;
        self.fine(answer, &[200], &format!("update pull request {}", pull.number)).map(drop)
    }

    fn add_labels(&self, pull: &Pull, labels: &[String]) -> Result<(), Trouble> {
        let answer = self.call("POST", &format!("/issues/{}/labels", pull.number), &json!({ "labels": labels }))?;
        self.fine(answer, &[200], "set labels").map(drop)
    }

    fn ask(&self, pull: &Pull, reviewers: &[String]) -> Result<(), Trouble> {
        let (teams, people): (Vec<_>, Vec<_>) = reviewers.iter().partition(|name| name.contains('/'));
        let teams: Vec<&str> = teams.iter().filter_map(|team| team.rsplit('/').next()).collect();
        let path = format!("/pulls/{}/requested_reviewers", pull.number);
        let answer = self.call("POST", &path, &json!({ "reviewers": people, "team_reviewers": teams }))?;
        if answer.status == 422 && reviewers.len() > 1 {
            return each(reviewers, |one| self.ask(pull, one));
        }
        self.fine(answer, &[200, 201], &format!("ask {} for a review", reviewers.join(", "))).map(drop)
    }

    fn comment(&self, pull: &Pull, text: &str) -> Result<(), Trouble> {
        let answer = self.call("POST", &format!("/issues/{}/comments", pull.number), &json!({ "body": text }))?;
        self.fine(answer, &[201], "comment").map(drop)
    }

    fn blob(&self, branch: &str) -> String {
        format!("{}/blob/{branch}/", self.web)
    }
}

fn pull(json: &Json) -> Option<Pull> {
    let merged = json.get("merged_at").is_some_and(|at| !at.is_null());
    Some(Pull {
        number: json.get("number")?.as_u64()?,
        url: text(json, "html_url").to_owned(),
        title: text(json, "title").to_owned(),
        body: text(json, "body").to_owned(),
        labels: names(json, "labels", "name"),
        state: match text(json, "state") {
            "open" => State::Open,
            _ if merged => State::Merged,
            _ => State::Closed,
        },
        draft: json.get("draft") == Some(&Json::Bool(true)),
    })
}

/// Asks people one by one, as one that cannot be asked holds up all.
///
/// # Errors
/// Those who could not be asked, once all others were.
pub(super) fn each(reviewers: &[String], ask: impl Fn(&[String]) -> Result<(), Trouble>) -> Result<(), Trouble> {
    let troubles: Vec<Trouble> = reviewers.chunks(1).filter_map(|one| ask(one).err()).collect();
    let Some(first) = troubles.first() else { return Ok(()) };
    let said: Vec<&str> = troubles.iter().map(|trouble| trouble.message.as_str()).collect();
    Err(Trouble::new(said.join("; "), first.help.clone()))
}

/// The members of an update that are given.
pub(super) fn change(title: Option<&str>, body: Option<&str>, state: Option<State>) -> Json {
    let state = state.map(|state| ("state", if state == State::Open { "open" } else { "closed" }));
    let given = [title.map(|title| ("title", title)), body.map(|body| ("body", body)), state];
    given
        .into_iter()
        .flatten()
        .map(|(name, value)| (name.to_owned(), Json::from(value)))
        .collect::<serde_json::Map<_, _>>()
        .into()
}

/// A part of a query.
pub(super) fn query(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte);
    text.bytes().map(|byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") }).collect()
}
