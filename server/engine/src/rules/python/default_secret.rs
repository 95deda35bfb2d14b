use super::environment;
use super::written::{Found, content, found, is_variable, named, reports_usage, says_test};
use crate::file::apart::{self, Apart};
use crate::fix::python::without_argument;
use crate::model::python::{Argument, Call, ENVIRONMENT, Field, LATER_READERS, READERS, ValueKind};
use crate::rule::{Area, Check, Context, Fix, Intent, Rule, Safety, Severity, Sink};
use crate::text::Span;

pub static RULE: Rule = Rule {
    name: "python/default-secret",
    area: Area::Security,
    severity: Severity::High,
    cases: &[
        ("tests", Severity::Low),
        ("own machine", Severity::Low),
        ("reports usage", Severity::Low),
    ],
    minutes: 10,
    off: false,
    also: &["CWE-1392"],
    docs: r#"
A secret that is read from the environment has a default that everyone who can read this file knows.

`os.getenv("JWT_SECRET", "changeme")` runs with `changeme` whenever the variable is not set, and says nothing.
One forgotten line of configuration then puts a known secret into production.

```python bad
import os

JWT_SECRET = os.getenv("JWT_SECRET", "changeme")
API_KEY = os.environ.get("API_KEY") or "dev-key"
```

Let the variable be required: the program then stops at once and says which one is missing.
It needs the variable from then on, so the fix is not applied by itself.

```python fixed
import os

JWT_SECRET = os.environ["JWT_SECRET"]
API_KEY = os.environ["API_KEY"]
```

Fields of pydantic's settings are found as well, and so are the readers of decouple, starlette, environs and
django-environ, tokens by their shape, and passwords within URLs.

```python bad
from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings


class Settings(BaseSettings):
    debug: bool = False
    jwt_secret: SecretStr = Field(default=SecretStr("changeme"), min_length=32)
    database_url: str = "postgresql://app:app@db/app"
```

```python fixed
from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings


class Settings(BaseSettings):
    debug: bool = False
    jwt_secret: SecretStr = Field(min_length=32)
    database_url: str
```

Where there is no default, an empty one, or one that is read from elsewhere, nothing is found.
Neither is what only stands in for a provider's key (`OPENAI_API_KEY` with `"EMPTY"`): nothing opens with that.
The severity is low in tests and in settings that are named after them, for a password of this machine's own address, and
for the key with which a program reports how it is used (*reports usage*).

```python good
import os

from decouple import config

JWT_SECRET = os.environ["JWT_SECRET"]
API_KEY = os.getenv("API_KEY", "")
TOKEN = config("TOKEN")
PASSWORD_FILE = os.getenv("PASSWORD_FILE", "/run/secrets/db")
LOG_LEVEL = os.getenv("LOG_LEVEL", "info")
```
"#,
    checks: &[
        Check::Call(ENVIRONMENT, environment),
        Check::Call(READERS, reader),
        Check::Call(LATER_READERS, reader),
        Check::Field(&["BaseSettings"], field),
    ],
};

fn environment(call: &Call, cx: &Context, sink: &mut Sink) {
    let Some((variable, name)) = variable(call) else {
        return;
    };
    let second = || call.arguments.get(1).filter(|a| a.keyword.is_none());
    let default = by_keyword(call, "default").or_else(second);
    let subject = Subject {
        name: &name,
        variable: &name,
        example: &name,
        set: call.name.ends_with("setdefault"),
    };
    let fix = |end: Span| {
        let fix = Fix::new(required(&name), Safety::Unsafe);
        let whole = Span::new(call.span.start as usize, end.end as usize);
        environment::required(fix, call, variable.value, whole)
    };
    let literal = default.map(|argument| (argument.value, argument.kind));
    let text = |span| call.text(span);
    if let Some((span, kind)) = literal
        && let Some(found) = found(&name, kind, span, &text)
    {
        return report(&subject, found, fix(call.span), cx, sink);
    }
    if let Some(found) = default.and_then(|argument| named(&name, argument)) {
        return report(&subject, found, fix(call.span), cx, sink);
    }
    // `get(…, "") or "x"`
    let empty = literal.is_none_or(|(span, kind)| {
        kind == ValueKind::None || kind == ValueKind::Str && content(text(span)).is_empty()
    });
    if let Some((span, kind)) = call.fallback.filter(|_| empty)
        && let Some(found) = found(&name, kind, span, &text)
    {
        report(&subject, found, fix(span), cx, sink);
    }
}

