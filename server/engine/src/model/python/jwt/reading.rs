//! What the code around a call does with a token, by its text.

use super::super::resolve::last_name;
use super::{Does, Later, Read, known};
use crate::model::python::{Call, CallRecord, Resolver, TargetKind};
use crate::text::Span;

/// Whether an expression reads the algorithm of a header that nobody has verified.
pub(super) fn names_header(text: &str, around: &str, hops: usize) -> bool {
    const KEYS: [&str; 4] = ["[\"alg\"]", "['alg']", ".get(\"alg\"", ".get('alg'"];
    let keyed = KEYS.iter().find_map(|key| text.find(key));
    let Some(hops) = hops.checked_sub(1) else {
        return false;
    };
    let inner = |c: char| c == '_' || c.is_alphanumeric();
    if let Some(at) = keyed {
        let object = text[..at].trim_end();
        if object.contains("get_unverified_header") {
            return true;
        }
        let name = object.rsplit(|c| !inner(c)).next().unwrap_or_default();
        let set = assigned(around, name);
        return set.is_some_and(|value| value.contains("get_unverified_header("));
    }
    let name = text.trim_matches(|c: char| !inner(c));
    let set = (!name.is_empty() && name.chars().all(inner)).then(|| assigned(around, name));
    set.flatten()
        .is_some_and(|value| names_header(value, around, hops))
}

/// What the first line assigns to a name that does, also to one of several.
pub(super) fn assigned<'t>(text: &'t str, name: &str) -> Option<&'t str> {
    text.lines().find_map(|line| {
        let (names, value) = line.split_once('=')?;
        let mut names = names.split(',');
        let named = names.any(|one| one.split(':').next().unwrap_or_default().trim() == name);
        (named && !name.is_empty() && !value.starts_with('=')).then_some(value.trim())
    })
}

/// Whether the function compares the algorithm that an expression gives with those that it takes.
pub(super) fn is_compared(text: &str, around: &str) -> bool {
    let text = text.trim_matches(['[', ']', ' ']);
    let signs = [" != ", " == ", " not in ", " in "];
    let compared = |sign: &&str| around.contains(&format!("if {text}{sign}"));
    !text.is_empty() && signs.iter().any(compared)
}

/// Whether the words around a call say why nothing is verified: the name that is given the claims, the function's docstring,
/// a comment that gives a reason. A comment that only says that nothing is verified is none.
pub(super) fn says_why(call: &Call, text: &str, function: Option<Span>) -> bool {
    let target = call.targets.first();
    if target.is_some_and(|target| says_unverified(&target.name)) {
        return true;
    }
    let start = function.map_or(call.span.start, |function| function.start) as usize;
    let before = text.get(start..call.span.start as usize);
    let before = before.unwrap_or_default();
    let mut quotes = before.split("\"\"\"");
    let docstring = quotes.nth(1).unwrap_or_default().to_ascii_lowercase();
    const SAYS: &[&str] = &[
        "intentionally skipped",
        "not verified",
        "signature verification is",
        "unverified",
        "without signature",
        "without validat",
        "without verif",
    ];
    if SAYS.iter().any(|word| docstring.contains(word)) {
        return true;
    }
    let line = call.line_end(call.span);
    let here = text.get(call.span.start as usize..line).unwrap_or_default();
    let comment = |line: &str| {
        line.split_once('#')
            .map_or(String::new(), |(_, comment)| comment.to_ascii_lowercase())
    };
    const REASONS: &[&str] = &[
        "already",
        "identification only",
        "just created",
        "just generated",
        "just got",
        "just issued",
        "just made",
        "logging only",
        "not auth",
        "not for auth",
        "skipped assuming",
        "trusted",
        "verified above",
        "verified by",
        "verified earlier",
        "verified in",
    ];
    let gives = |comment: &str| REASONS.iter().any(|reason| comment.contains(reason));
    before
        .lines()
        .rev()
        // The first one is the call's own.
        .take(REACH + 1)
        .any(|line| gives(&comment(line)))
        || here.lines().any(|line| gives(&comment(line)))
}

/// A comment counts that stands so many lines above a call, or fewer.
const REACH: usize = 4;

/// Whether a text puts more into a collection of this name.
pub(super) fn is_added_to(text: &str, name: &str) -> bool {
    let behind = ["[", ".update(", ".setdefault(", ".append(", ".pop("];
    text.match_indices(name).any(|(at, _)| {
        let rest = &text[at + name.len()..];
        behind.iter().any(|start| rest.starts_with(start))
    })
}

/// Whether the token that a call is given is the program's own: it keeps it (`self._access_token`), it has just made it, or
/// a provider has just answered with it (`response["id_token"]`). What comes with a request is somebody else's.
pub(super) fn is_own(call: &Call, around: &str) -> bool {
    let Some(written) = token_of(call) else {
        return false;
    };
    let plain = written.chars().all(|c| c == '_' || c.is_alphanumeric());
    let value = if plain {
        assigned(around, written)
    } else {
        None
    };
    says_own(value.unwrap_or(written))
}

