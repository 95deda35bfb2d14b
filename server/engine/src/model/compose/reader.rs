//! Following aliases and merge keys, within a chunk and out of it, to an end whatever the text.

use std::borrow::Cow;
use std::cell::Cell;
use std::collections::HashSet;

use crate::model;
use crate::outside::{Key, Outside};
use crate::rule::{Owner, Place};
use crate::syntax::yaml::{Entry, Id, Item, Part, Style, Value};
use crate::text::Span;

use super::text::Text;

/// Aliases that lead to aliases, and merges that lead to merges, are followed this far.
const DEPTH: usize = 24;
/// Nodes that one service may visit: an alias bomb ends here.
const VISITS: u32 = 20_000;

/// A node of some part of the file, and how it was reached.
#[derive(Debug, Clone)]
pub(in crate::model) struct Ref<'a> {
    pub(in crate::model) part: &'a Part,
    pub(in crate::model) id: Id,
    pub(in crate::model) owner: Owner,
    /// The alias in the service's own chunk through which it was reached.
    pub(in crate::model) used: Option<Place>,
}

/// An entry of a mapping, merge keys resolved.
#[derive(Debug, Clone)]
pub(in crate::model) struct Pair<'a> {
    pub(in crate::model) name: String,
    pub(in crate::model) key: Ref<'a>,
    pub(in crate::model) value: Option<Ref<'a>>,
    pub(in crate::model) entry: Entry,
    /// It stands in the mapping itself.
    pub(in crate::model) own: bool,
}

impl<'a> Ref<'a> {
    pub(in crate::model) fn to(&self, id: Id) -> Ref<'a> {
        Ref { id, ..self.clone() }
    }
    pub(in crate::model) fn place(&self, span: Span) -> Place {
        Place {
            owner: self.owner.clone(),
            span,
        }
    }
    pub(in crate::model) fn span(&self) -> Span {
        self.part.node(self.id).span
    }
    pub(in crate::model) fn scalar(&self) -> Option<Cow<'a, str>> {
        self.part.scalar(self.id)
    }
    /// The scalar as it is written, alone.
    pub(in crate::model) fn written(&self) -> Option<&'a str> {
        self.part.written(self.id)
    }
    /// The scalar as it is written.
    pub(in crate::model) fn text(&self) -> Option<Text> {
        let Value::Scalar { style, inner } = self.part.node(self.id).value else {
            return None;
        };
        Some(Text {
            raw: self.part.slice(inner).into(),
            place: self.place(inner),
            style,
            flow: self.part.node(self.id).flow,
            used: self.used.clone(),
        })
    }
    pub(in crate::model) fn is_anchored(&self) -> bool {
        self.part.node(self.id).anchor.is_some()
    }
    pub(in crate::model) fn is_reset(&self) -> bool {
        self.part.is_reset(self.id)
    }
}

/// The entries of a mapping, by name. In a mapping that says a key twice the last one counts.
#[derive(Debug)]
pub(in crate::model) struct Fields<'r, 'a> {
    pub(in crate::model) reader: &'r Reader<'a>,
    pub(in crate::model) pairs: Vec<Pair<'a>>,
}

impl<'a> Fields<'_, 'a> {
    pub(in crate::model) fn pair(&self, name: &str) -> Option<&Pair<'a>> {
        self.pairs.iter().rfind(|pair| pair.name == name)
    }
    /// The value, aliases resolved.
    pub(in crate::model) fn get(&self, name: &str) -> Option<Ref<'a>> {
        self.reader.resolve(self.pair(name)?.value.as_ref()?)
    }
    /// The value as a scalar that says something.
    pub(in crate::model) fn text(&self, name: &str) -> Option<Text> {
        self.get(name)?.text().filter(|text| !text.is_null())
    }
    pub(in crate::model) fn is_true(&self, name: &str) -> bool {
        self.text(name).is_some_and(|text| text.is_true())
    }
    /// The scalars of a list, or the one that stands for it.
    pub(in crate::model) fn texts(&self, name: &str) -> Vec<Text> {
        self.get(name)
            .map_or_else(Vec::new, |value| self.reader.texts(&value))
    }
}

