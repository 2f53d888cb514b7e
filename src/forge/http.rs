//! Asking a forge: JSON over HTTP, one request at a time, with the patience that forges ask for. The only module that knows
//! ureq.
use super::{Access, Trouble, interrupt, origin, text};
use serde_json::Value as Json;
use std::cell::Cell;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};
use ureq::Agent;
use ureq::http::request::Builder;
use ureq::http::{HeaderMap, Request};
use ureq::tls::{RootCerts, TlsConfig};

/// How often a request is made, at most.
const TRIES: u32 = 5;

/// The longest that is waited for one request, in all.
const PATIENCE: Duration = Duration::from_secs(15 * 60);

/// Forges ask for so much time between requests that write.
const GAP: Duration = Duration::from_secs(1);

/// How long one request may take.
const TIMEOUT: Duration = Duration::from_secs(60);

/// How often a request is sent on, at most.
const HOPS: usize = 5;

const PRIVATE_CA: &str = "nobody that this machine trusts vouches for it: add the certificate of who does to those of the system,
or name a file with it, SSL_CERT_FILE=/path/ca.pem (Linux); git has a setting of its own, http.sslCAInfo";

/// Most bytes of an answer.
const MOST: u64 = 32 << 20;

pub struct Http {
    forge: &'static str,
    agent: Agent,
    base: String,
    auth: (&'static str, String),
    token: String,
    token_env: String,
    wrote: Cell<Option<Instant>>,
    say: Box<dyn Fn(&str)>,
}

/// No answer.
enum Silence {
    /// The same request may get one later.
    ForNow(Trouble),
    ForGood(Trouble),
}

/// What came back, whatever the status.
#[derive(Debug, Clone)]
pub struct Answer {
    pub status: u16,
    /// Null where it was none.
    pub body: Json,
}

impl Http {
    /// # Errors
    /// An address that is none, or where the token could be read on the way.
    pub fn new(forge: &'static str, base: &str, auth: (&'static str, String), access: Access) -> Result<Self, Trouble> {
        if base.contains(['@', '?', '#']) {
            let shown = origin::shown(base);
            let help = "leave users, passwords and queries out: --token-env names the variable that holds the token";
            return Err(Trouble::new(format!("{shown}, the address of the API, has more than a host and a path"), help));
        }
        let safe = base.starts_with("https://") || is_local(base) || access.api_url.is_some() && base.starts_with("http://");
        if !safe {
            let help = "give the address with --api-url; http:// has to be given so, since others can read the token there";
            return Err(Trouble::new(format!("{base} is no https:// address, and a token would be sent there"), help));
        }
        let tls = TlsConfig::builder().root_certs(RootCerts::PlatformVerifier).build();
        let agent = Agent::config_builder()
            .tls_config(tls)
            .http_status_as_error(false)
            // Every header would be taken along but one: `once` looks where it goes.
            .max_redirects(0)
            .timeout_global(Some(TIMEOUT))
            .user_agent(concat!("yamlift/", env!("CARGO_PKG_VERSION")))
            .build()
            .into();
        Ok(Http {
            forge,
            agent,
            base: base.to_owned(),
            auth,
            token: access.token.to_owned(),
            token_env: access.token_env.to_owned(),
            wrote: Cell::new(None),
            say: access.say,
        })
    }

    /// # Errors
    /// As `call`.
    pub fn get(&self, path: &str) -> Result<Answer, Trouble> {
        self.call("GET", path, None)
    }

