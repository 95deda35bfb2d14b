//! TOML as far as it can be read: every key with its value, whatever is wrong around them. Where a text is whole this says
//! what `toml_edit` says, which alone decides whether it is.

use std::ops::Range;

use toml_edit::Document;
use toml_parser::Source;
use toml_parser::lexer::{Token, TokenKind};

use super::Problem;
use crate::text::Span;

/// The statements of a text, in its order.
#[derive(Debug, Default)]
pub(super) struct Tree {
    pub(super) statements: Vec<Statement>,
    pub(super) comments: Vec<Span>,
    /// Why the text is no TOML.
    pub(super) error: Option<Problem>,
}

#[derive(Debug)]
pub(super) struct Statement {
    pub(super) keys: Vec<Key>,
    /// To the end of the last line, without its break.
    pub(super) span: Span,
    pub(super) kind: Kind,
}

#[derive(Debug)]
pub(super) enum Kind {
    /// `[a.b]`, or `[[a.b]]`.
    Header { array: bool, close: Option<u32> },
    Entry {
        /// The number of the header above it.
        header: Option<usize>,
        equals: Option<u32>,
        value: Option<Value>,
    },
}

/// A part of a dotted key; without a name where none has been typed yet.
#[derive(Debug, Clone)]
pub(super) struct Key {
    pub(super) name: String,
    /// With its quotes.
    pub(super) span: Span,
}

#[derive(Debug)]
pub(super) struct Value {
    pub(super) span: Span,
    pub(super) data: Data,
}

#[derive(Debug)]
pub(super) enum Data {
    /// `closed`: its second quote is there.
    Text {
        text: String,
        closed: bool,
    },
    Number(i64),
    Array {
        items: Vec<Value>,
        closed: bool,
    },
    Table {
        entries: Vec<(Vec<Key>, Option<Value>)>,
        closed: bool,
    },
    /// A boolean, a float, a date, or what is none of them.
    Other,
}

impl Tree {
    pub(super) fn read(text: &str) -> Tree {
        let error = Document::parse(text).err().map(|error| {
            let span = error.span().unwrap_or(0..0);
            let end = span.end.min(text.len());
            let reason = error.message().trim().replace('\n', ", ");
            Problem {
                span: Span::new(span.start.min(end), end),
                message: format!("This is no valid TOML: {reason}"),
                instead: None,
            }
        });
        let base = if text.starts_with('\u{feff}') { 3 } else { 0 };
        let mut reader = Reader {
            text,
            base,
            tokens: Source::new(&text[base..]).lex().collect(),
            at: 0,
            broken: error.is_some(),
            tree: Tree::default(),
        };
        reader.statements();
        Tree {
            error,
            ..reader.tree
        }
    }

    /// The keys of a statement from the root.
    pub(super) fn path<'t>(&'t self, statement: &'t Statement) -> Vec<&'t Key> {
        let header = match statement.kind {
            Kind::Entry { header, .. } => header.map(|at| &self.statements[at]),
            Kind::Header { .. } => None,
        };
        let above = header.into_iter().flat_map(|header| &header.keys);
        above.chain(&statement.keys).collect()
    }
}

struct Reader<'a> {
    text: &'a str,
    /// Of the lexed text in the whole one.
    base: usize,
    tokens: Vec<Token>,
    at: usize,
    /// The text is no TOML, so that a line may end what is open.
    broken: bool,
    tree: Tree,
}

