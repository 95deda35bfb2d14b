//! Rules of Dockerfiles.

mod non_root;
pub mod root_user;
pub mod secret_in_image;
pub mod single_stage_build;
pub mod single_worker_server;

use crate::rule::Rule;

/// Ordered by name.
pub const ALL: &[&Rule] = &[
    &root_user::RULE,
    &secret_in_image::RULE,
    &single_stage_build::RULE,
    &single_worker_server::RULE,
];
