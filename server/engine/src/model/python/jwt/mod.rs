//! Calls that read or make JSON Web Tokens.
//!
//! Sources: PyJWT's documentation and its behaviour from 1.7 to 2.15; python-jose 3.5; authlib's `jose`.

mod identity;
mod reading;
mod signing;

use std::sync::Arc;

pub use reading::says_unverified;
use reading::{is_added_to, is_compared, is_own, later, names_header, read, says_why, token_of};
pub use signing::signed_with;
pub(crate) use signing::signs;

use super::literal::{Pair, Written, content};
use super::{Argument, Call, CallRecord, Resolver, ValueKind};
use crate::rule::Owner;
use crate::text::Span;

/// A call of a library of tokens, with what it is told.
#[derive(Debug)]
pub struct TokenCall {
    pub call: Call,
    pub library: Library,
    pub does: Does,
    /// Some of its arguments are known only when it runs.
    pub open: bool,
    pub key: Option<usize>,
    pub options: Told,
    pub algorithms: Told,
    /// PyJWT's `verify`, also that of `jws.verify`.
    pub verify: Told,
    /// What is done with the result.
    pub read: Read,
    /// A later call in the same function that verifies a token.
    pub later: Later,
    /// The token is the program's own: it keeps it, or was just given it by a provider.
    pub own: bool,
    /// What it says decides who somebody is, or what they may do.
    pub identity: bool,
    /// Another function has been asked to verify it before.
    pub checked: bool,
    /// The words around it say why its signature is not looked at.
    pub says_why: bool,
    /// The function around, or what the chunk is.
    around: Span,
    /// The code behind the call in the function around; empty where there is none.
    behind: Span,
    text: Arc<str>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Library {
    PyJwt,
    Jose,
    Authlib,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Does {
    Decode,
    /// `jws.verify`
    Verify,
    /// The claims of a token that nobody has verified.
    Claims,
    Encode,
    /// authlib's `JsonWebToken(algorithms)`.
    Make,
}

/// What stands for an argument.
#[derive(Debug, Clone)]
pub enum Told {
    Nothing,
    /// Written out, also elsewhere in the file: the index of the argument, what it is.
    Written(usize, Written),
    Unknown(usize),
}

/// Which claims are read of the result.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Read {
    /// When it was made and when it expires.
    Times,
    /// What says which key verifies it.
    Issuer,
    /// Others, or nobody knows.
    Other,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Later {
    Nothing,
    /// A function that is called so.
    Named,
    /// The library.
    Verified,
}

/// What is asked for, by the dotted name.
const CALLS: &[(&str, Library, Does)] = &[
    ("authlib.jose.JsonWebToken", Library::Authlib, Does::Make),
    ("authlib.jose.jwt.decode", Library::Authlib, Does::Decode),
    (
        "jose.jws.get_unverified_claims",
        Library::Jose,
        Does::Claims,
    ),
    ("jose.jws.verify", Library::Jose, Does::Verify),
    ("jose.jwt.decode", Library::Jose, Does::Decode),
    ("jose.jwt.encode", Library::Jose, Does::Encode),
    (
        "jose.jwt.get_unverified_claims",
        Library::Jose,
        Does::Claims,
    ),
    ("jwt.PyJWT().decode", Library::PyJwt, Does::Decode),
    ("jwt.PyJWT().decode_complete", Library::PyJwt, Does::Decode),
    ("jwt.PyJWT().encode", Library::PyJwt, Does::Encode),
    ("jwt.api_jwt.PyJWT().decode", Library::PyJwt, Does::Decode),
    ("jwt.api_jwt.decode", Library::PyJwt, Does::Decode),
    ("jwt.api_jwt.decode_complete", Library::PyJwt, Does::Decode),
    ("jwt.api_jwt.encode", Library::PyJwt, Does::Encode),
    ("jwt.decode", Library::PyJwt, Does::Decode),
    ("jwt.decode_complete", Library::PyJwt, Does::Decode),
    ("jwt.encode", Library::PyJwt, Does::Encode),
];

/// The dotted names of the calls.
pub fn names() -> impl Iterator<Item = &'static str> {
    CALLS.iter().map(|(name, ..)| *name)
}

fn known(name: &str) -> Option<(Library, Does)> {
    let known = CALLS.iter().find(|(known, ..)| *known == name);
    known.map(|(_, library, does)| (*library, *does))
}

/// Whether a call of this dotted name is one.
pub(crate) fn is_call(name: &str) -> bool {
    known(name).is_some()
}

/// The call at an index of the part, if it is one of tokens.
pub(crate) fn token_call(resolver: &Resolver, index: usize, name: &str) -> Option<TokenCall> {
    let (library, does) = known(name)?;
    let part = resolver.part;
    let record = part.calls.get(index)?;
    let call = Call::new(resolver, index, name)?;
    let function = part.functions.get(record.function as usize);
    let around = function.map_or(Span::new(0, part.text.len()), |function| function.span);
    let told = |keyword: &str, at: Option<usize>| told(resolver, record, &call, keyword, at);
    // PyJWT 1 had `verify` as its third argument.
    let third = call
        .arguments
        .get(2)
        .filter(|third| third.keyword.is_none());
    let old = library == Library::PyJwt
        && third.is_some_and(|third| matches!(third.kind, ValueKind::True | ValueKind::False));
    let (algorithms, options, verify) = match does {
        Does::Verify => (
            told("algorithms", Some(2)),
            Told::Nothing,
            told("verify", Some(3)),
        ),
        Does::Make => (told("algorithms", Some(0)), Told::Nothing, Told::Nothing),
        Does::Encode => (told("algorithm", Some(2)), Told::Nothing, Told::Nothing),
        Does::Claims => (Told::Nothing, Told::Nothing, Told::Nothing),
        Does::Decode if library == Library::Authlib => {
            (Told::Nothing, Told::Nothing, Told::Nothing)
        }
        Does::Decode if old => (
            told("algorithms", Some(3)),
            told("options", Some(4)),
            told("verify", Some(2)),
        ),
        Does::Decode => (
            told("algorithms", Some(2)),
            told("options", Some(3)),
            told("verify", None),
        ),
    };
    let key = argument(&call, "key", Some(1)).filter(|at| {
        let argument = &call.arguments[*at];
        let empty = content(call.text(argument.value)).is_some_and(str::is_empty);
        argument.kind != ValueKind::None && !empty
    });
    let splat = call
        .arguments
        .iter()
        .any(|one| one.kind == ValueKind::Splat);
    let added = |told: &Told| {
        let name = told.at().map(|at| call.text(call.arguments[at].value));
        let text = part.text.get(around.range()).unwrap_or_default();
        name.is_some_and(|name| told.written().is_some() && is_added_to(text, name))
    };
    Some(TokenCall {
        open: splat || added(&options) || added(&algorithms),
        read: read(&call, &part.text, around),
        own: is_own(&call, part.slice(around)),
        identity: identity::is_identity(part, record.function, token_of(&call).unwrap_or_default()),
        checked: identity::is_checked(
            &call,
            part,
            record.function,
            token_of(&call).unwrap_or_default(),
        ),
        says_why: says_why(&call, &part.text, function.map(|function| function.span)),
        behind: function.map_or(Span::default(), |function| {
            let end = call.span.end as usize;
            Span::new(end, (function.span.end as usize).max(end))
        }),
        later: later(resolver, record),
        library,
        does,
        key,
        options,
        algorithms,
        verify,
        around,
        text: part.text.clone(),
        call,
    })
}

/// The index of an argument.
fn argument(call: &Call, keyword: &str, at: Option<usize>) -> Option<usize> {
    let named = |argument: &Argument| argument.keyword.as_deref() == Some(keyword);
    let plain = |at: &usize| {
        let before = call.arguments.get(..=*at).unwrap_or_default();
        let plain = |one: &Argument| one.keyword.is_none() && one.kind != ValueKind::Splat;
        !before.is_empty() && before.iter().all(plain)
    };
    let by_name = call.arguments.iter().position(named);
    by_name.or_else(|| at.filter(plain))
}

fn told(
    resolver: &Resolver,
    record: &CallRecord,
    call: &Call,
    keyword: &str,
    at: Option<usize>,
) -> Told {
    let Some(at) = argument(call, keyword, at) else {
        return Told::Nothing;
    };
    let part = resolver.part;
    let Some(argument) = part.arguments.get(record.arguments.0 as usize + at) else {
        return Told::Nothing;
    };
    let written = match argument.kind {
        ValueKind::Other | ValueKind::Splat => None,
        ValueKind::Path(path) => resolver.literal(path),
        kind => Some(Written::new(
            kind,
            argument.value,
            Some(Owner::Chunk),
            part.text.clone(),
        )),
    };
    written.map_or(Told::Unknown(at), |written| Told::Written(at, written))
}

impl Told {
    pub fn written(&self) -> Option<&Written> {
        match self {
            Told::Written(_, written) => Some(written),
            Told::Nothing | Told::Unknown(_) => None,
        }
    }
    /// The index of the argument.
    pub fn at(&self) -> Option<usize> {
        match self {
            Told::Written(at, _) | Told::Unknown(at) => Some(*at),
            Told::Nothing => None,
        }
    }
    /// Nothing is said, or `None`.
    pub fn is_nothing(&self) -> bool {
        match self {
            Told::Nothing => true,
            Told::Written(_, written) => written.kind == ValueKind::None,
            Told::Unknown(_) => false,
        }
    }
    pub fn is_known(&self) -> bool {
        !matches!(self, Told::Unknown(_))
    }
}

impl TokenCall {
    /// The value of an option that is written out.
    pub fn option(&self, key: &str) -> Option<(&Written, Pair)> {
        let written = self.options.written()?;
        let pair = written.pairs().into_iter().find(|pair| *pair.key == *key)?;
        Some((written, pair))
    }

