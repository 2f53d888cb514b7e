//! Doing what was decided.
use super::place::Place;
use crate::forge::decide::{Branch, DONE, Decision, Deed, News, Why, Wish, decide, is_done};
use crate::forge::git::Git;
use crate::forge::mark::Mark;
use crate::forge::{Forge, Made, New, Pull, State, Trouble, push_options};
use crate::output::terminal::{self, Terminal};

/// What is published, and how.
pub struct Publish<'a> {
    pub git: &'a Git,
    pub place: &'a Place,
    pub branch: &'a str,
    pub base: &'a str,
    /// What the branch should be at; none: the base needs no edit.
    pub commit: Option<&'a str>,
    /// Where the branch is now.
    pub seen: Option<&'a str>,
    pub there: Option<&'a Branch>,
    pub wish: Option<&'a Wish>,
    /// Nothing was found to edit, but not everything was read.
    pub incomplete: bool,
    pub draft: bool,
    /// Whatever people did to the branch and the pull request.
    pub force: bool,
    pub say: &'a dyn Fn(&str),
}

/// What became of a pull request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Done {
    pub operation: &'static str,
    pub pull: Option<(u64, String)>,
    pub branch: String,
    /// Whether the base needs edits.
    pub changed: bool,
}

impl Done {
    pub const SKIPPED: &'static str = "skipped";

    /// The address, else the branch.
    pub fn told(&self) -> &str {
        self.pull.as_ref().map_or(&self.branch, |(_, url)| url)
    }
}

/// The outputs of a step of a workflow.
pub fn outputs(done: &[Done]) -> String {
    let joined = |each: &dyn Fn(&Done) -> Option<String>| {
        let all: Vec<String> = done.iter().filter_map(each).collect();
        all.join(" ").replace(['\r', '\n'], "")
    };
    format!(
        "changed={}\noperation={}\npr-url={}\npr-number={}\n",
        done.iter().any(|one| one.changed),
        joined(&|one| Some(one.operation.to_owned())),
        joined(&|one| one.pull.as_ref().map(|(_, url)| url.clone())),
        joined(&|one| one.pull.as_ref().map(|(number, _)| number.to_string())),
    )
}

