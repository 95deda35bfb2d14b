use std::path::PathBuf;

use crate::file::Stage;
use crate::model::prometheus::Config;
use crate::project::{Alerts, Named, View};
use crate::rule::{Area, Check, Context, Fix, Intent, Rule, Safety, Severity, Sink};

use super::{alerts, named};

pub static RULE: Rule = Rule {
    name: "prometheus/missing-alert",
    area: Area::Observability,
    severity: Severity::Medium,
    cases: &[],
    minutes: 30,
    off: false,
    also: &[],
    docs: r#"
A service is watched, but no alert tells that its requests fail, that they take long, or that it restarts again and again.

Metrics that nobody looks at at night are of use the next morning.
These three say most of what users notice.

```yaml prometheus.yml bad
rule_files: [alerts.yml]
alerting:
  alertmanagers: [{static_configs: [{targets: ["alertmanager:9093"]}]}]
scrape_configs:
  - job_name: api
    static_configs: [{targets: ["api:8000"]}]
  - job_name: cadvisor
    static_configs: [{targets: ["cadvisor:8080"]}]
```
```yaml alerts.yml bad
groups:
  - name: api
    rules:
      - alert: HighErrorRate
        expr: sum(rate(http_requests_total{status=~"5.."}[5m])) / sum(rate(http_requests_total[5m])) > 0.01
        for: 5m
```

Add what is missing.
The fix does, in the metrics of the exporter that the project requires (prometheus-fastapi-instrumentator,
starlette-exporter, django-prometheus, prometheus-flask-exporter), and of cAdvisor where it is asked.

```yaml alerts.yml fixed
groups:
  - name: api
    rules:
      - alert: HighErrorRate
        expr: sum(rate(http_requests_total{status=~"5.."}[5m])) / sum(rate(http_requests_total[5m])) > 0.01
        for: 5m
      - alert: HighLatency
        expr: histogram_quantile(0.95, sum by (le) (rate(http_request_duration_seconds_bucket[5m]))) > 0.5
        for: 5m
        labels:
          severity: warning
        annotations:
          summary: 5 of 100 requests take longer than 500 ms
      - alert: Restarting
        expr: changes(container_start_time_seconds{name!=""}[15m]) > 2
        for: 1m
        labels:
          severity: critical
        annotations:
          summary: A container starts again and again
```

Look at the metrics that your service really has before you trust an alert.
The limits are 1 % of the requests and 500 ms; `error-rate` and `latency` in the `[policy]` of `harden.toml` set others.

```yaml prometheus.yml good
rule_files: [alerts.yml]
alerting:
  alertmanagers: [{static_configs: [{targets: ["alertmanager:9093"]}]}]
scrape_configs:
  - job_name: api
    static_configs: [{targets: ["api:8000"]}]
```
```yaml alerts.yml good
groups:
  - name: api
    rules:
      - alert: Errors
        expr: sum(rate(http_requests_total{code=~"5.+"}[5m])) / sum(rate(http_requests_total[5m])) > 0.005
      - alert: Slow
        expr: histogram_quantile(0.99, sum(rate(http_request_duration_seconds_bucket[5m])) by (le)) > 1
      - alert: CrashLoop
        expr: increase(kube_pod_container_status_restarts_total[10m]) > 3
```

Silent where a server asks nothing but itself and exporters of machines and databases, where a file of rules has another name
than the one that is written or cannot be seen, where what it reads is sent on to another server, and for development.
"#,
    checks: &[Check::Prometheus(check)],
};

