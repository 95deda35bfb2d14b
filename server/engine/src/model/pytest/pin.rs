//! Which versions of pytest a file lets in.

use std::str::FromStr;
use std::sync::Arc;

use pep440_rs::{Operator, Version};

use crate::chunk::State;
use crate::model::Part;
use crate::model::requirements::{Line, Requirement};
use crate::syntax;
use crate::syntax::toml::{Data, Entry, Value};

/// Whether the requirements of a file let pytest 9 or a later version in; `None` where no requirement says anything of its
/// version.
pub fn allows_nine(parts: &[(usize, Arc<Part>)]) -> Option<bool> {
    let mut said: Vec<bool> = Vec::new();
    for (_, part) in parts {
        match &**part {
            Part::Requirements(part) => said.extend(of_lines(&part.lines)),
            Part::Toml(part) => part
                .entries
                .iter()
                .for_each(|entry| of_entry(entry, &mut said)),
            Part::Ini(part) => {
                let options = part.sections.iter().flat_map(|section| &section.options);
                let lines = options.flat_map(|option| &option.lines);
                said.extend(lines.filter_map(|line| of_text(&line.text)));
            }
            _ => {}
        }
    }
    (!said.is_empty()).then(|| said.iter().all(|allows| *allows))
}

/// The same of a lock file, whose tables give name and version in neighbouring lines.
pub fn locked_nine(text: &str) -> Option<bool> {
    let at = text.find("name = \"pytest\"")?;
    let line = text[at..].lines().nth(1)?;
    let version = line.strip_prefix("version = \"")?.split('"').next()?;
    Some(major(&Version::from_str(version).ok()?) >= 9)
}

fn of_lines(lines: &[Line]) -> impl Iterator<Item = bool> {
    lines
        .iter()
        .filter_map(|line| of_requirement(line.named()?))
}

fn of_text(text: &str) -> Option<bool> {
    if !text.trim_start().starts_with("pytest") {
        return None;
    }
    match syntax::read(State::Requirements, &Arc::from(text), &mut None) {
        Part::Requirements(part) => of_lines(&part.lines).next(),
        _ => None,
    }
}

fn of_requirement(requirement: &Requirement) -> Option<bool> {
    if requirement.key != "pytest" || requirement.specifiers.is_empty() {
        return None;
    }
    // Versions that stand for all that there are from 9 on.
    const ONES: [&str; 8] = [
        "9.0.0", "9.0.1", "9.0.2", "9.1.0", "9.1.1", "9.2.0", "9.99", "10.0",
    ];
    let read = requirement
        .specifiers
        .iter()
        .filter_map(|specifier| specifier.read.as_ref());
    let exact = read
        .clone()
        .find(|specifier| matches!(specifier.operator(), Operator::Equal | Operator::ExactEqual));
    if let Some(exact) = exact {
        return Some(major(exact.version()) >= 9);
    }
    let mut ones = ONES.iter().filter_map(|one| Version::from_str(one).ok());
    Some(ones.any(|one| read.clone().all(|specifier| specifier.contains(&one))))
}

fn major(version: &Version) -> u64 {
    version.release().first().copied().unwrap_or_default()
}

fn of_entry(entry: &Entry, said: &mut Vec<bool>) {
    let path: Vec<&str> = entry.path.iter().map(String::as_str).collect();
    match path[..] {
        ["tool", "poetry", .., "pytest"] | ["tool", "poetry", .., "pytest", "version"] => {
            if let Data::String(text) = &entry.value.data {
                said.extend(of_poetry(text));
            }
        }
        ["project" | "dependency-groups" | "tool", ..] => of_value(&entry.value, said),
        _ => {}
    }
}

fn of_value(value: &Value, said: &mut Vec<bool>) {
    match &value.data {
        Data::String(text) => said.extend(of_text(text)),
        Data::Array(items) => items.iter().for_each(|item| of_value(item, said)),
        _ => {}
    }
}

/// Poetry's ranges: `^8.3` and `~8.3` stay within the major version, a bare version is itself.
fn of_poetry(text: &str) -> Option<bool> {
    let text = text.trim();
    if text == "*" || text.is_empty() {
        return None;
    }
    let bare = text.trim_start_matches(['^', '~', '=', ' ']);
    if text.starts_with(['^', '~']) && !text.starts_with("~=")
        || bare == text && !text.starts_with(['<', '>', '!'])
    {
        let major = bare.split('.').next()?.parse::<u64>().ok()?;
        return Some(major >= 9);
    }
    of_text(&format!("pytest{text}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pins_are_those_of_pip_and_poetry() {
        for (text, wanted) in [
            ("pytest", None),
            ("pytest==8.3.4", Some(false)),
            ("pytest==9.0.3", Some(true)),
            ("pytest == 8.*", Some(false)),
            ("pytest~=8.2", Some(false)),
            ("pytest>=7,<9", Some(false)),
            ("pytest>=7", Some(true)),
            ("pytest[dev]>=7,<10 ; python_version > '3.9'", Some(true)),
            ("pytest-cov==6.0", None),
        ] {
            assert_eq!(of_text(text), wanted, "{text}");
        }
        for (text, wanted) in [
            ("^8.0", Some(false)),
            ("~9.0", Some(true)),
            ("8.3.4", Some(false)),
            (">=7,<9", Some(false)),
            (">=8", Some(true)),
            ("*", None),
        ] {
            assert_eq!(of_poetry(text), wanted, "{text}");
        }
        let lock = "[[package]]\nname = \"pytest-cov\"\nversion = \"6\"\n[[package]]\nname = \"pytest\"\nversion = \"8.4.2\"\n";
        assert_eq!(locked_nine(lock), Some(false));
        assert_eq!(locked_nine(""), None);
    }
}
