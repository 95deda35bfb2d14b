//! What a name says of its value.

/// What a name says of its value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Named {
    /// It is a secret: `POSTGRES_PASSWORD`, `jwtSecret`, `api-key`.
    Secret,
    /// It is none, though the name speaks of one: `DB_PASSWORD_FILE`, `TOKEN_TTL`.
    About,
    Other,
}

pub fn is_secret_name(name: &str) -> bool {
    named(name) == Named::Secret
}

pub fn is_about_secret(name: &str) -> bool {
    named(name) == Named::About
}

/// Whether a name says that its value is a password or the like, of which numbers are values as well.
pub fn is_password_name(name: &str) -> bool {
    if !is_secret_name(name) {
        return false;
    }
    let words = words(name);
    words.iter().any(|word| is_password_word(word))
        || words
            .windows(2)
            .any(|pair| is_short_password(pair[0], pair[1]))
}

/// Last words after which a name no longer means the secret itself.
#[rustfmt::skip]
const ABOUT: &[&str] = &[
    "file", "path", "url", "uri", "name", "names", "id", "ids", "ttl", "expiry", "expires", "expire", "expiration",
    "length", "len", "min", "max", "algorithm", "alg", "type", "header", "headers", "field", "enabled", "disabled",
    "enable", "limit", "limits", "timeout", "policy", "prefix", "suffix", "rotation", "rounds", "seconds", "minutes",
    "hours", "days", "lifetime", "duration", "interval", "count", "size", "issuer", "audience", "endpoint", "host",
    "port", "provider", "backend", "mode", "version", "regex", "pattern", "format", "user", "username", "email",
    "env", "arn", "region", "scope", "scopes", "class", "required", "dir", "folder", "store", "attempts", "retries",
    "strategy", "usage", "per", "budget", "index", "hint", "label", "placeholder", "description", "title",
    "validators", "strength", "score", "minimum", "maximum", "threshold", "uuid", "at",
];
/// Words that say as what something is written, and not what it is: `token_scope_string` is a scope.
const WRITTEN: &[&str] = &[
    "b64", "base64", "bytes", "hex", "obj", "raw", "str", "string", "text", "val", "value",
];
/// Words before `token` that make it a piece of text, not a credential.
#[rustfmt::skip]
const COUNTING: &[&str] = &[
    "max", "num", "min", "prompt", "total", "pad", "eos", "bos", "next", "unk", "sep", "cls", "mask", "stop", "start",
    "per", "completion", "input", "output",
];
/// Words before `key` that make it a secret.
#[rustfmt::skip]
const KEYS: &[&str] = &[
    "api", "private", "access", "secret", "signing", "jwt", "encryption", "memory", "master", "session", "cookie",
    "fernet", "hmac", "aes", "auth",
];
/// Words before `pass` that make it a password.
#[rustfmt::skip]
const OWNERS: &[&str] = &[
    "db", "database", "user", "admin", "root", "smtp", "mail", "email", "mysql", "mariadb", "postgres", "pg", "redis",
    "mongo", "rabbitmq", "ftp", "ssh", "http", "auth", "login", "proxy", "basic", "default", "server", "amqp", "mqtt",
    "ldap", "bind",
];

/// Whether a name has one of the words in it without which none speaks of a secret. Nearly every name has none, and every
/// key of every file is asked.
fn may_speak(name: &str) -> bool {
    (0..name.len()).any(|at| {
        let roots: &[&str] = match name.as_bytes()[at].to_ascii_lowercase() {
            b'c' => &["credential"],
            b'k' => &["key"],
            b'm' => &["masterauth"],
            b'p' => &["pass", "pwd"],
            b's' => &["secret"],
            b't' => &["token"],
            _ => return false,
        };
        // An ASCII byte begins a character.
        roots.iter().any(|root| starts(&name[at..], root))
    })
}

pub fn named(name: &str) -> Named {
    if !may_speak(name) {
        return Named::Other;
    }
    if starts(name, "next_public_") || starts(name, "vite_") || ends(name, "sentry_dsn") {
        return Named::Other;
    }
    let words = words(name);
    let pair = words.windows(2).any(|pair| {
        let (first, second) = (pair[0], pair[1]);
        is(second, "key") && is_one_of(first, KEYS)
            || is(second, "token") && !is_one_of(first, COUNTING)
            || is_short_password(first, second)
    }) || is_key_base(&words);
    let alone = words.iter().any(|word| {
        is_password_word(word)
            || is_one_of(word, &["secret", "credential", "credentials"])
            || [
                "apikey",
                "secretkey",
                "accesskey",
                "privatekey",
                "authtoken",
                "accesstoken",
                "clientsecret",
                "apisecret",
            ]
            .iter()
            .any(|end| ends(word, end))
    });
    let token = words.first().is_some_and(|word| is(word, "token"));
    if !pair && !alone && !token {
        Named::Other
    } else if is_about(&words) {
        Named::About
    } else {
        Named::Secret
    }
}

/// `token_url`, `secret_id_value`, `path_private_key`
fn is_about(words: &[&str]) -> bool {
    let mut said = words.iter().rev();
    let last = said.find(|word| !is_one_of(word, WRITTEN));
    last.is_some_and(|last| is_one_of(last, ABOUT))
        || words.first().is_some_and(|first| is(first, "path"))
}

/// `SECRET_KEY_BASE`, but not what is written in base 64.
fn is_key_base(words: &[&str]) -> bool {
    let pair = |pair: &[&str]| is(pair[0], "key") && is(pair[1], "base");
    words.windows(2).any(pair) && !words.last().is_some_and(|last| is(last, "64"))
}

