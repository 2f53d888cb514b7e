//! Typed parameters: what a migration lets people choose.
use super::PackError;
use super::author::Page;
use super::version::Version;
use crate::yaml::draft::Id;
use serde_json::{Value as Json, json};

/// One declared parameter.
#[derive(Debug, Clone, PartialEq)]
pub struct Param {
    pub name: String,
    pub kind: Kind,
    pub default: Option<Json>,
    pub optional: bool,
    pub min: Option<f64>,
    pub max: Option<f64>,
    pub choices: Vec<Json>,
    pub pattern: Option<String>,
    pub help: String,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Kind {
    String,
    Integer,
    Number,
    Boolean,
    Duration,
    Version,
    /// `{host, port}`.
    HostPort,
    List(Box<Kind>),
    Map(Box<Kind>),
}

const TYPES: &[&str] = &["string", "integer", "number", "boolean", "duration", "version", "host-port", "list", "map"];

impl Kind {
    pub fn parse(text: &str) -> Option<Kind> {
        let inner = |prefix: &str| text.strip_prefix(prefix)?.strip_suffix('>').and_then(Kind::parse).map(Box::new);
        Some(match text {
            "string" => Kind::String,
            "integer" => Kind::Integer,
            "number" => Kind::Number,
            "boolean" => Kind::Boolean,
            "duration" => Kind::Duration,
            "version" => Kind::Version,
            "host-port" => Kind::HostPort,
            "list" => Kind::List(Box::new(Kind::String)),
            "map" => Kind::Map(Box::new(Kind::String)),
            _ => return inner("list<").map(Kind::List).or_else(|| inner("map<").map(Kind::Map)),
        })
    }
}

impl std::fmt::Display for Kind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Kind::String => f.write_str("string"),
            Kind::Integer => f.write_str("integer"),
            Kind::Number => f.write_str("number"),
            Kind::Boolean => f.write_str("boolean"),
            Kind::Duration => f.write_str("duration"),
            Kind::Version => f.write_str("version"),
            Kind::HostPort => f.write_str("host:port"),
            Kind::List(inner) => write!(f, "list<{inner}>"),
            Kind::Map(inner) => write!(f, "map<{inner}>"),
        }
    }
}

/// The parameters of a `params:` map.
pub fn read(page: &Page, node: Id) -> Result<Vec<Param>, PackError> {
    let mut out = Vec::new();
    for (name, key, value) in page.members(node)? {
        let sound = name.starts_with(|c: char| c.is_ascii_lowercase())
            && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
        if !sound {
            return Err(
                page.error(key, format!("`{name}` cannot be the name of a parameter: use lower-case letters, digits and `_`"))
            );
        }
        let fields = page.fields(value, &["type", "default", "optional", "min", "max", "enum", "pattern", "help"])?;
        let kind = fields.need("type")?;
        let kind_text = page.string(kind)?;
        let parsed = Kind::parse(&kind_text).ok_or_else(|| {
            let near = super::near(&kind_text, TYPES.iter().copied()).map(|near| format!("did you mean `{near}`?"));
            let help = near.unwrap_or_else(|| format!("types: {}, list<…>, map<…>", TYPES.join(", ")));
            PackError { help: Some(help), ..page.error(kind, format!("unknown type `{kind_text}`")) }
        })?;
        let number = |key: &str| fields.get(key).map(|n| page.number(n)).transpose();
        let text = |key: &str| fields.get(key).map(|n| page.string(n)).transpose();
        let mut param = Param {
            name,
            kind: parsed,
            default: None,
            optional: fields.get("optional").map_or(Ok(false), |n| page.boolean(n))?,
            min: number("min")?,
            max: number("max")?,
            choices: fields.get("enum").map_or_else(Vec::new, |n| page.list(n).into_iter().map(|n| page.json(n)).collect()),
            pattern: text("pattern")?,
            help: text("help")?.unwrap_or_default(),
        };
        if let (Some(pattern), Some(node)) = (&param.pattern, fields.get("pattern")) {
            crate::expr::is_match(pattern, "").map_err(|e| page.error(node, e.to_string()))?;
        }
        if let Some(node) = fields.get("default") {
            let value = param.check(&page.json(node)).map_err(|why| page.error(node, why))?;
            param.default = Some(value);
        }
        out.push(param);
    }
    Ok(out)
}

impl Param {
    /// A value typed on the command line.
    ///
    /// # Errors
    /// What is wrong with it, in words that follow the parameter's name.
    pub fn parse(&self, text: &str) -> Result<Json, String> {
        self.check(&typed(&self.kind, text))
    }

    /// A value from a file, or a typed one.
    ///
    /// # Errors
    /// As `parse`.
    pub fn check(&self, value: &Json) -> Result<Json, String> {
        let typed = fit(&self.kind, value)
            .ok_or_else(|| format!("`{}` has to be {}, not {}", self.name, article(&self.kind), shown(value)))?;
        if let Some(n) = typed.as_f64() {
            let low = self.min.is_some_and(|min| n < min);
            if low || self.max.is_some_and(|max| n > max) {
                let end = |n: Option<f64>| n.map(|n| n.to_string()).unwrap_or_default();
                return Err(format!("`{}` has to be a number within {}..{}, not {n}", self.name, end(self.min), end(self.max)));
            }
        }
        if !self.choices.is_empty() && !self.choices.contains(&typed) {
            let choices: Vec<_> = self.choices.iter().map(shown).collect();
            return Err(format!("`{}` has to be one of {}, not {}", self.name, choices.join(", "), shown(value)));
        }
        if let (Some(pattern), Some(text)) = (&self.pattern, typed.as_str())
            && !crate::expr::is_match(pattern, text).unwrap_or(false)
        {
            return Err(format!("`{}` has to be a text like {pattern}, not {}", self.name, shown(value)));
        }
        Ok(typed)
    }
}

