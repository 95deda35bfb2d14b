use super::access::{is_certain, is_collection};
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
        ("credentials", Severity::Medium),
        ("refused", Severity::Medium),
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

What counts is the last part of a name, and what it can hardly mean besides: a password or passphrase; an access, refresh,
session, bearer, id, auth or API token; a client's secret; an API key, a secret key, a private key; a dictionary of
credentials; what `get_secret_value()` opens; the header `Authorization`; all settings.
Names that mean other things as often (`token`, `secret`, `pwd`, `invite_token`, `webhook_secret`, `signing_key`) count where a
line of the same function that uses them says so as well: the value comes out of the environment, a header `Authorization`, a
login, `jwt`, `getpass` or `secrets.token_urlsafe()`, goes behind `Bearer`, or is a parameter beside a password.
Left out besides: several at once (`passwords`, `tokens`), an object of credentials, which shows its type, a private key where
the function speaks of files, and settings of one part (`model_settings.dict()`). These are tokens of texts, names and paths
more often than secrets.

Personal data (addresses of mail and of homes, numbers of telephones, days of birth, IBANs) is low.
What `print` writes is medium: a log wherever the program runs by itself, and the answer to a user elsewhere.
So is a dictionary of credentials (*credentials*), which may hold an answer without any, and what the message calls invalid
(*refused*): it may be nearly the right one.
Lengths, hashes, pieces, masks, and whether something is there at all are no findings.
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
    if !is_certain(shown) || is_harmless(shown) || is_told(shown) || generates(shown, cx) {
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
    if is_collection(shown) {
        draft = draft.case("credentials");
    }
    if is_refused(shown) {
        draft = draft.case("refused");
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

/// What was typed wrong is no secret, though it may be nearly one: `"the key %s is not valid"`.
fn is_refused(shown: &Shown) -> bool {
    let call = shown.text(shown.call).to_ascii_lowercase();
    let words = [
        "not valid",
        "not a valid",
        "invalid",
        "malformed",
        "not recognized",
        "unknown",
    ];
    shown.says == Says::Secret && words.iter().any(|word| call.contains(word))
}

/// What the program tells a service that runs it: hide this.
fn is_told(shown: &Shown) -> bool {
    shown.text(shown.call).contains("::add-mask::")
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
