//! A forge for tests: it keeps pull requests, and answers as GitHub, GitLab or Gitea do.
//!
//! `FORGE_PORT` makes it listen there, `FORGE_URL` is then where it is reached (through a proxy that checks what goes by), and
//! `FORGE_SHAPES` a folder with whole answers (`pull.json` …), which it fills in. See bench/forge.py.
use serde_json::{Value as Json, json};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex, MutexGuard};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    GitHub,
    GitLab,
    Gitea,
}

#[derive(Debug, Clone, Default)]
pub struct Pull {
    pub number: u64,
    pub title: String,
    pub body: String,
    pub head: String,
    pub base: String,
    /// `open`, `closed` or `merged`.
    pub state: String,
    pub labels: Vec<String>,
    pub reviewers: Vec<String>,
    pub comments: Vec<String>,
    pub draft: bool,
}

/// An answer that is given once, to the first request of a method whose path ends so.
pub struct Once {
    pub method: &'static str,
    pub end: &'static str,
    pub status: u16,
    pub headers: &'static str,
    pub body: Json,
}

#[derive(Default)]
pub struct State {
    pub pulls: Vec<Pull>,
    pub labels: Vec<String>,
    /// `METHOD path body`, of all requests.
    pub log: Vec<String>,
    /// Values of the headers that hold tokens.
    pub tokens: Vec<String>,
    pub once: Vec<Once>,
    pub archived: bool,
    /// The next one to open a pull request finds that somebody else just did.
    pub race: bool,
    /// Logins that are no collaborators.
    pub strangers: Vec<String>,
}

pub struct Fake {
    /// Of the API.
    pub url: String,
    state: Arc<Mutex<State>>,
}

impl Fake {
    pub fn new(kind: Kind) -> Fake {
        let port = std::env::var("FORGE_PORT").ok().and_then(|port| port.parse().ok()).unwrap_or(0);
        let listener = TcpListener::bind(("127.0.0.1", port)).unwrap();
        let state = Arc::new(Mutex::new(State::default()));
        let own = format!("http://{}", listener.local_addr().unwrap());
        let url = std::env::var("FORGE_URL").unwrap_or(own);
        let path = match kind {
            Kind::GitHub => "",
            Kind::GitLab => "/api/v4",
            Kind::Gitea => "/api/v1",
        };
        let served = Arc::clone(&state);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let gone = serve(stream, kind, &served);
                if gone == Some(true) {
                    break;
                }
            }
        });
        Fake { url: format!("{url}{path}"), state }
    }

    pub fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }

    /// Requests that change something, since the last time.
    pub fn writes(&self) -> Vec<String> {
        let log = std::mem::take(&mut self.state().log);
        log.into_iter().filter(|line| !line.starts_with("GET ")).collect()
    }
}

impl Drop for Fake {
    /// The port is free again for the next one.
    fn drop(&mut self) {
        self.state().once.push(Once { method: "STOP", end: "", status: 0, headers: "", body: Json::Null });
        let port = std::env::var("FORGE_PORT").ok();
        if let Some(port) = port {
            let _ = TcpStream::connect(format!("127.0.0.1:{port}"));
            std::thread::sleep(std::time::Duration::from_millis(100));
        }
    }
}

