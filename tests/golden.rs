//! Golden cases: `golden/<pack>/<version>/<slug>/<case>/{case,before,after}.yaml`, or trees `before/` and `after/`.
//!
//! Each case runs the whole pack: what is written must be `after`, byte for byte (no `after`: nothing changes), a second run
//! must change nothing, the findings must be those of `case.yaml`. The diff that the binary prints, applied by `git apply`,
//! must give the same files. `GOLDEN=<text>` runs the cases whose path has that text.
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use yamlift::golden::{self, Case, Files, Verdict};
use yamlift::pack::Safety;
use yamlift::pack::registry::{Library, PhaseFilter};

#[test]
fn golden_cases() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let wanted: Vec<String> = std::env::var("GOLDEN").into_iter().filter(|text| !text.is_empty()).collect();
    let library = Library::open(&[]).unwrap_or_else(|e| panic!("{e} {:?}", e.place));
    let cases = golden::find(root, &wanted).unwrap_or_else(|e| panic!("{e} {:?}", e.place));
    assert!(!cases.is_empty(), "no golden case under {}", root.display());
    let verdicts = golden::check_all(&library, &cases, |_| {});
    let mut wrong = String::new();
    for (case, verdict) in cases.iter().zip(&verdicts).filter(|(_, verdict)| !verdict.passed()) {
        wrong += &format!("== {}\n{}", case.name, verdict.complaint());
    }
    let both: Vec<(&Case, &Verdict)> = cases.iter().zip(&verdicts).filter(|(_, verdict)| verdict.passed()).collect();
    let share = both.len().div_ceil(std::thread::available_parallelism().map_or(1, usize::from)).max(1);
    wrong += &std::thread::scope(|scope| {
        let of = |part: &[(&Case, &Verdict)]| -> String {
            part.iter().map(|(case, verdict)| printed(&library, case, verdict)).collect()
        };
        let running: Vec<_> = both.chunks(share).map(|part| scope.spawn(move || of(part))).collect();
        running.into_iter().map(|thread| thread.join().expect("a case panicked")).collect::<String>()
    });
    if wanted.is_empty() {
        for name in library.names() {
            let pack = library.pack(&name).unwrap_or_else(|e| panic!("{e} {:?}", e.place));
            golden::gaps(&pack, &|_| true, &cases, &verdicts).iter().for_each(|gap| wrong += &format!("{gap}\n"));
        }
    }
    assert!(wrong.is_empty(), "{wrong}\nto take over what came out: cargo run -- test . CASE --bless");
}

/// What is wrong with the diff that the binary prints.
fn printed(library: &Library, case: &Case, verdict: &Verdict) -> String {
    let folder = tempfile::tempdir().expect("a folder");
    write(folder.path(), &verdict.before);
    let mut command = Command::new(env!("CARGO_BIN_EXE_yamlift"));
    command.args(args(library, case)).current_dir(folder.path()).env("NO_COLOR", "1").stdin(Stdio::null());
    let said = command.output().expect("it runs");
    if !matches!(said.status.code(), Some(0 | 1)) {
        return format!("== {}: exit code {:?}\n{}", case.name, said.status.code(), String::from_utf8_lossy(&said.stderr));
    }
    if !said.stdout.is_empty() {
        let patch = folder.path().join(".patch");
        fs::write(&patch, &said.stdout).expect("a patch");
        let mut git = Command::new("git");
        git.args(["apply", "--unsafe-paths", "--whitespace=nowarn", ".patch"]).current_dir(folder.path());
        git.env("GIT_CEILING_DIRECTORIES", folder.path().parent().unwrap_or(folder.path()));
        let applied = git.output().expect("git");
        fs::remove_file(&patch).expect("it is there");
        if !applied.status.success() {
            let why = String::from_utf8_lossy(&applied.stderr).into_owned();
            return format!("== {}: git apply: {why}\n{}", case.name, String::from_utf8_lossy(&said.stdout));
        }
    }
    let same = verdict.got.iter().all(|(path, bytes)| fs::read(folder.path().join(path)).ok().as_ref() == Some(bytes));
    if same { String::new() } else { format!("== {}: the printed diff, applied by git, gives other files than -w\n", case.name) }
}

fn write(folder: &Path, files: &Files) {
    for (path, bytes) in files {
        let path = folder.join(path);
        fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
        fs::write(path, bytes).expect("a file");
    }
}

/// The command line of a case.
fn args(library: &Library, case: &Case) -> Vec<String> {
    let request = case.request(library).unwrap_or_else(|e| panic!("{}: {e}", case.name));
    let mut args = vec!["migrate".to_owned(), ".".into()];
    let mut add = |flag: &str, value: String| args.extend([flag.to_owned(), value]);
    request.to.iter().for_each(|(pack, version)| add("--to", format!("{pack}@{version}")));
    request.from.iter().for_each(|(_, version)| add("--from", version.clone()));
    request.set.iter().for_each(|(name, value)| add("--set", format!("{name}={value}")));
    request.enable.iter().for_each(|id| add("--enable", id.clone()));
    request.only.iter().for_each(|id| add("--only", id.clone()));
    if request.safety == Safety::Review {
        add("--safety", "review".into());
    }
    match request.phase {
        PhaseFilter::All => {}
        PhaseFilter::Before => add("--phase", "before".into()),
        PhaseFilter::After => add("--phase", "after".into()),
    }
    args
}
