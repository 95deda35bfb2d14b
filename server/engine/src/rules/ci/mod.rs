//! Rules of GitHub workflows.

pub mod deploy_not_gated;
pub mod deploy_skips_staging;
pub mod e2e_not_run;
mod jobs;
pub mod no_dependency_scan;
pub mod no_tests_run;
pub mod test_failure_ignored;

use crate::rule::Rule;

/// Ordered by name.
pub const ALL: &[&Rule] = &[
    &deploy_not_gated::RULE,
    &deploy_skips_staging::RULE,
    &e2e_not_run::RULE,
    &no_dependency_scan::RULE,
    &no_tests_run::RULE,
    &test_failure_ignored::RULE,
];
