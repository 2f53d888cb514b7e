//! A part of a draft as JSON, for JSONPath and Tera, with the way back from a hit to its node.
//!
//! JSON names what the language names: camelCase for protojson targets, pairs as a map, aliases and opened texts as the
//! data that they stand for.
use super::chart::Reference;
use crate::pack::path::{Element, Path, Query, Segment};
use crate::yaml::draft::{Body, Child, Draft, Id};
use crate::yaml::tree::ScalarStyle;
use crate::yaml::value::to_json;
use serde_json::Value as Json;
use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

/// How the nodes of a target are read.
#[derive(Debug, Clone, Default)]
pub struct Reading {
    /// camelCase and `snake_case` name the same field.
    pub protojson: bool,
    /// A list of pairs that is read as a map.
    pub pairs: Option<Pairs>,
    /// A map that is read as if it had one key alone: of the values of a chart above, the one below sees no other.
    pub only: Option<(Id, &'static str)>,
    /// A map that is read as the reference to a chart that is in it.
    pub chart: Option<Rc<Reference>>,
}

#[derive(Debug, Clone)]
pub struct Pairs {
    pub list: Id,
    /// Member for the name, member for the value.
    pub name: String,
    pub value: String,
}

/// A node that a path hit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hit {
    pub id: Id,
    /// The item of a list of pairs that the node is the value of; the same as `id` where the item has no value.
    pub pair: Option<Id>,
}

impl Hit {
    pub fn node(id: Id) -> Hit {
        Hit { id, pair: None }
    }

    /// What leaves or moves when the hit does: the item of a pair, else the node.
    pub fn whole(self) -> Id {
        self.pair.unwrap_or(self.id)
    }

    pub fn has_value(self) -> bool {
        self.pair != Some(self.id)
    }
}

/// A hit with what expressions see of it.
#[derive(Debug, Clone)]
pub struct Located {
    pub hit: Hit,
    pub value: Json,
    /// Its key as written, or its index; null for a document.
    pub key: Json,
    /// The value of its container, shared by its children; none where it was not looked up.
    pub parent: Option<Rc<Json>>,
    /// Aliases on the way, and the hit itself where it is one.
    pub aliases: Vec<Id>,
    /// Whether a path came to it without an alias.
    pub direct: bool,
}

/// A node and everything below it, read as JSON.
#[derive(Debug)]
pub struct Lens {
    root: Hit,
    json: Json,
}

impl Located {
    /// The value of the hit's container; null for a document.
    pub fn parent(&self, draft: &Draft, reading: &Reading) -> Json {
        match &self.parent {
            Some(parent) => Json::clone(parent),
            None => draft.position(self.hit.whole()).map_or(Json::Null, |(container, _)| json(draft, container, reading)),
        }
    }
}

impl Lens {
    pub fn new(draft: &Draft, root: Hit, reading: &Reading) -> Lens {
        let json = if root.has_value() { json(draft, root.id, reading) } else { Json::Null };
        Lens { root, json }
    }

    pub fn json(&self) -> &Json {
        &self.json
    }

    /// What `path` hits, in order.
    ///
    /// # Errors
    /// A path that is not JSONPath; those of packs are checked when they load, computed ones can still be wrong.
    pub fn query(&self, draft: &Draft, reading: &Reading, path: &str) -> Result<Vec<Located>, String> {
        if path == "$" {
            return Ok(vec![self.root(draft)]);
        }
        let parsed = parse(path)?;
        let mut found: Vec<Located> = Vec::new();
        let mut parents: Option<(&Json, Rc<Json>)> = None;
        for (elements, value) in parsed.locate(&self.json) {
            if elements.is_empty() {
                found.push(self.root(draft));
                continue;
            }
            let mut hit = self.root;
            let mut aliases = Vec::new();
            let mut parent = &self.json;
            let mut at = &self.json;
            for element in &elements {
                let Some(next) = step(draft, hit, *element, reading) else { return Err(format!("cannot follow {path}")) };
                parent = at;
                at = match element {
                    Element::Name(name) => &at[*name],
                    Element::Index(index) => &at[*index],
                };
                hit = next;
                aliases.extend(Some(hit.id).filter(|id| matches!(draft.node(*id).body, Body::Alias(_))));
            }
            let shared = match parents.take().filter(|(known, _)| std::ptr::eq(*known, parent)) {
                Some(known) => known,
                None => (parent, Rc::new(parent.clone())),
            };
            let parent = Some(Rc::clone(&shared.1));
            parents = Some(shared);
            let direct = aliases.is_empty();
            found.push(Located { hit, value: value.clone(), key: key_of(draft, hit), parent, aliases, direct });
        }
        Ok(found)
    }

