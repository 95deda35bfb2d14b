//! The engine's integration tests, in one binary.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod cases;
mod chunk_edit;
mod chunk_texts;
mod docs;
mod layers;
mod pytest_home;
mod support;
mod yaml_texts;
