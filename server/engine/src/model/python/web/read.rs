//! A file's parts → [`Web`].

use std::sync::Arc;

use super::super::blocking::facts::each;
use super::super::{Call, Resolver, TargetKind, ValueKind};
use super::names::{inside, keyword, meant, names_in, unquoted};
use super::routes::{Added, limits, made, methods, object_of, of_class, of_function};
use super::through::{is_wrapping, limits_by_name, push_middleware, through};
use super::{App, Framework, Include, Limiter, Middleware, Ref, Router, Web, is_limiting};
use crate::model::Part;

/// What a file has to do with the web, all of whose chunks are given that say so.
pub(crate) fn read(parts: &[(usize, Arc<Part>)]) -> Web {
    let mut web = Web::default();
    let mut added: Vec<Added> = Vec::new();
    let mut uses_fastapi = false;
    each(parts, |_, resolver| {
        uses_fastapi |= resolver.part.bindings.iter().any(|binding| {
            matches!(&binding.value, super::super::Value::Import(dotted) if dotted.starts_with("fastapi"))
        });
    });
    each(parts, |_, resolver| {
        for (at, name) in resolver.calls() {
            let Some(record) = resolver.part.calls.get(at) else {
                continue;
            };
            let path = resolver.part.paths.get(record.callee as usize);
            let written = path.map_or("", |path| resolver.part.slice(path.span));
            web.applies |= applies(resolver.part, at, written);
            of_call(&mut web, &mut added, resolver, at, name.as_deref(), written);
        }
        for (at, record) in (0..).zip(&resolver.part.functions) {
            of_function(resolver, at, record, uses_fastapi, &mut web.routes);
            through(&mut web, resolver, record);
        }
    });
    if !added.is_empty() {
        each(parts, |_, resolver| {
            for (at, record) in (0..).zip(&resolver.part.functions) {
                let name = resolver.part.slice(record.name);
                while let Some(found) = added.iter().position(|added| added.function == name) {
                    let added = added.swap_remove(found);
                    web.routes.push(made(resolver, at, record, added));
                }
            }
        });
        web.routes.extend(added.into_iter().map(elsewhere));
    }
    let named = |name: &String| {
        let mut apps = web.apps.iter().map(|app| &app.name);
        apps.any(|app| app == name) || web.routers.iter().any(|router| router.name == *name)
    };
    let mut handed = std::mem::take(&mut web.handed);
    handed.retain(|(name, _)| named(name));
    web.handed = handed;
    let Web {
        routes, routers, ..
    } = &mut web;
    for route in routes.iter_mut().filter(|route| route.on.own) {
        let mut same = routers.iter().filter(|router| router.name == route.on.path);
        if let (Some(router), None) = (same.next(), same.next()) {
            route.path.insert_str(0, &router.prefix);
        }
    }
    web
}

/// `limiter.limit(rate)(handler)`, which stands at no function as its decorator.
fn applies(part: &super::super::Part, at: usize, written: &str) -> bool {
    let Some((object, "limit" | "shared_limit")) = written.rsplit_once('.') else {
        return false;
    };
    let mut decorators = part.decorators.iter();
    is_limiting(object) && !decorators.any(|decorator| decorator.call as usize == at)
}

/// A route of a function that another file defines.
fn elsewhere(added: Added) -> super::Route {
    super::Route {
        methods: added.methods,
        path: added.path,
        handler: String::new(),
        on: added.on,
        framework: added.framework,
        body: Vec::new(),
        limited: limits(&added.function),
    }
}

