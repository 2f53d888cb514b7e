//! Whose repository is it? Read from the address that git pushes to.
use std::env::VarError;

/// Hosts of GitHub's for one company each.
const GHE: &str = ".ghe.com";

/// The kind of a forge.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    GitHub,
    GitLab,
    /// And Forgejo, which has the same API.
    Gitea,
    /// Branches are pushed, and that is all.
    None,
}

/// A remote repository on a host.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Remote {
    /// Reached by http or https: the port is then one that browsers may use.
    pub scheme: &'static str,
    /// Without a user; with the port of http(s).
    pub host: String,
    /// `owner/name`, or deeper; without `.git`.
    pub path: String,
}

/// Reads `https://host/owner/name.git`, `ssh://git@host:22/owner/name`, `git@host:owner/name.git`; none for what is on this
/// disk.
pub fn parse(url: &str) -> Option<Remote> {
    let (scheme, rest) = match url.split_once("://") {
        Some((scheme, rest)) => (scheme, rest.to_owned()),
        // `host:path`, but no `C:\path`, and no path with a colon somewhere behind a slash.
        None => {
            let (host, path) = url.split_once(':').filter(|(host, _)| host.len() > 1 && !host.contains('/'))?;
            ("ssh", format!("{host}/{}", path.trim_start_matches('/')))
        }
    };
    let scheme = match scheme {
        "https" | "git+https" => "https",
        "http" => "http",
        "ssh" | "git+ssh" | "git" => "ssh",
        _ => return None,
    };
    let (authority, path) = rest.split_once('/')?;
    let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    let host = if scheme == "ssh" { without_port(host) } else { host };
    // The hosts where ssh goes through the port of https.
    let host =
        host.strip_prefix("ssh.").or_else(|| host.strip_prefix("altssh.")).filter(|rest| rest.contains('.')).unwrap_or(host);
    // What is behind it (a token, for some servers) is no part of a name.
    let path = path.split(['?', '#']).next().unwrap_or_default();
    let path = path.trim_matches('/').trim_end_matches(".git").trim_matches('/');
    let whole = !host.is_empty() && path.split('/').count() > 1 && !path.split('/').any(|part| part.is_empty() || part == "..");
    whole.then(|| Remote { scheme, host: host.to_lowercase(), path: path.to_owned() })
}

/// Whether git takes it for a folder of this machine.
pub fn is_on_disk(address: &str) -> bool {
    match address.split_once("://") {
        Some((scheme, _)) => scheme == "file",
        None => !address.split_once(':').is_some_and(|(host, _)| host.len() > 1 && !host.contains('/')),
    }
}

fn without_port(host: &str) -> &str {
    match host.rsplit_once(':') {
        Some((name, port)) if port.chars().all(|c| c.is_ascii_digit()) => name,
        _ => host,
    }
}

impl Remote {
    /// Where people look at it.
    pub fn web(&self) -> String {
        format!("{}/{}", self.site(), self.path)
    }

    /// Scheme and host, as git's settings for an address have them.
    pub fn site(&self) -> String {
        let scheme = if self.scheme == "http" { "http" } else { "https" };
        format!("{scheme}://{}", self.host)
    }

    /// Whether git sends a token to it.
    pub fn takes_token(&self) -> bool {
        self.scheme != "ssh"
    }

    /// Where a forge of this kind has its API.
    pub fn api(&self, kind: Kind) -> String {
        match kind {
            Kind::GitHub if self.host == "github.com" || self.host.ends_with(GHE) => format!("https://api.{}", self.host),
            Kind::GitHub => format!("{}/api/v3", self.site()),
            Kind::GitLab => format!("{}/api/v4", self.site()),
            Kind::Gitea | Kind::None => {
                // What stands before `owner/name` is where all of it lives.
                let below = self.path.rsplitn(3, '/').nth(2).map(|below| format!("/{below}")).unwrap_or_default();
                format!("{}{below}/api/v1", self.site())
            }
        }
    }

    /// The path, without what it shares with the API's address: a forge may live below `https://host/git`.
    pub fn path_below(&self, api: &str) -> String {
        let below = api.split_once("://").and_then(|(_, rest)| rest.split_once('/')).map_or("", |(_, path)| path);
        let site = below.rsplit_once("api/").map_or("", |(site, _)| site);
        self.path.strip_prefix(site).unwrap_or(&self.path).to_owned()
    }

    /// Whether it is the host that tokens of that kind are for where nobody says so: the public one, or that of the pipeline.
    pub fn is_known(&self, kind: Kind, env: &impl Fn(&str) -> Result<String, VarError>) -> bool {
        let public = match kind {
            Kind::GitHub => self.host == "github.com" || self.host.ends_with(GHE),
            Kind::GitLab => self.host == "gitlab.com",
            Kind::Gitea => ["gitea.com", "codeberg.org"].contains(&self.host.as_str()),
            Kind::None => false,
        };
        let servers = ["GITHUB_SERVER_URL", "CI_SERVER_URL", "CI_SERVER_HOST"];
        public || servers.iter().any(|name| env(name).is_ok_and(|url| site_host(&url) == self.host))
    }

