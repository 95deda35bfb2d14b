//! Values under a secret's name that are no secrets: they stand for one, say something of it, or name it.

use crate::model::python::{Literal, TargetKind};
use crate::model::secret;
use crate::model::signing_key::is_own_api_key;

/// Whether a value says what its name says, or what is to be put in its place.
pub(super) fn stands_for_itself(name: &str, kind: TargetKind, value: &str) -> bool {
    let value = value.trim();
    is_mask(value)
        || is_template(value)
        || is_kind(value)
        || is_selector(value)
        || is_sentence(value, kind)
        || repeats(name, value)
        || is_name_of_something(name, kind, value)
        || is_pattern(value)
        || says_little(name) && !is_made_up_in_haste(value) && !could_be_drawn(value)
        || says_place(name)
        || value.parse::<f64>().is_ok_and(|number| number < 0.0)
        || says_api_key(name) && !is_key(value, kind)
        || secret::goes_on(name) && !is_random(value)
        || is_label(name) && !is_random(value) && !is_weak(value)
}

/// `"Slack Token"`: what people read, and no key of a configuration.
fn is_label(name: &str) -> bool {
    name.contains(char::is_whitespace)
}

/// Whether a value is one of a dictionary's that say the same of all its keys: `{"password": "textbox", …}`, or name a class
/// for each: `{"secret": "SecretVolume", "disk": "DiskVolume", …}`, or the name under which something is kept elsewhere:
/// `{"password": "userPassword", "name": "displayName", …}`.
pub(super) fn is_one_of_a_table(literal: &Literal) -> bool {
    let value = literal.text(literal.value);
    let row = |row: &str| row.trim_end().trim_end_matches(',').to_owned();
    let same = |at: &&str| row(at) == value;
    let class = |written: &str| {
        let name = written.trim_matches(['"', '\'']);
        let class = name.starts_with(|c: char| c.is_ascii_uppercase());
        let plain = |c: char| c.is_ascii_alphabetic() || class && c.is_ascii_digit();
        name.chars().all(plain)
            && name.chars().any(|c| c.is_ascii_lowercase())
            && words(name).len() >= 2
    };
    let classes = || literal.rows().filter(|at| class(&row(at))).count() >= 3;
    literal.kind == TargetKind::Key
        && (literal.rows().filter(same).count() >= 4 || class(value) && classes())
}

/// `***`, `xxxx`, `…`, `-----`
fn is_mask(value: &str) -> bool {
    let masks = |c: char| matches!(c, '*' | 'x' | 'X' | '.' | '-' | '_' | '•' | '…' | '?' | '#');
    !value.chars().any(char::is_alphanumeric)
        || value.chars().all(masks)
        || ["***", "xxxxxx", "XXXXXX"]
            .iter()
            .any(|run| value.contains(run))
        || value.contains("...")
        || value.starts_with('[') && value.ends_with(']')
        || value.contains("[Filtered]")
        || value.contains("REDACTED")
        || value.contains("redacted")
        || ["\\033[", "\\x1b[", "\\u001b["]
            .iter()
            .any(|code| value.contains(code))
}

/// Something is put in before it is used: `{password}`, `%s`, `your-api-key`.
fn is_template(value: &str) -> bool {
    let lower = value.to_ascii_lowercase();
    value.contains('{') && value.contains('}')
        || value.contains("%s")
        || value.contains("%(")
        || value.contains('<') && value.contains('>')
        || value.starts_with('$')
        || lower.starts_with("your")
        || lower.contains("your_")
        || lower.contains("your-")
        || lower.contains("_here")
        || lower.contains("-here")
        || lower.contains("placeholder")
}

