//! Rules of Prometheus: its configuration, and what it alerts of.

mod alerts;
pub mod loose_threshold;
pub mod missing_alert;
pub mod no_alertmanager;
pub mod rule_file_not_found;

use crate::model::prometheus::Config;
use crate::project::Named;
use crate::rule::{Context, Rule};

/// Ordered by name.
pub const ALL: &[&Rule] = &[
    &loose_threshold::RULE,
    &missing_alert::RULE,
    &no_alertmanager::RULE,
    &rule_file_not_found::RULE,
];

/// What the entries of `rule_files` name.
fn named(config: &Config, cx: &Context) -> Vec<Named> {
    let entries = config
        .rule_files
        .iter()
        .map(|text| text.value().into_owned());
    cx.project.rule_files(&cx.file.path, entries.collect())
}
