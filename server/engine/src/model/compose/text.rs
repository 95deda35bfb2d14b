//! Scalars as they are written, and names that are given values.

use std::borrow::Cow;
use std::ops::Range;
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
    pub raw: String,
    /// Of `raw`.
    pub place: Place,
    pub style: Style,
    /// The whole scalar that it is a piece of, without quotes, and where in that it begins.
    pub scalar: Arc<str>,
    pub offset: u32,
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
            raw: self.raw[range.clone()].to_string(),
            offset: self.offset + range.start as u32,
            place: self.at(range),
            ..self.clone()
        }
    }
    /// The place of the whole scalar, and what stands in it before and behind this piece.
    pub fn scalar(&self) -> (Place, &str, &str) {
        let offset = self.offset as usize;
        let start = self.place.span.start as usize - offset;
        let place = Place {
            owner: self.place.owner.clone(),
            span: Span::new(start, start + self.scalar.len()),
        };
        let behind = offset + self.raw.len();
        (place, &self.scalar[..offset], &self.scalar[behind..])
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
