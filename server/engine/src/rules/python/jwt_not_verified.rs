use super::algorithms::{any, header, missing, mixed, none};
use super::tokens::{add, is_old, verify, written_name};
use crate::file::apart::{self, Apart};
use crate::fix::python::without_argument;
use crate::model::python::ValueKind;
use crate::model::python::jwt::{
    Does, Later, Library, Read, TokenCall, Told, says_unverified, signed_with,
};
use crate::model::python::literal::{Pair, Written, without};
use crate::rule::{Area, Check, Context, Fix, Rule, Safety, Severity, Sink};
use crate::text::Span;

pub static RULE: Rule = Rule {
    name: "python/jwt-not-verified",
    area: Area::Security,
    severity: Severity::Critical,
    cases: &[
        ("checks less", Severity::Medium),
        ("shared secret", Severity::Medium),
        ("typed keys", Severity::Medium),
        ("not as identity", Severity::Low),
        ("chooses a key", Severity::Low),
        ("says so", Severity::Low),
        ("verified later", Severity::Low),
        ("own token", Severity::Low),
        ("example", Severity::Low),
        ("reads the time", Severity::Info),
        ("no expiry", Severity::Info),
        ("tests", Severity::Info),
    ],
    minutes: 20,
    off: false,
    also: &["CWE-347", "CWE-613"],
    docs: r#"
A token is believed though nobody looks at its signature, or looks at it in a way that its writer chooses.

A JSON Web Token is text that anyone can write.
Only the signature says who wrote it: without a look at it, `{"sub": "admin"}` is whoever sends it.

```python bad
import jwt


def sign(user, key):
    return jwt.encode({"sub": user}, key, algorithm="HS256")


def read(token, key):
    return jwt.decode(
        token,
        key,
        algorithms=["HS256"],
        options={"verify_signature": False, "require": ["exp"]},
    )
```

Verify it, with the key and with the algorithms that you sign with: never with those that the token names.
Tokens that were taken before may be refused from then on, so the fix is not applied by itself.

```python fixed
import jwt


def sign(user, key):
    return jwt.encode({"sub": user}, key, algorithm="HS256")


def read(token, key):
    return jwt.decode(
        token,
        key,
        algorithms=["HS256"],
        options={"require": ["exp"]},
    )
```

PyJWT, python-jose and authlib are known, with their aliases, and options that stand elsewhere in the file.
python-jose and authlib take any algorithm where none is named; so did PyJWT before version 2, which also knew
`verify=False`. The algorithm `none` is no signature at all.

```python bad
from jose import jwt

ALGORITHM = "HS256"


def sign(user, key):
    return jwt.encode({"sub": user}, key, algorithm=ALGORITHM)


def read(token, key):
    return jwt.decode(token, key, options={"require_exp": True})
```

```python fixed
from jose import jwt

ALGORITHM = "HS256"


def sign(user, key):
    return jwt.encode({"sub": user}, key, algorithm=ALGORITHM)


def read(token, key):
    return jwt.decode(token, key, options={"require_exp": True}, algorithms=[ALGORITHM])
```

It is critical where a claim that nobody verified decides who somebody is: in what answers requests or stands before it
(routes and dependencies of FastAPI, routes of Flask, middleware, views that are given a request), in a function that says so
by its name (`get_current_user`, `authenticate`, `authorize`, `has_permission`) and is given the token, and in a module that
signs tokens itself and gives the key to the call that does not use it.
Elsewhere it is low (*not as identity*): nearly all code that reads a token so looks at one that another part has verified, or at
the program's own; whether that holds, the place alone does not say.
The same holds of a route that something before it guards (`Depends(verify_token)`, `@login_required`).
The algorithm `none`, `verify=False` where PyJWT heeds it, and python-jose and authlib without algorithms are critical
everywhere.
The severity is medium (*checks less*) where something is checked, but not all: PyJWT from 2 on without `algorithms`, which
raises, or with `verify=False`, which it ignores; `verify_exp` or `verify_aud` switched off; algorithms taken from the
token's header; one list for `HS…`, which signs with a secret, and `RS…` or `ES…`, whose key is public; and authlib with a
set of keys that know their algorithms (*typed keys*), and where the key is a secret by its name (*shared secret*), with which
no other kind of algorithm works.
What is left to the function, which looks at that claim by itself (`claims["exp"]`), is no finding.
It is low in examples, where the token is the program's own, kept in `self.access_token` or just answered by the provider
(*own token*), where only what names the key is read (*chooses a key*), where the code says that it verifies nothing (*says
so*): the name of the function or its docstring, the name that is given the claims, a comment that gives a reason
(`# already verified by the middleware`), or calls another one to verify it before or afterwards (*verified later*). Where the library verifies the token later in the same
function, nothing is found.
It is a note in tests, where nothing but the time of a token is read, and where a token that never expires is taken: say
`options={"require": ["exp"]}`.

```python good
import jwt

ALGORITHMS = ["RS256"]


def read(token, keys):
    issuer = jwt.decode(token, options={"verify_signature": False})["iss"]
    return jwt.decode(token, keys[issuer], algorithms=ALGORITHMS, options={"require": ["exp"]})
```
"#,
    checks: &[Check::WebToken(check)],
};

