//! What counts as a secret, by its name and by its value; the same for every kind of file.

mod name;

use std::ops::Range;

pub(super) use name::words;
pub use name::{Named, goes_on, is_about_secret, is_password_name, is_secret_name, named};

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

#[cfg(test)]
mod tests {
    use super::*;

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
