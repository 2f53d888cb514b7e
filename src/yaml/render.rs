//! Renders a draft: kept nodes by copying their bytes, new ones in the neighbours' style.
//!
//! A changed node is emitted as pieces: bytes kept from its text, and new text between them. What is not kept and not
//! replaced is gone, so that the pieces of a whole text are its splices.
mod block;
mod ending;
mod flow;
mod fresh;
mod lines;
mod multiline;

use super::draft::{Body, Draft, Id, Piece};
use super::style;
use super::tree::{NodeId, ScalarStyle, Tree};
use super::trivia;
use super::value::Value;
use crate::report::Splice;
use crate::source::Span;

/// Why a draft cannot be written.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{message}")]
pub struct Refusal {
    /// Byte of the file that it is about.
    pub at: usize,
    pub message: String,
}

/// The file's new text, as sorted, disjoint splices on the old one.
///
/// # Errors
/// Where the change cannot be said in the text, e.g. inside a folded scalar.
pub fn render(draft: &Draft) -> Result<Vec<Splice>, Refusal> {
    let renderer = Renderer { draft };
    let text = &draft.texts[0].text;
    Ok(splices(text, renderer.stream(0, &draft.docs)?))
}

/// The new text of an opened scalar (`Body::Embedded`).
///
/// # Errors
/// As `render`.
pub fn inner_text(draft: &Draft, embedded: Id) -> Result<String, Refusal> {
    let renderer = Renderer { draft };
    match draft.node(embedded).body {
        Body::Embedded { root, text } => Ok(write(&draft.texts[text].text, &renderer.stream(text, &[root])?)),
        _ => Ok(String::new()),
    }
}

/// The text of an opened scalar, with what stands in it beside the part that was opened.
///
/// # Errors
/// As `render`.
pub fn outer_text(draft: &Draft, embedded: Id) -> Result<String, Refusal> {
    let inner = inner_text(draft, embedded)?;
    let Body::Embedded { text, .. } = draft.node(embedded).body else { return Ok(inner) };
    Ok(draft.texts[text].host.as_ref().map_or(inner.clone(), |host| host.carry.whole(inner)))
}

/// A node's own text, comments included, as a document of its own.
///
/// # Errors
/// As `render`.
pub fn text_of(draft: &Draft, id: Id) -> Result<String, Refusal> {
    let renderer = Renderer { draft };
    let around = fresh::Around { nl: "\n", style: style::Style::default(), json: false, strict: false };
    let text = if renderer.is_inline(id) {
        renderer.inline(id, false, around)?
    } else {
        let lines = renderer.block_lines(id, 0, around)?;
        lines.lead + &lines.body
    };
    Ok(text.trim_end_matches(['\n', '\r']).to_owned())
}

pub(super) struct Renderer<'d> {
    pub draft: &'d Draft,
}

