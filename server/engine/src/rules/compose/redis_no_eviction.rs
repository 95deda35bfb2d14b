use crate::file::Stage;
use crate::fix::files::change::Change;
use crate::model::compose::Service;
use crate::project::{Stack, StackRun};
use crate::rule::{Area, Check, Context, Fix, Intent, Rule, Safety, Severity, Sink};

use super::settings::{Server, Settings};

pub static RULE: Rule = Rule {
    name: "compose/redis-no-eviction",
    area: Area::Performance,
    severity: Severity::Medium,
    cases: &[("development", Severity::Info)],
    minutes: 5,
    off: false,
    also: &[],
    docs: r#"
Redis has no limit of memory, or does not know what to do when it is reached.

Without `maxmemory` Redis grows until the kernel or the container's limit kills it, with all that was not saved.
Without `maxmemory-policy` it refuses every write once it is full, which is what a queue wants and a cache does not.

```yaml compose bad
services:
  cache:
    image: redis:7
    command: redis-server --save 60 1
    deploy:
      resources:
        limits:
          memory: 512M
```

Three quarters of the container's limit leave room for connections and for saving; without a limit the fix takes 256mb.

```yaml compose fixed
services:
  cache:
    image: redis:7
    command: redis-server --save 60 1 --maxmemory 384mb --maxmemory-policy allkeys-lru
    deploy:
      resources:
        limits:
          memory: 512M
```

Where a queue of jobs lives in it (Celery, RQ, BullMQ, Sidekiq and the like), evicting keys would lose jobs: the fix says
`noeviction`, so that writes fail loudly, and the other fix gives the cache a Redis of its own.

```yaml compose bad
services:
  redis:
    image: redis:7
  worker:
    image: acme/api
    command: celery -A app worker
    environment:
      CELERY_BROKER_URL: redis://redis:6379/0
```

```yaml compose fixed
services:
  redis:
    image: redis:7
    command: redis-server --maxmemory 256mb --maxmemory-policy noeviction
  worker:
    image: acme/api
    command: celery -A app worker
    environment:
      CELERY_BROKER_URL: redis://redis:6379/0
```

Read are the command in all its forms, `REDIS_ARGS` of redis-stack, and a `redis.conf` that is mounted.
What cannot be seen (a script of your own, a file that is not there, a file that includes others) is no finding.

```yaml compose good
services:
  cache:
    image: valkey/valkey:8
    command: ["valkey-server", "--maxmemory", "${CACHE_MEMORY:-256mb}", "--maxmemory-policy", "allkeys-lfu"]
  stack:
    image: redis/redis-stack-server
    environment:
      REDIS_ARGS: "--maxmemory 1gb --maxmemory-policy noeviction"
  sentinel:
    image: redis:7
    command: redis-sentinel /etc/sentinel.conf
```
"#,
    checks: &[Check::Compose(check)],
};

