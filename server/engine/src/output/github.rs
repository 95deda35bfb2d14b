//! Workflow commands of GitHub Actions: annotations at the lines of a change, without any upload.
//! <https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands>

use std::fmt::Write as _;

use super::json::Finding;
use crate::rule::Severity;

/// One command a line.
pub fn github<'a>(findings: impl IntoIterator<Item = &'a Finding>) -> String {
    let mut out = String::new();
    for finding in findings {
        let command = match finding.severity {
            Severity::Critical | Severity::High => "error",
            Severity::Medium => "warning",
            Severity::Low | Severity::Info => "notice",
        };
        let (start, end) = (finding.range.start, finding.range.end);
        let file = escape(&finding.file, true);
        let _ = write!(out, "::{command} file={file},line={}", start.line);
        let _ = write!(out, ",endLine={}", end.line);
        // Columns are refused for a range of several lines.
        if start.line == end.line {
            let _ = write!(out, ",col={},endColumn={}", start.column, end.column);
        }
        let title = escape(finding.rule.name, true);
        let message = escape(&finding.message, false);
        let _ = writeln!(out, ",title={title}::{message}");
    }
    out
}

/// As the runner reads it back. Other control characters would steer the terminal of the log.
fn escape(text: &str, property: bool) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '%' => out.push_str("%25"),
            '\r' => out.push_str("%0D"),
            '\n' => out.push_str("%0A"),
            ':' if property => out.push_str("%3A"),
            ',' if property => out.push_str("%2C"),
            c if c.is_control() => out.push(' '),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::escape;

    #[test]
    fn nothing_in_a_text_ends_it_or_starts_a_command() {
        assert_eq!(
            escape("50%\r\n::error::a, b\x1b", false),
            "50%25%0D%0A::error::a, b "
        );
        assert_eq!(escape("a:b,c\n%3A", true), "a%3Ab%2Cc%0A%253A");
    }
}
