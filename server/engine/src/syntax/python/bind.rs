//! What binds names: imports, assignments, parameters, patterns.

use tree_sitter::{Node, TreeCursor};

use super::call::last_name;
use super::kinds::{GRAMMAR, Kind};
use super::scope::Visitor;
use crate::model::python::{NONE, TargetKind, Value};
use crate::text::Span;

/// Libraries of event loops.
const LOOPS: &[&str] = &["anyio", "asyncio", "trio"];

/// A parameter's name and, where its annotation says that, the path of its class.
pub(super) struct Parameter {
    pub(super) name: u32,
    pub(super) span: Span,
    pub(super) class: Option<u32>,
    /// Its annotation and its default; empty where there is none.
    pub(super) typed: (Span, Span),
}

impl Visitor<'_> {
    /// `import a.b, c as d`
    pub(super) fn import(&mut self, node: Node) {
        let mut cursor = node.walk();
        for name in node.children_by_field_id_of(&mut cursor) {
            let (dotted, alias) = self.imported_name(name);
            if let Some(alias) = alias {
                self.bind_node(alias, Value::Import(self.dotted(dotted)));
            } else if let Some(first) = dotted.child(0) {
                let module = self.text(first).into();
                self.bind_node(first, Value::Import(module));
            }
        }
    }

    /// `from .a import b as c`
    pub(super) fn import_from(&mut self, node: Node) {
        let Some(module) = node.child_by_field_id(GRAMMAR.module_name) else {
            return;
        };
        let module = self.dotted(module);
        let of = |name: &str| -> Box<str> {
            let dot = if module.ends_with('.') { "" } else { "." };
            [&module, dot, name].concat().into()
        };
        let mut cursor = node.walk();
        for name in node.children_by_field_id_of(&mut cursor) {
            let (dotted, alias) = self.imported_name(name);
            let value = Value::Import(of(&self.dotted(dotted)));
            self.bind_node(alias.unwrap_or(dotted), value);
        }
        let mut cursor = node.walk();
        if let Some(star) = node
            .children(&mut cursor)
            .find(|child| child.kind() == "wildcard_import")
        {
            self.bind_node(star, Value::Import(module.clone()));
        }
    }

    fn imported_name<'t>(&self, node: Node<'t>) -> (Node<'t>, Option<Node<'t>>) {
        match node.child_by_field_id(GRAMMAR.name) {
            Some(name) => (name, node.child_by_field_id(GRAMMAR.alias)),
            None => (node, None),
        }
    }

    /// A dotted name without the blanks that may stand in it.
    fn dotted(&self, node: Node) -> Box<str> {
        let text = self.text(node);
        if text.contains(|c: char| c.is_whitespace() || c == '\\') {
            let solid = |c: &char| !c.is_whitespace() && *c != '\\';
            return text.chars().filter(solid).collect::<String>().into();
        }
        text.into()
    }

    pub(super) fn bind_node(&mut self, node: Node, value: Value) {
        if let Value::Import(dotted) = &value {
            let library = dotted.split('.').next().unwrap_or_default();
            let known = LOOPS.iter().find(|known| **known == library);
            if let Some(known) = known.filter(|known| !self.loops.contains(known)) {
                self.loops.push(known);
            }
        }
        let (name, span) = (self.intern(node), self.span(node));
        self.bind(name, span, value);
    }

    /// Bind every name of a pattern: `a`, `(a, *b)`, `[a, b]`.
    pub(super) fn bind_pattern(&mut self, node: Node, value: &mut dyn FnMut(&mut Self) -> Value) {
        match self.kind(node) {
            Kind::Identifier => {
                let value = value(self);
                self.bind_node(node, value);
            }
            Kind::Attribute => {
                if let Some((name, class)) = self.own_attribute(node) {
                    let value = value(self);
                    let id = self.intern_span(name);
                    self.member(class, id, value);
                }
            }
            Kind::Subscript | Kind::Call => {}
            _ => {
                let mut cursor = node.walk();
                for child in node.named_children(&mut cursor) {
                    self.bind_pattern(child, &mut |_| Value::Unknown);
                }
            }
        }
    }

    /// `left = right`, `left: type = right`, `left += right`
    pub(super) fn assignment(&mut self, c: &mut TreeCursor, outer: u32, augmented: bool) {
        let node = c.node();
        let left = node.child_by_field_id(GRAMMAR.left);
        let right = node.child_by_field_id(GRAMMAR.right);
        let flow = left.map_or(outer, |left| self.assigned(left, outer));
        if c.goto_first_child() {
            loop {
                let at = Some(c.node());
                if at == right {
                    self.visit(c, flow);
                } else if at == left {
                    self.visit(c, NONE);
                }
                if !c.goto_next_sibling() {
                    break;
                }
            }
            c.goto_parent();
        }
        let annotation = node
            .child_by_field_id(GRAMMAR.annotation)
            .map_or(Span::default(), |annotation| self.span(annotation));
        let class = self.annotation(annotation);
        if let Some(left) = left
            && self.in_class
            && self.kind(left) == Kind::Identifier
        {
            self.field(left, annotation, right);
        }
        let (Some(left), Some(mut right)) = (left, right) else {
            // An annotation binds nothing, but tells what is set elsewhere.
            if let (Some(left), Some(class)) = (left, class)
                && (self.in_class || self.kind(left) == Kind::Attribute)
            {
                self.bind_pattern(left, &mut |_| Value::Call(class));
            }
            return;
        };
        if !augmented {
            self.assigned_literal(left, right);
        }
        // `a = b = value`
        while self.kind(right) == Kind::Assignment
            && let Some(value) = right.child_by_field_id(GRAMMAR.right)
        {
            right = value;
        }
        if !augmented && self.bind_pairs(left, right) {
            return;
        }
        if augmented {
            self.bind_pattern(left, &mut |_| Value::Unknown);
        } else {
            self.bind_pattern(left, &mut |this| {
                let value = this.value(right);
                match class {
                    Some(class) if this.says_less(&value) => Value::Call(class),
                    _ => value,
                }
            });
        }
    }

    /// `a, b = x, y`, each with its own; false for any other assignment.
    fn bind_pairs(&mut self, left: Node, right: Node) -> bool {
        if self.kind(left) != Kind::Pattern || self.kind(right) != Kind::Tuple {
            return false;
        }
        let (mut first, mut second) = (left.walk(), right.walk());
        let named = |node: &Node| self.kind(*node) != Kind::Comment;
        let to: Vec<Node> = left.named_children(&mut first).filter(named).collect();
        let from: Vec<Node> = right.named_children(&mut second).filter(named).collect();
        let splat = |node: &Node| matches!(self.kind(*node), Kind::Splat | Kind::Pattern);
        if to.len() != from.len() || to.iter().chain(&from).any(splat) {
            return false;
        }
        for (to, from) in to.into_iter().zip(from) {
            self.bind_pattern(to, &mut |this| match this.value(from) {
                // A constant is a name by itself.
                Value::Literal(..) | Value::None => Value::Unknown,
                value => value,
            });
        }
        true
    }

    /// The target that the left side of an assignment is.
    fn assigned(&mut self, left: Node, outer: u32) -> u32 {
        match self.kind(left) {
            Kind::Identifier => self.name_target(left, outer),
            Kind::Attribute => {
                let name = self.last_span(left);
                self.target(TargetKind::Attribute, name, outer)
            }
            Kind::Subscript => {
                let mut cursor = left.walk();
                let key = left
                    .named_children(&mut cursor)
                    .nth(1)
                    .filter(|key| self.kind(*key) == Kind::String);
                if let Some(key) = key {
                    let name = self.unquoted(self.span(key));
                    return self.target(TargetKind::Subscript, name, outer);
                }
                match left.child(0) {
                    Some(value) => self.assigned(value, outer),
                    None => outer,
                }
            }
            _ => outer,
        }
    }

    /// The last name of a dotted expression.
    pub(super) fn last_span(&self, node: Node) -> Span {
        let span = self.span(node);
        let name = last_name(self.slice(span));
        Span::new(span.end as usize - name.len(), span.end as usize)
    }

    /// Visit the defaults of parameters where they are evaluated, and give back what the parameters bind.
    pub(super) fn parameters(&mut self, c: &mut TreeCursor) -> Vec<Parameter> {
        let mut names = Vec::new();
        if !c.goto_first_child() {
            return names;
        }
        loop {
            let node = c.node();
            if node.is_named() && self.kind(node) != Kind::Comment {
                let default = node.child_by_field_id(GRAMMAR.value);
                let name = match (self.kind(node), default) {
                    (Kind::Identifier | Kind::Pattern, _) => Some(node),
                    (_, Some(_)) => node.child_by_field_id(GRAMMAR.name),
                    _ => node.named_child(0),
                };
                if let Some(name) = name {
                    self.parameter_names(name, &mut names);
                    let annotation = node.child_by_field_id(GRAMMAR.annotation);
                    if let Some(annotation) = annotation
                        && self.kind(name) == Kind::Identifier
                    {
                        let span = self.span(annotation);
                        let class = self.annotation(span);
                        if let Some(last) = names.last_mut() {
                            last.class = class;
                            last.typed.0 = span;
                        }
                    }
                    let default = default.map(|default| self.span(default));
                    if let (Some(default), Some(last)) = (default, names.last_mut()) {
                        last.typed.1 = default;
                    }
                }
                if let (Some(default), Some(name)) = (default, name) {
                    let name = self.span(name);
                    let flow = self.target(TargetKind::Default, name, NONE);
                    self.literal_to(default, TargetKind::Default, name, None, NONE);
                    if c.goto_first_child() {
                        loop {
                            if c.node() == default {
                                self.visit(c, flow);
                            }
                            if !c.goto_next_sibling() {
                                break;
                            }
                        }
                        c.goto_parent();
                    }
                }
            }
            if !c.goto_next_sibling() {
                break;
            }
        }
        c.goto_parent();
        names
    }

    fn parameter_names(&mut self, node: Node, names: &mut Vec<Parameter>) {
        match self.kind(node) {
            Kind::Identifier => names.push(Parameter {
                name: self.intern(node),
                span: self.span(node),
                class: None,
                typed: Default::default(),
            }),
            Kind::Pattern => {
                let mut cursor = node.walk();
                for child in node.named_children(&mut cursor) {
                    self.parameter_names(child, names);
                }
            }
            _ => {}
        }
    }

    /// Names that a `case` captures.
    pub(super) fn case_pattern(&mut self, node: Node) {
        let mut cursor = node.walk();
        let class = node.kind() == "class_pattern";
        let keyword = node.kind() == "keyword_pattern";
        let captures = matches!(node.kind(), "as_pattern" | "splat_pattern");
        for (at, child) in node.named_children(&mut cursor).enumerate() {
            match self.kind(child) {
                Kind::DottedName if !(class && at == 0) && child.named_child_count() == 1 => {
                    if let Some(name) = child.named_child(0) {
                        self.bind_node(name, Value::Unknown);
                    }
                }
                Kind::Identifier if captures => self.bind_node(child, Value::Unknown),
                Kind::Identifier if keyword => {}
                Kind::DottedName | Kind::String => {}
                _ => self.case_pattern(child),
            }
        }
    }

    /// `global a, b` and `nonlocal a, b`
    pub(super) fn declared_elsewhere(&mut self, node: Node, global: bool) {
        let mut cursor = node.walk();
        let names: Vec<u32> = node
            .named_children(&mut cursor)
            .filter(|child| self.kind(*child) == Kind::Identifier)
            .collect::<Vec<_>>()
            .into_iter()
            .map(|child| self.intern(child))
            .collect();
        if let Some(scope) = self.scopes.last_mut() {
            let list = if global {
                &mut scope.globals
            } else {
                &mut scope.nonlocals
            };
            list.extend(names);
        }
    }
}

/// The nodes in the field `name`.
trait Named<'t> {
    fn children_by_field_id_of(&self, cursor: &mut TreeCursor<'t>) -> Vec<Node<'t>>;
}

impl<'t> Named<'t> for Node<'t> {
    fn children_by_field_id_of(&self, cursor: &mut TreeCursor<'t>) -> Vec<Node<'t>> {
        let mut found = Vec::new();
        cursor.reset(*self);
        if cursor.goto_first_child() {
            loop {
                if cursor
                    .field_id()
                    .is_some_and(|f| u16::from(f) == GRAMMAR.name)
                    && cursor.node().is_named()
                {
                    found.push(cursor.node());
                }
                if !cursor.goto_next_sibling() {
                    break;
                }
            }
        }
        found
    }
}