impl Publish<'_> {
    fn done(&self, operation: &'static str, pull: Option<&Pull>) -> Done {
        let pull = pull.map(|pull| (pull.number, pull.url.clone()));
        Done { operation, pull, branch: self.branch.to_owned(), changed: self.wish.is_some() }
    }

    /// # Errors
    /// What git or the forge said.
    pub fn publish(&self) -> Result<Done, Trouble> {
        if self.incomplete {
            (self.say)("no edit was found, but not every file was read: what is open stays as it is\n");
            return Ok(self.done(Done::SKIPPED, None));
        }
        match &self.place.forge {
            Some(forge) => self.on(forge.as_ref()),
            None => self.pushed(),
        }
    }

    fn on(&self, forge: &dyn Forge) -> Result<Done, Trouble> {
        let pulls = forge.pulls(self.branch, self.base)?;
        let Decision { push, deed } = decide(self.wish, self.there, &pulls, self.force);
        if push {
            self.push(&[])?;
        }
        match deed {
            Deed::Nothing => {
                // What a run that was cut off left.
                if let Some(seen) = self.seen.filter(|_| pulls.first().is_some_and(is_done) && !self.is_theirs()) {
                    self.or_say(self.git.delete(self.branch, seen));
                }
                Ok(self.done("unchanged", None))
            }
            Deed::Leave(why, pull) => Ok(self.left(&why, pull.as_ref())),
            Deed::Close(pull) => self.close(forge, &pull),
            Deed::Create => self.create(forge),
            Deed::Update(pull, news) => self.update(forge, &pull, &news, push),
        }
    }

    /// Whether somebody else committed to the branch.
    fn is_theirs(&self) -> bool {
        self.there.is_some_and(|branch| branch.stranger.is_some())
    }

    fn push(&self, options: &[String]) -> Result<(), Trouble> {
        let Some(commit) = self.commit else { return Ok(()) };
        self.git.push(self.branch, commit, self.seen, options)
    }

    fn left(&self, why: &Why, pull: Option<&Pull>) -> Done {
        let branch = self.branch;
        (self.say)(&match why {
            Why::Stranger(mail) => format!(
                "{mail} committed to {branch}, so it is left alone. `--force` builds the branch again from {}, without those commits. If {mail} is the bot itself, pass it with --author\n",
                self.base
            ),
            Why::Closed => {
                "somebody closed this pull request, so it is left alone. Reopen it, or open another one with `--force`\n"
                    .to_owned()
            }
        });
        self.done(Done::SKIPPED, pull)
    }

    fn close(&self, forge: &dyn Forge, pull: &Pull) -> Result<Done, Trouble> {
        forge.update(pull, Some(&format!("{}{DONE}", pull.title)), None, Some(State::Closed))?;
        if let Some(Err(trouble)) = self.seen.map(|seen| self.git.delete(self.branch, seen)) {
            if trouble.overtaken {
                forge.update(pull, Some(&pull.title), None, Some(State::Open))?;
                return Err(trouble);
            }
            self.or_say(Err(trouble));
        }
        let text = format!("Nothing is left to do on `{}`: yamlift closes this.", self.base);
        self.or_say(forge.comment(pull, &text));
        Ok(self.done("closed", Some(pull)))
    }

    fn create(&self, forge: &dyn Forge) -> Result<Done, Trouble> {
        let Some(wish) = self.wish else { return Ok(self.done("unchanged", None)) };
        let body = wish.marked();
        let new = New { branch: self.branch, base: self.base, title: &wish.title, body: &body, draft: self.draft };
        match forge.create(&new)? {
            Made::Pull(pull) => {
                // Labels that cannot be set are tried again by the next run: the mark says so. Who could not be asked is not asked
                // again, as those who could be would be, too.
                if !wish.labels.is_empty() && !self.or_say(forge.add_labels(&pull, &wish.labels)) {
                    forge.update(&pull, None, Some(&without_labels(&body)), None)?;
                }
                if !wish.reviewers.is_empty() {
                    self.or_say(forge.ask(&pull, &wish.reviewers));
                }
                Ok(self.done("created", Some(&pull)))
            }
            Made::NothingBetween => {
                (self.say)(&format!("{} has all of it by now\n", self.base));
                Ok(self.done("unchanged", None))
            }
            // Somebody was faster.
            Made::Exists => {
                let pulls = forge.pulls(self.branch, self.base)?;
                let ours = Branch { up_to_date: true, stranger: None };
                match decide(self.wish, Some(&ours), &pulls, self.force).deed {
                    // Or the answer to ours was lost, and with it what comes behind it.
                    Deed::Update(pull, mut news) => {
                        news.labels = wish.labels.iter().filter(|label| !pull.labels.contains(label)).cloned().collect();
                        self.update(forge, &pull, &news, false)
                    }
                    _ => Err(Trouble::new(
                        format!("{} says that there is a pull request for {}, but does not show it", forge.name(), self.branch),
                        "run the same command again",
                    )),
                }
            }
        }
    }

    /// `pushed`: the branch is another one by now.
    fn update(&self, forge: &dyn Forge, pull: &Pull, news: &News, pushed: bool) -> Result<Done, Trouble> {
        let News { title, body, labels, reviewers } = news;
        let set = labels.is_empty() || self.or_say(forge.add_labels(pull, labels));
        // What failed once more is nothing new to say.
        let body = body.as_ref().map(|body| if set { body.clone() } else { without_labels(body) });
        let body = body.filter(|body| Mark::read(body) != Mark::read(&pull.body));
        if title.is_some() || body.is_some() {
            forge.update(pull, title.as_deref(), body.as_deref(), None)?;
        }
        if !reviewers.is_empty() {
            self.or_say(forge.ask(pull, reviewers));
        }
        let told = pushed || title.is_some() || body.is_some() || set && !labels.is_empty();
        Ok(self.done(if told { "updated" } else { "unchanged" }, Some(pull)))
    }

    /// What is missing then is no reason to stop. True: nothing is.
    fn or_say(&self, done: Result<(), Trouble>) -> bool {
        let fine = done.is_ok();
        if let Err(trouble) = done {
            (self.say)(&format!("warning: {trouble}\n"));
            trouble.help.lines().for_each(|line| (self.say)(&format!("  {line}\n")));
        }
        fine
    }

    /// Without an API: the branch alone, or what the push asks for.
    fn pushed(&self) -> Result<Done, Trouble> {
        let Decision { push, deed } = decide(self.wish, self.there, &[], self.force);
        if let Deed::Leave(why, _) = &deed {
            return Ok(self.left(why, None));
        }
        let Some(wish) = self.wish else {
            return match (self.seen, self.place.push_options) {
                (None, _) => Ok(self.done("unchanged", None)),
                (Some(_), true) => {
                    (self.say)(&format!("nothing is left to do: close the merge request of {} by hand\n", self.branch));
                    Ok(self.done(Done::SKIPPED, None))
                }
                (Some(seen), false) => {
                    self.git.delete(self.branch, seen)?;
                    Ok(self.done("closed", None))
                }
            };
        };
        if !push {
            return Ok(self.done("unchanged", None));
        }
        let body = wish.marked();
        let new = New { branch: self.branch, base: self.base, title: &wish.title, body: &body, draft: self.draft };
        if self.place.push_options && !wish.reviewers.is_empty() {
            (self.say)(
                "warning: options of a push cannot ask anybody for a review: --reviewer does nothing beside --push-options\n",
            );
        }
        self.push(&if self.place.push_options { push_options(&new, &wish.labels) } else { Vec::new() })?;
        Ok(self.done(if self.seen.is_some() { "updated" } else { "created" }, None))
    }

    /// Says what would be done.
    ///
    /// # Errors
    /// As `publish`, and a reader that went away.
    pub fn shown(&self, terminal: Terminal) -> anyhow::Result<Done> {
        let pulls = match &self.place.forge {
            Some(forge) => forge.pulls(self.branch, self.base).map_err(super::no)?,
            None => Vec::new(),
        };
        let Decision { push, deed } = decide(self.wish, self.there, &pulls, self.force);
        let (operation, pull) = match &deed {
            _ if self.incomplete => (Done::SKIPPED, None),
            Deed::Create if self.place.forge.is_none() && self.there.is_some() => {
                (if push { "updated" } else { "unchanged" }, None)
            }
            Deed::Create => ("created", None),
            Deed::Update(pull, news) => (if push || !news.is_empty() { "updated" } else { "unchanged" }, Some(pull)),
            Deed::Close(pull) => ("closed", Some(pull)),
            Deed::Nothing => ("unchanged", None),
            Deed::Leave(why, pull) => {
                self.left(why, pull.as_ref());
                (Done::SKIPPED, pull.as_ref())
            }
        };
        let done = self.done(operation, pull);
        let mut out = format!("would be {operation}: {}\n", done.told());
        if let Some(wish) = self.wish.filter(|_| matches!(operation, "created" | "updated")) {
            out += &format!("branch {} from {}\n\n{}\n\n{}", self.branch, self.base, wish.title, wish.body);
        }
        terminal.out(terminal.told(&terminal::lines(&out)).as_bytes())?;
        Ok(done)
    }
}

/// A description whose mark says that no labels were set.
fn without_labels(body: &str) -> String {
    Mark::read(body).map_or_else(|| body.to_owned(), |mark| Mark { labels: String::new(), ..mark }.below(body))
}
