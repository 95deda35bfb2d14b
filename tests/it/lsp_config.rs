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

fn watched(client: &mut Client, path: &std::path::Path, kind: u8) {
    client.notify(
        "workspace/didChangeWatchedFiles",
        json!({"changes": [{"uri": uri(path), "type": kind}]}),
    );
}

fn codes(diagnostics: &[Value]) -> Vec<&str> {
    diagnostics
        .iter()
        .map(|one| one["code"].as_str().unwrap())
        .collect()
}

#[test]
fn what_is_on_disk_holds_and_the_mistakes_of_the_buffer_are_shown() {
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
        (&range["start"]["character"], &range["end"]["character"]),
        (&json!(36), &json!(61))
    );
    // What can be understood holds.
    client.open(&compose, "dockercompose", 1, COMPOSE);
    assert!(client.diagnostics(&compose, 1).is_empty());

    let right = "[severity]\n\"compose/default-secret\" = \"info\"\n";
    client.change(&config, 2, json!([{"text": &right[..30]}]));
    let shown = client.diagnostics(&config, 2);
    assert!(
        shown[0]["message"]
            .as_str()
            .unwrap()
            .contains("no valid TOML"),
        "{shown:?}"
    );
    client.change(&config, 3, json!([{"text": right}]));
    assert!(client.diagnostics(&config, 3).is_empty());
    fs::write(&path, right).unwrap();
    saved(&mut client, &config);
    let shown = client.diagnostics(&compose, 1);
    assert_eq!(codes(&shown), ["compose/default-secret"]);
    assert_eq!(shown[0]["severity"], 4);

    // While it is no TOML on disk what it said last holds, and the error is shown.
    fs::write(&path, &right[..30]).unwrap();
    client.change(&config, 4, json!([{"text": &right[..30]}]));
    assert_eq!(client.diagnostics(&config, 4).len(), 1);
    saved(&mut client, &config);
    client.change(&compose, 2, json!([{"text": COMPOSE}]));
    assert_eq!(client.diagnostics(&compose, 2)[0]["severity"], 4);
    client.close(&config);
    assert_eq!(
        client.unversioned(&config).len(),
        1,
        "it is so on disk, too"
    );
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
    watched(&mut client, &path, 3);
    client.cleared(&uri(&path));
    client.diagnostics(&compose, 1);
    assert_eq!(client.leave(), Some(0));
}

#[test]
fn only_documents_whose_configuration_changed_are_looked_at_again() {
    let folder = tempfile::tempdir().unwrap();
    let watching = json!({"workspace": {"didChangeWatchedFiles": {"dynamicRegistration": true}}});
    let mut client = Client::start(folder.path(), watching);
    client.asked("client/registerCapability");
    for name in ["a", "b"] {
        fs::create_dir(folder.path().join(name)).unwrap();
        let file = uri(&folder.path().join(name).join("docker-compose.yml"));
        client.open(&file, "dockercompose", 1, COMPOSE);
        client.diagnostics(&file, 1);
    }
    let config = folder.path().join("a/pyproject.toml");
    let a = uri(&folder.path().join("a/docker-compose.yml"));
    fs::write(&config, "[tool.harden]\nignore = ['compose']\n").unwrap();
    watched(&mut client, &config, 1);
    assert!(client.diagnostics(&a, 1).is_empty());
    fs::write(
        &config,
        "[tool.other]\nx = 1\n[tool.harden]\nignore = [ 'compose' ]\n",
    )
    .unwrap();
    watched(&mut client, &config, 2);
    fs::remove_file(&config).unwrap();
    watched(&mut client, &config, 3);
    assert_eq!(client.diagnostics(&a, 1).len(), 1);
    // Nothing more was said: the client fails over what nobody looked at.
    assert_eq!(client.leave(), Some(0));
}

