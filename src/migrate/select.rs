//! Where the targets of a rule are in a file: through documents, lists, values of charts and embedded texts.
mod carried;

use super::chart::Reference;
use super::document::{self, Guess, Object};
use super::lens::{Hit, Lens, Pairs, Reading, member};
use super::worlds::Known;
use crate::index::Repo;
use crate::pack::Pack;
use crate::pack::glob::glob_file;
use crate::pack::path::{Path, Segment};
use crate::pack::target::{Carrier, On, Place, Target};
use crate::source::Span;
use crate::yaml::draft::{Body, Draft, Id};
use crate::yaml::value::Value;
use std::rc::Rc;

/// A target that was found.
#[derive(Debug, Clone)]
pub struct Found {
    /// Name of the target; empty where a rule describes it itself.
    pub target: String,
    pub hit: Hit,
    pub reading: Reading,
    /// Index of its object.
    pub object: usize,
    /// Why it is not known whether it is one; none where it is.
    pub guessed: Option<Guess>,
}

impl Found {
    /// Whether both are the same thing, read as the same.
    pub fn is(&self, other: &Found) -> bool {
        self.hit == other.hit && self.reading.only == other.reading.only && self.reading.chart == other.reading.chart
    }

    /// Takes in one more of a thing that is in the list already: what is known once need not be guessed.
    pub fn add_to(self, list: &mut Vec<Found>) {
        match list.iter_mut().find(|known| known.is(&self)) {
            Some(known) => known.guessed = known.guessed.and(self.guessed),
            None => list.push(self),
        }
    }
}

/// Keys that lead to the values of a chart; the one key of them that counts.
type Section = (Vec<String>, Option<&'static str>);

/// Where a place starts from.
struct Base {
    hit: Hit,
    object: usize,
    only: Option<(Id, &'static str)>,
    chart: Option<Rc<Reference>>,
    guessed: Option<Guess>,
}

impl Base {
    fn whole(hit: Hit, object: usize) -> Base {
        Base { hit, object, only: None, chart: None, guessed: None }
    }
}

/// A text in a text that could not be opened where a target says that one lives.
#[derive(Debug, Clone)]
pub struct Closed {
    pub at: Span,
    pub why: String,
}

/// What the search needs to know besides the draft.
pub struct Search<'a> {
    pub pack: &'a Pack,
    pub carriers: &'a [Carrier],
    pub repo: &'a Repo,
    pub path: &'a str,
    pub objects: &'a [Object],
    pub worlds: &'a mut Known,
    pub closed: Vec<Closed>,
}

impl Search<'_> {
    /// Every place of a target that is there, in document order, each node once.
    pub fn find(&mut self, draft: &mut Draft, target: &Target) -> Vec<Found> {
        let mut found: Vec<Found> = Vec::new();
        for place in &target.places {
            for base in self.bases(draft, place) {
                for hit in self.at(draft, &base, place, target.protojson) {
                    let reading = reading(draft, hit, &base, place, target);
                    if holds(draft, hit, &reading, &place.when) {
                        let target = target.name.clone();
                        Found { target, hit, reading, object: base.object, guessed: base.guessed }.add_to(&mut found);
                    }
                }
            }
        }
        found.sort_by_key(|f| draft.file_span(f.hit.id).map_or(usize::MAX, |s| s.start));
        found
    }

    /// The nodes that a place starts from, with their objects.
    fn bases(&mut self, draft: &mut Draft, place: &Place) -> Vec<Base> {
        match &place.on {
            On::Doc { kinds, groups, names } => {
                let base = |(i, o): (usize, &Object)| {
                    Some(Base { guessed: o.is(kinds, groups, names)?, ..Base::whole(Hit::node(o.root), i) })
                };
                self.objects.iter().enumerate().filter_map(base).collect()
            }
            On::File(pattern) if glob_file(pattern, self.path) => {
                self.roots().into_iter().map(|(hit, i)| Base::whole(hit, i)).collect()
            }
            On::File(_) => Vec::new(),
            On::Target(name) => match self.pack.targets.get(name) {
                Some(target) => {
                    let base = |found: Found| {
                        let Reading { only, chart, .. } = found.reading;
                        Base { hit: found.hit, object: found.object, only, chart, guessed: found.guessed }
                    };
                    self.find(draft, target).into_iter().map(base).collect()
                }
                None => Vec::new(),
            },
            On::ValuesOf(chart) => self.values_of(draft, chart, &place.shape),
            On::Chart(charts) => self.references(draft, charts),
        }
    }

    /// The objects that are documents of the file.
    fn roots(&self) -> Vec<(Hit, usize)> {
        let mut seen = None;
        let mut out = Vec::new();
        for (i, object) in self.objects.iter().enumerate() {
            if seen != Some(object.doc) {
                out.push((Hit::node(object.root), i));
                seen = Some(object.doc);
            }
        }
        out
    }

    /// The values of a chart: in a document that names the chart, in a file that is claimed for it, or by their shape.
    fn values_of(&mut self, draft: &mut Draft, chart: &str, shape: &[Path]) -> Vec<Base> {
        let mut out = self.carried(draft, chart, shape);
        let owners = self.repo.values_of(self.path);
        for owner in owners.iter().filter(|o| o.chart == chart) {
            let roots = self.roots().into_iter();
            out.extend(roots.filter_map(|(hit, object)| section(draft, hit.id, object, &owner.section, owner.only)));
        }
        if !owners.iter().any(|owner| owner.chart == chart) {
            let guessed = (!owners.is_empty()).then_some("another chart has these values");
            let shaped = self
                .roots()
                .into_iter()
                .filter(|(hit, object)| self.objects[*object].kind.is_none() && has_shape(draft, *hit, shape));
            out.extend(shaped.map(|(hit, object)| Base { guessed, ..Base::whole(hit, object) }));
        }
        // What is a chart's own stands before what it takes from a chart above.
        out.sort_by_key(|base| base.only.is_some());
        out
    }

    fn at(&mut self, draft: &mut Draft, base: &Base, place: &Place, protojson: bool) -> Vec<Hit> {
        let reading = Reading { protojson, pairs: None, only: base.only, chart: base.chart.clone() };
        let base = base.hit;
        if place.at.segments.is_empty() && !place.embedded {
            // The whole thing: no need to read it all for that.
            return vec![base];
        }
        if !may_hit(draft, base, &place.at, &reading) {
            return Vec::new();
        }
        let found = Lens::new(draft, base, &reading).query(draft, &reading, &place.at.source).unwrap_or_default();
        let exact = !place.at.segments.iter().any(|s| matches!(s, Segment::Many(_)));
        let mut out = Vec::new();
        for located in found {
            let id = located.hit.id;
            if place.embedded {
                out.extend(self.open(draft, id, exact, &place.prefix).map(Hit::node));
            } else {
                out.push(located.hit);
            }
        }
        out
    }

    /// Opens the text in a scalar; notes why not, where the place is exact.
    fn open(&mut self, draft: &mut Draft, id: Id, exact: bool, prefix: &str) -> Option<Id> {
        let id = match draft.node(id).body {
            Body::Alias(target) => target,
            _ => id,
        };
        match &draft.node(id).body {
            Body::Embedded { root, .. } => return Some(*root),
            // Written out as YAML instead of as text: an argument for some tools, and as good.
            Body::Map { .. } | Body::Seq { .. } => return Some(id),
            Body::Scalar { value: Value::Str(text), .. } if !text.trim().is_empty() => {}
            _ => return None,
        }
        match embed(draft, id, prefix) {
            Ok(root) => root,
            Err(closed) => {
                self.closed.extend(exact.then_some(closed));
                None
            }
        }
    }
}