fn of_call(
    web: &mut Web,
    added: &mut Vec<Added>,
    resolver: &Resolver,
    at: usize,
    name: Option<&str>,
    written: &str,
) {
    let (object, last) = match written.rsplit_once('.') {
        Some((object, last)) => (object, last.trim()),
        None => ("", written),
    };
    let known = name.unwrap_or_default();
    let call = || resolver.call_of(at);
    let class = known.rsplit('.').next().unwrap_or_default();
    match (class, last) {
        ("FastAPI" | "Starlette" | "Flask", _) => {
            if let (Some(framework), Some(call)) = (of_class(known), call()) {
                let given = ["dependencies", "middleware"];
                web.apps.push(App {
                    name: target(&call),
                    within: call.function.as_deref().map(str::to_owned),
                    framework,
                    derived: false,
                    limited: given.iter().any(|given| says_limit(&call, given)),
                });
                routes_of_list(web, &call, framework);
            }
        }
        ("APIRouter" | "Router" | "Blueprint", _) => {
            if let (Some(framework), Some(call)) = (of_class(known), call()) {
                web.routers.push(Router {
                    name: target(&call),
                    prefix: text_of(&call, "prefix")
                        .or(text_of(&call, "url_prefix"))
                        .unwrap_or_default(),
                    limited: says_limit(&call, "dependencies"),
                });
                routes_of_list(web, &call, framework);
            }
        }
        ("Limiter", _)
            if matches!(
                known,
                "slowapi.Limiter"
                    | "slowapi.extension.Limiter"
                    | "flask_limiter.Limiter"
                    | "flask_limiter.extension.Limiter"
            ) =>
        {
            if let Some(call) = call() {
                let given = |name: &str| {
                    value(&call, name).is_some_and(|text| !matches!(text, "[]" | "None" | "()"))
                };
                web.limiters.push(Limiter {
                    name: target(&call),
                    slowapi: known.starts_with("slowapi"),
                    defaults: given("default_limits") || given("application_limits"),
                    top: call.function.is_none()
                        && !call.targets.iter().any(|t| t.kind == TargetKind::Attribute),
                });
            }
        }
        (_, "include_router" | "register_blueprint" | "mount") if !object.is_empty() => {
            if let Some(call) = call() {
                let child = child(&call, last);
                web.includes.push(Include {
                    parent: holder(resolver, name, object),
                    child: child.map(|(path, written)| given(resolver, path, written)),
                    prefix: text_of(&call, "prefix")
                        .or(text_of(&call, "url_prefix"))
                        .unwrap_or_default(),
                    limited: says_limit(&call, "dependencies"),
                });
            }
        }
        (_, "add_middleware" | "before_request") if !object.is_empty() => {
            if let Some(call) = call() {
                let Some(first) = call.arguments.first() else {
                    return;
                };
                let written = match first.kind {
                    ValueKind::Path(path) => resolver.name(path),
                    _ => None,
                };
                let written = written.unwrap_or_else(|| call.text(first.value).to_owned());
                push_middleware(web, resolver, holder(resolver, name, object), &written);
            }
        }
        ("Middleware", _) if known.starts_with("starlette") || known.starts_with("fastapi") => {
            if let Some(call) = call() {
                let Some(first) = call.arguments.first() else {
                    return;
                };
                push_middleware(web, resolver, Ref::own(""), call.text(first.value));
            }
        }
        (_, "add_api_route" | "add_url_rule" | "add_route") if !object.is_empty() => {
            if let Some(call) = call() {
                added.extend(added_by(resolver, &call, object, last));
            }
        }
        // `limiter.limit("3/minute")(blueprint)`
        _ if matches!(known.rsplit('.').next(), Some("limit()" | "shared_limit()"))
            && is_limiting(known) =>
        {
            if let Some(call) = call()
                && let Some(first) = call.arguments.first()
                && let ValueKind::Path(path) = first.kind
            {
                web.limited
                    .push(given(resolver, path, call.text(first.value)));
            }
        }
        // `SlowAPIMiddleware` behind a name of the file, and limiters of other libraries that wrap an application.
        _ if is_wrapping(known) => web.middleware.push(Middleware {
            on: Ref::own(""),
            name: class.to_owned(),
            slowapi: false,
            limits: true,
        }),
        _ if class.is_empty() && derived(resolver, at).is_some() => {
            if let (Some(framework), Some(call)) = (derived(resolver, at), call()) {
                web.apps.push(App {
                    name: target(&call),
                    within: call.function.as_deref().map(str::to_owned),
                    framework,
                    derived: true,
                    limited: says_limit(&call, "dependencies") || says_limit(&call, "middleware"),
                });
            }
        }
        _ => {
            let function = match name.filter(|name| is_imported(name)) {
                Some(name) => Some(Ref::dotted(name)),
                None => meant(resolver, written).filter(|function| !function.own),
            };
            if let Some(function) = function
                && let Some(call) = call()
            {
                let plain = call
                    .arguments
                    .iter()
                    .filter(|argument| argument.keyword.is_none());
                for argument in plain.filter(|argument| matches!(argument.kind, ValueKind::Path(_)))
                {
                    let name = call
                        .text(argument.value)
                        .rsplit('.')
                        .next()
                        .unwrap_or_default();
                    web.handed.push((name.to_owned(), function.clone()));
                }
            }
        }
    }
}

/// The framework of what a call makes of a class of the file: `class Shop(FastAPI): …`, `app = Shop()`.
fn derived(resolver: &Resolver, at: usize) -> Option<Framework> {
    let record = resolver.part.calls.get(at)?;
    let ancestors = resolver.ancestors_of_path(record.callee);
    let application = |name: &&String| name.ends_with("FastAPI") || !name.ends_with("Router");
    let mut known = ancestors
        .iter()
        .filter(application)
        .filter(|name| !name.ends_with("Blueprint"));
    known.find_map(|name| of_class(name))
}

