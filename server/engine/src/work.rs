//! The work counter: what an analysis did, so that tests can assert that cost follows the edit.

use std::ops::AddAssign;

/// How much was done since the counter was last taken.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Work {
    /// Chunk boundaries that the cutters computed.
    pub chunks_cut: usize,
    /// Bytes that the cutters looked at.
    pub bytes_scanned: usize,
    /// Chunks handed to a parser (a chunk found in the store is not parsed).
    pub chunks_parsed: usize,
    /// Times that a rule's function was called.
    pub rule_calls: usize,
}

impl AddAssign for Work {
    fn add_assign(&mut self, other: Work) {
        self.chunks_cut += other.chunks_cut;
        self.bytes_scanned += other.bytes_scanned;
        self.chunks_parsed += other.chunks_parsed;
        self.rule_calls += other.rule_calls;
    }
}
