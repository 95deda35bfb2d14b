//! Our own small tree of one chunk of YAML.

use std::borrow::Cow;
use std::sync::Arc;

use super::scalar;
use crate::chunk::yaml::{Section, State};
use crate::outside::Export;
use crate::text::Span;

/// A node of a part, by its index.
pub type Id = u32;

/// The reading of one chunk. All spans are relative to it.
#[derive(Debug, Default)]
pub struct Part {
    pub exports: Vec<Export>,
    pub broken: bool,
    pub(super) state: State,
    pub(super) text: Arc<str>,
    pub(super) nodes: Vec<Node>,
    /// The top node of each document.
    pub(super) documents: Vec<Id>,
    /// Nodes with an anchor, in the order of the text.
    pub(super) anchors: Vec<Id>,
}

/// A value, or a key.
#[derive(Debug)]
pub struct Node {
    /// Without tag and anchor; ends with the last leaf, where tree-sitter's block nodes swallow blanks and comments.
    pub span: Span,
    pub value: Value,
    pub tag: Option<Span>,
    /// The anchor's name, without `&`.
    pub anchor: Option<Span>,
    /// It stands in a flow collection.
    pub flow: bool,
    /// The entry of a section or of the top mapping in which the node lies, as a number. An anchor name that is defined
    /// more than once is only visible within this unit, so that cutting a file differently changes nothing.
    pub unit: u32,
}

#[derive(Debug)]
pub enum Value {
    Mapping {
        entries: Vec<Entry>,
        flow: bool,
    },
    Sequence {
        items: Vec<Item>,
        flow: bool,
    },
    Scalar {
        style: Style,
        /// What lies between the quotes, or below a block scalar's header.
        inner: Span,
    },
    /// The name, without `*`.
    Alias(Span),
    Empty,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Style {
    Plain,
    Single,
    Double,
    Literal,
    Folded,
}

#[derive(Debug, Clone, Copy)]
pub struct Entry {
    pub key: Id,
    pub value: Option<Id>,
    /// From the key to the last leaf of the value.
    pub span: Span,
}

#[derive(Debug, Clone, Copy)]
pub struct Item {
    pub value: Option<Id>,
    /// From the dash, where there is one, to the last leaf of the value.
    pub span: Span,
}

impl Part {
    pub fn text(&self) -> &str {
        &self.text
    }
    pub fn documents(&self) -> &[Id] {
        &self.documents
    }
    /// All nodes, in no order that means anything.
    pub fn nodes(&self) -> &[Node] {
        &self.nodes
    }
    pub fn node(&self, id: Id) -> &Node {
        &self.nodes[id as usize]
    }
    /// The text of a span; empty where it is no span of this part.
    pub fn slice(&self, span: Span) -> &str {
        self.text.get(span.range()).unwrap_or_default()
    }
    /// What a scalar says, escapes and folded lines resolved. `None` for other nodes.
    pub fn scalar(&self, id: Id) -> Option<Cow<'_, str>> {
        let Value::Scalar { style, inner } = self.node(id).value else {
            return None;
        };
        Some(scalar::decode(style, self.slice(inner)))
    }
    /// A scalar as it is written, without its quotes. `None` for other nodes.
    pub fn written(&self, id: Id) -> Option<&str> {
        match self.node(id).value {
            Value::Scalar { inner, .. } => Some(self.slice(inner)),
            _ => None,
        }
    }
    pub fn is_reset(&self, id: Id) -> bool {
        self.is_tagged(id, "!reset")
    }
    pub fn is_override(&self, id: Id) -> bool {
        self.is_tagged(id, "!override")
    }
    fn is_tagged(&self, id: Id, name: &str) -> bool {
        let tag = self.node(id).tag;
        tag.is_some_and(|tag| self.slice(tag) == name)
    }
    /// The nodes that carry this anchor, in the order of the text.
    pub fn anchored(&self, name: &str) -> impl DoubleEndedIterator<Item = Id> {
        self.anchors.iter().copied().filter(move |id| {
            let anchor = self.node(*id).anchor;
            anchor.is_some_and(|anchor| self.slice(anchor) == name)
        })
    }
    /// The entries of a section (`services`, `networks`, …) that are written in this chunk.
    pub fn section(&self, wanted: Section) -> Vec<Entry> {
        let mut found = Vec::new();
        for document in &self.documents {
            if let State::Child { section, .. } = self.state {
                if section == wanted {
                    found.extend_from_slice(self.entries(*document));
                }
                continue;
            }
            for entry in self.entries(*document) {
                if self.scalar(entry.key).as_deref() == Some(wanted.name())
                    && let Some(value) = entry.value
                {
                    found.extend_from_slice(self.entries(value));
                }
            }
        }
        found
    }
    /// The items of a section that is a sequence (`groups`, `scrape_configs`), those that are written in this chunk.
    pub fn items_of(&self, wanted: Section) -> Vec<Id> {
        let lists: Vec<Id> = match self.state {
            State::Child { section, .. } if section == wanted => self.documents.clone(),
            State::Child { .. } => Vec::new(),
            _ => {
                let entries = self.top(wanted.name()).into_iter();
                entries.filter_map(|entry| entry.value).collect()
            }
        };
        let items = lists.iter().flat_map(|id| match &self.node(*id).value {
            Value::Sequence { items, .. } => items.as_slice(),
            _ => &[],
        });
        items.filter_map(|item| item.value).collect()
    }
    /// The entries of the top mapping with this key that are written in this chunk.
    pub fn top(&self, key: &str) -> Vec<Entry> {
        if matches!(self.state, State::Child { .. }) {
            return Vec::new();
        }
        let entries = self.documents.iter().flat_map(|id| self.entries(*id));
        entries
            .filter(|entry| self.scalar(entry.key).as_deref() == Some(key))
            .copied()
            .collect()
    }
    /// The entries of a mapping as they are written; empty for other nodes.
    pub fn entries(&self, id: Id) -> &[Entry] {
        match &self.node(id).value {
            Value::Mapping { entries, .. } => entries,
            _ => &[],
        }
    }
    /// The bytes between the start of the line and `offset`.
    pub fn column(&self, offset: u32) -> usize {
        let before = &self.text.as_bytes()[..offset as usize];
        before.len() - memchr::memrchr(b'\n', before).map_or(0, |at| at + 1)
    }
    /// How lines end here.
    pub fn newline(&self) -> &'static str {
        if self.text.contains("\r\n") {
            "\r\n"
        } else {
            "\n"
        }
    }
}
