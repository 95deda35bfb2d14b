//! Dockerfile instructions.

use std::sync::Arc;

use crate::chunk::dockerfile::State;

/// The reading of one chunk.
#[derive(Debug, Default)]
pub struct Part {
    pub broken: bool,
}

pub(super) fn read(_state: State, _text: &Arc<str>) -> Part {
    Part::default()
}
