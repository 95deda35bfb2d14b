//! Entries of compose files.

use std::sync::Arc;

use super::{Edits, insert_lines, newline};
use crate::chunk::State;
use crate::file::Language;
use crate::model;
use crate::syntax;
use crate::syntax::yaml::{Entry, Id, Part, Value};
use crate::text::{Edit, Span, apply};

/// Mount something into a service: one item more in its `volumes`, which are made where there are none, as the service is.
/// `item` is YAML without the dash: a text, or a mapping whose later lines are indented from the first.
///
/// # Errors
/// The file cannot be read, is written in braces where it would grow, or has another mount at the same place.
pub fn add_volume(text: Option<&str>, service: &str, item: &str) -> Edits {
    let text = text.unwrap_or_default();
    let file = read(text);
    if file.broken {
        return Err("it has a syntax error".into());
    }
    let wanted = read(item);
    let [top] = wanted.documents() else {
        return Err("the mount has a syntax error".into());
    };
    let wanted = (&wanted, *top);
    let place = Place::find(&file, service)?;
    if let Place::Items(volumes) = place
        && let Value::Sequence { items, .. } = &file.node(volumes).value
    {
        let items = || items.iter().filter_map(|item| Some((&file, item.value?)));
        if items().any(|known| same(known, wanted, 8)) {
            return Ok(Vec::new());
        }
        let target = target(wanted);
        if let Some(target) =
            target.filter(|target| items().any(|i| self::target(i).as_ref() == Some(target)))
        {
            return Err(format!("something else is mounted at `{target}` there"));
        }
    }
    let edits = vec![place.edit(&file, service, item)?];
    let made = read(&apply(text, &edits));
    let holds = !made.broken
        && made.entries_of("services").len() >= file.entries_of("services").len()
        && matches!(Place::find(&made, service), Ok(Place::Items(volumes)) if made.has(volumes, wanted));
    if holds {
        Ok(edits)
    } else {
        Err("its layout leaves no place for the mount".into())
    }
}

/// The innermost thing on the way to the volumes that is there.
#[derive(Debug, Clone, Copy)]
enum Place {
    /// A sequence.
    Items(Id),
    /// A key without a value, and how many keys lie above it.
    Key(Entry, usize),
    /// A mapping that lacks the key of its depth.
    Mapping(Id, usize),
    Nothing,
}

impl Place {
    fn find(file: &Part, service: &str) -> Result<Place, String> {
        let path = ["services", service, "volumes"];
        let tops = file.documents();
        let holds = |id: &&Id| entry(file, **id, "services").is_some();
        let Some(top) = tops.iter().find(holds).or(tops.first()) else {
            return Ok(Place::Nothing);
        };
        let mut at = *top;
        for (depth, key) in path.iter().enumerate() {
            let Value::Mapping { entries, flow } = &file.node(at).value else {
                return match file.node(at).value {
                    Value::Empty if depth == 0 => Ok(Place::Nothing),
                    _ => Err(format!("it has no mapping where `{key}` belongs")),
                };
            };
            let Some(found) = entry(file, at, key) else {
                if *flow {
                    return Err(format!("it is written in braces where `{key}` belongs"));
                }
                if depth == 2 && entry(file, at, "<<").is_some() {
                    return Err(format!("`{service}` may have its `{key}` from an anchor"));
                }
                return match entries.is_empty() {
                    true => Ok(Place::Nothing),
                    false => Ok(Place::Mapping(at, depth)),
                };
            };
            match found.value.map(|value| (value, file.node(value))) {
                Some((id, node)) if node.tag.is_some() && file.is_reset(id) => {
                    return Err(format!("it resets `{key}`"));
                }
                None => return Ok(Place::Key(found, depth)),
                Some((_, node)) if is_hollow(&node.value, depth) && node.anchor.is_none() => {
                    return Ok(Place::Key(found, depth));
                }
                Some((id, node)) if depth == 2 => {
                    return match node.value {
                        Value::Sequence { .. } => Ok(Place::Items(id)),
                        _ => Err(format!("its `{key}` are no list")),
                    };
                }
                Some((id, _)) => at = id,
            }
        }
        Ok(Place::Nothing)
    }

    fn edit(self, file: &Part, service: &str, item: &str) -> Result<Edit, String> {
        let text = file.text();
        let style = Style::of(file);
        // From here down to the item: the lines that are missing, at the column of the first.
        let lines = |depth: usize, column: usize| {
            let keys = ["services", service, "volumes"];
            let mut lines = Vec::new();
            let mut column = column;
            for key in &keys[depth..] {
                lines.push(format!("{:column$}{key}:", ""));
                column += if *key == "volumes" {
                    style.dash
                } else {
                    style.step
                };
            }
            lines.extend(dashed(item, column));
            lines
        };
        match self {
            Place::Nothing => Ok(insert_lines(text, text.len(), &lines(0, 0))),
            Place::Mapping(id, depth) => {
                let node = file.node(id).span;
                let column =
                    file.column(file.entries(id).first().map_or(0, |first| first.span.start));
                Ok(insert_lines(text, node.end as usize, &lines(depth, column)))
            }
            Place::Key(entry, depth) => {
                let key = file.node(entry.key).span;
                let column = file.column(entry.span.start);
                let below = match depth {
                    2 => dashed(item, column + style.dash),
                    _ => lines(depth + 1, column + style.step),
                };
                // `{}` and `[]` give way, and the blanks before them.
                let hollow = entry.value.map(|value| file.node(value).span);
                let Some(hollow) = hollow.filter(|span| !span.is_empty()) else {
                    return Ok(insert_lines(text, key.end as usize, &below));
                };
                let colon = text[..hollow.start as usize].trim_end().len();
                let newline = newline(text);
                Ok(Edit {
                    span: Span::new(colon, hollow.end as usize),
                    text: format!("{newline}{}", below.join(newline)),
                })
            }
            Place::Items(id) => {
                let Value::Sequence { items, flow } = &file.node(id).value else {
                    return Err("its volumes are no list".into());
                };
                let Some(last) = items.last() else {
                    return Err("its volumes are no list".into());
                };
                if !flow {
                    let column = file.column(last.span.start);
                    let below = dashed(item, column);
                    return Ok(insert_lines(text, last.span.end as usize, &below));
                }
                if item.contains('\n') {
                    return Err("its volumes are written in brackets".into());
                }
                let plain = !item.starts_with(['"', '\'', '{'])
                    && item.contains([',', '[', ']', '{', '}', ' ']);
                let quote = if plain { "\"" } else { "" };
                let edit = format!(", {quote}{item}{quote}");
                Ok(crate::fix::insert(last.span.end as usize, edit))
            }
        }
    }
}

