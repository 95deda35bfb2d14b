use super::tokens::{UNKNOWN, add, algorithm, algorithms, verify};
use crate::fix::python::without_argument;
use crate::model::python::ValueKind;
use crate::model::python::jwt::{Does, Later, Library, Read, TokenCall, Told, says_unverified};
use crate::model::python::literal::{Pair, Written, content, without};
use crate::rule::{Area, Check, Context, Fix, Rule, Safety, Severity, Sink};
use crate::text::Span;

pub static RULE: Rule = Rule {
    name: "python/jwt-not-verified",
    area: Area::Security,
    severity: Severity::Critical,
    cases: &[
        ("checks less", Severity::Medium),
        ("typed keys", Severity::Medium),
        ("chooses a key", Severity::Low),
        ("says so", Severity::Low),
        ("verified later", Severity::Low),
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

The severity is medium (*checks less*) where something is checked, but not all: PyJWT from 2 on without `algorithms`, which
raises, or with `verify=False`, which it ignores; `verify_exp` or `verify_aud` switched off; algorithms taken from the
token's header; one list for `HS…`, which signs with a secret, and `RS…` or `ES…`, whose key is public; and authlib with a
set of keys that know their algorithms (*typed keys*).
It is low where only what names the key is read (*chooses a key*), where the function says that it verifies nothing (*says
so*), or calls another one to verify afterwards (*verified later*). Where the library verifies the token later in the same
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
    let says = call.function.as_deref().is_some_and(says_unverified);
    for (case, holds) in [
        ("reads the time", token.read == Read::Times),
        ("chooses a key", token.read == Read::Issuer),
        ("verified later", token.later == Later::Named),
        ("says so", says),
    ] {
        if holds {
            draft = draft.case(case);
        }
    }
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

/// Whether the unit may run a PyJWT that is older than 2.
fn is_old(token: &TokenCall, cx: &Context) -> bool {
    let admits = || cx.project.admits(&cx.file.path, "pyjwt", "2");
    token.library == Library::PyJwt && admits().is_some_and(|admitted| admitted.older)
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
        sink.at(
            place,
            format!("`{name}` takes {what}: `{key}` is switched off. Leave it on."),
        )
        .also(&["CWE-347"])
        .fix(fix)
        .case("checks less");
    }
    found
}

/// The algorithm `none`.
fn none(token: &TokenCall, cx: &Context, sink: &mut Sink) -> bool {
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
fn header(token: &TokenCall, sink: &mut Sink) -> bool {
    let Some(span) = token.from_header() else {
        return false;
    };
    let name = written_name(token);
    sink.at(
        span,
        format!("`{name}` verifies a token with the algorithm that the token itself names: its writer chooses. Name those that you sign with."),
    )
    .also(&["CWE-347"])
    .fix(
        Fix::new("Name the algorithms that sign", Safety::Unsafe)
            .disabled("only you know which ones they are"),
    )
    .case("checks less");
    true
}

/// One list for secrets and for public keys.
fn mixed(token: &TokenCall, sink: &mut Sink) -> bool {
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
    sink.at(
        token.call.arguments[index].value,
        format!("`{name}` takes both `{secret}` and `{public}`: a public key that is taken for a secret lets anyone sign. Name the algorithms of one kind."),
    )
    .also(&["CWE-347"])
    .fix(
        Fix::new("Name the algorithms of one kind", Safety::Unsafe)
            .disabled("only you know which kind signs your tokens"),
    )
    .case("checks less");
    true
}

/// No algorithms are named.
fn missing(token: &TokenCall, cx: &Context, sink: &mut Sink) -> bool {
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

fn any(token: &TokenCall, cx: &Context, sink: &mut Sink) -> bool {
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
    }
    true
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
    if pairs.iter().any(says) {
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

/// How the callee is written, where that is short.
fn written_name(token: &TokenCall) -> &str {
    match token.call.text(token.call.callee) {
        long if long.len() > 60 || long.contains('\n') => &token.call.name,
        written => written,
    }
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
