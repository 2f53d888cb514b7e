//! One rule over one draft: where it hits, what it says, what it does; all or none per match.
mod everywhere;

use super::bump;
use super::choice::{Choice, nearest};
use super::document::{self, Object};
use super::json_patch;
use super::lens::Hit;
use super::look::{self, left_out, verdict};
use super::matches::{self, Match, spot};
use super::modeline;
use super::said::{Said, by_hand, gap, left_alone, place, refused, unknown};
use super::scope::{Frame, Spot};
use super::select::Search;
use super::suppress::Suppression;
use super::texts;
use super::verb::{self, Refused, Trail};
use super::worlds::World;
use crate::index::Repo;
use crate::pack::version::Phase;
use crate::pack::{Migration, ReportRule, Rule};
use crate::report::{Level, Look, Places, Question, UNREAD_TEXT, When};
use crate::source::Span;
use crate::yaml::draft::{Draft, Id, Mark};

/// What became of a rule's matches.
#[derive(Debug, Default)]
pub struct Outcome {
    /// Places that were edited, by when they may be.
    pub edited: Places,
    /// The same, in the text at hand.
    pub places: Vec<Span>,
    /// Lines of the verbs that hit something there.
    pub verbs: Vec<usize>,
    /// Modelines that follow a raised apiVersion.
    pub modelines: Vec<crate::report::Splice>,
    /// Places that would be, had they been asked for, and when.
    pub offered: Vec<(Span, Option<When>)>,
    pub said: Vec<Said>,
    /// Lists of operations in which something was matched.
    pub operations: Vec<Span>,
    /// Where it looked, and what became of it.
    pub looks: Vec<Look>,
    /// Places that a person is asked about.
    pub questions: Vec<Question>,
    /// Places that are left as they are, as nobody has said yes.
    pub left: usize,
    /// It asked for facts of the repository that were not read yet.
    pub waits: bool,
}

/// What a rule runs with.
#[derive(Clone, Copy)]
pub struct Work<'a> {
    pub migration: &'a Migration,
    pub rule: &'a Rule,
    pub phase: Phase,
    /// False: edits are only offered.
    pub apply: bool,
    /// The same for a `bump` that switches something on.
    pub wake: bool,
    /// Edits are not even tried: what would be looked at is offered.
    pub looks_only: bool,
    pub frame: &'a Frame<'a>,
    pub path: &'a str,
    pub partial: bool,
    /// Where a person is asked about each edit.
    pub choice: Option<Choice<'a>>,
    /// Whether what an edit empties is left there: what a template gives may fill it.
    pub unpruned: bool,
    /// Whether each match must be proven by itself: asked for once something was not.
    pub careful: bool,
    pub run: &'a crate::pack::registry::Run,
    pub repo: &'a Repo,
}

pub fn run(work: &Work, draft: &mut Draft, search: &mut Search, suppressions: &mut [Suppression]) -> Outcome {
    let mut outcome = Outcome::default();
    let texts = texts::open(draft, search, work.rule);
    let found = matches::find(work, draft, search, &mut outcome);
    let worlds = if work.rule.edits() { search.worlds.of(draft, search.objects) } else { Default::default() };
    let elsewhere = everywhere::elsewhere(work, draft, search, &worlds, &found);
    // A text that was opened in another world has branches of its own.
    let worlds = if work.rule.edits() { search.worlds.of(draft, search.objects) } else { worlds };
    for one in found.iter().chain(&elsewhere) {
        if draft.is_attached(one.hit.whole()) {
            let operation = search.objects[one.found.object].operation.as_ref();
            outcome.operations.extend(operation.and_then(|operation| draft.file_span(operation.list)));
            let worlds = worlds.get(&search.objects[one.found.object].doc).map_or(&[][..], Vec::as_slice);
            at_match(work, draft, one, worlds, search.objects, &texts, suppressions, &mut outcome);
        }
    }
    for closed in search.closed.drain(..) {
        let message = format!("The text in this value could not be read: {}", closed.why);
        outcome.said.push(Said { id: Some(UNREAD_TEXT), level: Level::Error, at: closed.at, message, help: None, kind: None });
    }
    outcome
}

/// The places that a rule is about, those that another branch of a template gives among them; nothing is done there.
pub fn places(work: &Work, draft: &mut Draft, search: &mut Search) -> Vec<Match> {
    texts::open(draft, search, work.rule);
    let mut found = matches::find(work, draft, search, &mut Outcome::default());
    let worlds = search.worlds.of(draft, search.objects);
    let elsewhere = everywhere::elsewhere(work, draft, search, &worlds, &found);
    found.extend(elsewhere);
    found
}

