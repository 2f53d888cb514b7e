//! What other programs read of a run: each format has the shape that its readers ask for, and its fixes, applied by somebody
//! who knows nothing of yamlift, give what `-w` writes.
//!
//! `GOLDEN=<text>` runs the golden cases whose path has that text; `FORMATS=write` takes over the samples.
mod json_schema;
mod scratch;

use json_schema::wrong;
use scratch::{NEW, OLD, Said, Scratch, with};
use serde_json::{Value as Json, json};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use yamlift::golden::{self, Case, Files};
use yamlift::output::format::{self, Format, Setting};
use yamlift::output::remarks;
use yamlift::output::write;
use yamlift::pack::registry::{Library, Run};
use yamlift::pack::trees::Trees;
use yamlift::pipeline::{self, Input, Job, Sources};
use yamlift::report::Report;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn library() -> Library {
    Library::open(&[]).unwrap_or_else(|e| panic!("{e} {:?}", e.place))
}

fn look(folder: &Path, runs: &[Run]) -> Report {
    let found = pipeline::find(&Sources { cwd: folder.to_owned(), ..Sources::default() }).expect("files");
    let carriers = runs.first().map_or(&[][..], |run| &run.carriers);
    let mut ground = pipeline::survey(Input::Files(found), carriers, Some(1)).expect("ground");
    let trees = Trees::of(runs.to_vec());
    let job = Job { trees: &trees, crds: None, decisions: None, generated: false, progress: &|_, _, _| {} };
    pipeline::run(&mut ground, &job).expect("a report")
}

/// A report as JSON.
fn read(format: Format, report: &Report, folder: &Path) -> Json {
    let folder = folder.canonicalize().expect("a folder");
    serde_json::from_str(&format::render(format, report, &setting(&folder))).expect("JSON")
}

fn setting(folder: &Path) -> Setting {
    Setting { command: "yamlift migrate".into(), root: folder.canonicalize().expect("a folder"), ..Setting::default() }
}

/// The files after the run, of those that it edits.
fn written(report: &Report) -> Files {
    report.changed().map(|file| (file.source.path.clone(), file.source.bytes(&file.migrated_text()))).collect()
}

/// What the cases of all packs are asked, with and without a byte order mark, wide characters and carriage returns.
fn each_case(kinds: &[fn(&Files) -> Files], check: impl Fn(&Case, &[Run], &Files) -> String + Sync) {
    let library = library();
    let wanted: Vec<String> = std::env::var("GOLDEN").into_iter().filter(|text| !text.is_empty()).collect();
    let cases = golden::find(root(), &wanted).expect("the cases");
    let next = AtomicUsize::new(0);
    let work = || {
        let mut wrong = String::new();
        while let Some(case) = cases.get(next.fetch_add(1, Ordering::Relaxed)) {
            let runs = library.runs(&case.request(&library).expect("a request")).expect("runs");
            let files = case.side("before").expect("it can be read").expect("it is there");
            for kind in kinds {
                let said = check(case, &runs, &kind(&files));
                wrong += &if said.is_empty() { said } else { format!("== {}\n{said}\n", case.name) };
            }
        }
        wrong
    };
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let wrong: String = std::thread::scope(|scope| {
        let running: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        running.into_iter().map(|thread| thread.join().expect("a case panicked")).collect()
    });
    assert!(wrong.is_empty(), "{wrong}");
}

/// The same files, harder to count in.
fn hard(files: &Files) -> Files {
    let one = |(path, bytes): (&String, &Vec<u8>)| {
        let plain = path.ends_with("Chart.yaml") || path.contains("kustomization");
        let Some(text) = std::str::from_utf8(bytes).ok().filter(|_| !plain) else { return (path.clone(), bytes.clone()) };
        let lines =
            text.trim_start_matches('\u{feff}').split_inclusive('\n').map(|line| match line.trim_end_matches(['\r', '\n']) {
                // A comment in front of what is on the line cannot be; one behind it can, where no text goes on.
                content if content.trim_start().starts_with('#') => format!("{content} 😀 e\u{301} 日本 100%\r\n"),
                content => format!("{content}{}", if line.ends_with('\n') { "\r\n" } else { "" }),
            });
        (path.clone(), format!("\u{feff}# 😀 e\u{301} 日本\t,:%\r\n{}", lines.collect::<String>()).into_bytes())
    };
    files.iter().map(one).collect()
}

