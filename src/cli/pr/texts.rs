//! Names and words: branches, titles, commit messages, descriptions.
use super::commits::Commit;
use crate::cli::args::PhaseArg;
use crate::cli::refusal::refuse;
use crate::forge::git::Heads;
use crate::forge::mark;
use crate::output::human::{counted, files};
use crate::output::markdown::{self, Words, goal};
use crate::output::pr_body;
use crate::report::Report;
use anyhow::Context;
use std::path::Path;

/// `before` or `after`; none: all at once.
pub fn phase_name(phase: Option<PhaseArg>) -> Option<&'static str> {
    match phase {
        Some(PhaseArg::Before) => Some("before"),
        Some(PhaseArg::After) => Some("after"),
        Some(PhaseArg::All) | None => None,
    }
}

/// Most characters of a title: forges take 255 and some.
const TITLE: usize = 240;

/// A part of a branch's name.
enum Part {
    Text(String),
    /// Any version, and the one to start from today.
    Version(String),
}

/// The branch: `yamlift/mesh-1.26-to-1.27-before`, with `-on-staging` for another base than the default one, and `-in-apps` for
/// a part of the repository. One that is there keeps its name when what runs moves on.
pub fn branch(prefix: &str, report: &Report, phase: Option<PhaseArg>, base: Option<&str>, inside: &str, heads: &Heads) -> String {
    let mut parts = vec![Part::Text(prefix.to_owned())];
    let mut packs: Vec<&str> = Vec::new();
    for run in &report.runs {
        if packs.contains(&run.pack.as_str()) {
            continue;
        }
        let join = if packs.is_empty() { "" } else { "-" };
        parts.push(Part::Text(format!("{join}{}-", run.pack)));
        parts.push(Part::Version(run.from.clone()));
        parts.push(Part::Text(format!("-to-{}", run.to)));
        packs.push(&run.pack);
    }
    let inside = inside.trim_matches('/');
    let ends = [
        phase_name(phase).map(str::to_owned),
        base.map(|base| format!("on-{}", slug(base))),
        (!inside.is_empty()).then(|| format!("in-{}", slug(inside))),
    ];
    ends.into_iter().flatten().for_each(|end| parts.push(Part::Text(format!("-{end}"))));

    let text = |part: &'_ Part| match part {
        Part::Text(text) | Part::Version(text) => text.clone(),
    };
    let name: String = parts.iter().map(text).collect();
    if heads.branches.contains_key(&name) {
        return name;
    }
    heads.branches.keys().find(|known| is_of(known, &parts)).cloned().unwrap_or(name)
}

/// A text as a part of a branch's name. Where it loses something, a print of it follows, so that no two are one.
fn slug(text: &str) -> String {
    let plain = |c: char| if c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_' { c } else { '-' };
    let slug: String = text.to_lowercase().chars().map(plain).collect();
    let slug = slug.trim_matches('-');
    if slug == text {
        return slug.to_owned();
    }
    let print = &mark::print(&[text])[..6];
    if slug.is_empty() { print.to_owned() } else { format!("{slug}-{print}") }
}

fn is_of(name: &str, parts: &[Part]) -> bool {
    let mut rest = name;
    for part in parts {
        match part {
            Part::Text(text) => match rest.strip_prefix(text.as_str()) {
                Some(behind) => rest = behind,
                None => return false,
            },
            Part::Version(_) => rest = rest.trim_start_matches(|c: char| c.is_ascii_digit() || c == '.'),
        }
    }
    rest.is_empty()
}

/// Title and description.
pub fn words(
    report: &Report,
    words: &Words,
    title: Option<&str>,
    template: Option<&str>,
    room: usize,
) -> anyhow::Result<(String, String)> {
    let title = match title {
        Some(template) => {
            let filled = markdown::line(template, report, words);
            let filled = filled.map_err(|why| refuse(format!("the title {template}: {why}"), NAMES))?;
            if filled.is_empty() {
                return Err(refuse(format!("the title {template} comes out empty"), NAMES));
            }
            filled
        }
        None => {
            let when = words.phase.map_or_else(String::new, |phase| format!(", {phase} the upgrade"));
            format!("Migrate configuration to {}{when}", goal(report))
        }
    };
    let title = match title.char_indices().nth(TITLE) {
        Some((end, _)) => format!("{}…", title[..end].trim_end()),
        None => title,
    };
    let body = pr_body::body(template.unwrap_or(pr_body::TEMPLATE), report, words, room);
    let body = body.map_err(|why| refuse(format!("the template of the description: {why}"), NAMES))?;
    Ok((title, body))
}

const NAMES: &str = "what can stand in it: docs/pull-requests.md, and templates/report/pr-body.md is one";

/// The template that a flag names, else the one of the settings: that has to lie in the repository.
pub fn template(flag: Option<&Path>, setting: Option<&str>, folder: &Path, top: &Path) -> anyhow::Result<Option<String>> {
    let path = match (flag, setting) {
        (Some(path), _) => path.to_owned(),
        (None, Some(name)) => {
            let path = folder.join(name);
            let real = path.canonicalize().with_context(|| format!("pr.body: could not read {name}"))?;
            if !real.starts_with(top.canonicalize()?) {
                let help = "a description is seen by everybody: --body FILE names a file of another place";
                return Err(refuse(format!("pr.body: {name} lies outside of the repository"), help));
            }
            real
        }
        (None, None) => return Ok(None),
    };
    let text = std::fs::read_to_string(&path).with_context(|| format!("could not read {}", path.display()))?;
    Ok(Some(text))
}

