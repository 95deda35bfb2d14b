//! Environment files.

pub mod not_ignored;
pub mod weak_secret;

pub mod rotate;

use crate::rule::Rule;

pub static ALL: &[&Rule] = &[&not_ignored::RULE, &weak_secret::RULE];
