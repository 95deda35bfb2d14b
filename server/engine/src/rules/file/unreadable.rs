//! The file cannot be read as text.

use crate::rule::{Area, Rule, Severity};

pub static RULE: Rule = Rule {
    name: "file/unreadable",
    area: Area::Code,
    severity: Severity::Low,
    cases: &[],
    minutes: 5,
    off: false,
    also: &[],
    docs: r#"The file was not checked: it cannot be opened, or it is not UTF-8.

A file that is silently left out looks like a file without problems.
The message says what was met: a missing permission, UTF-16 by its byte order mark, or bytes that look like Latin-1.

How to fix: save the file as UTF-8, make it readable, or list it under `exclude` in `harden.toml`.
"#,
    checks: &[],
};
