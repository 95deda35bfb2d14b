//! `.dockerignore`: what is left out of the build's context.
//!
//! Source: Docker's documentation, ".dockerignore files", and moby's `patternmatcher`. The patterns are git's but for this: each
//! starts at the context's root (`.env` does not reach `app/.env`, `**/.env` does), a slash at its start or end means nothing,
//! and a path below a folder that is left out can be taken in again. The last pattern that matches counts.

use ignore::gitignore::{Gitignore, GitignoreBuilder};

/// Whether the patterns leave a path out, given relative to the context, with `/`.
pub fn covers(text: &str, path: &str) -> bool {
    let lines = text.trim_start_matches('\u{feff}').lines();
    let mut out = false;
    for line in lines {
        let Some((pattern, takes)) = pattern(line) else {
            continue;
        };
        // Only what changes anything is matched.
        if takes != out && matches(&pattern, path) {
            out = takes;
        }
    }
    out
}

/// The pattern of a line as git would write it, and whether it leaves out; `None` for comments and blank lines.
fn pattern(line: &str) -> Option<(String, bool)> {
    if line.starts_with('#') {
        return None;
    }
    let line = line.trim();
    let (line, takes) = match line.strip_prefix('!') {
        Some(rest) => (rest.trim(), false),
        None => (line, true),
    };
    let bare = line.trim_start_matches("./").trim_matches('/');
    match bare {
        "" => None,
        "." => Some(("/**".into(), takes)),
        bare => Some((format!("/{bare}"), takes)),
    }
}

/// Whether a pattern matches a path or a folder in which it lies.
fn matches(pattern: &str, path: &str) -> bool {
    let mut builder = GitignoreBuilder::new("");
    // What cannot be read matches nothing.
    if builder.add_line(None, pattern).is_err() {
        return false;
    }
    let matcher = builder.build().unwrap_or_else(|_| Gitignore::empty());
    matcher.matched_path_or_any_parents(path, false).is_ignore()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_start_at_the_root() {
        for (text, path, expected) in [
            ("", ".env", false),
            (".env", ".env", true),
            ("/.env", ".env", true),
            (".env/", ".env", true),
            ("./.env", ".env", true),
            (".env*", ".env.production", true),
            (".env", "app/.env", false),
            ("**/.env", "app/.env", true),
            ("**/.env", ".env", true),
            ("*", ".env", true),
            (".", ".env", true),
            ("**", "app/.env", true),
            ("app", "app/.env", true),
            ("app/*", "app/.env", true),
            ("*\n!app", "app/.env", false),
            ("app\n!app/.env", "app/.env", false),
            ("!.env\n.env", ".env", true),
            (".env\n!.env", ".env", false),
            ("# .env\r\n\r\n  .env \r\n", ".env", true),
            ("#.env", ".env", false),
            ("[", ".env", false),
            (".e?v", ".env", true),
            ("\u{feff}.env", ".env", true),
        ] {
            assert_eq!(covers(text, path), expected, "{text:?} {path}");
        }
    }
}
