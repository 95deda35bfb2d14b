//! Where and how a rule's documentation is read.

use std::fmt::Write as _;

use super::entry;
use crate::rule::Rule;

/// All that is told of a rule, in Markdown: its docs, and what it comes to. The same on the command line and in an editor.
pub fn explanation(rule: &'static Rule) -> String {
    let about = entry(rule);
    let mut text = readable(rule.docs);
    // Writing into a string never fails.
    let _ = write!(
        text,
        "\n\nSeverity: {}. Area: {}. Fix: {}. About {} minutes by hand.",
        about.severity, about.area, about.fix, about.minutes
    );
    if rule.off {
        text.push_str(
            "\nOff by default: select it by its name, by the start of it, or with `ALL`.",
        );
    }
    for (case, severity) in rule.cases {
        let _ = write!(text, "\nIn the case `{case}`: {}.", severity.name());
    }
    if !rule.also.is_empty() {
        let _ = write!(text, "\nAlso known as: {}.", rule.also.join(", "));
    }
    text
}

/// The rule's file in the repository: its docs are at the head of it.
pub fn address(rule: &Rule) -> String {
    let repository = env!("CARGO_PKG_REPOSITORY");
    let file = rule.name.replace('-', "_");
    format!("{repository}/blob/main/server/engine/src/rules/{file}.rs")
}

/// The docs without the words behind a fence's language, which are meant for the tests.
pub fn readable(docs: &str) -> String {
    let mut inside = false;
    let mut lines = Vec::new();
    for line in docs.trim().lines() {
        let fence = line.trim_start().starts_with("```");
        let opens = fence && !inside;
        inside ^= fence;
        lines.push(match line.split_once(' ') {
            Some((language, _)) if opens => language,
            _ => line,
        });
    }
    // Tests write the whole of it, which must stand in no file.
    lines.join("\n").replace("{{token:github}}", "ghp_…")
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_fence_keeps_its_language_and_loses_its_role() {
        let docs = "Why.\n\n```yaml compose bad\na: b c\n```\n\n```python fixed\nx = 1\n```\n";
        assert_eq!(
            super::readable(docs),
            "Why.\n\n```yaml\na: b c\n```\n\n```python\nx = 1\n```"
        );
    }
}
