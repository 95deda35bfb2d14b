//! What a home says beside pytest's own options: the settings of coverage, other commands, requirements.

use std::sync::Arc;

use crate::file::Kind;
use crate::model::Part;
use crate::model::coverage::{Settings, gate_of_parts};
use crate::model::requirements::declared;
use crate::syntax::toml::{Data, Value};

/// What the rest of a home's file says. Spans are absolute.
#[derive(Debug, Default)]
pub struct Besides {
    /// `None` where coverage.py goes on to its next home.
    pub coverage: Option<Settings>,
    /// Some command of the file measures coverage.
    pub measures: bool,
    /// Some command of the file fails below a threshold.
    pub gates: bool,
    /// The normal forms of the distributions that it requires.
    pub requires: Vec<String>,
    /// Whether its requirements let pytest 9 in, where they say anything of that.
    pub allows_nine: Option<bool>,
}

impl Besides {
    pub(super) fn read(kind: Kind, parts: &[(usize, Arc<Part>)]) -> Besides {
        let mut besides = Besides {
            coverage: gate_of_parts(kind, parts),
            requires: declared(parts),
            allows_nine: super::allows_nine(parts),
            ..Besides::default()
        };
        for (_, part) in parts {
            match &**part {
                Part::Ini(part) => {
                    let others = part
                        .sections
                        .iter()
                        .filter(|section| !matches!(&*section.name, "pytest" | "tool:pytest"));
                    let lines = others
                        .flat_map(|section| &section.options)
                        .flat_map(|option| &option.lines);
                    lines.for_each(|line| besides.hear(&line.text));
                }
                Part::Toml(part) => {
                    let others = part.entries.iter().filter(|entry| {
                        !matches!(
                            entry.path.iter().map(String::as_str).collect::<Vec<_>>()[..],
                            ["pytest", ..] | ["tool", "pytest", ..]
                        )
                    });
                    others.for_each(|entry| besides.hear_value(&entry.value));
                }
                _ => {}
            }
        }
        besides
    }

    fn hear_value(&mut self, value: &Value) {
        match &value.data {
            Data::String(text) => self.hear(text),
            Data::Array(items) => items.iter().for_each(|item| self.hear_value(item)),
            _ => {}
        }
    }

    fn hear(&mut self, text: &str) {
        self.measures |= measures(text);
        self.gates |= gates(text);
    }
}

/// Whether commands in a text measure coverage: with pytest-cov, or with coverage itself.
pub(crate) fn measures(text: &str) -> bool {
    let cov = |at: usize| {
        let behind = text.as_bytes().get(at + "--cov".len());
        !behind.is_some_and(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
    };
    text.match_indices("--cov").any(|(at, _)| cov(at)) || text.contains("coverage run")
}

/// Whether commands in a text fail below a threshold: `--cov-fail-under`, or `--fail-under` of `coverage report`. Other
/// tools have that option, too, so that the command has to speak of coverage.
pub(crate) fn gates(text: &str) -> bool {
    text.match_indices("fail-under").any(|(at, _)| {
        // A command goes on behind a backslash.
        let mut lines = text[..at].rsplit('\n');
        let mut said = lines.next().is_some_and(|line| line.contains("cov"));
        for line in lines.take_while(|line| line.trim_end().ends_with('\\')) {
            said |= line.contains("cov");
        }
        said
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_of_coverage_are_told_from_others() {
        for text in [
            "pytest --cov",
            "pytest --cov=a -q",
            "--cov\n",
            "x: coverage run -m y",
        ] {
            assert!(measures(text), "{text}");
        }
        for text in ["pytest", "--cov-report=xml", "--covers", "coverage report"] {
            assert!(!measures(text), "{text}");
        }
        for text in [
            "--cov-fail-under=80",
            "a\ncoverage report --fail-under 80",
            "a\ncoverage report -m \\\n  --x \\\r\n  --fail-under 80",
        ] {
            assert!(gates(text), "{text}");
        }
        for text in [
            "pylint --fail-under=9",
            "coverage report\npylint --fail-under=9",
            "fail_under",
        ] {
            assert!(!gates(text), "{text}");
        }
    }
}
