//! What a text is read as: YAML, or a template of it; and a text in a text, YAML or JSON held in a scalar, opened so that
//! edits find their way back to the host.
pub mod block_scalar;
pub mod helm;
pub mod made;
pub mod quoted;

use crate::yaml::draft::{Carry, Parsed, Piece};
use crate::yaml::syntax::{self, ParseError};
use crate::yaml::tree::{Kind, NodeId, ScalarStyle, Tree};

/// Reads a text whose lines are indented by `column` columns where it stands. `template`: actions in it are actions, as it is
/// a part of a template; else a text that is no YAML as it stands, or would be misread, may be one.
///
/// # Errors
/// The place and reason why it is neither.
pub fn read(text: &str, template: bool, column: usize) -> Result<Parsed, ParseError> {
    let parsed = syntax::parse(text);
    if template && text.contains("{{") || helm::is_template(text, &parsed) {
        return read_as(text, true, column).map_err(|e| {
            let message = format!("a template that is not YAML even without its actions: {}", e.message);
            ParseError { message, ..e }
        });
    }
    Ok(parsed?.into())
}

/// Reads a text as what it was before an edit.
///
/// # Errors
/// As `read`.
pub fn read_as(text: &str, template: bool, column: usize) -> Result<Parsed, ParseError> {
    if template {
        let helm::Template { tree, branches } = helm::parse(text, column)?;
        return Ok(Parsed { tree, branches: Some(branches) });
    }
    Ok(syntax::parse(text)?.into())
}

/// An opened scalar.
#[derive(Debug)]
pub struct View {
    /// The scalar's value, byte for byte as YAML decodes it (LF line ends).
    pub text: String,
    pub carry: Box<dyn Carry>,
}

/// Opens the text that the scalar `node` of `host` holds.
///
/// # Errors
/// A reason in plain words where its bytes cannot be followed back to the host.
pub fn open(host: &str, tree: &Tree, node: NodeId) -> Result<View, String> {
    match &tree.node(node).kind {
        Kind::Scalar { style: ScalarStyle::Literal | ScalarStyle::Folded, .. } => block_scalar::open(host, tree, node),
        Kind::Scalar { .. } => quoted::open(host, tree, node),
        _ => Err("it is not a text".into()),
    }
}

/// Opens what stands behind `prefix` in the text of a scalar; none where it starts otherwise.
///
/// # Errors
/// As `open`.
pub fn open_behind(host: &str, tree: &Tree, node: NodeId, prefix: &str) -> Result<Option<View>, String> {
    if prefix.is_empty() {
        return open(host, tree, node).map(Some);
    }
    let View { text, carry } = open(host, tree, node)?;
    let Some(rest) = text.strip_prefix(prefix).map(str::to_owned) else { return Ok(None) };
    let carry = Behind { len: prefix.len(), whole: text, carry };
    Ok(Some(View { text: rest, carry: Box::new(carry) }))
}

/// A text that stands behind something else in a scalar.
#[derive(Debug)]
struct Behind {
    len: usize,
    /// The text of the scalar.
    whole: String,
    carry: Box<dyn Carry>,
}

impl Carry for Behind {
    fn back(&self, _: &str, pieces: &[Piece]) -> Result<Vec<Piece>, String> {
        let moved = pieces.iter().map(|piece| match piece {
            Piece::Keep(span) => Piece::Keep(span.start + self.len..span.end + self.len),
            Piece::New(new) => Piece::New(new.clone()),
        });
        let whole: Vec<Piece> = std::iter::once(Piece::Keep(0..self.len)).chain(moved).collect();
        self.carry.back(&self.whole, &whole)
    }

    fn indent(&self) -> usize {
        self.carry.indent()
    }

    fn whole(&self, inner: String) -> String {
        self.whole[..self.len].to_owned() + &inner
    }

    fn host_byte(&self, at: usize) -> usize {
        self.carry.host_byte(at + self.len)
    }
}
