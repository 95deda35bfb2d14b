use crate::model::prometheus::Config;
use crate::project::Named;
use crate::rule::{Area, Check, Context, Fix, Rule, Safety, Severity, Sink};

use super::named;

pub static RULE: Rule = Rule {
    name: "prometheus/rule-file-not-found",
    area: Area::Observability,
    severity: Severity::High,
    cases: &[],
    minutes: 10,
    off: false,
    also: &[],
    docs: r#"
An entry of `rule_files` names no file that is there.

Prometheus takes each entry as a pattern, and a pattern that matches nothing is no error: it starts, and none of the alerts
exist.

```yaml monitoring/prometheus.yml bad
rule_files:
  - alert.yml
scrape_configs:
  - job_name: api
    static_configs: [{targets: ["api:8000"]}]
```
```yaml monitoring/alerts.yml bad
groups:
  - name: api
    rules:
      - alert: Down
        expr: up == 0
```

Correct the name, or mount the file.
Where a file with rules has a similar name, the fix takes that one.
Where none has, there is no fix: which file is meant, only you know.

```yaml monitoring/prometheus.yml fixed
rule_files:
  - alerts.yml
scrape_configs:
  - job_name: api
    static_configs: [{targets: ["api:8000"]}]
```

Where a compose file mounts the configuration, paths are those of the container, and are followed back through its mounts;
what lies in the image only cannot be seen, and nothing is said of it.
Else they are relative to the folder of the configuration.

```yaml docker-compose.yml good
services:
  prometheus:
    image: prom/prometheus
    volumes:
      - ./monitoring/prometheus.yml:/etc/prometheus/prometheus.yml:ro
      - ./monitoring/rules:/rules:ro
```
```yaml monitoring/prometheus.yml good
rule_files: ["/rules/*.yml"]
scrape_configs: []
```
```yaml monitoring/rules/api.yml good
groups:
  - name: api
    rules:
      - alert: Down
        expr: up == 0
```
"#,
    checks: &[Check::Prometheus(check)],
};

fn check(config: &Config, cx: &Context, sink: &mut Sink) {
    for (text, named) in config.rule_files.iter().zip(named(config, cx)) {
        let Named::Nothing(near) = named else {
            continue;
        };
        let message = format!(
            "`{}` names no file, so that Prometheus runs without these rules and says nothing. {}",
            text.raw,
            match &near {
                Some(near) => format!("Did you mean `{near}`?"),
                None => "Correct the path, or mount the file.".into(),
            }
        );
        let draft = sink.at(text.place.clone(), message);
        if let Some(near) = near {
            let fix = Fix::new(format!("Use `{near}`"), Safety::Unsafe);
            draft.fix(fix.replace(text.place.clone(), near));
        }
    }
}
