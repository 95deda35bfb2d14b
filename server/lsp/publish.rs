//! What is sent to the client unasked: diagnostics, and which files to watch.

use std::sync::Arc;

use serde_json::Value;
use tower_lsp::Client;
use tower_lsp::lsp_types::{
    Diagnostic, DidChangeWatchedFilesRegistrationOptions, FileSystemWatcher, GlobPattern,
    Registration, Url,
};

/// A diagnostic as it goes out. It becomes JSON once; it is kept, compared and sent as that.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Fragment(Arc<str>);

impl Fragment {
    pub(super) fn new(diagnostic: &Diagnostic) -> Fragment {
        // Never fails: nothing in a diagnostic is without a form in JSON.
        let json = serde_json::to_string(diagnostic).unwrap_or_default();
        Fragment(json.into())
    }

    /// For where tower-lsp wants it as a value. `None` never happens.
    pub(super) fn diagnostic(&self) -> Option<Diagnostic> {
        serde_json::from_str(&self.0).ok()
    }
}

/// Put a list of them behind a text.
pub(super) fn push_list(text: &mut String, list: &[Fragment]) {
    text.reserve(list.iter().map(|one| one.0.len() + 1).sum::<usize>() + 16);
    text.push('[');
    for (index, one) in list.iter().enumerate() {
        if index > 0 {
            text.push(',');
        }
        text.push_str(&one.0);
    }
    text.push(']');
}

/// What a document shows from now on.
#[derive(Debug)]
pub(super) struct Shown {
    pub(super) uri: Url,
    /// `None` when the document is closed.
    pub(super) version: Option<i32>,
    pub(super) diagnostics: Vec<Fragment>,
}

impl Shown {
    /// The notification that says so, put together from what is JSON already.
    pub(super) fn body(&self) -> String {
        let mut body = String::from(
            r#"{"jsonrpc":"2.0","method":"textDocument/publishDiagnostics","params":{"uri":"#,
        );
        // An address may hold quotes: the name of an untitled document is whatever it is.
        body.push_str(&Value::from(self.uri.as_str()).to_string());
        if let Some(version) = self.version {
            body.push_str(r#","version":"#);
            body.push_str(&version.to_string());
        }
        body.push_str(r#","diagnostics":"#);
        push_list(&mut body, &self.diagnostics);
        body.push_str("}}");
        body
    }
}

/// Ask the client to say when configuration changes on disk, or a file that others ask about.
pub(super) fn watch(client: Client) {
    let watcher = |pattern: &str| FileSystemWatcher {
        glob_pattern: GlobPattern::String(pattern.into()),
        kind: None,
    };
    let options = DidChangeWatchedFilesRegistrationOptions {
        watchers: [
            "**/{harden,pyproject,pytest,.pytest,ruff,.ruff}.toml",
            "**/{pytest,.pytest,tox}.ini",
            "**/{setup.cfg,.coveragerc,coverage.xml,.bandit}",
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
