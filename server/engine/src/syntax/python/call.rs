//! Calls: the callee's path, the arguments, and where values go.

use tree_sitter::{Node, TreeCursor};
use xxhash_rust::xxh3::xxh3_64;

use super::kinds::Kind;
use super::scope::Visitor;
use crate::model::python::{
    ArgumentRecord, CallRecord, Head, MarkerRecord, NONE, TargetKind, ValueKind,
};
use crate::text::Span;

impl Visitor<'_> {
    /// The head of the cursor's callee or attribute, and where it ends.
    fn head(&mut self, c: &mut TreeCursor, flow: u32) -> (Head, u32) {
        let node = c.node();
        let end = self.span(node).end;
        match self.kind(node) {
            Kind::Identifier => {
                let name = self.intern(node);
                self.used(name, flow);
                (Head::Free(name), end)
            }
            Kind::Attribute => self.attribute(c, flow),
            Kind::Call => {
                let callee = self.call(c, flow);
                if callee.is_some()
                    && let Some(call) = self.part.calls.last_mut()
                {
                    call.trailed = true;
                }
                (callee.map_or(Head::Unknown, Head::Call), end)
            }
            _ => {
                self.visit(c, flow);
                (Head::Unknown, end)
            }
        }
    }

    pub(super) fn attribute(&mut self, c: &mut TreeCursor, flow: u32) -> (Head, u32) {
        let node = c.node();
        if self.deep() || !c.goto_first_child() {
            self.shallow();
            return (Head::Unknown, self.span(node).end);
        }
        let object = c.node();
        let name = last_name(self.text(node));
        let flow = if SAME_VALUE.contains(&name) {
            flow
        } else {
            NONE
        };
        let (head, tail) = self.head(c, flow);
        c.goto_parent();
        self.shallow();
        if self.text(object).ends_with("mark")
            && let Some(name) = node.child(node.child_count().saturating_sub(1))
            && self.kind(name) == Kind::Identifier
        {
            let (object, name) = (self.span(object), self.span(name));
            let path = self.path(head, object, tail.min(object.end));
            self.part.markers.push(MarkerRecord { path, name });
        }
        (head, tail)
    }

    /// Visit a call; the path of its callee.
    pub(super) fn call(&mut self, c: &mut TreeCursor, flow: u32) -> Option<u32> {
        let node = c.node();
        if self.deep() || !c.goto_first_child() {
            self.shallow();
            return None;
        }
        let function = c.node();
        let named = self.kind(function) == Kind::Identifier;
        let (head, tail) = self.head(c, if named { NONE } else { flow });
        let span = self.span(function);
        let callee = self.path(head, span, tail);
        let receives = self.receiver(function, flow);
        let mut list = Span::new(span.end as usize, span.end as usize);
        let mut arguments = Vec::new();
        while c.goto_next_sibling() {
            let node = c.node();
            if self.kind(node) == Kind::Generator {
                list = self.span(node);
                self.visit(c, receives);
                arguments.push(ArgumentRecord {
                    keyword: Span::default(),
                    value: list,
                    kind: ValueKind::Other,
                });
            } else if node.is_named() && self.kind(node) != Kind::Comment {
                list = self.span(node);
                if c.goto_first_child() {
                    loop {
                        self.one_argument(c, receives, flow, &mut arguments);
                        if !c.goto_next_sibling() {
                            break;
                        }
                    }
                    c.goto_parent();
                }
            }
        }
        c.goto_parent();
        self.shallow();
        if matches!(last_name(self.slice(span)), "seed" | "setstate") {
            self.seeds = true;
        }
        self.declared_marker(span, &arguments);
        self.signed(span, &arguments);
        self.told_arguments(span, &arguments);
        let from = self.part.arguments.len() as u32;
        self.part.arguments.extend(arguments);
        self.reached(flow);
        let index = self.part.calls.len() as u32;
        self.logged(node, span, index);
        let span = self.span(node);
        self.part.calls.push(CallRecord {
            callee,
            span,
            list,
            arguments: (from, self.part.arguments.len() as u32),
            function: self.function,
            target: flow,
            awaited: false,
            deferred: self.deferred || self.typing,
            awaitable: !self.lazy && !self.in_class,
            opened: false,
            trailed: false,
        });
        Some(callee)
    }

    fn one_argument(
        &mut self,
        c: &mut TreeCursor,
        receives: u32,
        flow: u32,
        arguments: &mut Vec<ArgumentRecord>,
    ) {
        let node = c.node();
        if !node.is_named() || self.kind(node) == Kind::Comment {
            return;
        }
        if self.kind(node) == Kind::KeywordArgument {
            self.passed_literal(node, flow);
            arguments.extend(self.keyword(c, flow));
        } else {
            let kind = self.argument(c, receives);
            arguments.push(ArgumentRecord {
                keyword: Span::default(),
                value: self.span(node),
                kind,
            });
        }
    }

    /// `name=value` in a call.
    pub(super) fn keyword(&mut self, c: &mut TreeCursor, flow: u32) -> Option<ArgumentRecord> {
        if !c.goto_first_child() {
            return None;
        }
        let keyword = self.span(c.node());
        let flow = self.target(TargetKind::Keyword, keyword, flow);
        let mut record = None;
        while c.goto_next_sibling() {
            if c.node().is_named() && self.kind(c.node()) != Kind::Comment {
                let kind = self.argument(c, flow);
                record = Some(ArgumentRecord {
                    keyword,
                    value: self.span(c.node()),
                    kind,
                });
            }
        }
        c.goto_parent();
        record
    }

    /// Where positional arguments go: into a collection that is added to, to a callee that takes a secret, or with the
    /// result of the call.
    fn receiver(&mut self, function: Node, flow: u32) -> u32 {
        let span = self.span(function);
        let name = last_name(self.slice(span));
        let adds = matches!(name, "append" | "add" | "extend" | "insert" | "update");
        if adds
            && self.kind(function) == Kind::Attribute
            && let Some(object) = function.child(0)
            && self.kind(object) == Kind::Identifier
        {
            return self.name_target(object, flow);
        }
        if may_take_secret(name) {
            let start = span.end as usize - name.len();
            let name = Span::new(start, span.end as usize);
            return self.target(TargetKind::Argument, name, flow);
        }
        flow
    }

    /// `jwt.encode(payload, key, algorithm="HS256")`, and other calls of two arguments that are called so.
    fn signed(&mut self, callee: Span, arguments: &[ArgumentRecord]) {
        if arguments.len() < 2 || last_name(self.slice(callee)) != "encode" {
            return;
        }
        let algorithm = arguments
            .iter()
            .find(|a| self.slice(a.keyword) == "algorithm");
        let algorithm = algorithm
            .or(arguments.get(2))
            .map_or("", |a| self.slice(a.value));
        let digest = xxh3_64([self.slice(callee), " ", algorithm].concat().as_bytes());
        self.signs = Some(self.signs.unwrap_or_default().wrapping_add(digest));
    }

    fn declared_marker(&mut self, callee: Span, arguments: &[ArgumentRecord]) {
        if last_name(self.slice(callee)) != "addinivalue_line" {
            return;
        }
        let [kind, line] = arguments else { return };
        if kind.kind != ValueKind::Str {
            return;
        }
        let kind = self.unquoted(kind.value);
        if self.slice(kind) != "markers" {
            return;
        }
        if line.kind != ValueKind::Str {
            // A name that only running it would tell.
            self.part.markers.push(MarkerRecord {
                path: NONE,
                name: Span::new(callee.start as usize, callee.start as usize),
            });
            return;
        }
        let line = self.unquoted(line.value);
        {
            let text = self.slice(line);
            let end = text.find([':', '(']).unwrap_or(text.len());
            let name = text[..end].trim();
            let start = line.start as usize + (text.len() - text.trim_start().len());
            self.part.markers.push(MarkerRecord {
                path: NONE,
                name: Span::new(start, start + name.len()),
            });
        }
    }
}

