//! What a pack says, checked: the plain data that the stages run on.
//!
//! `author` reads the files as authored, `compile` (with `verbs`, `target`, `params`) checks them and builds what stands
//! here, `library` finds packs (embedded or in a folder), `registry` picks what is in force in a run,
//! `trees` which run a file goes through, by the version that runs where it lies.
pub mod author;
pub mod changes;
pub mod compile;
pub mod config;
pub mod detect;
pub mod facts;
pub mod folder;
pub mod glob;
pub mod library;
pub mod names;
pub mod needles;
pub mod params;
pub mod path;
pub mod registry;
pub mod target;
pub mod texts;
pub mod trees;
pub mod values;
pub mod verbs;
pub mod version;
pub mod way;
pub mod window;

use crate::expr::ExprId;
use crate::report::Level;
use path::Path;
use std::collections::BTreeMap;
use std::sync::Arc;
use target::Target;
use version::{Range, Version};

#[derive(Debug)]
pub struct Pack {
    pub name: String,
    pub title: String,
    /// The versions, in order.
    pub chain: Vec<Version>,
    /// Where the running version can be read.
    pub detect: Arc<Vec<detect::Detector>>,
    pub targets: Arc<BTreeMap<String, Target>>,
    /// Every parameter of the pack and of its loaded migrations, by name.
    pub params: BTreeMap<String, params::Param>,
    pub migrations: Vec<Arc<Migration>>,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Safety {
    #[default]
    Safe,
    Review,
    Manual,
}

impl Safety {
    /// As it is written in a migration.
    pub fn name(self) -> &'static str {
        match self {
            Safety::Safe => "safe",
            Safety::Review => "review",
            Safety::Manual => "manual",
        }
    }
}

/// The versions that act on the old and on the new form (LANGUAGE §4). `None`: not said.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Honoured {
    pub old: Option<Range>,
    pub new: Option<Range>,
}

#[derive(Debug)]
pub struct Migration {
    /// `mesh/1.27/new-name`.
    pub id: String,
    /// The version whose folder it lies in; none for `any/`.
    pub version: Option<Version>,
    pub title: String,
    pub why: String,
    pub links: Vec<String>,
    /// What people do about it themselves, for `plan`; a migration that only advises has no rules.
    pub advice: Option<String>,
    /// Ids of the pack's `changes.yaml` that it answers.
    pub covers: Vec<String>,
    pub safety: Safety,
    pub enabled: bool,
    /// Parameters declared by this migration itself.
    pub params: BTreeMap<String, params::Param>,
    pub after: Vec<String>,
    /// What its rules ask of the whole repository.
    pub facts: Vec<facts::Fact>,
    /// In order; a rule with `each` stands here once per row.
    pub rules: Vec<Rule>,
    /// The expressions of all rules, compiled in one batch at first use.
    pub exprs: crate::expr::Exprs,
    /// Where it was read from, for errors: `migrations/mesh/1.27/x.yaml`.
    pub file: String,
}

#[derive(Debug)]
pub struct Rule {
    /// 1-based line of the rule in its file.
    pub line: usize,
    pub honoured: Honoured,
    pub needs: Vec<Need>,
    /// Targets in the order written. Empty only with `bump`, whose documents are the target.
    pub targets: Vec<TargetRef>,
    /// Empty: the target itself is the match.
    pub select: Vec<Path>,
    pub when: Vec<Path>,
    pub unless: Vec<Path>,
    pub cond: Option<ExprId>,
    pub lets: Vec<Let>,
    /// The row of `each`, for `row.x`.
    pub row: Option<serde_json::Value>,
    pub bump: Vec<Bump>,
    pub verbs: Vec<Verb>,
    pub reports: Vec<ReportRule>,
    /// Texts that must be in a file's bytes for this rule to matter.
    pub needles: needles::Needles,
}

impl Rule {
    /// Whether it does more than speak.
    pub fn edits(&self) -> bool {
        !(self.verbs.is_empty() && self.bump.is_empty())
    }

    /// Whether something has to be in a target for the rule to have an effect.
    pub fn needs_something(&self) -> bool {
        !self.select.is_empty() || !self.when.is_empty() || !needles::adds(&self.verbs)
    }

    /// The paths that it asks, those of its verbs left out.
    pub fn looks_at(&self) -> Vec<&Path> {
        let reports = self.reports.iter().flat_map(|report| &report.at);
        self.select.iter().chain(self.asks()).chain(reports).collect()
    }

