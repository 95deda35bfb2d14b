//! Locking with hashes, when the user asks for it.

use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};

use serde_json::{Value, json};
use tokio::sync::mpsc::UnboundedSender;
use tower_lsp::Client;
use tower_lsp::lsp_types::{MessageType, Url};

use super::Message;
use crate::cli::lock::lock;
use crate::lsp::progress::Progress;
use crate::lsp::support::Support;

/// Numbers of what is shown as progress.
static RUNS: AtomicU64 = AtomicU64::new(0);

/// Lock a file of requirements, and say what came of it.
pub(super) async fn run(
    post: UnboundedSender<Message>,
    client: &Client,
    support: Support,
    file: PathBuf,
) -> Value {
    let number = RUNS.fetch_add(1, Ordering::Relaxed);
    let token = format!("harden-lock-{number}");
    let progress = support
        .progress
        .then(|| Progress::start(client.clone(), token, "Harden: locking with hashes"));
    let done = tokio::task::spawn_blocking(move || lock(&file, false)).await;
    drop(progress);
    let done = done.unwrap_or_else(|_| Err("it was not brought to an end".into()));
    match done {
        Ok(locked) => {
            // A client that watches no files does not tell of it.
            let uri = Url::from_file_path(&locked.file).ok();
            let _ = post.send(Message::OnDisk(uri.into_iter().collect()));
            json!({
                "locked": true,
                "file": locked.file,
                "packages": locked.packages,
                "tool": locked.tool,
            })
        }
        Err(reason) => {
            let said = format!("Nothing was locked: {reason}");
            client.show_message(MessageType::ERROR, said).await;
            json!({"locked": false, "reason": reason})
        }
    }
}
