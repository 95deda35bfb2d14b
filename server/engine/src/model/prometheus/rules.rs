//! Files of rules.

use std::sync::Arc;

use crate::chunk::yaml::Section;
use crate::model::Part;
use crate::model::compose::Text;
use crate::model::compose::reader::Ref;
use crate::model::desk::{self, Desk};
use crate::model::workflow::words;
use crate::rule::Place;
use crate::syntax::yaml::decode_at;

use super::promql::Query;

/// The rules of a file. All places name chunks ([`crate::rule::Owner::Nth`]).
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Rules {
    pub alerts: Vec<Alert>,
    /// Names that are recorded, with what is recorded under them.
    pub records: Vec<(String, Query)>,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Alert {
    pub name: Text,
    pub query: Query,
    /// Where the expression stands.
    pub place: Place,
}

/// What an alert is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Requests that fail.
    Errors,
    /// Requests that take long, by a high quantile.
    Latency,
    /// Containers or processes that start again.
    Restarts,
}

/// From where on an alert is given.
#[derive(Clone, Debug, PartialEq)]
pub struct Threshold {
    /// Percent of the requests, or milliseconds.
    pub value: f64,
    /// What one unit of it is written as: 0.01 for a ratio, 0.001 for seconds.
    pub unit: f64,
    /// It is about fewer requests than 5 of 100: a limit that holds for these holds for more.
    pub strict: bool,
    /// Where the number stands.
    pub place: Place,
}

impl Rules {
    pub fn read(parts: &[(usize, Arc<Part>)]) -> Rules {
        let mut all = Rules::default();
        desk::each(parts, |desk, part| {
            for id in part.items_of(Section::Groups) {
                let desk = &desk.anew();
                let Some(group) = desk.reader.resolve(&desk.reader.home(id)) else {
                    continue;
                };
                let Some(list) = desk.reader.fields(&group).get("rules") else {
                    continue;
                };
                for (_, node) in desk.reader.items(&list) {
                    all.add(desk, &node);
                }
            }
        });
        all
    }

    fn add<'a>(&mut self, desk: &Desk<'a>, node: &Ref<'a>) {
        let fields = desk.reader.fields(node);
        let Some(expr) = desk.field(&fields, "expr") else {
            return;
        };
        let (text, origin) = decode_at(expr.style, &expr.raw, expr.place.span.start as usize);
        let query = Query::read(&text, &origin);
        if let Some(name) = desk.field(&fields, "alert") {
            self.alerts.push(Alert {
                name,
                query,
                place: expr.place,
            });
        } else if let Some(name) = desk.field(&fields, "record") {
            self.records.push((name.value().into_owned(), query));
        }
    }

    /// What an alert is about, where that is one of the things that each service needs to be told of.
    pub fn kind(&self, alert: &Alert) -> Option<Kind> {
        kind(&alert.query).or_else(|| self.recorded(alert).and_then(kind))
    }

    /// What is recorded under the name that an alert compares.
    fn recorded(&self, alert: &Alert) -> Option<&Query> {
        let named = |name: &String| alert.query.metrics.contains(name);
        let mut records = self.records.iter();
        records
            .find(|(name, _)| named(name))
            .map(|(_, query)| query)
    }

    /// From where on an alert of errors or latency is given, so far as its unit is known.
    pub fn threshold(&self, alert: &Alert) -> Option<Threshold> {
        let compared = alert.query.comparison.as_ref()?;
        let number = compared.number?;
        let base = match (&alert.query, self.recorded(alert)) {
            (own, Some(recorded)) if kind(own).is_none() || !own.divides => recorded,
            (own, _) => own,
        };
        let hundred = [&alert.query, base]
            .iter()
            .any(|query| query.multiplies(100.0));
        let unit = match self.kind(alert)? {
            Kind::Errors if base.divides => {
                if hundred {
                    1.0
                } else {
                    0.01
                }
            }
            Kind::Latency if base.quantile.is_none() => return None,
            Kind::Latency => {
                let says = |list: &[&str]| {
                    let mut metrics = base.metrics.iter().chain(&alert.query.metrics);
                    metrics.any(|metric| metric.split(['_', ':']).any(|word| list.contains(&word)))
                };
                if says(&["milliseconds", "ms", "millis"]) || alert.query.multiplies(1000.0) {
                    1.0
                } else if says(&["seconds"]) {
                    0.001
                } else {
                    return None;
                }
            }
            Kind::Errors | Kind::Restarts => return None,
        };
        Some(Threshold {
            value: number.value() / unit,
            unit,
            strict: base.quantile.is_some_and(|quantile| quantile > 0.951),
            place: Place {
                owner: alert.place.owner.clone(),
                span: compared.span,
            },
        })
    }
}

/// What a query asks for.
fn kind(query: &Query) -> Option<Kind> {
    let words: Vec<String> = query
        .metrics
        .iter()
        .flat_map(|metric| words(metric))
        .collect();
    let says = |list: &[&str]| words.iter().any(|word| list.contains(&&**word));
    let starts = says(&["start"]) && says(&["time"]);
    if says(&["restarts", "restart", "restarting"])
        || starts && (query.calls("changes") || query.calls("resets") || query.calls("time"))
        || query
            .metrics
            .iter()
            .any(|metric| metric == "container_last_seen")
        || query.has_value("CrashLoopBackOff")
    {
        return Some(Kind::Restarts);
    }
    let takes_time = says(&[
        "duration",
        "latency",
        "latencies",
        "time",
        "seconds",
        "milliseconds",
        "rt",
    ]);
    let high = query.quantile.is_some_and(|quantile| quantile >= 0.9);
    if high && !says(&["gc", "wal", "compaction", "scrape", "fsync", "query"])
        || takes_time && says(&["p90", "p95", "p99", "95th", "99th"])
        || says(&["latency"]) && !says(&["count"]) && query.comparison.is_some() && high
    {
        return Some(Kind::Latency);
    }
    let failed = query.asks_for_5xx();
    let errors = says(&["error", "errors", "exceptions", "failed", "failures", "5xx"]);
    let requests = says(&[
        "http",
        "https",
        "request",
        "requests",
        "response",
        "responses",
        "grpc",
        "api",
        "server",
        "app",
        "rpc",
        "celery",
        "task",
        "tasks",
        "django",
        "flask",
        "job",
        "web",
    ]);
    (failed || errors && requests).then_some(Kind::Errors)
}