/// The part behind the last dot of a path as it is written.
pub(super) fn last_name(path: &str) -> &str {
    let from = path
        .rfind(|c: char| !(c == '_' || c.is_alphanumeric()))
        .map_or(0, |at| {
            at + path[at..].chars().next().map_or(1, char::len_utf8)
        });
    &path[from..]
}

/// Methods that give their object's value in another form. The token of a client that was drawn is not what was drawn.
const SAME_VALUE: &[&str] = &[
    "capitalize",
    "copy",
    "decode",
    "digest",
    "encode",
    "format",
    "hex",
    "hexdigest",
    "ljust",
    "lower",
    "lstrip",
    "pop",
    "removeprefix",
    "replace",
    "rjust",
    "rstrip",
    "strip",
    "swapcase",
    "title",
    "to_bytes",
    "tobytes",
    "tolist",
    "translate",
    "upper",
    "zfill",
];

/// A quick look whether a callee may be about secrets; the rules look closer.
fn may_take_secret(name: &str) -> bool {
    const HINTS: [&[u8]; 8] = [
        b"pass", b"pwd", b"token", b"secret", b"key", b"cred", b"salt", b"nonce",
    ];
    let bytes = name.as_bytes();
    HINTS.iter().any(|hint| {
        bytes
            .windows(hint.len())
            .any(|window| window.eq_ignore_ascii_case(hint))
    })
}
