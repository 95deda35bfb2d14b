//! Handlers that misbehave, and clients that do.
#![allow(clippy::unwrap_used)]

use std::future::pending;
use std::io::{PipeReader, PipeWriter, Read, Write, pipe};
use std::sync::Arc;
use std::task::{Context, Poll};
use std::thread::JoinHandle;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use serde_json::{Value, json};
use tokio::sync::Notify;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};
use tower_lsp::jsonrpc::{Request, Response};
use tower_lsp::{Client, ExitedError, LspService};
use tower_service::Service;

use super::serve;
use super::writer::Writer;
use crate::lsp::handlers::Facade;
use crate::lsp::session::Message;

/// The service with some methods of the kind that nobody should write.
struct Odd {
    inner: LspService<Facade>,
    client: Client,
    greet: Arc<Notify>,
    greeted: bool,
}

impl Service<Request> for Odd {
    type Response = Option<Response>;
    type Error = ExitedError;
    type Future = BoxFuture<'static, Result<Option<Response>, ExitedError>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), ExitedError>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: Request) -> Self::Future {
        let method = request.method().to_owned();
        match &*method {
            "test/panics" => panic!("as it was made to"),
            "test/panicsLater" => async {
                tokio::task::yield_now().await;
                panic!("as it was made to")
            }
            .boxed(),
            "test/waits" => pending().boxed(),
            "test/asks" => {
                let client = self.client.clone();
                let id = request.id().cloned().unwrap();
                async move {
                    let told = client.configuration(Vec::new()).await.is_ok();
                    Ok(Some(Response::from_ok(id, told.into())))
                }
                .boxed()
            }
            "initialize" if !std::mem::replace(&mut self.greeted, true) => {
                let (answer, greet) = (self.inner.call(request), self.greet.clone());
                async move {
                    greet.notified().await;
                    answer.await
                }
                .boxed()
            }
            _ => self.inner.call(request),
        }
    }
}

/// Both ends of a server around [`Odd`], whose actor is the test.
struct Wire {
    input: Option<PipeWriter>,
    output: PipeReader,
    server: JoinHandle<u8>,
    posted: UnboundedReceiver<Message>,
    greet: Arc<Notify>,
}

impl Wire {
    fn new() -> Wire {
        let (inlet, input) = pipe().unwrap();
        let (output, outlet) = pipe().unwrap();
        let (post, posted) = unbounded_channel();
        let greet = Arc::new(Notify::new());
        let waits = greet.clone();
        let server = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_multi_thread();
            let runtime = { runtime }.enable_all().build().unwrap();
            let writer = Writer::start(outlet);
            let mut own = None;
            let (inner, socket) = LspService::new(|client| {
                own = Some(client.clone());
                Facade::new(post.clone(), client)
            });
            let odd = Odd {
                inner,
                client: own.unwrap(),
                greet: waits,
                greeted: false,
            };
            let code = runtime.block_on(serve(inlet, writer.clone(), odd, socket, post));
            writer.close(std::time::Duration::from_secs(5));
            code
        });
        Wire {
            input: Some(input),
            output,
            server,
            posted,
            greet,
        }
    }

    /// One that has been greeted.
    fn greeted() -> Wire {
        let mut wire = Wire::new();
        wire.greet.notify_one();
        wire.ask(json!(0), "initialize", json!({"capabilities": {}}));
        assert_eq!(wire.next()["id"], 0);
        wire.notify("initialized", json!({}));
        wire
    }

    fn send(&mut self, message: &Value) {
        let frame = frame(&message.to_string());
        self.input.as_mut().unwrap().write_all(&frame).unwrap();
    }

    fn ask(&mut self, id: Value, method: &str, params: Value) {
        let mut request = json!({"jsonrpc": "2.0", "id": id, "method": method});
        if !params.is_null() {
            request["params"] = params;
        }
        self.send(&request);
    }

    fn notify(&mut self, method: &str, params: Value) {
        self.send(&json!({"jsonrpc": "2.0", "method": method, "params": params}));
    }

    fn next(&mut self) -> Value {
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            let mut byte = [0];
            self.output.read_exact(&mut byte).unwrap();
            head.push(byte[0]);
        }
        let head = String::from_utf8(head).unwrap();
        let length = head.strip_prefix("Content-Length: ").unwrap().trim_end();
        let mut body = vec![0; length.parse().unwrap()];
        self.output.read_exact(&mut body).unwrap();
        serde_json::from_slice(&body).unwrap()
    }

    /// The next message answers this id with this error.
    fn refused(&mut self, id: &Value, code: i64) {
        let answer = self.next();
        assert_eq!(
            (&answer["id"], &answer["error"]["code"]),
            (id, &json!(code))
        );
    }

    fn ping(&mut self) {
        self.ask(json!("ping"), "test/ping", Value::Null);
        self.refused(&json!("ping"), -32601);
    }

    /// The code, after it has been seen that nothing more was said.
    fn end(mut self) -> u8 {
        self.input = None;
        let mut rest = String::new();
        self.output.read_to_string(&mut rest).unwrap();
        assert_eq!(rest, "");
        self.server.join().unwrap()
    }
}

