//! What a finding is called by Bandit and by Ruff, whose comments and configurations speak of it.

use std::borrow::Cow;

use crate::rule::Finding;

/// A check as the two tools name it. Ruff took Bandit's with their numbers: B311 is its S311.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Check {
    pub(crate) bandit: Option<Cow<'static, str>>,
    pub(crate) ruff: Option<Cow<'static, str>>,
}

/// The checks that a finding is. One that goes further than both tools is what its rule is.
pub(crate) fn checks(finding: &Finding) -> Vec<Check> {
    let own = named(&finding.also);
    match own.is_empty() {
        true => named(finding.rule.also),
        false => own,
    }
}

fn named(ids: &[&'static str]) -> Vec<Check> {
    let mut checks: Vec<Check> = Vec::new();
    for check in ids.iter().filter_map(|id| check(id)) {
        if !checks.contains(&check) {
            checks.push(check);
        }
    }
    checks
}

fn check(id: &'static str) -> Option<Check> {
    if id == "B613" || id == "PLE2502" {
        return Some(Check {
            bandit: Some("B613".into()),
            ruff: Some("PLE2502".into()),
        });
    }
    if is_bandit(id) {
        return Some(Check {
            bandit: Some(id.into()),
            ruff: Some(match id {
                // Ruff has both in one.
                "B703" => "S308".into(),
                _ => format!("S{}", &id[1..]).into(),
            }),
        });
    }
    let twin = format!("B{}", id.strip_prefix('S').unwrap_or_default());
    is_code(id).then(|| Check {
        bandit: is_bandit(&twin).then(|| twin.into()),
        ruff: Some(id.into()),
    })
}

/// Bandit's ids are B101 to B7xx; B0xx and B9xx are flake8-bugbear's.
pub(crate) fn is_bandit(id: &str) -> bool {
    id.strip_prefix('B').is_some_and(|number| {
        number.len() == 3
            && number.bytes().all(|byte| byte.is_ascii_digit())
            && (b'1'..=b'7').contains(&number.as_bytes()[0])
    })
}

/// Letters, then digits: `S311`.
pub(crate) fn is_code(id: &str) -> bool {
    let digits = id.trim_start_matches(|c: char| c.is_ascii_uppercase());
    !digits.is_empty()
        && digits.len() < id.len()
        && digits.bytes().all(|byte| byte.is_ascii_digit())
}
