//! Secrets that are written into a compose file, and the variables that should hold them.

use std::borrow::Cow;
use std::ops::Range;

use crate::model::secret::{self, Named};
use crate::rule::Owner;
use crate::syntax::yaml::{Entry, Part, Value};

use super::command::{self, Command, Word};
use super::interpolation::{masked, references};
use super::reader::Ref;
use super::{Assigned, Service, Text};

/// A secret that everyone can read who can read the file.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Literal {
    /// The secret alone.
    pub text: Text,
    /// What the program gets.
    pub value: String,
    /// The variable that should hold it.
    pub variable: String,
    /// The variable is named by the key alone, so that another service may have another secret under that name.
    pub own: bool,
    /// What it is called in a sentence: `` `--requirepass` ``.
    pub shown: String,
}

/// One number for a secret, by which two are told apart.
pub fn digest(value: &str) -> u64 {
    xxhash_rust::xxh3::xxh3_64(value.as_bytes())
}

/// The secrets in the environment, build arguments, labels, commands and health check of a service, and in URLs elsewhere.
pub fn literals(service: &Service) -> Vec<Literal> {
    let mut found = Vec::new();
    for variable in &service.environment {
        if let Some(value) = &variable.value {
            found.extend(in_text(&variable.name, value));
        }
    }
    for Assigned { name, value, .. } in service.build.iter().flat_map(|build| &build.args) {
        found.extend(value.iter().flat_map(|value| in_text(name, value)));
    }
    let prefix = variable(&service.name.to_ascii_uppercase());
    let prefixed = |mut literal: Literal| {
        literal.own = false;
        literal.variable = format!("{prefix}_{}", literal.variable.to_ascii_uppercase());
        literal
    };
    for Assigned { name, value, .. } in &service.labels {
        let last = name.rsplit('.').next().unwrap_or(name);
        let secrets = value.iter().flat_map(|value| in_text(last, value));
        found.extend(secrets.map(prefixed));
    }
    let test = service
        .healthcheck
        .as_ref()
        .and_then(|check| check.test.as_ref());
    for command in [service.entrypoint.as_ref(), service.command.as_ref(), test] {
        let secrets = command.map(in_command).unwrap_or_default();
        found.extend(secrets.into_iter().map(prefixed));
    }
    for setting in &service.settings {
        let known = |place: &crate::rule::Place| {
            found.iter().any(|literal| {
                literal.text.place.owner == place.owner && literal.text.place.span.meets(place.span)
            })
        };
        let secrets: Vec<Literal> = in_urls(&setting.key, &setting.text)
            .into_iter()
            .filter(|literal| !known(&literal.text.place))
            .map(prefixed)
            .collect();
        found.extend(secrets);
    }
    one_variable_each(&mut found, &prefix);
    found
}

/// The same secret has one variable, the one that its own key names; different ones have different variables.
fn one_variable_each(found: &mut [Literal], prefix: &str) {
    for at in 0..found.len() {
        let same = |other: &&Literal| other.own && other.value == found[at].value;
        if let Some(named) = found.iter().find(same).filter(|_| !found[at].own) {
            (found[at].variable, found[at].own) = (named.variable.clone(), true);
        }
        let taken = |name: &str, found: &[Literal]| {
            let mut before = found[..at].iter();
            before.any(|known| known.variable == name && known.value != found[at].value)
        };
        let base = found[at].variable.clone();
        if taken(&base, found) {
            let start = format!("{prefix}_");
            let base = base.strip_prefix(&start).unwrap_or(&base).to_string();
            let mut names = (2..).map(|number| format!("{start}{base}_{number}"));
            if let Some(name) = names.find(|name| !taken(name, found)) {
                (found[at].variable, found[at].own) = (name, false);
            }
        }
    }
}

