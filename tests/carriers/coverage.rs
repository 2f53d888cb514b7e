//! What the table lacks: a place of a target, a path of a carrier, a target of a migration that no fragment or frame has.
use super::Case;
use crate::fill::MARKER;
use crate::table::{Frame, Table};
use serde_json::Value;
use serde_json_path::JsonPath;
use std::collections::BTreeSet;
use std::path::Path;

pub fn missing(migrations: &Path, pack: &str, table: &Table, cases: &[Case]) -> Vec<String> {
    let seen = Seen::of(cases);
    let pack = migrations.join(pack);
    let versions: Vec<_> = files(&pack).into_iter().filter(|path| path.is_dir()).collect();
    let migrations_of: Vec<_> = versions.iter().flat_map(|dir| files(dir)).collect();
    let named = named_targets(&migrations_of, &read(&pack.join("pack.yaml")));
    let mut wrong = places(&read(&pack.join("pack.yaml")), &named, &seen);
    for path in files(&migrations.join("carriers")) {
        carrier(&path, &seen, &mut wrong);
    }
    for path in &migrations_of {
        migration(path, table, &mut wrong);
    }
    for (target, fragment) in &table.fragments {
        if table.chains(target).is_empty() {
            wrong.push(format!("fragments: {} is shown on `{target}`, and no frame holds that", fragment.migration));
        }
    }
    let used: BTreeSet<&str> = cases.iter().flat_map(|case| case.chain.iter().map(|f| f.id.as_str())).collect();
    let unused = table.frames.iter().filter(|frame| !used.contains(frame.id.as_str()));
    wrong.extend(unused.map(|frame| format!("fixtures.yaml: no fragment goes into frame `{}`", frame.id)));
    wrong
}

/// A frame with something in it.
struct Filled {
    holds: String,
    content: Value,
    /// What the frame is in; none: files.
    inside: Option<String>,
    /// Documents of the text, or of the file that has the content.
    docs: Vec<Value>,
    /// All documents, with the names of their files.
    all: Vec<(String, Value)>,
}

struct Seen(Vec<Filled>);

impl Seen {
    /// Each frame once for each fragment.
    fn of(cases: &[Case]) -> Self {
        let mut once = BTreeSet::new();
        let mut seen = Vec::new();
        for case in cases {
            for (at, frame) in case.chain.iter().enumerate() {
                let holds = if at == 0 { case.target } else { case.chain[at - 1].inside.as_deref().unwrap_or_default() };
                if once.insert((holds, frame.id.as_str(), case.fragment as *const _, at)) {
                    seen.extend(filled(case, at, frame, holds));
                }
            }
        }
        Seen(seen)
    }
}

fn filled(case: &Case, at: usize, frame: &Frame, holds: &str) -> Option<Filled> {
    let content = documents(&case.before[at].text).pop()?;
    let text = &case.before[at + 1].text;
    let others = frame.files.iter().filter(|(_, text)| !text.contains(MARKER));
    let mut all: Vec<(String, Value)> = others.flat_map(|(path, text)| named(path, &crate::named(text, "mesh", 0))).collect();
    let own = frame.files.iter().find(|(_, text)| text.contains(MARKER)).map_or("", |(path, _)| path.as_str());
    all.extend(named(own, text));
    Some(Filled { holds: holds.to_owned(), content, inside: frame.inside.clone(), docs: documents(text), all })
}

fn named(path: &str, text: &str) -> Vec<(String, Value)> {
    let name = path.rsplit('/').next().unwrap_or(path);
    documents(text).into_iter().map(|doc| (name.to_owned(), doc)).collect()
}

/// Those that can be read; a template has none.
fn documents(text: &str) -> Vec<Value> {
    use serde::Deserialize;
    serde_yaml::Deserializer::from_str(text).map_while(|doc| Value::deserialize(doc).ok()).collect()
}

/// The targets that migrations name, and those that these are made of.
fn named_targets(migrations: &[std::path::PathBuf], pack: &Value) -> BTreeSet<String> {
    let rules = |whole: &Value| list(&whole["rules"]).chain([whole]).cloned().collect::<Vec<_>>();
    let mut named: BTreeSet<String> = (migrations.iter().flat_map(|path| rules(&read(path))))
        .flat_map(|rule| list(&rule["target"]).filter_map(Value::as_str).map(str::to_owned).collect::<Vec<_>>())
        .collect();
    let mut open: Vec<String> = named.iter().cloned().collect();
    while let Some(target) = open.pop() {
        let within = list(&pack["targets"][target.as_str()]["in"]).filter_map(|place| place["target"].as_str());
        open.extend(within.filter(|within| named.insert((*within).to_owned())).map(str::to_owned).collect::<Vec<_>>());
    }
    named
}

