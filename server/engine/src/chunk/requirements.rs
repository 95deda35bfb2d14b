//! Requirements: a chunk for each line.

use super::reader::Reader;
use super::{Cut, State};

pub fn next(text: &str, start: usize) -> Cut {
    let mut reader = Reader::new(&text[start..]);
    let end = reader.next_line(0);
    reader.at(end);
    Cut {
        end: start + end,
        is: State::Requirements,
        next: State::Requirements,
        reach: start + reader.reach(),
        open: false,
    }
}
