//! How the process ends.

use std::io::Write;
use std::process::{Command, Stdio};

use serde_json::{Value, json};

use crate::client::{Client, frame, uri};

const HOVER: &str = "textDocument/hover";

fn here(file: &str) -> Value {
    json!({"textDocument": {"uri": file}, "position": {"line": 0, "character": 0}})
}

#[test]
fn the_code_says_whether_it_was_announced() {
    let folder = tempfile::tempdir().unwrap();
    let start = || Client::start_process(folder.path(), json!({}));
    assert_eq!(start().leave(), Some(0));
    assert_eq!(start().exit(), Some(1));
    assert_eq!(Client::spawn().exit(), Some(1));
    // Asked of a server that has not been greeted, it cannot be done.
    let mut client = Client::spawn();
    let id = client.ask("shutdown", Value::Null);
    assert_eq!(client.refusal(id), -32002);
    assert_eq!(client.exit(), Some(1));
}

#[test]
fn shutdown_takes_any_parameters() {
    let folder = tempfile::tempdir().unwrap();
    for params in [
        "",
        r#","params":null"#,
        r#","params":{}"#,
        r#","params":[]"#,
    ] {
        let mut client = Client::start_process(folder.path(), json!({}));
        let body = format!(r#"{{"jsonrpc":"2.0","id":"bye","method":"shutdown"{params}}}"#);
        client.raw(&frame(&body));
        let answer = client.answer("bye");
        assert_eq!(
            answer,
            json!({"jsonrpc": "2.0", "id": "bye", "result": null})
        );
        let id = client.ask(HOVER, here("file:///a.py"));
        assert_eq!(client.refusal(id), -32600);
        assert_eq!(client.exit(), Some(0));
    }
}

#[test]
fn the_answer_to_shutdown_gets_out_when_exit_comes_with_it() {
    let folder = tempfile::tempdir().unwrap();
    let mut client = Client::start_process(folder.path(), json!({}));
    let shutdown = frame(r#"{"jsonrpc":"2.0","id":"bye","method":"shutdown"}"#);
    let exit = frame(r#"{"jsonrpc":"2.0","method":"exit"}"#);
    client.raw(&[shutdown, exit].concat());
    assert!(client.answer("bye").get("result").is_some());
    assert_eq!(client.wait(), Some(0));
}

#[test]
fn the_end_of_the_input_is_the_end() {
    let folder = tempfile::tempdir().unwrap();
    let file = uri(&folder.path().join("app.py"));
    // Requests that are under way are answered before.
    let mut client = Client::start_process(folder.path(), json!({}));
    client.open(
        &file,
        "python",
        1,
        &"import random\nx = random.choice('ab')\n".repeat(500),
    );
    let ids: Vec<i64> = (0..20).map(|_| client.ask(HOVER, here(&file))).collect();
    client.end_input();
    for id in ids {
        client.answer(id);
    }
    assert_eq!(client.wait(), Some(1));
    client.ignore();
    // In the middle of a frame.
    let mut client = Client::start_process(folder.path(), json!({}));
    client.request("shutdown", Value::Null);
    client.raw(b"Content-Length: 100\r\n\r\n{");
    assert_eq!(client.hang_up(), Some(0));
    assert_eq!(Client::spawn().hang_up(), Some(1));
}

#[test]
fn a_client_that_takes_nothing_any_more_is_gone() {
    let folder = tempfile::tempdir().unwrap();
    let client = Client::start(folder.path(), json!({}));
    let hello = json!({"jsonrpc": "2.0", "id": 0, "method": "initialize", "params": client.hello(folder.path(), json!({}))});
    assert_eq!(client.leave(), Some(0));
    let (output, stdout) = std::io::pipe().unwrap();
    let mut server = Command::new(env!("CARGO_BIN_EXE_harden"))
        .arg("server")
        .stdin(Stdio::piped())
        .stdout(stdout)
        .spawn()
        .unwrap();
    drop(output);
    // The input stays open.
    let mut stdin = server.stdin.take().unwrap();
    stdin.write_all(&frame(&hello.to_string())).unwrap();
    assert_eq!(server.wait().unwrap().code(), Some(1));
}

#[test]
fn a_server_dies_with_its_parent() {
    let folder = tempfile::tempdir().unwrap();
    let mut parent = Command::new("sleep")
        .arg("600")
        .stdin(Stdio::null())
        .spawn()
        .unwrap();
    let mut client = Client::spawn();
    let mut hello = client.hello(folder.path(), json!({}));
    hello["processId"] = parent.id().into();
    client.greet(hello.clone());
    client.ping();
    parent.kill().unwrap();
    parent.wait().unwrap();
    assert_eq!(client.wait(), Some(1));
    // One that was dead before.
    let mut client = Client::spawn();
    client.ask("initialize", hello);
    assert_eq!(client.wait(), Some(1));
    client.ignore();
}
