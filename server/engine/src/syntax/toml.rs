//! TOML through `toml_edit`, with spans. A table that cannot be read loses itself, not the others.

use std::ops::Range;

use toml_edit::{Document, InlineTable, Item, Key, Table as Raw, TableLike, Value as RawValue};

use crate::chunk;
use crate::text::Span;

/// The reading of a chunk: any number of tables, flattened.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Part {
    pub broken: bool,
    /// Headers as written, in the order of the text.
    pub tables: Vec<Table>,
    /// Keys with values, those of dotted and inline tables included, in the order of the text.
    pub entries: Vec<Entry>,
    /// The first line break of the text, by which new lines are written.
    pub newline: Option<&'static str>,
}

/// The header of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    pub path: Vec<String>,
    /// Of the header with its brackets.
    pub span: Span,
    /// The end of the header's line, behind its comment.
    pub line_end: u32,
    /// From the header to the last line below it that is neither blank nor a comment, with the break of that line.
    pub whole: Span,
}

/// A key with its value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// From the root of the document, the key last.
    pub path: Vec<String>,
    /// Of the last segment of the key.
    pub span: Span,
    /// What stands before that segment on its line: the rest of a dotted key. `None` inside of an inline table.
    pub before: Option<String>,
    pub value: Value,
}

/// A value where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Value {
    pub span: Span,
    pub data: Data,
    /// The text as written, of strings and arrays only: what a fix needs to keep the style.
    pub raw: String,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Data {
    String(String),
    Boolean(bool),
    Integer(i64),
    Array(Vec<Value>),
    /// A float, a date, an inline table (whose keys are entries of their own).
    Other,
}

impl Value {
    /// Move the value and all in it by `base` bytes.
    pub fn shift(&mut self, base: usize) {
        self.span = self.span.shifted(base);
        if let Data::Array(list) = &mut self.data {
            list.iter_mut().for_each(|inner| inner.shift(base));
        }
    }
}

pub(super) fn read(text: &str) -> Part {
    let mut part = Part {
        newline: first_break(text),
        ..Part::default()
    };
    if !part.take(text, 0) {
        part.broken = true;
        for piece in pieces(text) {
            part.take(&text[piece.clone()], piece.start);
        }
    }
    part.tables.sort_by_key(|table| table.span);
    part.entries.sort_by_key(|entry| entry.span);
    part.close_tables(text);
    part
}

/// Where a text ceases to be TOML, in bytes.
pub fn fault(text: &str) -> Option<usize> {
    let error = Document::parse(text).err()?;
    Some(error.span().map_or(0, |span| span.start))
}

impl Part {
    /// Say of each table where it ends.
    fn close_tables(&mut self, text: &str) {
        let mut next = text.len();
        for table in self.tables.iter_mut().rev() {
            let start = table.span.start as usize;
            let mut end = start;
            let mut at = start;
            for line in text
                .get(start..next)
                .unwrap_or_default()
                .split_inclusive('\n')
            {
                at += line.len();
                let bare = line.trim();
                if !bare.is_empty() && !bare.starts_with('#') {
                    end = at;
                }
            }
            table.whole = Span::new(start, end);
            next = start;
        }
    }

    /// Add the tables of a piece of the text; false when it cannot be read.
    fn take(&mut self, text: &str, base: usize) -> bool {
        let Ok(document) = Document::parse(text) else {
            return false;
        };
        let mut reader = Reader {
            part: self,
            text,
            base,
        };
        reader.table(document.as_table(), &mut Vec::new());
        true
    }
}

struct Reader<'a> {
    part: &'a mut Part,
    text: &'a str,
    base: usize,
}

