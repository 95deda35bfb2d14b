//! Findings → what people and programs read. Pure: text in, values out; who prints them is the command line's business.

pub mod baseline;
mod catalog;
mod docs;
mod fingerprint;
mod github;
mod gitlab;
pub mod json;
mod junit;
mod lines;
mod redact;
pub mod sarif;

pub use catalog::entry;
pub use docs::{address, explanation, readable};
pub use fingerprint::fingerprints;
pub use github::github;
pub use gitlab::gitlab;
pub use junit::junit;
pub use lines::{Lines, Position};
pub use redact::{HIDDEN, Secrets};

use std::path::Path;

use crate::rule::{Area, Safety, Severity};

/// A path with `/` between its parts, on every system.
pub fn slashed(path: &Path) -> String {
    let parts: Vec<_> = path
        .components()
        .map(|part| part.as_os_str().to_string_lossy())
        .collect();
    parts.join("/").replacen("//", "/", 1)
}

impl Severity {
    pub const ALL: [Severity; 5] = [
        Severity::Critical,
        Severity::High,
        Severity::Medium,
        Severity::Low,
        Severity::Info,
    ];
    pub fn name(self) -> &'static str {
        match self {
            Severity::Critical => "critical",
            Severity::High => "high",
            Severity::Medium => "medium",
            Severity::Low => "low",
            Severity::Info => "info",
        }
    }
    pub fn parse(name: &str) -> Option<Severity> {
        Severity::ALL
            .into_iter()
            .find(|severity| severity.name() == name)
    }
}

impl Area {
    pub fn name(self) -> &'static str {
        match self {
            Area::Security => "security",
            Area::Infrastructure => "infrastructure",
            Area::Code => "code",
            Area::Testing => "testing",
            Area::Performance => "performance",
            Area::Network => "network",
            Area::Dependencies => "dependencies",
            Area::Observability => "observability",
            Area::Compliance => "compliance",
        }
    }
}

impl Safety {
    pub fn name(self) -> &'static str {
        match self {
            Safety::Safe => "safe",
            Safety::Unsafe => "unsafe",
        }
    }
}
