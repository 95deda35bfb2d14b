//! `# nosemgrep` and `# nosem`, on the line of a finding or on a line of its own above it, in any language.
//!
//! Without ids it is about all findings of security, with ids about those that are the same check.

use super::{Foreign, Silence, behind};

impl Foreign<'_> {
    pub(super) fn semgrep(&mut self) {
        let layout = self.layout;
        for comment in &layout.comments {
            let words = &self.text[comment.span.range()];
            if let Some(ids) = ids(words) {
                let line = comment.above.unwrap_or(comment.line);
                self.marks.push((line, Silence::Semgrep(ids)));
            }
        }
    }
}

fn ids(comment: &str) -> Option<Vec<String>> {
    let rest = behind(comment, "nosem", true)?;
    let rest = rest.strip_prefix("grep").unwrap_or(rest);
    let blank = rest.starts_with(char::is_whitespace);
    let rest = rest.trim_start();
    let Some(list) = rest.strip_prefix(':') else {
        let goes_on = |c: char| c.is_alphanumeric() || c == '-' || c == '_';
        return (blank || !rest.starts_with(goes_on)).then(Vec::new);
    };
    let list = list.split('#').next().unwrap_or_default();
    let ids = list.split(|c: char| c == ',' || c.is_whitespace());
    let ids: Vec<String> = ids.filter(|id| !id.is_empty()).map(str::to_owned).collect();
    (!ids.is_empty()).then_some(ids)
}

/// The checks of Ruff's, and the rules here, that a rule of semgrep's registry is. The folders before its name do not
/// matter; many are named alike but for an end.
pub(super) fn same(id: &str) -> impl Iterator<Item = &'static str> {
    let name = id.rsplit('.').next().unwrap_or_default();
    let known = RULES
        .iter()
        .filter(move |(known, _)| name.starts_with(known));
    known.flat_map(|(_, same)| same.iter().copied())
}

const RULES: &[(&str, &[&str])] = &[
    ("avoid-pickle", &["S301"]),
    ("avoid-mark-safe", &["S308"]),
    ("avoid-pyyaml-load", &["S506"]),
    ("avoid_app_run_with_bad_host", &["S104"]),
    ("avoid-bind-to-all-interfaces", &["S104"]),
    (
        "avoid_hardcoded_config",
        &["S105", "python/hardcoded-secret"],
    ),
    ("dangerous-subprocess-use", &["S602", "S603"]),
    ("dangerous-system-call", &["S605"]),
    ("debug-enabled", &["S201"]),
    ("disabled-cert-validation", &["S501"]),
    ("eval-detected", &["S307"]),
    ("exec-detected", &["S102"]),
    ("formatted-sql-query", &["S608"]),
    ("hardcoded-password-default-argument", &["S107"]),
    ("hardcoded-tmp-path", &["S108"]),
    ("hardcoded-token", &["S106"]),
    ("insecure-file-permissions", &["S103"]),
    ("insecure-hash", &["S324"]),
    ("jwt-python-exposed", &["python/secret-in-jwt"]),
    (
        "jwt-python-hardcoded-secret",
        &["S105", "S106", "python/hardcoded-secret"],
    ),
    ("jwt-python-none-alg", &["python/jwt-not-verified"]),
    ("missing-user", &["dockerfile/root-user"]),
    (
        "python-logger-credential-disclosure",
        &["python/secret-in-log"],
    ),
    ("sqlalchemy-execute-raw-query", &["S608"]),
    ("subprocess-shell-true", &["S602", "S604"]),
    ("unverified-jwt-decode", &["python/jwt-not-verified"]),
    ("use-timeout", &["S113"]),
];
