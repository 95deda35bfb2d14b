//! From what rules say to what a user is told: comments silence, the configuration judges. The one place where both do.

use std::path::Path;

use crate::check::Rules;
use crate::config::Config;
use crate::rule::Finding;
use crate::suppress::{Subject, suppress};

/// The findings of one file as they are shown. `path` is relative to the configuration's folder
/// ([`crate::config::Found::relative`]).
pub fn settle(
    config: &Config,
    path: &Path,
    rules: &Rules,
    subject: &Subject,
    findings: Vec<Finding>,
) -> Vec<Finding> {
    let mut findings = suppress(subject, rules, findings);
    config.judge(path, &mut findings);
    findings
}
