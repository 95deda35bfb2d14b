//! Python: top-level statements, and the members of large classes.

use super::Cut;

/// What a chunk of Python is.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, Hash)]
pub enum State {
    /// A top-level statement, with the comments above it.
    #[default]
    Statement,
    /// The header of a class that is cut at its members: the comments and decorators above it to the end of the line with
    /// the colon, and blank lines. Parsed with ` pass` put behind it. A docstring is a member.
    Header,
    /// A member of a class, or a statement of its body, at this indentation (a tab counts 8), with the comments above it.
    /// Its text begins at the start of a line; parsed with the line `class _:` put before it.
    Member(u16),
}

pub fn next(text: &str, _start: usize, state: State) -> Cut {
    Cut {
        end: text.len(),
        next: super::State::Python(state),
        reach: text.len() + 1,
    }
}
