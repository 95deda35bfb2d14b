//! Asking the client to pull again: one request under way, and one that waits for its answer.

use std::sync::Arc;

use tokio::sync::Notify;
use tower_lsp::Client;

#[derive(Debug, Default)]
pub(super) struct Refresh(Arc<Notify>);

impl Refresh {
    /// Its requests live in a task of their own, which nobody cancels.
    pub(super) fn start(client: Client) -> Refresh {
        let refresh = Refresh::default();
        let wanted = refresh.0.clone();
        tokio::spawn(async move {
            loop {
                // However often it was wanted meanwhile, once more is enough.
                wanted.notified().await;
                if client.workspace_diagnostic_refresh().await.is_err() {
                    eprintln!("harden: the client did not refresh diagnostics");
                }
            }
        });
        refresh
    }

    pub(super) fn want(&self) {
        self.0.notify_one();
    }
}
