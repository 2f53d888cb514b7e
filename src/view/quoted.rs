//! YAML or JSON in a quoted or plain scalar.
use super::View;
use crate::source::Span;
use crate::yaml::draft::{Carry, Piece};
use crate::yaml::scalar::plain_is_safe;
use crate::yaml::tree::{Kind, NodeId, ScalarStyle, Tree};

/// A scalar, character by character.
#[derive(Debug)]
struct Characters {
    span: Span,
    style: ScalarStyle,
    /// For each inner byte that starts a character, and for the end: where its host bytes start.
    host: Vec<(usize, usize)>,
}

/// Opens a scalar in single or double quotes, or a plain one. Where it is spread over lines, the breaks between them stay
/// what they are: a blank of the text, or a line break.
///
/// # Errors
/// Where its escapes cannot be followed.
pub fn open(host: &str, tree: &Tree, node: NodeId) -> Result<View, String> {
    let here = tree.node(node);
    let Kind::Scalar { value, style } = &here.kind else { return Err("not a scalar".into()) };
    let span = here.span.clone();
    let quote = usize::from(*style != ScalarStyle::Plain);
    let body = span.start + quote..span.end - quote;
    let host = follow(&host[body.clone()], body.start, value, *style).ok_or("its escapes cannot be followed")?;
    Ok(View { text: value.clone(), carry: Box::new(Characters { span, style: *style, host }) })
}

/// For each character of `value`, and for its end: where it starts in the inner text and in the host.
fn follow(body: &str, start: usize, value: &str, style: ScalarStyle) -> Option<Vec<(usize, usize)>> {
    let mut map = Vec::with_capacity(body.len() + 1);
    let (mut inner_at, mut at) = (0, 0);
    let mut chars = value.chars();
    while at < body.len() {
        let rest = &body[at..];
        let (width, breaks) = match line_break(rest, style) {
            Some(fold) => fold,
            None => (width(rest, style), 0),
        };
        // One character; of lines with empty ones between them, a break for each; behind `\\`, none.
        let given = match (line_break(rest, style), breaks) {
            (Some(_), 0) => 0,
            (Some(_), 1) | (None, _) => 1,
            (Some(_), breaks) => breaks - 1,
        };
        for _ in 0..given {
            map.push((inner_at, start + at));
            inner_at += chars.next()?.len_utf8();
        }
        at += width;
    }
    map.push((inner_at, start + at));
    chars.next().is_none().then_some(map)
}

/// A break between two lines at the start of `raw`, with the blanks around it: its bytes, and its line breaks. None are
/// counted where it is escaped.
fn line_break(raw: &str, style: ScalarStyle) -> Option<(usize, usize)> {
    let escaped = style == ScalarStyle::Double && (raw.starts_with("\\\n") || raw.starts_with("\\\r\n"));
    let blank = &raw[usize::from(escaped)..];
    let width = blank.len() - blank.trim_start_matches([' ', '\t', '\r', '\n']).len();
    let breaks = blank[..width].matches('\n').count();
    (breaks > 0).then_some((usize::from(escaped) + width, if escaped { 0 } else { breaks }))
}

/// Host bytes of the first character of `raw`.
fn width(raw: &str, style: ScalarStyle) -> usize {
    let mut chars = raw.chars();
    match (style, chars.next()) {
        (ScalarStyle::Single, Some('\'')) => 2,
        (ScalarStyle::Double, Some('\\')) => match chars.next() {
            Some('x') => 4,
            Some('u') => 6,
            Some('U') => 10,
            Some(c) => 1 + c.len_utf8(),
            None => 1,
        },
        (_, Some(c)) => c.len_utf8(),
        (_, None) => 1,
    }
}

impl Carry for Characters {
    fn back(&self, inner: &str, pieces: &[Piece]) -> Result<Vec<Piece>, String> {
        let quote = usize::from(self.style != ScalarStyle::Plain);
        let mut out = vec![Piece::Keep(self.span.start..self.span.start + quote)];
        let mut whole = String::new();
        for piece in pieces {
            match piece {
                Piece::Keep(span) => {
                    whole.push_str(&inner[span.clone()]);
                    out.push(Piece::Keep(self.host_byte(span.start)..self.host_byte(span.end)));
                }
                Piece::New(new) => {
                    whole.push_str(new);
                    out.push(Piece::New(escape(new, self.style)?));
                }
            }
        }
        if self.style == ScalarStyle::Plain && !plain_is_safe(&whole, true) {
            return Err("the new text needs quotes around it".into());
        }
        out.push(Piece::Keep(self.span.end - quote..self.span.end));
        Ok(out)
    }

    fn host_byte(&self, at: usize) -> usize {
        let index = self.host.partition_point(|(inner, _)| *inner <= at).saturating_sub(1);
        self.host.get(index).map_or(self.span.start, |(_, host)| *host)
    }
}

fn escape(text: &str, style: ScalarStyle) -> Result<String, String> {
    let broken = text.contains(['\n', '\r', '\t']);
    match style {
        ScalarStyle::Double => {
            let mut out = text.replace('\\', "\\\\").replace('"', "\\\"");
            out = out.replace('\n', "\\n").replace('\r', "\\r").replace('\t', "\\t");
            Ok(out)
        }
        _ if broken => Err("a line break cannot be added to a text in one line without double quotes".into()),
        ScalarStyle::Single => Ok(text.replace('\'', "''")),
        _ => Ok(text.to_owned()),
    }
}
