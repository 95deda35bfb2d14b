//! tree-sitter's tree → ours.

use std::sync::Arc;

use tree_sitter::{Node as Raw, Tree, TreeCursor};

use super::kinds::{Kind, is_key, is_value, kind};
use super::node::{Entry, Id, Item, Node, Part, Style, Value};
use crate::chunk::yaml::{Section, State};
use crate::model::compose;
use crate::outside::{Export, Key};
use crate::text::Span;

/// Nesting that is read; what lies deeper is taken as empty, so that no text can exhaust the stack.
const DEPTH: usize = 200;

pub(super) fn part(state: State, text: &Arc<str>, tree: &Tree, broken: bool) -> Part {
    let mut part = Part {
        state,
        text: text.clone(),
        broken,
        ..Part::default()
    };
    let cursor = &mut tree.walk();
    each_child(cursor, |cursor, kind| match kind {
        Kind::Document => {
            let mut top = None;
            each_child(cursor, |cursor, kind| {
                if matches!(kind, Kind::BlockNode | Kind::FlowNode) && top.is_none() {
                    top = Some(part.convert(cursor, DEPTH));
                }
            });
            part.documents.extend(top);
        }
        Kind::BlockNode | Kind::FlowNode | Kind::BlockMapping | Kind::Error => {
            let id = part.convert(cursor, DEPTH);
            part.documents.push(id);
        }
        _ => {}
    });
    part.number_units();
    part.tell_flow();
    part.exports = exports(&part);
    part
}

/// Visit the children that mean something: no comments, no punctuation.
fn each_child<'t>(cursor: &mut TreeCursor<'t>, mut visit: impl FnMut(&mut TreeCursor<'t>, Kind)) {
    each(cursor, |cursor, kind| {
        if !matches!(kind, Kind::Nothing | Kind::Colon) {
            visit(cursor, kind);
        }
    });
}

fn each<'t>(cursor: &mut TreeCursor<'t>, mut visit: impl FnMut(&mut TreeCursor<'t>, Kind)) {
    if !cursor.goto_first_child() {
        return;
    }
    loop {
        visit(cursor, kind(cursor.node()));
        if !cursor.goto_next_sibling() {
            break;
        }
    }
    cursor.goto_parent();
}

fn span(node: Raw) -> Span {
    Span::new(node.start_byte(), node.end_byte())
}

/// Of an anchor or an alias.
fn name(node: Raw) -> Option<Span> {
    node.named_child(0).map(span)
}

impl Part {
    fn push(&mut self, span: Span, value: Value) -> Id {
        self.nodes.push(Node {
            span,
            value,
            tag: None,
            anchor: None,
            flow: false,
            unit: 0,
        });
        (self.nodes.len() - 1) as Id
    }

    /// The node that the cursor stands on; it comes back to it.
    fn convert(&mut self, cursor: &mut TreeCursor, depth: usize) -> Id {
        let node = cursor.node();
        let whole = span(node);
        if depth == 0 {
            return self.push(whole, Value::Empty);
        }
        let kind = kind(node);
        match kind {
            Kind::BlockNode | Kind::FlowNode => self.wrapper(cursor, depth),
            Kind::BlockMapping | Kind::FlowMapping | Kind::Error => {
                let flow = kind == Kind::FlowMapping;
                let mut entries = Vec::new();
                self.mapping(cursor, flow, depth, &mut entries);
                let end = self.end(flow, whole, entries.last().map(|entry| entry.span));
                self.push(end, Value::Mapping { entries, flow })
            }
            Kind::BlockSequence | Kind::FlowSequence => {
                let flow = kind == Kind::FlowSequence;
                let items = self.sequence(cursor, depth);
                let end = self.end(flow, whole, items.last().map(|item| item.span));
                self.push(end, Value::Sequence { items, flow })
            }
            Kind::BlockPair | Kind::FlowPair => {
                let entry = self.pair(cursor, depth);
                let entries = vec![entry];
                self.push(
                    entry.span,
                    Value::Mapping {
                        entries,
                        flow: true,
                    },
                )
            }
            Kind::Plain => self.push(
                whole,
                Value::Scalar {
                    style: Style::Plain,
                    inner: whole,
                },
            ),
            Kind::Single | Kind::Double => {
                let text = self.slice(whole);
                let closed = text.len() > 1 && text.as_bytes().first() == text.as_bytes().last();
                let inner = Span::new(
                    node.start_byte() + 1,
                    (node.end_byte() - usize::from(closed)).max(node.start_byte() + 1),
                );
                let style = if kind == Kind::Single {
                    Style::Single
                } else {
                    Style::Double
                };
                self.push(whole, Value::Scalar { style, inner })
            }
            Kind::BlockScalar => self.block_scalar(whole),
            Kind::Alias => self.push(whole, Value::Alias(name(node).unwrap_or(whole))),
            _ => self.push(whole, Value::Empty),
        }
    }

