//! Where a Python text may hold a literal that is a secret, by its words alone. Says yes where it is not sure.

use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, AhoCorasickKind};
use memchr::memmem;

use crate::model::python::{is_named_secret, is_writer, may_begin_token, may_show};
use crate::model::secret;

/// Bytes of an option between its name and its default, and of a comparison before a name, at most.
const NEAR: usize = 1100;

/// Where literals may go to a secret's name, or look like secrets.
pub(super) fn literals(text: &str) -> Vec<usize> {
    let mut found = Vec::new();
    let bytes = text.as_bytes();
    let mut done = 0;
    for at in roots(text) {
        if at < done {
            continue;
        }
        let (start, end) = name_around(bytes, at);
        done = end;
        // A name is ASCII at its ends, so that they are characters' borders.
        if is_given(text, start, end) && is_named_secret(&text[start..end]) {
            found.push(at);
        }
    }
    for at in memmem::find_iter(bytes, b"://") {
        let rest = &text[at..];
        let line = rest.split(['\n', '\r']).next().unwrap_or_default();
        if line.contains('@') && !secret::url_passwords(line).is_empty() {
            found.push(at);
        }
    }
    for at in memchr::memchr2_iter(b'"', b'\'', bytes) {
        let first = bytes.get(at + 1);
        if first.is_some_and(|b| {
            matches!(
                b,
                b's' | b'r' | b'g' | b'x' | b'A' | b'h' | b'n' | b'p' | b'S'
            )
        }) && may_begin_token(&text[at + 1..])
        {
            found.push(at + 1);
        }
    }
    found
}

/// Where a call may write to a log what belongs in none.
pub(super) fn shown(text: &str) -> Vec<usize> {
    let bytes = text.as_bytes();
    let mut found = Vec::new();
    for open in memchr::memchr_iter(b'(', bytes) {
        let before = bytes[..open].trim_ascii_end();
        let inner = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_' || *byte >= 0x80;
        // The longest name of a writer has nine letters.
        let near = &before[before.len().saturating_sub(10)..];
        let start = near.iter().rposition(|byte| !inner(byte));
        let name = &near[start.map_or(0, |at| at + 1)..];
        let writes = std::str::from_utf8(name).is_ok_and(is_writer);
        if writes && may_show(arguments(text, open)) {
            found.push(open);
        }
    }
    found
}

/// Bytes of a call's arguments that are looked through; what stands in longer ones counts as found.
const LONGEST: usize = 8000;

/// What stands between the parenthesis at `open` and the one that closes it.
fn arguments(text: &str, open: usize) -> &str {
    let bytes = text.as_bytes();
    let limit = bytes.len().min(open + LONGEST);
    let mut depth = 0_usize;
    let mut at = open;
    while at < limit {
        match bytes[at] {
            b'(' | b'[' | b'{' => depth += 1,
            b')' | b']' | b'}' => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    return text.get(open..at).unwrap_or_default();
                }
            }
            b'#' => {
                at = memchr::memchr2(b'\n', b'\r', &bytes[at..limit]).map_or(limit, |end| at + end);
            }
            quote @ (b'"' | b'\'') => at = string_end(bytes, at, quote, limit),
            _ => {}
        }
        at += 1;
    }
    text.get(open..text.floor_char_boundary(limit))
        .unwrap_or_default()
}

/// The last byte of the string that begins with the quote at `at`.
fn string_end(bytes: &[u8], at: usize, quote: u8, limit: usize) -> usize {
    let long = bytes[at..].starts_with(&[quote; 3]);
    let mut here = at + if long { 3 } else { 1 };
    while here < limit {
        match bytes[here] {
            b'\\' => here += 1,
            byte if byte == quote && (!long || bytes[here..].starts_with(&[quote; 3])) => {
                return here + if long { 2 } else { 0 };
            }
            b'\n' if !long => return here,
            _ => {}
        }
        here += 1;
    }
    limit
}

/// Where words begin without which no name speaks of a secret.
fn roots(text: &str) -> impl Iterator<Item = usize> + '_ {
    static ROOTS: LazyLock<Option<AhoCorasick>> = LazyLock::new(|| {
        let words = [
            "pass",
            "pwd",
            "secret",
            "token",
            "credential",
            "key",
            "masterauth",
        ];
        let mut search = AhoCorasick::builder();
        search
            .ascii_case_insensitive(true)
            .kind(Some(AhoCorasickKind::DFA));
        search.build(words).ok()
    });
    // Seven words are never too many to build a search of.
    let found = ROOTS.as_ref().map(|search| search.find_iter(text));
    found.into_iter().flatten().map(|found| found.start())
}

/// The identifier, or the string without blanks and brackets, in which a word stands.
fn name_around(bytes: &[u8], at: usize) -> (usize, usize) {
    let inner = |byte: &u8| {
        byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.' | b' ') || *byte >= 0x80
    };
    let word = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_' || *byte >= 0x80;
    let before = |of: &dyn Fn(&u8) -> bool| {
        let behind = bytes[..at].iter().rposition(|byte| !of(byte));
        behind.map_or(0, |at| at + 1)
    };
    let after = |of: &dyn Fn(&u8) -> bool| {
        let end = bytes[at..].iter().position(|byte| !of(byte));
        end.map_or(bytes.len(), |end| at + end)
    };
    let (start, end) = (before(&inner), after(&inner));
    let quote = |at: Option<&u8>| at.copied().filter(|byte| matches!(byte, b'"' | b'\''));
    let open = quote(start.checked_sub(1).and_then(|at| bytes.get(at)));
    match open {
        Some(open) if bytes.get(end) == Some(&open) => (start, end),
        _ => (before(&word), after(&word)),
    }
}

