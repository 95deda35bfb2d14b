//! Keys of compose files: set, made, and added to, in the style in which the file is written.

use super::compose::{Style, entry, read};
use super::{Edits, insert_lines, newline};
use crate::fix::diff;
use crate::syntax::yaml::{Entry, Id, Part, Value};
use crate::text::{Edit, Span, apply};

/// One thing that a compose file is to say.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Change {
    /// The keys lead to this value, one line of YAML; those that are missing are made.
    Set { path: Vec<String>, value: String },
    /// The list or mapping to which the keys lead has this too: an item `name` or `name=value`, a key `name` with the value.
    /// What is there of that name stays.
    Add {
        path: Vec<String>,
        name: String,
        value: Option<String>,
    },
}

impl Change {
    pub fn set(path: &[&str], value: impl Into<String>) -> Change {
        Change::Set {
            path: path.iter().map(|key| (*key).to_owned()).collect(),
            value: value.into(),
        }
    }
    pub fn add(path: &[&str], name: impl Into<String>, value: Option<String>) -> Change {
        Change::Add {
            path: path.iter().map(|key| (*key).to_owned()).collect(),
            name: name.into(),
            value,
        }
    }
    fn path(&self) -> &[String] {
        match self {
            Change::Set { path, .. } | Change::Add { path, .. } => path,
        }
    }
}

/// Make a compose file say all of it.
///
/// # Errors
/// It has a syntax error, or what has to be changed is shared through an anchor, or written in a way that leaves no place.
pub fn change(text: &str, changes: &[Change]) -> Edits {
    let mut now = text.to_owned();
    for change in changes {
        now = one(&now, change)?;
    }
    Ok(diff::minimal(text, &now))
}

fn one(text: &str, change: &Change) -> Result<String, String> {
    let file = read(text);
    if file.broken {
        return Err("the file has a syntax error".into());
    }
    let path = change.path();
    let Some(edit) = find(&file, path)?.edit(&file, change)? else {
        return Ok(text.to_owned());
    };
    let made = apply(text, &[edit]);
    let read = read(&made);
    let holds = !read.broken
        && matches!(find(&read, path), Ok(Found::Value(id)) if says(&read, id, change));
    if holds {
        Ok(made)
    } else {
        let last = path.last().map_or("", String::as_str);
        Err(format!("its layout leaves no place for `{last}`"))
    }
}

/// The innermost thing on the way that is there.
#[derive(Debug, Clone, Copy)]
enum Found {
    Value(Id),
    /// A key that says nothing, how many keys lie above it, and whether it stands in braces.
    Hollow(Entry, usize, bool),
    /// A mapping that lacks the key of its depth.
    Missing(Id, usize),
    Nothing,
}

fn find(file: &Part, path: &[String]) -> Result<Found, String> {
    let tops = file.documents();
    let first = path.first().map_or("", String::as_str);
    let holds = |id: &&Id| entry(file, **id, first).is_some();
    let Some(top) = tops.iter().find(holds).or(tops.first()) else {
        return Ok(Found::Nothing);
    };
    let mut at = *top;
    for (depth, key) in path.iter().enumerate() {
        let Value::Mapping { entries, flow } = &file.node(at).value else {
            return match file.node(at).value {
                Value::Empty if depth == 0 => Ok(Found::Nothing),
                _ => Err(format!("it has no mapping where `{key}` belongs")),
            };
        };
        let Some(found) = entry(file, at, key) else {
            if inherits(file, at, key, 8) {
                return Err(format!("it has its `{key}` from an anchor"));
            }
            return Ok(match entries.is_empty() && depth == 0 {
                true => Found::Nothing,
                false => Found::Missing(at, depth),
            });
        };
        let Some(id) = found.value else {
            return Ok(Found::Hollow(found, depth, *flow));
        };
        let node = file.node(id);
        if node.tag.is_some() {
            return Err(format!("its `{key}` has a tag"));
        }
        if node.anchor.is_some() || matches!(node.value, Value::Alias(_)) {
            return Err(format!("others may share its `{key}` through an anchor"));
        }
        let hollow = match &node.value {
            Value::Empty => true,
            Value::Mapping { entries, .. } => entries.is_empty(),
            Value::Sequence { items, .. } => items.is_empty(),
            _ => matches!(file.written(id), Some("" | "~" | "null")),
        };
        if hollow {
            return Ok(Found::Hollow(found, depth, *flow));
        }
        at = id;
    }
    Ok(Found::Value(at))
}

