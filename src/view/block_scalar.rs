//! YAML in a literal block scalar: each inner line is a line of the host behind its indentation.
use super::View;
use crate::source::Span;
use crate::yaml::draft::{Carry, Piece};
use crate::yaml::fold;
use crate::yaml::tree::{Kind, NodeId, ScalarStyle, Tree};
use crate::yaml::trivia::line_end;

/// A literal scalar, line by line.
#[derive(Debug)]
struct Lines {
    /// The scalar in the host.
    span: Span,
    /// The header, `|-` and the like with any comment, without its line break.
    header: Span,
    /// Byte of the `-` in the header.
    strip: Option<usize>,
    /// For each inner line: where it starts in the inner text, and its bytes in the host without indentation and break.
    lines: Vec<(usize, Span)>,
    /// Columns that content lines are indented by.
    indent: usize,
    newline: &'static str,
    folded: bool,
}

/// Opens a literal or folded scalar. What lives in a folded one can be read, but not changed.
///
/// # Errors
/// Where the lines of the host are not the lines of the value (indentation that cannot be told).
pub fn open(host: &str, tree: &Tree, node: NodeId) -> Result<View, String> {
    let here = tree.node(node);
    let Kind::Scalar { value, style } = &here.kind else { return Err("not a block scalar".into()) };
    let folded = *style == ScalarStyle::Folded;
    let span = here.span.clone();
    let header = span.start..line_end(host, span.start).min(span.end);
    let indicators = host[header.clone()].split([' ', '\t']).next().unwrap_or_default();
    let strip = indicators.find('-').map(|at| header.start + at);
    let newline = if host[header.end..].starts_with("\r\n") { "\r\n" } else { "\n" };
    let content = (header.end + newline.len()).min(span.end)..span.end;
    let indent = indentation(&host[content.clone()], value, folded);
    let mut lines = Vec::new();
    let mut inner_at = 0;
    let mut rebuilt = String::new();
    if !content.is_empty() {
        let mut at = content.start;
        for line in host[content].split('\n') {
            let shown = line.strip_suffix('\r').unwrap_or(line);
            let blanks = (shown.len() - shown.trim_start_matches(' ').len()).min(indent);
            lines.push((inner_at, at + blanks..at + shown.len()));
            rebuilt.push_str(&shown[blanks..]);
            rebuilt.push('\n');
            inner_at = rebuilt.len();
            at += line.len() + 1;
        }
    }
    if folded {
        // Its lines are joined when it is read: each starts elsewhere in the value.
        let bare: Vec<&str> = lines.iter().map(|(_, span)| &host[span.clone()]).collect();
        let starts = fold::starts(value, &bare).unwrap_or_default();
        lines.iter_mut().zip(starts).for_each(|(line, start)| line.0 = start);
    } else if rebuilt.trim_end_matches('\n') != value.trim_end_matches('\n') {
        return Err("the indentation of this block scalar cannot be told".into());
    }
    let carry = Lines { span, header, strip, lines, indent, newline, folded };
    Ok(View { text: value.clone(), carry: Box::new(carry) })
}

/// The indentation that the parser took off: that of the first line with content, less what is left of it in the value.
fn indentation(content: &str, value: &str, folded: bool) -> usize {
    let blanks = |line: &str| line.len() - line.trim_start_matches(' ').len();
    let Some(first) = content.lines().find(|l| !l.trim().is_empty()) else { return 0 };
    let kept = if folded { 0 } else { value.lines().find(|l| !l.trim().is_empty()).map_or(0, blanks) };
    blanks(first).saturating_sub(kept)
}

