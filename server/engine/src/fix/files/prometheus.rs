//! Alerts of Prometheus' rule files.

use std::sync::Arc;

use super::{Edits, insert_lines, newline};
use crate::chunk::State;
use crate::file::Language;
use crate::model;
use crate::syntax;
use crate::syntax::yaml::{Id, Item, Part, Value};
use crate::text::apply;

/// Add an alert, given as its lines, to the last group of a file, as its rules are indented. A file that has an alert of that
/// name stays as it is.
///
/// # Errors
/// The file cannot be read, or its last group is written in brackets.
pub fn add_alert(text: Option<&str>, lines: &[String]) -> Edits {
    let text = text.unwrap_or_default();
    let file = read(text);
    if file.broken {
        return Err("it has a syntax error".into());
    }
    let named = |text: &str| {
        text.split_once("alert:")
            .map(|(_, name)| name.trim().to_owned())
    };
    let name = lines.first().and_then(|line| named(line));
    let mut groups = Vec::new();
    for entry in file.top("groups") {
        let Some(id) = entry.value else { continue };
        match &file.node(id).value {
            Value::Sequence { items, .. } => {
                groups.extend(items.iter().filter_map(|item| item.value))
            }
            _ => return Err("its groups are no list".into()),
        }
    }
    let rules: Vec<(Id, &[Item], bool)> = groups
        .iter()
        .filter_map(|group| rules(&file, *group))
        .collect();
    let known = rules.iter().flat_map(|(_, items, _)| items.iter());
    let mut known = known.filter_map(|item| said(&file, item.value?, "alert"));
    if known.any(|known| Some(&known) == name.as_ref()) {
        return Ok(Vec::new());
    }
    let edits = match rules.last() {
        Some((_, [], _)) | Some((_, _, true)) => {
            return Err("its last group is written in brackets".into());
        }
        Some((_, items, false)) => {
            let last = items[items.len() - 1];
            let column = file.column(last.span.start);
            let blank = items.len() > 1 && {
                let between =
                    &text[items[items.len() - 2].span.end as usize..last.span.start as usize];
                between.matches('\n').count() > 1
            };
            let mut added: Vec<String> = blank.then(String::new).into_iter().collect();
            added.extend(item(lines, column));
            vec![insert_lines(text, last.span.end as usize, &added)]
        }
        None if groups.is_empty() && text.trim().is_empty() => {
            let mut added = vec![
                "groups:".to_owned(),
                "  - name: service".into(),
                "    rules:".into(),
            ];
            added.extend(item(lines, 6));
            let newline = newline(text);
            vec![crate::fix::insert(
                text.len(),
                added.join(newline) + newline,
            )]
        }
        None => return Err("it has no group of rules".into()),
    };
    let made = read(&apply(text, &edits));
    if made.broken {
        return Err("its layout leaves no place for an alert".into());
    }
    Ok(edits)
}

/// An item of a list whose dash stands at a column.
fn item(lines: &[String], column: usize) -> Vec<String> {
    let line = |(at, line): (usize, &String)| {
        let dash = if at == 0 { "- " } else { "  " };
        format!("{:column$}{dash}{line}", "")
    };
    lines.iter().enumerate().map(line).collect()
}

/// The rules of a group: their list, and whether it is written in brackets.
fn rules(file: &Part, group: Id) -> Option<(Id, &[Item], bool)> {
    let is = |key: Id| file.scalar(key).as_deref() == Some("rules");
    let entry = file.entries(group).iter().find(|entry| is(entry.key))?;
    let id = entry.value?;
    match &file.node(id).value {
        Value::Sequence { items, flow } => Some((id, items, *flow)),
        _ => None,
    }
}

fn said(file: &Part, rule: Id, name: &str) -> Option<String> {
    let is = |key: Id| file.scalar(key).as_deref() == Some(name);
    let entry = file.entries(rule).iter().find(|entry| is(entry.key))?;
    Some(file.scalar(entry.value?)?.into_owned())
}

/// The whole text as one chunk.
fn read(text: &str) -> Part {
    let text: Arc<str> = text.into();
    match syntax::read(State::start(Language::Yaml), &text, &mut None) {
        model::Part::Yaml(part) => part,
        _ => Part::default(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn added(text: &str) -> Result<String, String> {
        let lines = ["alert: Slow".to_owned(), "expr: a > 1".to_owned()];
        let edits = add_alert((!text.is_empty()).then_some(text), &lines)?;
        let made = apply(text, &edits);
        assert_eq!(add_alert(Some(&made), &lines), Ok(Vec::new()));
        Ok(made)
    }

    #[test]
    fn alerts_go_behind_the_last_rule_as_that_is_written() {
        for (text, end) in [
            (
                "",
                "groups:\n  - name: service\n    rules:\n      - alert: Slow\n        expr: a > 1\n",
            ),
            (
                "groups:\n- name: a\n  rules:\n  - alert: B\n    expr: c # d\n",
                "  - alert: Slow\n    expr: a > 1\n",
            ),
            (
                "groups:\r\n  - name: a\r\n    rules:\r\n      - {alert: B, expr: c}\r\n\r\n      - alert: C\r\n        expr: |\r\n          d\r\n\r\n# end",
                "          d\r\n\r\n      - alert: Slow\r\n        expr: a > 1\r\n\r\n# end",
            ),
        ] {
            let made = added(text).unwrap_or_default();
            assert!(made.ends_with(end), "{made}");
        }
        for text in [
            "groups: {}\n",
            "groups:\n  - name: a\n    rules: [{alert: B, expr: c}]\n",
            "a: b\n",
        ] {
            assert!(added(text).is_err(), "{text}");
        }
    }
}
