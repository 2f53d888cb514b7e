//! Whether what an edit leaves is still what a cluster takes: each object that changed, before and after, by the schema of
//! its kind.
use super::document::{self, Object};
use super::lens::Hit;
use super::said::place;
use super::{Failure, File, Order};
use crate::pack::near;
use crate::report::{Finding, Level, SCHEMA, traced};
use crate::schema::{self, Crd, Crds, Data, Given, Member, Violation};
use crate::source::Span;
use crate::view;
use crate::yaml::draft::{Body, Draft, Id};
use crate::yaml::tree::ScalarStyle;
use crate::yaml::value::{Value, same};

/// Names of fields that are listed where none is near.
const LISTED: usize = 12;

/// A text with its objects.
struct Page {
    draft: Draft,
    objects: Vec<Object>,
}

impl File<'_> {
    /// Checks the objects that changed. What an edit broke is kept as a reason to fail; what was broken before is a note.
    pub(super) fn conform(&mut self, order: &Order, template: bool) {
        let Some(crds) = order.crds.filter(|crds| !crds.is_empty() && self.report.changed()) else { return };
        // Both were read before.
        let (Some(old), Some(new)) =
            (self.page(order, &self.report.source.text, template), self.page(order, &self.text, template))
        else {
            return;
        };
        for object in &new.objects {
            let start = self.on_disk(new.draft.file_span(object.root).unwrap_or(0..0)).start;
            let here = |was: &&Object| old.draft.file_span(was.root).is_some_and(|span| span.start == start);
            let alike = |was: &&Object| (&was.kind, &was.group) == (&object.kind, &object.group);
            let here = || old.objects.iter().filter(here).filter(|was| was.operation.is_none());
            let was = here().find(alike).or_else(|| here().next());
            if was.is_some_and(|was| same(&old.draft.data(was.root), &new.draft.data(object.root))) {
                continue;
            }
            let Some(crd) = crd_of(crds, object) else {
                self.unchecked(&new.draft, object);
                continue;
            };
            let was = was.map(|was| (&old.draft, was, crd_of(crds, was)));
            self.object(crd, (&new.draft, object), was, object.partial || order.repo.is_patch(&self.report.source.path));
        }
    }

    fn page(&self, order: &Order, text: &str, template: bool) -> Option<Page> {
        let mut draft = Draft::new(text, view::read_as(text, template, 0).ok()?);
        let carriers = order.runs.first().map_or(&[][..], |run| &run.carriers);
        let objects = document::objects(&mut draft, &self.report.source.path, carriers, order.repo).0;
        Some(Page { draft, objects })
    }

    /// `was`: what it was, with what is known of the kind that it was of.
    fn object(&mut self, crd: &Crd, now: (&Draft, &Object), was: Option<(&Draft, &Object, Option<&Crd>)>, partial: bool) {
        let (draft, object) = now;
        let named = format!("{}/{} {}", crd.group, object.version, crd.kind);
        let Some(version) = crd.served(&object.version) else {
            let at = document::child(draft, object.root, "apiVersion").map_or(0..0, |api| place(draft, Hit::node(api)));
            let why = format!("the given CRDs do not serve {named}");
            let help = format!("they serve {}", crd.all_served().join(", "));
            if was.is_some_and(|(_, was, known)| known == Some(crd) && was.version == object.version) {
                self.note(self.on_disk(at), format!("This was so before the edit: {why}."), Some(help));
            } else {
                self.broken(at, why, help);
            }
            return;
        };
        // What nobody knows any more is taken for what became of it.
        let before = was.map_or_else(Vec::new, |(draft, was, known)| {
            let version = known.and_then(|crd| crd.served(&was.version)).unwrap_or(version);
            schema::check(&given(draft, was.root), version, partial)
        });
        let after = schema::check(&given(draft, object.root), version, partial);
        let (new, known) = told_apart(after, before);
        for one in new {
            let help = suggested(&one);
            self.broken(one.at.clone(), format!("the edit does not fit the CRD of {named}: {one}"), help);
        }
        for one in known {
            let help = Some(suggested(&one)).filter(|help| !help.is_empty());
            self.note(one.at.clone(), format!("This did not fit the CRD of {named} before the edit either: {one}."), help);
        }
    }

    /// An edited object that no definition is given for. Of what a cluster brings along there is none.
    fn unchecked(&mut self, draft: &Draft, object: &Object) {
        let (Some(group), Some(kind)) = (&object.group, &object.kind) else { return };
        if group.contains('.') && object.operation.is_none() {
            let at = self.on_disk(draft.file_span(object.root).unwrap_or(0..0));
            let message = format!("No CRD for {group} {kind} was given, so this edit is not checked against one.");
            self.note(at.start..at.start, message, None);
        }
    }

    fn note(&mut self, at: Span, message: String, help: Option<String>) {
        let mut finding = Finding::at(&self.report.source, at, SCHEMA, Level::Note, message);
        finding.help = help;
        self.report.findings.push(finding);
    }

    /// `at`: bytes of the new text.
    fn broken(&mut self, at: Span, why: String, mut help: String) {
        if let Some(id) = self.made_by(&at) {
            let next = format!("fix the file by hand, or leave the edit out with --skip {id}");
            help = if help.is_empty() { next } else { format!("{help}\n{next}") };
        }
        let help = Some(help).filter(|help| !help.is_empty());
        self.broken.push(Failure { at: self.on_disk(at), id: SCHEMA, why, help });
    }

    /// The migration that wrote the bytes `at` of the new text; where none did, the only one that edited the file.
    fn made_by(&self, at: &Span) -> Option<&str> {
        let mut here = at.start;
        for step in self.report.steps.iter().rev() {
            let (back, written) = traced(&step.splices, here);
            if written {
                return Some(&step.migration);
            }
            here = back;
        }
        let mut ids = self.report.steps.iter().map(|step| step.migration.as_str());
        let first = ids.next()?;
        ids.all(|id| id == first).then_some(first)
    }
}