fn reading(draft: &Draft, hit: Hit, base: &Base, place: &Place, target: &Target) -> Reading {
    let pairs =
        place.pairs.as_ref().map(|(name, value)| Pairs { list: draft.resolve(hit.id), name: name.clone(), value: value.clone() });
    Reading { protojson: target.protojson, pairs, only: base.only, chart: base.chart.clone() }
}

/// A section of values, if it is there; with `only`, if it has that key.
fn section(draft: &Draft, root: Id, object: usize, keys: &[String], only: Option<&'static str>) -> Option<Base> {
    let id = keys.iter().try_fold(root, |at, key| document::child(draft, at, key))?;
    let only = match only {
        Some(key) => Some((document::child(draft, id, key).map(|_| draft.resolve(id))?, key)),
        None => None,
    };
    Some(Base { only, ..Base::whole(Hit::node(id), object) })
}

/// Opens the text in a scalar, what stands behind `prefix` of it; none where it starts otherwise, or holds nothing but comments,
/// or actions of a template.
///
/// # Errors
/// The place in the file, and why the text there cannot be read.
pub fn embed(draft: &mut Draft, id: Id, prefix: &str) -> Result<Option<Id>, Closed> {
    let whole = draft.file_span(id).unwrap_or(0..0);
    let closed = |why: String| Closed { at: whole.clone(), why };
    let origin = draft.near_origin(id).ok_or_else(|| closed("it is new".to_owned()))?;
    let host = &draft.texts[origin.text];
    let view = match &draft.node(id).body {
        Body::Scalar { text, .. } if draft.is_made(id) => {
            if host.branches.is_some() && text.contains("{{") {
                return Err(closed("it is new, and a template".to_owned()));
            }
            crate::view::made::open(text, prefix, host.tree.node(origin.node).span.start)
        }
        _ => crate::view::open_behind(&host.text, &host.tree, origin.node, prefix).map_err(closed)?,
    };
    let Some(view) = view else { return Ok(None) };
    let column = draft.indent(origin.text) + view.carry.indent();
    let read = crate::view::read(&view.text, host.branches.is_some(), column).map_err(|e| {
        let at = view.carry.host_byte(e.at);
        Closed { at: draft.to_file(origin.text, at..at), why: e.message }
    })?;
    if read.tree.docs.is_empty() {
        return Ok(None);
    }
    draft.embed(id, view.text, read, view.carry).map(Some).map_err(closed)
}

/// Whether the plain names that a path starts with are there: seen without reading everything as JSON.
fn may_hit(draft: &Draft, root: Hit, path: &Path, reading: &Reading) -> bool {
    let mut at = draft.resolve(root.id);
    if reading.chart.is_some() {
        return true;
    }
    for segment in &path.segments {
        let Segment::Name(name) = segment else { return true };
        // A merge key may bring it.
        if draft.find(at, "<<").is_some() {
            return true;
        }
        match member(draft, at, name, reading.protojson) {
            Some(index) => at = draft.resolve(draft.children(at)[index].value),
            None => return false,
        }
    }
    true
}

fn hits(draft: &Draft, root: Hit, reading: &Reading, path: &Path) -> bool {
    if !may_hit(draft, root, path, reading) {
        return false;
    }
    Lens::new(draft, root, reading).query(draft, reading, &path.source).is_ok_and(|found| !found.is_empty())
}

/// Whether values have what only those of one chart have.
fn has_shape(draft: &Draft, root: Hit, shape: &[Path]) -> bool {
    shape.iter().any(|path| hits(draft, root, &Reading::default(), path))
}

fn holds(draft: &Draft, root: Hit, reading: &Reading, when: &[Path]) -> bool {
    when.is_empty() || when.iter().all(|path| hits(draft, root, reading, path))
}
