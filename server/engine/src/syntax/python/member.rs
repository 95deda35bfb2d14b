//! What classes hold, what annotations and `or` say, and what is awaited.

use std::hash::Hasher;

use tree_sitter::Node;
use xxhash_rust::xxh3::Xxh3Default;

use super::bind::Parameter;
use super::call::last_name;
use super::kinds::{GRAMMAR, Kind};
use super::scope::Visitor;
use crate::model::python::{
    CallRecord, FallbackRecord, FieldRecord, Head, MemberRecord, NONE, Value, ValueKind,
};
use crate::outside::{Export, Key};
use crate::text::Span;

/// Names within names are followed this far.
const HOPS: usize = 8;

impl Visitor<'_> {
    /// A class binds a name, or a method sets it on its object.
    pub(super) fn member(&mut self, class: u32, name: u32, value: Value) {
        self.part.members.push(MemberRecord {
            class,
            name,
            value,
            // Not known before the scopes around have ended.
            digest: 0,
        });
    }

    /// The name of an attribute of the method's object, and the class.
    pub(super) fn own_attribute(&mut self, node: Node) -> Option<(Span, u32)> {
        let (me, class) = self.me?;
        let object = node.child(0)?;
        let own = self.kind(object) == Kind::Identifier && self.intern(object) == me;
        own.then(|| (self.last_span(node), class))
    }

    /// `left: annotation = right` in the body of a class.
    pub(super) fn field(&mut self, left: Node, annotation: Span, right: Option<Node>) {
        let (mut kind, mut call, mut value) = (ValueKind::Other, NONE, Span::default());
        if let Some(right) = right {
            value = self.span(right);
            kind = match self.kind(right) {
                Kind::None => ValueKind::None,
                known => self.literal(right, known).unwrap_or(ValueKind::Other),
            };
            if self.kind(right) == Kind::Call {
                let last = self.part.calls.len();
                let known = self.part.calls.iter().rposition(|call| call.span == value);
                call = known.filter(|at| *at < last).map_or(NONE, |at| at as u32);
            }
        }
        self.part.fields.push(FieldRecord {
            class: self.class,
            name: self.span(left),
            annotation,
            value,
            kind,
            call,
        });
    }

    pub(super) fn bind_lambda(&mut self, parameters: impl Iterator<Item = Parameter>) {
        for parameter in parameters {
            self.bind(parameter.name, parameter.span, Value::Unknown);
        }
    }

    /// Whether a value tells less about a name than its annotation does: what a function returns, where a class's own call
    /// would tell more.
    pub(super) fn says_less(&self, value: &Value) -> bool {
        match value {
            Value::None | Value::Unknown | Value::Path(_) => true,
            Value::Call(callee) => {
                let callee = self.slice(self.part.paths[*callee as usize].span);
                !last_name(callee).starts_with(|c: char| c.is_uppercase())
            }
            _ => false,
        }
    }

    /// The path of the class whose objects an annotation speaks of: `T`, `"T"`, `T | None`, `Optional[T]`,
    /// `Annotated[T, …]`. Read as text, since the grammar has many forms for it.
    pub(super) fn annotation(&mut self, span: Span) -> Option<u32> {
        let text = self.slice(span);
        let name = class_named(text)?;
        // Both are slices of one text.
        let start = span.start as usize + (name.as_ptr() as usize - text.as_ptr() as usize);
        let head = name.split('.').next().unwrap_or_default().trim_end();
        let end = start + head.len();
        let id = self.intern_span(Span::new(start, end));
        let span = Span::new(start, start + name.len());
        Some(self.path(Head::Free(id), span, end as u32))
    }

    /// `cast(T, x)`
    pub(super) fn is_cast(&self, node: Node) -> bool {
        let callee = node.child(0);
        callee.is_some_and(|callee| last_name(self.text(callee)) == "cast")
    }

    pub(super) fn cast(&mut self, node: Node) -> Value {
        let class = node.child(1).and_then(|list| list.named_child(0));
        let class = class.and_then(|class| self.annotation(self.span(class)));
        class.map_or(Value::Unknown, Value::Call)
    }

    /// What `x or T()`, `T() if a else None` and `x if x else T()` give: what is made there is what else may be there.
    pub(super) fn either(&mut self, node: Node) -> Value {
        let mut cursor = node.walk();
        let sides = node.named_children(&mut cursor);
        let mut sides: Vec<Node> = sides.filter(|n| self.kind(*n) != Kind::Comment).collect();
        let operator = node.child_by_field_id(GRAMMAR.operator);
        match (operator.map(|operator| operator.kind()), sides.len()) {
            (Some("or"), 2) => {}
            (None, 3) => {
                sides.remove(1);
            }
            _ => return Value::Unknown,
        }
        let mut made = Value::Unknown;
        for side in sides {
            match (self.value(side), &made) {
                (Value::Path(_) | Value::None, _) => {}
                (value @ Value::Call(_), Value::Unknown) if !self.says_less(&value) => made = value,
                (value @ Value::Call(_), known) if self.same(&value, known) => {}
                _ => return Value::Unknown,
            }
        }
        made
    }

    /// Whether an expression is `Annotated[…]`.
    pub(super) fn is_annotated(&self, node: Node) -> bool {
        let base = node.child(0);
        base.is_some_and(|base| last_name(self.text(base)) == "Annotated")
    }

    /// `left / right`
    pub(super) fn is_division(&self, node: Node) -> bool {
        let operator = node.child_by_field_id(GRAMMAR.operator);
        operator.is_some_and(|operator| operator.kind() == "/")
    }

    /// The value of a call is awaited.
    pub(super) fn awaited(&mut self, node: Node) {
        let mut node = node;
        while self.kind(node) == Kind::Parenthesized
            && let Some(inner) = node.named_child(0)
        {
            node = inner;
        }
        let span = self.span(node);
        if let Some(call) = self.call_at(span) {
            call.awaited = true;
        }
    }

    pub(super) fn call_at(&mut self, span: Span) -> Option<&mut CallRecord> {
        self.part
            .calls
            .iter_mut()
            .rev()
            .find(|call| call.span == span)
    }

    /// The items of a `with`, of an async one or any other.
    pub(super) fn opened_items(&mut self, clause: Node, is_async: bool) {
        let mut cursor = clause.walk();
        for item in clause.named_children(&mut cursor) {
            let value = item.child_by_field_id(GRAMMAR.value).unwrap_or(item);
            let value = match self.kind(value) {
                Kind::AsPattern => value.named_child(0).unwrap_or(value),
                _ => value,
            };
            if is_async {
                self.awaited(value);
            }
            let span = self.span(value);
            if let Some(call) = self.call_at(span) {
                call.opened = true;
            }
        }
    }

    /// `f(…) or value`, whose left side may be such a one.
    pub(super) fn fallback(&mut self, node: Node) {
        let is_or = |node: Node| {
            let operator = node.child_by_field_id(GRAMMAR.operator);
            operator.is_some_and(|operator| operator.kind() == "or")
        };
        let (Some(mut left), Some(right)) = (
            node.child_by_field_id(GRAMMAR.left),
            node.child_by_field_id(GRAMMAR.right),
        ) else {
            return;
        };
        let Some(kind) = self.literal(right, self.kind(right)) else {
            return;
        };
        while is_or(left)
            && let Some(last) = left.child_by_field_id(GRAMMAR.right)
        {
            left = last;
        }
        if is_or(node) && self.kind(left) == Kind::Call {
            self.part.fallbacks.push(FallbackRecord {
                call: self.span(left),
                value: self.span(right),
                kind,
            });
        }
    }

    /// Offer the members of classes, and what functions do.
    pub(super) fn export_members(&mut self) {
        for at in 0..self.part.members.len() {
            let mut hasher = Xxh3Default::new();
            self.describe(&self.part.members[at].value, HOPS, &mut hasher);
            let digest = hasher.finish();
            let record = &mut self.part.members[at];
            record.digest = digest;
            let (class, name) = (record.class, record.name);
            let class = self.part.class_path(class).into();
            self.part.exports.push(Export {
                key: Key::Member(class, self.part.name(name).into()),
                digest,
            });
        }
        let mut does: Vec<Option<Xxh3Default>> = Vec::new();
        does.resize_with(self.part.functions.len(), || None);
        for call in self.part.calls.iter().filter(|call| !call.deferred) {
            // What stands in a function is known to its own part only, so it counts with the one around.
            let mut function = call.function;
            while let Some(record) = self.part.functions.get(function as usize)
                && record.path.contains('(')
            {
                function = record.function;
            }
            let Some(does) = does.get_mut(function as usize) else {
                continue;
            };
            let hasher = does.get_or_insert_with(Xxh3Default::new);
            let callee = self.part.paths[call.callee as usize].span;
            hasher.write(self.slice(callee).as_bytes());
            hasher.write_u32(callee.start);
            hasher.write_u8(u8::from(call.awaited));
        }
        for (function, does) in self.part.functions.iter().zip(does) {
            let Some(does) = does else { continue };
            let kind = u64::from(function.is_async) * 2 + u64::from(function.generator);
            self.part.exports.push(Export {
                key: Key::Body((*function.path).into()),
                digest: does.finish() ^ kind,
            });
        }
    }

    /// What decides which thing a value is, local names followed to what they are bound to.
    fn describe(&self, value: &Value, hops: usize, hasher: &mut Xxh3Default) {
        let Some(hops) = hops.checked_sub(1) else {
            return;
        };
        match value {
            Value::Import(dotted) => {
                hasher.write_u8(1);
                hasher.write(dotted.as_bytes());
            }
            Value::Path(path) => {
                hasher.write_u8(2);
                self.describe_path(*path, hops, hasher);
            }
            Value::Call(path) => {
                hasher.write_u8(3);
                self.describe_path(*path, hops, hasher);
            }
            Value::None => hasher.write_u8(4),
            Value::Literal(span, _) => {
                hasher.write_u8(5);
                hasher.write(self.slice(*span).as_bytes());
            }
            Value::Function(_) => hasher.write_u8(6),
            Value::Class(class) => {
                hasher.write_u8(7);
                let record = self.part.classes.get(*class as usize);
                for base in record.iter().flat_map(|record| &record.bases) {
                    hasher.write_u8(0);
                    self.describe_path(*base, hops, hasher);
                }
            }
            Value::Me(_) => hasher.write_u8(9),
            Value::Unknown => hasher.write_u8(8),
        }
    }

    fn describe_path(&self, path: u32, hops: usize, hasher: &mut Xxh3Default) {
        let Some(hops) = hops.checked_sub(1) else {
            return;
        };
        let path = &self.part.paths[path as usize];
        let tail = match path.head {
            Head::Local(value) => {
                hasher.write_u8(1);
                self.describe(&self.part.values[value as usize], hops, hasher);
                path.tail
            }
            Head::Call(callee) => {
                hasher.write_u8(2);
                self.describe_path(callee, hops, hasher);
                path.tail
            }
            Head::Free(_) | Head::Unknown => path.span.start,
        };
        let tail = tail.min(path.span.end);
        let tail = Span::new(tail as usize, path.span.end as usize);
        hasher.write(self.slice(tail).as_bytes());
    }
}

