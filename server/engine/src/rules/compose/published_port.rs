use crate::file::Stage;
use crate::model::compose::{Bind, Class, Port, Service, images};
use crate::outside::Key;
use crate::rule::{Area, Check, Context, Fix, Rule, Safety, Severity, Sink};

pub static RULE: Rule = Rule {
    name: "compose/published-port",
    area: Area::Network,
    severity: Severity::Critical,
    cases: &[
        ("admin", Severity::High),
        ("beside-edge", Severity::High),
        ("no-edge", Severity::Low),
        ("development", Severity::Info),
    ],
    minutes: 10,
    off: false,
    also: &[
        "CIS-5.14",
        "dclint:no-unbound-port-interfaces",
        "kics:container_traffic_not_bound_to_host_interface",
    ],
    docs: r#"
A port is published on every interface of the host.

`"5432:5432"` binds to `0.0.0.0`, and Docker writes its own firewall rules in front of the host's: the database answers to the
whole internet, whatever ufw says.
Services of one network reach each other without any published port.

```yaml compose bad
services:
  db:
    image: postgres:16
    ports:
      - "5432:5432"
```

Bind it to the loopback interface for tools on the host, or take it away with `expose`.

```yaml compose fixed
services:
  db:
    image: postgres:16
    ports:
      - "127.0.0.1:5432:5432"
```

How bad it is depends on what is published: a datastore is critical, a console such as Grafana or pgAdmin or the port of a
debugger is high, and so is an application that has a reverse proxy beside it.
Without any reverse proxy in the file the application is the edge: low, a reminder to put TLS in front.
In development files the severity is info; in a base file beside a production one it is a step lower.

```yaml compose bad
services:
  proxy:
    image: traefik:3
    ports: ["443:443"]
  api:
    build: .
    ports:
      - target: 8000
        published: 8000
```

```yaml compose fixed
services:
  proxy:
    image: traefik:3
    ports: ["443:443"]
  api:
    build: .
    ports:
      - target: 8000
        host_ip: 127.0.0.1
        published: 8000
```

The reverse proxy itself may publish, by its image or name or as `[compose] edge` in `harden.toml`.
Mail, DNS, VPN and other UDP services have no HTTP proxy to stand behind.

```yaml compose good
services:
  nginx:
    image: nginx:1.27
    ports: ["80:80", "443:443"]
  db:
    image: postgres:16
    ports:
      - "${BIND:-127.0.0.1}:5432:5432"
      - "[::1]:5432:5432"
    expose: ["5432"]
  dns:
    image: acme/dns
    ports: ["53:53", "51820:51820/udp"]
```
"#,
    checks: &[Check::Service(check)],
};

fn check(service: &Service, cx: &Context, sink: &mut Sink) {
    let edge = service.class == Class::Edge || cx.policy.edge.contains(&service.name);
    if edge || service.on_host_network {
        return;
    }
    for port in service
        .ports
        .iter()
        .filter(|port| port.bind == Bind::Everywhere)
    {
        let image = service.image.as_ref().map(|image| image.raw.as_str());
        let class = images::class_of_port(service.class, &service.name, image, port.container);
        if class != Class::Datastore && has_no_proxy(port) {
            continue;
        }
        report(service, port, class, cx, sink);
    }
}

fn report(service: &Service, port: &Port, class: Class, cx: &Context, sink: &mut Sink) {
    let is_here = |name: &String| cx.outside.has(&Key::Service(name.as_str().into()));
    let beside_edge = || cx.outside.has(&Key::Edge) || cx.policy.edge.iter().any(is_here);
    let (case, advice) = match class {
        Class::App if runs_code(port) => {
            let advice = "Whoever reaches the host can run code through it; bind it to 127.0.0.1 or remove it.";
            (Some("admin"), advice)
        }
        Class::Datastore => (
            None,
            "Whoever reaches the host reaches the data; bind it to 127.0.0.1 or use `expose`.",
        ),
        Class::Admin => (
            Some("admin"),
            "Whoever reaches the host can look into the system; bind it to 127.0.0.1 or use `expose`.",
        ),
        _ if beside_edge() => {
            let advice = "That goes around the reverse proxy; let only the proxy publish, and use `expose` here.";
            (Some("beside-edge"), advice)
        }
        _ => (
            Some("no-edge"),
            "This is your edge: put TLS in front of it.",
        ),
    };
    let mut draft = sink
        .at(
            port.place.clone(),
            format!(
                "`{}` publishes {} on every interface. {advice}",
                service.name, port.published
            ),
        )
        .also(RULE.also);
    if let Some(case) = case {
        draft = draft.case(case);
    }
    if cx.file.stage == Stage::Base {
        draft = draft.one_lower();
    }
    if service.development {
        draft = draft.case("development");
    }
    if let Some(used) = &port.used {
        draft = draft.related(used.clone(), format!("used by `{}` here", service.name));
    }
    let fixes = [
        (
            "Bind it to 127.0.0.1: only the host itself can reach it then",
            &port.to_loopback,
        ),
        (
            "Use `expose` instead: only services of its networks can reach it then",
            &port.to_expose,
        ),
    ];
    for (title, edits) in fixes {
        let Some(edits) = edits else { continue };
        let mut fix = Fix::new(title, Safety::Unsafe);
        for (place, text) in edits {
            fix = fix.replace(place.clone(), text.clone());
        }
        if case == Some("no-edge") {
            fix = fix.never_preferred();
        }
        draft = draft.fix(fix);
    }
}

/// Debuggers of the JVM and of Node, and Docker's own API.
fn runs_code(port: &Port) -> bool {
    matches!(port.container, Some(5005 | 9229 | 9230 | 2375))
}

/// Mail, DNS, VPN, games and calls: no HTTP proxy can stand before them.
fn has_no_proxy(port: &Port) -> bool {
    const PORTS: &[u16] = &[
        25, 53, 110, 143, 465, 500, 587, 853, 993, 995, 1194, 1701, 1723, 3478, 4190, 4500, 5349,
        25565, 51820,
    ];
    port.udp || port.container.is_some_and(|port| PORTS.contains(&port))
}
