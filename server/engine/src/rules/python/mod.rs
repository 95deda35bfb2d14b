//! Rules about Python code.

use crate::rule::Rule;

mod access;
mod algorithms;
pub mod blocking_call_in_async;
pub mod default_secret;
mod environment;
pub mod hardcoded_secret;
mod harmless;
pub mod insecure_random;
pub mod jwt_not_verified;
pub mod no_rate_limit;
pub mod optional_secret;
pub mod pydantic_extra_allowed;
pub mod rate_limit_in_memory;
pub mod secret_in_log;
mod stands_for;
pub mod swallowed_exception;
mod tokens;
pub mod unchecked_secret_length;
pub mod unstructured_logging;
mod variable;
mod written;

pub const ALL: &[&Rule] = &[
    &blocking_call_in_async::RULE,
    &default_secret::RULE,
    &hardcoded_secret::RULE,
    &insecure_random::RULE,
    &jwt_not_verified::RULE,
    &no_rate_limit::RULE,
    &optional_secret::RULE,
    &pydantic_extra_allowed::RULE,
    &rate_limit_in_memory::RULE,
    &secret_in_log::RULE,
    &swallowed_exception::RULE,
    &unchecked_secret_length::RULE,
    &unstructured_logging::RULE,
];