impl Renderer<'_> {
    fn text(&self, t: usize) -> &str {
        &self.draft.texts[t].text
    }

    fn tree(&self, t: usize) -> &Tree {
        &self.draft.texts[t].tree
    }

    /// The style of the scalar that text `t` lives in, where an edit made that text.
    fn made(&self, t: usize) -> Option<ScalarStyle> {
        self.draft.texts[t].host.as_ref()?.made
    }

    fn region(&self, t: usize, node: NodeId) -> Span {
        trivia::region(self.text(t), self.tree(t), node)
    }

    /// A reason that points at byte `at` of text `t`.
    fn refuse<T>(&self, t: usize, at: usize, message: impl Into<String>) -> Result<T, Refusal> {
        Err(Refusal { at: self.draft.to_file(t, at..at).start, message: message.into() })
    }

    /// All documents of text `t`, whose roots are now `roots`; roots past its own are new documents.
    fn stream(&self, t: usize, roots: &[Id]) -> Result<Vec<Piece>, Refusal> {
        let text = self.text(t);
        let docs = &self.tree(t).docs;
        let mut pieces = Vec::new();
        for (doc, root) in docs.iter().zip(roots) {
            let node = self.draft.node(*root);
            if !node.dirty && node.origin.is_some_and(|o| o.text == t && o.node == doc.root) {
                pieces.push(Piece::Keep(doc.span.clone()));
                continue;
            }
            let old = self.region(t, doc.root);
            pieces.push(Piece::Keep(doc.span.start..old.start));
            if self.stays(*root, t, doc.root) {
                pieces.extend(self.emit(*root, t)?.flat());
            } else {
                pieces.push(Piece::New(self.whole(*root, t, doc.root)?));
            }
            let open_end = old.end == text.len() && !text.ends_with('\n');
            if open_end
                && matches!(pieces.last(), Some(Piece::New(new)) if new.trim_start().starts_with('|') && !new.trim_start().starts_with("|-"))
            {
                // Readers differ on a block scalar without a last line break.
                pieces.push(Piece::New(style::newline(text).to_owned()));
            }
            pieces.push(Piece::Keep(old.end..doc.span.end));
        }
        let nl = style::newline(text);
        for root in roots.iter().skip(docs.len()) {
            let around = fresh::Around { nl, style: style::Style::default(), json: false, strict: false };
            let lines = self.block_lines(*root, 0, around)?;
            if let Some(doc) = docs.last() {
                self.no_open_scalar(t, doc.root)?;
            }
            let gap = if text.is_empty() || text.ends_with('\n') { "" } else { nl };
            pieces.push(Piece::New(format!("{gap}---{nl}{}{}", lines.lead, lines.body)));
        }
        Ok(pieces)
    }

    /// A root that is no longer the node that stood there.
    fn whole(&self, root: Id, t: usize, old: NodeId) -> Result<String, Refusal> {
        let around = self.around(t, old);
        let (text, tree) = (self.text(t), self.tree(t));
        if self.is_inline(root) {
            let end = if trivia::is_block(tree, old) && text[self.region(t, old)].ends_with('\n') { around.nl } else { "" };
            // A marker alone on its line is no part of the value.
            let gap = if tree.node(old).is_empty() && text[..tree.node(old).span.start].ends_with("---") { " " } else { "" };
            return Ok(format!("{gap}{}{end}", self.inline(root, false, around)?));
        }
        let lines = self.block_lines(root, 0, around)?;
        let mut new = lines.lead + &lines.body;
        if !trivia::is_block(tree, old) {
            // The old root ends before its line break, which stays.
            if tree.node(old).is_empty() && text[..tree.node(old).span.start].ends_with("---") {
                new.insert_str(0, around.nl);
            }
            new.truncate(new.trim_end_matches(['\n', '\r']).len());
        }
        Ok(new)
    }

    /// Whether `id` is still the node `old` of text `t` and can be written where it stood, by changing parts of it.
    fn stays(&self, id: Id, t: usize, old: NodeId) -> bool {
        let node = self.draft.node(id);
        let same = node.origin.is_some_and(|o| o.text == t && o.node == old);
        let (text, tree) = (self.text(t), self.tree(t));
        match &node.body {
            Body::Map { children, .. } | Body::Seq { children, .. } if node.dirty => {
                let was = trivia::child_count(tree, old);
                let block = trivia::is_block(tree, old);
                let pair = !block && !text[tree.node(old).span.start..].starts_with(['{', '[']);
                // An emptied block collection, or pair of a flow list, becomes {} or []; an empty flow one in block
                // surroundings opens up, unless it holds a comment.
                let opens = !block && was == 0 && !text[tree.node(old).span.clone()].contains('#');
                same && !((block || pair) && children.is_empty())
                    && (!opens || children.is_empty() || self.in_flow(t, old) || style::is_json(text, tree, old))
            }
            _ => same,
        }
    }

    fn in_flow(&self, t: usize, node: NodeId) -> bool {
        let tree = self.tree(t);
        let mut at = tree.node(node).parent;
        // The root of a text in JSON form counts as flow as well.
        if at.is_none() && self.draft.texts[t].host.is_some() {
            return !trivia::is_block(tree, node);
        }
        while let Some(here) = at {
            if trivia::child_count(tree, here) > 0 {
                return !trivia::is_block(tree, here);
            }
            at = tree.node(here).parent;
        }
        false
    }

    fn around(&self, t: usize, node: NodeId) -> fresh::Around {
        let (text, tree) = (self.text(t), self.tree(t));
        let style = self.draft.texts[t].habits().around(text, tree, node);
        let strict = self.draft.texts[t].must_be_json();
        fresh::Around { nl: style::newline(text), style, json: strict || style::is_json(text, tree, node), strict }
    }

    /// A node that stays where it stood, covering the same region.
    fn emit(&self, id: Id, t: usize) -> Result<Emitted, Refusal> {
        let node = self.draft.node(id);
        let Some(origin) = node.origin else { return Ok(Emitted::default()) };
        let region = self.region(t, origin.node);
        if !node.dirty {
            return Ok(Emitted::of(vec![Piece::Keep(region)]));
        }
        match &node.body {
            Body::Scalar { value, text, style } => {
                let new = self.changed_scalar(t, origin.node, value, text, *style)?;
                Ok(Emitted::of(vec![Piece::New(new)]))
            }
            Body::Alias(_) => Ok(Emitted::of(vec![Piece::Keep(region)])),
            Body::Embedded { text, .. } if let Some(style) = self.made(*text) => {
                let whole = outer_text(self.draft, id)?;
                let new = self.changed_scalar(t, origin.node, &Value::Str(whole.clone()), &whole, style)?;
                Ok(Emitted::of(vec![Piece::New(new)]))
            }
            Body::Embedded { root, text } => {
                let inner = self.stream(*text, &[*root])?;
                match &self.draft.texts[*text].host {
                    Some(host) => match host.carry.back(self.text(*text), &inner) {
                        Ok(pieces) => Ok(Emitted::of(pieces)),
                        Err(why) => self.refuse(t, region.start, why),
                    },
                    None => Ok(Emitted::of(vec![Piece::Keep(region)])),
                }
            }
            Body::Map { children, .. } | Body::Seq { children, .. } if trivia::is_block(self.tree(t), origin.node) => {
                self.block(children, t, origin.node)
            }
            Body::Map { children, .. } | Body::Seq { children, .. } => Ok(Emitted::of(self.flow(children, t, origin.node)?)),
        }
    }
}