/// What is known of the kind of an object, where the object says for sure what it is.
fn crd_of<'c>(crds: &'c Crds, object: &Object) -> Option<&'c Crd> {
    let sure = object.operation.is_none() && !object.version.is_empty();
    let alone = !object.others.iter().any(|(field, _)| ["kind", "apiVersion"].contains(field));
    crds.of(object.group.as_deref()?, object.kind.as_deref()?).filter(|_| sure && alone)
}

/// Violations that were not there before, and those that were, at their places of before.
fn told_apart(after: Vec<Violation>, mut before: Vec<Violation>) -> (Vec<Violation>, Vec<Violation>) {
    let (mut new, mut known) = (after, Vec::new());
    // The same rule at the same path, else (what was moved) at a field of the same name.
    let same_path = |a: &Violation, b: &Violation| a.shape() == b.shape() && a.wrong == b.wrong;
    let same_name = |a: &Violation, b: &Violation| a.field() == b.field() && a.wrong == b.wrong;
    for alike in [same_path as fn(&Violation, &Violation) -> bool, same_name] {
        new.retain(|one| match before.iter().position(|was| alike(one, was)) {
            Some(index) => {
                known.push(before.remove(index));
                false
            }
            None => true,
        });
    }
    (new, known)
}

/// The nearest name of a field, or some.
fn suggested(violation: &Violation) -> String {
    let known = &violation.known;
    match near(&violation.field(), known.iter().map(String::as_str)) {
        Some(near) => format!("did you mean `{near}`?"),
        None if known.is_empty() => String::new(),
        None if known.len() > LISTED => format!("fields there: {}, …", known[..LISTED].join(", ")),
        None => format!("fields there: {}", known.join(", ")),
    }
}

/// A node as the API server gets it: aliases and merge keys resolved, a text in it as text.
fn given(draft: &Draft, id: Id) -> Given {
    let at = place(draft, Hit::node(id));
    let (data, open) = match &draft.node(id).body {
        Body::Alias(target) => {
            let Given { data, open, .. } = given(draft, *target);
            (data, open)
        }
        // An object in a text is asked for by its root, and stands as text in what is around it.
        Body::Embedded { text, .. } => (Data::Str(draft.texts[*text].text.clone()), false),
        Body::Scalar { value, style, .. } => (scalar(value, *style), false),
        Body::Map { .. } => (Data::Map(members(draft, id)), is_open(draft, id)),
        Body::Seq { children, .. } => {
            (Data::List(children.iter().map(|child| given(draft, child.value)).collect()), is_open(draft, id))
        }
    };
    Given { at, data, open }
}

fn members(draft: &Draft, map: Id) -> Vec<Member> {
    let mut own = Vec::new();
    let mut merged = Vec::new();
    for child in draft.children(map) {
        let Some(name) = draft.key_text(child) else { continue };
        let at = child.key.and_then(|key| draft.file_span(key)).unwrap_or_else(|| place(draft, Hit::node(child.value)));
        if name == "<<" {
            let value = draft.resolve(child.value);
            let from = if draft.is_map(value) { vec![value] } else { draft.children(value).iter().map(|c| c.value).collect() };
            merged.extend(from.into_iter().flat_map(|from| members(draft, draft.resolve(from))));
        } else {
            own.push(Member { name: name.to_owned(), at, value: given(draft, child.value) });
        }
    }
    for member in merged {
        if !own.iter().any(|known| known.name == member.name) {
            own.push(member);
        }
    }
    own
}

/// A scalar as readers of YAML 1.1 see it, as those of clusters are.
fn scalar(value: &Value, style: ScalarStyle) -> Data {
    match value {
        Value::Null => Data::Null,
        Value::Bool(bool) => Data::Bool(*bool),
        Value::Int(int) => Data::Int(*int),
        Value::Float(float) => Data::Float(*float),
        Value::Str(text) if text.contains("{{") => Data::Computed,
        Value::Str(text) if style == ScalarStyle::Plain => match text.to_ascii_lowercase().as_str() {
            "yes" | "on" => Data::Bool(true),
            "no" | "off" => Data::Bool(false),
            _ => Data::Str(text.clone()),
        },
        Value::Str(text) => Data::Str(text.clone()),
        Value::Tagged(..) | Value::Seq(_) | Value::Map(_) => Data::Computed,
    }
}

/// Whether the lines of a collection hold actions of a template.
fn is_open(draft: &Draft, id: Id) -> bool {
    draft.node(id).origin.is_some_and(|origin| {
        let text = &draft.texts[origin.text];
        text.branches.is_some() && text.text[text.tree.node(origin.node).span.clone()].contains("{{")
    })
}
