//! Statements: what each kind is visited by, `with`, and the outline of a module.

use tree_sitter::{Node, TreeCursor};

use super::kinds::{GRAMMAR, Kind};
use super::scope::Visitor;
use crate::model::python::{NONE, StatementKind, TargetKind, Value, WithRecord};
use crate::text::Span;

impl Visitor<'_> {
    /// The statements of a module.
    pub(super) fn module(&mut self, c: &mut TreeCursor) {
        if !c.goto_first_child() {
            return;
        }
        loop {
            let node = c.node();
            if node.is_named() && self.kind(node) != Kind::Comment {
                let before = self.part.bindings.len();
                self.visit(c, NONE);
                let guarded = self.part.bindings[before..]
                    .iter()
                    .any(|binding| matches!(binding.value, Value::Import(_)));
                let kind = match self.kind(node) {
                    Kind::Import => StatementKind::Import,
                    Kind::ImportFrom => StatementKind::From,
                    Kind::Future => StatementKind::Future,
                    Kind::If | Kind::Try if guarded => StatementKind::Guarded,
                    Kind::ExpressionStatement
                        if node
                            .named_child(0)
                            .is_some_and(|child| self.kind(child) == Kind::String) =>
                    {
                        StatementKind::Str
                    }
                    Kind::FunctionDefinition
                    | Kind::ClassDefinition
                    | Kind::DecoratedDefinition => StatementKind::Definition,
                    _ => StatementKind::Other,
                };
                let module = match kind {
                    StatementKind::Import => node
                        .named_child(0)
                        .map(|name| name.child_by_field_id(GRAMMAR.name).unwrap_or(name)),
                    StatementKind::From => node.child_by_field_id(GRAMMAR.module_name),
                    _ => None,
                };
                let module = module.map_or(Span::default(), |node| self.span(node));
                let span = self.span(node);
                self.outline(kind, span, module);
            }
            if !c.goto_next_sibling() {
                break;
            }
        }
        c.goto_parent();
    }

    /// Visit a statement; false when the node is none that is known here.
    pub(super) fn statement(&mut self, c: &mut TreeCursor, kind: Kind, flow: u32) -> bool {
        let node = c.node();
        match kind {
            Kind::Import => self.import(node),
            Kind::ImportFrom => self.import_from(node),
            Kind::Future => {}
            Kind::Assignment => self.assignment(c, flow, false),
            Kind::AugmentedAssignment => self.assignment(c, flow, true),
            Kind::Return => {
                let flow = self.return_target();
                self.children(c, flow);
            }
            Kind::DecoratedDefinition => self.decorated(c),
            Kind::FunctionDefinition => self.function(c),
            Kind::ClassDefinition => self.class(c),
            Kind::Global => self.declared_elsewhere(node, true),
            Kind::Nonlocal => self.declared_elsewhere(node, false),
            Kind::Try => self.attempt(c),
            Kind::With => self.with(c),
            Kind::If => self.condition(c),
            Kind::For => self.for_loop(c),
            _ => return false,
        }
        true
    }

    /// Where `return` and `yield` of the innermost function lead.
    pub(super) fn return_target(&mut self) -> u32 {
        match self.part.functions.get(self.function as usize) {
            Some(function) => {
                let name = function.name;
                self.target(TargetKind::Return, name, NONE)
            }
            None => NONE,
        }
    }

    pub(super) fn lambda(&mut self, c: &mut TreeCursor, flow: u32) {
        let span = self.span(c.node());
        if !c.goto_first_child() {
            return;
        }
        let mut parameters = Vec::new();
        loop {
            let child = c.node();
            if self.kind(child) == Kind::Parameters {
                parameters = self.parameters(c);
            } else if child.is_named() {
                let class = std::mem::replace(&mut self.in_class, false);
                let deferred = std::mem::replace(&mut self.deferred, true);
                self.enter(span, false);
                self.bind_lambda(parameters.drain(..));
                self.visit(c, flow);
                self.leave();
                (self.in_class, self.deferred) = (class, deferred);
            }
            if !c.goto_next_sibling() {
                break;
            }
        }
        c.goto_parent();
    }

    fn for_loop(&mut self, c: &mut TreeCursor) {
        let node = c.node();
        let left = node.child_by_field_id(GRAMMAR.left);
        let right = node.child_by_field_id(GRAMMAR.right);
        let flow = match left {
            Some(left) if self.kind(left) == Kind::Identifier => self.name_target(left, NONE),
            _ => NONE,
        };
        if let Some(left) = left {
            self.bind_pattern(left, &mut |_| Value::Unknown);
        }
        let mut is_async = false;
        self.each_child(c, |this, c| {
            is_async |= c.node().kind() == "async";
            let flow = if Some(c.node()) == right { flow } else { NONE };
            this.visit(c, flow);
            if is_async && Some(c.node()) == right {
                this.awaited(c.node());
            }
        });
    }

    fn condition(&mut self, c: &mut TreeCursor) {
        let node = c.node();
        let typing = node
            .child_by_field_id(GRAMMAR.condition)
            .is_some_and(|condition| self.text(condition).ends_with("TYPE_CHECKING"));
        self.each_child(c, |this, c| {
            let inside = typing && this.kind(c.node()) == Kind::Block;
            let before = this.typing;
            this.typing |= inside;
            this.visit(c, NONE);
            this.typing = before;
        });
    }

    fn with(&mut self, c: &mut TreeCursor) {
        let node = c.node();
        let first = self.part.calls.len();
        let body = node.child_by_field_id(GRAMMAR.body);
        let mut header = self.span(node);
        let sole = self.sole_item(node);
        let mut is_async = false;
        self.each_child(c, |this, c| {
            let child = c.node();
            match child.kind() {
                "async" => is_async = true,
                ":" => header = Span::new(header.start as usize, this.span(child).end as usize),
                _ => {}
            }
            let opens = std::mem::replace(&mut this.opens, false);
            let items = child.kind() == "with_clause";
            this.opens = items && !is_async;
            this.visit(c, NONE);
            this.opens = opens;
            if items {
                this.opened_items(child, is_async);
            }
        });
        if let (Some(value), Some(body)) = (sole, body) {
            let span = self.span(value);
            let call = (first..self.part.calls.len()).find(|at| self.part.calls[*at].span == span);
            if let Some(call) = call {
                let body = self.solid(body);
                self.part.withs.push(WithRecord {
                    call: call as u32,
                    header,
                    body,
                    is_async,
                });
            }
        }
    }

    /// The call that is the only item of a `with` statement and gets no name.
    fn sole_item<'t>(&self, with: Node<'t>) -> Option<Node<'t>> {
        let mut cursor = with.walk();
        let clause = with
            .named_children(&mut cursor)
            .find(|child| child.kind() == "with_clause")?;
        let mut cursor = clause.walk();
        let mut items = clause.named_children(&mut cursor);
        let item = items.next().filter(|item| item.kind() == "with_item")?;
        let value = item.child_by_field_id(GRAMMAR.value)?;
        (items.next().is_none() && self.kind(value) == Kind::Call).then_some(value)
    }

    /// A node's span without the blank lines that a block may end with.
    fn solid(&self, node: Node) -> Span {
        let span = self.span(node);
        let text = self.slice(span);
        Span::new(
            span.start as usize,
            span.start as usize + text.trim_end().len(),
        )
    }

    pub(super) fn each_child(
        &mut self,
        c: &mut TreeCursor,
        mut with: impl FnMut(&mut Self, &mut TreeCursor),
    ) {
        if c.goto_first_child() {
            loop {
                with(self, c);
                if !c.goto_next_sibling() {
                    break;
                }
            }
            c.goto_parent();
        }
    }

    /// One level deeper; true when that is too deep.
    pub(super) fn deep(&mut self) -> bool {
        self.depth += 1;
        self.depth > super::scope::DEPTH
    }
    pub(super) fn shallow(&mut self) {
        self.depth -= 1;
    }
}
