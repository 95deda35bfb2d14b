//! TOML → [`Config`], with a problem for each thing that is not understood.

use toml_edit::{Document, Item, TableLike, Value};

use super::selector::nearest;
use super::{Config, Globs, Problem, Selector};
use crate::rule::Severity;
use crate::text::Span;

/// Where a configuration stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Home {
    /// `harden.toml`: the whole file.
    Own,
    /// `pyproject.toml`: the table `tool.harden`.
    Pyproject,
}

/// The keys of a configuration, those of its tables with a dot.
pub const KEYS: &[&str] = &[
    "select",
    "ignore",
    "severity",
    "exclude",
    "per-file",
    "fix",
    "fix.safe",
    "compose",
    "compose.production",
    "compose.development",
    "compose.edge",
];

/// Read a configuration. `None` for a `pyproject.toml` that has none. A file that is no TOML gives a problem and, in its
/// own home, the default configuration.
pub fn read(home: Home, text: &str) -> Option<(Config, Vec<Problem>)> {
    let document = match Document::parse(text) {
        Ok(document) => document,
        // Others say that a pyproject.toml is broken.
        Err(_) if home == Home::Pyproject => return None,
        Err(error) => {
            let span = error.span().unwrap_or(0..0);
            let problem = Problem {
                span: Span::new(span.start.min(text.len()), span.end.min(text.len())),
                message: format!(
                    "This is no TOML, so that nothing in it holds: {}",
                    error.message()
                ),
            };
            return Some((Config::default(), vec![problem]));
        }
    };
    let mut table: &dyn TableLike = document.as_table();
    if home == Home::Pyproject {
        table = table.get("tool")?.as_table_like()?;
        table = table.get("harden")?.as_table_like()?;
    }
    let mut reading = Reading::default();
    reading.root(table);
    Some((reading.config, reading.problems))
}

#[derive(Default)]
struct Reading {
    config: Config,
    problems: Vec<Problem>,
}

impl Reading {
    fn root(&mut self, table: &dyn TableLike) {
        for (key, item) in table.iter() {
            match key {
                "select" => self.config.select = self.selectors(item),
                "ignore" => self.config.ignore = self.selectors(item),
                "exclude" => self.config.exclude = self.globs(item),
                "severity" => self.severities(item),
                "per-file" => self.per_file(item),
                "fix" => self.section(item, "fix", |reading, key, item| match key {
                    "safe" => {
                        reading.config.safe = reading.selectors(item);
                        true
                    }
                    _ => false,
                }),
                "compose" => self.section(item, "compose", |reading, key, item| {
                    match key {
                        "production" => reading.config.production = reading.globs(item),
                        "development" => reading.config.development = reading.globs(item),
                        "edge" => {
                            reading.config.edge = reading
                                .strings(item)
                                .into_iter()
                                .map(|(name, _)| name)
                                .collect();
                        }
                        _ => return false,
                    }
                    true
                }),
                _ => self.unknown(table, "", key),
            }
        }
    }

    fn section(
        &mut self,
        item: &Item,
        name: &str,
        mut known: impl FnMut(&mut Reading, &str, &Item) -> bool,
    ) {
        let Some(table) = self.table(item) else {
            return;
        };
        for (key, item) in table.iter() {
            if !known(self, key, item) {
                self.unknown(table, name, key);
            }
        }
    }

    fn severities(&mut self, item: &Item) {
        let Some(table) = self.table(item) else {
            return;
        };
        for (key, item) in table.iter() {
            let selector = Selector::parse(key);
            let selector = selector.map_err(|message| self.say(key_span(table, key), message));
            let names = Severity::ALL.map(Severity::name).join(", ");
            let severity = item.as_str().and_then(Severity::parse);
            if severity.is_none() {
                self.say(span(item), format!("A severity is one of {names}"));
            }
            if let (Ok(selector), Some(severity)) = (selector, severity) {
                self.config.severity.push((selector, severity));
            }
        }
    }

    fn per_file(&mut self, item: &Item) {
        let Some(table) = self.table(item) else {
            return;
        };
        for (pattern, item) in table.iter() {
            let ignored = self.selectors(item);
            match Globs::new([pattern]) {
                Ok(globs) => self.config.per_file.push((globs, ignored)),
                Err((_, reason)) => {
                    self.say(
                        key_span(table, pattern),
                        format!("This is no glob: {reason}"),
                    );
                }
            }
        }
    }

    fn selectors(&mut self, item: &Item) -> Vec<Selector> {
        let mut selectors = Vec::new();
        for (name, span) in self.strings(item) {
            match Selector::parse(&name) {
                Ok(selector) => selectors.push(selector),
                Err(message) => self.say(span, message),
            }
        }
        selectors
    }

    fn globs(&mut self, item: &Item) -> Globs {
        let mut good = self.strings(item);
        loop {
            match Globs::new(good.iter().map(|(pattern, _)| pattern.as_str())) {
                Ok(globs) => return globs,
                Err((at, reason)) => {
                    if at >= good.len() {
                        return Globs::default();
                    }
                    let (_, span) = good.remove(at);
                    self.say(span, format!("This is no glob: {reason}"));
                }
            }
        }
    }

    /// A list of strings, or one string.
    fn strings(&mut self, item: &Item) -> Vec<(String, Span)> {
        let mut strings = Vec::new();
        match item.as_value() {
            Some(Value::Array(array)) => {
                for value in array {
                    match value.as_str() {
                        Some(text) => strings.push((text.to_owned(), of(value.span()))),
                        None => self.say(of(value.span()), "This must be a string"),
                    }
                }
            }
            Some(Value::String(text)) => strings.push((text.value().clone(), span(item))),
            _ => self.say(span(item), "This must be a list of strings"),
        }
        strings
    }

    fn table<'a>(&mut self, item: &'a Item) -> Option<&'a dyn TableLike> {
        let table = item.as_table_like();
        if table.is_none() {
            self.say(span(item), "This must be a table");
        }
        table
    }

    fn unknown(&mut self, table: &dyn TableLike, section: &str, key: &str) {
        let within = |known: &&'static str| match known.split_once('.') {
            Some((of, key)) => (of == section).then_some(key),
            None => section.is_empty().then_some(*known),
        };
        let known = KEYS.iter().filter_map(within);
        let message = match nearest(key, known.clone()) {
            Some(name) => format!("There is no setting `{key}`: did you mean `{name}`?"),
            None => {
                let known: Vec<&str> = known.collect();
                format!(
                    "There is no setting `{key}` here, only {}",
                    known.join(", ")
                )
            }
        };
        self.say(key_span(table, key), message);
    }

    fn say(&mut self, span: Span, message: impl Into<String>) {
        self.problems.push(Problem {
            span,
            message: message.into(),
        });
    }
}

fn key_span(table: &dyn TableLike, key: &str) -> Span {
    of(table.key(key).and_then(toml_edit::Key::span))
}

fn span(item: &Item) -> Span {
    of(item.span())
}

fn of(range: Option<std::ops::Range<usize>>) -> Span {
    range.map_or(Span::default(), |range| Span::new(range.start, range.end))
}
