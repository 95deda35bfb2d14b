//! Dockerfiles: a chunk for each instruction, with the comments above it.

use super::reader::Reader;
use super::{Cut, State as Any};

/// What is known at the start of a chunk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct State {}

pub fn next(text: &str, start: usize, state: State) -> Cut {
    let mut reader = Reader::new(&text[start..]);
    let end = reader.len();
    reader.at(end);
    Cut {
        end: start + end,
        is: Any::Dockerfile(state),
        next: Any::Dockerfile(state),
        reach: start + reader.reach(),
        open: false,
    }
}
