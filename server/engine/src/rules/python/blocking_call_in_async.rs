use crate::model::python::ValueKind;
use crate::model::python::blocking::{BlockingCall, Wait};
use crate::outside::Key;
use crate::rule::{Area, Check, Context, Fix, Intent, Piece, Rule, Safety, Severity, Sink};
use crate::text::Span;

pub static RULE: Rule = Rule {
    name: "python/blocking-call-in-async",
    area: Area::Performance,
    severity: Severity::High,
    cases: &[("files", Severity::Low), ("tests", Severity::Low)],
    minutes: 15,
    off: false,
    also: &[
        "ASYNC210", "ASYNC212", "ASYNC220", "ASYNC221", "ASYNC222", "ASYNC230", "ASYNC240",
        "ASYNC250", "ASYNC251",
    ],
    docs: r#"
A function that runs in the event loop waits without letting anyone else run.

All that an application does at once it does in one event loop.
While a handler sleeps, waits for an answer from the network or for a database in the plain way, no other request goes on, and health checks time out.

```python bad
import time


async def poll(job):
    while not job.done():
        time.sleep(1)
```

Wait in the way of the loop.

```python fixed
import asyncio
import time


async def poll(job):
    while not job.done():
        await asyncio.sleep(1)
```

Where there is no such way, let a thread wait.
This fix is unsafe, since what is called then runs beside the loop, and must bear that.

```python bad
import requests


async def price(symbol):
    return requests.get(f"https://example.com/{symbol}", timeout=5).json()
```

```python fixed
import asyncio

import requests


async def price(symbol):
    return (await asyncio.to_thread(requests.get, f"https://example.com/{symbol}", timeout=5)).json()
```

Functions of the file that block are followed, three deep, and so are objects by what made them or how they are annotated.

```python bad
from fastapi import Depends
from sqlalchemy.orm import Session


class Users:
    def load(self):
        self.wait()

    def wait(self):
        input("ready?")

    async def refresh(self):
        self.load()


async def names(db: Session = Depends(get_db)):
    return db.execute(QUERY).all()
```

Reading and writing files is found as well, at a low severity: that is mostly quick.
A function that is only handed on is not called here, and what is awaited does not block.

```python good
import asyncio
import time

import httpx


async def poll(loop, client: httpx.AsyncClient):
    await asyncio.to_thread(time.sleep, 1)
    await loop.run_in_executor(None, lambda: time.sleep(1))
    await client.get("https://example.com")


def wait():
    time.sleep(1)
```
"#,
    checks: &[Check::Blocking(check)],
};

fn check(found: &BlockingCall, cx: &Context, sink: &mut Sink) {
    let call = &found.call;
    let within = call.function.as_deref().unwrap_or_default();
    let written = match call.text(call.callee) {
        long if long.len() > 60 || long.contains('\n') => &found.what,
        written => written,
    };
    let way: Vec<&str> = found.path.iter().map(|name| &**name).collect();
    let way = match &way[..] {
        [] => String::new(),
        way => format!(" by `{} → {}`", way.join(" → "), found.what),
    };
    let advice = match found.blocks.wait {
        Wait::Sleep if way.is_empty() => "Await a sleep of the loop instead.",
        Wait::Http => "Await an asynchronous client, or a thread.",
        Wait::Process => "Await a subprocess of the loop, or a thread.",
        Wait::Session => "Use an asynchronous session, or let a thread do it.",
        _ => "Await a thread that does it.",
    };
    let message = format!(
        "`{written}` holds up the event loop{way}: while it waits in `{within}`, nothing else runs. {advice}"
    );
    let mut draft = sink.at(call.callee, message);
    if let Some((file, place)) = &found.place {
        draft = draft.related_in(
            file.clone(),
            place.clone(),
            format!("`{}` blocks here", found.what),
        );
    }
    if found.blocks.wait.is_short() {
        draft = draft.case("files");
    }
    if found.path.is_empty() {
        draft = draft.also(id(found).as_slice());
    }
    draft.fix(fix(found, cx));
}

