//! When a rule is in force: the versions that act on its forms, and what it needs.
use super::author::{Fields, Page};
use super::compile::Compiler;
use super::names;
use super::version::{Phase, Range, Version, phase};
use super::way;
use super::{Honoured, Need, PackError};
use crate::yaml::draft::Id;

/// What is said of a whole migration, of a rule, of a row.
#[derive(Clone)]
pub struct Window {
    pub honoured: Honoured,
    pub needs: Vec<Need>,
}

impl Honoured {
    /// What a rule says, and what it leaves to the migration: nothing where it speaks of one form alone.
    pub fn beside(&self, shared: &Honoured) -> Honoured {
        Honoured {
            old: self.old.clone().or_else(|| shared.old.clone().filter(|_| self.new.is_none())),
            new: self.new.clone().or_else(|| shared.new.clone().filter(|_| self.old.is_none())),
        }
    }
}

/// # Errors
/// A text that is none.
pub fn version(page: &Page, node: Id) -> Result<Version, PackError> {
    let text = page.string(node)?;
    Version::parse(&text).ok_or_else(|| {
        let error = page.error(node, format!("`{text}` is not a version"));
        PackError { help: Some("write numbers with dots between them, such as \"1.27\"".into()), ..error }
    })
}

impl Compiler<'_> {
    pub(super) fn honoured(&self, fields: &Fields) -> Result<Honoured, PackError> {
        fields.get("honoured").map_or_else(|| Ok(Honoured::default()), |node| self.honoured_at(node))
    }

    pub(super) fn honoured_at(&self, node: Id) -> Result<Honoured, PackError> {
        let fields = self.page.fields(node, &["old", "new"])?;
        let range = |key: &str| fields.get(key).map(|n| self.range(n)).transpose();
        Ok(Honoured { old: range("old")?, new: range("new")? })
    }

    pub(super) fn range(&self, node: Id) -> Result<Range, PackError> {
        let text = self.page.string(node)?;
        let range = Range::parse(&text).ok_or_else(|| {
            let mut error = self.page.error(node, format!("`{text}` is not a range of versions"));
            error.help = Some("write \"A..B\" (from A up to, but not including, B), \"A..\", \"..B\", \"..\" or never".into());
            error
        })?;
        range.from.iter().chain(&range.until).try_for_each(|end| self.check_end(node, &text, end))?;
        Ok(range)
    }

    /// An end of a range is a version of the chain, or lies before or behind all of it: what will be gone may be known
    /// before the chain comes to it.
    fn check_end(&self, node: Id, range: &str, end: &Version) -> Result<(), PackError> {
        let chain = self.around.chain;
        if chain.contains(end) {
            return Ok(());
        }
        let turned = way::turned(&end.to_string(), chain);
        let between = chain.first().is_some_and(|first| first < end) && chain.last().is_some_and(|last| end < last);
        if turned.is_none() && !between {
            return Ok(());
        }
        let mut error = self.page.error(node, format!("`{range}`: the chain has no version {end}"));
        error.help = Some(match turned {
            Some(turned) => format!("did you mean {turned}?"),
            None => format!("versions: {}", chain.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ")),
        });
        Err(error)
    }

    /// Whether some upgrade along the chain lets a rule of this window run. Versions that a range names beyond the chain count:
    /// it may come to them.
    pub(super) fn check_open(&self, at: Id, honoured: &Honoured) -> Result<(), PackError> {
        let (old, new) = (honoured.old.as_ref(), honoured.new.as_ref());
        let ends = old.into_iter().chain(new).flat_map(|range| range.from.iter().chain(&range.until));
        let all: Vec<&Version> = self.around.chain.iter().chain(ends).collect();
        let ways = all.iter().flat_map(|from| all.iter().map(move |to| (*from, *to))).filter(|(from, to)| from <= to);
        let mut ours = ways.filter(|(from, to)| self.folder.as_ref().is_none_or(|own| own > from && own <= to)).peekable();
        let swapped = old.and_then(|old| old.from.as_ref()).zip(new.and_then(|new| new.until.as_ref()));
        let swapped = swapped.is_some_and(|(from, until)| from >= until);
        if !swapped && (ours.peek().is_none() || ours.any(|(from, to)| phase(honoured, from, to) != Phase::LeftOut)) {
            return Ok(());
        }
        let why = match (old, new) {
            _ if swapped => "the old form acts only where the new one is gone: are they swapped?".to_owned(),
            (_, Some(new)) => format!("no version it can lead to acts on the new form (`{new}`)"),
            (Some(old), None) => format!("every version it can lead to still acts on the old form (`{old}`)"),
            (None, None) => return Ok(()),
        };
        let help =
            "\"A..B\" runs from A up to, but not including, B; the usual form is `{ old: \"..V\", new: \"V..\" }`".to_owned();
        Err(PackError { help: Some(help), ..self.page.error(at, format!("this rule can never run: {why}")) })
    }

    pub(super) fn needs(&self, fields: &Fields) -> Result<Vec<Need>, PackError> {
        fields.get("needs").map_or_else(|| Ok(Vec::new()), |node| self.needs_at(node))
    }

    pub(super) fn needs_at(&self, node: Id) -> Result<Vec<Need>, PackError> {
        let needs = self.page.members(node)?.into_iter().map(|(name, key, value)| {
            let least = version(self.page, value)?;
            if name == "to" {
                return Ok(Need::To(least));
            }
            names::check_version(self, key, &name)?;
            Ok(Need::Param(name, least))
        });
        needs.collect()
    }
}
