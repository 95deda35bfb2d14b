//! The visitor's state: names, scopes, and what is made of them when a scope ends.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};
use std::sync::Arc;

use tree_sitter::{Node, Tree, TreeCursor};
use xxhash_rust::xxh3::xxh3_64;

use super::kinds::{GRAMMAR, Kind};
use crate::chunk::python::State;
use crate::model::python::{
    Binding, ENCLOSING, Head, NONE, Part, Path, StatementKind, TargetKind, TargetRecord, Value,
    ValueKind,
};
use crate::outside::{Export, Key};
use crate::text::Span;

/// Expressions and blocks nested deeper than this are not looked into: the stack is finite.
pub(super) const DEPTH: usize = 600;

pub(super) struct Visitor<'s> {
    /// The text as it was parsed, `shift` bytes longer at its front than the chunk.
    src: &'s str,
    shift: usize,
    names: HashMap<&'s str, u32, BuildHasherDefault<Fx>>,
    pub(super) part: Part,
    pub(super) scopes: Vec<Scope>,
    /// The statement stands in a class body, which binds nothing.
    pub(super) in_class: bool,
    /// Index of the class whose body this is.
    pub(super) class: u32,
    /// The text is a member that was cut out of its class.
    pub(super) member: bool,
    /// The name of the definition around, as [`crate::model::python::FunctionRecord::path`], functions with `()`.
    pub(super) qualified: String,
    /// The parameter that is the method's object, and its class.
    pub(super) me: Option<(u32, u32)>,
    /// The list of base classes of the class that is bound.
    pub(super) bases: Span,
    /// In a lambda.
    pub(super) deferred: bool,
    /// In a generator expression.
    pub(super) lazy: bool,
    /// The module names a library of event loops.
    pub(super) loops: Vec<&'static str>,
    /// In the items of a `with` that is not async.
    pub(super) opens: bool,
    /// In an interpolation of a string.
    pub(super) in_string: bool,
    /// Below `if TYPE_CHECKING:`.
    pub(super) typing: bool,
    /// Index of the innermost function.
    pub(super) function: u32,
    /// Those of the definition that is visited next: a range of the part's.
    pub(super) decorators: (u32, u32),
    /// The module sets the state of a random generator.
    pub(super) seeds: bool,
    /// What decides with which algorithms it signs tokens, where it may.
    pub(super) signs: Option<u64>,
    /// The name of each target that is a plain name, and whether a call's value goes there.
    target_names: Vec<(u32, bool)>,
    pub(super) depth: usize,
}

/// A function, lambda or comprehension.
pub(super) struct Scope {
    pub(super) span: Span,
    /// A `def`; the others pass what they use on to the scope around them.
    pub(super) def: bool,
    first_path: usize,
    first_target: usize,
    bindings: Vec<(u32, Value)>,
    pub(super) globals: Vec<u32>,
    pub(super) nonlocals: Vec<u32>,
    /// Names whose value goes to a target.
    uses: Vec<(u32, u32)>,
}

