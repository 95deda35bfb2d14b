//! Text without a grammar of ours: a chunk for each line.

use super::reader::Reader;
use super::{Cut, State};

pub fn next(text: &str, start: usize) -> Cut {
    let mut reader = Reader::new(&text[start..]);
    let end = reader.past_line(0);
    Cut {
        end: start + end,
        is: State::Plain,
        next: State::Plain,
        reach: start + reader.reach(),
        open: false,
    }
}
