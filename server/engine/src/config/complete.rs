//! What may be typed at a place of a configuration.

use super::Home;
use super::cursor::{Cursor, below, cursor};
use super::keys::{self, KEYS, Key, Value};
use super::selector::names;
use super::tree::{Kind, Tree};
use crate::rule::Severity;
use crate::rules;
use crate::text::Span;

/// Something that may be typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Completion {
    pub label: String,
    pub class: Class,
    /// What it is, in a few words.
    pub detail: String,
    /// What it does, as Markdown.
    pub doc: String,
    /// What it takes the place of.
    pub span: Span,
    pub text: String,
    /// Where in the text the cursor goes; behind it where there is none.
    pub cursor: Option<usize>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Class {
    Table,
    Key,
    /// A rule, or several.
    Rule,
    /// One of the words that a key takes.
    Word,
}

/// What may be typed at `offset`.
pub fn complete(home: Home, text: &str, offset: usize) -> Vec<Completion> {
    if offset > text.len() || !text.is_char_boundary(offset) {
        return Vec::new();
    }
    let tree = Tree::read(text);
    let Some(cursor) = cursor(text, &tree, offset) else {
        return Vec::new();
    };
    match cursor {
        Cursor::Header { span, closed } => headers(home, &tree, span, closed),
        Cursor::Key {
            before,
            span,
            valued,
            inline,
        } => {
            let Some(path) = below(home, &before) else {
                return Vec::new();
            };
            let made = Typed {
                span,
                valued,
                inline,
            };
            let mut found = match path {
                [] => {
                    let mut found = made.keys("");
                    // At the top of a file of its own nothing else is between them and the tables.
                    if home == Home::Own && !inline && !valued {
                        found.extend(made.tables());
                    }
                    found
                }
                [table] => match keys::key(table).map(|key| (key, &key.value)) {
                    Some((key, Value::Table)) => made.keys(key.path),
                    Some((_, Value::Severities(_))) => made.severities(text),
                    _ => Vec::new(),
                },
                _ => Vec::new(),
            };
            let set = set(&tree, offset);
            found.retain(|one| {
                let path = before.iter().map(String::as_str).chain([&*one.label]);
                !set.contains(&path.collect::<Vec<_>>().join("."))
            });
            found
        }
        Cursor::Value {
            path,
            span,
            quoted,
            lacks,
            listed,
            others,
        } => {
            let Some(path) = below(home, &path) else {
                return Vec::new();
            };
            let Some((key, entry)) = find(path) else {
                return Vec::new();
            };
            let mut found = values(key, entry);
            found.retain(|one| !others.contains(&one.label));
            let lists = matches!(key.value, Value::Rules(_) | Value::Choices(..))
                || matches!(key.value, Value::RulesByGlob(_));
            for one in &mut found {
                one.span = span;
                one.text = match key.value {
                    Value::Percent(_) | Value::Number(_) | Value::Flag(_) => one.label.clone(),
                    _ if quoted => format!("{}{lacks}", one.label),
                    _ if lists && !listed => format!("[\"{}\"]", one.label),
                    _ => format!("\"{}\"", one.label),
                };
            }
            found
        }
    }
}

/// The key of a path, and whether the path leads to one of its entries.
pub(super) fn find(path: &[String]) -> Option<(&'static Key, bool)> {
    let key = keys::key(&path.join(".")).map(|key| (key, false));
    key.or_else(|| {
        let (_, table) = path.split_last()?;
        let key = keys::key(&table.join("."))?;
        let open = matches!(key.value, Value::Severities(_) | Value::RulesByGlob(_));
        open.then_some((key, true))
    })
}

/// The paths that have a value already, but for that at `offset`.
fn set(tree: &Tree, offset: usize) -> Vec<String> {
    let others = tree.statements.iter().filter(|one| {
        let Kind::Entry { value, .. } = &one.kind else {
            return false;
        };
        let span = one.span.range();
        value.is_some() && !(span.start <= offset && offset <= span.end)
    });
    others
        .map(|one| {
            let names: Vec<&str> = tree.path(one).iter().map(|key| &*key.name).collect();
            names.join(".")
        })
        .collect()
}

struct Typed {
    span: Span,
    valued: bool,
    inline: bool,
}

impl Typed {
    fn keys(&self, table: &str) -> Vec<Completion> {
        let keys = keys::keys(table).filter(|key| !key.is_table() || self.inline);
        keys.map(|key| {
            let name = key.name();
            let (text, cursor) = match () {
                () if self.valued => (name.to_owned(), None),
                () => {
                    let (open, close) = match key.value {
                        Value::Rules(_)
                        | Value::Globs(_)
                        | Value::Names(_)
                        | Value::Choices(..) => ("[\"", "\"]"),
                        Value::Choice(..) => ("\"", "\""),
                        Value::Percent(_) | Value::Number(_) | Value::Flag(_) => ("", ""),
                        _ => ("{ ", " }"),
                    };
                    let text = format!("{name} = {open}");
                    let at = text.len();
                    (text + close, Some(at))
                }
            };
            Completion {
                text,
                cursor,
                ..of_key(key, self.span)
            }
        })
        .collect()
    }