impl<'s> Visitor<'s> {
    pub(super) fn new(src: &'s str, shift: usize, text: Arc<str>) -> Visitor<'s> {
        Visitor {
            src,
            shift,
            names: HashMap::default(),
            part: Part {
                text,
                ..Part::default()
            },
            scopes: Vec::new(),
            in_class: false,
            class: NONE,
            member: false,
            qualified: String::new(),
            me: None,
            bases: Span::default(),
            deferred: false,
            lazy: false,
            loops: Vec::new(),
            opens: false,
            in_string: false,
            typing: false,
            function: NONE,
            decorators: (0, 0),
            seeds: false,
            signs: None,
            target_names: Vec::new(),
            depth: 0,
        }
    }

    pub(super) fn read(mut self, tree: &Tree, state: State) -> Part {
        let root = tree.root_node();
        self.part.broken = root.has_error();
        self.part.state = state;
        let mut cursor = root.walk();
        match state {
            State::Statement | State::Header => self.module(&mut cursor),
            State::Member(_) => {
                self.in_class = true;
                self.member = true;
                self.class = ENCLOSING;
                // The wrapper's class, then its body; a text that is broken may have neither.
                let mut inside = false;
                if cursor.goto_first_child() {
                    inside = GRAMMAR.kind(cursor.node()) == Kind::ClassDefinition
                        && cursor.goto_last_child();
                    if !inside {
                        cursor.goto_parent();
                    }
                }
                self.children(&mut cursor, NONE);
                // What the grammar could not put into the class stands behind it.
                if inside {
                    cursor.goto_parent();
                    while cursor.goto_next_sibling() {
                        self.visit(&mut cursor, NONE);
                    }
                }
            }
        }
        self.export();
        self.part
    }

    fn export(&mut self) {
        let mut bindings = std::mem::take(&mut self.part.bindings);
        for binding in &mut bindings {
            // Made of a name of a function, of which the text of the binding does not tell.
            if let Value::Call(path) = binding.value
                && matches!(self.part.paths[path as usize].head, Head::Local(_))
            {
                binding.value = Value::Unknown;
                binding.digest = digest(8, "");
            }
        }
        bindings.sort_by(|a, b| {
            let key = |binding: &Binding| (self.part.name(binding.name), binding.digest);
            key(a).cmp(&key(b))
        });
        self.part.bindings = bindings;
        self.part.exports = self
            .part
            .bindings
            .iter()
            .map(|binding| Export {
                key: Key::Name(self.part.name(binding.name).into()),
                digest: binding.digest,
            })
            .collect();
        self.export_members();
        for name in std::mem::take(&mut self.loops) {
            self.part.exports.push(Export {
                key: Key::Loop(name),
                digest: 1,
            });
        }
        if self.seeds {
            self.part.exports.push(Export {
                key: Key::Seeds,
                digest: 1,
            });
        }
        if let Some(digest) = self.signs {
            self.part.exports.push(Export {
                key: Key::Signs,
                digest,
            });
        }
    }

    pub(super) fn kind(&self, node: Node) -> Kind {
        GRAMMAR.kind(node)
    }
    pub(super) fn text(&self, node: Node) -> &'s str {
        self.src.get(node.byte_range()).unwrap_or_default()
    }
    /// The span of a node in the chunk.
    pub(super) fn span(&self, node: Node) -> Span {
        let at = |offset: usize| offset.saturating_sub(self.shift);
        Span::new(at(node.start_byte()), at(node.end_byte()))
    }
    pub(super) fn slice(&self, span: Span) -> &'s str {
        let range = span.range();
        self.src
            .get(range.start + self.shift..range.end + self.shift)
            .unwrap_or_default()
    }

    pub(super) fn intern(&mut self, node: Node) -> u32 {
        let span = self.span(node);
        self.intern_span(span)
    }
    pub(super) fn intern_span(&mut self, span: Span) -> u32 {
        let text = self.slice(span);
        if let Some(known) = self.names.get(text) {
            return *known;
        }
        let id = self.part.names.len() as u32;
        self.part.names.push(span);
        self.names.insert(text, id);
        id
    }

    pub(super) fn path(&mut self, head: Head, span: Span, tail: u32) -> u32 {
        self.part.paths.push(Path { head, span, tail });
        self.part.paths.len() as u32 - 1
    }

    /// Visit the children of the cursor's node.
    pub(super) fn children(&mut self, c: &mut TreeCursor, flow: u32) {
        if c.goto_first_child() {
            loop {
                self.visit(c, flow);
                if !c.goto_next_sibling() {
                    break;
                }
            }
            c.goto_parent();
        }
    }

    /// Visit the cursor's node, whose value goes to `flow`.
    pub(super) fn visit(&mut self, c: &mut TreeCursor, flow: u32) {
        let node = c.node();
        if !node.is_named() || self.depth >= DEPTH {
            return;
        }
        self.depth += 1;
        let kind = self.kind(node);
        if !self.statement(c, kind, flow) {
            self.expression(c, kind, flow);
        }
        self.depth -= 1;
    }

    pub(super) fn target(&mut self, kind: TargetKind, name: Span, outer: u32) -> u32 {
        self.part.targets.push(TargetRecord { kind, name, outer });
        self.target_names.push((NONE, false));
        self.part.targets.len() as u32 - 1
    }
    /// A target that is a plain name, so that its value may go on from there.
    pub(super) fn name_target(&mut self, node: Node, outer: u32) -> u32 {
        let (name, span) = (self.intern(node), self.span(node));
        let target = self.target(TargetKind::Name, span, outer);
        if let Some(last) = self.target_names.last_mut() {
            last.0 = name;
        }
        target
    }
    /// The value of a call goes to `target` and to where that is part of.
    pub(super) fn reached(&mut self, mut target: u32) {
        while let Some(known) = self.target_names.get_mut(target as usize)
            && !known.1
        {
            known.1 = true;
            target = self.part.targets[target as usize].outer;
        }
    }
    /// The value of a name goes to `target`.
    pub(super) fn used(&mut self, name: u32, target: u32) {
        if target != NONE
            && let Some(scope) = self.scopes.last_mut()
        {
            scope.uses.push((name, target));
        }
    }

    pub(super) fn enter(&mut self, span: Span, def: bool) {
        self.scopes.push(Scope {
            span,
            def,
            first_path: self.part.paths.len(),
            first_target: self.part.targets.len(),
            bindings: Vec::new(),
            globals: Vec::new(),
            nonlocals: Vec::new(),
            uses: Vec::new(),
        });
    }

    /// A name is bound where the visitor stands.
    pub(super) fn bind(&mut self, name: u32, span: Span, value: Value) {
        if self.in_class {
            self.member(self.class, name, value);
            return;
        }
        let Some(at) = self.scopes.len().checked_sub(1) else {
            self.bind_module(name, span, value);
            return;
        };
        if self.scopes[at].globals.contains(&name) {
            let made = match &value {
                Value::None => true,
                Value::Call(path) => {
                    let path = self.part.paths.get(*path as usize);
                    path.is_some_and(|path| matches!(path.head, Head::Free(_)))
                }
                _ => false,
            };
            self.bind_module(name, span, if made { value } else { Value::Unknown });
        } else if self.scopes[at].nonlocals.contains(&name) {
            if at > 0 {
                self.scopes[at - 1].bindings.push((name, Value::Unknown));
            }
        } else {
            self.scopes[at].bindings.push((name, value));
        }
    }
    /// `name := value` binds in the function around comprehensions.
    pub(super) fn bind_around(&mut self, name: u32, span: Span, value: Value) {
        match self.scopes.iter_mut().rev().find(|scope| scope.def) {
            Some(scope) => scope.bindings.push((name, value)),
            None if self.in_class => {}
            None => self.bind_module(name, span, value),
        }
    }
    pub(super) fn bind_module(&mut self, name: u32, span: Span, value: Value) {
        let (kind, text): (u8, &str) = match &value {
            Value::Import(dotted) => (1, dotted),
            Value::Path(path) => (2, self.slice(self.part.paths[*path as usize].span)),
            Value::Call(path) => (3, self.slice(self.part.paths[*path as usize].span)),
            Value::None => (4, ""),
            Value::Literal(span, _) => (5, self.slice(*span)),
            Value::Function(_) => (6, ""),
            Value::Class(_) => (7, self.slice(self.bases)),
            Value::Me(_) => (9, ""),
            Value::Unknown => (8, ""),
        };
        let mut digest = digest(kind, text);
        // Fixes change collections where they stand.
        if let Value::Literal(span, ValueKind::Collection) = &value {
            digest = digest.wrapping_add(u64::from(span.start).wrapping_mul(0x9e37_79b9));
        }
        self.part.bindings.push(Binding {
            name,
            digest,
            value,
            span,
            typing: self.typing,
        });
    }

    /// The scope ends: what was looked up in it and is bound by it is now known.
    pub(super) fn leave(&mut self) {
        let Some(mut scope) = self.scopes.pop() else {
            return;
        };
        scope.bindings.sort_by_key(|(name, _)| *name);
        let mut bound: Vec<(u32, u32)> = Vec::new();
        let mut rest = &mut scope.bindings[..];
        while let Some((name, _)) = rest.first() {
            let name = *name;
            let count = rest.iter().take_while(|(other, _)| *other == name).count();
            let (group, more) = rest.split_at_mut(count);
            rest = more;
            let value = self.unified(group);
            bound.push((name, self.part.values.len() as u32));
            self.part.values.push(value);
            self.part.locals.push((name, scope.span));
        }
        let find = |name: u32| {
            bound
                .binary_search_by_key(&name, |(name, _)| *name)
                .ok()
                .map(|at| bound[at].1)
        };
        for path in &mut self.part.paths[scope.first_path..] {
            if let Head::Free(name) = path.head
                && let Some(value) = find(name)
            {
                path.head = Head::Local(value);
            }
        }
        if scope.def {
            scope.uses.sort_unstable();
            scope.uses.dedup();
            self.go_on(scope.first_target, &scope.uses);
        } else if let Some(around) = self.scopes.last_mut() {
            around
                .uses
                .extend(scope.uses.iter().filter(|(name, _)| find(*name).is_none()));
        }
    }

    /// Link the names to which a call's value goes with the targets to which these names go on.
    fn go_on(&mut self, first: usize, uses: &[(u32, u32)]) {
        let reached = |(_, target): &(usize, &(u32, bool))| target.0 != NONE && target.1;
        let names = self.target_names.iter().enumerate().skip(first);
        let mut next: Vec<usize> = names.filter(reached).map(|(at, _)| at).collect();
        let mut done = vec![false; self.target_names.len() - first];
        while let Some(from) = next.pop() {
            if std::mem::replace(&mut done[from - first], true) {
                continue;
            }
            let name = self.target_names[from].0;
            let start = uses.partition_point(|(used, _)| *used < name);
            for (_, to) in uses[start..].iter().take_while(|(used, _)| *used == name) {
                if *to as usize != from {
                    self.part.onward.push((from as u32, *to));
                }
                // What that one is part of is reached as well.
                let mut at = *to as usize;
                while let Some((name, _)) = self.target_names.get(at)
                    && at >= first
                {
                    if *name != NONE {
                        next.push(at);
                    }
                    at = self.part.targets[at].outer as usize;
                }
            }
        }
    }

    /// All bindings of one local name together.
    fn unified(&self, group: &mut [(u32, Value)]) -> Value {
        let mut known = Value::Unknown;
        for (at, (_, value)) in group.iter_mut().enumerate() {
            let value = std::mem::replace(value, Value::Unknown);
            known = match (known, value) {
                (_, value) if at == 0 => value,
                (known, value) if self.same(&known, &value) => known,
                (known @ (Value::Import(_) | Value::Call(_)), Value::None) => known,
                (Value::None, value @ (Value::Import(_) | Value::Call(_))) => value,
                _ => return Value::Unknown,
            };
        }
        known
    }
    pub(super) fn same(&self, a: &Value, b: &Value) -> bool {
        let path = |path: &u32| self.slice(self.part.paths[*path as usize].span);
        match (a, b) {
            (Value::Path(a), Value::Path(b)) | (Value::Call(a), Value::Call(b)) => {
                path(a) == path(b)
            }
            (Value::Literal(a, _), Value::Literal(b, _)) => self.slice(*a) == self.slice(*b),
            _ => a == b,
        }
    }

    pub(super) fn outline(&mut self, kind: StatementKind, span: Span, module: Span) {
        self.part
            .statements
            .push(crate::model::python::Statement { kind, span, module });
    }
}

/// The digest of what a name of the module is bound to.
fn digest(kind: u8, text: &str) -> u64 {
    xxh3_64(text.as_bytes()) ^ u64::from(kind).wrapping_mul(0x9e37_79b9_7f4a_7c15)
}

/// The quick hash of rustc: names are short and nobody attacks a linter's table of them.
#[derive(Default)]
struct Fx(u64);

impl Hasher for Fx {
    fn write(&mut self, bytes: &[u8]) {
        for chunk in bytes.chunks(8) {
            let mut word = [0; 8];
            word[..chunk.len()].copy_from_slice(chunk);
            let word = u64::from_le_bytes(word);
            self.0 = (self.0.rotate_left(5) ^ word).wrapping_mul(0x517c_c1b7_2722_0a95);
        }
    }
    fn finish(&self) -> u64 {
        self.0
    }
}