#[test]
fn fixes_give_what_w_writes() {
    each_case(&[Files::clone, hard], |_, runs, files| {
        let folder = write::scratch(files).expect("a folder");
        let report = look(folder.path(), runs);
        let mut said = String::new();
        let want = written(&report);
        let sarif = read(Format::Sarif, &report, folder.path());
        let rdjson = read(Format::Rdjson, &report, folder.path());
        let held = held(&sarif);
        for (format, got) in [("sarif", sarif_fixed(&sarif, files, |_| true)), ("rdjson", rdjson_fixed(&rdjson, files))] {
            let (want, got) = (without(&want, &held), without(&got, &held));
            let other: Vec<&String> = want.keys().chain(got.keys()).filter(|path| want.get(*path) != got.get(*path)).collect();
            said += &other.iter().map(|path| told(format, path, &want, &got)).collect::<String>();
        }
        for (format, schema, json) in [
            ("sarif", sarif_schema(), &sarif),
            ("rdjson", rdjson_schema(), &rdjson),
            ("gitlab", gitlab_schema(), &read(Format::Gitlab, &report, folder.path())),
            ("json", report_schema(), &read(Format::Json, &report, folder.path())),
        ] {
            said += &wrong(&schema, &schema, json).map_or(String::new(), |why| format!("{format}: {why}\n"));
        }
        said += &consistent(&sarif);
        said + &annotations(&format::render(Format::Github, &report, &setting(folder.path())))
    });
}

/// Files that have to be edited together with others, so that there is no fix.
fn held(sarif: &Json) -> BTreeSet<String> {
    let results = sarif["runs"][0]["results"].as_array().expect("results").iter();
    let held = results.filter(|result| text(&result["message"]["text"]).contains("goes together with edits in other files"));
    let path = |result: &Json| decoded(text(&result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]));
    held.map(path).collect()
}

fn without(files: &Files, held: &BTreeSet<String>) -> Files {
    files.iter().filter(|(path, _)| !held.contains(*path)).map(|(path, bytes)| (path.clone(), bytes.clone())).collect()
}

fn told(format: &str, path: &str, want: &Files, got: &Files) -> String {
    let text = |files: &Files| files.get(path).map_or("none".into(), |bytes| String::from_utf8_lossy(bytes).into_owned());
    format!("{format}: {path}\n{}", yamlift::output::diff::between("wanted", "got", &text(want), &text(got)))
}

/// Each fix alone leads to the same end: what is left is what a run still does.
#[test]
fn each_fix_stands_alone() {
    let tried = AtomicUsize::new(0);
    each_case(&[Files::clone], |_, runs, files| {
        let folder = write::scratch(files).expect("a folder");
        let report = look(folder.path(), runs);
        let sarif = read(Format::Sarif, &report, folder.path());
        let count = fixes(&sarif).len();
        if count < 2 {
            return String::new();
        }
        let mut said = String::new();
        let want = written(&report);
        for nth in 0..count.min(3) {
            tried.fetch_add(1, Ordering::Relaxed);
            let fixed = sarif_fixed(&sarif, files, |one| one == nth);
            let mut files = files.clone();
            files.extend(fixed);
            let after = write::scratch(&files).expect("a folder");
            let rest = look(after.path(), runs);
            let mut got = files.clone();
            got.extend(written(&rest));
            got.retain(|path, _| want.contains_key(path));
            let wrong = want.keys().filter(|path| want.get(*path) != got.get(*path));
            said += &wrong.map(|path| told(&format!("fix {nth} alone"), path, &want, &got)).collect::<String>();
        }
        said
    });
    assert!(std::env::var_os("GOLDEN").is_some() || tried.load(Ordering::Relaxed) > 30, "{tried:?}");
}

