//! The project as a whole: its licence, and what it tells the people whose data it keeps.

pub mod license_conflict;
pub mod no_license;
pub mod no_privacy_policy;

use crate::rule::Rule;

pub const ALL: &[&Rule] = &[
    &license_conflict::RULE,
    &no_license::RULE,
    &no_privacy_policy::RULE,
];