fn id(found: &BlockingCall) -> Option<&'static str> {
    // `os.spawnl(os.P_WAIT, …)` waits, and so does the call without a mode; any other mode starts.
    if found.what.starts_with("os.spawn") {
        let mode = found.call.arguments.iter().find(|argument| {
            let keyword = argument.keyword.as_deref();
            keyword.is_none_or(|keyword| keyword == "mode")
        });
        return match mode.map(|mode| mode.name.as_deref()) {
            None | Some(Some("os.P_WAIT")) => Some("ASYNC221"),
            Some(_) => Some("ASYNC220"),
        };
    }
    found.blocks.also
}

/// The library of event loops that the file uses.
fn library(cx: &Context) -> &'static str {
    let has = |name| cx.outside.has(&Key::Loop(name));
    match () {
        () if has("asyncio") => "asyncio",
        () if has("trio") => "trio",
        () if has("anyio") => "anyio",
        () => "asyncio",
    }
}

fn fix(found: &BlockingCall, cx: &Context) -> Fix {
    let library = library(cx);
    if found.what == "time.sleep" && found.path.is_empty() {
        let fix = Fix::new(format!("Await `{library}.sleep`"), Safety::Safe);
        if !found.awaitable {
            return fix.disabled(NOT_AWAITABLE);
        }
        let pieces = vec![
            Piece::from(if found.trailed { "(await " } else { "await " }),
            Piece::Name(Intent::Import(library)),
            ".sleep".into(),
        ];
        let fix = fix.splice(found.call.callee, pieces);
        return close(fix, found);
    }
    let in_thread = match library {
        "asyncio" => ".to_thread(",
        _ => ".to_thread.run_sync(",
    };
    let title = format!("Let a thread wait: `await {library}{in_thread}…)`");
    let fix = Fix::new(title, Safety::Unsafe);
    if let Some(reason) = reason(found, library) {
        return fix.disabled(reason);
    }
    let call = &found.call;
    let start = call.span.start as usize;
    let open = if found.trailed { "(await " } else { "await " };
    let fix = fix.splice(
        Span::new(start, start),
        vec![
            open.into(),
            Piece::Name(Intent::Import(library)),
            in_thread.into(),
        ],
    );
    let paren = call.list.start as usize;
    let list = call.text(call.list);
    let alone = matches!(&call.arguments[..], [one] if one.value == call.list);
    let fix = match () {
        // `f(x for x in y)`
        () if alone => {
            let end = call.list.end as usize;
            fix.replace(Span::new(paren, paren), ", ")
                .replace(Span::new(end, end), ")")
        }
        () if call.arguments.is_empty() => fix.replace(Span::new(paren, paren + 1), ""),
        () => {
            let broken = list[1..].starts_with(['\n', '\r', ' ', '\t']);
            fix.replace(Span::new(paren, paren + 1), if broken { "," } else { ", " })
        }
    };
    close(fix, found)
}

const NOT_AWAITABLE: &str =
    "`await` cannot stand in a generator expression or in the body of a class";

/// Why no thread can take the call.
fn reason(found: &BlockingCall, library: &str) -> Option<&'static str> {
    let keyword = |argument: &crate::model::python::Argument| {
        argument.keyword.is_some()
            || argument.kind == ValueKind::Splat
                && found.call.text(argument.value).starts_with("**")
    };
    match found.blocks.wait {
        Wait::Open if found.path.is_empty() => Some(
            "what is done with the file waits as well: move all of it to a function for a thread",
        ),
        Wait::Sqlite => Some("a connection of sqlite3 belongs to one thread"),
        Wait::Session => Some(
            "a session belongs to one task: use an asynchronous one, or move the work to a function",
        ),
        _ if found.opened => Some("the body of the `with` waits as well"),
        _ if !found.awaitable => Some(NOT_AWAITABLE),
        _ if library != "asyncio" && found.call.arguments.iter().any(keyword) => {
            Some("`run_sync` hands no keyword arguments on")
        }
        _ => None,
    }
}

fn close(fix: Fix, found: &BlockingCall) -> Fix {
    if !found.trailed {
        return fix;
    }
    let end = found.call.span.end as usize;
    fix.replace(Span::new(end, end), ")")
}
