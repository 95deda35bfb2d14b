//! Words of paths that say that what lies there is not the application.
//!
//! Who asks whether a folder is delivered, is the application, or may hold a real secret adds words of its own; what tests
//! and what is shown is the same to all of them.

use std::path::Path;

/// What code is for, if not for the application.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Apart {
    /// It tests.
    Tests,
    /// It is made up to be shown, read, or tried.
    Shown,
}

/// Words of what tests.
const TESTS: &[&str] = &["e2e", "test", "testdata", "testing", "tests"];
/// Words of what is shown.
const SHOWN: &[&str] = &[
    "demo", "demos", "doc", "docs", "example", "examples", "sample", "samples",
];
/// Words of code beside them.
const CODE_OF_TESTS: &[&str] = &["conftest", "testcontainers"];
const CODE_SHOWN: &[&str] = &[
    "benchmark",
    "benchmarks",
    "fixtures",
    "mock",
    "mocks",
    "tutorial",
    "tutorials",
];

/// What a folder of this name, in lower case, holds.
pub fn folder(name: &str) -> Option<Apart> {
    match () {
        () if TESTS.contains(&name) => Some(Apart::Tests),
        () if SHOWN.contains(&name) => Some(Apart::Shown),
        () => None,
    }
}

/// What the words of a file's path say of its code: `my-examples/app.py`, `test_data/x.py`. Folders count in a path that is
/// relative to the workspace only.
pub fn code(path: &Path) -> Option<Apart> {
    let path = path.with_extension("");
    let name = path.file_name().map(Path::new);
    let path = match path.is_relative() {
        true => &*path,
        false => name.unwrap_or(Path::new("")),
    };
    let path = path.to_string_lossy().to_ascii_lowercase();
    let words = || path.split(|c: char| !c.is_ascii_alphanumeric());
    let of = |known: Apart, more: &[&str]| {
        words().any(|word| folder(word) == Some(known) || more.contains(&word))
    };
    match () {
        () if of(Apart::Tests, CODE_OF_TESTS) => Some(Apart::Tests),
        () if of(Apart::Shown, CODE_SHOWN) => Some(Apart::Shown),
        () => None,
    }
}