/// Every fix of a log: path and replacements.
fn fixes(sarif: &Json) -> Vec<(String, &Vec<Json>)> {
    let results = sarif["runs"][0]["results"].as_array().expect("results").iter();
    let changes = results.filter_map(|result| result["fixes"][0]["artifactChanges"].as_array()).flatten();
    changes.map(|one| (decoded(text(&one["artifactLocation"]["uri"])), one["replacements"].as_array().expect("a list"))).collect()
}

fn text(json: &Json) -> &str {
    json.as_str().expect("a text")
}

fn number(json: &Json) -> usize {
    usize::try_from(json.as_u64().expect("a number")).expect("a small one")
}

fn decoded(uri: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = uri.bytes();
    while let Some(byte) = rest.next() {
        assert!(byte.is_ascii_alphanumeric() || b"-._~/%".contains(&byte), "{uri}");
        let hex = |one: u8| u8::try_from(char::from(one).to_digit(16).expect("a digit")).expect("small");
        bytes.push(match byte {
            b'%' => hex(rest.next().expect("a digit")) * 16 + hex(rest.next().expect("a digit")),
            other => other,
        });
    }
    String::from_utf8(bytes).expect("UTF-8")
}

/// The units of a text with some stretches replaced, which are told by line and column.
type Changes<U> = BTreeMap<String, Vec<(Stretch, Vec<U>)>>;
type Stretch = [usize; 4];

fn replaced<U: Copy + PartialEq>(units: &[U], feed: U, changes: &[(Stretch, Vec<U>)]) -> Vec<U> {
    let mut starts = vec![0];
    starts.extend(units.iter().enumerate().filter(|(_, unit)| **unit == feed).map(|(at, _)| at + 1));
    let at = |line: usize, column: usize| {
        let next = starts.get(line).map_or(units.len() + 1, |next| *next);
        let at = starts[line - 1] + column - 1;
        assert!(column > 0 && at < next, "{line}:{column} is no place");
        at
    };
    let mut all: Vec<(usize, usize, &[U])> =
        changes.iter().map(|([a, b, c, d], new)| (at(*a, *b), at(*c, *d), new.as_slice())).collect();
    all.sort_by_key(|(start, end, _)| (*start, *end));
    let (mut out, mut from) = (Vec::new(), 0);
    for (start, end, new) in all {
        assert!(from <= start && start <= end, "changes overlap");
        out.extend_from_slice(&units[from..start]);
        out.extend_from_slice(new);
        from = end;
    }
    out.extend_from_slice(&units[from..]);
    out
}

/// The files that the fixes change, some of them applied.
fn sarif_fixed(sarif: &Json, files: &Files, which: impl Fn(usize) -> bool) -> Files {
    let mut changes: Changes<u16> = BTreeMap::new();
    for (_, (path, replacements)) in fixes(sarif).into_iter().enumerate().filter(|(nth, _)| which(*nth)) {
        for one in replacements {
            let place = ["startLine", "startColumn", "endLine", "endColumn"].map(|name| number(&one["deletedRegion"][name]));
            let new = text(&one["insertedContent"]["text"]).encode_utf16().collect();
            changes.entry(path.clone()).or_default().push((place, new));
        }
    }
    let fixed = |(path, changes): (String, Vec<(Stretch, Vec<u16>)>)| {
        let old = std::str::from_utf8(&files[&path]).expect("UTF-8");
        let (mark, old) = old.strip_prefix('\u{feff}').map_or(("", old), |rest| ("\u{feff}", rest));
        let new = replaced(&old.encode_utf16().collect::<Vec<_>>(), u16::from(b'\n'), &changes);
        let new = String::from_utf16(&new).expect("no half of a character");
        (path, format!("{mark}{new}").into_bytes())
    };
    changes.into_iter().map(fixed).collect()
}

