//! What the files of a unit require, by whichever table or option.

use std::sync::Arc;

use super::normal;
use crate::model::Part;
use crate::syntax::toml::{Data, Entry, Value};

/// The normal forms of the distributions that a file requires, for the application or for work on it: lines of a
/// requirements file, the tables of `pyproject.toml`, the options of `setup.cfg`.
pub fn declared(parts: &[(usize, Arc<Part>)]) -> Vec<String> {
    let mut names = Vec::new();
    for (_, part) in parts {
        match &**part {
            Part::Requirements(part) => {
                names.extend(
                    part.lines
                        .iter()
                        .filter_map(|line| line.key().map(String::from)),
                );
            }
            Part::Toml(part) => part
                .entries
                .iter()
                .for_each(|entry| of_entry(entry, &mut names)),
            Part::Ini(part) => {
                for section in &part.sections {
                    let extras = section.name == "options.extras_require";
                    let options = section.options.iter().filter(|option| {
                        extras
                            || section.name == "options"
                                && matches!(&*option.key, "install_requires" | "tests_require")
                            || section.name.starts_with("testenv") && option.key == "deps"
                    });
                    let lines = options.flat_map(|option| &option.lines);
                    names.extend(lines.filter_map(|line| name(&line.text)));
                }
            }
            _ => {}
        }
    }
    names.sort();
    names.dedup();
    names
}

fn of_entry(entry: &Entry, names: &mut Vec<String>) {
    let path: Vec<&str> = entry.path.iter().map(String::as_str).collect();
    match path[..] {
        ["project", "dependencies"]
        | ["project", "optional-dependencies", _]
        | ["dependency-groups", _]
        | ["tool", "uv", "dev-dependencies"]
        | ["tool", "pdm", "dev-dependencies", _]
        | [
            "tool",
            "hatch",
            "envs",
            _,
            "dependencies" | "extra-dependencies",
        ] => texts(&entry.value, names),
        [
            "tool",
            "poetry",
            "dependencies" | "dev-dependencies",
            key,
            ..,
        ]
        | ["tool", "poetry", "group", _, "dependencies", key, ..] => names.push(normal(key)),
        _ => {}
    }
}

fn texts(value: &Value, names: &mut Vec<String>) {
    if let Data::Array(items) = &value.data {
        names.extend(items.iter().filter_map(|item| match &item.data {
            Data::String(text) => name(text),
            _ => None,
        }));
    }
}

/// The name at the start of a requirement.
fn name(text: &str) -> Option<String> {
    let end = text.find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_')));
    let name = &text[..end.unwrap_or(text.len())];
    name.starts_with(|c: char| c.is_ascii_alphanumeric())
        .then(|| normal(name))
}