    /// The one place where a node's tag and anchor are read, whatever tree-sitter wraps it in.
    fn wrapper(&mut self, cursor: &mut TreeCursor, depth: usize) -> Id {
        let whole = span(cursor.node());
        let (mut tag, mut anchor, mut content) = (None, None, None);
        each_child(cursor, |cursor, kind| match kind {
            Kind::Tag => tag = Some(span(cursor.node())),
            Kind::Anchor => anchor = name(cursor.node()),
            _ if content.is_none() => content = Some(self.convert(cursor, depth - 1)),
            _ => {}
        });
        let id = content.unwrap_or_else(|| {
            let end = tag.max(anchor).unwrap_or(whole).end;
            self.push(Span { start: end, end }, Value::Empty)
        });
        let made = &mut self.nodes[id as usize];
        made.tag = made.tag.or(tag);
        made.anchor = made.anchor.or(anchor);
        if anchor.is_some() {
            self.anchors.push(id);
        }
        id
    }

    fn mapping(
        &mut self,
        cursor: &mut TreeCursor,
        flow: bool,
        depth: usize,
        entries: &mut Vec<Entry>,
    ) {
        each_child(cursor, |cursor, kind| match kind {
            Kind::BlockPair | Kind::FlowPair => entries.push(self.pair(cursor, depth)),
            // `{a, b}`: keys without values.
            Kind::FlowNode if flow => {
                let key = self.convert(cursor, depth - 1);
                entries.push(Entry {
                    key,
                    value: None,
                    span: self.node(key).span,
                });
            }
            // What an error swallowed may still hold whole pairs.
            Kind::Error | Kind::BlockNode | Kind::BlockMapping if depth > 1 => {
                self.mapping(cursor, false, depth - 1, entries);
            }
            _ => {}
        });
    }

    fn pair(&mut self, cursor: &mut TreeCursor, depth: usize) -> Entry {
        let start = cursor.node().start_byte();
        let (mut key, mut value, mut colon) = (None, None, None);
        each(cursor, |cursor, kind| {
            if key.is_none() && is_key(cursor) {
                key = Some(self.convert(cursor, depth - 1));
            } else if value.is_none() && is_value(cursor) {
                value = Some(self.convert(cursor, depth - 1));
            } else if kind == Kind::Colon {
                colon = Some(cursor.node().end_byte() as u32);
            }
        });
        let key = key.unwrap_or_else(|| self.push(Span::new(start, start), Value::Empty));
        let end = value
            .map(|value| self.node(value).span.end)
            .or(colon)
            .unwrap_or(self.node(key).span.end);
        Entry {
            key,
            value,
            span: Span {
                start: start as u32,
                end,
            },
        }
    }

    fn sequence(&mut self, cursor: &mut TreeCursor, depth: usize) -> Vec<Item> {
        let mut items = Vec::new();
        each_child(cursor, |cursor, kind| {
            let start = cursor.node().start_byte();
            let mut value = None;
            match kind {
                Kind::BlockItem => each_child(cursor, |cursor, _| {
                    if value.is_none() {
                        value = Some(self.convert(cursor, depth - 1));
                    }
                }),
                Kind::FlowNode | Kind::FlowPair => value = Some(self.convert(cursor, depth - 1)),
                _ => return,
            }
            let end = value.map_or(start + 1, |value| self.node(value).span.end as usize);
            items.push(Item {
                value,
                span: Span::new(start, end.max(start)),
            });
        });
        items
    }

