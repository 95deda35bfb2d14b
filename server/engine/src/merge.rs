//! Several findings about one thing, made one.

use crate::rule::{Check, Finding};

/// One finding for each (rule, place): an anchor that several services use is one defect, the uses are related to it.
pub(crate) fn merge(mut all: Vec<Finding>) -> Vec<Finding> {
    all.sort_by(|a, b| {
        (
            a.place.span,
            a.rule.name,
            std::cmp::Reverse(a.severity),
            &a.message,
        )
            .cmp(&(
                b.place.span,
                b.rule.name,
                std::cmp::Reverse(b.severity),
                &b.message,
            ))
    });
    let mut merged: Vec<Finding> = Vec::with_capacity(all.len());
    for finding in all {
        match merged.last_mut() {
            Some(last) if last.place == finding.place && last.rule.name == finding.rule.name => {
                for related in finding.related {
                    if !last.related.contains(&related) {
                        last.related.push(related);
                    }
                }
            }
            _ => merged.push(finding),
        }
    }
    with_one_voice(merged)
}

/// A secret that a rule found where it is used, and that is a provider's token as well, is one defect: the more severe
/// finding is told, the one about the token where they are equal, with all that can be done about either.
fn with_one_voice(findings: Vec<Finding>) -> Vec<Finding> {
    let is_token = |finding: &Finding| {
        let mut checks = finding.rule.checks.iter();
        checks.any(|check| matches!(check, Check::Token(_)))
    };
    if !findings.iter().any(is_token) {
        return findings;
    }
    let (tokens, mut others): (Vec<Finding>, Vec<Finding>) =
        findings.into_iter().partition(is_token);
    for mut token in tokens {
        let same = |other: &Finding| {
            let mut spans = other.secrets.iter().map(|place| place.span);
            spans.any(|span| token.secrets.iter().any(|own| own.span.meets(span)))
        };
        let Some(at) = others.iter().position(same) else {
            others.push(token);
            continue;
        };
        let other = &mut others[at];
        if token.severity >= other.severity {
            std::mem::swap(other, &mut token);
        }
        let (told, rest) = (other, token);
        told.also.extend(
            rest.also
                .into_iter()
                .filter(|id| !told.also.contains(id))
                .collect::<Vec<_>>(),
        );
        told.secrets.extend(rest.secrets);
        told.fixes.extend(rest.fixes);
        told.related.extend(rest.related);
    }
    others.sort_by(|a, b| (a.place.span, a.rule.name).cmp(&(b.place.span, b.rule.name)));
    others
}