    /// The forge that lives there, and its API where the environment of a pipeline says it; none where nobody can tell.
    pub fn kind(&self, env: &impl Fn(&str) -> Result<String, VarError>) -> Option<(Kind, Option<String>)> {
        let is_ours = |name: &str| env(name).ok().is_some_and(|url| site_host(&url) == self.host);
        let set = |name: &str| env(name).is_ok_and(|value| value == "true");
        // Runners of Gitea and Forgejo set what those of GitHub set.
        if is_ours("GITHUB_SERVER_URL") {
            let kind = if set("GITEA_ACTIONS") || set("FORGEJO_ACTIONS") { Kind::Gitea } else { Kind::GitHub };
            return Some((kind, env("GITHUB_API_URL").ok()));
        }
        if is_ours("CI_SERVER_URL") {
            return Some((Kind::GitLab, env("CI_API_V4_URL").ok()));
        }
        let named = |word: &str| self.host.split(['.', ':', '-']).any(|part| part == word);
        let kind = match () {
            () if named("github") || self.host.ends_with(GHE) => Kind::GitHub,
            () if named("gitlab") => Kind::GitLab,
            () if named("gitea") || named("forgejo") || named("codeberg") => Kind::Gitea,
            () => return None,
        };
        Some((kind, None))
    }
}

/// The host of an address, with its port.
pub fn site_host(url: &str) -> String {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    rest.split('/').next().unwrap_or_default().to_lowercase()
}

