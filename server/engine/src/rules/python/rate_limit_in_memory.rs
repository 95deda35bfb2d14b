use crate::model::python::{Argument, Call, ValueKind};
use crate::project::is_trial;
use crate::rule::{Area, Check, Context, Fix, Intent, Piece, Rule, Safety, Severity, Sink};
use crate::text::Span;

pub static RULE: Rule = Rule {
    name: "python/rate-limit-in-memory",
    area: Area::Security,
    severity: Severity::Medium,
    cases: &[],
    minutes: 15,
    off: false,
    also: &["CWE-770"],
    docs: r#"
A limiter counts requests in the memory of one process.

Each worker and each replica then counts for itself: with four workers a limit of five is one of twenty, and a restart forgets all of it.
Let them share a store, such as the Redis that the project has.

```python bad
from slowapi import Limiter
from slowapi.util import get_remote_address

limiter = Limiter(key_func=get_remote_address)
```

```python fixed
import os

from slowapi import Limiter
from slowapi.util import get_remote_address

limiter = Limiter(key_func=get_remote_address, storage_uri=os.environ["REDIS_URL"])
```

The fix is unsafe: `REDIS_URL` must be set from then on.
Limiters of slowapi and of Flask-Limiter are found.

A library that makes limiters in its functions, for whatever application, is let be, and so are tests, benchmarks and examples.
Where the environment or the configuration of the unit sets `RATELIMIT_STORAGE_URI` or `RATELIMIT_STORAGE_URL`, both libraries take it from there.

```python good
import os

from flask_limiter import Limiter
from flask_limiter.util import get_remote_address

limiter = Limiter(get_remote_address, storage_uri=os.environ["REDIS_URL"], default_limits=["200 per day"])
```
"#,
    checks: &[Check::Call(
        &[
            "slowapi.Limiter",
            "slowapi.extension.Limiter",
            "flask_limiter.Limiter",
            "flask_limiter.extension.Limiter",
        ],
        check,
    )],
};

fn check(call: &Call, cx: &Context, sink: &mut Sink) {
    let splat = |argument: &Argument| argument.kind == ValueKind::Splat;
    if cx.file.test || is_trial(&cx.file.path) || call.arguments.iter().any(splat) {
        return;
    }
    let mut arguments = call.arguments.iter();
    let said = arguments.find(|argument| argument.keyword.as_deref() == Some("storage_uri"));
    let memory = said.filter(|said| {
        let text = call.text(said.value).trim_start_matches(['"', '\'']);
        said.kind == ValueKind::Str
            && (text.starts_with("memory://") || text.starts_with("async+memory://"))
    });
    let none = said.filter(|said| said.kind == ValueKind::None);
    if said.is_some() && memory.is_none() && none.is_none() {
        return;
    }
    // Libraries make limiters for applications whose configuration says where they count.
    if call.function.is_some() && !cx.project.is_alone() && !cx.project.has_web_app(&cx.file.path) {
        return;
    }
    // What is said in the call goes before the configuration.
    if memory.is_none() && cx.project.says_limit_storage(&cx.file.path) {
        return;
    }
    let at = memory.map_or(call.callee, |memory| memory.value);
    let message = "This limiter counts in the memory of each process, so that every worker allows the whole limit and a restart forgets it. Let them share a store.";
    let fix = Fix::new(
        "Count in the store of `REDIS_URL`, which must be set then",
        Safety::Unsafe,
    );
    let os = Piece::Name(Intent::Import("os"));
    let store = vec![os, ".environ[\"REDIS_URL\"]".into()];
    let fix = match said {
        Some(said) => fix.splice(said.value, store),
        None => {
            let (at, before, behind) = behind_arguments(call);
            let before = vec![Piece::from(format!("{before}storage_uri="))];
            let text = [before, store, vec![behind.into()]].concat();
            fix.splice(Span::new(at, at), text)
        }
    };
    sink.at(at, message).also(&["CWE-770"]).fix(fix);
}

/// Where an argument more goes, what comes before it there, and what behind it.
fn behind_arguments(call: &Call) -> (usize, String, &'static str) {
    let open = call.list.start as usize + 1;
    let Some(last) = call.arguments.last() else {
        return (open, String::new(), "");
    };
    let at = last.value.end as usize;
    let start = call.arguments.last().map_or(at, |last| {
        let named = last.keyword.as_deref().map_or(0, str::len);
        let inside = call.text(Span::new(
            call.list.start as usize,
            last.value.start as usize,
        ));
        match inside.trim_end().strip_suffix('=') {
            Some(head) if named > 0 => call.list.start as usize + head.trim_end().len() - named,
            _ => last.value.start as usize,
        }
    });
    let line_end = call.line_end(last.value);
    let rest = call.text(Span::new(at, line_end.min(call.list.end as usize)));
    match call.indent(Span::new(start, at)) {
        // Behind the comma and the comment that the last one has.
        Some(indent) if rest.starts_with(',') => (line_end, format!("\n{indent}"), ","),
        Some(indent) => (at, format!(",\n{indent}"), ""),
        None => (at, ", ".into(), ""),
    }
}
