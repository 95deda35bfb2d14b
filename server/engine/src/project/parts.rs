//! The readings of files that are read whole, kept by content: what a file tells the others and what its own check looks at
//! rest on the same parts, whichever comes first.

use std::sync::Arc;

use dashmap::DashMap;

use super::Workspace;
use crate::chunk::{Chunk, State};
use crate::model::Part;
use crate::syntax;

/// Parts by what their chunks are and by the hash of their text.
pub(super) type Parts = DashMap<(State, u128), Arc<Part>>;

/// Above this many all are dropped: whoever still needs one has it.
const LIMIT: usize = 20_000;

impl Workspace {
    /// The reading of a chunk that has this text.
    pub(crate) fn part(&self, chunk: &Chunk, text: &Arc<str>) -> Arc<Part> {
        let read = || Arc::new(syntax::read(chunk.state, text, &mut None));
        // Of Python the facts need a few chunks only, and there is too much of it to be kept.
        if self.is_alone() || !matches!(chunk.state, State::Yaml(_) | State::Dockerfile(_)) {
            return read();
        }
        let key = (chunk.state, chunk.hash);
        if let Some(known) = self.parts.get(&key) {
            return known.clone();
        }
        if self.parts.len() > LIMIT {
            self.parts.clear();
        }
        let part = read();
        self.parts.insert(key, part.clone());
        part
    }
}
