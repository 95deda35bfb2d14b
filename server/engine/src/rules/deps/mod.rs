//! Which versions are installed, and how they are held.

pub mod known_vulnerability;
pub mod no_hashes;
pub mod unpinned;

use std::path::Path;

use crate::rule::{Context, Rule};

pub const ALL: &[&Rule] = &[
    &known_vulnerability::RULE,
    &no_hashes::RULE,
    &unpinned::RULE,
];

/// Whether a file belongs to tests, documentation or examples, not to the application.
fn is_aside(cx: &Context) -> bool {
    let aside = |part: &str| {
        matches!(
            part,
            "doc" | "docs" | "example" | "examples" | "demo" | "demos" | "samples" | "benchmarks"
        )
    };
    let folder = cx.file.path.parent().unwrap_or(Path::new(""));
    let mut parts = folder
        .components()
        .filter_map(|part| part.as_os_str().to_str());
    cx.file.test || folder.is_relative() && parts.any(aside)
}
