//! One logical line: to its newline outside of brackets and strings, or to where a bracket is seen to have been forgotten.

use super::{Scan, is_word};

pub(super) enum Line {
    /// `next` is where the next line starts; `block` is true if the last thing on this one is a colon.
    End { next: usize, block: bool },
    /// The text ended first.
    Text,
}

/// Lines at the level's column inside of an open bracket, and bytes from the first of them, after which the bracket is no
/// longer taken for a recent slip: bounds the work on hostile text.
const ROWS: usize = 256;
const BYTES: usize = 16 * 1024;

const PLAIN: u8 = 0;
const OPEN: u8 = 1;
const CLOSE: u8 = 2;
const QUOTE: u8 = 3;
const COMMENT: u8 = 4;
const NEWLINE: u8 = 5;
const ESCAPE: u8 = 6;
const BLANK: u8 = 7;

const CLASS: [u8; 256] = {
    let mut class = [PLAIN; 256];
    class[b'(' as usize] = OPEN;
    class[b'[' as usize] = OPEN;
    class[b'{' as usize] = OPEN;
    class[b')' as usize] = CLOSE;
    class[b']' as usize] = CLOSE;
    class[b'}' as usize] = CLOSE;
    class[b'"' as usize] = QUOTE;
    class[b'\'' as usize] = QUOTE;
    class[b'#' as usize] = COMMENT;
    class[b'\n' as usize] = NEWLINE;
    class[b'\\' as usize] = ESCAPE;
    class[b' ' as usize] = BLANK;
    class[b'\t' as usize] = BLANK;
    class[b'\r' as usize] = BLANK;
    class[b'\x0c' as usize] = BLANK;
    class
};

/// Lines at the level's column that were met inside of brackets.
#[derive(Default)]
struct Suspects {
    first: Option<usize>,
    rows: usize,
    /// Too many: a later keyword ends the bracket at its own line.
    many: bool,
}

impl Scan<'_> {
    /// Read the logical line whose first character is at `at`; `level` is the column at which a statement cannot stand in
    /// brackets.
    pub(super) fn line(&mut self, mut at: usize, level: usize) -> Line {
        let (mut depth, mut last) = (0usize, 0u8);
        let mut suspects = Suspects::default();
        loop {
            at = self
                .reader
                .skip(at, |byte| matches!(CLASS[byte as usize], BLANK));
            let Some(byte) = self.reader.at(at) else {
                return match suspects.first {
                    Some(next) if depth > 0 && !self.open => Line::End { next, block: false },
                    _ => Line::Text,
                };
            };
            match CLASS[byte as usize] {
                PLAIN => {
                    let end = self.reader.skip(at, |byte| CLASS[byte as usize] == PLAIN);
                    last = self.reader.read(end - 1, end)[0];
                    at = end;
                    continue;
                }
                COMMENT => {
                    at = self.reader.find(at, b'\n');
                    continue;
                }
                QUOTE => {
                    let string = self.string(at);
                    if string.stopped {
                        return Line::End {
                            next: string.end,
                            block: false,
                        };
                    }
                    at = string.end;
                    last = byte;
                    continue;
                }
                NEWLINE if depth == 0 => {
                    return Line::End {
                        next: at + 1,
                        block: last == b':',
                    };
                }
                NEWLINE => {
                    if let Some(next) = self.suspect(at + 1, level, &mut suspects) {
                        return Line::End { next, block: false };
                    }
                    at += 1;
                    continue;
                }
                ESCAPE => {
                    if let Some(behind) = self.newline(at + 1) {
                        at = behind;
                        continue;
                    }
                }
                OPEN => depth += 1,
                _ => {
                    depth = depth.saturating_sub(1);
                    if depth == 0 {
                        suspects = Suspects::default();
                    }
                }
            }
            last = byte;
            at += 1;
        }
    }

    /// Look at a line inside of brackets. If no expression can hold it, the bracket was forgotten: give the first line at
    /// the level since then, as plain assignments may stand between that and the keyword.
    fn suspect(&mut self, line: usize, level: usize, suspects: &mut Suspects) -> Option<usize> {
        let (column, at) = self.indentation(line);
        if column > level {
            return None;
        }
        let byte = self.reader.at(at)?;
        if !(byte.is_ascii_alphabetic() || byte == b'_' || byte == b'@') {
            return None;
        }
        if !suspects.many {
            let first = *suspects.first.get_or_insert(line);
            suspects.rows += 1;
            if suspects.rows > ROWS || line - first > BYTES {
                *suspects = Suspects {
                    many: true,
                    ..Suspects::default()
                };
            }
        }
        self.forbids_bracket(at)
            .then(|| suspects.first.unwrap_or(line))
    }

    /// Whether the words at `at`, first on their line, can only begin a statement.
    pub(super) fn forbids_bracket(&mut self, at: usize) -> bool {
        let end = self.reader.skip(at, is_word);
        let rest = self.reader.skip(end, |byte| byte == b' ');
        match self.reader.read(at, end) {
            b"def" | b"class" | b"import" | b"return" | b"raise" | b"assert" | b"del"
            | b"global" | b"nonlocal" | b"while" | b"with" | b"try" | b"except" | b"finally"
            | b"elif" | b"pass" | b"break" | b"continue" => true,
            b"if" => self.reader.starts(rest, b"__name__"),
            b"async" => {
                let end = self.reader.skip(rest, is_word);
                matches!(self.reader.read(rest, end), b"def" | b"with")
            }
            // `yield from` may break its line here.
            b"from" => {
                let end = self.reader.find(rest, b'\n');
                let line = self.reader.read(rest, end);
                memchr::memmem::find(line, b" import").is_some()
            }
            _ => false,
        }
    }
}
