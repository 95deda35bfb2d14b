//! Lines of YAML and what spans them: block, plain, quoted and flow values, stepped over so that no line of text is taken
//! for structure.

use super::Scan;

/// The start of a line and what it begins with.
#[derive(Debug, Clone, Copy)]
pub(super) struct Line {
    pub(super) start: usize,
    /// Spaces before the first other byte, which is at `at`.
    pub(super) column: usize,
    pub(super) at: usize,
    pub(super) kind: Kind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Blank,
    Comment,
    /// `---` with nothing behind it but a comment.
    Marker,
    /// `---` and content.
    Begin,
    /// `...`
    End,
    Content,
    /// Content behind a tab in the indentation: an error, and never a boundary.
    Tabbed,
    Eof,
}

/// What content leaves behind.
#[derive(Debug, Default, Clone, Copy)]
pub(super) struct Rest {
    /// The start of the next line to look at.
    pub(super) next: usize,
    /// The column of the key or dash that waits for its value.
    open: Option<usize>,
}

pub(super) struct Key {
    /// Of the key without its quotes.
    pub(super) start: usize,
    pub(super) end: usize,
    /// Behind the colon.
    pub(super) behind: usize,
}

impl Scan<'_> {
    pub(super) fn look(&mut self, start: usize) -> Line {
        let mark = match start {
            0 if self.reader.starts(0, "\u{feff}".as_bytes()) => 3,
            _ => start,
        };
        let mut at = self.reader.skip(mark, |byte| byte == b' ');
        let mut column = at - mark;
        let tab = self.reader.at(at) == Some(b'\t');
        if tab {
            at = self.blanks(at);
        }
        let kind = match self.reader.at(at) {
            None => Kind::Eof,
            Some(b'\n') => Kind::Blank,
            Some(b'\r') if self.reader.at(at + 1) == Some(b'\n') => Kind::Blank,
            Some(b'#') => {
                if tab {
                    column = usize::MAX;
                }
                Kind::Comment
            }
            _ if tab => Kind::Tabbed,
            Some(b'-') if column == 0 && self.marker(at, b"---") => {
                let behind = self.blanks(at + 3);
                if self.line_ends(behind) {
                    Kind::Marker
                } else {
                    Kind::Begin
                }
            }
            Some(b'.') if column == 0 && self.marker(at, b"...") => Kind::End,
            Some(_) => Kind::Content,
        };
        Line {
            start,
            column,
            at,
            kind,
        }
    }

    /// Read a line of content with the lines that only go on with its last value. Lines at `level` or left of it never do.
    pub(super) fn content(&mut self, line: &Line, before: Rest, level: usize) -> Rest {
        let column = |at: usize| line.column + (at - line.at);
        let mut at = line.at;
        let mut parent = before.open.filter(|open| *open < line.column);
        while let Some(byte @ (b'-' | b'?' | b':')) = self.reader.at(at)
            && self.indicator(at, byte)
        {
            parent = Some(column(at));
            at = self.blanks(at + 1);
        }
        let first = at;
        at = self.properties(at);
        if self.line_ends(at) {
            return self.later(at, parent);
        }
        if let Some(key) = self.key(at) {
            parent = Some(column(first));
            at = self.blanks(key.behind);
            at = self.properties(at);
            if self.line_ends(at) {
                return self.later(at, parent);
            }
        }
        let parent = parent.unwrap_or(line.column.saturating_sub(1)).max(level);
        let next = match self.reader.at(at) {
            Some(b'|' | b'>') if self.block(at) => {
                let next = self.reader.next_line(at);
                self.deeper(next, parent)
            }
            Some(quote @ (b'"' | b'\'')) => self.quoted(at, quote, parent),
            Some(b'[' | b'{') => self.flow(at, parent),
            Some(b'*') => self.reader.next_line(at),
            _ => {
                let next = self.reader.next_line(at);
                let end = self.plain(at);
                if self.reader.at(end) == Some(b'#') {
                    next
                } else {
                    self.deeper(next, parent)
                }
            }
        };
        Rest { next, open: None }
    }

    fn later(&mut self, at: usize, open: Option<usize>) -> Rest {
        Rest {
            next: self.reader.next_line(at),
            open,
        }
    }

    pub(super) fn blanks(&mut self, at: usize) -> usize {
        self.reader.skip(at, |byte| byte == b' ' || byte == b'\t')
    }

    /// Whether nothing but a comment follows on the line.
    pub(super) fn line_ends(&mut self, at: usize) -> bool {
        match self.reader.at(at) {
            None | Some(b'\n' | b'#') => true,
            Some(b'\r') => matches!(self.reader.at(at + 1), None | Some(b'\n')),
            _ => false,
        }
    }

    /// A byte with a blank or the line's end behind it.
    pub(super) fn indicator(&mut self, at: usize, byte: u8) -> bool {
        self.reader.at(at) == Some(byte) && self.separated(at + 1)
    }

    fn separated(&mut self, at: usize) -> bool {
        matches!(
            self.reader.at(at),
            None | Some(b' ' | b'\t' | b'\n' | b'\r')
        )
    }

    fn marker(&mut self, at: usize, dashes: &[u8; 3]) -> bool {
        self.reader.starts(at, dashes) && self.separated(at + 3)
    }

    /// Behind anchors and tags, and the blanks around them.
    pub(super) fn properties(&mut self, at: usize) -> usize {
        let mut at = self.blanks(at);
        while let Some(b'&' | b'!') = self.reader.at(at) {
            let end = self
                .reader
                .skip(at, |byte| !matches!(byte, b' ' | b'\t' | b'\n' | b'\r'));
            at = self.blanks(end);
        }
        at
    }

    /// The key that starts at `at`, on one line.
    pub(super) fn key(&mut self, at: usize) -> Option<Key> {
        let quote = self.reader.at(at)?;
        if let b'"' | b'\'' = quote {
            let mut end = at + 1;
            loop {
                end = self.reader.find3(end, quote, b'\n', b'\\');
                match self.reader.at(end)? {
                    b'\n' => return None,
                    b'\\' if quote == b'"' => end += 2,
                    b'\\' => end += 1,
                    _ if quote == b'\'' && self.reader.at(end + 1) == Some(quote) => end += 2,
                    _ => break,
                }
            }
            let colon = self.blanks(end + 1);
            return self.indicator(colon, b':').then_some(Key {
                start: at + 1,
                end,
                behind: colon + 1,
            });
        }
        if b",[]{}#&*!|>%@`".contains(&quote) || b"-?:".contains(&quote) && self.separated(at + 1) {
            return None;
        }
        let colon = self.plain(at);
        if self.reader.at(colon) != Some(b':') {
            return None;
        }
        let read = self.reader.read(at, colon);
        let blank = read.iter().rev().take_while(|b| b" \t".contains(b)).count();
        Some(Key {
            start: at,
            end: colon - blank,
            behind: colon + 1,
        })
    }

    /// Where the plain text at `at` ends on its line: at a colon, a comment, or the newline.
    fn plain(&mut self, mut at: usize) -> usize {
        let mut blank = false;
        loop {
            match self.reader.at(at) {
                None | Some(b'\n') => return at,
                Some(b'#') if blank => return at,
                Some(b':') if self.separated(at + 1) => return at,
                Some(byte) => blank = matches!(byte, b' ' | b'\t'),
            }
            at += 1;
        }
    }

    /// Whether `|` or `>` begins a block scalar.
    fn block(&mut self, at: usize) -> bool {
        let end = self
            .reader
            .skip(at + 1, |byte| matches!(byte, b'+' | b'-' | b'0'..=b'9'));
        let end = self.blanks(end);
        self.line_ends(end)
    }

    /// The first line from `pos` on that is not blank and not indented by more than `parent`.
    fn deeper(&mut self, mut pos: usize, parent: usize) -> usize {
        loop {
            let at = self.reader.skip(pos, |byte| byte == b' ');
            if at - pos <= parent {
                let text = self
                    .reader
                    .skip(at, |byte| matches!(byte, b' ' | b'\t' | b'\r'));
                match self.reader.at(text) {
                    None => return self.reader.len(),
                    Some(b'\n') => {}
                    Some(_) => return pos,
                }
            }
            pos = self.reader.next_line(at);
            if pos == self.reader.len() {
                return pos;
            }
        }
    }

    /// The line behind the quoted value at `at`, or the one before which it is seen not to be closed.
    fn quoted(&mut self, at: usize, quote: u8, parent: usize) -> usize {
        match self.close(at, quote, parent) {
            Ok(end) => self.reader.next_line(end),
            Err(line) => line,
        }
    }

    /// Behind the closing quote, or else the start of the line that cannot belong to the value.
    fn close(&mut self, at: usize, quote: u8, parent: usize) -> Result<usize, usize> {
        let mut at = at + 1;
        loop {
            at = self.reader.find3(at, quote, b'\n', b'\\');
            match self.reader.at(at) {
                None => return Err(self.reader.len()),
                Some(b'\n') if self.resumes(at + 1, parent) => return Err(at + 1),
                Some(b'\\') if quote == b'"' && self.reader.at(at + 1) != Some(b'\n') => at += 2,
                Some(b'\n' | b'\\') => at += 1,
                Some(_) if quote == b'\'' && self.reader.at(at + 1) == Some(quote) => at += 2,
                Some(_) => return Ok(at + 1),
            }
        }
    }

    /// The line behind the flow collection at `at`, or the one before which it is seen not to be closed.
    fn flow(&mut self, mut at: usize, parent: usize) -> usize {
        let mut depth = 0usize;
        // Within a plain value, where a quote is text.
        let mut word = false;
        while let Some(byte) = self.reader.at(at) {
            match byte {
                b'[' | b'{' => {
                    depth += 1;
                    word = false;
                }
                b']' | b'}' => {
                    depth -= 1;
                    word = false;
                    if depth == 0 {
                        return self.reader.next_line(at);
                    }
                }
                b',' => word = false,
                b':' if !word || self.separated(at + 1) => word = false,
                b'#' if at > 0 && b" \t\n".contains(&self.reader.read(at - 1, at)[0]) => {
                    at = self.reader.find(at, b'\n');
                    continue;
                }
                b'"' | b'\'' if !word => match self.close(at, byte, parent) {
                    Ok(end) => {
                        at = end;
                        continue;
                    }
                    Err(line) => return line,
                },
                b'&' | b'!' | b'*' if !word => {
                    at = self
                        .reader
                        .skip(at, |byte| !b" \t\r\n,[]{}".contains(&byte));
                    continue;
                }
                b'\n' if self.resumes(at + 1, parent) => return at + 1,
                b' ' | b'\t' | b'\r' | b'\n' => {}
                b'?' if !word && self.separated(at + 1) => {}
                _ => word = true,
            }
            at += 1;
        }
        self.reader.len()
    }

    /// Whether a line is a marker, or no deeper than `parent` and looks like a key or an item: no quoted or flow value goes
    /// on there.
    fn resumes(&mut self, start: usize, parent: usize) -> bool {
        let line = self.look(start);
        match line.kind {
            Kind::Marker | Kind::Begin | Kind::End => true,
            Kind::Content if line.column <= parent => {
                let word = self.reader.skip(line.at, |byte| {
                    byte.is_ascii_alphanumeric() || b"_-./$".contains(&byte)
                });
                word > line.at && self.indicator(word, b':') || self.indicator(line.at, b'-')
            }
            _ => false,
        }
    }
}
