//! Names → the dotted name of what they mean, through scopes, imports and aliases.

use std::cell::OnceCell;

use super::class::{At, ClassAt, Enclosing, Known};
use super::literal::Written;
use super::{Binding, Call, Head, Part, Value};
use crate::model;
use crate::outside::{Key, Outside};
use crate::rule::Owner;

/// Aliases of aliases are followed this far.
pub(super) const HOPS: usize = 8;

/// What a name of the module is bound to.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Found<'a> {
    /// Nowhere: a builtin, or undefined.
    Nothing,
    One(&'a Part, &'a Binding),
    /// Bound to different things.
    Unknown,
}

/// All bindings of a name taken together, whatever their order: equal ones are one, and an import or an object beside `None`
/// (the `except ImportError` of optional modules, what is made when it is first needed) is that.
pub(crate) fn lookup<'a>(outside: &Outside<'a>, name: &str) -> Found<'a> {
    let mut found = Found::Nothing;
    for (digest, part) in outside.get(&Key::Name(name.into())) {
        let model::Part::Python(part) = &**part else {
            continue;
        };
        let same = |binding: &&Binding| binding.digest == *digest;
        let Some(binding) = part.bound(name).iter().find(same) else {
            continue;
        };
        let thing = |value: &Value| matches!(value, Value::Import(_) | Value::Call(_));
        found = match found {
            Found::Nothing => Found::One(part, binding),
            Found::One(..) if binding.value == Value::Unknown => Found::Unknown,
            Found::One(_, known) if known.digest == binding.digest => found,
            Found::One(_, known) if thing(&known.value) && binding.value == Value::None => found,
            Found::One(_, known) if known.value == Value::None && thing(&binding.value) => {
                Found::One(part, binding)
            }
            Found::One(..) | Found::Unknown => Found::Unknown,
        };
    }
    found
}

/// Resolves the paths of one part; each name is looked up outside at most once.
#[derive(Debug)]
pub struct Resolver<'p, 'o, 't> {
    pub(crate) part: &'p Part,
    pub(super) outside: &'o Outside<'t>,
    found: Vec<OnceCell<Found<'t>>>,
}

impl<'p, 'o, 't> Resolver<'p, 'o, 't> {
    pub fn new(part: &'p Part, outside: &'o Outside<'t>) -> Self {
        Resolver {
            part,
            outside,
            found: vec![OnceCell::new(); part.names.len()],
        }
    }

    /// Write the dotted name of a path to `out`; false when it is not known. `().` stands for the result of a call:
    /// `random.Random().choice`.
    pub(crate) fn dotted(&self, path: u32, out: &mut String) -> bool {
        out.clear();
        matches!(self.path(self.asked(), path, HOPS, out), Known::Dotted)
    }