/// One request, one answer. `Some(true)`: the forge is closed.
fn serve(mut stream: TcpStream, kind: Kind, state: &Mutex<State>) -> Option<bool> {
    if state.lock().unwrap().once.iter().any(|once| once.method == "STOP") {
        return Some(true);
    }
    let mut reader = BufReader::new(stream.try_clone().ok()?);
    let mut line = String::new();
    reader.read_line(&mut line).ok()?;
    let (method, path) = (line.split(' ').next()?.to_owned(), line.split(' ').nth(1)?.to_owned());
    let (mut length, mut token) = (0, String::new());
    loop {
        let mut header = String::new();
        reader.read_line(&mut header).ok()?;
        let Some((name, value)) = header.trim().split_once(':') else { break };
        match name.to_lowercase().as_str() {
            "content-length" => length = value.trim().parse().ok()?,
            "authorization" | "private-token" => token = value.trim().to_owned(),
            _ => {}
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    let body: Json = serde_json::from_slice(&body).unwrap_or(Json::Null);
    let mut state = state.lock().unwrap();
    state.log.push(format!("{method} {path} {body}"));
    state.tokens.push(token);
    let planned = state.once.iter().position(|once| once.method == method && bare(&path).ends_with(once.end));
    let (status, headers, answer) = match planned {
        Some(at) => {
            let once = state.once.remove(at);
            (once.status, once.headers, once.body)
        }
        None => {
            let (status, answer) = match kind {
                Kind::GitHub => github(&mut state, &method, &path, &body),
                Kind::GitLab => gitlab(&mut state, &method, path.trim_start_matches("/api/v4"), &body),
                Kind::Gitea => gitea(&mut state, &method, path.trim_start_matches("/api/v1"), &body),
            };
            (status, "", answer)
        }
    };
    let text = if status == 204 { String::new() } else { answer.to_string() };
    let head = format!(
        "HTTP/1.1 {status} x\r\ncontent-type: application/json\r\nconnection: close\r\n{headers}content-length: {}\r\n\r\n",
        text.len()
    );
    let _ = stream.write_all(format!("{head}{text}").as_bytes());
    None
}

fn bare(path: &str) -> &str {
    path.split('?').next().unwrap_or_default()
}

/// A part of the query, as it was before it was escaped.
fn asked(path: &str, name: &str) -> Option<String> {
    let (_, query) = path.split_once('?')?;
    let value = query.split('&').find_map(|pair| pair.strip_prefix(&format!("{name}=")))?;
    Some(value.replace("%2F", "/").replace("%3A", ":").replace("%20", " "))
}

/// A whole answer of that kind, as far as one is at hand, with `members` in it.
fn shaped(name: &str, members: Json) -> Json {
    let shape = std::env::var("FORGE_SHAPES").ok().and_then(|dir| std::fs::read(format!("{dir}/{name}.json")).ok());
    let mut whole = shape.map_or_else(|| json!({}), |bytes| serde_json::from_slice(&bytes).unwrap());
    lay_over(&mut whole, members);
    whole
}

fn lay_over(under: &mut Json, over: Json) {
    match (under, over) {
        (Json::Object(under), Json::Object(over)) => {
            for (name, value) in over {
                lay_over(under.entry(name).or_insert(Json::Null), value);
            }
        }
        (under, over) => *under = over,
    }
}

fn refused(message: &str) -> Json {
    json!({ "message": message, "documentation_url": "https://docs.example" })
}

fn text(body: &Json, name: &str) -> Option<String> {
    body.get(name).and_then(Json::as_str).map(str::to_owned)
}

fn texts(body: &Json, name: &str) -> Vec<String> {
    body[name].as_array().into_iter().flatten().filter_map(Json::as_str).map(str::to_owned).collect()
}

fn pull_of<'s>(state: &'s mut State, parts: &[&str], at: usize) -> Option<&'s mut Pull> {
    let number: u64 = parts.get(at)?.parse().ok()?;
    state.pulls.iter_mut().find(|pull| pull.number == number)
}

/// Opens one; none where there is one.
fn open(state: &mut State, title: String, body: String, head: String, base: String, draft: bool) -> Option<Pull> {
    if state.pulls.iter().any(|pull| pull.state == "open" && pull.head == head) {
        return None;
    }
    let number = state.pulls.len() as u64 + 1;
    let pull = Pull { number, title, body, head, base, state: "open".into(), draft, ..Pull::default() };
    state.pulls.push(pull.clone());
    (!std::mem::take(&mut state.race)).then_some(pull)
}

