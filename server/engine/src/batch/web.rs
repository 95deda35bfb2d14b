//! Chunks that are looked at because of what other files say of them.

use crate::document::Engine;
use crate::file::File;
use crate::project::View;

impl Engine {
    /// Whether some class of a text may be asked about because of what other files say of it.
    pub(super) fn asks_of_web(&self, view: &View, file: &File, text: &str) -> bool {
        let has = |word: &str| memchr::memmem::find(text.as_bytes(), word.as_bytes()).is_some();
        let models = self.rules.asks_models() && !view.is_alone() && has("class ");
        models && (self.policy.strict_models || view.has_request_bodies(&file.path))
    }
}
