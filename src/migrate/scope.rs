//! What the expressions of a rule see, and the paths that they are asked at.
use super::chart::Reference;
use super::facts::Known;
use super::lens::{Hit, Lens, Located, Reading};
use crate::expr::{Exists, ExprId, Exprs, Scope};
use crate::pack::path::{Path, Segment};
use crate::pack::registry::Run;
use crate::pack::{LetValue, Migration, Text};
use crate::yaml::draft::{Draft, Id};
use serde_json::Value as Json;
use std::cell::Cell;

/// What holds for a whole run of a rule: nothing here changes from place to place.
pub struct Frame<'a> {
    pub exprs: &'a Exprs,
    pub params: Json,
    pub row: Json,
    pub run: Json,
    pub exists: Exists,
    /// What is known of the whole repository; none where it was not read yet.
    pub facts: Option<&'a Known>,
    /// Whether it was asked for and not there: what came of the rule is worth nothing then.
    pub waits: Cell<bool>,
}

impl<'a> Frame<'a> {
    pub fn new(migration: &'a Migration, row: Option<&Json>, run: &Run, exists: Exists, facts: Option<&'a Known>) -> Self {
        Frame {
            exprs: &migration.exprs,
            params: Json::Object(run.params.iter().map(|(k, v)| (k.clone(), v.clone())).collect()),
            row: row.cloned().unwrap_or_default(),
            run: serde_json::json!({ "from": run.from.to_string(), "to": run.to.to_string() }),
            exists,
            facts,
            waits: Cell::new(false),
        }
    }
}

/// A name bound by `let`.
#[derive(Debug, Clone)]
pub struct Binding {
    pub name: String,
    pub value: Option<Json>,
    /// The node it stands for, where a path gave one.
    pub node: Option<Id>,
}

/// Where a rule is at work: the target, and `$` in it.
pub struct Spot<'a> {
    pub frame: &'a Frame<'a>,
    pub target: Hit,
    pub root: Hit,
    pub reading: Reading,
    pub doc: Json,
    pub bump: Option<Json>,
    pub lets: Vec<Binding>,
    /// Whether what an edit empties is left there.
    pub unpruned: bool,
}

