//! The faces of the engine: the language server and the command line.

pub mod cli;
pub mod lsp;
