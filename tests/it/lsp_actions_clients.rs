//! Code actions as the editors that people use ask for them, each with what it declares of itself.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use crate::client::{Client, uri};
use crate::model::{Encoding, Model};

pub(crate) fn vs_code() -> Value {
    json!({
        "workspace": {
            "applyEdit": true,
            "workspaceEdit": {
                "documentChanges": true,
                "resourceOperations": ["create", "rename", "delete"],
                "failureHandling": "textOnlyTransactional",
                "changeAnnotationSupport": {"groupsOnLabel": true},
            },
        },
        "textDocument": {"codeAction": {
            "isPreferredSupport": true,
            "disabledSupport": true,
            "dataSupport": true,
            "resolveSupport": {"properties": ["edit", "command"]},
            "honorsChangeAnnotations": true,
        }},
        "window": {"showDocument": {"support": true}},
    })
}

fn helix() -> Value {
    json!({
        "general": {"positionEncodings": ["utf-8", "utf-32", "utf-16"]},
        "workspace": {
            "applyEdit": true,
            "workspaceEdit": {"documentChanges": true, "resourceOperations": ["create", "rename", "delete"]},
        },
        "textDocument": {"codeAction": {
            "isPreferredSupport": true,
            "disabledSupport": true,
            "dataSupport": true,
            "resolveSupport": {"properties": ["edit", "command"]},
        }},
    })
}

/// It resolves, and declares nothing of `documentChanges`.
fn neovim() -> Value {
    json!({
        "workspace": {"applyEdit": true, "workspaceEdit": {"resourceOperations": ["rename", "create", "delete"]}},
        "textDocument": {"codeAction": {
            "dataSupport": true,
            "isPreferredSupport": true,
            "resolveSupport": {"properties": ["edit"]},
        }},
    })
}

fn eglot() -> Value {
    json!({
        "workspace": {"applyEdit": true, "workspaceEdit": {"documentChanges": true}},
        "textDocument": {"codeAction": {"isPreferredSupport": true}},
    })
}

fn ale() -> Value {
    json!({"workspace": {"applyEdit": false}})
}

const PYTHON: &str = "import random\n\ndef token():\n    return random.choice(\"ab\")\n\ndef session_token():\n    return random.choice(\"cd\")\n";

fn opened(capabilities: Value) -> (Client, String, Vec<Value>, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let mut client = Client::start(folder.path(), capabilities);
    let file = uri(&folder.path().join("app.py"));
    client.open(&file, "python", 3, PYTHON);
    let shown = client.diagnostics(&file, 3);
    assert_eq!(shown.len(), 2, "{shown:?}");
    (client, file, shown, folder)
}

fn asked(client: &mut Client, file: &str, range: &Value, context: &Value) -> Vec<Value> {
    let answer = client.request(
        "textDocument/codeAction",
        json!({"textDocument": {"uri": file}, "range": range, "context": context}),
    );
    answer.as_array().cloned().unwrap_or_default()
}

fn titled<'a>(actions: &'a [Value], start: &str) -> &'a Value {
    let fits = |action: &&Value| action["title"].as_str().unwrap().starts_with(start);
    let found = actions.iter().find(fits);
    found.unwrap_or_else(|| panic!("no action {start:?} in {actions:#?}"))
}

/// The text after the action, which must be whole by now.
fn after(action: &Value) -> String {
    let mut model = Model::new(PYTHON, Encoding::Units);
    model.apply(&action["edit"]);
    model.text
}

fn assert_fixed(text: &str) {
    assert!(text.contains("import secrets\n"), "{text}");
    assert_eq!(text.matches("secrets.choice").count(), 2, "{text}");
    assert!(!text.contains("random."), "{text}");
}

