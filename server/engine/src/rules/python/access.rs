//! Whether what is written to a log under a secret's name is one: the name can hardly be anything else, or the code around
//! says so as well.

use crate::model::python::logged::{is_settings, words};
use crate::model::python::{Says, Shown, ShownKind, head, holds};

/// Whether a name, with what stands around it, is enough to call its value a secret.
pub(super) fn is_certain(shown: &Shown) -> bool {
    if shown.says == Says::Personal {
        return true;
    }
    if shown.kind == ShownKind::All {
        return is_settings(&shown.name);
    }
    let words = words(&shown.name);
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match kind(&words) {
        Kind::Certain => true,
        Kind::Key => !is_place(shown) && !is_protocol(shown),
        Kind::Collection => is_dictionary(shown),
        Kind::Header => shown
            .text(shown.value)
            .to_ascii_lowercase()
            .contains("header"),
        Kind::Unclear => is_opened(shown) || is_tied(shown, &words),
        Kind::Several => false,
    }
}

/// Whether it is a dictionary of credentials by its name.
pub(super) fn is_collection(shown: &Shown) -> bool {
    let words = words(&shown.name);
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let secret = shown.says == Says::Secret && shown.kind != ShownKind::All;
    secret && matches!(kind(&words), Kind::Collection)
}

enum Kind {
    /// `password`, `access_token`, `client_secret`
    Certain,
    /// `api_key`, `private_key`: also the key of something else, and a path.
    Key,
    /// `credentials`
    Collection,
    /// `Authorization`
    Header,
    /// `token`, `refund_token`, `secret`, `pwd`
    Unclear,
    /// `passwords`: names of secrets as often as secrets.
    Several,
}

/// What the last words of a name say.
fn kind(words: &[&str]) -> Kind {
    // Words that tell secrets apart: `password_old`, `password_from_vault`.
    #[rustfmt::skip]
    const APART: &[&str] = &[
        "again", "confirm", "confirmation", "current", "new", "old", "plain", "plaintext", "value",
    ];
    let from = words
        .iter()
        .position(|word| matches!(*word, "for" | "from" | "in" | "of"));
    let mut words = &words[..from.unwrap_or(words.len())];
    while let [rest @ .., last] = words
        && (APART.contains(last) || last.bytes().all(|byte| byte.is_ascii_digit()))
    {
        words = rest;
    }
    #[rustfmt::skip]
    const BEFORE_TOKEN: &[&str] = &[
        "access", "api", "auth", "bearer", "id", "jwt", "oauth", "refresh", "session",
    ];
    match words {
        [
            ..,
            "password" | "passwd" | "passphrase" | "accesstoken" | "authtoken" | "refreshtoken"
            | "clientsecret",
        ] => Kind::Certain,
        // Only with a word before it that makes it a password is it found at all.
        [.., _, "pass"] => Kind::Certain,
        [.., "client", "secret"] => Kind::Certain,
        [.., "secret", "access", "key"] => Kind::Certain,
        [.., before, "token"] if BEFORE_TOKEN.contains(before) => Kind::Certain,
        [.., "apikey" | "secretkey" | "privatekey"] => Kind::Key,
        [.., "api" | "secret" | "private", "key"] => Kind::Key,
        [.., "credentials" | "creds" | "credential"] => Kind::Collection,
        [.., "authorization"] => Kind::Header,
        [.., "passwords" | "tokens" | "secrets" | "keys"] => Kind::Several,
        _ => Kind::Unclear,
    }
}

/// A key that is a path: `--private-key ~/.ssh/id_rsa`; one that leads to a secret in a store.
fn is_place(shown: &Shown) -> bool {
    let around = shown.around().to_ascii_lowercase();
    let name = shown.name.to_ascii_lowercase();
    let has = |words: &[&str]| words.iter().any(|word| around.contains(word));
    if name.contains("private") {
        return has(&["open(", "path", "exists(", "file", ".pem", "public"]);
    }
    name.contains("secret")
        && has(&[
            "secret_name",
            "secretname",
            "secret_id",
            "get_secret(",
            "[secret_key]",
        ])
}

/// Kafka's keys of calls.
fn is_protocol(shown: &Shown) -> bool {
    let around = shown.around();
    ["api_version", "api_keys", "correlation_id"]
        .iter()
        .any(|word| around.contains(word))
}

/// Credentials are an object more often than not, which shows its type. A dictionary shows all that it holds.
fn is_dictionary(shown: &Shown) -> bool {
    let name = shown.text(shown.value).trim();
    let around = shown.around();
    let behind = [
        "[\"",
        "['",
        ".get(\"",
        ".get('",
        ".items()",
        " = {",
        " = dict(",
        " = json.load",
    ];
    let used = behind
        .iter()
        .any(|sign| around.contains(&format!("{name}{sign}")));
    !name.is_empty() && (used || around.contains(&format!("**{name}")))
}

/// `settings.webhook.get_secret_value()`: who takes a value out of its wrapper knows that it is one.
fn is_opened(shown: &Shown) -> bool {
    let value = shown.text(shown.value);
    let call = shown.text(shown.call);
    value.contains(".get_secret_value()") || call.contains(&format!("{value}.get_secret_value()"))
}

/// A line of the function that has the name in it says what it is: where the value comes from, or what it is used for.
fn is_tied(shown: &Shown, words: &[&str]) -> bool {
    #[rustfmt::skip]
    const SIGNS: &[&str] = &[
        "authenticate(", "authorization", "bearer ", "compare_digest", "encrypt(", "environ[", "environ.get(", "fernet(",
        "getenv(", "getpass", "hmac.", "jwt.", "keyring.", "log_in(", "login(", "oauth", "secrets.token",
        "sign_in(", "token_hex(", "token_urlsafe(", "x-api-key", "x-auth-token",
    ];
    let around = shown.around();
    let value = shown.text(shown.value).trim();
    let name = value.rsplit('.').next().unwrap_or_default();
    let name = match name
        .bytes()
        .all(|byte| byte == b'_' || byte.is_ascii_alphanumeric())
    {
        true => name,
        false => &shown.name,
    };
    let signs = |line: &str| {
        let line = line.to_ascii_lowercase();
        let folder = words == ["pwd"] && line.contains("environ");
        !folder && SIGNS.iter().any(|sign| line.contains(sign))
    };
    let own = shown.text(shown.call);
    signs(value) || beside_password(around, name) || {
        let lines = around.lines().filter(|line| !own.contains(line.trim()));
        lines.filter(|line| holds(line, name)).any(signs)
    }
}

/// A parameter beside a password, and any of a function that logs in.
fn beside_password(around: &str, name: &str) -> bool {
    let head = head(around);
    let lower = head.to_ascii_lowercase();
    let password = ["password", "passwd"]
        .iter()
        .any(|word| holds(&lower, word) && *word != name);
    let function = lower.split('(').next().unwrap_or_default();
    holds(head, name)
        && (password || function.contains("login") || function.contains("authenticate"))
}
