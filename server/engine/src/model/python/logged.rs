//! Values that are written to logs under names that say that they are secrets, or personal.

use std::sync::Arc;

use super::{Part, Resolver, is_named_secret};
use crate::model::secret::goes_on;
use crate::text::Span;

/// A value that a call writes to a log.
#[derive(Debug)]
pub struct Shown {
    pub kind: ShownKind,
    /// What says what it is.
    pub name: Box<str>,
    pub says: Says,
    /// The expression.
    pub value: Span,
    /// What is replaced by a mask: the expression, or the interpolation in which it stands.
    pub edit: Span,
    /// The replacement stands in a string.
    pub inside: bool,
    pub writer: Writer,
    /// The call.
    pub call: Span,
    function: Span,
    text: Arc<str>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ShownKind {
    /// The value of a name, or under one.
    Value,
    /// What a function gives that gets or makes it.
    Made,
    /// All that an object of settings holds, or the environment.
    All,
}

/// What a name says of its value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Says {
    Secret,
    Personal,
}

/// To what a call writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Writer {
    Log,
    /// The standard output: a log wherever a program runs by itself.
    Print,
}

impl Shown {
    /// The text of a span of the chunk.
    pub fn text(&self, span: Span) -> &str {
        self.text.get(span.range()).unwrap_or_default()
    }
    /// The function around the call; the call where there is none. No more: what a chunk holds besides depends on how the
    /// file is cut.
    pub fn around(&self) -> &str {
        self.text(self.function)
    }

    /// What of that stands before the value.
    pub fn before(&self) -> &str {
        let start = self.function.start as usize;
        self.text(Span::new(start, (self.value.start as usize).max(start)))
    }
}

/// The last names of what writes to logs.
const WRITERS: &[&str] = &[
    "critical",
    "debug",
    "error",
    "exception",
    "fatal",
    "info",
    "log",
    "msg",
    "notice",
    "pp",
    "pprint",
    "print",
    "success",
    "trace",
    "warn",
    "warning",
];

pub(crate) fn is_writer(name: &str) -> bool {
    WRITERS.binary_search(&name).is_ok()
}

/// Whether a text holds a word without which nothing in it is shown.
pub(crate) fn may_show(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.windows(2).enumerate().any(|(at, pair)| {
        let roots: &[&[u8]] = match (pair[0] | 0x20, pair[1] | 0x20) {
            (b'p', b'a') => &[b"pass"],
            (b'p', b'w') => &[b"pwd"],
            (b'p', b'h') => &[b"phone"],
            (b's', b'e') => &[b"secret", b"settings"],
            (b's', b's') => &[b"ssn"],
            (b't', b'o') => &[b"token"],
            (b'c', b'r') => &[b"credential"],
            (b'k', b'e') => &[b"key"],
            (b'a', b'u') => &[b"authorization"],
            (b'a', b'd') => &[b"address"],
            (b'e', b'm') => &[b"email"],
            (b'e', b'n') => &[b"environ"],
            (b'b', b'i') => &[b"birth"],
            (b'd', b'o') => &[b"dob"],
            (b'i', b'b') => &[b"iban"],
            (b'm', b'o') => &[b"mobile"],
            _ => return false,
        };
        roots.iter().any(|root| {
            let word = bytes.get(at..at + root.len());
            word.is_some_and(|word| word.eq_ignore_ascii_case(root))
        })
    })
}

/// Whether a name says that its value is nothing for a log.
pub(crate) fn shows(name: &str) -> bool {
    says(name).is_some()
}

pub(crate) fn says(name: &str) -> Option<Says> {
    if !may_show(name) {
        return None;
    }
    let class = name.starts_with(|c: char| c.is_ascii_uppercase())
        && name.contains(|c: char| c.is_ascii_lowercase())
        && !name.contains(['-', '_'])
        && name != "Authorization";
    let words = words(name);
    let (Some(first), Some(last)) = (words.first(), words.last()) else {
        return None;
    };
    if class || ASKS.contains(&&**first) || words.iter().any(|word| MASKED.contains(&&**word)) {
        return None;
    }
    let place = &**last == "token" && words.iter().any(|word| PLACES.contains(&&**word))
        || &**last == "key" && words.iter().any(|word| word == "session");
    if place {
        return None;
    }
    let secret = (is_named_secret(name) || &**last == "authorization")
        && !THINGS.contains(&&**last)
        && !goes_on(name);
    if secret {
        return Some(Says::Secret);
    }
    is_personal(&words).then_some(Says::Personal)
}