    pub(super) fn asked(&self) -> At<'_> {
        At {
            part: self.part,
            class: Enclosing::Asked,
        }
    }

    /// The dotted name of a path.
    pub(crate) fn name(&self, path: u32) -> Option<String> {
        let mut out = String::new();
        self.dotted(path, &mut out).then_some(out)
    }

    /// The function of the file that a path of this part means.
    pub(super) fn function(&self, path: u32) -> Option<(At<'_>, u32)> {
        match self.path(self.asked(), path, HOPS, &mut String::new()) {
            Known::Function(at, function) => Some((at, function)),
            _ => None,
        }
    }

    /// The dotted name of what something of the part is bound to.
    pub(crate) fn value_name(&self, value: &Value) -> Option<String> {
        let mut out = String::new();
        let known = self.value(self.asked(), value, HOPS, &mut out);
        matches!(known, Known::Dotted).then_some(out)
    }

    /// Every call of the part by its index, with its dotted name where that is known.
    pub fn calls(&self) -> impl Iterator<Item = (usize, Option<String>)> {
        let calls = self.part.calls.iter().enumerate();
        calls.map(|(at, call)| (at, self.name(call.callee)))
    }

    /// The call at an index, when its name is known.
    pub fn call(&self, index: usize) -> Option<Call> {
        let name = self.name(self.part.calls.get(index)?.callee)?;
        Call::new(self, index, &name)
    }

    /// The call at an index, whatever its name; empty where that is not known.
    pub(crate) fn call_of(&self, index: usize) -> Option<Call> {
        let name = self.name(self.part.calls.get(index)?.callee);
        Call::new(self, index, &name.unwrap_or_default())
    }

    /// How often the module binds a name, in all its parts.
    pub(crate) fn bindings(&self, name: &str) -> usize {
        self.outside.get(&Key::Name(name.into())).len()
    }

    /// Whether a path is a name that is bound by nothing but an import: no local, no alias, no call in between.
    pub(crate) fn imported(&self, path: u32) -> bool {
        let Some(path) = self.part.paths.get(path as usize) else {
            return false;
        };
        match path.head {
            Head::Free(name) => match self.free(self.part, name) {
                Found::One(_, binding) => matches!(binding.value, Value::Import(_)),
                Found::Nothing | Found::Unknown => false,
            },
            Head::Local(value) => {
                matches!(self.part.values.get(value as usize), Some(Value::Import(_)))
            }
            Head::Call(_) | Head::Unknown => false,
        }
    }

    /// The literal that a name of this part stands for: a local name, one of the module, or `self.x`.
    pub(crate) fn literal(&self, path: u32) -> Option<Written> {
        let record = self.part.paths.get(path as usize)?;
        let tail = self
            .part
            .text
            .get(record.tail as usize..record.span.end as usize)?;
        let written = |part: &Part, value: &Value, owner: Option<Owner>| match value {
            Value::Literal(span, kind) => {
                Some(Written::new(*kind, *span, owner, part.text.clone()))
            }
            _ => None,
        };
        match record.head {
            Head::Local(value) => match self.part.values.get(value as usize)? {
                Value::Me(class) => {
                    let (name, rest) = first_name(tail)?;
                    let class = self.class_at(self.asked(), *class);
                    let (at, record) = self.record(&class, name, HOPS)?;
                    rest.is_empty()
                        .then(|| written(at.part, &record.value, None))?
                }
                Value::Path(path) if tail.is_empty() => {
                    match self.part.paths.get(*path as usize)?.head {
                        Head::Free(_) => self.literal(*path),
                        _ => None,
                    }
                }
                value => written(self.part, value, Some(Owner::Chunk)).filter(|_| tail.is_empty()),
            },
            Head::Free(name) if tail.is_empty() => match self.free(self.part, name) {
                Found::One(part, binding) => {
                    let owner = Owner::Other(Key::Name(self.part.name(name).into()));
                    written(part, &binding.value, Some(owner))
                }
                Found::Nothing | Found::Unknown => None,
            },
            _ => None,
        }
    }

    /// Whether a path begins with a name of the module.
    pub(crate) fn is_global(&self, path: u32) -> bool {
        let path = self.part.paths.get(path as usize);
        path.is_some_and(|path| matches!(path.head, Head::Free(_)))
    }

    fn free(&self, part: &Part, name: u32) -> Found<'t> {
        if std::ptr::eq(part, self.part)
            && let Some(known) = self.found.get(name as usize)
        {
            return *known.get_or_init(|| lookup(self.outside, part.name(name)));
        }
        lookup(self.outside, part.name(name))
    }

    /// What a path means. A dotted name is written to `out`; of anything else what is there means nothing.
    pub(super) fn path<'s>(
        &'s self,
        at: At<'s>,
        path: u32,
        hops: usize,
        out: &mut String,
    ) -> Known<'s> {
        let part = at.part;
        let (Some(path), Some(hops)) = (part.paths.get(path as usize), hops.checked_sub(1)) else {
            return Known::Nothing;
        };
        let mut known = match path.head {
            Head::Free(name) => match self.free(part, name) {
                Found::Nothing if self.builtin(part.name(name), out) => Known::Dotted,
                // Two functions of a name are told apart by nobody.
                Found::One(_, binding)
                    if matches!(binding.value, Value::Function(_))
                        && self.bindings(part.name(name)) > 1 =>
                {
                    Known::Nothing
                }
                Found::One(other, binding) => {
                    self.value(At::module(other), &binding.value, hops, out)
                }
                Found::Nothing | Found::Unknown => Known::Nothing,
            },
            Head::Local(value) => match part.values.get(value as usize) {
                Some(value) => self.value(at, value, hops, out),
                None => Known::Nothing,
            },
            Head::Call(callee) => self.called(at, callee, hops, out),
            Head::Unknown => Known::Nothing,
        };
        let mut tail = part
            .text
            .get(path.tail as usize..path.span.end as usize)
            .unwrap_or_default();
        // Names of classes of the file, one after the other.
        while let Known::Class(class) | Known::Object(class) = &known
            && let Some((name, rest)) = first_name(tail)
        {
            known = self.member(class, name, hops, out);
            tail = rest;
        }
        match known {
            Known::Dotted => push_tail(tail, out),
            _ if tail.trim().is_empty() => {}
            _ => known = Known::Nothing,
        }
        known
    }

    pub(super) fn value<'s>(
        &'s self,
        at: At<'s>,
        value: &Value,
        hops: usize,
        out: &mut String,
    ) -> Known<'s> {
        match value {
            Value::Import(dotted) => {
                out.push_str(dotted);
                Known::Dotted
            }
            Value::Path(path) => self.path(at, *path, hops, out),
            Value::Call(callee) => self.called(at, *callee, hops, out),
            Value::Function(function) => Known::Function(at, *function),
            Value::Class(class) => match at.part.classes.get(*class as usize) {
                Some(record) if record.top => Known::Class(ClassAt::top(&record.path)),
                Some(_) => Known::Class(self.class_at(at, *class)),
                None => Known::Nothing,
            },
            Value::Me(class) => Known::Object(self.class_at(at, *class)),
            Value::None | Value::Literal(..) | Value::Unknown => Known::Nothing,
        }
    }

    /// What calling a path gives.
    fn called<'s>(&'s self, at: At<'s>, callee: u32, hops: usize, out: &mut String) -> Known<'s> {
        match self.path(at, callee, hops, out) {
            Known::Dotted => {
                out.push_str("()");
                Known::Dotted
            }
            Known::Class(class) => Known::Object(class),
            _ => Known::Nothing,
        }
    }

    /// A name that the module does not bind: a builtin, or what its only `from x import *` brought.
    pub(super) fn builtin(&self, name: &str, out: &mut String) -> bool {
        if BUILTINS.binary_search(&name).is_err() {
            let Found::One(_, star) = lookup(self.outside, "*") else {
                return false;
            };
            let Value::Import(module) = &star.value else {
                return false;
            };
            out.push_str(module);
            out.push('.');
        }
        out.push_str(name);
        true
    }
}

