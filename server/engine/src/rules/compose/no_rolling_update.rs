use crate::model::compose::Service;
use crate::project::Stack;
use crate::rule::{Area, Check, Context, Rule, Severity, Sink};

pub static RULE: Rule = Rule {
    name: "compose/no-rolling-update",
    area: Area::Infrastructure,
    severity: Severity::Info,
    cases: &[],
    minutes: 30,
    off: true,
    also: &[],
    docs: r#"
A replicated service holds on to something that only one container can have.

Two containers cannot have one name, nor one port of the host: compose starts the first and fails at the second, and a new
version cannot come up while the old one still serves.

```yaml compose bad
services:
  api:
    image: acme/api
    container_name: api
    ports:
      - "8000:8000"
    deploy:
      replicas: 2
```

Leave the name to compose, and let the proxy publish: containers of one service share its name in their networks.
What reaches the service by that name or port must change as well, so there is no fix.

```yaml compose good
services:
  proxy:
    image: traefik:3
    ports: ["443:443"]
  api:
    image: acme/api
    expose: ["8000"]
    deploy:
      replicas: 2
  worker:
    image: acme/worker
    container_name: worker
```

A range of host ports is enough for as many containers as it has ports, and is no finding.
"#,
    checks: &[Check::Compose(check)],
};

fn check(stack: &Stack, _: &Context, sink: &mut Sink) {
    for (_, runs) in stack.services() {
        let Some((_, merged)) = runs
            .iter()
            .find(|(_, merged)| is_replicated(&merged.service))
        else {
            continue;
        };
        let service = &merged.service;
        let name = &service.name;
        let named = service.container_name.iter().map(|text| {
            let message = format!(
                "`{name}` has several containers, and all of them would be called `{}`. Leave the name to compose.",
                text.value()
            );
            (&text.place, message)
        });
        let ports = service.ports.iter().filter(|port| port.is_fixed());
        let published = ports.map(|port| {
            let message = format!(
                "`{name}` has several containers, and only one of them can have port {} of the host. Let a proxy publish.",
                port.published
            );
            (&port.place, message)
        });
        for (place, message) in named.chain(published) {
            if let Some(place) = stack.here(place) {
                sink.at(place, message);
            }
        }
    }
}

fn is_replicated(service: &Service) -> bool {
    service.deploy.count().is_some_and(|count| count > 1)
}
