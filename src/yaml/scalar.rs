//! Scalars: from text to typed value and back, with quotes where another reader would see something else.
use super::tree::ScalarStyle;
use super::value::Value;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Quote {
    Plain,
    Single,
    Double,
}

/// The value of a scalar: YAML 1.2 core schema for plain ones, text for the rest, unless a tag says otherwise.
pub fn resolve(text: &str, style: ScalarStyle, tag: Option<&str>) -> Value {
    match tag {
        None if style == ScalarStyle::Plain => core(text),
        None | Some("!!str" | "!" | "!<tag:yaml.org,2002:str>") => Value::Str(text.to_owned()),
        Some("!!int" | "!!float" | "!!bool" | "!!null") => match core(text) {
            Value::Str(text) => Value::Tagged(tag.unwrap_or_default().to_owned(), Box::new(Value::Str(text))),
            typed => typed,
        },
        Some(other) => Value::Tagged(other.to_owned(), Box::new(Value::Str(text.to_owned()))),
    }
}

fn core(text: &str) -> Value {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => return Value::Null,
        "true" | "True" | "TRUE" => return Value::Bool(true),
        "false" | "False" | "FALSE" => return Value::Bool(false),
        ".nan" | ".NaN" | ".NAN" => return Value::Float(f64::NAN),
        ".inf" | ".Inf" | ".INF" | "+.inf" | "+.Inf" | "+.INF" => return Value::Float(f64::INFINITY),
        "-.inf" | "-.Inf" | "-.INF" => return Value::Float(f64::NEG_INFINITY),
        _ => {}
    }
    int(text).map(Value::Int).or_else(|| float(text).map(Value::Float)).unwrap_or_else(|| Value::Str(text.to_owned()))
}

fn int(text: &str) -> Option<i128> {
    if let Some(octal) = text.strip_prefix("0o") {
        return i128::from_str_radix(octal, 8).ok().filter(|_| !octal.starts_with(['+', '-']));
    }
    if let Some(hex) = text.strip_prefix("0x") {
        return i128::from_str_radix(hex, 16).ok().filter(|_| !hex.starts_with(['+', '-']));
    }
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    text.parse().ok()
}

fn float(text: &str) -> Option<f64> {
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    let number = unsigned.starts_with(|c: char| c.is_ascii_digit())
        || unsigned.starts_with('.') && unsigned[1..].starts_with(|c: char| c.is_ascii_digit());
    let plain = unsigned.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'.' | b'e' | b'E' | b'+' | b'-'));
    (number && plain).then(|| text.parse().ok()).flatten()
}

/// A float as text that reads back as the same float, never as an integer.
pub fn float_text(float: f64) -> String {
    if float.is_nan() {
        ".nan".into()
    } else if float.is_infinite() {
        if float > 0.0 { ".inf".into() } else { "-.inf".into() }
    } else {
        format!("{float:?}")
    }
}

/// Whether `text`, written without quotes, reads back as this text under YAML 1.1 and 1.2 alike.
pub fn plain_is_safe(text: &str, in_flow: bool) -> bool {
    let Some(first) = text.chars().next() else { return false };
    let second = text.chars().nth(1);
    let indicator = match first {
        '-' | '?' | ':' => second.is_none_or(|c| c == ' ' || in_flow && ",[]{}".contains(c)),
        _ => ",[]{}#&*!|>'\"%@`".contains(first),
    };
    if indicator || first.is_whitespace() || text.ends_with(char::is_whitespace) || text.ends_with(':') {
        return false;
    }
    if text.contains(": ") || text.contains(" #") || text.starts_with("---") || text.starts_with("...") {
        return false;
    }
    if in_flow && (text.contains([',', '[', ']', '{', '}']) || text.contains(":,")) {
        return false;
    }
    if text.chars().any(|c| c.is_control() || c == '\u{feff}' || c == '\u{2028}' || c == '\u{2029}' || c == '\u{85}') {
        return false;
    }
    matches!(core(text), Value::Str(_)) && !means_something_in_1_1(text)
}

/// Plain texts that YAML 1.1 readers take for a boolean, a number, a date or a merge key.
fn means_something_in_1_1(text: &str) -> bool {
    let lower = text.to_ascii_lowercase();
    if matches!(
        lower.as_str(),
        "y" | "n" | "yes" | "no" | "on" | "off" | "true" | "false" | "null" | "=" | "<<" | ".nan" | ".inf" | "-.inf" | "+.inf"
    ) {
        return true;
    }
    let numeric = text.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '+' | '-' | '.'));
    if !numeric || !text.bytes().any(|b| b.is_ascii_digit()) {
        return false;
    }
    let unsigned = lower.trim_start_matches(['+', '-']);
    let all = |allowed: &str| unsigned.chars().all(|c| c.is_ascii_digit() || allowed.contains(c));
    let prefixed = ["0x", "0o", "0b"].iter().any(|p| unsigned.starts_with(p));
    let date = unsigned.len() >= 8 && unsigned.as_bytes().get(4) == Some(&b'-') && all("-t:. z+");
    prefixed || all("_") || all(":_.") && unsigned.contains(':') || all("_.e+-") && is_number_like(unsigned) || date
}

fn is_number_like(text: &str) -> bool {
    let cleaned: String = text.chars().filter(|c| *c != '_').collect();
    cleaned.parse::<f64>().is_ok()
}

/// A string in one line: plain if wished and safe, else in the quotes wished for, else in double quotes.
pub fn write_string(text: &str, prefer: Quote, in_flow: bool) -> String {
    let special = text.chars().any(|c| c.is_control() || matches!(c, '\u{feff}' | '\u{2028}' | '\u{2029}' | '\u{85}'));
    match prefer {
        Quote::Plain if plain_is_safe(text, in_flow) => text.to_owned(),
        Quote::Single | Quote::Plain if !special => format!("'{}'", text.replace('\'', "''")),
        _ => double(text),
    }
}

fn double(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            '\r' => out.push_str("\\r"),
            c if c.is_control() || matches!(c, '\u{feff}' | '\u{2028}' | '\u{2029}') => {
                out.push_str(&format!("\\u{:04x}", u32::from(c)));
            }
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

/// A scalar value in one line.
pub fn write_value_scalar(value: &Value, prefer: Quote, in_flow: bool) -> String {
    match value {
        Value::Str(text) => write_string(text, prefer, in_flow),
        Value::Null => "null".into(),
        Value::Tagged(tag, inner) => format!("{tag} {}", write_value_scalar(inner, prefer, in_flow)),
        other => other.scalar_text(),
    }
}
