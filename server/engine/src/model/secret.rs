//! What counts as a secret, by its name and by its value; the same for every kind of file.

use std::ops::Range;

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

/// Whether a literal value can be a secret at all. Booleans, the empty text, references and placeholders to be filled in are
/// none; numbers are, where the name asks for a password.
pub fn is_secret_value(value: &str, password: bool) -> bool {
    let value = value.trim();
    let lower = value.to_ascii_lowercase();
    if matches!(
        lower.as_str(),
        "" | "true"
            | "false"
            | "yes"
            | "no"
            | "on"
            | "off"
            | "none"
            | "null"
            | "nil"
            | "~"
            | "disabled"
            | "invalid"
    ) {
        return false;
    }
    // Nobody counts to 16 digits: that is a key.
    if !password && value.len() < 16 && value.parse::<f64>().is_ok() {
        return false;
    }
    let wrapped = |open: &str, close: &str| value.starts_with(open) && value.ends_with(close);
    let reference = value.starts_with('$') && value.len() > 1
        || value.contains("${")
        || value.contains("{{")
        || value.starts_with("%(")
        || wrapped("<", ">")
        || value.starts_with("/run/secrets/");
    !reference
}

/// `/run/keys/jwt.pem`, `./key`, `~/x`.
pub fn is_path(value: &str) -> bool {
    let ends = [
        ".pem", ".key", ".crt", ".cert", ".json", ".txt", ".yml", ".yaml",
    ];
    let single = !value.contains(char::is_whitespace);
    single
        && (value.starts_with("./")
            || value.starts_with("../")
            || value.starts_with("~/")
            || value.starts_with('/') && value[1..].contains(['/', '.'])
            || ends.iter().any(|end| value.ends_with(end)))
}

/// What a template leaves to be filled in: `@PASSWORD@`, `%PASSWORD%`, `__PASSWORD__`, `[[ password ]]`.
pub fn is_filled_in(value: &str) -> bool {
    let value = value.trim_matches(['"', '\'']);
    let wrapped = |open: &str, close: &str| {
        let inner = value
            .strip_prefix(open)
            .and_then(|rest| rest.strip_suffix(close));
        inner.is_some_and(|inner| !inner.is_empty())
    };
    wrapped("@", "@")
        || wrapped("%", "%")
        || wrapped("__", "__")
        || wrapped("[[", "]]")
        || wrapped("<", ">")
}

/// Whether a text has the shape of a provider's token or key, whatever its name.
pub fn looks_like_token(value: &str) -> bool {
    const PREFIXES: &[&str] = &[
        "sk-",
        "sk_live_",
        "sk_test_",
        "rk_live_",
        "ghp_",
        "gho_",
        "ghs_",
        "github_pat_",
        "glpat-",
        "xoxb-",
        "xoxp-",
        "AKIA",
        "ASIA",
        "AIza",
        "hf_",
        "npm_",
        "pypi-",
        "SG.",
    ];
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    PREFIXES.iter().any(|prefix| {
        value
            .strip_prefix(prefix)
            .is_some_and(|rest| rest.len() >= 4 && rest.chars().all(plain))
    })
}

/// Where the passwords of the URLs in a text are: `pass` in `scheme://user:pass@host`. May be empty.
pub fn url_passwords(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut from = 0;
    while let Some(at) = text[from..].find("://") {
        let start = from + at + 3;
        let end = text[start..]
            .find(|c: char| {
                matches!(c, '/' | '?' | '#' | '"' | '\'' | '`' | ',' | ';') || c.is_whitespace()
            })
            .map_or(text.len(), |at| start + at);
        if let Some(host) = text[start..end].rfind('@')
            && let Some(colon) = text[start..start + host].find(':')
        {
            let sentry = text[start + host..end].contains("sentry");
            if !sentry {
                found.push(start + colon + 1..start + host);
            }
        }
        from = start;
    }
    found
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
            || is(first, "key") && is(second, "base")
            || is(second, "token") && !is_one_of(first, COUNTING)
            || is_short_password(first, second)
    });
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
            ]
            .iter()
            .any(|end| ends(word, end))
    });
    let token = words.first().is_some_and(|word| is(word, "token"));
    if !pair && !alone && !token {
        Named::Other
    } else if words.last().is_some_and(|last| is_one_of(last, ABOUT)) {
        Named::About
    } else {
        Named::Secret
    }
}

fn is_password_word(word: &str) -> bool {
    is_one_of(word, &["pwd", "requirepass", "masterauth"])
        || ["password", "passwd", "passphrase"]
            .iter()
            .any(|end| ends(word, end))
}

fn is_short_password(owner: &str, word: &str) -> bool {
    is(word, "pass") && (is_one_of(owner, OWNERS) || ends(owner, "admin"))
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
pub(super) fn words(name: &str) -> Vec<&str> {
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
        ] {
            assert!(!is_secret_name(name), "{name}");
        }
    }

    #[test]
    fn values_of_secrets() {
        assert!(is_secret_value("changeme", false));
        assert!(is_secret_value("1234", true));
        for value in [
            "",
            "true",
            "1234",
            "${X}",
            "$X",
            "{{ x }}",
            "<your key>",
            "%(x)s",
        ] {
            assert!(!is_secret_value(value, false), "{value}");
        }
    }

    #[test]
    fn passwords_in_urls() {
        let found = |text: &'static str| -> Vec<&str> {
            url_passwords(text)
                .into_iter()
                .map(|range| &text[range])
                .collect()
        };
        assert_eq!(found("postgres://u:p@db/x redis://:q@r"), ["p", "q"]);
        assert_eq!(found("amqp://u:a@b@host"), ["a@b"]);
        assert!(
            found("http://db:5432/a@b https://a:b@o1.ingest.sentry.io/1 http://u@h").is_empty()
        );
    }
}
