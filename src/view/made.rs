//! YAML in a scalar that an edit made: it is written anew, so that nothing has to find its way back.
use super::View;
use crate::yaml::draft::{Carry, Piece};

#[derive(Debug)]
struct Made {
    prefix: String,
    /// Byte of the host that stands for every byte of the text.
    at: usize,
    /// Whether the text ends with a line break.
    ended: bool,
}

/// Opens what stands behind `prefix` in a new text, which is spoken of at byte `at` of the host; none where it starts
/// otherwise.
pub fn open(text: &str, prefix: &str, at: usize) -> Option<View> {
    let inner = text.strip_prefix(prefix)?;
    let carry = Made { prefix: prefix.to_owned(), at, ended: inner.ends_with('\n') };
    Some(View { text: inner.to_owned(), carry: Box::new(carry) })
}

impl Carry for Made {
    fn back(&self, _: &str, _: &[Piece]) -> Result<Vec<Piece>, String> {
        Err("its text is new".into())
    }

    fn whole(&self, inner: String) -> String {
        let inner = if self.ended { inner.as_str() } else { inner.trim_end_matches('\n') };
        format!("{}{inner}", self.prefix)
    }

    fn host_byte(&self, _: usize) -> usize {
        self.at
    }
}