impl Reader<'_> {
    fn statements(&mut self) {
        let mut header = None;
        loop {
            self.skip(true);
            let start = self.start();
            match self.kind() {
                TokenKind::Eof => return,
                TokenKind::LeftSquareBracket => {
                    self.at += 1;
                    let array = self.kind() == TokenKind::LeftSquareBracket;
                    self.at += usize::from(array);
                    let keys = self.keys();
                    let closed = self.kind() == TokenKind::RightSquareBracket;
                    let close = closed.then(|| self.start() as u32);
                    header = Some(self.tree.statements.len());
                    self.push(start, keys, Kind::Header { array, close });
                }
                _ => {
                    let keys = self.keys();
                    let equals = (self.kind() == TokenKind::Equals).then(|| self.start() as u32);
                    let mut value = None;
                    if equals.is_some() {
                        self.at += 1;
                        value = self.value(0);
                    }
                    let kind = Kind::Entry {
                        header,
                        equals,
                        value,
                    };
                    self.push(start, keys, kind);
                }
            }
        }
    }

    /// End a statement with its line.
    fn push(&mut self, start: usize, keys: Vec<Key>, kind: Kind) {
        while !matches!(self.kind(), TokenKind::Newline | TokenKind::Eof) {
            self.comment();
            self.at += 1;
        }
        self.tree.statements.push(Statement {
            keys,
            span: Span::new(start, self.start()),
            kind,
        });
    }

    /// A dotted key.
    fn keys(&mut self) -> Vec<Key> {
        let mut keys = Vec::new();
        loop {
            self.skip(false);
            let range = self.range();
            let raw = &self.text[range.clone()];
            match self.kind() {
                TokenKind::Atom => {
                    keys.push(Key {
                        name: raw.into(),
                        span: Span::new(range.start, range.end),
                    });
                    self.at += 1;
                }
                TokenKind::BasicString | TokenKind::LiteralString => {
                    keys.push(Key {
                        name: string(raw).0,
                        span: Span::new(range.start, range.end),
                    });
                    self.at += 1;
                }
                _ => keys.push(Key {
                    name: String::new(),
                    span: Span::new(range.start, range.start),
                }),
            }
            self.skip(false);
            if self.kind() != TokenKind::Dot {
                return keys;
            }
            self.at += 1;
        }
    }

    fn value(&mut self, depth: usize) -> Option<Value> {
        self.skip(false);
        let Range { start, end } = self.range();
        let raw = &self.text[start..end];
        let (end, data) = match self.kind() {
            TokenKind::BasicString
            | TokenKind::LiteralString
            | TokenKind::MlBasicString
            | TokenKind::MlLiteralString => {
                self.at += 1;
                // A string that is not closed ends with its line.
                let raw = raw.strip_suffix('\r').unwrap_or(raw);
                let (text, closed) = string(raw);
                (start + raw.len(), Data::Text { text, closed })
            }
            TokenKind::Atom | TokenKind::Dot => {
                let mut end = end;
                while matches!(self.kind(), TokenKind::Atom | TokenKind::Dot) {
                    end = self.range().end;
                    self.at += 1;
                }
                let number = self.text[start..end].parse::<toml_edit::Value>();
                let number = number.ok().and_then(|value| value.as_integer());
                (end, number.map_or(Data::Other, Data::Number))
            }
            TokenKind::LeftSquareBracket if depth < DEPTH => {
                self.at += 1;
                self.array(depth + 1)
            }
            TokenKind::LeftCurlyBracket if depth < DEPTH => {
                self.at += 1;
                self.table(depth + 1)
            }
            _ => return None,
        };
        Some(Value {
            span: Span::new(start, end),
            data,
        })
    }

    /// What is behind the bracket.
    fn array(&mut self, depth: usize) -> (usize, Data) {
        let mut items = Vec::new();
        let closed = loop {
            if self.ends() {
                break false;
            }
            match self.kind() {
                TokenKind::RightSquareBracket => break true,
                TokenKind::Eof => break false,
                TokenKind::Newline | TokenKind::Whitespace | TokenKind::Comma => self.at += 1,
                TokenKind::Comment => {
                    self.comment();
                    self.at += 1;
                }
                _ => match self.value(depth) {
                    Some(value) => items.push(value),
                    None if self.broken && self.kind() == TokenKind::Equals => break false,
                    None => self.at += 1,
                },
            }
        };
        (self.close(closed), Data::Array { items, closed })
    }

    /// What is behind the brace.
    fn table(&mut self, depth: usize) -> (usize, Data) {
        let mut entries = Vec::new();
        let closed = loop {
            if self.ends() {
                break false;
            }
            match self.kind() {
                TokenKind::RightCurlyBracket => break true,
                TokenKind::Eof => break false,
                TokenKind::Atom | TokenKind::BasicString | TokenKind::LiteralString => {
                    let keys = self.keys();
                    let mut value = None;
                    if self.kind() == TokenKind::Equals {
                        self.at += 1;
                        value = self.value(depth);
                    }
                    entries.push((keys, value));
                }
                _ => {
                    self.comment();
                    self.at += 1;
                }
            }
        };
        (self.close(closed), Data::Table { entries, closed })
    }

    fn close(&mut self, closed: bool) -> usize {
        let range = self.range();
        self.at += usize::from(closed);
        if closed { range.end } else { range.start }
    }

    /// Whether a line of a broken text begins a statement, so that what is open was never closed. Stops before its break.
    fn ends(&mut self) -> bool {
        if !self.broken || self.kind() != TokenKind::Newline {
            return false;
        }
        let before = self.at;
        self.at += 1;
        let flush = self.kind() != TokenKind::Whitespace;
        self.skip(false);
        let statement = match self.kind() {
            TokenKind::LeftSquareBracket if flush => {
                self.at += 1;
                self.at += usize::from(self.kind() == TokenKind::LeftSquareBracket);
                let plain = self.kind() == TokenKind::Atom;
                self.keys();
                plain && self.kind() != TokenKind::Comma
            }
            TokenKind::Atom | TokenKind::BasicString | TokenKind::LiteralString => {
                self.keys();
                self.kind() == TokenKind::Equals
            }
            _ => false,
        };
        self.at = before;
        statement
    }

    fn skip(&mut self, lines: bool) {
        loop {
            match self.kind() {
                TokenKind::Whitespace => {}
                TokenKind::Newline if lines => {}
                TokenKind::Comment if lines => self.comment(),
                _ => return,
            }
            self.at += 1;
        }
    }

    fn comment(&mut self) {
        if self.kind() == TokenKind::Comment {
            let range = self.range();
            self.tree.comments.push(Span::new(range.start, range.end));
        }
    }

    fn kind(&self) -> TokenKind {
        self.tokens.get(self.at).map_or(TokenKind::Eof, Token::kind)
    }

    fn start(&self) -> usize {
        self.range().start
    }

    fn range(&self) -> Range<usize> {
        let end = self.text.len();
        self.tokens.get(self.at).map_or(end..end, |token| {
            self.base + token.span().start()..self.base + token.span().end()
        })
    }
}

/// Values within values are read this far; `toml_edit` refuses more.
const DEPTH: usize = 80;

/// What a string says, and whether it is closed.
fn string(raw: &str) -> (String, bool) {
    if let Ok(toml_edit::Value::String(text)) = raw.parse::<toml_edit::Value>() {
        return (text.into_value(), true);
    }
    let bare = raw.trim_start_matches(['"', '\'']);
    let quote = raw.chars().next().unwrap_or('"');
    let closed = !bare.is_empty() && bare.ends_with(quote);
    (bare.trim_end_matches(quote).into(), closed)
}