fn check(token: &TokenCall, cx: &Context, sink: &mut Sink) {
    if token.call.arguments.is_empty() || !token.call.is_whole() {
        return;
    }
    match token.does {
        Does::Claims => unverified(token, None, cx, sink),
        Does::Encode => drop(none(token, cx, sink)),
        Does::Make => {
            if !none(token, cx, sink) && !header(token, sink) && token.algorithms.is_nothing() {
                any(token, cx, sink);
            }
        }
        Does::Decode | Does::Verify => {
            if let Some((written, pair)) = token.option("verify_signature")
                && written.text(pair.value) == "False"
            {
                return unverified(token, Some((written, pair)), cx, sink);
            }
            let skipped = not_asked(token, cx, sink);
            if skipped == Some(true) {
                return;
            }
            let less = skipped.is_some()
                | switched_off(token, sink)
                | none(token, cx, sink)
                | header(token, sink)
                | mixed(token, sink)
                | missing(token, cx, sink);
            if !less {
                no_expiry(token, cx, sink);
            }
        }
    }
}

/// The signature is not looked at.
fn unverified(token: &TokenCall, off: Option<(&Written, Pair)>, cx: &Context, sink: &mut Sink) {
    if token.later == Later::Verified {
        return;
    }
    let call = &token.call;
    let name = written_name(token);
    let place = match (&off, token.options.at()) {
        (Some((written, pair)), _) if written.is_within(call) => pair.span,
        (Some(_), Some(at)) => call.arguments[at].value,
        _ => call.callee,
    };
    let message = format!(
        "`{name}` believes a token without a look at its signature: anyone can write one. Verify it with a key and its algorithms."
    );
    let fix = match off {
        Some((written, pair)) => verify(token, written, &pair, cx),
        None => Fix::new("Verify the signature", Safety::Unsafe)
            .disabled("it needs the key, and the algorithms that sign"),
    };
    let mut draft = sink.at(place, message).also(&["CWE-347"]).fix(fix);
    // Who signs tokens, and has the key at hand, is who believes them.
    let signs = || token.key.is_some() && !signed_with(cx.outside).is_empty();
    let identity = token.identity || signs();
    let says = call.function.as_deref().is_some_and(says_unverified);
    for (case, holds) in [
        ("not as identity", !identity),
        ("reads the time", token.read == Read::Times),
        ("chooses a key", token.read == Read::Issuer),
        (
            "verified later",
            token.later == Later::Named || token.checked,
        ),
        ("says so", says || token.says_why),
        ("own token", token.own),
        ("example", is_example(cx)),
    ] {
        if holds {
            draft = draft.case(case);
        }
    }
}

fn is_example(cx: &Context) -> bool {
    apart::code(&cx.file.path) == Some(Apart::Shown)
}

/// `verify=False`; whether it is all that there is to say.
fn not_asked(token: &TokenCall, cx: &Context, sink: &mut Sink) -> Option<bool> {
    let (index, written) = match &token.verify {
        Told::Written(index, written) if written.kind == ValueKind::False => (*index, written),
        _ => return None,
    };
    let call = &token.call;
    let name = written_name(token);
    let old = token.does == Does::Verify || is_old(token, cx);
    let place = if written.is_within(call) {
        without_argument(call, index)
    } else {
        call.arguments[index].value
    };
    let span = trimmed(call.text(place), place);
    let fix = Fix::new("Verify the signature", Safety::Unsafe);
    let named = call.arguments[index].keyword.is_some();
    let fix = match () {
        () if !named => fix.replace(call.arguments[index].value, "True"),
        () if old && token.key.is_none() => {
            fix.disabled("it is given no key: say which one verifies it")
        }
        () => fix.replace(without_argument(call, index), ""),
    };
    let message = match old {
        true => format!(
            "`{name}` believes a token without a look at its signature: anyone can write one. Leave `verify` out, and name the algorithms."
        ),
        false => format!(
            "PyJWT ignores `verify` from version 2 on: `{name}` verifies, though this says that it does not. Leave it out."
        ),
    };
    let draft = sink.at(span, message).also(&["CWE-347"]).fix(fix);
    if !old {
        draft.case("checks less");
    }
    Some(old)
}

