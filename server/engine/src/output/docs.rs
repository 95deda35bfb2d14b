//! Where and how a rule's documentation is read.

use crate::rule::Rule;

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
    lines.join("\n")
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
