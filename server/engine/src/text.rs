//! Bytes ↔ lines ↔ columns in UTF-8, UTF-16 and UTF-32, and edits.

use std::ops::Range;

/// A range of bytes, the end exclusive. What it is relative to (a chunk, a file) is said by its holder.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    pub start: u32,
    pub end: u32,
}

impl Span {
    /// Files over 4 MiB are refused before they are read (see design: walking), so `u32` holds every offset.
    pub fn new(start: usize, end: usize) -> Span {
        debug_assert!(start <= end && end <= u32::MAX as usize);
        Span {
            start: start as u32,
            end: end as u32,
        }
    }
    pub fn range(self) -> Range<usize> {
        self.start as usize..self.end as usize
    }
    pub fn len(self) -> usize {
        (self.end - self.start) as usize
    }
    pub fn is_empty(self) -> bool {
        self.start == self.end
    }
    /// The same span seen from a place `base` bytes earlier.
    #[must_use]
    pub fn shifted(self, base: usize) -> Span {
        Span::new(self.start as usize + base, self.end as usize + base)
    }
    /// Whether the two share a byte, or touch where one of them is empty.
    pub fn meets(self, other: Span) -> bool {
        self.start < other.end && other.start < self.end
            || (self.is_empty() || other.is_empty())
                && self.start <= other.end
                && other.start <= self.end
    }
}

/// A replacement of the bytes of `span` by `text`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Edit {
    pub span: Span,
    pub text: String,
}