/// The token that a call is given, as it is written.
pub(super) fn token_of(call: &Call) -> Option<&str> {
    let named = |name: &str| {
        let mut all = call.arguments.iter();
        all.find(|one| one.keyword.as_deref() == Some(name))
    };
    let first = call.arguments.first().filter(|one| one.keyword.is_none());
    let token = first.or_else(|| named("jwt")).or_else(|| named("token"))?;
    Some(call.text(token.value).trim())
}

fn says_own(value: &str) -> bool {
    let lower = value.to_ascii_lowercase();
    if lower.contains("request") || lower.contains("header") || lower.contains("cookie") {
        return false;
    }
    let kept = lower.strip_prefix("self.").is_some_and(|rest| {
        let path = rest
            .chars()
            .all(|c| c == '_' || c == '.' || c.is_alphanumeric());
        path && rest.ends_with("token")
    });
    let answers = ["resp", "token", "result"];
    let keys = ["access_token", "id_token", "refresh_token"];
    let answered = keys.iter().any(|key| {
        let found = lower
            .find(&format!("\"{key}\""))
            .or_else(|| lower.find(&format!("'{key}'")));
        let object = found.and_then(|at| lower.get(..at));
        object.is_some_and(|object| answers.iter().any(|answer| object.contains(answer)))
    });
    let makes = [
        "create_",
        "encode(",
        "generate_",
        "issue_",
        "mint_",
        "sign(",
        "sign_",
    ];
    let made = value.contains('(')
        && (lower.contains("token") || lower.contains("jwt"))
        && makes.iter().any(|verb| lower.contains(verb));
    kept || answered || made
}

/// What is read of a call's result, by its text.
pub(super) fn read(call: &Call, text: &str, around: Span) -> Read {
    let mut keys: Vec<&str> = Vec::new();
    let behind = text.get(call.span.end as usize..around.end as usize);
    let behind = behind.unwrap_or_default();
    match key_of(behind) {
        Some(key) => keys.push(key),
        None => {
            let target = call.targets.first();
            let Some(target) = target.filter(|target| target.kind == TargetKind::Name) else {
                return Read::Other;
            };
            for (at, _) in behind.match_indices(&*target.name) {
                let inner = |c: char| c == '_' || c.is_alphanumeric();
                let rest = &behind[at + target.name.len()..];
                let longer = behind[..at].ends_with(|c| inner(c) || c == '.');
                if longer || rest.starts_with(inner) {
                    continue;
                }
                match key_of(rest) {
                    Some(key) => keys.push(key),
                    None => return Read::Other,
                }
            }
        }
    }
    const TIMES: &[&str] = &["exp", "iat", "nbf"];
    const ISSUER: &[&str] = &["aud", "azp", "client_id", "iss", "kid", "tid", "alg"];
    match () {
        () if keys.is_empty() => Read::Other,
        () if keys.iter().all(|key| TIMES.contains(key)) => Read::Times,
        () if keys.iter().all(|key| ISSUER.contains(key)) => Read::Issuer,
        () => Read::Other,
    }
}

/// The key of `["key"]` or `.get("key"` at the beginning of a text.
fn key_of(text: &str) -> Option<&str> {
    let text = text.trim_start();
    let rest = text
        .strip_prefix('[')
        .or_else(|| text.strip_prefix(".get("))?;
    let quote = rest.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    rest[1..].split(quote).next()
}

/// Whether something in the same function verifies a token after this call.
pub(super) fn later(resolver: &Resolver, this: &CallRecord) -> Later {
    let part = resolver.part;
    let mut found = Later::Nothing;
    let behind = part
        .calls
        .iter()
        .filter(|call| call.function == this.function && call.span.start >= this.span.end);
    for call in behind {
        let Some(path) = part.paths.get(call.callee as usize) else {
            continue;
        };
        let called = last_name(part.slice(path.span)).to_ascii_lowercase();
        let says = ["decode", "verif", "valid"];
        if !says.iter().any(|word| called.contains(word)) || says_unverified(&called) {
            continue;
        }
        let text = part.slice(call.span);
        let off = text.contains("verify_signature") && text.contains("False");
        let count = call.arguments.1 - call.arguments.0;
        match resolver.name(call.callee).as_deref().and_then(known) {
            Some((_, Does::Decode | Does::Verify)) if !off && count > 1 => return Later::Verified,
            // `text.decode("utf-8")`
            None if called != "decode" || count > 1 => found = Later::Named,
            _ => {}
        }
    }
    found
}

/// Whether a function says by its name that it verifies nothing.
pub fn says_unverified(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    [
        "unverified",
        "without_verif",
        "no_verif",
        "insecure",
        "peek",
        "unsafe",
        "skip_verif",
        "trusted",
    ]
    .iter()
    .any(|word| lower.contains(word))
}