    /// Makes a request, again where the forge is busy.
    ///
    /// # Errors
    /// No answer; limits that do not end soon enough. Any other status is an answer.
    pub fn call(&self, method: &str, path: &str, body: Option<&Json>) -> Result<Answer, Trouble> {
        let writes = method != "GET";
        let (mut tries, mut waited) = (0, Duration::ZERO);
        loop {
            tries += 1;
            if let Some(since) = self.wrote.get().filter(|_| writes) {
                interrupt::sleep(GAP.saturating_sub(since.elapsed()))?;
            }
            let came = self.once(method, path, body);
            if writes {
                self.wrote.set(Some(Instant::now()));
            }
            let wait = match &came {
                Ok((answer, headers)) => patience(answer, headers, tries, now()),
                // What was sent may have been done: a second one says so.
                Err(Silence::ForNow(_)) => Some(Wait::ours(1 << tries.min(6))),
                Err(Silence::ForGood(_)) => None,
            };
            let came = came.map_err(|(Silence::ForNow(trouble) | Silence::ForGood(trouble))| trouble);
            let Some(wait) = wait else { return came.map(|(answer, _)| answer) };
            waited += wait.time;
            if tries >= TRIES || waited > PATIENCE {
                return match came {
                    Ok((answer, _)) => Err(self.busy(&answer, wait, tries)),
                    Err(trouble) => Err(trouble),
                };
            }
            let why =
                came.map_or_else(|trouble| trouble.message, |(answer, _)| format!("{} is busy ({})", self.forge, answer.status));
            (self.say)(&format!("{why}; trying again in {} s\n", wait.time.as_secs()));
            interrupt::sleep(wait.time)?;
        }
    }

    /// One request, and where the forge sends it on to a place of its own (a repository that was renamed), that one.
    fn once(&self, method: &str, path: &str, body: Option<&Json>) -> Result<(Answer, HeaderMap), Silence> {
        let mut url = format!("{}{path}", self.base);
        for _ in 0..=HOPS {
            let (answer, headers) = self.send(method, &url, body)?;
            let location = headers.get("location").and_then(|location| location.to_str().ok());
            let Some(location) = location.filter(|_| [301, 302, 303, 307, 308].contains(&answer.status)) else {
                return Ok((answer, headers));
            };
            match origin::within(&url, location).filter(|_| method == "GET") {
                Some(next) => url = next,
                None => return Err(Silence::ForGood(self.elsewhere(method, location))),
            }
        }
        Err(Silence::ForGood(self.elsewhere(method, &url)))
    }

    fn send(&self, method: &str, url: &str, body: Option<&Json>) -> Result<(Answer, HeaderMap), Silence> {
        let request = Request::builder()
            .method(method)
            .uri(url)
            .header(self.auth.0, &self.auth.1)
            .header("accept", "application/json")
            .header("x-github-api-version", "2022-11-28");
        let (agent, body) = (self.agent.clone(), body.map(Json::to_string));
        let came = interrupt::unless(move || answer(&agent, request, body)).map_err(Silence::ForGood)?;
        let (status, headers, text) = came.map_err(|error| self.silence(&error))?;
        Ok((Answer { status, body: serde_json::from_str(&text).unwrap_or(Json::Null) }, headers))
    }

    fn silence(&self, error: &ureq::Error) -> Silence {
        let said = error.to_string();
        let mut trouble = self.no_answer(&said);
        // Nothing that is sent a second time has another certificate.
        if said.contains("invalid peer certificate") {
            if said.contains("UnknownIssuer") {
                trouble.help = PRIVATE_CA.into();
            }
            return Silence::ForGood(trouble);
        }
        match error {
            ureq::Error::Http(_) | ureq::Error::BadUri(_) | ureq::Error::InvalidProxyUrl => Silence::ForGood(trouble),
            _ => Silence::ForNow(trouble),
        }
    }

    fn elsewhere(&self, method: &str, location: &str) -> Trouble {
        let to = origin::shown(location).replace(&self.token, "***");
        let help = "did the repository move? git remote set-url origin ADDRESS\ndoes the forge have its API elsewhere? --api-url ADDRESS";
        let base = &self.base;
        Trouble::new(format!("{} sends a {method} on from {base} to {to}, which is not followed", self.forge), help)
    }

    fn no_answer(&self, why: &str) -> Trouble {
        let why = why.replace(&self.token, "***");
        let help = "is the address right (--api-url), and does a proxy stand in between (HTTPS_PROXY, NO_PROXY)?\nnothing that was done is lost: the same command goes on";
        Trouble::new(format!("{} at {} does not answer: {why}", self.forge, self.base), help)
    }

