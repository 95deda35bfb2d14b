//! Quick fixes that need other files: one edit for all of them, open buffers as they are.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use crate::client::{Client, uri};

const COMPOSE: &str =
    "services:\n  db:\n    environment:\n      POSTGRES_PASSWORD: ${DB_PASSWORD:-changeme}\n";

fn edits(capable: bool) -> Value {
    json!({
        "workspace": {"workspaceEdit": {
            "documentChanges": true,
            "resourceOperations": if capable { vec!["create"] } else { vec![] },
        }},
        "textDocument": {"codeAction": {"disabledSupport": true}},
    })
}

/// The first quick fix anywhere in the compose file.
fn fix(client: &mut Client, file: &str) -> Value {
    let whole = json!({"start": {"line": 0, "character": 0}, "end": {"line": 9, "character": 0}});
    client.actions(file, &whole, &["quickfix"]).remove(0)
}

fn start(folder: &Path, capabilities: Value) -> (Client, String) {
    let mut client = Client::start(folder, capabilities);
    let file = uri(&folder.join("docker-compose.yml"));
    client.open(&file, "dockercompose", 1, COMPOSE);
    assert_eq!(client.diagnostics(&file, 1).len(), 1);
    (client, file)
}

#[test]
fn an_open_buffer_is_edited_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join(".env.example"), "A=\n").unwrap();
    let (mut client, file) = start(folder.path(), json!({}));
    let example = uri(&folder.path().join(".env.example"));
    client.open(&example, "dotenv", 1, "# \u{1f600}\nA=\nB=\n");
    let action = fix(&mut client, &file);
    let changes = &action["edit"]["changes"];
    assert_eq!(changes[&file].as_array().unwrap().len(), 1, "{action}");
    let listed = &changes[&example][0];
    assert_eq!(listed["newText"], "DB_PASSWORD=\n");
    assert_eq!(listed["range"]["start"], json!({"line": 3, "character": 0}));
    client.forget();
}

#[test]
fn a_file_is_made_where_the_editor_can() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join(".env"), "DB_PASSWORD=x\n").unwrap();
    let example = uri(&folder.path().join(".env.example"));

    let (mut client, file) = start(folder.path(), edits(true));
    let action = fix(&mut client, &file);
    let operations = action["edit"]["documentChanges"].as_array().unwrap();
    let kinds: Vec<&str> = operations
        .iter()
        .map(|operation| operation["kind"].as_str().unwrap_or("edit"))
        .collect();
    assert_eq!(kinds, ["edit", "create", "edit"], "{action}");
    assert_eq!(operations[0]["textDocument"]["uri"], file);
    assert_eq!(operations[1]["uri"], example);
    assert_eq!(operations[2]["textDocument"]["uri"], example);
    assert_eq!(operations[2]["edits"][0]["newText"], "DB_PASSWORD=\n");
    client.forget();

    let (mut client, file) = start(folder.path(), edits(false));
    let action = fix(&mut client, &file);
    assert!(action["edit"].is_null(), "{action}");
    let reason = action["disabled"]["reason"].as_str().unwrap();
    assert!(reason.contains("makes a file"), "{reason}");
    client.forget();
}
