//! Functions, classes and their decorators.

use tree_sitter::TreeCursor;

use super::kinds::Kind;
use super::scope::Visitor;
use crate::model::python::{ClassRecord, DecoratorRecord, FunctionRecord, NONE, Value, ValueKind};
use crate::text::Span;

impl Visitor<'_> {
    pub(super) fn function(&mut self, c: &mut TreeCursor) {
        let node = c.node();
        let span = self.span(node);
        let decorators = std::mem::take(&mut self.decorators);
        let mut name = Span::default();
        let mut is_async = false;
        let mut parameters = Vec::new();
        if !c.goto_first_child() {
            return;
        }
        loop {
            let child = c.node();
            match self.kind(child) {
                Kind::Plain if child.kind() == "async" => is_async = true,
                Kind::Identifier => {
                    name = self.span(child);
                    self.bind_node(child, Value::Function);
                }
                Kind::Parameters => parameters = self.parameters(c),
                Kind::Block => {
                    let first = self.part.parameters.len() as u32;
                    let spans = parameters.iter().map(|(_, span)| *span);
                    self.part.parameters.extend(spans);
                    self.part.functions.push(FunctionRecord {
                        name,
                        span,
                        is_async,
                        method: self.in_class,
                        function: self.function,
                        parameters: (first, self.part.parameters.len() as u32),
                        decorators,
                    });
                    let this = self.part.functions.len() as u32 - 1;
                    let function = std::mem::replace(&mut self.function, this);
                    let class = std::mem::replace(&mut self.in_class, false);
                    self.enter(span, true);
                    for (name, span) in parameters.drain(..) {
                        self.bind(name, span, Value::Unknown);
                    }
                    self.children(c, NONE);
                    self.leave();
                    (self.function, self.in_class) = (function, class);
                }
                _ => {}
            }
            if !c.goto_next_sibling() {
                break;
            }
        }
        c.goto_parent();
    }

    pub(super) fn class(&mut self, c: &mut TreeCursor) {
        let decorators = std::mem::take(&mut self.decorators);
        if !c.goto_first_child() {
            return;
        }
        loop {
            let child = c.node();
            match self.kind(child) {
                Kind::Identifier => {
                    let name = self.span(child);
                    self.part.classes.push(ClassRecord { name, decorators });
                    self.bind_node(child, Value::Class);
                }
                Kind::Block => {
                    let class = std::mem::replace(&mut self.in_class, true);
                    self.children(c, NONE);
                    self.in_class = class;
                }
                _ => self.visit(c, NONE),
            }
            if !c.goto_next_sibling() {
                break;
            }
        }
        c.goto_parent();
    }

    /// Decorators, which are evaluated around what they decorate, and that.
    pub(super) fn decorated(&mut self, c: &mut TreeCursor) {
        let first = self.part.decorators.len() as u32;
        self.each_child(c, |this, c| {
            if this.kind(c.node()) == Kind::Decorator {
                this.each_child(c, Visitor::decorator);
            } else {
                this.decorators = (first, this.part.decorators.len() as u32);
                this.visit(c, NONE);
            }
        });
        self.decorators = (0, 0);
    }

    fn decorator(&mut self, c: &mut TreeCursor) {
        let node = c.node();
        let kind = self.kind(node);
        if !node.is_named() || kind == Kind::Comment {
            return;
        }
        let (mut path, mut call) = (NONE, NONE);
        if kind == Kind::Call {
            if let Some(callee) = self.call(c, NONE) {
                path = callee;
                call = self.part.calls.len() as u32 - 1;
            }
        } else if let ValueKind::Path(known) = self.argument(c, NONE) {
            path = known;
        }
        let span = self.span(node);
        self.part
            .decorators
            .push(DecoratorRecord { path, span, call });
    }
}
