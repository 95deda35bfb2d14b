use crate::model::python::Call;
use crate::model::python::web::{Framework, Handler, target};
use crate::project::{Open, OpenRoute, Usable};
use crate::rule::{Area, Check, Context, Draft, Fix, Intent, Limit, Rule, Safety, Severity, Sink};

pub static RULE: Rule = Rule {
    name: "python/no-rate-limit",
    area: Area::Security,
    severity: Severity::High,
    cases: &[],
    minutes: 30,
    off: false,
    also: &["CWE-770", "CWE-307"],
    docs: r#"
An application answers as many requests as anybody sends.

Without a limit, one client can try a million passwords, order a million codes by mail, or keep every worker busy.
A limiter counts requests by client and answers 429 to those that come too often.

```python main.py bad
from fastapi import FastAPI

app = FastAPI()


@app.post("/login")
def login(name: str, password: str):
    return {"token": "…"}


@app.get("/health")
def health():
    return {}
```

There is no fix for an application without a limiter: which one, and how much is too much, is yours to say.
Where routes are limited and some are not, the others are one finding, those at which people sign in first.
The fix gives them the limiter that the unit has, five times a minute to begin with.
It is unsafe, since clients that ask more often are refused from then on.
It changes the routes of the file in which the finding lies, and where the limiter stands in the file that makes the application, no other file can import it without going round in a circle: move it to a module of its own first.

```python main.py bad
from fastapi import FastAPI, Request
from slowapi import Limiter
from slowapi.util import get_remote_address

limiter = Limiter(key_func=get_remote_address, storage_uri="redis://redis:6379")
app = FastAPI()
app.state.limiter = limiter


@app.post("/login")
def login(name: str, password: str):
    return {"token": "…"}


@app.get("/search")
@limiter.limit("30/minute")
def search(request: Request, words: str):
    return []
```

```python main.py fixed
from fastapi import FastAPI, Request
from slowapi import Limiter
from slowapi.util import get_remote_address

limiter = Limiter(key_func=get_remote_address, storage_uri="redis://redis:6379")
app = FastAPI()
app.state.limiter = limiter


@app.post("/login")
@limiter.limit("5/minute")
def login(request: Request, name: str, password: str):
    return {"token": "…"}


@app.get("/search")
@limiter.limit("30/minute")
def search(request: Request, words: str):
    return []
```

The limits that a limiter of slowapi has by default hold for nothing until the application has slowapi's middleware, which is found as well.

Where the application's class is one of the file's own that rests on the framework's, the finding lies at the first open route.

Routes that only say how the application is are let be, and the front page of one that has nothing but metrics.
So are units whose application has a middleware or a dependency that limits, and projects with an nginx, a traefik or the like that does.
A list of dependencies that comes from elsewhere, such as `dependencies=auth_dependencies`, may hold a limiter, and counts as one.
A router is limited where a limiter is called with it, as in `limiter.limit("3/minute")(blueprint)`, and a route where it asks a function that is called after what it does: `check_rate_limit()`.
Where the file of the application gives a limiter functions that only the running program knows, and no route is seen to be limited, nothing is said.
Let be are also the applications of tests, benchmarks and examples, those too that have a manifest of their own, what a folder `cli` serves for a moment, and libraries, which make none.

```python main.py good
from fastapi import Depends, FastAPI
from fastapi_limiter.depends import RateLimiter

app = FastAPI(dependencies=[Depends(RateLimiter(times=5, seconds=60))])


@app.post("/login")
def login(name: str, password: str):
    return {"token": "…"}
```
"#,
    checks: &[
        Check::Call(
            &[
                "fastapi.FastAPI",
                "fastapi.applications.FastAPI",
                "flask.Flask",
                "flask.app.Flask",
                "starlette.applications.Starlette",
            ],
            app,
        ),
        Check::Call(&["slowapi.Limiter", "slowapi.extension.Limiter"], idle),
        Check::Route(route),
    ],
};

/// Routes that a message names besides the first.
const NAMED: usize = 2;
/// Routes that are shown as places.
const SHOWN: usize = 10;