    /// The names and indices that lead to each hit of `path`.
    pub fn ways(&self, path: &Path) -> Vec<Vec<Segment>> {
        let owned = |element: Element| match element {
            Element::Name(name) => Segment::Name(name.to_owned()),
            Element::Index(index) => Segment::Index(index as i64),
        };
        let Ok(query) = parse(&path.source) else { return Vec::new() };
        query.locate(&self.json).into_iter().map(|(elements, _)| elements.into_iter().map(owned).collect()).collect()
    }

    fn root(&self, draft: &Draft) -> Located {
        let key = key_of(draft, self.root);
        Located { hit: self.root, value: self.json.clone(), key, parent: None, aliases: Vec::new(), direct: true }
    }
}

thread_local! {
    /// Paths already parsed by this thread: a pack has a few hundred, a file asks for each many times.
    static PARSED: RefCell<HashMap<String, Query>> = RefCell::new(HashMap::new());
}

fn parse(path: &str) -> Result<Query, String> {
    PARSED.with_borrow_mut(|parsed| {
        if let Some(known) = parsed.get(path) {
            return Ok(known.clone());
        }
        let new = Query::parse(path)?;
        // Computed paths are without number: do not keep them all.
        if parsed.len() > 4096 {
            parsed.clear();
        }
        parsed.insert(path.to_owned(), new.clone());
        Ok(new)
    })
}

fn step(draft: &Draft, from: Hit, element: Element, reading: &Reading) -> Option<Hit> {
    let container = draft.resolve(from.id);
    match element {
        Element::Name(name) => {
            if let Some(pairs) = reading.pairs.as_ref().filter(|p| p.list == container) {
                return pair(draft, pairs, name);
            }
            if let Some(chart) = reading.chart.as_ref().filter(|chart| chart.map == container) {
                return chart.part(draft, name).map(Hit::node);
            }
            let own = member(draft, container, name, reading.protojson).map(|i| draft.children(container)[i].value);
            let merged = || merged(draft, container).into_iter().find_map(|map| step(draft, Hit::node(map), element, reading));
            own.map(Hit::node).or_else(merged)
        }
        Element::Index(index) => draft.children(container).get(index).map(|c| Hit::node(c.value)),
    }
}

/// The node that a name or an index leads to.
pub fn step_in(draft: &Draft, from: Id, segment: &Segment) -> Option<Id> {
    let element = match segment {
        Segment::Name(name) => Element::Name(name),
        Segment::Index(index) => Element::Index(usize::try_from(*index).ok()?),
        Segment::Append | Segment::Many(_) => return None,
    };
    step(draft, Hit::node(from), element, &Reading::default()).map(|hit| hit.id)
}

fn pair(draft: &Draft, pairs: &Pairs, name: &str) -> Option<Hit> {
    let item = draft.children(pairs.list).iter().find(|item| pair_name(draft, pairs, item).as_deref() == Some(name))?.value;
    let value = draft.find(draft.resolve(item), &pairs.value).map(|i| draft.children(item)[i].value);
    Some(Hit { id: value.unwrap_or(item), pair: Some(item) })
}

/// The name of one pair.
pub fn pair_name(draft: &Draft, pairs: &Pairs, item: &Child) -> Option<String> {
    let at = draft.find(item.value, &pairs.name)?;
    Some(draft.data(draft.children(item.value)[at].value).scalar_text())
}

/// The key of a hit as written, or its index.
pub fn key_of(draft: &Draft, hit: Hit) -> Json {
    let Some((container, index)) = draft.position(hit.whole()) else { return Json::Null };
    if hit.pair.is_some() {
        let item = hit.whole();
        let name = draft.children(item).iter().find(|c| c.value != hit.id).map(|c| draft.data(c.value).scalar_text());
        return name.map_or(Json::Null, Json::String);
    }
    let child = &draft.children(container)[index];
    match child.key {
        Some(_) => draft.key_text(child).map_or(Json::Null, |k| Json::String(k.to_owned())),
        None => Json::from(index),
    }
}

