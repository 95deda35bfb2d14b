//! The fixes of dependencies, on our cases and on real files (`HARDEN_REAL`): the result parses, the finding is gone,
//! comments are kept, and a second time changes nothing. Damaged texts are read as well.

use std::fs;
use std::path::Path;

use harden_engine::file::{File, Language};

use crate::chunk_texts::real;
use crate::support::markdown::{Block, blocks};
use crate::support::real::{Texts, damage};
use crate::support::settle::faults;
use crate::support::{Files, check};

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
    let faults = faults(DOMAIN, name, text, |text| text.matches('#').count());
    faults
        .iter()
        .map(|fault| format!("{name}: {fault}"))
        .collect()
}
