//! One case as it lies on disk.
use crate::pack::author::Page;
use crate::pack::registry::{Library, PhaseFilter, Request};
use crate::pack::{PackError, Safety};
use serde_json::Value as Json;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// Path, with `/`, to bytes.
pub type Files = BTreeMap<String, Vec<u8>>;

#[derive(Debug, Clone)]
pub struct Case {
    /// `mesh/1.27/new-name/basic`.
    pub name: String,
    pub dir: PathBuf,
    /// Left out: the version before `to`.
    pub from: Option<String>,
    /// Left out: the version whose folder the case lies in, for `any` the newest.
    pub to: Option<String>,
    pub set: Vec<(String, String)>,
    pub enable: Vec<String>,
    pub only: Vec<String>,
    pub safety: Safety,
    pub phase: PhaseFilter,
    /// The name that `before.yaml` goes by.
    pub file: String,
    /// `level place id`, the place being a line, in a tree `path:line`; the loudest first, then by place.
    pub findings: Vec<String>,
}

/// What `case.yaml` may say.
const KEYS: [&str; 9] = ["from", "to", "set", "enable", "only", "safety", "phase", "file", "findings"];

/// Every case of `root/golden` whose path holds one of `wanted` (empty: all), by name.
///
/// # Errors
/// A `case.yaml` that cannot be understood, with its place.
pub fn find(root: &Path, wanted: &[String]) -> Result<Vec<Case>, PackError> {
    let golden = root.join("golden");
    let mut folders = Vec::new();
    folders_of_cases(&golden, &mut folders);
    folders.sort();
    let mut cases = Vec::new();
    for dir in folders {
        let name: Vec<_> = dir.strip_prefix(&golden).unwrap_or(&dir).iter().map(|part| part.to_string_lossy()).collect();
        let name = name.join("/");
        // What lies elsewhere is no case of a migration: a sample repository, say.
        let is_one = name.split('/').count() == 4;
        if is_one && (wanted.is_empty() || wanted.iter().any(|text| name.contains(text.as_str()))) {
            cases.push(Case::read(name, dir)?);
        }
    }
    Ok(cases)
}

fn folders_of_cases(dir: &Path, out: &mut Vec<PathBuf>) {
    let below: Vec<PathBuf> = fs::read_dir(dir).into_iter().flatten().flatten().map(|entry| entry.path()).collect();
    if below.iter().any(|path| path.ends_with("before.yaml") || path.ends_with("before")) {
        out.push(dir.to_owned());
        return;
    }
    below.iter().filter(|path| path.is_dir()).for_each(|path| folders_of_cases(path, out));
}

impl Case {
    fn read(name: String, dir: PathBuf) -> Result<Case, PackError> {
        let mut case = Case {
            name,
            from: None,
            to: None,
            set: Vec::new(),
            enable: Vec::new(),
            only: Vec::new(),
            safety: Safety::Safe,
            phase: PhaseFilter::All,
            file: "config.yaml".into(),
            findings: Vec::new(),
            dir,
        };
        let path = case.dir.join("case.yaml");
        if let Ok(text) = fs::read_to_string(&path) {
            let page = Page::read(&path.display().to_string(), &text)?;
            if !page.draft.docs.is_empty() {
                case.take(&page)?;
            }
        }
        Ok(case)
    }

    fn take(&mut self, page: &Page) -> Result<(), PackError> {
        let root = page.root()?;
        if page.draft.is_null(root) {
            return Ok(());
        }
        let fields = page.fields(root, &KEYS)?;
        let text = |key: &str| fields.get(key).map(|node| page.string(node)).transpose();
        let list = |key: &str| fields.get(key).map_or_else(|| Ok(Vec::new()), |node| page.strings(node));
        (self.from, self.to, self.enable, self.only) = (text("from")?, text("to")?, list("enable")?, list("only")?);
        self.file = text("file")?.unwrap_or_else(|| self.file.clone());
        if let Some(set) = fields.get("set") {
            let plain = |value: Json| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            self.set = page.members(set)?.into_iter().map(|(key, _, value)| (key, plain(page.json(value)))).collect();
        }
        let word = |key: &str, known: &[&str]| fields.get(key).map(|node| page.one_of(node, known)).transpose();
        let safety = word("safety", &["safe", "review"])?.unwrap_or(0);
        self.safety = [Safety::Safe, Safety::Review][safety];
        let phase = word("phase", &["all", "before", "after"])?.unwrap_or(0);
        self.phase = [PhaseFilter::All, PhaseFilter::Before, PhaseFilter::After][phase];
        for finding in fields.get("findings").map_or_else(Vec::new, |node| page.list(node)) {
            let [level, place, id] = page.list(finding)[..] else {
                let help = format!("such as [warning, 9, {}]", self.migration());
                return Err(PackError { help: Some(help), ..page.error(finding, "a finding is [level, line, id]") });
            };
            page.one_of(level, &["note", "warning", "error"])?;
            let plain = |node| page.json(node).as_str().map_or_else(|| page.json(node).to_string(), str::to_owned);
            self.findings.push(format!("{} {} {}", plain(level), plain(place), plain(id)));
        }
        self.findings.sort_by_cached_key(|finding| place(finding));
        Ok(())
    }

