//! Globs with braces, for names of objects and files. The only module that knows the `glob` crate.

/// Whether a text is one of some globs; no glob means anything, a missing text is only that.
pub fn any_glob(globs: &[String], text: Option<&str>) -> bool {
    globs.is_empty() || text.is_some_and(|text| globs.iter().any(|glob| braces(glob).iter().any(|g| glob_text(g, text))))
}

fn glob_text(glob: &str, text: &str) -> bool {
    glob == text || glob::Pattern::new(glob).is_ok_and(|p| p.matches(text))
}

/// A pattern without `/` is for the file's name, else for its path.
pub fn glob_file(glob: &str, path: &str) -> bool {
    let subject = if glob.contains('/') { path } else { path.rsplit('/').next().unwrap_or(path) };
    braces(glob).iter().any(|g| glob_text(g, subject))
}

/// `mesh{,-*}` → `mesh`, `mesh-*`.
fn braces(glob: &str) -> Vec<String> {
    let Some((before, rest)) = glob.split_once('{') else { return vec![glob.to_owned()] };
    let Some((inside, after)) = rest.split_once('}') else { return vec![glob.to_owned()] };
    inside.split(',').flat_map(|part| braces(&format!("{before}{part}{after}"))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn braces_open() {
        assert_eq!(braces("mesh{,-*}"), ["mesh", "mesh-*"]);
        assert!(any_glob(&["mesh{,-*}".into()], Some("mesh-1-27")));
        assert!(!any_glob(&["mesh{,-*}".into()], Some("meshed")));
        assert!(any_glob(&[], None) && !any_glob(&["A".into()], None));
        assert!(glob_file("{a.yaml,b.yml}", "x/y/b.yml") && !glob_file("x/*.yaml", "y/a.yaml"));
    }
}
