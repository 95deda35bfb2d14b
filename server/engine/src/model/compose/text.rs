//! Scalars as they are written, and names that are given values.

use std::borrow::Cow;
use std::fmt;
use std::ops::{Deref, Range};
use std::sync::Arc;

use crate::rule::Place;
use crate::syntax::yaml::{Style, Value, decode};
use crate::text::Span;

use super::interpolation::{UNKNOWN, expanded};
use super::reader::{Reader, Ref};

/// A scalar, or a piece of one, as it is written.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Text {
    /// Without quotes; escapes and line breaks as they are.
    pub raw: Raw,
    /// Of `raw`.
    pub place: Place,
    pub style: Style,
    /// It stands within brackets or braces, where a plain scalar may hold none.
    pub flow: bool,
    /// The alias through which the service has it.
    pub used: Option<Place>,
}

impl Text {
    /// The place of a range of `raw`.
    pub fn at(&self, range: Range<usize>) -> Place {
        let span = Span::new(range.start, range.end).shifted(self.place.span.start as usize);
        Place {
            owner: self.place.owner.clone(),
            span,
        }
    }
    /// A piece of it.
    pub fn piece(&self, range: Range<usize>) -> Text {
        Text {
            place: self.at(range.clone()),
            raw: self.raw.piece(range),
            style: self.style,
            flow: self.flow,
            used: self.used.clone(),
        }
    }
    /// The place of the whole scalar, and what stands in it before and behind this piece.
    pub fn scalar(&self) -> (Place, &str, &str) {
        let Raw { scalar, start, end } = &self.raw;
        let first = self.place.span.start - start;
        let place = Place {
            owner: self.place.owner.clone(),
            span: Span::new(0, scalar.len()).shifted(first as usize),
        };
        (place, &scalar[..*start as usize], &scalar[*end as usize..])
    }
    /// What it says, escapes and folded lines resolved, references to variables as they are.
    pub fn value(&self) -> Cow<'_, str> {
        decode(self.style, &self.raw)
    }
    /// What it says when no variable is set; `None` when it says nothing without one.
    pub fn expanded(&self) -> Option<String> {
        let value = expanded(&self.value(), UNKNOWN);
        (!value.contains(UNKNOWN)).then_some(value)
    }
    /// YAML's null, of which compose makes "not said".
    pub fn is_null(&self) -> bool {
        self.style == Style::Plain && matches!(&*self.raw, "" | "~" | "null" | "Null" | "NULL")
    }
    pub(super) fn is_true(&self) -> bool {
        let value = self.expanded().unwrap_or_default().to_ascii_lowercase();
        matches!(&*value, "true" | "yes" | "on" | "1" | "y")
    }
}

/// The text of a scalar or of a piece of one, with the scalar that it is of.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Raw {
    /// Without quotes.
    scalar: Arc<str>,
    start: u32,
    end: u32,
}

impl Raw {
    fn piece(&self, range: Range<usize>) -> Raw {
        Raw {
            scalar: self.scalar.clone(),
            start: self.start + range.start as u32,
            end: self.start + range.end as u32,
        }
    }
    pub fn as_str(&self) -> &str {
        &self.scalar[self.start as usize..self.end as usize]
    }
}

/// A whole scalar.
impl From<&str> for Raw {
    fn from(scalar: &str) -> Raw {
        Raw {
            scalar: scalar.into(),
            start: 0,
            end: scalar.len() as u32,
        }
    }
}

impl Deref for Raw {
    type Target = str;
    fn deref(&self) -> &str {
        self.as_str()
    }
}

impl PartialEq<&str> for Raw {
    fn eq(&self, other: &&str) -> bool {
        self.as_str() == *other
    }
}

impl fmt::Display for Raw {
    fn fmt(&self, to: &mut fmt::Formatter) -> fmt::Result {
        self.as_str().fmt(to)
    }
}

impl fmt::Debug for Raw {
    fn fmt(&self, to: &mut fmt::Formatter) -> fmt::Result {
        fmt::Debug::fmt(self.as_str(), to)
    }
}

/// A name that is given a value: a variable, a build argument, a label.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Assigned {
    pub name: String,
    pub name_place: Place,
    /// `None` when the name stands alone, for a variable: it is passed through from the shell.
    pub value: Option<Text>,
}

/// What `KEY: value` and `- KEY=value` assign.
pub(super) fn assigned(reader: &Reader, node: &Ref) -> Vec<Assigned> {
    let of_pairs = |node: &Ref| -> Vec<Assigned> {
        reader
            .pairs(node)
            .into_iter()
            .map(|pair| {
                let value = pair.value.as_ref().and_then(|value| reader.resolve(value));
                Assigned {
                    name_place: pair.key.place(pair.key.span()),
                    value: value.and_then(|value| value.text()),
                    name: pair.name,
                }
            })
            .collect()
    };
    match &node.part.node(node.id).value {
        Value::Mapping { .. } => of_pairs(node),
        Value::Sequence { .. } => reader
            .items(node)
            .into_iter()
            .flat_map(|(_, item)| match item.text() {
                Some(text) => {
                    let equals = text.raw.find('=');
                    let name = text.piece(0..equals.unwrap_or(text.raw.len()));
                    vec![Assigned {
                        name: name.raw.trim().to_string(),
                        name_place: name.place,
                        value: equals.map(|at| text.piece(at + 1..text.raw.len())),
                    }]
                }
                // `- KEY: value` is no valid compose, and often written.
                None => of_pairs(&item),
            })
            .collect(),
        _ => Vec::new(),
    }
}
