//! What stands behind the keys of a configuration.

use super::keys::{Key as Known, Value as Shape};
use super::read::Reader;
use super::selector::nearest;
use super::tree::{Data, Key, Value};
use super::{Globs, Selector};
use crate::rule::Severity;
use crate::text::Span;

impl Reader<'_> {
    /// An entry of a table whose keys are the user's.
    pub(super) fn entry(&mut self, known: &'static Known, name: &Key, value: &Value) {
        let raw = &self.text[name.span.range()];
        let bare = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
        if !raw.starts_with(['"', '\'']) && !raw.chars().all(bare) {
            self.instead(
                name.span,
                format!("`{raw}` must be quoted"),
                format!("\"{raw}\""),
            );
        }
        let written = self.text[value.span.range()].to_owned();
        self.reading
            .set
            .push((known.path, format!("{raw} = {written}")));
        match &known.value {
            Shape::Severities(field) => {
                let selector = self.selector(&name.name, name.span);
                let severity = self.severity(value);
                if let (Some(selector), Some(severity)) = (selector, severity) {
                    field(&mut self.reading.config).push((selector, severity));
                }
            }
            Shape::RulesByGlob(field) => {
                let ignored = self.selectors(known, value);
                match Globs::new([name.name.as_str()]) {
                    Ok(globs) => field(&mut self.reading.config).push((globs, ignored)),
                    Err((_, reason)) => {
                        self.say(name.span, format!("This is no pattern of paths: {reason}"));
                    }
                }
            }
            _ => {}
        }
    }

    fn severity(&mut self, value: &Value) -> Option<Severity> {
        let names = Severity::ALL.map(Severity::name);
        let Data::Text { text, .. } = &value.data else {
            let names = names.join(", ");
            self.say(value.span, format!("A severity is one of {names}"));
            return None;
        };
        let severity = Severity::parse(text);
        if severity.is_none() {
            match nearest(text, names.into_iter()) {
                _ if matches!(text.as_str(), "off" | "none" | "ignore") => self.say(
                    value.span,
                    format!("`{text}` is no severity: name the rule in `ignore` instead"),
                ),
                Some(name) => self.instead(
                    value.span,
                    format!("There is no severity `{text}`: did you mean `{name}`?"),
                    format!("\"{name}\""),
                ),
                None => {
                    let names = names.join(", ");
                    self.say(value.span, format!("A severity is one of {names}"));
                }
            }
        }
        severity
    }

    pub(super) fn word(&mut self, known: &'static Known, text: &str, span: Span) -> Option<usize> {
        let words = known.words();
        let found = words.iter().position(|word| word.name == text);
        if found.is_none() {
            match nearest(text, words.iter().map(|word| word.name)) {
                Some(name) => self.instead(
                    span,
                    format!(
                        "`{}` knows no `{text}`: did you mean `{name}`?",
                        known.name()
                    ),
                    format!("\"{name}\""),
                ),
                None => {
                    let names: Vec<&str> = words.iter().map(|word| word.name).collect();
                    let names = names.join(", ");
                    let name = known.name();
                    self.say(span, format!("`{name}` knows no `{text}`, only {names}"));
                }
            }
        }
        found
    }

    pub(super) fn selectors(&mut self, known: &Known, value: &Value) -> Vec<Selector> {
        let names = self.strings(known, value).into_iter();
        names
            .filter_map(|(name, span)| self.selector(&name, span))
            .collect()
    }

    fn selector(&mut self, name: &str, span: Span) -> Option<Selector> {
        match Selector::parse(name) {
            Ok(selector) => Some(selector),
            Err(message) => {
                match Selector::meant(name) {
                    Some(meant) => self.instead(span, message, format!("\"{meant}\"")),
                    None => self.say(span, message),
                }
                None
            }
        }
    }

    pub(super) fn globs(&mut self, known: &Known, value: &Value) -> Globs {
        let mut good = self.strings(known, value);
        loop {
            match Globs::new(good.iter().map(|(pattern, _)| pattern.as_str())) {
                Ok(globs) => return globs,
                Err((at, reason)) => {
                    if at >= good.len() {
                        return Globs::default();
                    }
                    let (_, span) = good.remove(at);
                    self.say(span, format!("This is no pattern of paths: {reason}"));
                }
            }
        }
    }

    /// A list of strings, or one string.
    pub(super) fn strings(&mut self, known: &Known, value: &Value) -> Vec<(String, Span)> {
        let mut strings = Vec::new();
        let items = match &value.data {
            Data::Array { items, .. } => &items[..],
            _ => std::slice::from_ref(value),
        };
        for item in items {
            match &item.data {
                // What is not closed may be the beginning of anything.
                Data::Text { closed: false, .. } => {}
                Data::Text { text, .. } => strings.push((text.clone(), item.span)),
                _ => {
                    let kind = known.kind();
                    let message = format!("`{}` must be {kind}: this is no string", known.name());
                    self.say(item.span, message);
                }
            }
        }
        strings
    }
}
