//! YAML's tree → our own small tree, with recovery from the lines that break the grammar.

use std::sync::Arc;

use super::Kept;
use crate::chunk::yaml::State;
use crate::outside::Export;

/// The reading of one chunk.
#[derive(Debug, Default)]
pub struct Part {
    pub exports: Vec<Export>,
    pub broken: bool,
}

pub(super) fn read(_state: State, _text: &Arc<str>, _kept: &mut Option<Kept>) -> Part {
    Part::default()
}
