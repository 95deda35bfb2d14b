//! A session from hello to goodbye.

use serde_json::json;

use crate::client::{Client, uri};

#[test]
fn a_document_is_opened_changed_and_closed() {
    let folder = tempfile::tempdir().unwrap();
    let mut client = Client::start(folder.path(), json!({}));
    let file = uri(&folder.path().join("app.py"));
    client.open(&file, "python", 1, "x = 1\n");
    assert!(client.diagnostics(&file, 1).is_empty());
    client.change(&file, 2, json!([{"text": "x = 2\n"}]));
    client.diagnostics(&file, 2);
    client.close(&file);
    client.cleared(&file);
    assert_eq!(client.leave(), Some(0));
}

#[test]
fn exit_without_shutdown_is_an_error() {
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(
        Client::start_process(folder.path(), json!({})).exit(),
        Some(1)
    );
    assert_eq!(Client::spawn().exit(), Some(1));
}

#[test]
fn the_server_ends_with_its_input() {
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(Client::start(folder.path(), json!({})).hang_up(), Some(1));
    let mut client = Client::start(folder.path(), json!({}));
    client.request("shutdown", serde_json::Value::Null);
    assert_eq!(client.hang_up(), Some(0));
}

#[test]
fn what_a_file_is_may_change_while_it_is_typed() {
    let folder = tempfile::tempdir().unwrap();
    let mut client = Client::start(folder.path(), json!({}));
    let file = uri(&folder.path().join("stack.yml"));
    let text = "services:\n  init:\n    image: b\n    environment:\n      API_TOKEN: ${API_TOKEN:-changeme}\n";
    client.open(&file, "yaml", 1, "");
    assert!(client.diagnostics(&file, 1).is_empty());
    let start = json!({"line": 0, "character": 0});
    let all = json!({"start": start, "end": {"line": 99, "character": 0}});
    for (version, (typed, found)) in (2..).zip([(text, 1), ("services: []\n", 0), (text, 1)]) {
        client.change(&file, version, json!([{"range": all, "text": typed}]));
        assert_eq!(client.diagnostics(&file, version).len(), found, "{typed}");
    }
    // A template is not a compose file, whatever its name.
    let file = uri(&folder.path().join("compose.yml"));
    client.open(&file, "yaml", 1, text);
    assert_eq!(client.diagnostics(&file, 1).len(), 1);
    client.change(
        &file,
        2,
        json!([{"range": {"start": start, "end": start}, "text": "{{ head }}\n"}]),
    );
    assert!(client.diagnostics(&file, 2).is_empty());
    let second = json!({"line": 1, "character": 0});
    client.change(
        &file,
        3,
        json!([{"range": {"start": start, "end": second}, "text": ""}]),
    );
    assert_eq!(client.diagnostics(&file, 3).len(), 1);
    assert_eq!(client.leave(), Some(0));
}

#[test]
fn an_untitled_document_is_what_the_editor_says() {
    let folder = tempfile::tempdir().unwrap();
    let mut client = Client::start(folder.path(), json!({}));
    for (file, language, text) in [
        (
            "untitled:Untitled-1",
            "python",
            "import random\ntoken = random.choice('ab')\n",
        ),
        (
            "untitled:Untitled-2",
            "dockercompose",
            "services:\n  a:\n    environment:\n      - TOKEN=${TOKEN:-changeme}\n",
        ),
    ] {
        client.open(file, language, 7, text);
        assert_eq!(client.diagnostics(file, 7).len(), 1, "{file}");
    }
    client.open("untitled:Untitled-3", "plaintext", 1, "import random\n");
    assert!(client.diagnostics("untitled:Untitled-3", 1).is_empty());
    assert_eq!(client.leave(), Some(0));
}

#[test]
fn a_document_may_be_opened_again() {
    let folder = tempfile::tempdir().unwrap();
    let mut client = Client::start(folder.path(), json!({}));
    let file = uri(&folder.path().join("app.py"));
    let text = "import random\ntoken = random.choice('ab')\n";
    // Versions go on, so that what is shown says which incarnation it is about.
    for version in (1..60).step_by(3) {
        client.open(&file, "python", version, text);
        client.change(&file, version + 1, json!([{"text": "x = 1\n"}]));
        // Closed before or after its diagnostics have come.
        client.close(&file);
        client.cleared(&file);
        client.open(&file, "python", version + 2, text);
        assert_eq!(client.diagnostics(&file, version + 2).len(), 1);
        client.close(&file);
        client.cleared(&file);
    }
    client.forget();
}

#[test]
fn a_huge_document_is_not_analysed_and_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let mut client = Client::start(folder.path(), json!({}));
    let file = uri(&folder.path().join("app.py"));
    let text = "import random\ntoken = random.choice('ab')\n";
    let huge = format!("{text}{}", "x = 1\n".repeat(100_000));
    for (version, (text, code)) in (1..).zip([
        (text, "python/insecure-random"),
        (&*huge, "file/too-large"),
        (text, "python/insecure-random"),
    ]) {
        if version == 1 {
            client.open(&file, "python", version, text);
        } else {
            client.change(&file, version, json!([{"text": text}]));
        }
        let shown = client.diagnostics(&file, version);
        assert_eq!(shown.len(), 1, "{shown:?}");
        assert_eq!(shown[0]["code"], code);
    }
    assert_eq!(client.leave(), Some(0));
}
