//! What is written to logs: the values that calls of writers are given, by the names that say what they are.

use tree_sitter::Node;

use super::call::last_name;
use super::kinds::{GRAMMAR, Kind};
use super::scope::Visitor;
use crate::model::python::{
    ShownKind, ShownRecord, gives_secret, is_writer, may_show, names_a_key, says_settings, shows,
};
use crate::text::Span;

/// Expressions within expressions are followed this far.
const HOPS: usize = 12;

/// Functions whose result shows what they are given.
const TRANSPARENT: &[&str] = &[
    "ascii", "bytes", "dict", "dumps", "fsdecode", "list", "pformat", "repr", "set", "sorted",
    "str", "tuple",
];

/// Methods whose result shows their object.
const SHOWING: &[&str] = &[
    "copy",
    "decode",
    "encode",
    "format",
    "get_secret_value",
    "hex",
    "isoformat",
    "lower",
    "lstrip",
    "render",
    "reveal",
    "rstrip",
    "strip",
    "title",
    "upper",
];

/// Methods and functions that give all that something holds.
const DUMPS: &[&str] = &[
    "_asdict",
    "asdict",
    "dict",
    "json",
    "model_dump",
    "model_dump_json",
    "to_dict",
    "vars",
];

/// Keywords of writers that are not written.
const OPTIONS: &[&str] = &[
    "end",
    "exc_info",
    "file",
    "flush",
    "sep",
    "stack_info",
    "stacklevel",
    "style",
    "category",
];

/// Where an expression stands.
#[derive(Clone, Copy)]
struct At {
    call: u32,
    /// What is replaced in its place, where that is more than itself, and whether that stands in a string.
    whole: Option<(Span, bool)>,
    hops: usize,
}

