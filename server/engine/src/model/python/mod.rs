//! Python: imports, calls with resolved names, functions, classes, decorators, handlers, constants, loggers, pytest
//! markers.
//!
//! A [`Part`] is compact records over one text: rules never see them. What a rule is asked about ([`Call`], [`Handler`],
//! [`Function`], [`Class`], [`Constant`]) is made from a record only once some rule asks for it.
//!
//! Scopes, so that a file read chunk by chunk means the same as read whole: a name of the module is never resolved inside
//! a part, always through [`Outside`](crate::outside::Outside); functions, lambdas and comprehensions are resolved in the
//! part when it is read; a class body binds nothing.

pub mod blocking;
pub mod checks;
mod class;
mod definition;
mod field;
pub mod jwt;
mod lines;
pub mod literal;
pub(crate) mod logged;
mod markers;
mod resolve;
mod subject;
pub mod web;
mod written;

use std::sync::Arc;

pub use definition::{Class, Constant, Decorator, Function, Parameter};
pub(crate) use definition::{classes, constants, functions};
pub use field::Field;
pub(crate) use field::{SETTINGS, fields};
pub(crate) use lines::{head, holds, starts_application};
pub use logged::{Says, Shown, ShownKind, Writer};
pub(crate) use logged::{
    gives_secret, is_writer, may_show, names_a_key, says_settings, shown, shows,
};
pub(crate) use markers::marks;
pub use markers::{Marker, markers_declared, markers_used};
pub use resolve::Resolver;
pub(crate) use resolve::{Found, lookup};
pub use subject::{Argument, Call, Handler, Target, With, handlers};
pub use written::{
    ENVIRONMENT, LATER_READERS, Literal, READERS, is_named_password, is_named_secret, text_content,
};
pub(crate) use written::{calls_around_literals, literals, may_begin_token, may_look_secret};

use crate::chunk::python::State;
use crate::outside::Export;
use crate::text::Span;

/// The reading of one chunk. All spans are relative to the chunk.
#[derive(Debug, Default)]
pub struct Part {
    pub(crate) text: Arc<str>,
    pub exports: Vec<Export>,
    pub broken: bool,
    /// What the chunk is.
    pub(crate) state: State,
    /// Each name that is bound or looked up, once.
    pub(crate) names: Vec<Span>,
    pub(crate) paths: Vec<Path>,
    /// What local names are bound to.
    pub(crate) values: Vec<Value>,
    /// What the module's names are bound to, sorted by name.
    pub(crate) bindings: Vec<Binding>,
    pub(crate) calls: Vec<CallRecord>,
    pub(crate) arguments: Vec<ArgumentRecord>,
    pub(crate) targets: Vec<TargetRecord>,
    /// A value that goes to the first target goes on to the second.
    pub(crate) onward: Vec<(u32, u32)>,
    pub(crate) functions: Vec<FunctionRecord>,
    /// Spans of the names of parameters.
    pub(crate) parameters: Vec<Span>,
    /// The annotation and the default of each of them; empty where there is none.
    pub(crate) typed: Vec<(Span, Span)>,
    pub(crate) classes: Vec<ClassRecord>,
    /// What the bodies of classes bind, and what methods set on their object.
    pub(crate) members: Vec<MemberRecord>,
    /// Names that the bodies of classes assign or annotate.
    pub(crate) fields: Vec<FieldRecord>,
    pub(crate) fallbacks: Vec<FallbackRecord>,
    pub(crate) decorators: Vec<DecoratorRecord>,
    pub(crate) handlers: Vec<HandlerRecord>,
    pub(crate) withs: Vec<WithRecord>,
    /// The statements of the module that begin in this chunk.
    pub(crate) statements: Vec<Statement>,
    /// Names bound in a function, lambda or comprehension, with the span in which they hide the module's.
    pub(crate) locals: Vec<(u32, Span)>,
    pub(crate) markers: Vec<MarkerRecord>,
    /// What calls write to logs.
    pub(crate) shown: Vec<ShownRecord>,
    /// Literals that may be secrets.
    pub(crate) literals: Vec<LiteralRecord>,
}

/// "None" for the `u32` indices of records.
pub(crate) const NONE: u32 = u32::MAX;

/// In place of the index of a class: the one of which the part is a member.
pub(crate) const ENCLOSING: u32 = u32::MAX - 1;

/// `a.b.c`, or a part of a longer expression that ends in `.b.c`.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Path {
    pub(crate) head: Head,
    pub(crate) span: Span,
    /// Where the head ends and `.b.c` begins.
    pub(crate) tail: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Head {
    /// A name of the module or a builtin, to be looked up outside: index into `names`.
    Free(u32),
    /// A local name: index into `values`.
    Local(u32),
    /// The result of a call: index of the callee's path.
    Call(u32),
    Unknown,
}