    /// Texts that it compares with, as far as its expressions and filters spell them out.
    pub fn literals(&self, exprs: &crate::expr::Exprs) -> Vec<String> {
        let lets = self.lets.iter().filter_map(|one| match one.value {
            LetValue::Expr(id) | LetValue::Text(id) => Some(id),
            LetValue::Path { .. } => None,
        });
        let mut ids: Vec<ExprId> = lets.chain(self.cond).collect();
        let (mut paths, mut into): (Vec<&Path>, Vec<&Path>) = (self.select.iter().chain(self.asks()).collect(), Vec::new());
        for verb in &self.verbs {
            verb.expressions(&mut ids);
            verb.paths(&mut paths, &mut into);
        }
        paths.append(&mut into);
        let sources = ids.into_iter().map(|id| exprs.source(id)).chain(paths.into_iter().map(|path| path.source.as_str()));
        let compares = |source: &&str| ["==", "!=", " in "].iter().any(|sign| source.contains(sign));
        let mut out = Vec::new();
        for source in sources.filter(compares) {
            for quote in ['"', '\''] {
                out.extend(source.split(quote).skip(1).step_by(2).filter(|text| !text.is_empty()).map(str::to_owned));
            }
        }
        out.sort_unstable();
        out.dedup();
        out
    }

    /// The paths that decide whether, and what, it edits at a match.
    pub fn asks(&self) -> Vec<&Path> {
        let mut out: Vec<&Path> = self.when.iter().chain(&self.unless).collect();
        for one in &self.lets {
            if let LetValue::Path { paths, .. } = &one.value {
                out.extend(paths);
            }
        }
        out
    }
}

#[derive(Debug, Clone, PartialEq)]
pub enum Need {
    /// The run's final version is at least this.
    To(Version),
    /// The `version` parameter of this name is set to at least this.
    Param(String, Version),
}

#[derive(Debug, Clone)]
pub enum TargetRef {
    /// By name, in `Pack::targets`.
    Named(String),
    /// `{ kind, group, name }` in the rule itself.
    Inline(Target),
}

#[derive(Debug)]
pub struct Let {
    pub name: String,
    pub value: LetValue,
}

#[derive(Debug)]
pub enum LetValue {
    /// Binds nodes. `single`: only names and indices, so one node or undefined; else the list of all values.
    Path {
        paths: Vec<Path>,
        single: bool,
    },
    Expr(ExprId),
    /// Text with expressions in it.
    Text(ExprId),
}

/// One line of a `bump` table.
#[derive(Debug, Clone)]
pub struct Bump {
    pub kinds: Vec<String>,
    /// New kind, where it changes.
    pub kind: Option<String>,
    /// Full apiVersion → versions that serve it, in the order written (newest last).
    pub serve: Vec<(String, Range)>,
    /// Where references stand, maps with `apiVersion` and `kind`, in objects of any kind.
    pub at: Vec<Path>,
    pub needs: Vec<Need>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Clash {
    Stop,
    Keep,
    Replace,
}

/// Where a new member or item goes among its siblings.
#[derive(Debug, Clone, PartialEq)]
pub enum Order {
    First,
    Last,
    Before(String),
    After(String),
}

/// A string that may be computed.
#[derive(Debug, Clone)]
pub enum Text {
    Plain(String),
    /// The whole scalar is one `<< … >>`: keeps the value's type.
    Typed(ExprId),
    /// Text around expressions: always a string.
    Mixed(ExprId),
}

/// The YAML that insert, replace and add-document bring: literal text, or one with expressions in it.
#[derive(Debug, Clone)]
pub struct Stanza(pub ExprId);

#[derive(Debug)]
pub struct Verb {
    /// 1-based line in its file.
    pub line: usize,
    pub cond: Option<ExprId>,
    pub action: Action,
}

impl Verb {
    /// Whether it, or a verb in it, takes out what it empties.
    pub fn prunes(&self) -> bool {
        match &self.action {
            Action::Move { prune, .. } | Action::Remove { prune, .. } => *prune,
            Action::Within { verbs, .. } => verbs.iter().any(Verb::prunes),
            _ => false,
        }
    }

