//! Many fixes at once.

use std::path::Path;
use std::sync::Arc;

use harden_engine::batch;
use harden_engine::check::Rules;
use harden_engine::document::Engine;
use harden_engine::file::File;
use harden_engine::fix::apply::{Choice, Fixed, Reading, fix, replace};
use harden_engine::fix::diff::{minimal, unified};
use harden_engine::project::Workspace;
use harden_engine::rule::{Area, Finding, Fix, Owner, Place, Policy, Rule, Safety, Severity};
use harden_engine::text::{Edit, Span};

static RULE: Rule = Rule {
    name: "test/letter",
    area: Area::Code,
    severity: Severity::Low,
    cases: &[],
    minutes: 1,
    off: false,
    also: &[],
    docs: "",
    checks: &[],
};

fn at(start: usize, end: usize) -> Place {
    Place {
        owner: Owner::File,
        span: Span::new(start, end),
    }
}

fn finding(start: usize, end: usize, fix: Fix) -> Finding {
    Finding {
        rule: &RULE,
        severity: Severity::Low,
        place: at(start, end),
        message: String::new(),
        also: Vec::new(),
        related: Vec::new(),
        secrets: Vec::new(),
        known_on: Vec::new(),
        fixes: vec![fix],
    }
}

/// Fix a Python text, the findings given by a function of the text.
fn run(text: &str, choice: Choice, findings: impl Fn(&str) -> Vec<Finding>) -> Fixed {
    let file = File::classify(Path::new("a.py"), text, &[]).unwrap();
    let engine = Engine::once(Rules::new([]), Policy::default());
    fix(&file, &Workspace::default(), text, choice, |text| Reading {
        findings: findings(text),
        parts: batch::analyse(
            &engine,
            &Workspace::default(),
            &Arc::new(file.clone()),
            text,
        )
        .parts()
        .collect(),
    })
}

/// Every `x` is a finding; its fix makes a `y` of it.
fn letters(text: &str) -> Vec<Finding> {
    text.match_indices('x')
        .map(|(at_, _)| {
            finding(
                at_,
                at_ + 1,
                Fix::new("y", Safety::Safe).replace(at(at_, at_ + 1), "y"),
            )
        })
        .collect()
}

#[test]
fn all_are_made_and_once_is_enough() {
    let once = run("x = x + 'é'\r\nx\r\n", Choice::Safe, letters);
    assert_eq!(once.text, "y = y + 'é'\r\ny\r\n");
    assert_eq!((once.applied.len(), once.left.len()), (3, 0));
    let twice = run(&once.text, Choice::Safe, letters);
    assert_eq!(
        (twice.text.as_str(), twice.applied.len()),
        (once.text.as_str(), 0)
    );
}

#[test]
fn what_wants_the_same_place_has_the_next_round() {
    // Each fix takes both letters of a pair; pairs overlap.
    let pairs = |text: &str| -> Vec<Finding> {
        (0..text.len().saturating_sub(1))
            .filter(|&i| &text[i..i + 2] == "xx")
            .map(|i| {
                finding(
                    i,
                    i + 2,
                    Fix::new("one", Safety::Safe).replace(at(i, i + 2), "x"),
                )
            })
            .collect()
    };
    assert_eq!(run("xxxxx\n", Choice::Safe, pairs).text, "x\n");
}

#[test]
fn equal_edits_are_made_once() {
    let importing = |text: &str| -> Vec<Finding> {
        let mut found = letters(text);
        for finding in &mut found {
            let fix = finding.fixes.remove(0).replace(at(0, 0), "import y\n");
            finding.fixes.push(fix);
        }
        found
    };
    let fixed = run("a = x\nb = x\n", Choice::Safe, importing);
    assert_eq!(fixed.text, "import y\na = y\nb = y\n");
}

#[test]
fn only_what_was_chosen_is_made() {
    let unsafe_ = |text: &str| -> Vec<Finding> {
        let mut found = letters(text);
        found
            .iter_mut()
            .for_each(|f| f.fixes[0].safety = Safety::Unsafe);
        found
    };
    assert_eq!(run("x\n", Choice::Safe, unsafe_).text, "x\n");
    assert_eq!(run("x\n", Choice::Unsafe, unsafe_).text, "y\n");
    let never = |text: &str| -> Vec<Finding> {
        let mut found = letters(text);
        found.iter_mut().for_each(|f| f.fixes[0].preferred = false);
        found
    };
    assert_eq!(run("x\n", Choice::Unsafe, never).text, "x\n");
}

#[test]
fn a_fix_that_does_not_help_ends() {
    let growing = |_: &str| {
        vec![finding(
            0,
            0,
            Fix::new("more", Safety::Safe).replace(at(0, 0), "a\n"),
        )]
    };
    let fixed = run("b\n", Choice::Safe, growing);
    assert_eq!(fixed.text, "a\nb\n");
}

#[test]
fn edits_that_overlap_are_not_both_made() {
    let edit = |start, end, text: &str| Edit {
        span: Span::new(start, end),
        text: text.into(),
    };
    let text = replace(
        "abcd",
        vec![
            edit(2, 4, "Y"),
            edit(1, 3, "X"),
            edit(0, 0, ">"),
            edit(0, 0, ">"),
        ],
    );
    assert_eq!(text, ">aXd");
}

#[test]
fn the_difference_is_small_and_exact() {
    for (old, new) in [
        ("", ""),
        ("", "a"),
        ("a\nb\nc\n", "a\nc\n"),
        ("a\nb\nc\n", "x\na\nb\nc\ny"),
        ("é = 1\r\nü = 2\r\n", "é = 1\r\nö = 2\r\n"),
        ("aaa\n", "aa\n"),
        ("same\n", "same\n"),
    ] {
        let edits = minimal(old, new);
        assert_eq!(replace(old, edits.clone()), new);
        assert!(
            edits
                .windows(2)
                .all(|pair| pair[0].span.end < pair[1].span.start)
        );
        if old == new {
            assert!(edits.is_empty());
        }
    }
    let one = minimal("a = 1\nb = 22\nc = 3\n", "a = 1\nb = 23\nc = 3\n");
    assert_eq!(one.len(), 1);
    assert_eq!(
        (one[0].span, one[0].text.as_str()),
        (Span::new(11, 12), "3")
    );
    let diff = unified("a.py", "a\nb\n", "a\nc\n");
    assert_eq!(
        diff,
        "--- a/a.py\n+++ b/a.py\n@@ -1,2 +1,2 @@\n a\n-b\n+c\n"
    );
}
