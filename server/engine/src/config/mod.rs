//! `harden.toml` and `[tool.harden]`: which rules are asked where, how severe they are, and what files are.
//!
//! The nearest file upward holds for a file, alone: nothing is merged. The command line and the server use the same
//! [`Resolver`], which reads files through a function that they give it.

mod complete;
mod cursor;
mod globs;
mod hover;
mod keys;
mod overlap;
mod read;
mod resolver;
mod schema;
mod selector;
mod tree;
mod values;

use std::path::Path;

pub use complete::{Class, Completion, complete};
pub use globs::Globs;
pub use hover::hover;
pub use keys::{KEYS, Key, Value, Word};
pub use overlap::Tool;
pub use read::{Home, Reading, read};
pub use resolver::{Found, Resolver};
pub use schema::schema;
pub(crate) use selector::nearest;
pub use selector::{Selector, takes};

use crate::check::Rules;
use crate::file::{File, Stage};
use crate::rule::{Finding, Owner, Place, Policy, Rule, Safety, Severity};
use crate::rules;
use crate::text::Span;

/// What a configuration says. Paths are relative to the folder of its file.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Config {
    /// Empty: all rules but those that are off by default.
    pub select: Vec<Selector>,
    pub ignore: Vec<Selector>,
    pub severity: Vec<(Selector, Severity)>,
    pub exclude: Globs,
    /// Rules that are ignored in some files.
    pub per_file: PerFile,
    /// Rules whose unsafe fixes the user calls safe.
    pub safe: Vec<Selector>,
    pub production: Globs,
    pub development: Globs,
    /// What rules are told.
    pub policy: Policy,
    /// Of which files an editor shows findings, where it has no setting of its own.
    pub scope: Option<Scope>,
    /// Tools whose findings an editor does not show twice.
    pub overlap: Vec<Tool>,
}

/// Rules by the patterns of the files that they concern.
pub type PerFile = Vec<(Globs, Vec<Selector>)>;

/// Of which files an editor shows findings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Scope {
    OpenFiles,
    #[default]
    Workspace,
}

/// Something in a configuration that cannot be understood. The rest of the file holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    pub span: Span,
    pub message: String,
    /// What was meant: it takes the place of the span.
    pub instead: Option<String>,
}

impl Config {
    pub fn rules(&self) -> Rules {
        Rules::new(rules::all().filter(|rule| self.enables(rule)))
    }

    pub fn enables(&self, rule: &Rule) -> bool {
        let selected = match self.select.is_empty() {
            true => !rule.off,
            false => takes(&self.select, rule.name),
        };
        selected && !takes(&self.ignore, rule.name)
    }

    /// Whether problems of the configuration itself are told: a selection of rules does not say otherwise.
    pub fn judges(&self, rule: &Rule) -> bool {
        !takes(&self.ignore, rule.name)
    }

    pub fn policy(&self) -> Policy {
        self.policy.clone()
    }

    /// The file with the stage that the configuration gives it. `path` is relative to the configuration's folder.
    #[must_use]
    pub fn place(&self, path: &Path, mut file: File) -> File {
        if self.production.take(path) {
            file.stage = Stage::Production;
        } else if self.development.take(path) {
            file.stage = Stage::Development;
        }
        file
    }

    /// What becomes of a file's findings: those ignored there are gone, severities and safeties are the user's. `path` is
    /// relative to the configuration's folder.
    pub fn judge(&self, path: &Path, findings: &mut Vec<Finding>) {
        let ignored: Vec<&Selector> = self
            .per_file
            .iter()
            .filter(|(globs, _)| globs.take(path))
            .flat_map(|(_, ignored)| ignored)
            .collect();
        findings.retain(|finding| !takes(ignored.iter().copied(), finding.rule.name));
        for finding in findings {
            if let Some(severity) = self.severity(finding.rule) {
                // A case that lowers a finding lowers it from there, too.
                let lowered = finding.severity < finding.rule.severity;
                finding.severity = if lowered {
                    finding.severity.min(severity)
                } else {
                    severity
                };
            }
            if takes(&self.safe, finding.rule.name) {
                for fix in finding.fixes.iter_mut().filter(|fix| fix.preferred) {
                    fix.safety = Safety::Safe;
                }
            }
        }
    }

    /// The severity that the user gives a rule; the last that names it holds.
    fn severity(&self, rule: &Rule) -> Option<Severity> {
        let named = |(selector, _): &&(Selector, Severity)| selector.takes(rule.name);
        Some(self.severity.iter().rev().find(named)?.1)
    }
}

impl Problem {
    /// The problem as a finding in the configuration file.
    pub fn finding(&self) -> Finding {
        let rule = &rules::config::invalid::RULE;
        Finding {
            rule,
            severity: rule.severity,
            place: Place {
                owner: Owner::File,
                span: self.span,
            },
            message: self.message.clone(),
            also: Vec::new(),
            related: Vec::new(),
            secrets: Vec::new(),
            known_on: Vec::new(),
            fixes: Vec::new(),
        }
    }
}
