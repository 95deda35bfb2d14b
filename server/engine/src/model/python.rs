//! Python: imports, calls with resolved names, functions, handlers, constants, decorators.

use crate::outside::{Export, Outside};

/// The reading of one chunk.
#[derive(Debug, Default)]
pub struct Part {
    pub exports: Vec<Export>,
    pub broken: bool,
    pub calls: Vec<Call>,
    pub handlers: Vec<Handler>,
}

/// A call.
#[derive(Debug)]
pub struct Call {}

impl Call {
    /// The dotted name that the callee resolves to through imports and scopes: `random.uniform`.
    pub fn resolved(&self, _outside: &Outside) -> Option<String> {
        None
    }
}

/// An `except` clause.
#[derive(Debug)]
pub struct Handler {}
