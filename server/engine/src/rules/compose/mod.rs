//! Rules of compose files.

pub mod datastore_network_not_internal;
pub mod default_secret;
pub mod hardcoded_secret;
pub mod no_resource_limits;
pub mod no_rolling_update;
pub mod pool_exceeds_max_connections;
pub mod postgres_untuned;
pub mod published_port;
pub mod redis_no_eviction;
pub mod secret_in_environment;
mod settings;
pub mod single_worker_server;
pub mod source_mount;
pub mod unresolved_reference;

use crate::rule::Rule;

/// Ordered by name.
pub const ALL: &[&Rule] = &[
    &datastore_network_not_internal::RULE,
    &default_secret::RULE,
    &hardcoded_secret::RULE,
    &no_resource_limits::RULE,
    &no_rolling_update::RULE,
    &pool_exceeds_max_connections::RULE,
    &postgres_untuned::RULE,
    &published_port::RULE,
    &redis_no_eviction::RULE,
    &secret_in_environment::RULE,
    &single_worker_server::RULE,
    &source_mount::RULE,
    &unresolved_reference::RULE,
];
