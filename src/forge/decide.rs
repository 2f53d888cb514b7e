//! What to do with the branch and the pull request: a function of what is wanted and what is there.
use super::mark::{self, Mark};
use super::{Pull, State};

/// Stands behind the title of a pull request that was closed since nothing was left to do: nobody said no to it.
pub const DONE: &str = " (closed: nothing is left to do)";

/// What there should be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wish {
    pub title: String,
    /// With its mark.
    pub body: String,
    pub labels: Vec<String>,
}

/// The branch as it is on the remote.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Branch {
    /// Its files are what this run makes of the base as it is now.
    pub up_to_date: bool,
    /// Somebody else who committed to it.
    pub stranger: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// The branch is to be made anew, over what is there.
    pub push: bool,
    pub deed: Deed,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Deed {
    Create,
    /// An open one gets another title, another body, more labels; all left out: it stays as it is.
    Update {
        pull: Pull,
        title: bool,
        body: bool,
        labels: Vec<String>,
    },
    /// Nothing is left to do: closed, and its branch deleted.
    Close(Pull),
    /// There is nothing to do, and no pull request.
    Nothing,
    Leave(Why, Option<Pull>),
}

/// Why people's work is left alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Why {
    /// Commits of somebody are on the branch.
    Stranger(String),
    /// Somebody closed the same pull request.
    Closed,
}

/// `wish`: none where the base needs no edit. `pulls`: of the branch, the newest first.
pub fn decide(wish: Option<&Wish>, branch: Option<&Branch>, pulls: &[Pull]) -> Decision {
    let open = pulls.iter().find(|pull| pull.state == State::Open);
    let leave = |why, pull: Option<&Pull>| Decision { push: false, deed: Deed::Leave(why, pull.cloned()) };
    if let Some(stranger) = branch.and_then(|branch| branch.stranger.clone()) {
        // A branch that was merged or given up is nobody's concern.
        if open.is_some() || wish.is_some() {
            return leave(Why::Stranger(stranger), open);
        }
    }
    let Some(wish) = wish else {
        let deed = open.map_or(Deed::Nothing, |pull| Deed::Close(pull.clone()));
        return Decision { push: false, deed };
    };
    let push = branch.is_none_or(|branch| !branch.up_to_date);
    if let Some(pull) = open {
        return Decision { push, deed: update(wish, pull) };
    }
    match pulls.iter().find(|pull| refused(wish, pull)) {
        Some(pull) => leave(Why::Closed, Some(pull)),
        None => Decision { push, deed: Deed::Create },
    }
}

/// What is said changes only where we have something else to say: what people made of our words stays until then.
fn update(wish: &Wish, pull: &Pull) -> Deed {
    let ours = Mark::read(&wish.body);
    let known = Mark::read(&pull.body);
    if ours.is_some() && ours == known {
        return Deed::Update { pull: pull.clone(), title: false, body: false, labels: Vec::new() };
    }
    Deed::Update {
        title: !mark::same(&wish.title, &pull.title),
        body: !mark::same(&wish.body, &pull.body),
        labels: wish.labels.iter().filter(|label| !pull.labels.contains(label)).cloned().collect(),
        pull: pull.clone(),
    }
}

