//! Gitea, and Forgejo.
use super::github::{change, each, query};
use super::http::{Answer, Http};
use super::remote::Kind;
use super::{Forge, Made, New, Pull, Repository, State, Trouble, list, names, odd, text};
use serde_json::{Value as Json, json};

/// What stands before the title of a draft.
const DRAFT: &str = "WIP: ";

/// What is asked for at once, and what is read of a list at most: Gitea's cannot be asked for a branch alone.
const PAGE: usize = 50;
const MOST: usize = 2000;

/// The colour that labels get where they are new.
const COLOUR: &str = "#5319e7";

pub struct Gitea {
    /// `owner/name`.
    path: String,
    web: String,
    http: Http,
}

impl Gitea {
    pub fn new((path, web, http): (String, String, Http)) -> Self {
        Gitea { path, web, http }
    }

    fn get(&self, below: &str, deed: &str) -> Result<Answer, Trouble> {
        let answer = self.http.get(&format!("/repos/{}{below}", self.path))?;
        self.fine(answer, &[200], deed)
    }

    fn call(&self, method: &str, below: &str, body: &Json) -> Result<Answer, Trouble> {
        self.http.call(method, &format!("/repos/{}{below}", self.path), Some(body))
    }

    fn fine(&self, answer: Answer, fine: &[u16], deed: &str) -> Result<Answer, Trouble> {
        self.http.fine(answer, fine, deed, Kind::Gitea.permissions())
    }

    /// A list, at most `most` of it. Servers may be set to give less at once than they are asked for: what is empty is the end.
    fn all(&self, list: &str, deed: &str, most: usize) -> Result<Vec<Json>, Trouble> {
        let mut all = Vec::new();
        for page in 1..=most {
            let join = if list.contains('?') { '&' } else { '?' };
            let answer = self.get(&format!("{list}{join}limit={PAGE}&page={page}"), deed)?;
            let some = self::list(&answer.body, list.split(['?', '/']).nth(1).unwrap_or(list))?;
            let end = some.is_empty();
            all.extend_from_slice(some);
            if end || all.len() >= most {
                break;
            }
        }
        Ok(all)
    }

    /// The number of each label, new ones where there is none of that name.
    fn label_ids(&self, labels: &[String]) -> Result<Vec<u64>, Trouble> {
        let mut known = self.all("/labels", "list labels", MOST)?;
        // An organisation has some for all of its repositories; whoever may not see them has none.
        let owner = self.path.split('/').next().unwrap_or_default();
        let shared = self.http.get(&format!("/orgs/{owner}/labels?limit={PAGE}")).ok();
        let shared = shared.filter(|answer| answer.status == 200);
        known.extend(shared.as_ref().and_then(|answer| answer.body.as_array()).into_iter().flatten().cloned());
        let mut ids = Vec::new();
        for name in labels {
            let id = known.iter().find(|label| text(label, "name") == name).and_then(|label| label.get("id")?.as_u64());
            let id = match id {
                Some(id) => id,
                None => {
                    let answer = self.call("POST", "/labels", &json!({ "name": name, "color": COLOUR }))?;
                    let answer = self.fine(answer, &[201], &format!("make the label {name}"))?;
                    answer.body.get("id").and_then(Json::as_u64).ok_or_else(|| odd("the new label"))?
                }
            };
            ids.push(id);
        }
        Ok(ids)
    }
}

