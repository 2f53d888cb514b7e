//! Which files? The only module that knows the `ignore` crate.
use super::since;
use crate::source::named_yaml;
use ignore::overrides::{Override, OverrideBuilder};
use ignore::{DirEntry, WalkBuilder, WalkState};
use std::path::{Path, PathBuf};
use std::sync::mpsc;

/// Hidden folders that are walked all the same, one a line.
const WALKED: &str = include_str!("../../templates/hidden-folders.txt");

/// What to look for, and where.
#[derive(Debug, Clone, Default)]
pub struct Walk {
    /// Files and folders as a person named them; none: `cwd`.
    pub paths: Vec<PathBuf>,
    /// The folder that relative `paths` start from.
    pub cwd: PathBuf,
    /// Hidden files and folders as well.
    pub hidden: bool,
    /// Files that .gitignore and .ignore name as well.
    pub no_ignore: bool,
    /// Globs of files and folders to leave out, as in a .gitignore.
    pub exclude: Vec<String>,
    /// `exclude` holds for what is named as well.
    pub force_exclude: bool,
    /// What a list names, beside `paths`: of its files only YAML is taken.
    pub list: Option<Vec<PathBuf>>,
    /// Only files that changed since this commit, as git knows them, and untracked ones.
    pub since: Option<String>,
}

/// The files of a run.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Found {
    /// The folder that all paths are relative to: the top of the git checkout that everything lies in; else `cwd` where
    /// everything lies in it, else the nearest folder that holds it all.
    pub root: PathBuf,
    /// To be looked at: sorted, with `/`.
    pub files: Vec<String>,
    /// All that a file may refer to: `files`, and where they are a part of a git checkout the rest of `root` as well.
    pub around: Vec<String>,
    /// Path below `root`, as the disk has it, and reason of what could not be listed.
    pub unread: Vec<(PathBuf, String)>,
    /// Outside of a checkout nothing says where the repository ends: `around` is what was named, and there may be more.
    pub part: bool,
    /// Links in folders that hide something from the walk, as links are not followed.
    pub links: Vec<String>,
}