fn rdjson_fixed(rdjson: &Json, files: &Files) -> Files {
    let mut changes: Changes<u8> = BTreeMap::new();
    for one in rdjson["diagnostics"].as_array().expect("a list") {
        for suggestion in one["suggestions"].as_array().into_iter().flatten() {
            let range = &suggestion["range"];
            assert_eq!(range, &one["location"]["range"], "a forge takes it only there");
            let [start, end] = ["start", "end"].map(|side| ["line", "column"].map(|name| number(&range[side][name])));
            let place = [start[0], start[1], end[0], end[1]];
            changes.entry(text(&one["location"]["path"]).into()).or_default().push((place, text(&suggestion["text"]).into()));
        }
    }
    changes.into_iter().map(|(path, changes)| (path.clone(), replaced(&files[&path], b'\n', &changes))).collect()
}

/// What a schema cannot say of a log.
fn consistent(sarif: &Json) -> String {
    let run = &sarif["runs"][0];
    let rules = run["tool"]["driver"]["rules"].as_array().expect("rules");
    let (mut prints, mut lines, mut said) = (BTreeSet::new(), BTreeSet::new(), String::new());
    for result in run["results"].as_array().expect("results") {
        let place = &result["locations"][0]["physicalLocation"];
        let (uri, region) = (text(&place["artifactLocation"]["uri"]), &place["region"]);
        let id = text(&result["ruleId"]);
        if rules[number(&result["ruleIndex"])]["id"] != id {
            said += &format!("sarif: another rule than {id}\n");
        }
        if region["endLine"] == region["startLine"] && region["endColumn"].as_u64() < region["startColumn"].as_u64() {
            said += &format!("sarif: {uri}: {region}\n");
        }
        let print = |name: &str| (id, uri, text(&result["partialFingerprints"][name]));
        if !prints.insert(print("yamlift/v1")) || !lines.insert(print("primaryLocationLineHash")) {
            said += &format!("sarif: a second {:?}\n", print("yamlift/v1"));
        }
    }
    said
}

/// What is wrong with workflow commands, read as the runner reads them.
fn annotations(commands: &str) -> String {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    let mut said = String::new();
    for line in commands.lines() {
        let parts = line.strip_prefix("::").and_then(|rest| rest.split_once("::"));
        let Some((name, properties)) = parts.and_then(|(head, _)| head.split_once(' ')) else {
            said += &format!("github: no command: {line}\n");
            continue;
        };
        *counts.entry(name).or_default() += 1;
        let known = ["file", "line", "endLine", "col", "endColumn", "title"];
        let odd = properties.split(',').find(|one| one.split_once('=').is_none_or(|(key, _)| !known.contains(&key)));
        if odd.is_some() || !["error", "warning", "notice"].contains(&name) {
            said += &format!("github: {line}\n");
        }
    }
    said + &counts.iter().filter(|(_, count)| **count > 10).map(|(name, count)| format!("{count} {name}\n")).collect::<String>()
}

fn map(properties: Json, optional: &[&str]) -> Json {
    let required: Vec<&String> =
        properties.as_object().expect("a map").keys().filter(|key| !optional.contains(&key.as_str())).collect();
    json!({ "type": "object", "additionalProperties": false, "required": required, "properties": properties })
}

fn list(items: Json) -> Json {
    json!({ "type": "array", "items": items })
}

fn string() -> Json {
    json!({ "type": "string", "pattern": r"\S" })
}

fn positive() -> Json {
    json!({ "type": "integer", "minimum": 1 })
}

fn report_schema() -> Json {
    serde_json::from_str(&fs::read_to_string(root().join("docs/report.schema.json")).expect("a schema")).expect("JSON")
}

