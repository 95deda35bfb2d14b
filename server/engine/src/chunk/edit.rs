//! Cutting again after an edit, at a cost that follows the edit.
//!
//! A chunk that did not look at the edited bytes stays. The others are cut again, from windows of the new text, until a
//! boundary behind the edit is an old one met in the same state: from there on the text is the old one, and so are its cuts.

use std::ops::Range;

use super::{Chunk, Chunks, Cut, Source, State, hash, next};
use crate::work::Work;

/// Bytes of the first window; it doubles until it holds all that the cut looked at.
const WINDOW: usize = 4096;

impl Chunks {
    /// Cut again after the bytes `edited` (of the old text) were replaced by `inserted` bytes; `source` is the new text.
    pub fn edit(
        &mut self,
        source: &(impl Source + ?Sized),
        edited: Range<usize>,
        inserted: usize,
        work: &mut Work,
    ) {
        if self.repaired || !self.resynchronise(source, &edited, inserted, work) {
            *self = Chunks::cut(self.language, &source.slice(0..source.len()), work);
        }
    }

    /// False if only the whole text can tell.
    fn resynchronise(
        &mut self,
        source: &(impl Source + ?Sized),
        edited: &Range<usize>,
        inserted: usize,
        work: &mut Work,
    ) -> bool {
        let old = &self.list;
        let untouched = |chunk: &Chunk| chunk.reach <= edited.start;
        // The reaches do not ascend, so this is no binary search.
        let Some(first) = old.iter().position(|chunk| !untouched(chunk)) else {
            return false;
        };
        let behind = edited.start + inserted;
        let moved = |offset: usize| offset - edited.end + behind;

        let mut fresh: Vec<Chunk> = Vec::new();
        let (mut start, mut state) = (old[first].start, old[first].from);
        // The old chunk that starts at `start`, or the first one behind it.
        let mut at = first;
        let tail = loop {
            if start >= source.len() {
                break old.len();
            }
            let met = |chunk: &Chunk, start: usize| chunk.start == start && chunk.from == state;
            if start <= edited.start {
                while at < old.len() && old[at].start < start {
                    at += 1;
                }
                if let Some(chunk) = old.get(at).filter(|c| met(c, start) && untouched(c))
                    && let Some(after) = old.get(at + 1)
                {
                    fresh.push(*chunk);
                    (start, state) = (chunk.end, after.from);
                    continue;
                }
            }
            if start >= behind {
                let before = start - behind + edited.end;
                while at < old.len() && old[at].start < before {
                    at += 1;
                }
                if old.get(at).is_some_and(|chunk| met(chunk, before)) {
                    break at;
                }
            }
            let (cut, hash) = cut_window(source, start, state, work);
            if cut.open {
                return false;
            }
            fresh.push(Chunk {
                start,
                end: cut.end,
                reach: cut.reach,
                from: state,
                state: cut.is,
                hash,
            });
            (start, state) = (cut.end, cut.next);
        };
        for chunk in &mut self.list[tail..] {
            chunk.start = moved(chunk.start);
            chunk.end = moved(chunk.end);
            chunk.reach = moved(chunk.reach);
        }
        self.list.splice(first..tail, fresh);
        true
    }
}

/// The chunk at `start`, offsets absolute, with its hash.
fn cut_window(
    source: &(impl Source + ?Sized),
    start: usize,
    state: State,
    work: &mut Work,
) -> (Cut, u128) {
    let mut size = WINDOW;
    loop {
        let end = source.floor((start + size).min(source.len()));
        let window = source.slice(start..end);
        let cut = next(&window, 0, state);
        work.bytes_scanned += cut.reach.min(window.len());
        // A reach behind the window means that its end was taken for the end of the text.
        if end == source.len() || cut.reach <= window.len() {
            work.chunks_cut += 1;
            let hash = hash(&window[..cut.end]);
            let cut = Cut {
                end: start + cut.end,
                reach: start + cut.reach,
                ..cut
            };
            return (cut, hash);
        }
        size *= 2;
    }
}