fn check(stack: &Stack, cx: &Context, sink: &mut Sink) {
    let mut known: Option<(&StackRun, Vec<(&Service, &'static str)>)> = None;
    for (_, runs) in stack.services() {
        let mut missing: Option<(&StackRun, Settings, Vec<&str>)> = None;
        for (run, merged) in runs {
            if Server::of(&merged.service) != Some(Server::Redis) {
                missing = None;
                break;
            }
            let Some(settings) = Settings::read(stack, run, merged, cx.project) else {
                break;
            };
            let lacks = lacks(&settings);
            // What is said in one way to deploy it is said.
            if settings.unknown || lacks.is_empty() {
                missing = None;
                break;
            }
            missing.get_or_insert((run, settings, lacks));
        }
        if let Some((run, settings, lacks)) = missing {
            // Nearly always of one run.
            let of_run = known.take().filter(|(known, _)| std::ptr::eq(*known, run));
            let (_, keepers) = known.insert(of_run.unwrap_or_else(|| (run, keepers(run))));
            report(stack, run, &settings, &lacks, keepers, sink);
        }
    }
}

/// What is not set.
fn lacks(settings: &Settings) -> Vec<&'static str> {
    let unset = |name: &&str| match settings.get(name) {
        Some(setting) => setting.value.as_deref() == Some("0"),
        None => true,
    };
    ["maxmemory", "maxmemory-policy"]
        .into_iter()
        .filter(unset)
        .collect()
}

fn report<'r>(
    stack: &Stack,
    run: &'r StackRun,
    settings: &Settings,
    lacks: &[&str],
    keepers: &[(&'r Service, &'static str)],
    sink: &mut Sink,
) {
    let service = &settings.service;
    let name = &service.name;
    let queue = queue(run, service, keepers);
    let what = match lacks {
        ["maxmemory-policy"] if queue.is_some() => {
            "has a limit of memory and says not what happens there. A full Redis refuses writes; say so with"
        }
        ["maxmemory-policy"] => {
            "has a limit of memory and no policy for it, and so refuses writes once it is full. Set"
        }
        ["maxmemory"] => "has no limit of memory, and grows until it is killed. Set",
        _ => "has no limit of memory and no eviction policy, and grows until it is killed. Set",
    };
    let wanted: Vec<String> = lacks.iter().map(|name| format!("`{name}`")).collect();
    let message = format!("`{name}` {what} {}.", wanted.join(" and "));
    // The command where there is one: that is where the flags belong.
    let command = settings.line.as_ref().and_then(|line| line.args.first());
    let command = command.filter(|arg| arg.frozen.is_none());
    let Some(place) = command
        .map(|arg| arg.place.clone())
        .or_else(|| Some(service.place.clone()))
    else {
        return;
    };
    let mut draft = sink.at(place, message);
    if stack.stage == Stage::Development || service.development {
        draft = draft.case("development");
    }
    let (memory, formula) = memory(service);
    let flags = |policy: &str| {
        let mut words = Vec::new();
        for name in lacks {
            words.push(format!("--{name}"));
            words.push(if *name == "maxmemory" {
                memory.clone()
            } else {
                policy.to_owned()
            });
        }
        words
    };
    let policies = lacks.contains(&"maxmemory-policy");
    let limit = if lacks.contains(&"maxmemory") {
        format!("Limit it to {memory}{formula}")
    } else {
        "Say what happens at its limit".into()
    };
    match queue {
        Some((user, word)) => {
            let why = match user == service.name {
                true => "by its name it is a queue, whose jobs must not be evicted".into(),
                false => format!("`{user}` keeps jobs of {word} in it, which must not be evicted"),
            };
            let title = match policies {
                true => format!("{limit}, with `noeviction`: {why}"),
                false => format!("{limit}: beyond it, what its policy says happens"),
            };
            let first = fix(title, settings, &flags("noeviction"));
            draft = draft.fix(first.clone());
            if policies {
                draft = draft.fix(second(first, settings, &memory, run));
            }
        }
        None => {
            let title = match policies {
                true => format!(
                    "{limit}, with `allkeys-lru`: the keys that were not used for longest go first"
                ),
                false => format!("{limit}: beyond it, what its policy says happens"),
            };
            draft.fix(fix(title, settings, &flags("allkeys-lru")));
            return;
        }
    }
    let _ = draft;
}

/// The flags in the command's own syntax, or in a command of their own.
fn fix(title: String, settings: &Settings, flags: &[String]) -> Fix {
    let service = &settings.service;
    let fix = Fix::new(title, Safety::Unsafe);
    let words: Vec<&str> = flags.iter().map(String::as_str).collect();
    if settings.is_image("bitnami") {
        return fix.disabled("this image takes its settings from files and variables of its own: see its documentation");
    }
    match settings.more(&words) {
        Some(Ok((place, text))) => return fix.replace(place, text),
        Some(Err(reason)) => return fix.disabled(reason),
        None => {}
    }
    if settings.is_image("redis-stack") {
        let given = service
            .environment
            .iter()
            .find(|known| known.name == "REDIS_ARGS");
        if let Some(value) = given.and_then(|known| known.value.as_ref()) {
            let end = value.raw.len();
            return match value.used.is_some() || value.place.file().is_some() {
                true => fix.disabled("the variable is written elsewhere"),
                false => fix.replace(value.at(end..end), format!(" {}", words.join(" "))),
            };
        }
        let path = ["services", service.name.as_str(), "environment"];
        let change = Change::add(&path, "REDIS_ARGS", Some(words.join(" ")));
        return fix.with(Intent::Compose(vec![change]));
    }
    let command = format!("{} {}", settings.server.program(service), words.join(" "));
    let path = ["services", service.name.as_str(), "command"];
    fix.with(Intent::Compose(vec![Change::set(&path, command)]))
}

