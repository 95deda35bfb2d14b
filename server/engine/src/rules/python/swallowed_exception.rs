use crate::model::python::{Call, Handler, Trivial, ValueKind};
use crate::rule::{Area, Check, Context, Fix, Intent, Piece, Policy, Rule, Safety, Severity, Sink};
use crate::text::Span;

pub static RULE: Rule = Rule {
    name: "python/swallowed-exception",
    area: Area::Code,
    severity: Severity::Medium,
    cases: &[("explained", Severity::Low), ("tests", Severity::Low)],
    minutes: 15,
    off: false,
    also: &["B110", "B112", "S110", "S112"],
    docs: r#"
Every error is caught and thrown away, bugs included.

A handler of `Exception`, of `BaseException` or of everything, whose body does nothing, also hides the typo, the full disk and the lost connection.
Nobody learns of it, and the search begins at the wrong end.
Log the error with its traceback, or catch the one type that is expected here.

```python bad
import json


def load(path):
    try:
        return json.loads(path.read_text())
    except Exception:
        return None
```

```python fixed
import json
import logging

logger = logging.getLogger(__name__)


def load(path):
    try:
        return json.loads(path.read_text())
    except Exception:
        logger.exception("json.loads failed in load")
        return None
```

The fix uses the logger that the module has, or adds one.
It is unsafe: there will be log lines where there was silence.

```python bad
import contextlib


def close(connection):
    with contextlib.suppress(Exception):
        connection.close()
```

Where a comment or a string in the handler says why, the severity is low.
Handlers that raise, log, or use the error are fine, and so are those of narrower types, but for those that `harden.toml` names as `broad-exceptions` of `[python]`:

```python good
def load(path):
    try:
        return path.read_text()
    except FileNotFoundError:
        return None
```
"#,
    checks: &[
        Check::Handler(handler),
        Check::Call(&["contextlib.suppress"], suppress),
    ],
};

fn is_broad(name: &str, policy: &Policy) -> bool {
    let name = name.strip_prefix("builtins.").unwrap_or(name);
    matches!(name, "Exception" | "BaseException")
        || policy.broad_exceptions.iter().any(|own| own == name)
}

fn handler(handler: &Handler, cx: &Context, sink: &mut Sink) {
    let broad = |name: &Option<String>| {
        name.as_deref()
            .is_some_and(|name| is_broad(name, cx.policy))
    };
    if handler.body.is_empty() || !(handler.bare || handler.types.iter().any(broad)) {
        return;
    }
    let header = handler.text(handler.header);
    let what = match &handler.tried {
        Some(tried) => format!("every error of `{tried}`"),
        None => "every error".into(),
    };
    let message = format!(
        "`{}` swallows {what}, and nobody will know. Log it with its traceback, or catch the type you expect.",
        header.split_whitespace().collect::<Vec<_>>().join(" ")
    );
    let draft = sink.at(handler.header, message);
    let draft = if handler.explained() {
        draft.case("explained")
    } else {
        draft
    };
    draft.also(ids(handler)).fix(log_handler(handler));
}

/// Bandit looks at `except:` and `except Exception:` alone; ruff also at tuples and `BaseException`.
fn ids(handler: &Handler) -> &'static [&'static str] {
    // What the user calls broad they do not know.
    let broad = |name: &Option<String>| {
        let name = name.as_deref();
        name.is_some_and(|name| is_broad(name, &Policy::default()))
    };
    if !handler.bare && !handler.types.iter().any(broad) {
        return &[];
    }
    let by_bandit = handler.bare
        || !handler.tuple
            && handler.text(handler.header).ends_with("Exception")
            && !handler.text(handler.header).ends_with("BaseException")
            && !handler.text(handler.header).contains('.');
    match (&handler.body[..], by_bandit) {
        ([(Trivial::Pass, _)], true) => &["B110", "S110"],
        ([(Trivial::Pass, _)], false) => &["S110"],
        ([(Trivial::Continue, _)], true) => &["B112", "S112"],
        ([(Trivial::Continue, _)], false) => &["S112"],
        _ => &[],
    }
}

