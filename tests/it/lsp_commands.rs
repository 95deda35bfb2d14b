//! Commands that a client runs by name.

use std::fs;

use serde_json::{Value, json};

use crate::client::{Client, uri};
use crate::lsp_actions_clients::vs_code;
use crate::model::{Encoding, Model};

const PYTHON: &str = "import random\n\ntoken = random.choice('ab')\n";

fn run(client: &mut Client, command: &str, arguments: Value) -> i64 {
    let params = json!({"command": command, "arguments": arguments});
    client.ask("workspace/executeCommand", params)
}

fn result(client: &mut Client, id: i64) -> Value {
    let mut answer = client.answer(id);
    assert!(answer["error"].is_null(), "{answer}");
    answer["result"].take()
}

#[test]
fn the_workspace_is_fixed_by_one_edit() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    for name in ["a.py", "open.py"] {
        fs::write(path(name), PYTHON).unwrap();
    }
    fs::write(path("clean.py"), "x = 1\n").unwrap();
    fs::create_dir(path("b")).unwrap();
    fs::write(path("b/c.py"), PYTHON.replace('\n', "\r\n")).unwrap();
    fs::write(path("harden.toml"), "exclude = [\"old.py\"]\n").unwrap();
    fs::write(path("old.py"), PYTHON).unwrap();
    let mut client = Client::start(folder.path(), vs_code());
    let open = uri(&path("open.py"));
    // The buffer counts, not the file.
    let buffer = format!("# \u{1f600}\n{PYTHON}");
    client.open(&open, "python", 7, &buffer);
    client.diagnostics(&open, 7);

    let id = run(&mut client, "harden.fixWorkspace", json!([]));
    let edit = client.asked_for("workspace/applyEdit", json!({"applied": true}))["edit"].take();
    let changes = edit["documentChanges"].as_array().unwrap();
    let uris: Vec<&str> = changes
        .iter()
        .map(|change| change["textDocument"]["uri"].as_str().unwrap())
        .collect();
    assert_eq!(
        uris,
        [uri(&path("a.py")), uri(&path("b/c.py")), open.clone()]
    );
    assert_eq!(changes[0]["textDocument"]["version"], Value::Null);
    assert_eq!(changes[2]["textDocument"]["version"], 7);
    let reason =
        &edit["changeAnnotations"][changes[0]["edits"][0]["annotationId"].as_str().unwrap()];
    assert_eq!(reason["needsConfirmation"], false, "{edit}");
    for (at, text) in [(0, PYTHON), (2, &buffer)] {
        let mut model = Model::new(text, Encoding::Units);
        model.apply(&json!({"documentChanges": [changes[at]]}));
        assert!(
            model.text.contains("secrets.choice('ab')"),
            "{}",
            model.text
        );
    }
    let answer = result(&mut client, id);
    assert_eq!(answer["applied"], true);
    assert_eq!(answer["files"], 3);
    assert_eq!(answer["rules"]["python/insecure-random"], 3, "{answer}");
    // Nothing is written by the server.
    assert_eq!(fs::read_to_string(path("a.py")).unwrap(), PYTHON);

    // The client says no.
    let id = run(&mut client, "harden.fixWorkspace", json!([]));
    let refusal = json!({"applied": false, "failureReason": "the file is read-only"});
    client.asked_for("workspace/applyEdit", refusal);
    let answer = result(&mut client, id);
    assert_eq!(answer["applied"], false);
    assert_eq!(answer["reason"], "the file is read-only");
    client.forget();
}

#[test]
fn nothing_is_asked_of_an_editor_that_makes_no_edits() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("a.py"), PYTHON).unwrap();
    let mut client = Client::start(folder.path(), json!({}));
    let id = run(&mut client, "harden.fixWorkspace", json!([]));
    let answer = result(&mut client, id);
    assert_eq!(answer["applied"], false);
    assert!(answer["reason"].is_string());
    client.forget();
}

#[test]
fn unsafe_fixes_are_made_on_demand() {
    let folder = tempfile::tempdir().unwrap();
    let compose =
        "services:\n  db:\n    environment:\n      DB_PASSWORD: ${DB_PASSWORD:-changeme}\n";
    let mut client = Client::start(folder.path(), vs_code());
    let file = uri(&folder.path().join("docker-compose.yml"));
    client.open(&file, "dockercompose", 1, compose);
    client.diagnostics(&file, 1);
    let id = run(&mut client, "harden.fixFileUnsafe", json!([file]));
    let edit = client.asked_for("workspace/applyEdit", json!({"applied": true}))["edit"].take();
    let mut model = Model::new(compose, Encoding::Units);
    model.apply(&edit);
    assert!(
        model.text.contains(":?DB_PASSWORD must be set"),
        "{}",
        model.text
    );
    let answer = result(&mut client, id);
    assert_eq!(answer["applied"], true, "{answer}");
    assert!(answer["fixes"].as_u64() > Some(0), "{answer}");
    client.change(&file, 2, json!([{"text": model.text}]));
    client.diagnostics(&file, 2);
    for arguments in [json!([file]), json!([{"uri": "file:///not/open.py"}])] {
        let id = run(&mut client, "harden.fixFileUnsafe", arguments);
        assert_eq!(result(&mut client, id)["applied"], false);
    }
    client.forget();
}

