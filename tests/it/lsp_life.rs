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
    assert_eq!(Client::start(folder.path(), json!({})).exit(), Some(1));
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
