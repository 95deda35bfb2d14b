//! Words of instructions, in which Docker expands variables.

use std::ops::Range;

use super::Logical;
use crate::text::Span;

/// A word.
#[derive(Debug, Default, Clone, PartialEq, Eq, Hash)]
pub struct Word {
    /// As it is written, continuations joined.
    pub written: String,
    /// With its quotes.
    pub span: Span,
    pub pieces: Vec<Piece>,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Piece {
    /// Without quotes and escapes.
    Text(String),
    Variable(Variable),
}

/// `$NAME`, `${NAME}`, `${NAME:-word}`
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Variable {
    pub name: String,
    pub span: Span,
    pub modifier: Option<(Modifier, Vec<Piece>)>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Modifier {
    /// `:-`
    DefaultIfEmpty,
    /// `-`
    Default,
    /// `:+`
    AlternativeIfEmpty,
    /// `+`
    Alternative,
    /// `:?`, `?`
    Required,
    /// `#`, `##`, `%`, `%%`, `/`, `//`: the value is cut or changed.
    Changed,
}

impl Word {
    /// The text, if no variable is in it.
    pub fn fixed(&self) -> Option<String> {
        self.expand(&mut |_| None)
    }

    /// The text with its variables expanded; `None` where one is not known. `value` is asked for variables by name: unknown,
    /// or set to a text.
    pub fn expand(&self, value: &mut dyn FnMut(&str) -> Option<String>) -> Option<String> {
        let mut text = String::new();
        expand(&self.pieces, value, &mut text).then_some(text)
    }

    pub fn variables(&self) -> impl Iterator<Item = &Variable> {
        self.pieces.iter().filter_map(|piece| match piece {
            Piece::Variable(variable) => Some(variable),
            Piece::Text(_) => None,
        })
    }
}

fn expand(
    pieces: &[Piece],
    value: &mut dyn FnMut(&str) -> Option<String>,
    text: &mut String,
) -> bool {
    pieces.iter().all(|piece| match piece {
        Piece::Text(plain) => {
            text.push_str(plain);
            true
        }
        Piece::Variable(variable) => {
            let known = value(&variable.name);
            match (&variable.modifier, known) {
                (None | Some((Modifier::Required, _)), Some(known)) => {
                    text.push_str(&known);
                    true
                }
                (Some((Modifier::DefaultIfEmpty | Modifier::Default, _)), Some(known))
                    if !known.is_empty() =>
                {
                    text.push_str(&known);
                    true
                }
                (Some((Modifier::Default, _)), Some(_)) => true,
                (Some((Modifier::DefaultIfEmpty | Modifier::Default, word)), _) => {
                    expand(word, value, text)
                }
                (Some((Modifier::AlternativeIfEmpty, word)), Some(known)) => {
                    known.is_empty() || expand(word, value, text)
                }
                (Some((Modifier::Alternative, word)), Some(_)) => expand(word, value, text),
                // What nobody sets is not there.
                (Some((Modifier::AlternativeIfEmpty | Modifier::Alternative, _)), None) => true,
                _ => false,
            }
        }
    })
}

/// Read a range of the line as one word; blanks in it are text. False when a quote or a brace is open.
pub(super) fn read(line: &Logical, range: Range<usize>) -> (Word, bool) {
    let mut lexer = Lexer {
        line,
        at: range.start,
        end: range.end,
        fine: true,
    };
    let mut pieces = Vec::new();
    lexer.pieces(&mut pieces, None, 0);
    let word = Word {
        written: line.text[range.clone()].to_owned(),
        span: line.span(range),
        pieces,
    };
    (word, lexer.fine)
}

struct Lexer<'a> {
    line: &'a Logical<'a>,
    at: usize,
    end: usize,
    fine: bool,
}

/// Levels of `${a:-${b:-…}}` that are read.
const DEEPEST: usize = 24;

fn push(pieces: &mut Vec<Piece>, c: char) {
    match pieces.last_mut() {
        Some(Piece::Text(text)) => text.push(c),
        _ => pieces.push(Piece::Text(c.into())),
    }
}

impl Lexer<'_> {
    fn peek(&self) -> Option<char> {
        self.line.text[self.at..self.end].chars().next()
    }
    fn next(&mut self) -> Option<char> {
        let c = self.peek()?;
        self.at += c.len_utf8();
        Some(c)
    }

