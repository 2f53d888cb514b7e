//! The schemas say what the binary reads: every file of the repository follows them, and their keys are those that a pack
//! may have.
mod json_schema;

use json_schema::wrong;
use serde_json::Value as Json;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use yamlift::pack::author::Page;
use yamlift::pack::config;
use yamlift::pack::registry::Library;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn schema(name: &str) -> Json {
    let text = fs::read_to_string(root().join(format!("templates/schema/{name}.json"))).expect("a schema");
    serde_json::from_str(&text).expect("JSON")
}

/// A file as the binary reads it.
fn read(name: &str, text: &str) -> Json {
    let page = Page::read(name, text).expect("YAML");
    page.json(page.root().expect("one document"))
}

fn files(dir: &Path, out: &mut Vec<PathBuf>) {
    for path in fs::read_dir(dir).expect("a folder").flatten().map(|entry| entry.path()) {
        match path.is_dir() {
            true => files(&path, out),
            false => out.extend(path.extension().is_some_and(|ext| ext == "yaml").then_some(path)),
        }
    }
}

#[test]
fn every_file_follows_its_schema() {
    let (migration, pack, carriers) = (schema("migration"), schema("pack"), schema("carriers"));
    let mut all = Vec::new();
    files(&root().join("migrations"), &mut all);
    let mut no = String::new();
    for path in &all {
        let schema = match (path.parent().and_then(Path::file_name), path.file_name().and_then(|name| name.to_str())) {
            (Some(folder), _) if folder == "carriers" => &carriers,
            (_, Some("pack.yaml")) => &pack,
            (_, Some("changes.yaml")) => continue,
            _ => &migration,
        };
        let text = fs::read_to_string(path).expect("a file");
        if let Some(why) = wrong(schema, schema, &read(&path.display().to_string(), &text)) {
            no += &format!("{}: {why}\n", path.display());
        }
    }
    assert!(all.len() > 10 && no.is_empty(), "{no}");
}

/// The example of the documents has every key, and is what the schema and the binary take.
#[test]
fn the_example_of_the_settings_is_whole() {
    let page = fs::read_to_string(root().join("docs/configuration.md")).expect("the document");
    let example = page.split("```yaml\n").nth(1).and_then(|rest| rest.split("```").next()).expect("an example");
    config::read("the example", example).unwrap_or_else(|no| panic!("{no}"));
    let (config, value) = (schema("config"), read("the example", example));
    assert_eq!(wrong(&config, &config, &value), None);
    let keys = |value: &Json| value.as_object().expect("a map").keys().cloned().collect::<BTreeSet<_>>();
    assert_eq!(keys(&value), keys(&config["properties"]));
    assert_eq!(keys(&value["pr"]), keys(&config["$defs"]["pr"]["properties"]));
}

#[test]
fn the_settings_have_the_keys_of_the_binary() {
    let known = |text: &str| {
        let help = config::read("c", text).expect_err("an unknown key").help.unwrap_or_default();
        let keys = help.strip_prefix("allowed here: ").unwrap_or_else(|| panic!("{help}\n{text}"));
        keys.split(", ").map(str::to_owned).collect::<BTreeSet<_>>()
    };
    let of = |part: &Json| part["properties"].as_object().expect("properties").keys().cloned().collect::<BTreeSet<_>>();
    let config = schema("config");
    assert_eq!(of(&config), known("zzzzzzzzzzzzzzzzz: 1\n"));
    assert_eq!(of(&config["$defs"]["pr"]), known("pr: { zzzzzzzzzzzzzzzzz: 1 }\n"));
}

