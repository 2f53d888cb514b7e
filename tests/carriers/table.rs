//! The table as it is written, and the chains of frames that lead from a fragment to a file.
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// The version whose fragments go every way.
const WHOLE: &str = "1.27";

/// A place for something: a piece of text, or files, with the marker where it goes.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Frame {
    pub id: String,
    /// What goes in: a target of the pack, `values of CHART`, `document`, or `file GLOB`.
    pub holds: String,
    /// What the text is itself; left out where `files` are.
    #[serde(default, rename = "in")]
    pub inside: Option<String>,
    #[serde(default)]
    pub text: Option<String>,
    #[serde(default)]
    pub files: BTreeMap<String, String>,
    /// How the content is written, from the inside out.
    #[serde(default, rename = "as")]
    pub encodings: Vec<Encoding>,
    /// Names for what this is, for `but` of fragments.
    #[serde(default)]
    pub is: Vec<String>,
    /// At most so many frames with a text of their own may lie inside: what is deeper was seen in other chains.
    #[serde(default)]
    pub depth: Option<usize>,
    /// Lines of the files end as on Windows.
    #[serde(default)]
    pub crlf: bool,
    /// Nothing is edited here, and why that is right, or known.
    #[serde(default)]
    pub refused: Option<String>,
    /// Frames around this one in which it does not work yet.
    #[serde(default)]
    pub known: Option<Known>,
}

/// What is wrong today, and waits for a mend.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Known {
    #[serde(rename = "in")]
    pub inside: Vec<String>,
    pub why: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Encoding {
    /// A map as a list of `name` and `value`.
    Pairs,
    /// JSON on one line.
    Json,
    /// JSON on many lines.
    JsonLines,
    SingleQuotes,
    DoubleQuotes,
    /// Lines as a folded block scalar wants them.
    Folded,
}

/// What a migration does to one thing, wherever that is.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fragment {
    pub migration: String,
    /// The name of its file: the version that the migration belongs to, or `any`.
    #[serde(skip)]
    pub version: String,
    /// One target, or several that the same is done to; each a fragment of its own once read.
    #[serde(deserialize_with = "one_or_many")]
    pub target: Vec<String>,
    #[serde(default)]
    pub set: BTreeMap<String, String>,
    /// Left out: the version before that of the migration.
    #[serde(default)]
    pub from: Option<String>,
    pub before: String,
    /// Left out: nothing changes.
    #[serde(default)]
    pub after: Option<String>,
    /// `[level, line]`; line 0 is any line of the file.
    #[serde(default)]
    pub findings: Vec<(String, usize)>,
    /// What is otherwise in some frames; the first that fits counts.
    #[serde(default)]
    pub but: Vec<But>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct But {
    /// Ids of frames, or what they are.
    #[serde(rename = "in")]
    pub inside: Vec<String>,
    /// Only if one of these is there as well.
    #[serde(default)]
    pub and: Vec<String>,
    pub why: String,
    #[serde(default)]
    pub skip: bool,
    #[serde(default)]
    pub after: Option<String>,
    #[serde(default)]
    pub unchanged: bool,
    #[serde(default)]
    pub findings: Option<Vec<(String, usize)>>,
}

#[derive(Debug)]
pub struct Table {
    pub frames: Vec<Frame>,
    /// Each with the one target that it stands for.
    pub fragments: Vec<(String, Fragment)>,
}

