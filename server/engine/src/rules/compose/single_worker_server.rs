use std::path::Path;
use std::sync::Arc;

use crate::file::Stage;
use crate::model::compose::{Command, Merged, Service};
use crate::model::dockerfile::Dockerfile;
use crate::model::server::{in_file, of_service};
use crate::path::join;
use crate::project::{InChain, View};
use crate::rule::{Area, Check, Context, Owner, Rule, Severity, Sink};
use crate::rules::single_worker::{Around, Wrong, fault, offer};

pub static RULE: Rule = Rule {
    name: "compose/single-worker-server",
    area: Area::Performance,
    severity: Severity::Medium,
    cases: &[
        ("reload-in-base", Severity::Low),
        ("one-process-platform", Severity::Info),
    ],
    minutes: 20,
    off: false,
    also: &[],
    docs: r#"
A service serves with a single process, or with a server that is made for development.

A single uvicorn process uses one core, however many the host has, and whatever blocks it stops every request at once.
`--reload`, `fastapi dev`, `flask run` and `manage.py runserver` are for development: one process that restarts when a file
changes.

```yaml compose bad
services:
  api:
    build: .
    command: uvicorn app.main:app --host 0.0.0.0 --port 8000
    cpus: 1.5
```

```yaml compose fixed
services:
  api:
    build: .
    command: uvicorn app.main:app --host 0.0.0.0 --port 8000 --workers 4
    cpus: 1.5
```

The fix starts 2 × CPUs + 1 workers where the service's CPUs are limited, fewer where its memory holds fewer (128 MiB each),
and 4 where nothing is known.
Each worker is a process of its own: what the application keeps in memory is there several times, and its connections to a
database are.

```yaml compose bad
services:
  api:
    build: .
    command:
      - uvicorn
      - app.main:app
      - --reload # while we try things
      - --workers=2
```

```yaml compose fixed
services:
  api:
    build: .
    command:
      - uvicorn
      - app.main:app
      - --workers=2
```

Nothing is said where `--workers`, `WEB_CONCURRENCY` or `UVICORN_WORKERS` asks for several, where gunicorn runs the workers,
where several replicas are started, and in files and profiles for development.
`--reload` in a base file beside a production file is low.
On platforms that start one process a container and as many containers as are needed (Kubernetes, Fly.io, App Engine) one
process is usual: info.

```yaml compose good
services:
  api:
    build: .
    command: uvicorn app.main:app --workers 4
  spread:
    build: .
    command: uvicorn app.main:app
    deploy:
      replicas: 3
  classic:
    build: .
    command: gunicorn app.wsgi
  tools:
    build: .
    profiles: [dev]
    command: uvicorn app.main:app --reload
```
"#,
    checks: &[Check::Service(check)],
};

fn check(service: &Service, cx: &Context, sink: &mut Sink) {
    let development = cx.file.stage == Stage::Development || service.development;
    if development || !may_serve(service) {
        return;
    }
    let mut chains = cx.project.service(&cx.file.path, &service.name);
    if chains.is_empty() {
        let merged = Merged {
            service: service.clone(),
            defined: Vec::new(),
        };
        chains.push(InChain {
            files: Vec::new(),
            stage: cx.file.stage,
            merged,
        });
    }
    chains.retain(|chain| chain.stage != Stage::Development && !chain.merged.service.development);
    // What production makes of it comes first.
    chains.sort_by_key(|chain| chain.stage != Stage::Production);
    for chain in &chains {
        if report(service, chain, cx, sink) {
            return;
        }
    }
}

/// Whether the service says something that may start a server: most do not, and cost nothing.
fn may_serve(service: &Service) -> bool {
    const WORDS: &[&str] = &[
        "uvicorn",
        "gunicorn",
        "hypercorn",
        "fastapi",
        "flask",
        "runserver",
        "python",
        ".py",
        "--",
    ];
    let commands = [&service.command, &service.entrypoint];
    let mut words = commands.into_iter().flatten().flat_map(Command::values);
    words.any(|word| WORDS.iter().any(|known| word.contains(known)))
}

