//! `--crds`: what an edit would break is not written, and said with its place.
mod scratch;
use scratch::{NEW, OLD, Scratch, with};

/// A definition of `Thing` whose `spec` has these properties.
fn crd(properties: &str) -> String {
    format!(
        "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {{name: things.demo.dev}}\nspec:\n  group: demo.dev\n  names: {{kind: Thing}}\n  versions:\n  - name: v1\n    served: true\n    schema:\n      openAPIV3Schema:\n        type: object\n        properties:\n          spec: {{type: object, properties: {properties}}}\n"
    )
}

const BOTH: &str = "{oldName: {type: string}, newName: {type: string}}";

#[test]
fn what_fits_is_written() {
    let scratch = Scratch::new(&[("a.yaml", OLD), ("crds/things.yaml", &crd(BOTH)), ("crds/notes.yaml", "a: 1\n")]);
    let said = scratch.migrate(&["-w", "--crds", "crds"]);
    assert_eq!((said.code, said.text()), (0, ""), "{}", said.err);
    assert_eq!(scratch.get("a.yaml"), NEW.as_bytes());
}

#[test]
fn what_an_edit_breaks_is_2_and_left_as_it_is() {
    let crds = crd("{oldName: {type: string}, newNames: {type: string}}");
    let two = format!("{OLD}---\napiVersion: demo.dev/v1\nkind: Thing\nspec:\n  a: 1\n  oldName: b\n");
    let scratch = Scratch::new(&[
        ("a.yaml", &two),
        ("b.yaml", "apiVersion: demo.dev/v1\nkind: Other\nspec: {}\n"),
        ("crds/things.yaml", &crds),
    ]);
    let said = scratch.migrate(&["-w", "--crds", "crds/things.yaml"]);
    assert_eq!(said.code, 2, "{}", said.err);
    assert_eq!(scratch.get("a.yaml"), two.as_bytes());
    let place = |line: &str| {
        format!(
            "error: could not edit a.yaml:{line}: the edit does not fit the CRD of demo.dev/v1 Thing: `spec.newName` is not a field that it knows, and would be dropped silently\n  did you mean `newNames`?\n  fix the file by hand, or leave the edit out with --skip demo/1.1/new-name\n"
        )
    };
    assert!(said.err.starts_with(&(place("5:3") + &place("11:3"))), "{}", said.err);
    let json = scratch.migrate(&["--format", "json", "--crds", "crds/things.yaml"]);
    let json: serde_json::Value = serde_json::from_slice(&json.out).unwrap();
    let finding = &json["files"][0]["findings"][1];
    assert_eq!((&finding["id"], &finding["line"], &finding["column"]), (&"yamlift/schema".into(), &11.into(), &3.into()));
    assert_eq!(json["files"][0]["outcome"], "failed");
}

#[test]
fn standard_input_as_well() {
    let scratch = Scratch::new(&[("crd.yaml", &crd("{oldName: {type: string}}"))]);
    let packs = scratch.packs();
    let args = ["migrate", "--to", "demo@1.1", "--packs", packs.to_str().unwrap(), "--crds", "crd.yaml", "-w", "-"];
    let said = scratch.run_with(&args, OLD.as_bytes());
    assert_eq!((said.code, said.text()), (2, OLD), "{}", said.err);
    assert!(said.err.contains("could not edit <stdin>:5:3: the edit does not fit"), "{}", said.err);
}

#[test]
fn what_was_broken_before_is_a_note() {
    let crds = crd("{oldName: {type: string}, newName: {type: string}, port: {type: integer}}");
    let text = format!("{OLD}  port: '80'\n  prot: 1\n");
    let scratch = Scratch::new(&[("a.yaml", &text), ("crd.yaml", &crds)]);
    let said = scratch.migrate(&["--crds", "crd.yaml", "a.yaml"]);
    assert_eq!(said.code, 1, "{}", said.err);
    assert!(said.text().contains("+  newName: 'x'  # kept"));
    let port = "note[yamlift/schema]: This did not fit the CRD of demo.dev/v1 Thing before the edit either: `spec.port` has to be an integer, not the text `80`.\n --> a.yaml:6:9\n";
    assert!(said.err.contains(port), "{}", said.err);
    assert!(said.err.contains("`spec.prot` is not a field") && said.err.contains("did you mean `port`?"), "{}", said.err);
}