    /// Whether an option is switched off.
    pub fn is_off(&self, key: &str) -> bool {
        let off = |(written, pair): (&Written, Pair)| written.text(pair.value) == "False";
        self.option(key).is_some_and(off)
    }

    /// Whether the function looks at a claim by itself after the call: `claims["exp"]`, `claims.exp`.
    pub fn looks_at(&self, claim: &str) -> bool {
        let behind = self.text.get(self.behind.range()).unwrap_or_default();
        let inner = |c: char| c == '_' || c.is_alphanumeric();
        behind.match_indices(claim).any(|(at, _)| {
            let before = behind[..at].trim_end_matches(['"', '\'']);
            let of = before
                .strip_suffix('[')
                .or_else(|| before.strip_suffix('.'));
            let of = before.strip_suffix(".get(").or(of);
            let read = of.is_some_and(|of| of.ends_with(|c| inner(c) || c == ')'));
            read && !behind[at + claim.len()..].starts_with(inner)
        })
    }

    /// The algorithms that are written out, where all are: `HS256`.
    pub fn families(&self) -> Vec<&str> {
        let Some(written) = self.algorithms.written() else {
            return Vec::new();
        };
        let name = |span: &Span| algorithm(written.text(*span));
        written.items().iter().filter_map(name).collect()
    }

    /// What the algorithms are taken from the token's own header by, if they are.
    pub fn from_header(&self) -> Option<Span> {
        let argument = self.call.arguments.get(self.algorithms.at()?)?;
        let text = self.call.text(argument.value);
        let around = self.text.get(self.around.range())?;
        (names_header(text, around, 2) && !is_compared(text, around)).then_some(argument.value)
    }
}

/// The algorithm that an expression names: a string, or a constant of a library.
fn algorithm(text: &str) -> Option<&str> {
    content(text).or_else(|| text.rsplit_once("ALGORITHMS.").map(|(_, name)| name))
}
