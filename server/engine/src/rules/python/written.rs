//! What rules about secrets that are written out in Python share.

use std::path::Path;

use super::stands_for::{is_no_key, is_random};
use crate::file::apart::{self, Apart};
use crate::model::python::{Argument, ValueKind, text_content};
use crate::model::secret;
use crate::text::Span;

/// A secret that is written out.
pub(super) struct Found {
    /// The literal, or the name of a constant.
    pub(super) literal: Span,
    /// Empty for a constant, which stands elsewhere.
    pub(super) secret: Span,
    /// A password in a URL, and whether of an address that only this machine reaches.
    pub(super) url: Option<bool>,
}

/// The secret that a literal is, or holds, as the value of `name`.
pub(super) fn found<'t>(
    name: &str,
    kind: ValueKind,
    literal: Span,
    text: &dyn Fn(Span) -> &'t str,
) -> Option<Found> {
    let written = text(literal);
    let value = match kind {
        ValueKind::Str => content(written),
        // `password_rounds=12`, `RANDOM_PASSWORD=0`
        ValueKind::Number if written.len() >= 4 => written,
        _ => return None,
    };
    // Both are slices of one text.
    let start = literal.start as usize + (value.as_ptr() as usize - written.as_ptr() as usize);
    let at = |from: usize, to: usize| Span::new(start + from, start + to);
    let whole = at(0, value.len());
    let password = secret::is_password_name(name);
    let url = secret::url_passwords(value)
        .into_iter()
        .find(|range| secret::is_secret_value(&value[range.clone()], true));
    if let Some(range) = url {
        let host = value[range.end..].trim_start_matches('@');
        let own = ["localhost", "127.0.0.1", "[::1]"];
        return Some(Found {
            literal,
            secret: at(range.start, range.end),
            url: Some(own.iter().any(|own| host.starts_with(own))),
        });
    }
    let named = secret::is_secret_name(name)
        && secret::is_secret_value(value, password)
        && !value.contains("://")
        && !is_public(value)
        && !is_no_key(name, value)
        && (!secret::goes_on(name) || is_random(value));
    let token = !secret::is_about_secret(name) && secret::looks_like_token(value);
    (named || token).then_some(Found {
        literal,
        secret: whole,
        url: None,
    })
}

/// The secret that a constant is whose name an argument is.
pub(super) fn named(name: &str, argument: &Argument) -> Option<Found> {
    let written = argument.written.as_ref()?;
    let found = found(name, written.kind, written.span, &|span| written.text(span))?;
    Some(Found {
        literal: argument.value,
        secret: Span::default(),
        url: found.url,
    })
}

/// The content of a string literal, or of several from the first quote to the last: always a slice of the literal.
pub(super) fn content(literal: &str) -> &str {
    &literal[text_content(literal)]
}

pub(super) fn is_variable(name: &str) -> bool {
    let plain = |c: char| c == '_' || c.is_ascii_alphanumeric();
    !name.is_empty() && name.chars().all(plain)
}

/// Keys that a provider makes to be shipped in code that anyone can read: PostHog's of a project.
pub(super) fn is_public(value: &str) -> bool {
    value.starts_with("phc_")
}

/// Whether a key is one with which a program reports how it is used: whoever has it can send, and read nothing.
pub(super) fn reports_usage(path: &Path, name: &str) -> bool {
    const WORDS: &[&str] = &["amplitude", "analytics", "mixpanel", "posthog", "telemetry"];
    let says = |text: &str| {
        let lower = text.to_ascii_lowercase();
        let mut words = lower.split(|c: char| !c.is_ascii_alphanumeric());
        words.any(|word| WORDS.contains(&word))
    };
    let place = path.with_extension("");
    !secret::is_password_name(name) && (says(name) || says(&place.to_string_lossy()))
}

/// `TestSettings`, `settings_test`, `testing`
pub(super) fn says_test(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    let mut words = lower.split(|c: char| !c.is_ascii_alphanumeric());
    name.contains("Test") || words.any(|word| apart::folder(word) == Some(Apart::Tests))
}
