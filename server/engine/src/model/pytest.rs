//! pytest's configuration in all its homes.

use std::sync::Arc;

use super::Part;
use crate::file::Kind;

/// What one file says to pytest. Spans are absolute.
#[derive(Debug)]
pub struct Config {}

impl Config {
    /// `None` when the file is no home of pytest's configuration (a `tox.ini` without `[pytest]`).
    pub fn read(_kind: Kind, _parts: &[(usize, Arc<Part>)]) -> Option<Config> {
        None
    }
}
