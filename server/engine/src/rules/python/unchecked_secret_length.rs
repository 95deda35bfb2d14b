use crate::fix::python::{with_argument, without_argument};
use crate::model::python::literal::content;
use crate::model::python::{Argument, Call, Field, ValueKind};
use crate::model::secret;
use crate::model::signing_key::is_signing_field;
use crate::rule::{Area, Check, Context, Fix, Intent, Piece, Rule, Safety, Severity, Sink};
use crate::text::Span;

pub static RULE: Rule = Rule {
    name: "python/unchecked-secret-length",
    area: Area::Security,
    severity: Severity::Medium,
    cases: &[("tests", Severity::Low)],
    minutes: 15,
    off: false,
    also: &["CWE-326", "CWE-521"],
    docs: r#"
A key that signs or encrypts may be as short as somebody types it.

Whoever has one token can try keys at home until one fits: a short one is found in minutes, and then signs any token.
A key of 32 random characters is not found.
Settings of pydantic's are looked at, with the classes that they rest on in other files: keys by which the application itself signs or
encrypts (`jwt_secret`, `SECRET_KEY`, `session_secret`, `encryption_key`), not those that a provider hands out.

```python bad
from pydantic import SecretStr
from pydantic_settings import BaseSettings


class Settings(BaseSettings):
    jwt_secret: SecretStr
    fernet_key: str
```

Ask for a length: the program then stops at once with a key that is too short, so the fix is not applied by itself.

```python fixed
from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings


class Settings(BaseSettings):
    jwt_secret: SecretStr = Field(min_length=32)
    fernet_key: str = Field(min_length=32)
```

A length that is asked for in the annotation counts as well, and so does any code of the project that measures the key with `len()`
and raises: a validator, a plain method, a function that is handed the key.
`secret-length` in the `[policy]` of `harden.toml` sets another number than 32.
A key with a default that everyone knows is the business of `python/default-secret`. The severity is low in tests.

```python good
from typing import Annotated

from pydantic import Field, SecretStr, constr
from pydantic_settings import BaseSettings


class Settings(BaseSettings):
    jwt_secret: SecretStr = Field(min_length=32)
    session_secret: Annotated[str, Field(min_length=64)]
    cookie_secret: constr(min_length=32)
    signing_key: SecretStr
    stripe_secret_key: str

    def check(self) -> None:
        if len(self.signing_key.get_secret_value()) < 32:
            raise ValueError("signing_key is too short")
```
"#,
    checks: &[Check::Field(&["BaseSettings"], check)],
};

fn check(field: &Field, cx: &Context, sink: &mut Sink) {
    let annotation = field.annotation.map_or("", |span| field.text(span));
    let own = !field.name.starts_with('_') && !annotation.contains("ClassVar");
    if !own
        || !is_signing_field(&field.class, &field.name)
        || !is_text(annotation)
        || has_default(field)
    {
        return;
    }
    if field
        .call
        .as_ref()
        .is_some_and(|(call, _)| !call.is_whole())
    {
        return;
    }
    let wanted = cx.policy.secret_length;
    let asked = match asked_for(field, annotation) {
        Asked::Unknown => return,
        Asked::Nothing => 0,
        Asked::Least(least) => least,
    };
    let alias = alias(field).unwrap_or_default();
    let variable = [&*field.prefix, &*field.name].concat();
    let names = [&*field.name, &variable, alias];
    let Some(checked) = cx.project.checked_secret(&cx.file.path, names) else {
        return;
    };
    let least = asked.max(checked.least);
    if least >= wanted {
        return;
    }
    let name = format!("{}.{}", field.class, field.name);
    let takes = match least {
        0 | 1 => "takes a key of any length".to_owned(),
        least => format!("takes a key of {least} characters"),
    };
    let message = format!(
        "`{name}` signs or encrypts and {takes}: a short one can be guessed. Ask for at least {wanted} characters."
    );
    let draft = sink
        .at(field.span, message)
        .also(&["CWE-326", "CWE-521"])
        .fix(longer(field, wanted));
    if field.class.contains("Test") {
        draft.case("tests");
    }
}