impl Visitor<'_> {
    /// A call that may write to a log; `index` is its place in the part's calls.
    pub(super) fn logged(&mut self, call: Node, callee: Span, index: u32) {
        if !is_writer(last_name(self.slice(callee))) || !may_show(self.text(call)) {
            return;
        }
        let Some(list) = call.child(call.child_count().saturating_sub(1)) else {
            return;
        };
        let at = At {
            call: index,
            whole: None,
            hops: HOPS,
        };
        let mut cursor = list.walk();
        let mut specs: Option<Vec<bool>> = None;
        for argument in list.named_children(&mut cursor) {
            match self.kind(argument) {
                Kind::Comment => {}
                Kind::KeywordArgument => self.named_value(argument, at),
                Kind::String if specs.is_none() => {
                    specs = Some(self.specs(argument));
                    self.shown(argument, at);
                }
                _ => {
                    // `%d` shows no secret.
                    let shows = specs
                        .as_mut()
                        .is_none_or(|specs| specs.is_empty() || specs.remove(0));
                    if shows {
                        self.shown(argument, at);
                    }
                }
            }
        }
    }

    /// `name=value`
    fn named_value(&mut self, argument: Node, at: At) {
        let name = argument.child_by_field_id(GRAMMAR.name);
        let value = argument.child_by_field_id(GRAMMAR.value);
        let (Some(name), Some(value)) = (name, value) else {
            return;
        };
        if !OPTIONS.contains(&self.text(name)) {
            let name = self.span(name);
            self.keyed(name, value, at);
        }
    }

    /// A value under a name of its own.
    fn keyed(&mut self, name: Span, value: Node, at: At) {
        let before = self.part.shown.len();
        self.shown(value, at);
        if self.part.shown.len() > before || !shows(self.slice(name)) {
            return;
        }
        let plain = match self.kind(value) {
            Kind::Identifier | Kind::Attribute => {
                // `token=TOKEN_KIND`, `password=self.has_password`: another name says more.
                let last = last_name(self.text(value));
                !may_show(last)
            }
            Kind::Subscript => !self.is_slice(value) && self.key(value).is_none(),
            _ => false,
        };
        if plain {
            self.show(ShownKind::Value, name, value, at);
        }
    }

    fn show(&mut self, kind: ShownKind, name: Span, value: Node, at: At) {
        let value = self.span(value);
        let (edit, inside) = at.whole.unwrap_or((value, false));
        self.part.shown.push(ShownRecord {
            call: at.call,
            kind,
            name,
            value,
            edit,
            inside,
        });
    }

    /// An expression whose value is written.
    fn shown(&mut self, node: Node, at: At) {
        let Some(hops) = at.hops.checked_sub(1) else {
            return;
        };
        let at = At { hops, ..at };
        match self.kind(node) {
            Kind::Identifier | Kind::Attribute => {
                let name = self.last_span(node);
                let constant = self.kind(node) == Kind::Identifier && names_a_key(self.slice(name));
                if constant {
                    return;
                }
                if shows(self.slice(name)) {
                    self.show(ShownKind::Value, name, node, at);
                } else if self.text(node) == "os.environ" {
                    self.show(ShownKind::All, name, node, at);
                } else if self.slice(name) == "__dict__"
                    && let Some(object) = node.child(0)
                {
                    self.dump(object, node, at);
                }
            }
            Kind::Subscript => {
                if let Some(key) = self.key(node)
                    && shows(self.slice(key))
                {
                    self.show(ShownKind::Value, key, node, at);
                }
            }
            Kind::String => self.shown_in_string(node, at),
            Kind::Binary => {
                let operator = node.child_by_field_id(GRAMMAR.operator);
                let left = node.child_by_field_id(GRAMMAR.left);
                let right = node.child_by_field_id(GRAMMAR.right);
                let (Some(operator), Some(left), Some(right)) = (operator, left, right) else {
                    return;
                };
                match operator.kind() {
                    "+" => {
                        self.shown(left, at);
                        self.shown(right, at);
                    }
                    "%" => {
                        self.shown(left, at);
                        self.put_in(left, right, at);
                    }
                    _ => {}
                }
            }
            Kind::Parenthesized | Kind::List | Kind::Tuple | Kind::Set => {
                let mut cursor = node.walk();
                for child in node.named_children(&mut cursor) {
                    self.shown(child, at);
                }
            }
            Kind::Dictionary => {
                let mut cursor = node.walk();
                for pair in node.named_children(&mut cursor) {
                    if self.kind(pair) != Kind::Pair {
                        continue;
                    }
                    let value = pair.child_by_field_id(GRAMMAR.value);
                    let key = pair.child(0);
                    let (Some(key), Some(value)) = (key, value) else {
                        continue;
                    };
                    if self.kind(key) == Kind::String {
                        let name = self.unquoted(self.span(key));
                        self.keyed(name, value, at);
                    } else {
                        self.shown(value, at);
                    }
                }
            }
            Kind::Conditional => {
                for child in [node.named_child(0), node.named_child(2)]
                    .into_iter()
                    .flatten()
                {
                    self.shown(child, at);
                }
            }
            Kind::Boolean => {
                let operator = node.child_by_field_id(GRAMMAR.operator);
                let either = operator.is_some_and(|operator| operator.kind() == "or");
                let left = node.child_by_field_id(GRAMMAR.left).filter(|_| either);
                let right = node.child_by_field_id(GRAMMAR.right);
                for side in [left, right].into_iter().flatten() {
                    self.shown(side, at);
                }
            }
            // What stands behind it goes with it.
            Kind::Await => {
                let span = self.span(node);
                if let Some(value) = node.named_child(0) {
                    let whole = at.whole.or(Some((span, false)));
                    self.shown(value, At { whole, ..at });
                }
            }
            Kind::Call => self.shown_call(node, at),
            _ => {}
        }
    }

    /// `f"…{value}…"`
    fn shown_in_string(&mut self, node: Node, at: At) {
        let mut cursor = node.walk();
        for child in node.named_children(&mut cursor) {
            match child.kind() {
                "string" => self.shown_in_string(child, at),
                "interpolation" => {
                    let mut cursor = child.walk();
                    let cut = child.named_children(&mut cursor).any(|part| {
                        // `{x:.4}` shows a piece, `{x:d}` a number.
                        part.kind() == "format_specifier"
                            && self.text(part).contains(|c: char| {
                                c == '.' || matches!(c, 'd' | 'f' | 'g' | 'e' | 'n' | '%')
                            })
                    });
                    if let Some(value) = child.named_child(0)
                        && !cut
                    {
                        let whole = at.whole.or(Some((self.span(child), true)));
                        self.shown(value, At { whole, ..at });
                    }
                }
                _ => {}
            }
        }
    }

    /// What a format is filled with: `"…" % (a, b)`.
    fn put_in(&mut self, format: Node, values: Node, at: At) {
        if self.kind(values) != Kind::Tuple {
            let specs = self.specs(format);
            if specs.first().copied().unwrap_or(true) {
                self.shown(values, at);
            }
            return;
        }
        let specs = self.specs(format);
        let mut cursor = values.walk();
        for (index, value) in values.named_children(&mut cursor).enumerate() {
            if specs.get(index).copied().unwrap_or(true) {
                self.shown(value, at);
            }
        }
    }

    fn shown_call(&mut self, node: Node, at: At) {
        let (Some(function), Some(list)) = (
            node.child(0),
            node.child(node.child_count().saturating_sub(1)),
        ) else {
            return;
        };
        let span = self.last_span(function);
        let name = self.slice(span);
        let object = match self.kind(function) {
            Kind::Attribute => function.child(0),
            _ => None,
        };
        let first = list
            .named_child(0)
            .filter(|first| self.kind(*first) != Kind::KeywordArgument);
        let all = (self.span(node), false);
        match (object, name) {
            (Some(object), "format") if self.kind(object) == Kind::String => {
                self.shown(object, at);
                self.arguments_shown(list, at);
            }
            (Some(object), "join") if self.kind(object) == Kind::String => {
                self.arguments_shown(list, at);
            }
            (_, "getattr") => {
                let mut cursor = list.walk();
                let key = list.named_children(&mut cursor).nth(1);
                if let Some(key) = key.filter(|key| self.kind(*key) == Kind::String) {
                    let key = self.unquoted(self.span(key));
                    if shows(self.slice(key)) {
                        self.show(ShownKind::Value, key, node, at);
                    }
                }
            }
            (_, "get" | "pop" | "getenv") => {
                if let Some(key) = first.filter(|key| self.kind(*key) == Kind::String) {
                    let key = self.unquoted(self.span(key));
                    if shows(self.slice(key)) {
                        self.show(ShownKind::Value, key, node, at);
                    }
                }
            }
            (Some(object), name) if DUMPS.contains(&name) && list.named_child_count() == 0 => {
                self.dump(object, node, at);
            }
            (_, name) if DUMPS.contains(&name) && list.named_child_count() == 1 => {
                if let Some(first) = first {
                    let before = self.part.shown.len();
                    self.dump(first, node, at);
                    if TRANSPARENT.contains(&name) && self.part.shown.len() == before {
                        self.shown(first, at);
                    }
                }
            }
            (Some(object), name) if SHOWING.contains(&name) => {
                let whole = at.whole.or(Some(all));
                self.shown(object, At { whole, ..at });
            }
            (_, name) if TRANSPARENT.contains(&name) => self.arguments_shown(list, at),
            (_, name) if gives_secret(name) => self.show(ShownKind::Made, span, node, at),
            _ => {}
        }
    }

    fn arguments_shown(&mut self, list: Node, at: At) {
        let mut cursor = list.walk();
        for argument in list.named_children(&mut cursor) {
            if self.kind(argument) == Kind::KeywordArgument {
                self.named_value(argument, at);
            } else {
                self.shown(argument, at);
            }
        }
    }

    /// All that an object holds, if it is one of settings.
    fn dump(&mut self, object: Node, node: Node, at: At) {
        let named = matches!(
            self.kind(object),
            Kind::Identifier | Kind::Attribute | Kind::Call
        );
        if !named {
            return;
        }
        let name = match self.kind(object) {
            Kind::Call => object.child(0).map(|function| self.last_span(function)),
            _ => Some(self.last_span(object)),
        };
        if let Some(name) = name
            && says_settings(self.slice(name))
        {
            self.show(ShownKind::All, name, node, at);
        }
    }

    fn key(&self, subscript: Node) -> Option<Span> {
        let mut cursor = subscript.walk();
        let key = subscript.named_children(&mut cursor).nth(1)?;
        (self.kind(key) == Kind::String).then(|| self.unquoted(self.span(key)))
    }

    fn is_slice(&self, subscript: Node) -> bool {
        let mut cursor = subscript.walk();
        subscript
            .named_children(&mut cursor)
            .any(|child| child.kind() == "slice")
    }

    /// Which of the values that a format with `%` is given are shown as they are.
    fn specs(&self, format: Node) -> Vec<bool> {
        let mut specs = Vec::new();
        if self.kind(format) != Kind::String {
            return specs;
        }
        let mut rest = self.text(format);
        while let Some(at) = rest.find('%') {
            rest = &rest[at + 1..];
            if let Some(more) = rest.strip_prefix('%') {
                rest = more;
                continue;
            }
            if let Some(named) = rest.strip_prefix('(') {
                rest = named.split_once(')').map_or("", |(_, rest)| rest);
            }
            let flags =
                |c: char| c.is_ascii_digit() || matches!(c, '-' | '+' | ' ' | '#' | '.' | '*');
            let kind = rest.trim_start_matches(flags);
            let cut = rest[..rest.len() - kind.len()].contains('.');
            if kind.starts_with(|c: char| c.is_ascii_alphabetic()) {
                specs.push(!cut && kind.starts_with(['s', 'r', 'a']));
            }
        }
        specs
    }
}
