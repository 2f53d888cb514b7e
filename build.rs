//! Embeds `migrations/` and `templates/` into the binary, sorted by path.
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
    files.sort();
    let mut table = String::from("/// Path below the root, text.\nconst EMBEDDED: &[(&str, &str)] = &[\n");
    for file in &files {
        let below = file.strip_prefix(&root).expect("it was found there").to_string_lossy().replace('\\', "/");
        let _ = writeln!(table, "    ({below:?}, include_str!({:?})),", file.display().to_string());
    }
    table.push_str("];\n");
    let out = Path::new(&env::var("OUT_DIR").expect("cargo sets it")).join("embedded.rs");
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