/// Whether the mappings that are merged into one have the key.
fn inherits(file: &Part, id: Id, key: &str, depth: usize) -> bool {
    let merged = file.entries(id).iter().filter(|entry| {
        let merges = file.scalar(entry.key).as_deref() == Some("<<");
        merges && depth > 0
    });
    let mut values =
        merged
            .filter_map(|entry| entry.value)
            .flat_map(|value| match &file.node(value).value {
                Value::Sequence { items, .. } => {
                    items.iter().filter_map(|item| item.value).collect()
                }
                _ => vec![value],
            });
    values.any(|value| {
        let home = match file.node(value).value {
            Value::Alias(name) => file.anchored(file.slice(name)).next(),
            _ => Some(value),
        };
        // What leads nowhere may have anything.
        home.is_none_or(|home| {
            entry(file, home, key).is_some() || inherits(file, home, key, depth - 1)
        })
    })
}

/// Whether what the keys lead to says it.
fn says(file: &Part, id: Id, change: &Change) -> bool {
    match change {
        Change::Set { value, .. } => {
            let said = read(value);
            let wanted = said.documents().first().and_then(|top| said.scalar(*top));
            wanted.is_some() && file.scalar(id) == wanted
        }
        Change::Add { name, .. } => match &file.node(id).value {
            Value::Mapping { .. } => entry(file, id, name).is_some(),
            Value::Sequence { items, .. } => items.iter().any(|item| {
                let said = item.value.and_then(|value| file.scalar(value));
                said.is_some_and(|said| said.split('=').next() == Some(name))
            }),
            _ => false,
        },
    }
}

impl Found {
    fn edit(self, file: &Part, change: &Change) -> Result<Option<Edit>, String> {
        let text = file.text();
        let style = Style::of(file);
        let path = change.path();
        match self {
            Found::Nothing => {
                let lines = block(path, change, 0, style);
                Ok(Some(insert_lines(text, text.len(), &lines)))
            }
            Found::Missing(id, depth) => {
                let node = file.node(id).span;
                let entries = file.entries(id);
                if is_flow(file, id) {
                    let said = braces(&path[depth..], change);
                    return Ok(Some(match entries.last() {
                        Some(last) => {
                            crate::fix::insert(last.span.end as usize, format!(", {said}"))
                        }
                        None => crate::fix::insert(node.start as usize + 1, said),
                    }));
                }
                let column = file.column(entries.first().map_or(0, |first| first.span.start));
                let lines = block(&path[depth..], change, column, style);
                Ok(Some(insert_lines(text, node.end as usize, &lines)))
            }
            Found::Hollow(entry, depth, flow) => {
                let key = file.node(entry.key).span;
                let colon = text[key.end as usize..]
                    .find(':')
                    .map_or(key.end as usize, |at| key.end as usize + at + 1);
                let hollow = entry.value.map(|value| file.node(value).span);
                let end = hollow.map_or(colon, |span| (span.end as usize).max(colon));
                let rest = &path[depth + 1..];
                let plain = rest.is_empty() && matches!(change, Change::Set { .. });
                if flow || plain {
                    let said = match rest {
                        [] => value_of(change, true),
                        _ => format!("{{{}}}", braces(rest, change)),
                    };
                    return Ok(Some(Edit {
                        span: Span::new(colon, end),
                        text: format!(" {said}"),
                    }));
                }
                let column = file.column(entry.span.start);
                let below = match rest {
                    [] => vec![format!("{:1$}{2}", "", column + style.dash, item(change))],
                    _ => block(rest, change, column + style.step, style),
                };
                if end == colon {
                    return Ok(Some(insert_lines(text, colon, &below)));
                }
                let newline = newline(text);
                Ok(Some(Edit {
                    span: Span::new(colon, end),
                    text: format!("{newline}{}", below.join(newline)),
                }))
            }
            Found::Value(id) => self::within(file, id, change),
        }
    }
}

