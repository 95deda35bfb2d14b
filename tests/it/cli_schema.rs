//! The schema of configurations, and which one holds.

use harden_engine::config::{Home, KEYS, read};
use serde_json::{Map, Value};

use crate::cli::Folder;

fn json(value: &toml_edit::Item) -> Value {
    if let Some(table) = value.as_table_like() {
        let entries = table.iter().map(|(key, item)| (key.to_owned(), json(item)));
        return Value::Object(entries.collect::<Map<String, Value>>());
    }
    match value.as_value() {
        Some(toml_edit::Value::String(text)) => text.value().as_str().into(),
        Some(toml_edit::Value::Integer(number)) => (*number.value()).into(),
        Some(toml_edit::Value::Boolean(known)) => (*known.value()).into(),
        Some(toml_edit::Value::Array(list)) => list
            .iter()
            .map(|item| json(&toml_edit::Item::Value(item.clone())))
            .collect(),
        _ => Value::Null,
    }
}

#[test]
fn the_schema_takes_what_is_read_and_nothing_else() {
    let run = Folder::new(&[]).run(&["config", "schema"]);
    assert_eq!(run.code, Some(0));
    let schema: Value = serde_json::from_str(&run.out).unwrap();
    let mut compiler = boon::Compiler::new();
    compiler.add_resource("harden.json", schema).unwrap();
    let mut schemas = boon::Schemas::new();
    let schema = compiler.compile("harden.json", &mut schemas).unwrap();
    let readme = include_str!("../../README.md");
    let (_, readme) = readme.split_once("```toml\n").unwrap();
    let (readme, _) = readme.split_once("```").unwrap();
    let mut texts: Vec<String> = vec![readme.into(), String::new()];
    for key in KEYS.iter().filter(|key| !key.example.is_empty()) {
        for value in [
            key.example,
            key.default,
            "true",
            "'x'",
            "['x']",
            "{ x = 1 }",
            "{}",
            "101",
        ] {
            texts.push(format!("{} = {value}\n", key.path));
        }
        texts.push(format!("{}x = {}\n", key.path, key.default));
    }
    for selector in [
        "ALL",
        "ALL*",
        "compose",
        "compose/",
        "compose/*",
        "compose/default",
        "*",
        "",
        "comp",
        "Compose",
    ] {
        texts.push(format!("ignore = ['{selector}']\n"));
        texts.push(format!("[severity]\n'{selector}' = 'low'\n"));
        texts.push(format!("[per-file]\n'a/*' = '{selector}'\n"));
    }
    for severity in ["critical", "High", "off"] {
        texts.push(format!("[severity]\ncompose = '{severity}'\n"));
    }
    let mut valid = 0;
    for text in &texts {
        let document: toml_edit::DocumentMut = text.parse().unwrap();
        let document = json(document.as_item());
        let faults = schemas.validate(&document, schema).err();
        let problems = read(Home::Own, text).unwrap().problems;
        assert_eq!(
            faults.is_none(),
            problems.is_empty(),
            "{text}: {problems:?} {}",
            faults.map(|faults| faults.to_string()).unwrap_or_default()
        );
        valid += usize::from(problems.is_empty());
    }
    assert!(valid > KEYS.len() && valid < texts.len() / 2 + KEYS.len() * 2);
}

#[test]
fn the_configuration_that_holds_is_shown() {
    let folder = Folder::new(&[
        (
            "pyproject.toml",
            "[tool.harden]\nignore = ['file']\nexclude = [\n  'old', # gone\n]\nseverity.'compose/default-secret' = \"low\"\n[tool.harden.per-file]\n'a/*.py' = ['python']\n",
        ),
        ("b/harden.toml", "selct = 1\n"),
    ]);
    let run = folder.run(&["config", "show", "a/x.py"]);
    assert_eq!(run.code, Some(0), "{}", run.err);
    let (head, rest) = run.out.split_once('\n').unwrap();
    assert!(head.ends_with("/pyproject.toml"), "{head}");
    for line in [
        "# Ignored in a/x.py: python.",
        "ignore = ['file']",
        "exclude = [\n  'old', # gone\n]",
        "severity.'compose/default-secret' = \"low\"",
        "per-file.'a/*.py' = ['python']",
        "# policy.coverage = 80",
    ] {
        assert!(rest.contains(&format!("{line}\n")), "{line}: {rest}");
    }
    let problems = read(Home::Own, &run.out).unwrap().problems;
    assert_eq!(problems, [], "what is shown can be used");
    let run = folder.run(&["config", "show", "old/x.py"]);
    assert!(run.out.contains("# old/x.py is excluded."), "{}", run.out);
    let run = folder.run(&["config", "show", "b"]);
    assert_eq!(run.code, Some(1));
    assert!(run.err.contains("1 mistake"), "{}", run.err);
}
