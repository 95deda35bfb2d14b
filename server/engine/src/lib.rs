//! The engine: text of a project's files in, findings with ready-made fixes out.
//!
//! Reading order: [`text`] → [`chunk`] → [`syntax`] → [`model`] → [`rule`] → [`rules`] → [`check`] → [`document`] and
//! [`batch`], the two ways in (an open buffer, a file on disk) → [`suppress`], [`config`], [`outcome`], [`fix`]
//! → [`output`].
//!
//! Invariants, each held by a test where it can be:
//! 1. Only [`syntax`] names `tree_sitter`.
//! 2. Between text and findings nothing does I/O, is async, or returns `Result`.
//! 3. Rules never call rules and never know which others are enabled.
//! 4. Findings after any edits equal those of the same text opened anew, by chunk as by whole file.

pub mod batch;
pub mod check;
pub mod chunk;
pub mod config;
pub mod document;
pub mod file;
pub mod fix;
mod merge;
pub mod model;
pub mod outcome;
pub mod output;
pub mod outside;
pub mod path;
pub mod project;
pub mod rule;
pub mod rules;
pub mod suppress;
pub mod syntax;
pub mod text;
pub mod work;
