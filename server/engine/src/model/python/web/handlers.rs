//! Functions that may be routes, as a rule is asked about them.

use super::super::Resolver;
use super::routes::{is_limited, is_route};
use crate::text::Span;

/// A function with a decorator that may make a route of it.
#[derive(Debug)]
pub struct Handler {
    pub name: Box<str>,
    /// Qualified.
    pub path: String,
    /// Of the decorator, without the `@`.
    pub span: Span,
    /// Something of its own limits how often it is called.
    pub limited: bool,
}

/// The functions of a part that may be routes.
pub fn handlers(resolver: &Resolver) -> Vec<Handler> {
    let part = resolver.part;
    let mut handlers = Vec::new();
    for (at, record) in (0..).zip(&part.functions) {
        let (from, to) = record.decorators;
        let decorators = &part.decorators[from as usize..to as usize];
        let Some(route) = decorators
            .iter()
            .find(|decorator| is_route(part, decorator))
        else {
            continue;
        };
        handlers.push(Handler {
            name: part.slice(record.name).into(),
            path: resolver.qualified(&record.path),
            span: route.span,
            limited: is_limited(part, at, record),
        });
    }
    handlers
}
