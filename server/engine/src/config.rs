//! `harden.toml` and `[tool.harden]`.
