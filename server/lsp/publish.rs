//! What is sent to the client unasked: diagnostics, by one writer, and which files to watch.

use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};
use tower_lsp::Client;
use tower_lsp::lsp_types::{
    Diagnostic, DidChangeWatchedFilesRegistrationOptions, FileSystemWatcher, GlobPattern,
    Registration, Url,
};

/// What a document shows from now on.
#[derive(Debug)]
pub(super) struct Shown {
    pub(super) uri: Url,
    /// `None` when the document is closed.
    pub(super) version: Option<i32>,
    pub(super) diagnostics: Vec<Diagnostic>,
}

/// Ask the client to say when configuration changes on disk, or a file that others ask about.
pub(super) fn watch(client: Client) {
    let watcher = |pattern: &str| FileSystemWatcher {
        glob_pattern: GlobPattern::String(pattern.into()),
        kind: None,
    };
    let options = DidChangeWatchedFilesRegistrationOptions {
        watchers: [
            "**/{harden,pyproject,pytest,.pytest}.toml",
            "**/{pytest,.pytest,tox}.ini",
            "**/{setup.cfg,.coveragerc,coverage.xml}",
            "**/*.{py,yml,yaml,dockerfile,Dockerfile}",
            "**/{Dockerfile,dockerfile,Containerfile}*",
            "**/{requirements,constraints}*.{txt,lock,in}",
            "**/{.env,.gitignore}*",
        ]
        .map(watcher)
        .into(),
    };
    let registration = Registration {
        id: "files".into(),
        method: "workspace/didChangeWatchedFiles".into(),
        register_options: serde_json::to_value(options).ok(),
    };
    // Awaited apart from every handler, which may be cancelled. A client that refuses sends nothing, which is no harm.
    tokio::spawn(async move {
        if client
            .register_capability(vec![registration])
            .await
            .is_err()
        {
            eprintln!("harden: the client does not watch files");
        }
    });
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