fn github(state: &mut State, method: &str, path: &str, body: &Json) -> (u16, Json) {
    let shown = |pull: &Pull| {
        let labels: Vec<Json> = pull.labels.iter().map(|name| shaped("label", json!({ "name": name }))).collect();
        let merged = if pull.state == "merged" { json!("2026-01-01T00:00:00Z") } else { Json::Null };
        let url = format!("https://github.example/demo/shop/pull/{}", pull.number);
        json!({ "number": pull.number, "html_url": url, "title": pull.title, "body": pull.body, "labels": labels,
            "state": if pull.state == "open" { "open" } else { "closed" }, "merged_at": merged, "draft": pull.draft,
            "head": { "ref": pull.head }, "base": { "ref": pull.base } })
    };
    let parts: Vec<&str> = bare(path).trim_matches('/').split('/').skip(3).collect();
    match (method, parts.as_slice()) {
        ("GET", []) => {
            (200, shaped("repository", json!({ "full_name": "demo/shop", "archived": state.archived, "default_branch": "main" })))
        }
        ("GET", ["pulls"]) => {
            // Without an owner the real one takes no notice of it.
            let head = asked(path, "head").and_then(|head| head.strip_prefix("demo:").map(str::to_owned));
            let wanted = |pull: &&Pull| head.as_ref().is_none_or(|head| pull.head == *head);
            let all: Vec<Json> = state.pulls.iter().rev().filter(wanted).map(|pull| shaped("pull-simple", shown(pull))).collect();
            (200, all.into())
        }
        ("POST", ["pulls"]) => {
            let member = |name: &str| text(body, name);
            let (Some(title), Some(head), Some(base)) = (member("title"), member("head"), member("base")) else {
                return (422, refused("Validation Failed"));
            };
            let draft = body["draft"] == json!(true);
            match open(state, title, member("body").unwrap_or_default(), head.clone(), base, draft) {
                Some(pull) => (201, shaped("pull", shown(&pull))),
                None => {
                    let said = format!("A pull request already exists for demo:{head}.");
                    (
                        422,
                        json!({ "message": "Validation Failed", "errors": [{ "resource": "PullRequest", "code": "custom", "message": said }], "documentation_url": "https://docs.example" }),
                    )
                }
            }
        }
        ("PATCH", ["pulls", _]) => match pull_of(state, &parts, 1) {
            Some(pull) => {
                pull.title = text(body, "title").unwrap_or(pull.title.clone());
                pull.body = text(body, "body").unwrap_or(pull.body.clone());
                pull.state = text(body, "state").unwrap_or(pull.state.clone());
                (200, shaped("pull", shown(pull)))
            }
            None => (404, refused("Not Found")),
        },
        ("POST", ["issues", _, "labels"]) => {
            let labels = texts(body, "labels");
            match pull_of(state, &parts, 1) {
                Some(pull) => {
                    pull.labels.extend(labels);
                    (200, pull.labels.iter().map(|name| shaped("label", json!({ "name": name }))).collect::<Vec<_>>().into())
                }
                None => (404, refused("Not Found")),
            }
        }
        ("POST", ["pulls", _, "requested_reviewers"]) => {
            let people = [texts(body, "reviewers"), texts(body, "team_reviewers")].concat();
            if people.iter().any(|login| state.strangers.contains(login)) {
                return (422, refused("Reviews may only be requested from collaborators."));
            }
            match pull_of(state, &parts, 1) {
                Some(pull) => {
                    pull.reviewers.extend(people);
                    (201, shaped("pull-simple", shown(pull)))
                }
                None => (404, refused("Not Found")),
            }
        }
        ("POST", ["issues", _, "comments"]) => match pull_of(state, &parts, 1) {
            Some(pull) => {
                pull.comments.push(text(body, "body").unwrap_or_default());
                (201, shaped("comment", json!({ "body": body["body"] })))
            }
            None => (404, refused("Not Found")),
        },
        _ => (404, refused("Not Found")),
    }
}

fn gitlab(state: &mut State, method: &str, path: &str, body: &Json) -> (u16, Json) {
    let shown = |pull: &Pull| {
        let url = format!("https://gitlab.example/demo/shop/-/merge_requests/{}", pull.number);
        let state = if pull.state == "open" { "opened" } else { pull.state.as_str() };
        json!({ "iid": pull.number, "web_url": url, "title": pull.title, "description": pull.body, "labels": pull.labels,
            "state": state, "source_branch": pull.head, "target_branch": pull.base, "source_project_id": 7, "target_project_id": 7 })
    };
    let parts: Vec<&str> = bare(path).trim_matches('/').split('/').collect();
    match (method, parts.as_slice()) {
        ("GET", ["projects", "demo%2Fshop"]) => (200, json!({ "id": 7, "archived": state.archived })),
        ("GET", ["users"]) => match asked(path, "username") {
            Some(login) if !state.strangers.contains(&login) => (200, json!([{ "id": login.len(), "username": login }])),
            _ => (200, json!([])),
        },
        ("GET", ["projects", "7", "merge_requests"]) => {
            let head = asked(path, "source_branch");
            let wanted = |pull: &&Pull| head.as_ref().is_none_or(|head| pull.head == *head);
            (200, state.pulls.iter().rev().filter(wanted).map(shown).collect::<Vec<_>>().into())
        }
        ("POST", ["projects", "7", "merge_requests"]) => {
            let member = |name: &str| text(body, name).unwrap_or_default();
            match open(state, member("title"), member("description"), member("source_branch"), member("target_branch"), false) {
                Some(pull) => (201, shown(&pull)),
                None => (409, json!({ "message": ["Another open merge request already exists for this source branch: !1"] })),
            }
        }
        ("PUT", ["projects", "7", "merge_requests", _]) => match pull_of(state, &parts, 3) {
            Some(pull) => {
                pull.title = text(body, "title").unwrap_or(pull.title.clone());
                pull.body = text(body, "description").unwrap_or(pull.body.clone());
                pull.labels.extend(text(body, "add_labels").iter().flat_map(|labels| labels.split(',')).map(str::to_owned));
                pull.reviewers.extend(body["reviewer_ids"].as_array().into_iter().flatten().map(Json::to_string));
                if body["state_event"] == json!("close") {
                    pull.state = "closed".into();
                }
                (200, shown(pull))
            }
            None => (404, json!({ "message": "404 Not found" })),
        },
        ("POST", ["projects", "7", "merge_requests", _, "notes"]) => match pull_of(state, &parts, 3) {
            Some(pull) => {
                pull.comments.push(text(body, "body").unwrap_or_default());
                (201, json!({}))
            }
            None => (404, json!({ "message": "404 Not found" })),
        },
        _ => (404, json!({ "message": "404 Project Not Found" })),
    }
}

