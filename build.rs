//! Embeds `migrations/`, `templates/` and each golden case `basic` (for `explain`) into the binary, sorted by path.
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs};

fn main() {
    let root = PathBuf::from(env::var("CARGO_MANIFEST_DIR").expect("cargo sets it"));
    let mut files = Vec::new();
    for folder in ["migrations", "templates"] {
        println!("cargo:rerun-if-changed={folder}");
        walk(&root.join(folder), &mut files);
    }
    embed(&root, files, "EMBEDDED", "embedded.rs");

    let mut cases = Vec::new();
    println!("cargo:rerun-if-changed=golden");
    walk(&root.join("golden"), &mut cases);
    cases.retain(|path| path.ends_with("basic/before.yaml") || path.ends_with("basic/after.yaml"));
    embed(&root, cases, "EXAMPLES", "examples.rs");
}

/// Writes a table of files to the build folder.
fn embed(root: &Path, mut files: Vec<PathBuf>, name: &str, table_file: &str) {
    files.sort();
    let mut table = format!("/// Path below the root, text.\nconst {name}: &[(&str, &str)] = &[\n");
    for file in &files {
        let below = file.strip_prefix(root).expect("it was found there").to_string_lossy().replace('\\', "/");
        let _ = writeln!(table, "    ({below:?}, include_str!({:?})),", file.display().to_string());
    }
    table.push_str("];\n");
    let out = Path::new(&env::var("OUT_DIR").expect("cargo sets it")).join(table_file);
    fs::write(out, table).expect("the build folder can be written");
}

fn walk(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            walk(&path, files);
        } else {
            files.push(path);
        }
    }
}