fn gitlab_schema() -> Json {
    let path = json!({ "type": "string", "pattern": r"^[^./].*$|^\.[^./].*$" });
    let location = map(json!({ "path": path, "lines": map(json!({ "begin": positive() }), &[]) }), &[]);
    let severity = json!({ "enum": ["info", "minor", "major", "critical", "blocker"] });
    let print = json!({ "type": "string", "pattern": "^[0-9a-f]{16}$" });
    list(map(
        json!({ "description": string(), "check_name": string(), "fingerprint": print, "severity": severity, "location": location }),
        &[],
    ))
}

fn rdjson_schema() -> Json {
    let position = map(json!({ "line": positive(), "column": positive() }), &["column"]);
    let range = map(json!({ "start": position, "end": position }), &["end"]);
    let suggestion = map(json!({ "range": range, "text": { "type": "string" } }), &[]);
    let diagnostic = map(
        json!({
            "message": string(),
            "location": map(json!({ "path": string(), "range": range }), &[]),
            "severity": { "enum": ["ERROR", "WARNING", "INFO"] },
            "code": map(json!({ "value": string(), "url": { "type": "string", "pattern": "^https?://" } }), &["url"]),
            "suggestions": list(suggestion),
        }),
        &["suggestions"],
    );
    map(json!({ "source": map(json!({ "name": string() }), &[]), "diagnostics": list(diagnostic) }), &[])
}

fn sarif_schema() -> Json {
    let short = json!({ "type": "string", "pattern": r"\S", "maxLength": 1024 });
    let message = || map(json!({ "text": short }), &[]);
    let level = json!({ "enum": ["error", "warning", "note"] });
    let artifact = || {
        let uri = json!({ "type": "string", "pattern": r"^([A-Za-z0-9_~./-]|%[0-9A-F]{2})+$" });
        map(json!({ "uri": uri, "uriBaseId": { "const": "%SRCROOT%" } }), &[])
    };
    let whole =
        map(json!({ "startLine": positive(), "startColumn": positive(), "endLine": positive(), "endColumn": positive() }), &[]);
    let region = map(whole["properties"].clone(), &["startColumn", "endLine", "endColumn"]);
    let replacement =
        map(json!({ "deletedRegion": whole, "insertedContent": map(json!({ "text": { "type": "string" } }), &[]) }), &[]);
    let change = map(json!({ "artifactLocation": artifact(), "replacements": list(replacement) }), &[]);
    let result = map(
        json!({
            "ruleId": string(),
            "ruleIndex": { "type": "integer" },
            "level": level,
            "message": message(),
            "locations": list(map(json!({ "physicalLocation": map(json!({ "artifactLocation": artifact(), "region": region }), &[]) }), &[])),
            "partialFingerprints": map(json!({ "primaryLocationLineHash": string(), "yamlift/v1": string() }), &[]),
            "properties": map(json!({ "kind": { "enum": ["edit", "finding", "offer"] } }), &[]),
            "fixes": list(map(json!({ "description": message(), "artifactChanges": list(change) }), &[])),
        }),
        &["fixes"],
    );
    let rule = map(
        json!({
            "id": string(),
            "name": { "type": "string", "pattern": r"^\w+$" },
            "shortDescription": message(),
            "fullDescription": message(),
            "help": map(json!({ "text": string(), "markdown": string() }), &[]),
            "helpUri": { "type": "string", "pattern": "^https?://" },
            "defaultConfiguration": map(json!({ "level": level }), &[]),
            "properties": map(json!({ "tags": list(string()), "precision": string(), "problem.severity": string() }), &[]),
        }),
        &["helpUri"],
    );
    let driver = json!({
        "name": { "const": "yamlift" },
        "version": string(),
        "semanticVersion": string(),
        "informationUri": { "type": "string", "pattern": "^https://" },
        "rules": list(rule),
    });
    let driver = map(driver, &["informationUri"]);
    let note = map(json!({ "level": level, "message": message() }), &[]);
    let run = map(
        json!({
            "tool": map(json!({ "driver": driver }), &[]),
            "automationDetails": map(json!({ "id": { "type": "string", "pattern": "^yamlift/.*/$" } }), &[]),
            "columnKind": { "const": "utf16CodeUnits" },
            "originalUriBaseIds": map(json!({ "%SRCROOT%": map(json!({ "description": message() }), &[]) }), &[]),
            "invocations": list(map(json!({ "executionSuccessful": { "type": "boolean" }, "toolExecutionNotifications": list(note) }), &[])),
            "results": list(result),
        }),
        &[],
    );
    map(json!({ "$schema": string(), "version": { "const": "2.1.0" }, "runs": list(run) }), &[])
}

