//! Collections that are written out, read from their text: what is in them matters to few rules, so that no record is made
//! of it while a chunk is read.

use std::sync::Arc;

use super::{Call, ValueKind};
use crate::rule::{Owner, Place};
use crate::text::Span;

/// A literal, and the text in which it stands.
#[derive(Debug, Clone)]
pub struct Written {
    pub kind: ValueKind,
    pub span: Span,
    /// Where it can be changed.
    pub owner: Option<Owner>,
    text: Arc<str>,
}

impl Written {
    pub(crate) fn new(
        kind: ValueKind,
        span: Span,
        owner: Option<Owner>,
        text: Arc<str>,
    ) -> Written {
        Written {
            kind,
            span,
            owner,
            text,
        }
    }
    /// The text of a span of where it stands.
    pub fn text(&self, span: Span) -> &str {
        self.text.get(span.range()).unwrap_or_default()
    }
    /// All of that text.
    pub fn chunk(&self) -> &str {
        &self.text
    }
    pub fn pairs(&self) -> Vec<Pair> {
        match self.kind {
            ValueKind::Collection => pairs(&self.text, self.span),
            _ => Vec::new(),
        }
    }
    /// The items of a collection, or the one string.
    pub fn items(&self) -> Vec<Span> {
        match self.kind {
            ValueKind::Collection => items(&self.text, self.span),
            ValueKind::Str => vec![self.span],
            _ => Vec::new(),
        }
    }
    /// A place in it, where it can be changed.
    pub fn place(&self, span: Span) -> Option<Place> {
        let owner = self.owner.clone()?;
        Some(Place { owner, span })
    }
    /// Whether it stands in the call itself.
    pub fn is_within(&self, call: &Call) -> bool {
        let inside = call.span.start <= self.span.start && self.span.end <= call.span.end;
        self.owner == Some(Owner::Chunk) && inside
    }
}

/// `key: value` of a dictionary, or `key=value` of `dict(…)`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pair {
    /// Without quotes; empty where it is no string.
    pub key: Box<str>,
    /// From the key to the value.
    pub span: Span,
    pub value: Span,
}

/// The pairs of a dictionary at `span` of a text.
pub fn pairs(text: &str, span: Span) -> Vec<Pair> {
    let made = slice(text, span).starts_with("dict");
    let pieces = pieces(text, span, if made { b'=' } else { b':' });
    let pair = |piece: &Piece| {
        let at = piece.divided?;
        let key = solid(text, Span::new(piece.span.start as usize, at));
        let value = solid(text, Span::new(at + 1, piece.span.end as usize));
        let written = slice(text, key);
        let name = if made {
            Some(written)
        } else {
            content(written)
        };
        Some(Pair {
            key: name.unwrap_or_default().into(),
            span: Span::new(key.start as usize, value.end as usize),
            value,
        })
    };
    pieces.iter().filter_map(pair).collect()
}

/// The items of a list, tuple or set at `span` of a text.
pub fn items(text: &str, span: Span) -> Vec<Span> {
    let pieces = pieces(text, span, 0);
    pieces.into_iter().map(|piece| piece.span).collect()
}

/// The content of one plain string.
pub fn content(literal: &str) -> Option<&str> {
    let start = literal.find(['"', '\''])?;
    let prefix = &literal[..start];
    let plain = prefix.len() <= 2 && !prefix.contains(['f', 'F', 't', 'T']);
    let body = &literal[start..];
    let quote = &body[..1];
    let inner = body.strip_prefix(quote)?.strip_suffix(quote)?;
    (plain && !inner.contains(quote)).then_some(inner)
}

/// What to delete of `text` so that the one of these neighbours goes, with its comma. Comments stay.
pub fn without(text: &str, all: &[Span], at: usize) -> Option<Span> {
    let this = all.get(at)?;
    let between = |from: Span, to: Span| Span::new(from.end as usize, to.start as usize);
    if let Some(next) = all.get(at + 1) {
        let gap = slice(text, between(*this, *next));
        let end = match gap.find('#') {
            Some(comment) => this.end as usize + comment,
            None => next.start as usize,
        };
        return Some(Span::new(this.start as usize, end));
    }
    let before = at.checked_sub(1).and_then(|before| all.get(before));
    match before {
        Some(before) if !slice(text, between(*before, *this)).contains('#') => {
            Some(Span::new(before.end as usize, this.end as usize))
        }
        _ => {
            // A comma may follow the last one.
            let rest = text.get(this.end as usize..)?;
            let blank = rest.len() - rest.trim_start().len();
            let comma = rest.trim_start().starts_with(',');
            let end = this.end as usize + if comma { blank + 1 } else { 0 };
            // A line of its own goes as a whole.
            let line = text[..this.start as usize]
                .rfind('\n')
                .map_or(0, |at| at + 1);
            let alone = text[line..this.start as usize].trim().is_empty();
            match text[end..]
                .find('\n')
                .filter(|at| text[end..end + at].trim().is_empty())
            {
                Some(at) if alone && line > 0 => Some(Span::new(line, end + at + 1)),
                _ => Some(Span::new(this.start as usize, end)),
            }
        }
    }
}

struct Piece {
    span: Span,
    /// Where the first divider stands.
    divided: Option<usize>,
}

