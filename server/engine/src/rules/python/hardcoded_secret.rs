use super::stands_for::{is_one_of_a_table, stands_for_itself};
use super::variable::{url_variable, variable};
use super::written::{is_public, reports_usage, says_test};
use crate::file::apart::{self, Apart};
use crate::model::python::{Literal, TargetKind, is_named_password, is_named_secret};
use crate::model::{secret, token};
use crate::rule::{Area, Check, Context, Fix, Intent, Piece, Rule, Safety, Severity, Sink};
use crate::text::Span;

pub static RULE: Rule = Rule {
    name: "python/hardcoded-secret",
    area: Area::Security,
    severity: Severity::High,
    cases: &[
        ("tests", Severity::Info),
        ("own machine", Severity::Low),
        ("example", Severity::Low),
        ("reports usage", Severity::Low),
    ],
    minutes: 15,
    off: false,
    also: &[
        "B105", "B106", "B107", "S105", "S106", "S107", "CWE-259", "CWE-798",
    ],
    docs: r#"
A secret is written into the code.

Whoever can read the code has it then: in the repository and its history, a fork, a backup, an image, a log of CI.
It is the same in every installation, and changing it means a release.

```python bad
JWT_SECRET = "k7w2-pq9x-a8d1"


def connect(driver):
    return driver.connect(user="app", password="Tr0ub4dor")


BROKER_URL = "amqp://app:Tr0ub4dor@rabbit:5672//"
```

Read it from the environment, or from wherever the deployment keeps secrets, and replace the one that is known by now.
The program needs the variable from then on, so the fix is not applied by itself.

```python fixed
import os

JWT_SECRET = os.environ["JWT_SECRET"]


def connect(driver):
    return driver.connect(user="app", password=os.environ["DRIVER_PASSWORD"])


BROKER_URL = os.environ["BROKER_URL"]
```

Found are literals that are assigned to a secret's name (a variable, an attribute, a key), passed or defaulted by it,
compared with it, or keyed to it in a dictionary; passwords in URLs; and what has the shape of a provider's token.
The default of a parameter has no fix: callers rely on it.

```python bad
def login(user, password="Tr0ub4dor"):
    return password == "Tr0ub4dor"
```

Not found are values that only stand for something: empty ones, references and placeholders that a template fills in, the
name of the key itself, masks, sentences, paths, kinds (`token_type="bearer"`).
A name of a token alone (`token`) needs a value that nobody would write for a word of a language.
So does a name that goes on behind the word for a secret, since it may be of something else: `password_hasher = "argon2"` is
no finding, `password_billing = "oracle1789cards"` is one. Words that only tell secrets apart count as nothing
(`password_old`, `secret_key_2`).
What the environment falls back to is `python/default-secret`'s.
In tests a finding is only a note. The severity is low in examples, for a password of this machine's own address, and for
the key with which a program reports how it is used (*reports usage*): it is made to be handed out.

```python good
import os

API_TOKEN = os.environ["API_TOKEN"]
PASSWORD = ""
PASSWORD_FIELD = "password"
TOKEN_URL = "https://example.org/token"
INVALID_PASSWORD = "The password is wrong."
template = {"password": "${DB_PASSWORD}", "token_type": "bearer"}
password_hasher = "argon2"
```
"#,
    checks: &[Check::Literal(check)],
};

fn check(literal: &Literal, cx: &Context, sink: &mut Sink) {
    let content = literal.text(literal.content);
    if literal.inside && content.is_empty() {
        return;
    }
    if let Some((password, own)) = password_in_url(literal, content) {
        let name = url_variable(literal, content);
        let message = "A password is written into this URL: whoever reads the code has it. Read the URL from the environment.";
        let fix = replacement(literal, &name);
        let draft = sink
            .at(password, message)
            .also(&["CWE-798"])
            .secret(password)
            .fix(fix);
        let draft = match own {
            true => draft.case("own machine"),
            false => draft,
        };
        lower(draft, literal, cx);
        return;
    }
    if literal.formatted || content.contains("://") {
        return;
    }
    let named = is_named_secret(&literal.name);
    if named {
        if !literal.member && is_secret(literal, content) {
            report(literal, cx, sink);
        }
    } else if !secret::is_about_secret(&literal.name) && is_token(content) {
        report(literal, cx, sink);
    }
}

