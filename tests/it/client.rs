//! A small LSP client. It talks to a server in this process, by way of the real reader, guard and writer, or to the stdio of
//! the real binary. It waits for messages with a deadline, never by sleeping, and fails when it is dropped while the server
//! has said something that nobody looked at.

use std::collections::VecDeque;
use std::sync::mpsc::RecvTimeoutError;
use std::time::{Duration, Instant};

use harden::lsp::Options;
use serde_json::{Value, json};

use crate::server::{Server, Took};

/// Longer than anything takes on a busy machine; only a failing test waits so long.
pub(crate) const DEADLINE: Duration = Duration::from_secs(30);

pub(crate) struct Client {
    server: Server,
    /// Bytes that are not a whole frame yet.
    bytes: Vec<u8>,
    unread: VecDeque<Value>,
    id: i64,
    /// Publications of diagnostics that have come.
    pub(crate) published: usize,
}

impl Client {
    /// Start a server in this process and say hello; `capabilities` are the client's.
    pub(crate) fn start(root: &std::path::Path, capabilities: Value) -> Client {
        Client::with(root, capabilities, Value::Null, Options::default())
    }

    /// The same with `initializationOptions`.
    pub(crate) fn start_with(
        root: &std::path::Path,
        capabilities: Value,
        settings: Value,
    ) -> Client {
        Client::with(root, capabilities, settings, Options::default())
    }

    pub(crate) fn with(
        root: &std::path::Path,
        capabilities: Value,
        settings: Value,
        options: Options,
    ) -> Client {
        let mut client = Client::new(Server::here(options, 1024));
        let mut hello = client.hello(root, capabilities);
        hello["initializationOptions"] = settings;
        client.greet(hello);
        client
    }

    /// Start the binary and say hello.
    pub(crate) fn start_process(root: &std::path::Path, capabilities: Value) -> Client {
        let mut client = Client::spawn();
        client.greet(client.hello(root, capabilities));
        client
    }

    /// Start the binary and say nothing.
    pub(crate) fn spawn() -> Client {
        Client::new(Server::process())
    }

    /// Say nothing yet.
    pub(crate) fn new(server: Server) -> Client {
        Client {
            server,
            bytes: Vec::new(),
            unread: VecDeque::new(),
            id: 0,
            published: 0,
        }
    }

    pub(crate) fn greet(&mut self, hello: Value) {
        let hello = self.request("initialize", hello);
        assert_eq!(hello["serverInfo"]["name"], "harden");
        self.notify("initialized", json!({}));
    }

    pub(crate) fn hello(&self, root: &std::path::Path, capabilities: Value) -> Value {
        let root = uri(root);
        json!({
            "processId": self.server.is_process().then(std::process::id),
            "rootUri": root,
            "workspaceFolders": [{"uri": root, "name": "test"}],
            "capabilities": capabilities,
        })
    }

    pub(crate) fn send(&mut self, message: &Value) {
        self.raw(&frame(&message.to_string()));
    }

    /// Bytes as they are.
    pub(crate) fn raw(&mut self, bytes: &[u8]) {
        self.server.send(bytes.to_vec());
    }

    pub(crate) fn notify(&mut self, method: &str, params: Value) {
        self.send(&json!({"jsonrpc": "2.0", "method": method, "params": params}));
    }

    /// Ask, and take the answer. Notifications that come before it are kept.
    pub(crate) fn request(&mut self, method: &str, params: Value) -> Value {
        let id = self.ask(method, params);
        let mut answer = self.answer(id);
        assert!(answer.get("error").is_none(), "{method}: {answer}");
        answer["result"].take()
    }

    /// Ask and do not wait: the id of the request.
    pub(crate) fn ask(&mut self, method: &str, params: Value) -> i64 {
        self.id += 1;
        let id = self.id;
        let mut message = json!({"jsonrpc": "2.0", "id": id, "method": method});
        if !params.is_null() {
            message["params"] = params;
        }
        self.send(&message);
        id
    }

    /// The whole answer to a request, whatever it is.
    pub(crate) fn answer(&mut self, id: impl Into<Value>) -> Value {
        let id = id.into();
        self.take(&format!("the answer to {id}"), |message| {
            message["id"] == id && message.get("method").is_none()
        })
    }

    /// The code of the error that answers a request.
    pub(crate) fn refusal(&mut self, id: impl Into<Value>) -> i64 {
        let answer = self.answer(id);
        let code = answer["error"]["code"].as_i64();
        code.unwrap_or_else(|| panic!("no error: {answer}"))
    }