/// What a name is bound to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Value {
    /// The dotted name of a module or of something in it; leading dots for relative imports.
    Import(Box<str>),
    /// Another name: index of a path.
    Path(u32),
    /// The result of a call: index of the callee's path.
    Call(u32),
    None,
    Literal(Span, ValueKind),
    /// Index into `functions`, or `NONE`.
    Function(u32),
    /// Index into `classes`, or `NONE`.
    Class(u32),
    /// The object of a method, or its class: index into `classes`, or `ENCLOSING`.
    Me(u32),
    /// Parameters, loop variables, names that are bound twice.
    Unknown,
}

#[derive(Debug)]
pub(crate) struct Binding {
    pub(crate) name: u32,
    pub(crate) digest: u64,
    pub(crate) value: Value,
    pub(crate) span: Span,
    /// Bound only while types are checked.
    pub(crate) typing: bool,
}

#[derive(Debug)]
pub(crate) struct CallRecord {
    pub(crate) callee: u32,
    pub(crate) span: Span,
    /// With the parentheses.
    pub(crate) list: Span,
    /// Range of `arguments`.
    pub(crate) arguments: (u32, u32),
    /// Index of the innermost enclosing function, or `NONE`.
    pub(crate) function: u32,
    /// Index of the target to which the value goes, or `NONE`.
    pub(crate) target: u32,
    /// `await f()`, `async with f():`, `async for x in f():`
    pub(crate) awaited: bool,
    /// It stands in a lambda, or where only type checkers look: it does not run there.
    pub(crate) deferred: bool,
    /// `await` may stand there: in no generator expression, and in no body of a class.
    pub(crate) awaitable: bool,
    /// `with f():`
    pub(crate) opened: bool,
    /// `f().x`, `f()[x]`, `f()()`
    pub(crate) trailed: bool,
}