/// What a secret is, or where it is: words of protocols and of forms.
fn is_kind(value: &str) -> bool {
    #[rustfmt::skip]
    const KINDS: &[&str] = &[
        "access_token", "active", "always", "anonymous", "api_key", "apikey", "ask", "auth", "authorization", "authorization_code",
        "basic", "bearer", "body", "bytes", "char", "client_credentials", "client_secret", "client_secret_basic",
        "client_secret_post", "cookie", "credentials", "csrf", "device_code", "digest", "dynamic", "empty",
        "encrypted", "env", "error", "forbidden", "header", "hidden", "id_token", "inactive", "int", "json", "jwt", "keyring",
        "masked", "missing", "n/a", "never", "not set", "not_set", "oauth", "oauth2", "optional", "passwd",
        "password", "plain", "plaintext", "prompt", "psw", "pwd", "query", "raw", "redacted", "refresh_token",
        "required", "sensitive", "static", "str", "string", "text", "textbox", "token", "undefined", "unknown", "unset",
        "varchar", "x-api-key", "x-auth-token",
    ];
    let lower = value.to_ascii_lowercase();
    // What a prompt ends in, whatever the case of its first letter.
    let prompt = value.len() >= 5 && "password".contains(&*lower);
    // What a reader is told of a wrong one: `invalid-api-key`.
    let wrong = lower.starts_with("invalid") && !is_random(value);
    // How passwords are hashed: `pbkdf2_sha512`.
    const HASHES: &[&str] = &["argon2", "bcrypt", "pbkdf2", "scrypt", "sha256", "sha512"];
    let hash = value.len() <= 24 && HASHES.iter().any(|hash| lower.starts_with(hash));
    prompt || wrong || hash || lower.starts_with("x-") || KINDS.contains(&&*lower)
}

/// Of pages: `#password`, `//input[@name="p"]`, `input[type=password]`, `.token`; of code: a dotted path.
fn is_selector(value: &str) -> bool {
    let plain = |c: char| c == '_' || c == '.' || c == ':' || c == '/' || c.is_ascii_alphanumeric();
    let dotted = value.contains('.')
        && !value.contains(char::is_whitespace)
        && value.chars().all(plain)
        && value.split('.').filter(|part| is_word_like(part)).count() >= 2
        && value.split('.').all(is_word_like);
    value.starts_with("//")
        || value.starts_with('#') && value[1..].starts_with(|c: char| c.is_ascii_alphabetic())
        || value.starts_with('.') && value[1..].starts_with(|c: char| c.is_ascii_alphabetic())
        || value.contains("[type=")
        || value.contains("[name=")
        || value.starts_with('/')
        || value.contains("://")
        || dotted
}

/// Letters, with few digits, as in names that people give.
fn is_word_like(word: &str) -> bool {
    let digits = word.bytes().filter(u8::is_ascii_digit).count();
    !word.is_empty() && word.len() <= 30 && digits * 4 <= word.len()
}

/// Words with blanks between them, as people read them. A password that is compared may have blanks.
fn is_sentence(value: &str, kind: TargetKind) -> bool {
    let words: Vec<&str> = value.split_whitespace().collect();
    let plain = words
        .iter()
        .filter(|word| {
            let word = word.trim_matches(|c: char| c.is_ascii_punctuation());
            word.chars()
                .all(|c| c.is_alphabetic() || matches!(c, '\'' | '-' | '_'))
        })
        .count();
    let shape = words.len() >= 2 && plain * 2 >= words.len();
    let other = value.chars().any(|c| !c.is_ascii() && c.is_alphabetic()) && plain == words.len();
    let titled = value.starts_with(|c: char| c.is_ascii_uppercase());
    match kind {
        TargetKind::Compared => shape && (titled || words.len() > 4) || other,
        _ => shape || other,
    }
}

