//! Rules of Dockerfiles.

mod non_root;
pub mod root_user;
pub mod single_worker_server;

use crate::rule::Rule;

/// Ordered by name.
pub const ALL: &[&Rule] = &[&root_user::RULE, &single_worker_server::RULE];
