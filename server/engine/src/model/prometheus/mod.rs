//! Prometheus: what a server is configured to read, and rules that record and alert.
//!
//! Source: Prometheus' "Configuration", "Alerting rules", "Recording rules" and "Querying basics".

mod config;
mod promql;
mod rules;

pub use config::{Config, Scrape};
pub use promql::{Comparison, Query};
pub use rules::{Alert, Kind, Rules, Threshold};