#[test]
fn vs_code_resolves_what_it_chooses() {
    let (mut client, file, shown, _folder) = opened(vs_code());
    let whole = json!({"start": {"line": 0, "character": 0}, "end": {"line": 7, "character": 0}});
    // Saving: the whole file, its diagnostics, and one kind.
    let saving = json!({"diagnostics": shown, "only": ["source.fixAll"], "triggerKind": 2});
    let offered = asked(&mut client, &file, &whole, &saving);
    assert_eq!(offered.len(), 1, "{offered:?}");
    assert_eq!(offered[0]["kind"], "source.fixAll.harden");
    assert!(offered[0]["edit"].is_null(), "{offered:?}");
    let resolved = client.request("codeAction/resolve", offered[0].clone());
    let change = &resolved["edit"]["documentChanges"][0];
    assert_eq!(change["textDocument"], json!({"uri": file, "version": 3}));
    assert_fixed(&after(&resolved));

    // The cursor moved: everything but what takes long.
    let moved = json!({"diagnostics": [], "triggerKind": 2});
    let offered = asked(&mut client, &file, &shown[0]["range"], &moved);
    let kinds: Vec<&Value> = offered.iter().map(|action| &action["kind"]).collect();
    assert!(kinds.iter().all(|kind| **kind == "quickfix"), "{kinds:?}");
    assert_eq!(offered[0]["isPreferred"], true);
    let all = titled(&offered, "Fix all 2 of python/insecure-random");
    assert!(all["edit"].is_null() && all["isPreferred"].is_null());
    assert_fixed(&after(&client.request("codeAction/resolve", all.clone())));
    // What repairs comes first, what silences behind it.
    let at = |start: &str| {
        let fits = |action: &Value| action["title"].as_str().unwrap().starts_with(start);
        offered.iter().position(fits).unwrap()
    };
    assert!(at("Fix all 2") < at("Ignore"), "{offered:#?}");
    assert!(at("Ignore") < at("Show"), "{offered:#?}");
    client.forget();
}

#[test]
fn an_action_that_is_stale_or_unknown_comes_back_as_it_was() {
    let (mut client, file, shown, _folder) = opened(vs_code());
    let context = json!({"diagnostics": [], "only": ["source.fixAll.harden"]});
    let offered = asked(&mut client, &file, &shown[0]["range"], &context).remove(0);
    client.change(&file, 4, json!([{"text": format!("# more\n{PYTHON}")}]));
    client.diagnostics(&file, 4);
    let elsewhere = |uri: &str| {
        let mut action = offered.clone();
        action["data"]["uri"] = json!(uri);
        action["data"]["version"] = json!(4);
        action
    };
    let gone = json!({"title": "a", "data": {"uri": file, "version": 4, "what": {"rule": "a/b"}}});
    for action in [
        offered.clone(),
        elsewhere("file:///not/open.py"),
        elsewhere("no address"),
        gone,
        json!({"title": "of another server", "data": [1, {"a": null}]}),
        json!({"title": "whole", "edit": {"changes": {}}, "data": offered["data"]}),
        json!({"title": "nothing"}),
    ] {
        assert_eq!(client.request("codeAction/resolve", action.clone()), action);
    }
    let closed = elsewhere(&file);
    client.close(&file);
    client.cleared(&file);
    assert_eq!(client.request("codeAction/resolve", closed.clone()), closed);
    client.forget();
}

#[test]
fn helix_asks_for_one_kind_and_resolves_each() {
    let (mut client, file, shown, _folder) = opened(helix());
    let whole = json!({"start": {"line": 0, "character": 0}, "end": {"line": 7, "character": 0}});
    let saving = json!({"diagnostics": shown, "only": ["source.fixAll.harden"], "triggerKind": 1});
    let offered = asked(&mut client, &file, &whole, &saving);
    assert_eq!(offered.len(), 1, "every one would be applied: {offered:?}");
    let mut model = Model::new(PYTHON, Encoding::Bytes);
    let resolved = client.request("codeAction/resolve", offered[0].clone());
    model.apply(&resolved["edit"]);
    assert_fixed(&model.text);
    for other in ["source.organizeImports", "refactor", "source.fixAll.ruff"] {
        let context = json!({"diagnostics": shown, "only": [other], "triggerKind": 1});
        assert!(
            asked(&mut client, &file, &whole, &context).is_empty(),
            "{other}"
        );
    }
    // It resolves what is whole, too.
    let context = json!({"diagnostics": shown, "triggerKind": 1});
    for action in asked(&mut client, &file, &shown[0]["range"], &context) {
        let resolved = client.request("codeAction/resolve", action.clone());
        let whole = !action["edit"].is_null() || !action["command"].is_null();
        assert_eq!(whole, resolved == action, "{action}");
        assert!(whole || !resolved["edit"].is_null(), "{action}");
    }
    client.forget();
}