fn log_handler(handler: &Handler) -> Fix {
    let title = if handler.bare {
        "Log the error, and let `KeyboardInterrupt` and `SystemExit` pass"
    } else {
        "Log the error with its traceback"
    };
    let mut fix = Fix::new(title, Safety::Unsafe);
    if handler.bare {
        let end = handler.keyword.end as usize;
        fix = fix.replace(Span::new(end, end), " Exception");
    }
    let log = log_line(handler.tried.as_deref(), handler.function.as_deref());
    let idle = |kind: Trivial| matches!(kind, Trivial::Pass | Trivial::Ellipsis);
    if let Some((_, span)) = handler.body.iter().find(|(kind, _)| idle(*kind)) {
        return fix.splice(*span, log);
    }
    let leaves = |kind: Trivial| kind != Trivial::Str;
    let at = handler.body.iter().find(|(kind, _)| leaves(*kind));
    if let Some((_, span)) = at {
        let start = span.start as usize;
        if let Some(indent) = handler.indent(*span) {
            let line = chain(log, format!("\n{indent}"));
            return fix.splice(Span::new(start, start), line);
        }
        // `except: continue` on one line becomes three.
        let Some(outer) = handler.indent(handler.keyword) else {
            return fix.disabled("the handler begins in the middle of a line");
        };
        let before = handler.text(Span::new(handler.header.end as usize, start));
        let gap = before.len() - before.trim_end().len();
        let unit = if outer.contains('\t') { "\t" } else { "    " };
        let mut line = vec![Piece::from(format!("\n{outer}{unit}"))];
        line.extend(chain(log, format!("\n{outer}{unit}")));
        return fix.splice(Span::new(start - gap, start), line);
    }
    // Nothing but a string, which may be all the explanation there is.
    let Some((_, last)) = handler.body.last() else {
        return fix;
    };
    let indent = handler.indent(*last);
    let mut line = vec![indent.map_or("; ".into(), |indent| format!("\n{indent}").into())];
    line.extend(log);
    let end = last.end as usize;
    fix.splice(Span::new(end, end), line)
}

/// `logger.exception("json.loads failed in load")`
fn log_line(tried: Option<&str>, function: Option<&str>) -> Vec<Piece> {
    let said = match (tried, function) {
        (Some(tried), Some(function)) => format!("{tried} failed in {function}"),
        (Some(name), None) | (None, Some(name)) => format!("{name} failed"),
        (None, None) => "An error was ignored".into(),
    };
    vec![
        Piece::Name(Intent::Logger),
        format!(".exception(\"{said}\")").into(),
    ]
}

fn chain(mut pieces: Vec<Piece>, text: String) -> Vec<Piece> {
    pieces.push(text.into());
    pieces
}

fn suppress(call: &Call, cx: &Context, sink: &mut Sink) {
    let broad = call.arguments.iter().find(|argument| {
        let name = argument.name.as_deref();
        name.is_some_and(|name| is_broad(name, cx.policy))
    });
    let Some(broad) = broad else { return };
    let message = format!(
        "`suppress({})` swallows every error in its body, and nobody will know. Suppress the type you expect.",
        call.text(broad.value)
    );
    sink.at(broad.value, message).fix(log_suppressed(call));
}

/// `with suppress(…):` becomes `try:` with a handler that logs.
fn log_suppressed(call: &Call) -> Fix {
    let fix = Fix::new("Log the error with its traceback", Safety::Unsafe);
    let with = call.with.filter(|with| !with.is_async);
    let Some((with, indent)) = with.and_then(|with| Some((with, call.indent(with.header)?))) else {
        return fix.disabled("`suppress` is not the only item of a `with` statement");
    };
    let plain = |kind| matches!(kind, ValueKind::Path(_));
    if !call.arguments.iter().all(|argument| plain(argument.kind)) {
        return fix.disabled("the types are not written out");
    }
    let types = match &call.arguments[..] {
        [one] => call.text(one.value),
        _ => call.text(call.list),
    };
    let unit = if indent.contains('\t') { "\t" } else { "    " };
    let mut handler = vec![Piece::from(format!(
        "\n{indent}except {types}:\n{indent}{unit}"
    ))];
    handler.extend(log_line(None, call.function.as_deref()));
    let end = call.line_end(with.body);
    fix.replace(with.header, "try:")
        .splice(Span::new(end, end), handler)
}
