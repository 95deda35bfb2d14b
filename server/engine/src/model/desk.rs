//! Reading a YAML file chunk by chunk, anchors followed from one to the other.

use std::collections::HashMap;
use std::sync::Arc;

use super::Part;
use super::compose::Text;
use super::compose::reader::{Fields, Reader, Ref};
use crate::outside::{Key, Outside, Table};
use crate::rule::{Owner, Place};
use crate::syntax::yaml;
use crate::text::Span;

/// Reads one chunk. What it gives has places that name chunks ([`Owner::Nth`]).
pub(super) struct Desk<'a> {
    pub(super) reader: Reader<'a>,
    part: &'a yaml::Part,
    outside: &'a Outside<'a>,
    /// The chunks that hold anchors.
    holders: &'a HashMap<Key, u32>,
    number: u32,
}

/// Visit the chunks of a file, in their order.
pub(super) fn each(parts: &[(usize, Arc<Part>)], mut visit: impl FnMut(&Desk, &yaml::Part)) {
    let mut table = Table::default();
    parts.iter().for_each(|(_, part)| table.add(part));
    let outside = Outside::new(&table);
    let mut holders: HashMap<Key, u32> = HashMap::new();
    for (number, (_, part)) in (0..).zip(parts) {
        for export in part.exports() {
            if matches!(export.key, Key::Anchor(_)) {
                holders.insert(export.key.clone(), number);
            }
        }
    }
    for (number, (_, part)) in (0..).zip(parts) {
        let Part::Yaml(part) = &**part else { continue };
        let desk = Desk {
            reader: Reader::new(part, &outside),
            part,
            outside: &outside,
            holders: &holders,
            number,
        };
        visit(&desk, part);
    }
}

impl<'a> Desk<'a> {
    /// The same, with a fresh count of visits.
    pub(super) fn anew(&self) -> Desk<'a> {
        Desk {
            reader: Reader::new(self.part, self.outside),
            ..*self
        }
    }

    /// The value of a key of the top mapping, where this chunk has it.
    pub(super) fn top(&self, key: &str) -> Option<Ref<'a>> {
        let entry = self.part.top(key).into_iter().next_back()?;
        self.reader.resolve(&self.reader.home(entry.value?))
    }

    pub(super) fn place(&self, node: &Ref, span: Span) -> Place {
        let chunk = match &node.owner {
            Owner::Other(key) => self.holders.get(key).copied().unwrap_or(self.number),
            _ => self.number,
        };
        Place {
            owner: Owner::Nth(chunk),
            span,
        }
    }

    /// A scalar that says something.
    pub(super) fn text(&self, node: &Ref) -> Option<Text> {
        let text = node.text().filter(|text| !text.is_null())?;
        Some(Text {
            place: self.place(node, text.place.span),
            used: None,
            ..text
        })
    }

    pub(super) fn field(&self, fields: &Fields<'_, 'a>, key: &str) -> Option<Text> {
        self.text(&fields.get(key)?)
    }

    /// The scalars of a sequence, or the one that stands for it.
    pub(super) fn texts(&self, node: &Ref<'a>) -> Vec<Text> {
        match self.text(node) {
            Some(text) => vec![text],
            None => {
                let items = self.reader.items(node).into_iter();
                items.filter_map(|(_, item)| self.text(&item)).collect()
            }
        }
    }
}