impl Spot<'_> {
    /// The scope of one expression: only the names that it uses are computed.
    fn scope(&self, draft: &Draft, id: ExprId, it: Option<&Located>) -> Scope {
        let mut scope = Scope::default();
        scope.exists = Some(self.frame.exists.clone());
        for name in self.frame.exprs.names(id) {
            let value = match name.as_str() {
                "facts" | "places" => {
                    match self.frame.facts {
                        Some(known) if name == "facts" => scope.share("facts", &known.values),
                        Some(known) => scope.share("places", &known.places),
                        None => self.frame.waits.set(true),
                    }
                    continue;
                }
                "it" => Some(it.map_or_else(|| self.json(draft, self.root), |l| l.value.clone())),
                "key" => match it {
                    Some(located) => Some(located.key.clone()),
                    None => Some(super::lens::key_of(draft, self.root)),
                },
                "parent" => match it {
                    Some(located) => Some(located.parent(draft, &self.reading)),
                    None => self.hits_root(draft).first().map(|root| root.parent(draft, &self.reading)),
                },
                "match" => Some(self.json(draft, self.root)),
                "target" => Some(match self.frame.exprs.members_of_target(id) {
                    Some(wanted) => super::lens::members(draft, self.target, &self.reading, wanted),
                    None => self.json(draft, self.target),
                }),
                "doc" => Some(self.doc.clone()),
                "params" => Some(self.frame.params.clone()),
                "row" => Some(self.frame.row.clone()),
                "run" => Some(self.frame.run.clone()),
                "bump" => self.bump.clone(),
                other => self.lets.iter().find(|b| b.name == other).and_then(|b| b.value.clone()),
            };
            scope.set(name, value);
        }
        scope
    }

    fn json(&self, draft: &Draft, hit: Hit) -> Json {
        Lens::new(draft, hit, &self.reading).json().clone()
    }

    /// What a path's text hits below `$`.
    fn at(&self, draft: &Draft, path: &str) -> Result<Vec<Located>, String> {
        Lens::new(draft, self.root, &self.reading).query(draft, &self.reading, path)
    }

    /// What paths hit, in order, a node once.
    pub fn hits(&self, draft: &Draft, paths: &[Path]) -> Result<Vec<Located>, String> {
        let mut found: Vec<Located> = Vec::new();
        let lens = Lens::new(draft, self.root, &self.reading);
        for path in paths {
            let Some(text) = self.path_text(draft, path)? else { continue };
            for located in lens.query(draft, &self.reading, &text)? {
                match found.iter_mut().find(|f| f.hit == located.hit) {
                    Some(known) => {
                        known.direct |= located.direct;
                        known.aliases.extend(located.aliases);
                    }
                    None => found.push(located),
                }
            }
        }
        Ok(found)
    }

    /// `$` itself.
    pub fn hits_root(&self, draft: &Draft) -> Vec<Located> {
        self.at(draft, "$").unwrap_or_default()
    }

    /// The text of a path; none where it holds an undefined name.
    pub fn path_text(&self, draft: &Draft, path: &Path) -> Result<Option<String>, String> {
        match path.computed {
            None => Ok(Some(path.source.clone())),
            Some(id) => {
                let scope = self.scope(draft, id, None);
                self.frame.exprs.path(id, &scope).map_err(|e| e.to_string())
            }
        }
    }

    /// A path to something new in parts, `it` being the hit that it is computed for; none where it holds an undefined name,
    /// or has no place in what names a chart.
    pub fn segments(&self, draft: &Draft, path: &Path, it: Option<&Located>) -> Result<Option<Vec<Segment>>, String> {
        let segments = match path.computed {
            None => path.segments.clone(),
            Some(id) => {
                let scope = self.scope(draft, id, it);
                match self.frame.exprs.path(id, &scope).map_err(|e| e.to_string())? {
                    Some(text) => crate::pack::path::split(&text)?,
                    None => return Ok(None),
                }
            }
        };
        match self.chart(draft) {
            Some(_) if segments.is_empty() => Err("what names a chart has no room for more: say `$.values`".into()),
            Some(chart) => Ok(chart.way(&segments)),
            None => Ok(Some(segments)),
        }
    }

    /// The reference to a chart that `$` is.
    fn chart(&self, draft: &Draft) -> Option<&Reference> {
        self.reading.chart.as_deref().filter(|chart| chart.map == draft.resolve(self.root.id))
    }

    /// How the places that `segments` gives are read: as they are written.
    pub fn written(&self, draft: &Draft) -> Reading {
        let mut reading = self.reading.clone();
        reading.chart = reading.chart.filter(|_| self.chart(draft).is_none());
        reading
    }

    pub fn truth(&self, draft: &Draft, cond: Option<ExprId>, it: Option<&Located>) -> bool {
        cond.is_none_or(|id| self.frame.exprs.truth(id, &self.scope(draft, id, it)))
    }

    /// A value with its type.
    pub fn typed(&self, draft: &Draft, text: &Text, it: Option<&Located>) -> Result<Option<Json>, String> {
        let exprs = self.frame.exprs;
        match text {
            Text::Plain(plain) => Ok(Some(Json::String(plain.clone()))),
            Text::Typed(id) => exprs.value(*id, &self.scope(draft, *id, it)).map_err(|e| e.to_string()),
            Text::Mixed(id) => {
                exprs.text(*id, &self.scope(draft, *id, it)).map(|t| Some(Json::String(t))).map_err(|e| e.to_string())
            }
        }
    }

    /// A value as text.
    ///
    /// # Errors
    /// Where it is undefined, or no scalar.
    pub fn string(&self, draft: &Draft, text: &Text, it: Option<&Located>) -> Result<String, String> {
        match self.typed(draft, text, it)? {
            Some(Json::String(s)) => Ok(s),
            Some(Json::Number(n)) => Ok(n.to_string()),
            Some(Json::Bool(b)) => Ok(b.to_string()),
            Some(other) => Err(format!("a name is needed, not {other}")),
            None => Err(format!("a name is needed, and `{}` is undefined", self.written_as(text))),
        }
    }

    /// A text as its author wrote it.
    pub fn written_as<'t>(&'t self, text: &'t Text) -> &'t str {
        match text {
            Text::Plain(plain) => plain,
            Text::Typed(id) | Text::Mixed(id) => self.frame.exprs.source(*id),
        }
    }

    /// Text for people: `?` where something cannot be computed.
    pub fn message(&self, draft: &Draft, text: &Text, it: Option<&Located>) -> String {
        let exprs = self.frame.exprs;
        match text {
            Text::Plain(plain) => plain.clone(),
            Text::Typed(id) | Text::Mixed(id) => exprs.message(*id, &self.scope(draft, *id, it)),
        }
    }

    /// A stanza with its expressions computed.
    pub fn fill(&self, draft: &Draft, id: ExprId, it: Option<&Located>) -> Result<crate::expr::Filled, String> {
        self.frame.exprs.fill(id, &self.scope(draft, id, it)).map_err(|e| e.to_string())
    }

    /// Whether a hit is read as it is written: else its value can stand elsewhere, but not the node.
    fn is_written(&self, draft: &Draft, hit: Hit) -> bool {
        hit.has_value()
            && !self
                .reading
                .chart
                .as_ref()
                .is_some_and(|chart| chart.map == draft.resolve(hit.id) || chart.is_name(draft, hit.id))
    }

    /// Binds the names of `let`, in order.
    pub fn bind(&mut self, draft: &Draft, lets: &[crate::pack::Let]) {
        for one in lets {
            let (value, node) = self.bound(draft, &one.value);
            self.lets.push(Binding { name: one.name.clone(), value, node });
        }
    }

    /// What a name stands for: a value, and the node where a path gave one.
    pub fn bound(&self, draft: &Draft, value: &LetValue) -> (Option<Json>, Option<Id>) {
        match value {
            LetValue::Path { paths, single } => {
                let hits = self.hits(draft, paths).unwrap_or_default();
                if *single {
                    let first = hits.into_iter().next();
                    (first.as_ref().map(|l| l.value.clone()), first.filter(|l| self.is_written(draft, l.hit)).map(|l| l.hit.id))
                } else {
                    (Some(Json::Array(hits.into_iter().map(|l| l.value).collect())), None)
                }
            }
            LetValue::Expr(id) => {
                let scope = self.scope(draft, *id, None);
                (self.frame.exprs.value(*id, &scope).ok().flatten(), None)
            }
            LetValue::Text(id) => (self.frame.exprs.text(*id, &self.scope(draft, *id, None)).ok().map(Json::String), None),
        }
    }
}
