//! What is proven before anything is written: the new text means what was intended, to two readers; no comment is lost.
use super::template;
use crate::report::{Splice, apply};
use crate::source::Span;
use crate::view::{self, helm};
use crate::yaml::draft::{Body, Draft, Id};
use crate::yaml::syntax;
use crate::yaml::value::{Value, same};
use crate::yaml::{render, second, trivia};
use std::collections::HashMap;

/// Why an edit is not proven.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unproven {
    /// Byte of the old text.
    pub at: usize,
    pub why: String,
}

/// A comment that the new text does not have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lost {
    /// Bytes of the old text.
    pub at: Span,
    pub comment: String,
}

/// An edit of a whole file, proven.
pub struct Edit {
    pub splices: Vec<Splice>,
    pub new: String,
    /// Comments that went with what was taken out.
    pub lost: Vec<Lost>,
}

/// The edits of a draft, with `more` of comments, as one new text that is proven to mean them.
///
/// # Errors
/// What cannot be written or does not hold.
pub fn proven(draft: &Draft, more: &[Splice]) -> Result<Edit, Unproven> {
    let mut splices = render::render(draft).map_err(|refusal| Unproven { at: refusal.at, why: refusal.message })?;
    splices.extend(more.iter().cloned());
    splices.sort_by_key(|splice| splice.at.start);
    let new = apply(&draft.texts[0].text, &splices);
    let lost = prove(draft, &new)?;
    Ok(Edit { splices, new, lost })
}

fn unproven<T>(at: usize, why: impl Into<String>) -> Result<T, Unproven> {
    Err(Unproven { at, why: why.into() })
}

/// Checks that `new` is the text of `draft`; gives the comments that went with what was removed.
///
/// # Errors
/// The first thing that does not hold.
fn prove(draft: &Draft, new: &str) -> Result<Vec<Lost>, Unproven> {
    let now = match view::read_as(new, draft.is_template(), 0) {
        Ok(read) => Draft::new(new, read),
        Err(e) => return unproven(0, format!("the new text would not be YAML: {e}")),
    };
    let intended = documents(draft)?;
    let got = documents(&now)?;
    if intended.len() != got.len() {
        return unproven(0, format!("the new text would hold {} documents instead of {}", got.len(), intended.len()));
    }
    for (index, (intended, got)) in intended.iter().zip(&got).enumerate() {
        if !same(intended, got) {
            let at = draft.docs.get(index).and_then(|d| draft.file_span(*d)).map_or(0, |s| s.start);
            return unproven(at, format!("the new text would mean something else: {}", first_difference(intended, got)));
        }
    }
    template::prove(draft, 0, &draft.docs, new)?;
    embedded(draft)?;
    second_reader(draft, 0, new, &intended, 0)?;
    Ok(lost_comments(draft, &now))
}

/// The second reader agrees on the new text of text `t`, which starts at byte `at` of the file; of a template, on what is
/// left without its actions.
fn second_reader(draft: &Draft, t: usize, new: &str, intended: &[Value], at: usize) -> Result<(), Unproven> {
    let was = &draft.texts[t];
    if was.branches.is_none() {
        let before = documents(&Draft::new(&was.text, was.tree.clone()))?;
        return second::agree(&was.text, new, &before, intended).or_else(|why| unproven(at, why));
    }
    let (old, new) = (helm::masked(&was.text), helm::masked(new));
    let plain = |text: &str| match syntax::parse_branches(text) {
        Ok(tree) => documents(&Draft::new(text, tree)),
        Err(e) => unproven(at, format!("the new text would not be YAML without its actions: {e}")),
    };
    second::agree(&old, &new, &plain(&old)?, &plain(&new)?).or_else(|why| unproven(at, why))
}

fn documents(draft: &Draft) -> Result<Vec<Value>, Unproven> {
    draft.docs.iter().map(|root| outer(draft, *root)).collect()
}

/// The data of a node with opened texts as the strings that they are.
fn outer(draft: &Draft, id: Id) -> Result<Value, Unproven> {
    let value = match &draft.node(id).body {
        Body::Embedded { .. } => match render::outer_text(draft, id) {
            Ok(whole) => Value::Str(whole),
            Err(e) => return unproven(e.at, e.message),
        },
        Body::Map { children, .. } => {
            let mut entries = Vec::with_capacity(children.len());
            for child in children {
                let key = child.key.map_or(Ok(Value::Null), |k| outer(draft, k))?;
                entries.push((key, outer(draft, child.value)?));
            }
            Value::Map(entries)
        }
        Body::Seq { children, .. } => Value::Seq(children.iter().map(|c| outer(draft, c.value)).collect::<Result<_, _>>()?),
        Body::Alias(target) => outer(draft, *target)?,
        Body::Scalar { value, .. } => return Ok(value.clone()),
    };
    Ok(match own_tag(draft, id) {
        Some(tag) => Value::Tagged(tag, Box::new(value)),
        None => value,
    })
}

/// The tag of a collection, where it is one of a program's own.
fn own_tag(draft: &Draft, id: Id) -> Option<String> {
    let origin = draft.node(id).origin.filter(|_| !matches!(draft.node(id).body, Body::Alias(_) | Body::Embedded { .. }))?;
    let text = &draft.texts[origin.text];
    let tag = &text.text[text.tree.node(origin.node).tag.clone()?];
    (tag.len() > 1 && !tag.starts_with("!!")).then(|| tag.to_owned())
}