fn report(literal: &Literal, cx: &Context, sink: &mut Sink) {
    let name = &literal.name;
    let (ids, message): (&[&'static str], String) = match literal.kind {
        _ if !is_named_secret(name) => (
            &["CWE-798"],
            "This has the shape of a provider's token: whoever reads the code can use it. Read it from the environment."
                .into(),
        ),
        TargetKind::Compared => (
            &["B105", "S105", "CWE-259", "CWE-798"],
            format!("`{name}` is compared with a secret that is written out: whoever reads the code knows it. Read it from the environment."),
        ),
        TargetKind::Default => (
            &["B107", "S107", "CWE-259", "CWE-798"],
            format!("`{name}` defaults to a secret that is written out: whoever reads the code knows it. Let callers pass it."),
        ),
        TargetKind::Keyword => (
            &["B106", "S106", "CWE-259", "CWE-798"],
            format!("`{name}` is given a secret that is written out: whoever reads the code has it. Read it from the environment."),
        ),
        // Ruff leaves dictionaries alone.
        TargetKind::Key => (
            &["B105", "CWE-259", "CWE-798"],
            format!("`{name}` holds a secret that is written out: whoever reads the code has it. Read it from the environment."),
        ),
        _ => (
            &["B105", "S105", "CWE-259", "CWE-798"],
            format!("`{name}` is a secret that is written out: whoever reads the code has it. Read it from the environment."),
        ),
    };
    let fix = replacement(literal, &variable(literal));
    let draft = sink
        .at(literal.value, message)
        .also(ids)
        .secret(literal.content)
        .fix(fix);
    lower(draft, literal, cx);
}

fn lower(draft: crate::rule::Draft, literal: &Literal, cx: &Context) {
    let apart = apart::code(&cx.file.path);
    let named_for_tests =
        says_test(&literal.name) || says_test(&literal.owner) || says_fake(&literal.name);
    let content = literal.text(literal.content);
    if named_for_tests || apart == Some(Apart::Tests) {
        draft.case("tests");
    } else if literal.example || says_fake(content) || apart == Some(Apart::Shown) {
        draft.case("example");
    } else if reports_usage(&cx.file.path, &literal.name) {
        draft.case("reports usage");
    }
}

/// Nobody means it for a secret: `DUMMY_SECRET`, `"test-key"`.
fn says_fake(text: &str) -> bool {
    const WORDS: &[&str] = &[
        "bar", "dummy", "example", "fake", "foo", "foobar", "mock", "sample", "test", "testing",
    ];
    let lower = text.to_ascii_lowercase();
    let within = ["dummy", "fake", "foobar", "sample"];
    if text.starts_with("ABC") || within.iter().any(|word| lower.contains(word)) {
        return true;
    }
    let mut words = lower.split(|c: char| !c.is_ascii_alphanumeric());
    words.any(|word| WORDS.contains(&word))
}

/// The read of the environment in the place of a literal.
fn replacement(literal: &Literal, variable: &str) -> Fix {
    let title =
        format!("Read `{variable}` from the environment: the program does not start without it");
    let fix = Fix::new(title, Safety::Unsafe);
    let owner = literal.owner.rsplit('.').next().unwrap_or_default();
    if literal.kind == TargetKind::Default {
        return fix.disabled(
            "callers rely on the default, which is evaluated once, where the function is defined",
        );
    }
    if literal.inside || literal.formatted {
        return fix.disabled("it stands in a string that is put together");
    }
    if owner == "environ" {
        return fix.disabled("this is what sets the environment: set it outside of the program");
    }
    let written = literal.text(literal.value);
    if written.contains(['\n', '\r']) && written.contains('#') {
        return fix.disabled("a comment may stand in it");
    }
    let prefix = written.split(['"', '\'']).next().unwrap_or_default();
    let bytes = !literal.number && prefix.contains(['b', 'B']);
    let text = match (bytes, literal.number) {
        (true, _) => format!(".environ[\"{variable}\"].encode()"),
        (_, true) => format!(".environ[\"{variable}\"])"),
        _ => format!(".environ[\"{variable}\"]"),
    };
    let os = Piece::Name(Intent::Import("os"));
    let pieces = match literal.number {
        true => vec!["int(".into(), os, text.into()],
        false => vec![os, text.into()],
    };
    fix.splice(literal.value, pieces)
        .with(Intent::EnvExample(variable.to_owned()))
}

/// The password in a URL, and whether of an address that only this machine reaches.
fn password_in_url(literal: &Literal, content: &str) -> Option<(Span, bool)> {
    // A text that speaks of URLs is for readers.
    if content.contains(char::is_whitespace) {
        return None;
    }
    // What is put in when it is used is not written out.
    let filled = |text: &str| {
        text.contains(['{', '}', '%', '$', '<', '*', '[', '(', '\\']) || text.starts_with(':')
    };
    let mut found = secret::url_passwords(content).into_iter();
    let range = found.find(|range| {
        let password = &content[range.clone()];
        secret::is_secret_value(password, true)
            && !filled(password)
            && !is_word_of_url(content, range.start, password)
    })?;
    let host = content[range.end..].trim_start_matches('@');
    let own = ["localhost", "127.0.0.1", "[::1]"];
    let start = literal.content.start as usize;
    Some((
        Span::new(start + range.start, start + range.end),
        own.iter().any(|own| host.starts_with(own)),
    ))
}

/// `user:password@host` and the like say what stands where; nobody has such an account.
fn is_word_of_url(content: &str, password: usize, written: &str) -> bool {
    const WORDS: &[&str] = &[
        "key", "p", "pass", "passw", "passwd", "password", "port", "pw", "pwd", "secret", "token",
        "xxx", "xxxx", "yyy",
    ];
    let before = &content[..password - 1];
    let user = before.rsplit('/').next().unwrap_or_default();
    let user = user.trim_matches(|c: char| !c.is_ascii_alphanumeric());
    let host = content[password + written.len()..].trim_start_matches('@');
    let generic = |word: &str| {
        let word = word.to_ascii_lowercase();
        let word = word
            .trim_start_matches("my")
            .trim_start_matches("your")
            .trim_matches(['_', '-']);
        WORDS.contains(&word)
    };
    let nobody = matches!(
        user.to_ascii_lowercase().as_str(),
        "" | "user"
            | "username"
            | "usr"
            | "u"
            | "name"
            | "login"
            | "scott"
            | "my_user"
            | "myuser"
            | "your_username"
    );
    let nowhere = host.starts_with("host")
        || host.contains("example.")
        || host.starts_with("...")
        || host.is_empty();
    written.contains("...") || generic(written) && (nobody || nowhere) || nobody && nowhere
}

/// Whether a value under a secret's name is one.
fn is_secret(literal: &Literal, content: &str) -> bool {
    let name = &literal.name;
    let password = is_named_password(name);
    if literal.number {
        let constant = !name.chars().any(char::is_lowercase);
        // Whole hours are how long one is valid.
        let hours = content
            .parse::<u64>()
            .is_ok_and(|seconds| seconds % 3600 == 0);
        let digits = content.len() >= 4 && content.bytes().all(|b| b.is_ascii_digit());
        let compared = literal.kind == TargetKind::Compared;
        return password && !constant && digits && !hours && !compared;
    }
    secret::is_secret_value(content, password)
        && !secret::is_path(content)
        && !secret::is_filled_in(content)
        && !stands_for_itself(name, literal.kind, content)
        && (password || content.len() >= 4 && (content.len() < 8 || !token::is_made_up(content)))
        && !content.contains("EXAMPLE")
        && !is_public(content)
        && !is_one_of_a_table(literal)
}

/// The shape of a provider's token, with something in it that nobody made up.
fn is_token(content: &str) -> bool {
    content.len() >= 20
        && secret::looks_like_token(content)
        && content.bytes().filter(u8::is_ascii_digit).count() >= 2
        && !token::is_made_up(content)
}