/// Whether an annotation is one of text, as far as a reader can tell.
fn is_text(annotation: &str) -> bool {
    let words = annotation.split(|c: char| !(c == '_' || c.is_alphanumeric()));
    let (mut text, mut other) = (false, false);
    for word in words {
        text |= matches!(
            word,
            "str" | "SecretStr" | "bytes" | "SecretBytes" | "constr" | "conbytes"
        );
        other |= matches!(
            word,
            "list" | "List" | "dict" | "Dict" | "tuple" | "Tuple" | "set" | "Set" | "Literal"
        );
    }
    text && !other
}

/// Whether there is a default that somebody knows.
fn has_default(field: &Field) -> bool {
    let Some((span, kind)) = field.default else {
        return false;
    };
    let value = content(field.text(span)).unwrap_or_default();
    kind == ValueKind::Str && secret::is_secret_value(value, false)
}

enum Asked {
    Nothing,
    Least(u32),
    /// It is told when the program runs.
    Unknown,
}

/// The length that the field asks for by itself.
fn asked_for(field: &Field, annotation: &str) -> Asked {
    if let Some((call, _)) = &field.call {
        if call
            .arguments
            .iter()
            .any(|one| one.kind == ValueKind::Splat)
        {
            return Asked::Unknown;
        }
        if let Some(argument) = by_keyword(call, "min_length") {
            let number = call.text(argument.value).replace('_', "").parse();
            return number.map_or(Asked::Unknown, Asked::Least);
        }
        for keyword in ["pattern", "regex"] {
            if by_keyword(call, keyword).is_some_and(|one| call.text(one.value).contains('{')) {
                return Asked::Unknown;
            }
        }
    }
    for word in ["min_length", "MinLen", "Len(", "pattern", "regex"] {
        let Some((_, behind)) = annotation.split_once(word) else {
            continue;
        };
        let number = behind.trim_start_matches(['(', '=', ' ', ':']);
        let end = number
            .find(|c: char| !c.is_ascii_digit())
            .unwrap_or(number.len());
        return number[..end].parse().map_or(Asked::Unknown, Asked::Least);
    }
    Asked::Nothing
}

fn alias(field: &Field) -> Option<&str> {
    let (call, _) = field.call.as_ref()?;
    let names = ["validation_alias", "alias", "env"];
    let argument = names.iter().find_map(|name| by_keyword(call, name))?;
    content(call.text(argument.value))
}

fn by_keyword<'c>(call: &'c Call, name: &str) -> Option<&'c Argument> {
    let named = |argument: &&Argument| argument.keyword.as_deref() == Some(name);
    call.arguments.iter().find(named)
}

/// The field with a length.
fn longer(field: &Field, wanted: u32) -> Fix {
    let fix = Fix::new(
        format!("Ask for at least {wanted} characters"),
        Safety::Unsafe,
    );
    let length = format!("min_length={wanted}");
    let made = Piece::Name(Intent::ImportFrom {
        module: "pydantic".into(),
        name: "Field".into(),
    });
    // pydantic does not look at defaults: an empty one goes.
    let empty = |span: Span| content(field.text(span)).is_some_and(str::is_empty);
    if let Some((call, default)) = &field.call {
        if let Some(argument) = by_keyword(call, "min_length") {
            return fix.replace(argument.value, wanted.to_string());
        }
        let default = default.filter(|at| empty(call.arguments[*at].value));
        let inner = Span::new(call.list.start as usize + 1, call.list.end as usize - 1);
        return match default {
            Some(_) if call.arguments.len() == 1 && !call.text(inner).contains('#') => {
                fix.replace(inner, length)
            }
            Some(at) => {
                let (place, text) = with_argument(call, &length);
                fix.replace(without_argument(call, at), "")
                    .replace(place, text)
            }
            None => {
                let (place, text) = with_argument(call, &length);
                fix.replace(place, text)
            }
        };
    }
    match (field.value, field.annotation) {
        (Some(value), _) if empty(value) => {
            fix.splice(value, vec![made, format!("({length})").into()])
        }
        (Some(value), _) => {
            let (start, end) = (value.start as usize, value.end as usize);
            fix.splice(Span::new(start, start), vec![made, "(".into()])
                .replace(Span::new(end, end), format!(", {length})"))
        }
        (None, annotation) => {
            let end = annotation.unwrap_or(field.span).end as usize;
            let pieces = vec![" = ".into(), made, format!("({length})").into()];
            fix.splice(Span::new(end, end), pieces)
        }
    }
}
