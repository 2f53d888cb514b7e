//! Doing what was decided.
use super::place::Place;
use crate::forge::decide::{self, Branch, DONE, Decision, Deed, Why, Wish, decide};
use crate::forge::git::Git;
use crate::forge::{Forge, Made, New, Pull, State, Trouble, push_options};
use crate::output::terminal::Terminal;

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
    pub reviewers: &'a [String],
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
        let Decision { push, deed } = decide(self.wish, self.there, &pulls);
        if push {
            self.push(&[])?;
        }
        match deed {
            Deed::Nothing => Ok(self.done("unchanged", None)),
            Deed::Leave(why, pull) => Ok(self.left(&why, pull.as_ref())),
            Deed::Close(pull) => self.close(forge, &pull),
            Deed::Create => self.create(forge),
            Deed::Update { .. } => self.update(forge, &deed, push),
        }
    }

    fn push(&self, options: &[String]) -> Result<(), Trouble> {
        let Some(commit) = self.commit else { return Ok(()) };
        self.git.push(self.branch, commit, self.seen, options)
    }

    fn left(&self, why: &Why, pull: Option<&Pull>) -> Done {
        let branch = self.branch;
        (self.say)(&match why {
            Why::Stranger(mail) => format!(
                "{mail} committed to {branch}: it is left alone. To have it made anew, delete the branch; if that is the bot under another name, say --author\n"
            ),
            Why::Closed => "somebody closed it: it is left alone. To have it back, reopen it\n".to_owned(),
        });
        self.done(Done::SKIPPED, pull)
    }

    fn close(&self, forge: &dyn Forge, pull: &Pull) -> Result<Done, Trouble> {
        let text = format!("Nothing is left to do on `{}`: yamlift closes this.", self.base);
        forge.update(pull, Some(&format!("{}{DONE}", pull.title)), None, true)?;
        self.or_say(forge.comment(pull, &text));
        if let Some(seen) = self.seen {
            self.git.delete(self.branch, seen)?;
        }
        Ok(self.done("closed", Some(pull)))
    }

    fn create(&self, forge: &dyn Forge) -> Result<Done, Trouble> {
        let Some(wish) = self.wish else { return Ok(self.done("unchanged", None)) };
        let new = New { branch: self.branch, base: self.base, title: &wish.title, body: &wish.body, draft: self.draft };
        match forge.create(&new)? {
            Made::Pull(pull) => {
                if !wish.labels.is_empty() {
                    self.or_say(forge.add_labels(&pull, &wish.labels));
                }
                if !self.reviewers.is_empty() {
                    self.or_say(forge.ask(&pull, self.reviewers));
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
                let open = pulls.iter().any(|pull| pull.state == State::Open);
                let ours = Branch { up_to_date: true, stranger: None };
                match decide(self.wish, Some(&ours), &pulls).deed {
                    deed @ Deed::Update { .. } if open => self.update(forge, &deed, false),
                    _ => Err(Trouble::new(
                        format!("{} says that there is a pull request for {}, but does not show it", forge.name(), self.branch),
                        "run the same command again",
                    )),
                }
            }
        }
    }

    /// `pushed`: the branch is another one by now.
    fn update(&self, forge: &dyn Forge, deed: &Deed, pushed: bool) -> Result<Done, Trouble> {
        let (Deed::Update { pull, title, body, labels }, Some(wish)) = (deed, self.wish) else {
            return Ok(self.done("unchanged", None));
        };
        if *title || *body {
            forge.update(pull, title.then_some(wish.title.as_str()), body.then_some(wish.body.as_str()), false)?;
        }
        if !labels.is_empty() {
            self.or_say(forge.add_labels(pull, labels));
        }
        let news = pushed || *title || *body || !labels.is_empty();
        Ok(self.done(if news { "updated" } else { "unchanged" }, Some(pull)))
    }

    /// What is missing then is no reason to stop.
    fn or_say(&self, done: Result<(), Trouble>) {
        if let Err(trouble) = done {
            (self.say)(&format!("warning: {trouble}\n"));
            trouble.help.lines().for_each(|line| (self.say)(&format!("  {line}\n")));
        }
    }

    /// Without an API: the branch alone, or what the push asks for.
    fn pushed(&self) -> Result<Done, Trouble> {
        let Decision { push, deed } = decide(self.wish, self.there, &[]);
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
        let new = New { branch: self.branch, base: self.base, title: &wish.title, body: &wish.body, draft: self.draft };
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
        let Decision { push, deed } = decide::decide(self.wish, self.there, &pulls);
        let (operation, pull) = match &deed {
            _ if self.incomplete => (Done::SKIPPED, None),
            Deed::Create if self.place.forge.is_none() && self.there.is_some() => {
                (if push { "updated" } else { "unchanged" }, None)
            }
            Deed::Create => ("created", None),
            Deed::Update { pull, title, body, labels } => {
                let news = push || *title || *body || !labels.is_empty();
                (if news { "updated" } else { "unchanged" }, Some(pull))
            }
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
        terminal.out(out.as_bytes())?;
        Ok(done)
    }
}
