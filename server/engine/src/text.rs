//! Bytes ↔ lines ↔ columns in UTF-8, UTF-16 and UTF-32, and edits.

use std::ops::Range;

use ropey::{Rope, RopeSlice};

/// A range of bytes, the end exclusive. What it is relative to (a chunk, a file) is said by its holder.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    pub start: u32,
    pub end: u32,
}

impl Span {
    /// Files over 4 MiB are refused before they are read (see design: walking), so `u32` holds every offset.
    pub fn new(start: usize, end: usize) -> Span {
        debug_assert!(start <= end && end <= u32::MAX as usize);
        Span {
            start: start as u32,
            end: end as u32,
        }
    }
    pub fn range(self) -> Range<usize> {
        self.start as usize..self.end as usize
    }
    pub fn len(self) -> usize {
        (self.end - self.start) as usize
    }
    pub fn is_empty(self) -> bool {
        self.start == self.end
    }
    /// The same span seen from a place `base` bytes earlier.
    #[must_use]
    pub fn shifted(self, base: usize) -> Span {
        Span::new(self.start as usize + base, self.end as usize + base)
    }
    /// Whether the two share a byte, or touch where one of them is empty.
    pub fn meets(self, other: Span) -> bool {
        self.start < other.end && other.start < self.end
            || (self.is_empty() || other.is_empty())
                && self.start <= other.end
                && other.start <= self.end
    }
}

/// A replacement of the bytes of `span` by `text`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Edit {
    pub span: Span,
    pub text: String,
}

/// The text with its edits made; their spans ascend and do not overlap. Insertions at one place are made in order.
pub fn apply(text: &str, edits: &[Edit]) -> String {
    let mut made = String::with_capacity(text.len());
    let mut at = 0;
    for Edit { span, text: new } in edits {
        made.push_str(&text[at..span.start as usize]);
        made.push_str(new);
        at = span.end as usize;
    }
    made.push_str(&text[at..]);
    made
}

/// The unit in which columns are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Encoding {
    /// Bytes.
    Utf8,
    /// Code units: two for a character outside of the basic plane.
    Utf16,
    /// Characters.
    Utf32,
}

impl Encoding {
    fn width(self, character: char) -> usize {
        match self {
            Encoding::Utf8 => character.len_utf8(),
            Encoding::Utf16 => character.len_utf16(),
            Encoding::Utf32 => 1,
        }
    }
}

/// A place in a text as LSP 3.17 says it: both counts from 0, the column in units of some [`Encoding`].
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Position {
    pub line: u32,
    pub column: u32,
}

/// Where the lines of a text start. LF, CRLF and a lone CR end a line, and nothing else does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lines {
    starts: Vec<u32>,
}

impl Lines {
    pub fn new(text: &str) -> Lines {
        let bytes = text.as_bytes();
        let ends = memchr::memchr2_iter(b'\n', b'\r', bytes)
            .filter(|at| bytes[*at] == b'\n' || bytes.get(at + 1) != Some(&b'\n'));
        let starts = std::iter::once(0).chain(ends.map(|at| at as u32 + 1));
        Lines {
            starts: starts.collect(),
        }
    }

    /// At least 1: what follows the last line break is a line, though it be empty.
    pub fn count(&self) -> usize {
        self.starts.len()
    }

    /// The line, from 0, that holds an offset. The end of the text lies in the last one.
    pub fn line(&self, offset: usize) -> usize {
        self.starts
            .partition_point(|start| *start as usize <= offset)
            - 1
    }

    /// The bytes of a line without what ends it; `None` behind the last line. `text` is the one the index was made of.
    pub fn content(&self, text: &str, line: usize) -> Option<Range<usize>> {
        let start = *self.starts.get(line)? as usize;
        let end = self
            .starts
            .get(line + 1)
            .map_or(text.len(), |end| *end as usize);
        let last = |at: usize| (at > start).then(|| text.as_bytes()[at - 1]);
        Some(start..without_break(end, last))
    }

    /// The offset of a position. A column behind the end of its line means that end, a line behind the last one the end of
    /// the text; a column within a character means its start.
    pub fn offset(&self, text: &str, position: Position, encoding: Encoding) -> usize {
        let Some(line) = self.content(text, position.line as usize) else {
            return text.len();
        };
        let column = position.column as usize;
        line.start + byte_of(text[line].chars(), column, encoding)
    }

    /// The position of an offset: the start of the character that it lies in, the end of the line if it lies in the break,
    /// the end of the text if it lies behind that.
    pub fn position(&self, text: &str, offset: usize, encoding: Encoding) -> Position {
        let offset = text.floor_char_boundary(offset);
        let line = self.line(offset);
        let content = self.content(text, line).unwrap_or(offset..offset);
        let before = &text[content.start..offset.min(content.end)];
        let column: usize = match encoding {
            Encoding::Utf8 => before.len(),
            _ => before.chars().map(|c| encoding.width(c)).sum(),
        };
        Position {
            line: line as u32,
            column: column as u32,
        }
    }
}

/// As [`Lines::offset`], in a rope.
pub fn rope_offset(rope: &Rope, position: Position, encoding: Encoding) -> usize {
    let line = position.line as usize;
    if line >= rope.len_lines() {
        return rope.len_bytes();
    }
    let content = rope_content(rope, line);
    let slice = rope.byte_slice(content.clone());
    let column = position.column as usize;
    let byte = match encoding {
        Encoding::Utf8 => floor(&slice, column),
        Encoding::Utf16 => {
            slice.char_to_byte(slice.utf16_cu_to_char(column.min(slice.len_utf16_cu())))
        }
        Encoding::Utf32 => slice.char_to_byte(column.min(slice.len_chars())),
    };
    content.start + byte
}

/// As [`Lines::position`], in a rope.
pub fn rope_position(rope: &Rope, offset: usize, encoding: Encoding) -> Position {
    let offset = floor(&rope.slice(..), offset);
    let line = rope.byte_to_line(offset);
    let content = rope_content(rope, line);
    let before = rope.byte_slice(content.start..offset.min(content.end));
    let column = match encoding {
        Encoding::Utf8 => before.len_bytes(),
        Encoding::Utf16 => before.len_utf16_cu(),
        Encoding::Utf32 => before.len_chars(),
    };
    Position {
        line: line as u32,
        column: column as u32,
    }
}

fn rope_content(rope: &Rope, line: usize) -> Range<usize> {
    let start = rope.line_to_byte(line);
    let end = rope.line_to_byte(line + 1);
    start..without_break(end, |at| (at > start).then(|| rope.byte(at - 1)))
}

fn floor(slice: &RopeSlice, offset: usize) -> usize {
    slice.char_to_byte(slice.byte_to_char(offset.min(slice.len_bytes())))
}

/// `end` without the line break before it; `last` gives the byte before an offset of the line.
fn without_break(end: usize, last: impl Fn(usize) -> Option<u8>) -> usize {
    match last(end) {
        Some(b'\n') if last(end - 1) == Some(b'\r') => end - 2,
        Some(b'\n' | b'\r') => end - 1,
        _ => end,
    }
}

fn byte_of(characters: impl Iterator<Item = char>, column: usize, encoding: Encoding) -> usize {
    let (mut seen, mut byte) = (0, 0);
    for character in characters {
        seen += encoding.width(character);
        if seen > column {
            break;
        }
        byte += character.len_utf8();
    }
    byte
}