#[derive(Debug)]
pub(crate) struct ArgumentRecord {
    /// Empty for a positional argument.
    pub(crate) keyword: Span,
    pub(crate) value: Span,
    pub(crate) kind: ValueKind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ValueKind {
    None,
    True,
    False,
    Number,
    /// A string without interpolations.
    Str,
    /// A list, tuple, set or dictionary that is written out.
    Collection,
    /// `*args`, `**kwargs`.
    Splat,
    /// A dotted name: index of a path.
    Path(u32),
    Other,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TargetKind {
    /// `name = …`, also annotated, augmented, and `name.append(…)`.
    Name,
    /// `x.name = …`
    Attribute,
    /// `x["name"] = …`
    Subscript,
    /// `f(name=…)`
    Keyword,
    /// `{"name": …}`
    Key,
    /// `return …` or `yield …` in a function of that name.
    Return,
    /// `def f(name=…)`
    Default,
    /// A positional argument of a callee of that name.
    Argument,
    /// `name == …`
    Compared,
}

#[derive(Debug)]
pub(crate) struct TargetRecord {
    pub(crate) kind: TargetKind,
    /// Without quotes.
    pub(crate) name: Span,
    /// The target to which the expression around this one goes, or `NONE`.
    pub(crate) outer: u32,
}

/// A function definition.
#[derive(Debug)]
pub(crate) struct FunctionRecord {
    pub(crate) name: Span,
    pub(crate) span: Span,
    pub(crate) is_async: bool,
    /// It stands in the body of a class.
    pub(crate) method: bool,
    /// It has a `yield`, so that calling it runs nothing.
    pub(crate) generator: bool,
    /// `A.f`, `f().g`; `.f` for a member of the enclosing class.
    pub(crate) path: Box<str>,
    /// Index of the innermost enclosing function, or `NONE`.
    pub(crate) function: u32,
    /// Range of `parameters`.
    pub(crate) parameters: (u32, u32),
    /// Range of `decorators`.
    pub(crate) decorators: (u32, u32),
}

/// A class definition.
#[derive(Debug)]
pub(crate) struct ClassRecord {
    pub(crate) name: Span,
    /// As [`FunctionRecord::path`].
    pub(crate) path: Box<str>,
    /// A name of the module.
    pub(crate) top: bool,
    /// The paths of the base classes that are names.
    pub(crate) bases: Vec<u32>,
    /// What stands in parentheses behind the name, with them; empty for none.
    pub(crate) list: Span,
    pub(crate) body: Body,
    /// Range of `decorators`.
    pub(crate) decorators: (u32, u32),
}

/// How the body of a class begins. A class that is cut at its members has none.
#[derive(Debug, Default, Clone, Copy)]
pub(crate) struct Body {
    pub(crate) doc: Span,
    /// The first statement behind the docstring; empty for none.
    pub(crate) first: Span,
    /// There is no other one.
    pub(crate) only: bool,
}

/// A name that a class binds.
#[derive(Debug)]
pub(crate) struct MemberRecord {
    /// Index of the class, or `ENCLOSING`.
    pub(crate) class: u32,
    pub(crate) name: u32,
    pub(crate) value: Value,
    pub(crate) digest: u64,
}

/// `name: annotation = value` in the body of a class.
#[derive(Debug)]
pub(crate) struct FieldRecord {
    /// Index of the class, or `ENCLOSING`.
    pub(crate) class: u32,
    pub(crate) name: Span,
    /// Empty where there is none.
    pub(crate) annotation: Span,
    pub(crate) value: Span,
    pub(crate) kind: ValueKind,
    /// Index of the call that the value is, or `NONE`.
    pub(crate) call: u32,
}

/// `f(…) or value`
#[derive(Debug)]
pub(crate) struct FallbackRecord {
    /// Span of the call.
    pub(crate) call: Span,
    pub(crate) value: Span,
    pub(crate) kind: ValueKind,
}

/// `@a.b` or `@a.b(…)`
#[derive(Debug)]
pub(crate) struct DecoratorRecord {
    /// What is applied or called; `NONE` for any other expression.
    pub(crate) path: u32,
    /// Behind the `@`.
    pub(crate) span: Span,
    /// Index of the call, or `NONE`.
    pub(crate) call: u32,
}

#[derive(Debug)]
pub(crate) struct HandlerRecord {
    /// `except` or `except*`.
    pub(crate) keyword: Span,
    /// `except` to the last type, without `as` and colon.
    pub(crate) header: Span,
    /// Range of `paths` that holds the types; empty for a bare `except:`.
    pub(crate) types: Vec<u32>,
    /// The types stand in parentheses or are several.
    pub(crate) tuple: bool,
    pub(crate) bare: bool,
    pub(crate) function: u32,
    /// The statements of the body where each is trivial; empty otherwise.
    pub(crate) body: Vec<(Trivial, Span)>,
    /// The first call of the `try` body.
    pub(crate) tried: u32,
}

/// A statement that does nothing about an error.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trivial {
    Pass,
    Ellipsis,
    Str,
    Continue,
    Break,
    /// Without a value, or with a constant.
    Return,
}

/// `with f(…): body`, one item, no `as`.
#[derive(Debug)]
pub(crate) struct WithRecord {
    pub(crate) call: u32,
    /// `with` to the colon.
    pub(crate) header: Span,
    /// First to last leaf.
    pub(crate) body: Span,
    pub(crate) is_async: bool,
}

#[derive(Debug, Clone, Copy)]
pub(crate) struct Statement {
    pub(crate) kind: StatementKind,
    /// May end behind the chunk where the chunk is only the header of a class.
    pub(crate) span: Span,
    /// The first module that is imported, without names.
    pub(crate) module: Span,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum StatementKind {
    /// An expression that is one string.
    Str,
    Future,
    Import,
    From,
    /// `try` or `if` with an import in it.
    Guarded,
    /// `def` or `class`, decorated or not.
    Definition,
    Other,
}

/// `….mark.name`, or `addinivalue_line("markers", "name: …")`.
#[derive(Debug)]
pub(crate) struct MarkerRecord {
    /// What stands before `.name`; `NONE` for a declaration.
    pub(crate) path: u32,
    pub(crate) name: Span,
}

/// A literal that goes to a name that may be a secret's, or that may look like a secret.
#[derive(Debug)]
pub(crate) struct LiteralRecord {
    pub(crate) kind: TargetKind,
    /// Empty where it goes to nothing that has one.
    pub(crate) name: Span,
    /// What the name is of; empty where there is nothing.
    pub(crate) owner: Span,
    pub(crate) value: Span,
    pub(crate) number: bool,
    /// Index of the target to which the expression around goes, or `NONE`.
    pub(crate) outer: u32,
    /// It has interpolations.
    pub(crate) formatted: bool,
    /// It stands in an interpolation.
    pub(crate) inside: bool,
}

/// A value that a call may write to a log.
#[derive(Debug)]
pub(crate) struct ShownRecord {
    /// Index of the call.
    pub(crate) call: u32,
    pub(crate) kind: ShownKind,
    pub(crate) name: Span,
    pub(crate) value: Span,
    /// What is replaced by a mask.
    pub(crate) edit: Span,
    /// That stands in a string.
    pub(crate) inside: bool,
}

impl Part {
    pub(crate) fn slice(&self, span: Span) -> &str {
        self.text.get(span.range()).unwrap_or_default()
    }
    pub(crate) fn name(&self, name: u32) -> &str {
        self.names
            .get(name as usize)
            .map_or("", |span| self.slice(*span))
    }
    /// The qualified name of a class, as far as this part knows it.
    pub(crate) fn class_path(&self, class: u32) -> &str {
        let record = self.classes.get(class as usize);
        record.map_or("", |record| &record.path)
    }
    /// The bindings of one name of the module.
    pub(crate) fn bound(&self, name: &str) -> &[Binding] {
        let from = self
            .bindings
            .partition_point(|binding| self.name(binding.name) < name);
        let count = self.bindings[from..]
            .iter()
            .take_while(|binding| self.name(binding.name) == name)
            .count();
        &self.bindings[from..from + count]
    }
}
