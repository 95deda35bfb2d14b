//! ini, as configparser reads it: one section a chunk. A header is `[name]` at column 0, where no value can continue.

use super::reader::Reader;
use super::{Cut, State};

pub fn next(text: &str, start: usize) -> Cut {
    let mut reader = Reader::new(&text[start..]);
    let (mut started, mut comments) = (false, None);
    let mut line = 0;
    let end = loop {
        let at = match line {
            0 if reader.starts(0, "\u{feff}".as_bytes()) => 3,
            _ => line,
        };
        let first = reader.skip(at, |byte| byte == b' ' || byte == b'\t');
        match reader.at(first) {
            None => break reader.len(),
            Some(b'\n' | b'\r') => {}
            // An indented comment stays: configparser takes it out of a value that goes on below.
            Some(b'#' | b';') if first == at => {
                comments.get_or_insert(line);
            }
            Some(byte) => {
                if started && byte == b'[' && first == at && is_header(&mut reader, at) {
                    break comments.unwrap_or(line);
                }
                started = true;
                comments = None;
            }
        }
        line = reader.skip(first, |byte| byte != b'\n' && byte != b'\r');
        // A lone CR ends a line for Python's files; a CRLF is passed as a line and a blank one.
        line = (line + 1).min(reader.len());
    };
    Cut {
        end: start + end,
        is: State::Ini,
        next: State::Ini,
        reach: start + reader.reach(),
        open: false,
    }
}

/// A name of one character at least, and its bracket.
fn is_header(reader: &mut Reader, at: usize) -> bool {
    let name = |byte| byte != b']' && byte != b'\n' && byte != b'\r';
    let mut end = reader.skip(at + 1, name);
    if end == at + 1 && reader.at(end) == Some(b']') {
        end = reader.skip(end + 1, name);
    }
    reader.at(end) == Some(b']')
}