impl Table {
    pub fn read(dir: &Path) -> Self {
        fn list<T: serde::de::DeserializeOwned>(path: &Path) -> Vec<T> {
            let text = std::fs::read_to_string(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
            serde_yaml::from_str(&text).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
        }
        let mut fragments: Vec<Fragment> = Vec::new();
        let mut files: Vec<_> =
            std::fs::read_dir(dir.join("fragments")).expect("fragments").flatten().map(|e| e.path()).collect();
        files.sort();
        for file in files {
            let version = file.file_stem().unwrap_or_default().to_string_lossy().into_owned();
            fragments.extend(list::<Fragment>(&file).into_iter().map(|f| Fragment { version: version.clone(), ..f }));
        }
        let each = |fragment: &Fragment| fragment.target.iter().map(|one| (one.clone(), fragment.clone())).collect::<Vec<_>>();
        let frames: Vec<Frame> = list(&dir.join("fixtures.yaml"));
        if let Some(silent) = fragments.iter().find(|f| f.but.iter().any(|but| but.why.is_empty())) {
            panic!("fragments: a `but` of {} says no `why`", silent.migration);
        }
        Table { frames, fragments: fragments.iter().flat_map(each).collect() }
    }

    /// Every way from `target` to files, the innermost frame first.
    pub fn chains<'t>(&'t self, target: &str) -> Vec<Vec<&'t Frame>> {
        let mut found = Vec::new();
        self.go_on(target, &mut Vec::new(), &mut found);
        found
    }

    /// The ways that a fragment takes: all of them for those of `WHOLE`, of which there is at least one for each target;
    /// for the others the shortest through each frame that may hold it, as the ways are the same for all.
    pub fn ways<'t>(&'t self, target: &str, fragment: &Fragment) -> Vec<Vec<&'t Frame>> {
        let mut all = self.chains(target);
        if fragment.version == WHOLE {
            return all;
        }
        all.sort_by_key(Vec::len);
        let mut first = BTreeSet::new();
        all.retain(|chain| first.insert(chain[0].id.as_str()));
        all
    }

    fn go_on<'t>(&'t self, target: &str, chain: &mut Vec<&'t Frame>, found: &mut Vec<Vec<&'t Frame>>) {
        let written = chain.iter().filter(|f| f.text.as_deref().map(str::trim) != Some(crate::fill::MARKER)).count();
        for frame in self.frames.iter().filter(|f| holds(f, target) && f.depth.is_none_or(|most| written <= most)) {
            chain.push(frame);
            match &frame.inside {
                None => found.push(chain.clone()),
                Some(inside) => self.go_on(inside, chain, found),
            }
            chain.pop();
        }
    }
}

fn holds(frame: &Frame, target: &str) -> bool {
    frame.holds == target || frame.holds == "values of *" && chart_of(target).is_some()
}

pub fn chart_of(target: &str) -> Option<&str> {
    target.strip_prefix("values of ")
}

/// Whether one of the frames has one of the names.
pub fn inside(chain: &[&Frame], names: &[String]) -> bool {
    chain.iter().any(|f| names.contains(&f.id) || f.is.iter().any(|is| names.contains(is)))
}

/// The frame of a chain that does not work in another one of it yet.
pub fn known<'t>(chain: &[&'t Frame]) -> Option<&'t str> {
    chain.iter().find(|f| f.known.as_ref().is_some_and(|known| inside(chain, &known.inside))).map(|f| f.id.as_str())
}

/// Whether nothing can be edited: JSON, where it is further out, keeps no style.
pub fn refused(chain: &[&Frame]) -> bool {
    let json = |f: &&Frame| f.encodings.iter().any(|e| matches!(e, Encoding::Json | Encoding::JsonLines));
    let first = chain.iter().position(|f| f.refused.is_some());
    first.is_some_and(|at| !chain[at + 1..].iter().any(json))
}

/// The chart whose values a chain holds.
pub fn chart<'t>(target: &'t str, chain: &[&'t Frame]) -> &'t str {
    let named = chain.iter().filter_map(|f| f.inside.as_deref());
    std::iter::once(target).chain(named).find_map(chart_of).unwrap_or_default()
}

/// The id of a chain, from the file inwards.
pub fn name(chain: &[&Frame]) -> String {
    chain.iter().rev().map(|f| f.id.as_str()).collect::<Vec<_>>().join(" > ")
}

fn one_or_many<'de, D: serde::Deserializer<'de>>(from: D) -> Result<Vec<String>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Names {
        One(String),
        Many(Vec<String>),
    }
    Ok(match Names::deserialize(from)? {
        Names::One(name) => vec![name],
        Names::Many(names) => names,
    })
}
