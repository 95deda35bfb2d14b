//! Environment files: a chunk for each line, or for each entry whose quoted value goes on over lines.
//!
//! As Docker Compose and python-dotenv read them where the two agree. A quote that is not closed, or behind whose end stands
//! more than a comment, is a slip: then the entry is its first line, so that those below are not lost while it is typed.

use super::reader::Reader;
use super::{Cut, State};

pub fn next(text: &str, start: usize) -> Cut {
    let mut reader = Reader::new(&text[start..]);
    let shape = shape(&mut reader);
    let end = reader.past_line(shape.close.unwrap_or(0));
    Cut {
        end: start + end,
        is: State::Dotenv,
        next: State::Dotenv,
        reach: start + reader.reach(),
        open: false,
    }
}

/// Where the parts of an entry lie; offsets from its start.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Shape {
    pub(crate) export: bool,
    /// Behind the byte order mark, the blanks and `export`.
    pub(crate) key: usize,
    pub(crate) key_end: usize,
    /// Where the value starts, behind `=` and blanks; `None` without a `=`.
    pub(crate) value: Option<usize>,
    /// Behind the quote that closes the value.
    pub(crate) close: Option<usize>,
}

/// The shape of the entry that a text starts with.
pub(crate) fn shape_of(text: &str) -> Shape {
    shape(&mut Reader::new(text))
}

fn shape(reader: &mut Reader) -> Shape {
    let mark = "\u{feff}".as_bytes();
    let mut at = if reader.starts(0, mark) {
        mark.len()
    } else {
        0
    };
    let mut shape = Shape::default();
    at = reader.skip(at, is_blank);
    if reader.starts(at, b"export") {
        let behind = reader.skip(at + 6, is_blank);
        shape.export = behind > at + 6;
        at = if shape.export { behind } else { at };
    }
    shape.key = at;
    shape.key_end = reader.skip(at, |byte| {
        !is_blank(byte) && !matches!(byte, b'=' | b'#' | b'\'' | b'"' | b'\r' | b'\n')
    });
    let sign = reader.skip(shape.key_end, is_blank);
    if shape.key_end == shape.key || reader.at(sign) != Some(b'=') {
        return shape;
    }
    let value = reader.skip(sign + 1, is_blank);
    shape.value = Some(value);
    shape.close = close(reader, value);
    shape
}

/// Behind the quote that closes the one at `at`, where there is one, and nothing but a comment behind it.
fn close(reader: &mut Reader, at: usize) -> Option<usize> {
    let quote = reader.at(at).filter(|byte| matches!(byte, b'\'' | b'"'))?;
    let mut end = at + 1;
    loop {
        end = reader.find2(end, quote, b'\\');
        match reader.at(end)? {
            b'\\' => end += 2,
            _ => break,
        }
    }
    let rest = reader.skip(end + 1, is_blank);
    matches!(reader.at(rest), None | Some(b'\n' | b'\r' | b'#')).then_some(end + 1)
}

fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\x0b' | b'\x0c')
}
