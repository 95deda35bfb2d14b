//! Quick fixes and fixing all, as editors ask for them.

use serde_json::{Value, json};

use crate::client::{Client, uri};
use crate::model::{Encoding, Model};

const COMPOSE: &str = "services:\r\n  init:\r\n    image: acme/app:17 # \u{1f418}\r\n    environment:\r\n      \
POSTGRES_PASSWORD: \"\u{1f600}${DB_PASSWORD:-changeme}\"\r\n      API_TOKEN: ${API_TOKEN:-changeme}\r\n";

fn opened(folder: &std::path::Path, capabilities: Value) -> (Client, String, Vec<Value>) {
    let mut client = Client::start(folder, capabilities);
    let file = uri(&folder.join("docker-compose.yml"));
    client.open(&file, "dockercompose", 1, COMPOSE);
    let shown = client.diagnostics(&file, 1);
    assert_eq!(shown.len(), 2, "{shown:?}");
    (client, file, shown)
}

#[test]
fn a_quick_fix_is_offered_where_the_finding_is_and_removes_it() {
    let folder = tempfile::tempdir().unwrap();
    for encoding in Encoding::ALL {
        let (mut client, file, shown) = opened(
            folder.path(),
            json!({"general": {"positionEncodings": [encoding.name()]}}),
        );
        let whole = &shown[0]["range"];
        let at = |place: &Value| json!({"start": place, "end": place});
        // The whole, the cursor at either end, and what is selected from far before.
        for range in [
            whole.clone(),
            at(&whole["start"]),
            at(&whole["end"]),
            json!({"start": {"line": 0, "character": 0}, "end": whole["start"]}),
        ] {
            let mut offered = client.actions(&file, &range, &["quickfix"]);
            let action = offered.remove(0);
            assert_eq!(action["kind"], "quickfix");
            assert_eq!(action["isPreferred"], true);
            let preferred = |action: &Value| action["isPreferred"] == true;
            assert!(!offered.iter().any(preferred), "{range}: {offered:?}");
            assert!(action["title"].as_str().unwrap().ends_with("(unsafe)"));
            let mut model = Model::new(COMPOSE, encoding);
            model.apply(&action["edit"]);
            assert_eq!(
                model.text,
                COMPOSE.replacen(":-changeme", ":?DB_PASSWORD must be set", 1)
            );
        }
        let elsewhere =
            json!({"start": {"line": 1, "character": 0}, "end": {"line": 1, "character": 3}});
        assert_eq!(
            client.actions(&file, &elsewhere, &["quickfix"]),
            [] as [Value; 0]
        );
        assert_eq!(client.leave(), Some(0));
    }
}

#[test]
fn versions_go_with_edits_where_the_client_declares_it() {
    let folder = tempfile::tempdir().unwrap();
    let (mut client, file, shown) = opened(
        folder.path(),
        json!({"workspace": {"workspaceEdit": {"documentChanges": true}}}),
    );
    let offered = client.actions(&file, &shown[0]["range"], &[]);
    let change = &offered[0]["edit"]["documentChanges"][0];
    assert_eq!(change["textDocument"], json!({"uri": file, "version": 1}));
    assert!(offered[0]["edit"].get("changes").is_none());
    assert_eq!(client.leave(), Some(0));
}

#[test]
fn an_answer_is_about_the_text_at_its_time() {
    let folder = tempfile::tempdir().unwrap();
    let (mut client, file, _) = opened(folder.path(), json!({}));
    let start = json!({"line": 0, "character": 0});
    client.change(
        &file,
        2,
        json!([{"range": {"start": start, "end": start}, "text": "# \u{1f600}\r\n"}]),
    );
    // Not waited for: the request comes right behind the edit.
    let here = json!({"line": 5, "character": 45});
    let offered = client.actions(&file, &json!({"start": here, "end": here}), &["quickfix"]);
    let mut model = Model::new(&format!("# \u{1f600}\r\n{COMPOSE}"), Encoding::Units);
    model.apply(&offered[0]["edit"]);
    assert!(
        model.text.contains(":?DB_PASSWORD must be set}"),
        "{}",
        model.text
    );
    client.diagnostics(&file, 2);
    assert_eq!(client.leave(), Some(0));
}