/// A node as it is written now.
#[derive(Default)]
struct Emitted {
    /// Comment lines that have to stand above the dash that introduces the node, without indentation.
    above: Vec<String>,
    pieces: Vec<Piece>,
}

impl Emitted {
    fn of(pieces: Vec<Piece>) -> Self {
        Emitted { above: Vec::new(), pieces }
    }

    /// With nowhere above to put comments: they come first.
    fn flat(self) -> Vec<Piece> {
        let lines = self.above.into_iter().map(|line| Piece::New(line + "\n"));
        lines.chain(self.pieces).collect()
    }
}

/// The text that pieces of `text` make up.
fn write(text: &str, pieces: &[Piece]) -> String {
    let mut out = String::new();
    for piece in pieces {
        match piece {
            Piece::Keep(span) => out.push_str(&text[span.clone()]),
            Piece::New(new) => out.push_str(new),
        }
    }
    out
}

/// The splices that turn `text` into what the pieces say. A kept piece that stands before one already passed was
/// moved: it counts as new text.
fn splices(text: &str, pieces: Vec<Piece>) -> Vec<Splice> {
    let mut out = Vec::new();
    let mut cursor = 0;
    let mut pending = String::new();
    for piece in pieces.into_iter().chain([Piece::Keep(text.len()..text.len())]) {
        match piece {
            Piece::New(new) => pending.push_str(&new),
            Piece::Keep(span) if span.start < cursor => pending.push_str(&text[span]),
            Piece::Keep(span) => {
                if span.start > cursor || !pending.is_empty() {
                    out.extend(trimmed(text, cursor..span.start, std::mem::take(&mut pending)));
                }
                cursor = span.end;
            }
        }
    }
    out
}

/// A splice without the bytes that it would put back at its ends.
fn trimmed(text: &str, at: Span, with: String) -> Option<Splice> {
    let old = &text[at.clone()];
    let head: usize = old.chars().zip(with.chars()).take_while(|(a, b)| a == b).map(|(a, _)| a.len_utf8()).sum();
    let (old_rest, new_rest) = (&old[head..], &with[head..]);
    let tail: usize =
        old_rest.chars().rev().zip(new_rest.chars().rev()).take_while(|(a, b)| a == b).map(|(a, _)| a.len_utf8()).sum();
    let new = &new_rest[..new_rest.len() - tail];
    let span = at.start + head..at.end - tail;
    (!span.is_empty() || !new.is_empty()).then(|| Splice { at: span, with: new.to_owned() })
}

/// Moves lines from column `from` to column `to`; the first line as well. Blank lines stay blank.
fn reindent(text: &str, from: usize, to: usize) -> String {
    let mut out = String::with_capacity(text.len());
    for line in text.split_inclusive('\n') {
        let blanks = line.len() - line.trim_start_matches(' ').len();
        let blank = line.trim_end_matches(['\n', '\r']).len() == blanks;
        if blank && blanks <= from {
            out.push_str(&line[blanks..]);
        } else {
            let kept = blanks.saturating_sub(from);
            out.push_str(&" ".repeat(to + kept));
            out.push_str(&line[blanks..]);
        }
    }
    out
}