/// Every place of every target that is named has a frame.
fn places(pack: &Value, named: &BTreeSet<String>, seen: &Seen) -> Vec<String> {
    let mut wrong = Vec::new();
    let targets = pack["targets"].as_object().into_iter().flatten().filter(|(name, _)| named.contains(*name));
    let places = targets.flat_map(|(name, target)| list(&target["in"]).map(move |place| (name, place)));
    for (target, place) in places.filter(|(_, place)| !names_chart(place)) {
        let inside = label(place);
        let mine = || seen.0.iter().filter(|f| f.holds == *target);
        let held = |f: &Filled, doc: &Value| is_at(place, doc, &f.content);
        let mut ask = |there: bool, what: String| {
            if !there {
                let of = format!("pack.yaml: `{target}` can live in {place}");
                let todo = format!("Add a frame to fixtures.yaml that holds {target}{what}");
                wrong.push(format!("{of}, and no frame puts a fragment there. {todo}"));
            }
        };
        if let Some(doc) = place.get("doc") {
            let in_document = |f: &&Filled| f.inside.as_ref().is_none_or(|inside| inside.ends_with("document"));
            let docs: Vec<&Value> = mine().filter(in_document).flat_map(|f| f.docs.iter().filter(|d| held(f, d))).collect();
            if !doc.is_object() {
                ask(!docs.is_empty(), ", with `files`.".into());
            }
            for kind in list(&doc["kind"]) {
                ask(docs.iter().any(|d| d["kind"] == *kind), format!(", `in: document`, of kind {kind}."));
            }
            for group in list(&doc["group"]) {
                ask(docs.iter().any(|d| group_of(d) == *group), format!(", `in: document`, of group {group}."));
            }
            continue;
        }
        let there = mine().any(|f| f.inside.as_ref() == Some(&inside) && f.docs.iter().any(|doc| held(f, doc)));
        ask(there, format!(", `in: {inside}`, at that path."));
        if place.get("shape").is_some() {
            let shaped = |doc: &Value| list(&place["shape"]).any(|path| hits(path, doc));
            let there = mine().any(|f| f.inside.is_none() && f.docs.iter().any(|doc| shaped(doc) && held(f, doc)));
            ask(there, ", with `files` that only their shape tells.".into());
        }
    }
    wrong
}

/// Frames hold values, not what names a chart: tests/language/charts.yaml shows that in each kind of carrier.
fn names_chart(place: &Value) -> bool {
    place.get("chart").is_some()
}

/// What a frame for the place is in.
fn label(place: &Value) -> String {
    let field = |name: &str| place[name].as_str();
    match (field("target"), field("values-of"), field("file")) {
        (Some(target), _, _) => target.to_owned(),
        (_, Some(chart), _) => format!("values of {chart}"),
        (_, _, Some(glob)) => format!("file {glob}"),
        _ => "document".into(),
    }
}

/// Whether `doc` has the content where the place says.
fn is_at(place: &Value, doc: &Value, content: &Value) -> bool {
    let Ok(path) = JsonPath::parse(place["at"].as_str().unwrap_or("$")) else { return false };
    let met = |hit: &Value| list(&place["when"]).all(|path| hits(path, hit));
    let seen = |hit: &Value| match hit {
        Value::String(text) if place.get("embedded").is_some() => {
            let text = text.strip_prefix(place["prefix"].as_str().unwrap_or_default());
            text.is_some_and(|text| documents(text).iter().any(|hit| includes(hit, content)))
        }
        Value::Array(items) if place.get("pairs").is_some() => {
            let member = |item: &Value| Some((item["name"].as_str()?.to_owned(), item["value"].clone()));
            includes(&Value::Object(items.iter().filter_map(member).collect()), content)
        }
        hit => includes(hit, content),
    };
    path.query(doc).iter().any(|hit| met(hit) && seen(hit))
}

fn includes(whole: &Value, part: &Value) -> bool {
    match (whole, part) {
        (Value::Object(whole), Value::Object(part)) => {
            part.iter().all(|(key, part)| whole.get(key).is_some_and(|whole| includes(whole, part)))
        }
        (whole, part) => whole == part,
    }
}

fn hits(path: &Value, doc: &Value) -> bool {
    path.as_str().and_then(|path| JsonPath::parse(path).ok()).is_some_and(|path| !path.query(doc).is_empty())
}

