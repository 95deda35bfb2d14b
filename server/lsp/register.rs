//! Documents that no client offers by itself: files that only their content, or another file, makes ours.

use std::path::PathBuf;

use serde_json::{Value, json};
use tower_lsp::Client;
use tower_lsp::lsp_types::{Registration, Unregistration};

use super::support::Registers;

/// Ask the client to hand on these files as well, and no longer those asked for `before`. Only what the client lets servers
/// register is registered.
pub(super) fn register(client: Client, may: Registers, paths: Vec<PathBuf>, before: bool) {
    let selector: Vec<Value> = paths
        .iter()
        .filter_map(|path| path.to_str())
        .map(|path| json!({"scheme": "file", "pattern": literal(path)}))
        .collect();
    let methods: Vec<(&str, Value)> = [
        ("textDocument/didOpen", may.sync, json!({})),
        ("textDocument/didChange", may.sync, json!({"syncKind": 2})),
        ("textDocument/didSave", may.sync, json!({})),
        ("textDocument/didClose", may.sync, json!({})),
        (
            "textDocument/codeAction",
            may.sync && may.actions,
            json!({"codeActionKinds": super::actions::kinds()}),
        ),
        ("textDocument/hover", may.sync && may.hover, json!({})),
        (
            "textDocument/diagnostic",
            may.sync && may.diagnostics,
            json!({"identifier": "harden", "interFileDependencies": true, "workspaceDiagnostics": false}),
        ),
    ]
    .into_iter()
    .filter(|(_, may, _)| *may)
    .map(|(method, _, options)| (method, options))
    .collect();
    let id = |method: &str| format!("files-{method}");
    let registrations = methods.iter().map(|(method, options)| {
        let mut options = options.clone();
        options["documentSelector"] = json!(selector);
        Registration {
            id: id(method),
            method: (*method).into(),
            register_options: Some(options),
        }
    });
    let registrations: Vec<Registration> = registrations.collect();
    let gone: Vec<Unregistration> = methods
        .iter()
        .map(|(method, _)| Unregistration {
            id: id(method),
            method: (*method).into(),
        })
        .collect();
    tokio::spawn(async move {
        let mut done = Ok(());
        if before {
            done = client.unregister_capability(gone).await;
        }
        if !paths.is_empty() && done.is_ok() {
            done = client.register_capability(registrations).await;
        }
        if done.is_err() {
            eprintln!("harden: the client does not hand on more documents");
        }
    });
}

/// A glob that takes this path and no other.
fn literal(path: &str) -> String {
    let mut glob = String::with_capacity(path.len());
    for character in path.chars() {
        if "*?[]{}".contains(character) {
            glob.extend(['[', character, ']']);
        } else {
            glob.push(character);
        }
    }
    glob
}