#[test]
fn a_value_that_was_wrong_under_its_old_name() {
    let crds = crd("{oldName: {type: integer}, newName: {type: integer}}");
    let scratch = Scratch::new(&[("a.yaml", OLD), ("crd.yaml", &crds)]);
    // The name is another one: the value is told as new, since another field asks for it.
    let said = scratch.migrate(&["--crds", "crd.yaml", "a.yaml"]);
    assert_eq!(said.code, 2, "{}", said.err);
    assert!(said.err.contains("a.yaml:5:12: ") && said.err.contains("`spec.newName` has to be an integer, not the text `x`"));
}

#[test]
fn lists_texts_patches_and_templates() {
    let crds = crd(
        "{oldName: {type: string}, newName: {type: string, maxLength: 1}, need: {type: string}, other: {type: integer}}, required: [need]",
    );
    let item = OLD.replace('\n', "\n  ").replace("'x'", "xy");
    let list = format!("apiVersion: v1\nkind: List\nitems:\n- {}\n", item.trim_end());
    let text = format!(
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: held}}\ndata:\n  thing.yaml: |\n    {}\n",
        OLD.replace("'x'", "xy").replace('\n', "\n    ").trim_end()
    );
    let template = OLD.replace("'x'", "{{ .Values.x }}");
    let branch = "spec:\n  {{- if .Values.other }}\n  other: {{ .Values.other }}\n  {{- end }}";
    let computed = OLD.replace("'x'", "xy").replace("spec:", branch);
    let scratch = Scratch::new(&[
        ("list.yaml", &list),
        ("text.yaml", &text),
        ("k/kustomization.yaml", "patches:\n- path: patch.yaml\n"),
        ("k/patch.yaml", &OLD.replace("'x'", "xy")),
        ("k/odd.yaml", OLD),
        ("template.yaml", &template),
        ("computed.yaml", &computed),
        ("crd.yaml", &crds),
    ]);
    let said = scratch.migrate(&["--crds", "crd.yaml", "--check"]);
    // A patch need not be whole, and its limits are those of the whole; what a template computes is not known.
    assert_eq!((said.code, said.text()), (2, "k/odd.yaml\nk/patch.yaml\ntemplate.yaml\n"), "{}", said.err);
    let long = "`spec.newName` has to have 1 character at most, not 2";
    for place in ["list.yaml:8:14", "text.yaml:10:16", "computed.yaml:8:12"] {
        assert!(
            said.err.contains(&format!("{place}: the edit does not fit the CRD of demo.dev/v1 Thing: {long}")),
            "{place}: {}",
            said.err
        );
    }
    assert_eq!(said.err.matches("`spec.need` is missing, and required").count(), 1, "{}", said.err);
}

#[test]
fn versions_that_are_not_served() {
    let crds = crd(BOTH).replace("name: v1", "name: v2");
    let scratch = Scratch::new(&[("a.yaml", OLD), ("crd.yaml", &crds)]);
    // The edit is not what made it so.
    let said = scratch.migrate(&["--crds", "crd.yaml", "a.yaml"]);
    assert_eq!(said.code, 1, "{}", said.err);
    let note =
        "note[yamlift/schema]: This was so before the edit: the given CRDs do not serve demo.dev/v1 Thing.\n --> a.yaml:1:13\n";
    assert!(said.err.contains(note) && said.err.contains("they serve v2"), "{}", said.err);
}