/// The time or the addressee of a token does not matter.
fn switched_off(token: &TokenCall, sink: &mut Sink) -> bool {
    let mut found = false;
    for (key, what) in [
        ("verify_exp", "a token that has expired"),
        ("verify_aud", "a token that was made for others"),
    ] {
        let Some((written, pair)) = token.option(key).filter(|_| token.is_off(key)) else {
            continue;
        };
        found = true;
        if token.looks_at(key.trim_start_matches("verify_")) {
            continue;
        }
        let inside = written.is_within(&token.call);
        let place = match token.options.at() {
            Some(at) if !inside => token.call.arguments[at].value,
            _ => pair.span,
        };
        let all: Vec<Span> = written.pairs().iter().map(|pair| pair.span).collect();
        let at = all.iter().position(|span| *span == pair.span);
        let fix = Fix::new(format!("Remove `{key}`, which is on then"), Safety::Unsafe);
        let cut = at.and_then(|at| without(written.chunk(), &all, at));
        let fix = match cut.and_then(|cut| written.place(cut)) {
            Some(_) if inside && all.len() == 1 && !token.call.text(written.span).contains('#') => {
                let index = token.options.at().unwrap_or_default();
                fix.replace(without_argument(&token.call, index), "")
            }
            Some(place) => fix.replace(place, ""),
            None => fix.disabled("the option is switched off elsewhere"),
        };
        let name = written_name(token);
        let message = format!("`{name}` takes {what}: `{key}` is switched off. Leave it on.");
        let draft = sink.at(place, message).also(&["CWE-347"]).fix(fix);
        match token.later {
            Later::Named => drop(draft.case("verified later")),
            Later::Nothing | Later::Verified => drop(draft.case("checks less")),
        }
    }
    found
}

/// A token that never expires is taken.
fn no_expiry(token: &TokenCall, cx: &Context, sink: &mut Sink) {
    let known = token.options.is_known() && !token.open && token.does == Does::Decode;
    if !known || token.library == Library::Authlib || cx.file.test {
        return;
    }
    let pairs = token
        .options
        .written()
        .map(Written::pairs)
        .unwrap_or_default();
    let says = |pair: &Pair| {
        let written = token.options.written();
        let value = written.map_or("", |written| written.text(pair.value));
        match &*pair.key {
            "" | "require_exp" | "verify_signature" => true,
            // A list that is made elsewhere may have it.
            "require" => value.contains("exp") || !value.starts_with(['[', '(', '{']),
            _ => false,
        }
    };
    if pairs.iter().any(says) || token.looks_at("exp") {
        return;
    }
    let require = match token.library == Library::Jose || is_old(token, cx) {
        true => "\"require_exp\": True",
        false => "\"require\": [\"exp\"]",
    };
    let fix = Fix::new("Require that tokens expire", Safety::Unsafe);
    let fix = match token.options.written() {
        Some(_) if pairs.iter().any(|pair| *pair.key == *"require") => {
            fix.disabled("add `exp` to what is required")
        }
        Some(written) if written.kind == ValueKind::Collection => match pairs.first() {
            Some(first) if !written.text(written.span).starts_with('d') => {
                let at = first.span.start as usize;
                match written.place(Span::new(at, at)) {
                    Some(place) => fix.replace(place, format!("{require}, ")),
                    None => fix.disabled("the options are made elsewhere"),
                }
            }
            _ => fix.disabled("the options are made in a way of their own"),
        },
        Some(_) => fix.disabled("the options are made in a way of their own"),
        None => add(token, fix, "options", &format!("{{{require}}}")),
    };
    let name = written_name(token);
    sink.at(
        token.call.callee,
        format!("`{name}` takes a token that never expires, where it names no time at all. Require `exp`."),
    )
    .also(&["CWE-613"])
    .fix(fix)
    .case("no expiry");
}

/// A span without the blanks and commas around it.
fn trimmed(text: &str, span: Span) -> Span {
    let idle = |c: char| c == ',' || c.is_whitespace();
    let start = text.len() - text.trim_start_matches(idle).len();
    let end = text.trim_end_matches(idle).len();
    Span::new(
        span.start as usize + start.min(end),
        span.start as usize + end,
    )
}
