use super::rotate::{copies, rotate};
use crate::file::says_test;
use crate::model::dotenv::File;
use crate::model::dotenv::secret::{Secret, Sort, Weakness, secrets, weakness};
use crate::model::token::is_template;
use crate::rule::{Area, Check, Context, Rule, Severity, Sink};

pub static RULE: Rule = Rule {
    name: "env/weak-secret",
    area: Area::Security,
    severity: Severity::High,
    cases: &[("template", Severity::Low), ("for tests", Severity::Low)],
    off: false,
    minutes: 15,
    also: &["CWE-521", "CWE-1392"],
    docs: r#"
A secret in an environment file can be guessed, or was never set.

A signing key of few characters is tried out offline, against one token that it signed; then anybody can sign in as
anybody.
A password such as `changeme` is the first that is tried.
Secrets that sign or encrypt, and keys that the application itself gives out, need 32 characters; passwords 12.
What a template left to be filled in (`your_key_here`) must be.

```dotenv .env bad
JWT_SECRET=topsecret
POSTGRES_PASSWORD=changeme
DATABASE_URL=postgresql://app:changeme@db:5432/app
OPENAI_API_KEY=your_openai_key_here
```

*Rotate* puts 256 random bits there, in base64 that URLs and shells take as it is, padded for Fernet keys; URLs of the
file that repeat the password get the new one, too.
It is not safe: what the old secret signed or encrypted is lost, and a database keeps its password in its volume until
it is changed there (`ALTER ROLE … PASSWORD`).
There is no fix for a key that a provider makes: the message of the fix says where to make another.
In an editor, every secret of such a file can be rotated, weak or not.

```dotenv .env good
JWT_SECRET=Zk3vY1qXwR8tLm5NpB7cD9fGhJ2sKaQe0uTiOyVxWzA
POSTGRES_PASSWORD=correct-horse-battery
DATABASE_URL=postgresql://app:correct-horse-battery@db:5432/app
SMTP_PASSWORD=${SMTP_PASSWORD_OF_HOST}
OPENAI_API_KEY=
LOG_LEVEL=debug
```

A template (`.env.example`) is read by everyone: only what would work there as a default is a finding, of low severity,
since people start what they have copied.

```dotenv .env.example bad
POSTGRES_PASSWORD=postgres
```

```dotenv .env.example good
POSTGRES_PASSWORD=
JWT_SECRET=your_secret_of_32_characters_here
```

Files for tests (`.env.test`, `.env.ci`) are of low severity as well.
"#,
    checks: &[Check::Dotenv(check)],
};

fn check(file: &File, cx: &Context, sink: &mut Sink) {
    let template = is_template(&cx.file.path);
    let test = says_test(&cx.file.path);
    let user = |secret: &Secret| {
        let names = ["USER", "USERNAME", "LOGIN"];
        let users = file
            .entries
            .iter()
            .filter(|(_, entry)| names.iter().any(|name| entry.key.ends_with(name)));
        let mut users = users.filter_map(|(_, entry)| entry.value.as_ref());
        let same = users.any(|user| user.text.eq_ignore_ascii_case(secret.value.trim()));
        (same && secret.sort == Sort::Password).then(|| secret.value.trim().to_owned())
    };
    // Passwords whose URLs are changed with them: one finding for both.
    let mut told: Vec<(u32, crate::text::Span)> = Vec::new();
    let entries = file.entries.iter();
    let found = entries.flat_map(|(chunk, entry)| {
        secrets(entry)
            .into_iter()
            .map(move |secret| (*chunk, entry, secret))
    });
    let mut found: Vec<_> = found.collect();
    found.sort_by_key(|(_, _, secret)| secret.in_url);
    for (chunk, entry, secret) in found {
        if told.contains(&(chunk, secret.span)) {
            continue;
        }
        let Some(weak) = weakness(&secret, user(&secret).as_deref()) else {
            continue;
        };
        if template && weak != Weakness::Default {
            continue;
        }
        let key = &entry.key;
        let what = if secret.in_url {
            format!("The password in `{key}`")
        } else {
            format!("`{key}`")
        };
        let message = match (weak, template) {
            (_, true) => format!(
                "{what} has a default that works, and whoever copies this file starts with it. Leave it empty."
            ),
            (Weakness::Placeholder, _) => {
                format!("{what} still has what the template put there. Set it.")
            }
            (Weakness::Default, _) => {
                format!("{what} is one that everybody tries first. Rotate it.")
            }
            (Weakness::Short(length, least), _) => {
                let why = match secret.sort {
                    Sort::Password => "guessed",
                    Sort::Signing => "tried out offline",
                    _ => "tried out",
                };
                let s = if length == 1 { "" } else { "s" };
                format!(
                    "{what} has {length} character{s}: below {least} it can be {why}. Rotate it."
                )
            }
        };
        let place = File::place(chunk, secret.span);
        let copies = copies(file, chunk, entry, &secret);
        let mut draft = sink
            .at(place.clone(), message)
            .also(&["CWE-521"])
            .secret(place);
        if weak == Weakness::Default {
            draft = draft.also(&["CWE-1392"]);
        }
        for (at, span) in &copies {
            draft = draft
                .related(File::place(*at, *span), "repeated here")
                .secret(File::place(*at, *span));
        }
        told.extend(copies);
        if template {
            draft = draft.case("template");
        } else {
            draft = draft.fix(rotate(file, chunk, entry, &secret));
        }
        if test {
            draft.case("for tests");
        }
    }
}
