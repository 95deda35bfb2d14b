//! The front reader: a thread that turns what comes in into messages, and never gives up while something comes.
//!
//! A request that is broken gets an error, if its id can be read. A notification that is broken is dropped and logged; if it
//! was a change of a document, that document is out of step. Nothing is answered without an id: some clients take an answer
//! to `null` as a reason to die.

use std::borrow::Cow;
use std::io::Read;

use serde_json::{Deserializer, Map, Value, json};
use tokio::sync::mpsc::{Receiver, Sender, channel};
use tower_lsp::jsonrpc::{Error, ErrorCode, Id, Request, Response};
use tower_lsp::lsp_types::Url;

use super::frame::{Found, Frames, MARK};
use super::repair::{Rest, mend_surrogates, rest};

/// Messages that may wait. They are taken faster than they can be read.
const WAITING: usize = 256;

/// What has come in.
#[derive(Debug)]
pub(super) enum Incoming {
    Request(Request),
    Answer(Response),
    /// The client is to be told an error.
    Refused(Value),
    /// An id and nothing else: an answer without a result, if something was asked under that id.
    Bare(Id),
    /// A change was lost.
    Desync(Option<Url>),
    Exit,
}

/// Read until the input ends, or until nobody takes what was read.
pub(super) fn start(input: impl Read + Send + 'static) -> Receiver<Incoming> {
    let (out, messages) = channel(WAITING);
    std::thread::spawn(move || {
        // Fails when the process is going away.
        let _ = read(input, &out);
    });
    messages
}

/// Nobody listens any more.
struct Gone;

fn read(input: impl Read, out: &Sender<Incoming>) -> Result<(), Gone> {
    let mut frames = Frames::new(input);
    while let Some(found) = frames.next() {
        let length = match found {
            Found::Garbage(garbage) => {
                unframed(garbage, out)?;
                continue;
            }
            Found::Body(length) => length,
        };
        let body = frames.body(length);
        if let Some(value) = one_value(body) {
            frames.used(length);
            take(value, out)?;
            continue;
        }
        mend_surrogates(body);
        let skipped = if body.starts_with(MARK) {
            MARK.len()
        } else {
            0
        };
        let text = String::from_utf8_lossy(&body[skipped..]);
        let Values { values, end, cut } = values(&text);
        if text[end..].trim_ascii().is_empty() {
            frames.used(length);
        } else if !values.is_empty() {
            // What stands behind a message is looked at again, unless what is not UTF-8 has been replaced: it moves bytes.
            let exact = matches!(text, Cow::Borrowed(_));
            frames.used(if exact { skipped + end } else { length });
        } else {
            let rest = rest(body);
            let kept = cut && rest.id.is_none();
            frames.broken(length, kept);
            if !kept {
                lost(rest, "it is no JSON", out)?;
            }
        }
        for value in values {
            take(value, out)?;
        }
    }
    Ok(())
}

/// The body as it should be.
fn one_value(body: &[u8]) -> Option<Value> {
    serde_json::from_str(std::str::from_utf8(body).ok()?).ok()
}

/// Bytes between frames. There may be a message that was announced wrongly.
fn unframed(mut garbage: Vec<u8>, out: &Sender<Incoming>) -> Result<(), Gone> {
    mend_surrogates(&mut garbage);
    for line in garbage.split(|byte| *byte == b'\n') {
        let start = line.iter().position(|byte| *byte == b'{');
        let line = &line[start.unwrap_or(0)..];
        let Values { values, .. } = values(&String::from_utf8_lossy(line));
        if values.is_empty() {
            if !line.trim_ascii().is_empty() {
                lost(rest(line), "it is in no frame", out)?;
            }
            continue;
        }
        for value in values {
            take(value, out)?;
        }
    }
    Ok(())
}

/// What a text begins with. There should be one value and nothing else.
struct Values {
    values: Vec<Value>,
    end: usize,
    /// The text ends within a value.
    cut: bool,
}

fn values(text: &str) -> Values {
    let mut stream = Deserializer::from_str(text).into_iter();
    let mut values = Vec::new();
    let mut end = 0;
    loop {
        match stream.next() {
            Some(Ok(value)) => {
                values.push(value);
                end = stream.byte_offset();
            }
            last => {
                let cut = matches!(last, Some(Err(error)) if error.is_eof());
                return Values { values, end, cut };
            }
        }
    }
}

fn send(out: &Sender<Incoming>, incoming: Incoming) -> Result<(), Gone> {
    out.blocking_send(incoming).map_err(|_| Gone)
}

fn refuse(out: &Sender<Incoming>, id: &Value, error: &Error) -> Result<(), Gone> {
    let body = json!({"jsonrpc": "2.0", "id": id, "error": error});
    send(out, Incoming::Refused(body))
}