    /// The paths in it, of the verbs in it as well; those that something is inserted into apart.
    pub fn paths<'v>(&'v self, out: &mut Vec<&'v Path>, into_paths: &mut Vec<&'v Path>) {
        match &self.action {
            Action::Rename { at, .. }
            | Action::Set { at, .. }
            | Action::Wrap { at, .. }
            | Action::Remove { at, .. }
            | Action::Replace { at, .. } => out.extend(at),
            Action::Insert { into, .. } => into_paths.extend(into),
            Action::Move { at, to, .. } => out.extend(at.iter().chain([to])),
            Action::AddDocument { .. } => {}
            Action::Within { at, verbs } => {
                out.extend(at);
                verbs.iter().for_each(|verb| verb.paths(out, into_paths));
            }
        }
    }

    /// The expressions in it, those of its paths left out.
    fn expressions(&self, out: &mut Vec<ExprId>) {
        out.extend(self.cond);
        match &self.action {
            Action::Rename { to, .. } | Action::Wrap { how: Wrap::Key(to), .. } | Action::Set { to: SetTo::Text(to), .. } => {
                if let Text::Typed(id) | Text::Mixed(id) = to {
                    out.push(*id);
                }
            }
            Action::Insert { stanza, .. } | Action::Replace { stanza, .. } | Action::AddDocument { stanza } => out.push(stanza.0),
            Action::Within { verbs, .. } => verbs.iter().for_each(|verb| verb.expressions(out)),
            Action::Set { .. } | Action::Move { .. } | Action::Wrap { .. } | Action::Remove { .. } => {}
        }
    }
}

#[derive(Debug)]
pub enum Action {
    Rename { at: Vec<Path>, to: Text, clash: Clash },
    Set { at: Vec<Path>, to: SetTo },
    Insert { into: Vec<Path>, stanza: Stanza, order: Order, clash: Clash },
    Move { at: Vec<Path>, to: Path, order: Order, clash: Clash, prune: bool, copy: bool },
    Wrap { at: Vec<Path>, how: Wrap },
    Remove { at: Vec<Path>, prune: bool },
    Replace { at: Vec<Path>, stanza: Stanza },
    AddDocument { stanza: Stanza },
    Within { at: Vec<Path>, verbs: Vec<Verb> },
}

#[derive(Debug)]
pub enum SetTo {
    Text(Text),
    /// A literal that is not a string: `to: 4317`, `to: true`.
    Literal(crate::yaml::value::Value),
}

#[derive(Debug)]
pub enum Wrap {
    Key(Text),
    List,
    Pairs(String, String),
    Text(bool),
}

#[derive(Debug)]
pub struct ReportRule {
    pub line: usize,
    /// Empty: the match itself.
    pub at: Vec<Path>,
    pub cond: Option<ExprId>,
    pub level: Level,
    pub message: Text,
    pub suggest: Option<Text>,
    pub hold: bool,
}

/// What is wrong with a pack, or with what was asked of it.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{message}")]
pub struct PackError {
    pub message: String,
    /// File of the pack, with 1-based line and column, where it is about one.
    pub place: Option<(String, usize, usize)>,
    /// What to do next; may have several lines.
    pub help: Option<String>,
    /// What is wrong elsewhere.
    pub others: Vec<PackError>,
}

impl PackError {
    /// The same, about a file as a whole.
    fn in_file(self, file: &str) -> PackError {
        PackError { place: Some((file.to_owned(), 1, 1)), ..self }
    }
}

fn error(message: impl Into<String>, help: impl Into<Option<String>>) -> PackError {
    PackError { message: message.into(), place: None, help: help.into(), others: Vec::new() }
}

/// The known word that a mistyped one is nearest to, if one is near.
pub fn near<'w>(word: &str, known: impl Iterator<Item = &'w str>) -> Option<&'w str> {
    let scored = known.map(|k| (distance(word, k), k));
    let is_near = |d: usize, longest: usize| d <= 1 + longest / 4 && d < longest;
    scored.filter(|(d, k)| is_near(*d, k.len().max(word.len()))).min_by_key(|(d, _)| *d).map(|(_, k)| k)
}

/// How many letters have to be added, dropped or changed.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, ca) in a.chars().enumerate() {
        let mut corner = row[0];
        row[0] = i + 1;
        for (j, cb) in b.iter().enumerate() {
            let change = corner + usize::from(ca != *cb);
            corner = row[j + 1];
            row[j + 1] = change.min(row[j] + 1).min(corner + 1);
        }
    }
    row[b.len()]
}
