//! Walks over what stands between nodes: blanks, comments, indicators, properties, markers.
use std::ops::Range;

pub(super) struct Cursor<'t> {
    pub text: &'t str,
    /// The next byte.
    pub at: usize,
}

impl<'t> Cursor<'t> {
    pub fn new(text: &'t str) -> Self {
        Cursor { text, at: 0 }
    }

    fn byte(&self, at: usize) -> Option<u8> {
        self.text.as_bytes().get(at).copied()
    }

    /// Skips blanks, line breaks and comments; gives the byte of what follows.
    fn skip(&mut self) -> Option<u8> {
        while let Some(byte) = self.byte(self.at) {
            match byte {
                b' ' | b'\t' | b'\r' | b'\n' => self.at += 1,
                b'#' if self.at == 0 || matches!(self.byte(self.at - 1), Some(b' ' | b'\t' | b'\r' | b'\n')) => self.skip_line(),
                0xef if self.text[self.at..].starts_with('\u{feff}') => self.at += 3,
                _ => return Some(byte),
            }
        }
        None
    }

    fn skip_line(&mut self) {
        self.at = self.text[self.at..].find('\n').map_or(self.text.len(), |i| self.at + i);
    }

    fn blank_behind(&self, at: usize) -> bool {
        matches!(self.byte(at + 1), None | Some(b' ' | b'\t' | b'\r' | b'\n'))
    }

    /// Takes `indicator` if it comes next, blanks and comments aside. Leaves the cursor alone otherwise.
    fn take(&mut self, indicator: u8, needs_blank: bool) -> Option<usize> {
        let mark = self.at;
        if self.skip() == Some(indicator) && (!needs_blank || self.blank_behind(self.at)) {
            self.at += 1;
            return Some(self.at - 1);
        }
        self.at = mark;
        None
    }

    pub fn dash(&mut self) -> Option<usize> {
        self.take(b'-', true)
    }

    pub fn comma(&mut self) {
        self.take(b',', false);
    }

    pub fn question(&mut self) -> Option<usize> {
        self.take(b'?', true)
    }

    pub fn colon(&mut self) -> Option<usize> {
        self.take(b':', false)
    }

    /// Anchor and tag of the node that comes next, in any order.
    pub fn properties(&mut self, flow: bool) -> (Option<Range<usize>>, Option<Range<usize>>) {
        let (mut anchor, mut tag) = (None, None);
        loop {
            let mark = self.at;
            match self.skip() {
                Some(b'&') if anchor.is_none() => anchor = Some(self.word(flow)),
                Some(b'!') if tag.is_none() => tag = Some(self.word(flow)),
                _ => {
                    self.at = mark;
                    return (anchor, tag);
                }
            }
        }
    }

    fn word(&mut self, flow: bool) -> Range<usize> {
        let start = self.at;
        let verbatim = self.text[start..].starts_with("!<");
        while let Some(byte) = self.byte(self.at) {
            let ends = matches!(byte, b' ' | b'\t' | b'\r' | b'\n')
                || flow && !verbatim && matches!(byte, b',' | b'[' | b']' | b'{' | b'}');
            if ends {
                break;
            }
            self.at += 1;
        }
        start..self.at
    }

    /// Whether only blanks and a comment follow on the line of byte `at`.
    pub fn line_ends_behind(&self, at: usize) -> bool {
        let rest = &self.text[at..];
        let line = rest[..rest.find('\n').unwrap_or(rest.len())].trim_matches([' ', '\t', '\r']);
        line.is_empty() || line.starts_with('#')
    }

    /// Goes to the first byte of the next node.
    pub fn walk_to_node(&mut self) -> usize {
        self.skip();
        self.at
    }

    pub fn opens_flow(&self) -> bool {
        matches!(self.byte(self.at), Some(b'[' | b'{'))
    }

    /// Behind the bracket that closes the flow collection whose last child was read.
    pub fn closing_bracket(&mut self) -> Option<usize> {
        let mark = self.at;
        loop {
            match self.skip() {
                Some(b',') => self.at += 1,
                Some(b']' | b'}') => {
                    self.at += 1;
                    return Some(self.at);
                }
                _ => {
                    self.at = mark;
                    return None;
                }
            }
        }
    }

    /// The span of the block scalar whose header comes next; the parser says that it ends somewhere before `loose_end`.
    pub fn block_scalar(&mut self, loose_end: usize) -> Range<usize> {
        let start = self.walk_to_node();
        let header_end = self.text[start..].find('\n').map_or(self.text.len(), |i| start + i);
        let header = self.text[start..header_end].trim_end_matches('\r');
        let indicators = header.split([' ', '\t']).next().unwrap_or_default();
        let content = &self.text[(header_end + 1).min(self.text.len())..loose_end.max((header_end + 1).min(self.text.len()))];
        let first = (header_end + 1).min(self.text.len());
        // What follows the last line break is the indentation of the next token, unless the text ends there.
        let mut end = if loose_end >= self.text.len() || content.ends_with('\n') {
            first + content.len()
        } else {
            content.rfind('\n').map_or(first, |i| first + i + 1)
        };
        // Blanks deeper than the text are a line of the text.
        let blanks = |line: &str| line.len() - line.trim_start_matches(' ').len();
        let depth = self.text[first..end].lines().find(|line| !line.trim().is_empty()).map_or(usize::MAX, blanks);
        if loose_end >= self.text.len()
            && let Some(last) = self.text[first..end].rfind('\n').map(|i| first + i + 1)
            && self.text[last..end].trim().is_empty()
            && blanks(&self.text[last..end]) <= depth
        {
            end = last;
        }
        if !indicators.contains('+') {
            while end > first {
                let line = &self.text[..end - 1].rfind('\n').map_or(0, |i| i + 1);
                let whole = self.text[*line..end].trim_end_matches(['\n', '\r']);
                if *line < first || !whole.trim().is_empty() || blanks(whole) > depth {
                    break;
                }
                end = *line;
            }
        }
        if end <= first {
            return start..start + header.len();
        }
        let lines = self.text[..end].strip_suffix('\n').map_or(&self.text[..end], |t| t.strip_suffix('\r').unwrap_or(t));
        start..lines.len()
    }

    /// Goes behind the `---` that comes next.
    pub fn document_marker(&mut self) -> Option<Range<usize>> {
        loop {
            let next = self.skip()?;
            let rest = &self.text[self.at..];
            if rest.starts_with("---") {
                self.at += 3;
                return Some(self.at - 3..self.at);
            }
            if next == b'%' || rest.starts_with("...") {
                self.skip_line();
            } else {
                return None;
            }
        }
    }

    /// Goes behind the `...` that ends a document, if it has one.
    pub fn end_document(&mut self) {
        let mark = self.at;
        self.skip();
        let line_start = self.at == 0 || self.byte(self.at - 1) == Some(b'\n');
        if line_start && self.text[self.at..].starts_with("...") && self.blank_behind(self.at + 2) {
            self.skip_line();
            self.at = (self.at + 1).min(self.text.len());
        } else {
            self.at = mark;
        }
    }
}