#[derive(Debug)]
pub(in crate::model) struct Reader<'a> {
    home: &'a Part,
    outside: &'a Outside<'a>,
    left: Cell<u32>,
}

impl<'a> Reader<'a> {
    pub(in crate::model) fn new(home: &'a Part, outside: &'a Outside<'a>) -> Reader<'a> {
        Reader {
            home,
            outside,
            left: Cell::new(VISITS),
        }
    }

    pub(in crate::model) fn home(&self, id: Id) -> Ref<'a> {
        Ref {
            part: self.home,
            id,
            owner: Owner::Chunk,
            used: None,
        }
    }

    /// Whether the service has had its share of visits, so that not all of it was read.
    pub(in crate::model) fn exhausted(&self) -> bool {
        self.left.get() == 0
    }

    /// False when the service has had its share of visits.
    fn visit(&self) -> bool {
        let left = self.left.get();
        self.left.set(left.saturating_sub(1));
        left > 0
    }

    /// The node itself, or what its alias stands for; `None` for an alias that leads nowhere.
    pub(in crate::model) fn resolve(&self, node: &Ref<'a>) -> Option<Ref<'a>> {
        let mut node = node.clone();
        for _ in 0..DEPTH {
            let Value::Alias(name) = node.part.node(node.id).value else {
                return Some(node);
            };
            node = self.follow(&node, name)?;
        }
        None
    }

    /// A name that is defined once in the file is visible all over it; one that is defined more often, in its own unit and
    /// behind its definition only. Neither depends on how the file is cut.
    fn follow(&self, alias: &Ref<'a>, name: Span) -> Option<Ref<'a>> {
        let used = || {
            Some(
                alias
                    .used
                    .clone()
                    .unwrap_or_else(|| alias.place(alias.span())),
            )
        };
        let text = alias.part.slice(name);
        let key = Key::Anchor(text.into());
        if let [(_, part)] = self.outside.get(&key)
            && let model::Part::Yaml(part) = &**part
        {
            let owner = if std::ptr::eq(part, alias.part) {
                alias.owner.clone()
            } else if std::ptr::eq(part, self.home) {
                Owner::Chunk
            } else {
                Owner::Other(key)
            };
            return Some(Ref {
                part,
                id: part.anchored(text).next()?,
                owner,
                used: used(),
            });
        }
        let unit = alias.part.node(alias.id).unit;
        let before = |id: &Id| {
            let node = alias.part.node(*id);
            node.unit == unit && node.span.start < name.start
        };
        Some(Ref {
            id: alias.part.anchored(text).rfind(before)?,
            used: used(),
            ..alias.clone()
        })
    }

    /// The entries of a mapping; those of merge keys where the mapping has none of that name. Entries that are reset are
    /// absent.
    pub(in crate::model) fn pairs(&self, node: &Ref<'a>) -> Vec<Pair<'a>> {
        let mut pairs = Vec::new();
        let mut reset = Vec::new();
        self.gather(node, DEPTH, &mut pairs, &mut reset);
        pairs
    }

    fn gather(
        &self,
        node: &Ref<'a>,
        depth: usize,
        pairs: &mut Vec<Pair<'a>>,
        reset: &mut Vec<String>,
    ) {
        let Some(node) = self.resolve(node).filter(|_| depth > 0) else {
            return;
        };
        if node.is_reset() {
            return;
        }
        let mut merges = Vec::new();
        let known: HashSet<String> = pairs.iter().map(|pair| pair.name.clone()).collect();
        for entry in node.part.entries(node.id) {
            if !self.visit() {
                return;
            }
            let key = node.to(entry.key);
            let value = entry.value.map(|value| node.to(value));
            let Some(key) = self.resolve(&key) else {
                continue;
            };
            let Some(name) = key.scalar() else { continue };
            let plain = matches!(
                key.part.node(key.id).value,
                Value::Scalar {
                    style: Style::Plain,
                    ..
                }
            );
            if name == "<<" && plain {
                merges.extend(value);
            } else if value.as_ref().is_some_and(Ref::is_reset) {
                reset.push(name.into_owned());
            } else if !known.contains(&*name) && !reset.iter().any(|known| *known == name) {
                pairs.push(Pair {
                    name: name.into_owned(),
                    key,
                    value,
                    entry: *entry,
                    own: depth == DEPTH && node.used.is_none(),
                });
            }
        }
        for merge in merges {
            let Some(merge) = self.resolve(&merge) else {
                continue;
            };
            match &merge.part.node(merge.id).value {
                Value::Mapping { .. } => self.gather(&merge, depth - 1, pairs, reset),
                Value::Sequence { items, .. } => {
                    for id in items.iter().filter_map(|item| item.value) {
                        self.gather(&merge.to(id), depth - 1, pairs, reset);
                    }
                }
                _ => {}
            }
        }
    }

    /// The entries of a mapping for look-ups by name.
    pub(in crate::model) fn fields(&self, node: &Ref<'a>) -> Fields<'_, 'a> {
        Fields {
            reader: self,
            pairs: self.pairs(node),
        }
    }

    /// The items of a sequence, aliases resolved, without those that are reset or empty.
    pub(in crate::model) fn items(&self, node: &Ref<'a>) -> Vec<(Item, Ref<'a>)> {
        let Value::Sequence { items, .. } = &node.part.node(node.id).value else {
            return Vec::new();
        };
        items
            .iter()
            .take_while(|_| self.visit())
            .filter_map(|item| {
                let value = self.resolve(&node.to(item.value?))?;
                (!value.is_reset()).then_some((*item, value))
            })
            .collect()
    }

    /// The scalars of a sequence, or the scalar that stands for one.
    pub(in crate::model) fn texts(&self, node: &Ref<'a>) -> Vec<Text> {
        let items = match node.text() {
            Some(text) => vec![text],
            None => self
                .items(node)
                .iter()
                .filter_map(|(_, item)| item.text())
                .collect(),
        };
        items.into_iter().filter(|text| !text.is_null()).collect()
    }

    /// The names that a list has as its items, or a mapping as its keys, each with what is said below it.
    pub(in crate::model) fn names(&self, node: &Ref<'a>) -> Vec<(Text, Option<Ref<'a>>)> {
        let names = self.items(node).into_iter().map(|(_, item)| (item, None));
        let keys = self.pairs(node).into_iter().map(|pair| {
            let value = pair.value.as_ref().and_then(|value| self.resolve(value));
            (pair.key, value)
        });
        names
            .chain(keys)
            .filter_map(|(name, value)| Some((name.text()?, value)))
            .collect()
    }

    /// Visit every scalar below a node that `wanted` picks by what is written, with the name of the entry that it belongs to.
    pub(in crate::model) fn each_scalar(
        &self,
        name: &str,
        node: &Ref<'a>,
        depth: usize,
        wanted: fn(&str) -> bool,
        visit: &mut impl FnMut(&str, Text),
    ) {
        let Some(node) = self
            .resolve(node)
            .filter(|node| depth > 0 && !node.is_reset() && self.visit())
        else {
            return;
        };
        match &node.part.node(node.id).value {
            Value::Mapping { .. } => {
                for pair in self.pairs(&node) {
                    if let Some(value) = &pair.value {
                        self.each_scalar(&pair.name, value, depth - 1, wanted, visit);
                    }
                }
            }
            Value::Sequence { .. } => {
                for (_, item) in self.items(&node) {
                    self.each_scalar(name, &item, depth - 1, wanted, visit);
                }
            }
            Value::Scalar { .. } => {
                if node.written().is_some_and(wanted)
                    && let Some(text) = node.text()
                {
                    visit(name, text);
                }
            }
            Value::Alias(_) | Value::Empty => {}
        }
    }
}
