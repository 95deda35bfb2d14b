//! Variables that a service is given, and whatever else refers to variables.

use crate::rule::Place;

use super::reader::{Pair, Reader};
use super::text::{Assigned, Text};

/// A variable of a service's environment.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct EnvVar {
    pub service: String,
    pub name: String,
    pub name_place: Place,
    /// `None` when the variable is passed through from the shell.
    pub value: Option<Text>,
    /// All profiles of its service are for development.
    pub development: bool,
}

impl EnvVar {
    pub(super) fn new(assigned: Assigned, service: &str, development: bool) -> EnvVar {
        EnvVar {
            service: service.to_string(),
            name: assigned.name,
            name_place: assigned.name_place,
            value: assigned.value,
            development,
        }
    }
}

/// A scalar somewhere in a service.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Setting {
    /// The key that the scalar belongs to: `command`, or the name of a build argument.
    pub key: String,
    pub text: Text,
}

/// Nesting of a service that is read.
const DEPTH: usize = 24;

/// The scalars outside of the environment that refer to variables, or hold a URL with a password.
pub(super) fn settings(reader: &Reader, pairs: &[Pair]) -> Vec<Setting> {
    let mut found = Vec::new();
    for pair in pairs {
        let Some(value) = pair.value.as_ref().filter(|_| pair.name != "environment") else {
            continue;
        };
        reader.each_scalar(&pair.name, value, DEPTH, refers, &mut |key, text| {
            // `args: - KEY=value` and labels in list form.
            let (key, text) = match text.raw.find('=').filter(|at| is_name(&text.raw[..*at])) {
                Some(at) => (
                    text.raw[..at].to_string(),
                    text.piece(at + 1..text.raw.len()),
                ),
                None => (key.to_string(), text),
            };
            found.push(Setting { key, text });
        });
    }
    found
}

/// To a variable, or to a place with a password for it.
fn refers(raw: &str) -> bool {
    raw.contains('$') || raw.contains("://") && raw.contains('@')
}

fn is_name(text: &str) -> bool {
    !text.is_empty()
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'-'))
}
