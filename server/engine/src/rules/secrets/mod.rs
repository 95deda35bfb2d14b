//! Secrets in any text.

pub mod exposed_token;

use crate::rule::Rule;

pub static ALL: &[&Rule] = &[&exposed_token::RULE];
