//! What a pack and its migrations say of themselves: for people, and as markdown.
use serde::Serialize;
use std::fmt::Write as _;

/// One migration, told.
#[derive(Debug, Clone, Default)]
pub struct Page {
    pub id: String,
    pub title: String,
    pub why: String,
    /// What people do themselves.
    pub advice: Option<String>,
    /// `safe`, `review`, `manual` or `off`.
    pub standing: &'static str,
    /// What acts on which form, a line each.
    pub windows: Vec<String>,
    /// Targets and kinds.
    pub places: Vec<String>,
    pub params: Vec<Param>,
    pub links: Vec<String>,
    /// Where it was read from.
    pub file: String,
    /// A unified diff that shows it.
    pub example: Option<String>,
}

/// A parameter, told.
#[derive(Debug, Clone, Serialize)]
pub struct Param {
    pub name: String,
    pub kind: String,
    pub help: String,
    /// `default x`, `optional` or `required`.
    pub given: String,
}

impl Param {
    pub fn is_required(&self) -> bool {
        self.given == "required"
    }
}

/// A pack, told.
#[derive(Debug, Clone, Default)]
pub struct Book {
    pub name: String,
    pub title: String,
    pub versions: Vec<String>,
    /// By version, in order: the folder's name, its pages.
    pub chapters: Vec<(String, Vec<Page>)>,
}

/// The last part of an id.
pub fn slug(id: &str) -> &str {
    id.rsplit('/').next().unwrap_or(id)
}

/// How a migration runs.
fn how(standing: &str) -> &'static str {
    match standing {
        "safe" => "safe: runs by default",
        "review" => "review: offered; written with --safety review, since it changes behaviour",
        "manual" => "manual: reports, never edits",
        "advice" => "advice: for people; `yamlift plan` lists it",
        _ => "off: runs only with --enable",
    }
}

/// One migration, for a terminal.
pub fn page(page: &Page) -> String {
    let mut out = format!("{}\n{}\n", page.id, page.title.trim());
    for text in [Some(page.why.as_str()), page.advice.as_deref()].into_iter().flatten().filter(|text| !text.trim().is_empty()) {
        out.push('\n');
        for line in text.trim().lines() {
            let _ = writeln!(out, "{}", format!("  {line}").trim_end());
        }
    }
    out.push('\n');
    lines(&mut out, "How it runs", &[how(page.standing).to_owned()]);
    lines(&mut out, "Versions", &page.windows);
    lines(&mut out, "Where", &page.places);
    let params: Vec<String> = page.params.iter().map(|p| format!("{} <{}>  {} ({})", p.name, p.kind, p.help, p.given)).collect();
    lines(&mut out, "Parameters", &params);
    lines(&mut out, "Links", &page.links);
    lines(&mut out, "File", std::slice::from_ref(&page.file));
    if let Some(example) = &page.example {
        let _ = write!(out, "\nFor example\n\n{example}");
    }
    out
}

/// `label` once, then a line per text.
fn lines(out: &mut String, label: &str, texts: &[String]) {
    let mut label = label;
    for text in texts {
        let _ = writeln!(out, "{label:15} {text}");
        label = "";
    }
}

/// One migration as markdown; `level` is how deep its heading is.
pub fn page_markdown(page: &Page, level: usize) -> String {
    let mut out = format!("{} {}\n\n**{}**\n\n", "#".repeat(level), slug(&page.id), page.title.trim());
    let _ = write!(out, "{}\n\n", page.why.trim());
    if let Some(advice) = &page.advice {
        let _ = write!(out, "For you: {}\n\n", advice.trim());
    }
    let mut facts = vec![how(page.standing).to_owned()];
    facts.extend(page.windows.iter().cloned());
    if !page.places.is_empty() {
        facts.push(format!("looks at {}", page.places.iter().map(|place| format!("`{place}`")).collect::<Vec<_>>().join(", ")));
    }
    facts.iter().for_each(|fact| _ = writeln!(out, "* {fact}"));
    if !page.params.is_empty() {
        out += "\n| parameter | type | meaning |\n|---|---|---|\n";
        for param in &page.params {
            let _ =
                writeln!(out, "| `{}` | {} | {} ({}) |", param.name, cell(&param.kind), cell(&param.help), cell(&param.given));
        }
    }
    if let Some(example) = &page.example {
        let fence = if example.contains("```") { "````" } else { "```" };
        let _ = write!(out, "\n{fence}diff\n{}\n{fence}\n", example.trim_end());
    }
    if !page.links.is_empty() {
        let links: Vec<String> = page.links.iter().map(|link| format!("<{link}>")).collect();
        let _ = write!(out, "\n{}\n", links.join(" · "));
    }
    out
}

