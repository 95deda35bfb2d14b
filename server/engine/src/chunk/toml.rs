//! TOML: a chunk for each `[table]` and `[[table]]` header outside of strings and brackets, with the comments above it.

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
        let first = reader.skip(at, |byte| matches!(byte, b' ' | b'\t' | b'\r'));
        match reader.at(first) {
            None => break reader.len(),
            Some(b'\n') => line = first + 1,
            Some(b'#') => {
                comments.get_or_insert(line);
                line = reader.next_line(first);
            }
            Some(b'[') => {
                if started {
                    break comments.unwrap_or(line);
                }
                started = true;
                comments = None;
                line = reader.next_line(first);
            }
            Some(_) => {
                started = true;
                comments = None;
                line = pair(&mut reader, first);
            }
        }
    };
    Cut {
        end: start + end,
        is: State::Toml,
        next: State::Toml,
        reach: start + reader.reach(),
        open: false,
    }
}

/// Behind the line on which the value of the pair at `at` ends.
fn pair(reader: &mut Reader, mut at: usize) -> usize {
    let mut depth = 0usize;
    while let Some(byte) = reader.at(at) {
        match byte {
            b'#' => {
                at = reader.find(at, b'\n');
                continue;
            }
            b'"' | b'\'' => {
                at = string(reader, at, byte);
                continue;
            }
            b'[' | b'{' => depth += 1,
            b']' | b'}' => depth = depth.saturating_sub(1),
            // A header can be no value: the bracket was forgotten.
            b'\n' if depth == 0 || is_header(reader, at + 1) => return at + 1,
            _ => {}
        }
        at += 1;
    }
    reader.len()
}

/// Behind the string at `at`; the newline where one of a single line is not closed.
fn string(reader: &mut Reader, at: usize, quote: u8) -> usize {
    let long = reader.starts(at + 1, &[quote, quote]);
    let escapes = quote == b'"';
    let mut at = at + if long { 3 } else { 1 };
    loop {
        at = reader.skip(at, |byte| byte != quote && byte != b'\\' && byte != b'\n');
        match reader.at(at) {
            None => return reader.len(),
            Some(b'\\') if escapes && !long && reader.at(at + 1) == Some(b'\n') => return at + 1,
            Some(b'\\') if escapes => at += 2,
            Some(b'\\') => at += 1,
            Some(b'\n') if !long => return at,
            Some(b'\n') => at += 1,
            _ if !long => return at + 1,
            _ if reader.starts(at + 1, &[quote, quote]) => {
                // Up to two quotes may stand before the three that close.
                return reader.skip(at + 3, |byte| byte == quote).min(at + 5);
            }
            _ => at += 1,
        }
    }
}

/// `[name]` or `[[name]]` alone on its line, where the name could be no value of an array.
fn is_header(reader: &mut Reader, at: usize) -> bool {
    let brackets = if reader.starts(at, b"[[") { 2 } else { 1 };
    if reader.at(at) != Some(b'[') {
        return false;
    }
    let name = at + brackets;
    let end = reader.skip(name, |byte| {
        byte.is_ascii_alphanumeric() || b"_-. \"'".contains(&byte)
    });
    let text = reader.read(name, end);
    let bare = text
        .first()
        .is_some_and(|byte| byte.is_ascii_alphabetic() || *byte == b'_');
    if !bare || matches!(text, b"true" | b"false" | b"inf" | b"nan") {
        return false;
    }
    if !reader.starts(end, &b"]]"[..brackets]) {
        return false;
    }
    let rest = reader.skip(end + brackets, |byte| matches!(byte, b' ' | b'\t' | b'\r'));
    matches!(reader.at(rest), None | Some(b'\n' | b'#'))
}
