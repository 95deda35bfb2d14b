//! `try` and its handlers.

use tree_sitter::{Node, TreeCursor};

use super::kinds::{GRAMMAR, Kind};
use super::scope::Visitor;
use crate::model::python::{HandlerRecord, Head, NONE, Trivial, Value};
use crate::text::Span;

/// Builtins that say nothing about what was tried.
const HARDLY_FAIL: &[&str] = &[
    "dict",
    "enumerate",
    "getattr",
    "hasattr",
    "isinstance",
    "issubclass",
    "len",
    "list",
    "print",
    "range",
    "set",
    "sorted",
    "str",
    "super",
    "tuple",
    "type",
    "zip",
];

impl Visitor<'_> {
    pub(super) fn attempt(&mut self, c: &mut TreeCursor) {
        let mut tried = NONE;
        let mut body = true;
        self.each_child(c, |this, c| {
            let child = c.node();
            match this.kind(child) {
                Kind::ExceptClause => this.handler(c, tried),
                Kind::Block if body => {
                    body = false;
                    let first = this.part.calls.len();
                    this.visit(c, NONE);
                    // The outermost call of those that begin first.
                    tried = this.part.calls[first..]
                        .iter()
                        .filter(|call| this.plain(call.callee))
                        .min_by_key(|call| (call.span.start, u32::MAX - call.span.end))
                        .map_or(NONE, |call| call.callee);
                }
                _ => this.visit(c, NONE),
            }
        });
    }

    /// A path that is nothing but names and dots, and no builtin that hardly fails.
    fn plain(&self, path: u32) -> bool {
        let path = &self.part.paths[path as usize];
        let text = self.slice(path.span);
        !HARDLY_FAIL.contains(&text)
            && matches!(path.head, Head::Free(_) | Head::Local(_))
            && text.len() < 60
            && text
                .bytes()
                .all(|byte| byte == b'.' || byte == b'_' || byte.is_ascii_alphanumeric())
    }

    fn handler(&mut self, c: &mut TreeCursor, tried: u32) {
        let node = c.node();
        let function = self.function;
        let mut record = HandlerRecord {
            keyword: self.span(node),
            header: self.span(node),
            types: Vec::new(),
            tuple: false,
            bare: true,
            function,
            body: Vec::new(),
            tried,
        };
        let value = GRAMMAR.value;
        let (mut first, mut values) = (true, 0);
        self.each_child(c, |this, c| {
            let (child, field) = (c.node(), c.field_id().map(u16::from));
            if first {
                first = false;
                record.keyword = this.span(child);
                record.header = record.keyword;
            } else if child.kind() == "*" {
                record.keyword =
                    Span::new(record.keyword.start as usize, this.span(child).end as usize);
                record.header = record.keyword;
            } else if field == Some(value) {
                (record.bare, values) = (false, values + 1);
                record.tuple |= values > 1;
                this.caught(child, &mut record);
                this.visit(c, NONE);
            } else if field == Some(GRAMMAR.alias) {
                this.bind_pattern(child, &mut |_| Value::Unknown);
            } else if this.kind(child) == Kind::Block {
                record.body = this.trivial(child);
                this.visit(c, NONE);
            }
        });
        self.part.handlers.push(record);
    }

    /// The types of an `except` clause.
    fn caught(&mut self, node: Node, record: &mut HandlerRecord) {
        match self.kind(node) {
            Kind::AsPattern => {
                if let Some(types) = node.named_child(0) {
                    self.caught(types, record);
                }
            }
            Kind::Parenthesized | Kind::Tuple => {
                record.tuple |= self.kind(node) == Kind::Tuple;
                let mut cursor = node.walk();
                let children: Vec<Node> = node.named_children(&mut cursor).collect();
                for child in children {
                    self.caught(child, record);
                }
                record.header =
                    Span::new(record.header.start as usize, self.span(node).end as usize);
            }
            kind => {
                let mut path = NONE;
                if matches!(kind, Kind::Identifier | Kind::Attribute)
                    && let Value::Path(known) = self.value(node)
                {
                    path = known;
                }
                record.types.push(path);
                record.header =
                    Span::new(record.header.start as usize, self.span(node).end as usize);
            }
        }
    }

    /// The statements of a block where each does nothing about an error; nothing otherwise.
    fn trivial(&self, block: Node) -> Vec<(Trivial, Span)> {
        let mut cursor = block.walk();
        let mut body = Vec::new();
        for statement in block.named_children(&mut cursor) {
            let kind = match self.kind(statement) {
                Kind::Comment => continue,
                Kind::Pass => Trivial::Pass,
                Kind::Continue => Trivial::Continue,
                Kind::Break => Trivial::Break,
                Kind::Return if self.constant_children(statement) => Trivial::Return,
                Kind::ExpressionStatement if statement.named_child_count() == 1 => {
                    match statement.named_child(0).map(|value| self.kind(value)) {
                        Some(Kind::Ellipsis) => Trivial::Ellipsis,
                        Some(Kind::String) => Trivial::Str,
                        _ => return Vec::new(),
                    }
                }
                _ => return Vec::new(),
            };
            body.push((kind, self.span(statement)));
        }
        body
    }

    fn constant_children(&self, node: Node) -> bool {
        let mut cursor = node.walk();
        node.named_children(&mut cursor)
            .all(|child| match self.kind(child) {
                Kind::None | Kind::True | Kind::False | Kind::Number | Kind::Ellipsis => true,
                Kind::Comment => true,
                Kind::String => !self.text(child).contains('{'),
                Kind::Unary | Kind::Parenthesized | Kind::Tuple | Kind::List => {
                    self.constant_children(child)
                }
                Kind::Dictionary | Kind::Set => child.named_child_count() == 0,
                _ => false,
            })
    }
}