/// Each opened text that changed reads as what was intended, to both readers.
fn embedded(draft: &Draft) -> Result<(), Unproven> {
    let mut open: Vec<Id> = draft.docs.clone();
    while let Some(id) = open.pop() {
        match &draft.node(id).body {
            Body::Map { children, .. } | Body::Seq { children, .. } => open.extend(children.iter().map(|c| c.value)),
            Body::Embedded { root, text } if draft.node(id).dirty => {
                let at = draft.file_span(id).map_or(0, |s| s.start);
                let new = match render::inner_text(draft, id) {
                    Ok(new) => new,
                    Err(e) => return unproven(e.at, e.message),
                };
                let read = match view::read_as(&new, draft.texts[*text].branches.is_some(), draft.indent(*text)) {
                    Ok(read) => read,
                    Err(e) => return unproven(at, format!("the text in this value would not be YAML: {e}")),
                };
                let intended = vec![outer(draft, *root)?];
                let got = documents(&Draft::new(&new, read))?;
                if got.len() != 1 || !same(&intended[0], &got[0]) {
                    return unproven(at, "the text in this value would mean something else");
                }
                template::prove(draft, *text, &[*root], &new)?;
                second_reader(draft, *text, &new, &intended, at)?;
                open.push(*root);
            }
            _ => {}
        }
    }
    Ok(())
}

/// The path to the first part in which two values differ.
fn first_difference(a: &Value, b: &Value) -> String {
    match (a, b) {
        (Value::Map(x), Value::Map(y)) => {
            for ((ka, va), (kb, vb)) in x.iter().zip(y) {
                if !same(ka, kb) {
                    return format!("`{}` where `{}` is meant", kb.scalar_text(), ka.scalar_text());
                }
                if !same(va, vb) {
                    return format!("{}: {}", ka.scalar_text(), first_difference(va, vb));
                }
            }
            format!("{} keys where {} are meant", y.len(), x.len())
        }
        (Value::Seq(x), Value::Seq(y)) => match x.iter().zip(y).enumerate().find(|(_, (a, b))| !same(a, b)) {
            Some((i, (a, b))) => format!("[{i}]: {}", first_difference(a, b)),
            None => format!("{} items where {} are meant", y.len(), x.len()),
        },
        _ => "another value".to_owned(),
    }
}

/// Comments of the old text that the new one does not have, in order.
fn lost_comments(draft: &Draft, now: &Draft) -> Vec<Lost> {
    let mut left: HashMap<String, usize> = HashMap::new();
    let mut add = |comments: Vec<Lost>| comments.into_iter().for_each(|one| *left.entry(one.comment).or_default() += 1);
    add(comments(now, 0).collect());
    for (id, t) in opened(draft) {
        if let Ok(text) = render::inner_text(draft, id)
            && let Ok(read) = view::read(&text, draft.texts[t].branches.is_some(), draft.indent(t))
        {
            add(comments(&Draft::new(&text, read), 0).collect());
        }
    }
    let all = left.clone();
    // As text in a text it is no comment, but still there.
    let lines = &now.texts[0].text;
    let as_text = |comment: &str| {
        let written = lines.lines().filter(|line| line.trim_end().ends_with(comment)).count();
        written > all.iter().filter(|(other, _)| other.ends_with(comment)).map(|(_, count)| count).sum()
    };
    let mut lost = Vec::new();
    // What an edit put into a text was there before, or is new.
    let old = (0..draft.texts.len()).filter(|t| draft.texts[*t].host.as_ref().is_none_or(|host| host.made.is_none()));
    for one in old.flat_map(|t| comments(draft, t)) {
        match left.get_mut(&one.comment).filter(|count| **count > 0) {
            Some(count) => *count -= 1,
            None if as_text(&one.comment) => {}
            None => lost.push(one),
        }
    }
    lost
}

/// The comments of text `t` of a draft, at their places in the file; those of a template as well.
fn comments(draft: &Draft, t: usize) -> impl Iterator<Item = Lost> + '_ {
    let text = &draft.texts[t].text;
    let of_template = if draft.texts[t].branches.is_some() { helm::comments(text) } else { Vec::new() };
    let spans = trivia::comments(text, &draft.texts[t].tree).into_iter();
    // Of a comment in a template's comment, the whole.
    let outside = |span: &Span| !of_template.iter().any(|other| other.start <= span.start && span.start < other.end);
    let spans: Vec<Span> = spans.filter(outside).chain(of_template.iter().cloned()).collect();
    spans.into_iter().map(move |span| Lost { comment: text[span.clone()].trim_end().to_owned(), at: draft.to_file(t, span) })
}

fn opened(draft: &Draft) -> Vec<(Id, usize)> {
    let mut out = Vec::new();
    let mut open: Vec<Id> = draft.docs.clone();
    while let Some(id) = open.pop() {
        match &draft.node(id).body {
            Body::Map { children, .. } | Body::Seq { children, .. } => open.extend(children.iter().map(|c| c.value)),
            Body::Embedded { root, text } => {
                out.push((id, *text));
                open.push(*root);
            }
            _ => {}
        }
    }
    out
}