/// The secrets that assignments of a part write, by the variables that should hold them, whatever the assignments mean.
pub fn named_literals(part: &Part) -> Vec<(String, String)> {
    let node = |id| Ref {
        part,
        id,
        owner: Owner::Chunk,
        used: None,
    };
    let mut found = Vec::new();
    for known in part.nodes() {
        match &known.value {
            Value::Mapping { entries, .. } => {
                for Entry { key, value, .. } in entries {
                    let Some((value, raw)) = value.and_then(|id| Some((id, part.written(id)?)))
                    else {
                        continue;
                    };
                    if let Some(name) = part.scalar(*key) {
                        found.extend(assigned(&name, raw, || node(value).text()));
                    }
                }
            }
            Value::Sequence { items, .. } => {
                for id in items.iter().filter_map(|item| item.value) {
                    let raw = part.written(id).unwrap_or_default();
                    let Some((name, value)) = raw.split_once('=') else {
                        continue;
                    };
                    let piece = name.len() + 1..raw.len();
                    let text = || Some(node(id).text()?.piece(piece.clone()));
                    found.extend(assigned(name, value, text));
                }
            }
            _ => {}
        }
    }
    let named = found.into_iter();
    named
        .map(|literal| (literal.variable, literal.value))
        .collect()
}

/// The secrets in what is assigned to a name. Most can hold none: the text is made of what is written where it may.
fn assigned(name: &str, raw: &str, text: impl FnOnce() -> Option<Text>) -> Vec<Literal> {
    let bare = raw.trim();
    let named = secret::named(name);
    let whole = named == Named::Secret && !names_a_file(name);
    let token = named != Named::About && (secret::looks_like_token(bare) || is_private_key(bare));
    let options = named != Named::About && (raw.contains('=') || raw.contains("--"));
    let url = raw.contains("://");
    if bare.is_empty() || !(whole || token || options || url) {
        return Vec::new();
    }
    let Some(text) = text() else {
        return Vec::new();
    };
    if url {
        return in_urls(name, &text);
    }
    if whole && is_literal(&text, secret::is_password_name(name)) || token {
        let start = raw.len() - raw.trim_start().len();
        let text = text.piece(start..start + bare.len());
        return vec![Literal {
            value: plain(&text).into_owned(),
            text,
            variable: variable(name),
            own: true,
            shown: format!("`{name}`"),
        }];
    }
    if !options {
        return Vec::new();
    }
    // Options and connection strings: `--requirepass x`, `Server=db;Password=x`.
    let commands = command::commands(&text).into_iter();
    commands
        .flat_map(|command| in_words(&command))
        .map(|literal| Literal {
            variable: format!(
                "{}_{}",
                variable(name),
                literal.variable.to_ascii_uppercase()
            ),
            shown: format!("{} in `{name}`", literal.shown),
            own: true,
            ..literal
        })
        .collect()
}

/// The secrets in a text that is assigned to a name.
fn in_text(name: &str, text: &Text) -> Vec<Literal> {
    assigned(name, &text.raw, || Some(text.clone()))
}

/// The passwords of the URLs in a text that is assigned to a name.
fn in_urls(name: &str, text: &Text) -> Vec<Literal> {
    if !text.raw.contains("://") {
        return Vec::new();
    }
    let mask = masked(&text.raw, b'$');
    let passwords = secret::url_passwords(&mask).into_iter();
    let literal = |range: &Range<usize>| {
        let password = &mask[range.clone()];
        !password.contains('$')
            && secret::is_secret_value(password, true)
            && !secret::is_filled_in(password)
    };
    passwords
        .filter(literal)
        .map(|range| {
            let text = text.piece(range);
            Literal {
                value: plain(&text).into_owned(),
                text,
                variable: of_url(name.trim_start_matches('-')),
                own: true,
                shown: match name {
                    "" => "the password within a URL".into(),
                    name => format!("the password within `{name}`"),
                },
            }
        })
        .collect()
}

