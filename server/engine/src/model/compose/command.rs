//! Commands in both forms, as words with their places.
//!
//! Source: the Compose specification, "command": a list is taken as it is, a string is split as a shell would split it, and
//! no shell runs. References to variables are never split here, whatever they hold.

use std::borrow::Cow;
use std::ops::Range;

use crate::rule::Place;
use crate::syntax::yaml::{self, Style, Value, decode};
use crate::text::Span;

use super::interpolation::references;
use super::reader::{Reader, Ref};
use super::text::Text;

/// `command`, `entrypoint`, or the test of a health check.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Command {
    pub form: Form,
    /// The whole value.
    pub place: Place,
    /// Empty where the command of the image is taken away: `[]` or `""`.
    pub words: Vec<Word>,
    /// The alias through which the service has it.
    pub used: Option<Place>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Form {
    /// `["a", "b"]`, in block or flow style.
    List,
    /// `a b`.
    Line,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Word {
    /// What the program gets, but for references.
    pub value: String,
    /// As it is written, with the shell's quotes.
    pub text: Text,
    /// Of a list.
    pub item: Option<Item>,
}

/// An item of a list, for those who edit it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Item {
    /// With its quotes.
    pub place: Place,
    /// `None` in flow style.
    pub block: Option<Block>,
}

/// An item that has lines of its own.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Block {
    /// Blanks before its dash.
    pub indent: u32,
    /// Behind its comment, before the line break: where the line of another item may be put.
    pub end: Place,
    /// What is deleted to take the item out.
    pub lines: Place,
}

impl Command {
    /// What the program gets, word by word.
    pub fn values(&self) -> impl Iterator<Item = &str> {
        self.words.iter().map(|word| word.value.as_str())
    }
}

/// `None` for null, which leaves the image's own in place.
pub(super) fn read(reader: &Reader, node: &Ref) -> Option<Command> {
    let (form, words) = match (&node.part.node(node.id).value, node.text()) {
        (Value::Sequence { .. }, _) => {
            let items = reader.items(node).into_iter();
            let word = |(item, value): (yaml::Item, Ref)| {
                let text = value.text()?;
                Some(Word {
                    value: text.value().replace("$$", "$"),
                    item: self::item(node, item, &value),
                    text,
                })
            };
            (Form::List, items.filter_map(word).collect())
        }
        (_, Some(text)) if !text.is_null() => (Form::Line, words(&text)),
        _ => return None,
    };
    Some(Command {
        form,
        place: node.place(node.span()),
        words,
        used: node.used.clone(),
    })
}

/// `None` for what an alias brings, and for a block item that shares its line with something else.
fn item(list: &Ref, item: yaml::Item, value: &Ref) -> Option<Item> {
    let Value::Sequence { flow, .. } = list.part.node(list.id).value else {
        return None;
    };
    if item.value != Some(value.id) || !std::ptr::eq(list.part, value.part) {
        return None;
    }
    let block = match flow {
        true => None,
        false => {
            let text = list.part.text();
            let lines = super::removal::lines(text, item.span)?;
            let last = text[lines.range()].trim_end_matches(['\n', '\r']);
            let end = lines.start as usize + last.len();
            Some(Block {
                indent: list.part.column(item.span.start) as u32,
                end: list.place(Span::new(end, end)),
                lines: list.place(lines),
            })
        }
    };
    Some(Item {
        place: value.place(value.span()),
        block,
    })
}

/// The words of a line.
pub(super) fn words(text: &Text) -> Vec<Word> {
    split(text, false).into_iter().flatten().collect()
}

/// The commands of a script, each as its words.
pub(super) fn commands(text: &Text) -> Vec<Vec<Word>> {
    split(text, true)
}

