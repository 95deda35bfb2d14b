use crate::file::Stage;
use crate::model::prometheus::{Kind, Rules, Threshold};
use crate::rule::{Area, Check, Context, Fix, Rule, Safety, Severity, Sink};

use super::alerts::number;

pub static RULE: Rule = Rule {
    name: "prometheus/loose-threshold",
    area: Area::Observability,
    severity: Severity::Low,
    cases: &[],
    minutes: 10,
    off: false,
    also: &[],
    docs: r#"
An alert of failing or slow requests waits longer than your policy allows.

One in twenty requests may fail before anybody hears of it: users heard of it long ago.

```yaml alerts.yml bad
groups:
  - name: api
    rules:
      - alert: HighErrorRate
        expr: sum(rate(http_requests_total{status=~"5.."}[5m])) / sum(rate(http_requests_total[5m])) > 0.05
      - alert: HighLatency
        expr: histogram_quantile(0.95, sum by (le) (rate(http_request_duration_seconds_bucket[5m]))) > 2
```

Set the limit that you want to hold.

```yaml alerts.yml fixed
groups:
  - name: api
    rules:
      - alert: HighErrorRate
        expr: sum(rate(http_requests_total{status=~"5.."}[5m])) / sum(rate(http_requests_total[5m])) > 0.01
      - alert: HighLatency
        expr: histogram_quantile(0.95, sum by (le) (rate(http_request_duration_seconds_bucket[5m]))) > 0.5
```

The limits are 1 % of the requests and 500 ms for 95 of 100; `error-rate` and `latency` in the `[policy]` of `harden.toml`
set others.
Of several alerts of a file the tightest counts, so that one for warnings lets another wait.
Ratios count, written as such or in percent, and quantiles up to 0.95 of metrics whose names say seconds or milliseconds;
what a recording rule of the file holds is looked up.

```yaml alerts.yml good
groups:
  - name: api
    rules:
      - record: job:errors:ratio5m
        expr: 100 * sum(rate(http_requests_total{status=~"5.."}[5m])) / sum(rate(http_requests_total[5m]))
      - alert: Errors
        expr: job:errors:ratio5m > 1
      - alert: ManyErrors
        expr: job:errors:ratio5m > 10
      - alert: Slowest
        expr: histogram_quantile(0.99, sum by (le) (rate(http_request_duration_seconds_bucket[5m]))) > 2
```
"#,
    checks: &[Check::PrometheusRules(check)],
};

fn check(rules: &Rules, cx: &Context, sink: &mut Sink) {
    if cx.file.stage == Stage::Development {
        return;
    }
    let errors = f64::from(cx.policy.error_rate);
    let latency = f64::from(cx.policy.latency);
    for (kind, most) in [(Kind::Errors, errors), (Kind::Latency, latency)] {
        let of_kind = rules
            .alerts
            .iter()
            .filter(|alert| rules.kind(alert) == Some(kind));
        // One whose limit is not known may be the tightest.
        let known: Option<Vec<_>> = of_kind
            .map(|alert| Some((alert, rules.threshold(alert)?)))
            .collect();
        let known = known.unwrap_or_default();
        if known
            .iter()
            .any(|(_, found)| found.value <= most * 1.000_001)
        {
            continue;
        }
        let loose = known.into_iter().filter(|(_, found)| !found.strict);
        let tightest = loose.min_by(|(_, one), (_, other)| one.value.total_cmp(&other.value));
        let Some((
            alert,
            Threshold {
                value, unit, place, ..
            },
        )) = tightest
        else {
            continue;
        };
        let (name, value) = (alert.name.value(), number(value));
        let (message, limit) = match kind {
            Kind::Errors => (
                format!("`{name}` fires only when more than {value} % of the requests fail"),
                format!("{most} %"),
            ),
            _ => (
                format!(
                    "`{name}` fires only when the slowest requests take longer than {value} ms"
                ),
                format!("{most} ms"),
            ),
        };
        sink.at(
            place.clone(),
            format!("{message}, and your policy says {limit}. Lower it."),
        )
        .fix(
            Fix::new(format!("Alert from {limit} on"), Safety::Unsafe)
                .replace(place, number(most * unit)),
        );
    }
}