#[test]
fn settings_and_wrong_usage() {
    let scratch = Scratch::new(&[
        ("a.yaml", OLD),
        ("deep/crds/things.yaml", &crd("{oldName: {type: string}}")),
        ("empty/b.yaml", &with("x")),
    ]);
    let no = |args: &[&str], why: &str| {
        let said = scratch.migrate(args);
        assert!(said.code == 2 && said.err.contains(why), "{args:?}: {}", said.err);
    };
    no(&["--crds", "gone"], "error: there is no gone");
    no(&["--crds", "empty"], "error: --crds empty: no CustomResourceDefinition found there\n  `kubectl get crd -o yaml`");
    scratch.put("empty/broken.yaml", "kind: CustomResourceDefinition\na: [\n");
    no(&["--crds", "empty"], "error: --crds empty: empty/broken.yaml:2:4: it cannot be read: ");
    scratch.put(".yamlift.yaml", "crds: deep/crds\n");
    let said = scratch.migrate_in("empty", &["../a.yaml"]);
    assert!(said.code == 2 && said.err.contains("../a.yaml:5:3: the edit does not fit"), "{}", said.err);
    // What is not known cannot be held against an edit: nothing is written.
    scratch.put("deep/crds/broken.yaml", "kind: CustomResourceDefinition\na: [\n");
    let said = scratch.migrate_in("empty", &["../a.yaml", "-w"]);
    assert!(said.code == 2 && said.err.contains("deep/crds/broken.yaml:2:4: it cannot be read: "), "{}", said.err);
    assert!(said.err.contains("the run stopped before it looked at any file"), "{}", said.err);
}

#[test]
fn what_is_edited_unchecked_is_said() {
    let scratch = Scratch::new(&[("a.yaml", OLD), ("crd.yaml", &crd("{}").replace("Thing", "Other"))]);
    let said = scratch.migrate(&["--crds", "crd.yaml", "a.yaml"]);
    let note =
        "note[yamlift/schema]: No CRD for demo.dev Thing was given, so this edit is not checked against one.\n --> a.yaml:1:1\n";
    assert!(said.code == 1 && said.err.contains(note), "{}", said.err);
}

#[test]
fn a_kind_that_is_called_otherwise_is_held_against_what_it_becomes() {
    let text = OLD.replace("kind: Thing", "kind: Old") + "  odd: 1\n";
    let scratch = Scratch::new(&[("a.yaml", &text), ("crd.yaml", &crd("{oldName: {type: integer}}"))]);
    let migration = "title: Old is called Thing\nwhy: It is.\nsafety: safe\ntarget: { kind: Old, group: demo.dev }\ndo:\n- set: { at: $.kind, to: Thing }\n";
    std::fs::write(scratch.packs().join("migrations/demo/1.1/old-kind.yaml"), migration).unwrap();
    let said = scratch.migrate(&["--crds", "crd.yaml", "a.yaml", "--only", "old-kind"]);
    assert_eq!(said.code, 1, "{}", said.err);
    assert!(said.err.contains("before the edit either: ") && said.err.contains("`spec.odd` is not a field"), "{}", said.err);
    assert!(said.err.contains("`spec.oldName` has to be an integer, not the text `x`"), "{}", said.err);
}

#[test]
fn a_plan_knows_what_will_not_fit() {
    let scratch = Scratch::new(&[("a.yaml", OLD), ("crds/things.yaml", &crd("{oldName: {type: string}}"))]);
    scratch.put(".yamlift.yaml", "crds: [crds]\n");
    let packs = scratch.packs();
    let said = scratch.run_with(&["plan", "--to", "demo@1.1", "--packs", packs.to_str().unwrap()], b"");
    let want = "\nNot edited, since the edits would not fit the CRDs: 1 file\n  a.yaml:5  the edit does not fit the CRD of demo.dev/v1 Thing";
    assert!(said.code == 2 && said.text().contains(want) && !said.text().contains("new-name"), "{}{}", said.text(), said.err);
}