fn split(text: &Text, shell: bool) -> Vec<Vec<Word>> {
    let mut commands = vec![Vec::new()];
    let mut word: Option<(String, Range<usize>)> = None;
    let mut quote = None;
    let mut escaped = false;
    for (unit, range) in units(&text.raw, text.style) {
        let is = |c: char| unit.chars().eq([c]);
        let newline = is('\n') || is('\r');
        let blank = unit.chars().all(char::is_whitespace);
        let ends = shell && !escaped && (newline || unit.chars().all(|c| "&|;()<>".contains(c)));
        if quote.is_none() && (blank && (newline || !escaped) || ends) {
            // A line that is continued ends a word as a blank does.
            escaped = false;
            let ended = word
                .take()
                .map(|(value, range)| read_word(text, value, range));
            if let Some(command) = commands.last_mut() {
                command.extend(ended);
            }
            if ends {
                commands.push(Vec::new());
            }
            continue;
        }
        let (value, span) = word.get_or_insert_with(|| (String::new(), range.clone()));
        span.end = range.end;
        match quote {
            _ if escaped => {
                value.push_str(&unit);
                escaped = false;
            }
            Some(open) if is(open) => quote = None,
            None if is('"') => quote = Some('"'),
            None if is('\'') => quote = Some('\''),
            Some('"') | None if is('\\') => escaped = true,
            _ => value.push_str(&unit),
        }
    }
    let last = word.map(|(value, range)| read_word(text, value, range));
    if let Some(command) = commands.last_mut() {
        command.extend(last);
    }
    commands.retain(|command| !command.is_empty());
    commands
}

fn read_word(text: &Text, value: String, range: Range<usize>) -> Word {
    Word {
        value,
        text: text.piece(range),
        item: None,
    }
}

/// What a scalar says, in pieces that belong together, each with its range in the raw text: a reference to a variable, an
/// escape, or else a character.
fn units(raw: &str, style: Style) -> Vec<(Cow<'_, str>, Range<usize>)> {
    let references = references(raw);
    let mut units = Vec::new();
    let mut known = references.iter().peekable();
    let mut at = 0;
    while let Some(c) = raw[at..].chars().next() {
        let rest = &raw[at..];
        if let Some(reference) = known.next_if(|reference| reference.range.start == at) {
            let range = reference.range.clone();
            units.push((raw[range.clone()].into(), range));
            at = reference.range.end;
            continue;
        }
        let escape = match (style, c) {
            (Style::Double, '\\') => {
                let digits = match rest.as_bytes().get(1) {
                    Some(b'x') => 2,
                    Some(b'u') => 4,
                    Some(b'U') => 8,
                    _ => 0,
                };
                let kind = rest[1..].chars().next().map_or(0, char::len_utf8);
                let end = rest.floor_char_boundary(1 + kind + digits);
                Some((decode(Style::Double, &rest[..end]), end))
            }
            (Style::Single, '\'') if rest.starts_with("''") => Some(("'".into(), 2)),
            (_, '$') if rest.starts_with("$$") => Some(("$".into(), 2)),
            _ => None,
        };
        let (unit, len) = escape.unwrap_or_else(|| (rest[..c.len_utf8()].into(), c.len_utf8()));
        units.push((unit, at..at + len));
        at += len;
    }
    units
}

#[cfg(test)]
mod tests {
    use super::*;

    fn split(raw: &str, style: Style) -> Vec<(String, String)> {
        let text = Text {
            raw: raw.into(),
            place: Span::new(0, raw.len()).into(),
            style,
            flow: false,
            used: None,
        };
        words(&text)
            .into_iter()
            .map(|word| (word.value, raw[word.text.place.span.range()].to_string()))
            .collect()
    }

    #[test]
    fn lines_are_split_as_a_shell_splits_them() {
        let plain = split(
            r#"sh -c "a  'b'" --x='y z' q\ r ${V:-a b} $$V"#,
            Style::Plain,
        );
        let values: Vec<&str> = plain.iter().map(|(value, _)| value.as_str()).collect();
        assert_eq!(
            values,
            ["sh", "-c", "a  'b'", "--x=y z", "q r", "${V:-a b}", "$V"]
        );
        assert_eq!(plain[2].1, r#""a  'b'""#);
        let double = split(r#"a \"b c\"\td \u00e9"#, Style::Double);
        let values: Vec<&str> = double.iter().map(|(value, _)| value.as_str()).collect();
        assert_eq!(values, ["a", "b c", "d", "é"]);
        assert_eq!(split("a ''b c'' d", Style::Single)[1].0, "b c");
        let lines = split("\n  a\\\n  --b \"c\n", Style::Literal);
        assert_eq!(
            lines.iter().map(|word| &*word.0).collect::<Vec<_>>(),
            ["a", "--b", "c\n"]
        );
        for raw in ["", " ", "\"", "\\", "\\x", "\\u12", "$", "\\é", "'é"] {
            for style in [Style::Plain, Style::Single, Style::Double, Style::Literal] {
                split(raw, style);
            }
        }
    }
}
