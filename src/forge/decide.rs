//! What to do with the branch and the pull request: a function of what is wanted and what is there.
use super::mark::Mark;
use super::{Pull, State};

/// Stands behind the title of a pull request that was closed since nothing was left to do: nobody said no to it.
pub const DONE: &str = " (closed: nothing is left to do)";

/// What there should be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wish {
    pub title: String,
    /// Without its mark.
    pub body: String,
    pub labels: Vec<String>,
    /// Who is asked for a review.
    pub reviewers: Vec<String>,
}

impl Wish {
    pub fn mark(&self) -> Mark {
        Mark::of(&self.title, &self.body, &self.labels, &self.reviewers)
    }

    /// The description as it is sent.
    pub fn marked(&self) -> String {
        self.mark().below(&self.body)
    }
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
    /// An open one is brought up to date.
    Update(Pull, News),
    /// Nothing is left to do: closed, and its branch deleted.
    Close(Pull),
    /// There is nothing to do, and no pull request.
    Nothing,
    Leave(Why, Option<Pull>),
}

/// What an open pull request has not been told yet; nothing: it stays as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct News {
    pub title: Option<String>,
    /// With its mark.
    pub body: Option<String>,
    pub labels: Vec<String>,
    pub reviewers: Vec<String>,
}

impl News {
    pub fn is_empty(&self) -> bool {
        *self == News::default()
    }
}

/// Why people's work is left alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Why {
    /// Commits of somebody are on the branch.
    Stranger(String),
    /// Somebody closed the same pull request.
    Closed,
}

/// `wish`: none where the base needs no edit. `pulls`: of the branch, the newest first. `force`: whatever people did to them.
pub fn decide(wish: Option<&Wish>, branch: Option<&Branch>, pulls: &[Pull], force: bool) -> Decision {
    let open = pulls.iter().find(|pull| pull.state == State::Open);
    let leave = |why, pull: Option<&Pull>| Decision { push: false, deed: Deed::Leave(why, pull.cloned()) };
    let stranger = branch.and_then(|branch| branch.stranger.clone());
    // A branch that was merged or given up is nobody's concern.
    if let Some(stranger) = stranger.clone().filter(|_| !force && (open.is_some() || wish.is_some())) {
        return leave(Why::Stranger(stranger), open);
    }
    let Some(wish) = wish else {
        let deed = open.map_or(Deed::Nothing, |pull| Deed::Close(pull.clone()));
        return Decision { push: false, deed };
    };
    let push = branch.is_none_or(|branch| !branch.up_to_date || branch.stranger.is_some());
    if let Some(pull) = open {
        return Decision { push, deed: Deed::Update(pull.clone(), news(wish, pull)) };
    }
    match pulls.first().filter(|pull| !force && is_refusal(pull)) {
        Some(pull) => leave(Why::Closed, Some(pull)),
        None => Decision { push, deed: Deed::Create },
    }
}

/// What changes is what we say otherwise than last time: what people made of our words stays until then. Without a mark the
/// description is theirs, and so is all else.
fn news(wish: &Wish, pull: &Pull) -> News {
    let ours = wish.mark();
    let Some(known) = Mark::read(&pull.body).filter(|known| *known != ours) else { return News::default() };
    let new = |list: &[String], known: bool| if known { Vec::new() } else { list.to_vec() };
    let body = if ours.body == known.body { pull.body.as_str() } else { wish.body.as_str() };
    let mut labels = new(&wish.labels, ours.labels == known.labels);
    labels.retain(|label| !pull.labels.contains(label));
    let news = News {
        title: (ours.title != known.title).then(|| wish.title.clone()),
        body: (ours.body != known.body).then(|| ours.below(body)),
        labels,
        reviewers: new(&wish.reviewers, ours.reviewers == known.reviewers),
    };
    // The mark is a part of the description; for it alone nothing is sent.
    if news.is_empty() { news } else { News { body: Some(ours.below(body)), ..news } }
}

/// Whether somebody closed it. Its branch says what it is about, so that another title makes no other pull request.
fn is_refusal(pull: &Pull) -> bool {
    pull.state == State::Closed && !is_done(pull)
}