#[test]
fn kinds_are_asked_for_by_name_or_by_parent() {
    let folder = tempfile::tempdir().unwrap();
    let (mut client, file, shown) = opened(folder.path(), json!({}));
    let range = &shown[0]["range"];
    for only in [
        "refactor",
        "source.organizeImports",
        "source.fixAll.other",
        "quick",
        "source.fix",
    ] {
        assert_eq!(
            client.actions(&file, range, &[only]),
            [] as [Value; 0],
            "{only}"
        );
    }
    for only in ["quickfix", ""] {
        assert!(!client.actions(&file, range, &[only]).is_empty(), "{only}");
    }
    // Nothing in this file is safe to fix unasked.
    for only in ["source", "source.fixAll", "source.fixAll.harden"] {
        assert_eq!(
            client.actions(&file, range, &[only]),
            [] as [Value; 0],
            "{only}"
        );
    }
    assert_eq!(client.leave(), Some(0));
}

pub(crate) const PYTHON: &str = "import random\r\n\r\nWORD = \"\u{1f3b2}\"\r\n\r\ndef token():\r\n    return \"\u{1f600}\" + random.choice(WORD)\r\n\r\n\
def other():\r\n    # Kept: \u{1f600}\r\n    return random.randbytes(8)\r\n";

#[test]
fn fixing_all_is_one_action_with_one_edit_for_the_whole_file() {
    let folder = tempfile::tempdir().unwrap();
    for encoding in Encoding::ALL {
        let mut client = Client::start(
            folder.path(),
            json!({"general": {"positionEncodings": [encoding.name()]}}),
        );
        let file = uri(&folder.path().join("app.py"));
        client.open(&file, "python", 1, PYTHON);
        assert!(!client.diagnostics(&file, 1).is_empty());
        let nowhere =
            json!({"start": {"line": 0, "character": 0}, "end": {"line": 0, "character": 0}});
        let asked: Vec<Value> = ["source", "source.fixAll", "source.fixAll.harden"]
            .iter()
            .map(|only| {
                let mut offered = client.actions(&file, &nowhere, &[only]);
                assert_eq!(offered.len(), 1, "{only}: {offered:?}");
                assert_eq!(offered[0]["kind"], "source.fixAll.harden");
                offered.remove(0)
            })
            .collect();
        assert!(asked.windows(2).all(|pair| pair[0] == pair[1]));
        let mut model = Model::new(PYTHON, encoding);
        model.apply(&asked[0]["edit"]);
        assert!(model.text.contains("import secrets\r\n"), "{}", model.text);
        assert!(
            model.text.contains("secrets.choice(WORD)"),
            "{}",
            model.text
        );
        assert!(!model.text.replace("\r\n", "").contains(['\r', '\n']));
        client.change(&file, 2, json!([{"text": model.text}]));
        client.diagnostics(&file, 2);
        // Twice is once.
        assert_eq!(
            client.actions(&file, &nowhere, &["source.fixAll"]),
            [] as [Value; 0]
        );
        assert_eq!(client.leave(), Some(0));
    }
}

#[test]
fn unsafe_fixes_are_made_unasked_where_the_user_calls_them_safe() {
    let folder = tempfile::tempdir().unwrap();
    let config = folder.path().join("harden.toml");
    std::fs::write(&config, "[fix]\nsafe = [\"compose/default-secret\"]\n").unwrap();
    let (mut client, file, shown) = opened(folder.path(), json!({}));
    let fixed = COMPOSE
        .replacen(":-changeme", ":?DB_PASSWORD must be set", 1)
        .replacen(":-changeme", ":?API_TOKEN must be set", 1);
    let offered = client.actions(&file, &shown[0]["range"], &["source.fixAll"]);
    let mut model = Model::new(COMPOSE, Encoding::Units);
    model.apply(&offered[0]["edit"]);
    assert_eq!(model.text, fixed);
    let quick = client.actions(&file, &shown[0]["range"], &["quickfix"]);
    assert!(!quick[0]["title"].as_str().unwrap().ends_with("(unsafe)"));

    // The configuration is read again when the client says that it changed.
    std::fs::write(&config, "ignore = [\"compose/default-secret\"]\n").unwrap();
    client.notify(
        "workspace/didChangeWatchedFiles",
        json!({"changes": [{"uri": uri(&config), "type": 2}]}),
    );
    assert!(client.diagnostics(&file, 1).is_empty());
    assert_eq!(client.leave(), Some(0));
}
