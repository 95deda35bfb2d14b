use super::harmless::is_harmless;
use crate::file::apart::{self, Apart};
use crate::model::python::{Says, Shown, ShownKind, Writer};
use crate::rule::{Area, Check, Context, Fix, Rule, Safety, Severity, Sink};

pub static RULE: Rule = Rule {
    name: "python/secret-in-log",
    area: Area::Security,
    severity: Severity::High,
    cases: &[
        ("personal data", Severity::Low),
        ("on the terminal", Severity::Medium),
        ("tests", Severity::Info),
        ("example", Severity::Low),
    ],
    minutes: 10,
    off: false,
    also: &["CWE-532"],
    docs: r#"
A secret, or personal data, is written to a log.

Logs are kept longer than anybody remembers, are copied to other systems, and are read by people who may not have the
secret.
Whoever takes a token out of a log is whoever the token belongs to.

```python bad
import logging

logger = logging.getLogger(__name__)


def login(user, password, token):
    logger.info("login of %s with %s", user.id, password)
    logger.debug(f"{user.id} got the token {token}")
```

Leave it out, or write a mask in its place, which the fix does.
It changes what is written, so it is not applied by itself.

```python fixed
import logging

logger = logging.getLogger(__name__)


def login(user, password, token):
    logger.info("login of %s with %s", user.id, "***")
    logger.debug(f"{user.id} got the token ***")
```

Found are the arguments of calls of logging, structlog, loguru, `warnings` and `print`, whatever the logger is called:
names, attributes and keys, in f-strings, in formats, in `extra`, behind keywords; functions that give a secret
(`get_password()`); and all settings at once (`settings.model_dump()`, `os.environ`).

```python bad
import logging

from app.config import settings

logging.info("started with %s", settings.model_dump())
```

```python fixed
import logging

from app.config import settings

logging.info("started with %s", "***")
```

Personal data (addresses of mail and of homes, numbers of telephones, days of birth, IBANs) is low.
What `print` writes is medium: a log wherever the program runs by itself, and the answer to a user elsewhere.
Lengths, hashes, pieces, masks, counts of tokens, and whether something is there at all are no findings; `token` alone is
none where the code is about the words of a text.
Neither is what a name only begins with (`token_expiry_time`, `credential_usable`), a name by which a secret is looked up, or
what is empty there, or masked, by the lines above.

```python good
import logging

logger = logging.getLogger(__name__)


def login(user, password, token):
    logger.info("login of %s, password given: %s", user.id, bool(password))
    logger.debug("token of %d characters: %s…", len(token), token[:4])
    logger.debug("password %s", "set" if password is not None else "missing")
```
"#,
    checks: &[Check::Shown(check)],
};

fn check(shown: &Shown, cx: &Context, sink: &mut Sink) {
    let name = &shown.name;
    if is_plain_token(name) && shown.kind != ShownKind::All && !is_about_access(shown, cx) {
        return;
    }
    if is_harmless(shown) || generates(shown, cx) {
        return;
    }
    let message = match (shown.kind, shown.says) {
        (ShownKind::All, _) => format!(
            "`{}` writes everything that it holds to a log, secrets too: whoever reads the log has them. Log what matters by its name.",
            first_line(shown)
        ),
        (_, Says::Personal) => format!(
            "`{name}` is personal data, and a log keeps it longer than anybody remembers. Leave it out, or log an id."
        ),
        (ShownKind::Made, _) => format!(
            "What `{name}` gives is written to a log: whoever reads the log has it. Leave it out, or mask it."
        ),
        _ => format!(
            "`{name}` is written to a log: whoever reads the log has it. Leave it out, or mask it."
        ),
    };
    let mut draft = sink
        .at(shown.value, message)
        .also(&["CWE-532"])
        .fix(masked(shown));
    if shown.says == Says::Personal {
        draft = draft.case("personal data");
    }
    if shown.writer == Writer::Print {
        draft = draft.case("on the terminal");
    }
    match apart::code(&cx.file.path) {
        Some(Apart::Tests) => drop(draft.case("tests")),
        Some(Apart::Shown) => drop(draft.case("example")),
        None => {}
    }
}

/// A program that makes secrets for whoever starts it prints them.
fn generates(shown: &Shown, cx: &Context) -> bool {
    let name = cx.file.path.file_stem().unwrap_or_default();
    let name = name.to_string_lossy().to_ascii_lowercase();
    shown.writer == Writer::Print
        && ["generate", "keygen"]
            .iter()
            .any(|word| name.contains(word))
}

/// A mask in the place of the value.
fn masked(shown: &Shown) -> Fix {
    let title = match shown.kind {
        ShownKind::All => "Write `***` in its place".to_owned(),
        _ => format!("Write `***` in the place of `{}`", shown.name),
    };
    let fix = Fix::new(title, Safety::Unsafe);
    if shown.text(shown.edit).contains('#') {
        return fix.disabled("a comment may stand in it");
    }
    let call = shown.text(shown.call);
    let text = match shown.inside {
        true => "***",
        false if call.contains('\'') && !call.contains('"') => "'***'",
        false => "\"***\"",
    };
    fix.replace(shown.edit, text)
}

fn first_line(shown: &Shown) -> &str {
    let text = shown.text(shown.value);
    text.lines().next().unwrap_or_default()
}

/// Nothing but `token` is said, which is a word of a text as well.
fn is_plain_token(name: &str) -> bool {
    let name = name.trim_matches('_').to_ascii_lowercase();
    let words = name.split('_');
    let mut words = words.filter(|word| !word.is_empty());
    words.all(|word| {
        matches!(
            word,
            "token"
                | "next"
                | "prev"
                | "previous"
                | "current"
                | "cur"
                | "first"
                | "last"
                | "new"
                | "old"
                | "text"
                | "special"
                | "sub"
                | "this"
                | "the"
                | "end"
                | "begin"
                | "open"
                | "close"
                | "my"
                | "str"
        )
    })
}

/// Whether the code around is about who may do what, and not about texts.
fn is_about_access(shown: &Shown, cx: &Context) -> bool {
    #[rustfmt::skip]
    const TEXTS: &[&str] = &[
        "cancellation", "completion", "continuation", "decoder", "embedding", "grammar", "lexer", "lexical", "llm", "logit",
        "nlp", "pagination", "parser", "purge", "replication", "since", "stream", "syntax", "token.kind", "token.type",
        "token.value", "token_id", "token_type", "tokenis", "tokeniz", "tokens", "vocab",
    ];
    #[rustfmt::skip]
    const ACCESS: &[&str] = &[
        "access_token", "api_key", "api_token", "auth_token", "authenticat", "authoriz", "bearer", "credential",
        "expire", "invalid token", "jwt", "login", "oauth", "password", "refresh_token", "secrets.token",
        "session_token", "verif", "webhook",
    ];
    let path = cx.file.path.to_string_lossy().to_ascii_lowercase();
    let around = shown.around().to_ascii_lowercase();
    let has = |text: &str, words: &[&str]| words.iter().any(|word| text.contains(word));
    // What the program tells a service that runs it: hide this.
    let told = shown.text(shown.call).contains("::add-mask::");
    !told
        && !has(&path, TEXTS)
        && !has(&around, TEXTS)
        && (has(&around, ACCESS) || has(&path, &["auth", "login", "session", "token"]))
}
