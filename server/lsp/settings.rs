//! What the user's configuration makes of the engine, by folder.

use std::path::Path;
use std::sync::Arc;

use harden_engine::check::Rules;
use harden_engine::document::Engine;
use harden_engine::rule::Policy;
use harden_engine::rules;

/// An engine with one configuration. Documents under the same configuration share it, and with it the store.
#[derive(Debug)]
pub(super) struct Settings {
    pub(super) engine: Engine,
}

/// Finds the configuration that holds for a file.
#[derive(Debug)]
pub(super) struct Resolver {
    default: Arc<Settings>,
}

impl Resolver {
    pub(super) fn new() -> Resolver {
        Resolver {
            default: Arc::new(Settings {
                engine: Engine::new(Rules::new(rules::all()), Policy::default()),
            }),
        }
    }

    /// The settings for a file; `None` is a document without a place on disk.
    pub(super) fn of(&mut self, _path: Option<&Path>) -> Arc<Settings> {
        self.default.clone()
    }
}