fn cell(text: &str) -> String {
    text.trim().replace('\n', " ").replace('|', "\\|").replace('<', "&lt;")
}

/// The migrations of a pack, for a terminal: by version, a line each.
pub fn book(book: &Book) -> String {
    let mut out = format!("{}: {}\n", book.title, book.versions.join(" "));
    let width = book.chapters.iter().flat_map(|(_, pages)| pages).map(|page| slug(&page.id).chars().count()).max().unwrap_or(0);
    for (folder, pages) in &book.chapters {
        let _ = writeln!(out, "\n{}/{folder}", book.name);
        for page in pages {
            let _ = writeln!(out, "  {:6}  {:width$}  {}", page.standing, slug(&page.id), page.title.trim());
        }
    }
    out += "\nMore about one: yamlift explain ID\n";
    out
}

/// A pack as one markdown document: a table of its migrations by version, then each of them.
pub fn book_markdown(book: &Book) -> String {
    let ends = book.versions.first().zip(book.versions.last());
    let ends = ends.map_or(String::new(), |(first, last)| format!(", {first} … {last}"));
    let mut out = format!("# {}{ends}\n\nMade by `yamlift list {} --format markdown`.\n\n", book.title, book.name);
    out += "`safe` migrations run, `review` ones are offered and wait for `--safety review`, `manual` ones report, `off` ones wait\nfor `--enable`, `advice` is what people do; `yamlift plan` lists it.\n";
    for (folder, pages) in &book.chapters {
        let _ = write!(out, "\n| {folder} | | |\n|---|---|---|\n");
        for page in pages {
            let slug = slug(&page.id);
            let _ = writeln!(out, "| {} | [{slug}](#{}) | {} |", page.standing, anchor(folder, slug), cell(&page.title));
        }
    }
    for (folder, pages) in &book.chapters {
        let _ = write!(out, "\n## {folder}\n");
        for page in pages {
            let _ = write!(out, "\n<a id=\"{}\"></a>\n\n{}", anchor(folder, slug(&page.id)), page_markdown(page, 3));
        }
    }
    out
}

/// The same slug may be one of several versions.
fn anchor(folder: &str, slug: &str) -> String {
    format!("{}-{slug}", folder.replace('.', ""))
}

/// A change of the product: id, what changed, the migrations that answer it or why none does.
pub type Change = (String, String, Result<Vec<String>, String>);

/// A table of what a pack knows of each change.
pub fn coverage(name: &str, title: &str, rows: &[Change]) -> String {
    let answered = rows.iter().filter(|(.., by)| by.is_ok()).count();
    let mut out = format!("# {title}: what the pack knows of each change\n\nMade by `yamlift list {name} --coverage`. ");
    let _ = write!(
        out,
        "{answered} of {} rows have a migration.\n\n| row | change | migration, or why none |\n|---|---|---|\n",
        rows.len()
    );
    for (id, change, by) in rows {
        let by = match by {
            Ok(ids) => ids
                .iter()
                .map(|id| format!("`{}`", id.split_once('/').map_or(id.as_str(), |(_, rest)| rest)))
                .collect::<Vec<_>>()
                .join(", "),
            Err(why) => cell(why),
        };
        let _ = writeln!(out, "| {id} | {} | {by} |", cell(change));
    }
    out
}
