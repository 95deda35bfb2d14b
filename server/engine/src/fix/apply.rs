//! Many fixes at once: findings → a text that has them no more.

use std::sync::Arc;

use super::{View, elsewhere, render};
use crate::file::File;
use crate::model::Part;
use crate::project::Workspace;
use crate::rule::{Finding, Intent, Rule, Safety};
use crate::text::Edit;

/// Which fixes are applied. Those that are never preferred are not: they are chosen one by one, by a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Choice {
    Safe,
    /// Safe ones and unsafe ones.
    Unsafe,
}

/// What an analysis says of one state of the text.
#[derive(Debug)]
pub struct Reading {
    pub findings: Vec<Finding>,
    /// All parts of the text.
    pub parts: Vec<(usize, Arc<Part>)>,
}

/// One fix that was made, or could not be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Made {
    pub rule: &'static str,
    pub title: String,
}

#[derive(Debug)]
pub struct Fixed {
    pub text: String,
    pub applied: Vec<Made>,
    /// What the fixes need of other files, each need once.
    pub needs: Vec<Intent>,
    /// Fixes whose result would not have been read without a syntax error.
    pub refused: Vec<Made>,
    /// The findings of the new text.
    pub left: Vec<Finding>,
}

/// Rounds after which a text that still changes is left as it is: some fixes make place for others.
const MOST_ROUNDS: usize = 10;

impl Choice {
    pub fn takes(self, safety: Safety) -> bool {
        safety == Safety::Safe || self == Choice::Unsafe
    }
}

/// Apply the preferred fix of every finding until nothing is left to apply. `read` analyses a state of the text, with its
/// suppressions and the user's configuration applied.
pub fn fix(
    file: &File,
    workspace: &Workspace,
    text: &str,
    choice: Choice,
    mut read: impl FnMut(&str) -> Reading,
) -> Fixed {
    let mut fixed = Fixed {
        text: text.to_owned(),
        applied: Vec::new(),
        needs: Vec::new(),
        refused: Vec::new(),
        left: Vec::new(),
    };
    let mut reading = read(text);
    // Rules whose fixes broke the text, or left as many findings as there were.
    let mut banned: Vec<&'static str> = Vec::new();
    for _ in 0..MOST_ROUNDS {
        let view = View {
            file,
            text: &fixed.text,
            parts: &reading.parts,
            workspace,
        };
        let plans = plans(&view, &reading.findings, choice, &banned);
        if plans.is_empty() {
            break;
        }
        let all: Vec<&Plan> = plans.iter().collect();
        let mut made = apply(&fixed.text, &all);
        let mut next = read(&made);
        let mut taken = all;
        if broken(&next) > broken(&reading) {
            taken = innocent(&fixed, &reading, &plans, &mut read);
            for plan in plans
                .iter()
                .filter(|plan| !taken.iter().any(|t| std::ptr::eq(*t, *plan)))
            {
                banned.push(plan.rule.name);
                fixed.refused.push(plan.made());
            }
            made = apply(&fixed.text, &taken);
            next = read(&made);
            if broken(&next) > broken(&reading) {
                break;
            }
        }
        for plan in &taken {
            let name = plan.rule.name;
            if count(&next.findings, name) >= count(&reading.findings, name) {
                banned.push(name);
            }
        }
        for plan in &taken {
            let new = plan.needs.iter().filter(|need| !fixed.needs.contains(need));
            let new: Vec<Intent> = new.cloned().collect();
            fixed.needs.extend(new);
        }
        fixed.applied.extend(taken.iter().map(|plan| plan.made()));
        (fixed.text, reading) = (made, next);
    }
    fixed.left = reading.findings;
    fixed
}

/// One fix, rendered.
#[derive(Debug)]
struct Plan {
    rule: &'static Rule,
    title: String,
    edits: Vec<Edit>,
    needs: Vec<Intent>,
}

impl Plan {
    fn made(&self) -> Made {
        Made {
            rule: self.rule.name,
            title: self.title.clone(),
        }
    }
}

/// The fixes that can be made together. Where two want the same place the first one wins, the other has the next round.
fn plans(view: &View, findings: &[Finding], choice: Choice, banned: &[&str]) -> Vec<Plan> {
    let mut plans: Vec<Plan> = Vec::new();
    for finding in findings {
        let preferred = finding.preferred().filter(|fix| choice.takes(fix.safety));
        let Some(fix) = preferred.filter(|_| !banned.contains(&finding.rule.name)) else {
            continue;
        };
        let Ok(rendered) = render(view, fix) else {
            continue;
        };
        let (edits, others) = (rendered.own, rendered.others);
        // An equal edit is an intent that both have: it is made once.
        let clash = |new: &Edit| {
            let others = plans.iter().flat_map(|plan: &Plan| &plan.edits);
            others
                .into_iter()
                .any(|old| old != new && old.span.meets(new.span))
        };
        let idle = edits
            .iter()
            .all(|edit| view.text.get(edit.span.range()) == Some(&edit.text))
            && others.is_empty();
        if !idle && !edits.iter().any(clash) {
            plans.push(Plan {
                rule: finding.rule,
                title: fix.title.clone(),
                edits,
                needs: elsewhere::needs(fix),
            });
        }
    }
    plans
}

/// Those of the plans that together leave no syntax error behind.
fn innocent<'p>(
    fixed: &Fixed,
    before: &Reading,
    plans: &'p [Plan],
    read: &mut impl FnMut(&str) -> Reading,
) -> Vec<&'p Plan> {
    let mut taken: Vec<&Plan> = Vec::new();
    for plan in plans {
        taken.push(plan);
        if broken(&read(&apply(&fixed.text, &taken))) > broken(before) {
            taken.pop();
        }
    }
    taken
}

fn apply(text: &str, plans: &[&Plan]) -> String {
    let edits = plans.iter().flat_map(|plan| plan.edits.iter().cloned());
    replace(text, edits.collect())
}

/// The text with all edits made; equal ones once. Edits that overlap an earlier one are left out.
pub fn replace(text: &str, mut edits: Vec<Edit>) -> String {
    edits.sort_by(|a, b| (a.span, &a.text).cmp(&(b.span, &b.text)));
    edits.dedup();
    let mut new = String::with_capacity(text.len());
    let mut done = 0;
    for edit in edits {
        let range = edit.span.range();
        if let Some(kept) = text.get(done..range.start) {
            new.push_str(kept);
            new.push_str(&edit.text);
            done = range.end;
        }
    }
    new.push_str(text.get(done..).unwrap_or_default());
    new
}

fn broken(reading: &Reading) -> usize {
    reading
        .parts
        .iter()
        .filter(|(_, part)| part.broken())
        .count()
}

fn count(findings: &[Finding], rule: &str) -> usize {
    findings
        .iter()
        .filter(|finding| finding.rule.name == rule)
        .count()
}
