//! `--select`, `--ignore` and the severities, as arguments.

use clap::ValueEnum;
use harden_engine::rule::Severity;

/// A severity on the command line.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(super) enum Level {
    Info,
    Low,
    Medium,
    High,
    Critical,
}

impl Level {
    pub(super) fn severity(self) -> Severity {
        match self {
            Level::Info => Severity::Info,
            Level::Low => Severity::Low,
            Level::Medium => Severity::Medium,
            Level::High => Severity::High,
            Level::Critical => Severity::Critical,
        }
    }
}
