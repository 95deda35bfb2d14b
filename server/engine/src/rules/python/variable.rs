//! The variable of the environment that takes the place of a literal.

use super::written::is_variable;
use crate::model::python::Literal;

/// The variable that a secret is read from.
pub(super) fn variable(literal: &Literal) -> String {
    let name = upper_snake(&literal.name);
    let name = if name == "PASS" || name == "PWD" {
        "PASSWORD".into()
    } else {
        name
    };
    // What everybody calls so is named after what it is of.
    #[rustfmt::skip]
    const BARE: &[&str] = &[
        "ACCESS_TOKEN", "API_KEY", "AUTH_TOKEN", "PASSPHRASE", "PASSWD", "PASSWORD", "PRIVATE_KEY", "SECRET",
        "SECRET_KEY", "TOKEN",
    ];
    // Words that say nothing of whose secret it is.
    #[rustfmt::skip]
    const VAGUE: &[&str] = &[
        "add", "add_argument", "add_option", "app", "argparse", "args", "auth", "authenticate", "call", "cfg",
        "click", "cls", "conf", "config", "configuration", "connect", "create", "d", "data", "dict", "env",
        "environ", "execute", "field", "form", "get", "headers", "init", "json", "kwargs", "login", "make",
        "models", "new", "obj", "open", "option", "options", "opts", "params", "parser", "payload", "post",
        "props", "put", "request", "run", "self", "session", "set", "settings", "setup", "sign", "super", "this",
        "typer", "update", "values", "wrapper",
    ];
    if name.is_empty() {
        return "API_TOKEN".into();
    }
    let owner = literal.owner.split('(').next().unwrap_or_default();
    let mut owners = owner.rsplit('.').map(|owner| owner.trim_matches('_'));
    let owner = owners.find(|owner| !VAGUE.contains(&&*owner.to_ascii_lowercase()));
    if let Some(owner) = owner
        && BARE.contains(&&*name)
        && owner.len() <= 24
        && is_variable(owner)
    {
        return format!("{}_{name}", upper_snake(owner));
    }
    name
}

/// The variable that a URL with a password is read from.
pub(super) fn url_variable(literal: &Literal, content: &str) -> String {
    let name = upper_snake(&literal.name);
    let says = ["URL", "URI", "DSN", "BROKER", "BACKEND"];
    if says.iter().any(|end| name.ends_with(end)) && name.len() > 3 {
        return name;
    }
    let scheme = content.split("://").next().unwrap_or_default();
    let scheme = scheme
        .rsplit(|c: char| !c.is_ascii_alphanumeric() && c != '+')
        .next();
    let scheme = scheme
        .unwrap_or_default()
        .split('+')
        .next()
        .unwrap_or_default();
    match scheme {
        "postgres" | "postgresql" | "mysql" | "mariadb" | "mssql" | "oracle" | "cockroachdb" => {
            "DATABASE_URL".into()
        }
        "amqp" | "amqps" | "pyamqp" => "BROKER_URL".into(),
        "rediss" => "REDIS_URL".into(),
        "mongodb" => "MONGODB_URL".into(),
        "http" | "https" | "" => "SERVICE_URL".into(),
        scheme => format!("{}_URL", scheme.to_ascii_uppercase()),
    }
}

/// `jwtSecret`, `api-key` → `JWT_SECRET`, `API_KEY`
fn upper_snake(name: &str) -> String {
    let mut upper = String::new();
    let mut lower = false;
    for c in name
        .trim_matches(|c: char| !c.is_ascii_alphanumeric())
        .chars()
    {
        if c.is_ascii_alphanumeric() {
            if c.is_ascii_uppercase() && lower {
                upper.push('_');
            }
            upper.push(c.to_ascii_uppercase());
        } else if !upper.ends_with('_') {
            upper.push('_');
        }
        lower = c.is_ascii_lowercase() || c.is_ascii_digit();
    }
    if upper.starts_with(|c: char| c.is_ascii_digit()) {
        upper.insert(0, '_');
    }
    upper
}
