//! The binary as its users meet it.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod cli;
mod cli_baseline;
mod cli_check;
mod cli_config;
mod cli_fix;
mod cli_fix_files;
mod cli_formats;
mod client;
mod lsp_actions;
mod lsp_actions_clients;
mod lsp_actions_suppress;
mod lsp_commands;
mod lsp_config;
mod lsp_edits;
mod lsp_fix_files;
mod lsp_hover;
mod lsp_life;
mod lsp_project;
mod lsp_pull;
mod lsp_settings;
mod lsp_step;
mod model;
mod projects;
mod readme;