/// Why there is nothing to walk.
#[derive(Debug, thiserror::Error)]
pub enum DiscoverError {
    #[error("there is no {0}")]
    Missing(String),
    #[error("{0} is a link to {1}, which does not exist")]
    Dangling(String, String),
    #[error("{0} is a link that leads out of its folder; pass what it leads to instead: {1}")]
    LeadsOut(String, String),
    #[error("{0}: {1}")]
    Io(String, std::io::Error),
    #[error("--exclude {0}: {1}")]
    Glob(String, String),
    #[error("there is no {0}, which is in the list of --files-from{1}")]
    Listed(String, &'static str),
    #[error("--since {0}: {1}")]
    Since(String, String),
}

/// Lists the files of a run, each once.
///
/// # Errors
/// A path that was named but is not there; a glob that cannot be read.
pub fn files(walk: &Walk) -> Result<Found, DiscoverError> {
    let mut named = named(walk)?;
    named.sort_unstable();
    named.dedup();
    let start = nearest_folder(walk, &named)?;
    let root = checkout(&named, &start);
    let exclude = overrides(&start, &walk.exclude)?;
    named.retain(|path| !walk.force_exclude || !is_excluded(path, &start, &exclude));
    let (folders, single): (Vec<_>, Vec<_>) = named.into_iter().partition(|path| path.is_dir());
    let mut found = Found { root: root.clone(), ..Found::default() };
    single.iter().for_each(|path| take_named(path, &mut found));
    folders.iter().for_each(|folder| walk_folder(walk, folder, &exclude, &mut found));
    tidy(&mut found.files);
    found.around = found.files.clone();
    let whole = folders.contains(&root);
    found.part = !whole && !found.files.is_empty() && !root.join(".git").exists();
    if !whole && root.join(".git").exists() {
        let mut rest = Found { root: root.clone(), ..Found::default() };
        walk_folder(walk, &root, &exclude, &mut rest);
        found.around.append(&mut rest.files);
        tidy(&mut found.around);
    }
    if let Some(revision) = &walk.since {
        let changed = since::changed(&root, revision).map_err(|why| DiscoverError::Since(revision.clone(), why))?;
        found.files.retain(|file| changed.contains(file));
        found.links.retain(|link| changed.contains(link));
    }
    tidy(&mut found.links);
    found.unread.sort();
    found.unread.dedup();
    Ok(found)
}

/// A file; of a folder every YAML file in it, hidden and ignored ones as well, sorted.
///
/// # Errors
/// A path that is not there, or leads out of its folder.
pub fn below(path: &Path) -> Result<Vec<PathBuf>, DiscoverError> {
    let walk = Walk { paths: vec![path.to_owned()], cwd: ".".into(), hidden: true, no_ignore: true, ..Walk::default() };
    named(&walk)?;
    if !path.is_dir() {
        return Ok(vec![path.to_owned()]);
    }
    let mut found = Found { root: path.to_owned(), ..Found::default() };
    walk_folder(&walk, path, &overrides(path, &[])?, &mut found);
    tidy(&mut found.files);
    Ok(found.files.iter().map(|file| path.join(file)).collect())
}

/// The folder that the paths of a run are relative to.
///
/// # Errors
/// As `files`.
pub fn root(walk: &Walk) -> Result<PathBuf, DiscoverError> {
    let named = named(walk)?;
    Ok(checkout(&named, &nearest_folder(walk, &named)?))
}

/// The folder that a run starts from: `cwd` where everything lies in it, else the nearest folder that holds it all.
///
/// # Errors
/// As `files`.
pub fn start(walk: &Walk) -> Result<PathBuf, DiscoverError> {
    nearest_folder(walk, &named(walk)?)
}

/// How to tell paths that are relative to `root` to somebody who stands in `cwd`.
pub fn told(cwd: &Path, root: &Path) -> impl Fn(&str) -> String + use<> {
    let (prefix, root) = (prefix(cwd, root), root.to_owned());
    let cwd = absolute(cwd).unwrap_or_else(|_| cwd.to_owned());
    move |path| match root.join(path).strip_prefix(&cwd).ok().and_then(|rest| name(Path::new(""), rest)) {
        Some(below) => below,
        None => format!("{prefix}{path}"),
    }
}

/// What to put before a path relative to `root` so that it is one relative to `cwd`; a whole path where the two have
/// nothing in common.
fn prefix(cwd: &Path, root: &Path) -> String {
    let cwd = absolute(cwd).unwrap_or_else(|_| cwd.to_owned());
    let shared = cwd.ancestors().find(|dir| root.starts_with(dir)).unwrap_or(Path::new("/"));
    let below = |path: &Path| path.strip_prefix(shared).map(|rest| rest.components().count()).unwrap_or_default();
    let nothing_shared = shared.parent().is_none() && cwd != shared;
    let mut parts = PathBuf::from("../".repeat(below(&cwd)));
    // A whole path takes the place of what it is pushed to.
    parts.push(if nothing_shared { root } else { root.strip_prefix(shared).unwrap_or(root) });
    match parts.to_string_lossy() {
        text if text.is_empty() || text.ends_with('/') => text.into_owned(),
        text => format!("{text}/"),
    }
}

fn tidy(paths: &mut Vec<String>) {
    paths.sort_unstable();
    paths.dedup();
}

/// The paths, absolute and without links. A link that leads out of the folder is not taken for what it leads to: whoever
/// named it may not know.
fn named(walk: &Walk) -> Result<Vec<PathBuf>, DiscoverError> {
    let cwd = absolute(&walk.cwd)?;
    if walk.paths.is_empty() && walk.list.is_none() {
        return Ok(vec![cwd]);
    }
    let mut named = Vec::with_capacity(walk.paths.len());
    for path in walk.paths.iter().chain(listed(walk)?) {
        let full = walk.cwd.join(path);
        if !full.exists() {
            let path = path.display().to_string();
            return Err(match full.read_link() {
                Ok(target) => DiscoverError::Dangling(path, target.display().to_string()),
                Err(_) => DiscoverError::Missing(path),
            });
        }
        // What a link to a pipe leads to may have no path.
        let real = full.canonicalize().unwrap_or_else(|_| full.clone());
        if full.is_symlink() && (real.is_file() || real.is_dir()) {
            let folder = full.parent().and_then(|folder| folder.canonicalize().ok());
            if !real.starts_with(&cwd) && !folder.is_some_and(|folder| real.starts_with(folder)) {
                return Err(DiscoverError::LeadsOut(path.display().to_string(), real.display().to_string()));
            }
        }
        let taken_as_it_is = real.is_dir() || real.is_file();
        named.push(match (full.parent(), full.file_name()) {
            (Some(folder), Some(name)) if !taken_as_it_is => absolute(folder)?.join(name),
            _ => real,
        });
    }
    Ok(named)
}

/// What a list names, and is YAML or a folder. A program made it, and may name all that there is.
fn listed(walk: &Walk) -> Result<Vec<&PathBuf>, DiscoverError> {
    let mut out = Vec::new();
    for path in walk.list.iter().flatten() {
        let full = walk.cwd.join(path);
        if !full.exists() && !full.is_symlink() {
            let path = path.display().to_string();
            let quoted = "; git quoted the name: let it write the list with -z, and add -0 here";
            let help = if path.starts_with('"') { quoted } else { "" };
            return Err(DiscoverError::Listed(path, help));
        }
        if full.is_dir() || named_yaml(&full) {
            out.push(path);
        }
    }
    Ok(out)
}

/// Whether a path, or a folder above it, is left out.
fn is_excluded(path: &Path, start: &Path, exclude: &Override) -> bool {
    let above = path.ancestors().skip(1).take_while(|folder| folder.starts_with(start) && *folder != start);
    exclude.matched(path, path.is_dir()).is_ignore() || above.into_iter().any(|folder| exclude.matched(folder, true).is_ignore())
}

fn absolute(path: &Path) -> Result<PathBuf, DiscoverError> {
    path.canonicalize().map_err(|e| DiscoverError::Io(path.display().to_string(), e))
}

fn nearest_folder(walk: &Walk, named: &[PathBuf]) -> Result<PathBuf, DiscoverError> {
    let mut root = absolute(&walk.cwd)?;
    if named.iter().all(|path| path.starts_with(&root)) {
        return Ok(root);
    }
    if let Some(first) = named.first() {
        root = if first.is_dir() { first.clone() } else { first.parent().unwrap_or(first).to_owned() };
    }
    while !named.iter().all(|path| path.starts_with(&root)) && root.pop() {}
    Ok(root)
}

/// The top of the git checkout that everything lies in; `start` where there is none.
fn checkout(named: &[PathBuf], start: &Path) -> PathBuf {
    let holds_all = |dir: &&Path| named.iter().all(|path| path.starts_with(dir)) && dir.join(".git").exists();
    let first = named.first().map_or(start, PathBuf::as_path);
    first.ancestors().find(holds_all).unwrap_or(start).to_owned()
}

fn overrides(root: &Path, exclude: &[String]) -> Result<Override, DiscoverError> {
    let mut builder = OverrideBuilder::new(root);
    for glob in exclude {
        builder.add(&format!("!{glob}")).map_err(|e| DiscoverError::Glob(glob.clone(), e.to_string()))?;
    }
    builder.build().map_err(|e| DiscoverError::Glob(exclude.join(" "), e.to_string()))
}

/// What the walk's threads send.
enum Sight {
    File(PathBuf),
    Link(PathBuf),
    Unread(String, String),
}

fn walk_folder(walk: &Walk, folder: &Path, exclude: &Override, found: &mut Found) {
    let hidden = walk.hidden;
    let mut builder = WalkBuilder::new(folder);
    builder
        .hidden(false)
        .ignore(!walk.no_ignore)
        .git_ignore(!walk.no_ignore)
        .git_global(!walk.no_ignore)
        .git_exclude(!walk.no_ignore)
        .parents(!walk.no_ignore)
        .require_git(false)
        .follow_links(false)
        .overrides(exclude.clone())
        .filter_entry(move |entry| shown(entry, hidden));
    let (send, receive) = mpsc::channel();
    builder.build_parallel().run(|| {
        let send = send.clone();
        Box::new(move |entry| match sight(entry, folder).map(|sight| send.send(sight)) {
            None | Some(Ok(())) => WalkState::Continue,
            Some(Err(_)) => WalkState::Quit,
        })
    });
    drop(send);
    receive.into_iter().for_each(|sight| match sight {
        Sight::File(path) => take(&path, found),
        Sight::Link(path) => found.links.push(lossy_name(&found.root, &path)),
        Sight::Unread(path, why) => found.unread.push((from_root(&found.root, Path::new(&path)), why)),
    });
}

/// What an entry of the walk is to a run; nothing, where it does not matter.
fn sight(entry: Result<DirEntry, ignore::Error>, folder: &Path) -> Option<Sight> {
    match entry {
        Ok(entry) if is_yaml(&entry) => Some(Sight::File(entry.into_path())),
        Ok(entry) if hides(&entry, folder) => Some(Sight::Link(entry.into_path())),
        Ok(_) => None,
        Err(error) => {
            let text = error.to_string();
            let (path, why) = text.split_once(": ").unwrap_or(("", text.as_str()));
            Some(Sight::Unread(path.to_owned(), why.to_owned()))
        }
    }
}

fn shown(entry: &DirEntry, hidden: bool) -> bool {
    let name = entry.file_name().to_string_lossy();
    entry.depth() == 0 || name != ".git" && (hidden || !name.starts_with('.') || WALKED.lines().any(|walked| walked == name))
}

/// Regular files alone: a link's file is found where it is, if it is in the folder at all.
fn is_yaml(entry: &DirEntry) -> bool {
    entry.file_type().is_some_and(|kind| kind.is_file()) && named_yaml(entry.path())
}

/// Whether an entry is a link to YAML or to a folder that the walk does not come to, or to nothing.
fn hides(entry: &DirEntry, folder: &Path) -> bool {
    entry.path_is_symlink()
        && match entry.path().canonicalize() {
            Ok(real) => !real.starts_with(folder) && (real.is_dir() || named_yaml(entry.path())),
            Err(_) => named_yaml(entry.path()),
        }
}

/// A file that was named. Pipes, devices and sockets are not opened: that may wait for what never comes.
fn take_named(path: &Path, found: &mut Found) {
    if path.is_file() {
        return take(path, found);
    }
    let why = "it is a pipe, a device or a socket, not a regular file; `-` reads standard input";
    found.unread.push((from_root(&found.root, path), why.to_owned()));
}

fn take(path: &Path, found: &mut Found) {
    match name(&found.root, path) {
        Some(name) => found.files.push(name),
        None => found.unread.push((from_root(&found.root, path), "its name is not UTF-8".into())),
    }
}

/// The path below `root`, with `/`; none where it is no UTF-8.
fn name(root: &Path, path: &Path) -> Option<String> {
    let name = path.strip_prefix(root).unwrap_or(path).to_str()?;
    Some(if std::path::MAIN_SEPARATOR == '/' { name.to_owned() } else { name.replace(std::path::MAIN_SEPARATOR, "/") })
}

fn from_root(root: &Path, path: &Path) -> PathBuf {
    path.strip_prefix(root).unwrap_or(path).to_owned()
}

fn lossy_name(root: &Path, path: &Path) -> String {
    path.strip_prefix(root).unwrap_or(path).to_string_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    fn tree(paths: &[&str]) -> tempfile::TempDir {
        let dir = tempfile::tempdir().unwrap();
        for path in paths {
            let path = dir.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "a: 1\n").unwrap();
        }
        dir
    }