#[expect(clippy::too_many_arguments, reason = "what a rule works with, handed on to one match")]
fn at_match(
    work: &Work,
    draft: &mut Draft,
    one: &Match,
    worlds: &[World],
    objects: &[Object],
    texts: &[String],
    suppressions: &mut [Suppression],
    outcome: &mut Outcome,
) {
    let asked = one.asked(work);
    let seen = look::seen(work, draft, objects, &one.found, one.hit);
    let ways = json_patch::ways(draft, &objects[one.found.object], work.repo);
    let place_on_disk = work.choice.map(|choice| (choice, choice.place(draft, one.hit)));
    let mark = draft.mark();
    let decided = if worlds.is_empty() || work.looks_only {
        decide(work, draft, one, objects, texts)
    } else {
        everywhere::everywhere(work, draft, one, objects, texts, worlds)
    };
    let mut done = match decided {
        Ok(done) => done,
        Err(why) => return outcome.look(seen, why),
    };
    let served = one.bump.as_ref().is_some_and(|raise| !raise.lapses && !raise.harms);
    if done.refused && (served || !asked && !worlds.is_empty()) {
        done.said.iter_mut().for_each(|said| said.level = Level::Note);
    }
    if suppressed(work, draft, suppressions, one, &mut done) {
        draft.roll_back(mark);
        outcome.look(seen, "a comment suppresses it");
        return;
    }
    if done.edited && asked && left(work, place_on_disk, &done.said, outcome) {
        draft.roll_back(mark);
        outcome.look(seen, "nobody has said that it may be edited");
        return;
    }
    outcome.look(seen, verdict(done.edited, asked, done.held, &done.said));
    done.said.extend(done.unknown.filter(|_| !done.edited));
    match (done.edited, asked) {
        (true, true) => {
            outcome.edited.extend(one.phase(work).when().map(|when| (when, outcome.edited.get(&when).map_or(1, |n| n + 1))));
            outcome.places.push(nearest(draft, one.hit));
            outcome.verbs.extend(done.trail.verbs);
            if let (Some(raise), Some(span)) = (&one.bump, draft.file_span(one.hit.id)) {
                outcome.modelines.extend(modeline::follow(&draft.texts[0].text, span.start, raise));
            }
            if work.phase == Phase::Gap {
                // What the first verb hit, as far as it was there before.
                let first = done.trail.touched.iter().skip(1).find(|id| draft.file_span(**id).is_some());
                gap(work, draft, first.map_or(one.hit, |id| Hit::node(*id)), &mut done.said);
            }
            outcome.said.extend(done.said);
            for message in json_patch::displaced(draft, &objects[one.found.object], &ways) {
                let at = place(draft, one.hit);
                outcome.said.push(Said { id: None, level: Level::Warning, at, message, help: None, kind: None });
            }
        }
        (true, false) => {
            // Nothing is offered that could not be done; asked of templates alone, as it takes its time.
            let can_be = !draft.has_branches() || proven(draft, one).is_ok();
            draft.roll_back(mark);
            outcome.offered.extend(can_be.then(|| (place(draft, one.hit), one.phase(work).when())));
        }
        (false, _) => outcome.said.extend(done.said),
    }
}

/// Whether an edit is left out, where a person is asked; one that nobody has spoken of becomes a question.
fn left(work: &Work, asked: Option<(Choice, Span)>, said: &[Said], outcome: &mut Outcome) -> bool {
    let Some((choice, at)) = asked else { return false };
    let answer = choice.decisions.of(&work.migration.id, &at);
    if answer.is_none() {
        let said = said.iter().map(|said| (said.level, said.message.clone()));
        match outcome.questions.iter_mut().find(|known| known.at == at) {
            Some(known) => known.said.extend(said),
            None => outcome.questions.push(Question { migration: work.migration.id.clone(), at, said: said.collect() }),
        }
    }
    outcome.left += usize::from(answer != Some(true));
    answer != Some(true)
}

/// What came of a match that the rule does not leave out.
#[derive(Default)]
struct Done {
    edited: bool,
    /// It cannot be edited; what was said tells why.
    refused: bool,
    /// What is due is not the same in all branches of a template.
    divided: bool,
    /// A finding holds the edit back.
    held: bool,
    said: Vec<Said>,
    /// What is said in place of what is not known, where nothing was edited.
    unknown: Option<Said>,
    trail: Trail,
}

