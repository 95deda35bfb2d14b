//! The fixes of Python rules, on our cases and on real code (`HARDEN_REAL`): the result parses, the finding is gone, comments
//! are kept, and a second time changes nothing. That a file read by chunk says the same as read whole is asserted by `check`.

use std::fs;
use std::path::Path;

use harden_engine::file::Language;

use crate::chunk_texts::real;
use crate::support::markdown::{Block, blocks};
use crate::support::settle::faults;
use crate::support::{Checked, check};

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
    let name = "app.py";
    let files = vec![(name.to_owned(), text.to_owned())];
    if check(&files).iter().any(Checked::broken) {
        return Vec::new();
    }
    let faults = faults(DOMAIN, name, text, |text| {
        comments(text)
            .into_iter()
            .map(str::to_owned)
            .collect::<Vec<_>>()
    });
    faults
        .iter()
        .map(|fault| format!("{at}: {fault}"))
        .collect()
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
