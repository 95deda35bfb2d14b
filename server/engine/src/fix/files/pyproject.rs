//! Dependencies in `pyproject.toml`.

use std::sync::Arc;

use super::{Edits, insert_lines, newline, requirements};
use crate::chunk::State;
use crate::fix::insert;
use crate::model::Part;
use crate::model::requirements::normal;
use crate::syntax;
use crate::syntax::toml::{self, Data, Entry, Table};
use crate::text::{Edit, apply};

/// Require a distribution, `gunicorn` or `gunicorn==23.0`: in `dependencies` of `[project]`, else in Poetry's table.
///
/// # Errors
/// The file cannot be read, describes no project, or takes its dependencies from elsewhere.
pub fn add(text: Option<&str>, requirement: &str) -> Edits {
    let Some(text) = text else {
        return Err("there is none".into());
    };
    let key = requirements::key(requirement)?;
    let file = read(text);
    if file.broken {
        return Err("it has a syntax error".into());
    }
    if names(&file).any(|known| known == key) {
        return Ok(Vec::new());
    }
    let edits = edits(text, &file, requirement)?;
    let made = read(&apply(text, &edits));
    if !made.broken && names(&made).any(|known| known == key) {
        Ok(edits)
    } else {
        Err("its layout leaves no place for a dependency".into())
    }
}

const PROJECT: &[&str] = &["project", "dependencies"];
const POETRY: &[&str] = &["tool", "poetry", "dependencies"];

/// The normal forms of all that the project requires always, by either table.
fn names(file: &toml::Part) -> impl Iterator<Item = String> {
    let items = file.entries.iter().filter(|entry| entry.path == PROJECT);
    let items = items.flat_map(|entry| match &entry.value.data {
        Data::Array(list) => list.as_slice(),
        _ => &[],
    });
    let project = items.filter_map(|item| match &item.data {
        Data::String(text) => requirements::key(text).ok(),
        _ => None,
    });
    let poetry = file.entries.iter().filter(|entry| is_below(entry, POETRY));
    let poetry = poetry.map(|entry| normal(&entry.path[POETRY.len()]));
    project.chain(poetry).collect::<Vec<_>>().into_iter()
}

fn edits(text: &str, file: &toml::Part, requirement: &str) -> Edits {
    if let Some(entry) = file.entries.iter().find(|entry| entry.path == PROJECT) {
        return match &entry.value.data {
            Data::Array(list) => Ok(item(text, &entry.value, list, requirement)),
            _ => Err("its `dependencies` are no list".into()),
        };
    }
    let table = |path: &[&str]| file.tables.iter().find(|table| table.path == path);
    let entries = file.entries.iter().filter(|entry| is_below(entry, POETRY));
    let entries: Vec<&Entry> = entries.collect();
    if let Some(poetry) = table(POETRY) {
        return Ok(vec![pair(text, poetry, &entries, requirement)]);
    }
    if !entries.is_empty() {
        return Err("its dependencies are written in braces or dotted".into());
    }
    let dynamic = file
        .entries
        .iter()
        .find(|entry| entry.path == ["project", "dynamic"]);
    let dynamic = dynamic.is_some_and(|entry| match &entry.value.data {
        Data::Array(list) => list
            .iter()
            .any(|item| matches!(&item.data, Data::String(name) if name == "dependencies")),
        _ => false,
    });
    match table(&["project"]) {
        _ if dynamic => Err("its dependencies are dynamic: the build reads them elsewhere".into()),
        Some(project) => {
            // Before any table within `project`: behind the last of its own keys.
            let own = file.entries.iter().filter(|entry| {
                entry.path.len() > 1 && entry.path[0] == "project" && within(file, entry, project)
            });
            let last = own.map(|entry| entry.value.span.end).max();
            let at = last.unwrap_or(project.line_end) as usize;
            let line = format!("dependencies = [{}]", quoted(requirement, '"'));
            Ok(vec![insert_lines(text, at, &[line])])
        }
        None => Err("it describes no project that requires anything".into()),
    }
}

fn is_below(entry: &Entry, path: &[&str]) -> bool {
    entry.path.len() > path.len() && entry.path.iter().zip(path).all(|(a, b)| a == b)
}

/// Whether no other header stands between the two.
fn within(file: &toml::Part, entry: &Entry, table: &Table) -> bool {
    let last = file
        .tables
        .iter()
        .rfind(|other| other.span.start < entry.span.start);
    last == Some(table)
}

