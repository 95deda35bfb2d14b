//! Tests: whether there are any, and what they reach.

pub mod few_tests;
pub mod low_coverage;
pub mod missing;

use std::path::Path;

use crate::rule::{Context, Rule};

pub const ALL: &[&Rule] = &[&few_tests::RULE, &low_coverage::RULE, &missing::RULE];

fn folder<'a>(cx: &'a Context) -> &'a Path {
    cx.file.path.parent().unwrap_or(Path::new(""))
}