    /// `|` and `>`: the header line, then the content.
    fn block_scalar(&mut self, whole: Span) -> Id {
        let text = self.slice(whole);
        let style = if text.starts_with('|') {
            Style::Literal
        } else {
            Style::Folded
        };
        let end = whole.start as usize + text.trim_end().len();
        let header = memchr::memchr(b'\n', text.as_bytes()).map_or(text.len(), |at| at + 1);
        let start = (whole.start as usize + header).min(end);
        self.push(
            Span::new(whole.start as usize, end),
            Value::Scalar {
                style,
                inner: Span::new(start, end),
            },
        )
    }

    /// Flow collections end with their bracket, block collections with their last leaf.
    fn end(&self, flow: bool, whole: Span, last: Option<Span>) -> Span {
        match last {
            Some(last) if !flow => Span {
                start: whole.start.min(last.end),
                end: last.end,
            },
            _ => whole,
        }
    }

    fn number_units(&mut self) {
        let mut units: Vec<Span> = Vec::new();
        for document in &self.documents {
            if matches!(self.state, State::Child { .. }) {
                self.children(*document, &mut units);
                continue;
            }
            for entry in self.entries(*document) {
                let section = self
                    .scalar(entry.key)
                    .is_some_and(|key| Section::named(&key).is_some());
                match entry.value {
                    Some(value) if section => self.children(value, &mut units),
                    _ => units.push(entry.span),
                }
            }
        }
        units.sort_unstable();
        for node in &mut self.nodes {
            let at = units.partition_point(|unit| unit.start <= node.span.start);
            let inside = at > 0 && node.span.start < units[at - 1].end;
            node.unit = if inside { at as u32 } else { 0 };
        }
    }

    fn tell_flow(&mut self) {
        let flow = |node: &&Node| match &node.value {
            Value::Mapping { flow, .. } | Value::Sequence { flow, .. } => *flow,
            _ => false,
        };
        let mut spans: Vec<Span> = self.nodes.iter().filter(flow).map(|n| n.span).collect();
        spans.sort_unstable();
        // Those within others are told by the outer ones.
        spans.dedup_by(|inner, outer| inner.start < outer.end);
        for node in &mut self.nodes {
            let at = spans.partition_point(|span| span.start <= node.span.start);
            node.flow = at > 0 && node.span.end <= spans[at - 1].end;
        }
    }

    fn children(&self, id: Id, spans: &mut Vec<Span>) {
        match &self.node(id).value {
            Value::Mapping { entries, .. } => spans.extend(entries.iter().map(|entry| entry.span)),
            Value::Sequence { items, .. } => spans.extend(items.iter().map(|item| item.span)),
            _ => {}
        }
    }
}

fn exports(part: &Part) -> Vec<Export> {
    let mut exports = Vec::new();
    for id in &part.anchors {
        let node = part.node(*id);
        let Some(name) = node.anchor else { continue };
        // Readers take spans from the anchored text, so what lies above it counts; a recovered tree may depend on all.
        let end = if part.broken {
            part.text.len()
        } else {
            node.span.end as usize
        };
        exports.push(Export {
            key: Key::Anchor(part.slice(name).into()),
            digest: digest(&part.text[..end]),
        });
    }
    for service in part.section(Section::Services) {
        let Some(name) = part.scalar(service.key) else {
            continue;
        };
        let image = service.value.and_then(|value| {
            part.entries(value)
                .iter()
                .find(|entry| part.scalar(entry.key).as_deref() == Some("image"))
                .and_then(|entry| part.scalar(entry.value?))
        });
        if compose::images::is_edge(&name, image.as_deref()) {
            exports.push(Export {
                key: Key::Edge,
                digest: 1,
            });
        }
        exports.push(Export {
            key: Key::Service(name.as_ref().into()),
            digest: 1,
        });
    }
    if !matches!(part.state, State::Child { section, .. } if section != Section::Services) {
        for (name, value) in compose::named_literals(part) {
            exports.push(Export {
                key: Key::Literal(name.as_str().into()),
                digest: digest(&value),
            });
        }
    }
    exports
}

fn digest(text: &str) -> u64 {
    xxhash_rust::xxh3::xxh3_64(text.as_bytes())
}
