//! Words of commands, and what names say.

use crate::model::workflow::words;
use crate::syntax::shell::{self, Word};

/// The last part of a path, without what Windows adds.
pub(super) fn base(path: &str) -> &str {
    let name = shell::base(path);
    [".exe", ".cmd", ".bat"]
        .iter()
        .find_map(|end| name.strip_suffix(end))
        .unwrap_or(name)
}

/// The index of the first word from `at` on that is no option; `-m` ends them, and is stepped over. `valued` take a value.
pub(super) fn behind_options(all: &[Word], mut at: usize, valued: &[&str]) -> usize {
    while let Some(word) = all.get(at) {
        let text = word.text.as_str();
        if text == "-m" {
            return at + 1;
        }
        if !text.starts_with('-') {
            return at;
        }
        at += 1 + usize::from(valued.contains(&text));
    }
    at
}

/// The words that are no options; values of `valued` are left out with them.
pub(super) fn operands<'a>(all: &[&'a str], valued: &[&str]) -> Vec<&'a str> {
    let mut found = Vec::new();
    let mut words = all.iter();
    while let Some(word) = words.next() {
        if valued.contains(word) {
            words.next();
        } else if !word.starts_with('-') {
            found.push(*word);
        }
    }
    found
}

/// Whether a script or a target of this name runs tests: `test`, `test:unit`, `run-tests`, `check`; not `install-test-deps`,
/// `lint-tests`, `check:types`.
pub fn is_test_name(name: &str) -> bool {
    const TESTS: &[&str] = &[
        "coverage",
        "cov",
        "e2e",
        "jest",
        "playwright",
        "pytest",
        "spec",
        "specs",
        "test",
        "tests",
        "testing",
        "unittest",
        "unittests",
        "testcov",
        "vitest",
        "cypress",
    ];
    const OTHERS: &[&str] = &[
        "analyze",
        "audit",
        "build",
        "bundle",
        "clean",
        "compile",
        "compose",
        "create",
        "data",
        "dep",
        "deploy",
        "deps",
        "dependencies",
        "docs",
        "down",
        "env",
        "fix",
        "fmt",
        "format",
        "generate",
        "html",
        "image",
        "init",
        "install",
        "lint",
        "merge",
        "migrate",
        "mypy",
        "prepare",
        "publish",
        "pull",
        "push",
        "release",
        "report",
        "requirements",
        "seed",
        "setup",
        "start",
        "stop",
        "tsc",
        "type",
        "types",
        "typecheck",
        "up",
        "upload",
        "watch",
    ];
    let words = words(name);
    let says = |list: &[&str]| words.iter().any(|word| list.contains(&&**word));
    let check = matches!(words.first().map(String::as_str), Some("check" | "verify"));
    (says(TESTS) || check && words.len() == 1) && !says(OTHERS)
}

/// Whether a name or a path means tests from end to end.
pub fn says_e2e(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    let lower = lower.replace(['_', ' '], "-");
    words(&lower).iter().any(|word| word == "e2e") || lower.contains("end-to-end")
}
