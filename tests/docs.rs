//! What the documents say is what the binary does.
use std::fs;
use std::path::Path;
use std::process::{Command, Output};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|e| panic!("{path}: {e}"))
}

fn yamlift(args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_yamlift")).args(args).current_dir(root()).env("NO_COLOR", "1").output().expect("it runs")
}

/// The README's first command, on the tour. `TOUR=write` takes over what it prints now.
#[test]
fn the_tour_gives_its_diff() {
    let said = yamlift(&["migrate", "golden/tour", "--to", "istio@1.27"]);
    let diff = String::from_utf8(said.stdout).expect("text");
    if std::env::var_os("TOUR").is_some() {
        fs::write(root().join("golden/tour.diff"), &diff).expect("it can be written");
    }
    assert_eq!(said.status.code(), Some(1));
    assert!(
        diff == read("golden/tour.diff"),
        "golden/tour.diff says otherwise; if this is right: TOUR=write cargo test --test docs\n{diff}"
    );
}

#[test]
fn the_first_diff_of_the_readme_is_true() {
    let readme = read("README.md");
    let shown = readme.split("```diff\n").nth(1).and_then(|rest| rest.split("```").next()).expect("a diff");
    let hunk: String = shown.split_inclusive('\n').skip(3).collect();
    assert!(read("golden/tour.diff").contains(&hunk), "not in golden/tour.diff:\n{hunk}");
}

#[test]
fn the_changelog_and_the_readme_know_every_pack() {
    let library = yamlift::pack::registry::Library::open(&[]).expect("the packs");
    for name in library.names() {
        assert!(read("README.md").contains(&format!("| `{name}` |")), "README: packs: {name}");
        for id in library.ids(&name) {
            let slug = id.rsplit('/').next().unwrap_or_default();
            assert!(read("CHANGELOG.md").contains(&format!("`{slug}`")), "CHANGELOG: {id}");
        }
    }
}

/// An action is pinned, and to one version, wherever a workflow is shown; what is gone to is there.
#[test]
fn workflows_and_examples_fit_together() {
    let mut texts = Vec::new();
    for folder in ["docs", "docs/recipes", ".github/workflows"] {
        let files = fs::read_dir(root().join(folder)).expect("a folder").flatten().map(|entry| entry.path());
        texts.extend(files.filter(|path| path.is_file()).filter_map(|path| Some((path.clone(), fs::read_to_string(path).ok()?))));
    }
    let mut pins = std::collections::BTreeMap::new();
    let library = yamlift::pack::registry::Library::open(&[]).expect("the packs");
    for (path, text) in &texts {
        for used in text.lines().filter_map(|line| line.trim().trim_start_matches("- ").strip_prefix("uses: ")) {
            let (action, version) = used.split_once('@').unwrap_or_else(|| panic!("{}: {used}", path.display()));
            // This repository's own has no name of an owner yet.
            if action != "OWNER/yamlift" {
                let pinned = version.split(' ').next().is_some_and(|hash| hash.len() == 40) && version.contains(" # v");
                assert!(pinned, "{}: {used}", path.display());
                assert_eq!(*pins.entry(action).or_insert(version), version, "{}: {action}", path.display());
            }
        }
        for target in text.split("yamlift pr --to ").skip(1).filter_map(|rest| rest.split_whitespace().next()) {
            if let Some((pack, _)) = target.split_once('@') {
                assert!(library.names().iter().any(|name| name == pack), "{}: {target}", path.display());
            }
        }
    }
    assert!(pins.contains_key("actions/checkout"));
}

/// Documents that are made of the packs: `DOCS=write cargo test --test docs` makes them anew.
#[test]
fn documents_of_packs_are_up_to_date() {
    let library = yamlift::pack::registry::Library::open(&[]).expect("the packs");
    for name in library.names() {
        is_made_of(&format!("docs/packs/{name}.md"), &["list", &name, "--format", "markdown"]);
        if root().join(format!("migrations/{name}/changes.yaml")).is_file() {
            is_made_of(&format!("migrations/{name}/COVERAGE.md"), &["list", &name, "--coverage"]);
        }
    }
}

fn is_made_of(path: &str, args: &[&str]) {
    let made = yamlift(args);
    assert!(made.status.success(), "{path}: {}", String::from_utf8_lossy(&made.stderr));
    let text = String::from_utf8(made.stdout).expect("text");
    if std::env::var_os("DOCS").is_some() {
        fs::create_dir_all(root().join(path).parent().expect("a folder")).expect("it can be made");
        fs::write(root().join(path), &text).expect("it can be written");
    }
    assert!(read(path) == text, "{path} is out of date: DOCS=write cargo test --test docs");
}