fn frame(body: &str) -> Vec<u8> {
    format!("Content-Length: {}\r\n\r\n{body}", body.len()).into_bytes()
}

#[test]
fn a_panic_is_an_answer() {
    let mut wire = Wire::greeted();
    for (id, method) in [
        (1, "test/panics"),
        (2, "test/panicsLater"),
        (1, "test/panics"),
    ] {
        wire.ask(json!(id), method, Value::Null);
        wire.refused(&json!(id), -32603);
        wire.ping();
    }
    // One in a notification is nobody's answer.
    wire.notify("test/panics", json!({}));
    wire.notify("test/panicsLater", json!({}));
    wire.ping();
    assert_eq!(wire.end(), 1);
}

#[test]
fn a_cancelled_request_is_answered_once() {
    let mut wire = Wire::greeted();
    wire.ask(json!(7), "test/waits", Value::Null);
    wire.ask(json!("7"), "test/waits", Value::Null);
    wire.ask(json!(7), "test/waits", Value::Null);
    wire.refused(&json!(7), -32600);
    for id in [json!(7), json!("7")] {
        for _ in 0..3 {
            wire.notify("$/cancelRequest", json!({"id": id}));
        }
        wire.refused(&id, -32800);
    }
    for odd in [
        json!({"id": 99}),
        json!({"id": null}),
        json!({}),
        json!([]),
        Value::Null,
    ] {
        wire.notify("$/cancelRequest", odd);
    }
    // The id can be used again.
    wire.ask(json!(7), "test/ping", Value::Null);
    wire.refused(&json!(7), -32601);
    wire.ping();
    assert_eq!(wire.end(), 1);
}

