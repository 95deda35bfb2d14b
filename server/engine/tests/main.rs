//! The engine's integration tests, in one binary.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout)]

mod apply;
mod batch;
mod cases;
mod chunk_edit;
mod chunk_table;
mod chunk_texts;
mod chunk_tree;
mod chunk_work;
mod compose_fixes;
mod compose_merge;
mod compose_service;
mod config;
mod dockerfile_model;
mod dockerfile_read;
mod dockerfile_real;
mod docs;
mod equal;
mod files_compose;
mod files_edits;
mod files_requires;
mod layers;
mod output;
mod panics;
mod pytest_home;
mod python_definitions;
mod python_fixes;
mod python_scopes;
mod requirements_texts;
mod shell_words;
mod support;
mod suppress;
mod surroundings;
mod text;
mod work;
mod yaml_texts;
