//! Strings: where one ends, as the language reads it, and where a half-typed one is taken to end.

use super::{Scan, is_word};

pub(super) struct End {
    pub(super) end: usize,
    /// A stop lies in it: what follows is a new line.
    pub(super) stopped: bool,
}

/// Replacement fields within strings within fields.
const DEPTH: usize = 24;
/// A replacement field of more bytes is no field: bounds the work on hostile text. In a string of one line, and in others.
const FIELD: usize = 1024;
const LONG_FIELD: usize = 8 * 1024;

#[derive(Clone, Copy)]
struct Quote {
    byte: u8,
    triple: bool,
    raw: bool,
    fields: bool,
}

impl Quote {
    fn width(self) -> usize {
        if self.triple { 3 } else { 1 }
    }
    fn field(self) -> usize {
        if self.triple { LONG_FIELD } else { FIELD }
    }
}

impl Scan<'_> {
    /// The end of the string whose first quote is at `at`. A string of one line that is not closed ends at the newline; one
    /// of three quotes that is not closed ends with the text, and sets `open`.
    pub(super) fn string(&mut self, at: usize) -> End {
        let quote = self.quote(at);
        let inside = at + quote.width();
        let fields = if quote.fields {
            self.fields(inside, quote, 0)
        } else {
            None
        };
        let closed = fields.map_or_else(|| self.plain(inside, quote), Ok);
        let end = closed.unwrap_or_else(|gave_up| gave_up);
        let first = self.stops.partition_point(|stop| *stop <= self.base + at);
        if let Some(stop) = self.stops.get(first)
            && *stop <= self.base + end
        {
            return End {
                end: stop - self.base,
                stopped: true,
            };
        }
        self.open |= quote.triple && closed.is_err();
        End {
            end,
            stopped: false,
        }
    }

    fn quote(&mut self, at: usize) -> Quote {
        let byte = self.reader.at(at).unwrap_or(b'"');
        let triple = self.reader.starts(at + 1, &[byte, byte]);
        // Two quotes are an empty string; only three open a long one.
        let before = self.reader.read(at.saturating_sub(3), at);
        let letters = before
            .iter()
            .rev()
            .take(2)
            .take_while(|byte| b"fFrRbBuUtT".contains(byte))
            .count();
        let free = before.len() == letters || !is_word(before[before.len() - letters - 1]);
        let prefix = if free {
            &before[before.len() - letters..]
        } else {
            &[]
        };
        let has = |set: &[u8]| prefix.iter().any(|byte| set.contains(byte));
        Quote {
            byte,
            triple,
            raw: has(b"rR"),
            fields: has(b"fFtT"),
        }
    }

    /// The end of a string read without fields; the newline or the end of the text where it is not closed.
    fn plain(&mut self, mut at: usize, quote: Quote) -> Result<usize, usize> {
        loop {
            at = if quote.triple {
                self.reader.find2(at, quote.byte, b'\\')
            } else {
                self.reader.find3(at, quote.byte, b'\\', b'\n')
            };
            match self.reader.at(at) {
                None => return Err(at),
                Some(b'\\') => at = self.escape(at),
                Some(b'\n') if !quote.triple => return Err(at),
                _ if self.closes(at, quote) => return Ok(at + quote.width()),
                _ => at += 1,
            }
        }
    }

    /// The end of a string with fields, where all of it reads well. Fields may hold newlines, comments, and strings with the
    /// same quote.
    fn fields(&mut self, mut at: usize, quote: Quote, depth: usize) -> Option<usize> {
        loop {
            match self.reader.at(at)? {
                b'\\' => {
                    at = match self.reader.at(at + 1) {
                        // A backslash protects no brace.
                        Some(b'{' | b'}') => at + 1,
                        Some(b'N') if !quote.raw && self.reader.at(at + 2) == Some(b'{') => at + 3,
                        _ => self.escape(at),
                    }
                }
                b'\n' if !quote.triple => return None,
                b'{' if self.reader.at(at + 1) == Some(b'{') => at += 2,
                b'{' => at = self.field(at + 1, quote, depth)?,
                _ if self.closes(at, quote) => return Some(at + quote.width()),
                _ => at += 1,
            }
        }
    }

    /// Behind the brace that closes a field.
    fn field(&mut self, mut at: usize, quote: Quote, depth: usize) -> Option<usize> {
        if depth >= DEPTH {
            return None;
        }
        let (start, mut brackets) = (at, 0usize);
        loop {
            if at - start > quote.field() {
                return None;
            }
            match self.reader.at(at)? {
                b'\n' if self.forbids_bracket(at + 1) => return None,
                b'#' if self.comment(at, quote) => at = self.reader.find(at, b'\n'),
                b'"' | b'\'' => {
                    let inner = self.quote(at);
                    let inside = at + inner.width();
                    at = if inner.fields {
                        self.fields(inside, inner, depth + 1)?
                    } else {
                        self.plain(inside, inner).ok()?
                    };
                }
                b'(' | b'[' | b'{' => {
                    brackets += 1;
                    at += 1;
                }
                b'}' if brackets == 0 => return Some(at + 1),
                b')' | b']' | b'}' => {
                    brackets = brackets.saturating_sub(1);
                    at += 1;
                }
                b':' if brackets == 0 => return self.format(at + 1, quote, depth),
                _ => at += 1,
            }
        }
    }

    /// Behind the brace that closes the field whose format begins at `at`. Quotes are text in it.
    fn format(&mut self, mut at: usize, quote: Quote, depth: usize) -> Option<usize> {
        let start = at;
        loop {
            if at - start > quote.field() {
                return None;
            }
            match self.reader.at(at)? {
                b'\n' if !quote.triple => return None,
                b'{' => at = self.field(at + 1, quote, depth + 1)?,
                b'}' => return Some(at + 1),
                b'\\' => at = self.escape(at),
                _ => at += 1,
            }
        }
    }

    /// Whether `#` in a field begins a comment: its line ends before the string does.
    fn comment(&mut self, at: usize, quote: Quote) -> bool {
        let mut end = at;
        loop {
            end = self.reader.find2(end, b'\n', quote.byte);
            match self.reader.at(end) {
                Some(b'\n') => return true,
                Some(_) if !self.closes(end, quote) => end += 1,
                _ => return false,
            }
        }
    }

    fn closes(&mut self, at: usize, quote: Quote) -> bool {
        let quotes = [quote.byte; 3];
        self.reader.starts(at, &quotes[..quote.width()])
    }

    /// Behind a backslash and what it protects: a byte, or a whole CRLF.
    fn escape(&mut self, at: usize) -> usize {
        let behind = self.newline(at + 1).unwrap_or(at + 2);
        behind.min(self.reader.len())
    }
}