/// How many columns a file moves in: below a key, and from a key to the dash of its list.
#[derive(Debug, Clone, Copy)]
pub(super) struct Style {
    pub(super) step: usize,
    pub(super) dash: usize,
}

impl Style {
    pub(super) fn of(file: &Part) -> Style {
        let mut style = Style {
            step: 0,
            dash: usize::MAX,
        };
        let mut open: Vec<Id> = file.documents().to_vec();
        while let Some(id) = open.pop() {
            for entry in file.entries(id) {
                let Some(value) = entry.value else { continue };
                let below = |at: u32| file.column(at).checked_sub(file.column(entry.span.start));
                match &file.node(value).value {
                    Value::Mapping {
                        entries,
                        flow: false,
                    } if style.step == 0 => {
                        let first = entries.first().and_then(|first| below(first.span.start));
                        style.step = first.unwrap_or_default();
                    }
                    Value::Sequence { items, flow: false } if style.dash == usize::MAX => {
                        let first = items.first().and_then(|first| below(first.span.start));
                        style.dash = first.unwrap_or(usize::MAX);
                    }
                    _ => {}
                }
                open.push(value);
            }
        }
        if style.step == 0 {
            style.step = 2;
        }
        if style.dash == usize::MAX {
            style.dash = style.step;
        }
        style
    }
}

/// An item with its dash at a column.
fn dashed(item: &str, column: usize) -> Vec<String> {
    let lines = item.trim_end().lines().enumerate();
    lines
        .map(|(at, line)| match at {
            0 => format!("{:column$}- {line}", ""),
            _ => format!("{:column$}  {line}", ""),
        })
        .collect()
}

/// Nothing, or brackets with nothing in them.
fn is_hollow(value: &Value, depth: usize) -> bool {
    match value {
        Value::Empty => true,
        Value::Mapping { entries, .. } => entries.is_empty(),
        Value::Sequence { items, .. } => depth == 2 && items.is_empty(),
        _ => false,
    }
}

pub(super) fn read(text: &str) -> Part {
    let state = State::start(Language::Yaml);
    match syntax::read(state, &Arc::from(text), &mut None) {
        model::Part::Yaml(part) => part,
        _ => Part::default(),
    }
}

pub(super) fn entry(file: &Part, id: Id, key: &str) -> Option<Entry> {
    let named = |entry: &&Entry| file.scalar(entry.key).as_deref() == Some(key);
    file.entries(id).iter().find(named).copied()
}

impl Part {
    /// The keys below a key of the top mapping.
    fn entries_of(&self, key: &str) -> &[Entry] {
        let tops = self.documents().iter();
        let value = tops.filter_map(|top| entry(self, *top, key)?.value).next();
        value.map_or(&[], |value| self.entries(value))
    }

    fn has(&self, volumes: Id, wanted: (&Part, Id)) -> bool {
        let Value::Sequence { items, .. } = &self.node(volumes).value else {
            return false;
        };
        let mut values = items.iter().filter_map(|item| item.value);
        values.any(|value| same((self, value), wanted, 8))
    }
}

/// Whether two nodes say the same, however they are written.
fn same((a, a_id): (&Part, Id), (b, b_id): (&Part, Id), depth: usize) -> bool {
    match (&a.node(a_id).value, &b.node(b_id).value) {
        (Value::Scalar { .. }, Value::Scalar { .. }) => a.scalar(a_id) == b.scalar(b_id),
        (
            Value::Mapping { entries, .. },
            Value::Mapping {
                entries: others, ..
            },
        ) => {
            let equal = |one: &Entry| {
                let key = a.scalar(one.key);
                let other = others.iter().find(|other| b.scalar(other.key) == key);
                match (one.value, other.and_then(|other| other.value)) {
                    (Some(one), Some(other)) => depth > 0 && same((a, one), (b, other), depth - 1),
                    (None, None) => other.is_some(),
                    _ => false,
                }
            };
            entries.len() == others.len() && entries.iter().all(equal)
        }
        (Value::Empty, Value::Empty) => true,
        _ => false,
    }
}

/// Where something is mounted: the `target` of a mapping, the second path of a text.
fn target((part, id): (&Part, Id)) -> Option<String> {
    if let Some(text) = part.scalar(id) {
        let mut paths = text.split(':');
        let first = paths.next().filter(|_| !text.contains(':'));
        let path = first.or_else(|| paths.find(|path| path.starts_with('/')))?;
        return Some(path.trim_end_matches('/').to_owned());
    }
    let target = entry(part, id, "target")?.value?;
    Some(part.scalar(target)?.trim_end_matches('/').to_owned())
}
