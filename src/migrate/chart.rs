//! A place that names a chart, read as `{ name, version, repo, values }` wherever these stand in its document.
use super::lens::{Hit, Lens, Reading, step_in};
use crate::pack::path::{Path, Segment};
use crate::pack::target::{Carrier, last_part};
use crate::yaml::draft::{Body, Draft, Id};
use serde_json::Value as Json;

const NAME: &str = "name";

/// Where the parts of a chart's reference are.
#[derive(Debug, Clone, PartialEq)]
pub struct Reference {
    /// The map that is read as one: a document, an item of a list.
    pub map: Id,
    /// Names and indices that lead to each part from `map`, be it there or still to be made.
    parts: Vec<(&'static str, Vec<Segment>)>,
}

impl Reference {
    /// The reference that a carrier has at `base`, whose values are at `values`, where it has some.
    pub fn new(draft: &Draft, base: Hit, carrier: &Carrier, values: Option<Vec<Segment>>) -> Reference {
        let lens = Lens::new(draft, base, &Reading::default());
        let there = |path: &Path| lens.ways(path).into_iter().next().or_else(|| can_be_made(path));
        let scalars = [(NAME, &carrier.chart_name), ("version", &carrier.chart_version), ("repo", &carrier.chart_repo)];
        let mut parts: Vec<_> = scalars.into_iter().filter_map(|(name, path)| Some((name, there(path.as_ref()?)?))).collect();
        let new = || carrier.values.iter().find_map(|(path, embedded)| can_be_made(path).filter(|_| !embedded));
        parts.extend(values.or_else(new).map(|values| ("values", values)));
        Reference { map: draft.resolve(base.id), parts }
    }

    /// What expressions see; of a name that stands behind a repository, the name alone.
    pub fn json(&self, draft: &Draft, read: impl Fn(Id) -> Json) -> Json {
        let part = |name: &'static str| {
            let value = read(self.part(draft, name)?);
            Some((name.to_owned(), if name == NAME { bare(value) } else { value }))
        };
        Json::Object(self.parts.iter().filter_map(|(name, _)| part(name)).collect())
    }

    /// The node of a part, if it is there.
    pub fn part(&self, draft: &Draft, name: &str) -> Option<Id> {
        let (_, way) = self.parts.iter().find(|(part, _)| *part == name)?;
        way.iter().try_fold(self.map, |at, segment| step_in(draft, at, segment))
    }

    /// A path from the reference as one from its map; none where it leads to what has no place here.
    pub fn way(&self, path: &[Segment]) -> Option<Vec<Segment>> {
        let Some((Segment::Name(part), below)) = path.split_first() else { return None };
        let (_, way) = self.parts.iter().find(|(name, _)| name == part)?;
        Some(way.iter().chain(below).cloned().collect())
    }

    pub fn is_name(&self, draft: &Draft, id: Id) -> bool {
        self.part(draft, NAME).is_some_and(|name| draft.resolve(name) == draft.resolve(id))
    }

    /// The text to write for the chart's new name: what stands before the old one (`repository/`) stays.
    ///
    /// # Errors
    /// Where the name is that of an object, which is called so itself.
    pub fn renamed(&self, draft: &Draft, new: &str) -> Result<String, String> {
        let name = self.part(draft, NAME).map(|name| draft.resolve(name));
        let of_object = name.and_then(|name| draft.position(name)).map(|(map, _)| map).filter(|map| *map != self.map);
        if let Some(at) = of_object.and_then(|map| step_in(draft, map, &Segment::Name("kind".into()))) {
            let kind = draft.data(at).scalar_text();
            return Err(format!("this names an object, of kind {kind}, and that object names the chart"));
        }
        let old = name.map_or_else(String::new, |name| draft.data(name).scalar_text());
        Ok(format!("{}{new}", &old[..old.len() - last_part(&old).len()]))
    }
}

/// The segments of a path that names one place.
fn can_be_made(path: &Path) -> Option<Vec<Segment>> {
    path.segments.iter().all(|segment| matches!(segment, Segment::Name(_))).then(|| path.segments.clone())
}

fn bare(value: Json) -> Json {
    match value {
        Json::String(text) => Json::String(last_part(&text).to_owned()),
        other => other,
    }
}

/// Whether values can be read there: no text, which is the name of a file that holds them.
pub fn are_values(draft: &Draft, id: Id) -> bool {
    !matches!(draft.node(id).body, Body::Scalar { value: crate::yaml::value::Value::Str(_), .. })
}
