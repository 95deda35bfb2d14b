use super::environment;
use crate::fix::python::without_argument;
use crate::model::python::literal::content;
use crate::model::python::{Argument, Call, Field, TargetKind, ValueKind};
use crate::model::secret::is_secret_name;
use crate::model::signing_key::{is_own_api_key, is_signing_field, is_signing_key};
use crate::rule::{Area, Check, Context, Fix, Intent, Rule, Safety, Severity, Sink};
use crate::text::Span;

pub static RULE: Rule = Rule {
    name: "python/optional-secret",
    area: Area::Security,
    severity: Severity::Medium,
    cases: &[("tests", Severity::Low)],
    minutes: 15,
    off: false,
    also: &["CWE-1188"],
    docs: r#"
A key that signs, encrypts or lets callers in may be absent, and nothing in the project stops for that.

Without its key a program does something else than it should: it signs with `None` or with an empty text, it lets everyone in, or it
fails at the first request that needs the key, long after the deployment.

```python bad
import os

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings

JWT_SECRET = os.getenv("JWT_SECRET")


class Settings(BaseSettings):
    session_secret: SecretStr | None = None
    api_key: str | None = Field(default=None, min_length=32)
```

Let it be required: the program then does not start without it, so the fix is not applied by itself.

```python fixed
import os

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings

JWT_SECRET = os.environ["JWT_SECRET"]


class Settings(BaseSettings):
    session_secret: SecretStr
    api_key: str = Field(min_length=32)
```

Looked at are settings of pydantic's, and reads of the environment that are given a name.
Keys of providers (`OPENAI_API_KEY`, `STRIPE_SECRET_KEY`) are left alone: what they are for is optional more often than not, and their
libraries raise by themselves. So does Django without a `SECRET_KEY`.
Any code of the application that raises, exits or asserts when the key is missing is enough, wherever it stands, and so is code that
makes a key of its own then. The severity is low in tests.

```python good
import os

from pydantic_settings import BaseSettings

JWT_SECRET = os.getenv("JWT_SECRET")
if not JWT_SECRET:
    raise RuntimeError("JWT_SECRET is not set")


class Settings(BaseSettings):
    session_secret: str
    openai_api_key: str | None = None
```
"#,
    checks: &[
        Check::Call(ENVIRONMENT, environment),
        Check::Field(&["BaseSettings"], field),
    ],
};

/// Reads that give `None` where the variable is missing.
const ENVIRONMENT: &[&str] = &["os.environ.copy().get", "os.environ.get", "os.getenv"];

fn is_asked_for(name: &str) -> bool {
    is_signing_key(name) || is_own_api_key(name)
}

fn environment(call: &Call, cx: &Context, sink: &mut Sink) {
    let (first, default) = match &call.arguments[..] {
        [first] => (first, None),
        [first, second] => (first, Some(second)),
        _ => return,
    };
    let variable = content(call.text(first.value)).filter(|_| first.kind == ValueKind::Str);
    let Some(variable) = variable else {
        return;
    };
    if default.is_some_and(|default| default.kind != ValueKind::None) || call.fallback.is_some() {
        return;
    }
    let Some(name) = bound_to(call) else {
        return;
    };
    let (secret, shown) = match () {
        () if is_asked_for(variable) => (true, variable),
        // A local `api_key` may be anybody's, and `AWS_SECRET_ACCESS_KEY` is a provider's, whatever it is called here.
        () => (is_signing_key(name) && !is_secret_name(variable), name),
    };
    let checked = || {
        let names = [variable, name];
        cx.project.checked_secret(&cx.file.path, names)
    };
    // Django raises by itself when this one is empty.
    let django = || name == "SECRET_KEY" && cx.project.sets_up_django(&cx.file.path);
    if !secret || django() || checked().is_none_or(|checked| checked.present) {
        return;
    }
    let fix = environment::required(
        Fix::new(title(variable), Safety::Unsafe),
        call,
        first.value,
        call.span,
    );
    report(shown, call.span, with_example(fix, variable), false, sink);
}

/// The name that the value alone is given: `x = f()`, `self.x: str = f()`, `config["X"] = f()`.
fn bound_to(call: &Call) -> Option<&str> {
    let target = call.targets.first()?;
    let kinds = [
        TargetKind::Name,
        TargetKind::Attribute,
        TargetKind::Subscript,
    ];
    let before = call.span.start.checked_sub(target.span.end)?;
    let between = Span::new(
        target.span.end as usize,
        (target.span.end + before) as usize,
    );
    let between = call
        .text(between)
        .trim_start_matches(['"', '\'', ']'])
        .trim();
    let between = between.trim_end_matches('(').trim_end().strip_suffix('=')?;
    let alone = match between.trim().strip_prefix(':') {
        Some(annotation) => !annotation.contains(['(', '=']),
        None => between.trim().is_empty(),
    };
    let end = call.span.end as usize;
    let rest = call.text(Span::new(end, call.line_end(call.span)));
    let rest = rest.split('#').next().unwrap_or_default();
    let whole = rest.trim().chars().all(|c| c == ')');
    (kinds.contains(&target.kind) && alone && whole).then_some(&*target.name)
}

