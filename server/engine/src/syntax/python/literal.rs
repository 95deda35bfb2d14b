//! Literals that go to a secret's name, and those that hold a password or a token by their look.

use tree_sitter::Node;

use super::call::last_name;
use super::kinds::{GRAMMAR, Kind};
use super::scope::Visitor;
use crate::model::python::{
    ArgumentRecord, LiteralRecord, NONE, TargetKind, ValueKind, is_named_secret, may_look_secret,
};
use crate::text::Span;

/// Expressions within expressions are followed this far.
const HOPS: usize = 6;

/// What makes something of a literal that still is that literal, or has it as its default.
const WRAPPERS: &[&str] = &[
    "Field",
    "SecretBytes",
    "SecretStr",
    "attrib",
    "bytes",
    "field",
    "ib",
    "str",
];

/// What declares an option of a program: its name, and its default.
const OPTIONS: &[&str] = &[
    "Option",
    "StrOpt",
    "add_argument",
    "add_option",
    "argument",
    "option",
];

/// Bytes between the name of an option and its default, at most.
pub(crate) const OPTION: usize = 1000;

impl Visitor<'_> {
    /// `left = right`
    pub(super) fn assigned_literal(&mut self, left: Node, right: Node) {
        match self.kind(left) {
            Kind::Identifier | Kind::Attribute | Kind::Subscript => {
                let Some(name) = self.naming(left) else {
                    return;
                };
                let (kind, owner) = match self.kind(left) {
                    Kind::Identifier => (TargetKind::Name, None),
                    Kind::Attribute => (TargetKind::Attribute, left.child(0)),
                    _ => (TargetKind::Subscript, left.child(0)),
                };
                self.literal_to(right, kind, name, owner, NONE);
            }
            Kind::Pattern => {
                let mut right = right;
                while self.kind(right) == Kind::Parenthesized
                    && let Some(inner) = right.named_child(0)
                {
                    right = inner;
                }
                if self.kind(right) != Kind::Tuple {
                    return;
                }
                let (mut first, mut second) = (left.walk(), right.walk());
                let to: Vec<Node> = left.named_children(&mut first).collect();
                let from: Vec<Node> = right.named_children(&mut second).collect();
                if to.len() == from.len() {
                    for (to, from) in to.into_iter().zip(from) {
                        self.assigned_literal(to, from);
                    }
                }
            }
            _ => {}
        }
    }

    /// `name=value` in a call.
    pub(super) fn passed_literal(&mut self, node: Node, flow: u32) {
        let name = node.child_by_field_id(GRAMMAR.name);
        let value = node.child_by_field_id(GRAMMAR.value);
        if let (Some(name), Some(value)) = (name, value) {
            let name = self.span(name);
            if is_named_secret(self.slice(name)) {
                let list = node.parent();
                let callee = list.and_then(|list| list.parent()?.child(0));
                self.literal_to(value, TargetKind::Keyword, name, callee, flow);
            }
        }
    }

    /// A value goes to a name, of `owner` if of anything.
    pub(super) fn literal_to(
        &mut self,
        value: Node,
        kind: TargetKind,
        name: Span,
        owner: Option<Node>,
        outer: u32,
    ) {
        if !is_named_secret(self.slice(name)) {
            return;
        }
        let owner = owner.map_or(Span::default(), |owner| self.span(owner));
        self.literals(value, HOPS, &mut |this, value, number| {
            this.part.literals.push(LiteralRecord {
                kind,
                name,
                owner,
                value,
                number,
                outer,
                formatted: false,
                inside: this.in_string,
            });
        });
    }

    /// `a == b`
    pub(super) fn compared(&mut self, node: Node) {
        if node.kind() != "comparison_operator" {
            return;
        }
        let mut cursor = node.walk();
        let mut operands = Vec::new();
        for child in node.children(&mut cursor) {
            if child.is_named() {
                if self.kind(child) != Kind::Comment {
                    operands.push(child);
                }
            } else if !matches!(child.kind(), "==" | "!=") {
                return;
            }
        }
        let named = operands.iter().find_map(|operand| {
            let name = self.named(*operand, HOPS)?;
            is_named_secret(self.slice(name)).then_some(name)
        });
        let Some(name) = named else { return };
        for operand in operands {
            if self.kind(operand) == Kind::String {
                self.literal_to(operand, TargetKind::Compared, name, None, NONE);
            }
        }
    }

    /// Arguments that say what each other are: of an option, of a comparison.
    pub(super) fn told_arguments(&mut self, callee: Span, arguments: &[ArgumentRecord]) {
        let last = last_name(self.slice(callee));
        let plain = |argument: &&ArgumentRecord| {
            argument.kind == ValueKind::Str && argument.keyword.is_empty()
        };
        if OPTIONS.contains(&last) {
            let named = arguments.iter().filter(plain).find_map(|argument| {
                let name = self.unquoted(argument.value);
                let dashes = self.slice(name).bytes().take_while(|b| *b == b'-').count();
                let name = Span::new(name.start as usize + dashes, name.end as usize);
                is_named_secret(self.slice(name)).then_some(name)
            });
            let default = arguments
                .iter()
                .find(|argument| self.slice(argument.keyword) == "default");
            if let (Some(name), Some(default)) = (named, default)
                && default.kind == ValueKind::Str
                && (default.value.start as usize).saturating_sub(name.end as usize) < OPTION
            {
                self.told(TargetKind::Keyword, name, callee, default.value);
            }
        } else if last == "compare_digest" {
            let named = arguments.iter().find_map(|argument| {
                let ValueKind::Path(_) = argument.kind else {
                    return None;
                };
                let path = argument.value;
                let name = last_name(self.slice(path));
                let start = path.end as usize - name.len();
                is_named_secret(name).then(|| Span::new(start, path.end as usize))
            });
            let literal = arguments.iter().find(plain);
            if let (Some(name), Some(literal)) = (named, literal) {
                self.told(TargetKind::Compared, name, Span::default(), literal.value);
            }
        }
    }

    fn told(&mut self, kind: TargetKind, name: Span, owner: Span, value: Span) {
        let flow = NONE;
        self.part.literals.push(LiteralRecord {
            kind,
            name,
            owner,
            value,
            number: false,
            outer: flow,
            formatted: false,
            inside: self.in_string,
        });
    }

    /// A string that was met, wherever it goes.
    pub(super) fn looked_at(&mut self, node: Node, flow: u32, formatted: bool) {
        let text = self.text(node);
        if !may_look_secret(text) {
            return;
        }
        let statement = node
            .parent()
            .is_some_and(|parent| self.kind(parent) == Kind::ExpressionStatement);
        if statement {
            return;
        }
        let target = self
            .part
            .targets
            .get(flow as usize)
            .filter(|_| flow != NONE);
        let (kind, name) = match target {
            Some(target) => (target.kind, target.name),
            None => (TargetKind::Argument, Span::default()),
        };
        let value = self.span(node);
        self.part.literals.push(LiteralRecord {
            kind,
            name,
            owner: Span::default(),
            value,
            number: false,
            outer: flow,
            formatted,
            inside: self.in_string,
        });
    }

    /// The literals that an expression may be.
    fn literals(&mut self, node: Node, hops: usize, found: &mut dyn FnMut(&mut Self, Span, bool)) {
        let Some(hops) = hops.checked_sub(1) else {
            return;
        };
        match self.kind(node) {
            kind @ (Kind::String | Kind::Number) if self.literal(node, kind).is_some() => {
                let span = self.span(node);
                found(self, span, kind == Kind::Number);
            }
            Kind::Parenthesized => {
                if let Some(inner) = node.named_child(0) {
                    self.literals(inner, hops, found);
                }
            }
            Kind::NamedExpression => {
                if let Some(value) = node.child_by_field_id(GRAMMAR.value) {
                    self.literals(value, hops, found);
                }
            }
            // `a = b = value`
            Kind::Assignment => {
                if let Some(right) = node.child_by_field_id(GRAMMAR.right) {
                    self.literals(right, hops, found);
                }
            }
            Kind::Boolean => {
                let right = node.child_by_field_id(GRAMMAR.right);
                if let Some(right) = right {
                    self.literals(right, hops, found);
                }
            }
            Kind::Conditional => {
                for at in [0, 2] {
                    if let Some(child) = node.named_child(at) {
                        self.literals(child, hops, found);
                    }
                }
            }
            Kind::Call => {
                let function = node.child(0);
                let Some(function) = function else { return };
                let name = last_name(self.text(function));
                if matches!(name, "encode" | "strip") && self.kind(function) == Kind::Attribute {
                    if let Some(object) = function.child(0) {
                        self.literals(object, hops, found);
                    }
                } else if WRAPPERS.contains(&name) {
                    self.wrapped(node, hops, found);
                }
            }
            _ => {}
        }
    }

    /// What `SecretStr("x")` or `Field(default="x")` is made of.
    fn wrapped(&mut self, call: Node, hops: usize, found: &mut dyn FnMut(&mut Self, Span, bool)) {
        let Some(list) = call.child(call.child_count().saturating_sub(1)) else {
            return;
        };
        let mut cursor = list.walk();
        for (at, argument) in list.named_children(&mut cursor).enumerate() {
            if self.kind(argument) != Kind::KeywordArgument {
                if at == 0 {
                    self.literals(argument, hops, found);
                }
                continue;
            }
            let name = argument.child_by_field_id(GRAMMAR.name);
            let value = argument.child_by_field_id(GRAMMAR.value);
            if let (Some(name), Some(value)) = (name, value)
                && self.text(name) == "default"
            {
                self.literals(value, hops, found);
            }
        }
    }

    /// The name that the left side of an assignment gives.
    fn naming(&self, node: Node) -> Option<Span> {
        match self.kind(node) {
            Kind::Identifier => Some(self.span(node)),
            Kind::Attribute => Some(self.last_span(node)),
            Kind::Subscript => {
                let mut cursor = node.walk();
                let key = node.named_children(&mut cursor).nth(1)?;
                (self.kind(key) == Kind::String).then(|| self.unquoted(self.span(key)))
            }
            _ => None,
        }
    }

    /// The name of what an expression gives.
    fn named(&self, node: Node, hops: usize) -> Option<Span> {
        let hops = hops.checked_sub(1)?;
        match self.kind(node) {
            Kind::Parenthesized => self.named(node.named_child(0)?, hops),
            Kind::Call => {
                let function = node.child(0)?;
                let name = last_name(self.text(function));
                if self.kind(function) != Kind::Attribute {
                    return None;
                }
                match name {
                    "get" => {
                        let list = node.child(node.child_count().saturating_sub(1))?;
                        let key = list.named_child(0)?;
                        (self.kind(key) == Kind::String).then(|| self.unquoted(self.span(key)))
                    }
                    "decode" | "encode" | "get_secret_value" | "lower" | "strip" => {
                        self.named(function.child(0)?, hops)
                    }
                    _ => None,
                }
            }
            _ => self.naming(node),
        }
    }
}
