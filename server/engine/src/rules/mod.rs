//! All rules, a slice a domain.

pub mod compose;
pub mod config;
pub mod file;
pub mod pytest;
pub mod python;
pub mod suppression;

use crate::rule::Rule;

/// Every rule, ordered by name.
pub fn all() -> impl Iterator<Item = &'static Rule> {
    [
        compose::ALL,
<<<<<<< HEAD
        file::ALL,
        pytest::ALL,
        python::ALL,
=======
        config::ALL,
        file::ALL,
        pytest::ALL,
>>>>>>> a1b5bef (Configure, suppress, fix and summarise on the command line, with tests)
        suppression::ALL,
    ]
    .into_iter()
    .flatten()
    .copied()
}

/// The rule of this name.
pub fn find(name: &str) -> Option<&'static Rule> {
    all().find(|rule| rule.name == name)
}