/// What stands between the commas within the outermost brackets.
fn pieces(text: &str, span: Span, divider: u8) -> Vec<Piece> {
    let bytes = text.as_bytes();
    let end = (span.end as usize).min(bytes.len());
    let mut at = span.start as usize;
    while at < end && !matches!(bytes[at], b'(' | b'[' | b'{') {
        at += 1;
    }
    at += 1;
    let mut pieces = Vec::new();
    let (mut start, mut divided, mut depth) = (at, None, 0_u32);
    let mut push = |start: usize, end: usize, divided: Option<usize>| {
        if start > end {
            return;
        }
        let span = solid(text, Span::new(start, end));
        if !span.is_empty() {
            pieces.push(Piece { span, divided });
        }
    };
    while at < end {
        match bytes[at] {
            b'"' | b'\'' => {
                at = string_end(bytes, at, end);
                continue;
            }
            b'#' => {
                at = memchr::memchr2(b'\n', b'\r', &bytes[at..end]).map_or(end, |n| at + n);
                continue;
            }
            b'(' | b'[' | b'{' => depth += 1,
            b')' | b']' | b'}' if depth == 0 => break,
            b')' | b']' | b'}' => depth -= 1,
            b',' if depth == 0 => {
                push(start, at, divided.take());
                start = at + 1;
            }
            byte if depth == 0 && byte == divider && divided.is_none() => divided = Some(at),
            _ => {}
        }
        at += 1;
    }
    push(start, at.min(end), divided);
    pieces
}

/// Behind the string that begins at `at`.
pub(super) fn string_end(bytes: &[u8], at: usize, end: usize) -> usize {
    let quote = bytes[at];
    let long = bytes[at..end].starts_with(&[quote; 3]);
    let mut here = at + if long { 3 } else { 1 };
    while here < end {
        match bytes[here] {
            b'\\' => here += 1,
            byte if byte == quote && (!long || bytes[here..end].starts_with(&[quote; 3])) => {
                return (here + if long { 3 } else { 1 }).min(end);
            }
            _ => {}
        }
        here += 1;
    }
    end
}

/// A span without the blanks and comments at its ends.
fn solid(text: &str, span: Span) -> Span {
    let mut start = span.start as usize;
    loop {
        let inner = slice(text, Span::new(start, span.end as usize));
        let trimmed = inner.trim_start();
        start += inner.len() - trimmed.len();
        if !trimmed.starts_with('#') {
            break;
        }
        start += trimmed.find(['\n', '\r']).unwrap_or(trimmed.len());
    }
    let inner = slice(text, Span::new(start, span.end as usize));
    let code = last_code(inner);
    Span::new(start, start + code)
}

/// Where the code of a text ends that may end with comments.
fn last_code(text: &str) -> usize {
    let bytes = text.as_bytes();
    let (mut at, mut last) = (0, 0);
    while at < bytes.len() {
        match bytes[at] {
            b'"' | b'\'' => {
                at = string_end(bytes, at, bytes.len());
                last = at;
            }
            b'#' => {
                at = memchr::memchr2(b'\n', b'\r', &bytes[at..]).map_or(bytes.len(), |n| at + n)
            }
            byte => {
                at += 1;
                if !byte.is_ascii_whitespace() {
                    last = at;
                }
            }
        }
    }
    last
}

fn slice(text: &str, span: Span) -> &str {
    text.get(span.range()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_in_a_dictionary() {
        let read = |text: &str| -> Vec<(String, String)> {
            let pairs = pairs(text, Span::new(0, text.len()));
            let value = |pair: &Pair| text[pair.value.range()].to_owned();
            pairs
                .iter()
                .map(|p| (p.key.to_string(), value(p)))
                .collect()
        };
        let is = |key: &str, value: &str| (key.to_owned(), value.to_owned());
        assert_eq!(
            read("{'a': 1, \"b\": [2, {3: 4}], **c, d: 5,  # e: 6\n 'é': lambda: 7}"),
            [
                is("a", "1"),
                is("b", "[2, {3: 4}]"),
                is("", "5"),
                is("é", "lambda: 7")
            ]
        );
        assert_eq!(
            read("dict(a=False, b=f(c=1))"),
            [is("a", "False"), is("b", "f(c=1)")]
        );
        assert_eq!(
            read("{'a:,}': '''b,\"''', 'c': 'd"),
            [is("a:,}", "'''b,\"'''"), is("c", "'d")]
        );
        assert_eq!(read("{"), []);
        assert_eq!(read("dict"), []);
    }

    #[test]
    fn neighbours_lose_one_of_them() {
        let cut = |text: &str, at: usize| {
            let all = items(text, Span::new(0, text.len()));
            let gone = without(text, &all, at).unwrap_or_default();
            [&text[..gone.start as usize], &text[gone.end as usize..]].concat()
        };
        assert_eq!(cut("[1, 2, 3]", 0), "[2, 3]");
        assert_eq!(cut("[1, 2, 3]", 2), "[1, 2]");
        assert_eq!(cut("[\n 1,  # one\n 2,\n]", 0), "[\n # one\n 2,\n]");
        assert_eq!(cut("[\n 1,  # one\n 2,\n]", 1), "[\n 1,  # one\n]");
        assert_eq!(cut("[1,]", 0), "[]");
    }
}
