//! Text that is not quite JSON: what can be mended without moving a byte, and what can be read of the rest.

use serde_json::Value;
use tower_lsp::lsp_types::Url;

/// Half a surrogate pair becomes U+FFFD, which counts as one UTF-16 unit as well, so that columns stay what they are for the
/// client. Editors send one when the other half has been deleted, or is about to be typed.
pub(super) fn mend_surrogates(body: &mut [u8]) {
    let mut at = 0;
    while at < body.len() {
        match body[at] {
            b'\\' => match escaped_unit(body, at) {
                Some(0xD800..=0xDBFF)
                    if matches!(escaped_unit(body, at + 6), Some(0xDC00..=0xDFFF)) =>
                {
                    at += 12;
                }
                Some(0xD800..=0xDFFF) => {
                    body[at + 2..at + 6].copy_from_slice(b"fffd");
                    at += 6;
                }
                _ => at += 2,
            },
            // Not escaped but encoded, which UTF-8 does not allow.
            0xED if matches!(body.get(at + 1..at + 3), Some([0xA0..=0xBF, 0x80..=0xBF])) => {
                body[at..at + 3].copy_from_slice("\u{FFFD}".as_bytes());
                at += 3;
            }
            _ => at += 1,
        }
    }
}

/// The unit of the escape `\uXXXX` that begins here.
fn escaped_unit(body: &[u8], at: usize) -> Option<u16> {
    let digits = body.get(at..at + 6)?.strip_prefix(b"\\u")?;
    let digits = std::str::from_utf8(digits).ok()?;
    u16::from_str_radix(digits, 16).ok()
}

/// What can be read of a message that is broken somewhere.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Rest {
    pub(super) id: Option<Value>,
    pub(super) method: Option<String>,
    /// Of the document that the message is about.
    pub(super) uri: Option<Url>,
    /// It has a result or an error: it is an answer.
    pub(super) answers: bool,
}

/// Look for the keys that say what a message is. Nothing is asked of the text but that its strings are whole.
pub(super) fn rest(body: &[u8]) -> Rest {
    let mut rest = Rest::default();
    // The key that was met last at the depths where one matters.
    let mut keys: [&[u8]; 4] = [b""; 4];
    let mut open = Vec::new();
    let mut at = 0;
    while at < body.len() {
        let depth = open.len();
        match body[at] {
            bracket @ (b'{' | b'[') => {
                open.push(bracket);
                if let Some(key) = keys.get_mut(depth + 1) {
                    *key = b"";
                }
                at += 1;
            }
            b'}' => {
                // Lists that were not closed are.
                while open.pop() == Some(b'[') {}
                at += 1;
            }
            b']' => {
                open.pop_if(|bracket| *bracket == b'[');
                at += 1;
            }
            b'"' => {
                let end = string_end(body, at);
                let string = &body[at..end];
                at = end;
                if body[at..].trim_ascii_start().starts_with(b":") {
                    if let Some(key) = keys.get_mut(depth) {
                        *key = string;
                    }
                    rest.answers |= depth == 1 && matches!(string, b"\"result\"" | b"\"error\"");
                } else if depth == 1 || depth == 3 {
                    rest.note(&keys[..=depth], string);
                }
            }
            b'0'..=b'9' | b'-' => {
                let number =
                    |byte: &u8| matches!(byte, b'0'..=b'9' | b'-' | b'+' | b'.' | b'e' | b'E');
                let length = body[at..].iter().take_while(|byte| number(byte)).count();
                if depth == 1 {
                    rest.note(&keys[..2], &body[at..at + length]);
                }
                at += length;
            }
            _ => at += 1,
        }
    }
    rest
}

impl Rest {
    fn note(&mut self, keys: &[&[u8]], json: &[u8]) {
        let value = || serde_json::from_slice(json).ok();
        let text = || serde_json::from_slice::<String>(json).ok();
        match keys[1..] {
            [b"\"id\""] => self.id = value(),
            [b"\"method\""] => self.method = text(),
            [b"\"params\"", b"\"textDocument\"", b"\"uri\""] => {
                self.uri = text().and_then(|uri| Url::parse(&uri).ok());
            }
            _ => {}
        }
    }
}

/// Behind the quote that ends the string which begins here.
fn string_end(body: &[u8], start: usize) -> usize {
    let mut at = start + 1;
    while at < body.len() {
        match body[at] {
            b'"' => return at + 1,
            b'\\' => at += 2,
            _ => at += 1,
        }
    }
    body.len()
}