/// A message of which no more than this can be read.
fn lost(rest: Rest, why: &str, out: &Sender<Incoming>) -> Result<(), Gone> {
    let Rest {
        id,
        method,
        uri,
        answers,
    } = rest;
    let name = method.as_deref().filter(|name| {
        let plain = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '/' | '$');
        name.len() < 64 && name.chars().all(plain)
    });
    eprintln!(
        "harden: a message ({}) was dropped: {why}",
        name.unwrap_or("of an unknown method")
    );
    match id {
        Some(id) if answers => match known(&id) {
            // Whoever waits for it shall not wait for ever.
            Some(id) => send(
                out,
                Incoming::Answer(Response::from_error(id, Error::parse_error())),
            ),
            None => Ok(()),
        },
        Some(id @ (Value::String(_) | Value::Number(_))) => refuse(out, &id, &Error::parse_error()),
        _ if name == Some("textDocument/didChange") => send(out, Incoming::Desync(uri)),
        _ => Ok(()),
    }
}

fn take(value: Value, out: &Sender<Incoming>) -> Result<(), Gone> {
    match value {
        Value::Object(message) => one(message, out),
        // A batch. Each of its requests has an answer of its own.
        Value::Array(batch) => batch.into_iter().try_for_each(|value| match value {
            Value::Object(message) => one(message, out),
            _ => dropped("it is no object"),
        }),
        _ => dropped("it is no object"),
    }
}

fn dropped(why: &str) -> Result<(), Gone> {
    eprintln!("harden: a message was dropped: {why}");
    Ok(())
}

fn one(mut message: Map<String, Value>, out: &Sender<Incoming>) -> Result<(), Gone> {
    let id = message.remove("id");
    let usable = id.as_ref().and_then(known);
    let method = match message.remove("method") {
        Some(Value::String(method)) => method,
        Some(_) => return invalid(id.as_ref(), "its method is no string", out),
        None => return answer(message, id.as_ref(), usable, out),
    };
    if method == "exit" {
        return send(out, Incoming::Exit);
    }
    let request = Request::build(method);
    let request = match message.remove("params") {
        Some(params) => request.params(params),
        None => request,
    };
    let request = match (id, usable) {
        (None, _) => request.finish(),
        (Some(_), Some(id)) => request.id(id).finish(),
        (Some(Value::Null), None) => {
            // Not allowed, but some write every notification so.
            let request = request.finish();
            if !notifies(request.method()) {
                return invalid(None, "its id is null", out);
            }
            request
        }
        (Some(id), None) => return invalid(Some(&id), "its id is no integer and no string", out),
    };
    send(out, Incoming::Request(request))
}

fn answer(
    mut message: Map<String, Value>,
    id: Option<&Value>,
    usable: Option<Id>,
    out: &Sender<Incoming>,
) -> Result<(), Gone> {
    let answers = message.contains_key("result") || message.contains_key("error");
    let Some(id) = usable else {
        return match id {
            Some(id) if !answers => invalid(Some(id), "it has no method", out),
            _ => dropped("it has neither a method nor an id"),
        };
    };
    if !answers {
        return send(out, Incoming::Bare(id));
    }
    let response = match message.remove("error") {
        None | Some(Value::Null) => {
            Response::from_ok(id, message.remove("result").unwrap_or_default())
        }
        Some(error) => {
            let error = serde_json::from_value(error).unwrap_or_else(|_| Error::internal_error());
            Response::from_error(id, error)
        }
    };
    send(out, Incoming::Answer(response))
}

/// Valid JSON, but no message: answered where there is an id, else dropped.
fn invalid(id: Option<&Value>, why: &'static str, out: &Sender<Incoming>) -> Result<(), Gone> {
    match id {
        None | Some(Value::Null) => dropped(why),
        Some(id) => refuse(out, id, &invalid_request(why)),
    }
}

pub(super) fn invalid_request(why: &'static str) -> Error {
    Error {
        code: ErrorCode::InvalidRequest,
        message: why.into(),
        data: None,
    }
}

/// An id that can be used. Some languages write integers as `1.0`.
fn known(id: &Value) -> Option<Id> {
    match id {
        Value::String(id) => Some(Id::String(id.clone())),
        Value::Number(number) => {
            let whole = |float: f64| {
                let exact = float.fract() == 0.0 && float.abs() < 9e15;
                #[allow(clippy::cast_possible_truncation, reason = "it was looked at")]
                exact.then_some(float as i64)
            };
            let number = number.as_i64();
            let number = number.or_else(|| id.as_f64().and_then(whole));
            number.map(Id::Number)
        }
        _ => None,
    }
}

/// Whether the specification has a notification of this name.
fn notifies(method: &str) -> bool {
    let last = method.rsplit('/').next().unwrap_or_default();
    method.starts_with("$/")
        || last.starts_with("did")
        || matches!(
            method,
            "initialized" | "textDocument/willSave" | "window/workDoneProgress/cancel"
        )
}