fn field(field: &Field, cx: &Context, sink: &mut Sink) {
    let annotation = field.annotation.map_or("", |span| field.text(span));
    let own = !field.name.starts_with('_') && !annotation.contains("ClassVar");
    let (Some(value), Some(span)) = (field.value, field.annotation) else {
        return;
    };
    let asked = is_signing_field(&field.class, &field.name) || is_own_api_key(&field.name);
    let whole = field.call.as_ref().is_none_or(|(call, _)| call.is_whole());
    if !own || !whole || !asked || !is_none(field, value) {
        return;
    }
    let alias = field.call.as_ref().and_then(|(call, _)| {
        let names = ["validation_alias", "alias", "env"];
        let argument = names.iter().find_map(|name| by_keyword(call, name))?;
        content(call.text(argument.value))
    });
    let variable = [&*field.prefix, &*field.name].concat();
    let variable = alias.unwrap_or(&variable);
    let checked = cx
        .project
        .checked_secret(&cx.file.path, [&*field.name, variable]);
    if checked.is_none_or(|checked| checked.present || checked.least > 0) {
        return;
    }
    let fix = Fix::new(title(&field.name), Safety::Unsafe);
    let fix = match present(annotation) {
        Some(present) => required(fix, field, span, &present, value),
        None => fix.disabled("its annotation is made elsewhere"),
    };
    let fix = with_example(fix, &variable.to_uppercase());
    let name = format!("{}.{}", field.class, field.name);
    report(&name, field.span, fix, field.class.contains("Test"), sink);
}

/// Whether the default is `None`.
fn is_none(field: &Field, value: Span) -> bool {
    match &field.call {
        Some((call, Some(at))) => call.arguments[*at].kind == ValueKind::None,
        Some((_, None)) => false,
        None => field.text(value) == "None",
    }
}

/// An annotation without `None`.
fn present(annotation: &str) -> Option<String> {
    let text = annotation.trim();
    let inside = |name: &str| {
        let at = text.find(name)?;
        let plain = |c: char| c == '.' || c == '_' || c.is_alphanumeric();
        let whole = text[..at].chars().all(plain);
        text[at + name.len()..].strip_suffix(']').filter(|_| whole)
    };
    if text.contains(['#', '\n']) {
        return None;
    }
    if let Some(inner) = inside("Optional[") {
        return Some(inner.trim().to_owned());
    }
    let (list, separator) = match inside("Union[") {
        Some(inner) => (inner, ','),
        None => (text, '|'),
    };
    if list.contains(['[', '(']) {
        return None;
    }
    let sides: Vec<&str> = list.split(separator).map(str::trim).collect();
    let left: Vec<&str> = sides
        .iter()
        .filter(|side| **side != "None")
        .copied()
        .collect();
    match (&left[..], sides.len() > left.len()) {
        ([], _) => None,
        ([one], true) => Some((*one).to_owned()),
        (_, true) => Some(left.join(" | ")),
        // `x: str = None`
        (_, false) => Some(text.to_owned()),
    }
}

/// The field without its default, with all else that is said of it.
fn required(fix: Fix, field: &Field, annotation: Span, present: &str, value: Span) -> Fix {
    let fix = match field.text(annotation) == present {
        true => fix,
        false => fix.replace(annotation, present),
    };
    match &field.call {
        Some((call, Some(at))) if call.arguments.len() > 1 || field.text(value).contains('#') => {
            fix.replace(without_argument(call, *at), "")
        }
        _ => fix.replace(Span::new(annotation.end as usize, value.end as usize), ""),
    }
}

fn title(name: &str) -> String {
    format!("Require `{name}`: the program does not start without it")
}

fn with_example(fix: Fix, variable: &str) -> Fix {
    let plain = |c: char| c == '_' || c.is_ascii_alphanumeric();
    let is_variable = !variable.is_empty() && variable.chars().all(plain);
    match fix.disabled.is_none() && is_variable {
        true => fix.with(Intent::EnvExample(variable.to_owned())),
        false => fix,
    }
}

fn by_keyword<'c>(call: &'c Call, name: &str) -> Option<&'c Argument> {
    let named = |argument: &&Argument| argument.keyword.as_deref() == Some(name);
    call.arguments.iter().find(named)
}

fn report(name: &str, place: Span, fix: Fix, test: bool, sink: &mut Sink) {
    let message = format!(
        "`{name}` may be absent, and nothing in the project stops then: what it signs, encrypts or guards is open. Require it."
    );
    let draft = sink.at(place, message).also(&["CWE-1188"]).fix(fix);
    if test {
        draft.case("tests");
    }
}