/// Whether something that is written out may go to the name there, or be compared with it.
fn is_given(text: &str, start: usize, end: usize) -> bool {
    let quoted = text[end..].starts_with(['"', '\'']);
    let rest = text[end..].trim_start_matches(['"', '\'', ']', ')']);
    let rest = rest.trim_start_matches(BLANK);
    let rest = rest
        .trim_start_matches([']', ')'])
        .trim_start_matches(BLANK);
    let value = ["==", "!=", ":=", "="]
        .iter()
        .find_map(|operator| rest.strip_prefix(operator));
    if let Some(value) = value {
        return may_be_literal(value) || is_last_compared(text, start);
    }
    if let Some(value) = rest.strip_prefix(':') {
        let line = value.split(['\n', '\r']).next().unwrap_or_default();
        // A key, or a name with its type.
        return quoted && may_be_literal(value)
            || line.contains('#')
            || goes_on(line)
            || line
                .split_once('=')
                .is_some_and(|(_, value)| may_be_literal(value));
    }
    if quoted && rest.starts_with(',') {
        let near = rest.len().min(NEAR);
        if memmem::find(&rest.as_bytes()[..near], b"default").is_some() {
            return true;
        }
    }
    is_last_compared(text, start) || is_one_of_many(text, start)
}

/// Whether what a line begins ends on another one.
fn goes_on(line: &str) -> bool {
    line.trim_end().ends_with(['\\', '|', '=']) || brackets(line) > 0
}

/// Whether a line ends something that began on an earlier one.
fn is_closed(line: &str) -> bool {
    brackets(line) < 0
}

/// How many more brackets a line opens than it closes.
fn brackets(line: &str) -> isize {
    line.bytes().fold(0, |depth, byte| match byte {
        b'(' | b'[' | b'{' => depth + 1,
        b')' | b']' | b'}' => depth - 1,
        _ => depth,
    })
}

const BLANK: [char; 5] = [' ', '\t', '\\', '\r', '\n'];

/// Whether a value may be a literal, or fall back to one.
fn may_be_literal(value: &str) -> bool {
    const HOLDS: &[&str] = &[
        " or ",
        " if ",
        " or(",
        " = ",
        ":=",
        "SecretStr",
        "SecretBytes",
        "ield(",
        "ib(",
        "bytes(",
        "str(",
        "==",
        "!=",
    ];
    let inner = value.trim_start_matches(|c| c == '(' || BLANK.contains(&c));
    let text = inner.trim_start_matches(['r', 'R', 'b', 'B', 'u', 'U', 'f', 'F', 't', 'T']);
    if text.starts_with(['"', '\'', '#']) || inner.starts_with(|c: char| c.is_ascii_digit()) {
        return true;
    }
    let mut lines = inner.split(['\n', '\r']).filter(|line| !line.is_empty());
    let line = lines.next().unwrap_or_default();
    let next = lines.next().unwrap_or_default().trim_start();
    let written =
        |line: &str| line.contains(['"', '\'']) || line.bytes().any(|byte| byte.is_ascii_digit());
    let holds = |line: &str| {
        HOLDS.iter().any(|word| line.contains(word)) && (written(line) || goes_on(line))
    };
    let whole = inner.get(..inner.floor_char_boundary(400.min(inner.len())));
    let opened = value.trim_start_matches(BLANK).starts_with('(');
    line.contains('#')
        || holds(line)
        || !is_closed(line)
            && ["or ", "or(", "if ", "and "]
                .iter()
                .any(|word| next.starts_with(word))
        || [" or", " else"]
            .iter()
            .any(|word| line.trim_end().ends_with(word))
        || opened && whole.is_some_and(|whole| holds(&whole.replace(['\n', '\r'], " ")))
}

/// `a, name = …`: whether several names stand on the left of a line.
fn is_one_of_many(text: &str, at: usize) -> bool {
    let start = text[..at].rfind(['\n', '\r']).map_or(0, |end| end + 1);
    let before = text[start..at].trim_start_matches(|c| c == '(' || BLANK.contains(&c));
    let plain = |c: char| {
        c.is_alphanumeric() || matches!(c, '_' | ',' | '.' | ' ' | '*' | '[' | ']' | '"' | '\'')
    };
    let line = text[at..].split(['\n', '\r']).next().unwrap_or_default();
    before.chars().all(plain)
        && line.split_once('=').is_some_and(|(names, value)| {
            (before.contains(',') || names.contains(','))
                && !names.contains('(')
                && (value.contains(['"', '\'']) || value.trim_end().ends_with(['(', '\\', ',']))
        })
}

/// `"x" == a.b["name` and the like.
fn is_last_compared(text: &str, start: usize) -> bool {
    let before = text[..start].trim_end_matches(|c: char| {
        c.is_alphanumeric() || matches!(c, '_' | '.' | '[' | '(' | '"' | '\'' | ']' | ')')
    });
    let before = before.trim_end_matches([' ', '\t', '\\', '\r', '\n']);
    before.ends_with("==") || before.ends_with("!=")
        // `compare_digest("x", name)`
        || memmem::find(&text.as_bytes()[start.saturating_sub(200)..start], b"compare_digest").is_some()
}