/// The same, and another service for what may be evicted.
fn second(first: Fix, settings: &Settings, memory: &str, run: &StackRun) -> Fix {
    let service = &settings.service;
    let name = format!("{}-cache", service.name);
    let taken = run.services().any(|known| known.name == name);
    let image = service.image.as_ref().map(|image| image.raw.to_string());
    let mut fix = first.never_preferred();
    fix.title = format!(
        "Use `noeviction` here, and make a second Redis `{name}` for what may be evicted: point the cache at it"
    );
    if taken {
        return fix.disabled(format!("there is a service `{name}` already"));
    }
    let Some(image) = image.filter(|image| !image.contains(' ')) else {
        return fix.disabled("its image is not written in a way that can be repeated");
    };
    let program = settings.server.program(service);
    let command = format!("{program} --maxmemory {memory} --maxmemory-policy allkeys-lru");
    let mut changes = vec![
        Change::set(&["services", &name, "image"], image),
        Change::set(&["services", &name, "command"], command),
    ];
    for attached in &service.networks {
        let network = attached.network.value();
        changes.push(Change::add(&["services", &name, "networks"], network, None));
    }
    // What the first fix needs of the file is done in the same go.
    for intent in std::mem::take(&mut fix.intents) {
        match intent {
            Intent::Compose(before) => changes = [before, changes].concat(),
            other => fix.intents.push(other),
        }
    }
    fix.with(Intent::Compose(changes))
}

/// How much of its memory Redis may use for data, and in words where that comes from.
fn memory(service: &Service) -> (String, String) {
    const SHARE: (u64, u64) = (3, 4);
    let Some(limit) = service
        .deploy
        .memory_bytes()
        .filter(|limit| *limit >= 8 << 20)
    else {
        return ("256mb".into(), String::new());
    };
    let said = service.deploy.memory_limit().map(|text| text.value());
    let mb = (limit / SHARE.1 * SHARE.0) >> 20;
    (
        format!("{mb}mb"),
        format!(" (75 % of {})", said.unwrap_or_default()),
    )
}

/// A service that keeps a queue of jobs in a Redis, and the library by which it does; the Redis itself where its name says so.
fn queue<'r>(
    run: &'r StackRun,
    redis: &Service,
    keepers: &[(&'r Service, &'static str)],
) -> Option<(&'r str, &'static str)> {
    const NAMES: &[&str] = &["broker", "jobs", "queue", "queues", "tasks"];
    let mut others = run
        .services()
        .filter(|other| Server::of(other) == Some(Server::Redis) && other.name != redis.name);
    let only = others.next().is_none();
    let keeps = |user: &Service| user.name != redis.name && (only || run.uses(user, redis));
    let user = keepers.iter().find(|(user, _)| keeps(user));
    let named = || {
        let own = run.services().find(|service| service.name == redis.name)?;
        let mut words = own.name.split(['-', '_', '.']);
        let is = |word: &str| NAMES.iter().any(|name| word.eq_ignore_ascii_case(name));
        words.any(is).then_some((own.name.as_str(), ""))
    };
    user.map(|(user, word)| (user.name.as_str(), *word))
        .or_else(named)
}

/// The services that work with a queue of jobs.
fn keepers(run: &StackRun) -> Vec<(&Service, &'static str)> {
    let services = run.services();
    services
        .filter_map(|user| Some((user, queue_word(user)?)))
        .collect()
}

const QUEUES: &[&str] = &[
    "celery", "rq", "arq", "dramatiq", "huey", "bullmq", "bull", "sidekiq", "resque", "horizon",
    "asynq",
];

fn queue_word(service: &Service) -> Option<&'static str> {
    let of = |text: &str| {
        let words = text.split(|c: char| !c.is_ascii_alphanumeric());
        let mut words = words.filter(|word| !word.is_empty());
        words.find_map(|word| {
            let mut known = QUEUES.iter();
            known
                .find(|known| word.eq_ignore_ascii_case(known))
                .copied()
        })
    };
    let image = service.image.as_ref().and_then(|image| of(&image.raw));
    let command = || {
        let commands = [&service.command, &service.entrypoint];
        commands
            .into_iter()
            .flatten()
            .flat_map(|command| command.values())
            .find_map(of)
    };
    let variable = || {
        service
            .environment
            .iter()
            .find_map(|variable| of(&variable.name))
    };
    image
        .or_else(|| of(&service.name))
        .or_else(command)
        .or_else(variable)
}
