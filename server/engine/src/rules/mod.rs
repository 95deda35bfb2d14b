//! All rules, a slice a domain.

use crate::rule::Rule;

/// Every rule, ordered by name.
pub fn all() -> impl Iterator<Item = &'static Rule> {
    [].into_iter()
}

/// The rule of this name.
pub fn find(name: &str) -> Option<&'static Rule> {
    all().find(|rule| rule.name == name)
}
