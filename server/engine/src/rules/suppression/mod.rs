//! Comments that silence findings.

pub mod unused;

use crate::rule::Rule;

pub const ALL: &[&Rule] = &[&unused::RULE];
