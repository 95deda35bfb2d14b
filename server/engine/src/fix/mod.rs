//! Plans → edits.

use std::sync::Arc;

use crate::file::File;
use crate::model::Part;
use crate::rule::Fix;
use crate::text::Edit;

/// A file as it is now, for rendering.
#[derive(Debug)]
pub struct View<'a> {
    pub file: &'a File,
    pub text: &'a str,
    pub parts: &'a [(usize, Arc<Part>)],
}

/// The edits of one fix of a finding that has left the engine, ordered and without overlap.
///
/// # Errors
/// The reason why the fix cannot be made in this file.
pub fn render(_view: &View, fix: &Fix) -> Result<Vec<Edit>, String> {
    if let Some(reason) = &fix.disabled {
        return Err(reason.clone());
    }
    Ok(Vec::new())
}
