//! Quick fixes and fixing all, as editors ask for them.

use serde_json::{Value, json};

use crate::client::{Client, uri};
use crate::model::{Encoding, Model};

const COMPOSE: &str = "services:\r\n  db:\r\n    image: postgres:17 # \u{1f418}\r\n    environment:\r\n      \
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
            let offered = client.actions(&file, &range, &["quickfix"]);
            assert_eq!(offered.len(), 1, "{range}: {offered:?}");
            let action = &offered[0];
            assert_eq!(action["kind"], "quickfix");
            assert_eq!(action["isPreferred"], true);
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
