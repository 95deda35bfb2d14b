//! The fixes of dependencies, on our cases and on real files (`HARDEN_REAL`): the result parses, the finding is gone,
//! comments are kept, and a second time changes nothing. Damaged texts are read as well.

use std::fs;
use std::path::Path;

use harden_engine::file::{File, Language};
use harden_engine::fix::apply::Choice;
use harden_engine::fix::{View, render};
use harden_engine::project::Workspace;

use crate::chunk_texts::real;
use crate::support::markdown::{Block, blocks};
use crate::support::real::{Texts, damage};
use crate::support::{Checked, Files, check, fixed};

const DOMAIN: &str = "deps/";

/// The files of our cases, by name.
fn cases() -> Files {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/cases/deps");
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).unwrap().flatten() {
        let text = fs::read_to_string(entry.path()).unwrap();
        let mut name = String::new();
        for block in blocks(&text) {
            match block {
                Block::Text(line) => {
                    if let Some(named) = line.strip_suffix("`:") {
                        name = named.trim_start_matches('`').to_owned();
                    }
                }
                Block::Fence(fence) if !fence.has("fixed") => {
                    files.push((name.clone(), fence.body));
                }
                _ => {}
            }
        }
    }
    files.retain(|(name, text)| {
        File::kind(Path::new(name), text).is_some_and(|kind| kind.says_versions())
    });
    files
}

#[test]
fn fixes_of_our_cases_settle() {
    let mut faults = Vec::new();
    for (name, text) in cases() {
        faults.extend(faults_of(&name, &text));
        faults.extend(faults_of(&name, &text.replace('\n', "\r\n")));
        faults.extend(faults_of(&name, text.trim_end()));
    }
    assert!(faults.is_empty(), "\n{}", faults.join("\n"));
}

#[test]
fn fixes_of_real_files_settle() {
    let mut faults = Vec::new();
    for language in [Language::Requirements, Language::Toml] {
        for (path, text) in real(language).unwrap_or_default() {
            let name = path.file_name().unwrap().to_str().unwrap();
            let made = faults_of(name, &text).into_iter();
            faults.extend(made.map(|fault| format!("{}: {fault}", path.display())));
        }
    }
    assert!(faults.is_empty(), "\n{}", faults.join("\n"));
}

#[test]
fn damaged_files_are_read() {
    let cases = cases();
    for language in [Language::Requirements, Language::Toml, Language::Plain] {
        let of = |name: &str| File::kind(Path::new(name), "").map(|kind| kind.language());
        for (name, text) in cases.iter().filter(|(name, _)| of(name) == Some(language)) {
            let texts: Texts = vec![(name.into(), text.clone())];
            damage(language, &texts, 40, |text| {
                check(&vec![(name.clone(), text.to_owned())]);
            });
        }
    }
}

fn faults_of(name: &str, text: &str) -> Vec<String> {
    let files = vec![(name.to_owned(), text.to_owned())];
    let before = check(&files);
    if before.iter().all(|file| fixable(file) == 0) {
        return Vec::new();
    }
    let made = fixed(&files, Some(DOMAIN), Choice::Unsafe);
    let after = check(&made);
    let mut faults = Vec::new();
    let mut fault = |what: &str| faults.push(format!("{name}: {what}"));
    if after.iter().any(Checked::broken) && !before.iter().any(Checked::broken) {
        fault("what the fixes make has a syntax error");
    }
    if after.iter().any(|file| fixable(file) > 0) {
        fault("a finding stays after its fix");
    }
    let comments = |text: &str| text.matches('#').count();
    if comments(&made[0].1) != comments(text) {
        fault("comments changed");
    }
    let (all, crlf) = (text.matches('\n').count(), text.matches("\r\n").count());
    let now = &made[0].1;
    if all == crlf && now.matches('\n').count() != now.matches("\r\n").count() {
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
    let own = file
        .findings
        .iter()
        .filter(|found| found.rule.name.starts_with(DOMAIN));
    let preferred = own.filter_map(|found| found.preferred());
    preferred.filter(|fix| render(&view, fix).is_ok()).count()
}
