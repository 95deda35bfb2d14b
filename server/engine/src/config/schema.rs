//! The JSON Schema of `harden.toml` (draft 7, which the TOML extensions of editors take).

use serde_json::{Map, Value as Json, json};

use super::keys::{self, Key, Value};
use super::selector::names;
use crate::rule::Severity;
use crate::rules;

/// The schema, made of the table of keys.
pub fn schema() -> Json {
    json!({
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "harden.toml",
        "description": "What Harden checks, how severe it is, and what it may fix.",
        "type": "object",
        "properties": properties(""),
        "additionalProperties": false,
        "definitions": {
            "rule": rule(),
            "rules": list(&json!({"$ref": "#/definitions/rule"})),
            "globs": list(&json!({"type": "string"})),
            "severity": { "enum": Severity::ALL.map(Severity::name) },
        },
    })
}

fn properties(table: &str) -> Map<String, Json> {
    keys::keys(table)
        .map(|key| (key.name().to_owned(), property(key)))
        .collect()
}

fn property(key: &Key) -> Json {
    let mut made = match &key.value {
        Value::Table => json!({
            "type": "object",
            "properties": properties(key.path),
            "additionalProperties": false,
        }),
        Value::Rules(_) => json!({"allOf": [{"$ref": "#/definitions/rules"}]}),
        Value::Globs(_) | Value::Names(_) => json!({"allOf": [{"$ref": "#/definitions/globs"}]}),
        Value::Percent(_) => json!({"type": "integer", "minimum": 1, "maximum": 100}),
        Value::Number(_) => json!({"type": "integer", "minimum": 1}),
        Value::Flag(_) => json!({"type": "boolean"}),
        Value::Severities(_) => {
            let known = names().map(|name| {
                let doc = rules::find(name).map_or("", |rule| rule.summary());
                let severity =
                    json!({"allOf": [{"$ref": "#/definitions/severity"}], "description": doc});
                (name.to_owned(), severity)
            });
            json!({
                "type": "object",
                "properties": known.collect::<Map<String, Json>>(),
                "propertyNames": {"$ref": "#/definitions/rule"},
                "additionalProperties": {"$ref": "#/definitions/severity"},
            })
        }
        Value::RulesByGlob(_) => json!({
            "type": "object",
            "additionalProperties": {"$ref": "#/definitions/rules"},
        }),
        Value::Choice(..) => words(key),
        Value::Choices(..) => list(&words(key)),
    };
    if let Json::Object(made) = &mut made {
        made.insert("description".into(), key.doc.into());
        if let Some(default) = json_of(key.default) {
            made.insert("default".into(), default);
        }
        if let Some(example) = json_of(key.example) {
            made.insert("examples".into(), json!([example]));
        }
    }
    made
}

fn words(key: &Key) -> Json {
    let names: Vec<&str> = key.words().iter().map(|word| word.name).collect();
    json!({ "enum": names })
}

/// A list of such items, or one of them.
fn list(item: &Json) -> Json {
    json!({"anyOf": [item, {"type": "array", "items": item}]})
}

/// What selects rules: the names, which editors propose, and the beginnings of names.
fn rule() -> Json {
    let mut beginnings: Vec<&str> = rules::all()
        .flat_map(|rule| {
            let ends = rule.name.match_indices(['/', '-']).map(|(at, _)| at);
            ends.chain([rule.name.len()]).map(|end| &rule.name[..end])
        })
        .collect();
    beginnings.sort_unstable();
    beginnings.dedup();
    let pattern = format!("^(?:ALL\\*?|(?:{})[/-]?\\*?)$", beginnings.join("|"));
    let described = names().map(|name| match rules::find(name) {
        Some(rule) => json!({"const": name, "description": rule.summary()}),
        None => json!({"const": name}),
    });
    let mut any: Vec<Json> = described.collect();
    any.push(json!({"type": "string", "pattern": pattern}));
    json!({ "anyOf": any })
}

/// A default or an example, which are written as TOML.
fn json_of(toml: &str) -> Option<Json> {
    let value: toml_edit::Value = toml.parse().ok()?;
    of_value(&value)
}

fn of_value(value: &toml_edit::Value) -> Option<Json> {
    Some(match value {
        toml_edit::Value::String(text) => text.value().as_str().into(),
        toml_edit::Value::Integer(number) => (*number.value()).into(),
        toml_edit::Value::Boolean(known) => (*known.value()).into(),
        toml_edit::Value::Array(list) => list.iter().filter_map(of_value).collect(),
        toml_edit::Value::InlineTable(table) => {
            let entries = table.iter();
            let entries = entries.filter_map(|(key, value)| Some((key.into(), of_value(value)?)));
            Json::Object(entries.collect())
        }
        toml_edit::Value::Float(_) | toml_edit::Value::Datetime(_) => return None,
    })
}
