//! Chunks that are looked at because of what other files say of them.

use crate::document::Engine;
use crate::file::File;
use crate::project::View;

impl Engine {
    /// Whether some class or function of a text may be asked about because of what other files say of it.
    pub(super) fn asks_of_web(&self, view: &View, file: &File, text: &str) -> bool {
        let has = |word: &str| memchr::memmem::find(text.as_bytes(), word.as_bytes()).is_some();
        let models = self.rules.asks_models() && !view.is_alone() && has("class ");
        // Who has routes has a decorator that names a method.
        let web = || ["fastapi", "flask", "router"].into_iter().any(has);
        let routes = self.rules.asks_routes() && !view.is_alone() && has("@") && web();
        models && (self.policy.strict_models || view.has_request_bodies(&file.path))
            || routes && view.has_unlimited_routes(&file.path)
    }
}
