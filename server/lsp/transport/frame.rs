//! Bytes → bodies, whatever the client's idea of a header is.
//!
//! A header is plausible if it says `Content-Length: <digits>`, maybe among other lines, and a blank line follows. JSON holds
//! no raw line break within a string, so a plausible header never lies within a whole body: where one does, the length that
//! led there was wrong, and reading goes on behind it.

use std::io::{ErrorKind, Read};
use std::ops::Range;

/// Bytes of a body. A longer one is passed over without being held.
const LIMIT: usize = 64 * 1024 * 1024;
/// Bytes of a line of a header, and lines.
const LINE: usize = 1024;
const LINES: usize = 32;
/// Bytes that are read at once.
const CHUNK: usize = 64 * 1024;
/// Bytes that may stay allocated when nothing is held.
const KEPT: usize = 1024 * 1024;
/// Bytes of the beginning of what is passed over that are kept: maybe it is a message after all.
const HEAD: usize = 1024 * 1024;

const NAME: &[u8] = b"content-length";
/// The byte order mark.
pub(super) const MARK: &[u8] = b"\xef\xbb\xbf";

/// What the input holds next.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Found {
    /// A body of so many bytes: see [`Frames::body`].
    Body(usize),
    /// Something that is no frame, by its beginning.
    Garbage(Vec<u8>),
}

pub(super) struct Frames<R> {
    input: R,
    /// What has been read and not been used is `buffer[start..end]`.
    buffer: Vec<u8>,
    start: usize,
    end: usize,
    /// The length that a header has announced.
    announced: Option<usize>,
    garbage: Vec<u8>,
    ended: bool,
}

impl<R: Read> Frames<R> {
    pub(super) fn new(input: R) -> Frames<R> {
        Frames {
            input,
            buffer: vec![0; CHUNK],
            start: 0,
            end: 0,
            announced: None,
            garbage: Vec::new(),
            ended: false,
        }
    }

    /// `None` at the end of the input.
    pub(super) fn next(&mut self) -> Option<Found> {
        // Unused bytes in which no header begins.
        let mut searched = 0;
        loop {
            let unused = &self.buffer[self.start..self.end];
            let held = unused.len();
            let within = &unused[..self.announced.map_or(held, |length| length.min(held))];
            // A body as it should be has no line break, so there is nothing to look for.
            let worth = self.announced.is_none() || within[searched..].contains(&b'\n');
            let search = if worth {
                search(within, searched)
            } else {
                Search::From(within.len())
            };
            match search {
                Search::Header { at, length } => {
                    self.pass_over(at.start);
                    self.start += at.len();
                    self.announced = (length <= LIMIT).then_some(length);
                    searched = 0;
                    if let Some(garbage) = self.take_garbage() {
                        return Some(garbage);
                    }
                    continue;
                }
                Search::From(at) => searched = at,
            }
            match self.announced {
                Some(length) if length <= held => {
                    self.announced = None;
                    return Some(Found::Body(length));
                }
                Some(_) => {}
                None => {
                    self.pass_over(searched);
                    searched = 0;
                }
            }
            if self.ended {
                self.announced = None;
                self.pass_over(self.end - self.start);
                return self.take_garbage();
            }
            self.fill();
        }
    }

    /// The body that was found.
    pub(super) fn body(&mut self, length: usize) -> &mut [u8] {
        &mut self.buffer[self.start..self.start + length]
    }

    /// Go on behind so many bytes of the body.
    pub(super) fn used(&mut self, bytes: usize) {
        self.start += bytes;
    }

    /// Go on behind a body that cannot be understood: maybe a header begins in it and ends behind it. If it only ends too
    /// early, it is `kept` for what comes before the next header: its length was wrong.
    pub(super) fn broken(&mut self, length: usize, kept: bool) {
        let body = self.body(length);
        let whole = names(body, 0).last();
        let cut = || {
            let mut starts = length.saturating_sub(NAME.len())..length;
            starts.find(|at| NAME[..length - at].eq_ignore_ascii_case(&body[*at..]))
        };
        let used = whole.or_else(cut).unwrap_or(length);
        if kept {
            self.pass_over(used);
        } else {
            self.used(used);
        }
    }