fn article(kind: &Kind) -> String {
    match kind {
        Kind::Integer => "an integer".into(),
        Kind::HostPort => "host:port (an IPv6 address in brackets)".into(),
        Kind::Boolean => "true or false".into(),
        Kind::Duration => "a duration such as 10s".into(),
        Kind::Version => "a version such as 1.34".into(),
        other => format!("a {other}"),
    }
}

fn shown(value: &Json) -> String {
    match value {
        Json::String(s) => format!("`{s}`"),
        other => format!("`{other}`"),
    }
}

/// Text as the JSON that its type makes of it; text where nothing fits.
fn typed(kind: &Kind, text: &str) -> Json {
    let raw = || Json::String(text.to_owned());
    match kind {
        Kind::Integer => text.parse::<i64>().map_or_else(|_| raw(), Json::from),
        Kind::Number => {
            text.parse::<i64>().map(Json::from).or_else(|_| text.parse::<f64>().map(Json::from)).unwrap_or_else(|_| raw())
        }
        Kind::Boolean => text.parse::<bool>().map_or_else(|_| raw(), Json::from),
        Kind::List(inner) => text.split(',').map(|part| typed(inner, part.trim())).collect(),
        Kind::Map(inner) => {
            let pairs = text.split(',').map(|pair| pair.split_once(['=', ':']));
            let pairs: Option<serde_json::Map<_, _>> =
                pairs.map(|pair| pair.map(|(k, v)| (k.trim().to_owned(), typed(inner, v.trim())))).collect();
            pairs.map_or_else(raw, Json::Object)
        }
        _ => raw(),
    }
}

fn fit(kind: &Kind, value: &Json) -> Option<Json> {
    match (kind, value) {
        (Kind::String, Json::String(_)) | (Kind::Boolean, Json::Bool(_)) | (Kind::Number, Json::Number(_)) => Some(value.clone()),
        (Kind::Integer, Json::Number(n)) if n.is_i64() || n.is_u64() => Some(value.clone()),
        (Kind::Duration, Json::String(s)) => is_duration(s).then(|| value.clone()),
        (Kind::Version, Json::String(s)) => Version::parse(s).map(|v| Json::String(v.to_string())),
        (Kind::HostPort, Json::String(s)) => {
            let (host, port) = s.rsplit_once(':')?;
            let port: u16 = port.parse().ok().filter(|p| *p > 0)?;
            Some(json!({ "host": bare_host(host)?, "port": port }))
        }
        (Kind::HostPort, Json::Object(map)) => {
            let port = map.get("port")?.as_u64().filter(|p| (1..=65535).contains(p))?;
            Some(json!({ "host": map.get("host")?.as_str()?, "port": port }))
        }
        (Kind::List(inner), Json::Array(items)) => items.iter().map(|item| fit(inner, item)).collect(),
        (Kind::Map(inner), Json::Object(map)) => map
            .iter()
            .map(|(k, v)| Some((k.clone(), fit(inner, v)?)))
            .collect::<Option<serde_json::Map<_, _>>>()
            .map(Json::Object),
        _ => None,
    }
}

/// A name or an address, without the brackets that an IPv6 address has before a port: host and port are written apart.
fn bare_host(text: &str) -> Option<&str> {
    match text.strip_prefix('[').and_then(|h| h.strip_suffix(']')) {
        Some(inner) => inner.parse::<std::net::Ipv6Addr>().is_ok().then_some(inner),
        None => (!text.is_empty() && !text.contains(['/', ' ', ':', '[', ']'])).then_some(text),
    }
}

/// `1h30m`, `10s`, `1.5s`, `250ms`.
fn is_duration(text: &str) -> bool {
    let mut rest = text;
    while !rest.is_empty() {
        let number = rest.find(|c: char| !(c.is_ascii_digit() || c == '.')).unwrap_or(0);
        let unit = rest[number..].find(|c: char| !c.is_ascii_alphabetic()).map_or(rest.len(), |i| number + i);
        if number == 0 || !["h", "m", "s", "ms", "us", "ns"].contains(&&rest[number..unit]) {
            return false;
        }
        rest = &rest[unit..];
    }
    !text.is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn param(kind: &str) -> Param {
        let kind = Kind::parse(kind).expect("a type");
        Param {
            name: "p".into(),
            kind,
            default: None,
            optional: true,
            min: None,
            max: None,
            choices: vec![],
            pattern: None,
            help: String::new(),
        }
    }

    #[test]
    fn values_of_every_type() {
        assert_eq!(param("host-port").parse("otel:4317"), Ok(json!({"host": "otel", "port": 4317})));
        assert_eq!(param("host-port").parse("[::1]:80"), Ok(json!({"host": "::1", "port": 80})));
        assert_eq!(param("list<integer>").parse("1, 2"), Ok(json!([1, 2])));
        assert_eq!(param("map<string>").parse("a=b,c=d"), Ok(json!({"a": "b", "c": "d"})));
        assert_eq!(param("version").parse("v1.34.1"), Ok(json!("1.34.1")));
        assert_eq!(param("duration").parse("1h30m"), Ok(json!("1h30m")));
        assert_eq!(param("number").parse("0.5"), Ok(json!(0.5)));
        for (kind, bad) in [
            ("integer", "x"),
            ("host-port", "a"),
            ("host-port", "a:0"),
            ("host-port", "a:1:2"),
            ("host-port", "::1:80"),
            ("host-port", "[a]:80"),
            ("boolean", "yes"),
            ("duration", "10"),
            ("version", "new"),
            ("list<integer>", "1,x"),
        ] {
            assert!(param(kind).parse(bad).is_err(), "{kind} {bad}");
        }
    }
}
