use crate::file::Stage;
use crate::fix::files::change::Change;
use crate::model::compose::Service;
use crate::project::Stack;
use crate::rule::{Area, Check, Context, Fix, Intent, Rule, Safety, Severity, Sink};

use super::settings::{Server, Settings};

pub static RULE: Rule = Rule {
    name: "compose/postgres-untuned",
    area: Area::Performance,
    severity: Severity::Low,
    cases: &[("development", Severity::Info)],
    minutes: 15,
    off: false,
    also: &[],
    docs: r#"
PostgreSQL runs with the memory settings that it is delivered with.

They suit the smallest machine: 128 MB for the pages that it keeps, 4 MB for each sort. Larger queries go to the disk while most
of the container's memory is idle.

```yaml compose bad
services:
  db:
    image: postgres:16
    deploy:
      resources:
        limits:
          memory: 4G
```

A quarter of the memory for `shared_buffers`, and a quarter over all connections for `work_mem`, at least 4MB, are where most
people start; the fix reckons with 1 GiB where the service has no limit.

```yaml compose fixed
services:
  db:
    image: postgres:16
    deploy:
      resources:
        limits:
          memory: 4G
    command: postgres -c shared_buffers=1024MB -c work_mem=10MB
```

Read are the command in all its forms and a `postgresql.conf` that is mounted.
TimescaleDB tunes itself, and what cannot be seen is no finding.

```yaml compose good
services:
  db:
    image: postgres:16
    command: ["postgres", "-c", "shared_buffers=1GB", "-c", "work_mem=16MB"]
  metrics:
    image: timescale/timescaledb:2.17.2-pg16
```
"#,
    checks: &[Check::Compose(check)],
};

fn check(stack: &Stack, cx: &Context, sink: &mut Sink) {
    for (_, runs) in stack.services() {
        let mut missing: Option<(Settings, Vec<&str>)> = None;
        for (run, merged) in runs {
            let postgres = Server::of(&merged.service) == Some(Server::Postgres);
            let settings = Settings::read(stack, run, merged, cx.project).filter(|_| postgres);
            let lacks = settings.as_ref().map(lacks).unwrap_or_default();
            let known = settings.filter(|known| !known.unknown && !known.is_image("timescale"));
            match known.filter(|_| !lacks.is_empty()) {
                Some(settings) => {
                    missing.get_or_insert((settings, lacks));
                }
                None => {
                    missing = None;
                    break;
                }
            }
        }
        if let Some((settings, lacks)) = missing {
            report(stack, &settings, &lacks, sink);
        }
    }
}

fn lacks(settings: &Settings) -> Vec<&'static str> {
    let names = ["shared_buffers", "work_mem"].into_iter();
    names.filter(|name| settings.get(name).is_none()).collect()
}

fn report(stack: &Stack, settings: &Settings, lacks: &[&str], sink: &mut Sink) {
    let service = &settings.service;
    let names: Vec<String> = lacks.iter().map(|name| format!("`{name}`")).collect();
    let message = format!(
        "`{}` runs with the {} that PostgreSQL is delivered with, made for the smallest machine. Set what its memory allows.",
        service.name,
        names.join(" and ")
    );
    let command = settings.line.as_ref().and_then(|line| line.args.first());
    let command = command.filter(|arg| arg.frozen.is_none());
    let place = command.map_or(&service.place, |arg| &arg.place).clone();
    let mut draft = sink.at(place, message);
    if stack.stage == Stage::Development || service.development {
        draft = draft.case("development");
    }
    let (values, formula) = values(settings);
    let mut words = Vec::new();
    for (name, value) in values.iter().filter(|(name, _)| lacks.contains(name)) {
        words.push("-c".to_owned());
        words.push(format!("{name}={value}"));
    }
    let set: Vec<String> = words
        .iter()
        .filter(|word| *word != "-c")
        .map(|word| format!("`{word}`"))
        .collect();
    let fix = Fix::new(
        format!("Set {} ({formula})", set.join(" and ")),
        Safety::Unsafe,
    );
    let given: Vec<&str> = words.iter().map(String::as_str).collect();
    let fix = if settings.is_image("bitnami") {
        fix.disabled("this image takes its settings from files and variables of its own: see its documentation")
    } else {
        match settings.more(&given) {
            Some(Ok((place, text))) => fix.replace(place, text),
            Some(Err(reason)) => fix.disabled(reason),
            None => {
                let path = ["services", service.name.as_str(), "command"];
                let change = Change::set(&path, format!("postgres {}", words.join(" ")));
                fix.with(Intent::Compose(vec![change]))
            }
        }
    };
    draft.fix(fix);
}

/// A quarter of the memory, and a quarter of it for all connections together, in words too.
fn values(settings: &Settings) -> ([(&'static str, String); 2], String) {
    const ASSUMED: u64 = 1 << 30;
    let limit = limit(&settings.service);
    let connections = settings
        .get("max_connections")
        .and_then(|setting| setting.value.as_ref()?.parse::<u64>().ok());
    let connections = connections.filter(|count| *count > 0).unwrap_or(100);
    let quarter = (limit.unwrap_or(ASSUMED) / 4) >> 20;
    let each = (quarter / connections).max(4);
    let of = match settings
        .service
        .deploy
        .memory_limit()
        .filter(|_| limit.is_some())
    {
        Some(text) => format!("25 % of {}", text.value()),
        None => "25 % of 1 GiB, since there is no limit".into(),
    };
    let formula = format!("{of}; work_mem: that / {connections} connections, at least 4MB");
    (
        [
            ("shared_buffers", format!("{}MB", quarter.max(1))),
            ("work_mem", format!("{each}MB")),
        ],
        formula,
    )
}

fn limit(service: &Service) -> Option<u64> {
    service
        .deploy
        .memory_bytes()
        .filter(|limit| *limit >= 16 << 20)
}