/// All words of the value stand in the name, or the other way round: `PASSWORD_FIELD = "password"`,
/// `CONF_ACCESS_TOKEN = "access-token"`, `{"secret": "secret_value"}`.
fn repeats(name: &str, value: &str) -> bool {
    const FIELDS: &[&str] = &["field", "input", "key", "name", "text", "value"];
    let (name, mut value) = (words(name), words(value));
    if value.len() > name.len() && value.last().is_some_and(|last| FIELDS.contains(&&**last)) {
        value.pop();
    }
    let singular = |word: &str| word.strip_suffix('s').unwrap_or(word).to_owned();
    let name: Vec<String> = name.iter().map(|word| singular(word)).collect();
    // `apikey` stands in `CONF_API_KEY`.
    let holds = |word: &String| {
        let word = singular(word);
        // `moderator` is cut short in `mod_password`.
        let letters = word.chars().all(char::is_alphabetic);
        let cut = |short: &String| short.len() >= 3 && letters && word.starts_with(&**short);
        value.len() > 1 && name[..name.len() - 1].iter().any(cut)
            || (0..name.len())
                .any(|from| (from + 1..=name.len()).any(|to| name[from..to].concat() == word))
    };
    // `aws_secret_access_key="secretkey"`
    let mut left = value.concat();
    for word in &name {
        left = left.strip_prefix(&**word).unwrap_or(&left).to_owned();
    }
    let run = name.len() > 2 && left.is_empty();
    let same = || singular(&value.concat()) == name.concat();
    !value.is_empty() && (run || value.iter().all(holds) || same())
}

fn words(text: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut lower = false;
    let mut open = false;
    for c in text.chars() {
        if !c.is_alphanumeric() {
            open = false;
            lower = false;
            continue;
        }
        if !open || c.is_uppercase() && lower {
            words.push(String::new());
        }
        open = true;
        lower = c.is_lowercase();
        if let Some(word) = words.last_mut() {
            word.extend(c.to_lowercase());
        }
    }
    words
}

/// A constant whose value is a name by which other things know it: a key of a configuration, an event, a message.
fn is_name_of_something(name: &str, kind: TargetKind, value: &str) -> bool {
    #[rustfmt::skip]
    const FIRST: &[&str] = &[
        "ATTR", "CONF", "EVENT", "FIELD", "GRANT", "HEADER", "KEY", "OPT", "OPTION", "PARAM", "SERVICE", "TYPE",
        "ERROR", "ERR", "STEP", "ENV", "VAR", "SETTING", "FLAG", "COLUMN", "COL", "PERMISSION", "SCOPE", "SIGNAL",
        "CMD", "COMMAND", "ACTION", "MSG", "MESSAGE", "LABEL", "INVALID", "WRONG", "MISSING", "NO", "BAD", "DATA",
        "CONFIG", "UNSUPPORTED", "DEVICE_CLASS", "URL", "URI", "PATH", "API",
    ];
    let constant = !name.chars().any(char::is_lowercase);
    let identifier = !value.is_empty()
        && value
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.' | ':' | '/' | '~'));
    if !identifier {
        return false;
    }
    let first = name
        .trim_start_matches('_')
        .split('_')
        .next()
        .unwrap_or_default();
    if constant && FIRST.contains(&first) && first != name && !is_random(value) {
        return true;
    }
    // A name of a secret itself, of several words: `DB_PASSWORD_KEY`-like constants, names of variables.
    let named = secret::named(value) != secret::Named::Other;
    let several = words(value).len() >= 2;
    let shouted = !value.chars().any(char::is_lowercase) && value.contains('_');
    // `RULE_SECRET_13` as well.
    let letters = |word: &str| word.chars().all(|c| c.is_ascii_uppercase());
    let number = |word: &str| word.len() <= 3 && word.bytes().all(|byte| byte.is_ascii_digit());
    let mut parts = value.split('_');
    let first_word = parts.next().is_some_and(letters);
    let upper_value = shouted && first_word && parts.all(|part| letters(part) || number(part));
    // `{"key_file_pwd": "private_key_password"}`
    let long = kind == TargetKind::Key && words(value).len() >= 3 && !value.contains('-');
    let leads = constant || long;
    // `{"password": "PGPASSWORD"}`
    let variable = kind == TargetKind::Key && letters(value);
    upper_value
        || variable && named
        || leads && named && several && !is_weak(value) && !is_random(value)
}

