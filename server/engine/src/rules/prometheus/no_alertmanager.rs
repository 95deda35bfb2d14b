use crate::model::prometheus::Config;
use crate::project::Named;
use crate::rule::{Area, Check, Context, Rule, Severity, Sink};

use super::named;

pub static RULE: Rule = Rule {
    name: "prometheus/no-alertmanager",
    area: Area::Observability,
    severity: Severity::Medium,
    cases: &[],
    minutes: 15,
    off: false,
    also: &[],
    docs: r#"
There are alerts, and nobody is told when one fires.

Prometheus only finds out; an Alertmanager sends mails and messages.
Without `alerting` an alert is a red line on a page that somebody has to open.

```yaml prometheus.yml bad
rule_files: [alerts.yml]
scrape_configs:
  - job_name: api
    static_configs: [{targets: ["api:8000"]}]
```
```yaml alerts.yml bad
groups:
  - name: api
    rules:
      - alert: Down
        expr: up == 0
```

Run an Alertmanager, and name it.

```yaml prometheus.yml good
rule_files: [alerts.yml]
alerting:
  alertmanagers:
    - static_configs: [{targets: ["alertmanager:9093"]}]
scrape_configs:
  - job_name: api
    static_configs: [{targets: ["api:8000"]}]
```
```yaml alerts.yml good
groups:
  - name: api
    rules:
      - alert: Down
        expr: up == 0
```

There is no fix: where the alerts are to go is written in no file.
"#,
    checks: &[Check::Prometheus(check)],
};

fn check(config: &Config, cx: &Context, sink: &mut Sink) {
    let Some(place) = config
        .rule_files_place
        .as_ref()
        .filter(|_| !config.alerts_someone)
    else {
        return;
    };
    let files = named(config, cx).into_iter().flat_map(|named| match named {
        Named::Files(files) => files,
        Named::Nothing(_) | Named::Unseen => Vec::new(),
    });
    if cx.project.alerts_in(files.collect()).any {
        sink.at(
            place.clone(),
            "There are alerts, but no `alerting`: nobody is told when one fires. Name an Alertmanager.",
        );
    }
}