impl Forge for Gitea {
    fn name(&self) -> &'static str {
        "Gitea"
    }

    fn repository(&mut self) -> Result<Repository, Trouble> {
        let answer = self.get("", &format!("show {}", self.path))?;
        match text(&answer.body, "full_name") {
            "" => return Err(odd("the repository")),
            name => name.clone_into(&mut self.path),
        }
        if answer.body.get("has_pull_requests") == Some(&Json::Bool(false)) {
            let help = "switch them on in the settings of the repository, or push the branch alone: --forge none";
            return Err(Trouble::new(format!("{} takes no pull requests", self.path), help));
        }
        Ok(Repository { archived: answer.body.get("archived") == Some(&Json::Bool(true)) })
    }

    fn pulls(&self, branch: &str, base: &str) -> Result<Vec<Pull>, Trouble> {
        let deed = "list pull requests";
        let ours = |one: &Json| {
            let of = |side: &str, name: &str| one.get(side).and_then(|side| side.get(name)).cloned().unwrap_or_default();
            // Where the branch is gone, `ref` is that of the pull request, and `label` still names the branch.
            let from = of("head", "label") == branch || of("head", "ref") == branch;
            from && of("base", "ref") == base && of("head", "repo_id") == of("base", "repo_id")
        };
        // Forgejo looks for these branches alone; Gitea shows all of them.
        let both = format!("base={}&head={}", query(base), query(branch));
        let open = self.all(&format!("/pulls?state=open&{both}"), deed, MOST)?;
        let mut found: Vec<Pull> = open.iter().filter(|one| ours(one)).filter_map(pull).collect();
        if found.is_empty() {
            // What was closed long ago is not looked for.
            let closed = self.all(&format!("/pulls?state=closed&sort=recentupdate&{both}"), deed, 200)?;
            found.extend(closed.iter().filter(|one| ours(one)).filter_map(pull));
        }
        Ok(found)
    }

    fn create(&self, new: &New) -> Result<Made, Trouble> {
        let title = titled(new.title, new.draft);
        let body = json!({ "title": title, "head": new.branch, "base": new.base, "body": new.body });
        let answer = self.call("POST", "/pulls", &body)?;
        if answer.status == 409 {
            return Ok(Made::Exists);
        }
        if answer.status == 422 && self.http.said(&answer).contains("no changes between") {
            return Ok(Made::NothingBetween);
        }
        let answer = self.fine(answer, &[201], "open the pull request")?;
        pull(&answer.body).map(Made::Pull).ok_or_else(|| odd("the new pull request"))
    }

    fn update(&self, pull: &Pull, title: Option<&str>, body: Option<&str>, state: Option<State>) -> Result<(), Trouble> {
        let title = title.map(|title| titled(title, pull.draft));
        let change = change(title.as_deref(), body, state);
        let answer = self.call("PATCH", &format!("/pulls/{}", pull.number), &change)?;
        self.fine(answer, &[200, 201], &format!("update pull request {}", pull.number)).map(drop)
    }

    fn add_labels(&self, pull: &Pull, labels: &[String]) -> Result<(), Trouble> {
        let ids = self.label_ids(labels)?;
        let answer = self.call("POST", &format!("/issues/{}/labels", pull.number), &json!({ "labels": ids }))?;
        self.fine(answer, &[200], "set labels").map(drop)
    }

    fn ask(&self, pull: &Pull, reviewers: &[String]) -> Result<(), Trouble> {
        let (teams, people): (Vec<_>, Vec<_>) = reviewers.iter().partition(|name| name.contains('/'));
        let teams: Vec<&str> = teams.iter().filter_map(|team| team.rsplit('/').next()).collect();
        let asked = json!({ "reviewers": people, "team_reviewers": teams });
        let answer = self.call("POST", &format!("/pulls/{}/requested_reviewers", pull.number), &asked)?;
        if (400..500).contains(&answer.status) && reviewers.len() > 1 {
            return each(reviewers, |one| self.ask(pull, one));
        }
        if answer.status == 404 {
            let help = "there is no user or team of that name, or they may not see the repository";
            return Err(Trouble::new(format!("Gitea would not ask {} for a review (404)", reviewers.join(", ")), help));
        }
        self.fine(answer, &[200, 201], &format!("ask {} for a review", reviewers.join(", "))).map(drop)
    }

    fn comment(&self, pull: &Pull, text: &str) -> Result<(), Trouble> {
        let answer = self.call("POST", &format!("/issues/{}/comments", pull.number), &json!({ "body": text }))?;
        self.fine(answer, &[201], "comment").map(drop)
    }

    fn blob(&self, branch: &str) -> String {
        format!("{}/src/branch/{}/", self.web, query(branch).replace("%2F", "/"))
    }
}

fn titled(title: &str, draft: bool) -> String {
    if draft { format!("{DRAFT}{title}") } else { title.to_owned() }
}

fn pull(json: &Json) -> Option<Pull> {
    let title = text(json, "title");
    let bare = title.strip_prefix(DRAFT);
    Some(Pull {
        number: json.get("number")?.as_u64()?,
        url: text(json, "html_url").to_owned(),
        title: bare.unwrap_or(title).to_owned(),
        body: text(json, "body").to_owned(),
        labels: names(json, "labels", "name"),
        state: match text(json, "state") {
            "open" => State::Open,
            _ if json.get("merged") == Some(&Json::Bool(true)) => State::Merged,
            _ => State::Closed,
        },
        draft: bare.is_some(),
    })
}
