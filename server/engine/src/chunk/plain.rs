//! Text without a grammar of ours: a chunk for each line, and one for the lines of a private key.

use memchr::memmem;

use super::reader::Reader;
use super::{Cut, State};
use crate::model::token::key::{BEGIN, END};

pub fn next(text: &str, start: usize) -> Cut {
    let mut reader = Reader::new(&text[start..]);
    let mut end = reader.past_line(0);
    if is_begin(reader.read(0, end)) {
        end = past_key(&mut reader, end).unwrap_or(end);
    }
    Cut {
        end: start + end,
        is: State::Plain,
        next: State::Plain,
        reach: start + reader.reach(),
        open: false,
    }
}

/// Lines that a key has at most.
const MOST_LINES: usize = 160;

fn is_begin(line: &[u8]) -> bool {
    let has = |word: &str| memmem::find(line, word.as_bytes()).is_some();
    has(BEGIN) && has("PRIVATE KEY") && !has(END)
}

/// Behind the line that ends the key whose first line ends at `from`; `None` where it is left open.
fn past_key(reader: &mut Reader, from: usize) -> Option<usize> {
    let mut start = from;
    for _ in 0..MOST_LINES {
        let end = reader.past_line(start);
        if end == start {
            return None;
        }
        let line = reader.read(start, end);
        if memmem::find(line, END.as_bytes()).is_some() {
            return Some(end);
        }
        if is_begin(line) {
            return None;
        }
        start = end;
    }
    None
}