fn app(call: &Call, cx: &Context, sink: &mut Sink) {
    if cx.file.test {
        return;
    }
    let name = target(call);
    let Some(open) = cx
        .project
        .unlimited_app(&cx.file.path, &name, call.function.as_deref())
    else {
        return;
    };
    let of = if name.is_empty() {
        "this application"
    } else {
        &name
    };
    let of = if name.is_empty() {
        of.to_owned()
    } else {
        format!("`{of}`")
    };
    let message = format!(
        "Nothing limits how often {of} is called: {} many requests as anybody sends. Put a limiter in front.",
        takes(&open)
    );
    shown(sink.at(call.callee, message), &open, 0).also(&["CWE-770"]);
}

/// `login (POST /login) and 3 other routes take as`
fn takes(open: &Open) -> String {
    let names = open
        .routes
        .iter()
        .take(1 + NAMED)
        .map(|route| format!("`{}`", route.shown));
    let names: Vec<String> = names.collect();
    match open.count - names.len() {
        0 if names.len() == 1 => format!("{} takes as", names[0]),
        0 => {
            let (last, first) = names.split_last().map_or(("", &[][..]), |(l, f)| (l, f));
            format!("{} and {last} take as", first.join(", "))
        }
        1 => format!("{} and another route take as", names.join(", ")),
        more => format!("{} and {more} other routes take as", names.join(", ")),
    }
}

/// With the places of the routes from one on.
fn shown<'d>(mut draft: Draft<'d>, open: &Open, from: usize) -> Draft<'d> {
    for route in open.routes.iter().skip(from).take(SHOWN) {
        if let Some(place) = &route.place {
            // Named even where it is this file: its chunks are counted, of which not all are parsed here.
            let file = Some(route.file.clone());
            let message = format!("`{}` is not limited", route.shown);
            draft = draft.related_in(file, place.clone(), message);
        }
    }
    draft
}

/// The first route of an application that others limit.
fn route(handler: &Handler, cx: &Context, sink: &mut Sink) {
    if handler.limited {
        return;
    }
    let Some(open) = cx.project.unlimited_route(&cx.file.path, &handler.path) else {
        return;
    };
    let takes = capital(&takes(&open));
    if open.limited == 0 {
        let message = format!(
            "{takes} many requests as anybody sends, and nothing limits how often. Put a limiter in front."
        );
        shown(sink.at(handler.span, message), &open, 1).also(&["CWE-770"]);
        return;
    }
    let limited = match open.limited {
        1 => "another route is".to_owned(),
        more => format!("{more} other routes are"),
    };
    let message = format!(
        "{takes} many requests as anybody sends, while {limited} limited. Limit these as well."
    );
    let draft = shown(sink.at(handler.span, message), &open, 1).also(&["CWE-770"]);
    let title = "Limit the open routes of this file to 5 requests a minute each";
    let fix = Fix::new(title, Safety::Unsafe);
    let own = &cx.file.path;
    let ours = |route: &&OpenRoute| route.file == *own && !route.handler.is_empty();
    let functions = open.routes.iter().filter(ours);
    let functions = functions.map(|route| route.handler.clone()).collect();
    let fix = match &open.limiter {
        None => fix.disabled("the unit has no limiter that its modules could import"),
        Some(Usable {
            module: None, file, ..
        }) if file != own => fix
            .disabled("the limiter stands in the file of the application, which imports this one"),
        Some(usable) => fix.with(Intent::Limit(Limit {
            name: usable.name.clone(),
            module: usable.module.clone().filter(|_| usable.file != *own),
            rate: "5/minute",
            request: open.framework != Framework::Flask,
            functions,
        })),
    };
    draft.fix(fix);
}

fn capital(text: &str) -> String {
    let mut chars = text.chars();
    let first = chars.next().map(|first| first.to_uppercase().to_string());
    first.unwrap_or_default() + chars.as_str()
}

/// Limits for all routes, and nothing that would hold a request against them.
fn idle(call: &Call, cx: &Context, sink: &mut Sink) {
    let mut arguments = call.arguments.iter();
    let defaults = arguments.find(|argument| argument.keyword.as_deref() == Some("default_limits"));
    let Some(defaults) =
        defaults.filter(|defaults| !matches!(call.text(defaults.value), "[]" | "None"))
    else {
        return;
    };
    if cx.file.test || cx.project.is_alone() || cx.project.has_slowapi_middleware(&cx.file.path) {
        return;
    }
    let message = "These limits hold for no route: nothing adds `SlowAPIMiddleware`, which would ask for them. Add it to the application.";
    sink.at(defaults.value, message).also(&["CWE-770"]);
}
