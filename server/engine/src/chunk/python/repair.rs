//! Where a string of three quotes that never closes was most likely meant to end.
//!
//! The slip is usually far above the end of the text, since every later docstring has flipped: text has become code and code
//! text. So each line that looks like code is tried as the place where code begins again, and the one that leaves the fewest
//! such lines inside of strings wins. Lines are read for three entering states at once, so that all trials cost two passes.

use memchr::memchr2;

/// What a line starts in: code, or a string of three `"` or of three `'`.
type Mode = usize;
const CODE: Mode = 0;
const QUOTES: [u8; 3] = [0, b'"', b'\''];

/// Weight of a text that still ends in a string.
const OPEN_END: u32 = 3;
/// Slips that are looked for in one text.
const ROUNDS: usize = 3;

struct Row {
    start: usize,
    /// The mode in which the next line starts, for each mode in which this one does.
    to: [Mode; 3],
    codelike: bool,
}

/// Offsets of line starts, ascending: a string that holds one is taken to end there.
pub(in crate::chunk) fn repair(text: &str) -> Vec<usize> {
    let mut stops: Vec<usize> = Vec::new();
    let mut rows = rows(text, code_like);
    if !rows.iter().any(|row| row.codelike) {
        rows = self::rows(text, assignment);
    }
    let after = weights_after(&rows);
    let mut from = 0;
    for _ in 0..ROUNDS {
        let Some(stop) = best(text, &rows, &after, from) else {
            break;
        };
        stops.push(rows[stop].start);
        from = stop;
        if !ends_open(&rows[from..]) {
            break;
        }
    }
    stops
}

fn ends_open(rows: &[Row]) -> bool {
    rows.iter().fold(CODE, |mode, row| row.to[mode]) != CODE
}

/// The row at which to begin code again, if the rows from `from` on (which starts in code) are better for it.
fn best(text: &str, rows: &[Row], after: &[[u32; 3]], from: usize) -> Option<usize> {
    let total = after[from][CODE];
    let (mut mode, mut before, mut opened) = (CODE, 0, from);
    let mut best: Option<(u32, usize)> = None;
    for (at, row) in rows.iter().enumerate().skip(from) {
        if mode != CODE && row.codelike {
            let stop = with_lines_above(text, rows, at, opened);
            let weight = before + after[at][CODE];
            if weight < total && best.is_none_or(|(least, _)| weight <= least) {
                best = Some((weight, stop));
            }
            before += 1;
        }
        if mode == CODE {
            opened = at;
        }
        mode = row.to[mode];
    }
    best.map(|(_, stop)| stop)
}

/// Decorators and comments above a line go with it, as far as they lie in the string that row `opened` opens.
fn with_lines_above(text: &str, rows: &[Row], at: usize, opened: usize) -> usize {
    let indent = |row: &Row| {
        text[row.start..].len() - text[row.start..].trim_start_matches([' ', '\t']).len()
    };
    let own = indent(&rows[at]);
    let mut first = at;
    while first > opened + 1 {
        let above = &rows[first - 1];
        let goes = indent(above) == own && text[above.start + own..].starts_with(['@', '#']);
        if !goes {
            break;
        }
        first -= 1;
    }
    first
}

/// For each row and mode: lines that look like code inside of strings from there on.
fn weights_after(rows: &[Row]) -> Vec<[u32; 3]> {
    let mut after = vec![[0, OPEN_END, OPEN_END]; rows.len() + 1];
    for (at, row) in rows.iter().enumerate().rev() {
        for mode in 0..3 {
            let hidden = u32::from(mode != CODE && row.codelike);
            after[at][mode] = hidden + after[at + 1][row.to[mode]];
        }
    }
    after
}

fn rows(text: &str, codelike: fn(&str) -> bool) -> Vec<Row> {
    let mut start = 0;
    text.split_inclusive('\n')
        .map(|line| {
            let row = Row {
                start,
                to: [CODE, 1, 2].map(|mode| leave(line.as_bytes(), mode)),
                codelike: codelike(line),
            };
            start += line.len();
            row
        })
        .collect()
}

/// The mode in which a line leaves the next one. Strings of one line end with it.
fn leave(line: &[u8], mut mode: Mode) -> Mode {
    let mut at = 0;
    loop {
        let rest = &line[at.min(line.len())..];
        if mode != CODE {
            let quote = QUOTES[mode];
            let Some(found) = memchr2(quote, b'\\', rest) else {
                return mode;
            };
            at += found;
            if line[at] == b'\\' {
                at += 2;
            } else if line[at..].starts_with(&[quote; 3]) {
                at += 3;
                mode = CODE;
            } else {
                at += 1;
            }
            continue;
        }
        let Some(found) = memchr::memchr3(b'"', b'\'', b'#', rest) else {
            return CODE;
        };
        at += found;
        let quote = line[at];
        if quote == b'#' {
            return CODE;
        }
        if line[at..].starts_with(&[quote; 3]) {
            mode = if quote == b'"' { 1 } else { 2 };
            at += 3;
            continue;
        }
        at += 1;
        loop {
            let rest = &line[at.min(line.len())..];
            let Some(found) = memchr2(quote, b'\\', rest) else {
                return CODE;
            };
            at += found;
            if line[at] == quote {
                at += 1;
                break;
            }
            at += 2;
        }
    }
}

/// Whether a line looks like code, whatever surrounds it: prose in a docstring hardly does.
fn code_like(line: &str) -> bool {
    let code = line.trim_start_matches([' ', '\t']);
    let indented = code.len() < line.len();
    let named = |rest: &str, ends: &[char]| {
        let behind = rest.trim_start_matches(|c: char| c.is_alphanumeric() || c == '_');
        behind.len() < rest.len() && behind.trim_start().starts_with(ends)
    };
    let def = |rest: &str| {
        rest.strip_prefix("def ")
            .is_some_and(|rest| named(rest, &['(', '[']))
    };
    if def(code) || code.strip_prefix("async ").is_some_and(def) {
        return true;
    }
    if let Some(rest) = code.strip_prefix("class ") {
        return named(rest, &['(', ':', '[']);
    }
    if indented {
        return false;
    }
    if let Some(rest) = code.strip_prefix("from ") {
        return rest.contains(" import ");
    }
    code.starts_with("if __name__")
        || code.strip_prefix("import ").is_some_and(|rest| {
            rest.trim_end()
                .chars()
                .all(|c| c.is_alphanumeric() || "_., #".contains(c))
        })
        || code.strip_prefix('@').is_some_and(|rest| {
            let behind = rest.trim_start_matches(|c: char| c.is_alphanumeric() || "_.".contains(c));
            behind.len() < rest.len() && (behind.trim().is_empty() || behind.starts_with('('))
        })
}

/// `NAME = …` and `NAME: T = …` at column 0.
fn assignment(line: &str) -> bool {
    let rest = line.trim_start_matches(|c: char| c.is_alphanumeric() || c == '_');
    rest.len() < line.len()
        && (rest.starts_with(" = ") || rest.starts_with(": ") && rest.contains(" = "))
}