impl Reader<'_> {
    fn table(&mut self, table: &Raw, path: &mut Vec<String>) {
        if let Some(range) = table.span()
            && !path.is_empty()
            && !table.is_implicit()
            && !table.is_dotted()
        {
            let line = self.text[range.end..].find(['\n', '\r']);
            let end = line.map_or(self.text.len(), |length| range.end + length);
            self.part.tables.push(Table {
                path: path.clone(),
                span: self.span(&range),
                line_end: (self.base + end) as u32,
                whole: Span::default(),
            });
        }
        for (name, item) in table.iter() {
            let Some(key) = table.key(name) else { continue };
            path.push(name.into());
            match item {
                Item::Table(inner) => self.table(inner, path),
                Item::ArrayOfTables(list) => list.iter().for_each(|inner| self.table(inner, path)),
                Item::Value(value) => self.entry(key, value, path, false),
                Item::None => {}
            }
            path.pop();
        }
    }

    fn entry(&mut self, key: &Key, value: &RawValue, path: &mut Vec<String>, inline: bool) {
        let (Some(at), Some(range)) = (key.span(), value.span()) else {
            return;
        };
        // A dotted key of a table is a table of its own to toml_edit; so are the dotted keys in braces.
        if let RawValue::InlineTable(inner) = value {
            self.inline(inner, path, inline || !inner.is_dotted());
            if inner.is_dotted() {
                return;
            }
        }
        let line = self.text[..at.start]
            .rfind(['\n', '\r'])
            .map_or(0, |end| end + 1);
        let before = self.text[line..at.start].trim_start_matches('\u{feff}');
        self.part.entries.push(Entry {
            path: path.clone(),
            span: self.span(&at),
            before: (!inline).then(|| before.into()),
            value: self.value(value, range),
        });
    }

    fn inline(&mut self, table: &InlineTable, path: &mut Vec<String>, inline: bool) {
        for (name, value) in table.iter() {
            let Some(key) = TableLike::key(table, name) else {
                continue;
            };
            path.push(name.into());
            self.entry(key, value, path, inline);
            path.pop();
        }
    }

    fn value(&self, value: &RawValue, range: Range<usize>) -> Value {
        let data = match value {
            RawValue::String(text) => Data::String(text.value().clone()),
            RawValue::Boolean(known) => Data::Boolean(*known.value()),
            RawValue::Integer(number) => Data::Integer(*number.value()),
            RawValue::Array(list) => Data::Array(
                list.iter()
                    .filter_map(|inner| Some(self.value(inner, inner.span()?)))
                    .collect(),
            ),
            _ => Data::Other,
        };
        let raw = match data {
            Data::String(_) | Data::Array(_) => self.text[range.clone()].into(),
            _ => String::new(),
        };
        Value {
            span: self.span(&range),
            data,
            raw,
        }
    }

    fn span(&self, range: &Range<usize>) -> Span {
        Span::new(range.start, range.end).shifted(self.base)
    }
}

/// The tables of a text that cannot be read as a whole: as the cutter has them, then by lines that look like a header.
fn pieces(text: &str) -> Vec<Range<usize>> {
    let mut pieces = Vec::new();
    let mut start = 0;
    while start < text.len() {
        let end = chunk::toml::next(text, start).end.max(start + 1);
        let mut from = start;
        for (at, _) in text[start..end].match_indices("\n[") {
            pieces.push(from..start + at + 1);
            from = start + at + 1;
        }
        pieces.push(from..end);
        start = end;
    }
    pieces
}

fn first_break(text: &str) -> Option<&'static str> {
    let at = text.find('\n')?;
    Some(if text[..at].ends_with('\r') {
        "\r\n"
    } else {
        "\n"
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shape(text: &str) -> Vec<String> {
        let part = read(text);
        let entries = part.entries.iter();
        let mut shape: Vec<String> = entries
            .map(|entry| {
                let key = &text[entry.span.range()];
                let value = &text[entry.value.span.range()];
                format!("{} {key} {value} {:?}", entry.path.join("."), entry.before)
            })
            .collect();
        shape.extend(
            part.tables
                .iter()
                .map(|table| text[table.span.range()].into()),
        );
        if part.broken {
            shape.push("!".into());
        }
        shape
    }

    #[test]
    fn tables_dotted_inline_and_plain_are_alike() {
        assert_eq!(
            shape("[a.b] # x\r\nc = 'é'\r\n"),
            ["a.b.c c 'é' Some(\"\")", "[a.b]"]
        );
        assert_eq!(
            shape("\u{feff}[a]\nb.c = [\n 1,\n]\n"),
            ["a.b.c c [\n 1,\n] Some(\"b.\")", "[a]"]
        );
        assert_eq!(
            shape("a = { b = { c = true } }\n"),
            [
                "a a { b = { c = true } } Some(\"\")",
                "a.b b { c = true } None",
                "a.b.c c true None"
            ]
        );
        assert_eq!(shape("a = { b.c = 1 }")[1], "a.b.c c 1 None");
    }

    #[test]
    fn a_broken_table_loses_itself() {
        assert_eq!(
            shape("[a]\nx = 1\n[b]\ny =\n[c]\nz = 2\n[a]\nw = 3\n"),
            [
                "a.x x 1 Some(\"\")",
                "c.z z 2 Some(\"\")",
                "a.w w 3 Some(\"\")",
                "[a]",
                "[c]",
                "[a]",
                "!"
            ]
        );
        assert_eq!(shape("[a"), ["!"]);
        assert!(shape("").is_empty());
    }
}
