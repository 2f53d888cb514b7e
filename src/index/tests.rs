mod carriers;

use super::*;
use crate::pack::path::{Path as Route, Segment};
use std::fs;

fn route(source: &str) -> Route {
    let segments = source.trim_start_matches('$').split('.').filter(|s| !s.is_empty()).flat_map(|part| {
        let (name, every) = part.strip_suffix("[*]").map_or((part, false), |name| (name, true));
        let every = every.then(|| Segment::Many("[*]".into()));
        std::iter::once(Segment::Name(name.into())).chain(every)
    });
    Route { source: source.into(), computed: None, segments: segments.collect() }
}

fn application() -> Carrier {
    Carrier {
        kinds: vec!["Application".into()],
        groups: vec!["apps.example.com".into()],
        each: vec![route("$.spec.source"), route("$.spec.sources[*]")],
        chart_name: Some(route("$.chart")),
        chart_object: None,
        chart_named: None,
        chart_version: None,
        chart_repo: None,
        chart_path: Some(route("$.path")),
        values: Vec::new(),
        files: vec![route("$.helm.valueFiles[*]")],
        file: None,
        patches: Vec::new(),
        selectors: Vec::new(),
    }
}

fn release() -> Carrier {
    Carrier {
        kinds: vec!["HelmRelease".into()],
        groups: Vec::new(),
        each: Vec::new(),
        chart_name: Some(route("$.spec.chart")),
        chart_path: Some(route("$.spec.chart")),
        files: vec![route("$.spec.valuesFrom[*].name")],
        ..application()
    }
}

/// The index of a folder with these files.
fn index(files: &[(&str, &str)]) -> (Repo, Vec<Finding>) {
    let dir = tempfile::tempdir().unwrap();
    let mut paths = Vec::new();
    for (path, text) in files {
        fs::create_dir_all(dir.path().join(path).parent().unwrap()).unwrap();
        fs::write(dir.path().join(path), text).unwrap();
        paths.push((*path).to_owned());
    }
    paths.retain(|path| crate::source::named_yaml(Path::new(path)));
    build(dir.path(), &paths, &[application(), release()])
}

/// `section` is a path of keys with dots.
fn owner(chart: &str, section: Option<&str>) -> ValuesOwner {
    let section = section.into_iter().flat_map(|path| path.split('.')).map(str::to_owned).collect();
    ValuesOwner { chart: chart.into(), section, only: None }
}

fn global(chart: &str, section: Option<&str>) -> ValuesOwner {
    ValuesOwner { only: Some("global"), ..owner(chart, section) }
}

#[test]
fn a_chart_owns_the_values_beside_it() {
    let (repo, findings) = index(&[
        ("charts/ledger/Chart.yaml", "apiVersion: v2\nname: ledger\nversion: 1.26.2\n"),
        ("charts/ledger/values.yaml", "meshConfig: {}\n"),
        ("charts/ledger/values-prod.yaml", "meshConfig: {}\n"),
        ("charts/ledger/other.yaml", "a: 1\n"),
        ("charts/values.yaml", "a: 1\n"),
    ]);
    assert_eq!(repo.values_of("charts/ledger/values.yaml"), [owner("ledger", None)]);
    assert_eq!(repo.values_of("charts/ledger/values-prod.yaml"), [owner("ledger", None)]);
    assert!(repo.values_of("charts/ledger/other.yaml").is_empty());
    assert!(repo.values_of("charts/values.yaml").is_empty());
    assert!(findings.is_empty());
}

#[test]
fn a_dependency_owns_the_section_of_its_alias_or_name() {
    let chart = "\u{feff}name: mesh\r\ndependencies:\r\n- {name: ledger, alias: control}\r\n- name: base\r\n";
    let (repo, _) = index(&[("Chart.yaml", chart), ("values.yaml", "control: {}\n")]);
    assert_eq!(
        repo.values_of("values.yaml"),
        [
            owner("mesh", None),
            owner("ledger", Some("control")),
            owner("base", Some("base")),
            global("ledger", None),
            global("base", None)
        ]
    );
}

#[test]
fn a_wrapper_of_the_same_name_owns_its_section_alone() {
    let (repo, _) = index(&[("Chart.yaml", "name: ledger\ndependencies:\n- name: ledger\n"), ("values.yaml", "ledger: {}\n")]);
    assert_eq!(repo.values_of("values.yaml"), [owner("ledger", Some("ledger")), global("ledger", None)]);
}

