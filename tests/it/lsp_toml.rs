//! Completion, hover and quick fixes in configurations.

use std::fs;

use serde_json::{Value, json};

use crate::client::{Client, uri};

fn complete(client: &mut Client, uri: &str, line: u32, character: u32) -> Value {
    client.request(
        "textDocument/completion",
        json!({"textDocument": {"uri": uri}, "position": {"line": line, "character": character}}),
    )
}

fn labelled<'v>(list: &'v Value, label: &str) -> &'v Value {
    let list = list.as_array().unwrap();
    let found = list.iter().find(|item| item["label"] == label);
    found.unwrap_or_else(|| panic!("no {label} in {list:?}"))
}

#[test]
fn a_configuration_is_completed_and_explained() {
    let folder = tempfile::tempdir().unwrap();
    let snippets =
        json!({"textDocument": {"completion": {"completionItem": {"snippetSupport": true}}}});
    let mut client = Client::start(folder.path(), snippets);
    let file = uri(&folder.path().join("harden.toml"));
    // An emoji is two units of the client's.
    let text = "# 😀\nignore = [\"😀\", \"compose/def\"]\n";
    client.open(&file, "toml", 1, text);
    client.diagnostics(&file, 1);
    let list = complete(&mut client, &file, 1, 27);
    let item = labelled(&list, "compose/default-secret");
    assert_eq!(
        item["textEdit"],
        json!({
            "range": {"start": {"line": 1, "character": 17}, "end": {"line": 1, "character": 28}},
            "newText": "compose/default-secret",
        })
    );
    assert_eq!(item["detail"], "critical");
    let list = complete(&mut client, &file, 2, 0);
    let item = labelled(&list, "select");
    assert_eq!(item["textEdit"]["newText"], "select = [\"$0\"]");
    assert_eq!(item["insertTextFormat"], 2);
    let hover = client.hover(&file, 1, 2);
    assert!(
        hover["contents"]["value"]
            .as_str()
            .unwrap()
            .starts_with("**ignore**"),
        "{hover}"
    );
    assert_eq!(hover["range"]["end"]["character"], 6);
    assert!(client.hover(&file, 0, 2).is_null());

    // Elsewhere nothing is proposed.
    let python = uri(&folder.path().join("app.py"));
    client.open(&python, "python", 1, "ignore = [\"\"]\n");
    client.diagnostics(&python, 1);
    assert!(complete(&mut client, &python, 0, 11).is_null());
    assert_eq!(client.leave(), Some(0));
}

#[test]
fn a_pyproject_is_completed_and_still_analysed() {
    let folder = tempfile::tempdir().unwrap();
    let mut client = Client::start(folder.path(), json!({}));
    let file = uri(&folder.path().join("pyproject.toml"));
    let text = "[tool.pytest.ini_options]\naddopts = \"-q --doctest-modules --strict-config -o xfail_strict=true\"\n[tool.harden]\nignore = [\"\"]\n";
    client.open(&file, "toml", 1, text);
    let shown = client.diagnostics(&file, 1);
    let mut codes: Vec<&str> = shown
        .iter()
        .map(|one| one["code"].as_str().unwrap())
        .collect();
    codes.sort_unstable();
    assert_eq!(codes, ["config/invalid", "pytest/markers-not-strict"]);
    let list = complete(&mut client, &file, 3, 11);
    labelled(&list, "pytest/markers-not-strict");
    assert_eq!(complete(&mut client, &file, 1, 11), json!([]));
    let hover = client.hover(&file, 1, 2);
    let told = hover["contents"]["value"].as_str().unwrap();
    assert!(told.starts_with("**pytest/markers-not-strict**"), "{told}");
    assert_eq!(client.leave(), Some(0));
}

#[test]
fn what_was_meant_is_offered() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("harden.toml");
    let text = "ignroe = [\"file\"]\n[severity]\ncompose/default-secret = \"lwo\"\n";
    fs::write(&path, text).unwrap();
    let mut client = Client::start(folder.path(), json!({}));
    let file = uri(&path);
    client.open(&file, "toml", 1, text);
    let shown = client.diagnostics(&file, 1);
    assert_eq!(shown.len(), 4, "{shown:?}");
    let mut fixed: Vec<String> = Vec::new();
    for one in &shown {
        for action in client.actions(&file, &one["range"], &["quickfix"]) {
            assert_eq!(action["isPreferred"], true);
            let edit = &action["edit"]["changes"][&file][0];
            fixed.push(edit["newText"].as_str().unwrap().to_owned());
        }
    }
    fixed.sort_unstable();
    fixed.dedup();
    assert_eq!(fixed, ["\"compose/default-secret\"", "\"low\"", "ignore"]);
    let whole = json!({"start": {"line": 0, "character": 0}, "end": {"line": 3, "character": 0}});
    assert!(client.actions(&file, &whole, &["source.fixAll"]).is_empty());
    assert_eq!(client.leave(), Some(0));
}

#[test]
fn completion_is_registered_for_configurations_alone_where_the_client_lets_us() {
    let folder = tempfile::tempdir().unwrap();
    let dynamic = json!({"textDocument": {"completion": {"dynamicRegistration": true}}});
    let mut client = Client::start(folder.path(), dynamic);
    let asked = client.asked("client/registerCapability");
    let registration = &asked["registrations"][0];
    assert_eq!(registration["method"], "textDocument/completion");
    assert_eq!(
        registration["registerOptions"]["documentSelector"],
        json!([{"pattern": "**/harden.toml"}, {"pattern": "**/pyproject.toml"}])
    );
    assert_eq!(client.leave(), Some(0));
}
