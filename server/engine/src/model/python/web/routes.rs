//! Functions that answer requests.

use super::super::{DecoratorRecord, FunctionRecord, NONE, Resolver, ValueKind};
use super::names::{meant, names_in, types_in, uncommented, unquoted};
use super::{Framework, Ref, Route, is_limiting};
use crate::text::Span;

/// A function that some call makes a route: `router.add_api_route("/a", f, methods=["POST"])`.
pub(super) struct Added {
    pub(super) function: String,
    pub(super) methods: String,
    pub(super) path: String,
    pub(super) on: Ref,
    pub(super) framework: Framework,
}

/// The decorators by which a function becomes a route.
pub(super) fn of_function(
    resolver: &Resolver,
    at: u32,
    record: &FunctionRecord,
    uses_fastapi: bool,
    routes: &mut Vec<Route>,
) {
    let part = resolver.part;
    let (from, to) = record.decorators;
    for decorator in &part.decorators[from as usize..to as usize] {
        let Some(route) = decorated(resolver, decorator, uses_fastapi) else {
            continue;
        };
        routes.push(made(resolver, at, record, route));
    }
}

/// A function that was made a route.
pub(super) fn made(resolver: &Resolver, at: u32, record: &FunctionRecord, added: Added) -> Route {
    let part = resolver.part;
    let body = match added.framework {
        Framework::FastApi => body(resolver, record),
        Framework::Starlette | Framework::Flask => Vec::new(),
    };
    Route {
        methods: added.methods,
        path: added.path,
        handler: resolver.qualified(&record.path),
        on: added.on,
        framework: added.framework,
        body,
        limited: is_limited(part, at, record),
    }
}

const METHODS: &[&str] = &[
    "get", "post", "put", "patch", "delete", "head", "options", "trace",
];

/// `@router.post("/agents")`, `@app.route("/agents", methods=["POST"])`
fn decorated(
    resolver: &Resolver,
    decorator: &DecoratorRecord,
    uses_fastapi: bool,
) -> Option<Added> {
    let part = resolver.part;
    let call = part.calls.get(decorator.call as usize)?;
    let callee = part.slice(part.paths.get(decorator.path as usize)?.span);
    let (object, name) = callee.rsplit_once('.')?;
    let (object, name) = (object.trim(), name.trim());
    let method = METHODS.contains(&name);
    if !method && !matches!(name, "route" | "api_route") {
        return None;
    }
    let known = resolver.name(decorator.path);
    let (from, to) = call.arguments;
    let arguments = &part.arguments[from as usize..to as usize];
    let first = arguments.iter().find(|argument| {
        let keyword = part.slice(argument.keyword);
        keyword.is_empty() || matches!(keyword, "path" | "rule")
    });
    let path = first.filter(|first| first.kind == ValueKind::Str);
    let path = path.and_then(|path| unquoted(part.slice(path.value)));
    let framework = framework(known.as_deref(), object, name, path, uses_fastapi)?;
    let said = arguments
        .iter()
        .find(|argument| part.slice(argument.keyword) == "methods");
    let methods = match said {
        _ if method => name.to_ascii_uppercase(),
        Some(said) => methods(part.slice(said.value)),
        None => "GET".into(),
    };
    Some(Added {
        function: String::new(),
        methods,
        path: path.unwrap_or_default().to_owned(),
        on: object_of(resolver, object),
        framework,
    })
}

/// Whether a decorator is called as those that make routes are.
pub(super) fn is_route(part: &super::super::Part, decorator: &DecoratorRecord) -> bool {
    let path = part.paths.get(decorator.path as usize);
    let callee = path.map_or("", |path| part.slice(path.span));
    let name = callee.rsplit_once('.').map_or("", |(_, name)| name.trim());
    decorator.call != NONE && (METHODS.contains(&name) || matches!(name, "route" | "api_route"))
}

/// `["GET", "POST"]`
pub(super) fn methods(list: &str) -> String {
    let names: Vec<&str> = names_in(list).collect();
    match names.is_empty() {
        true => "GET".into(),
        false => names.join(", "),
    }
}

/// What makes a route of a function, by the name of what it is called on; where nobody knows that, by how it is written.
fn framework(
    known: Option<&str>,
    object: &str,
    name: &str,
    path: Option<&str>,
    uses_fastapi: bool,
) -> Option<Framework> {
    let dotted = known
        .and_then(|known| known.rsplit_once('.'))
        .map(|(of, _)| of);
    if let Some(dotted) = dotted
        && let Some(made) = dotted.strip_suffix("()")
    {
        return of_class(made).or_else(|| {
            // Made by a function or a class of the project.
            let named = made
                .rsplit('.')
                .next()
                .unwrap_or_default()
                .to_ascii_lowercase();
            let ours = named.contains("router") || named.contains("app");
            (ours && uses_fastapi && name != "route").then_some(Framework::FastApi)
        });
    }
    let last = object
        .rsplit('.')
        .next()
        .unwrap_or_default()
        .to_ascii_lowercase();
    let fits = path.is_some_and(|path| path.is_empty() || path.starts_with('/'));
    let named = last.contains("router") || last.contains("app") || last.contains("api");
    match uses_fastapi {
        true if name != "route" && named && fits => Some(Framework::FastApi),
        false if name == "route" && fits => Some(Framework::Flask),
        _ => None,
    }
}

