//! Suppression comments: ours, which may name any rule, and those of other tools, by the ids that a finding carries.
//!
//! `# harden: ignore[rule, …] reason until=2027-01-31` stands at the end of the line on which a finding starts, or on its
//! own line above it; at either end of a text over several lines, or above it, it is about all of them.
//! `# harden: ignore-file[rule, …]` stands anywhere. The day named by `until` is the last.
//! [`Pen`] writes such comments.

pub(crate) mod bandit;
pub(crate) mod checks;
mod foreign;
mod layout;
mod ours;
mod place;
mod yaml;

use jiff::civil::Date;

use foreign::Foreign;
use layout::Layout;
pub(crate) use ours::mentioned;
use ours::{Directive, Mark, Reach};
pub use place::Pen;

use crate::check::Rules;
use crate::file::Language;
use crate::output::Lines;
use crate::rule::{Finding, Fix, Owner, Place, Rule, Safety};
use crate::rules::suppression::unused;
use crate::text::Span;

/// A text whose findings are judged.
#[derive(Debug, Clone, Copy)]
pub struct Subject<'a> {
    pub language: Language,
    pub text: &'a str,
    /// Whether the text has a syntax error: then findings are missing for another reason than being repaired.
    pub broken: bool,
    pub today: Date,
}

/// The findings that no comment silences, and those about comments that silence nothing. Only comments that name enabled
/// rules are judged.
pub fn suppress(subject: &Subject, rules: &Rules, findings: Vec<Finding>) -> Vec<Finding> {
    let Subject { language, text, .. } = *subject;
    let findings = unknown(text, findings);
    let ours = ours::mentioned(text);
    if !ours && (findings.is_empty() || !foreign::mentioned(text)) {
        return findings;
    }
    let lines = Lines::new(text);
    let layout = Layout::read(language, text, &lines);
    let mut directives = if ours {
        ours::directives(text, &layout)
    } else {
        Vec::new()
    };
    let foreign = Foreign::read(language, text, &lines, &layout);
    let mut kept: Vec<Finding> = findings
        .into_iter()
        .filter(|finding| {
            let span = finding.span();
            let first = lines.line_at(span.start as usize);
            // Each is asked, so that all that apply count as used.
            let mut silenced = false;
            for directive in &mut directives {
                silenced |= directive.silences(finding.rule.name, first, subject.today);
            }
            !silenced && !foreign.silences(finding)
        })
        .collect();
    if rules
        .list()
        .iter()
        .any(|rule| rule.name == unused::RULE.name)
    {
        for directive in &directives {
            judge(subject, rules, directive, &mut kept);
        }
    }
    kept.sort_by_key(|finding| finding.span());
    kept
}

/// The findings that no list of known secrets is about.
fn unknown(text: &str, mut findings: Vec<Finding>) -> Vec<Finding> {
    if findings.iter().any(|finding| !finding.known_on.is_empty()) {
        let lines = Lines::new(text);
        let line = |finding: &Finding| lines.line_at(finding.span().start as usize) + 1;
        findings.retain(|finding| !finding.known_on.contains(&line(finding)));
    }
    findings
}

/// The rule that a comment of ours names at this place, and where its name is.
pub fn named(language: Language, text: &str, at: usize) -> Option<(&'static Rule, Span)> {
    if !ours::mentioned(text) {
        return None;
    }
    let layout = Layout::read(language, text, &Lines::new(text));
    let directives = ours::directives(text, &layout);
    let mut marks = directives.iter().flat_map(|directive| &directive.names);
    let mark =
        marks.find(|mark| (mark.span.start as usize..=mark.span.end as usize).contains(&at))?;
    Some((crate::rules::find(&mark.name)?, mark.span))
}

/// Report what of a directive silences nothing.
fn judge(subject: &Subject, rules: &Rules, directive: &Directive, to: &mut Vec<Finding>) {
    let finding = |span: Span, message: String, fix: Option<Fix>| Finding {
        rule: &unused::RULE,
        severity: unused::RULE.severity,
        place: at(span),
        message,
        also: Vec::new(),
        related: Vec::new(),
        secrets: Vec::new(),
        known_on: Vec::new(),
        fixes: fix.into_iter().collect(),
    };
    let whole = || Fix::new("Remove the comment", Safety::Safe).replace(at(directive.removal), "");
    if directive.names.is_empty() {
        let message = "This comment names no rule and silences nothing: write `ignore[rule]`";
        to.push(finding(directive.span, message.into(), None));
        return;
    }
    match directive.until {
        Some(Err(span)) => {
            let message =
                "This is no date, so that the comment silences nothing: write `until=2027-01-31`";
            to.push(finding(span, message.into(), None));
            return;
        }
        Some(Ok(date)) if date < subject.today => {
            let message =
                format!("This comment has expired on {date} and silences nothing any more");
            to.push(finding(directive.span, message, Some(whole())));
            return;
        }
        _ => {}
    }
    let idle: Vec<&Mark> = directive
        .names
        .iter()
        .filter(|mark| match &mark.selector {
            Err(_) => true,
            Ok(_) if subject.broken || mark.used => false,
            Ok(selector) => crate::rules::all()
                .filter(|rule| selector.takes(rule.name))
                .all(|rule| rules.list().iter().any(|enabled| enabled.name == rule.name)),
        })
        .collect();
    if idle.len() == directive.names.len() && idle.iter().all(|mark| mark.selector.is_ok()) {
        let what = match directive.reach {
            Reach::File => "in this file",
            Reach::Lines(_) => "here",
        };
        let named: Vec<String> = idle.iter().map(|mark| format!("`{}`", mark.name)).collect();
        let message = format!(
            "This comment silences nothing: no finding of {} {what}",
            named.join(", ")
        );
        to.push(finding(directive.span, message, Some(whole())));
        return;
    }
    for mark in idle {
        let alone = directive.names.len() == 1;
        let fix = if alone {
            whole()
        } else {
            Fix::new(
                format!("Remove `{}` from the comment", mark.name),
                Safety::Safe,
            )
            .replace(at(mark.removal), "")
        };
        let message = match &mark.selector {
            Err(message) => message.clone(),
            Ok(_) => format!("`{}` silences nothing here", mark.name),
        };
        // A name with a typing error is to be corrected, not removed.
        let fix = if mark.selector.is_err() {
            fix.never_preferred()
        } else {
            fix
        };
        to.push(finding(mark.span, message, Some(fix)));
    }
}

fn at(span: Span) -> Place {
    Place {
        owner: Owner::File,
        span,
    }
}