    fn walk(dir: &Path, paths: &[&str]) -> Walk {
        Walk { cwd: dir.to_owned(), paths: paths.iter().map(PathBuf::from).collect(), ..Walk::default() }
    }

    #[test]
    fn yaml_and_json_sorted_and_known_hidden_folders() {
        let dir = tree(&[
            "b.yaml",
            "a.yml",
            "c.json",
            ".hidden.yaml",
            ".x/d.yaml",
            ".github/e.yaml",
            "d/.gitlab/f.yaml",
            "G.YAML",
            "h.txt",
        ]);
        let found = files(&walk(dir.path(), &[])).unwrap();
        assert_eq!(found.files, [".github/e.yaml", "G.YAML", "a.yml", "b.yaml", "c.json", "d/.gitlab/f.yaml"]);
        let all = files(&Walk { hidden: true, ..walk(dir.path(), &["."]) }).unwrap();
        assert!(all.files.contains(&".x/d.yaml".into()) && all.files.contains(&".hidden.yaml".into()));
    }

    #[test]
    fn ignored_files_outside_git_too() {
        let dir = tree(&["a.yaml", "gen/b.yaml", "sub/c.yaml"]);
        fs::write(dir.path().join(".gitignore"), "gen/\n").unwrap();
        assert_eq!(files(&walk(dir.path(), &[])).unwrap().files, ["a.yaml", "sub/c.yaml"]);
        let all = Walk { no_ignore: true, ..walk(dir.path(), &[]) };
        assert_eq!(files(&all).unwrap().files, ["a.yaml", "gen/b.yaml", "sub/c.yaml"]);
        let less = Walk { exclude: vec!["sub/**".into()], ..walk(dir.path(), &[]) };
        assert_eq!(files(&less).unwrap().files, ["a.yaml"]);
        assert!(matches!(files(&Walk { exclude: vec!["a{".into()], ..less }), Err(DiscoverError::Glob(..))));
    }