#[test]
fn a_chart_in_the_charts_folder_of_another_is_its_dependency() {
    let (repo, _) = index(&[
        ("mesh/Chart.yaml", "name: mesh\n"),
        ("mesh/values.yaml", "ledger: {}\n"),
        ("mesh/charts/ledger/Chart.yaml", "name: ledger\n"),
        ("mesh/charts/ledger/values.yaml", "pilot: {}\n"),
        ("charts/other/Chart.yaml", "name: other\n"),
        ("values.yaml", "other: {}\n"),
    ]);
    assert_eq!(
        repo.values_of("mesh/values.yaml"),
        [owner("mesh", None), owner("ledger", Some("ledger")), global("ledger", None)]
    );
    assert_eq!(repo.values_of("mesh/charts/ledger/values.yaml"), [owner("ledger", None)]);
    assert!(repo.values_of("values.yaml").is_empty());
}

#[test]
fn dependencies_of_dependencies_have_sections_in_sections() {
    let (repo, _) = index(&[
        ("platform/Chart.yaml", "name: platform\ndependencies:\n- {name: mesh, alias: net, repository: 'file://../mesh'}\n"),
        ("platform/values.yaml", ""),
        ("mesh/Chart.yaml", "name: mesh\ndependencies:\n- {name: ledger, alias: control}\n"),
        ("mesh/charts/any/Chart.yaml", "name: ledger\ndependencies:\n- {name: base, repository: 'https://example.com'}\n"),
    ]);
    let (net, control, base) = (Some("net"), Some("net.control"), Some("net.control.base"));
    let sections = [owner("platform", None), owner("mesh", net), owner("ledger", control), owner("base", base)];
    let above = [
        global("mesh", None),
        global("ledger", None),
        global("ledger", net),
        global("base", None),
        global("base", net),
        global("base", control),
    ];
    assert_eq!(repo.values_of("platform/values.yaml"), [&sections[..], &above[..]].concat());
    assert_eq!(repo.values.len(), 1);
}

#[test]
fn charts_that_depend_on_each_other_end() {
    let chart = |name: &str, on: &str| {
        format!(
            "name: {name}\ndependencies:\n- {{name: {on}, repository: 'file://../{on}'}}\n- {{name: {on}, alias: x, repository: 'file://../{on}'}}\n"
        )
    };
    let ring: Vec<(String, String)> =
        (0..30).map(|n| (format!("c{n}/Chart.yaml"), chart(&format!("c{n}"), &format!("c{}", (n + 1) % 30)))).collect();
    let mut files: Vec<(&str, &str)> = ring.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
    files.push(("c0/values.yaml", ""));
    let (repo, _) = index(&files);
    assert!(repo.values_of("c0/values.yaml").contains(&owner("c2", Some("c1.c2"))));
}

#[test]
fn a_declared_chart_has_the_section_of_its_alias_alone() {
    let (repo, _) = index(&[
        ("Chart.yaml", "name: mesh\ndependencies:\n- {name: ledger, alias: control}\n"),
        ("values.yaml", ""),
        ("charts/ledger/Chart.yaml", "name: ledger\n"),
    ]);
    assert_eq!(repo.values_of("values.yaml"), [owner("mesh", None), owner("ledger", Some("control")), global("ledger", None)]);
}

#[test]
fn a_chart_of_the_first_format_has_its_dependencies_in_a_file_of_their_own() {
    let (repo, _) = index(&[
        ("mesh/Chart.yaml", "name: mesh\n"),
        ("mesh/requirements.yaml", "dependencies:\n- name: ledger\n"),
        ("mesh/values.yaml", "ledger: {}\n"),
        ("other/requirements.yaml", "dependencies:\n- name: ledger\n"),
        ("other/values.yaml", "ledger: {}\n"),
    ]);
    assert_eq!(
        repo.values_of("mesh/values.yaml"),
        [owner("mesh", None), owner("ledger", Some("ledger")), global("ledger", None)]
    );
    assert!(repo.values_of("other/values.yaml").is_empty());
}

