//! A configuration says something that is not understood. Reported by [`crate::config`], which alone reads it.

use crate::rule::{Area, Rule, Severity};

pub static RULE: Rule = Rule {
    name: "config/invalid",
    area: Area::Code,
    severity: Severity::Medium,
    cases: &[],
    minutes: 2,
    off: false,
    also: &[],
    docs: r#"The configuration names a setting, a rule or a value that does not exist.

A setting with a typing error does nothing, so that a rule that was meant to be silent, or to count, is not.
What is right in the file still holds; in an editor, while the file is no TOML, what it said last.

How to fix: use the name that the message suggests, or one of `harden rules`.
"#,
    checks: &[],
};