/// The part behind the last dot of a path as it is written.
pub(super) fn last_name(path: &str) -> &str {
    let mut names = path.rsplit(|c: char| !(c == '_' || c.is_alphanumeric()));
    names.next().unwrap_or_default()
}

/// The first name of `.b.c` and what follows it.
fn first_name(tail: &str) -> Option<(&str, &str)> {
    let tail = tail.trim_start().strip_prefix('.')?.trim_start();
    let inner = |c: char| c == '_' || c.is_alphanumeric();
    let end = tail.find(|c: char| !inner(c)).unwrap_or(tail.len());
    (end > 0).then(|| tail.split_at(end))
}

/// `.b.c` without the blanks, line breaks and comments that may stand between.
fn push_tail(tail: &str, out: &mut String) {
    let plain =
        |byte: u8| byte == b'.' || byte == b'_' || byte.is_ascii_alphanumeric() || byte >= 0x80;
    if tail.bytes().all(plain) {
        out.push_str(tail);
        return;
    }
    for line in tail.lines() {
        let code = line.split('#').next().unwrap_or_default();
        out.extend(
            code.chars()
                .filter(|c| plain(*c as u8) && !c.is_whitespace()),
        );
    }
}

/// Names that a `from x import *` is not expected to bring. From `dir(builtins)` of Python 3.14, without dunders.
#[rustfmt::skip]
const BUILTINS: &[&str] = &[
    "ArithmeticError", "AssertionError", "AttributeError", "BaseException", "BaseExceptionGroup", "BlockingIOError",
    "BrokenPipeError", "BufferError", "BytesWarning", "ChildProcessError", "ConnectionAbortedError",
    "ConnectionError", "ConnectionRefusedError", "ConnectionResetError", "DeprecationWarning", "EOFError",
    "Ellipsis", "EncodingWarning", "EnvironmentError", "Exception", "ExceptionGroup", "False", "FileExistsError",
    "FileNotFoundError", "FloatingPointError", "FutureWarning", "GeneratorExit", "IOError", "ImportError",
    "ImportWarning", "IndentationError", "IndexError", "InterruptedError", "IsADirectoryError", "KeyError",
    "KeyboardInterrupt", "LookupError", "MemoryError", "ModuleNotFoundError", "NameError", "None",
    "NotADirectoryError", "NotImplemented", "NotImplementedError", "OSError", "OverflowError",
    "PendingDeprecationWarning", "PermissionError", "ProcessLookupError", "PythonFinalizationError",
    "RecursionError", "ReferenceError", "ResourceWarning", "RuntimeError", "RuntimeWarning", "StopAsyncIteration",
    "StopIteration", "SyntaxError", "SyntaxWarning", "SystemError", "SystemExit", "TabError", "TimeoutError",
    "True", "TypeError", "UnboundLocalError", "UnicodeDecodeError", "UnicodeEncodeError", "UnicodeError",
    "UnicodeTranslateError", "UnicodeWarning", "UserWarning", "ValueError", "Warning", "WindowsError",
    "ZeroDivisionError", "abs", "aiter", "all", "anext", "any", "ascii", "bin", "bool", "breakpoint", "bytearray",
    "bytes", "callable", "chr", "classmethod", "compile", "complex", "copyright", "credits", "delattr", "dict",
    "dir", "divmod", "enumerate", "eval", "exec", "exit", "filter", "float", "format", "frozenset", "getattr",
    "globals", "hasattr", "hash", "help", "hex", "id", "input", "int", "isinstance", "issubclass", "iter", "len",
    "license", "list", "locals", "map", "max", "memoryview", "min", "next", "object", "oct", "open", "ord", "pow",
    "print", "property", "quit", "range", "repr", "reversed", "round", "set", "setattr", "slice", "sorted",
    "staticmethod", "str", "sum", "super", "tuple", "type", "vars", "zip",
];