/// First words of names that ask something, or do.
#[rustfmt::skip]
const ASKS: &[&str] = &[
    "allow", "allowed", "are", "can", "check", "disable", "enable", "expect", "expired", "has", "have", "ignore",
    "invalid", "is", "log", "missing", "must", "need", "needs", "no", "not", "num", "orm", "require", "requires",
    "should", "show", "skip", "supports", "use", "uses", "using", "validate", "verify", "wants", "with", "without",
];

/// Words of names of what is no longer the value itself.
#[rustfmt::skip]
const MASKED: &[&str] = &[
    "anonymized", "censored", "checksum", "count", "digest", "encrypted", "fingerprint", "hash", "hashed", "hidden",
    "len", "length", "masked", "obfuscated", "obscured", "public", "redacted", "safe", "sanitized", "scrubbed",
    "truncated",
];

/// Words of tokens that say where something is, or who holds it.
#[rustfmt::skip]
const PLACES: &[&str] = &[
    "batch", "cancel", "cancellation", "cext", "challenge", "claim", "continuation", "cursor", "fencing", "from", "lease", "lock",
    "nextpage", "now", "page", "pagination", "position", "replication", "reservation", "resume", "room", "since",
    "stream", "sync", "to", "watermark",
];

/// Last words of names of things that have to do with a secret, and hold more than it or less.
#[rustfmt::skip]
const THINGS: &[&str] = &[
    "auth", "authentication", "authenticator", "cache", "class", "client", "cls", "context", "counts", "err", "exc",
    "exception", "exists", "family", "filename", "filenames", "group", "idx", "info", "item", "items", "json",
    "kinds", "lines", "list", "lookup", "names", "node", "obj", "object", "offset", "ok", "pos", "position",
    "present", "ref", "reference", "req", "request", "resp", "response", "result", "set", "span", "stats", "stream",
    "types", "valid", "values",
];

fn is_personal(words: &[String]) -> bool {
    let has = |wanted: &[&str]| words.iter().any(|word| wanted.contains(&&**word));
    let last = words.last().map_or("", |last| &**last);
    match last {
        "email" | "emails" | "ssn" | "iban" | "ibans" | "dob" | "birthday" | "birthdate"
        | "phone" | "phones" => true,
        "address" | "addresses" => has(&[
            "billing",
            "customer",
            "delivery",
            "email",
            "home",
            "mailing",
            "postal",
            "residential",
            "shipping",
            "street",
        ]),
        "number" | "numbers" => has(&["phone", "mobile", "telephone"]),
        "birth" | "date" | "day" => has(&["birth"]),
        _ => false,
    }
}

/// Whether a constant is called as the names of keys and the like are: `CONF_API_KEY`.
pub(crate) fn names_a_key(name: &str) -> bool {
    const FIRST: &[&str] = &[
        "ATTR", "CONF", "CREATE", "DATA", "DELETE", "ERROR", "EVENT", "FIELD", "GET", "KEY", "OPT",
        "OPTION", "PARAM", "SERVICE", "SET", "UPDATE",
    ];
    let first = name.split('_').next().unwrap_or_default();
    first != name && FIRST.contains(&first)
}

/// Whether a function gives a secret by what it is called: `get_password`, `create_access_token`.
pub(crate) fn gives_secret(name: &str) -> bool {
    const VERBS: &[&str] = &[
        "build", "create", "decrypt", "fetch", "generate", "get", "issue", "load", "make", "mint",
        "new", "read", "retrieve",
    ];
    let words = words(name);
    let verb = words.first().is_some_and(|first| VERBS.contains(&&**first));
    verb && words.len() > 1 && says(name) == Some(Says::Secret)
}

