//! What the table of rules says of each.

use std::path::Path;
use std::sync::Arc;

use jiff::civil::Date;

use super::json;
use crate::batch;
use crate::check::Rules;
use crate::document::Engine;
use crate::file::File;
use crate::project::{Texts, Workspace};
use crate::rule::{Policy, Rule, Safety};
use crate::rules;
use crate::suppress::{Subject, suppress};

pub fn entry(rule: &'static Rule) -> json::Rule {
    json::Rule {
        name: rule.name,
        area: rule.area.name(),
        severity: rule.severity.name(),
        minutes: rule.minutes,
        off: rule.off,
        also: rule.also,
        fix: fix(rule).map_or("none", Safety::name),
        summary: rule.summary(),
    }
}

/// The safest fix that the rule offers for the bad examples of its own documentation: asked, not declared, so that the
/// table cannot be wrong.
fn fix(rule: &'static Rule) -> Option<Safety> {
    // What comments say is judged by the other rules' findings.
    let rules = if rule.checks.is_empty() {
        Rules::new(rules::all())
    } else {
        Rules::new([rule])
    };
    let engine = Engine::once(rules, Policy::default());
    let bad: Vec<(&str, String)> = fences(rule.docs)
        .into_iter()
        .filter_map(|(info, text)| {
            let words: Vec<&str> = info.split_whitespace().collect();
            words.contains(&"bad").then_some(())?;
            Some((name(&words)?, text))
        })
        .collect();
    // The example is all there is, so that a fix that rests on other files is as safe as it can be; and what is wrong
    // between files is asked of each with its neighbours, up to the next one of a name that is there.
    let alone = bad
        .iter()
        .map(|example| (example, Workspace::new(Texts::default())));
    let together = (0..bad.len()).map(|at| {
        let mut texts: Vec<(&str, &str)> = vec![(bad[at].0, &bad[at].1)];
        for (name, text) in bad[..at].iter().rev().chain(&bad[at + 1..]) {
            if texts.iter().all(|(known, _)| known != name) {
                texts.push((name, text));
            }
        }
        (
            &bad[at],
            Workspace::new(texts.into_iter().collect::<Texts>()),
        )
    });
    let (mut best, mut elsewhere) = (None, None);
    for ((name, text), project) in alone.chain(together) {
        let Some(file) = File::classify(Path::new(name), text, &[]).map(Arc::new) else {
            continue;
        };
        let (findings, broken) = batch::check(&engine, &project, &file, text);
        let subject = Subject {
            language: file.kind.language(),
            text,
            broken,
            today: Date::default(),
        };
        let findings = suppress(&subject, &engine.rules, findings);
        let of_rule = findings
            .iter()
            .filter(|finding| finding.rule.name == rule.name);
        for fix in of_rule.flat_map(|finding| &finding.fixes) {
            let of = match fix.disabled {
                None => &mut best,
                // What it needs is in a file that the example alone does not have.
                Some(_) => &mut elsewhere,
            };
            *of = (*of).into_iter().chain([fix.safety]).min();
        }
    }
    best.or(elsewhere)
}

/// The name of the file that a fence stands for, by the words behind its backticks.
fn name<'a>(words: &[&'a str]) -> Option<&'a str> {
    let named = words.iter().find(|word| word.contains('.')).copied();
    let known = [
        ("compose", "docker-compose.yml"),
        ("dockerfile", "Dockerfile"),
        ("requirements", "requirements.txt"),
        ("python", "app.py"),
        ("ini", "pytest.ini"),
        ("toml", "pyproject.toml"),
    ];
    let by_kind = known.into_iter().find(|(word, _)| words.contains(word));
    named.or(by_kind.map(|(_, name)| name))
}

/// The fenced blocks of a Markdown text: info string and body.
fn fences(markdown: &str) -> Vec<(&str, String)> {
    let mut found = Vec::new();
    let mut open: Option<(&str, String)> = None;
    for line in markdown.lines() {
        match (&mut open, line.trim_start().strip_prefix("```")) {
            (None, Some(info)) => open = Some((info, String::new())),
            (None, None) => {}
            (Some(_), Some(_)) => found.extend(open.take()),
            (Some((_, body)), None) => {
                body.push_str(line);
                body.push('\n');
            }
        }
    }
    found
}
