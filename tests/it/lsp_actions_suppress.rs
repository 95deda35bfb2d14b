//! Silencing a finding from the editor: afterwards it is gone.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use crate::client::{Client, uri};
use crate::lsp_actions_clients::vs_code;
use crate::model::{Encoding, Model};

const COMPOSE: &str = "services:\r\n  init:\r\n    image: acme/app:17\r\n    environment:\r\n      A: \"\u{1f600}\"\r\n      \
POSTGRES_PASSWORD: ${DB_PASSWORD:-changeme}\r\n      API_TOKEN: ${API_TOKEN:-changeme}\r\n";

fn opened(folder: &Path, capabilities: Value) -> (Client, String, Vec<Value>) {
    let mut client = Client::start(folder, capabilities);
    let file = uri(&folder.join("docker-compose.yml"));
    client.open(&file, "dockercompose", 1, COMPOSE);
    let shown = client.diagnostics(&file, 1);
    assert_eq!(shown.len(), 2, "{shown:?}");
    (client, file, shown)
}

fn action(client: &mut Client, file: &str, range: &Value, title: &str) -> Value {
    let offered = client.actions(file, range, &["quickfix"]);
    let fits = |action: &&Value| action["title"].as_str().unwrap().contains(title);
    let found = offered.iter().find(fits).cloned();
    let found = found.unwrap_or_else(|| panic!("no action {title:?} in {offered:#?}"));
    assert!(found["isPreferred"].is_null(), "{found}");
    found
}

#[test]
fn a_line_and_a_file_are_silenced_in_all_encodings() {
    let folder = tempfile::tempdir().unwrap();
    for encoding in Encoding::ALL {
        let offers = json!({"general": {"positionEncodings": [encoding.name()]}});
        let (mut client, file, shown) = opened(folder.path(), offers);
        let line = action(&mut client, &file, &shown[0]["range"], "on this line");
        let mut model = Model::new(COMPOSE, encoding);
        model.apply(&line["edit"]);
        let comment = "changeme} # harden: ignore[compose/default-secret]\r\n";
        assert_eq!(model.text, COMPOSE.replacen("changeme}\r\n", comment, 1));
        client.change(&file, 2, json!([{"text": model.text}]));
        let left = client.diagnostics(&file, 2);
        assert_eq!(left.len(), 1, "{left:?}");
        assert_eq!(left[0]["range"], shown[1]["range"]);

        client.change(&file, 3, json!([{"text": COMPOSE}]));
        client.diagnostics(&file, 3);
        let whole = action(&mut client, &file, &shown[0]["range"], "in this file");
        let mut model = Model::new(COMPOSE, encoding);
        model.apply(&whole["edit"]);
        client.change(&file, 4, json!([{"text": model.text}]));
        assert_eq!(client.diagnostics(&file, 4), [] as [Value; 0]);
        assert_eq!(client.leave(), Some(0));
    }
}

#[test]
fn a_comment_of_ours_takes_another_name() {
    let folder = tempfile::tempdir().unwrap();
    let mut client = Client::start(folder.path(), json!({}));
    let file = uri(&folder.path().join("app.py"));
    let text = "import random\n\ntoken = random.choice('ab')  # harden: ignore[python/default-secret] why\n";
    client.open(&file, "python", 1, text);
    let shown = client.diagnostics(&file, 1);
    let random = shown
        .iter()
        .find(|shown| shown["code"] == "python/insecure-random");
    let range = random.unwrap()["range"].clone();
    let line = action(
        &mut client,
        &file,
        &range,
        "Ignore python/insecure-random on this line",
    );
    let mut model = Model::new(text, Encoding::Units);
    model.apply(&line["edit"]);
    assert!(
        model
            .text
            .contains("ignore[python/default-secret, python/insecure-random] why"),
        "{}",
        model.text
    );
    client.forget();
}

#[test]
fn the_configuration_is_made_where_the_editor_makes_files() {
    let folder = tempfile::tempdir().unwrap();
    let config = uri(&folder.path().join("harden.toml"));
    let (mut client, file, shown) = opened(folder.path(), vs_code());
    let ignore = action(&mut client, &file, &shown[0]["range"], "in harden.toml");
    let operations = &ignore["edit"]["documentChanges"];
    assert_eq!(operations[0]["kind"], "create");
    assert_eq!(operations[0]["uri"], config);
    let written = operations[1]["edits"][0]["newText"]
        .as_str()
        .unwrap()
        .to_owned();
    assert_eq!(
        written,
        "[per-file]\n\"/docker-compose.yml\" = [\"compose/default-secret\"]\n"
    );
    // Applied, it holds.
    fs::write(folder.path().join("harden.toml"), written).unwrap();
    client.notify(
        "workspace/didChangeWatchedFiles",
        json!({"changes": [{"uri": config, "type": 1}]}),
    );
    assert_eq!(client.diagnostics(&file, 1), [] as [Value; 0]);
    client.forget();

    fs::remove_file(folder.path().join("harden.toml")).unwrap();
    let disabled = json!({"textDocument": {"codeAction": {"disabledSupport": true}}});
    let (mut client, file, shown) = opened(folder.path(), disabled);
    let ignore = action(&mut client, &file, &shown[0]["range"], "in harden.toml");
    let reason = ignore["disabled"]["reason"].as_str().unwrap();
    assert!(reason.contains("makes a file"), "{ignore}");
    assert!(ignore["edit"].is_null());
    client.forget();

    // Where nothing can be greyed out, it is left out.
    let (mut client, file, shown) = opened(folder.path(), json!({}));
    let offered = client.actions(&file, &shown[0]["range"], &["quickfix"]);
    let titles = offered
        .iter()
        .map(|action| action["title"].as_str().unwrap());
    assert!(
        !titles
            .into_iter()
            .any(|title| title.contains("harden.toml"))
    );
    client.forget();
}

#[test]
fn the_configuration_in_force_keeps_its_style() {
    let folder = tempfile::tempdir().unwrap();
    let project = "[project]\nname = 'a'  # ours\n\n[tool.harden]\nignore = []\n";
    fs::write(folder.path().join("pyproject.toml"), project).unwrap();
    let config = uri(&folder.path().join("pyproject.toml"));
    let (mut client, file, shown) = opened(folder.path(), json!({}));
    let range = &shown[0]["range"];
    for (title, made) in [
        (
            "in pyproject.toml",
            "\n[tool.harden.per-file]\n\"/docker-compose.yml\" = [\"compose/default-secret\"]\n",
        ),
        (
            "as development in pyproject.toml",
            "\n[tool.harden.compose]\ndevelopment = [\"/docker-compose.yml\"]\n",
        ),
    ] {
        let ignore = action(&mut client, &file, range, title);
        let edits = json!({"changes": {"x": ignore["edit"]["changes"][&config]}});
        let mut model = Model::new(project, Encoding::Units);
        model.apply(&edits);
        assert_eq!(model.text, format!("{project}{made}"));
    }
    client.forget();

    // A buffer counts instead of its file, and what cannot be read is not touched.
    let disabled = json!({"textDocument": {"codeAction": {"disabledSupport": true}}});
    let (mut client, file, shown) = opened(folder.path(), disabled);
    client.open(&config, "toml", 1, "[tool.harden\n");
    let ignore = action(&mut client, &file, &shown[0]["range"], "in this file, in");
    let reason = ignore["disabled"]["reason"].as_str().unwrap();
    assert_eq!(reason, "`pyproject.toml` has a syntax error");
    client.forget();
}
