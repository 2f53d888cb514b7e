//! What a rule says, and the places that it says it of.
use super::document::{Guess, Object};
use super::lens::Hit;
use super::matches::Match;
use super::rule::Work;
use super::verb::Refused;
use super::worlds::World;
use crate::pack::Action;
use crate::report::Level;
use crate::source::Span;
use crate::yaml::draft::{Body, Draft};

/// What a rule said at a place, its span being of the file that the draft was made from.
#[derive(Debug, Clone)]
pub struct Said {
    /// Where the engine speaks and no migration.
    pub id: Option<&'static str>,
    pub level: Level,
    pub at: Span,
    pub message: String,
    pub help: Option<String>,
    /// As in `Finding`.
    pub kind: Option<String>,
}

impl Said {
    pub fn note(at: Span, message: String) -> Said {
        Said { id: None, level: Level::Note, at, message, help: None, kind: None }
    }
}

/// Takes out what is said of what an action of a template gives, which is not known and may be fine; gives a note in its
/// place.
pub fn unknown(work: &Work, draft: &Draft, one: &Match, object: &Object, said: &mut Vec<Said>) -> Option<Said> {
    // The name of the object tells people where, and decides nothing.
    let named = |message: &str| if object.name.is_empty() { message.to_owned() } else { message.replace(&object.name, "") };
    let of_action = |said: &Said| {
        let at = &draft.texts[0].text[said.at.clone()];
        one.found.guessed.is_some() || named(&said.message).contains("{{") || at.contains("{{") && at != object.name
    };
    let loud = said.iter().any(|one| of_action(one) && one.level > Level::Note);
    said.retain(|one| !of_action(one));
    loud.then(|| open(work, draft, one.hit, one.found.guessed))
}

/// What is said where a template may ask for something else than what it was read as.
pub fn divided(work: &Work, draft: &mut Draft, one: &Match, doc: usize, world: &World, edited: bool) -> Said {
    let first = world.first(draft, doc).filter(|first| draft.is_within(*first, one.found.hit.id));
    let at = first.map_or(one.hit, Hit::node);
    if !edited && world.supposes() {
        return open(work, draft, at, one.found.guessed);
    }
    let which = if edited { "another edit" } else { "an edit" };
    refused(draft, at, &Refused::from(format!("{world}, {which} would be due, and there is none for both")))
}

/// What is said where only a run of the template could tell.
pub fn open(work: &Work, draft: &Draft, at: Hit, guessed: Option<Guess>) -> Said {
    let title = work.migration.title.trim_end_matches('.');
    let message = match guessed {
        Some(guess) => format!("It may matter or not, as {guess}: {title}."),
        None => format!("The template decides here whether this matters: {title}."),
    };
    Said::note(place(draft, at), message)
}

pub fn refused(draft: &Draft, hit: Hit, why: &Refused) -> Said {
    let at = why.at.and_then(|id| draft.file_span(id).map(|_| place(draft, Hit::node(id))));
    let at = at.unwrap_or_else(|| place(draft, hit));
    Said {
        id: None,
        level: Level::Error,
        at,
        message: left_alone(&why.message),
        help: Some(why.help.map_or_else(by_hand, str::to_owned)),
        kind: None,
    }
}

pub fn left_alone(why: &str) -> String {
    format!("Left as it is: {}.", why.trim_end_matches('.'))
}

pub fn by_hand() -> String {
    "edit this place by hand, or leave it out with a comment above it: # yamlift: ignore[ID] reason".into()
}

/// Says that an edit has to be made in one step with the upgrade: on the line of what it is about, and in what the migration
/// warns of there, if it does.
pub fn gap(work: &Work, draft: &Draft, hit: Hit, said: &mut Vec<Said>) {
    let (from, to) = (&work.run.from, &work.run.to);
    let at = place(draft, hit);
    let deletes = !work.rule.verbs.is_empty() && work.rule.verbs.iter().all(|verb| matches!(verb.action, Action::Remove { .. }));
    let why = match deletes {
        true => format!("{from} still acts on what is taken out, and {to} no longer takes it"),
        false => format!("{from} does not act on the new form, and {to} no longer acts on the old one"),
    };
    let line = |span: &Span| draft.texts[0].text[..span.start].matches('\n').count();
    let here = line(&at);
    match said.iter_mut().find(|one| one.level >= Level::Warning && line(&one.at) == here) {
        // It may be what the migration itself has to say.
        Some(own) if ["one step with the upgrade", "same step as the upgrade"].iter().any(|said| own.message.contains(said)) => {}
        Some(own) => own.message = format!("{} Make this change in one step with the upgrade: {why}.", own.message.trim_end()),
        None => said.push(Said {
            id: None,
            level: Level::Warning,
            at,
            message: format!("Make this change in one step with the upgrade: {why}."),
            help: None,
            kind: None,
        }),
    }
}

/// Where to point for a hit: at a scalar itself, else at its key, or at the start of an item.
pub fn place(draft: &Draft, hit: Hit) -> Span {
    let id = hit.id;
    let own = draft.file_span(id);
    let short =
        matches!(draft.node(id).body, Body::Scalar { .. } | Body::Alias(_)) && own.as_ref().is_some_and(|s| !s.is_empty());
    if short {
        return first_line(draft, own.unwrap_or(0..0));
    }
    let key = draft.position(id).and_then(|(container, index)| draft.children(container)[index].key);
    let key = key.and_then(|k| draft.file_span(k));
    match (key, own) {
        (Some(key), _) => key,
        (None, Some(own)) => first_line(draft, own),
        (None, None) => 0..0,
    }
}

fn first_line(draft: &Draft, span: Span) -> Span {
    let text = &draft.texts[0].text;
    let end = crate::yaml::trivia::line_end(text, span.start.min(text.len()));
    span.start..span.end.min(end).max(span.start)
}
