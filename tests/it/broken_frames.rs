//! Frames as no client should write them.

use serde_json::{Value, json};

use crate::client::frame;

fn ping(id: &str) -> String {
    format!(r#"{{"jsonrpc":"2.0","id":{id},"method":"test/ping"}}"#)
}

/// What it is, the bytes, and the ids that are answered with their errors.
pub(crate) type Case = (&'static str, Vec<u8>, Vec<(Value, i64)>);

pub(crate) fn corpus() -> Vec<Case> {
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