fn in_command(command: &Command) -> Vec<Literal> {
    let mut found = in_words(&command.words);
    for (at, word) in command.words.iter().enumerate() {
        if is_script(&command.words[..at], word) {
            let script = command::commands(&unquoted(&word.text));
            found.extend(script.iter().flat_map(|command| in_words(command)));
        }
    }
    let mut places = Vec::new();
    found.retain(|literal| {
        let new = !places.contains(&literal.text.place);
        places.push(literal.text.place.clone());
        new
    });
    found
}

/// Whether a word is what a shell is given to run.
fn is_script(before: &[Word], word: &Word) -> bool {
    let told = before.last().is_some_and(|flag| {
        let flag = flag.value.as_str();
        flag == "CMD-SHELL" || flag.starts_with('-') && flag.ends_with('c') && flag.len() < 5
    });
    let value = word.value.as_str();
    value.contains(char::is_whitespace) && (told || value.contains(['\n', ';', '|', '&']))
}

/// The secrets in the words of one command.
fn in_words(words: &[Word]) -> Vec<Literal> {
    let mut found: Vec<Literal> = Vec::new();
    for (at, word) in words.iter().enumerate() {
        if is_script(&words[..at], word) {
            continue;
        }
        let said = words[..at].iter().rev().map(|word| word.value.as_str());
        let programs = said
            .clone()
            .map(|word| word.rsplit('/').next().unwrap_or(word));
        let text = unquoted(&word.text);
        let option = said.clone().next().filter(|flag| flag.starts_with("--"));
        found.extend(in_urls(option.unwrap_or_default(), &text));
        let mut add = |name: &str, variable: String, value: Text| {
            if is_literal(&value, true) && !value.raw.contains("://") {
                found.push(Literal {
                    value: plain(&value).into_owned(),
                    text: value,
                    variable,
                    own: true,
                    shown: format!("`{name}`"),
                });
            }
        };
        if let Some(equals) = text.raw.find('=') {
            let name = &text.raw[..equals];
            if is_name(name) && secret::is_secret_name(name) {
                let value = unquoted(&text.piece(equals + 1..text.raw.len()));
                add(name, of_flag(name), value);
            }
            continue;
        }
        if let Some(range) = attached(&text.raw, programs.clone()) {
            add(
                &text.raw[..range.start],
                "PASSWORD".into(),
                text.piece(range),
            );
            continue;
        }
        let Some(flag) = said.clone().next().filter(|flag| flag.starts_with('-')) else {
            continue;
        };
        let programs = programs.skip(1);
        if text.raw.starts_with('-') {
            continue;
        }
        if is_name(flag) && (secret::is_secret_name(flag) || flag == "--pass") {
            add(flag, of_flag(flag), text);
        } else if let Some(range) = detached(flag, &text.raw, programs) {
            add(flag, "PASSWORD".into(), text.piece(range));
        }
    }
    found
}

/// Programs whose `-p` has the password behind it without a blank.
const MYSQL: &[&str] = &[
    "mysql",
    "mysqladmin",
    "mysqldump",
    "mysqlshow",
    "mysqlcheck",
    "mariadb",
    "mariadb-admin",
    "mariadb-dump",
    "mariadb-check",
];

/// The password in `-psecret`.
fn attached<'w>(word: &str, mut programs: impl Iterator<Item = &'w str>) -> Option<Range<usize>> {
    let password = word.strip_prefix("-p").filter(|rest| !rest.is_empty())?;
    programs
        .any(|program| MYSQL.contains(&program))
        .then(|| word.len() - password.len()..word.len())
}