fn gitea(state: &mut State, method: &str, path: &str, body: &Json) -> (u16, Json) {
    let label = |id: usize, name: &str| shaped("label", json!({ "id": id + 1, "name": name }));
    let shown = |pull: &Pull| {
        let labels: Vec<Json> = pull.labels.iter().map(|name| label(0, name)).collect();
        let url = format!("https://gitea.example/demo/shop/pulls/{}", pull.number);
        let state = if pull.state == "open" { "open" } else { "closed" };
        // So it is where the branch is gone, which people do to one that they close.
        let head = if state == "open" { pull.head.clone() } else { format!("refs/pull/{}/head", pull.number) };
        let side = |name: &str, at: &str| json!({ "label": name, "ref": at, "repo_id": 7 });
        let whole = json!({ "number": pull.number, "html_url": url, "title": pull.title, "body": pull.body, "labels": labels,
            "state": state, "merged": pull.state == "merged", "head": side(&pull.head, &head), "base": side(&pull.base, &pull.base) });
        shaped("pull", whole)
    };
    let parts: Vec<&str> = bare(path).trim_matches('/').split('/').skip(3).collect();
    // Labels of the organisation, which has none.
    if bare(path).contains("/orgs/") {
        return (200, json!([]));
    }
    // A list ends with an empty page.
    if method == "GET" && asked(path, "page").is_some_and(|page| page != "1") {
        return (200, json!([]));
    }
    match (method, parts.as_slice()) {
        ("GET", []) => (200, shaped("repository", json!({ "full_name": "demo/shop", "archived": state.archived }))),
        ("GET", ["pulls"]) => {
            let open = asked(path, "state").as_deref() == Some("open");
            let of_state = |pull: &&Pull| (pull.state == "open") == open;
            (200, state.pulls.iter().rev().filter(of_state).map(shown).collect::<Vec<_>>().into())
        }
        ("POST", ["pulls"]) => {
            let member = |name: &str| text(body, name).unwrap_or_default();
            match open(state, member("title"), member("body"), member("head"), member("base"), false) {
                Some(pull) => (201, shown(&pull)),
                None => (409, refused("pull request already exists for these targets")),
            }
        }
        ("PATCH", ["pulls", _]) => match pull_of(state, &parts, 1) {
            Some(pull) => {
                pull.title = text(body, "title").unwrap_or(pull.title.clone());
                pull.body = text(body, "body").unwrap_or(pull.body.clone());
                pull.state = text(body, "state").unwrap_or(pull.state.clone());
                (201, shown(pull))
            }
            None => (404, refused("not found")),
        },
        ("GET", ["labels"]) => {
            (200, state.labels.iter().enumerate().map(|(id, name)| label(id, name)).collect::<Vec<_>>().into())
        }
        ("POST", ["labels"]) => {
            state.labels.push(text(body, "name").unwrap_or_default());
            (201, label(state.labels.len() - 1, state.labels.last().unwrap()))
        }
        ("POST", ["issues", _, "labels"]) => {
            let ids = body["labels"].as_array().cloned().unwrap_or_default();
            let names: Vec<String> = ids.iter().filter_map(|id| state.labels.get(id.as_u64()? as usize - 1).cloned()).collect();
            match pull_of(state, &parts, 1) {
                Some(pull) => {
                    pull.labels.extend(names);
                    (200, pull.labels.iter().map(|name| label(0, name)).collect::<Vec<_>>().into())
                }
                None => (404, refused("not found")),
            }
        }
        ("POST", ["pulls", _, "requested_reviewers"]) => {
            let people = [texts(body, "reviewers"), texts(body, "team_reviewers")].concat();
            if people.iter().any(|login| state.strangers.contains(login)) {
                return (422, refused("reviewer is not a collaborator"));
            }
            match pull_of(state, &parts, 1) {
                Some(pull) => {
                    pull.reviewers.extend(people);
                    (201, json!([]))
                }
                None => (404, refused("not found")),
            }
        }
        ("POST", ["issues", _, "comments"]) => match pull_of(state, &parts, 1) {
            Some(pull) => {
                pull.comments.push(text(body, "body").unwrap_or_default());
                (201, shaped("comment", json!({ "body": body["body"] })))
            }
            None => (404, refused("not found")),
        },
        _ => (404, refused("not found")),
    }
}
