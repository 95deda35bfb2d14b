//! Literals that may be secrets: by the name to which they go, or by their look.

use std::sync::Arc;

use super::{CallRecord, LiteralRecord, Part, Resolver, TargetKind, ValueKind};
use crate::model::secret;
use crate::text::Span;

/// Reads of the environment itself: the default is the second argument.
pub const ENVIRONMENT: &[&str] = &[
    "os.environ.copy().get",
    "os.environ.get",
    "os.environ.setdefault",
    "os.getenv",
];

/// Readers that raise where the variable is missing and there is no default, which is their second argument.
pub const READERS: &[&str] = &[
    "decouple.AutoConfig()",
    "decouple.Config()",
    "decouple.config",
    "environ.Env().bytes",
    "environ.Env().str",
    "environ.FileAwareEnv().str",
    "environs.Env()",
    "environs.Env().str",
    "environs.env",
    "environs.env.str",
];

/// The same, where the second argument is something else.
pub const LATER_READERS: &[&str] = &[
    "environ.Env()",
    "environ.FileAwareEnv()",
    "starlette.config.Config()",
];

/// A literal that goes to a secret's name, or looks like one whatever its name.
#[derive(Debug)]
pub struct Literal {
    pub kind: TargetKind,
    /// To what it goes; empty where that has no name.
    pub name: Box<str>,
    /// What that is of, as it is written: `db` of `db.password`, the callee of an argument.
    pub owner: Box<str>,
    /// With prefix and quotes; of several in a row all.
    pub value: Span,
    /// Its content, if it is a string.
    pub content: Span,
    pub number: bool,
    /// Something is put into it when it is used.
    pub formatted: bool,
    /// It stands in an interpolation of a string.
    pub inside: bool,
    /// It is a member of an enumeration.
    pub member: bool,
    /// It is part of what is shown as an example.
    pub example: bool,
    text: Arc<str>,
}

impl Literal {
    /// The text of a span of the literal's chunk.
    pub fn text(&self, span: Span) -> &str {
        self.text.get(span.range()).unwrap_or_default()
    }

    /// The values of the dictionary around, as far as each stands on a line of its own with its key.
    pub fn rows(&self) -> impl Iterator<Item = &str> {
        let at = self.value.start as usize;
        let start = self.text.get(..at).and_then(|text| text.rfind('\n'));
        let (above, below) = self.text.split_at(start.map_or(0, |start| start + 1));
        let above = above.lines().rev().map_while(entry);
        above.chain(below.lines().map_while(entry)).flatten()
    }
}

/// The value on a line `"key": value,`; nothing on one that is a comment.
fn entry(line: &str) -> Option<Option<&str>> {
    let line = line.trim();
    if line.starts_with('#') {
        return Some(None);
    }
    let quote = line.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    let (_, rest) = line[1..].split_once(quote)?;
    rest.trim_start()
        .strip_prefix(':')
        .map(|value| Some(value.trim()))
}

/// Whether a name of Python's says that its value is a secret.
pub fn is_named_secret(name: &str) -> bool {
    let name = subject(name);
    (secret::is_secret_name(name) || is_short(name)) && !is_about(name)
}

/// Whether it says that it is a password, of which numbers are values as well.
pub fn is_named_password(name: &str) -> bool {
    let name = subject(name);
    secret::is_password_name(name) || is_short(name)
}

/// `password_for_email` is a password.
fn subject(name: &str) -> &str {
    let at = name.find("_for_").or_else(|| name.find("_FOR_"));
    at.map_or(name, |at| &name[..at])
}

