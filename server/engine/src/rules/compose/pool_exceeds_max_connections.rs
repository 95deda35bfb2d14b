use std::path::Path;
use std::sync::Arc;

use crate::file::Stage;
use crate::model::compose::interpolation::masked;
use crate::model::compose::{Merged, Service, images};
use crate::model::server::{Line, Opt, in_file, of_service, servers};
use crate::path::join;
use crate::project::{Stack, StackRun, View};
use crate::rule::{Area, Check, Context, Place, Rule, Severity, Sink};

use super::settings::{Server, Settings};

pub static RULE: Rule = Rule {
    name: "compose/pool-exceeds-max-connections",
    area: Area::Performance,
    severity: Severity::Medium,
    cases: &[("development", Severity::Info)],
    minutes: 20,
    off: false,
    also: &[],
    docs: r#"
The pools of all containers together may ask for more connections than the database takes.

It goes well until the load comes that the pools are there for: then the database turns connections away, and a new version
that starts beside the old one gets none at all.

```yaml compose bad
services:
  api:
    image: acme/api
    command: gunicorn app:app --workers 4
    environment:
      DATABASE_URL: postgresql://app:${DB_PASSWORD:?}@db/app
      DB_POOL_SIZE: 10
      DB_MAX_OVERFLOW: 10
    deploy:
      replicas: 2
  db:
    image: postgres:16
```

Each process has a pool of its own: pool × workers × replicas, summed over all services that use the database, has to stay below
its `max_connections`, of which PostgreSQL keeps three for superusers.
Read are `DATABASE_CONNECTION_LIMIT`, variables that end in `POOL_SIZE` and `MAX_OVERFLOW`, parameters of database URLs, and the
calls of `create_engine` and asyncpg's `create_pool` in the Python that a service is built from.
What is not known counts as nothing, and the message says so.

Smaller pools, fewer workers, a higher limit or a pooler between them: which one is right nobody but you knows, so there is no fix.

```yaml compose good
services:
  api:
    image: acme/api
    command: gunicorn app:app --workers 4
    environment:
      DATABASE_URL: postgresql://app:${DB_PASSWORD:?}@pgbouncer/app
      DB_POOL_SIZE: 50
  pgbouncer:
    image: edoburu/pgbouncer
    environment:
      DB_HOST: db
  small:
    image: acme/small
    environment:
      DATABASE_URL: postgresql://app:${DB_PASSWORD:?}@db/app?pool_size=5&max_overflow=0
  db:
    image: postgres:16
    command: postgres -c max_connections=200
```
"#,
    checks: &[Check::Compose(check)],
};

/// What one service may ask for.
struct Term<'r> {
    service: &'r str,
    /// `None` where nothing is known of its pool.
    pool: Option<(u32, String)>,
    workers: Option<u32>,
    replicas: Option<u32>,
    /// Where that is said, and what it is.
    places: Vec<(Place, String)>,
}

fn check(stack: &Stack, cx: &Context, sink: &mut Sink) {
    for (_, runs) in stack.services() {
        let Some((run, merged)) = runs.first() else {
            continue;
        };
        let database = matches!(
            Server::of(&merged.service),
            Some(Server::Postgres | Server::Mysql)
        );
        if database {
            report(stack, run, merged, cx, sink);
        }
    }
}

fn report(stack: &Stack, run: &StackRun, merged: &Merged, cx: &Context, sink: &mut Sink) {
    let database = &merged.service;
    let poolers: Vec<&Service> = run.services().filter(|other| is_pooler(other)).collect();
    let users = run
        .services()
        .filter(|user| asks(run, user, database, &poolers));
    let terms: Vec<Term> = users.map(|user| term(stack, user, cx)).collect();
    if terms.iter().all(|term| term.pool.is_none()) {
        return;
    }
    let Some(settings) = Settings::read(stack, run, merged, cx.project) else {
        return;
    };
    let said = settings.get("max_connections");
    let (usual, kept) = match settings.server {
        Server::Mysql => (151, 0),
        Server::Postgres | Server::Redis => (100, 3),
    };
    let limit = match said {
        Some(said) => said
            .value
            .as_ref()
            .and_then(|value| value.parse::<u32>().ok()),
        None => (!settings.unknown).then_some(usual),
    };
    let Some(limit) = limit else { return };
    let free = limit.saturating_sub(kept);
    let sum: u64 = terms.iter().filter_map(Term::sum).sum();
    if sum <= u64::from(free) {
        return;
    }
    let counted: Vec<String> = terms.iter().filter_map(Term::shown).collect();
    let unknown: Vec<String> = terms
        .iter()
        .filter(|term| term.sum().is_none())
        .map(|term| format!("`{}`", term.service))
        .collect();
    let mut message = format!(
        "`{}` takes {free} connections, and {sum} may be asked for: {}. Make the pools smaller, or put a pooler between.",
        database.name,
        counted.join(" + ")
    );
    if !unknown.is_empty() {
        message += &format!(" Not counted, since not known: {}.", unknown.join(", "));
    }
    let own = said
        .map(|said| said.place.clone())
        .filter(|place| place.file().is_none());
    let Some(place) = own.or_else(|| stack.here(&database.place)) else {
        return;
    };
    let mut draft = sink.at(place, message);
    if stack.stage == Stage::Development || database.development {
        draft = draft.case("development");
    }
    if let Some(said) = said.filter(|said| said.place.file().is_some()) {
        draft = draft.related(said.place.clone(), "the limit is said here");
    }
    for (place, text) in terms.into_iter().flat_map(|term| term.places) {
        draft = draft.related(place, text);
    }
}

