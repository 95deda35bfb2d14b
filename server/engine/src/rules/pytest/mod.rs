//! pytest's configuration.

pub mod markers_not_strict;
pub mod no_coverage_gate;

use std::path::Path;

use crate::model::pytest::Config;
use crate::rule::{Context, Rule};
use crate::text::Span;

pub const ALL: &[&Rule] = &[&markers_not_strict::RULE, &no_coverage_gate::RULE];

/// Whether no other file of the folder comes before this one.
fn is_read(cx: &Context) -> bool {
    let home = cx.project.pytest_home(folder(cx));
    home.is_none_or(|home| home == cx.file.path)
}

/// The folder in which pytest runs.
fn folder<'a>(cx: &'a Context) -> &'a Path {
    cx.file.path.parent().unwrap_or(Path::new(""))
}

/// Where something that the home lacks would stand.
fn place(config: &Config) -> Span {
    let option = config.option("addopts").or(config.options.first());
    match (config.option("addopts"), config.section) {
        (Some(addopts), _) => addopts.span,
        (None, Some(section)) => section,
        (None, None) => option.map(|option| option.span).unwrap_or_default(),
    }
}
