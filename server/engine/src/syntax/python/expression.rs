//! Expressions, and what names are bound to by them.

use tree_sitter::{Node, TreeCursor};

use super::kinds::{GRAMMAR, Kind};
use super::scope::Visitor;
use crate::model::python::{Head, NONE, TargetKind, Value, ValueKind};
use crate::text::Span;

impl Visitor<'_> {
    pub(super) fn expression(&mut self, c: &mut TreeCursor, kind: Kind, flow: u32) {
        let node = c.node();
        match kind {
            Kind::Call => {
                self.call(c, flow);
            }
            Kind::Attribute => {
                self.attribute(c, flow);
            }
            Kind::Identifier => {
                if flow != NONE && !self.scopes.is_empty() {
                    let name = self.intern(node);
                    self.used(name, flow);
                }
            }
            Kind::String => self.string(c, flow),
            Kind::Pair => self.pair(c, flow),
            Kind::KeywordArgument => self.keyword(c, flow).map_or((), drop),
            Kind::Conditional => self.conditional(c, flow),
            Kind::Subscript => self.subscript(c, flow),
            // Whether a value has a property is not the value.
            Kind::Comparison => {
                self.children(c, NONE);
                self.compared(node);
            }
            Kind::NamedExpression => self.walrus(c, flow),
            Kind::Lambda => self.lambda(c, flow),
            Kind::Comprehension | Kind::Generator => {
                let span = self.span(node);
                self.enter(span, false);
                let class = std::mem::replace(&mut self.in_class, false);
                let lazy = self.lazy;
                // A comprehension in the body of a class cannot await either.
                self.lazy |= kind == Kind::Generator || class;
                self.children(c, flow);
                (self.in_class, self.lazy) = (class, lazy);
                self.leave();
            }
            Kind::ForInClause => {
                if let Some(left) = node.child_by_field_id(GRAMMAR.left) {
                    self.bind_pattern(left, &mut |_| Value::Unknown);
                }
                self.children(c, flow);
                if node.child(0).is_some_and(|first| first.kind() == "async")
                    && let Some(right) = node.child_by_field_id(GRAMMAR.right)
                {
                    self.awaited(right);
                }
            }
            Kind::Yield => {
                if let Some(function) = self.part.functions.get_mut(self.function as usize) {
                    function.generator = true;
                }
                let flow = self.return_target();
                self.children(c, flow);
            }
            Kind::AsPattern => {
                let opens = std::mem::replace(&mut self.opens, false);
                self.children(c, NONE);
                self.opens = opens;
                if let Some(alias) = node.child_by_field_id(GRAMMAR.alias) {
                    // What a `with` opens is mostly what it gives.
                    let value = match node.child(0) {
                        Some(opened) if opens => self.value(opened),
                        _ => Value::Unknown,
                    };
                    let alias = alias.child(0).unwrap_or(alias);
                    let value = match value {
                        Value::Call(callee) => Value::Call(callee),
                        _ => Value::Unknown,
                    };
                    self.bind_pattern(alias, &mut |_| value.clone());
                }
            }
            Kind::Await => {
                self.children(c, flow);
                if let Some(value) = node.named_child(0) {
                    self.awaited(value);
                }
            }
            Kind::Boolean => {
                self.children(c, flow);
                self.fallback(node);
            }
            Kind::CasePattern => self.case_pattern(node),
            Kind::Skip | Kind::Comment | Kind::Number | Kind::Ellipsis => {}
            Kind::None | Kind::True | Kind::False | Kind::DottedName => {}
            _ => self.children(c, flow),
        }
    }

    /// Visit an expression and say what it is.
    pub(super) fn argument(&mut self, c: &mut TreeCursor, flow: u32) -> ValueKind {
        let node = c.node();
        match self.kind(node) {
            Kind::Identifier => {
                let (name, span) = (self.intern(node), self.span(node));
                self.used(name, flow);
                ValueKind::Path(self.path(Head::Free(name), span, span.end))
            }
            Kind::Attribute => {
                let (head, tail) = self.attribute(c, flow);
                let span = self.span(node);
                ValueKind::Path(self.path(head, span, tail))
            }
            kind => {
                self.visit(c, flow);
                match kind {
                    Kind::None => ValueKind::None,
                    Kind::Splat => ValueKind::Splat,
                    kind => self.literal(node, kind).unwrap_or(ValueKind::Other),
                }
            }
        }
    }

    /// What a value is that is written out, and is not `None`.
    pub(super) fn literal(&self, node: Node, kind: Kind) -> Option<ValueKind> {
        Some(match kind {
            Kind::True => ValueKind::True,
            Kind::False => ValueKind::False,
            Kind::Number => ValueKind::Number,
            Kind::String if !self.formatted(node) => ValueKind::Str,
            Kind::List | Kind::Tuple | Kind::Set | Kind::Dictionary => ValueKind::Collection,
            Kind::Call if self.is_dictionary(node) => ValueKind::Collection,
            _ => return None,
        })
    }

    /// What a name is bound to by `name = <node>`. The expression was visited.
    pub(super) fn value(&mut self, node: Node) -> Value {
        match self.kind(node) {
            Kind::Identifier | Kind::Attribute => {
                let mut base = node;
                while self.kind(base) == Kind::Attribute
                    && let Some(object) = base.child(0)
                {
                    base = object;
                }
                if self.kind(base) == Kind::Call {
                    let (call, span) = (self.span(base), self.span(node));
                    let callee = self
                        .part
                        .calls
                        .iter()
                        .rev()
                        .find(|known| known.span == call);
                    let callee = callee.map(|call| call.callee);
                    return callee.map_or(Value::Unknown, |callee| {
                        Value::Path(self.path(Head::Call(callee), span, call.end))
                    });
                }
                if self.kind(base) != Kind::Identifier {
                    return Value::Unknown;
                }
                let (name, span) = (self.intern(base), self.span(node));
                let tail = self.span(base).end;
                Value::Path(self.path(Head::Free(name), span, tail))
            }
            Kind::Call if self.is_cast(node) => self.cast(node),
            Kind::Boolean | Kind::Conditional => self.either(node),
            Kind::Call if !self.is_dictionary(node) => {
                let span = self.span(node);
                let last = self.part.calls.iter().rev().find(|call| call.span == span);
                last.map_or(Value::Unknown, |call| Value::Call(call.callee))
            }
            Kind::None => Value::None,
            Kind::Await => Value::Unknown,
            // What a path and a name make is a path.
            Kind::Binary if self.is_division(node) => {
                let left = node.child_by_field_id(GRAMMAR.left);
                match left.map_or(Value::Unknown, |left| self.value(left)) {
                    known @ (Value::Path(_) | Value::Call(_)) => known,
                    _ => Value::Unknown,
                }
            }
            // A name for an annotated type.
            Kind::Subscript if self.is_annotated(node) => {
                let span = self.span(node);
                self.annotation(span).map_or(Value::Unknown, Value::Path)
            }
            // A negative number, and a literal of several lines.
            Kind::Unary | Kind::Parenthesized => {
                let inner = node.named_child(0).map(|inner| self.value(inner));
                match inner {
                    Some(Value::Literal(_, ValueKind::Number)) => {
                        Value::Literal(self.span(node), ValueKind::Number)
                    }
                    Some(known @ Value::Literal(..)) if self.kind(node) == Kind::Parenthesized => {
                        known
                    }
                    _ => Value::Unknown,
                }
            }
            kind => match self.literal(node, kind) {
                Some(kind) => Value::Literal(self.span(node), kind),
                None => Value::Unknown,
            },
        }
    }

    /// `dict(a=b)`: a dictionary that is written out.
    fn is_dictionary(&self, node: Node) -> bool {
        let Some(list) = node
            .child(1)
            .filter(|_| self.text(node).starts_with("dict("))
        else {
            return false;
        };
        let mut cursor = list.walk();
        list.named_children(&mut cursor)
            .all(|one| matches!(self.kind(one), Kind::KeywordArgument | Kind::Comment))
    }

    fn pair(&mut self, c: &mut TreeCursor, flow: u32) {
        let key = c.node().child(0);
        let mut flow = flow;
        if let Some(key) = key
            && self.kind(key) == Kind::String
        {
            let name = self.unquoted(self.span(key));
            flow = self.target(TargetKind::Key, name, flow);
            if let Some(value) = c.node().child_by_field_id(GRAMMAR.value) {
                self.literal_to(value, TargetKind::Key, name, None, flow);
            }
        }
        self.after_first(c, flow);
    }

    /// The first child goes nowhere, the others go to `flow`.
    fn after_first(&mut self, c: &mut TreeCursor, flow: u32) {
        if c.goto_first_child() {
            self.visit(c, NONE);
            while c.goto_next_sibling() {
                self.visit(c, flow);
            }
            c.goto_parent();
        }
    }

    /// `a if condition else b`
    fn conditional(&mut self, c: &mut TreeCursor, flow: u32) {
        let mut named = 0;
        if c.goto_first_child() {
            loop {
                if c.node().is_named() && self.kind(c.node()) != Kind::Comment {
                    self.visit(c, if named == 1 { NONE } else { flow });
                    named += 1;
                }
                if !c.goto_next_sibling() {
                    break;
                }
            }
            c.goto_parent();
        }
    }

    /// What stands under a key in a value is not the value.
    fn subscript(&mut self, c: &mut TreeCursor, flow: u32) {
        let mut cursor = c.node().walk();
        let keyed = c
            .node()
            .named_children(&mut cursor)
            .nth(1)
            .is_some_and(|key| self.kind(key) == Kind::String);
        self.children(c, if keyed { NONE } else { flow });
        let value = c.node().child(0).map(|value| self.span(value));
        if let Some(call) = value.and_then(|value| self.call_at(value)) {
            call.trailed = true;
        }
    }

    fn walrus(&mut self, c: &mut TreeCursor, flow: u32) {
        let node = c.node();
        let name = node.child_by_field_id(GRAMMAR.name);
        let flow = name.map_or(flow, |name| self.name_target(name, flow));
        self.after_first(c, flow);
        if let (Some(name), Some(value)) = (name, node.child_by_field_id(GRAMMAR.value)) {
            self.assigned_literal(name, value);
            let value = self.value(value);
            let (id, span) = (self.intern(name), self.span(name));
            self.bind_around(id, span, value);
        }
    }

    fn string(&mut self, c: &mut TreeCursor, flow: u32) {
        let formatted = self.formatted(c.node());
        self.looked_at(c.node(), flow, formatted);
        if formatted {
            let inside = std::mem::replace(&mut self.in_string, true);
            self.children(c, flow);
            self.in_string = inside;
        }
    }

    /// Whether a string may have interpolations.
    fn formatted(&self, node: Node) -> bool {
        let text = self.text(node);
        let plain = |text: &str| {
            let prefix = text.split(['"', '\'']).next().unwrap_or_default();
            !prefix
                .bytes()
                .any(|byte| matches!(byte | 0x20, b'f' | b't'))
        };
        if node.kind() == "concatenated_string" {
            let mut cursor = node.walk();
            return node
                .children(&mut cursor)
                .any(|child| !plain(self.text(child)));
        }
        !plain(text)
    }

    /// The content of a string literal.
    pub(super) fn unquoted(&self, span: Span) -> Span {
        let text = self.slice(span);
        let start = text.find(['"', '\'']).unwrap_or(0);
        let body = &text[start..];
        let long = body.starts_with("\"\"\"") || body.starts_with("'''");
        let quote = if long { 3 } else { 1 };
        if body.len() < 2 * quote {
            return span;
        }
        let base = span.start as usize + start;
        Span::new(base + quote, base + body.len() - quote)
    }
}
