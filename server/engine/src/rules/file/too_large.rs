//! The file is larger than anything that is written by hand.

use crate::rule::{Area, Rule, Severity};

pub static RULE: Rule = Rule {
    name: "file/too-large",
    area: Area::Code,
    severity: Severity::Low,
    cases: &[],
    minutes: 5,
    off: false,
    also: &[],
    docs: r#"The file was not checked: it is larger than 4 MiB or longer than 100,000 lines.

Files of this size are generated or hold data, and reading them would make every run slow.
Nothing is known about what they contain.

How to fix: list the file under `exclude` in `harden.toml` if it is generated; split it if it is not.
"#,
    checks: &[],
};