/// An item more in an array of requirements: in its place where they are sorted, else at the end.
pub(super) fn item(
    text: &str,
    array: &toml::Value,
    list: &[toml::Value],
    requirement: &str,
) -> Vec<Edit> {
    let quote = match list.last() {
        Some(last) if last.raw.starts_with('\'') => '\'',
        _ => '"',
    };
    let new = quoted(requirement, quote);
    let keys: Vec<String> = list.iter().map(name_of).collect();
    let sorted = list.len() > 1 && keys.is_sorted();
    let above = match requirements::key(requirement) {
        Ok(key) if sorted => keys.iter().rposition(|known| *known < key),
        _ => list.len().checked_sub(1),
    };
    match (above, list.first()) {
        (Some(above), _) => below(text, array, list, above, &new),
        (None, None) => {
            let open = array.span.start as usize + 1;
            match text[open..array.span.end as usize].find('\n') {
                Some(line) => {
                    let line_end = open + line + 1;
                    vec![insert(line_end, format!("    {new},{}", newline(text)))]
                }
                None => vec![insert(open, new)],
            }
        }
        (None, Some(first)) => {
            let (open, start) = (array.span.start as usize + 1, first.span.start as usize);
            match (text[open..start].find('\n'), indent(text, start)) {
                (Some(line), Some(indent)) => {
                    let line = open + line + 1;
                    vec![insert(line, format!("{indent}{new},{}", newline(text)))]
                }
                _ => vec![insert(start, format!("{new}, "))],
            }
        }
    }
}

fn name_of(item: &toml::Value) -> String {
    match &item.data {
        Data::String(text) => requirements::key(text).unwrap_or_else(|_| text.clone()),
        _ => String::new(),
    }
}

/// The blanks before a place that is the first on its line.
fn indent(text: &str, at: usize) -> Option<&str> {
    let lead = &text[crate::fix::line_start(text, at)..at];
    lead.trim().is_empty().then_some(lead)
}

/// An item behind another: on a line of its own where that one has one, behind its comment.
fn below(
    text: &str,
    array: &toml::Value,
    list: &[toml::Value],
    above: usize,
    new: &str,
) -> Vec<Edit> {
    let item = &list[above];
    let end = item.span.end as usize;
    let next = list.get(above + 1).map(|next| next.span.start as usize);
    let gap = &text[end..next.unwrap_or(array.span.end as usize - 1)];
    let (Some(indent), Some(stop)) = (
        indent(text, item.span.start as usize),
        gap.find(['\r', '\n']),
    ) else {
        return vec![insert(end, format!(", {new}"))];
    };
    let line = format!("{}{indent}{new}", newline(text));
    let stop = gap[..stop].trim_end().len();
    if gap[..stop].trim_start().starts_with(',') {
        vec![insert(end + stop, line + ",")]
    } else if next.is_some() {
        vec![insert(end, format!(", {new}"))]
    } else if stop == 0 {
        vec![insert(end, format!(",{line}"))]
    } else {
        vec![insert(end, ","), insert(end + stop, line)]
    }
}

/// A line more in Poetry's table: in its place where the names are sorted, `python` aside, else at the end.
fn pair(text: &str, table: &Table, entries: &[&Entry], requirement: &str) -> Edit {
    let name_end = requirement.find(|c: char| !(c.is_ascii_alphanumeric() || "._-".contains(c)));
    let (name, rest) = requirement.split_at(name_end.unwrap_or(requirement.len()));
    let version = if rest.trim().is_empty() {
        "*"
    } else {
        rest.trim()
    };
    let line = format!("{name} = {}", quoted(version, '"'));
    let direct = entries
        .iter()
        .filter(|entry| entry.path.len() == POETRY.len() + 1);
    let named: Vec<(String, &Entry)> = direct
        .map(|entry| (normal(&entry.path[POETRY.len()]), *entry))
        .collect();
    let others: Vec<&(String, &Entry)> =
        named.iter().filter(|(name, _)| name != "python").collect();
    let sorted = others.len() > 1 && others.is_sorted_by_key(|(name, _)| name);
    let above = match others.iter().rfind(|(known, _)| *known < normal(name)) {
        Some(above) if sorted => Some(*above),
        None if sorted => named.iter().find(|(name, _)| name == "python"),
        _ => named.last(),
    };
    let at = above.map_or(table.line_end, |(_, entry)| entry.value.span.end);
    insert_lines(text, at as usize, &[line])
}

/// A text of TOML. A requirement may have quotes of its own, in its marker.
fn quoted(text: &str, quote: char) -> String {
    match (text.contains('"'), text.contains('\'')) {
        (true, false) => format!("'{text}'"),
        (false, true) => format!("\"{text}\""),
        (true, true) => format!("\"{}\"", text.replace('"', "\\\"")),
        (false, false) => format!("{quote}{text}{quote}"),
    }
}

fn read(text: &str) -> toml::Part {
    match syntax::read(State::Toml, &Arc::from(text), &mut None) {
        Part::Toml(part) => part,
        _ => toml::Part::default(),
    }
}
