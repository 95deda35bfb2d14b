//! Files that cannot be checked. They are reported by whoever reads the files, since a rule only sees text.

pub mod too_large;
pub mod unreadable;

use crate::rule::Rule;

pub const ALL: &[&Rule] = &[&too_large::RULE, &unreadable::RULE];