impl Done {
    /// Takes in what was done in another world.
    fn add(&mut self, more: Done) {
        self.edited |= more.edited;
        self.refused |= more.refused;
        self.held |= more.held;
        self.said.extend(more.said);
        self.trail.touched.extend(more.trail.touched);
        self.trail.verbs.extend(more.trail.verbs);
    }
}

/// Looks, and edits. The error is why the match is left out.
fn decide(work: &Work, draft: &mut Draft, one: &Match, objects: &[Object], texts: &[String]) -> Result<Done, String> {
    let rule = work.rule;
    let mut spot = spot(work, &one.found, objects, one.hit);
    spot.bump = one.bump.as_ref().map(|raise| serde_json::json!({ "from": raise.from, "to": raise.to }));
    if let Some(why) = left_out(&spot, draft, rule) {
        return Err(why);
    }
    spot.bind(draft, &rule.lets);
    // `if` may use the names of `let`.
    if !spot.truth(draft, rule.cond, None) {
        return Err("its `if` is false here".to_owned());
    }
    if work.looks_only {
        return Ok(Done { edited: rule.edits(), ..Done::default() });
    }
    let note = one.bump.as_ref().and_then(|raise| Some((raise.harms, raise.note.clone()?)));
    let note = note.map(|(harms, note)| Said {
        level: if harms { Level::Warning } else { Level::Note },
        ..Said::note(place(draft, Hit::node(bump::written(draft, one.hit.id))), note)
    });
    if one.bump.as_ref().is_some_and(|raise| raise.left) {
        return Ok(Done { said: note.into_iter().collect(), refused: true, ..Done::default() });
    }
    // What is reported is for objects; what refers to them follows.
    let refers = one.bump.as_ref().is_some_and(|raise| raise.refers);
    let (mut said, held) = reports(&spot, draft, if refers { &[] } else { &rule.reports }, rule.row.as_ref());
    let open = draft.is_template() || one.found.guessed.is_some();
    let unknown = if open { unknown(work, draft, one, &objects[one.found.object], &mut said) } else { None };
    let mark = draft.mark();
    let mut trail = Trail { touched: vec![one.hit.id], ..Trail::default() };
    let edited = if held { Ok(false) } else { attempt(work, draft, &mut spot, one, objects, texts, &mut trail) };
    let refused = edited.is_err();
    let edited = edited.unwrap_or_else(|refusal| {
        draft.roll_back(mark);
        // What the rule has to say of its edit would be said of nothing.
        said = vec![refusal];
        false
    });
    if edited {
        said.extend(note);
        let note = |(at, message): (Id, String)| Said::note(place(draft, Hit::node(at)), message);
        said.extend(trail.notes.drain(..).map(note));
    }
    Ok(Done { edited, refused, held, divided: false, said, unknown, trail })
}

/// The edits of a match. False: there was nothing to change.
fn attempt(
    work: &Work,
    draft: &mut Draft,
    spot: &mut Spot,
    one: &Match,
    objects: &[Object],
    texts: &[String],
    trail: &mut Trail,
) -> Result<bool, Said> {
    let mark = draft.mark();
    edit(work, draft, spot, one, texts, trail).map_err(|why| refused(draft, one.hit, &why))?;
    let object = &objects[one.found.object];
    if let Some(operation) = object.operation.as_ref().filter(|_| draft.changed_since(mark)) {
        let note = json_patch::write_back(draft, object.root, operation).map_err(|why| refused(draft, one.hit, &why))?;
        trail.notes.extend(note.map(|note| (object.root, note)));
    }
    let edited = draft.changed_since(mark);
    if edited && one.asked(work) {
        if let Some(guess) = one.found.guessed {
            let why = format!("{guess}, so that it may be none of those that this is about");
            return Err(refused(draft, one.hit, &Refused::from(why)));
        }
        if let Some(why) = forbidden(draft, one, objects, spot.root.whole(), mark, &trail.aliases) {
            return Err(refused(draft, one.hit, &why));
        }
        if work.careful {
            proven(draft, one)?;
        }
    }
    Ok(edited)
}

/// Whether the draft as it stands can be proven, asked where a whole file could not be.
fn proven(draft: &Draft, one: &Match) -> Result<(), Said> {
    super::verify::proven(draft, &[]).map(drop).map_err(|why| {
        let inside = draft.file_span(one.hit.id).is_some_and(|hit| hit.start <= why.at && why.at < hit.end);
        let at = if inside && why.at > 0 { why.at..why.at } else { place(draft, one.hit) };
        Said { id: None, level: Level::Error, at, message: left_alone(&why.why), help: Some(by_hand()), kind: None }
    })
}

