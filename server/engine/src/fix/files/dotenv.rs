//! Variables of environment files.

use std::sync::Arc;

use super::{Edits, append};
use crate::chunk::State;
use crate::model::Part;
use crate::model::dotenv::Entry;
use crate::syntax;
use crate::text::{Edit, apply};

/// Give a variable a value. An empty value is content with any that is there; a value takes the place of an empty one.
///
/// # Errors
/// Another value is there, the value cannot be written so that all readers read the same, or a quote is left open.
pub fn set(text: Option<&str>, name: &str, value: &str) -> Edits {
    let text = text.unwrap_or_default();
    let entries = read(text);
    // Of several lines the last one counts.
    let known = entries.iter().rev().find(|entry| entry.key == name);
    let edit = match known {
        Some(Entry {
            value: Some(known), ..
        }) if known.text == value || value.is_empty() => return Ok(Vec::new()),
        Some(Entry {
            value: Some(known), ..
        }) if !known.text.is_empty() => {
            return Err(format!("`{name}` has another value there already"));
        }
        Some(Entry {
            value: Some(empty), ..
        }) => Edit {
            span: empty.outer(),
            text: written(value)?,
        },
        Some(alone) => {
            super::super::insert(alone.key_span.end as usize, format!("={}", written(value)?))
        }
        None => {
            let export = entries.last().is_some_and(|entry| entry.export);
            let export = if export { "export " } else { "" };
            append(text, &format!("{export}{name}={}", written(value)?))
        }
    };
    let edits = vec![edit];
    let made = read(&apply(text, &edits));
    let holds = |entry: &&Entry| entry.key == name;
    let last = made.iter().rev().find(holds);
    match last.and_then(|entry| entry.value.as_ref()) {
        Some(made) if made.text == value => Ok(edits),
        _ => Err("a quote is left open there".into()),
    }
}

/// List a variable without a value, for `.env.example`.
///
/// # Errors
/// A quote is left open in the file.
pub fn list(text: Option<&str>, name: &str) -> Edits {
    set(text, name, "")
}

fn read(text: &str) -> Vec<Entry> {
    match syntax::read(State::Dotenv, &Arc::from(text), &mut None) {
        Part::Dotenv(part) => part.entries,
        _ => Vec::new(),
    }
}

/// A value as Docker Compose, python-dotenv and a shell read it alike.
fn written(value: &str) -> Result<String, String> {
    let plain = |c: char| c.is_alphanumeric() || "_-./:@%+,=".contains(c);
    if value.chars().all(plain) {
        Ok(value.into())
    } else if value.contains("${") {
        // python-dotenv replaces it even between single quotes.
        Err("its value has a `${`, which is read as a reference".into())
    } else if !value.contains(['\'', '\\', '\n', '\r']) {
        Ok(format!("'{value}'"))
    } else if !value.contains(['$', '`']) {
        let escaped = value.replace('\\', "\\\\").replace('"', "\\\"");
        let escaped = escaped.replace('\n', "\\n").replace('\r', "\\r");
        Ok(format!("\"{escaped}\""))
    } else {
        Err("its value has quotes and `$`, which no way of quoting keeps for every reader".into())
    }
}