/// The framework of which a class makes applications or routers.
pub(super) fn of_class(dotted: &str) -> Option<Framework> {
    let (library, class) = dotted.rsplit_once('.')?;
    let library = library.split('.').next().unwrap_or_default();
    match (library, class) {
        ("fastapi", "FastAPI" | "APIRouter") => Some(Framework::FastApi),
        ("starlette", "Starlette" | "Router") => Some(Framework::Starlette),
        ("flask", "Flask" | "Blueprint") => Some(Framework::Flask),
        _ => None,
    }
}

/// What an application or router is called: `router`, `self.router`, `users.router`.
pub(super) fn object_of(resolver: &Resolver, written: &str) -> Ref {
    let last = written.rsplit('.').next().unwrap_or_default().trim();
    let last: String = last
        .chars()
        .take_while(|c| *c == '_' || c.is_alphanumeric())
        .collect();
    match meant(resolver, written) {
        Some(known) if !known.own && !known.path.contains('(') => known,
        _ => Ref::own(last),
    }
}

/// What is taken from elsewhere than the body.
const ELSEWHERE: &[&str] = &[
    "Depends(",
    "Security(",
    "Query(",
    "Path(",
    "Header(",
    "Cookie(",
];

/// The types of what a function reads from the body of a request.
fn body(resolver: &Resolver, record: &FunctionRecord) -> Vec<Ref> {
    let part = resolver.part;
    let (from, to) = record.parameters;
    let mut types: Vec<Ref> = Vec::new();
    for (annotation, default) in &part.typed[from as usize..to as usize] {
        let (annotation, default) = (part.slice(*annotation), part.slice(*default));
        let says = |text: &str| ELSEWHERE.iter().any(|word| text.contains(word));
        if annotation.is_empty()
            || says(annotation)
            || says(default)
            || is_injected(default, annotation)
        {
            continue;
        }
        for found in types_in(resolver, annotation) {
            if !types.contains(&found) {
                types.push(found);
            }
        }
    }
    types
}

/// Whether a default is something that is given to a function by another one: a name that somebody has bound to a
/// dependency, or what makes one.
fn is_injected(default: &str, annotation: &str) -> bool {
    let name = default.split('(').next().unwrap_or_default().trim();
    let plain = |c: char| c == '_' || c == '.' || c.is_alphanumeric();
    if name.is_empty() || !name.chars().all(plain) || !name.starts_with(char::is_alphabetic) {
        return false;
    }
    let last = name.rsplit('.').next().unwrap_or_default();
    let own = names_in(annotation).any(|known| known == name);
    !own && !matches!(last, "None" | "True" | "False" | "Body" | "Form" | "File")
}

/// Whether a decorator, a dependency or a call of a function limits how often it is called.
pub(super) fn is_limited(part: &super::super::Part, at: u32, record: &FunctionRecord) -> bool {
    let (from, to) = record.decorators;
    let decorators = part.decorators[from as usize..to as usize].iter();
    let mut decorators = decorators.map(|decorator| part.slice(decorator.span));
    let (from, to) = record.parameters;
    let mut parameters = part.typed[from as usize..to as usize]
        .iter()
        .flat_map(|(annotation, default)| [part.slice(*annotation), part.slice(*default)]);
    let mut calls = part
        .calls
        .iter()
        .filter(|call| within(part, call.function, at));
    decorators.any(|written| limits(&code(written)))
        || parameters.any(|written| limits(&code(written)))
        || calls.any(|call| {
            let path = part.paths.get(call.callee as usize);
            path.is_some_and(|path| is_counted(part.slice(path.span)))
        })
}

/// A text without its comments and what its strings hold: a description that speaks of limits is none.
fn code(written: &str) -> String {
    let mut quote = None;
    let text = uncommented(written);
    let bare = text.chars().filter(|c| match (quote, *c) {
        (Some(open), c) => {
            quote = quote.filter(|_| c != open);
            false
        }
        (None, '"' | '\'') => {
            quote = Some(*c);
            false
        }
        (None, _) => true,
    });
    bare.collect()
}

/// Whether what a function calls counts its requests: `limiter.check`, `check_rate_limit`. What is raised against whoever was
/// counted elsewhere does not, nor does what counts threads.
fn is_counted(callee: &str) -> bool {
    let mut plain = callee.to_ascii_lowercase();
    plain.retain(|c| c != '_');
    let other = ["error", "exception", "exceeded", "capacity"];
    let (of, last) = plain.rsplit_once('.').unwrap_or(("", &plain));
    // What was counted is forgotten.
    if matches!(
        last,
        "clear" | "reset" | "get" | "append" | "add" | "info" | "debug"
    ) {
        return false;
    }
    !other.iter().any(|word| plain.contains(word))
        && (plain.contains("ratelimit") || plain.contains("throttl") || of.ends_with("limiter"))
}

/// Whether a text calls or names something that limits.
pub(super) fn limits(text: &str) -> bool {
    is_limiting(text) || text.starts_with("limits(") || text.starts_with("limit(")
}

/// Whether a function is this one, or stands in it.
fn within(part: &super::super::Part, mut function: u32, at: u32) -> bool {
    while function != NONE {
        if function == at {
            return true;
        }
        function = part
            .functions
            .get(function as usize)
            .map_or(NONE, |record| record.function);
    }
    false
}

/// Where a function's first decorator stands, else its name.
pub(super) fn place_of(part: &super::super::Part, record: &FunctionRecord) -> Span {
    let (from, to) = record.decorators;
    let decorators = &part.decorators[from as usize..to as usize];
    decorators.first().map_or(record.name, |first| first.span)
}