/// What commits say.
pub struct Messages<'a> {
    pub prefix: &'a str,
    /// Of the pull request.
    pub title: &'a str,
    pub report: &'a Report,
    pub command: &'a str,
}

impl Messages<'_> {
    pub fn of(&self, commit: &Commit) -> String {
        let about = commit.migration.and_then(|id| Some((id, self.report.about.get(id)?)));
        let Some((id, about)) = about else { return self.all(commit) };
        let links: String = about.links.iter().map(|link| format!("{link}\n")).collect();
        let why = about.why.trim();
        let parts = [why, links.trim(), &format!("{id}, made by: {}", self.command)].map(str::to_owned);
        self.message(about.title.trim(), parts.into_iter())
    }

    fn all(&self, commit: &Commit) -> String {
        let mut ids: Vec<&str> = Vec::new();
        let steps = commit.files.iter().flat_map(|change| &change.file.steps);
        steps.for_each(|step| {
            if !ids.contains(&step.migration.as_str()) {
                ids.push(&step.migration);
            }
        });
        let line = |id: &str| {
            let title = self.report.about.get(id).map_or("", |about| about.title.trim());
            let of = |change: &&super::commits::Change| change.file.steps.iter().any(|step| step.migration == id);
            format!("* {title} ({id}): {}\n", files(commit.files.iter().filter(of).count()))
        };
        let list: String = ids.iter().map(|id| line(id)).collect();
        let made = format!("{} made by: {}", counted(ids.len(), "migration"), self.command);
        self.message(self.title, [list.trim_end().to_owned(), made].into_iter())
    }

    fn message(&self, subject: &str, parts: impl Iterator<Item = String>) -> String {
        let body: String = parts.filter(|part| !part.is_empty()).map(|part| format!("\n{part}\n")).collect();
        format!("{}{}\n{body}", self.prefix, subject.replace('\n', " "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::{How, Ran};

    fn report(packs: &[(&str, &str, &str)]) -> Report {
        let ran = |(pack, from, to): &(&str, &str, &str)| Ran {
            pack: (*pack).into(),
            from: (*from).into(),
            how: How::Given,
            to: (*to).into(),
            done: false,
            older: false,
            blank: Vec::new(),
            detected: Vec::new(),
            folders: Vec::new(),
        };
        Report { runs: packs.iter().map(ran).collect(), ..Report::default() }
    }

    #[test]
    fn a_branch_has_a_telling_name_and_keeps_it() {
        let mesh = report(&[("mesh", "1.26", "1.27"), ("mesh", "1.25", "1.27")]);
        let name = |phase, inside: &str, known: &[&str]| {
            let branches = known.iter().map(|name| ((*name).to_owned(), "0".to_owned())).collect();
            branch("yamlift/", &mesh, phase, None, inside, &Heads { default: None, branches })
        };
        assert_eq!(name(None, "", &[]), "yamlift/mesh-1.26-to-1.27");
        assert_eq!(name(Some(PhaseArg::All), "clusters/prod eu/", &[]), "yamlift/mesh-1.26-to-1.27-in-clusters-prod-eu-95ce0f");
        let one = |base: Option<&str>, inside: &str| branch("", &mesh, None, base, inside, &Heads::default());
        assert_eq!(one(Some("staging"), "apps"), "mesh-1.26-to-1.27-on-staging-in-apps");
        let alike = ["teams/a", "teams-a", "Teams-a", "日本", "中文", "---", "before"];
        let names: std::collections::BTreeSet<String> = alike.iter().map(|inside| one(None, inside)).collect();
        assert_eq!(names.len(), alike.len(), "{names:?}");
        assert_eq!(name(Some(PhaseArg::After), "", &[]), "yamlift/mesh-1.26-to-1.27-after");
        let known = ["yamlift/mesh-1.24-to-1.27", "yamlift/mesh-1.24-to-1.27-after", "yamlift/mesh-1.26-to-1.28"];
        assert_eq!(name(None, "", &known), known[0]);
        assert_eq!(name(Some(PhaseArg::After), "", &known), known[1]);
        assert_eq!(name(Some(PhaseArg::Before), "", &known), "yamlift/mesh-1.26-to-1.27-before");
        let both = report(&[("mesh", "1.26", "1.27"), ("demo", "1.0", "2.0")]);
        assert_eq!(branch("x/", &both, None, None, "", &Heads::default()), "x/mesh-1.26-to-1.27-demo-1.0-to-2.0");
    }

    #[test]
    fn a_template_of_the_settings_lies_in_the_repository() {
        let dir = tempfile::tempdir().unwrap();
        let top = dir.path().join("repo");
        std::fs::create_dir(&top).unwrap();
        std::fs::write(top.join("in.md"), "in").unwrap();
        std::fs::write(dir.path().join("out.md"), "out").unwrap();
        assert_eq!(template(None, Some("in.md"), &top, &top).unwrap().as_deref(), Some("in"));
        assert!(template(None, Some("../out.md"), &top, &top).unwrap_err().to_string().contains("outside"));
        assert_eq!(template(Some(&dir.path().join("out.md")), Some("in.md"), &top, &top).unwrap().as_deref(), Some("out"));
        assert_eq!(template(None, None, &top, &top).unwrap(), None);
    }
}