/// Whether a service speaks to the database itself, and not through one of the poolers.
fn asks(run: &StackRun, user: &Service, database: &Service, poolers: &[&Service]) -> bool {
    if user.name == database.name || !run.uses(user, database) {
        return false;
    }
    let named = run.mentions(user, database);
    let behind = || {
        let mut poolers = poolers.iter();
        poolers.any(|pooler| run.mentions(user, pooler) || !named)
    };
    !is_pooler(user) && !user.development && !run.ends(user) && !behind()
}

fn is_pooler(service: &Service) -> bool {
    let image = service.image.as_ref().map(|image| images::base(&image.raw));
    let image = image.unwrap_or_default();
    [
        "pgbouncer",
        "pgcat",
        "odyssey",
        "pgpool",
        "proxysql",
        "supavisor",
    ]
    .iter()
    .any(|word| image.contains(word) || service.name.contains(word))
}

impl Term<'_> {
    fn sum(&self) -> Option<u64> {
        let (pool, _) = self.pool.as_ref()?;
        Some(u64::from(*pool) * u64::from(self.workers?) * u64::from(self.replicas?))
    }

    /// `` `api` (5 + 10) × 4 workers × 2 replicas = 120 ``
    fn shown(&self) -> Option<String> {
        let sum = self.sum()?;
        let (_, formula) = self.pool.as_ref()?;
        let mut text = format!("`{}` ", self.service);
        text += &match formula.contains('+') {
            true => format!("({formula})"),
            false => formula.clone(),
        };
        for (count, what) in [(self.workers?, "workers"), (self.replicas?, "replicas")] {
            if count != 1 {
                text += &format!(" × {count} {what}");
            }
        }
        Some(format!("{text} = {sum}"))
    }
}

fn term<'r>(stack: &Stack, user: &'r Service, cx: &Context) -> Term<'r> {
    let mut places = Vec::new();
    let image = built(user, cx);
    let stage = image.as_ref().and_then(|(path, file, target)| {
        let stage = file.shipped(target.as_deref())?;
        Some((path, &**file, stage))
    });
    let lines = of_service(user, stage);
    let workers = workers(user, &lines, &mut places);
    let pool = given(user, &mut places).or_else(|| coded(stack, user, cx, &mut places));
    let deploy = &user.deploy;
    let replicas = match deploy.replicas.as_ref().or(deploy.scale.as_ref()) {
        Some(said) => {
            places.push((said.place.clone(), format!("replicas of `{}`", user.name)));
            deploy.count()
        }
        None => Some(1),
    };
    Term {
        service: &user.name,
        pool,
        workers,
        replicas,
        places,
    }
}

type Image = (
    Arc<Path>,
    Arc<crate::model::dockerfile::Dockerfile>,
    Option<String>,
);

fn built(user: &Service, cx: &Context) -> Option<Image> {
    let build = user.build.as_ref()?;
    let from = build.place.file().unwrap_or(&cx.file.path);
    let built = cx.project.image(from, build);
    let (path, file) = built.dockerfile()?;
    let target = build.target.as_ref().and_then(|target| target.expanded());
    Some((path.into(), file.clone(), target))
}

