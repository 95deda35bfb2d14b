//! Test cases in Markdown: `fixtures/cases/<domain>/<topic>.md`. Adding one needs no Rust.
//!
//! A heading is a case, its fences are the files of one workspace. A file is named by a line in backticks above its fence
//! (`` `tests/test_a.py`: ``), or by the fence's language. A comment says what is found in the next line that is no such
//! comment:
//!
//! ```text
//! # expect: compose/default-secret `changeme` (low)
//! ```
//!
//! Text in backticks is what the finding covers, exactly (`` `start…` `` for a long one), and the severity may be given.
//! `expect+2` counts lines from the next line on, for places where no comment can stand, and `expect-1` back. Every finding must be expected;
//! a line `Only: compose/` in the case narrows that to the rules whose name starts so.
//! A fence `fixed` after a file is what all preferred fixes make of it (of that rule, where `Only:` names one), `fixed safe`
//! what the safe ones make.
//! `UPDATE=1` rewrites these. The words `crlf`, `bom` and `noeol` after a fence's language change its text accordingly.

use std::fs;
use std::path::{Path, PathBuf};

use harden_engine::fix::apply::Choice;
use harden_engine::rule::Severity;

use crate::support::markdown::{Block, Fence, blocks, file_name};
use crate::support::tokens::hidden;
use crate::support::{Checked, Files, check, fixed};

#[derive(Debug, Default)]
struct Case {
    heading: String,
    only: Vec<String>,
    files: Vec<(String, Fence)>,
    /// A `fixed` fence, and which of the files it follows.
    fixed: Vec<(usize, Fence)>,
}

#[derive(Debug)]
struct Expected {
    line: usize,
    rule: String,
    text: Option<String>,
    severity: Option<String>,
    met: bool,
}

#[test]
fn cases_hold() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/cases");
    let update = std::env::var_os("UPDATE").is_some_and(|value| value == "1");
    let mut faults = Vec::new();
    for path in markdown_files(&root) {
        let text = fs::read_to_string(&path).unwrap();
        let topic = path.strip_prefix(&root).unwrap().display().to_string();
        let (found, updated) = run(&topic, &text);
        if update && updated != text {
            fs::write(&path, &updated).unwrap();
            faults.extend(run(&topic, &updated).0);
        } else {
            faults.extend(found);
        }
    }
    assert!(faults.is_empty(), "\n{}\n", faults.join("\n\n"));
}

/// The faults of a file of cases, one for each heading at most, and the file with its `fixed` fences brought up to date.
fn run(topic: &str, text: &str) -> (Vec<String>, String) {
    let mut faults = Vec::new();
    let mut updated = text.to_string();
    // From the last to the first, so that the places of those before stay as they are.
    for case in cases(text).iter().rev() {
        let mut said = Vec::new();
        let files: Files = case
            .files
            .iter()
            .map(|(name, fence)| (name.clone(), written(fence, &fence.body)))
            .collect();
        for checked in check(&files) {
            said.extend(compare(case, &checked));
        }
        for (of, fence) in case.fixed.iter().rev() {
            let safe = fence.has("safe");
            let choice = if safe { Choice::Safe } else { Choice::Unsafe };
            let only = case.only.first().filter(|_| case.only.len() == 1);
            let made = fixed(&files, only.map(String::as_str), choice);
            if made[*of].1 != written(&case.files[*of].1, &fence.body) {
                let plain = made[*of]
                    .1
                    .trim_start_matches('\u{feff}')
                    .replace("\r\n", "\n");
                let plain = hidden(plain.trim_end_matches('\n')) + "\n";
                said.push(format!("`{}` after fixing:\n{plain}", made[*of].0));
                updated.replace_range(fence.range.clone(), &plain);
            }
        }
        if !said.is_empty() {
            faults.push(format!(
                "{topic}: {}\n  {}",
                case.heading,
                said.join("\n  ")
            ));
        }
    }
    faults.reverse();
    (faults, updated)
}

/// The workspaces of all cases, with their headings.
pub(crate) fn workspaces() -> Vec<(String, Files)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/cases");
    let mut all = Vec::new();
    for path in markdown_files(&root) {
        let text = fs::read_to_string(&path).unwrap();
        all.extend(cases(&text).into_iter().map(|case| {
            let files = case.files.iter();
            let files = files.map(|(name, fence)| (name.clone(), written(fence, &fence.body)));
            let heading = format!("{}: {}", path.display(), case.heading);
            (heading, files.collect())
        }));
    }
    all
}

fn compare(case: &Case, checked: &Checked) -> Vec<String> {
    let mut expected = expectations(&checked.text);
    let mut said = Vec::new();
    let name = &checked.name;
    for finding in &checked.findings {
        let rule = finding.rule.name;
        if !case.only.is_empty() && !case.only.iter().any(|prefix| rule.starts_with(prefix)) {
            continue;
        }
        let (line, covered) = (checked.line(finding.span()), checked.slice(finding.span()));
        let severity = word(finding.severity);
        let fits = |wanted: &&mut Expected| {
            !wanted.met
                && wanted.line == line
                && wanted.rule == rule
                && wanted
                    .severity
                    .as_ref()
                    .is_none_or(|known| known == severity)
                && wanted
                    .text
                    .as_ref()
                    .is_none_or(|text| match text.strip_suffix('…') {
                        Some(start) => covered.starts_with(start),
                        None => covered == text,
                    })
        };
        match expected.iter_mut().find(fits) {
            Some(wanted) => wanted.met = true,
            None => said.push(format!(
                "{name}:{line}: unexpected: {rule} `{covered}` ({severity}): {}",
                finding.message
            )),
        }
    }
    for wanted in expected.iter().filter(|wanted| !wanted.met) {
        let Expected { line, rule, .. } = wanted;
        let text = wanted.text.as_ref().map(|text| format!(" `{text}`"));
        let severity = wanted
            .severity
            .as_ref()
            .map(|severity| format!(" ({severity})"));
        said.push(format!(
            "{name}:{line}: not found: {rule}{}{}",
            text.unwrap_or_default(),
            severity.unwrap_or_default()
        ));
    }
    said
}