/// Last words of names in code after which they no longer mean the secret itself, besides those that count everywhere.
#[rustfmt::skip]
const ABOUT: &[&str] = &[
    "action", "alphabet", "attr", "attribute", "button", "category", "change", "changed", "chars", "charset", "check",
    "column", "confirm", "confirmation", "created", "error", "errors", "event", "expired", "factory", "form", "from",
    "function", "generator", "handler", "hasher", "help", "incorrect", "invalid", "kind", "location", "manager",
    "mechanism", "message", "messages", "method", "missing", "mismatch", "model", "msg", "param", "parameter",
    "payload", "permission", "placement", "query", "reset", "retype", "revoked", "scheme", "schema", "selector",
    "serializer", "service", "source", "state", "status", "style", "table", "template", "text", "transport", "updated",
    "use", "used", "validator", "view", "widget", "xpath",
];

fn is_about(name: &str) -> bool {
    let last = name
        .rsplit(|c: char| !c.is_alphanumeric())
        .find(|word| !word.is_empty());
    let Some(last) = last else { return false };
    // `passwordReset` as well.
    let camel = last
        .rfind(|c: char| c.is_ascii_uppercase())
        .map_or(last, |at| &last[at..]);
    let one = |word: &str| ABOUT.iter().any(|about| about.eq_ignore_ascii_case(word));
    let known = |word: &str| one(word) || word.strip_suffix('s').is_some_and(one);
    // `PASSWORD_KEY` is the key of a password, but `SECRET_KEY` is a secret.
    let before = name.trim_end_matches(last).trim_end_matches('_');
    let keyed = last.eq_ignore_ascii_case("key")
        && ["password", "passwd", "token"].iter().any(|word| {
            let start = before.len().checked_sub(word.len());
            let end = start.and_then(|start| before.get(start..));
            end.is_some_and(|end| end.eq_ignore_ascii_case(word))
        });
    keyed || known(last) || known(camel)
}

/// `_pass` and `d["pass"]`: alone, since `pass` is many other things beside other words. `secrete` is how it is misspelt.
fn is_short(name: &str) -> bool {
    let name = name.trim_matches('_');
    name.eq_ignore_ascii_case("pass") || name.eq_ignore_ascii_case("secrete")
}

/// Whether a string may hold a password in a URL, or be a token by its look; what asks looks closer.
pub(crate) fn may_look_secret(text: &str) -> bool {
    let body = text.trim_start_matches(|c: char| c.is_ascii_alphabetic());
    may_begin_token(body.trim_start_matches(['"', '\''])) || {
        let url = memchr::memmem::find(text.as_bytes(), b"://");
        url.is_some_and(|at| memchr::memchr(b'@', &text.as_bytes()[at..]).is_some())
    }
}

/// Whether a text begins as tokens of some providers do.
pub(crate) fn may_begin_token(text: &str) -> bool {
    let token = text.split(['"', '\'']).next().unwrap_or_default();
    token.len() >= 20 && secret::looks_like_token(token)
}

/// The literals of a part that are no defaults of the environment: those of other rules.
pub(crate) fn literals(resolver: &Resolver) -> Vec<Literal> {
    let part = resolver.part;
    let mut found = Vec::new();
    for (at, record) in part.literals.iter().enumerate() {
        let named = |record: &LiteralRecord| is_named_secret(part.slice(record.name));
        // One literal is told once, by its name if it has one.
        let again = part.literals.iter().enumerate().any(|(other, known)| {
            let same = known.value == record.value;
            match (named(record), named(known)) {
                (true, true) => same && other < at,
                (true, false) => false,
                (false, true) => around(known.value, record.value),
                (false, false) => around(known.value, record.value) && (!same || other < at),
            }
        });
        if again || is_default(resolver, record) {
            continue;
        }
        let field = part
            .fields
            .iter()
            .find(|field| around(field.value, record.value));
        let bases = field.map(|field| (field, resolver.ancestors(field.class)));
        let mut member = false;
        if let Some((field, bases)) = bases {
            let last = |name: &String| name.rsplit('.').next().unwrap_or_default().to_owned();
            let bases: Vec<String> = bases.iter().map(last).collect();
            let own = !part.slice(field.name).starts_with('_')
                && !part.slice(field.annotation).contains("ClassVar");
            if own && bases.iter().any(|base| base == "BaseSettings") {
                continue;
            }
            member = bases.iter().any(|base| {
                base.ends_with("Enum") || base.ends_with("Choices") || base.ends_with("Flag")
            });
        }
        found.push(Literal {
            kind: record.kind,
            name: part.slice(record.name).into(),
            owner: part.slice(record.owner).into(),
            value: record.value,
            content: content(part, record.value),
            number: record.number,
            formatted: record.formatted,
            inside: record.inside,
            member,
            example: is_example(part, record.outer),
            text: part.text.clone(),
        });
    }
    found
}

