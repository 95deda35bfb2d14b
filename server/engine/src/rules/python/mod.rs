//! Rules about Python code.

use crate::rule::Rule;

pub mod insecure_random;
pub mod swallowed_exception;

pub const ALL: &[&Rule] = &[&insecure_random::RULE, &swallowed_exception::RULE];
