//! Edits with the bytes that they must give: `tests/edits`, and the shared cases where they are present.
//!
//! A case is a folder: `input.yaml`, `edit.json` (operations in order), `expected.yaml`; `"expect": "refuse"` wants no
//! change, `alternatives` lists results that are as good.
use serde_json::Value as Json;
use std::fs;
use std::path::{Path, PathBuf};
use yamlift::report::apply;
use yamlift::yaml::draft::{Child, Draft, Id, Own};
use yamlift::yaml::value::Value;
use yamlift::yaml::{render, syntax};

fn cases(dir: &Path) -> Vec<PathBuf> {
    let mut found: Vec<PathBuf> = fs::read_dir(dir).into_iter().flatten().flatten().map(|e| e.path()).collect();
    found.retain(|p| p.join("edit.json").is_file());
    found.sort();
    found
}

fn shared() -> Option<PathBuf> {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    ["../shared/cases", "../../shared/cases"].iter().map(|p| here.join(p)).find(|p| p.is_dir())
}

#[test]
fn own_cases() {
    let all = cases(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/edits"));
    assert!(all.len() >= 56, "only {} cases", all.len());
    run(&all);
}

#[test]
fn shared_cases() {
    if let Some(dir) = shared() {
        run(&cases(&dir));
    }
}

fn run(cases: &[PathBuf]) {
    let mut failures = Vec::new();
    for case in cases {
        let spec: Json = serde_json::from_str(&fs::read_to_string(case.join("edit.json")).expect("edit.json")).expect("JSON");
        if spec["helm"] == true {
            continue;
        }
        if let Err(why) = check(case, &spec) {
            failures.push(format!("{}: {why}", case.file_name().unwrap_or_default().to_string_lossy()));
        }
    }
    assert!(failures.is_empty(), "{} of {} failed\n{}", failures.len(), cases.len(), failures.join("\n"));
}

fn check(case: &Path, spec: &Json) -> Result<(), String> {
    let read = |name: &str| fs::read_to_string(case.join(name)).map_err(|e| e.to_string());
    let input = read("input.yaml")?;
    let expected = read("expected.yaml")?;
    let got = edit(&input, spec);
    if spec["expect"] == "refuse" {
        return match got {
            Err(_) => Ok(()),
            Ok(text) => Err(format!("not refused, gave\n{text}")),
        };
    }
    let got = got?;
    let alternatives = spec["alternatives"].as_array().into_iter().flatten().filter_map(Json::as_str);
    if got == expected || alternatives.into_iter().any(|a| a == got) {
        return Ok(());
    }
    Err(format!("\n--- wanted\n{expected}\n--- got\n{got}---"))
}

/// The text after all operations, checked against the data that they mean.
fn edit(input: &str, spec: &Json) -> Result<String, String> {
    let (bom, text) = match input.strip_prefix('\u{feff}') {
        Some(rest) => ("\u{feff}", rest),
        None => ("", input),
    };
    let tree = syntax::parse(text).map_err(|e| e.to_string())?;
    let mut draft = Draft::new(text, tree);
    for op in spec["ops"].as_array().into_iter().flatten() {
        operate(&mut draft, op)?;
    }
    let splices = render::render(&draft).map_err(|e| e.to_string())?;
    let new = apply(text, &splices);
    let tree = syntax::parse(&new).map_err(|e| format!("does not parse: {e}\n{new}"))?;
    let again = Draft::new(&new, tree);
    for (old, now) in draft.docs.iter().zip(&again.docs) {
        let (intended, got) = (outer(&draft, *old), outer(&again, *now));
        if intended != got {
            return Err(format!("means something else\n{intended:?}\n{got:?}\n{new}"));
        }
    }
    Ok(format!("{bom}{new}"))
}

/// The data of a node with opened scalars as the strings that they are.
fn outer(draft: &Draft, id: Id) -> Value {
    use yamlift::yaml::draft::Body;
    match &draft.node(id).body {
        Body::Embedded { .. } => Value::Str(render::inner_text(draft, id).expect("inner text")),
        Body::Map { children, .. } => {
            Value::Map(children.iter().map(|c| (c.key.map_or(Value::Null, |k| outer(draft, k)), outer(draft, c.value))).collect())
        }
        Body::Seq { children, .. } => Value::Seq(children.iter().map(|c| outer(draft, c.value)).collect()),
        Body::Alias(target) => outer(draft, *target),
        Body::Scalar { value, .. } => value.clone(),
    }
}

fn operate(draft: &mut Draft, op: &Json) -> Result<(), String> {
    let doc = op["doc"].as_u64().unwrap_or(0) as usize;
    let at = |draft: &mut Draft, key: &str| walk(draft, doc, op[key].as_array().map_or(&[], Vec::as_slice));
    match op["op"].as_str().unwrap_or_default() {
        "set" => {
            let node = at(draft, "path")?;
            set(draft, node, &op["value"]);
        }
        "rename" => {
            let node = at(draft, "path")?;
            let (map, i) = draft.position(node).ok_or("no parent")?;
            draft.rename(map, i, op["key"].as_str().unwrap_or_default());
        }
        "delete" => {
            let node = at(draft, "path")?;
            delete(draft, node, op["prune"] == true)?;
        }
        "insert" | "append" => {
            let mut into = at(draft, "path")?;
            let value = draft.new_value(&value(&op["value"]));
            let key = op["key"].as_str().map(|k| draft.new_value(&Value::Str(k.to_owned())));
            if draft.is_null(into) {
                let new = if key.is_some() { draft.new_map(vec![], false) } else { draft.new_seq(vec![], false) };
                draft.replace(into, new);
                into = new;
            }
            let place = match &op["after"] {
                Json::String(name) => draft.find(into, name).map_or(usize::MAX, |i| i + 1),
                Json::Number(n) => n.as_u64().map_or(usize::MAX, |i| i as usize + 1),
                _ => usize::MAX,
            };
            draft.put(into, place, Child { key, value, own: Own::none() });
        }
        "move" => {
            let node = at(draft, "src")?;
            let into = at(draft, "dst")?;
            let (map, i) = draft.position(node).ok_or("no parent")?;
            let child = draft.take(map, i).ok_or("gone")?;
            draft.put(into, usize::MAX, child);
            if let Some(i) = draft.children(into).len().checked_sub(1)
                && op["key"].is_string()
                && draft.key_text(&draft.children(into)[i]) != op["key"].as_str()
            {
                draft.rename(into, i, op["key"].as_str().unwrap_or_default());
            }
        }
        other => return Err(format!("unknown operation {other}")),
    }
    Ok(())
}

fn set(draft: &mut Draft, node: Id, to: &Json) {
    use yamlift::yaml::draft::Body;
    let new = value(to);
    match (&draft.node(node).body, &new) {
        (Body::Scalar { .. }, Value::Map(_) | Value::Seq(_)) | (Body::Map { .. } | Body::Seq { .. }, _) => {
            let made = draft.new_value(&new);
            draft.replace(node, made);
        }
        _ => draft.set_scalar(node, new),
    }
}

fn delete(draft: &mut Draft, node: Id, prune: bool) -> Result<(), String> {
    let (parent, i) = draft.position(node).ok_or("no parent")?;
    draft.take(parent, i);
    if prune && draft.children(parent).is_empty() && draft.position(parent).is_some() {
        return delete(draft, parent, true);
    }
    Ok(())
}

fn walk(draft: &mut Draft, doc: usize, path: &[Json]) -> Result<Id, String> {
    let mut at = *draft.docs.get(doc).ok_or("no such document")?;
    for step in path {
        let found = match step {
            Json::String(name) => draft
                .children(draft.resolve(at))
                .iter()
                .find(|c| draft.key_text(c) == Some(name.as_str()) && is_string_key(draft, c)),
            Json::Number(n) => draft.children(draft.resolve(at)).get(n.as_u64().unwrap_or(0) as usize),
            Json::Object(o) if o.contains_key("yaml") => {
                at = open(draft, at)?;
                continue;
            }
            Json::Object(o) => {
                let key = value(&o["key"]);
                draft.children(at).iter().find(|c| c.key.is_some_and(|k| draft.data(k) == key))
            }
            _ => None,
        };
        at = found.ok_or_else(|| format!("nothing at {step}"))?.value;
    }
    Ok(at)
}

fn is_string_key(draft: &Draft, child: &Child) -> bool {
    child.key.is_some_and(|k| matches!(draft.data(k), Value::Str(_)))
}

fn open(draft: &mut Draft, scalar: Id) -> Result<Id, String> {
    use yamlift::yaml::draft::Body;
    if let Body::Embedded { root, .. } = draft.node(scalar).body {
        return Ok(root);
    }
    let origin = draft.node(scalar).origin.ok_or("new")?;
    let text = &draft.texts[origin.text];
    let view = yamlift::view::open(&text.text, &text.tree, origin.node)?;
    let tree = syntax::parse(&view.text).map_err(|e| e.to_string())?;
    draft.embed(scalar, view.text, tree, view.carry)
}

fn value(json: &Json) -> Value {
    match json {
        Json::Null => Value::Null,
        Json::Bool(b) => Value::Bool(*b),
        Json::Number(n) => n.as_i64().map_or_else(|| Value::Float(n.as_f64().unwrap_or(0.0)), |i| Value::Int(i.into())),
        Json::String(s) => Value::Str(s.clone()),
        Json::Array(items) => Value::Seq(items.iter().map(value).collect()),
        Json::Object(map) => Value::Map(map.iter().map(|(k, v)| (Value::Str(k.clone()), value(v))).collect()),
    }
}
