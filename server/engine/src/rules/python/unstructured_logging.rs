use crate::model::python::{Call, ValueKind};
use crate::rule::{Area, Check, Context, Rule, Severity, Sink};
use crate::text::Span;

pub static RULE: Rule = Rule {
    name: "python/unstructured-logging",
    area: Area::Observability,
    severity: Severity::Low,
    cases: &[("tests", Severity::Info)],
    minutes: 30,
    off: false,
    also: &[],
    docs: r#"
The application logs lines of text, which no machine can search by their parts.

What collects the logs of many processes asks for the request, the user, the level. Of a line of text it must guess them, an error
with its traceback falls apart into many lines, and a line break in a message forges another one.

```python bad
import logging

from fastapi import FastAPI

logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
app = FastAPI()
```

Log one object of JSON a line: with structlog, with python-json-logger, with `serialize=True` of loguru, or with a formatter of your
own whose name says so.
There is no fix, since which of them fits is a choice for all of the project.

Only the files that make the application (FastAPI, Starlette, Flask, Celery, a server that is started) are looked at, and those that
they import. Scripts, command lines and libraries may log as they like, which goes for an application that a method makes, too: whoever
makes the object has the say. Examples, benchmarks and tests are let be, and what holds for debugging alone: `if debug:`. One formatter for JSON anywhere in the project is enough, also
one in a file of logging configuration.

```python good
import logging

from fastapi import FastAPI
from pythonjsonlogger.json import JsonFormatter

handler = logging.StreamHandler()
handler.setFormatter(JsonFormatter())
logging.basicConfig(level=logging.INFO, handlers=[handler])
app = FastAPI()
```
"#,
    checks: &[Check::Call(
        &["logging.basicConfig", "logging.config.dictConfig"],
        check,
    )],
};

fn check(call: &Call, cx: &Context, sink: &mut Sink) {
    if call.name.ends_with("dictConfig") {
        let constant = |c: char| c.is_ascii_uppercase() || matches!(c, '_' | '.' | '0'..='9');
        let known = call
            .arguments
            .first()
            .is_some_and(|first| match first.kind {
                ValueKind::Collection => call.text(first.value).contains("formatters"),
                // A name that says that nothing is read from elsewhere.
                ValueKind::Path(_) => {
                    let text = call.text(first.value);
                    let last = text.rsplit('.').next().unwrap_or_default();
                    last.chars().all(constant)
                }
                _ => false,
            });
        if !known {
            return;
        }
    }
    let text = call.text(call.span);
    // An object of JSON, written out as the format.
    if text.contains("'{\"") || text.contains("\"{\\\"") || text.contains("\"{'") {
        return;
    }
    if is_for_debugging(call) || !cx.project.logs_plainly(&cx.file.path) {
        return;
    }
    let name = call.text(call.callee);
    sink.at(
        call.callee,
        format!("`{name}` makes the application log lines of text, which no machine can search by their parts. Log JSON, with structlog or python-json-logger."),
    );
}

/// Whether a call stands below an `if` that asks whether something is debugged.
fn is_for_debugging(call: &Call) -> bool {
    let start = call.span.start as usize;
    let before = call.text(Span::new(0, start));
    let indent = |line: &str| line.len() - line.trim_start().len();
    let mut lines = before.lines().rev();
    let Some(mut depth) = lines.next().map(indent) else {
        return false;
    };
    for line in lines.filter(|line| !line.trim().is_empty()) {
        let code = line.trim_start();
        if indent(line) >= depth || code.starts_with(['#', ')', ']', '}']) {
            continue;
        }
        depth = indent(line);
        let asks = code.starts_with("if ") || code.starts_with("elif ");
        let lower = code.to_ascii_lowercase();
        if asks && lower.contains("debug") && !lower.contains("not ") {
            return true;
        }
        if code.starts_with("def ") || code.starts_with("async def ") {
            return false;
        }
    }
    false
}
