//! The engine's integration tests, in one binary.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod cases;
mod docs;
mod layers;
mod support;
