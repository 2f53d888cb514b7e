//! A draft: what the verbs of one migration did to a text, before it is rendered.
use crate::source::Span;

/// A part of a new text: bytes kept from the old one, or new text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece {
    Keep(Span),
    New(String),
}

/// The way back from a text that lives in a scalar to the text that holds the scalar.
pub trait Carry: std::fmt::Debug + Send + Sync {
    /// `pieces` make up the whole new inner text, their spans being of the old inner text. Gives pieces that make up
    /// the new scalar (`Node::span` of the host, header and quotes included), their spans being of the host text.
    ///
    /// # Errors
    /// A reason in plain words where the new text cannot stand in this scalar.
    fn back(&self, inner: &str, pieces: &[Piece]) -> Result<Vec<Piece>, String>;
    /// Byte of the host text for byte `at` of the inner text.
    fn host_byte(&self, at: usize) -> usize;
}