fn reader(call: &Call, cx: &Context, sink: &mut Sink) {
    let Some((_, name)) = variable(call) else {
        return;
    };
    let second = || {
        let second = !LATER_READERS.contains(&&*call.name);
        let argument = call.arguments.get(1);
        argument.filter(|argument| second && argument.keyword.is_none())
    };
    let Some(default) = by_keyword(call, "default").or_else(second) else {
        return;
    };
    let text = |span| call.text(span);
    let found = found(&name, default.kind, default.value, &text);
    let Some(found) = found.or_else(|| named(&name, default)) else {
        return;
    };
    let at = call
        .arguments
        .iter()
        .position(|argument| argument.value == default.value);
    let fix = Fix::new(required(&name), Safety::Unsafe)
        .replace(without_argument(call, at.unwrap_or_default()), "");
    let subject = Subject {
        name: &name,
        variable: &name,
        example: &name,
        set: false,
    };
    report(&subject, found, fix, cx, sink);
}

fn field(field: &Field, cx: &Context, sink: &mut Sink) {
    let annotation = field.annotation.map_or("", |span| field.text(span));
    let own = !field.name.starts_with('_') && !annotation.contains("ClassVar");
    let (Some((span, kind)), Some(value)) = (field.default.filter(|_| own), field.value) else {
        return;
    };
    let alias = field.call.as_ref().and_then(|(call, _)| {
        let names = ["validation_alias", "alias", "env"];
        let argument = names.iter().find_map(|name| by_keyword(call, name))?;
        (argument.kind == ValueKind::Str).then(|| content(call.text(argument.value)))
    });
    let example = match alias {
        Some(alias) => alias.to_ascii_uppercase(),
        None => [&*field.prefix, &*field.name].concat().to_ascii_uppercase(),
    };
    let text = |span| field.text(span);
    let Some(found) = found(&field.name, kind, span, &text)
        .or_else(|| found(alias.unwrap_or_default(), kind, span, &text))
    else {
        return;
    };
    let name = format!("{}.{}", field.class, field.name);
    let subject = Subject {
        name: &name,
        variable: &field.name,
        example: &example,
        set: false,
    };
    report(
        &subject,
        found,
        required_field(field, value, kind),
        cx,
        sink,
    );
}

/// The field without its default, with all else that is said of it.
fn required_field(field: &Field, value: Span, kind: ValueKind) -> Fix {
    let fix = Fix::new(required(&field.name), Safety::Unsafe);
    let end = value.end as usize;
    if let Some((call, Some(at))) = &field.call
        && (call.arguments.len() > 1 || field.text(value).contains('#'))
    {
        return fix.replace(without_argument(call, *at), "");
    }
    match field.annotation {
        Some(annotation) => fix.replace(Span::new(annotation.end as usize, end), ""),
        None => {
            let class = if kind == ValueKind::Str { "str" } else { "int" };
            fix.replace(
                Span::new(field.span.end as usize, end),
                format!(": {class}"),
            )
        }
    }
}

fn required(name: &str) -> String {
    format!("Require `{name}`: the program does not start without it")
}

/// The first argument, where it is the written name of a variable.
fn variable(call: &Call) -> Option<(&Argument, String)> {
    let first = call.arguments.first().filter(|a| a.keyword.is_none());
    let named = || {
        ["key", "option", "name", "var"]
            .iter()
            .find_map(|name| by_keyword(call, name))
    };
    let argument = first.or_else(named)?;
    let name = content(call.text(argument.value));
    (argument.kind == ValueKind::Str).then(|| (argument, name.to_owned()))
}

fn by_keyword<'c>(call: &'c Call, name: &str) -> Option<&'c Argument> {
    let named = |argument: &&Argument| argument.keyword.as_deref() == Some(name);
    call.arguments.iter().find(named)
}

/// What a finding speaks of.
struct Subject<'a> {
    name: &'a str,
    /// The name that says what it is.
    variable: &'a str,
    /// The variable in the environment.
    example: &'a str,
    /// The default becomes the variable's value, for other programs too.
    set: bool,
}

fn report(subject: &Subject, found: Found, fix: Fix, cx: &Context, sink: &mut Sink) {
    let Subject { name, example, .. } = subject;
    let what = if found.url.is_some() {
        "password"
    } else {
        "secret"
    };
    let falls = if subject.set { "is set" } else { "falls back" };
    let message = format!(
        "`{name}` {falls} to a {what} that anyone who reads this file knows. An unset variable goes unnoticed; require it."
    );
    let place = if found.url.is_some() && !found.secret.is_empty() {
        found.secret
    } else {
        found.literal
    };
    let fix = if fix.disabled.is_none() && is_variable(example) {
        fix.with(Intent::EnvExample((*example).to_owned()))
    } else {
        fix
    };
    let mut draft = sink.at(place, message).also(&["CWE-1392"]).fix(fix);
    if !found.secret.is_empty() {
        draft = draft.secret(found.secret);
    }
    if found.url == Some(true) {
        draft = draft.case("own machine");
    }
    let apart = apart::code(&cx.file.path) == Some(Apart::Tests);
    let owner = name.trim_end_matches(subject.variable);
    if apart || says_test(owner) || says_test(subject.variable) {
        draft.case("tests");
    } else if reports_usage(&cx.file.path, subject.variable) {
        draft.case("reports usage");
    }
}