/// Whether a literal is what a variable of the environment falls back to.
fn is_default(resolver: &Resolver, record: &LiteralRecord) -> bool {
    let part = resolver.part;
    let reads = |name: &str| {
        let lists = [ENVIRONMENT, READERS, LATER_READERS];
        lists.iter().any(|list| list.contains(&name))
    };
    let mut fallbacks = part.fallbacks.iter();
    if let Some(fallback) = fallbacks.find(|fallback| fallback.value == record.value) {
        let call = part.calls.iter().find(|call| call.span == fallback.call);
        let Some(call) = call else { return false };
        let name = resolver.name(call.callee);
        if !name.is_some_and(|name| ENVIRONMENT.contains(&name.as_str())) {
            return false;
        }
        let (from, to) = call.arguments;
        let variable = part.arguments[from as usize..to as usize].first();
        let named = variable.is_some_and(|variable| {
            variable.kind == ValueKind::Str
                && secret::is_secret_name(part.slice(content(part, variable.value)))
        });
        return named || !is_named_secret(part.slice(record.name));
    }
    let call = call_around(part, record.value);
    let name = call.and_then(|call| resolver.name(call.callee));
    name.is_some_and(|name| reads(&name))
}

/// Whether something goes to a name that says that it is an example.
fn is_example(part: &Part, mut target: u32) -> bool {
    for _ in 0..8 {
        let Some(record) = part.targets.get(target as usize) else {
            return false;
        };
        let name = part.slice(record.name).to_ascii_lowercase();
        let shown = ["example", "placeholder", "schema_extra"];
        if shown.iter().any(|word| name.contains(word)) {
            return true;
        }
        target = record.outer;
    }
    false
}

fn around(outer: Span, inner: Span) -> bool {
    outer.start <= inner.start && inner.end <= outer.end
}

/// The innermost call that is given something.
fn call_around(part: &Part, value: Span) -> Option<&CallRecord> {
    let calls = part.calls.iter().filter(|call| around(call.list, value));
    calls.min_by_key(|call| call.list.end - call.list.start)
}

/// The callees on which it rests whether a literal is told.
pub(crate) fn calls_around_literals(part: &Part) -> impl Iterator<Item = u32> + '_ {
    let values = part.literals.iter().map(|record| record.value);
    values.filter_map(|value| Some(call_around(part, value)?.callee))
}

/// The content of a string literal, or of several from the first quote to the last.
fn content(part: &Part, value: Span) -> Span {
    let content = text_content(part.slice(value));
    Span::new(
        value.start as usize + content.start,
        value.start as usize + content.end,
    )
}

/// The content of a string literal, or of several from the first quote to the last: always a range of the literal.
pub fn text_content(literal: &str) -> std::ops::Range<usize> {
    let Some(start) = literal.find(['"', '\'']) else {
        return 0..literal.len();
    };
    let body = &literal[start..];
    let long = ["\"\"\"", "'''"]
        .iter()
        .any(|quotes| body.starts_with(quotes));
    let quote = if long { 3 } else { 1 };
    // A literal that is being typed may be one quote.
    match body.len().checked_sub(quote) {
        Some(end) if end >= quote => start + quote..start + end,
        _ => literal.len()..literal.len(),
    }
}
