//! Functions, classes and their decorators.

use tree_sitter::{Node, TreeCursor};

use super::bind::Parameter;
use super::kinds::{GRAMMAR, Kind};
use super::scope::Visitor;
use crate::model::python::{
    Body, ClassRecord, DecoratorRecord, FunctionRecord, NONE, Value, ValueKind,
};
use crate::text::Span;

impl Visitor<'_> {
    pub(super) fn function(&mut self, c: &mut TreeCursor) {
        let node = c.node();
        let span = self.span(node);
        let decorators = std::mem::take(&mut self.decorators);
        let mut name = Span::default();
        let mut is_async = false;
        let mut parameters = Vec::new();
        // A function without a body, half typed, is a name all the same.
        let mut bound = None;
        if !c.goto_first_child() {
            return;
        }
        loop {
            let child = c.node();
            match self.kind(child) {
                Kind::Plain if child.kind() == "async" => is_async = true,
                Kind::Identifier => {
                    name = self.span(child);
                    bound = Some(child);
                }
                Kind::Parameters => parameters = self.parameters(c),
                Kind::Block => {
                    let first = self.part.parameters.len() as u32;
                    let spans = parameters.iter().map(|parameter| parameter.span);
                    self.part.parameters.extend(spans);
                    let typed = parameters.iter().map(|parameter| parameter.typed);
                    self.part.typed.extend(typed);
                    let outer = self.qualify(name, "()");
                    self.part.functions.push(FunctionRecord {
                        name,
                        span,
                        is_async,
                        method: self.in_class,
                        generator: false,
                        path: self.qualified.trim_end_matches("()").into(),
                        function: self.function,
                        parameters: (first, self.part.parameters.len() as u32),
                        decorators,
                    });
                    let this = self.part.functions.len() as u32 - 1;
                    if let Some(name) = bound.take() {
                        self.bind_node(name, Value::Function(this));
                    }
                    let me = self.me;
                    self.me = self.me_of(&parameters, decorators);
                    let function = std::mem::replace(&mut self.function, this);
                    let class = std::mem::replace(&mut self.in_class, false);
                    let deferred = std::mem::replace(&mut self.deferred, false);
                    let lazy = std::mem::replace(&mut self.lazy, false);
                    self.enter(span, true);
                    self.bind_parameters(parameters.drain(..));
                    self.children(c, NONE);
                    self.leave();
                    (self.function, self.in_class) = (function, class);
                    (self.me, self.deferred, self.lazy) = (me, deferred, lazy);
                    self.qualified.truncate(outer);
                }
                _ => {}
            }
            if !c.goto_next_sibling() {
                break;
            }
        }
        c.goto_parent();
        if let Some(name) = bound {
            self.bind_node(name, Value::Function(NONE));
        }
    }

    /// Go into a definition; how long the qualified name was before.
    fn qualify(&mut self, name: Span, mark: &str) -> usize {
        let outer = self.qualified.len();
        if self.member || outer > 0 {
            self.qualified.push('.');
        }
        let name = self.slice(name);
        self.qualified.push_str(name);
        self.qualified.push_str(mark);
        outer
    }

    /// The parameter that is a method's object or class, for a function that is about to be entered. A function in a method
    /// sees the method's.
    fn me_of(&self, parameters: &[Parameter], decorators: (u32, u32)) -> Option<(u32, u32)> {
        if !self.in_class {
            let hidden = |me: &(u32, u32)| parameters.iter().any(|p| p.name == me.0);
            return self.me.filter(|me| !hidden(me));
        }
        let decorators = &self.part.decorators[decorators.0 as usize..decorators.1 as usize];
        let is_static = decorators
            .iter()
            .any(|decorator| self.slice(decorator.span) == "staticmethod");
        let first = parameters.first().filter(|_| !is_static)?;
        Some((first.name, self.class))
    }

    /// Bind the parameters of a function that was entered.
    pub(super) fn bind_parameters(&mut self, parameters: impl Iterator<Item = Parameter>) {
        for (at, parameter) in parameters.enumerate() {
            let value = match (self.me, parameter.class) {
                (Some((name, class)), _) if at == 0 && name == parameter.name => Value::Me(class),
                (_, Some(class)) => Value::Call(class),
                _ => Value::Unknown,
            };
            self.bind(parameter.name, parameter.span, value);
        }
    }

    pub(super) fn class(&mut self, c: &mut TreeCursor) {
        let decorators = std::mem::take(&mut self.decorators);
        let superclasses = c.node().child_by_field_id(GRAMMAR.superclasses);
        if !c.goto_first_child() {
            return;
        }
        let this = self.part.classes.len() as u32;
        let outer = self.qualified.len();
        loop {
            let child = c.node();
            match self.kind(child) {
                Kind::Identifier => {
                    let name = self.span(child);
                    self.qualify(name, "");
                    self.part.classes.push(ClassRecord {
                        name,
                        path: self.qualified.as_str().into(),
                        top: self.scopes.is_empty() && !self.in_class,
                        bases: Vec::new(),
                        list: superclasses.map_or(Span::default(), |list| self.span(list)),
                        body: Body::default(),
                        decorators,
                    });
                    let bases = superclasses.map_or(Span::default(), |list| self.span(list));
                    self.bases = bases;
                    self.bind_node(child, Value::Class(this));
                }
                Kind::Block => {
                    let body = self.class_body(child);
                    if let Some(record) = self.part.classes.get_mut(this as usize) {
                        record.body = body;
                    }
                    let class = std::mem::replace(&mut self.in_class, true);
                    let index = std::mem::replace(&mut self.class, this);
                    self.children(c, NONE);
                    (self.in_class, self.class) = (class, index);
                }
                _ if Some(child) == superclasses => {
                    let mut bases = Vec::new();
                    self.each_child(c, |this, c| {
                        if this.kind(c.node()) == Kind::KeywordArgument || !c.node().is_named() {
                            this.visit(c, NONE);
                        } else if let ValueKind::Path(base) = this.argument(c, NONE) {
                            bases.push(base);
                        }
                    });
                    if let Some(record) = self.part.classes.get_mut(this as usize) {
                        record.bases = bases;
                    }
                }
                _ => self.visit(c, NONE),
            }
            if !c.goto_next_sibling() {
                break;
            }
        }
        c.goto_parent();
        self.qualified.truncate(outer);
    }

    /// How the body of a class begins.
    fn class_body(&self, block: Node) -> Body {
        let mut cursor = block.walk();
        let mut statements = block
            .named_children(&mut cursor)
            .filter(|child| self.kind(*child) != Kind::Comment);
        let mut body = Body::default();
        let mut first = statements.next();
        if let Some(doc) = first.filter(|node| self.is_string(*node)) {
            body.doc = self.span(doc);
            first = statements.next();
        }
        body.first = first.map_or(Span::default(), |node| self.span(node));
        body.only = statements.next().is_none();
        body
    }

    fn is_string(&self, statement: Node) -> bool {
        let inner = statement.named_child(0);
        self.kind(statement) == Kind::ExpressionStatement
            && inner.is_some_and(|inner| self.kind(inner) == Kind::String)
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
