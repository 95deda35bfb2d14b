//! pytest's configuration.

pub mod markers_not_strict;

use crate::rule::Rule;

pub const ALL: &[&Rule] = &[&markers_not_strict::RULE];
