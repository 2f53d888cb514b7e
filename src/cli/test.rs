//! `yamlift test`: the golden cases of a folder of packs.
use super::args::Test;
use super::refusal::refuse;
use super::{DONE, OPEN};
use crate::golden::{self, Case, Verdict};
use crate::output::human::counted;
use crate::output::progress::Progress;
use crate::output::terminal::Terminal;
use crate::pack::Migration;
use crate::pack::folder::root_of;
use crate::pack::registry::Library;
use anyhow::Context;
use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};

pub fn run(args: &Test, terminal: Terminal) -> anyhow::Result<u8> {
    let root = root_of(&args.dir.clone().unwrap_or_else(|| ".".into()))?;
    let library = Library::open(std::slice::from_ref(&root))?;
    let cases = golden::find(&root, &args.cases)?;
    if cases.is_empty() {
        let which =
            if args.cases.is_empty() { String::new() } else { format!(" whose path contains {}", args.cases.join(" or ")) };
        let help = "a case is a folder golden/PACK/VERSION/MIGRATION/CASE with a before.yaml and an after.yaml;\nyamlift new migration PACK VERSION SLUG makes the first one";
        return Err(refuse(format!("{}: there is no golden case{which}", root.display()), help));
    }
    let (progress, done) = (Progress::new(true), AtomicUsize::new(0));
    let verdicts = golden::check_all(&library, &cases, |at| {
        progress.at(done.fetch_add(1, Ordering::Relaxed) + 1, cases.len(), &cases[at].name);
    });
    progress.end();
    if args.bless {
        return bless(&root, &cases, &verdicts, terminal);
    }
    let gaps = all_gaps(&library, &root, args, &cases, &verdicts)?;
    let mut out = String::new();
    let failed: Vec<(&Case, &Verdict)> = cases.iter().zip(&verdicts).filter(|(_, verdict)| !verdict.passed()).collect();
    for (case, verdict) in &failed {
        let _ = write!(out, "{}\n{}", case.name, verdict.complaint());
        if verdict.differs() && verdict.error.is_none() {
            let _ = writeln!(out, "  if this is right: yamlift test {} {} --bless", root.display(), case.name);
        }
        out.push('\n');
    }
    gaps.iter().for_each(|gap| _ = writeln!(out, "{gap}"));
    let _ = writeln!(out, "{}", sum(cases.len(), failed.len(), gaps.len()));
    terminal.out(out.as_bytes())?;
    Ok(if failed.is_empty() && gaps.is_empty() { DONE } else { OPEN })
}

/// How it came out, in a sentence: what is not shown is not done.
fn sum(cases: usize, failed: usize, gaps: usize) -> String {
    let things = if gaps == 1 { "1 thing is" } else { &format!("{gaps} things are") };
    match (failed, gaps) {
        (0, 0) => format!("{}, all as they should be", counted(cases, "case")),
        (0, _) => format!("not done yet: {things} missing, see above; {} as they should be", counted(cases, "case")),
        (_, 0) => format!("{}, {failed} failed", counted(cases, "case")),
        _ => format!("{}, {failed} failed; {things} missing", counted(cases, "case")),
    }
}

/// What the cases of every pack of the folder do not show; of migrations of which only some cases were run it is not known.
fn all_gaps(library: &Library, root: &Path, args: &Test, cases: &[Case], verdicts: &[Verdict]) -> anyhow::Result<Vec<String>> {
    let mut out = Vec::new();
    let whole = |migration: &Migration| {
        let id = format!("{}/", migration.id);
        args.cases.is_empty() || args.cases.iter().any(|text| id.contains(text.as_str()))
    };
    for name in library.names().iter().filter(|name| root.join("migrations").join(name).is_dir()) {
        let pack = library.pack(name)?;
        out.extend(golden::gaps(&pack, &whole, cases, verdicts));
        out.extend(golden::unseen(&pack, &whole, cases, verdicts));
    }
    Ok(out)
}

/// Takes over what came out, and says so file by file: somebody has to look at each.
fn bless(root: &Path, cases: &[Case], verdicts: &[Verdict], terminal: Terminal) -> anyhow::Result<u8> {
    let (mut written, mut stuck) = (BTreeSet::new(), String::new());
    for (case, verdict) in cases.iter().zip(verdicts).filter(|(_, verdict)| !verdict.passed()) {
        if verdict.error.is_none() && verdict.differs() {
            written.extend(golden::accept(case, verdict).with_context(|| format!("could not write the case {}", case.name))?);
        }
        if verdict.error.is_some() || !verdict.again.is_empty() {
            let _ = write!(stuck, "{}\n{}", case.name, verdict.complaint());
        }
    }
    let mut out: String = written.iter().map(|path| format!("{path}\n")).collect();
    if !written.is_empty() {
        let checkout = root.canonicalize().is_ok_and(|root| root.ancestors().any(|folder| folder.join(".git").exists()));
        let how = if checkout { " with git diff (git status lists new ones)" } else { " before you keep them" };
        let _ = writeln!(out, "{} written; review them{how}", counted(written.len(), "file"));
    }
    if !stuck.is_empty() {
        let _ = writeln!(out, "{stuck}--bless cannot take these over: fix them first.");
    } else if written.is_empty() {
        out += "Every case is as it should be; nothing was written.\n";
    }
    terminal.out(out.as_bytes())?;
    Ok(if stuck.is_empty() { DONE } else { OPEN })
}
