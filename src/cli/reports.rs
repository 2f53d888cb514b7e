//! Where reports go (`--report FORMAT=FILE`), looked at before anything is done: what was written could not be told otherwise.
use super::args::Migrate;
use super::refusal::refuse;
use crate::output::write;
use std::path::{Path, PathBuf};

/// # Errors
/// A file that cannot be written, or that something else is in.
pub fn check(args: &Migrate) -> anyhow::Result<()> {
    let mut known: Vec<PathBuf> = Vec::new();
    for (_, path) in &args.report {
        let real = real(path);
        if path == Path::new("-") {
            return Err(refuse("--report writes files", "for standard output: --format FORMAT"));
        }
        if known.contains(&real) {
            return Err(refuse(format!("--report: {} is named twice", path.display()), "give each report a file of its own"));
        }
        if args.baseline.as_ref().and_then(|baseline| baseline.canonicalize().ok()).is_some_and(|baseline| baseline == real) {
            let help = "write the new report to another file: what the baseline hides is not in it";
            return Err(refuse(format!("--report: {} is the baseline", path.display()), help));
        }
        if args.paths.iter().any(|input| input.is_file() && input.canonicalize().is_ok_and(|input| input == real)) {
            return Err(refuse(format!("--report: {} is to be migrated", path.display()), "give the report a file of its own"));
        }
        if let Err(why) = write::takes_report(&real) {
            return Err(refuse(format!("--report: cannot write {}: {why}", path.display()), "nothing was done"));
        }
        known.push(real);
    }
    Ok(())
}

/// Where a file is or would be, however it is written.
fn real(path: &Path) -> PathBuf {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let there = || Some(folder.canonicalize().ok()?.join(path.file_name()?));
    path.canonicalize().ok().or_else(there).unwrap_or_else(|| path.to_owned())
}
