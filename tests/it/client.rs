//! A small LSP client over the stdio of the real binary. It waits for messages with a deadline, never by sleeping, and
//! fails when it is dropped while the server has said something that nobody looked at.

use std::collections::VecDeque;
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

/// Longer than anything takes on a busy machine; only a failing test waits so long.
const DEADLINE: Duration = Duration::from_secs(30);

pub(crate) struct Client {
    server: Child,
    input: Option<ChildStdin>,
    output: Receiver<Value>,
    unread: VecDeque<Value>,
    id: i64,
}

impl Client {
    /// Start the server and say hello; `offers` is put into the client's capabilities.
    pub(crate) fn start(root: &std::path::Path, capabilities: Value) -> Client {
        Client::start_with(root, capabilities, Value::Null)
    }

    /// The same with `initializationOptions`.
    pub(crate) fn start_with(
        root: &std::path::Path,
        capabilities: Value,
        options: Value,
    ) -> Client {
        let mut client = Client::spawn();
        let root = uri(root);
        let hello = client.request(
            "initialize",
            json!({
                "processId": std::process::id(),
                "rootUri": root,
                "workspaceFolders": [{"uri": root, "name": "test"}],
                "capabilities": capabilities,
                "initializationOptions": options,
            }),
        );
        assert_eq!(hello["serverInfo"]["name"], "harden");
        client.notify("initialized", json!({}));
        client
    }

    /// Start the server and say nothing.
    pub(crate) fn spawn() -> Client {
        let mut server = Command::new(env!("CARGO_BIN_EXE_harden"))
            .arg("server")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let output = server.stdout.take().unwrap();
        let (send, messages) = channel();
        std::thread::spawn(move || {
            let mut reader = BufReader::new(output);
            while let Some(message) = read(&mut reader) {
                if send.send(message).is_err() {
                    return;
                }
            }
        });
        Client {
            input: server.stdin.take(),
            server,
            output: messages,
            unread: VecDeque::new(),
            id: 0,
        }
    }

    pub(crate) fn send(&mut self, message: &Value) {
        let body = message.to_string();
        let input = self.input.as_mut().unwrap();
        write!(input, "Content-Length: {}\r\n\r\n{body}", body.len()).unwrap();
        input.flush().unwrap();
    }

    pub(crate) fn notify(&mut self, method: &str, params: Value) {
        self.send(&json!({"jsonrpc": "2.0", "method": method, "params": params}));
    }

    /// Ask, and take the answer. Notifications that come before it are kept.
    pub(crate) fn request(&mut self, method: &str, params: Value) -> Value {
        self.id += 1;
        let id = self.id;
        let mut message = json!({"jsonrpc": "2.0", "id": id, "method": method});
        if !params.is_null() {
            message["params"] = params;
        }
        self.send(&message);
        let mut answer = self.take(&format!("the answer to {method}"), |message| {
            message["id"] == id && message.get("method").is_none()
        });
        assert!(answer.get("error").is_none(), "{method}: {answer}");
        answer["result"].take()
    }

    /// Ask and do not wait: the id of the request.
    pub(crate) fn ask(&mut self, method: &str, params: Value) -> i64 {
        self.id += 1;
        let id = self.id;
        self.send(&json!({"jsonrpc": "2.0", "id": id, "method": method, "params": params}));
        id
    }

    /// The whole answer to a request, be it an error.
    pub(crate) fn answer(&mut self, id: i64) -> Value {
        self.take(&format!("the answer to request {id}"), |message| {
            message["id"] == id && message.get("method").is_none()
        })
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
    fn take(&mut self, what: &str, fits: impl Fn(&Value) -> bool) -> Value {
        if let Some(at) = self.unread.iter().position(&fits) {
            return self.unread.remove(at).unwrap();
        }
        let end = Instant::now() + DEADLINE;
        loop {
            match self
                .output
                .recv_timeout(end.saturating_duration_since(Instant::now()))
            {
                Ok(message) if fits(&message) => return message,
                Ok(message) => self.unread.push_back(message),
                Err(RecvTimeoutError::Timeout) => panic!("waited too long for {what}"),
                Err(RecvTimeoutError::Disconnected) => panic!("the server left before {what}"),
            }
        }
    }

    /// Leave as the specification says, with stdin kept open, and give the exit code.
    pub(crate) fn leave(mut self) -> Option<i32> {
        self.request("shutdown", Value::Null);
        self.exit()
    }

    /// Say `exit` and wait for the end of the process.
    pub(crate) fn exit(mut self) -> Option<i32> {
        self.send(&json!({"jsonrpc": "2.0", "method": "exit"}));
        self.wait()
    }

    /// Close stdin and wait for the end of the process.
    pub(crate) fn hang_up(mut self) -> Option<i32> {
        self.input = None;
        self.wait()
    }

    /// Leave without having looked at everything.
    pub(crate) fn forget(mut self) {
        self.request("shutdown", Value::Null);
        self.send(&json!({"jsonrpc": "2.0", "method": "exit"}));
        self.wait();
        self.unread.clear();
    }

    fn wait(&mut self) -> Option<i32> {
        // The reader's channel closes when stdout does, which is when the process ends.
        let end = Instant::now() + DEADLINE;
        loop {
            match self
                .output
                .recv_timeout(end.saturating_duration_since(Instant::now()))
            {
                Ok(message) => self.unread.push_back(message),
                Err(RecvTimeoutError::Disconnected) => break,
                Err(RecvTimeoutError::Timeout) => panic!("the server does not end"),
            }
        }
        self.server.wait().unwrap().code()
    }
}

impl Drop for Client {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
        self.unread.extend(self.output.iter());
        if !std::thread::panicking() {
            assert!(
                self.unread.is_empty(),
                "nobody looked at {:#?}",
                self.unread
            );
        }
    }
}

fn read(reader: &mut impl BufRead) -> Option<Value> {
    let mut length = None;
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line).ok()? == 0 {
            return None;
        }
        if line == "\r\n" {
            break;
        }
        if let Some(value) = line.strip_prefix("Content-Length: ") {
            length = value.trim().parse().ok();
        }
    }
    let mut body = vec![0; length?];
    reader.read_exact(&mut body).ok()?;
    Some(serde_json::from_slice(&body).expect("the server writes JSON"))
}

pub(crate) fn uri(path: &std::path::Path) -> String {
    format!("file://{}", path.display())
}