fn edit(
    work: &Work,
    draft: &mut Draft,
    spot: &mut Spot,
    one: &Match,
    texts: &[String],
    trail: &mut Trail,
) -> Result<(), Refused> {
    if let Some((at, why)) = &one.ambiguous {
        return Err(Refused::at(*at, why.as_str()));
    }
    if let Some(raise) = &one.bump {
        bump::raise(draft, raise);
    }
    if one.bump.as_ref().is_none_or(|raise| !raise.refers) {
        verb::run(draft, spot, &work.rule.verbs, trail)?;
    }
    if texts.is_empty() { Ok(()) } else { texts::close(draft, spot, texts) }
}

/// Why an edit must not be: an encrypted document, a node that other places share.
fn forbidden(draft: &Draft, one: &Match, objects: &[Object], root: Id, mark: Mark, meant: &[Id]) -> Option<Refused> {
    if document::is_encrypted(draft, objects[one.found.object].doc) {
        let why = Refused::at(one.hit.id, "this document is encrypted with SOPS, and any edit breaks its checksum");
        return Some(Refused { help: Some("decrypt it, migrate it, encrypt it again"), ..why });
    }
    if let Some((map, key)) = one.found.reading.only {
        let at = Some(one.hit.id).filter(|id| draft.resolve(*id) != map).or_else(|| document::child(draft, map, key));
        let why = format!("this `{key}` is that of a chart above, and all charts below that one see it");
        return Some(Refused::at(at.unwrap_or(map), why));
    }
    let line = |id: Id| {
        let start = draft.file_span(id).map_or(0, |s| s.start);
        crate::source::line_column(&draft.texts[0].text, start).0
    };
    if let Some(alias) = draft.dangling() {
        return Some(Refused::at(one.hit.id, format!("line {} is an alias of what would go", line(alias))));
    }
    if let Some((map, key)) = draft.unshadowed_since(mark) {
        return Some(Refused::at(
            map,
            format!("a merge key brings `{key}` as well: without its own value, that one would count"),
        ));
    }
    let (other, here) = draft.shared_since(mark, root, meant)?;
    let why = format!("line {} shares this through an anchor, and would change as well", line(other));
    let at = if draft.is_within(one.hit.id, here) { one.hit.id } else { here };
    Some(Refused::at(at, why))
}

/// The findings of a rule at a match, and whether one of them holds its edits back.
fn reports(spot: &Spot, draft: &Draft, rules: &[ReportRule], row: Option<&serde_json::Value>) -> (Vec<Said>, bool) {
    let row = row.map_or_else(String::new, ToString::to_string);
    let (mut said, mut hold) = (Vec::new(), false);
    for rule in rules {
        let hits = if rule.at.is_empty() { spot.hits_root(draft) } else { spot.hits(draft, &rule.at).unwrap_or_default() };
        for it in hits {
            if !spot.truth(draft, rule.cond, Some(&it)) {
                continue;
            }
            hold |= rule.hold;
            let help = rule.suggest.as_ref().map(|text| spot.message(draft, text, Some(&it)));
            let message = spot.message(draft, &rule.message, Some(&it)).trim().to_owned();
            let kind = Some(format!("{} {row}", rule.line));
            said.push(Said { id: None, level: rule.level, at: place(draft, it.hit), message, help, kind });
        }
    }
    (said, hold)
}

/// Takes out what people want left alone. True: the edits of this match as well. A comment speaks of them where it covers what
/// they touch, the place that reports name for them, or anything that is said of them.
fn suppressed(work: &Work, draft: &Draft, all: &mut [Suppression], of: &Match, done: &mut Done) -> bool {
    let id = &work.migration.id;
    let mut whole = false;
    let mut spans: Vec<Span> = done.trail.touched.iter().filter_map(|node| draft.file_span(*node)).collect();
    spans.push(nearest(draft, of.hit));
    spans.extend(of.bump.as_ref().and_then(|_| draft.file_span(bump::written(draft, of.hit.id))));
    for one in all.iter_mut().filter(|s| s.names(id)) {
        let before = done.said.len();
        done.said.retain(|s| !one.covers(&s.at));
        let said = done.said.len() < before;
        let hit = done.edited && (said || spans.iter().any(|span| one.covers(span)));
        one.used |= hit || said;
        whole |= hit;
    }
    whole
}
