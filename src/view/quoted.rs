//! YAML or JSON in a scalar of one line: quoted, or plain.
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

/// Opens a scalar in single or double quotes, or a plain one, that stands in one line.
///
/// # Errors
/// Where it is spread over several lines.
pub fn open(host: &str, tree: &Tree, node: NodeId) -> Result<View, String> {
    let here = tree.node(node);
    let Kind::Scalar { value, style } = &here.kind else { return Err("not a scalar".into()) };
    let span = here.span.clone();
    let raw = &host[span.clone()];
    if raw.contains('\n') {
        return Err("it is a quoted text spread over several lines; make it a literal block scalar (`|`) first".into());
    }
    let quote = usize::from(*style != ScalarStyle::Plain);
    let body = &raw[quote..raw.len() - quote];
    let mut map = Vec::with_capacity(body.len() + 1);
    let (mut inner_at, mut at) = (0, 0);
    let mut chars = value.chars();
    while at < body.len() {
        let Some(c) = chars.next() else { return Err("its escapes cannot be followed".into()) };
        map.push((inner_at, span.start + quote + at));
        inner_at += c.len_utf8();
        at += width(&body[at..], *style);
    }
    map.push((inner_at, span.start + quote + at));
    if chars.next().is_some() {
        return Err("its escapes cannot be followed".into());
    }
    Ok(View { text: value.clone(), carry: Box::new(Characters { span, style: *style, host: map }) })
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