/// Whether an object of this name holds the settings of a program, secrets among them.
pub(crate) fn says_settings(name: &str) -> bool {
    let words = words(name);
    words.last().is_some_and(|last| {
        matches!(
            &**last,
            "settings" | "credentials" | "creds" | "secrets" | "environ"
        )
    })
}

/// Whether such an object holds those of a whole program, and not of one part: `settings`, `app_settings`, `db_credentials`.
pub(crate) fn is_settings(name: &str) -> bool {
    #[rustfmt::skip]
    const OWNERS: &[&str] = &[
        "api", "app", "application", "auth", "config", "current", "database", "db", "django", "env", "environment",
        "get", "global", "load", "os", "project", "secret", "security", "server", "the",
    ];
    let words = words(name);
    let before = words.split_last().map_or(&[][..], |(_, before)| before);
    before.iter().all(|word| OWNERS.contains(&&**word))
}

/// The words of a name, in lower case.
pub(crate) fn words(name: &str) -> Vec<String> {
    let mut words: Vec<String> = vec![String::new()];
    let mut lower = false;
    for c in name.chars() {
        if !c.is_alphanumeric() || c.is_uppercase() && lower {
            words.push(String::new());
        }
        if c.is_alphanumeric()
            && let Some(word) = words.last_mut()
        {
            word.extend(c.to_lowercase());
        }
        lower = c.is_lowercase();
    }
    words.retain(|word| !word.is_empty());
    words
}

/// What a part's calls write to logs.
pub(crate) fn shown(resolver: &Resolver) -> Vec<Shown> {
    let part: &Part = resolver.part;
    let mut found = Vec::new();
    for record in &part.shown {
        let Some(call) = part.calls.get(record.call as usize) else {
            continue;
        };
        let Some(callee) = part.paths.get(call.callee as usize) else {
            continue;
        };
        let name = part.slice(record.name);
        let says = match record.kind {
            ShownKind::All => Some(Says::Secret),
            _ => says(name),
        };
        let dotted = resolver.name(call.callee);
        let writer = writer(part.slice(callee.span), dotted.as_deref());
        if let (Some(says), Some(writer)) = (says, writer) {
            found.push(Shown {
                kind: record.kind,
                name: name.into(),
                says,
                value: record.value,
                edit: record.edit,
                inside: record.inside,
                writer,
                call: call.span,
                function: part
                    .functions
                    .get(call.function as usize)
                    .map_or(call.span, |function| function.span),
                text: part.text.clone(),
            });
        }
    }
    found
}

/// Libraries whose loggers have these methods.
const LIBRARIES: &[&str] = &["logbook", "logging", "loguru", "structlog", "warnings"];

/// To what a callee writes, as it is written and by its dotted name.
fn writer(written: &str, dotted: Option<&str>) -> Option<Writer> {
    let printed = [
        "print",
        "pprint.pp",
        "pprint.pprint",
        "rich.print",
        "builtins.print",
    ];
    let logger = |path: &str| {
        path.rsplit_once('.')
            .is_some_and(|(object, _)| is_logger(object))
    };
    match dotted {
        Some(dotted) if printed.contains(&dotted) => Some(Writer::Print),
        Some(dotted) => {
            let library = dotted.split(['.', '(']).next().unwrap_or_default();
            let known = LIBRARIES.contains(&library) && dotted.contains('.');
            (known || logger(dotted) || logger(written)).then_some(Writer::Log)
        }
        None => logger(written).then_some(Writer::Log),
    }
}

/// Whether an object is a logger by what it is called, or by what made it: `self._logger`, `LOG`, `getLogger("x")`.
fn is_logger(object: &str) -> bool {
    let mut object = object.trim_end();
    while object.ends_with(')') {
        let Some(open) = object.rfind('(') else {
            return false;
        };
        object = object[..open].trim_end();
    }
    let last = object
        .rsplit(|c: char| !c.is_alphanumeric() && c != '_')
        .next()
        .unwrap_or_default();
    let words = words(last);
    let word = words.last().map_or("", |word| &**word);
    matches!(word, "log" | "logger" | "logging") || word.ends_with("logger")
}
