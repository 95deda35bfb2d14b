//! The algorithms by which a token is verified: none at all, `none`, the token's own, two kinds in one list.

use super::tokens::{UNKNOWN, add, algorithm, algorithms, is_old, written_name};
use crate::file::apart::{self, Apart};
use crate::model::python::ValueKind;
use crate::model::python::jwt::{Does, Library, TokenCall};
use crate::model::python::literal::{Written, content, without};
use crate::rule::{Context, Fix, Safety, Sink};
use crate::text::Span;

/// The algorithm `none`.
pub(super) fn none(token: &TokenCall, cx: &Context, sink: &mut Sink) -> bool {
    let Some(written) = token.algorithms.written() else {
        return false;
    };
    let call = &token.call;
    let index = token.algorithms.at().unwrap_or_default();
    let is_none = |text: &str| {
        let name = content(text).or_else(|| text.strip_prefix("ALGORITHMS."));
        name.is_some_and(|name| name.eq_ignore_ascii_case("none"))
    };
    let items = written.items();
    let encodes_none = token.does == Does::Encode
        && token.library == Library::PyJwt
        && written.kind == ValueKind::None;
    let at = items.iter().position(|item| is_none(written.text(*item)));
    if at.is_none() && !encodes_none {
        return false;
    }
    let inside = written.is_within(call);
    let item = at.map_or(written.span, |at| items[at]);
    let place = if inside {
        item
    } else {
        call.arguments[index].value
    };
    let fix = Fix::new("Name the algorithms that sign", Safety::Unsafe);
    let fix = match (at, written.place(item)) {
        (Some(at), Some(_)) if items.len() > 1 => {
            let cut = without(written.chunk(), &items, at);
            match cut.and_then(|cut| written.place(cut)) {
                Some(place) => fix.replace(place, ""),
                None => fix.disabled(UNKNOWN),
            }
        }
        (_, Some(place)) => match algorithm(cx) {
            Some(name) if name.starts_with(['"', '\'']) || inside => fix.replace(place, name),
            _ => fix.disabled(UNKNOWN),
        },
        (_, None) => fix.disabled(UNKNOWN),
    };
    let name = written_name(token);
    let message = match token.does {
        Does::Encode => format!(
            "`{name}` makes a token without a signature: whoever reads it can be told anything. Sign it with a key."
        ),
        _ => format!(
            "`{name}` takes tokens without a signature, as the algorithm `none` is one of them: anyone can write one. Name only those that sign."
        ),
    };
    sink.at(place, message).also(&["CWE-347"]).fix(fix);
    true
}

/// The token says how it is to be verified.
pub(super) fn header(token: &TokenCall, sink: &mut Sink) -> bool {
    let Some(span) = token.from_header() else {
        return false;
    };
    let name = written_name(token);
    let message = format!(
        "`{name}` verifies a token with the algorithm that the token itself names: its writer chooses. Name those that you sign with."
    );
    let fix = Fix::new("Name the algorithms that sign", Safety::Unsafe);
    let fix = fix.disabled("only you know which ones they are");
    checks_less(sink, span, message, fix);
    true
}

fn checks_less(sink: &mut Sink, span: Span, message: String, fix: Fix) {
    let draft = sink.at(span, message).also(&["CWE-347"]);
    draft.fix(fix).case("checks less");
}

/// One list for secrets and for public keys.
pub(super) fn mixed(token: &TokenCall, sink: &mut Sink) -> bool {
    let families = token.families();
    let secret = |name: &&&str| name.starts_with("HS");
    let public = |name: &&&str| {
        ["RS", "ES", "PS", "EdDSA"]
            .iter()
            .any(|start| name.starts_with(start))
    };
    let (Some(secret), Some(public)) = (families.iter().find(secret), families.iter().find(public))
    else {
        return false;
    };
    let Some(index) = token.algorithms.at() else {
        return false;
    };
    let name = written_name(token);
    let message = format!(
        "`{name}` takes both `{secret}` and `{public}`: a public key that is taken for a secret lets anyone sign. Name the algorithms of one kind."
    );
    let fix = Fix::new("Name the algorithms of one kind", Safety::Unsafe);
    let fix = fix.disabled("only you know which kind signs your tokens");
    let span = token.call.arguments[index].value;
    checks_less(sink, span, message, fix);
    true
}

/// No algorithms are named.
pub(super) fn missing(token: &TokenCall, cx: &Context, sink: &mut Sink) -> bool {
    let known = token.options.is_known() && !token.open && token.verify.is_known();
    if !token.algorithms.is_nothing() || !known {
        return false;
    }
    // A key of this class says with which algorithm it is used.
    let key = token.key.map(|at| &token.call.arguments[at]);
    let typed = |word: &str| {
        key.is_some_and(|key| {
            let name = key.name.as_deref().unwrap_or_default();
            name.contains(word) || token.call.text(key.value).contains(word)
        })
    };
    if token.library == Library::PyJwt && typed("PyJWK") {
        return false;
    }
    // What verifies nothing was found for that.
    let lists = token.options.written().map(Written::pairs);
    if lists.is_some_and(|pairs| {
        pairs
            .iter()
            .any(|pair| pair.key.is_empty() || *pair.key == *"verify_signature")
    }) {
        return false;
    }
    any(token, cx, sink)
}

pub(super) fn any(token: &TokenCall, cx: &Context, sink: &mut Sink) -> bool {
    let name = written_name(token);
    let call = &token.call;
    let raises = token.library == Library::PyJwt && !is_old(token, cx);
    let message = match raises {
        true => format!(
            "`{name}` names no algorithms: PyJWT refuses every token from version 2 on. Name those that you sign with."
        ),
        false => format!(
            "`{name}` names no algorithms: the writer of a token chooses how it is verified. Name those that you sign with."
        ),
    };
    let key = token.key.map(|at| &call.arguments[at]);
    let typed = key.is_some_and(|key| {
        let name = key.name.as_deref().unwrap_or_default();
        let written = call.text(key.value).to_lowercase();
        let words = ["jwk", "keyset", "key_set"];
        name.contains("JsonWebKey") || words.iter().any(|word| written.contains(word))
    });
    let fix = Fix::new("Name the algorithms that sign", Safety::Unsafe);
    let fix = match (token.library, algorithms(cx)) {
        (_, None) => fix.disabled(UNKNOWN),
        (Library::Authlib, Some(list)) => match token.does {
            Does::Make => add(token, fix, "algorithms", &list),
            _ => fix.disabled(
                "make a `JsonWebToken` of authlib's with the algorithms, and decode with that",
            ),
        },
        (_, Some(list)) => add(token, fix, "algorithms", &list),
    };
    let draft = sink.at(call.callee, message).also(&["CWE-347"]).fix(fix);
    if raises {
        draft.case("checks less");
    } else if token.library == Library::Authlib && typed {
        draft.case("typed keys");
    } else if apart::code(&cx.file.path) == Some(Apart::Shown) {
        draft.case("example");
    } else if is_shared_secret(token) {
        draft.case("shared secret");
    }
    true
}

/// Whether the key is a secret that both sides know, by what it is called: only algorithms of that kind work with it.
fn is_shared_secret(token: &TokenCall) -> bool {
    let Some(key) = token.key.map(|at| &token.call.arguments[at]) else {
        return false;
    };
    let written = token.call.text(key.value).to_lowercase();
    let others = ["cert", "client", "jwk", "pem", "public"];
    key.kind == ValueKind::Str
        || written.contains("secret") && !others.iter().any(|word| written.contains(word))
}