/// Ask the service as one chain of files has it; whether something was found.
fn report(own: &Service, chain: &InChain, cx: &Context, sink: &mut Sink) -> bool {
    let mut service = chain.merged.service.clone();
    let here = [
        take(&mut service.command, &own.command, cx),
        take(&mut service.entrypoint, &own.entrypoint, cx),
    ];
    if here == [false, false] {
        return false;
    }
    let built = service.build.as_ref().map(|build| {
        let file = match &build.place.owner {
            Owner::In(path, _) => path.to_path_buf(),
            _ => cx.file.path.clone(),
        };
        cx.project.image(&file, build)
    });
    let image = built.as_ref().and_then(|built| built.dockerfile());
    let image: Option<(Arc<Path>, &Dockerfile)> =
        image.map(|(path, file)| (path.into(), file.as_ref()));
    let target = service
        .build
        .as_ref()
        .and_then(|build| build.target.as_ref()?.expanded());
    let stage = image.as_ref().and_then(|(path, file)| {
        let stage = file.shipped(target.as_deref())?;
        Some((path, *file, stage))
    });
    let lines = of_service(&service, stage);
    let context = service.build.as_ref().and_then(|build| {
        let place = build
            .context
            .as_ref()
            .map_or(&build.place, |text| &text.place);
        let from = place.file().unwrap_or(&cx.file.path);
        Some(join(View::folder(from), &build.context_path()?))
    });
    let context = context.unwrap_or_else(|| View::folder(&cx.file.path).to_path_buf());
    let around = match stage {
        Some((_, file, stage)) => Around::of_image(file, stage, context),
        None => Around::of_folder(context),
    };
    let around = around.and_service(&service, cx);
    let Some(fault) = fault(&lines, &around, cx) else {
        return false;
    };
    // What is put on top of a base for production may say another number.
    if chain.stage == Stage::Base && fault.wrong == Wrong::Single {
        return false;
    }
    let is_own = |at: &usize| !matches!(fault.server.arg(*at).place.owner, Owner::In(..));
    let words = [fault.at()]
        .into_iter()
        .chain(0..fault.server.line.args.len());
    let Some(at) = words.into_iter().find(is_own) else {
        return false;
    };
    let platform = match fault.wrong {
        Wrong::Single => cx.project.one_process_platform(&cx.file.path),
        Wrong::Reload(_) | Wrong::Development => None,
    };
    let mut draft = sink.at(
        fault.server.arg(at).place.clone(),
        fault.message(platform.as_deref()),
    );
    if platform.is_some() {
        draft = draft.case("one-process-platform");
    }
    if cx.file.stage == Stage::Base && fault.wrong != Wrong::Single {
        draft = draft.case("reload-in-base");
    }
    let used = service
        .command
        .as_ref()
        .and_then(|command| command.used.clone());
    if let Some(used) = used {
        draft = draft.related(used, format!("used by `{}` here", service.name));
    }
    if let Some((path, file, stage)) = stage
        && let Some(launch) = file.cmd(stage).or_else(|| file.entrypoint(stage))
    {
        let place = in_file(launch.place.clone(), path);
        draft = draft.related(place, "this is what the image runs by itself");
    }
    if let Some((place, text)) = fault.related() {
        draft = draft.related(place, text);
    }
    offer(draft, &fault, &around, cx);
    true
}

/// Put what this file says in the place of what the chain says, where that comes from here. Whether it does.
fn take(merged: &mut Option<Command>, own: &Option<Command>, cx: &Context) -> bool {
    let (Some(known), Some(command)) = (merged.as_ref(), own) else {
        return false;
    };
    let here = match &known.place.owner {
        Owner::In(path, _) => **path == *cx.file.path,
        _ => true,
    };
    if here && known.values().eq(command.values()) {
        *merged = Some(command.clone());
        return true;
    }
    false
}
