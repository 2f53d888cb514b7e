//! `changes.yaml`: every change of the product, so that it can be told which ones a pack answers.
use super::author::Page;
use super::{Pack, PackError};
use std::collections::BTreeMap;

/// One change of the product.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// `27-01`; migrations name it in `covers`.
    pub id: String,
    /// What changed, in a sentence.
    pub what: String,
    /// Why no migration answers it.
    pub not: Option<String>,
    /// File, 1-based line and column.
    pub place: (String, usize, usize),
}

/// The rows of a file, in its order.
///
/// # Errors
/// What is no list of `{ id, change, not }`, ids that stand there twice, with their place.
pub fn read(file: &str, text: &str) -> Result<Vec<Change>, PackError> {
    let page = Page::read(file, text)?;
    let mut out: Vec<Change> = Vec::new();
    let root = page.root()?;
    if !page.is_list(root) {
        let error = page.error(root, "a list of changes is expected here");
        return Err(PackError { help: Some("- { id: 27-01, change: What changed, in a sentence. }".into()), ..error });
    }
    for row in page.list(root) {
        let fields = page.fields(row, &["id", "change", "not"])?;
        let id = page.string(fields.need("id")?)?;
        if out.iter().any(|known| known.id == id) {
            return Err(page.error(row, format!("`{id}` is here twice")));
        }
        let place = page.place(row);
        let not = fields.get("not").map(|node| page.string(node)).transpose()?;
        out.push(Change { id, what: page.string(fields.need("change")?)?, not, place });
    }
    Ok(out)
}

/// Each change with the ids of the migrations that answer it, in running order.
///
/// # Errors
/// A migration that covers what is no change.
pub fn answered<'c>(pack: &Pack, changes: &'c [Change]) -> Result<Vec<(&'c Change, Vec<String>)>, PackError> {
    let mut by: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for migration in &pack.migrations {
        for id in &migration.covers {
            if !changes.iter().any(|change| change.id == *id) {
                let near = super::near(id, changes.iter().map(|change| change.id.as_str()));
                let help = near.map(|near| format!("did you mean {near}?"));
                let no = super::error(format!("`covers` names {id}, and changes.yaml has no such row"), help);
                return Err(PackError { place: Some((migration.file.clone(), 1, 1)), ..no });
            }
            by.entry(id).or_default().push(migration.id.clone());
        }
    }
    Ok(changes.iter().map(|change| (change, by.remove(change.id.as_str()).unwrap_or_default())).collect())
}

/// # Errors
/// Changes that nothing answers without a reason, or with one although something does.
pub fn settled(pack: &Pack, answered: &[(&Change, Vec<String>)]) -> Result<(), PackError> {
    let open = |(change, by): &(&Change, Vec<String>)| by.is_empty() == change.not.is_none() || change.what.trim().is_empty();
    let open: Vec<&Change> = answered.iter().filter(|row| open(row)).map(|(change, _)| *change).collect();
    let Some(first) = open.first() else { return Ok(()) };
    let ids: Vec<&str> = open.iter().map(|change| change.id.as_str()).collect();
    let help =
        "each row needs a `change`, and either a migration that names it in `covers` or a `not` that says why there is none";
    let no = super::error(format!("{}: rows of changes.yaml are not complete: {}", pack.name, ids.join(", ")), help.to_owned());
    Err(PackError { place: Some(first.place.clone()), ..no })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_and_mistakes() {
        let rows = read("c", "- { id: a, change: It moved. }\n- { id: b, change: It went., not: Nobody wrote it. }\n").unwrap();
        assert_eq!((rows[0].what.as_str(), rows[1].not.as_deref()), ("It moved.", Some("Nobody wrote it.")));
        assert!(read("c", "- { id: a, change: x }\n- { id: a, change: y }\n").unwrap_err().message.contains("twice"));
        assert!(read("c", "- { id: a, chnge: x }\n").unwrap_err().help.unwrap().contains("`change`"));
    }
}