    fn busy(&self, answer: &Answer, wait: Wait, tries: u32) -> Trouble {
        let message = format!("{} is busy ({}{})", self.forge, answer.status, self.said(answer));
        let why = match wait.asked {
            true => format!("it asks to wait {} s", wait.time.as_secs()),
            false => format!("it said so {tries} times"),
        };
        Trouble::new(message, format!("{why}: run the same command later, it goes on where it was"))
    }

    /// The words of an answer, after a colon; nothing where there are none.
    pub fn said(&self, answer: &Answer) -> String {
        let body = &answer.body;
        let mut parts: Vec<String> = Vec::new();
        for name in ["message", "error", "detail"] {
            match body.get(name) {
                Some(Json::String(said)) => parts.push(said.clone()),
                Some(Json::Null) | None => {}
                Some(other) => parts.push(other.to_string()),
            }
        }
        for error in body.get("errors").and_then(Json::as_array).into_iter().flatten() {
            let field = ["resource", "field", "code"].map(|name| text(error, name)).join(" ");
            let said = error.as_str().unwrap_or_else(|| text(error, "message"));
            parts.push(if said.is_empty() { field.trim().to_owned() } else { said.to_owned() });
        }
        parts.retain(|part| !part.is_empty());
        parts.dedup();
        let said = parts.join(": ").replace(&self.token, "***");
        if said.is_empty() { String::new() } else { format!(": {said}") }
    }

    /// The answer, where its status is one of `fine`.
    ///
    /// # Errors
    /// Any other status, explained; `deed` is what was tried, `permissions` what the token needs.
    pub fn fine(&self, answer: Answer, fine: &[u16], deed: &str, permissions: &str) -> Result<Answer, Trouble> {
        if fine.contains(&answer.status) {
            return Ok(answer);
        }
        let said = self.said(&answer);
        let (forge, env) = (self.forge, &self.token_env);
        let help = match answer.status {
            401 => format!("{forge} does not know the token of {env}: it expired, was taken back, or is of another forge"),
            403 if said.contains("not permitted to create or approve") => {
                "switch on \"Allow GitHub Actions to create and approve pull requests\" (Settings → Actions → General, of the organisation as well),\nor use the token of an app or of a person: their pull requests start workflows, too".into()
            }
            403 => format!("the token of {env} may not do it\n{permissions}"),
            404 => format!("there is no such repository, or the token of {env} may not see it\n{permissions}"),
            _ => String::new(),
        };
        Err(Trouble::new(format!("{forge} would not {deed} ({}{said})", answer.status), help))
    }
}

/// Makes a request and reads all of the answer.
fn answer(agent: &Agent, request: Builder, body: Option<String>) -> Result<(u16, HeaderMap, String), ureq::Error> {
    let mut response = match body {
        Some(json) => agent.run(request.header("content-type", "application/json").body(json)?),
        None => agent.run(request.body(())?),
    }?;
    let text = response.body_mut().with_config().limit(MOST).read_to_string()?;
    Ok((response.status().as_u16(), response.headers().clone(), text))
}

/// How long to wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Wait {
    time: Duration,
    /// The forge said so.
    asked: bool,
}

impl Wait {
    fn asked(seconds: u64) -> Wait {
        Wait { time: Duration::from_secs(seconds), asked: true }
    }

    fn ours(seconds: u64) -> Wait {
        Wait { time: Duration::from_secs(seconds), asked: false }
    }
}

/// How long to wait before the same request is made again; none: this is the answer. `now`: seconds since 1970.
fn patience(answer: &Answer, headers: &HeaderMap, tries: u32, now: u64) -> Option<Wait> {
    let number = |name: &str| headers.get(name)?.to_str().ok()?.trim().parse::<u64>().ok();
    let slow = || {
        let said = text(&answer.body, "message").to_lowercase();
        headers.contains_key("retry-after") || said.contains("secondary rate limit") || said.contains("abuse detection")
    };
    let empty = number("x-ratelimit-remaining") == Some(0);
    let after = number("retry-after").map(Wait::asked);
    match answer.status {
        429 => {}
        403 if slow() || empty => {}
        500 | 502..=504 => return Some(after.unwrap_or(Wait::ours(1 << tries.min(6)))),
        _ => return None,
    }
    let reset = || number("x-ratelimit-reset").or(number("ratelimit-reset")).filter(|_| empty || answer.status == 429);
    let reset = || reset().map(|reset| Wait::asked(reset.saturating_sub(now) + 1));
    Some(after.or_else(reset).unwrap_or(Wait::ours(60 << (tries - 1).min(6))))
}

fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs())
}

/// On this machine nobody reads what is sent.
fn is_local(base: &str) -> bool {
    let rest = base.strip_prefix("http://").unwrap_or_default();
    let host = rest.split(['/']).next().unwrap_or_default();
    ["localhost", "127.0.0.1", "[::1]"].iter().any(|local| host == *local || host.starts_with(&format!("{local}:")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn access(api_url: Option<&str>) -> Access<'_> {
        Access { api_url, token: "s3cret", token_env: "TOKEN", say: Box::new(|_| ()) }
    }

    fn http(base: &str) -> Result<Http, Trouble> {
        Http::new("Forge", base, ("authorization", "Bearer s3cret".into()), access(Some(base)))
    }

    fn wait(status: u16, headers: &[(&'static str, &str)], message: &str, tries: u32) -> Option<u64> {
        let headers = headers.iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap())).collect();
        let answer = Answer { status, body: serde_json::json!({ "message": message }) };
        patience(&answer, &headers, tries, 1_000).map(|wait| wait.time.as_secs())
    }

    #[test]
    fn limits_are_waited_for() {
        assert_eq!(wait(200, &[], "", 1), None);
        assert_eq!(wait(403, &[], "Resource not accessible by integration", 1), None);
        assert_eq!(wait(403, &[("retry-after", "7")], "You have exceeded a secondary rate limit", 1), Some(7));
        assert_eq!(wait(403, &[], "You have exceeded a secondary rate limit.", 2), Some(120));
        let spent = [("x-ratelimit-remaining", "0"), ("x-ratelimit-reset", "1030")];
        assert_eq!(wait(403, &spent, "API rate limit exceeded", 1), Some(31));
        assert_eq!(wait(429, &[("ratelimit-reset", "1005")], "", 1), Some(6));
        assert_eq!(wait(502, &[], "", 3), Some(8));
        assert_eq!(wait(404, &[], "", 1), None);
    }

    #[test]
    fn a_token_goes_where_nobody_reads_it() {
        assert!(is_local("http://127.0.0.1:8080/api/v1") && is_local("http://localhost"));
        assert!(!is_local("http://127.0.0.1.evil.example/") && !is_local("http://localhost.example"));
    }

    #[test]
    fn an_address_has_no_secrets() {
        for base in ["https://me:pa55@forge.example/api", "http://localhost:pa55@forge.example", "https://forge.example/?t=pa55"]
        {
            let no = http(base).err().unwrap();
            assert!(no.message.starts_with("http") && !no.message.contains("pa55") && no.help.contains("--token-env"), "{no:?}");
        }
    }

    #[test]
    fn what_is_hopeless_is_not_tried_again() {
        let http = http("https://forge.example").unwrap();
        let no = |error: ureq::Error| match http.silence(&error) {
            Silence::ForGood(trouble) => trouble.help,
            Silence::ForNow(_) => "again".into(),
        };
        let io = |said: &str| ureq::Error::Io(std::io::Error::other(said.to_owned()));
        assert!(no(io("invalid peer certificate: UnknownIssuer")).contains("SSL_CERT_FILE=/path/ca.pem"));
        assert!(no(io("invalid peer certificate: Expired")).contains("--api-url"));
        assert!(no(ureq::Error::BadUri("x".into())).contains("--api-url"));
        assert_eq!(no(io("connection reset")), "again");
    }

    #[test]
    fn whose_number_it_is_is_said() {
        let http = http("https://forge.example").unwrap();
        let answer = Answer { status: 500, body: Json::Null };
        assert_eq!(
            http.busy(&answer, Wait::ours(32), 5).help,
            "it said so 5 times: run the same command later, it goes on where it was"
        );
        assert!(http.busy(&answer, Wait::asked(900), 1).help.starts_with("it asks to wait 900 s"));
    }
}