/// The edit of a value that is there.
fn within(file: &Part, id: Id, change: &Change) -> Result<Option<Edit>, String> {
    if says(file, id, change) {
        return Ok(None);
    }
    let text = file.text();
    let node = file.node(id);
    match (&node.value, change) {
        (Value::Scalar { .. }, Change::Set { value, .. }) => Ok(Some(Edit {
            span: node.span,
            text: value.clone(),
        })),
        (Value::Sequence { items, flow }, Change::Add { .. }) => {
            let Some(last) = items.last() else {
                return Ok(None);
            };
            let end = last.span.end as usize;
            if *flow {
                let said = item(change).split_off(2);
                return Ok(Some(crate::fix::insert(end, format!(", {said}"))));
            }
            let column = file.column(last.span.start);
            let line = format!("{:column$}{}", "", item(change));
            Ok(Some(insert_lines(text, end, &[line])))
        }
        (Value::Mapping { entries, flow }, Change::Add { name, value, .. }) => {
            let Some(last) = entries.last() else {
                return Ok(None);
            };
            let value = value.as_deref().map(quoted);
            if *flow {
                let value = value.unwrap_or_else(|| "{}".into());
                let said = format!(", {name}: {value}");
                return Ok(Some(crate::fix::insert(last.span.end as usize, said)));
            }
            let column = file.column(last.span.start);
            let value = value.map_or_else(String::new, |value| format!(" {value}"));
            let line = format!("{:column$}{name}:{value}", "");
            Ok(Some(insert_lines(text, node.span.end as usize, &[line])))
        }
        _ => {
            let last = change.path().last().map_or("", String::as_str);
            Err(format!("its `{last}` says something else"))
        }
    }
}

fn is_flow(file: &Part, id: Id) -> bool {
    matches!(file.node(id).value, Value::Mapping { flow: true, .. })
}

/// The keys as lines, from a column on.
fn block(keys: &[String], change: &Change, column: usize, style: Style) -> Vec<String> {
    let mut lines = Vec::new();
    let mut column = column;
    for (at, key) in keys.iter().enumerate() {
        let last = at + 1 == keys.len();
        match change {
            Change::Set { value, .. } if last => {
                lines.push(format!("{:column$}{key}: {value}", ""))
            }
            _ => lines.push(format!("{:column$}{key}:", "")),
        }
        column += if last { style.dash } else { style.step };
    }
    if matches!(change, Change::Add { .. }) {
        lines.push(format!("{:column$}{}", "", item(change)));
    }
    lines
}

/// The keys in braces, without the outermost ones.
fn braces(keys: &[String], change: &Change) -> String {
    match keys {
        [] => String::new(),
        [last] => format!("{last}: {}", value_of(change, true)),
        [first, rest @ ..] => format!("{first}: {{{}}}", braces(rest, change)),
    }
}

fn value_of(change: &Change, flow: bool) -> String {
    match change {
        Change::Set { value, .. } => value.clone(),
        Change::Add { .. } if flow => format!("[{}]", item(change).split_off(2)),
        Change::Add { .. } => item(change),
    }
}

/// An item of a list, with its dash.
fn item(change: &Change) -> String {
    match change {
        Change::Set { value, .. } => format!("- {value}"),
        Change::Add {
            name,
            value: Some(value),
            ..
        } => format!("- {}", quoted(&format!("{name}={value}"))),
        Change::Add { name, .. } => format!("- {}", quoted(name)),
    }
}

/// A scalar that reads as this text wherever it stands.
fn quoted(text: &str) -> String {
    let plain = text
        .starts_with(|c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '/' | '.'))
        && text
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || "_-./=@+ ".contains(c))
        && !text.ends_with(' ')
        && text.parse::<f64>().is_err()
        && !matches!(
            text,
            "true" | "false" | "null" | "yes" | "no" | "on" | "off"
        );
    match plain {
        true => text.to_owned(),
        false => format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\"")),
    }
}
