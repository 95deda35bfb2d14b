//! Dockerfiles.

mod non_root;
pub mod root_user;

use crate::rule::Rule;

pub const ALL: &[&Rule] = &[&root_user::RULE];