impl Kind {
    pub fn name(self) -> &'static str {
        match self {
            Kind::GitHub => "GitHub",
            Kind::GitLab => "GitLab",
            Kind::Gitea => "Gitea",
            Kind::None => "the remote",
        }
    }

    /// The variables that hold its token, the first that is set wins. `known`: the host is one that they are for, or somebody
    /// said that it may have them; else its name alone, which anybody may take, says what lives there.
    pub fn token_names(self, host: &str, known: bool) -> &'static [&'static str] {
        match self {
            Kind::GitHub if host == "github.com" || host.ends_with(GHE) => &["GITHUB_TOKEN", "GH_TOKEN"],
            Kind::GitHub if known => &["GH_ENTERPRISE_TOKEN", "GITHUB_ENTERPRISE_TOKEN", "GITHUB_TOKEN", "GH_TOKEN"],
            Kind::GitHub => &["GH_ENTERPRISE_TOKEN", "GITHUB_ENTERPRISE_TOKEN"],
            Kind::GitLab if known => &["GITLAB_TOKEN"],
            Kind::Gitea if known => &["GITEA_TOKEN", "FORGEJO_TOKEN"],
            Kind::GitLab | Kind::Gitea | Kind::None => &[],
        }
    }

    /// The name that git gives beside the token, which is the password.
    pub fn git_user(self) -> &'static str {
        if self == Kind::GitLab { "oauth2" } else { "x-access-token" }
    }

    /// What a token has to be allowed to do.
    pub fn permissions(self) -> &'static str {
        match self {
            Kind::GitHub => {
                "the token needs: Contents (write) and Pull requests (write); in a workflow: `permissions: { contents: write, pull-requests: write }`;\na classic token: the scope `repo` (and `workflow` where files below .github/workflows change)"
            }
            Kind::GitLab => {
                "the token needs: scopes `api` and `write_repository`, and the role Developer; CI_JOB_TOKEN cannot open merge requests"
            }
            Kind::Gitea => "the token needs: `write:repository` and `write:issue`",
            Kind::None => "",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses() {
        let read = |url: &str| parse(url).map(|r| format!("{} {} {}", r.scheme, r.host, r.path)).unwrap_or_default();
        assert_eq!(read("https://github.com/demo/shop.git"), "https github.com demo/shop");
        assert_eq!(read("https://x-access-token:secret@GitHub.com/demo/shop/"), "https github.com demo/shop");
        assert_eq!(read("http://git.local:3000/demo/shop"), "http git.local:3000 demo/shop");
        assert_eq!(read("ssh://git@git.local:2222/demo/shop.git"), "ssh git.local demo/shop");
        assert_eq!(read("git@gitlab.com:group/sub/shop.git"), "ssh gitlab.com group/sub/shop");
        assert_eq!(read("ssh://git@ssh.github.com:443/demo/shop.git"), "ssh github.com demo/shop");
        assert_eq!(read("https://github.com/demo/shop.git?token=secret#x"), "https github.com demo/shop");
        for none in ["/srv/git/shop.git", "../shop", "file:///srv/git/shop.git", "C:\\git\\shop", "https://github.com/shop", ""] {
            assert_eq!(read(none), "", "{none}");
        }
    }

    #[test]
    fn folders() {
        for here in ["/srv/git/shop.git", "../shop", "file:///srv/git/shop.git", "C:\\git\\shop", "/srv/a:b/shop"] {
            assert!(is_on_disk(here), "{here}");
        }
        for there in ["https://me:secret@host.example/shop", "git@host.example:shop", "ftp://host.example/a/b"] {
            assert!(!is_on_disk(there), "{there}");
        }
    }

    #[test]
    fn apis() {
        let remote = |url: &str| parse(url).unwrap();
        assert_eq!(remote("git@github.com:a/b.git").api(Kind::GitHub), "https://api.github.com");
        assert_eq!(remote("https://shop.ghe.com/a/b").api(Kind::GitHub), "https://api.shop.ghe.com");
        assert_eq!(remote("https://ghe.example/a/b").api(Kind::GitHub), "https://ghe.example/api/v3");
        assert_eq!(remote("http://git.local:3000/a/b").api(Kind::Gitea), "http://git.local:3000/api/v1");
        assert_eq!(remote("https://host.example/git/a/b").api(Kind::Gitea), "https://host.example/git/api/v1");
        assert_eq!(remote("https://host.example/git/a/b").path_below("https://host.example/git/api/v1"), "a/b");
        assert_eq!(remote("https://host.example/a/b").path_below("http://127.0.0.1:9/api/v4"), "a/b");
        assert_eq!(remote("https://host.example/a/b").path_below("https://api.github.com"), "a/b");
    }

    #[test]
    fn a_host_that_looks_like_a_forge_gets_no_token_of_another() {
        let names = |url: &str, server: Option<&'static str>| {
            let env = |name: &str| server.filter(|_| name == "GITHUB_SERVER_URL").map(str::to_owned).ok_or(VarError::NotPresent);
            let remote = parse(url).unwrap();
            let (kind, _) = remote.kind(&env).unwrap();
            kind.token_names(&remote.host, remote.is_known(kind, &env)).join(" ")
        };
        assert_eq!(names("git@github.com:a/b", None), "GITHUB_TOKEN GH_TOKEN");
        assert_eq!(names("https://shop.ghe.com/a/b", None), "GITHUB_TOKEN GH_TOKEN");
        let all = "GH_ENTERPRISE_TOKEN GITHUB_ENTERPRISE_TOKEN GITHUB_TOKEN GH_TOKEN";
        assert_eq!(names("https://code.example/a/b", Some("https://code.example")), all);
        for url in ["https://github.evil.example/a/b", "https://github.com:8443/a/b", "https://github.com.evil.example/a/b"] {
            assert_eq!(names(url, Some("https://github.com")), "GH_ENTERPRISE_TOKEN GITHUB_ENTERPRISE_TOKEN", "{url}");
        }
        assert_eq!(names("https://gitlab.com/a/b", None), "GITLAB_TOKEN");
        assert_eq!(names("https://codeberg.org/a/b", None), "GITEA_TOKEN FORGEJO_TOKEN");
        assert_eq!(names("https://gitlab.evil.example/a/b", None), "");
        assert_eq!(names("https://gitea.evil.example/a/b", None), "");
    }

    #[test]
    fn the_forge_is_told_by_the_host_or_the_pipeline() {
        let kind = |url: &str, vars: &[(&str, &str)]| {
            let env = |name: &str| {
                vars.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned()).ok_or(VarError::NotPresent)
            };
            parse(url).unwrap().kind(&env)
        };
        assert_eq!(kind("git@github.com:a/b", &[]), Some((Kind::GitHub, None)));
        assert_eq!(kind("https://gitlab.example/a/b", &[]), Some((Kind::GitLab, None)));
        assert_eq!(kind("https://codeberg.org/a/b", &[]), Some((Kind::Gitea, None)));
        assert_eq!(kind("https://code.example/a/b", &[]), None);
        let runner = [("GITHUB_SERVER_URL", "https://code.example"), ("GITHUB_API_URL", "https://code.example/api/v3")];
        assert_eq!(kind("https://code.example/a/b", &runner), Some((Kind::GitHub, Some(runner[1].1.into()))));
        let runner = [("GITHUB_SERVER_URL", "https://code.example"), ("GITEA_ACTIONS", "true")];
        assert_eq!(kind("https://code.example/a/b", &runner), Some((Kind::Gitea, None)));
        let runner = [("CI_SERVER_URL", "https://code.example"), ("CI_API_V4_URL", "https://code.example/api/v4")];
        assert_eq!(kind("https://code.example/a/b", &runner), Some((Kind::GitLab, Some(runner[1].1.into()))));
    }
}
