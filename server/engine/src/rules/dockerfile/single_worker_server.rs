use std::path::PathBuf;

use crate::file::Stage as Role;
use crate::model::compose::{Build, Service};
use crate::model::dockerfile::{Dockerfile, Stage};
use crate::model::server::{of_image, servers};
use crate::path::join;
use crate::project::{InChain, View};
use crate::rule::{Area, Check, Context, Place, Rule, Severity, Sink};
use crate::rules::single_worker::{Around, Wrong, fault, offer};

pub static RULE: Rule = Rule {
    name: "dockerfile/single-worker-server",
    area: Area::Performance,
    severity: Severity::Medium,
    cases: &[("one-process-platform", Severity::Info)],
    minutes: 20,
    off: false,
    also: &[],
    docs: r#"
The image serves with a single process, or with a server that is made for development.

A single uvicorn process uses one core, however many the host has.
Whatever blocks it (a slow query, a password hash, a memory leak that ends in a kill) stops every request at once.
`--reload`, `fastapi dev`, `flask run` and `manage.py runserver` are for development: one process that restarts when a file
changes.

```dockerfile bad
FROM python:3.13-slim
WORKDIR /app
COPY . .
CMD ["uvicorn", "app.main:app", "--host", "0.0.0.0", "--port", "8000"]
```

```dockerfile fixed
FROM python:3.13-slim
WORKDIR /app
COPY . .
CMD ["uvicorn", "app.main:app", "--host", "0.0.0.0", "--port", "8000", "--workers", "4"]
```

Where the unit's requirements are known, gunicorn runs the workers instead, since it replaces one that hangs or dies; it is
added to the requirements.
It logs no requests by itself: add `--access-logfile -` for the lines that uvicorn wrote.
Options that the worker class does not take (`--proxy-headers`, `--root-path`, `--factory`, `--ssl-keyfile`) keep uvicorn.

```text requirements.txt bad
fastapi
uvicorn
uvicorn-worker
```
```dockerfile api.Dockerfile bad
FROM python:3.13-slim
COPY . .
RUN pip install -r requirements.txt
CMD uvicorn app.main:app --host 0.0.0.0 --port 8000
```

```dockerfile api.Dockerfile fixed
FROM python:3.13-slim
COPY . .
RUN pip install -r requirements.txt
CMD gunicorn app.main:app --worker-class uvicorn_worker.UvicornWorker --workers 4 --bind 0.0.0.0:8000
```
```text requirements.txt fixed
fastapi
gunicorn
uvicorn
uvicorn-worker
```

`uvicorn_worker.UvicornWorker` is the class where `uvicorn-worker` is required, else `uvicorn.workers.UvicornWorker`, which
uvicorn still has and calls deprecated since 0.30.

The effective command of the shipped stage counts: `ENTRYPOINT` and `CMD` together, in exec and shell form, behind
`poetry run`, `uv run`, `tini --`, `sh -c` and the like.
The fix starts 2 × CPUs + 1 workers where a compose file limits the CPUs of the service, fewer where its memory holds fewer
(128 MiB each), and 4 where nothing is known.
Each worker is a process of its own: what the application keeps in memory is there several times, and its connections to a
database are.

```dockerfile bad
FROM python:3.13-slim
COPY . .
ENTRYPOINT ["poetry", "run", "uvicorn"]
CMD ["app.main:app", "--host=0.0.0.0", "--reload"]
```

```dockerfile good
FROM python:3.13-slim AS dev
CMD ["uvicorn", "app.main:app", "--reload"]

FROM python:3.13-slim
ENV WEB_CONCURRENCY=4
CMD ["uvicorn", "app.main:app", "--host", "0.0.0.0"]
```

Nothing is said where `--workers`, `WEB_CONCURRENCY` or `UVICORN_WORKERS` asks for several, where gunicorn runs the workers,
where every production service that builds the image starts several replicas or brings its own `command`, and in Dockerfiles
for development.
On platforms that start one process a container and as many containers as are needed (Kubernetes, Fly.io, App Engine) one
process is usual: info.
"#,
    checks: &[Check::Dockerfile(check)],
};

