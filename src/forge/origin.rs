//! Where a request may go: what it shows of itself does not leave the scheme, host and port that it is meant for.

/// The address that a `Location` means in an answer of `url`; none where that is another scheme, host or port.
pub fn within(url: &str, location: &str) -> Option<String> {
    let (own, path) = split(url)?;
    let location = location.split('#').next().unwrap_or_default();
    let scheme = own.split("//").next().unwrap_or_default();
    let below = if location.split(['/', '?']).next().is_some_and(|first| first.ends_with(':')) {
        below(&own, location)?
    } else if location.starts_with("//") {
        below(&own, &format!("{scheme}{location}"))?
    } else if location.starts_with('/') {
        location.to_owned()
    } else {
        let folder = path.split('?').next().and_then(|path| path.rsplit_once('/')).map_or("", |(folder, _)| folder);
        format!("{folder}/{location}")
    };
    // Made of what is known, so that nothing in the rest leads out of it.
    let slash = if below.starts_with('/') { "" } else { "/" };
    Some(format!("{own}{slash}{below}"))
}

/// An address without users, passwords and queries, for messages.
pub fn shown(url: &str) -> String {
    let bare = url.split(['?', '#']).next().unwrap_or_default();
    let Some((scheme, rest)) = bare.split_once("//") else { return bare.to_owned() };
    let end = rest.find('/').unwrap_or(rest.len());
    let host = rest[..end].rfind('@').map_or(rest, |at| &rest[at + 1..]);
    format!("{scheme}//{host}")
}

/// A text whose addresses have no users, passwords and queries.
pub fn bare(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, behind)) = rest.split_once("://") {
        let end = behind.find(|c: char| c.is_whitespace() || "'\"".contains(c)).unwrap_or(behind.len());
        let (address, after) = behind.split_at(end);
        let authority = address.split('/').next().unwrap_or_default();
        let bare = authority.rfind('@').map_or(address, |at| &address[at + 1..]);
        out += &format!("{before}://{}", bare.split_once('?').map_or(bare.into(), |(bare, _)| format!("{bare}?***")));
        rest = after;
    }
    out.push_str(rest);
    out
}

fn below(own: &str, url: &str) -> Option<String> {
    let (origin, below) = split(url)?;
    (origin == own).then(|| below.to_owned())
}

/// `https://host:port`, without the port that goes without saying, and what is behind it; none where there is a user in it.
fn split(url: &str) -> Option<(String, &str)> {
    let (scheme, rest) = url.split_once("://")?;
    let (authority, path) = rest.split_at(rest.find(['/', '?', '#', '\\']).unwrap_or(rest.len()));
    let scheme = scheme.to_lowercase();
    let port = match scheme.as_str() {
        "https" => ":443",
        "http" => ":80",
        _ => return None,
    };
    let host = authority.to_lowercase();
    let host = host.strip_suffix(port).unwrap_or(&host);
    (!host.is_empty() && !host.contains('@')).then(|| (format!("{scheme}://{host}"), path))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_followed_on_its_own_host_alone() {
        let from = "https://api.shop.example/repos/a/b?x=1";
        let to = |location: &str| within(from, location).unwrap_or_default();
        assert_eq!(to("https://api.shop.example/repositories/7"), "https://api.shop.example/repositories/7");
        assert_eq!(to("HTTPS://API.shop.example:443/repositories/7?y=2#z"), "https://api.shop.example/repositories/7?y=2");
        assert_eq!(to("/repositories/7"), "https://api.shop.example/repositories/7");
        assert_eq!(to("//api.shop.example/repositories/7"), "https://api.shop.example/repositories/7");
        assert_eq!(to("c"), "https://api.shop.example/repos/a/c");
        for out in [
            "http://api.shop.example/x",
            "https://api.shop.example:8443/x",
            "https://api.shop.example.evil.example/x",
            "https://evil.example/x",
            "//evil.example/x",
            "https://me@api.shop.example/x",
            "https://api.shop.example@evil.example/x",
            "https://evil.example\\.api.shop.example/x",
            "ftp://api.shop.example/x",
        ] {
            assert_eq!(to(out), "", "{out}");
        }
        assert_eq!(within("http://127.0.0.1:80/a", "http://127.0.0.1:8080/b"), None);
    }

    #[test]
    fn an_address_is_shown_without_secrets() {
        assert_eq!(shown("https://me:pw@host.example/a/b?token=x#y"), "https://host.example/a/b");
        assert_eq!(shown("//host.example/a@b"), "//host.example/a@b");
        assert_eq!(shown("/a?token=x"), "/a");
    }
}