/// Whether a name goes on behind the word for a secret, and so may be of something else: `password_change_notice`,
/// `token_exchange_profile`. Words that tell secrets apart go on with nothing: `password_old`, `secret_key_2`.
pub fn goes_on(name: &str) -> bool {
    let words = words(name);
    let last = (0..words.len()).rev().find(|at| {
        let word = words[*at];
        let key = is_one_of(word, &["key", "keys"]);
        let whole = *at > 0 && key && is_one_of(words[*at - 1], KEYS);
        let ends_so = !key && SECRETS.iter().any(|secret| ends(word, secret));
        whole || ends_so || ["apikey", "accesskey"].iter().any(|end| ends(word, end))
    });
    let Some(last) = last else { return false };
    let mut rest = words[last + 1..].iter();
    let stops = |word: &&&str| !is_one_of(word, &["by", "for", "from", "in", "of"]);
    rest.by_ref().take_while(stops).any(|word| {
        let numbered = word.bytes().any(|byte| byte.is_ascii_digit());
        word.len() > 1 && !numbered && !is_one_of(word, APART)
    })
}

/// Words that a name of a secret ends in.
const SECRETS: &[&str] = &[
    "authorization",
    "credential",
    "credentials",
    "pass",
    "passphrase",
    "passwd",
    "password",
    "privatekey",
    "pwd",
    "secret",
    "secrete",
    "secretkey",
    "token",
];
/// Words that tell one secret from another, or say as what it is written.
#[rustfmt::skip]
const APART: &[&str] = &[
    "admin", "backup", "base", "bytes", "ci", "cleartext", "current", "data", "db", "default", "dev",
    "development", "dict", "eu", "first", "global", "hex", "internal", "live", "local", "main", "master", "new", "old", "one",
    "pem", "pg", "phrase", "plain", "plaintext", "previous", "primary", "prod", "production", "qa", "raw", "root", "salt", "second",
    "secondary", "shared", "stage", "staging", "str", "string", "test", "txt", "two", "us", "user", "val", "value", "word",
];

fn is_password_word(word: &str) -> bool {
    is_one_of(word, &["pwd", "requirepass", "masterauth"])
        || ["password", "passwd", "passphrase"]
            .iter()
            .any(|end| ends(word, end))
}

fn is_short_password(owner: &str, word: &str) -> bool {
    is(word, "pass") && (is_one_of(owner, OWNERS) || ends(owner, "admin"))
        // `PassWord`
        || is(owner, "pass") && is_one_of(word, &["word", "phrase"])
}

fn is(word: &str, wanted: &str) -> bool {
    word.eq_ignore_ascii_case(wanted)
}

fn is_one_of(word: &str, list: &[&str]) -> bool {
    list.iter().any(|wanted| is(word, wanted))
}

fn starts(word: &str, start: &str) -> bool {
    word.get(..start.len()).is_some_and(|head| is(head, start))
}

fn ends(word: &str, end: &str) -> bool {
    let tail = word.len().checked_sub(end.len());
    tail.and_then(|at| word.get(at..))
        .is_some_and(|tail| is(tail, end))
}

/// The words of a name, split at `_`, `-`, `.`, blanks and changes of case.
pub(in crate::model) fn words(name: &str) -> Vec<&str> {
    let mut words = Vec::new();
    let mut start = 0;
    let mut before: Option<char> = None;
    let mut chars = name.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        let after = chars.peek().map(|(_, after)| *after);
        let rises = c.is_uppercase()
            && before.is_some_and(|before| {
                before.is_lowercase()
                    || before.is_ascii_digit()
                    || before.is_uppercase() && after.is_some_and(char::is_lowercase)
            });
        if rises || !c.is_alphanumeric() {
            words.push(&name[start..at]);
            start = if rises { at } else { at + c.len_utf8() };
        }
        before = Some(c);
    }
    words.push(&name[start..]);
    words.retain(|word| !word.is_empty());
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_secrets() {
        for name in [
            "POSTGRES_PASSWORD",
            "PGPASSWORD",
            "MYSQL_PWD",
            "jwtSecret",
            "api-key",
            "OPENAI_API_KEY",
            "apiKey",
            "SECRET_KEY_BASE",
            "OTP_KEY_BASE",
            "GF_SECURITY_ADMIN_PASSWORD",
            "AWS_SECRET_ACCESS_KEY",
            "db.passwd",
            "TOKEN",
            "GITHUB_TOKEN",
            "MEMORY_KEY",
            "DB_PASS",
            "HTTPPassword",
            "credentials",
            "S3_SECRETKEY",
            "PassWord",
            "myPassPhrase",
            "apisecret",
            "PASSWORD_STRING",
        ] {
            assert!(is_secret_name(name), "{name}");
        }
        for name in [
            "POSTGRES_PASSWORD_FILE",
            "AWS_ACCESS_KEY_ID",
            "MAX_TOKENS",
            "max_token",
            "TOKEN_TTL",
            "SECRET_NAME",
            "PASSWORD_RESET_URL",
            "NEXT_PUBLIC_API_KEY",
            "SENTRY_DSN",
            "POSTGRES_DB",
            "PUBLIC_KEY",
            "KEY",
            "monkey",
            "secretary",
            "tokens",
            "eos_token",
            "two_pass",
            "COMPASS",
            "API_KEY_HEADER",
            "JWT_ALGORITHM",
            "token_scope_string",
            "credential_id_b64",
            "path_private_key",
            "PROPAGATION_KEY_BASE64",
            "PROPAGATION_KEY_BASE_64",
        ] {
            assert!(!is_secret_name(name), "{name}");
        }
    }
}
