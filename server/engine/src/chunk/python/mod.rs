//! Python: top-level statements, and the members of large classes.
//!
//! A boundary is the first line of a logical line at the level's column, outside of brackets and strings, that does not
//! continue the statement before it (`else`, what a decorator decorates). Comments go with the statement below them.

mod line;
mod repair;
mod string;

use super::reader::Reader;
use super::{Cut, State as Any};
use line::Line;
pub(super) use repair::repair;

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

/// A class body of this many bytes is cut at its members. No more than about this much is read to see it.
const LARGE: usize = 1024;

/// The end of the chunk that starts at `start`. A string is taken to end at each of `stops` that lies in it.
pub fn next(text: &str, start: usize, state: State, stops: &[usize]) -> Cut {
    let skipped = stops.partition_point(|stop| *stop <= start);
    let scan = Scan {
        reader: Reader::new(&text[start..]),
        base: start,
        stops: &stops[skipped..],
        open: false,
    };
    let cut = scan.run(state);
    Cut {
        end: cut.end + start,
        reach: cut.reach + start,
        ..cut
    }
}

struct Scan<'a> {
    reader: Reader<'a>,
    base: usize,
    stops: &'a [usize],
    /// The end of the text lies in a string of three quotes.
    open: bool,
}

/// Where the comments since the last line of code begin: those at the level's column or left of it, at column 0, any.
#[derive(Default)]
struct Comments {
    level: Option<usize>,
    zero: Option<usize>,
    any: Option<usize>,
}

/// The class that the statement turned out to be.
struct Class {
    body: usize,
    /// Start and column of the first member.
    first: Option<(usize, usize)>,
}

impl Scan<'_> {
    fn run(mut self, state: State) -> Cut {
        let level = match state {
            State::Member(indent) => indent as usize,
            State::Statement | State::Header => 0,
        };
        let (mut started, mut decorated, mut headed) = (false, false, false);
        let mut comments = Comments::default();
        let mut class: Option<Class> = None;
        let mut line = 0;
        loop {
            let (column, at) = self.indentation(line);
            let Some(byte) = self.reader.at(at) else {
                return self.end(self.reader.len(), state, state);
            };
            if byte == b'\n' {
                line = at + 1;
                continue;
            }
            if byte == b'#' {
                comments.any.get_or_insert(line);
                if column <= level {
                    comments.level.get_or_insert(line);
                }
                if column == 0 {
                    comments.zero.get_or_insert(line);
                }
                line = self.reader.next_line(at);
                continue;
            }
            if started && column == 0 && level > 0 {
                return self.end(comments.zero.unwrap_or(line), state, State::Statement);
            }
            if started && column == level && !decorated && !self.continues(at) {
                return self.end(comments.level.unwrap_or(line), state, state);
            }
            if let Some(class) = &mut class {
                class
                    .first
                    .get_or_insert((comments.any.unwrap_or(line), column));
            }
            comments = Comments::default();
            started = true;
            let head = column == level && !headed && byte != b'@';
            if column == level {
                decorated = byte == b'@';
                headed |= !decorated;
            }
            let is_class = head && level == 0 && self.word(at) == b"class";
            let first = class.as_ref().and_then(|class| class.first);
            let inner = first.map_or(level, |(_, column)| column);
            match self.line(at, inner) {
                Line::End { next, block } => {
                    line = next;
                    if is_class && block {
                        class = Some(Class {
                            body: next,
                            first: None,
                        });
                    }
                }
                Line::Text => return self.end(self.reader.len(), state, state),
            }
            if let (Some(class), Some((end, column))) = (&class, first)
                && line >= class.body + LARGE
            {
                let member = State::Member(column.min(u16::MAX as usize) as u16);
                return self.end(end, State::Header, member);
            }
        }
    }

    fn end(&self, end: usize, is: State, next: State) -> Cut {
        Cut {
            end,
            is: Any::Python(is),
            next: Any::Python(next),
            reach: self.reader.reach(),
            open: self.open,
        }
    }

    /// The column of a line's first character that is not blank, and where that is; as tree-sitter counts.
    fn indentation(&mut self, line: usize) -> (usize, usize) {
        let (mut column, mut at) = (0, line);
        if line == 0 && self.reader.starts(0, "\u{feff}".as_bytes()) {
            at = 3;
        }
        loop {
            match self.reader.at(at) {
                Some(b' ') => column += 1,
                Some(b'\t') => column += 8,
                Some(b'\x0c' | b'\r') => column = 0,
                Some(b'\\') => match self.newline(at + 1) {
                    Some(behind) => {
                        at = behind;
                        continue;
                    }
                    None => return (column, at),
                },
                _ => return (column, at),
            }
            at += 1;
        }
    }

    /// Behind the newline that stands at `at`, where one does.
    fn newline(&mut self, at: usize) -> Option<usize> {
        match self.reader.at(at) {
            Some(b'\n') => Some(at + 1),
            Some(b'\r') if self.reader.at(at + 1) == Some(b'\n') => Some(at + 2),
            _ => None,
        }
    }

    fn word(&mut self, at: usize) -> &[u8] {
        let end = self.reader.skip(at, is_word);
        self.reader.read(at, end)
    }

    fn continues(&mut self, at: usize) -> bool {
        matches!(self.word(at), b"else" | b"elif" | b"except" | b"finally")
    }
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte >= 0x80
}
