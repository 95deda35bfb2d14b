//! Rules about Python code.

use crate::rule::Rule;

mod insecure_random;
mod swallowed_exception;

pub static RULES: &[&Rule] = &[&insecure_random::RULE, &swallowed_exception::RULE];