    /// Headers of tables, on a line of their own.
    fn tables(&self) -> Vec<Completion> {
        let tables = KEYS.iter().filter(|key| key.is_table());
        tables
            .map(|key| Completion {
                label: format!("[{}]", key.path),
                class: Class::Table,
                text: format!("[{}]", key.path),
                ..of_key(key, self.span)
            })
            .collect()
    }

    /// Rules as keys.
    fn severities(&self, text: &str) -> Vec<Completion> {
        let raw = &text[self.span.range()];
        let quoted = raw.starts_with(['"', '\'']);
        // What follows an open quote on its line is taken for the key.
        let end = raw.find('=').map_or(raw.len(), |at| at);
        let span = Span::new(
            self.span.start as usize,
            self.span.start as usize + raw[..end].trim_end().len(),
        );
        let mut found = rules_named();
        found.retain(|one| one.label != "ALL");
        for one in &mut found {
            let needs = one.label.contains('/') || quoted;
            let quote = if needs { "\"" } else { "" };
            one.text = format!("{quote}{}{quote}", one.label);
            one.span = span;
            if !self.valued && !raw.contains('=') {
                one.text += " = \"";
                one.cursor = Some(one.text.len());
                one.text.push('"');
            }
        }
        found
    }
}

fn headers(home: Home, tree: &Tree, span: Span, closed: bool) -> Vec<Completion> {
    let root = home.root().join(".");
    let all = KEYS.iter().filter(|key| key.is_table()).map(|key| {
        let dot = if root.is_empty() { "" } else { "." };
        (format!("{root}{dot}{}", key.path), of_key(key, span))
    });
    let own = (!root.is_empty()).then(|| {
        let doc = "What Harden checks, how severe it is, and what it may fix.".to_owned();
        let own = Completion {
            label: root.clone(),
            class: Class::Table,
            detail: "a table".into(),
            doc,
            span,
            text: String::new(),
            cursor: None,
        };
        (root.clone(), own)
    });
    let taken: Vec<String> = tree
        .statements
        .iter()
        .filter(|one| matches!(one.kind, Kind::Header { .. }))
        .filter(|one| {
            one.keys
                .first()
                .is_none_or(|key| key.span.start != span.start)
        })
        .map(|one| {
            let names: Vec<&str> = one.keys.iter().map(|key| &*key.name).collect();
            names.join(".")
        })
        .collect();
    own.into_iter()
        .chain(all)
        .filter(|(name, _)| !taken.contains(name))
        .map(|(name, one)| Completion {
            text: if closed {
                name.clone()
            } else {
                format!("{name}]")
            },
            label: name,
            class: Class::Table,
            ..one
        })
        .collect()
}

/// The values of a key, or of an entry of it.
fn values(key: &'static Key, entry: bool) -> Vec<Completion> {
    match (&key.value, entry) {
        (Value::Rules(_), false) | (Value::RulesByGlob(_), true) => rules_named(),
        (Value::Severities(_), true) => {
            let severities = Severity::ALL.iter().rev();
            severities
                .map(|severity| plain(severity.name(), Class::Word, "severity", ""))
                .collect()
        }
        (Value::Choice(words, _) | Value::Choices(words, _), false) => words
            .iter()
            .map(|word| plain(word.name, Class::Word, "", word.doc))
            .collect(),
        (Value::Percent(_) | Value::Number(_), false) => {
            vec![plain(key.default, Class::Word, "default", "")]
        }
        (Value::Flag(_), false) => {
            let words = ["true", "false"].into_iter();
            let detail = |word| if word == key.default { "default" } else { "" };
            words
                .map(|word| plain(word, Class::Word, detail(word), ""))
                .collect()
        }
        _ => Vec::new(),
    }
}

/// All that selects rules.
fn rules_named() -> Vec<Completion> {
    let named = names().map(|name| match rules::find(name) {
        Some(rule) => plain(name, Class::Rule, rule.severity.name(), rule.summary()),
        None if name == "ALL" => plain(name, Class::Rule, "all rules", ""),
        None => plain(name, Class::Rule, "all rules of the domain", ""),
    });
    named.collect()
}

fn plain(label: &str, class: Class, detail: &str, doc: &str) -> Completion {
    Completion {
        label: label.into(),
        class,
        detail: detail.into(),
        doc: doc.into(),
        span: Span::default(),
        text: label.into(),
        cursor: None,
    }
}

fn of_key(key: &Key, span: Span) -> Completion {
    Completion {
        class: Class::Key,
        span,
        ..plain(key.name(), Class::Key, key.kind(), key.doc)
    }
}
