//! Harden's own configuration.

pub mod invalid;

use crate::rule::Rule;

pub const ALL: &[&Rule] = &[&invalid::RULE];
