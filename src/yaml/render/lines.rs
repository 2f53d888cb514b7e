//! Whole lines, collected as pieces.
use crate::source::Span;
use crate::yaml::draft::Piece;

/// Collects whole lines; adds the line break that the last line of a file may lack.
pub(super) struct LineWriter<'t> {
    pub text: &'t str,
    pub nl: &'t str,
    pub pieces: Vec<Piece>,
}

impl LineWriter<'_> {
    pub fn close_line(&mut self) {
        let open = match self.pieces.iter().rev().find(|p| !is_nothing(p)) {
            Some(Piece::New(new)) => !new.ends_with('\n'),
            Some(Piece::Keep(span)) => !self.text[..span.end].ends_with('\n'),
            None => false,
        };
        if open && !matches!(self.pieces.last(), Some(Piece::New(new)) if new.bytes().all(|b| b == b' ') && !new.is_empty()) {
            self.pieces.push(Piece::New(self.nl.to_owned()));
        }
    }

    pub fn new_text(&mut self, new: String) {
        self.close_line();
        self.pieces.push(Piece::New(new));
    }

    pub fn gap(&mut self, gap: String) {
        if !gap.is_empty() {
            self.close_line();
            self.pieces.push(Piece::New(gap));
        }
    }

    /// What stood between two neighbours that stay.
    pub fn between(&mut self, gap: Span) {
        if !gap.is_empty() {
            self.close_line();
            self.pieces.push(Piece::Keep(gap));
        }
    }

    pub fn pieces(&mut self, pieces: Vec<Piece>) {
        self.close_line();
        self.pieces.extend(pieces);
    }

    /// Pieces of a child whose value wants comment lines above it.
    pub fn above(&mut self, above: Vec<String>, col: usize, pieces: Vec<Piece>) {
        self.close_line();
        for line in above {
            self.pieces.push(Piece::New(format!("{}{line}{}", " ".repeat(col), self.nl)));
        }
        self.pieces.extend(pieces);
    }

    /// Takes the last line break away, as the old text had none at its end.
    pub fn leave_open(&mut self) {
        while self.pieces.last().is_some_and(is_nothing) {
            self.pieces.pop();
        }
        match self.pieces.last_mut() {
            Some(Piece::New(new)) => new.truncate(new.trim_end_matches(['\n', '\r']).len()),
            Some(Piece::Keep(span)) => {
                let kept = &self.text[span.clone()];
                span.end = span.start + kept.trim_end_matches(['\n', '\r']).len();
            }
            None => {}
        }
    }
}

fn is_nothing(piece: &Piece) -> bool {
    match piece {
        Piece::Keep(span) => span.is_empty(),
        Piece::New(new) => new.is_empty(),
    }
}
