//! What a run asks of a person, edit by edit, and what was answered.
use super::Level;
use crate::source::Span;
use std::collections::BTreeMap;

/// An edit that nobody has spoken of, left out until somebody does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    pub migration: String,
    /// Bytes of the text on disk: they stay what they are, whatever is answered to other questions. All edits of a migration at
    /// one place are one question.
    pub at: Span,
    /// What its rule has to say of the edit.
    pub said: Vec<(Level, String)>,
}

/// The answers to the questions of a run that makes no edit unasked.
#[derive(Debug, Clone, Default)]
pub struct Decisions {
    /// Of one file: migration, and start and end of the place.
    here: BTreeMap<(String, usize, usize), bool>,
    /// Of all that a migration has left.
    rest: BTreeMap<String, bool>,
}

impl Decisions {
    /// Whether an edit is to be made; none where nobody has said.
    pub fn of(&self, migration: &str, at: &Span) -> Option<bool> {
        let here = self.here.get(&(migration.to_owned(), at.start, at.end));
        here.or_else(|| self.rest.get(migration)).copied()
    }

    pub fn say(&mut self, question: &Question, yes: bool) {
        self.here.insert((question.migration.clone(), question.at.start, question.at.end), yes);
    }

    /// Answers all questions that a migration has left, in other files as well.
    pub fn say_of_rest(&mut self, question: &Question, yes: bool) {
        self.rest.insert(question.migration.clone(), yes);
    }

    /// Forgets the places of a file: those of the next one are others.
    pub fn next_file(&mut self) {
        self.here.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_on_one_place_outweighs_one_on_the_rest() {
        let question = |at: Span| Question { migration: "m".into(), at, said: Vec::new() };
        let mut decisions = Decisions::default();
        decisions.say(&question(1..2), false);
        assert_eq!((decisions.of("m", &(1..2)), decisions.of("m", &(3..4))), (Some(false), None));
        decisions.say_of_rest(&question(3..4), true);
        assert_eq!((decisions.of("m", &(1..2)), decisions.of("m", &(3..4))), (Some(false), Some(true)));
        assert_eq!(decisions.of("n", &(3..4)), None);
        decisions.next_file();
        assert_eq!(decisions.of("m", &(1..2)), Some(true));
    }
}