    #[test]
    fn a_file_that_is_named_is_taken() {
        let dir = tree(&["a.json", ".b.yaml", "gen/c.yaml", "d.yaml"]);
        fs::write(dir.path().join(".gitignore"), "gen/\n").unwrap();
        let named = files(&walk(dir.path(), &["a.json", ".b.yaml", "gen/c.yaml", "a.json"])).unwrap();
        assert_eq!(named.files, [".b.yaml", "a.json", "gen/c.yaml"]);
        assert_eq!(named.around, named.files);
        assert!(matches!(files(&walk(dir.path(), &["no.yaml"])), Err(DiscoverError::Missing(_))));
    }

    #[test]
    fn in_a_checkout_the_rest_is_known_too() {
        let dir = tree(&["x/a.yaml", "y/b.yaml", ".git/c.yaml"]);
        let found = files(&walk(dir.path(), &["x"])).unwrap();
        assert_eq!((found.files, found.around), (vec!["x/a.yaml".into()], vec!["x/a.yaml".into(), "y/b.yaml".into()]));
    }

    #[test]
    fn a_checkout_is_known_from_wherever_one_stands() {
        let dir = tree(&["x/a.yaml", "x/z/b.yaml", "y/b.yaml", ".git/c"]);
        let root = dir.path().canonicalize().unwrap();
        let found = files(&walk(&dir.path().join("x/z"), &[])).unwrap();
        assert_eq!((found.root, found.files), (root.clone(), vec!["x/z/b.yaml".to_owned()]));
        assert_eq!(found.around, ["x/a.yaml", "x/z/b.yaml", "y/b.yaml"]);
        let told = told(&root.join("x"), &root);
        assert_eq!([told("x/z/b.yaml"), told("y/b.yaml")], ["z/b.yaml", "../y/b.yaml"]);
        let other = tree(&["q.yaml"]);
        let path = dir.path().join("y");
        assert_eq!(files(&walk(other.path(), &[path.to_str().unwrap()])).unwrap().files, ["y/b.yaml"]);
    }