/// What people write where a secret is wanted and none is at hand.
fn is_weak(value: &str) -> bool {
    const WEAK: &[&str] = &[
        "admin", "change", "default", "demo", "dev", "dummy", "example", "insecure", "local",
        "root", "sample", "secret", "super", "test",
    ];
    let lower = value.to_ascii_lowercase();
    WEAK.iter().any(|weak| lower.contains(weak))
}

/// The same for a token, which is a word of a text elsewhere.
fn is_made_up_in_haste(value: &str) -> bool {
    let lower = value.to_ascii_lowercase();
    ["admin", "change", "insecure", "secret"]
        .iter()
        .any(|weak| lower.contains(weak))
}

/// Digits among letters, or both cases mixed.
pub(super) fn is_random(value: &str) -> bool {
    let digits = value.bytes().filter(u8::is_ascii_digit).count();
    value.len() >= 8 && digits >= 3 || value.len() >= 20 && digits >= 2
}

/// A token, or the key of a session or of a memory, and nothing else: what a parser reads, or a name under which something is kept.
fn says_little(name: &str) -> bool {
    let words = words(name);
    let has = |wanted: &str| words.iter().any(|word| word == wanted);
    let more = [
        "password",
        "passwd",
        "secret",
        "pwd",
        "passphrase",
        "apikey",
        "credential",
        "credentials",
        "private",
    ];
    let kept = ["cookie", "memory", "session"];
    let key = has("key") && kept.iter().any(|word| has(word));
    (has("token") || key || name.ends_with("token")) && !more.iter().any(|word| has(word))
}

/// A token that says where something is, or whose it is, and opens nothing.
fn says_place(name: &str) -> bool {
    const PLACES: [&str; 8] = [
        "continuation",
        "cursor",
        "page",
        "pagination",
        "since",
        "sync",
        "update",
        "verification",
    ];
    let words = words(name);
    words.last().is_some_and(|last| last == "token")
        && words.iter().any(|word| PLACES.contains(&word.as_str()))
}

/// What is handed to somebody's service, and is a name in others.
fn says_api_key(name: &str) -> bool {
    let words = words(name);
    words.iter().any(|word| word == "apikey")
        || words
            .windows(2)
            .any(|pair| pair[0] == "api" && pair[1] == "key")
}

/// Whether a value stands in for a provider's key: nothing opens with `placeholder`.
pub(super) fn is_no_key(name: &str, value: &str) -> bool {
    let provider = says_api_key(name) && !is_own_api_key(name);
    provider && !secret::looks_like_token(value) && !is_key(value, TargetKind::Default)
}

/// Whether it may be a key: nobody drew `not-needed`, `ollama` or `totalEnergy`.
fn is_key(value: &str, kind: TargetKind) -> bool {
    const NONE: &[&str] = &[
        "dummy",
        "empty",
        "fake",
        "lm-studio",
        "local",
        "no-",
        "none",
        "not-",
        "not_",
        "ollama",
        "unused",
    ];
    let lower = value.to_ascii_lowercase();
    if NONE
        .iter()
        .any(|none| lower.starts_with(none) || lower.contains("-fake-"))
    {
        return false;
    }
    kind == TargetKind::Compared
        || value.len() >= 12 && could_be_drawn(value)
        || ["secret", "change", "password", "insecure"]
            .iter()
            .any(|weak| lower.contains(weak))
}

/// A regular expression, or a set of characters.
fn is_pattern(value: &str) -> bool {
    let marks = [
        "[a-z", "[A-Z", "[0-9", "(?", "[^", ")*", ")+", "]+", "]*", "|\\", "\\d", "\\w", "\\s",
    ];
    marks.iter().any(|mark| value.contains(mark))
        || value.to_ascii_lowercase().contains("abcdefghijklmn")
}

/// Whether a value may have been drawn, and is no word of a language.
fn could_be_drawn(value: &str) -> bool {
    let digits = value.bytes().filter(u8::is_ascii_digit).count();
    let letters = value.bytes().filter(u8::is_ascii_alphabetic).count();
    let solid = !value.contains(char::is_whitespace);
    solid && digits >= 2 && letters >= 1 && value.len() >= 4
}
