//! Where in a configuration a cursor stands, half-typed text included.

use super::Home;
use super::tree::{Data, Key, Kind, Statement, Tree, Value};
use crate::text::Span;

/// What is being typed.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Cursor {
    /// The name of a table in brackets.
    Header {
        /// Of the whole name.
        span: Span,
        /// Its bracket is there.
        closed: bool,
    },
    /// A key.
    Key {
        /// The keys before it, from the root of the file.
        before: Vec<String>,
        /// Of the key.
        span: Span,
        /// It has an `=`.
        valued: bool,
        /// It stands in braces.
        inline: bool,
    },
    /// A value.
    Value {
        /// Its keys, from the root of the file.
        path: Vec<String>,
        /// Of what is typed of it, without quotes.
        span: Span,
        /// It stands in quotes.
        quoted: bool,
        /// The quote that it lacks.
        lacks: &'static str,
        /// It stands in brackets.
        listed: bool,
        /// What stands beside it in the brackets.
        others: Vec<String>,
    },
}

/// What a name is, over which a cursor stands.
#[derive(Debug)]
pub(super) enum Over {
    /// A key, with those before it from the root of the file.
    Key(Vec<String>, Span),
    /// A string behind this path.
    Text(Vec<String>, String, Span),
}

/// What is typed at `offset`; `None` in comments and where nothing can be typed.
pub(super) fn cursor(text: &str, tree: &Tree, offset: usize) -> Option<Cursor> {
    let at = offset as u32;
    let in_comment = |comment: &Span| comment.start < at && at <= comment.end;
    if tree.comments.iter().any(in_comment) {
        return None;
    }
    let statement = tree.statements.iter().find(|one| holds(one.span, at));
    let Some(statement) = statement else {
        return Some(Cursor::Key {
            before: header(tree, at),
            span: Span::new(offset, offset),
            valued: false,
            inline: false,
        });
    };
    match &statement.kind {
        Kind::Header { close, .. } => {
            let start = statement.keys.first()?.span.start;
            let end = statement.keys.last()?.span.end;
            let inside = start <= at && at <= close.unwrap_or(end.max(at));
            inside.then(|| Cursor::Header {
                span: Span::new(start as usize, end as usize),
                closed: close.is_some(),
            })
        }
        Kind::Entry { equals, value, .. } => {
            let mut path = names(&above(tree, statement));
            if equals.is_none_or(|equals| at <= equals) {
                return key(&statement.keys, path, at, equals.is_some(), false);
            }
            path.extend(statement.keys.iter().map(|key| key.name.clone()));
            within(text, value.as_ref(), path, at)
        }
    }
}

/// What stands at `offset`.
pub(super) fn over(tree: &Tree, offset: usize) -> Option<Over> {
    let at = offset as u32;
    let statement = tree.statements.iter().find(|one| holds(one.span, at))?;
    let path = names(&above(tree, statement));
    let value = match &statement.kind {
        Kind::Entry { value, .. } => value.as_ref(),
        Kind::Header { .. } => None,
    };
    over_entry(&statement.keys, value, path, at)
}

fn over_entry(keys: &[Key], value: Option<&Value>, path: Vec<String>, at: u32) -> Option<Over> {
    let mut path = path;
    for key in keys {
        path.push(key.name.clone());
        if holds(key.span, at) {
            return Some(Over::Key(path, key.span));
        }
    }
    let value = value.filter(|value| holds(value.span, at))?;
    over_value(value, path, at)
}

fn over_value(value: &Value, path: Vec<String>, at: u32) -> Option<Over> {
    match &value.data {
        Data::Text { text, .. } => Some(Over::Text(path, text.clone(), value.span)),
        Data::Array { items, .. } => {
            let item = items.iter().find(|item| holds(item.span, at))?;
            over_value(item, path, at)
        }
        Data::Table { entries, .. } => entries
            .iter()
            .find_map(|(keys, value)| over_entry(keys, value.as_ref(), path.clone(), at)),
        Data::Number(_) | Data::Other => None,
    }
}

fn key(keys: &[Key], before: Vec<String>, at: u32, valued: bool, inline: bool) -> Option<Cursor> {
    let mut before = before;
    for key in keys {
        if holds(key.span, at) {
            return Some(Cursor::Key {
                before,
                span: key.span,
                valued,
                inline,
            });
        }
        before.push(key.name.clone());
    }
    None
}

