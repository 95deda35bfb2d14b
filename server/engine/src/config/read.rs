//! TOML → [`Config`], with a problem for each thing that is not understood.

use super::keys::{self, KEYS, Key as Known, Value as Shape};
use super::selector::nearest;
use super::tree::{Data, Key, Kind, Tree, Value};
use super::{Config, Problem};
use crate::text::Span;

/// Where a configuration stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Home {
    /// `harden.toml`: the whole file.
    Own,
    /// `pyproject.toml`: the table `tool.harden`.
    Pyproject,
}

/// What was read of a configuration.
#[derive(Debug, Clone, Default)]
pub struct Reading {
    pub config: Config,
    pub problems: Vec<Problem>,
    /// The text is no TOML, so that more may have been said than could be read.
    pub broken: bool,
    /// The keys that are set, with their values as written, in the order of the text.
    pub set: Vec<(&'static str, String)>,
}

impl Home {
    /// By the name of the file.
    pub fn of(path: &std::path::Path) -> Option<Home> {
        match path.file_name()?.to_str()? {
            "harden.toml" => Some(Home::Own),
            "pyproject.toml" => Some(Home::Pyproject),
            _ => None,
        }
    }

    /// The table of the file that is the root of the configuration.
    pub(super) fn root(self) -> &'static [&'static str] {
        match self {
            Home::Own => &[],
            Home::Pyproject => &["tool", "harden"],
        }
    }
}

/// Read a configuration. `None` for a `pyproject.toml` that has none. What can be understood holds, whatever stands beside it.
pub fn read(home: Home, text: &str) -> Option<Reading> {
    let tree = Tree::read(text);
    let root = home.root();
    let mut reader = Reader {
        text,
        reading: Reading::default(),
    };
    let mut mentioned = root.is_empty();
    for statement in &tree.statements {
        let path = tree.path(statement);
        let value = match &statement.kind {
            Kind::Header { array, .. } => Item::Header { array: *array },
            Kind::Entry {
                value: Some(value), ..
            } => Item::Value(value),
            Kind::Entry { value: None, .. } => continue,
        };
        mentioned |= reader.below(root, &path, value);
    }
    // What is broken may have swallowed the table that its text still names.
    let swallowed = tree.error.is_some() && text.contains("tool.harden");
    if !mentioned && !swallowed {
        return None;
    }
    let mut reading = reader.reading;
    reading.broken = tree.error.is_some();
    // Others say that a pyproject.toml is broken.
    reading
        .problems
        .extend(tree.error.filter(|_| home == Home::Own));
    reading.problems.sort_by_key(|problem| problem.span);
    reading.problems.dedup();
    Some(reading)
}

/// What stands behind a path.
#[derive(Debug, Clone, Copy)]
enum Item<'t> {
    Header { array: bool },
    Value(&'t Value),
}

/// Reads a configuration; how values are read is said in [`super::values`].
pub(super) struct Reader<'a> {
    pub(super) text: &'a str,
    pub(super) reading: Reading,
}

