//! Plans → edits.

use std::sync::Arc;

use crate::file::File;
use crate::model::Part;
use crate::rule::{Fix, Piece};
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
    if !fix.intents.is_empty() {
        return Err("what the fix needs elsewhere cannot be made yet".into());
    }
    let mut edits = Vec::with_capacity(fix.edits.len());
    for planned in &fix.edits {
        let mut text = String::new();
        for piece in &planned.text {
            match piece {
                Piece::Text(known) => text.push_str(known),
                Piece::Name(_) => return Err("the name that the fix needs is not known yet".into()),
            }
        }
        edits.push(Edit {
            span: planned.place.span,
            text,
        });
    }
    edits.sort_by_key(|edit| edit.span);
    Ok(edits)
}