/// Position of the member that `name` names.
pub fn member(draft: &Draft, map: Id, name: &str, protojson: bool) -> Option<usize> {
    let exact = draft.find(map, name);
    if exact.is_some() || !protojson {
        return exact;
    }
    draft.children(map).iter().position(|c| draft.key_text(c).is_some_and(|k| camel(k) == camel(name)))
}

/// The maps that a map takes members from by `<<`, the first one winning.
fn merged(draft: &Draft, map: Id) -> Vec<Id> {
    let merges = draft.children(map).iter().filter(|c| is_merge(draft, c)).map(|c| draft.resolve(c.value));
    let maps = merges.flat_map(|id| match draft.is_seq(id) {
        true => draft.children(id).iter().map(|c| draft.resolve(c.value)).collect(),
        false => vec![id],
    });
    maps.filter(|id| draft.is_map(*id)).collect()
}

fn is_merge(draft: &Draft, child: &Child) -> bool {
    let merge = |key| matches!(&draft.node(key).body, Body::Scalar { text, style: ScalarStyle::Plain, .. } if text == "<<");
    child.key.is_some_and(merge)
}

/// The JSON name of a proto field: `access_token` → `accessToken`. Anything that is not `lower_snake` stays.
pub fn camel(key: &str) -> String {
    let snake = key.contains('_')
        && key.starts_with(|c: char| c.is_ascii_lowercase())
        && key.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
        && !key.ends_with('_')
        && !key.contains("__");
    if !snake {
        return key.to_owned();
    }
    let mut out = String::with_capacity(key.len());
    let mut upper = false;
    for c in key.chars() {
        if c == '_' {
            upper = true;
        } else {
            out.push(if upper { c.to_ascii_uppercase() } else { c });
            upper = false;
        }
    }
    out
}

/// A map with those of its members alone that an expression asks for; anything else is read as a whole.
pub fn members(draft: &Draft, hit: Hit, reading: &Reading, wanted: &[String]) -> Json {
    if hit.has_value() { read(draft, hit.id, reading, Some(wanted)) } else { Json::Null }
}

fn json(draft: &Draft, id: Id, reading: &Reading) -> Json {
    read(draft, id, reading, None)
}

fn read(draft: &Draft, id: Id, reading: &Reading, wanted: Option<&[String]>) -> Json {
    let id = draft.resolve(id);
    if let Some(chart) = reading.chart.as_ref().filter(|chart| chart.map == id) {
        return chart.json(draft, |part| json(draft, part, reading));
    }
    match &draft.node(id).body {
        Body::Map { children, .. } => {
            let mut map = serde_json::Map::with_capacity(children.len());
            let only = reading.only.filter(|(map, _)| *map == id).map(|(_, key)| key);
            let hidden = |key: &String| only.is_some_and(|only| only != key);
            for child in children.iter().filter(|c| !is_merge(draft, c)) {
                let key =
                    draft.key_text(child).map(str::to_owned).or_else(|| child.key.map(|k| to_json(&draft.data(k)).to_string()));
                let key = key.unwrap_or_default();
                let key = if reading.protojson { camel(&key) } else { key };
                if wanted.is_some_and(|wanted| !wanted.contains(&key)) || hidden(&key) {
                    continue;
                }
                map.entry(key).or_insert_with(|| json(draft, child.value, reading));
            }
            for other in merged(draft, id) {
                if let Json::Object(other) = read(draft, other, reading, wanted) {
                    for (key, value) in other.into_iter().filter(|(key, _)| !hidden(key)) {
                        map.entry(key).or_insert(value);
                    }
                }
            }
            Json::Object(map)
        }
        Body::Seq { children, .. } => match reading.pairs.as_ref().filter(|p| p.list == id) {
            Some(pairs) => pairs_json(draft, children, pairs, reading),
            None => Json::Array(children.iter().map(|c| json(draft, c.value, reading)).collect()),
        },
        _ => to_json(&draft.data(id)),
    }
}

fn pairs_json(draft: &Draft, items: &[Child], pairs: &Pairs, reading: &Reading) -> Json {
    let mut map = serde_json::Map::new();
    for item in items {
        let Some(name) = pair_name(draft, pairs, item) else { continue };
        let value = draft.find(item.value, &pairs.value).map(|i| draft.children(item.value)[i].value);
        map.entry(name).or_insert_with(|| value.map_or(Json::Null, |v| json(draft, v, reading)));
    }
    Json::Object(map)
}

