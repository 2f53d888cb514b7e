//! What carrier documents say of the files beside them.
use super::*;

#[test]
fn a_carrier_names_values_files() {
    let application = "\
kind: ConfigMap
---
apiVersion: apps.example.com/v1alpha1
kind: Application
spec:
  source:
    chart: ledger
    helm:
      valueFiles: [mesh.yaml, ../shared/all.yaml, 'https://example.com/x.yaml', ../../out.yaml]
  sources:
  - {chart: base, helm: {valueFiles: [$repo/infra/base.yaml, $repo]}}
  - {path: charts/x, helm: {valueFiles: [x.yaml]}}
";
    let (repo, findings) = index(&[
        ("apps/ledger.yaml", application),
        ("apps/mesh.yaml", ""),
        ("apps/x.yaml", ""),
        ("shared/all.yaml", ""),
        ("infra/base.yaml", ""),
    ]);
    assert_eq!(repo.values_of("apps/mesh.yaml"), [owner("ledger", None)]);
    assert_eq!(repo.values_of("shared/all.yaml"), [owner("ledger", None)]);
    assert_eq!(repo.values_of("infra/base.yaml"), [owner("base", None)]);
    assert_eq!(repo.values.len(), 3);
    assert!(findings.is_empty());
}

#[test]
fn a_carrier_names_a_chart_of_the_repository() {
    let application = "\
apiVersion: apps.example.com/v1alpha1
kind: Application
spec:
  sources:
  - {path: charts/mesh, helm: {valueFiles: [prod.yaml, ../../envs/prod.yaml, /envs/all.yaml, beside.yaml, gone.yaml]}}
  - {path: charts/gone, helm: {valueFiles: [beside.yaml]}}
";
    let release = |chart: &str| format!("kind: HelmRelease\nspec: {{chart: {chart}, valuesFrom: [{{name: {chart}.yaml}}]}}\n");
    let (repo, _) = index(&[
        ("apps/mesh.yaml", application),
        ("apps/prod.yaml", ""),
        ("apps/beside.yaml", ""),
        ("charts/mesh/Chart.yaml", "name: mesh\ndependencies: [{name: ledger}]\n"),
        ("charts/mesh/prod.yaml", ""),
        ("envs/prod.yaml", ""),
        ("envs/all.yaml", ""),
        ("ledger/Chart.yaml", "name: wrapper\n"),
        ("releases/named.yaml", &release("ledger")),
        ("releases/ledger.yaml", ""),
        ("releases/local.yaml", &release("./ledger")),
        ("ledger/ledger.yaml", ""),
    ]);
    let mesh = [owner("mesh", None), owner("ledger", Some("ledger")), global("ledger", None)];
    for file in ["charts/mesh/prod.yaml", "envs/prod.yaml", "envs/all.yaml", "apps/beside.yaml"] {
        assert_eq!(repo.values_of(file), mesh, "{file}");
    }
    assert!(repo.values_of("apps/prod.yaml").is_empty());
    assert_eq!(repo.values_of("releases/ledger.yaml"), [owner("ledger", None)]);
    assert_eq!(repo.chart_at("", "./charts/mesh/"), Some(&mesh[..]));
    assert_eq!(repo.chart_at("charts", "mesh"), Some(&mesh[..]));
    assert_eq!(repo.chart_at("", "apps"), None);
}

#[test]
fn a_carrier_that_is_known_by_its_file_names_charts_beside_it() {
    let carrier = Carrier {
        file: Some("stack.yaml".into()),
        each: vec![route("$.charts[*]")],
        chart_name: Some(route("$.chart")),
        chart_path: Some(route("$.chart")),
        files: vec![route("$.values[*]")],
        ..application()
    };
    let text = "charts:\n- {chart: ./mesh, values: [prod.yaml]}\n- {chart: mesh, values: [own.yaml]}\n- {chart: hub/base, values: [base.yaml]}\n";
    let dir = tempfile::tempdir().unwrap();
    fs::create_dir_all(dir.path().join("a/mesh")).unwrap();
    fs::write(dir.path().join("a/stack.yaml"), text).unwrap();
    fs::write(dir.path().join("a/mesh/Chart.yaml"), "name: ledger\n").unwrap();
    let files = ["a/stack.yaml", "a/mesh/Chart.yaml", "a/prod.yaml", "a/mesh/prod.yaml", "a/own.yaml", "a/base.yaml"];
    let (repo, _) = build(dir.path(), &files.map(str::to_owned), &[carrier]);
    assert_eq!(repo.values_of("a/prod.yaml"), [owner("ledger", None)]);
    assert_eq!(repo.values_of("a/own.yaml"), [owner("mesh", None)]);
    assert_eq!(repo.values_of("a/base.yaml"), [owner("base", None)]);
    assert!(repo.values_of("a/mesh/prod.yaml").is_empty());
}

