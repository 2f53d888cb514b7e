//! Where pull requests go, and with whose token.
use crate::cli::args::Pr;
use crate::cli::refusal::refuse;
use crate::forge::git::Git;
use crate::forge::remote::{self, Kind, Remote};
use crate::forge::{self, Access, Forge};
use crate::output::pr_body;
use crate::output::terminal::Terminal;

/// Where a run publishes.
pub struct Place {
    /// None: branches are pushed, and that is all.
    pub forge: Option<Box<dyn Forge>>,
    /// The push itself opens the merge request.
    pub push_options: bool,
    pub archived: bool,
    /// Where people look at the repository.
    pub web: String,
}

impl Place {
    /// Most characters of a description.
    pub fn room(&self) -> usize {
        // An option of a push is one packet of git.
        if self.push_options { 15_000 } else { pr_body::MOST }
    }
}

pub fn find(args: &Pr, git: &mut Git, dry: bool, terminal: Terminal) -> anyhow::Result<Place> {
    let address = git.address().map_err(super::no)?;
    let remote = remote::parse(&address);
    let env = |name: &str| std::env::var(name);
    let told = remote.as_ref().and_then(|remote| remote.kind(&env));
    let (kind, api) = match (args.forge.kind(), &told) {
        // The pipeline's word holds for the forge that it speaks of.
        (Some(kind), Some((known, api))) => (kind, api.clone().filter(|_| kind == *known)),
        (Some(kind), None) => (kind, None),
        (None, Some((known, api))) => (*known, api.clone()),
        (None, None) => {
            let at = remote.as_ref().map_or_else(|| git.hide(&address), |remote| remote.host.clone());
            let help = "--forge github, gitlab, gitea or forgejo says it; --forge none pushes the branch, and that is all";
            return Err(refuse(format!("which forge is at {at}?"), help));
        }
    };
    if args.push_options && kind != Kind::GitLab {
        return Err(refuse("--push-options is for GitLab alone", "leave it out, or say --forge gitlab"));
    }
    let web = remote.as_ref().map_or_else(String::new, Remote::web);
    let known = args.forge.kind().is_some() || remote.as_ref().is_some_and(|remote| is_known(args, remote, kind));
    let token = token(args, kind, remote.as_ref(), known)?;
    if let (Some((_, token)), Some(remote)) = (&token, &remote) {
        git.authenticate(remote, kind, token);
    }
    let bare = Place { forge: None, push_options: args.push_options, archived: false, web };
    if kind == Kind::None || args.push_options {
        return Ok(bare);
    }
    let Some(remote) = remote_of(remote, &address, args) else {
        let help = "a forge is reached by http(s) or ssh, at HOST/OWNER/NAME; --forge none pushes the branch, and that is all";
        return Err(refuse(format!("the remote {} is no repository of a forge", git.hide(&address)), help));
    };
    let Some((token_env, token)) = token else {
        if dry {
            terminal.err("there is no token: what is open already is not looked at\n");
            return Ok(bare);
        }
        return Err(no_token(args, kind, &remote, known));
    };
    let say = Box::new(move |said: &str| terminal.err(said));
    let api_url = args.api_url.clone().or(api);
    let access = Access { api_url: api_url.as_deref(), token: &token, token_env: &token_env, say };
    let mut forge = forge::open(kind, &remote, access).map_err(super::no)?;
    let archived = match &mut forge {
        Some(forge) => forge.repository().map_err(super::no)?.archived,
        None => false,
    };
    Ok(Place { forge, archived, ..bare })
}

/// Whether tokens go to that host although only its name says what lives there.
fn is_known(args: &Pr, remote: &Remote, kind: Kind) -> bool {
    let named = args.api_url.as_deref().is_some_and(|url| remote::site_host(url) == remote.host);
    named || remote.is_known(kind, &|name: &str| std::env::var(name))
}

fn no_token(args: &Pr, kind: Kind, remote: &Remote, known: bool) -> anyhow::Error {
    let (host, name) = (&remote.host, kind.name());
    let names = kind.token_names(host, true).join(" or ");
    let how = match &args.token_env {
        Some(name) => format!("set {name}, or name another variable with --token-env"),
        None if known => format!("set {names}, or name another variable with --token-env"),
        None => {
            let forge = name.to_lowercase();
            format!(
                "{names} would go to a host that only looks like {name} by its name: if it is yours, add --forge {forge} or --token-env NAME"
            )
        }
    };
    refuse(format!("there is no token for {name} at {host}"), format!("{how}\n{}", kind.permissions()))
}

/// The variable that holds a token, and the token.
fn token(args: &Pr, kind: Kind, remote: Option<&Remote>, known: bool) -> anyhow::Result<Option<(String, String)>> {
    let host = remote.map_or("", |remote| remote.host.as_str());
    let names: Vec<&str> = match &args.token_env {
        Some(name) => vec![name],
        None => kind.token_names(host, known).to_vec(),
    };
    let values = names.into_iter().filter_map(|name| Some((name, std::env::var_os(name)?.to_string_lossy().trim().to_owned())));
    let Some((name, token)) = values.into_iter().find(|(_, token)| !token.is_empty()) else { return Ok(None) };
    if !token.chars().all(|c| c.is_ascii_graphic()) {
        let help = "was something else copied along, a blank, the end of a line, a second token? Set it anew";
        return Err(refuse(format!("the value of {name} is no token: it has a character in it that none has"), help));
    }
    Ok(Some((name.to_owned(), token)))
}

/// A remote on this disk stands for the repository that its last two folders name, where the API is said.
fn remote_of(remote: Option<Remote>, address: &str, args: &Pr) -> Option<Remote> {
    if remote.is_some() || !remote::is_on_disk(address) {
        return remote;
    }
    let api = args.api_url.as_deref()?;
    let (scheme, rest) = api.split_once("://")?;
    let path = address.trim_end_matches('/').trim_end_matches(".git").replace('\\', "/");
    let mut parts = path.rsplit('/').filter(|part| !part.is_empty());
    let (name, owner) = (parts.next()?, parts.next()?);
    let host = rest.split('/').next()?;
    remote::parse(&format!("{scheme}://{host}/{owner}/{name}"))
}
