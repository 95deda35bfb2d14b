//! What is shown under a secret's name and is none, by the lines around.

use crate::model::python::{Says, Shown, ShownKind};

/// Whether the code around says that the value is not there, is masked, or only leads to a secret.
pub(super) fn is_harmless(shown: &Shown) -> bool {
    counts_results(shown)
        || looks_up(shown)
        || is_masked(shown)
        || is_empty(shown)
        || is_sorted(shown)
        || is_folder(shown)
        || is_public(shown)
        || is_of_a_text(shown)
        || is_object(shown)
        || is_of_a_machine(shown)
}

/// `PASS` beside `FAIL`: how many tests passed.
fn counts_results(shown: &Shown) -> bool {
    let call = shown.text(shown.call).to_ascii_lowercase();
    shown.name.eq_ignore_ascii_case("pass") && call.contains("fail")
}

/// The name of a secret in a store: `secrets[secret] = client.get_secret(secret)`.
fn looks_up(shown: &Shown) -> bool {
    let name = shown.text(shown.value).trim();
    let leads = matches!(name, "credential" | "secret" | "secret_key");
    let around = shown.around();
    let inner = |c: char| c == '_' || c == ']' || c == ')' || c.is_alphanumeric();
    let keyed = || {
        let key = format!("[{name}]");
        let mut found = around.match_indices(&key);
        found.any(|(at, _)| around[..at].ends_with(inner))
    };
    leads && (keyed() || around.contains(&format!(".get({name}")))
}

/// A name to which a mask was given: `shown = "****" if token else "missing"`.
fn is_masked(shown: &Shown) -> bool {
    let name = shown.text(shown.value).trim();
    let plain = name.chars().all(|c| c == '_' || c.is_alphanumeric());
    let masks = ["\"**", "'**", "mask", "redact", "obfuscat", "censor"];
    let gives = |line: &str| {
        let rest = line.trim_start().strip_prefix(name);
        let rest = rest
            .map(str::trim_start)
            .and_then(|rest| rest.strip_prefix('='));
        rest.is_some_and(|value| masks.iter().any(|mask| value.contains(mask)))
    };
    plain && !name.is_empty() && shown.around().lines().any(gives)
}

/// In a branch that is taken when there is none (`if not self.credentials:`), and before there is one.
fn is_empty(shown: &Shown) -> bool {
    let value = shown.text(shown.value).trim();
    let blanks = |line: &str| line.len() - line.trim_start().len();
    let given = |line: &str| {
        let rest = line.trim().strip_prefix(value)?.trim_start();
        let given = rest.strip_prefix('=')?.trim();
        Some(!matches!(given, "None" | "{}" | "\"\"" | "''" | "[]"))
    };
    let mut inner = usize::MAX;
    for line in shown.before().lines().rev() {
        if given(line) == Some(true) {
            return false;
        }
        if line.trim().is_empty() || blanks(line) >= inner {
            continue;
        }
        inner = blanks(line);
        let head = line.trim().trim_end_matches(':');
        let asks = head
            .strip_prefix("if ")
            .or_else(|| head.strip_prefix("elif "));
        let none = |asked: &str| {
            let not = asked.strip_prefix("not ").map(str::trim);
            not == Some(value) || asked.strip_suffix(" is None").map(str::trim) == Some(value)
        };
        if asks.is_some_and(none) {
            return !value.is_empty();
        }
    }
    false
}

/// `pwd` is the working directory as well, after the command that prints it.
fn is_folder(shown: &Shown) -> bool {
    let last = shown.name.rsplit('_').next().unwrap_or_default();
    let around = shown.around().to_ascii_lowercase();
    let words = ["chdir", "cwd", "directory", "folder", "mkdir"];
    last.eq_ignore_ascii_case("pwd") && words.iter().any(|word| around.contains(word))
}

/// A token of a text, whose name says nothing of access, beside a tokenizer: `image_token`. Phones are sounds, too.
fn is_of_a_text(shown: &Shown) -> bool {
    let name = shown.name.to_ascii_lowercase();
    let around = shown.around().to_ascii_lowercase();
    let has = |words: &[&str]| words.iter().any(|word| around.contains(word));
    #[rustfmt::skip]
    const ACCESS: &[&str] = &[
        "access", "api", "auth", "bearer", "bot", "csrf", "id", "install", "invite", "jwt", "login", "refresh", "reset",
        "secret", "session", "setup", "user", "verification",
    ];
    let mut words = name.split('_');
    let of_access = words.any(|word| ACCESS.contains(&word));
    let token = name.ends_with("token") && !of_access;
    token && has(&["tokeniz", "token_id", "vocab", "logit"])
        || name.ends_with("phones") && has(&["tones", "phonem"])
}

/// What has attributes of its own is no text, but what a model makes of a token: its secret is one of them.
fn is_object(shown: &Shown) -> bool {
    #[rustfmt::skip]
    const OF_TEXT: &[&str] = &[
        "copy", "count", "decode", "encode", "endswith", "find", "format", "get", "get_secret_value", "hex", "index",
        "isalnum", "isdigit", "items", "join", "keys", "lower", "lstrip", "partition", "pop", "removeprefix",
        "removesuffix", "replace", "rfind", "rpartition", "rsplit", "rstrip", "setdefault", "split", "splitlines",
        "startswith", "strip", "title", "update", "upper", "values", "zfill",
    ];
    let name = shown.text(shown.value).trim();
    let inner = |c: char| c == '_' || c.is_alphanumeric();
    let path = !name.is_empty() && name.chars().all(|c| c == '.' || inner(c));
    if !path || shown.says != Says::Secret || shown.kind != ShownKind::Value {
        return false;
    }
    let around = shown.around();
    let read = around.match_indices(name).any(|(at, _)| {
        let before = &around[..at];
        let rest = around[at + name.len()..]
            .strip_prefix('.')
            .unwrap_or_default();
        let end = rest.find(|c| !inner(c)).unwrap_or(rest.len());
        let of = &rest[..end];
        !before.ends_with(|c| c == '.' || inner(c))
            && of.starts_with(|c: char| c == '_' || c.is_alphabetic())
            && !OF_TEXT.contains(&of)
            // The full stop of a sentence.
            && !before.ends_with(['"', '\'', '`'])
    });
    let kept = ["session.add", "session.delete", "populate_obj"];
    read || kept
        .iter()
        .any(|call| around.contains(&format!("{call}({name})")))
}

/// The address of a service account is nobody's.
fn is_of_a_machine(shown: &Shown) -> bool {
    let around = shown.around().to_ascii_lowercase();
    let machine = ["service account", "service_account", "serviceaccount"];
    shown.says == Says::Personal && machine.iter().any(|word| around.contains(word))
}

/// The call says that the key is public.
fn is_public(shown: &Shown) -> bool {
    let call = shown.text(shown.call).to_ascii_lowercase();
    let key = shown.name.to_ascii_lowercase().ends_with("key");
    key && (call.contains("public key") || call.contains("public_key"))
}

/// Who sorts a collection of secrets looks at their names.
fn is_sorted(shown: &Shown) -> bool {
    let before = shown.before();
    before.trim_end().ends_with("sorted(")
}