#[test]
fn a_carrier_names_config_maps_that_are_made_of_files() {
    let release =
        |chart: &str, map: &str| format!("kind: HelmRelease\nspec: {{chart: {chart}, valuesFrom: [{{name: {map}}}]}}\n");
    let made = |map: &str| format!("configMapGenerator:\n- name: {map}\n  files: [values.yaml=v.yaml, w.yaml, gone.yaml]\n");
    let (repo, _) = index(&[
        ("mesh/base/release.yaml", &release("ledger", "ledger-values")),
        ("mesh/base/kustomization.yaml", &made("ledger-values")),
        ("mesh/base/v.yaml", ""),
        ("mesh/base/w.yaml", ""),
        ("mesh/prod/kustomization.yaml", &made("ledger-values")),
        ("mesh/prod/v.yaml", ""),
        ("a/release.yaml", &release("a", "helm-values")),
        ("a/kustomization.yaml", &made("helm-values")),
        ("a/v.yaml", ""),
        ("b/release.yaml", &release("b", "helm-values")),
        ("b/kustomization.yaml", &made("helm-values")),
        ("b/v.yaml", ""),
    ]);
    for file in ["mesh/base/v.yaml", "mesh/base/w.yaml", "mesh/prod/v.yaml"] {
        assert_eq!(repo.values_of(file), [owner("ledger", None)], "{file}");
    }
    assert_eq!(repo.values_of("a/v.yaml"), [owner("a", None)]);
    assert_eq!(repo.values_of("b/v.yaml"), [owner("b", None)]);
    assert_eq!(repo.values.len(), 5);
}

#[test]
fn a_document_of_another_group_is_no_carrier() {
    let other = "apiVersion: app.k8s.io/v1\nkind: Application\nspec: {source: {chart: ledger, helm: {valueFiles: [a.yaml]}}}\n";
    let listed = "kind: List\nitems:\n- apiVersion: apps.example.com/v1alpha1\n  kind: Application\n  spec: {source: &s {chart: ledger, helm: {valueFiles: [b.yaml]}}, sources: [*s]}\n";
    let (repo, _) = index(&[("other.yaml", other), ("a.yaml", ""), ("listed.yaml", listed), ("b.yaml", "")]);
    assert!(repo.values_of("a.yaml").is_empty());
    assert_eq!(repo.values_of("b.yaml"), [owner("ledger", None)]);
}

#[test]
fn a_carrier_is_known_by_its_name() {
    let one = |chart: &str| format!("kind: HelmRelease\nmetadata: {{name: x}}\nspec: {{chart: {chart}}}\n");
    let (repo, said) = index(&[("a.yaml", &one("mesh")), ("b.yaml", &one("mesh"))]);
    assert!(said.is_empty());
    assert_eq!(repo.carrier("HelmRelease", "x"), [owner("mesh", None)]);
    let (repo, _) = index(&[("a.yaml", &one("mesh")), ("b.yaml", &one("other"))]);
    assert!(repo.carrier("HelmRelease", "x").is_empty() && repo.carrier("HelmRelease", "y").is_empty());
}

#[test]
fn a_carrier_may_name_an_object_that_names_the_chart() {
    let source = Carrier { kinds: vec!["Source".into()], chart_name: Some(route("$.url")), chart_path: None, ..release() };
    let by_object = Carrier { chart_object: Some("Source".into()), chart_path: None, ..release() };
    let dir = tempfile::tempdir().unwrap();
    let release = "kind: HelmRelease\nmetadata: {name: ours}\nspec: {chart: books, valuesFrom: [{name: values}]}\n";
    for (path, text) in [("a.yaml", release), ("z.yaml", "kind: Source\nmetadata: {name: books}\nurl: oci://x/ledger\n")] {
        fs::write(dir.path().join(path), text).unwrap();
    }
    let (repo, _) = build(dir.path(), &["a.yaml".to_owned(), "z.yaml".to_owned()], &[source, by_object]);
    assert_eq!(repo.carrier("Source", "books"), [owner("ledger", None)]);
    assert_eq!(repo.carrier("HelmRelease", "ours"), [owner("ledger", None), owner("books", None)]);
    assert!(repo.config_map("values").contains(&owner("ledger", None)));
}

#[test]
fn values_that_nobody_looks_into_are_said() {
    let release = "kind: HelmRelease\nspec:\n  chart: mesh\n  valuesFrom:\n  - name: values.yaml.gotmpl\n  - name: nowhere.txt\n";
    let files = [("apps/release.yaml", release), ("apps/values.yaml.gotmpl", "a: {{ b }}\n")];
    let (repo, _) = index(&files);
    let [(finding, owners)] = repo.unread.as_slice() else { panic!("{:?}", repo.unread) };
    assert_eq!((finding.path.as_str(), finding.line, finding.column), ("apps/release.yaml", 5, 11));
    assert!(finding.message.starts_with("`values.yaml.gotmpl` holds values"), "{}", finding.message);
    assert_eq!(*owners, [owner("mesh", None)]);
}
