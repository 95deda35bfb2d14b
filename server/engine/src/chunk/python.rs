//! Python: top-level statements, and the members of large classes.

use super::Cut;

/// What a chunk of Python is.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, Hash)]
pub enum State {
    /// A top-level statement, with the comments above it.
    #[default]
    Statement,
    /// The header of a class that is cut at its members: decorators to colon, and the docstring if it comes first.
    Header,
    /// A member of a class, at this indentation.
    Member(u16),
}

pub fn next(text: &str, _start: usize, state: State) -> Cut {
    Cut {
        end: text.len(),
        next: super::State::Python(state),
        reach: text.len() + 1,
    }
}
