//! One word: quotes, escapes, what is expanded.

use super::read::Reader;
use super::{Inside, Origin, Variable, Word};

/// A word in the making, with the origin of its text.
#[derive(Debug, Default)]
pub(super) struct Making {
    pub(super) word: Word,
    pub(super) origin: Origin,
}

impl Making {
    fn push(&mut self, c: char, from: usize) {
        self.origin.add(self.word.text.len(), from);
        self.word.text.push(c);
    }
    fn expanded(&mut self) {
        let at = self.word.text.len() as u32;
        self.word.dynamic.get_or_insert(at);
    }
}

/// What ends a word outside of quotes.
pub(super) fn is_meta(c: char) -> bool {
    matches!(
        c,
        ' ' | '\t' | '\n' | '\r' | ';' | '&' | '|' | '<' | '>' | '(' | ')'
    )
}

impl Reader<'_> {
    /// A word at the reader's place; `None` when there is none.
    pub(super) fn word(&mut self) -> Option<Making> {
        self.word_until(is_meta)
    }

    pub(super) fn word_until(&mut self, ends: fn(char) -> bool) -> Option<Making> {
        let start = self.at;
        let mut making = Making::default();
        self.pieces(&mut making, &|c| ends(c));
        if self.at == start {
            return None;
        }
        making.word.span = self.origin.span(start..self.at);
        Some(making)
    }

    /// Pieces up to a character that ends them, or the end.
    fn pieces(&mut self, making: &mut Making, ends: &dyn Fn(char) -> bool) {
        while let Some(c) = self.peek() {
            match c {
                '\'' => {
                    making.word.quoted = true;
                    self.at += 1;
                    self.single(making);
                }
                '"' => {
                    making.word.quoted = true;
                    self.at += 1;
                    self.double(making);
                }
                '\\' => {
                    self.at += 1;
                    making.word.quoted = true;
                    match self.peek() {
                        Some('\n') => self.at += 1,
                        Some(c) => {
                            making.push(c, self.origin.of(self.at));
                            self.at += c.len_utf8();
                        }
                        None => {}
                    }
                }
                '$' if self.text[self.at + 1..].starts_with('\'') => {
                    making.word.quoted = true;
                    self.at += 2;
                    self.ansi(making);
                }
                '$' if self.text[self.at + 1..].starts_with('"') => self.at += 1,
                '$' => self.dollar(making),
                '`' => self.backticks(making),
                // Process substitution.
                '<' | '>' if self.text[self.at + 1..].starts_with('(') => {
                    making.expanded();
                    self.at += 2;
                    self.substitution(making, self.at - 2);
                }
                c if ends(c) => return,
                c => {
                    making.push(c, self.origin.of(self.at));
                    self.at += c.len_utf8();
                }
            }
        }
    }

    fn single(&mut self, making: &mut Making) {
        while let Some(c) = self.peek() {
            let at = self.at;
            self.at += c.len_utf8();
            if c == '\'' {
                return;
            }
            making.push(c, self.origin.of(at));
        }
        self.open = true;
    }

    /// `$'…'`: escapes that stand for themselves or a blank; others are kept as they are written.
    fn ansi(&mut self, making: &mut Making) {
        while let Some(c) = self.peek() {
            let at = self.at;
            self.at += c.len_utf8();
            match c {
                '\'' => return,
                '\\' => match self.peek() {
                    Some(escaped @ ('\'' | '"' | '\\' | 'n' | 't')) => {
                        let c = match escaped {
                            'n' => '\n',
                            't' => '\t',
                            c => c,
                        };
                        making.push(c, self.origin.of(self.at));
                        self.at += 1;
                    }
                    _ => making.push(c, self.origin.of(at)),
                },
                c => making.push(c, self.origin.of(at)),
            }
        }
        self.open = true;
    }

    fn double(&mut self, making: &mut Making) {
        while let Some(c) = self.peek() {
            match c {
                '"' => {
                    self.at += 1;
                    return;
                }
                '\\' => {
                    let at = self.at;
                    self.at += 1;
                    match self.peek() {
                        Some('\n') => self.at += 1,
                        Some(c @ ('"' | '$' | '`' | '\\')) => {
                            making.push(c, self.origin.of(self.at));
                            self.at += 1;
                        }
                        _ => making.push('\\', self.origin.of(at)),
                    }
                }
                '$' => self.dollar(making),
                '`' => self.backticks(making),
                c => {
                    making.push(c, self.origin.of(self.at));
                    self.at += c.len_utf8();
                }
            }
        }
        self.open = true;
    }

    /// What `$` begins, or a plain dollar.
    fn dollar(&mut self, making: &mut Making) {
        let start = self.at;
        let rest = &self.text[start + 1..];
        if rest.starts_with("((") {
            making.expanded();
            self.at += 3;
            self.close(2);
            self.copy(making, start);
        } else if rest.starts_with('(') {
            making.expanded();
            self.at += 2;
            self.substitution(making, start);
        } else if rest.starts_with('{') {
            self.at += 2;
            self.braces(making, start);
        } else {
            let special = |c: char| "@*#?-$!".contains(c) || c.is_ascii_digit();
            let name = match rest.chars().next() {
                Some(c) if special(c) => 1,
                _ => name_length(rest),
            };
            if name == 0 {
                making.push('$', self.origin.of(start));
                self.at += 1;
                return;
            }
            self.at += 1 + name;
            self.variable(making, start, rest[..name].into(), None);
        }
    }

    /// Behind `${`.
    fn braces(&mut self, making: &mut Making, start: usize) {
        let rest = &self.text[self.at..];
        let name: String = match rest.chars().next() {
            Some(c) if "@*#?-$!".contains(c) && rest[1..].starts_with(['}', ':', '-', '=']) => {
                c.into()
            }
            _ => {
                let prefix = usize::from(rest.starts_with(['#', '!']));
                rest[prefix..prefix + name_length(&rest[prefix..])].into()
            }
        };
        self.at +=
            name.len() + usize::from(rest.starts_with(['#', '!']) && !name.starts_with(['#', '!']));
        let operator = &self.text[self.at..];
        let takes_default = [":-", "-", ":=", "="]
            .into_iter()
            .find(|known| operator.starts_with(known));
        self.at += takes_default.map_or(0, str::len);
        let mut inner = Making::default();
        if self.depth < super::read::DEEPEST {
            self.depth += 1;
            self.pieces(&mut inner, &|c| c == '}');
            self.depth -= 1;
        } else {
            self.at = self.text[self.at..]
                .find('}')
                .map_or(self.text.len(), |n| self.at + n);
        }
        match self.peek() {
            Some('}') => self.at += 1,
            _ => self.open = true,
        }
        let default = takes_default.and(inner.word.fixed()).map(str::to_owned);
        self.variable(making, start, name, default);
    }

    fn variable(
        &mut self,
        making: &mut Making,
        start: usize,
        name: String,
        default: Option<String>,
    ) {
        making.expanded();
        let from = making.word.text.len() as u32;
        self.copy(making, start);
        making.word.variables.push(Variable {
            name,
            default,
            start: from,
            end: making.word.text.len() as u32,
        });
    }

    /// Behind `$(`: the commands within, up to the bracket.
    fn substitution(&mut self, making: &mut Making, start: usize) {
        self.nested(Inside::Substitution);
        self.copy(making, start);
    }

    fn backticks(&mut self, making: &mut Making) {
        let start = self.at;
        making.expanded();
        self.at += 1;
        let mut text = String::new();
        let mut origin = Origin::default();
        let closed = loop {
            let Some(c) = self.peek() else { break false };
            let mut at = self.at;
            self.at += c.len_utf8();
            let mut taken = c;
            match c {
                '`' => break true,
                '\\' => {
                    if let Some(c @ ('`' | '\\' | '$')) = self.peek() {
                        at = self.at;
                        self.at += 1;
                        taken = c;
                    }
                }
                _ => {}
            }
            origin.add(text.len(), self.origin.of(at));
            text.push(taken);
        };
        self.open |= !closed;
        self.read(&text, &origin, Inside::Substitution);
        self.copy(making, start);
    }

    /// Go behind the bracket that closes the last of so many that are open, whatever lies between.
    pub(super) fn close(&mut self, mut depth: usize) {
        while let Some(c) = self.peek() {
            self.at += c.len_utf8();
            match c {
                '(' => depth += 1,
                ')' => depth -= 1,
                _ => {}
            }
            if depth == 0 {
                return;
            }
        }
        self.open = true;
    }

    /// Take what was read since `start` as it is written.
    fn copy(&self, making: &mut Making, start: usize) {
        for (at, c) in self.text[start..self.at].char_indices() {
            making.push(c, self.origin.of(start + at));
        }
    }
}

/// The length of the variable's name that a text begins with.
pub(super) fn name_length(text: &str) -> usize {
    if text.starts_with(|c: char| c.is_ascii_digit()) {
        return text.len() - text.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    }
    let rest = text.trim_start_matches(|c: char| c.is_ascii_alphanumeric() || c == '_');
    text.len() - rest.len()
}
