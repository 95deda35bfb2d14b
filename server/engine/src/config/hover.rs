//! What stands at a place of a configuration.

use super::complete::find;
use super::cursor::{Over, below, over};
use super::keys::{Key, Value};
use super::tree::Tree;
use super::{Home, Selector};
use crate::output::readable;
use crate::rules;
use crate::text::Span;

/// What is told of the name at `offset`, as Markdown, and where the name stands.
pub fn hover(home: Home, text: &str, offset: usize) -> Option<(Span, String)> {
    let tree = Tree::read(text);
    match over(&tree, offset)? {
        Over::Key(path, span) => {
            let path = below(home, &path)?;
            let (name, entry) = (path.last()?, find(path)?);
            let told = match entry {
                (key, false) => about(key),
                (key, true) if matches!(key.value, Value::Severities(_)) => selected(name)?,
                (key, true) => about(key),
            };
            Some((span, told))
        }
        Over::Text(path, value, span) => {
            let (key, entry) = find(below(home, &path)?)?;
            let told = match (&key.value, entry) {
                (Value::Rules(_), false) | (Value::RulesByGlob(_), true) => selected(&value)?,
                (Value::Choice(words, _) | Value::Choices(words, _), false) => {
                    let word = words.iter().find(|word| word.name == value)?;
                    format!("**{}**\n\n{}", word.name, word.doc)
                }
                _ => return None,
            };
            Some((span, told))
        }
    }
}

/// What a key does.
fn about(key: &Key) -> String {
    let mut told = format!("**{}** · {}\n\n{}", key.path, key.kind(), key.doc);
    for word in key.words() {
        told += &format!("\n- `{}`: {}", word.name, word.doc);
    }
    if !key.default.is_empty() {
        told += &format!("\n\nDefault: `{}`", key.default);
    }
    if !key.example.is_empty() {
        told += &format!("\n\nExample: `{} = {}`", key.name(), key.example);
    }
    told
}

/// The docs of the rule of this name, or a list of those that the name takes.
fn selected(name: &str) -> Option<String> {
    if let Some(rule) = rules::find(name) {
        let (severity, docs) = (rule.severity.name(), readable(rule.docs));
        return Some(format!("**{}** · {severity}\n\n{docs}", rule.name));
    }
    let selector = Selector::parse(name).ok()?;
    let taken = rules::all().filter(|rule| selector.takes(rule.name));
    let list: Vec<String> = taken
        .map(|rule| format!("- `{}`: {}", rule.name, rule.summary()))
        .collect();
    Some(format!(
        "**{name}** · {} rules\n\n{}",
        list.len(),
        list.join("\n")
    ))
}