    /// The server answers what comes now.
    pub(crate) fn ping(&mut self) {
        let id = self.ask("test/ping", Value::Null);
        assert_eq!(self.refusal(id), -32601);
    }

    /// The parameters of the next notification of a method.
    pub(crate) fn next(&mut self, method: &str) -> Value {
        self.take(method, |message| message["method"] == method)["params"].take()
    }

    /// The parameters of all notifications of a method that have come.
    pub(crate) fn notified(&mut self, method: &str) -> Vec<Value> {
        let (fitting, rest): (VecDeque<Value>, VecDeque<Value>) = std::mem::take(&mut self.unread)
            .into_iter()
            .partition(|message| message["method"] == method);
        self.unread = rest;
        fitting
            .into_iter()
            .map(|mut message| message["params"].take())
            .collect()
    }

    pub(crate) fn open(&mut self, uri: &str, language: &str, version: i32, text: &str) {
        self.notify(
            "textDocument/didOpen",
            json!({"textDocument": {"uri": uri, "languageId": language, "version": version, "text": text}}),
        );
    }

    pub(crate) fn change(&mut self, uri: &str, version: i32, changes: Value) {
        self.notify(
            "textDocument/didChange",
            json!({"textDocument": {"uri": uri, "version": version}, "contentChanges": changes}),
        );
    }

    /// Code actions for a range; `context` without diagnostics, which the server must not need.
    pub(crate) fn actions(&mut self, uri: &str, range: &Value, only: &[&str]) -> Vec<Value> {
        let mut context = json!({"diagnostics": []});
        if !only.is_empty() {
            context["only"] = json!(only);
        }
        let answer = self.request(
            "textDocument/codeAction",
            json!({"textDocument": {"uri": uri}, "range": range, "context": context}),
        );
        answer.as_array().cloned().unwrap_or_default()
    }

    pub(crate) fn hover(&mut self, uri: &str, line: u32, character: u32) -> Value {
        self.request(
            "textDocument/hover",
            json!({"textDocument": {"uri": uri}, "position": {"line": line, "character": character}}),
        )
    }

    pub(crate) fn close(&mut self, uri: &str) {
        self.notify(
            "textDocument/didClose",
            json!({"textDocument": {"uri": uri}}),
        );
    }

    /// The diagnostics of one version of a document. Those of earlier versions may or may not come before; one of a later
    /// version, or one that comes twice, fails the test when the client is dropped.
    pub(crate) fn diagnostics(&mut self, uri: &str, version: i32) -> Vec<Value> {
        let of = |message: &Value| {
            message["method"] == "textDocument/publishDiagnostics"
                && message["params"]["uri"] == uri
        };
        loop {
            let mut shown = self.take(&format!("diagnostics of version {version}"), of);
            let now = shown["params"]["version"].as_i64();
            if now == Some(version.into()) {
                let Value::Array(list) = shown["params"]["diagnostics"].take() else {
                    panic!("no list of diagnostics: {shown}");
                };
                return list;
            }
            assert!(
                now.is_some_and(|now| now < version.into()),
                "waiting for version {version}, got {now:?}"
            );
        }
    }

    /// A request of the server's, which is answered with nothing.
    pub(crate) fn asked(&mut self, method: &str) -> Value {
        self.asked_for(method, Value::Null)
    }

    /// A request of the server's, which is answered so.
    pub(crate) fn asked_for(&mut self, method: &str, result: Value) -> Value {
        self.reply(method, json!({"result": result}))
    }

    /// A request of the server's, which is refused.
    pub(crate) fn refused(&mut self, method: &str) -> Value {
        self.reply(
            method,
            json!({"error": {"code": -32601, "message": "no such method"}}),
        )
    }

    fn reply(&mut self, method: &str, mut reply: Value) -> Value {
        let mut request = self.take(method, |message| {
            message["method"] == method && message.get("id").is_some()
        });
        reply["jsonrpc"] = json!("2.0");
        reply["id"] = request["id"].take();
        self.send(&reply);
        request["params"].take()
    }

    /// Take what is shown of a document until so many diagnostics are: for what takes effect some time after it was said, as
    /// the answers of a client do.
    pub(crate) fn until(&mut self, uri: &str, shown: usize) {
        let of = |message: &Value| {
            message["method"] == "textDocument/publishDiagnostics"
                && message["params"]["uri"] == uri
        };
        loop {
            let now = self.take(&format!("{shown} diagnostics"), of);
            if now["params"]["diagnostics"].as_array().unwrap().len() == shown {
                return;
            }
        }
    }

