//! Alerts that are proposed, in the metrics of the exporter that is there.

use crate::project::Exporter;
use crate::rule::Policy;

/// The metrics of an exporter: requests, what picks those that failed, how long they took.
fn metrics(exporter: Option<Exporter>) -> (&'static str, &'static str, &'static str) {
    match exporter {
        None => (
            "http_requests_total",
            "status=~\"5..\"",
            "http_request_duration_seconds_bucket",
        ),
        Some(Exporter::FastapiInstrumentator) => (
            "http_requests_total",
            "status=~\"5..\"",
            "http_request_duration_highr_seconds_bucket",
        ),
        Some(Exporter::Starlette) => (
            "starlette_requests_total",
            "status_code=~\"5..\"",
            "starlette_request_duration_seconds_bucket",
        ),
        Some(Exporter::Django) => (
            "django_http_responses_total_by_status_total",
            "status=~\"5..\"",
            "django_http_requests_latency_seconds_by_view_method_bucket",
        ),
        Some(Exporter::Flask) => (
            "flask_http_request_total",
            "status=~\"5..\"",
            "flask_http_request_duration_seconds_bucket",
        ),
    }
}

pub(super) fn errors(exporter: Option<Exporter>, policy: &Policy) -> Vec<String> {
    let (requests, failed, _) = metrics(exporter);
    let (percent, limit) = (
        policy.error_rate,
        number(f64::from(policy.error_rate) / 100.0),
    );
    alert(
        "HighErrorRate",
        &format!("sum(rate({requests}{{{failed}}}[5m])) / sum(rate({requests}[5m])) > {limit}"),
        "5m",
        "critical",
        &format!("More than {percent} % of the requests fail"),
    )
}

pub(super) fn latency(exporter: Option<Exporter>, policy: &Policy) -> Vec<String> {
    let (_, _, buckets) = metrics(exporter);
    let (most, limit) = (policy.latency, number(f64::from(policy.latency) / 1000.0));
    alert(
        "HighLatency",
        &format!("histogram_quantile(0.95, sum by (le) (rate({buckets}[5m]))) > {limit}"),
        "5m",
        "warning",
        &format!("5 of 100 requests take longer than {most} ms"),
    )
}

/// `cadvisor`: it is asked for metrics of containers.
pub(super) fn restarts(cadvisor: bool, kubernetes: bool) -> Vec<String> {
    let query = match (kubernetes, cadvisor) {
        (true, _) => "increase(kube_pod_container_status_restarts_total[15m]) > 2",
        (false, true) => "changes(container_start_time_seconds{name!=\"\"}[15m]) > 2",
        (false, false) => "changes(process_start_time_seconds[15m]) > 2",
    };
    let what = if kubernetes || cadvisor {
        "A container"
    } else {
        "A process"
    };
    alert(
        "Restarting",
        query,
        "1m",
        "critical",
        &format!("{what} starts again and again"),
    )
}

fn alert(name: &str, query: &str, lasts: &str, severity: &str, summary: &str) -> Vec<String> {
    vec![
        format!("alert: {name}"),
        format!("expr: {query}"),
        format!("for: {lasts}"),
        "labels:".into(),
        format!("  severity: {severity}"),
        "annotations:".into(),
        format!("  summary: {summary}"),
    ]
}

/// A number as people write it: 0.01, 0.5, 2.
pub(super) fn number(value: f64) -> String {
    let text = format!("{value:.6}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}
