//! Paths as text, relative to the root, with `/`.

/// The folder, with its final `/` (empty at the root), and the name.
pub(super) fn split(path: &str) -> (&str, &str) {
    path.split_at(path.rfind('/').map_or(0, |at| at + 1))
}

/// `path` as written in a file of `folder`, made relative to the root. None for a URL, an absolute path, and what lies
/// outside the root.
pub(super) fn join(folder: &str, path: &str) -> Option<String> {
    if path.is_empty() || path.starts_with('/') || path.contains("://") || path.contains('\n') {
        return None;
    }
    let mut parts: Vec<&str> = folder.split('/').filter(|p| !p.is_empty()).collect();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()?),
            name => parts.push(name),
        }
    }
    Some(parts.join("/"))
}

/// The folder at `path`, as `join` makes it, with its final `/`; empty for the root.
pub(super) fn folder(folder: &str, path: &str) -> Option<String> {
    let joined = join(folder, path)?;
    Some(if joined.is_empty() { joined } else { joined + "/" })
}
