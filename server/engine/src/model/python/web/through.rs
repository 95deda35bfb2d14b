//! What all requests of an application go through: middleware, and functions that are called before each of them.

use super::super::{FunctionRecord, Resolver};
use super::names::meant;
use super::routes::object_of;
use super::{Middleware, Ref, Web, is_limiting};

/// A function through which all requests go: `@app.middleware("http")`, `@app.before_request`.
pub(super) fn through(web: &mut Web, resolver: &Resolver, record: &FunctionRecord) {
    let part = resolver.part;
    let (from, to) = record.decorators;
    for decorator in &part.decorators[from as usize..to as usize] {
        let text = part.slice(decorator.span);
        let written = text.split('(').next().unwrap_or_default();
        if let Some((object, "middleware" | "before_request" | "before_app_request")) =
            written.rsplit_once('.')
        {
            let name = part.slice(record.name);
            web.middleware.push(Middleware {
                on: object_of(resolver, object),
                name: name.to_owned(),
                slowapi: false,
                limits: limits_by_name(name) || is_limiting(part.slice(record.span)),
            });
        }
    }
}

/// Libraries that limit whatever is handed to them.
pub(super) fn is_wrapping(known: &str) -> bool {
    let library = known.split('.').next().unwrap_or_default();
    matches!(
        library,
        "ratelimit" | "asgi_ratelimit" | "starlette_limiter" | "fastapi_throttle"
    ) && known.ends_with("Middleware")
}

/// A middleware that an application is given, as it is written.
pub(super) fn push_middleware(web: &mut Web, resolver: &Resolver, on: Ref, written: &str) {
    let name = written.split('(').next().unwrap_or_default();
    let dotted = meant(resolver, name).map_or_else(|| name.to_owned(), |meant| meant.path);
    let last = dotted.rsplit('.').next().unwrap_or_default().to_owned();
    web.middleware.push(Middleware {
        on,
        slowapi: last.starts_with("SlowAPI"),
        limits: limits_by_name(&last) || is_guard(&dotted),
        name: last,
    });
}

/// fastapi-guard, which limits besides what else it does.
fn is_guard(dotted: &str) -> bool {
    let library = dotted.split('.').next().unwrap_or_default();
    matches!(library, "guard" | "fastapi_guard") && dotted.ends_with(".SecurityMiddleware")
}

/// Whether a middleware limits, by what it is called.
pub(super) fn limits_by_name(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    is_limiting(name) || lower.contains("rate_limit") || lower.contains("quota")
}