/// The dotted name of the class that an annotation speaks of.
fn class_named(annotation: &str) -> Option<&str> {
    /// What only says how a name may be used, or that anything may stand there.
    const NO_CLASS: &[&str] = &[
        "Any",
        "Callable",
        "ClassVar",
        "Final",
        "None",
        "Self",
        "Type",
        "TypeAlias",
    ];
    let mut text = annotation.trim();
    for _ in 0..HOPS {
        let quoted = ['"', '\'']
            .into_iter()
            .find_map(|quote| text.strip_prefix(quote)?.strip_suffix(quote));
        if let Some(inner) = quoted {
            text = inner.trim();
            continue;
        }
        let mut sides = split(text, '|')
            .map(str::trim)
            .filter(|side| *side != "None");
        let side = sides.next()?;
        if sides.next().is_some() {
            return None;
        }
        text = side;
        let Some((name, arguments)) = text.split_once('[') else {
            break;
        };
        text = match last_name(name.trim()) {
            "Optional" | "Annotated" | "Final" | "ClassVar" => {
                let arguments = arguments.strip_suffix(']')?;
                split(arguments, ',').next()?.trim()
            }
            _ => name.trim(),
        };
    }
    let plain = |c: char| c == '.' || c == '_' || c.is_alphanumeric();
    let class = last_name(text);
    // Classes of one's own begin with a capital; the builtin ones tell nothing.
    let known = text.contains('.') || class.starts_with(|c: char| c.is_uppercase());
    (text.chars().all(plain) && known && !NO_CLASS.contains(&class)).then_some(text)
}

/// The pieces of a text between separators that stand in no brackets and no string.
fn split(text: &str, separator: char) -> impl Iterator<Item = &str> {
    let mut depth = 0_i32;
    let mut quote = None;
    text.split(move |c: char| {
        match (c, quote) {
            (_, Some(open)) if c == open => quote = None,
            (_, Some(_)) => {}
            ('"' | '\'', None) => quote = Some(c),
            ('[' | '(', None) => depth += 1,
            (']' | ')', None) => depth -= 1,
            _ => {}
        }
        c == separator && depth == 0 && quote.is_none()
    })
}