/// Every path of a carrier is met by a document of some frame.
fn carrier(path: &Path, seen: &Seen, wrong: &mut Vec<String>) {
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    for entry in list(&read(path)) {
        let docs: Vec<&Value> =
            seen.0.iter().flat_map(|f| &f.all).filter(|(file, doc)| is_of(entry, file, doc)).map(|d| &d.1).collect();
        let roots: Vec<&Value> = match entry.get("each") {
            None => docs,
            Some(each) => (list(each).filter_map(|path| JsonPath::parse(path.as_str()?).ok()))
                .flat_map(|path| docs.iter().flat_map(|doc| path.query(doc).all()).collect::<Vec<_>>())
                .collect(),
        };
        let values = list(&entry["values"]).map(|value| &value["at"]);
        for path in values.chain(list(&entry["files"])).chain(list(&entry["patches"])) {
            if !roots.iter().any(|root| hits(path, root)) {
                wrong.push(format!("carriers/{name}: no frame of fixtures.yaml has something at {path} of {}", entry["doc"]));
            }
        }
    }
}

fn is_of(entry: &Value, file: &str, doc: &Value) -> bool {
    match entry.get("doc") {
        Some(wanted) => {
            list(&wanted["kind"]).any(|kind| doc["kind"] == *kind) && list(&wanted["group"]).any(|group| group_of(doc) == *group)
        }
        // `helmfile*.{yaml,yml}`: what stands before the first wildcard is enough here.
        None => {
            entry["file"].as_str().and_then(|glob| glob.split(['*', '{']).next()).is_some_and(|start| file.starts_with(start))
        }
    }
}

/// Every target that a rule of the migration names has a fragment.
fn migration(path: &Path, table: &Table, wrong: &mut Vec<String>) {
    let slug = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    let whole = read(path);
    let rules = match whole.get("rules") {
        Some(rules) => list(rules).collect(),
        None => vec![&whole],
    };
    let version = path.parent().and_then(Path::file_name).unwrap_or_default().to_string_lossy().into_owned();
    let mine: Vec<_> = table.fragments.iter().filter(|(_, f)| f.migration == slug && f.version == version).collect();
    let kinds: Vec<(Value, Value)> = (mine.iter().filter(|(target, _)| target == "document"))
        .flat_map(|(_, f)| documents(&f.before))
        .map(|doc| (doc["kind"].clone(), group_of(&doc)))
        .collect();
    let mut todo = BTreeSet::new();
    for rule in rules {
        let bumped = list(&rule["bump"]).map(|bump| (list(&bump["kinds"]).cloned().collect::<Vec<_>>(), &bump["group"]));
        for (wanted, group) in bumped {
            if !wanted.iter().all(|kind| kinds.contains(&(kind.clone(), group.clone()))) {
                todo.insert(format!("`document`, each of kind {wanted:?}"));
            }
        }
        let targets = rule.get("target").or(whole.get("target"));
        for target in targets.map(list).into_iter().flatten().filter(|target| !names_chart(target)) {
            let name = target.as_str().map_or_else(|| label(target), str::to_owned);
            let there = match name.as_str() {
                "document" => kinds.iter().any(|(kind, group)| {
                    let groups = target.get("group");
                    list(&target["kind"]).any(|wanted| wanted == kind || wanted == "*")
                        && groups.is_none_or(|groups| list(groups).any(|wanted| wanted == group))
                }),
                name => mine.iter().any(|(target, _)| target == name),
            };
            if !there {
                todo.insert(if name == "document" { format!("`document`, such as {target}") } else { format!("`{name}`") });
            }
        }
    }
    wrong.extend(
        todo.into_iter()
            .map(|what| format!("{version}/{slug}: no fragment. Add one to fragments/{version}.yaml with `target:` {what}")),
    );
}

fn group_of(doc: &Value) -> Value {
    let version = doc["apiVersion"].as_str().unwrap_or_default();
    Value::from(version.split_once('/').map_or("", |(group, _)| group))
}

/// One or many.
fn list(value: &Value) -> impl Iterator<Item = &Value> {
    let (many, one) = match value {
        Value::Array(items) => (items.as_slice(), None),
        Value::Null => (&[][..], None),
        one => (&[][..], Some(one)),
    };
    many.iter().chain(one)
}

fn read(path: &Path) -> Value {
    let text = std::fs::read_to_string(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    serde_yaml::from_str(&text).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

fn files(dir: &Path) -> Vec<std::path::PathBuf> {
    let mut found: Vec<_> = std::fs::read_dir(dir).into_iter().flatten().flatten().map(|entry| entry.path()).collect();
    found.sort();
    found
}