#[test]
fn what_the_binary_refuses_does_not() {
    let broken = [
        ("config", "to: mesh@1.27\nexlude: [a]\n", "exlude"),
        ("config", "to: mesh\n", "mesh"),
        ("config", "from: 1.20\n", "several"),
        ("config", "safety: manual\n", "manual"),
        ("config", "only: [{ a: b }]\n", "several"),
        ("config", "pr: { commit: all }\n", "all"),
        ("config", "pr: { api-url: x }\n", "api-url"),
        ("migration", "title: T\nwhy: W\ntarget: a\nreports: []\n", "reports"),
        ("migration", "title: T\ntarget: a\ndo: { remove: $.a }\n", "why"),
        ("migration", "title: T\nwhy: W\nsafety: saf\n", "saf"),
        ("migration", "title: T\nwhy: W\ntarget: { kinds: A }\n", "kinds"),
        ("migration", "title: T\nwhy: W\ndo:\n- renam: { at: $.a, to: b }\n", "renam"),
        ("migration", "title: T\nwhy: W\ndo:\n- rename: { at: $.a, to: b, clash: kep }\n", "kep"),
        ("migration", "title: T\nwhy: W\ndo:\n- rename: { at: $.a, to: b }\n  remove: $.c\n", "remove"),
        ("migration", "title: T\nwhy: W\ndo:\n- remove: a.b\n", "a.b"),
        ("migration", "title: T\nwhy: W\ndo:\n- wrap: { at: $.a }\n", "several"),
        ("migration", "title: T\nwhy: W\nhonoured: { old: 1.2 }\n", "1.2"),
        ("migration", "title: T\nwhy: W\nhonoured: { old: '1.2' }\n", "1.2"),
        ("migration", "title: T\nwhy: W\nreport: { level: warn, message: a }\n", "warn"),
        ("migration", "title: T\nwhy: W\nlet: { a-b: $.c }\n", "a-b"),
        ("migration", "title: T\nwhy: W\nparams: { a: { type: strng } }\n", "strng"),
        ("pack", "title: T\nchain: [1.1]\n", "1.1"),
        ("pack", "title: T\nchain: ['1.1']\ntargets: { a: { in: [{ dok: any, at: $ }] } }\n", "dok"),
        ("pack", "title: T\nchain: ['1.1']\ntargets: { a: { in: [{ at: $ }] } }\n", "several"),
        ("pack", "title: T\nchain: ['1.1']\ntargets: { a: { in: [{ doc: any, file: x }] } }\n", "several"),
        ("carriers", "- { doc: { kind: A }, chart: { version: $.a } }\n", "several"),
        ("carriers", "- { doc: { kind: A }, valus: $.a }\n", "valus"),
    ];
    for (name, text, word) in broken {
        let schema = schema(name);
        let why = wrong(&schema, &schema, &read(name, text)).unwrap_or_else(|| panic!("the schema takes {text}"));
        assert!(why.contains(word), "{text}{why}");
    }
}

