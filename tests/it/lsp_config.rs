//! The user's configuration in the editor.

use std::fs;

use serde_json::{Value, json};

use crate::client::{Client, uri};

const COMPOSE: &str =
    "services:\n  db:\n    environment:\n      API_TOKEN: ${API_TOKEN:-changeme}\n";

fn saved(client: &mut Client, file: &str) {
    client.notify(
        "textDocument/didSave",
        json!({"textDocument": {"uri": file}}),
    );
}

fn codes(diagnostics: &[Value]) -> Vec<&str> {
    diagnostics
        .iter()
        .map(|one| one["code"].as_str().unwrap())
        .collect()
}

#[test]
fn a_mistake_in_the_configuration_is_shown_in_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("harden.toml");
    let wrong = "ignore = [\"compose/default-secret\", \"compose/default-secrets\"]\n";
    fs::write(&path, wrong).unwrap();
    let mut client = Client::start(folder.path(), json!({}));
    let (config, compose) = (uri(&path), uri(&folder.path().join("docker-compose.yml")));
    client.open(&config, "toml", 1, wrong);
    let shown = client.diagnostics(&config, 1);
    assert_eq!(codes(&shown), ["config/invalid"]);
    let range = &shown[0]["range"];
    assert_eq!(
        (
            range["start"]["line"].as_u64(),
            range["end"]["line"].as_u64()
        ),
        (Some(0), Some(0))
    );
    // What can be understood holds.
    client.open(&compose, "dockercompose", 1, COMPOSE);
    assert!(client.diagnostics(&compose, 1).is_empty());

    let right = "[severity]\n\"compose/default-secret\" = \"info\"\n";
    client.change(&config, 2, json!([{"text": right}]));
    client.diagnostics(&config, 2);
    fs::write(&path, right).unwrap();
    saved(&mut client, &config);
    assert!(client.diagnostics(&config, 2).is_empty());
    let shown = client.diagnostics(&compose, 1);
    assert_eq!(codes(&shown), ["compose/default-secret"]);
    assert_eq!(shown[0]["severity"], 4);
    assert_eq!(client.leave(), Some(0));
}

#[test]
fn a_closed_configuration_shows_its_mistakes_too() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("harden.toml");
    fs::write(&path, "selct = []\n").unwrap();
    let mut client = Client::start(folder.path(), json!({}));
    let compose = uri(&folder.path().join("docker-compose.yml"));
    client.open(&compose, "dockercompose", 1, COMPOSE);
    assert_eq!(
        codes(&client.diagnostics(&compose, 1)),
        ["compose/default-secret"]
    );
    assert_eq!(codes(&client.unversioned(&uri(&path))), ["config/invalid"]);
    fs::remove_file(&path).unwrap();
    client.notify(
        "workspace/didChangeWatchedFiles",
        json!({"changes": [{"uri": uri(&path), "type": 3}]}),
    );
    client.cleared(&uri(&path));
    client.diagnostics(&compose, 1);
    assert_eq!(client.leave(), Some(0));
}

#[test]
fn excluded_files_and_ignored_rules_are_silent_and_comments_hold() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(
        folder.path().join("harden.toml"),
        "exclude = [\"old\"]\n[per-file]\n\"b.yml\" = [\"compose/default-secret\"]\n",
    )
    .unwrap();
    let mut client = Client::start(folder.path(), json!({}));
    let silenced = COMPOSE.replace(
        "changeme}",
        "changeme} # harden: ignore[compose/default-secret] known",
    );
    for (name, text, found) in [
        ("compose.yml", COMPOSE, 1),
        ("old/compose.yml", COMPOSE, 0),
        ("compose.silenced.yml", &silenced, 0),
    ] {
        let file = uri(&folder.path().join(name));
        client.open(&file, "dockercompose", 1, text);
        assert_eq!(client.diagnostics(&file, 1).len(), found, "{name}");
    }
    assert_eq!(client.leave(), Some(0));
}

#[test]
fn a_client_that_can_is_asked_to_watch_the_configuration() {
    let folder = tempfile::tempdir().unwrap();
    let mut client = Client::start(
        folder.path(),
        json!({"workspace": {"didChangeWatchedFiles": {"dynamicRegistration": true}}}),
    );
    let asked = client.asked("client/registerCapability");
    let registration = &asked["registrations"][0];
    assert_eq!(registration["method"], "workspace/didChangeWatchedFiles");
    let watchers = registration["registerOptions"]["watchers"].to_string();
    assert!(watchers.contains("harden"), "{watchers}");
    assert_eq!(client.leave(), Some(0));
}