/// How many processes serve; `None` where a variable decides.
fn workers(user: &Service, lines: &[Line], places: &mut Vec<(Place, String)>) -> Option<u32> {
    const VARIABLES: &[&str] = &["WEB_CONCURRENCY", "UVICORN_WORKERS", "GUNICORN_WORKERS"];
    let number = |option: &Opt| {
        let value = option.value.as_ref()?;
        let text = value.by_default.as_ref().unwrap_or(&value.text);
        text.trim().parse::<u32>().ok()
    };
    if let Some(server) = servers(lines).last()
        && let Some(option) = server.option("--workers").or_else(|| server.option("-w"))
    {
        places.push((
            server.arg(option.at).place.clone(),
            format!("workers of `{}`", user.name),
        ));
        return number(option);
    }
    // Each process of Celery's pool has connections of its own.
    for line in lines {
        let celery = line
            .args
            .iter()
            .any(|arg| arg.text.rsplit('/').next() == Some("celery"));
        let count = line.args.iter().enumerate().find_map(|(at, arg)| {
            let inline = arg
                .text
                .strip_prefix("--concurrency=")
                .or_else(|| arg.text.strip_prefix("-c").filter(|rest| !rest.is_empty()));
            let next = || {
                matches!(arg.text.as_str(), "-c" | "--concurrency").then(|| line.args.get(at + 1))
            };
            Some((
                arg,
                inline
                    .map(str::to_owned)
                    .or_else(|| Some(next()??.text.clone()))?,
            ))
        });
        if celery && let Some((arg, count)) = count {
            places.push((arg.place.clone(), format!("processes of `{}`", user.name)));
            return count.parse().ok();
        }
    }
    let variable = user
        .environment
        .iter()
        .find(|variable| VARIABLES.contains(&&*variable.name));
    match variable {
        Some(variable) => {
            places.push((
                variable.name_place.clone(),
                format!("workers of `{}`", user.name),
            ));
            variable.value.as_ref()?.expanded()?.trim().parse().ok()
        }
        None => Some(1),
    }
}

/// The pool that variables give.
fn given(user: &Service, places: &mut Vec<(Place, String)>) -> Option<(u32, String)> {
    let mut size: Option<u32> = None;
    let mut overflow: Option<u32> = None;
    for variable in &user.environment {
        let Some(value) = &variable.value else {
            continue;
        };
        // What a variable of the host holds is a password or a host, seldom the parameters behind it.
        let text = value.expanded().unwrap_or_else(|| masked(&value.raw, b'x'));
        let name = variable.name.to_ascii_uppercase();
        let (is_size, is_overflow) = (
            name == "DATABASE_CONNECTION_LIMIT" || name.ends_with("POOL_SIZE"),
            name.ends_with("MAX_OVERFLOW"),
        );
        let others = [
            "REDIS", "THREAD", "HTTP", "BROKER", "CELERY", "WORKER", "BUFFER",
        ];
        let mut found = false;
        if (is_size || is_overflow) && !others.iter().any(|word| name.contains(word)) {
            let number = text.trim().parse().ok();
            found = number.is_some();
            if is_size {
                size = size.or(number);
            } else {
                overflow = overflow.or(number);
            }
        } else if let Some((_, query)) = text.split_once('?').filter(|_| is_database(&text)) {
            for (key, value) in query.split('&').filter_map(|pair| pair.split_once('=')) {
                let number = value.parse().ok();
                match key {
                    "connection_limit" | "pool_size" | "pool" | "max_pool_size"
                    | "pool_max_conns" => size = size.or(number),
                    "max_overflow" => overflow = overflow.or(number),
                    _ => continue,
                }
                found |= number.is_some();
            }
        }
        if found {
            places.push((
                variable.name_place.clone(),
                format!("the pool of `{}`", user.name),
            ));
        }
    }
    let size = size?;
    Some(match overflow {
        Some(0) | None => (size, size.to_string()),
        Some(overflow) => (
            size.saturating_add(overflow),
            format!("{size} + {overflow}"),
        ),
    })
}

fn is_database(url: &str) -> bool {
    ["postgres", "mysql", "mariadb"]
        .iter()
        .any(|start| url.trim_start_matches("jdbc:").starts_with(start))
}

/// The pools that the Python makes from which the service is built.
fn coded(
    stack: &Stack,
    user: &Service,
    cx: &Context,
    places: &mut Vec<(Place, String)>,
) -> Option<(u32, String)> {
    let build = user.build.as_ref()?;
    let said = build
        .context
        .as_ref()
        .map_or(&build.place, |text| &text.place);
    let from = said.file().unwrap_or(&stack.path);
    let folder = join(View::folder(from), &build.context_path()?);
    let pools = cx.project.pools(&folder);
    let (mut sum, mut formulas) = (0_u32, Vec::new());
    for (path, pool) in &pools {
        let Some(size) = pool.size else { continue };
        sum = sum.saturating_add(size);
        formulas.push(pool.formula.clone());
        let path: Arc<Path> = path.as_path().into();
        let text = format!("the pool of `{}`: {}", user.name, pool.formula);
        places.push((in_file(pool.place.clone(), &path), text));
    }
    (!formulas.is_empty()).then(|| (sum, formulas.join(" + ")))
}
