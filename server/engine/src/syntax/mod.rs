//! The only place that names `tree_sitter`: text of a chunk → its part of the model.

pub mod dockerfile;
pub mod dotenv;
pub mod ini;
pub mod origin;
pub mod python;
pub mod requirements;
pub mod shell;
pub mod toml;
pub mod yaml;

use std::sync::Arc;

use crate::chunk::State;
use crate::model::{Part, plain};

/// The tree of the chunk that is being typed in, with the text that it was made from.
#[derive(Debug, Clone)]
pub struct Kept {
    pub(crate) tree: tree_sitter::Tree,
    pub(crate) text: Arc<str>,
}

/// Read one chunk. Total: any text gives a part. `kept` is the tree of an earlier text of the same chunk, reused where that
/// is exact (neither tree has an error), and replaced by this text's.
pub fn read(state: State, text: &Arc<str>, kept: &mut Option<Kept>) -> Part {
    match state {
        State::Python(state) => Part::Python(python::read(state, text, kept)),
        State::Yaml(state) => Part::Yaml(yaml::read(state, text, kept)),
        State::Ini => Part::Ini(ini::read(text)),
        State::Toml => Part::Toml(toml::read(text)),
        State::Dockerfile(state) => Part::Dockerfile(Arc::new(dockerfile::read(state, text))),
        State::Requirements => Part::Requirements(requirements::read(text)),
        State::Dotenv => Part::Dotenv(dotenv::read(text)),
        State::Plain => Part::Plain(plain::Part { text: text.clone() }),
    }
}
