//! What rules read: typed, spanned, total models. Each is made of parts, one a chunk.

pub mod advisories;
pub mod compose;
pub mod conf;
pub mod coverage;
pub mod dependencies;
mod desk;
pub mod dockerfile;
pub mod dockerignore;
pub mod dotenv;
pub mod license;
pub mod manifest;
pub mod package;
pub mod plain;
pub mod prometheus;
pub mod pytest;
pub mod python;
pub mod requirements;
pub mod secret;
pub mod server;
pub mod signing_key;
pub mod token;
pub mod workflow;

use std::sync::Arc;

use crate::outside::Export;
use crate::syntax::{self, ini, toml, yaml};

/// The reading of one chunk. Spans are relative to the chunk.
#[derive(Debug)]
#[allow(
    clippy::large_enum_variant,
    reason = "each part lives in an `Arc` of its own"
)]
pub enum Part {
    Python(python::Part),
    Yaml(yaml::Part),
    Ini(ini::Part),
    Toml(toml::Part),
    /// Shared with the model, which is a fact to other files.
    Dockerfile(Arc<syntax::dockerfile::Part>),
    Requirements(requirements::Part),
    Dotenv(dotenv::Part),
    Plain(plain::Part),
}

impl Part {
    /// What other parts of the file may look up here.
    pub fn exports(&self) -> &[Export] {
        match self {
            Part::Python(part) => &part.exports,
            Part::Yaml(part) => &part.exports,
            Part::Ini(_)
            | Part::Toml(_)
            | Part::Dockerfile(_)
            | Part::Requirements(_)
            | Part::Dotenv(_)
            | Part::Plain(_) => &[],
        }
    }
    /// The name of the class of which this is the header.
    pub(crate) fn class_name(&self) -> &str {
        match self {
            Part::Python(part) => part.classes.first().map_or("", |class| &class.path),
            _ => "",
        }
    }
    /// Whether the text had a syntax error; then the last good findings may be retained beside the fresh ones.
    pub fn broken(&self) -> bool {
        match self {
            Part::Python(part) => part.broken,
            Part::Yaml(part) => part.broken,
            Part::Ini(part) => part.broken,
            Part::Toml(part) => part.broken,
            Part::Dockerfile(part) => part.broken,
            Part::Requirements(part) => part.broken,
            Part::Dotenv(part) => part.broken,
            Part::Plain(_) => false,
        }
    }
}