    #[test]
    fn paths_elsewhere_have_their_own_root() {
        let (here, there) = (tree(&["a.yaml"]), tree(&["x/b.yaml", "x/y/c.yaml"]));
        let path = there.path().join("x");
        let found = files(&walk(here.path(), &[path.to_str().unwrap()])).unwrap();
        assert_eq!((found.root, found.files), (path.canonicalize().unwrap(), vec!["b.yaml".into(), "y/c.yaml".into()]));
    }

    #[cfg(unix)]
    #[test]
    fn links_are_not_followed() {
        use std::os::unix::fs::symlink;
        let (dir, other) = (tree(&["real/a.yaml"]), tree(&["secret.yaml"]));
        symlink(other.path(), dir.path().join("out")).unwrap();
        symlink("real/a.yaml", dir.path().join("link.yaml")).unwrap();
        symlink("..", dir.path().join("real/loop")).unwrap();
        assert_eq!(files(&walk(dir.path(), &[])).unwrap().files, ["real/a.yaml"]);
        let named = files(&walk(dir.path(), &["link.yaml", "real/a.yaml"])).unwrap();
        assert_eq!(named.files, ["real/a.yaml"], "a link that is named is its file, once");
    }

    #[test]
    fn paths_are_told_from_where_a_person_stands() {
        let dir = tree(&["x/y/a.yaml", "z/b.yaml"]);
        let root = dir.path().canonicalize().unwrap();
        assert_eq!(prefix(&root, &root), "");
        assert_eq!(prefix(&root.join("x"), &root), "../");
        assert_eq!(prefix(&root.join("x/y"), &root.join("z")), "../../z/");
        assert_eq!(prefix(&root, &root.join("x/y")), "x/y/");
        assert_eq!(prefix(Path::new("/"), Path::new("/")), "");
        assert_eq!(prefix(&root, Path::new("/dev")), "/dev/");
    }