#[test]
fn a_cancelled_command_still_takes_what_the_client_answers() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("a.py"), PYTHON).unwrap();
    let mut client = Client::start(folder.path(), vs_code());
    let id = run(&mut client, "harden.fixWorkspace", json!([]));
    client.next("workspace/applyEdit");
    client.notify("$/cancelRequest", json!({"id": id}));
    assert_eq!(client.answer(id)["error"]["code"], -32800);
    // It is the first thing that the server has asked for.
    client.send(&json!({"jsonrpc": "2.0", "id": 0, "result": {"applied": true}}));
    let id = run(&mut client, "harden.debugReport", json!([]));
    assert!(result(&mut client, id)["version"].is_string());
    assert_eq!(client.leave(), Some(0));
}

#[test]
fn a_text_that_is_out_of_step_is_not_edited() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.py");
    fs::write(&path, PYTHON).unwrap();
    let mut client = Client::start(folder.path(), vs_code());
    client.open(&uri(&path), "python", 1, PYTHON);
    client.diagnostics(&uri(&path), 1);
    let nowhere = json!({"line": 900, "character": 0});
    let change = json!([{"range": {"start": nowhere, "end": nowhere}, "text": "x"}]);
    client.change(&uri(&path), 2, change);
    let id = run(&mut client, "harden.fixWorkspace", json!([]));
    let answer = result(&mut client, id);
    assert_eq!(answer["applied"], false);
    assert!(
        answer["reason"].as_str().unwrap().contains("a.py"),
        "{answer}"
    );
    let id = run(&mut client, "harden.fixFileUnsafe", json!([uri(&path)]));
    assert_eq!(result(&mut client, id)["applied"], false);
    client.forget();
}

#[test]
fn a_wrong_command_is_an_error_and_no_more() {
    let folder = tempfile::tempdir().unwrap();
    let mut client = Client::start(folder.path(), vs_code());
    for (command, arguments) in [
        ("harden.no", json!([])),
        ("harden.fixFileUnsafe", json!([])),
        ("harden.fixFileUnsafe", json!(["no address"])),
        ("harden.openDocs", json!(["no/rule"])),
        ("harden.openDocs", json!([{}])),
    ] {
        let id = run(&mut client, command, arguments);
        assert_eq!(client.answer(id)["error"]["code"], -32602, "{command}");
    }
    assert_eq!(client.leave(), Some(0));
}

#[test]
fn docs_are_opened_where_they_can_be() {
    let folder = tempfile::tempdir().unwrap();
    let mut client = Client::start(folder.path(), vs_code());
    let id = run(
        &mut client,
        "harden.openDocs",
        json!(["compose/default-secret"]),
    );
    let wish = client.asked_for("window/showDocument", json!({"success": true}));
    assert_eq!(wish["external"], true);
    assert!(wish["uri"].as_str().unwrap().contains("default_secret"));
    assert_eq!(result(&mut client, id)["shown"], true);
    assert_eq!(client.leave(), Some(0));

    let mut client = Client::start(folder.path(), json!({}));
    let id = run(
        &mut client,
        "harden.openDocs",
        json!(["compose/default-secret"]),
    );
    let said = client.next("window/showMessage");
    assert!(
        said["message"]
            .as_str()
            .unwrap()
            .starts_with("compose/default-secret: ")
    );
    let answer = result(&mut client, id);
    assert!(
        answer["text"]
            .as_str()
            .unwrap()
            .contains("Severity: critical.")
    );
    assert_eq!(client.leave(), Some(0));
}

#[test]
fn the_configuration_is_read_again_on_demand() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("harden.toml"), "").unwrap();
    let mut client = Client::start(folder.path(), json!({}));
    let file = uri(&folder.path().join("app.py"));
    client.open(&file, "python", 1, PYTHON);
    assert_eq!(client.diagnostics(&file, 1).len(), 1);
    fs::write(folder.path().join("harden.toml"), "ignore = [\"python\"]\n").unwrap();
    let id = run(&mut client, "harden.reloadConfiguration", json!([]));
    let answer = result(&mut client, id);
    assert_eq!(answer["configurations"].as_array().unwrap().len(), 1);
    assert_eq!(client.diagnostics(&file, 1), [] as [Value; 0]);
    client.forget();
}

#[test]
fn the_report_says_all_but_what_is_in_the_files() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("harden.toml"), "").unwrap();
    let mut client = Client::start(folder.path(), vs_code());
    let file = uri(&folder.path().join("app.py"));
    client.open(&file, "python", 1, "password = 'hunter2'\n");
    client.diagnostics(&file, 1);
    let id = run(&mut client, "harden.debugReport", json!([]));
    let report = result(&mut client, id);
    assert_eq!(report["version"], env!("CARGO_PKG_VERSION"));
    assert_eq!(report["documents"]["Python"]["documents"], 1);
    assert_eq!(report["documents"]["Python"]["bytes"], 21);
    assert!(
        report["configurations"][0]
            .as_str()
            .unwrap()
            .ends_with("harden.toml")
    );
    assert_eq!(report["panicked"], json!([]));
    assert!(report["work"].as_str().unwrap().contains("chunks_parsed"));
    assert!(!report.to_string().contains("hunter2"), "{report}");
    client.forget();
}
