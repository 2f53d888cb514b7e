//! Text of others as Markdown that shows it: nothing in it is a sign, a tag, a mention or a reference.

/// A text in one line, outside of code but for what it has in backticks itself; may stand in a table.
pub fn text(text: &str) -> String {
    let line = one_line(text);
    let mut out = String::with_capacity(line.len());
    let mut rest = line.as_str();
    while let Some((before, behind)) = rest.split_once('`') {
        out += &plain(before);
        match behind.split_once('`').filter(|(inside, _)| !inside.trim().is_empty()) {
            Some((inside, after)) => {
                out += &cell_code(inside);
                rest = after;
            }
            None => {
                out += "\\`";
                rest = behind;
            }
        }
    }
    out + &plain(rest)
}

/// A text of several paragraphs.
pub fn paragraphs(all: &str) -> String {
    let normal = all.replace("\r\n", "\n");
    normal.split("\n\n").map(text).filter(|part| !part.is_empty()).collect::<Vec<_>>().join("\n\n")
}

/// A text as it is, in one line of code.
pub fn code(text: &str) -> String {
    fenced(&shown(text))
}

/// The same within a table, where a bar would end the cell even in code.
pub fn cell_code(text: &str) -> String {
    fenced(&shown(text).replace('|', "\\|"))
}

/// Lines of code, in a language.
pub fn block(lines: &str, language: &str) -> String {
    let fence = "`".repeat(longest_run(lines).max(2) + 1);
    format!("{fence}{language}\n{}\n{fence}", lines.trim_end())
}

/// A link that shows its address; code where it is none that a browser would follow.
pub fn link(address: &str) -> String {
    let sound = ["https://", "http://"].iter().any(|scheme| address.starts_with(scheme))
        && address.chars().all(|c| !c.is_whitespace() && !c.is_control() && !"<>`\"|".contains(c));
    if sound { format!("<{address}>") } else { code(address) }
}

/// A part of an address.
pub fn percent(path: &str) -> String {
    let mut out = String::with_capacity(path.len());
    for byte in path.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' | b'/' => out.push(char::from(byte)),
            _ => out += &format!("%{byte:02X}"),
        }
    }
    out
}

fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    let mut in_word = false;
    while let Some(c) = chars.next() {
        let inner = in_word && chars.peek().is_some_and(|next| next.is_alphanumeric() || *next == '_');
        in_word = c.is_alphanumeric() || c == '_' && in_word;
        match c {
            // Within a word it is no sign.
            '_' if inner => out.push(c),
            '&' => out += "&amp;",
            '<' => out += "&lt;",
            '>' => out += "&gt;",
            // A blank of no width keeps them from being mentions of people and references to tickets.
            '@' => out += "@&#8203;",
            '#' | '!' if chars.peek().is_some_and(char::is_ascii_digit) => {
                out.push(c);
                out += "&#8203;";
            }
            // `https://` in a value is no link of ours.
            ':' if chars.peek() == Some(&'/') => out += ":&#8203;",
            '\\' | '*' | '_' | '[' | ']' | '|' | '~' | '#' | '$' | '!' => {
                out.push('\\');
                out.push(c);
            }
            c => out.push(c),
        }
    }
    out
}

fn one_line(text: &str) -> String {
    shown(&text.split_whitespace().collect::<Vec<_>>().join(" "))
}

/// Whether a character is not seen itself, and may turn the order of what is behind it.
pub fn hides(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Without characters that steer a terminal, hide text or turn its direction.
fn shown(text: &str) -> String {
    text.chars().map(|c| if c.is_control() || hides(c) { c.escape_default().to_string() } else { c.to_string() }).collect()
}

fn fenced(text: &str) -> String {
    let fence = "`".repeat(longest_run(text) + 1);
    let edge = text.starts_with('`') || text.ends_with('`') || text.trim().is_empty();
    let blank = if edge { " " } else { "" };
    format!("{fence}{blank}{text}{blank}{fence}")
}

/// The most backticks in a row.
fn longest_run(text: &str) -> usize {
    text.split(|c| c != '`').map(str::len).max().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_of_others_is_a_sign() {
        assert_eq!(text("a | b <script> &c"), "a \\| b &lt;script&gt; &amp;c");
        assert_eq!(text("cc @team, see #12 and !3\n- not a list"), "cc @&#8203;team, see #&#8203;12 and !&#8203;3 - not a list");
        assert_eq!(text("`use | this` and a lone `"), "`use \\| this` and a lone \\`");
        assert_eq!(text("![x](https://evil) **b** _i_"), "\\!\\[x\\](https:&#8203;//evil) \\*\\*b\\*\\* \\_i\\_");
        assert_eq!(text("ENABLE_OLD_WAY __x__"), "ENABLE_OLD_WAY \\_\\_x_\\_");
        assert_eq!(text("a\u{202e}b\u{1b}[0m"), r"a\\u{202e}b\\u{1b}\[0m");
        assert_eq!(text("<!-- yamlift:{} -->"), "&lt;\\!-- yamlift:{} --&gt;");
        assert_eq!(paragraphs("a\nb\r\n\r\nc"), "a b\n\nc");
    }

    #[test]
    fn code_shows_what_it_holds() {
        assert_eq!(code("a/b.yaml"), "`a/b.yaml`");
        assert_eq!(code("a`b``c"), "```a`b``c```");
        assert_eq!(code("`a"), "`` `a ``");
        assert_eq!(code("a\nb|c"), "`a\\nb|c`");
        assert_eq!(cell_code("a|b"), "`a\\|b`");
        assert_eq!(block("a\n````\n", "sh"), "`````sh\na\n````\n`````");
    }

    #[test]
    fn only_addresses_are_links() {
        assert_eq!(link("https://a.b/c?d=e#f"), "<https://a.b/c?d=e#f>");
        assert_eq!(link("javascript:alert(1)"), "`javascript:alert(1)`");
        assert_eq!(link("https://a b"), "`https://a b`");
        assert_eq!(percent("a b/(c)#é.yaml"), "a%20b/%28c%29%23%C3%A9.yaml");
    }
}
