//! All rules, a slice a domain.

pub mod ci;
pub mod compose;
pub mod config;
pub mod deps;
pub mod dockerfile;
pub mod env;
pub mod file;
pub mod project;
pub mod prometheus;
pub mod pytest;
pub mod python;
pub mod secrets;
mod single_worker;
pub mod suppression;
pub mod tests;

use crate::rule::Rule;

/// Every rule, ordered by name.
pub fn all() -> impl Iterator<Item = &'static Rule> {
    [
        ci::ALL,
        compose::ALL,
        config::ALL,
        deps::ALL,
        dockerfile::ALL,
        env::ALL,
        file::ALL,
        project::ALL,
        prometheus::ALL,
        pytest::ALL,
        python::ALL,
        secrets::ALL,
        suppression::ALL,
        tests::ALL,
    ]
    .into_iter()
    .flatten()
    .copied()
}

/// The rule of this name.
pub fn find(name: &str) -> Option<&'static Rule> {
    all().find(|rule| rule.name == name)
}
