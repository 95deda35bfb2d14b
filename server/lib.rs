//! The faces of the engine: the language server and the command line.

pub mod lsp;