/// The pack that CONTRIBUTING.md begins can be made as it stands there.
#[test]
fn the_ten_minutes_of_contributing_work() {
    let text = read("CONTRIBUTING.md");
    let blocks: Vec<&str> = text.split("```yaml\n").skip(1).filter_map(|block| block.split("```").next()).collect();
    let with = |words: &str| *blocks.iter().find(|block| block.contains(words)).unwrap_or_else(|| panic!("no block has {words}"));
    let dir = tempfile::tempdir().expect("a folder");
    let put = |path: &str, text: &str| {
        let path = dir.path().join(path);
        fs::create_dir_all(path.parent().expect("a folder")).expect("it can be made");
        fs::write(path, text).expect("it can be written");
    };
    put("migrations/mesh/pack.yaml", with("title: Mesh\n"));
    put("migrations/mesh/changes.yaml", with("12-02"));
    put("migrations/mesh/1.2/control-address.yaml", &format!("covers: [12-01]\n{}", with("title: The address")));
    put("migrations/mesh/1.2/sidecar-annotation.yaml", &format!("title: T\nwhy: W\n{}", with("1.2/sidecar-annotation: ")));
    put("migrations/mesh/1.1/port-objects.yaml", &format!("title: T\nwhy: W\n{}", with("1.1/port-objects: ")));
    put("migrations/mesh/1.2/kubernetes.yaml", with("title: Mesh 1.2 needs"));
    put("repo/mesh.yaml", with("# where sidecars ask"));
    let packs = dir.path().display().to_string();
    let covered = yamlift(&["list", "mesh", "--coverage", "--packs", &packs]);
    assert!(covered.status.success(), "{}", String::from_utf8_lossy(&covered.stderr));
    let done = yamlift(&["migrate", &format!("{packs}/repo"), "--to", "mesh@1.2", "--packs", &packs]);
    let diff = String::from_utf8_lossy(&done.stdout);
    assert!(
        diff.contains("+    address: control.mesh-system:15010  # plain text"),
        "{diff}{}",
        String::from_utf8_lossy(&done.stderr)
    );
    for block in ["packs: [../my-packs]", "from: \"1.0\""] {
        with(block);
    }
}

/// The comment of the README leaves its entry alone.
#[test]
fn the_suppression_of_the_readme_works() {
    let readme = read("README.md");
    let block = readme.split("```yaml\n").filter_map(|rest| rest.split("```").next()).find(|block| block.contains("# yamlift: "));
    let block = block.expect("an example").replace("\n", "\n    ");
    let dir = tempfile::tempdir().expect("a folder");
    let path = dir.path().join("a.yaml");
    let said = |text: &str| {
        fs::write(&path, text).expect("a file");
        let path = path.to_str().expect("a path");
        String::from_utf8(yamlift(&["migrate", path, "--to", "istio@1.27"]).stdout).expect("text")
    };
    let text = format!("apiVersion: apps/v1\nkind: Deployment\nspec:\n  template:\n    {block}\n");
    assert_eq!(said(&text), "");
    let heard = text.replace("# yamlift: ", "# ");
    assert!(said(&heard).contains("+        sidecar.istio.io/nativeSidecar: \"false\""), "{heard}{}", said(&heard));
}

/// A table ends where a line is blank: no row stands below one.
#[test]
fn tables_are_whole() {
    let mut pages = vec!["README.md".to_owned(), "CONTRIBUTING.md".to_owned(), "migrations/README.md".to_owned()];
    for folder in ["docs", "docs/recipes"] {
        let entries = fs::read_dir(root().join(folder)).expect("a folder").flatten();
        let named = entries.map(|entry| format!("{folder}/{}", entry.file_name().to_string_lossy()));
        pages.extend(named.filter(|path| path.ends_with(".md")));
    }
    for path in &pages {
        let text = read(path);
        let outside: Vec<&str> = text.split("```").step_by(2).flat_map(str::lines).collect();
        for lines in outside.windows(2).filter(|lines| lines[1].starts_with("| ") && !lines[0].starts_with('|')) {
            let at = outside.iter().position(|line| std::ptr::eq(*line, lines[1])).unwrap_or_default();
            assert!(
                outside.get(at + 1).is_some_and(|line| line.starts_with("|-")),
                "{path}: a row without its table: {}",
                lines[1]
            );
        }
    }
}

/// Flags that the README names are flags of a command.
#[test]
fn flags_of_the_readme_exist() {
    let help: String = ["migrate", "plan", "list", "explain", "test", "new", "schema"]
        .iter()
        .map(|command| String::from_utf8(yamlift(&[command, "--help"]).stdout).expect("text"))
        .collect();
    let readme = read("README.md");
    let flags = readme.split(|c: char| !(c.is_ascii_alphanumeric() || c == '-')).filter(|w| w.starts_with("--") && w.len() > 3);
    for flag in flags.filter(|f| !matches!(*f, "--release" | "--path" | "--from-file")) {
        assert!(help.contains(flag), "no command has {flag}");
    }
}
