use crate::model::compose::interpolation::{Operator, Reference, masked, references};
use crate::model::compose::{EnvVar, Service, Setting, Text};
use crate::model::secret::{self, Named};
use crate::rule::{Area, Check, Context, Fix, Intent, Rule, Safety, Severity, Sink};

pub static RULE: Rule = Rule {
    name: "compose/default-secret",
    area: Area::Security,
    severity: Severity::Critical,
    cases: &[("development", Severity::Low)],
    minutes: 10,
    off: false,
    also: &["CWE-1392"],
    docs: r#"
A secret has a default that everyone who can read this file knows.

`${POSTGRES_PASSWORD:-changeme}` starts the service with `changeme` whenever the variable is not set, and says nothing.
One forgotten line in an `.env` file then puts a known password into production.

```yaml compose bad
services:
  db:
    image: postgres:16
    environment:
      POSTGRES_PASSWORD: ${POSTGRES_PASSWORD:-changeme}
```

Let the variable be required: compose then refuses to start without it.
Every compose command that reads this file needs the variable from then on, so the fix is not applied by itself.

```yaml compose fixed
services:
  db:
    image: postgres:16
    environment:
      POSTGRES_PASSWORD: ${POSTGRES_PASSWORD:?POSTGRES_PASSWORD must be set}
```

Passwords within URLs and defaults within defaults are found as well; the innermost default is the one to remove.

```yaml compose bad
services:
  api:
    image: acme/api
    environment:
      - DATABASE_URL=postgresql://app:${DB_PASSWORD:-app}@db/app
      - JWT_SECRET=${JWT_SECRET:-${SESSION_SECRET:-not-secret}}
```

```yaml compose fixed
services:
  api:
    image: acme/api
    environment:
      - DATABASE_URL=postgresql://app:${DB_PASSWORD:?DB_PASSWORD must be set}@db/app
      - JWT_SECRET=${JWT_SECRET:-${SESSION_SECRET:?SESSION_SECRET must be set}}
```

Empty defaults, required variables and defaults of other settings are no findings.
In development files the severity is low.

```yaml compose good
services:
  db:
    image: postgres:16
    environment:
      POSTGRES_DB: ${POSTGRES_DB:-app}
      POSTGRES_PASSWORD: ${POSTGRES_PASSWORD:?set it in .env}
      REPLICATION_PASSWORD: ${REPLICATION_PASSWORD:-}
      POSTGRES_PASSWORD_FILE: ${POSTGRES_PASSWORD_FILE:-/run/secrets/db}
      JWT_SECRET: ${JWT_SECRET}
      MAX_TOKENS: ${MAX_TOKENS:-4096}
```
"#,
    checks: &[Check::EnvVar(variable), Check::Service(service)],
};

fn variable(variable: &EnvVar, _: &Context, sink: &mut Sink) {
    if let Some(value) = &variable.value {
        report(
            &variable.name,
            value,
            &variable.service,
            variable.development,
            sink,
        );
    }
}

fn service(service: &Service, _: &Context, sink: &mut Sink) {
    for Setting { key, text } in &service.settings {
        report(key, text, &service.name, service.development, sink);
    }
}

fn report(key: &str, value: &Text, service: &str, development: bool, sink: &mut Sink) {
    for fallback in fallbacks(key, &value.raw) {
        let Reference {
            name,
            operator_range,
            operand,
            ..
        } = &fallback;
        let default = value.at(operand.clone());
        let mut draft = sink
            .at(
                default.clone(),
                format!(
                    "`{name}` falls back to a secret that anyone who reads this file knows. An unset variable goes unnoticed; \
                     require it with `:?`."
                ),
            )
            .also(&["CWE-1392"])
            .secret(default)
            .fix(
                Fix::new(
                    format!("Require `{name}`: every compose command that reads this file then needs it"),
                    Safety::Unsafe,
                )
                .replace(
                    value.at(operator_range.start..operand.end),
                    format!(":?{name} must be set"),
                )
                .with(Intent::EnvExample(name.to_string())),
            );
        if let Some(used) = &value.used {
            draft = draft.related(used.clone(), format!("used by `{service}` here"));
        }
        if development {
            draft.case("development");
        }
    }
}

/// The references of a value whose default is a secret; the innermost ones where they are nested.
fn fallbacks(key: &str, raw: &str) -> Vec<Reference> {
    let mut found = Vec::new();
    if raw.contains('$') && (raw.contains("://") || !secret::is_about_secret(key)) {
        walk(raw, 0..raw.len(), &references(raw), key, &mut found);
    }
    found
}

/// `key` is the name that the text of `range` is a value of.
fn walk(
    raw: &str,
    range: std::ops::Range<usize>,
    list: &[Reference],
    key: &str,
    found: &mut Vec<Reference>,
) {
    let text = &raw[range.clone()];
    let passwords = match text.contains("://") {
        true => secret::url_passwords(&masked(text, b'x')),
        false => Vec::new(),
    };
    for reference in list {
        let (start, end) = (
            reference.range.start - range.start,
            reference.range.end - range.start,
        );
        let whole = text.trim() == &text[start..end];
        let in_url = passwords
            .iter()
            .any(|password| password.start <= start && end <= password.end);
        let name = if secret::named(&reference.name) != Named::Other {
            reference.name.as_str()
        } else if in_url {
            "password"
        } else if whole {
            key
        } else {
            flag_before(&text[..start])
        };
        let default = &raw[reference.operand.clone()];
        if reference.operator == Some(Operator::Default)
            && is_secret(name, default, &reference.nested)
        {
            found.push(reference.clone());
        } else if reference.operator != Some(Operator::Required) {
            walk(
                raw,
                reference.operand.clone(),
                &reference.nested,
                name,
                found,
            );
        }
    }
}

/// The flag or variable that a command gives the text after `before`: `--requirepass ${X:-y}`, `PGPASSWORD=${X:-y}`.
fn flag_before(before: &str) -> &str {
    let before = before.trim_end_matches(['"', '\'']);
    let (head, assigned) = match before.strip_suffix('=') {
        Some(head) => (head, true),
        None => (before.trim_end_matches(' '), false),
    };
    let outside = |c: char| !c.is_ascii_alphanumeric() && !matches!(c, '_' | '-');
    let word = head.rsplit(outside).next().unwrap_or_default();
    if assigned || word.starts_with("--") {
        word
    } else {
        ""
    }
}

fn is_secret(name: &str, default: &str, nested: &[Reference]) -> bool {
    let named = nested.is_empty()
        && secret::is_secret_name(name)
        && secret::is_secret_value(default, secret::is_password_name(name));
    let in_url = || {
        let mask = masked(default, b'$');
        secret::url_passwords(&mask)
            .into_iter()
            .any(|range| secret::is_secret_value(&mask[range], true))
    };
    let url = default.contains("://");
    let about = secret::is_about_secret(name) && !url;
    let token = || nested.is_empty() && secret::looks_like_token(default);
    named || !about && (url && in_url() || token())
}
