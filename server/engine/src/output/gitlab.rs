//! GitLab's code quality report. <https://docs.gitlab.com/ci/testing/code_quality/>

use serde::Serialize;

use super::json::Finding;
use crate::rule::Severity;

#[derive(Debug, Serialize)]
pub struct Issue<'a> {
    description: &'a str,
    check_name: &'static str,
    /// GitLab keeps one of several issues with the same fingerprint; ours differ.
    fingerprint: &'a str,
    severity: &'static str,
    location: Location<'a>,
}

#[derive(Debug, Serialize)]
struct Location<'a> {
    path: &'a str,
    lines: Lines,
}

#[derive(Debug, Serialize)]
struct Lines {
    begin: usize,
    end: usize,
}

pub fn gitlab<'a>(findings: impl IntoIterator<Item = &'a Finding>) -> Vec<Issue<'a>> {
    let issue = |finding: &'a Finding| Issue {
        description: &finding.message,
        check_name: finding.rule.name,
        fingerprint: &finding.fingerprint,
        severity: match finding.severity {
            Severity::Critical => "blocker",
            Severity::High => "critical",
            Severity::Medium => "major",
            Severity::Low => "minor",
            Severity::Info => "info",
        },
        location: Location {
            path: &finding.file,
            lines: Lines {
                begin: finding.range.start.line,
                end: finding.range.end.line,
            },
        },
    };
    findings.into_iter().map(issue).collect()
}