/// A folder with all that a run can say of, under a path that is no plain ASCII.
fn sample() -> Scratch {
    let wide = format!("# 😀 日本\n{}", with("oldName")).replace('\n', "\r\n");
    let files = [
        ("deploy/ü b.yaml", wide.as_str()),
        ("deploy/findings.yaml", &with("odd")),
        ("deploy/bad.yaml", &with("bad")),
        ("deploy/offer.yaml", &with("quiet")),
        ("deploy/broken.yaml", "apiVersion: demo.dev/v1\nkind: Thing\nspec: {oldName: [}\n"),
    ];
    Scratch::new(&files)
}

/// `migrate` as a step of GitHub Actions.
fn on_github(scratch: &Scratch, folder: &str, args: &[&str], files: &[(&str, &Path)]) -> Said {
    let mut command = Command::new(env!("CARGO_BIN_EXE_yamlift"));
    command.args(["migrate", "--to", "demo@1.1", "--packs"]).arg(scratch.packs()).args(args).stdin(Stdio::null());
    command.current_dir(scratch.root().join(folder)).env("NO_COLOR", "1").env_remove("CLICOLOR_FORCE");
    ["GITHUB_STEP_SUMMARY", "GITHUB_OUTPUT"].iter().for_each(|name| _ = command.env_remove(name));
    let output = command.envs(files.iter().copied()).output().expect("it runs");
    let err = String::from_utf8(output.stderr).expect("text");
    Said { code: output.status.code().unwrap_or(-1), out: output.stdout, err }
}

/// After `-w`, what is left is told, at its place in the new text.
#[test]
fn what_was_written_is_no_result() {
    let scratch = Scratch::new(&[("a.yaml", &OLD.replace("spec:\n", "spec:\n  odd: 1\n"))]);
    let said = scratch.migrate(&["-w", "--format", "sarif"]);
    assert_eq!(scratch.get("a.yaml"), NEW.replace("spec:\n", "spec:\n  odd: 1\n").into_bytes());
    let sarif: Json = serde_json::from_slice(&said.out).expect("JSON");
    let results = sarif["runs"][0]["results"].as_array().expect("results");
    assert_eq!(results.iter().map(|one| text(&one["properties"]["kind"])).collect::<Vec<_>>(), ["finding"]);
}

/// One run in every format, as it is read by others. `FORMATS=write` takes it over.
#[test]
fn samples_of_every_format() {
    let scratch = sample();
    for format in ["json", "sarif", "github", "gitlab", "rdjson"] {
        let said = on_github(&scratch, "", &["--format", format], &[]);
        let path = root().join(format!("tests/formats/sample.{format}"));
        let found = String::from_utf8_lossy(&said.out).replace(env!("CARGO_PKG_VERSION"), "VERSION");
        if std::env::var_os("FORMATS").is_some() {
            fs::create_dir_all(path.parent().expect("a folder")).expect("it can be made");
            fs::write(&path, &found).expect("it can be written");
        }
        let known = fs::read_to_string(&path).unwrap_or_default();
        let diff = yamlift::output::diff::between("sample", "now", &known, &found);
        assert!(known == found, "{}: if this is right: FORMATS=write cargo test --test formats\n{diff}", path.display());
    }
}

