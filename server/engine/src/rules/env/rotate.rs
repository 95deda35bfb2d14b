//! *Rotate*: a new secret in the place of an old one, wherever the file has it.

use crate::model::dotenv::secret::{Secret, Sort, secrets};
use std::sync::Arc;

use crate::model::Part;
use crate::model::dotenv::{Entry, File};
use crate::rule::{Fix, Form, Owner, Piece, Place, Safety};
use crate::text::Span;

/// The fix for a secret of an entry; where a provider makes it, one that says how it is done there.
pub(super) fn rotate(file: &File, chunk: u32, entry: &Entry, secret: &Secret) -> Fix {
    let key = &entry.key;
    if let Sort::Provider(name, place) = secret.sort {
        let reason = format!(
            "{name} makes this one: make another at {place}, put it here, then revoke the old one"
        );
        return Fix::new(format!("Rotate `{key}`"), Safety::Unsafe).disabled(reason);
    }
    let warning = if is_of_database(key, secret) {
        "a volume or database that exists keeps the old one until it is changed there"
    } else {
        match secret.sort {
            Sort::Signing => "what was signed or encrypted with the old one is not read any more",
            Sort::Other => "whoever gave it out must get to know the new one",
            _ => "whoever uses the old one must get to know the new one",
        }
    };
    let form = form(key, &secret.value);
    // Laravel writes what follows as bytes.
    let kept = if secret.value.starts_with("base64:") {
        "base64:"
    } else {
        ""
    };
    let new = || vec![Piece::from(kept), Piece::Random(form)];
    let title = format!("Rotate `{key}` to 256 random bits: {warning}");
    let mut fix = Fix::new(title, Safety::Unsafe).splice(File::place(chunk, secret.span), new());
    for (at, span) in copies(file, chunk, entry, secret) {
        fix = fix.splice(File::place(at, span), vec![Piece::Random(Form::Url)]);
    }
    fix
}

/// A secret that can be rotated. Spans are absolute.
#[derive(Debug)]
pub struct Rotation {
    pub entry: Span,
    pub secret: Span,
    pub fix: Fix,
}

/// All secrets of a file, with what rotates them.
pub fn rotations(parts: &[(usize, Arc<Part>)]) -> Vec<Rotation> {
    let file = File::read(parts);
    let base = |chunk: u32| parts.get(chunk as usize).map_or(0, |(start, _)| *start);
    let mut found = Vec::new();
    for (chunk, entry) in &file.entries {
        for secret in secrets(entry) {
            let mut fix = rotate(&file, *chunk, entry, &secret);
            for edit in &mut fix.edits {
                if let Owner::Nth(chunk) = edit.place.owner {
                    edit.place = Place {
                        owner: Owner::File,
                        span: edit.place.span.shifted(base(chunk)),
                    };
                }
            }
            found.push(Rotation {
                entry: entry.span.shifted(base(*chunk)),
                secret: secret.span.shifted(base(*chunk)),
                fix,
            });
        }
    }
    found
}

/// Other places of the file that have the same password: URLs of the same service, and for one in a URL the variable that
/// holds it.
pub(super) fn copies(file: &File, chunk: u32, entry: &Entry, secret: &Secret) -> Vec<(u32, Span)> {
    if secret.sort != Sort::Password {
        return Vec::new();
    }
    let own = family(entry, secret);
    let mut found = Vec::new();
    for (at, entry) in &file.entries {
        for other in secrets(entry) {
            let same = other.value == secret.value && (*at, other.span) != (chunk, secret.span);
            let linked = other.in_url || secret.in_url && other.sort == Sort::Password;
            if same && linked && alike(own, family(entry, &other)) {
                found.push((*at, other.span));
            }
        }
    }
    found
}

/// The service that a password is for, by the name of its variable or the scheme of its URL; `None` where neither says.
fn family(entry: &Entry, secret: &Secret) -> Option<&'static str> {
    const FAMILIES: &[(&str, &[&str])] = &[
        ("postgres", &["POSTGRES", "PG", "postgres", "TIMESCALE"]),
        ("mysql", &["MYSQL", "MARIADB", "mysql", "mariadb"]),
        ("redis", &["REDIS", "VALKEY", "redis", "valkey"]),
        ("rabbitmq", &["RABBIT", "AMQP", "amqp"]),
        ("mongodb", &["MONGO", "mongodb"]),
    ];
    let of = |text: &str| {
        let found = FAMILIES
            .iter()
            .find(|(_, words)| words.iter().any(|word| text.starts_with(word)));
        found.map(|(family, _)| *family)
    };
    if !secret.in_url {
        return of(&entry.key.to_ascii_uppercase());
    }
    // The scheme of the URL that the password stands in.
    let value = entry.value.as_ref()?;
    let before = secret.span.start.checked_sub(value.span.start)? as usize;
    let url = value.text.get(..before)?;
    let scheme = url[..url.rfind("://")?]
        .rsplit(|c: char| !c.is_ascii_alphanumeric() && c != '+')
        .next()?;
    of(scheme)
}

fn alike(a: Option<&str>, b: Option<&str>) -> bool {
    a.is_none() || b.is_none() || a == b
}

fn is_of_database(key: &str, secret: &Secret) -> bool {
    let upper = key.to_ascii_uppercase();
    let names = [
        "DB",
        "DATABASE",
        "POSTGRES",
        "PG",
        "MYSQL",
        "MARIADB",
        "MONGO",
        "RABBIT",
        "CLICKHOUSE",
        "NEO4J",
        "MINIO",
    ];
    secret.sort == Sort::Password
        && (secret.in_url || names.iter().any(|name| upper.contains(name)))
}

fn form(key: &str, value: &str) -> Form {
    let value = value.trim();
    let hex = value.len() >= 32 && value.bytes().all(|byte| byte.is_ascii_hexdigit());
    let fernet = value.len() == 44 && value.ends_with('=');
    if value.starts_with("base64:") {
        Form::Base64
    } else if key.to_ascii_uppercase().contains("FERNET") || fernet && !value.contains(['+', '/']) {
        Form::Padded
    } else if fernet {
        Form::Base64
    } else if hex {
        Form::Hex
    } else {
        Form::Url
    }
}
