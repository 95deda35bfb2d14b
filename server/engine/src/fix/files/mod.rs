//! What fixes need in other files: pure functions from a text to its edits.
//!
//! `None` for a text means that the file does not exist: it is made by the edits of an empty one. What is there already
//! gives no edits, so that doing a thing twice is doing it once. An `Err` is the reason why it cannot be done, in words that
//! follow the file's name. Line ends, the final newline, the order and all comments stay as they are.

pub mod change;
pub mod compose;
pub mod config;
pub mod dockerignore;
pub mod dotenv;
pub mod gitignore;
pub mod marker;
pub mod prometheus;
pub mod pyproject;
pub mod requirements;
pub mod section;
pub mod test_requirement;
pub mod versions;

use crate::text::Edit;

/// The edits, or the reason why there can be none.
pub type Edits = Result<Vec<Edit>, String>;

/// How lines end in a text.
fn newline(text: &str) -> &'static str {
    match text.find('\n') {
        Some(at) if text[..at].ends_with('\r') => "\r\n",
        None if text.contains('\r') => "\r",
        _ => "\n",
    }
}

/// A line more at the end of a text, which ends with a line break afterwards where it did before (or was empty).
fn append(text: &str, line: &str) -> Edit {
    let newline = newline(text);
    let bare = text.trim_start_matches('\u{feff}');
    let whole = bare.is_empty() || bare.ends_with(['\n', '\r']);
    let line = if whole {
        format!("{line}{newline}")
    } else {
        format!("{newline}{line}")
    };
    super::insert(text.len(), line)
}

/// Lines more below the line on which `at` lies; the final line break stays as it is.
fn insert_lines(text: &str, at: usize, lines: &[String]) -> Edit {
    let newline = newline(text);
    let end = super::next_line(text, at);
    let before = text[..end].trim_start_matches('\u{feff}');
    let lines = lines.join(newline);
    let lines = if before.is_empty() || before.ends_with('\n') {
        lines + newline
    } else {
        format!("{newline}{lines}")
    };
    super::insert(end, lines)
}
