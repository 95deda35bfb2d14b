//! ini: one section a chunk.

use super::{Cut, State};

pub fn next(text: &str, _start: usize) -> Cut {
    Cut {
        end: text.len(),
        next: State::Ini,
        reach: text.len() + 1,
    }
}