/// The password in `-a secret` and the like, by the program that reads it.
fn detached<'w>(
    flag: &str,
    word: &str,
    mut programs: impl Iterator<Item = &'w str>,
) -> Option<Range<usize>> {
    let readers: &[&str] = match flag {
        "-a" => &["redis-cli", "valkey-cli", "keydb-cli"],
        "-p" => &[
            "mongo",
            "mongosh",
            "mongodump",
            "mongorestore",
            "cypher-shell",
        ],
        "-P" => &["sqlcmd"],
        "-u" | "--user" => &["curl"],
        _ => return None,
    };
    let start = if readers == ["curl"] {
        word.find(':')? + 1
    } else {
        0
    };
    programs
        .any(|program| readers.contains(&program))
        .then_some(start..word.len())
}

/// Whether a value is a secret as it stands: neither a reference, nor a path, nor to be filled in.
fn is_literal(text: &Text, password: bool) -> bool {
    if !references(&text.raw).is_empty() {
        return false;
    }
    let value = plain(text);
    let value = value.trim();
    // A doubled dollar at the start is part of the secret where compose reads it, and a reference where a shell does.
    let shell = value.starts_with('$')
        && value[1..].starts_with(|c: char| c.is_ascii_alphabetic() || "{(_".contains(c));
    !shell
        && !value.starts_with('`')
        && !secret::is_path(value)
        && !secret::is_filled_in(value)
        // What turns something on or off.
        && !matches!(value, "0" | "1")
        && (value.starts_with('$') || secret::is_secret_value(value, password))
}

/// Kafka's image takes names of files under names like `KAFKA_SSL_KEYSTORE_CREDENTIALS`.
fn names_a_file(name: &str) -> bool {
    name.contains("SSL_") && name.ends_with("_CREDENTIALS")
}

fn is_private_key(value: &str) -> bool {
    value.starts_with("-----BEGIN ") && value.contains("PRIVATE KEY-----")
}

fn is_name(text: &str) -> bool {
    let inner = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-');
    text.contains(|c: char| c.is_ascii_alphabetic()) && text.chars().all(inner)
}

/// What the program gets.
fn plain(text: &Text) -> Cow<'_, str> {
    let value = text.value();
    if value.contains("$$") {
        return Cow::Owned(value.replace("$$", "$"));
    }
    value
}

/// Without the quotes of a shell around all of it, escaped or doubled as YAML wants them.
fn unquoted(text: &Text) -> Text {
    let raw = text.raw.as_str();
    for quote in ["\\\"", "''", "\"", "'"] {
        let inner = raw
            .strip_prefix(quote)
            .and_then(|rest| rest.strip_suffix(quote));
        if inner.is_some_and(|inner| !inner.contains(quote)) {
            return text.piece(quote.len()..raw.len() - quote.len());
        }
    }
    text.clone()
}

/// A name as that of a variable: as it is where that can be, else in capitals.
fn variable(name: &str) -> String {
    let fits = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let starts = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
    if starts && name.chars().all(fits) {
        return name.to_string();
    }
    let mut made = String::new();
    for c in name.trim_matches(|c| !fits(c)).chars() {
        made.push(if fits(c) { c.to_ascii_uppercase() } else { '_' });
    }
    if !made.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_') {
        made.insert(0, '_');
    }
    made
}

/// The variable of a flag: `--requirepass` and `--password` are the password of whatever has them.
fn of_flag(flag: &str) -> String {
    let bare = flag.trim_start_matches('-');
    match bare {
        "requirepass" | "masterauth" | "pass" | "pwd" => "PASSWORD".into(),
        _ => variable(bare),
    }
}

/// The variable of a URL's password: `DATABASE_URL` has `DATABASE_PASSWORD`.
fn of_url(name: &str) -> String {
    if name.is_empty() {
        return "PASSWORD".into();
    }
    let name = variable(name);
    let upper = name.to_ascii_uppercase();
    let ends = ["_URL", "_URI", "_DSN", "_CONNECTION_STRING"];
    let bare = ends.iter().find_map(|end| upper.strip_suffix(end));
    format!(
        "{}_PASSWORD",
        bare.map_or(name.as_str(), |bare| &name[..bare.len()])
    )
}