fn within(text: &str, value: Option<&Value>, path: Vec<String>, at: u32) -> Option<Cursor> {
    let bare = |span: Span, listed, others| {
        Some(Cursor::Value {
            path: path.clone(),
            span,
            quoted: false,
            lacks: "",
            listed,
            others,
        })
    };
    let here = Span::new(at as usize, at as usize);
    let Some(value) = value else {
        return bare(here, false, Vec::new());
    };
    if at < value.span.start {
        return None;
    }
    match &value.data {
        Data::Array { items, closed } => {
            if value.span.start == at || *closed && at >= value.span.end {
                return None;
            }
            let touches = |item: &&Value| holds(item.span, at);
            let others = items.iter().filter(|item| !touches(item));
            let others = others
                .filter_map(|item| match &item.data {
                    Data::Text { text, .. } => Some(text.clone()),
                    _ => None,
                })
                .collect();
            match items.iter().find(touches) {
                Some(item) => match &item.data {
                    Data::Text { .. } => typed(text, item, at).map(|(span, lacks)| Cursor::Value {
                        path,
                        span,
                        quoted: true,
                        lacks,
                        listed: true,
                        others,
                    }),
                    Data::Other => bare(item.span, true, others),
                    _ => None,
                },
                None => bare(here, true, others),
            }
        }
        Data::Table { entries, closed } => {
            if value.span.start == at || *closed && at >= value.span.end {
                return None;
            }
            for (keys, value) in entries {
                if let Some(found) = key(keys, path.clone(), at, value.is_some(), true) {
                    return Some(found);
                }
                let within_value = value.as_ref().is_some_and(|value| holds(value.span, at));
                if within_value {
                    let keys = keys.iter().map(|key| key.name.clone());
                    let path = path.iter().cloned().chain(keys).collect();
                    return within(text, value.as_ref(), path, at);
                }
            }
            // Behind an `=` a value comes, else a key.
            let before = text[value.span.start as usize..at as usize].trim_end();
            if before.ends_with('=') {
                let (keys, _) = entries
                    .iter()
                    .rfind(|(keys, _)| keys.last().is_some_and(|key| key.span.end <= at))?;
                let keys = keys.iter().map(|key| key.name.clone());
                let path = path.iter().cloned().chain(keys).collect();
                return within(text, None, path, at);
            }
            before.ends_with(['{', ',']).then_some(Cursor::Key {
                before: path,
                span: here,
                valued: false,
                inline: true,
            })
        }
        Data::Text { .. } => typed(text, value, at).map(|(span, lacks)| Cursor::Value {
            path: path.clone(),
            span,
            quoted: true,
            lacks,
            listed: false,
            others: Vec::new(),
        }),
        Data::Other | Data::Number(_) if holds(value.span, at) => {
            bare(value.span, false, Vec::new())
        }
        Data::Other | Data::Number(_) => None,
    }
}

/// The word around the cursor in a string, and the quote that it lacks; `None` outside of its quotes. Behind a quote that was
/// never closed much may stand that does not belong to the word.
fn typed(text: &str, value: &Value, at: u32) -> Option<(Span, &'static str)> {
    let Data::Text { closed, .. } = value.data else {
        return None;
    };
    let (start, end) = (value.span.start as usize, value.span.end as usize);
    let at = at as usize;
    let raw = &text[start..end];
    let quotes = if raw.starts_with("\"\"\"") || raw.starts_with("'''") {
        3
    } else {
        1
    };
    let inner = start + quotes..if closed { end - quotes } else { end };
    if at < inner.start || at > inner.end {
        return None;
    }
    let is_word =
        |c: char| !c.is_whitespace() && !matches!(c, '"' | '\'' | ',' | '[' | ']' | '{' | '}');
    let before = text[inner.start..at].chars().rev();
    let before: usize = before.take_while(|c| is_word(*c)).map(char::len_utf8).sum();
    let after = text[at..inner.end].chars();
    let after: usize = after.take_while(|c| is_word(*c)).map(char::len_utf8).sum();
    let lacks = match () {
        () if closed || quotes == 3 => "",
        () if raw.starts_with('"') => "\"",
        () => "'",
    };
    Some((Span::new(at - before, at + after), lacks))
}

/// The header that a place stands under.
fn header(tree: &Tree, at: u32) -> Vec<String> {
    let mut before = tree.statements.iter().filter(|one| one.span.end <= at);
    let header = before.rfind(|one| matches!(one.kind, Kind::Header { .. }));
    header.map_or_else(Vec::new, |header| {
        header.keys.iter().map(|key| key.name.clone()).collect()
    })
}

/// The keys of the header above a statement.
fn above<'t>(tree: &'t Tree, statement: &'t Statement) -> Vec<&'t Key> {
    let own = statement.keys.len();
    let mut path = tree.path(statement);
    path.truncate(path.len() - own);
    path
}

fn names(keys: &[&Key]) -> Vec<String> {
    keys.iter().map(|key| key.name.clone()).collect()
}

fn holds(span: Span, at: u32) -> bool {
    span.start <= at && at <= span.end
}

/// A path below the root of the configuration; `None` for one that does not lead there.
pub(super) fn below(home: Home, path: &[String]) -> Option<&[String]> {
    let root = home.root();
    let starts = path.len() >= root.len() && path.iter().zip(root).all(|(a, b)| a == b);
    starts.then(|| &path[root.len()..])
}