fn expectations(text: &str) -> Vec<Expected> {
    let mut list: Vec<Expected> = Vec::new();
    let mut waiting: Vec<(isize, Expected)> = Vec::new();
    for (index, line) in text.split('\n').enumerate() {
        match expectation(line) {
            Some(read) => waiting.push(read),
            None => list.extend(waiting.drain(..).map(|(ahead, mut expected)| {
                expected.line = (index + 1).saturating_add_signed(ahead);
                expected
            })),
        }
    }
    list
}

/// The expectation of a line that is a comment of that form, and how many lines ahead it looks.
fn expectation(line: &str) -> Option<(isize, Expected)> {
    let comment = line.trim_start_matches('\u{feff}').trim();
    let comment = comment
        .strip_prefix(['#', ';'])
        .or_else(|| comment.strip_prefix("//"))?
        .trim_start();
    let rest = comment.strip_prefix("expect")?;
    let (ahead, rest) = rest.split_once(':')?;
    let ahead = ahead.parse().unwrap_or(0);
    let (rule, rest) = rest.trim().split_once(' ').unwrap_or((rest.trim(), ""));
    let mut rest = rest.trim();
    let severity = rest
        .strip_suffix(')')
        .and_then(|head| head.rsplit_once('('))
        .filter(|(head, _)| head.is_empty() || head.ends_with(' '));
    if let Some((head, _)) = severity {
        rest = head.trim_end();
    }
    let text = rest
        .strip_prefix('`')
        .and_then(|text| text.strip_suffix('`'));
    Some((
        ahead,
        Expected {
            line: 0,
            rule: rule.into(),
            text: text.map(String::from),
            severity: severity.map(|(_, word)| word.into()),
            met: false,
        },
    ))
}

fn cases(text: &str) -> Vec<Case> {
    let mut cases: Vec<Case> = Vec::new();
    let mut name: Option<String> = None;
    for block in blocks(text) {
        match block {
            Block::Heading(heading) => cases.push(Case {
                heading,
                ..Case::default()
            }),
            Block::Text(line) => {
                if let (Some(prefix), Some(case)) = (line.strip_prefix("Only:"), cases.last_mut()) {
                    case.only.push(prefix.trim().into());
                } else if !line.is_empty() {
                    let bare = line.trim_end_matches(':');
                    let quoted = bare
                        .strip_prefix('`')
                        .and_then(|rest| rest.strip_suffix('`'));
                    name = quoted.map(String::from);
                }
            }
            Block::Fence(fence) => {
                let (Some(case), named) = (cases.last_mut(), name.take()) else {
                    continue;
                };
                if fence.info.first().is_some_and(|word| word == "fixed") {
                    let of = case
                        .files
                        .iter()
                        .position(|(known, _)| Some(known) == named.as_ref());
                    let last = case.files.len().saturating_sub(1);
                    case.fixed.push((of.unwrap_or(last), fence));
                } else if let Some(name) = named.or_else(|| Some(file_name(&fence.info)?.0)) {
                    case.files.push((name, fence));
                }
            }
        }
    }
    cases
}

/// The text that a fence stands for.
fn written(fence: &Fence, body: &str) -> String {
    let mut text = body.to_string();
    if fence.has("noeol") {
        text = text.trim_end_matches('\n').into();
    }
    if fence.has("crlf") {
        text = text.replace('\n', "\r\n");
    }
    if fence.has("bom") {
        text.insert(0, '\u{feff}');
    }
    text
}

fn word(severity: Severity) -> &'static str {
    match severity {
        Severity::Info => "info",
        Severity::Low => "low",
        Severity::Medium => "medium",
        Severity::High => "high",
        Severity::Critical => "critical",
    }
}

fn markdown_files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            found.extend(markdown_files(&path));
        } else if path.extension().is_some_and(|kind| kind == "md") && !path.ends_with("README.md")
        {
            found.push(path);
        }
    }
    found.sort();
    found
}

#[test]
fn what_is_expected_and_absent_is_a_fault() {
    let text = "# Nothing is here\n```python\n# expect: no/such-rule `x` (low)\nx = 1\n```\n# Fine\n```python\nx = 1\n```\n";
    let (faults, updated) = run("topic", text);
    assert_eq!(
        faults,
        ["topic: Nothing is here\n  app.py:2: not found: no/such-rule `x` (low)"]
    );
    assert_eq!(updated, text);
}

#[test]
fn a_stale_fixed_fence_is_a_fault_and_updated() {
    let text = "# Same\n```python crlf\nx = 1\n```\n```fixed\ny = 2\n```\n";
    let (faults, updated) = run("topic", text);
    assert_eq!(faults, ["topic: Same\n  `app.py` after fixing:\nx = 1\n"]);
    assert_eq!(updated, text.replace("y = 2", "x = 1"));
    assert!(run("topic", &updated).0.is_empty());
}
