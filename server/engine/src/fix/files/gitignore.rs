//! Entries of `.gitignore`.

use ignore::gitignore::{Gitignore, GitignoreBuilder};

use super::{Edits, append};
use crate::text::apply;

/// Make git ignore a path, given relative to the folder of the file, with `/`; one that ends with `/` is a folder. What is
/// ignored already, by whatever pattern, stays as it is; a pattern with `!` that takes the path back in yields.
///
/// # Errors
/// The path leads out of the folder, or no pattern of this file can reach it.
pub fn add(text: Option<&str>, path: &str) -> Edits {
    let text = text.unwrap_or_default();
    let bare = path.trim_start_matches("./");
    let parts = || bare.trim_end_matches('/').split('/');
    if bare.starts_with('/') || parts().any(|part| matches!(part, "" | "." | "..")) {
        return Err(format!("`{path}` does not lie below its folder"));
    }
    if ignored(text, bare) {
        return Ok(Vec::new());
    }
    let edits = vec![append(text, &pattern(bare))];
    if ignored(&apply(text, &edits), bare) {
        Ok(edits)
    } else {
        Err(format!("no pattern reaches `{path}` there"))
    }
}

/// Whether the patterns of a `.gitignore` cover a path of its folder.
pub fn ignored(text: &str, path: &str) -> bool {
    let folder = path.ends_with('/');
    let path = path.trim_end_matches('/');
    matcher(text)
        .matched_path_or_any_parents(path, folder)
        .is_ignore()
}

fn matcher(text: &str) -> Gitignore {
    let mut builder = GitignoreBuilder::new("");
    for line in text.trim_start_matches('\u{feff}').split('\n') {
        // A pattern that cannot be read matches nothing, as in git.
        let _ = builder.add_line(None, line.strip_suffix('\r').unwrap_or(line));
    }
    builder.build().unwrap_or_else(|_| Gitignore::empty())
}

/// The path as a pattern that matches nothing else in its folder.
fn pattern(path: &str) -> String {
    let mut pattern = String::with_capacity(path.len());
    for (at, c) in path.char_indices() {
        let special = matches!(c, '*' | '?' | '[' | ']' | '\\');
        let first = at == 0 && matches!(c, '#' | '!');
        let last = c == ' ' && path[at..].trim_end_matches(' ').is_empty();
        if special || first || last {
            pattern.push('\\');
        }
        pattern.push(c);
    }
    pattern
}