impl Reader<'_> {
    /// Take what lies below `root`; false for what does not.
    fn below(&mut self, root: &[&str], path: &[&Key], item: Item) -> bool {
        match (root, path) {
            ([], _) => {
                self.take(path, item);
                true
            }
            ([first, root @ ..], [key, path @ ..]) => {
                key.name == *first && self.below(root, path, item)
            }
            ([..], []) => match item {
                Item::Value(Value {
                    data: Data::Table { entries, .. },
                    ..
                }) => {
                    let mut mentioned = false;
                    for (keys, value) in entries {
                        let keys: Vec<&Key> = keys.iter().collect();
                        let Some(value) = value else { continue };
                        mentioned |= self.below(root, &keys, Item::Value(value));
                    }
                    mentioned
                }
                _ => false,
            },
        }
    }

    /// Take what stands behind a path of the configuration.
    fn take(&mut self, path: &[&Key], item: Item) {
        let (known, rest) = match path {
            [] => (None, path),
            [first, rest @ ..] => match keys::key(&first.name) {
                Some(known) => (Some(known), rest),
                None => return self.unknown("", first),
            },
        };
        match (known, rest) {
            (
                Some(Known {
                    path: table,
                    value: Shape::Table,
                    ..
                }),
                [name, rest @ ..],
            ) => {
                match keys::key(&format!("{table}.{}", name.name)) {
                    Some(known) => self.set(known, name, rest, item),
                    None => self.unknown(table, name),
                };
            }
            (
                None
                | Some(Known {
                    value: Shape::Table,
                    ..
                }),
                _,
            ) => self.each(path, item),
            (Some(known), rest) => self.set(known, path[0], rest, item),
        }
    }

    /// Take the entries of a table that is written in braces.
    fn each(&mut self, path: &[&Key], item: Item) {
        match item {
            Item::Header { array: false } => {}
            Item::Value(Value {
                data: Data::Table { entries, .. },
                ..
            }) => {
                for (keys, value) in entries {
                    let Some(value) = value else { continue };
                    let path: Vec<&Key> = path.iter().copied().chain(keys).collect();
                    self.take(&path, Item::Value(value));
                }
            }
            Item::Value(Value { span, .. }) => {
                let name = path.last().map_or("harden", |key| &key.name);
                self.say(*span, format!("`{name}` must be a table"));
            }
            Item::Header { array: true } => {
                if let Some(key) = path.last() {
                    let message = format!("`{0}` is one table: write `[{0}]`", key.name);
                    self.say(key.span, message);
                }
            }
        }
    }

    fn set(&mut self, known: &'static Known, key: &Key, rest: &[&Key], item: Item) {
        if let Shape::Severities(_) | Shape::RulesByGlob(_) = known.value {
            return match (rest, item) {
                ([], Item::Header { array: false }) => {}
                (
                    [],
                    Item::Value(Value {
                        data: Data::Table { entries, .. },
                        ..
                    }),
                ) => {
                    for (keys, value) in entries {
                        let Some(value) = value else { continue };
                        let keys: Vec<&Key> = keys.iter().collect();
                        self.set(known, key, &keys, Item::Value(value));
                    }
                }
                ([], Item::Value(value)) => self.wrong(known, value.span),
                ([name], Item::Value(value)) => self.entry(known, name, value),
                ([first, .., last], Item::Value(_)) => {
                    let span = Span::new(first.span.start as usize, last.span.end as usize);
                    let written = &self.text[span.range()];
                    self.say(span, format!("Dots divide keys: write `\"{written}\"`"));
                }
                (_, Item::Header { .. }) => self.wrong(known, key.span),
            };
        }
        let Item::Value(value) = item else {
            return self.wrong(known, key.span);
        };
        if let [first, ..] = rest {
            return self.wrong(known, first.span);
        }
        if let Data::Other | Data::Number(_) | Data::Table { .. } = value.data
            && !matches!(
                (&known.value, &value.data),
                (Shape::Percent(_) | Shape::Number(_), Data::Number(_))
                    | (Shape::Flag(_), Data::Other)
            )
        {
            return self.wrong(known, value.span);
        }
        let written = self.text[value.span.range()].to_owned();
        self.reading.set.push((known.path, written));
        match &known.value {
            Shape::Rules(field) => *field(&mut self.reading.config) = self.selectors(known, value),
            Shape::Globs(field) => *field(&mut self.reading.config) = self.globs(known, value),
            Shape::Names(field) => {
                let names = self.strings(known, value).into_iter();
                *field(&mut self.reading.config) = names.map(|(name, _)| name).collect();
            }
            Shape::Percent(field) => match value.data {
                Data::Number(number @ 1..=100) => *field(&mut self.reading.config) = number as u32,
                _ => self.wrong(known, value.span),
            },
            Shape::Number(field) => match value.data {
                Data::Number(number @ 1..=0xffff_ffff) => {
                    *field(&mut self.reading.config) = number as u32;
                }
                _ => self.wrong(known, value.span),
            },
            Shape::Flag(field) => match &self.text[value.span.range()] {
                word @ ("true" | "false") => *field(&mut self.reading.config) = word == "true",
                _ => self.wrong(known, value.span),
            },
            Shape::Choice(_, field) => match &value.data {
                Data::Text { text, .. } => {
                    if let Some(at) = self.word(known, text, value.span) {
                        field(&mut self.reading.config, at);
                    }
                }
                _ => self.wrong(known, value.span),
            },
            Shape::Choices(_, field) => {
                let chosen = self.strings(known, value).into_iter();
                let chosen: Vec<usize> = chosen
                    .filter_map(|(text, span)| self.word(known, &text, span))
                    .collect();
                field(&mut self.reading.config, chosen);
            }
            Shape::Table | Shape::Severities(_) | Shape::RulesByGlob(_) => {}
        }
    }

    fn wrong(&mut self, known: &Known, span: Span) {
        let (name, kind) = (known.name(), known.kind());
        let message = format!("`{name}` must be {kind}{}", words(known));
        self.say(span, message);
    }

    fn unknown(&mut self, table: &str, key: &Key) {
        if key.name.is_empty() {
            return;
        }
        let place = if table.is_empty() { "" } else { " here" };
        let names: Vec<&str> = keys::keys(table).map(Known::name).collect();
        let elsewhere = KEYS.iter().find(|known| known.name() == key.name);
        match (nearest(&key.name, names.iter().copied()), elsewhere) {
            (_, Some(known)) => {
                let message = format!("`{}` belongs to `[{}]`", key.name, known.table());
                let message = match known.table() {
                    "" => format!(
                        "`{}` belongs to the top of the file, above the tables",
                        key.name
                    ),
                    _ => message,
                };
                self.say(key.span, message);
            }
            (Some(name), None) => self.instead(
                key.span,
                format!(
                    "There is no setting `{}`{place}: did you mean `{name}`?",
                    key.name
                ),
                name.into(),
            ),
            (None, None) => {
                let names = names.join(", ");
                let message = format!("There is no setting `{}`{place}, only {names}", key.name);
                self.say(key.span, message);
            }
        }
    }

    pub(super) fn say(&mut self, span: Span, message: impl Into<String>) {
        self.reading.problems.push(Problem {
            span,
            message: message.into(),
            instead: None,
        });
    }

    pub(super) fn instead(&mut self, span: Span, message: String, text: String) {
        self.reading.problems.push(Problem {
            span,
            message,
            instead: Some(text),
        });
    }
}

/// `: workspace, open-files`, for keys that take words.
fn words(known: &Known) -> String {
    let names: Vec<&str> = known.words().iter().map(|word| word.name).collect();
    match &names[..] {
        [] => String::new(),
        names => format!(" {}", names.join(", ")),
    }
}
