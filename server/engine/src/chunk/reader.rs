//! Bytes of a text, read with a note of how far: what makes a chunk's reach true.

use memchr::{memchr, memchr2, memchr3};

pub(super) struct Reader<'a> {
    bytes: &'a [u8],
    /// One past the last byte read; `len + 1` once the end was seen.
    reach: usize,
}

impl<'a> Reader<'a> {
    pub(super) fn new(text: &'a str) -> Reader<'a> {
        Reader {
            bytes: text.as_bytes(),
            reach: 0,
        }
    }
    pub(super) fn len(&self) -> usize {
        self.bytes.len()
    }
    pub(super) fn reach(&self) -> usize {
        self.reach
    }
    pub(super) fn at(&mut self, at: usize) -> Option<u8> {
        let byte = self.bytes.get(at).copied();
        self.reach = self.reach.max(at.min(self.bytes.len()) + 1);
        byte
    }
    pub(super) fn starts(&mut self, at: usize, with: &[u8]) -> bool {
        (0..with.len()).all(|i| self.at(at + i) == Some(with[i]))
    }
    /// Bytes that were read before.
    pub(super) fn read(&self, from: usize, to: usize) -> &'a [u8] {
        debug_assert!(to <= self.reach);
        &self.bytes[from..to]
    }
    /// The first place at or after `from` whose byte fails the test, or the end.
    pub(super) fn skip(&mut self, from: usize, test: impl Fn(u8) -> bool) -> usize {
        let rest = &self.bytes[from.min(self.bytes.len())..];
        let found = rest.iter().position(|byte| !test(*byte));
        self.note(from, found)
    }
    pub(super) fn find(&mut self, from: usize, byte: u8) -> usize {
        let found = memchr(byte, &self.bytes[from.min(self.bytes.len())..]);
        self.note(from, found)
    }
    pub(super) fn find2(&mut self, from: usize, a: u8, b: u8) -> usize {
        let found = memchr2(a, b, &self.bytes[from.min(self.bytes.len())..]);
        self.note(from, found)
    }
    pub(super) fn find3(&mut self, from: usize, a: u8, b: u8, c: u8) -> usize {
        let found = memchr3(a, b, c, &self.bytes[from.min(self.bytes.len())..]);
        self.note(from, found)
    }
    /// Behind the newline of the line that `from` lies in, or the end.
    pub(super) fn next_line(&mut self, from: usize) -> usize {
        (self.find(from, b'\n') + 1).min(self.bytes.len())
    }
    /// Behind the end of the line that `from` lies in, be it LF, CRLF or a lone CR, or the end; what follows is looked at.
    pub(super) fn past_line(&mut self, from: usize) -> usize {
        let at = self.find2(from, b'\n', b'\r');
        let end = match (self.at(at), self.at(at + 1)) {
            (None, _) => at,
            (Some(b'\r'), Some(b'\n')) => at + 2,
            _ => at + 1,
        };
        self.at(end);
        end
    }
    fn note(&mut self, from: usize, found: Option<usize>) -> usize {
        let at = found.map_or(self.bytes.len(), |found| from + found);
        self.reach = self.reach.max(at + 1);
        at
    }
}