/// Whether somebody closed what is wished for.
fn refused(wish: &Wish, pull: &Pull) -> bool {
    let ours = Mark::read(&wish.body).map(|mark| mark.title);
    let same = pull.title.trim() == wish.title.trim() || ours.is_some() && Mark::read(&pull.body).map(|mark| mark.title) == ours;
    pull.state == State::Closed && same && !pull.title.trim_end().ends_with(DONE.trim())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wish() -> Wish {
        let labels = vec!["yaml".to_owned()];
        Wish { title: "T".into(), body: mark::marked("T", "text", &labels), labels }
    }

    fn pull(state: State) -> Pull {
        let Wish { title, body, labels } = wish();
        Pull { number: 7, url: "u".into(), title, body, labels, state, draft: false }
    }

    fn ours(up_to_date: bool) -> Branch {
        Branch { up_to_date, stranger: None }
    }

    fn kept(pull: &Pull) -> Deed {
        Deed::Update { pull: pull.clone(), title: false, body: false, labels: Vec::new() }
    }

    #[test]
    fn from_nothing_to_a_pull_request_and_back() {
        let (wish, open) = (wish(), pull(State::Open));
        assert_eq!(decide(Some(&wish), None, &[]), Decision { push: true, deed: Deed::Create });
        // Pushed, but not opened: a run that was cut off.
        assert_eq!(decide(Some(&wish), Some(&ours(true)), &[]), Decision { push: false, deed: Deed::Create });
        let again = decide(Some(&wish), Some(&ours(true)), std::slice::from_ref(&open));
        assert_eq!(again, Decision { push: false, deed: kept(&open) });
        let moved = decide(Some(&wish), Some(&ours(false)), std::slice::from_ref(&open));
        assert_eq!(moved, Decision { push: true, deed: kept(&open) });
        let clean = decide(None, Some(&ours(false)), std::slice::from_ref(&open));
        assert_eq!(clean, Decision { push: false, deed: Deed::Close(open) });
        assert_eq!(decide(None, None, &[pull(State::Merged)]).deed, Deed::Nothing);
        assert_eq!(decide(Some(&wish), None, &[pull(State::Merged)]).deed, Deed::Create);
    }

    #[test]
    fn what_people_did_is_left() {
        let wish = wish();
        let theirs = Branch { up_to_date: false, stranger: Some("ann@shop.example".into()) };
        let open = pull(State::Open);
        let left = |pull: Option<&Pull>| Decision {
            push: false,
            deed: Deed::Leave(Why::Stranger("ann@shop.example".into()), pull.cloned()),
        };
        assert_eq!(decide(Some(&wish), Some(&theirs), std::slice::from_ref(&open)), left(Some(&open)));
        assert_eq!(decide(None, Some(&theirs), std::slice::from_ref(&open)), left(Some(&open)));
        assert_eq!(decide(Some(&wish), Some(&theirs), &[]), left(None));
        assert_eq!(decide(None, Some(&theirs), &[pull(State::Merged)]).deed, Deed::Nothing);

        let closed = pull(State::Closed);
        let no = decide(Some(&wish), Some(&ours(false)), std::slice::from_ref(&closed));
        assert_eq!(no, Decision { push: false, deed: Deed::Leave(Why::Closed, Some(closed.clone())) });
        // Under another title: it is known by its mark.
        let renamed = Pull { title: "no thanks".into(), ..closed.clone() };
        assert!(matches!(decide(Some(&wish), None, &[renamed]).deed, Deed::Leave(Why::Closed, _)));
        // One that we closed is no refusal, nor is one of another title.
        let done = Pull { title: format!("T{DONE}"), ..closed.clone() };
        assert_eq!(decide(Some(&wish), None, &[done]).deed, Deed::Create);
        let other = Pull { title: "U".into(), body: mark::marked("U", "x", &[]), ..closed };
        assert_eq!(decide(Some(&wish), None, &[other]).deed, Deed::Create);
    }

    #[test]
    fn words_of_people_stay_until_ours_change() {
        let wish = wish();
        let edited = Pull { title: "Better".into(), body: format!("Read this first.\n{}", wish.body), ..pull(State::Open) };
        assert_eq!(decide(Some(&wish), Some(&ours(true)), std::slice::from_ref(&edited)).deed, kept(&edited));
        let body = mark::marked("T", "news", &wish.labels);
        let news = Wish { body, labels: [&wish.labels[..], &["b".into()]].concat(), ..wish.clone() };
        let Deed::Update { title, body, labels, .. } = decide(Some(&news), Some(&ours(true)), &[edited]).deed else { panic!() };
        assert_eq!((title, body, labels), (true, true, vec!["b".to_owned()]));
        // Without a mark, by the words alone.
        let bare = Pull { body: wish.body.replace('\n', "\r\n\r\n"), ..pull(State::Open) };
        assert_eq!(decide(Some(&wish), Some(&ours(true)), std::slice::from_ref(&bare)).deed, kept(&bare));
    }
}
