use crate::file::Stage;
use crate::fix::files::change::Change;
use crate::model::compose::{Class, Service};
use crate::project::{Stack, StackRun};
use crate::rule::{Area, Check, Context, Fix, Intent, Rule, Safety, Severity, Sink};

pub static RULE: Rule = Rule {
    name: "compose/no-resource-limits",
    area: Area::Infrastructure,
    severity: Severity::Low,
    cases: &[],
    minutes: 10,
    off: false,
    also: &["CIS-5.11", "kics:memory_not_limited"],
    docs: r#"
Services may take all memory of the host.

One that leaks, or is flooded, makes the kernel kill processes of its choice, and that may be the database next to it.
A limit lets the one that misbehaves be restarted, and the others live.

```yaml compose bad
services:
  api:
    image: acme/api
    deploy:
      replicas: 2
  db:
    image: postgres:16
```

There is one finding for each file, at the first service without a limit; the others are related to it.
How much a service needs is known to those who run it: look at `docker stats` under load, and leave room.
So there is no fix that is applied by itself; for each service one is offered that writes a limit to start from.

```yaml compose good
services:
  api:
    image: acme/api
    deploy:
      resources:
        limits:
          memory: 512M
  db:
    image: postgres:16
    mem_limit: 1g
  migrate:
    image: acme/api
    command: alembic upgrade head
    restart: "no"
```

Services are looked at as compose has them in production, with what they extend and what overrides them.
Files and profiles for development, and services that do one thing and end, need no limits: those with `restart: "no"`, those for
whose end others wait, and those that are called `migrate`, `init` or the like.
"#,
    checks: &[Check::Compose(check)],
};

fn check(stack: &Stack, _: &Context, sink: &mut Sink) {
    if stack.stage == Stage::Development {
        return;
    }
    let unlimited = |(run, service): (&StackRun, &Service)| {
        service.deploy.memory_limit().is_none() && !service.development && !run.ends(service)
    };
    let mut found = Vec::new();
    for (_, runs) in stack.services() {
        let mut all = runs.iter().map(|(run, merged)| (*run, &merged.service));
        if all.all(unlimited) {
            found.push(&runs[0].1.service);
        }
    }
    let Some(first) = found.first() else { return };
    let names: Vec<String> = found.iter().map(|s| format!("`{}`", s.name)).collect();
    let message = match names.as_slice() {
        [only] => format!(
            "{only} has no memory limit. When it leaks, the host kills what it likes; set `deploy.resources.limits.memory`."
        ),
        names => format!(
            "{} services have no memory limit: {}. When one leaks, the host kills what it likes; set `deploy.resources.limits.memory`.",
            names.len(),
            listed(names)
        ),
    };
    let limits = first.deploy.limits.as_ref();
    let place = limits.and_then(|place| stack.here(place));
    let Some(place) = place.or_else(|| stack.here(&first.place)) else {
        return;
    };
    let mut draft = sink.at(place, message).also(RULE.also);
    for service in &found[1..] {
        let message = format!("`{}` has none either", service.name);
        draft = draft.related(service.place.clone(), message);
    }
    for service in &found {
        let limit = match service.class {
            Class::Datastore => "1G",
            Class::App => "512M",
            Class::Admin | Class::Edge => "256M",
        };
        let path = [
            "services",
            &service.name,
            "deploy",
            "resources",
            "limits",
            "memory",
        ];
        let title = format!(
            "Limit `{}` to {limit}, a number to start from: above it the container is killed",
            service.name
        );
        let change = Intent::Compose(vec![Change::set(&path, limit)]);
        draft = draft.fix(
            Fix::new(title, Safety::Unsafe)
                .with(change)
                .never_preferred(),
        );
    }
}

/// The first few names, and how many more there are.
fn listed(names: &[String]) -> String {
    const SHOWN: usize = 6;
    match names.len().checked_sub(SHOWN) {
        None | Some(0) => names.join(", "),
        Some(more) => format!("{} and {more} more", names[..SHOWN].join(", ")),
    }
}

impl StackRun {
    /// Whether a service does one thing and ends.
    pub(super) fn ends(&self, service: &Service) -> bool {
        const WORDS: &[&str] = &[
            "bootstrap",
            "init",
            "install",
            "installer",
            "migrate",
            "migration",
            "migrations",
            "migrator",
            "provision",
            "seed",
            "setup",
            "createbuckets",
        ];
        let restart = service.restart.as_ref().map(|text| text.value());
        let stays = restart
            .as_deref()
            .is_some_and(|restart| restart != "no" && restart != "false");
        let named = || {
            let name = service.name.to_ascii_lowercase();
            name.split(['-', '_', '.'])
                .any(|word| WORDS.contains(&word))
        };
        !stays && (restart.is_some() || named()) || self.is_awaited(service)
    }
}