#[test]
fn a_kustomization_names_patches_and_values() {
    let kustomization = "\
patchesStrategicMerge:
- ../base/mesh.yaml
- |-
  kind: Service
patches:
- path: ./patch.yaml
  target: {kind: Deployment}
- patch: 'kind: Service'
helmCharts:
- name: ledger
  valuesFile: mesh-values.yaml
  additionalValuesFiles: [prod.yaml, gone.yaml]
";
    let (repo, findings) = index(&[
        ("prod/kustomization.yaml", kustomization),
        ("base/mesh.yaml", ""),
        ("prod/patch.yaml", ""),
        ("prod/mesh-values.yaml", ""),
        ("prod/prod.yaml", ""),
    ]);
    assert!(repo.is_patch("base/mesh.yaml") && repo.is_patch("prod/patch.yaml"));
    assert_eq!(repo.patches.len(), 2);
    assert_eq!(repo.values_of("prod/mesh-values.yaml"), [owner("ledger", None)]);
    assert_eq!(repo.values_of("prod/prod.yaml"), [owner("ledger", None)]);
    assert!(findings.is_empty());
}

#[test]
fn what_cannot_be_read_is_a_note_at_its_line() {
    let (repo, findings) =
        index(&[("a/Chart.yaml", "name: a\nname: b\n"), ("a/values.yaml", ""), ("b.yaml", "Application valueFiles: [")]);
    assert!(repo.values.is_empty());
    let [finding] = findings.as_slice() else { panic!("{findings:?}") };
    assert_eq!((finding.id.as_str(), finding.level, finding.path.as_str()), ("yamlift/index", Level::Note, "a/Chart.yaml"));
    assert_eq!(finding.line, 2);
    assert_eq!(build(Path::new("/nowhere"), &["Chart.yaml".into()], &[]).1.len(), 1);
}

#[test]
fn templates_lie_in_a_chart() {
    let (repo, _) = index(&[("c/Chart.yaml", "name: c\n"), ("c/templates/a/b.yaml", ""), ("d/templates/a.yaml", "")]);
    assert!(repo.chart_templates("c/templates/a/b.yaml"));
    assert!(repo.chart_templates("c/templates/templates/x.yaml"));
    assert!(!repo.chart_templates("d/templates/a.yaml"));
    assert!(!repo.chart_templates("c/mytemplates/a.yaml"));
    assert!(!repo.chart_templates("c/values.yaml"));
}

#[test]
fn many_files_are_read_side_by_side_in_order() {
    let charts: Vec<(String, String)> = (0..500).map(|n| (format!("c{n}/Chart.yaml"), format!("name: c{n}\n}}\n"))).collect();
    let files: Vec<(&str, &str)> = charts.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
    let (_, findings) = index(&files);
    assert!(findings.iter().map(|f| &f.path).eq(charts.iter().map(|(path, _)| path)));
}

#[test]
fn a_panic_costs_one_file() {
    let said = side_by_side(&["a".into(), "b".into()], |path| match path {
        "a" => panic!("on purpose"),
        _ => Said { patches: vec![("p".into(), None)], ..Said::default() },
    });
    assert_eq!((said[0].findings[0].level, said[0].findings[0].path.as_str()), (Level::Error, "a"));
    assert_eq!(said[1].patches, [("p".to_owned(), None)]);
}

#[test]
fn values_below_a_chart_are_known_by_their_sections() {
    let (repo, _) = index(&[
        ("mesh/Chart.yaml", "name: mesh\ndependencies: [{name: ledger, alias: books}, {name: gateway}]\n"),
        ("mesh/env/prod.yaml", "# ours\nbooks:\n  a: 1\nother: 2\n"),
        ("mesh/env/json.yaml", "{\"gateway\": {\"a\": 1}}\n"),
        ("mesh/env/deployment.yaml", "kind: Deployment\nbooks: {a: 1}\n"),
        ("mesh/env/list.yaml", "books: [a]\n"),
        ("mesh/env/unrelated.yaml", "ledger: {a: 1}\n"),
        ("mesh/templates/books.yaml", "books: {a: 1}\n"),
        ("mesh/env/sub/Chart.yaml", "name: sub\n"),
        ("mesh/env/sub/prod.yaml", "books: {a: 1}\n"),
        ("prod.yaml", "books: {a: 1}\n"),
    ]);
    assert!(repo.values_of("mesh/env/prod.yaml").contains(&owner("ledger", Some("books"))));
    assert!(repo.values_of("mesh/env/json.yaml").contains(&owner("gateway", Some("gateway"))));
    for other in ["env/deployment.yaml", "env/list.yaml", "env/unrelated.yaml", "templates/books.yaml", "env/sub/prod.yaml"] {
        assert!(repo.values_of(&format!("mesh/{other}")).is_empty(), "{other}");
    }
    assert!(repo.values_of("prod.yaml").is_empty());
}