    pub fn pack(&self) -> &str {
        self.name.split('/').next().unwrap_or_default()
    }

    /// The id of the migration that it is a case of.
    pub fn migration(&self) -> &str {
        self.name.rsplit_once('/').map_or("", |(id, _)| id)
    }

    /// What the case asks of the packs.
    ///
    /// # Errors
    /// A pack that is not there.
    pub fn request(&self, library: &Library) -> Result<Request, PackError> {
        let chain = library.chain(self.pack())?;
        let folder = self.name.split('/').nth(1).unwrap_or_default();
        let newest = || chain.last().map_or(String::new(), ToString::to_string);
        let to = self.to.clone().unwrap_or_else(|| if folder == "any" { newest() } else { folder.to_owned() });
        let at = chain.iter().position(|version| version.to_string() == to).unwrap_or(0);
        let before = || chain.get(at.saturating_sub(1)).map(ToString::to_string);
        Ok(Request {
            to: vec![(self.pack().to_owned(), to)],
            from: self.from.clone().or_else(before).map(|from| (None, from)).into_iter().collect(),
            only: self.only.clone(),
            skip: Vec::new(),
            enable: self.enable.clone(),
            safety: self.safety,
            phase: self.phase,
            set: self.set.clone(),
            values: Vec::new(),
            plan: false,
        })
    }

    /// The files of one side; none where the case has no such side.
    ///
    /// # Errors
    /// What the disk says.
    pub fn side(&self, side: &str) -> std::io::Result<Option<Files>> {
        let single = self.dir.join(format!("{side}.yaml"));
        if single.is_file() {
            return Ok(Some(Files::from([(self.file.clone(), fs::read(single)?)])));
        }
        let folder = self.dir.join(side);
        let mut files = Files::new();
        if !folder.is_dir() {
            return Ok(None);
        }
        tree(&folder, "", &mut files)?;
        Ok(Some(files))
    }

    /// Whether it is a tree: places of findings name the file.
    pub fn is_tree(&self) -> bool {
        self.dir.join("before").is_dir()
    }
}

/// What a `level place id` is sorted by: level, the loudest first, file, line, id.
pub(super) fn place(finding: &str) -> (usize, String, usize, String) {
    let mut parts = finding.splitn(3, ' ');
    let mut part = || parts.next().unwrap_or_default();
    let (level, place, id) = (part(), part(), part());
    let level = ["error", "warning", "note"].iter().position(|known| *known == level).unwrap_or(usize::MAX);
    let (file, line) = place.rsplit_once(':').unwrap_or(("", place));
    (level, file.to_owned(), line.parse().unwrap_or(0), id.to_owned())
}

/// Every file of a folder, by its path in it.
pub(super) fn tree(folder: &Path, below: &str, files: &mut Files) -> std::io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let name = format!("{below}{}", path.file_name().unwrap_or_default().to_string_lossy());
        if path.is_dir() {
            tree(&path, &format!("{name}/"), files)?;
        } else {
            files.insert(name, fs::read(&path)?);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn findings_stand_in_the_order_of_their_lines() {
        let mut all = ["note 1 a", "warning 10 a", "warning 9 a", "error b.yaml:10 a", "error b.yaml:9 a", "error a.yaml:11 a"];
        all.sort_by_cached_key(|finding| place(finding));
        let sorted = ["error a.yaml:11 a", "error b.yaml:9 a", "error b.yaml:10 a", "warning 9 a", "warning 10 a", "note 1 a"];
        assert_eq!(all, sorted);
    }

    #[test]
    fn mistakes_have_a_place_and_a_way_out() {
        let dir = tempfile::tempdir().expect("a folder");
        let no = |text: &str| {
            fs::write(dir.path().join("case.yaml"), text).expect("a file");
            let error = Case::read("mesh/1.2/new-name/basic".into(), dir.path().to_owned()).expect_err("a mistake");
            let (_, line, column) = error.place.expect("a place");
            format!("{line}:{column} {} / {}", error.message, error.help.unwrap_or_default())
        };
        assert_eq!(no("form: a"), "1:1 unknown key `form` / did you mean `from`?");
        assert_eq!(no("phase: befor"), "1:8 `befor` is not one of all, before, after / did you mean `before`?");
        let finding = "1:12 a finding is [level, line, id] / such as [warning, 9, mesh/1.2/new-name]";
        assert_eq!(no("findings: [[warning, 9]]"), finding);
        let level = "1:13 `warnin` is not one of note, warning, error / did you mean `warning`?";
        assert_eq!(no("findings: [[warnin, 9, a/b/c]]"), level);
    }
}