impl Carry for Lines {
    fn back(&self, inner: &str, pieces: &[Piece]) -> Result<Vec<Piece>, String> {
        if pieces.iter().all(|p| matches!(p, Piece::Keep(_))) && kept_whole(pieces, inner.len()) {
            return Ok(vec![Piece::Keep(self.span.clone())]);
        }
        if self.folded {
            return Err(
                "it stands in a folded block scalar (`>`), whose lines are joined when it is read; make it literal (`|`) first"
                    .into(),
            );
        }
        let new: String = pieces
            .iter()
            .map(|p| match p {
                Piece::Keep(s) => &inner[s.clone()],
                Piece::New(n) => n.as_str(),
            })
            .collect();
        if new.trim_end_matches('\n').is_empty() {
            return Ok(vec![Piece::New("\"\"".into())]);
        }
        // The first line of a text tells its indentation: one of blanks alone would tell another.
        if new.contains('\r') || new.lines().take_while(|l| l.trim().is_empty()).any(|l| !l.is_empty()) {
            return Err("the new text cannot stand in a literal block scalar".into());
        }
        let mut out = match (endings(inner), endings(&new), self.strip) {
            (old, now, _) if old == now => vec![Piece::Keep(self.header.clone())],
            // What stands last now has a line break of its own: the text is no longer stripped of it.
            (0, 1, Some(at)) => vec![Piece::Keep(self.header.start..at), Piece::Keep(at + 1..self.header.end)],
            _ => return Err("the new text ends with other line breaks than the old one".into()),
        };
        let body = new.trim_end_matches('\n').len();
        let keeps = new.ends_with("\n\n");
        let limit = if keeps { new.len() - 1 } else { body };
        self.write_lines(inner, pieces, limit, &mut out);
        if keeps && new[..limit].ends_with('\n') {
            // The last of the lines that `+` keeps: empty, and its own break is not part of the scalar.
            out.push(Piece::New(self.newline.to_owned()));
        }
        Ok(out)
    }

    fn indent(&self) -> usize {
        self.indent
    }

    fn host_byte(&self, at: usize) -> usize {
        let line = self.lines.partition_point(|(start, _)| *start <= at).saturating_sub(1);
        match self.lines.get(line) {
            Some((start, host)) => (host.start + (at - start)).min(host.end),
            None => self.span.start,
        }
    }
}

/// Line breaks at the end, as far as chomping tells them apart.
fn endings(text: &str) -> usize {
    (text.len() - text.trim_end_matches('\n').len()).min(2)
}

fn kept_whole(pieces: &[Piece], len: usize) -> bool {
    let mut at = 0;
    for piece in pieces {
        match piece {
            Piece::Keep(span) if span.is_empty() => {}
            Piece::Keep(span) if span.start == at => at = span.end,
            _ => return false,
        }
    }
    at == len
}

impl Lines {
    /// Pieces of the first `limit` bytes of the new text, in lines of the host.
    fn write_lines(&self, inner: &str, pieces: &[Piece], limit: usize, out: &mut Vec<Piece>) {
        let indent = " ".repeat(self.indent);
        let mut written = 0;
        let mut line_open = false;
        for piece in pieces {
            let (text, kept) = match piece {
                Piece::Keep(span) => (&inner[span.clone()], Some(span.start)),
                Piece::New(new) => (new.as_str(), None),
            };
            let text = &text[..text.len().min(limit.saturating_sub(written))];
            written += text.len();
            let mut at = 0;
            for part in text.split_inclusive('\n') {
                let content = part.strip_suffix('\n').unwrap_or(part);
                let host = kept.and_then(|start| self.host_line(start + at, content.len()));
                if !line_open {
                    match &host {
                        // Its indentation comes along, with the break before it.
                        Some((line, span)) if span.start == line.start => out.push(self.break_and_indent(line)),
                        _ => out.push(Piece::New(if content.is_empty() {
                            self.newline.to_owned()
                        } else {
                            format!("{}{indent}", self.newline)
                        })),
                    }
                    line_open = true;
                }
                match host {
                    Some((_, span)) => out.push(Piece::Keep(span)),
                    None => out.push(Piece::New(content.to_owned())),
                }
                if part.ends_with('\n') {
                    line_open = false;
                }
                at += part.len();
            }
        }
    }

    /// The host line that inner byte `at` is on, and the host bytes of `len` bytes from there.
    fn host_line(&self, at: usize, len: usize) -> Option<(Span, Span)> {
        let index = self.lines.partition_point(|(start, _)| *start <= at).checked_sub(1)?;
        let (start, host) = &self.lines[index];
        let from = host.start + (at - start);
        (from + len <= host.end).then(|| (host.clone(), from..from + len))
    }

    /// The bytes from the end of the line above to the first byte of content of `line`.
    fn break_and_indent(&self, line: &Span) -> Piece {
        let index = self.lines.partition_point(|(_, host)| host.start < line.start);
        let from = match index.checked_sub(1) {
            Some(above) => self.lines[above].1.end,
            None => self.header.end,
        };
        Piece::Keep(from..line.start)
    }
}
