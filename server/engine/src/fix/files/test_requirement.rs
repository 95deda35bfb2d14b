//! What the tests need, beside pytest itself.

use std::sync::Arc;

use super::{Edits, pyproject, requirements};
use crate::chunk::State;
use crate::model::Part;
use crate::model::requirements::normal;
use crate::syntax;
use crate::syntax::toml::{Data, Entry};

/// Require a distribution in the list of a `pyproject.toml` that has pytest.
///
/// # Errors
/// The file cannot be read, or has no such list.
pub fn add(text: Option<&str>, name: &str) -> Edits {
    let text = text.unwrap_or_default();
    let Part::Toml(file) = syntax::read(State::Toml, &Arc::from(text), &mut None) else {
        return Err("it cannot be read".into());
    };
    if file.broken {
        return Err("it has a syntax error".into());
    }
    let Some(entry) = file.entries.iter().find(|entry| lists_pytest(entry)) else {
        return Err("it has no list that requires pytest".into());
    };
    match &entry.value.data {
        Data::Array(list) => Ok(pyproject::item(text, &entry.value, list, name)),
        _ => {
            let at = entry.value.span.end as usize;
            Ok(vec![super::insert_lines(
                text,
                at,
                &[format!("{name} = \"*\"")],
            )])
        }
    }
}

/// Whether a `pyproject.toml` requires pytest somewhere.
pub fn has_pytest(text: &str) -> bool {
    match syntax::read(State::Toml, &Arc::from(text), &mut None) {
        Part::Toml(file) => file.entries.iter().any(lists_pytest),
        _ => false,
    }
}

fn lists_pytest(entry: &Entry) -> bool {
    let path: Vec<&str> = entry.path.iter().map(String::as_str).collect();
    if let ["tool", "poetry", .., last] = path[..]
        && path.iter().any(|part| part.ends_with("dependencies"))
    {
        // In a table of its own, not in braces.
        return normal(last) == "pytest" && entry.before.is_some();
    }
    let Data::Array(list) = &entry.value.data else {
        return false;
    };
    !matches!(path[..], ["tool", "pytest", ..])
        && list.iter().any(|item| match &item.data {
            Data::String(text) => requirements::key(text).is_ok_and(|key| key == "pytest"),
            _ => false,
        })
}