#[test]
fn neovim_asks_at_the_cursor_and_takes_plain_changes() {
    let (mut client, file, shown, _folder) = opened(neovim());
    // Where nothing is: fixing all is about the file.
    let cursor = json!({"line": 1, "character": 0});
    let empty = json!({"start": cursor, "end": cursor});
    let saving = json!({"diagnostics": [], "only": ["source.fixAll"]});
    let offered = asked(&mut client, &file, &empty, &saving);
    let resolved = client.request("codeAction/resolve", offered[0].clone());
    assert!(resolved["edit"]["documentChanges"].is_null(), "{resolved}");
    assert!(resolved["edit"]["changes"][&file].is_array(), "{resolved}");
    assert_fixed(&after(&resolved));
    // At either end of a finding, and behind it.
    let end = &shown[0]["range"]["end"];
    for at in [&shown[0]["range"]["start"], end] {
        let context = json!({"diagnostics": []});
        let offered = asked(
            &mut client,
            &file,
            &json!({"start": at, "end": at}),
            &context,
        );
        titled(&offered, "Use");
        assert!(offered.iter().all(|action| action["disabled"].is_null()));
    }
    let behind = json!({"line": end["line"], "character": end["character"].as_u64().unwrap() + 2});
    let context = json!({"diagnostics": []});
    let offered = asked(
        &mut client,
        &file,
        &json!({"start": behind, "end": behind}),
        &context,
    );
    assert!(
        offered.iter().all(|action| action["kind"] != "quickfix"),
        "{offered:?}"
    );
    client.forget();
}

#[test]
fn eglot_and_ale_get_whole_actions() {
    for (capabilities, versions) in [(eglot(), true), (ale(), false), (json!({}), false)] {
        let (mut client, file, shown, _folder) = opened(capabilities);
        let context =
            json!({"diagnostics": [{"range": shown[0]["range"], "code": "1", "message": ""}]});
        let offered = asked(&mut client, &file, &shown[0]["range"], &context);
        for action in &offered {
            let whole = !action["edit"].is_null() || !action["command"].is_null();
            assert!(whole && action["data"].is_null(), "{action}");
            let edit = &action["edit"];
            assert_eq!(
                edit["documentChanges"].is_array() && versions,
                edit.is_object() && versions
            );
            assert!(edit["changeAnnotations"].is_null());
        }
        assert_fixed(&after(titled(
            &offered,
            "Fix all 2 of python/insecure-random",
        )));
        assert_fixed(&after(titled(&offered, "Fix all that is safe")));
        // By equality.
        let context = json!({"diagnostics": [], "only": ["source.fixAll.harden"]});
        let offered = asked(&mut client, &file, &shown[0]["range"], &context);
        assert_eq!(offered[0]["kind"], "source.fixAll.harden");
        assert_fixed(&after(&offered[0]));
        client.forget();
    }
}

const COMPOSE: &str =
    "services:\n  db:\n    environment:\n      POSTGRES_PASSWORD: ${DB_PASSWORD:-changeme}\n";

fn compose(folder: &Path, capabilities: Value) -> (Client, String, Value) {
    fs::write(folder.join(".env.example"), "A=\n").unwrap();
    let mut client = Client::start(folder, capabilities);
    let file = uri(&folder.join("docker-compose.yml"));
    client.open(&file, "dockercompose", 1, COMPOSE);
    let range = client.diagnostics(&file, 1)[0]["range"].clone();
    (client, file, range)
}

#[test]
fn changes_to_other_files_say_why_and_are_made_at_once() {
    let folder = tempfile::tempdir().unwrap();
    for (capabilities, annotated) in [(vs_code(), true), (helix(), false)] {
        let (mut client, file, range) = compose(folder.path(), capabilities);
        let action = client.actions(&file, &range, &["quickfix"]).remove(0);
        let changes = action["edit"]["documentChanges"].as_array().unwrap();
        assert_eq!(changes.len(), 2, "{action}");
        assert!(changes[0]["edits"][0]["annotationId"].is_null());
        assert_eq!(
            changes[1]["edits"][0]["annotationId"].is_string(),
            annotated
        );
        let reasons = action["edit"]["changeAnnotations"].as_object();
        assert_eq!(reasons.is_some(), annotated, "{action}");
        for reason in reasons.into_iter().flat_map(|reasons| reasons.values()) {
            assert_eq!(reason["needsConfirmation"], false);
        }
        client.forget();
    }
}

#[test]
fn fixing_all_leaves_other_files_alone() {
    let folder = tempfile::tempdir().unwrap();
    let safe = "[fix]\nsafe = [\"compose/default-secret\"]\n";
    fs::write(folder.path().join("harden.toml"), safe).unwrap();
    let (mut client, file, range) = compose(folder.path(), json!({}));
    // The one fix needs `.env.example`, too.
    let fix = client.actions(&file, &range, &["quickfix"]).remove(0);
    assert_eq!(fix["edit"]["changes"].as_object().unwrap().len(), 2);
    let all = client.actions(&file, &range, &["source.fixAll"]);
    assert_eq!(all, [] as [Value; 0]);
    client.forget();
}
