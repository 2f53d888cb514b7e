//! A match in every way that a template may go.
use super::{Done, Outcome, Work, decide, proven};
use crate::migrate::document::Object;
use crate::migrate::matches::{self, Match};
use crate::migrate::said::{Said, divided, place};
use crate::migrate::select::Search;
use crate::migrate::worlds::{self, World, Worlds};
use crate::yaml::draft::Draft;
use crate::yaml::value::Value;

/// Matches that are seen in another world of a template alone: what a first branch gives hides what a second one does.
pub(super) fn elsewhere(work: &Work, draft: &mut Draft, search: &mut Search, worlds: &Worlds, found: &[Match]) -> Vec<Match> {
    let mut out: Vec<Match> = Vec::new();
    let lacks = work.rule.select.iter().any(|path| path.source.contains('!'));
    let worlds = worlds.iter().flat_map(|(doc, worlds)| worlds.iter().map(move |world| (world, *doc)));
    for (world, doc) in worlds.filter(|(world, _)| lacks || world.uncovers) {
        let closed = search.closed.len();
        let mut there = Vec::new();
        worlds::seen(draft, world, doc, |draft| there = matches::find(work, draft, search, &mut Outcome::default()));
        search.closed.truncate(closed);
        // What the template decides by itself is said once, of its first branch.
        there.retain(|one| search.objects[one.found.object].doc == doc && one.bump.as_ref().is_none_or(|raise| !raise.left));
        for one in there {
            if !found.iter().chain(&out).any(|other| other.hit == one.hit) {
                out.push(one);
            }
        }
    }
    out
}

/// What becomes of the match in one world of the template. The error is why it is left out there, if it is there at all.
fn there(work: &Work, draft: &mut Draft, one: &Match, objects: &[Object], texts: &[String]) -> Result<Done, Option<String>> {
    // What is proven is the whole, not that world.
    let work = Work { careful: false, ..*work };
    if draft.is_attached(one.hit.whole()) && matches::is_one(&work, draft, one, objects) {
        decide(&work, draft, one, objects, texts).map_err(Some)
    } else {
        Err(None)
    }
}

/// Looks, and edits, in every world that the match is in, if there is an edit which is what is due in each.
pub(super) fn everywhere(
    work: &Work,
    draft: &mut Draft,
    one: &Match,
    objects: &[Object],
    texts: &[String],
    worlds: &[World],
) -> Result<Done, String> {
    let done = in_each(work, draft, one, objects, texts, worlds, false)?;
    if !done.divided {
        return Ok(done);
    }
    // Verbs that build on each other miss what the first branch hid. What a branch may fill need not be pruned.
    let prunes = work.rule.verbs.iter().any(crate::pack::Verb::prunes);
    for (unpruned, at_once) in
        [(false, true), (true, false), (true, true)].into_iter().filter(|(unpruned, _)| prunes || !unpruned)
    {
        let mark = draft.mark();
        let other = in_each(&Work { unpruned, ..*work }, draft, one, objects, texts, worlds, at_once);
        match other {
            Ok(mut other) if other.edited && !other.refused => {
                if unpruned {
                    let at = done.said.first().map_or_else(|| place(draft, one.hit), |said| said.at.clone());
                    let note = "If the template leaves this out, the part around it is empty, and it is not removed.";
                    other.said.push(Said::note(at, note.to_owned()));
                }
                return Ok(other);
            }
            _ => draft.roll_back(mark),
        }
    }
    Ok(done)
}

/// One edit, made in one world after the other, or at once where all branches are there.
fn in_each(
    work: &Work,
    draft: &mut Draft,
    one: &Match,
    objects: &[Object],
    texts: &[String],
    worlds: &[World],
    at_once: bool,
) -> Result<Done, String> {
    let doc = objects[one.found.object].doc;
    let mark = draft.mark();
    let literals = work.rule.literals(&work.migration.exprs);
    let given = worlds::given(&worlds[0], draft, one.hit.id, &work.rule.asks(), one.found.reading.protojson, literals);
    let mut refusal = None;
    let mut due = |draft: &mut Draft, world: &World| {
        worlds::seen(draft, world, doc, |draft| {
            let done = there(work, draft, one, objects, texts).ok().filter(|done| done.refused && !world.supposes());
            refusal = refusal.take().or(done);
        })
    };
    let all: Vec<(&World, Vec<Value>)> = worlds.iter().chain(&given).map(|world| (world, due(draft, world))).collect();
    let mut decided: Option<Done> = if at_once { there(work, draft, one, objects, texts).ok() } else { None };
    let (mut left_out, mut asks) = (None, &worlds[0]);
    for (world, due) in all.iter().filter(|(world, _)| !world.supposes() && !at_once) {
        if decided.is_some() && (!world.is_branch() || world.agrees(draft, doc, due)) {
            continue;
        }
        match (world.within(draft, doc, |draft| there(work, draft, one, objects, texts)), &mut decided) {
            (Ok(more), Some(done)) => (asks, ()) = (world, done.add(more)),
            (Ok(done), None) => (asks, decided) = (world, Some(done)),
            (Err(why), _) => left_out = left_out.or(why),
        }
    }
    if let Some(refused) = refusal.filter(|_| !decided.as_ref().is_some_and(|done| done.edited || done.refused)) {
        draft.roll_back(mark);
        return Ok(refused);
    }
    if !decided.as_ref().is_some_and(|done| done.refused) {
        let edited = decided.as_ref().is_some_and(|done| done.edited);
        let other = all.iter().position(|(world, due)| !world.agrees(draft, doc, due));
        let divided_there = other.is_some();
        let wrong = match other {
            Some(index) => {
                draft.roll_back(mark);
                // What the first world does not ask for, the other one does.
                let (world, edited) = if index == 0 { (asks, false) } else { (all[index].0, edited) };
                Some(divided(work, draft, one, doc, world, edited))
            }
            None if edited && work.careful => proven(draft, one).err(),
            None => None,
        };
        if let Some(said) = wrong {
            draft.roll_back(mark);
            return Ok(Done { said: vec![said], refused: true, divided: divided_there, ..Done::default() });
        }
    }
    decided.ok_or_else(|| left_out.unwrap_or_else(|| "no run of the template gives it".to_owned()))
}