fn check(file: &Dockerfile, cx: &Context, sink: &mut Sink) {
    if cx.file.stage == Role::Development {
        return;
    }
    let builders = production(cx.project.builders(&cx.file.path));
    let mut targets: Vec<Option<String>> = builders.iter().map(target).collect();
    if targets.is_empty() {
        targets.push(None);
    }
    targets.dedup();
    let mut asked: Vec<usize> = Vec::new();
    for target in targets {
        let Some(stage) = file.shipped(target.as_deref()) else {
            continue;
        };
        if asked.contains(&stage.index) {
            continue;
        }
        asked.push(stage.index);
        let own = builders.iter().filter(|builder| {
            let target = self::target(builder);
            let shipped = file.shipped(target.as_deref());
            shipped.is_some_and(|shipped| shipped.index == stage.index)
        });
        ask(file, stage, &own.collect::<Vec<_>>(), cx, sink);
    }
}

/// The services of production; those of a base where nothing else builds the image.
fn production(builders: Vec<InChain>) -> Vec<InChain> {
    let of = |stage: Role| {
        let fits =
            move |builder: &&InChain| builder.stage == stage && !builder.merged.service.development;
        builders.iter().filter(fits).cloned().collect::<Vec<_>>()
    };
    let production = of(Role::Production);
    match production.is_empty() {
        true => of(Role::Base),
        false => production,
    }
}

fn target(builder: &InChain) -> Option<String> {
    let build = builder.merged.service.build.as_ref()?;
    build.target.as_ref()?.expanded()
}

fn ask(file: &Dockerfile, stage: &Stage, builders: &[&InChain], cx: &Context, sink: &mut Sink) {
    let lines = of_image(file, stage);
    if servers(&lines).is_empty() {
        return;
    }
    // A service with a command of its own is asked where that is written.
    let own = |builder: &&&InChain| {
        let service = &builder.merged.service;
        service.command.is_none() && service.entrypoint.is_none()
    };
    let found = match builders {
        [] => {
            let around = Around::of_image(file, stage, folder(cx));
            fault(&lines, &around, cx).map(|fault| (fault, around, None))
        }
        _ => builders.iter().filter(own).find_map(|builder| {
            let service = &builder.merged.service;
            let around =
                Around::of_image(file, stage, context(service, cx)).and_service(service, cx);
            fault(&lines, &around, cx).map(|fault| (fault, around, Some(service)))
        }),
    };
    let Some((fault, around, service)) = found else {
        return;
    };
    let arg = fault.server.arg(fault.at());
    let platform = match fault.wrong {
        Wrong::Single => cx.project.one_process_platform(&cx.file.path),
        Wrong::Reload(_) | Wrong::Development => None,
    };
    let mut draft = sink.at(arg.place.clone(), fault.message(platform.as_deref()));
    if platform.is_some() {
        draft = draft.case("one-process-platform");
    }
    if let Some(service) = service {
        let text = format!("`{}` starts this image", service.name);
        draft = draft.related(service.place.clone(), text);
    }
    if let Some((place, text)) = fault.related() {
        draft = draft.related(place, text);
    }
    offer(draft, &fault, &around, cx);
}

fn folder(cx: &Context) -> PathBuf {
    View::folder(&cx.file.path).to_path_buf()
}

/// The folder of the context in which a service builds the image.
fn context(service: &Service, cx: &Context) -> PathBuf {
    let build = service.build.as_ref();
    let place = build.map(|build| {
        build
            .context
            .as_ref()
            .map_or(&build.place, |text| &text.place)
    });
    let from = place.and_then(Place::file).map(View::folder);
    match (from, build.and_then(Build::context_path)) {
        (Some(from), Some(context)) => join(from, &context),
        _ => folder(cx),
    }
}
