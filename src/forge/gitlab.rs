//! GitLab: merge requests.
use super::github::query;
use super::http::{Answer, Http};
use super::remote::Kind;
use super::{Forge, Made, New, Pull, Repository, State, Trouble, list, names, odd, text};
use serde_json::{Value as Json, json};

/// What stands before the title of a draft.
const DRAFT: &str = "Draft: ";

pub struct GitLab {
    /// `group/sub/name`, as one part of a path.
    id: String,
    path: String,
    web: String,
    http: Http,
}

impl GitLab {
    pub fn new((path, web, http): (String, String, Http)) -> Self {
        GitLab { id: query(&path), path, web, http }
    }

    fn call(&self, method: &str, below: &str, body: &Json) -> Result<Answer, Trouble> {
        self.http.call(method, &format!("/projects/{}{below}", self.id), Some(body))
    }

    fn fine(&self, answer: Answer, fine: &[u16], deed: &str) -> Result<Answer, Trouble> {
        self.http.fine(answer, fine, deed, Kind::GitLab.permissions())
    }
}

impl Forge for GitLab {
    fn name(&self) -> &'static str {
        "GitLab"
    }

    fn repository(&mut self) -> Result<Repository, Trouble> {
        let answer = self.http.get(&format!("/projects/{}", self.id))?;
        let answer = self.fine(answer, &[200], &format!("show {}", self.path))?;
        // A project that was moved answers under its old name; its number stays.
        self.id = answer.body.get("id").and_then(Json::as_u64).ok_or_else(|| odd("the project"))?.to_string();
        Ok(Repository { archived: answer.body.get("archived") == Some(&Json::Bool(true)) })
    }

    fn pulls(&self, branch: &str, base: &str) -> Result<Vec<Pull>, Trouble> {
        let (branch, base) = (query(branch), query(base));
        let path =
            format!("/projects/{}/merge_requests?source_branch={branch}&target_branch={base}&state=all&per_page=100", self.id);
        let answer = self.fine(self.http.get(&path)?, &[200], "list merge requests")?;
        // Those from forks have another source.
        let own = |one: &&Json| one.get("source_project_id") == one.get("target_project_id");
        Ok(list(&answer.body, "merge requests")?.iter().filter(own).filter_map(pull).collect())
    }

    fn create(&self, new: &New) -> Result<Made, Trouble> {
        let body = json!({
            "source_branch": new.branch,
            "target_branch": new.base,
            "title": titled(new.title, new.draft),
            "description": new.body,
            "remove_source_branch": true,
        });
        let answer = self.call("POST", "/merge_requests", &body)?;
        if answer.status == 409 {
            return Ok(Made::Exists);
        }
        let answer = self.fine(answer, &[201], "open the merge request")?;
        pull(&answer.body).map(Made::Pull).ok_or_else(|| odd("the new merge request"))
    }

    fn update(&self, pull: &Pull, title: Option<&str>, body: Option<&str>, state: Option<State>) -> Result<(), Trouble> {
        let mut change = serde_json::Map::new();
        title.into_iter().for_each(|title| _ = change.insert("title".into(), titled(title, pull.draft).into()));
        body.into_iter().for_each(|body| _ = change.insert("description".into(), body.into()));
        let event = state.map(|state| if state == State::Open { "reopen" } else { "close" });
        event.into_iter().for_each(|event| _ = change.insert("state_event".into(), event.into()));
        let answer = self.call("PUT", &format!("/merge_requests/{}", pull.number), &change.into())?;
        self.fine(answer, &[200], &format!("update merge request {}", pull.number)).map(drop)
    }

    fn add_labels(&self, pull: &Pull, labels: &[String]) -> Result<(), Trouble> {
        let change = json!({ "add_labels": labels.join(",") });
        let answer = self.call("PUT", &format!("/merge_requests/{}", pull.number), &change)?;
        self.fine(answer, &[200], "set labels").map(drop)
    }

    fn ask(&self, pull: &Pull, reviewers: &[String]) -> Result<(), Trouble> {
        let (mut ids, mut unknown) = (Vec::new(), Vec::new());
        for name in reviewers {
            let found = self.fine(self.http.get(&format!("/users?username={}", query(name)))?, &[200], "look people up")?;
            match found.body.get(0).and_then(|user| user.get("id")) {
                Some(id) => ids.push(id.clone()),
                None => unknown.push(name.as_str()),
            }
        }
        if !ids.is_empty() {
            let answer = self.call("PUT", &format!("/merge_requests/{}", pull.number), &json!({ "reviewer_ids": ids }))?;
            self.fine(answer, &[200], "ask for a review")?;
        }
        match unknown.is_empty() {
            true => Ok(()),
            false => Err(Trouble::new(format!("GitLab knows nobody of the name {}", unknown.join(", ")), "")),
        }
    }

    fn comment(&self, pull: &Pull, text: &str) -> Result<(), Trouble> {
        let answer = self.call("POST", &format!("/merge_requests/{}/notes", pull.number), &json!({ "body": text }))?;
        self.fine(answer, &[201], "comment").map(drop)
    }

    fn blob(&self, branch: &str) -> String {
        format!("{}/-/blob/{branch}/", self.web)
    }
}

fn titled(title: &str, draft: bool) -> String {
    if draft { format!("{DRAFT}{title}") } else { title.to_owned() }
}

/// The options of a push with which GitLab opens the merge request itself. One line each: GitLab makes line ends of `\n`.
pub fn push_options(new: &New, labels: &[String]) -> Vec<String> {
    let body = new.body.replace('\r', "").replace('\n', "\\n");
    let mut options = vec![
        "merge_request.create".to_owned(),
        format!("merge_request.target={}", new.base),
        format!("merge_request.title={}", titled(new.title, new.draft)),
        format!("merge_request.description={body}"),
        "merge_request.remove_source_branch".to_owned(),
    ];
    options.extend(labels.iter().map(|label| format!("merge_request.label={label}")));
    options
}

fn pull(json: &Json) -> Option<Pull> {
    let title = text(json, "title");
    let bare = title.strip_prefix(DRAFT);
    Some(Pull {
        number: json.get("iid")?.as_u64()?,
        url: text(json, "web_url").to_owned(),
        title: bare.unwrap_or(title).to_owned(),
        body: text(json, "description").to_owned(),
        labels: names(json, "labels", "name"),
        state: match text(json, "state") {
            "merged" => State::Merged,
            "closed" => State::Closed,
            // `locked` while it is being merged.
            _ => State::Open,
        },
        draft: bare.is_some(),
    })
}
