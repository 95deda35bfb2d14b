//! The one writer of diagnostics.

use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};
use tower_lsp::Client;
use tower_lsp::lsp_types::{Diagnostic, Url};

/// What a document shows from now on.
#[derive(Debug)]
pub(super) struct Shown {
    pub(super) uri: Url,
    /// `None` when the document is closed.
    pub(super) version: Option<i32>,
    pub(super) diagnostics: Vec<Diagnostic>,
}

/// Start the writer. It ends when the sender is dropped.
pub(super) fn start(client: Client) -> UnboundedSender<Shown> {
    let (sender, mut queue) = unbounded_channel::<Shown>();
    tokio::spawn(async move {
        let mut waiting: Vec<Shown> = Vec::new();
        while queue.recv_many(&mut waiting, 1024).await > 0 {
            // Where the client reads slowly, only the last of each document still matters.
            let mut last: Vec<Shown> = Vec::with_capacity(waiting.len());
            for shown in waiting.drain(..) {
                last.retain(|earlier| earlier.uri != shown.uri);
                last.push(shown);
            }
            for shown in last {
                client
                    .publish_diagnostics(shown.uri, shown.diagnostics, shown.version)
                    .await;
            }
        }
    });
    sender
}
