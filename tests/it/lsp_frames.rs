//! Frames as no client should write them. Whatever comes, the server answers what comes after, and has the right text.

use serde_json::{Value, json};

use crate::client::{Client, frame, uri};
use crate::model::{Encoding, Model};

const TEXT: &str = "import random\r\nWORD = \"\u{1f3b2}\"\r\n\r\ndef token():\r\n    return random.choice(WORD)\r\n";

fn ping(id: &str) -> String {
    format!(r#"{{"jsonrpc":"2.0","id":{id},"method":"test/ping"}}"#)
}

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

/// What is sent, and the ids that are answered with their errors.
fn corpus() -> Vec<(&'static str, Vec<u8>, Vec<(Value, i64)>)> {
    let good = |id: i64| ping(&id.to_string());
    let raw = |head: &str, body: &str| format!("{head}{body}").into_bytes();
    let exact = |head: &str, id: i64| {
        let body = good(id);
        format!("{}{body}", head.replace("N", &body.len().to_string())).into_bytes()
    };
    let deep = |levels: usize| {
        let (open, close) = ("[".repeat(levels), "]".repeat(levels));
        frame(&format!(
            r#"{{"jsonrpc":"2.0","id":12,"method":"test/ping","params":{open}{close}}}"#
        ))
    };
    let ok = |id: i64| vec![(json!(id), -32601)];
    let not_utf8 = |bytes: &[u8]| {
        let mut body = br#"{"jsonrpc":"2.0","id":13,"method":"test/ping","params":["#.to_vec();
        body.extend([b"\"", bytes, b"\"]}"].concat());
        let mut all = format!("Content-Length: {}\r\n\r\n", body.len()).into_bytes();
        all.extend(body);
        all
    };
    vec![
        // The body.
        (
            "no JSON, with an id",
            frame(r#"{"jsonrpc":"2.0","id":1,"method":"a","params":{]}"#),
            vec![(json!(1), -32700)],
        ),
        (
            "no JSON, with an id that comes last",
            frame(r#"{"method":"a","params":{"id":3,"x":[1,},"id":"last"}"#),
            vec![(json!("last"), -32700)],
        ),
        (
            "no JSON, cut off",
            frame(r#"{"jsonrpc":"2.0","id":1,"method":"#),
            vec![(json!(1), -32700)],
        ),
        (
            "no JSON, without an id",
            frame(r#"{"jsonrpc":"2.0","method":"initialized","params":{]}"#),
            vec![],
        ),
        ("no JSON at all", frame("hello"), vec![]),
        (
            "no JSON, an answer",
            frame(r#"{"jsonrpc":"2.0","id":1,"result":}"#),
            vec![],
        ),
        ("nothing", frame(""), vec![]),
        ("space", frame(" \r\n "), vec![]),
        ("an empty object", frame("{}"), vec![]),
        ("a number", frame("5"), vec![]),
        ("null", frame("null"), vec![]),
        ("a string", frame("\"text\""), vec![]),
        (
            "no jsonrpc",
            frame(r#"{"id":2,"method":"test/ping"}"#),
            ok(2),
        ),
        (
            "another jsonrpc",
            frame(r#"{"jsonrpc":1,"id":2,"method":"test/ping"}"#),
            ok(2),
        ),
        (
            "an id of 1.5",
            frame(&ping("1.5")),
            vec![(json!(1.5), -32600)],
        ),
        ("an id of 3.0", frame(&ping("3.0")), ok(3)),
        (
            "an id that is true",
            frame(&ping("true")),
            vec![(json!(true), -32600)],
        ),
        (
            "an id that is too large",
            frame(&ping("99999999999999999999")),
            vec![(json!(99_999_999_999_999_999_999_f64), -32600)],
        ),
        ("an id of null", frame(&ping("null")), vec![]),
        (
            "a notification with an id of null",
            frame(r#"{"jsonrpc":"2.0","id":null,"method":"initialized","params":{}}"#),
            vec![],
        ),
        (
            "a method that is no string",
            frame(r#"{"jsonrpc":"2.0","id":4,"method":5}"#),
            vec![(json!(4), -32600)],
        ),
        (
            "no method",
            frame(r#"{"jsonrpc":"2.0","id":5,"params":{}}"#),
            vec![(json!(5), -32600)],
        ),
        (
            "an answer that nobody has asked for",
            frame(r#"{"jsonrpc":"2.0","id":5,"result":null}"#),
            vec![],
        ),
        (
            "an error without an id",
            frame(r#"{"jsonrpc":"2.0","id":null,"error":{"code":-1,"message":"no"}}"#),
            vec![],
        ),
        (
            "a batch",
            frame(&format!("[{},{},5,{{}},[]]", good(6), good(7))),
            [ok(6), ok(7)].concat(),
        ),
        ("an empty batch", frame("[]"), vec![]),
        (
            "two messages in a frame",
            frame(&format!("{} {}", good(8), good(9))),
            [ok(8), ok(9)].concat(),
        ),
        (
            "rubbish behind a message",
            frame(&format!("{}rubbish", good(10))),
            ok(10),
        ),
        (
            "a zero behind a message",
            frame(&format!("{}\0", good(10))),
            ok(10),
        ),
        (
            "a byte order mark in the body",
            frame(&format!("\u{feff}{}", good(11))),
            ok(11),
        ),
        ("200 levels", deep(200), vec![(json!(12), -32700)]),
        ("100,000 levels", deep(100_000), vec![(json!(12), -32700)]),
        (
            "bytes that are not UTF-8",
            not_utf8(b"\xff\xfe\xc3"),
            ok(13),
        ),
        ("an encoded surrogate", not_utf8(b"\xed\xa0\xbd"), ok(13)),
        ("half a pair", not_utf8(br"\ud83d"), ok(13)),
        (
            "the other half",
            not_utf8(br"\ude00\\\udc00\\ud83d"),
            ok(13),
        ),
        ("two wrong halves", not_utf8(br"\ude00\ud83d"), ok(13)),
        (
            "parameters that are not those of the method",
            frame(r#"{"jsonrpc":"2.0","id":14,"method":"textDocument/hover","params":{"a":1}}"#),
            vec![(json!(14), -32602)],
        ),
        (
            "no parameters",
            frame(r#"{"jsonrpc":"2.0","id":14,"method":"textDocument/hover"}"#),
            vec![(json!(14), -32602)],
        ),
        // The head.
        (
            "three headers",
            exact("Content-Type: a\r\nContent-Length: N\r\nX-Y: z\r\n\r\n", 20),
            ok(20),
        ),
        (
            "an unknown charset",
            exact(
                "Content-Length: N\r\nContent-Type: application/vscode-jsonrpc; charset=utf-7\r\n\r\n",
                20,
            ),
            ok(20),
        ),
        ("lower case", exact("content-length: N\r\n\r\n", 20), ok(20)),
        (
            "upper case and spaces",
            exact("CONTENT-LENGTH  :\t N \r\n\r\n", 20),
            ok(20),
        ),
        ("no space", exact("Content-Length:N\r\n\r\n", 20), ok(20)),
        ("line feeds", exact("Content-Length: N\n\n", 20), ok(20)),
        (
            "a byte order mark",
            exact("\u{feff}Content-Length: N\r\n\r\n", 20),
            ok(20),
        ),
        (
            "blank lines before",
            exact("\r\n\r\n\nContent-Length: N\r\n\r\n", 20),
            ok(20),
        ),
        (
            "a length with zeros",
            exact("Content-Length: 000N\r\n\r\n", 20),
            ok(20),
        ),
        (
            "two lengths",
            exact("Content-Length: 7\r\nContent-Length: N\r\n\r\n", 20),
            ok(20),
        ),
        (
            "a line that is no header",
            exact("rubbish\r\nContent-Length: N\r\n\r\n", 20),
            ok(20),
        ),
        (
            "a header within a line",
            exact("rubbish: Content-Length: N\r\n\r\n", 20),
            ok(20),
        ),
        (
            "a long line before",
            exact(
                &format!("{}\r\nContent-Length: N\r\n\r\n", "#".repeat(300_000)),
                20,
            ),
            ok(20),
        ),
        (
            "a header of another kind",
            exact("X-Content-Length: 3\r\nContent-Length: N\r\n\r\n", 20),
            ok(20),
        ),
        (
            "no length",
            raw("Content-Type: a\r\n\r\n", &good(21)),
            ok(21),
        ),
        ("no header", good(21).into_bytes(), ok(21)),
        (
            "a length that is no number",
            raw("Content-Length: many\r\n\r\n", &good(21)),
            ok(21),
        ),
        (
            "a negative length",
            raw("Content-Length: -5\r\n\r\n", &good(21)),
            ok(21),
        ),
        (
            "a length of nothing",
            raw("Content-Length: 0\r\n\r\n", &good(21)),
            ok(21),
        ),
        (
            "no number",
            raw("Content-Length:\r\n\r\n", &good(21)),
            ok(21),
        ),
        (
            "a length that is too short",
            raw("Content-Length: 5\r\n\r\n", &good(21)),
            ok(21),
        ),
        (
            "a length that is too short by one",
            raw(
                &format!("Content-Length: {}\r\n\r\n", good(21).len() - 1),
                &good(21),
            ),
            vec![(json!(21), -32700)],
        ),
        (
            "a length that is too long",
            raw("Content-Length: 60\r\n\r\n", &good(21)),
            ok(21),
        ),
        (
            "a length that is far too long",
            raw("Content-Length: 60000000\r\n\r\n", &good(21)),
            ok(21),
        ),
        (
            "a length beyond all measure",
            raw("Content-Length: 99999999999\r\n\r\n", &good(21)),
            ok(21),
        ),
        (
            "a length that is no number of a machine",
            raw("Content-Length: 99999999999999999999999\r\n\r\n", &good(21)),
            ok(21),
        ),
        (
            "a header in the text",
            frame(&format!(
                r#"{{"jsonrpc":"2.0","id":22,"method":"test/ping","params":["{}"]}}"#,
                r"Content-Length: 5\r\n\r\n{}"
            )),
            ok(22),
        ),
        ("a part of a header", b"Content-Len".to_vec(), vec![]),
        (
            "a part of a frame",
            b"Content-Length: 30\r\n\r\n{\"jsonrpc\":".to_vec(),
            vec![],
        ),
    ]
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