    #[test]
    fn of_a_list_only_yaml_is_taken() {
        let dir = tree(&["a.yaml", "b.md", "sub/c.yml", "sub/d.txt"]);
        let list = |names: &[&str]| Walk { list: Some(names.iter().map(PathBuf::from).collect()), ..walk(dir.path(), &[]) };
        assert_eq!(files(&list(&["a.yaml", "b.md", "sub"])).unwrap().files, ["a.yaml", "sub/c.yml"]);
        assert_eq!(files(&list(&[])).unwrap().files, [""; 0]);
        let both = Walk { paths: vec!["b.md".into()], ..list(&["a.yaml"]) };
        assert_eq!(files(&both).unwrap().files, ["a.yaml", "b.md"]);
        let no = |names: &[&str]| files(&list(names)).unwrap_err().to_string();
        assert_eq!(no(&["gone.yaml"]), "there is no gone.yaml, which is in the list of --files-from");
        assert!(no(&["\"gon\\303\\251.yaml\""]).ends_with("add -0 here"));
    }

    #[test]
    fn what_is_named_may_be_excluded() {
        let dir = tree(&["a.yaml", "gen/b.yaml", "sub/c.yaml"]);
        let named =
            Walk { exclude: vec!["gen/".into(), "c.yaml".into()], ..walk(dir.path(), &["a.yaml", "gen/b.yaml", "sub/c.yaml"]) };
        assert_eq!(files(&named).unwrap().files, ["a.yaml", "gen/b.yaml", "sub/c.yaml"]);
        assert_eq!(files(&Walk { force_exclude: true, ..named }).unwrap().files, ["a.yaml"]);
        let folder = Walk { exclude: vec!["gen".into()], force_exclude: true, ..walk(dir.path(), &["gen"]) };
        assert_eq!(files(&folder).unwrap().files, [""; 0]);
    }

    #[cfg(unix)]
    #[test]
    fn links_that_hide_something_are_named() {
        use std::os::unix::fs::symlink;
        let (dir, other) = (tree(&["real/a.yaml"]), tree(&["secret.yaml", "notes.txt"]));
        symlink(other.path(), dir.path().join("out")).unwrap();
        symlink(other.path().join("secret.yaml"), dir.path().join("real/secret.yaml")).unwrap();
        symlink("nothing", dir.path().join("nothing.yaml")).unwrap();
        // What they lead to is found where it is, or is no business of ours.
        symlink("real/a.yaml", dir.path().join("link.yaml")).unwrap();
        symlink("..", dir.path().join("real/loop")).unwrap();
        symlink(other.path().join("notes.txt"), dir.path().join("notes.txt")).unwrap();
        symlink("nothing", dir.path().join("nothing.txt")).unwrap();
        assert_eq!(files(&walk(dir.path(), &[])).unwrap().links, ["nothing.yaml", "out", "real/secret.yaml"]);
        let error = files(&walk(dir.path(), &["nothing.yaml"])).unwrap_err();
        assert_eq!(error.to_string(), "nothing.yaml is a link to nothing, which does not exist");
    }

    #[test]
    fn what_is_named_twice_is_taken_once() {
        let dir = tree(&["x/a.yaml", "x/b.yaml"]);
        let whole = dir.path().join("x/a.yaml");
        let found = files(&walk(dir.path(), &["x", "x/a.yaml", "./x/../x/a.yaml", whole.to_str().unwrap(), "x/"])).unwrap();
        assert_eq!(found.files, ["x/a.yaml", "x/b.yaml"]);
    }

    #[cfg(unix)]
    #[test]
    fn a_file_and_links_to_it_are_taken_once() {
        use std::os::unix::fs::symlink;
        let (dir, other) = (tree(&["a.yaml"]), tree(&["b.yaml"]));
        symlink("a.yaml", dir.path().join("0.yaml")).unwrap();
        symlink(other.path().join("b.yaml"), dir.path().join("y.yaml")).unwrap();
        let found = files(&walk(dir.path(), &["0.yaml", "a.yaml", "0.yaml"])).unwrap();
        assert_eq!(found.files, ["a.yaml"]);
        assert!(matches!(files(&walk(dir.path(), &["y.yaml"])), Err(DiscoverError::LeadsOut(..))));
    }

    #[cfg(unix)]
    #[test]
    fn a_name_that_is_no_utf8_is_said() {
        use std::os::unix::ffi::OsStrExt;
        let dir = tree(&["a.yaml"]);
        fs::write(dir.path().join(std::ffi::OsStr::from_bytes(b"b\xff.yaml")), "a: 1\n").unwrap();
        let found = files(&walk(dir.path(), &[])).unwrap();
        assert_eq!(found.files, ["a.yaml"]);
        let name = PathBuf::from(std::ffi::OsStr::from_bytes(b"b\xff.yaml"));
        assert_eq!(found.unread, [(name, "its name is not UTF-8".to_owned())]);
    }
}
