//! The fixes of Python rules, on our cases and on real code (`HARDEN_REAL`): the result parses, the finding is gone, comments
//! are kept, and a second time changes nothing. That a file read by chunk says the same as read whole is asserted by `check`.

use std::fs;
use std::path::Path;

use harden_engine::file::Language;
use harden_engine::fix::apply::Choice;
use harden_engine::fix::{View, render};
use harden_engine::project::Workspace;

use crate::chunk_texts::real;
use crate::support::markdown::{Block, blocks};
use crate::support::{Checked, check, fixed};

const DOMAIN: &str = "python/";

#[test]
fn fixes_of_our_cases_settle() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/cases/python");
    let mut faults = Vec::new();
    for entry in fs::read_dir(folder).unwrap().flatten() {
        let text = fs::read_to_string(entry.path()).unwrap();
        for block in blocks(&text) {
            let Block::Fence(fence) = block else { continue };
            if fence.info.first().is_some_and(|word| word == "python") {
                let at = format!("{}:{}", entry.path().display(), fence.line);
                faults.extend(faults_of(&at, &fence.body));
                faults.extend(faults_of(&at, &fence.body.replace('\n', "\r\n")));
            }
        }
    }
    assert!(faults.is_empty(), "\n{}", faults.join("\n"));
}

#[test]
fn fixes_of_real_code_settle() {
    let mut faults = Vec::new();
    for (path, text) in real(Language::Python).unwrap_or_default() {
        faults.extend(faults_of(&path.display().to_string(), &text));
    }
    assert!(faults.is_empty(), "\n{}", faults.join("\n"));
}

fn faults_of(at: &str, text: &str) -> Vec<String> {
    let files = vec![("app.py".to_string(), text.to_string())];
    let before = check(&files);
    if before.iter().any(Checked::broken) || before.iter().all(|file| fixable(file) == 0) {
        return Vec::new();
    }
    let made = fixed(&files, Some(DOMAIN), Choice::Unsafe);
    let after = check(&made);
    let mut faults = Vec::new();
    let mut fault = |what: &str| faults.push(format!("{at}: {what}"));
    if after.iter().any(Checked::broken) {
        fault("what the fixes make has a syntax error");
    }
    if after.iter().any(|file| fixable(file) > 0) {
        fault("a finding stays after its fix");
    }
    if comments(&made[0].1) != comments(text) {
        fault("comments changed");
    }
    if text.matches('\n').count() == text.matches("\r\n").count()
        && made[0].1.matches('\n').count() != made[0].1.matches("\r\n").count()
    {
        fault("line ends are mixed");
    }
    if fixed(&made, Some(DOMAIN), Choice::Unsafe) != made {
        fault("a second time changes something");
    }
    faults
}

/// Findings of our domain whose preferred fix can be made.
fn fixable(file: &Checked) -> usize {
    let view = View {
        file: &file.file,
        text: &file.text,
        parts: &file.parts,
        workspace: &Workspace::default(),
    };
    file.findings
        .iter()
        .filter(|finding| finding.rule.name.starts_with(DOMAIN))
        .filter(|finding| {
            finding
                .preferred()
                .is_some_and(|fix| render(&view, fix).is_ok())
        })
        .count()
}

/// What stands behind a blank and `# ` on each line, sorted; such strings count as well.
fn comments(text: &str) -> Vec<&str> {
    let mut all: Vec<&str> = text
        .lines()
        .filter_map(|line| match line.trim_start().strip_prefix('#') {
            Some(comment) => Some(comment.trim_end()),
            None => Some(line.split_once(" # ")?.1.trim_end()),
        })
        .collect();
    all.sort_unstable();
    all
}