    fn pieces(&mut self, pieces: &mut Vec<Piece>, stop: Option<char>, depth: usize) {
        let escape = self.line.escape;
        while let Some(c) = self.peek() {
            if Some(c) == stop {
                return;
            }
            match c {
                '$' => self.dollar(pieces, depth),
                '\'' => {
                    self.at += 1;
                    loop {
                        match self.next() {
                            Some('\'') => break,
                            Some(c) => push(pieces, c),
                            None => {
                                self.fine = false;
                                break;
                            }
                        }
                    }
                }
                '"' => {
                    self.at += 1;
                    self.double(pieces, depth);
                }
                c if c == escape => {
                    self.at += 1;
                    if let Some(c) = self.next() {
                        push(pieces, c);
                    }
                }
                c => {
                    self.at += c.len_utf8();
                    push(pieces, c);
                }
            }
        }
    }

    fn double(&mut self, pieces: &mut Vec<Piece>, depth: usize) {
        let escape = self.line.escape;
        loop {
            match self.peek() {
                None => {
                    self.fine = false;
                    return;
                }
                Some('"') => {
                    self.at += 1;
                    return;
                }
                Some('$') => self.dollar(pieces, depth),
                Some(c) => {
                    self.at += c.len_utf8();
                    let escaped = |next: char| next == '"' || next == '$' || next == escape;
                    match self.peek() {
                        Some(next) if c == escape && escaped(next) => {
                            self.at += next.len_utf8();
                            push(pieces, next);
                        }
                        _ => push(pieces, c),
                    }
                }
            }
        }
    }

    fn dollar(&mut self, pieces: &mut Vec<Piece>, depth: usize) {
        let start = self.at;
        self.at += 1;
        let braced = self.peek() == Some('{');
        if braced {
            self.at += 1;
        }
        let name = self.name();
        if !braced {
            match name.is_empty() {
                true => push(pieces, '$'),
                false => self.variable(pieces, start, name, None),
            }
            return;
        }
        let rest = &self.line.text[self.at..self.end];
        let found = MODIFIERS.iter().find(|(sign, _)| rest.starts_with(sign));
        let mut modifier = None;
        if let Some((sign, kind)) = found.filter(|_| depth < DEEPEST) {
            self.at += sign.len();
            let mut word = Vec::new();
            self.pieces(&mut word, Some('}'), depth + 1);
            modifier = Some((*kind, word));
        }
        if self.peek() == Some('}') && !name.is_empty() {
            self.at += 1;
            self.variable(pieces, start, name, modifier);
            return;
        }
        // What cannot be read is text. Where the brace is open, all of the rest is: reading it again, level by level, would
        // take a time without bound.
        self.fine = false;
        let end = match modifier {
            Some(_) => self.at,
            None => start + 1,
        };
        let text = &self.line.text[start..end];
        text.chars().for_each(|c| push(pieces, c));
        self.at = end;
    }

    fn variable(
        &mut self,
        pieces: &mut Vec<Piece>,
        start: usize,
        name: String,
        modifier: Option<(Modifier, Vec<Piece>)>,
    ) {
        pieces.push(Piece::Variable(Variable {
            name,
            span: self.line.span(start..self.at),
            modifier,
        }));
    }

    fn name(&mut self) -> String {
        let rest = &self.line.text[self.at..self.end];
        let digits = rest.starts_with(|c: char| c.is_ascii_digit());
        let in_name = |c: char| match digits {
            true => c.is_ascii_digit(),
            false => c.is_alphanumeric() || c == '_',
        };
        let mut length = rest.len() - rest.trim_start_matches(in_name).len();
        if length == 0 && rest.starts_with(['@', '*', '#', '?', '-', '$', '!']) {
            length = 1;
        }
        self.at += length;
        rest[..length].to_owned()
    }
}

/// Longer ones first.
const MODIFIERS: &[(&str, Modifier)] = &[
    (":-", Modifier::DefaultIfEmpty),
    (":+", Modifier::AlternativeIfEmpty),
    (":?", Modifier::Required),
    ("-", Modifier::Default),
    ("+", Modifier::Alternative),
    ("?", Modifier::Required),
    ("#", Modifier::Changed),
    ("%", Modifier::Changed),
    ("/", Modifier::Changed),
];
