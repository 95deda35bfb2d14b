//! JSON arrays of strings, with the places of their items.

use std::ops::Range;

use super::word::Word;
use super::{Logical, Origin};
use crate::text::Span;

/// What a text is to Docker's exec form.
pub(super) enum Array {
    Strings(Vec<Item>),
    /// A JSON array of other things, which Docker refuses.
    NotStrings,
    /// No JSON array: a text for the shell.
    None,
}

#[derive(Debug, Default)]
pub(super) struct Item {
    pub(super) text: String,
    /// Where the text's bytes lie in the chunk.
    pub(super) origin: Origin,
    /// With its quotes.
    pub(super) span: Span,
}

pub(super) fn read(logical: &Logical, range: Range<usize>) -> Array {
    let text = &logical.text[range.clone()];
    if !text.starts_with('[') {
        return Array::None;
    }
    if let Some(items) = strings(logical, range) {
        return Array::Strings(items);
    }
    match serde_json::from_str::<Vec<serde_json::Value>>(text) {
        Ok(_) => Array::NotStrings,
        Err(_) => Array::None,
    }
}

/// An item as a word of COPY and the like.
pub(super) fn word(item: Item, escape: char) -> Word {
    let origin = &item.origin;
    let logical = Logical {
        chunk: "",
        text: &item.text,
        origin,
        escape,
    };
    let (word, _) = super::word::read(&logical, 0..item.text.len());
    Word {
        span: item.span,
        ..word
    }
}

fn strings(logical: &Logical, range: Range<usize>) -> Option<Vec<Item>> {
    let mut scan = Scan {
        logical,
        at: range.start + 1,
        end: range.end,
    };
    let mut items = Vec::new();
    scan.blanks();
    if scan.takes(']') {
        return (scan.rest().is_empty()).then_some(items);
    }
    loop {
        scan.blanks();
        items.push(scan.string()?);
        scan.blanks();
        if scan.takes(']') {
            scan.blanks();
            return scan.rest().is_empty().then_some(items);
        }
        if !scan.takes(',') {
            return None;
        }
    }
}

struct Scan<'a> {
    logical: &'a Logical<'a>,
    at: usize,
    end: usize,
}

impl Scan<'_> {
    fn rest(&self) -> &str {
        &self.logical.text[self.at..self.end]
    }
    fn takes(&mut self, c: char) -> bool {
        let found = self.rest().starts_with(c);
        self.at += if found { c.len_utf8() } else { 0 };
        found
    }
    fn blanks(&mut self) {
        let rest = self.rest();
        self.at = self.end - rest.trim_start_matches([' ', '\t', '\r', '\n']).len();
    }
    fn next(&mut self) -> Option<char> {
        let c = self.rest().chars().next()?;
        self.at += c.len_utf8();
        Some(c)
    }

    fn string(&mut self) -> Option<Item> {
        let start = self.at;
        let mut item = Item::default();
        if !self.takes('"') {
            return None;
        }
        loop {
            let at = self.at;
            let c = match self.next()? {
                '"' => break,
                '\\' => self.escaped()?,
                c if c < ' ' => return None,
                c => c,
            };
            item.origin.add(item.text.len(), self.logical.origin.of(at));
            item.text.push(c);
        }
        item.span = self.logical.span(start..self.at);
        Some(item)
    }

    fn escaped(&mut self) -> Option<char> {
        Some(match self.next()? {
            c @ ('"' | '\\' | '/') => c,
            'b' => '\u{8}',
            'f' => '\u{c}',
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            'u' => {
                let unit = self.unit()?;
                let pair = (0xd800..0xdc00).contains(&unit) && self.rest().starts_with("\\u");
                if !pair {
                    return Some(char::from_u32(unit).unwrap_or(char::REPLACEMENT_CHARACTER));
                }
                self.at += 2;
                let low = self.unit()?;
                let joined = 0x10000 + ((unit - 0xd800) << 10) + (low.wrapping_sub(0xdc00) & 0x3ff);
                char::from_u32(joined).unwrap_or(char::REPLACEMENT_CHARACTER)
            }
            _ => return None,
        })
    }

    fn unit(&mut self) -> Option<u32> {
        let digits = self.rest().get(..4)?;
        let unit = u32::from_str_radix(digits, 16).ok()?;
        self.at += 4;
        Some(unit)
    }
}
