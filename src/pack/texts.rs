//! The texts of a rule: expressions, paths, messages, with the row of `each` put in.
use super::PackError;
use super::Text;
use super::compile::Compiler;
use super::path::{self, Path, Segment};
use crate::expr::{ExprId, Mode};
use crate::yaml::draft::Id;
use serde_json::Value as Json;

impl Compiler<'_> {
    /// A text with the row put in.
    pub fn text(&self, node: Id) -> Result<String, PackError> {
        let text = self.page.string(node)?;
        match &self.row {
            Some(row) => put_row_in(&text, row).map_err(|why| self.page.error(node, why)),
            None => Ok(text),
        }
    }

    pub fn condition(&mut self, node: Id) -> Result<ExprId, PackError> {
        let text = self.text(node)?;
        let bare = text.trim();
        let bare = if whole_expression(bare) { bare[2..bare.len() - 2].trim() } else { bare };
        if bare.contains("<<") {
            return Err(self.page.error(node, "`if` is an expression as it is: leave out the `<< >>`"));
        }
        Ok(self.expr(node, Mode::Condition, bare))
    }

    pub fn computed(&mut self, node: Id) -> Result<Text, PackError> {
        let text = self.text(node)?;
        Ok(if whole_expression(&text) { Text::Typed(self.expr(node, Mode::Value, text.trim())) } else { self.mixed(node, text) })
    }

    pub fn message(&mut self, node: Id) -> Result<Text, PackError> {
        let text = self.text(node)?;
        Ok(self.mixed(node, text))
    }

    fn mixed(&mut self, node: Id, text: String) -> Text {
        if text.contains("<<") || text.contains("<%") {
            Text::Mixed(self.expr(node, Mode::Text, &text))
        } else {
            Text::Plain(text)
        }
    }

    pub fn expr(&mut self, node: Id, mode: Mode, source: &str) -> ExprId {
        let id = self.exprs.add(mode, source);
        self.places.insert(id.0, node);
        id
    }

    pub fn paths(&mut self, node: Id) -> Result<Vec<Path>, PackError> {
        self.page.list(node).into_iter().map(|n| self.path(n)).collect()
    }

    pub fn path(&mut self, node: Id) -> Result<Path, PackError> {
        let text = self.text(node)?;
        self.path_text(node, &text)
    }

    pub fn path_text(&mut self, node: Id, text: &str) -> Result<Path, PackError> {
        let text = text.trim();
        let segments = path::split(text).map_err(|why| self.page.error(node, why))?;
        if text.contains("<<") {
            let computed = Some(self.expr(node, Mode::Path, text));
            return Ok(Path { source: text.to_owned(), computed, segments });
        }
        if self.around.check && !segments.contains(&Segment::Append) {
            path::Query::parse(text).map_err(|why| self.page.error(node, why))?;
            for pattern in path::patterns(text) {
                crate::expr::is_match(&pattern, "").map_err(|why| self.page.error(node, why.to_string()))?;
            }
        }
        Ok(Path { source: text.to_owned(), computed: None, segments })
    }
}

/// Whether a text is one `<< … >>` and nothing else.
pub fn whole_expression(text: &str) -> bool {
    let text = text.trim();
    text.starts_with("<<")
        && text.ends_with(">>")
        && text[2..text.len() - 2].find("<<").is_none()
        && text.matches(">>").count() == 1
}

/// `<< row.x >>` becomes the row's text.
fn put_row_in(text: &str, row: &Json) -> Result<String, String> {
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = rest.find("<<") {
        let Some(end) = rest[at..].find(">>").map(|i| at + i) else { break };
        let inner = rest[at + 2..end].trim();
        let name = inner.strip_prefix("row.").filter(|n| n.chars().all(|c| c.is_ascii_alphanumeric() || c == '_'));
        out.push_str(&rest[..at]);
        match name {
            Some(name) => match row.get(name) {
                Some(Json::String(s)) => out.push_str(s),
                Some(Json::Null) | None => return Err(format!("a row of `each` has no `{name}`")),
                Some(other) => out.push_str(&other.to_string()),
            },
            None => out.push_str(&rest[at..end + 2]),
        }
        rest = &rest[end + 2..];
    }
    out.push_str(rest);
    Ok(out)
}
