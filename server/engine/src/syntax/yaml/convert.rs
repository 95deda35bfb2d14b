//! tree-sitter's tree → ours.

use std::sync::Arc;

use tree_sitter::{Node as Raw, Tree};

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
    let root = tree.root_node();
    for document in named(root) {
        match document.kind() {
            "document" => {
                let top = named(document)
                    .into_iter()
                    .find(|node| matches!(node.kind(), "block_node" | "flow_node"));
                if let Some(top) = top {
                    let id = part.convert(top, DEPTH);
                    part.documents.push(id);
                }
            }
            "block_node" | "flow_node" | "block_mapping" | "ERROR" => {
                let id = part.convert(document, DEPTH);
                part.documents.push(id);
            }
            _ => {}
        }
    }
    part.number_units();
    part.tell_flow();
    part.exports = exports(&part);
    part
}

/// Children that mean something: no comments, no punctuation.
fn named<'t>(node: Raw<'t>) -> Vec<Raw<'t>> {
    let mut cursor = node.walk();
    node.named_children(&mut cursor)
        .filter(|child| child.kind() != "comment")
        .collect()
}

fn span(node: Raw) -> Span {
    Span::new(node.start_byte(), node.end_byte())
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

    fn convert(&mut self, node: Raw, depth: usize) -> Id {
        let whole = span(node);
        if depth == 0 {
            return self.push(whole, Value::Empty);
        }
        match node.kind() {
            "block_node" | "flow_node" => self.wrapper(node, depth),
            "block_mapping" | "flow_mapping" | "ERROR" => {
                let flow = node.kind() == "flow_mapping";
                let entries = self.mapping(node, depth);
                let end = self.end(flow, whole, entries.last().map(|entry| entry.span));
                self.push(end, Value::Mapping { entries, flow })
            }
            "block_sequence" | "flow_sequence" => {
                let flow = node.kind() == "flow_sequence";
                let items = self.sequence(node, depth);
                let end = self.end(flow, whole, items.last().map(|item| item.span));
                self.push(end, Value::Sequence { items, flow })
            }
            "block_mapping_pair" | "flow_pair" => {
                let entry = self.pair(node, depth);
                let entries = vec![entry];
                self.push(
                    entry.span,
                    Value::Mapping {
                        entries,
                        flow: true,
                    },
                )
            }
            "plain_scalar" => self.push(
                whole,
                Value::Scalar {
                    style: Style::Plain,
                    inner: whole,
                },
            ),
            "single_quote_scalar" | "double_quote_scalar" => {
                let text = self.slice(whole);
                let closed = text.len() > 1 && text.as_bytes().first() == text.as_bytes().last();
                let inner = Span::new(
                    node.start_byte() + 1,
                    (node.end_byte() - usize::from(closed)).max(node.start_byte() + 1),
                );
                let style = if node.kind() == "single_quote_scalar" {
                    Style::Single
                } else {
                    Style::Double
                };
                self.push(whole, Value::Scalar { style, inner })
            }
            "block_scalar" => self.block_scalar(whole),
            "alias" => {
                let name = named(node).first().map_or(whole, |name| span(*name));
                self.push(whole, Value::Alias(name))
            }
            _ => self.push(whole, Value::Empty),
        }
    }

    /// The one place where a node's tag and anchor are read, whatever tree-sitter wraps it in.
    fn wrapper(&mut self, node: Raw, depth: usize) -> Id {
        let (mut tag, mut anchor, mut content) = (None, None, None);
        for child in named(node) {
            match child.kind() {
                "tag" => tag = Some(span(child)),
                "anchor" => anchor = named(child).first().map(|name| span(*name)),
                _ if content.is_none() => content = Some(child),
                _ => {}
            }
        }
        let id = match content {
            Some(content) => self.convert(content, depth - 1),
            None => {
                let end = tag.max(anchor).unwrap_or(span(node)).end;
                self.push(Span { start: end, end }, Value::Empty)
            }
        };
        let made = &mut self.nodes[id as usize];
        made.tag = made.tag.or(tag);
        made.anchor = made.anchor.or(anchor);
        if anchor.is_some() {
            self.anchors.push(id);
        }
        id
    }

    fn mapping(&mut self, node: Raw, depth: usize) -> Vec<Entry> {
        let mut entries = Vec::new();
        for child in named(node) {
            match child.kind() {
                "block_mapping_pair" | "flow_pair" => entries.push(self.pair(child, depth)),
                // `{a, b}`: keys without values.
                "flow_node" if node.kind() == "flow_mapping" => {
                    let key = self.convert(child, depth - 1);
                    entries.push(Entry {
                        key,
                        value: None,
                        span: self.node(key).span,
                    });
                }
                // What an error swallowed may still hold whole pairs.
                "ERROR" | "block_node" | "block_mapping" if depth > 1 => {
                    let mut inner = self.mapping(child, depth - 1);
                    entries.append(&mut inner);
                }
                _ => {}
            }
        }
        entries
    }

    fn pair(&mut self, node: Raw, depth: usize) -> Entry {
        let key = node.child_by_field_name("key");
        let key_id = match key {
            Some(key) => self.convert(key, depth - 1),
            None => {
                let start = node.start_byte();
                self.push(Span::new(start, start), Value::Empty)
            }
        };
        let value = node
            .child_by_field_name("value")
            .map(|value| self.convert(value, depth - 1));
        let colon = (0..node.child_count())
            .filter_map(|at| node.child(at))
            .rfind(|child| child.kind() == ":");
        let end = value
            .map(|value| self.node(value).span.end)
            .or_else(|| colon.map(|colon| colon.end_byte() as u32))
            .unwrap_or(self.node(key_id).span.end);
        Entry {
            key: key_id,
            value,
            span: Span {
                start: node.start_byte() as u32,
                end,
            },
        }
    }

    fn sequence(&mut self, node: Raw, depth: usize) -> Vec<Item> {
        let mut items = Vec::new();
        for child in named(node) {
            let content = match child.kind() {
                "block_sequence_item" => named(child).into_iter().next(),
                "flow_node" | "flow_pair" => Some(child),
                _ => continue,
            };
            let value = content.map(|content| self.convert(content, depth - 1));
            let start = child.start_byte();
            let end = value.map_or(start + 1, |value| self.node(value).span.end as usize);
            items.push(Item {
                value,
                span: Span::new(start, end.max(start)),
            });
        }
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