/// `routes=[Route("/", f)]`: the routes that a list names.
fn routes_of_list(web: &mut Web, call: &Call, framework: Framework) {
    let Some(list) = value(call, "routes") else {
        return;
    };
    for at in list
        .match_indices("Route(")
        .map(|(at, word)| at + word.len())
    {
        // `WebSocketRoute(` is none that answers.
        if list[..at].ends_with("WebSocketRoute(") {
            continue;
        }
        let text = &list[at..];
        let path = super::pieces(text).next().and_then(unquoted);
        let methods = keyword(text, "methods").map_or_else(|| "GET".into(), methods);
        let handler = super::pieces(text).nth(1).unwrap_or_default();
        web.routes.push(super::Route {
            methods,
            path: path.unwrap_or_default().to_owned(),
            handler: handler.trim_end_matches(')').to_owned(),
            on: Ref::own(target(call)),
            framework,
            body: Vec::new(),
            limited: limits(handler),
        });
    }
}

fn added_by(resolver: &Resolver, call: &Call, object: &str, last: &str) -> Option<Added> {
    let first = call.arguments.first()?;
    let path = unquoted(call.text(first.value))?;
    let handler = ["endpoint", "view_func", "route"];
    let named = handler.iter().find_map(|name| value(call, name));
    let at = if last == "add_url_rule" { 2 } else { 1 };
    let plain = call
        .arguments
        .get(at)
        .filter(|argument| argument.keyword.is_none());
    let handler = named
        .filter(|_| last != "add_url_rule")
        .or(value(call, "view_func"));
    let handler = handler.or(plain.map(|argument| call.text(argument.value)))?;
    let dotted = call.name.rsplit_once('.').map_or("", |(of, _)| of);
    let framework = of_class(dotted.trim_end_matches("()")).unwrap_or(match last {
        "add_api_route" => Framework::FastApi,
        "add_url_rule" => Framework::Flask,
        _ => Framework::Starlette,
    });
    Some(Added {
        function: handler.rsplit('.').next().unwrap_or_default().to_owned(),
        methods: value(call, "methods").map_or_else(|| "GET".into(), methods),
        path: path.to_owned(),
        on: object_of(resolver, object),
        framework,
    })
}

/// What is included: a name, by its path, and as it is written.
fn child<'c>(call: &'c Call, last: &str) -> Option<(u32, &'c str)> {
    let at = usize::from(last == "mount");
    let mut arguments = call.arguments.iter();
    let named = arguments.find(|argument| {
        let keyword = argument.keyword.as_deref();
        matches!(keyword, Some("router" | "blueprint" | "app"))
    });
    let plain = call.arguments.get(at);
    let given = named.or(plain.filter(|argument| argument.keyword.is_none()))?;
    let ValueKind::Path(path) = given.kind else {
        return None;
    };
    let written = call.text(given.value);
    let plain = |c: char| c == '_' || c == '.' || c.is_alphanumeric();
    written.chars().all(plain).then_some((path, written))
}

/// What a name that is handed over means where it stands: a function may import it for itself.
fn given(resolver: &Resolver, path: u32, written: &str) -> Ref {
    let known = resolver.name(path);
    match known.filter(|known| is_imported(known)) {
        Some(known) => Ref::dotted(known),
        None => object_of(resolver, written),
    }
}

/// That on which a method is called whose dotted name is known.
fn holder(resolver: &Resolver, known: Option<&str>, written: &str) -> Ref {
    match known.and_then(|known| known.rsplit_once('.')) {
        Some((object, _)) if is_imported(object) => Ref::dotted(object),
        _ => object_of(resolver, written),
    }
}

/// Whether a dotted name is one of elsewhere, and not of what some call gives.
fn is_imported(known: &str) -> bool {
    known.contains('.') && !known.contains('(')
}

/// The last name of what a call's value is assigned to.
pub(crate) fn target(call: &Call) -> String {
    let mut targets = call.targets.iter();
    let named =
        targets.find(|target| matches!(target.kind, TargetKind::Name | TargetKind::Attribute));
    named.map_or_else(String::new, |target| target.name.to_string())
}

fn value<'c>(call: &'c Call, name: &str) -> Option<&'c str> {
    let mut arguments = call.arguments.iter();
    let argument = arguments.find(|argument| argument.keyword.as_deref() == Some(name))?;
    Some(call.text(argument.value))
}

fn text_of(call: &Call, name: &str) -> Option<String> {
    let mut arguments = call.arguments.iter();
    let argument = arguments.find(|argument| argument.keyword.as_deref() == Some(name))?;
    let text = (argument.kind == ValueKind::Str).then(|| call.text(argument.value))?;
    unquoted(text).map(str::to_owned)
}

/// Whether one of the things that a call is given limits. A list that is made elsewhere may hold one that does.
fn says_limit(call: &Call, name: &str) -> bool {
    let text = value(call, name).unwrap_or_default();
    let elsewhere = !text.is_empty() && !text.contains(['[', '(']) && text != "None";
    elsewhere || names_in(inside(text)).any(limits_by_name)
}
