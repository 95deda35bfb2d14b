//! Entries of `.dockerignore`.

use super::{Edits, append};
use crate::model::dockerignore::covers;
use crate::text::apply;

/// Leave a path out of what Docker is sent, given relative to the folder of the file, with `/`. What is left out already, by
/// whatever pattern, stays as it is; a pattern with `!` that takes the path back in yields.
///
/// # Errors
/// No pattern of this file can reach the path.
pub fn add(text: Option<&str>, path: &str) -> Edits {
    let text = text.unwrap_or_default();
    if covers(text, path) {
        return Ok(Vec::new());
    }
    let edits = vec![append(text, path)];
    match covers(&apply(text, &edits), path) {
        true => Ok(edits),
        false => Err(format!("no pattern reaches `{path}` there")),
    }
}
