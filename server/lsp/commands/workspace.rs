//! Fixing all files of all folders at once, as `harden fix` would, with the open buffers in place of their files.

use std::collections::BTreeMap;

use harden_engine::fix::diff;
use ropey::Rope;
use serde_json::{Value, json};
use tower_lsp::lsp_types::{Url, WorkspaceEdit};

use super::Facts;
use crate::cli::fix::{Rewritten, folder};
use crate::files::{Held, absolute};
use crate::lsp::actions::{Change, Why, together};

/// What all safe fixes of the workspace come to.
pub(super) struct Plan {
    pub(super) edit: WorkspaceEdit,
    pub(super) files: usize,
    pub(super) fixes: usize,
    /// The number of fixes by rule.
    pub(super) rules: Value,
}

/// Plan it; blocks for as long as checking everything takes. `Ok(None)` where nothing is to be fixed.
///
/// # Errors
/// The reason why it cannot be done, all of it or nothing.
pub(super) fn plan(facts: &Facts) -> Result<Option<Plan>, String> {
    let mut changes = Vec::new();
    let mut rules: BTreeMap<&'static str, usize> = BTreeMap::new();
    for (root, preferences) in &facts.folders {
        // A folder within another one is fixed with that.
        let mut others = facts.folders.iter().map(|(other, _)| other);
        let within = others.any(|other| other != root && root.starts_with(other));
        if within || !preferences.enabled() {
            continue;
        }
        let held = Held::default();
        for document in facts.documents.iter().filter(|document| !document.lost) {
            let path = document.uri.to_file_path();
            let path = path.as_deref().map(|path| path.strip_prefix(root));
            if let Ok(Ok(path)) = path {
                held.insert(path.to_path_buf(), document.rope.clone());
            }
        }
        let rewritten = folder(root, held, &|config, finding| {
            preferences.shows(config, finding)
        })
        .map_err(|failure| failure.reason())?;
        for file in rewritten {
            for made in &file.made {
                *rules.entry(made.rule).or_default() += 1;
            }
            let uri = Url::from_file_path(absolute(root, &file.path));
            let uri = uri.map_err(|()| format!("`{}` has no address", file.path.display()))?;
            let mut lost = facts.documents.iter().filter(|document| document.lost);
            if lost.any(|document| document.uri == uri) {
                let path = file.path.display();
                return Err(format!("`{path}` has to be closed and opened again first"));
            }
            changes.push(change(facts, uri, &file));
        }
    }
    if changes.is_empty() {
        return Ok(None);
    }
    let files = changes.len();
    let edit = together(facts.support, changes)?;
    Ok(Some(Plan {
        edit,
        files,
        fixes: rules.values().sum(),
        rules: json!(rules),
    }))
}

fn change(facts: &Facts, uri: Url, file: &Rewritten) -> Change {
    let before = file.before.as_deref().unwrap_or_default();
    let opened = facts.documents.iter().find(|document| document.uri == uri);
    let edits = diff::minimal(before, &file.after);
    let version = opened.map(|document| document.version);
    Change {
        create: file.before.is_none(),
        why: match file.made.is_empty() {
            true => Why::Needed,
            false => Why::Fixed,
        },
        ..Change::new(uri, version, &Rope::from_str(before), edits, facts.support)
    }
}