#[test]
fn a_late_answer_harms_nobody() {
    let mut wire = Wire::greeted();
    wire.ask(json!(1), "test/asks", Value::Null);
    let asked = wire.next();
    assert_eq!(asked["method"], "workspace/configuration");
    wire.notify("$/cancelRequest", json!({"id": 1}));
    wire.refused(&json!(1), -32800);
    for _ in 0..2 {
        wire.send(&json!({"jsonrpc": "2.0", "id": asked["id"], "result": []}));
    }
    wire.send(&json!({"jsonrpc": "2.0", "id": 4711, "result": []}));
    wire.send(&json!({"jsonrpc": "2.0", "id": null, "error": {"code": 1, "message": ""}}));
    wire.ping();
    // Without a result, with an odd error, and broken: whoever asked is told.
    for (answer, told) in [
        (r#""result": []"#, true),
        (r#""error": {"code": "odd"}"#, false),
        (r#""error": "#, false),
        (r#""nothing": 0"#, false),
    ] {
        wire.ask(json!(2), "test/asks", Value::Null);
        let id = wire.next()["id"].to_string();
        let body = format!(r#"{{"jsonrpc": "2.0", "id": {id}, {answer}}}"#);
        wire.input
            .as_mut()
            .unwrap()
            .write_all(&frame(&body))
            .unwrap();
        let answer = wire.next();
        assert_eq!(
            (&answer["id"], &answer["result"]),
            (&json!(2), &json!(told)),
            "{body}"
        );
    }
    assert_eq!(wire.end(), 1);
}

#[test]
fn what_comes_before_the_greeting_is_answered_waits() {
    let mut wire = Wire::new();
    wire.ask(json!("early"), "test/ping", Value::Null);
    wire.ask(json!(0), "initialize", json!({"capabilities": {}}));
    wire.notify("initialized", Value::Null);
    let document = json!({"uri": "file:///a.py", "languageId": "python", "version": 1, "text": ""});
    wire.notify("textDocument/didOpen", json!({"textDocument": document}));
    for version in 2..200 {
        let document = json!({"uri": "file:///a.py", "version": version});
        wire.notify(
            "textDocument/didChange",
            json!({"textDocument": document, "contentChanges": []}),
        );
    }
    wire.ask(json!(1), "test/ping", Value::Null);
    wire.ask(json!(2), "initialize", json!({"capabilities": {}}));
    wire.greet.notify_one();
    wire.refused(&json!("early"), -32601);
    assert_eq!(wire.next()["id"], 0);
    wire.refused(&json!(1), -32601);
    wire.refused(&json!(2), -32600);
    let mut posted = Vec::new();
    while let Ok(message) = wire.posted.try_recv() {
        posted.push(match message {
            Message::Initialize { .. } => 0,
            Message::Open(_) => 1,
            Message::Change(params) => params.text_document.version,
            _ => continue,
        });
    }
    assert_eq!(posted, (0..200).collect::<Vec<i32>>());
    assert_eq!(wire.end(), 1);
}

#[test]
fn leaving_while_the_greeting_is_under_way_is_leaving() {
    let mut wire = Wire::new();
    wire.ask(json!(0), "initialize", json!({"capabilities": {}}));
    wire.notify("exit", Value::Null);
    let input = wire.input.take();
    assert_eq!(wire.end(), 1);
    drop(input);
}

#[test]
fn a_request_of_the_protocol_itself_has_an_answer_too() {
    let mut wire = Wire::greeted();
    wire.ask(json!(1), "$/unknown", json!({}));
    wire.refused(&json!(1), -32601);
    wire.notify("$/unknown", json!({}));
    wire.notify("unknown", json!({}));
    wire.ping();
    wire.ask(json!(2), "shutdown", json!({}));
    assert_eq!(
        wire.next(),
        json!({"jsonrpc": "2.0", "id": 2, "result": null})
    );
    for (id, method) in [
        (3, "shutdown"),
        (4, "textDocument/hover"),
        (5, "initialize"),
    ] {
        wire.ask(json!(id), method, json!({}));
        wire.refused(&json!(id), -32600);
    }
    assert_eq!(wire.end(), 0);
}

#[test]
fn a_change_that_is_lost_is_told() {
    let mut wire = Wire::greeted();
    let change = |uri: &str, rest: &str| {
        format!(
            r#"{{"jsonrpc": "2.0", "method": "textDocument/didChange", "params": {{"textDocument": {{"uri": "{uri}", "version": 1}}, {rest}}}}}"#
        )
    };
    // Longer than is held.
    let text = "a".repeat(2 * 1024 * 1024);
    let long = change(
        "file:///long.py",
        &format!(r#""contentChanges": [{{"text": "{text}"}}]"#),
    );
    let long = format!("Content-Length: 99999999999\r\n\r\n{long}").into_bytes();
    let cases: Vec<(Vec<u8>, Option<&str>)> = vec![
        (
            frame(&change("file:///a.py", r#""contentChanges": 5"#)),
            Some("file:///a.py"),
        ),
        (
            frame(&change(
                "file:///b.py",
                r#""contentChanges": [{"text": 5}]"#,
            )),
            Some("file:///b.py"),
        ),
        (
            frame(&change("file:///c.py", r#""contentChanges": [}"#)),
            Some("file:///c.py"),
        ),
        (
            frame(&change("no address", r#""contentChanges": []"#)),
            None,
        ),
        (long, Some("file:///long.py")),
    ];
    for (bytes, uri) in cases {
        wire.input.as_mut().unwrap().write_all(&bytes).unwrap();
        wire.ping();
        let lost = std::iter::from_fn(|| wire.posted.try_recv().ok()).find_map(|message| {
            let Message::Desync(uri) = message else {
                return None;
            };
            Some(uri.map(|uri| uri.to_string()))
        });
        assert_eq!(lost, Some(uri.map(str::to_owned)));
    }
    assert_eq!(wire.end(), 1);
}
