//! Rules of compose files.

pub mod default_secret;
pub mod hardcoded_secret;
pub mod published_port;
pub mod single_worker_server;
pub mod source_mount;
pub mod unresolved_reference;

use crate::rule::Rule;

/// Ordered by name.
pub const ALL: &[&Rule] = &[
    &default_secret::RULE,
    &hardcoded_secret::RULE,
    &published_port::RULE,
    &single_worker_server::RULE,
    &source_mount::RULE,
    &unresolved_reference::RULE,
];