    /// What is shown of a file that is not open.
    pub(crate) fn unversioned(&mut self, uri: &str) -> Vec<Value> {
        let mut shown = self.take("diagnostics without version", |message| {
            message["method"] == "textDocument/publishDiagnostics"
                && message["params"]["uri"] == uri
                && message["params"].get("version").is_none()
        });
        let Value::Array(list) = shown["params"]["diagnostics"].take() else {
            panic!("no list of diagnostics: {shown}");
        };
        list
    }

    /// Nothing is shown any more of a document that was closed.
    pub(crate) fn cleared(&mut self, uri: &str) {
        assert_eq!(self.unversioned(uri), [] as [Value; 0]);
    }

    /// The first message that fits, taken out of what has come.
    pub(crate) fn take(&mut self, what: &str, fits: impl Fn(&Value) -> bool) -> Value {
        if let Some(at) = self.unread.iter().position(&fits) {
            return self.unread.remove(at).unwrap();
        }
        let end = Instant::now() + DEADLINE;
        loop {
            while let Some(message) = parse(&mut self.bytes) {
                let published = message["method"] == "textDocument/publishDiagnostics";
                self.published += usize::from(published);
                if fits(&message) {
                    return message;
                }
                self.unread.push_back(message);
            }
            match self.server.receive(end) {
                Ok(bytes) => self.bytes.extend(bytes),
                Err(RecvTimeoutError::Timeout) => panic!("waited too long for {what}"),
                Err(RecvTimeoutError::Disconnected) => panic!("the server left before {what}"),
            }
        }
    }

    /// Leave as the specification says, with the input kept open, and give the exit code.
    pub(crate) fn leave(mut self) -> Option<i32> {
        self.request("shutdown", Value::Null);
        self.exit()
    }

    /// Say `exit` and wait for the end of the server.
    pub(crate) fn exit(mut self) -> Option<i32> {
        self.send(&json!({"jsonrpc": "2.0", "method": "exit"}));
        self.wait()
    }

    /// End the input and wait for the end of the server.
    pub(crate) fn hang_up(mut self) -> Option<i32> {
        self.end_input();
        self.wait()
    }

    pub(crate) fn end_input(&mut self) {
        self.server.hang_up();
    }

    /// It does not matter what else was said.
    pub(crate) fn ignore(&mut self) {
        self.unread.clear();
    }

    /// Leave without having looked at everything.
    pub(crate) fn forget(mut self) {
        self.request("shutdown", Value::Null);
        self.send(&json!({"jsonrpc": "2.0", "method": "exit"}));
        self.wait();
        self.unread.clear();
    }

    /// Wait for the end of the server.
    pub(crate) fn wait(&mut self) -> Option<i32> {
        let Took { bytes, code } = self.server.end();
        self.bytes.extend(bytes);
        while let Some(message) = parse(&mut self.bytes) {
            self.unread.push_back(message);
        }
        assert!(self.bytes.is_empty(), "a part of a frame");
        code
    }
}

impl Drop for Client {
    fn drop(&mut self) {
        if std::thread::panicking() {
            return;
        }
        self.server.hang_up();
        self.wait();
        assert!(
            self.unread.is_empty(),
            "nobody looked at {:#?}",
            self.unread
        );
    }
}

pub(crate) fn frame(body: &str) -> Vec<u8> {
    format!("Content-Length: {}\r\n\r\n{body}", body.len()).into_bytes()
}

/// The message at the head of these bytes, taken out of them. The server writes nothing but whole frames.
fn parse(bytes: &mut Vec<u8>) -> Option<Value> {
    let head = bytes.windows(4).position(|end| end == b"\r\n\r\n")?;
    let length = std::str::from_utf8(&bytes[..head]).unwrap();
    let length = length.strip_prefix("Content-Length: ");
    let length: usize = length.expect("one header").parse().unwrap();
    let body = head + 4..head + 4 + length;
    let message = serde_json::from_slice(bytes.get(body.clone())?);
    bytes.drain(..body.end);
    Some(message.expect("the server writes JSON"))
}

pub(crate) fn uri(path: &std::path::Path) -> String {
    format!("file://{}", path.display())
}
