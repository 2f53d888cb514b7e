//! A text in a text: YAML or JSON held in a scalar, opened so that edits find their way back to the host.
pub mod block_scalar;
pub mod helm;
pub mod quoted;

use crate::yaml::draft::Carry;
use crate::yaml::tree::{Kind, NodeId, ScalarStyle, Tree};

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