fn check(config: &Config, cx: &Context, sink: &mut Sink) {
    let place = config
        .rule_files_place
        .as_ref()
        .or(config.scrape_place.as_ref());
    let Some(place) = place.filter(|_| has_service(config)) else {
        return;
    };
    if cx.file.stage == Stage::Development || config.sends_on && config.rule_files.is_empty() {
        return;
    }
    let mut files: Vec<PathBuf> = Vec::new();
    for named in named(config, cx) {
        match named {
            Named::Files(found) => files.extend(found),
            // What is meant may have them.
            Named::Nothing(Some(_)) | Named::Unseen => return,
            Named::Nothing(None) => {}
        }
    }
    let found = cx.project.alerts_in(files.clone());
    let lack = [
        (found.errors, "failing requests"),
        (found.latency, "slow requests"),
        (found.restarts, "restarts"),
    ];
    let lack: Vec<&str> = lack
        .iter()
        .filter(|(is, _)| !is)
        .map(|(_, what)| *what)
        .collect();
    let said = match lack.as_slice() {
        [] => return,
        [one] => (*one).to_owned(),
        [rest @ .., last] => format!("{} or {last}", rest.join(", ")),
    };
    sink.at(
        place.clone(),
        format!("No alert tells of {said}: users notice first. Add what is missing."),
    )
    .fix(fix(config, found, &files, cx));
}

/// Words in the names and addresses of what is no service of one's own.
const EXPORTERS: &[&str] = &[
    "alertmanager",
    "blackbox",
    "cadvisor",
    "consul",
    "elastic",
    "exporter",
    "grafana",
    "haproxy",
    "kafka",
    "kube",
    "loki",
    "minio",
    "mongo",
    "mysql",
    "nginx",
    "node",
    "otel",
    "collector",
    "postgres",
    "prometheus",
    "pushgateway",
    "rabbitmq",
    "redis",
    "snmp",
    "statsd",
    "tempo",
    "traefik",
    "caddy",
    "mimir",
    "thanos",
    "vault",
    "etcd",
    "docker",
    "promtail",
    "jaeger",
    "netdata",
    "telegraf",
    "fluent",
    "vector",
    "pve",
    "unifi",
    "pihole",
    "adguard",
    "speedtest",
    "smartctl",
    "home-assistant",
];

/// Whether something is asked that is a service of the project, for all that its name tells.
fn has_service(config: &Config) -> bool {
    config.scrapes.iter().any(|scrape| {
        let all = scrape.targets.iter().chain([&scrape.job]);
        let known = all.clone().any(|name| {
            let lower = name.to_ascii_lowercase();
            EXPORTERS.iter().any(|word| lower.contains(word))
        });
        let itself = scrape
            .targets
            .iter()
            .any(|target| target.starts_with("localhost:9090"));
        !known && !itself && !scrape.targets.is_empty()
    })
}

fn fix(config: &Config, found: Alerts, files: &[PathBuf], cx: &Context) -> Fix {
    let exporter = cx.project.exporter();
    let mut added = Vec::new();
    if !found.errors {
        added.push(alerts::errors(exporter, cx.policy));
    }
    if !found.latency {
        added.push(alerts::latency(exporter, cx.policy));
    }
    if !found.restarts {
        let kubernetes = config.scrapes(&["kube-state", "kubernetes"]);
        added.push(alerts::restarts(config.scrapes(&["cadvisor"]), kubernetes));
    }
    let name = |path: &PathBuf| {
        let name = path.file_name().unwrap_or_default();
        name.to_string_lossy().into_owned()
    };
    let (file, fix) = match files.first() {
        Some(file) => {
            let title = format!("Add {} to `{}`", count(added.len()), name(file));
            (file.clone(), Fix::new(title, Safety::Unsafe))
        }
        None => {
            let title = format!("Add {} in a file `alerts.yml`", count(added.len()));
            let fix = Fix::new(title, Safety::Unsafe);
            let Some(place) = config.scrape_place.as_ref() else {
                return fix.disabled("`rule_files` names no file");
            };
            if config.rule_files_place.is_some() {
                return fix.disabled("`rule_files` names no file");
            }
            if !cx.project.sees_its_folder(&cx.file.path) {
                return fix.disabled(
                    "only this file is mounted, so that one beside it would not be seen",
                );
            }
            let mut before = place.clone();
            before.span.end = before.span.start;
            let fix = fix.replace(before, "rule_files:\n  - alerts.yml\n\n");
            (View::folder(&cx.file.path).join("alerts.yml"), fix)
        }
    };
    added.into_iter().fold(fix, |fix, lines| {
        fix.with(Intent::Alert {
            file: file.clone(),
            lines,
        })
    })
}

fn count(alerts: usize) -> String {
    match alerts {
        1 => "the missing alert".into(),
        count => format!("the {count} missing alerts"),
    }
}