/// Whether we closed it.
pub fn is_done(pull: &Pull) -> bool {
    pull.state == State::Closed && pull.title.trim_end().ends_with(DONE.trim())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wish() -> Wish {
        Wish { title: "T".into(), body: "text".into(), labels: vec!["yaml".into()], reviewers: vec!["ann".into()] }
    }

    fn pull(state: State) -> Pull {
        let wish = wish();
        let body = wish.marked();
        Pull { number: 7, url: "u".into(), title: wish.title, body, labels: wish.labels, state, draft: false }
    }

    fn ours(up_to_date: bool) -> Branch {
        Branch { up_to_date, stranger: None }
    }

    fn kept(pull: &Pull) -> Deed {
        Deed::Update(pull.clone(), News::default())
    }

    fn decide(wish: Option<&Wish>, branch: Option<&Branch>, pulls: &[Pull]) -> Decision {
        super::decide(wish, branch, pulls, false)
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
        // Under another title, or where ours is another one by now.
        let renamed = Pull { title: "no thanks".into(), body: String::new(), ..closed.clone() };
        assert!(matches!(decide(Some(&wish), None, std::slice::from_ref(&renamed)).deed, Deed::Leave(Why::Closed, _)));
        // One that we closed is no refusal, nor is one before another that was merged.
        let done = Pull { title: format!("T{DONE}"), ..closed.clone() };
        assert_eq!(decide(Some(&wish), None, &[done]).deed, Deed::Create);
        assert_eq!(decide(Some(&wish), None, &[pull(State::Merged), renamed]).deed, Deed::Create);
    }

    #[test]
    fn unless_it_is_asked_for() {
        let wish = wish();
        let theirs = Branch { up_to_date: true, stranger: Some("ann@shop.example".into()) };
        let open = pull(State::Open);
        let over = super::decide(Some(&wish), Some(&theirs), std::slice::from_ref(&open), true);
        assert_eq!(over, Decision { push: true, deed: kept(&open) });
        assert_eq!(super::decide(Some(&wish), None, &[pull(State::Closed)], true).deed, Deed::Create);
    }

    fn news(wish: &Wish, pull: &Pull) -> News {
        match decide(Some(wish), Some(&ours(true)), std::slice::from_ref(pull)).deed {
            Deed::Update(_, news) => news,
            deed => panic!("{deed:?}"),
        }
    }

    #[test]
    fn words_of_people_stay_until_ours_change() {
        let wish = wish();
        let edited = Pull { title: "Better".into(), body: format!("Read this first.\n{}", wish.marked()), ..pull(State::Open) };
        assert!(news(&wish, &edited).is_empty());
        // Another body: their title stays.
        let other = Wish { body: "news".into(), ..wish.clone() };
        assert_eq!(news(&other, &edited), News { body: Some(other.marked()), ..News::default() });
        // Another title, more labels and reviewers: their description stays.
        let more = |list: &[String]| [list, &["b".to_owned()]].concat();
        let other = Wish { title: "U".into(), labels: more(&wish.labels), reviewers: more(&wish.reviewers), ..wish.clone() };
        let told = news(&other, &edited);
        assert_eq!(
            (told.title.as_deref(), told.labels, told.reviewers),
            (Some("U"), vec!["b".to_owned()], other.reviewers.clone())
        );
        let body = told.body.unwrap();
        assert!(body.starts_with("Read this first.\ntext\n") && Mark::read(&body) == Some(other.mark()), "{body}");
        // What is no more asked for is nothing to say.
        assert!(news(&Wish { labels: Vec::new(), reviewers: Vec::new(), ..wish.clone() }, &edited).is_empty());
        // Without a mark it is all theirs.
        assert!(news(&other, &Pull { body: "mine".into(), ..edited }).is_empty());
    }

    #[test]
    fn labels_that_were_not_set_are_tried_again() {
        let wish = wish();
        let unset = Mark { labels: String::new(), ..wish.mark() };
        let bare = Pull { labels: Vec::new(), body: unset.below("text"), ..pull(State::Open) };
        assert_eq!(news(&wish, &bare).labels, wish.labels);
        // Those that people took away are not.
        assert!(news(&wish, &Pull { labels: Vec::new(), ..pull(State::Open) }).is_empty());
    }
}
