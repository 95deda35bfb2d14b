//! Frames as no client should write them. Whatever comes, the server answers what comes after, and has the right text.

use serde_json::{Value, json};

use crate::broken_frames::corpus;
use crate::client::{Client, frame, uri};
use crate::model::{Encoding, Model};

const TEXT: &str = "import random\r\nWORD = \"\u{1f3b2}\"\r\n\r\ndef token():\r\n    return random.choice(WORD)\r\n";

const NONE: [Value; 0] = [];

/// A document that is typed in between all that goes wrong.
struct Typed {
    client: Client,
    file: String,
    anew: String,
    model: Model,
    version: i32,
}

impl Typed {
    fn open(folder: &std::path::Path, encoding: Encoding) -> Typed {
        let mut client = Client::start(
            folder,
            json!({"general": {"positionEncodings": [encoding.name()]}}),
        );
        let file = uri(&folder.join("app.py"));
        client.open(&file, "python", 1, TEXT);
        assert_eq!(client.diagnostics(&file, 1).len(), 1);
        Typed {
            client,
            anew: uri(&folder.join("anew.py")),
            file,
            model: Model::new(TEXT, encoding),
            version: 1,
        }
    }

    fn change(&mut self, at: usize, typed: &str) -> Value {
        self.version += 1;
        let changes = json!([{"range": self.model.range(at..at), "text": typed}]);
        self.model.text.insert_str(at, typed);
        let document = json!({"uri": self.file, "version": self.version});
        let params = json!({"textDocument": document, "contentChanges": changes});
        json!({"jsonrpc": "2.0", "method": "textDocument/didChange", "params": params})
    }

    /// The server has the text that the client has: it shows the same as of that text opened anew.
    fn check(&mut self, what: &str) {
        let change = self.change(0, "# \u{1f511}\r\n");
        self.client.send(&change);
        let shown = self.client.diagnostics(&self.file, self.version);
        self.client
            .open(&self.anew, "python", self.version, &self.model.text);
        let expected = self.client.diagnostics(&self.anew, self.version);
        assert_eq!(shown, expected, "{what}");
        assert_eq!(
            self.model.slice(&shown[0]["range"]),
            "random.choice",
            "{what}"
        );
        self.client.close(&self.anew);
        self.client.cleared(&self.anew);
    }
}

#[test]
fn broken_frames_are_survived() {
    let folder = tempfile::tempdir().unwrap();
    let mut typed = Typed::open(folder.path(), Encoding::Units);
    for (what, bytes, answers) in corpus() {
        typed.client.raw(&bytes);
        // What stands behind it is read, and the order is kept.
        typed.client.ping();
        for (id, code) in answers {
            assert_eq!(typed.client.refusal(id), code, "{what}");
        }
        typed.check(what);
    }
    assert_eq!(typed.client.leave(), Some(0));
}

#[test]
fn a_broken_frame_may_come_in_pieces() {
    let folder = tempfile::tempdir().unwrap();
    let mut client = Client::start(folder.path(), json!({}));
    for (what, bytes, answers) in corpus() {
        // Only cuts near the edges of head and body matter; the rest is the same again.
        for at in (1..bytes.len()).filter(|at| *at < 120 || bytes.len() - at < 3) {
            client.raw(&bytes[..at]);
            client.raw(&bytes[at..]);
            client.ping();
            for (id, code) in &answers {
                assert_eq!(client.refusal(id.clone()), *code, "{what}, cut at {at}");
            }
        }
    }
    assert_eq!(client.leave(), Some(0));
}

#[test]
fn a_frame_that_is_too_large_is_passed_over() {
    let folder = tempfile::tempdir().unwrap();
    let mut typed = Typed::open(folder.path(), Encoding::Bytes);
    let length = 65 * 1024 * 1024;
    let head = r#"{"jsonrpc":"2.0","id":30,"method":"test/ping","params":[""#;
    typed
        .client
        .raw(format!("Content-Length: {length}\r\n\r\n{head}").as_bytes());
    let piece = [b'a'; 64 * 1024];
    let mut left = length - head.len() - 3;
    while left > 0 {
        let now = left.min(piece.len());
        typed.client.raw(&piece[..now]);
        left -= now;
    }
    typed.client.raw(br#""]}"#);
    typed.client.ping();
    assert_eq!(typed.client.refusal(30), -32700);
    typed.check("a frame that is too large");
    assert_eq!(typed.client.leave(), Some(0));
}

#[test]
fn half_a_surrogate_pair_keeps_its_place() {
    let folder = tempfile::tempdir().unwrap();
    for encoding in Encoding::ALL {
        let mut typed = Typed::open(folder.path(), encoding);
        let string = typed.model.text.find("\u{1f3b2}").unwrap();
        let call = typed.model.text.find("random.choice").unwrap();
        // The replacement character stands for what cannot be said in UTF-8.
        for (at, typing) in [(string, "\u{fffd}"), (call, "\"\u{fffd}\" + ")] {
            let change = typed.change(at, typing).to_string();
            let half = change.replace('\u{fffd}', r"\ud83d");
            typed.client.raw(&frame(&half));
            typed.client.ping();
            typed.check("half a pair");
        }
        assert_eq!(typed.client.leave(), Some(0));
    }
}

#[test]
fn nothing_is_said_of_a_text_of_which_a_change_was_lost() {
    let folder = tempfile::tempdir().unwrap();
    let mut typed = Typed::open(folder.path(), Encoding::Units);
    let file = typed.file.clone();
    for (what, with) in [
        ("contentChanges\":[", "contentChanges\":[]"),
        ("\"text\"", "\"txt\""),
        ("\"version\":", "\"version\":null,\"was\":"),
    ] {
        let before = typed.version;
        let lost = typed.change(0, "x").to_string();
        assert!(lost.contains(what));
        typed.client.raw(&frame(&lost.replace(what, with)));
        typed.client.ping();
        assert_eq!(typed.client.diagnostics(&file, before), NONE);
        // What is typed now is typed into a text that the server does not have.
        let change = typed.change(0, "# more\r\n");
        typed.client.send(&change);
        typed.version += 1;
        typed.model = Model::new(TEXT, Encoding::Units);
        let whole = json!([{"text": TEXT}]);
        typed.client.change(&file, typed.version, whole);
        assert_eq!(typed.client.diagnostics(&file, typed.version).len(), 1);
        typed.check(what);
    }
    assert_eq!(typed.client.leave(), Some(0));
}