/// Others know a file by its path in the checkout, people by the one from where they stand.
#[test]
fn paths_start_at_the_top_of_the_checkout() {
    let scratch = sample();
    fs::create_dir_all(scratch.root().join(".git")).expect("a checkout");
    let json = |format: &str| -> Json {
        serde_json::from_slice(&scratch.migrate_in("deploy", &[".", "--format", format]).out).expect("JSON")
    };
    assert_eq!(text(&json("json")["root"]), "..");
    assert_eq!(text(&json("json")["files"][0]["path"]), "bad.yaml");
    assert_eq!(text(&json("gitlab")[0]["location"]["path"]), "deploy/bad.yaml");
    assert_eq!(text(&json("rdjson")["diagnostics"][0]["location"]["path"]), "deploy/bad.yaml");
    let sarif = json("sarif");
    let uris: BTreeSet<&str> = sarif["runs"][0]["results"]
        .as_array()
        .expect("results")
        .iter()
        .map(|result| text(&result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]))
        .collect();
    assert!(uris.contains("deploy/%C3%BC%20b.yaml") && uris.iter().all(|uri| uri.starts_with("deploy/")), "{uris:?}");
    let github = on_github(&scratch, "deploy", &[".", "--format", "github"], &[]);
    assert!(github.text().starts_with("::error file=deploy/bad.yaml,line=4,"), "{}", github.text());
}

#[test]
fn a_step_of_github_gets_its_summary_and_outputs() {
    let scratch = sample();
    let (summary, output) = (scratch.root().join("summary.md"), scratch.root().join("output"));
    fs::write(&output, "before=1\n").expect("it can be written");
    let env = [("GITHUB_STEP_SUMMARY", summary.as_path()), ("GITHUB_OUTPUT", output.as_path())];
    on_github(&scratch, "", &["--report", "github=commands"], &env);
    let outputs = fs::read_to_string(&output).expect("outputs");
    assert_eq!(outputs, "before=1\nchanged=true\nfiles<<yamlift\ndeploy/ü b.yaml\nyamlift\nfindings=3\n");
    assert!(fs::read_to_string(&summary).expect("a summary").contains("- **error** `deploy/bad.yaml:4`: This stops."));
    fs::remove_file(&summary).expect("it is there");
    on_github(&scratch, "", &["--format", "json"], &env);
    assert!(!summary.exists(), "only who asks for it");
    let lost = on_github(&scratch, "", &["--format", "github"], &[("GITHUB_OUTPUT", Path::new("no/such/file"))]);
    assert!(lost.code == 2 && lost.err.contains("GITHUB_OUTPUT: could not write no/such/file"), "{}", lost.err);
}

#[test]
fn the_schema_is_printed() {
    let said = sample().run_with(&["schema", "report"], b"");
    assert_eq!(serde_json::from_slice::<Json>(&said.out).expect("JSON"), report_schema());
}

/// What yamlift itself says has a rule that explains it.
#[test]
fn ids_of_the_engine_are_explained() {
    fn sources(folder: &Path, found: &mut Vec<String>) {
        for path in fs::read_dir(folder).expect("a folder").flatten().map(|entry| entry.path()) {
            match path.is_dir() {
                true => sources(&path, found),
                false => found.push(fs::read_to_string(&path).expect("UTF-8")),
            }
        }
    }
    let mut texts = Vec::new();
    sources(&root().join("src"), &mut texts);
    let ids: BTreeSet<&str> = texts
        .iter()
        .flat_map(|text| text.split("\"yamlift/").skip(1))
        .filter_map(|rest| rest.split_once('"'))
        .map(|(slug, _)| slug)
        .collect();
    let slugs = ids.into_iter().filter(|slug| slug.chars().all(|c| c.is_ascii_lowercase() || c == '-') && !slug.is_empty());
    let report = Report::default();
    let unknown: Vec<&str> = slugs.filter(|slug| remarks::rule(&report, &format!("yamlift/{slug}")).why.is_empty()).collect();
    assert!(unknown.is_empty(), "give them a text in src/output/remarks.rs: {unknown:?}");
}