    fn pass_over(&mut self, bytes: usize) {
        let passed = &self.buffer[self.start..self.start + bytes];
        let kept = passed.len().min(HEAD - self.garbage.len());
        self.garbage.extend_from_slice(&passed[..kept]);
        self.start += bytes;
    }

    /// What was passed over, if it is more than space, a byte order mark, and headers of which nothing is needed.
    fn take_garbage(&mut self) -> Option<Found> {
        let garbage = std::mem::take(&mut self.garbage);
        let harmless = |line: &[u8]| {
            let line = line.strip_prefix(MARK).unwrap_or(line);
            let name = line.split(|byte| *byte == b':').next().unwrap_or_default();
            let token = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'-';
            line.trim_ascii().is_empty() || (name.len() < line.len() && name.iter().all(token))
        };
        let all = garbage.split(|byte| *byte == b'\n').all(harmless);
        (!all).then_some(Found::Garbage(garbage))
    }

    fn fill(&mut self) {
        self.buffer.copy_within(self.start..self.end, 0);
        self.end -= self.start;
        self.start = 0;
        if self.end == 0 && self.buffer.len() > KEPT {
            self.buffer = vec![0; CHUNK];
        } else if self.end == self.buffer.len() {
            self.buffer.resize(self.end * 2, 0);
        }
        let read = loop {
            match self.input.read(&mut self.buffer[self.end..]) {
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                read => break read.unwrap_or(0),
            }
        };
        self.end += read;
        self.ended = read == 0;
    }
}

enum Search {
    /// A whole header, by its bytes, and what it announces.
    Header { at: Range<usize>, length: usize },
    /// None is whole, and none begins before this.
    From(usize),
}

fn search(bytes: &[u8], from: usize) -> Search {
    for start in names(bytes, from) {
        match header(bytes, start) {
            Ok((end, length)) => {
                let at = start..end;
                return Search::Header { at, length };
            }
            Err(No::Cut) => return Search::From(start),
            Err(No::Header) => {}
        }
    }
    Search::From(bytes.len().saturating_sub(NAME.len()).max(from))
}

/// Where the name of the header stands, at or behind `from`.
fn names(bytes: &[u8], from: usize) -> impl Iterator<Item = usize> {
    const DASH: usize = 7;
    let dashes = (from + DASH..bytes.len()).filter(|at| bytes[*at] == b'-');
    dashes.map(|at| at - DASH).filter(|at| {
        let name = bytes.get(*at..at + NAME.len());
        // `X-Content-Length` is something else.
        let begins = *at == 0 || bytes[at - 1] != b'-';
        begins && name.is_some_and(|name| name.eq_ignore_ascii_case(NAME))
    })
}

/// Why there is no header.
enum No {
    Header,
    /// There may be one when more has been read.
    Cut,
}

/// The end of the header that begins here, and what it announces. Said twice, the second counts: the first was cut off.
fn header(bytes: &[u8], start: usize) -> Result<(usize, usize), No> {
    let mut at = start;
    let mut announced = None;
    for _ in 0..LINES {
        let rest = &bytes[at..];
        let Some(end) = rest.iter().take(LINE).position(|byte| *byte == b'\n') else {
            return Err(if rest.len() < LINE {
                No::Cut
            } else {
                No::Header
            });
        };
        let line = rest[..end].trim_ascii();
        at += end + 1;
        if line.is_empty() {
            return announced.map(|length| (at, length)).ok_or(No::Header);
        }
        if names(line, 0).next() == Some(0) {
            announced = Some(number(&line[NAME.len()..]).ok_or(No::Header)?);
        }
    }
    Err(No::Header)
}

/// What stands behind the name: a colon and digits.
fn number(value: &[u8]) -> Option<usize> {
    let digits = value.trim_ascii().strip_prefix(b":")?.trim_ascii();
    if digits.is_empty() || !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    // One that is too long for a number is too long to be held.
    let number = std::str::from_utf8(digits).ok()?.parse();
    Some(number.unwrap_or(usize::MAX))
}
