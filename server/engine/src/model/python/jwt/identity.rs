//! Whether what a token says decides who somebody is, or what they may do.

use super::super::{NONE, Part, head, holds};
use super::reading::assigned;
use crate::model::python::Call;
use crate::text::Span;

/// What a function says of itself.
struct Function<'p> {
    name: &'p str,
    /// From `def` to the colon.
    head: &'p str,
    decorators: String,
    text: &'p str,
}

fn function(part: &Part, index: u32) -> Option<Function<'_>> {
    let mut index = index;
    let mut record = part.functions.get(index as usize)?;
    // A wrapper in a decorator is called by what it stands in.
    while record.decorators.0 == record.decorators.1 && record.function != NONE {
        index = record.function;
        record = part.functions.get(index as usize)?;
    }
    let text = part.slice(record.span);
    let range = record.decorators.0 as usize..record.decorators.1 as usize;
    let decorators = part.decorators.get(range).unwrap_or_default();
    let decorators = decorators.iter().map(|one| part.slice(one.span));
    Some(Function {
        name: part.slice(record.name),
        head: head(text),
        decorators: decorators.collect::<Vec<_>>().join("\n"),
        text,
    })
}

/// Whether a call stands in a function that answers requests, or that says by its name that it tells who somebody is, and
/// reads a token that it is given or that comes with a request. `token` is what the call is given, as it is written.
pub(super) fn is_identity(part: &Part, index: u32, token: &str) -> bool {
    let Some(function) = function(part, index) else {
        return false;
    };
    let (given, sent) = (is_parameter(&function, token), is_sent(&function, token));
    let named = names_identity(function.name);
    !is_guarded(&function) && (named && given || (named || answers(&function)) && sent)
}

/// Whether a function says by its name that it tells who somebody is, or what they may do.
fn names_identity(name: &str) -> bool {
    const WORDS: &[&str] = &[
        "authenticate",
        "authorise",
        "authorize",
        "current_tenant",
        "current_user",
        "get_identity",
        "get_principal",
        "get_tenant",
        "has_permission",
        "has_role",
        "is_admin",
        "load_user",
        "require_admin",
        "require_role",
        "require_user",
        "user_from_token",
    ];
    let name = name.to_ascii_lowercase();
    matches!(&*name, "login" | "get_user" | "user" | "permissions") || {
        WORDS.iter().any(|word| name.contains(word))
    }
}

/// Routes of FastAPI and Flask, dependencies, views, and what stands before all of them.
fn answers(function: &Function) -> bool {
    const ROUTES: &[&str] = &[
        ".before_request",
        ".delete(",
        ".get(",
        ".middleware(",
        ".patch(",
        ".post(",
        ".put(",
        ".request_loader",
        ".route(",
        ".user_loader",
        ".websocket(",
        "api_view",
    ];
    let routed = ROUTES
        .iter()
        .any(|route| function.decorators.contains(route));
    let asked = ["Depends(", "Security(", ": Request", ": HttpRequest"];
    routed
        || asked.iter().any(|word| function.head.contains(word))
        || is_parameter(function, "request")
        || matches!(function.name, "dispatch" | "process_request")
        || ["request.headers", "request.cookies"]
            .iter()
            .any(|read| function.text.contains(read))
}

/// Something that the function depends on has let it through: `Depends(verify_token)`, `@login_required`.
fn is_guarded(function: &Function) -> bool {
    let head = function.head.to_ascii_lowercase();
    let guards = [
        "depends(get_current",
        "depends(require",
        "depends(verif",
        "depends(valid",
        "depends(auth",
        "security(verif",
        "security(valid",
    ];
    let decorators = function.decorators.to_ascii_lowercase();
    let decorated = [
        "_required",
        "verif",
        "authenticated",
        "require_",
        "protected",
    ];
    guards.iter().any(|guard| head.contains(guard))
        || decorated.iter().any(|word| decorators.contains(word))
}

fn is_parameter(function: &Function, token: &str) -> bool {
    let object = token.split('.').next().unwrap_or_default();
    let inner = |c: char| c == '_' || c.is_alphanumeric();
    let plain = !object.is_empty() && object.chars().all(inner) && object != "self";
    let list = function.head.split_once('(').map_or("", |(_, list)| list);
    plain && holds(list, object)
}

/// What comes with a request: `request.headers["Authorization"]`, by up to three names.
fn is_sent(function: &Function, token: &str) -> bool {
    let mut value = token;
    for _ in 0..3 {
        let lower = value.to_ascii_lowercase();
        let sources = ["request.", "header", "cookie", "credentials", "bearer"];
        // A code is exchanged for a token, with the provider.
        if sources.iter().any(|source| lower.contains(source)) && !lower.contains("code") {
            return true;
        }
        let inner = |c: char| c == '_' || c.is_alphanumeric();
        let name = value.split(|c| !inner(c)).find(|name| !name.is_empty());
        let Some(name) = name else { return false };
        match assigned(function.text, name) {
            Some(next) if next != value => value = next,
            // A route is given it by the framework, whole or behind `Bearer`.
            _ => {
                let cuts = ["split(", "partition(", "prefix(", "replace(", "strip("];
                let cut = value == token || cuts.iter().any(|cut| lower.contains(cut));
                return cut && answers(function) && is_parameter(function, name);
            }
        }
    }
    false
}

/// Whether the function asks another one to verify the token before the call.
pub(super) fn is_checked(call: &Call, part: &Part, index: u32, token: &str) -> bool {
    let Some(record) = part.functions.get(index as usize) else {
        return false;
    };
    let start = record.span.start as usize;
    let before = Span::new(start, (call.span.start as usize).max(start));
    let token = token.trim();
    part.slice(before).lines().skip(1).any(|line| {
        let asks = line.split_once('(').filter(|(callee, list)| {
            let callee = callee.to_ascii_lowercase();
            let says = callee.contains("verif") || callee.contains("validat");
            says && !callee.contains("unverif") && list.contains(token)
        });
        !token.is_empty() && asks.is_some() && !line.trim_start().starts_with("def ")
    })
}