/// Why a node cannot be read in one way only: a field in both spellings, two pairs of one name. Two that branches of a
/// template give are two ways of their own (`worlds`).
pub fn ambiguous(draft: &Draft, root: Id, reading: &Reading) -> Option<(Id, String)> {
    let id = draft.resolve(root);
    let children = draft.children(id);
    if reading.protojson && draft.is_map(id) {
        let mut seen: HashMap<_, &str> = HashMap::new();
        for child in children {
            let Some(key) = draft.key_text(child) else { continue };
            if let Some(other) = seen.insert((camel(key), draft.conditions(child.value)), key) {
                return Some((
                    child.value,
                    format!("`{other}` and `{key}` name the same field; which one wins differs between readers"),
                ));
            }
        }
    }
    if let Some(pairs) = reading.pairs.as_ref().filter(|p| p.list == id) {
        let mut seen = std::collections::HashSet::new();
        for item in children {
            if let Some(name) = pair_name(draft, pairs, item)
                && !seen.insert((name.clone(), draft.conditions(item.value)))
            {
                return Some((item.value, format!("`{name}` stands twice in this list")));
            }
        }
    }
    children.iter().find_map(|c| ambiguous(draft, c.value, reading))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::yaml::syntax;

    fn draft(text: &str) -> Draft {
        Draft::new(text, syntax::parse(text).expect("YAML"))
    }

    fn hits(text: &str, reading: &Reading, path: &str) -> Vec<Json> {
        let draft = draft(text);
        let lens = Lens::new(&draft, Hit::node(draft.docs[0]), reading);
        let found = lens.query(&draft, reading, path).expect("a path");
        found.into_iter().map(|l| l.value).collect()
    }

    #[test]
    fn both_spellings_name_a_field() {
        let reading = Reading { protojson: true, ..Reading::default() };
        let text = "trace_sinks:\n- first: {access_token: t}\n- first: {accessToken: u}\n";
        assert_eq!(hits(text, &reading, "$.traceSinks[*].first.accessToken"), [Json::from("t"), Json::from("u")]);
    }

    #[test]
    fn names_that_are_not_snake_stay() {
        for name in ["A_B", "_a", "a_", "a__b", "a-b", "aB"] {
            assert_eq!(camel(name), name);
        }
        assert_eq!(camel("max_tag_length"), "maxTagLength");
    }

    #[test]
    fn pairs_read_as_a_map() {
        let draft = draft("- name: A\n  value: '1'\n- name: B\n  valueFrom: {}\n");
        let list = draft.docs[0];
        let pairs = Pairs { list, name: "name".into(), value: "value".into() };
        let reading = Reading { pairs: Some(pairs), ..Reading::default() };
        let lens = Lens::new(&draft, Hit::node(list), &reading);
        assert_eq!(lens.json(), &serde_json::json!({"A": "1", "B": null}));
        let found = lens.query(&draft, &reading, "$['A','B']").expect("a path");
        assert_eq!(found.len(), 2);
        assert_eq!(found[0].key, "A");
        assert!(found[0].hit.has_value() && !found[1].hit.has_value());
    }

    #[test]
    fn a_map_can_be_read_as_if_it_had_one_key() {
        let draft = draft("base: &b {global: {a: 1}, other: 2}\nmine: {<<: *b, more: 3}\n");
        let mine = draft.children(draft.docs[0])[1].value;
        let reading = Reading { only: Some((mine, "global")), ..Reading::default() };
        let lens = Lens::new(&draft, Hit::node(mine), &reading);
        assert_eq!(lens.json(), &serde_json::json!({"global": {"a": 1}}));
        assert!(lens.query(&draft, &reading, "$.more").expect("a path").is_empty());
        assert_eq!(Lens::new(&draft, Hit::node(draft.docs[0]), &reading).json()["base"]["other"], 2);
    }

    #[test]
    fn both_spellings_at_once_are_ambiguous() {
        let draft = draft("a:\n  access_token: x\n  accessToken: y\n");
        assert!(ambiguous(&draft, draft.docs[0], &Reading { protojson: true, ..Reading::default() }).is_some());
        assert!(ambiguous(&draft, draft.docs[0], &Reading::default()).is_none());
    }
}
