//! Definitions that rules are asked about: functions, classes, constants.

use std::sync::Arc;

use super::subject::arguments;
use super::{Argument, Part, Resolver, Value, ValueKind};
use crate::text::Span;

/// A function or a method.
#[derive(Debug)]
pub struct Function {
    pub name: Box<str>,
    /// Of the name.
    pub span: Span,
    pub is_async: bool,
    /// It stands in the body of a class.
    pub method: bool,
    /// The innermost function around this one.
    pub function: Option<Box<str>>,
    /// All kinds, in the order of the text, without the stars.
    pub parameters: Vec<Parameter>,
    /// The outermost one first.
    pub decorators: Vec<Decorator>,
    text: Arc<str>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parameter {
    pub name: Box<str>,
    /// Of the name.
    pub span: Span,
}

/// `@a.b` or `@a.b(…)`
#[derive(Debug)]
pub struct Decorator {
    /// The dotted name of what is applied or called, where it is known: `fastapi.FastAPI().get`.
    pub name: Option<String>,
    /// The expression behind the `@`.
    pub span: Span,
    /// What it is called with; `None` where it is applied as it is.
    pub arguments: Option<Vec<Argument>>,
}

/// A class.
#[derive(Debug)]
pub struct Class {
    pub name: Box<str>,
    /// Of the name.
    pub span: Span,
    /// The outermost one first.
    pub decorators: Vec<Decorator>,
    text: Arc<str>,
}

/// A name of the module that is bound once, to a literal. `None` is none: it stands for what comes later.
#[derive(Debug)]
pub struct Constant {
    pub name: Box<str>,
    /// Of the name.
    pub span: Span,
    /// The literal.
    pub value: Span,
    /// A number, a string without interpolations, `True`, `False`, or a collection, whatever it holds.
    pub kind: ValueKind,
    text: Arc<str>,
}

impl Function {
    /// The text of a span of the function's chunk.
    pub fn text(&self, span: Span) -> &str {
        self.text.get(span.range()).unwrap_or_default()
    }
}

impl Class {
    /// The text of a span of the class's chunk.
    pub fn text(&self, span: Span) -> &str {
        self.text.get(span.range()).unwrap_or_default()
    }
}

impl Constant {
    /// The text of a span of the constant's chunk.
    pub fn text(&self, span: Span) -> &str {
        self.text.get(span.range()).unwrap_or_default()
    }
}

/// The functions of a part, those in functions and classes too.
pub(crate) fn functions(resolver: &Resolver) -> impl Iterator<Item = Function> {
    let part = resolver.part;
    let named = part
        .functions
        .iter()
        .filter(|record| !record.name.is_empty());
    named.map(|record| {
        let (from, to) = record.parameters;
        let parameters = part.parameters[from as usize..to as usize].iter();
        Function {
            name: part.slice(record.name).into(),
            span: record.name,
            is_async: record.is_async,
            method: record.method,
            function: part
                .functions
                .get(record.function as usize)
                .map(|around| part.slice(around.name).into()),
            parameters: parameters
                .map(|span| Parameter {
                    name: part.slice(*span).into(),
                    span: *span,
                })
                .collect(),
            decorators: decorators(resolver, record.decorators),
            text: part.text.clone(),
        }
    })
}

/// The classes of a part, those in functions and classes too.
pub(crate) fn classes(resolver: &Resolver) -> impl Iterator<Item = Class> {
    let part = resolver.part;
    let named = part.classes.iter().filter(|record| !record.name.is_empty());
    named.map(|record| Class {
        name: part.slice(record.name).into(),
        span: record.name,
        decorators: decorators(resolver, record.decorators),
        text: part.text.clone(),
    })
}

fn decorators(resolver: &Resolver, (from, to): (u32, u32)) -> Vec<Decorator> {
    let part = resolver.part;
    part.decorators[from as usize..to as usize]
        .iter()
        .map(|record| Decorator {
            name: resolver.name(record.path),
            span: record.span,
            arguments: part
                .calls
                .get(record.call as usize)
                .map(|call| arguments(resolver, call)),
        })
        .collect()
}

/// The constants of a part: no other part binds them, and this one does so once.
pub(crate) fn constants(resolver: &Resolver) -> impl Iterator<Item = Constant> {
    let part: &Part = resolver.part;
    part.bindings.iter().filter_map(move |binding| {
        let Value::Literal(value, kind) = binding.value else {
            return None;
        };
        let name = part.name(binding.name);
        (!binding.typing && resolver.bindings(name) == 1).then(|| Constant {
            name: name.into(),
            span: binding.span,
            value,
            kind,
            text: part.text.clone(),
        })
    })
}