/// The keys of a map: asked of the binary, which names them for a key that is like none, and of the schema.
#[test]
fn keys_are_those_of_the_binary() {
    let head = "title: T\nwhy: W\n";
    let verb = |name: &str| format!("{head}target: {{ kind: A }}\ndo:\n- {name}: {{ zzzzzzzzzzzzzzzzz: 1 }}\n");
    let pack = |place: &str| format!("title: T\nchain: ['1']\n{place}");
    let of = |schema: &Json, path: &str| {
        let properties = schema.pointer(path).unwrap_or_else(|| panic!("{path}"))["properties"].as_object().expect("properties");
        properties.keys().cloned().collect::<BTreeSet<String>>()
    };
    let (migration, packs, carriers) = (schema("migration"), schema("pack"), schema("carriers"));
    let mut maps = vec![
        (&migration, String::new(), "migrations/t/1/x.yaml", format!("{head}zzzzzzzzzzzzzzzzz: 1\n")),
        (&migration, "/$defs/rule".into(), "migrations/t/1/x.yaml", format!("{head}rules: [{{ zzzzzzzzzzzzzzzzz: 1 }}]\n")),
        (
            &migration,
            "/$defs/report".into(),
            "migrations/t/1/x.yaml",
            format!("{head}target: {{ kind: A }}\nreport: [{{ zzzzzzzzzzzzzzzzz: 1 }}]\n"),
        ),
        (&migration, "/$defs/bump".into(), "migrations/t/1/x.yaml", format!("{head}bump: [{{ zzzzzzzzzzzzzzzzz: 1 }}]\n")),
        (&migration, "/$defs/honoured".into(), "migrations/t/1/x.yaml", format!("{head}honoured: {{ zzzzzzzzzzzzzzzzz: 1 }}\n")),
        (&migration, "/$defs/place".into(), "migrations/t/1/x.yaml", format!("{head}target: {{ zzzzzzzzzzzzzzzzz: 1 }}\n")),
        (
            &migration,
            "/$defs/fact".into(),
            "migrations/t/1/x.yaml",
            format!("{head}facts: {{ a: {{ zzzzzzzzzzzzzzzzz: 1 }} }}\n"),
        ),
        (
            &migration,
            "/$defs/param".into(),
            "migrations/t/1/x.yaml",
            format!("{head}params: {{ a: {{ zzzzzzzzzzzzzzzzz: 1 }} }}\n"),
        ),
        (&packs, String::new(), "migrations/t/pack.yaml", pack("zzzzzzzzzzzzzzzzz: 1\n")),
        (&packs, "/$defs/param".into(), "migrations/t/pack.yaml", pack("params: { a: { zzzzzzzzzzzzzzzzz: 1 } }\n")),
        (&packs, "/$defs/target".into(), "migrations/t/pack.yaml", pack("targets: { a: { zzzzzzzzzzzzzzzzz: 1 } }\n")),
        (&packs, "/$defs/place".into(), "migrations/t/pack.yaml", pack("targets: { a: { in: [{ zzzzzzzzzzzzzzzzz: 1 }] } }\n")),
        (
            &packs,
            "/$defs/kinds".into(),
            "migrations/t/pack.yaml",
            pack("targets: { a: { in: [{ doc: { zzzzzzzzzzzzzzzzz: 1 } }] } }\n"),
        ),
        (&packs, "/$defs/detector".into(), "migrations/t/pack.yaml", pack("detect: [{ zzzzzzzzzzzzzzzzz: 1 }]\n")),
        (&carriers, "/$defs/carrier".into(), "migrations/carriers/c.yaml", "- { zzzzzzzzzzzzzzzzz: 1 }\n".into()),
        (
            &carriers,
            "/$defs/carrier/properties/chart".into(),
            "migrations/carriers/c.yaml",
            "- { doc: any, chart: { zzzzzzzzzzzzzzzzz: 1 } }\n".into(),
        ),
    ];
    let verbs = migration["$defs"]["verb"]["oneOf"].as_array().expect("verbs");
    for (nth, one) in verbs.iter().enumerate() {
        let name = one["title"].as_str().expect("a name");
        let at = format!("/$defs/verb/oneOf/{nth}/properties/{name}");
        let at = if name == "remove" { format!("{at}/oneOf/1") } else { at };
        if name != "within" {
            maps.push((&migration, at, "migrations/t/1/x.yaml", verb(name)));
        }
    }
    for (schema, at, file, text) in maps {
        assert_eq!(of(schema, &at), known(file, &text), "{at} of the schema, and what is known in\n{text}");
    }
    let named = verbs.iter().map(|one| one["title"].as_str().expect("a name").to_owned()).chain(["if".into(), "do".into()]);
    let item = format!("{head}target: {{ kind: A }}\ndo:\n- zzzzzzzzzzzzzzzzz: 1\n");
    assert_eq!(named.collect::<BTreeSet<_>>(), known("migrations/t/1/x.yaml", &item));
}

/// The keys that the binary names where a file has one that it does not know.
fn known(file: &str, text: &str) -> BTreeSet<String> {
    let dir = tempfile::tempdir().expect("a folder");
    let put = |file: &str, text: &str| {
        let path = dir.path().join(file);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        fs::write(path, text).expect("a file");
    };
    put("migrations/t/pack.yaml", "title: T\nchain: ['1']\n");
    put(file, text);
    let no = Library::open(&[dir.path().to_owned()]).and_then(|library| library.pack("t")).expect_err("an unknown key");
    let help = no.help.unwrap_or_default();
    let keys = help.strip_prefix("allowed here: ").unwrap_or_else(|| panic!("{}: {help}\n{text}", no.message));
    keys.split(", ").map(str::to_owned).collect()
}