#[test]
fn a_client_that_does_not_watch_has_its_files_looked_at_when_it_opens_or_saves_one() {
    let folder = tempfile::tempdir().unwrap();
    let mut client = Client::start(folder.path(), json!({}));
    let compose = uri(&folder.path().join("docker-compose.yml"));
    client.open(&compose, "dockercompose", 1, COMPOSE);
    assert_eq!(client.diagnostics(&compose, 1).len(), 1);
    fs::write(folder.path().join("harden.toml"), "ignore = ['compose']\n").unwrap();
    saved(&mut client, &compose);
    assert!(client.diagnostics(&compose, 1).is_empty());
    fs::write(folder.path().join("harden.toml"), "").unwrap();
    let other = uri(&folder.path().join("app.py"));
    client.open(&other, "python", 1, "");
    assert_eq!(client.diagnostics(&compose, 1).len(), 1);
    client.diagnostics(&other, 1);
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

#[test]
fn a_pyproject_that_is_broken_for_a_while_keeps_its_configuration() {
    let folder = tempfile::tempdir().unwrap();
    let config = folder.path().join("pyproject.toml");
    let whole = "[project]\nname = \"a\"\n[tool.harden]\nignore = ['compose']\n";
    fs::write(&config, whole).unwrap();
    let mut client = Client::start(folder.path(), json!({}));
    let compose = uri(&folder.path().join("docker-compose.yml"));
    client.open(&compose, "dockercompose", 1, COMPOSE);
    assert!(client.diagnostics(&compose, 1).is_empty());
    for broken in [
        whole.replace("\"a\"", "\"\"\"a"),
        whole.replace("['compose']", "["),
        whole.replace("ignore", "ig nore"),
    ] {
        fs::write(&config, broken).unwrap();
        watched(&mut client, &config, 2);
    }
    client.change(&compose, 2, json!([{"text": COMPOSE}]));
    assert!(client.diagnostics(&compose, 2).is_empty());
    fs::write(&config, whole.replace("compose", "file")).unwrap();
    watched(&mut client, &config, 2);
    assert_eq!(client.diagnostics(&compose, 2).len(), 1);
    assert_eq!(client.leave(), Some(0));
}

#[test]
fn a_configuration_above_the_folder_is_looked_at_too() {
    let folder = tempfile::tempdir().unwrap();
    let above = folder.path().join("harden.toml");
    fs::write(&above, "ignore = ['file']\n").unwrap();
    let inner = folder.path().join("inner");
    fs::create_dir(&inner).unwrap();
    let watching = json!({"workspace": {"didChangeWatchedFiles": {"dynamicRegistration": true}}});
    let mut client = Client::start(&inner, watching);
    client.asked("client/registerCapability");
    let compose = uri(&inner.join("docker-compose.yml"));
    client.open(&compose, "dockercompose", 1, COMPOSE);
    assert_eq!(client.diagnostics(&compose, 1).len(), 1);
    fs::write(&above, "ignore = ['compose']\n").unwrap();
    saved(&mut client, &compose);
    assert!(client.diagnostics(&compose, 1).is_empty());
    assert_eq!(client.leave(), Some(0));
}

#[test]
fn a_client_that_pulls_asks_for_the_mistakes_of_a_configuration() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("harden.toml");
    fs::write(&path, "ignore = ['file']\n").unwrap();
    let pulls = json!({
        "textDocument": {"diagnostic": {}},
        "workspace": {"diagnostics": {"refreshSupport": true}},
    });
    let mut client = Client::start(folder.path(), pulls);
    let config = uri(&path);
    let shown = |client: &mut Client| {
        let asked = json!({"textDocument": {"uri": config}, "identifier": "harden"});
        let answer = client.request("textDocument/diagnostic", asked);
        answer["items"].as_array().unwrap().len()
    };
    client.open(&uri(&path), "toml", 1, "ignore = ['file']\n");
    assert_eq!(shown(&mut client), 0);
    client.change(&uri(&path), 2, json!([{"text": "ignore = ['file'\n"}]));
    assert_eq!(shown(&mut client), 1);
    client.change(&uri(&path), 3, json!([{"text": "ignore = ['file']\n"}]));
    assert_eq!(shown(&mut client), 0);
    // It may have been asked to ask again.
    client.forget();
}
