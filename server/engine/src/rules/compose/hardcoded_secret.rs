use crate::model::compose::{Literal, Service, Text, digest, literals};
use crate::outside::Key;
use crate::rule::{Area, Check, Context, Fix, Intent, Place, Rule, Safety, Severity, Sink};
use crate::syntax::yaml::Style;

pub static RULE: Rule = Rule {
    name: "compose/hardcoded-secret",
    area: Area::Security,
    severity: Severity::Critical,
    cases: &[("development", Severity::Low)],
    minutes: 10,
    off: false,
    also: &["CWE-798", "CIS-4.10"],
    docs: r#"
A secret is written into the compose file.

Whoever can read the repository, a fork of it, a backup or the image of a CI runner has the secret then, and changing it
means a commit.
A password such as `changeme` is no better for being a placeholder: this file is what gets deployed.

```yaml compose bad
services:
  db:
    image: postgres:16
    environment:
      POSTGRES_USER: app
      POSTGRES_PASSWORD: hunter2
```

Take it from the environment and require it: compose then refuses to start without it.
Every compose command that reads this file needs the variable from then on, so the fix is not applied by itself.
The other fix writes the value to `.env` beside the file, keeps that out of git, and lists the name in `.env.example`.
A secret that was ever pushed is known: change it as well.

```yaml compose fixed
services:
  db:
    image: postgres:16
    environment:
      POSTGRES_USER: app
      POSTGRES_PASSWORD: ${POSTGRES_PASSWORD:?POSTGRES_PASSWORD must be set}
```

Secrets are looked for in the environment, in build arguments, in labels, in commands and health checks, and in URLs
anywhere in a service, of which the password alone is replaced.

```yaml compose bad
services:
  cache:
    image: redis:7
    command: redis-server --requirepass hunter2
  api:
    build:
      context: .
      args:
        - NPM_TOKEN=npm_3fGh7Kq2
    environment: [DATABASE_URL=postgresql://app:hunter2@db/app]
```

```yaml compose fixed
services:
  cache:
    image: redis:7
    command: redis-server --requirepass ${CACHE_PASSWORD:?CACHE_PASSWORD must be set}
  api:
    build:
      context: .
      args:
        - NPM_TOKEN=${NPM_TOKEN:?NPM_TOKEN must be set}
    environment: ["DATABASE_URL=postgresql://app:${DATABASE_PASSWORD:?DATABASE_PASSWORD must be set}@db/app"]
```

Files of secrets, references, empty values and settings that only speak of secrets are no findings; a default within a
reference is `compose/default-secret`'s.
In development files, and in services whose profiles are all for development, the severity is low.

```yaml compose good
services:
  db:
    image: postgres:16
    environment:
      POSTGRES_PASSWORD_FILE: /run/secrets/db
      REPLICATION_PASSWORD: ${REPLICATION_PASSWORD:?set it in .env}
      JWT_SECRET:
      TOKEN_TTL: 3600
      POSTGRES_HOST_AUTH_METHOD: scram-sha-256
    healthcheck:
      test: ["CMD-SHELL", "PGPASSWORD=$$POSTGRES_PASSWORD psql -U app"]
```
"#,
    checks: &[Check::Service(check)],
};

fn check(service: &Service, cx: &Context, sink: &mut Sink) {
    for literal in literals(service) {
        report(service, &literal, cx, sink);
    }
}

fn report(service: &Service, literal: &Literal, cx: &Context, sink: &mut Sink) {
    let text = &literal.text;
    let mut shown = literal.shown.clone();
    if let Some(first) = shown.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    let variable = free_name(service, literal, cx);
    let mut draft = sink
        .at(
            text.place.clone(),
            format!(
                "{shown} of `{}` is written into the file, so everyone who reads it knows the secret. Take it from the \
                 environment, and change it if it was ever pushed.",
                service.name
            ),
        )
        .also(RULE.also)
        .secret(text.place.clone());
    let (place, new) = replaced(text, &format!("${{{variable}:?{variable} must be set}}"));
    draft = draft
        .fix(
            Fix::new(
                format!(
                    "Require `{variable}`: every compose command that reads this file then needs it"
                ),
                Safety::Unsafe,
            )
            .replace(place.clone(), new.clone()),
        )
        .fix(
            Fix::new(
                format!("Move it to `.env` as `{variable}`, which git ignores"),
                Safety::Unsafe,
            )
            .replace(place, new)
            .with(Intent::EnvValue {
                name: variable.clone(),
                value: literal.value.clone(),
            })
            .with(Intent::EnvExample(variable))
            .with(Intent::GitIgnore(".env".into())),
        );
    if let Some(used) = &text.used {
        draft = draft.related(used.clone(), format!("used by `{}` here", service.name));
    }
    if service.development {
        draft.case("development");
    }
}

/// The variable of a secret; with the service before it where another secret of the file would have the same one.
fn free_name(service: &Service, literal: &Literal, cx: &Context) -> String {
    let variable = &literal.variable;
    let others = cx.outside.get(&Key::Literal(variable.as_str().into()));
    let own = digest(&literal.value);
    let key =
        |export: &crate::outside::Export| export.key == Key::Literal(variable.as_str().into());
    let clash = others.iter().any(|(_, part)| {
        let secrets = part.exports().iter().filter(|export| key(export));
        secrets
            .map(|export| export.digest)
            .any(|known| known != own)
    });
    if !literal.own || !clash {
        return variable.clone();
    }
    let fits = |c: char| c.is_ascii_alphanumeric();
    let service = service.name.to_ascii_uppercase().replace(|c| !fits(c), "_");
    format!("{service}_{variable}")
}

/// The edit that puts a reference in the place of a secret. Within brackets a plain scalar may hold no braces, so all of it is
/// quoted there.
fn replaced(text: &Text, reference: &str) -> (Place, String) {
    if !text.flow || text.style != Style::Plain {
        return (text.place.clone(), reference.to_string());
    }
    let (place, before, after) = text.scalar();
    let whole = format!("{before}{reference}{after}");
    let quoted = if whole.contains(['"', '\\']) {
        format!("'{}'", whole.replace('\'', "''"))
    } else {
        format!("\"{whole}\"")
    };
    (place, quoted)
}
