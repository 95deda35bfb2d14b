//! Actions whose edit is made when they are chosen.

use serde::{Deserialize, Serialize};
use tower_lsp::lsp_types::{CodeAction, Url};

use super::Making;
use crate::lsp::work::{Analysed, Now};

/// What an action carries until then.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Later {
    uri: Url,
    version: i32,
    what: What,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) enum What {
    /// All that is safe to fix in the document.
    All,
    /// All findings of this rule.
    Rule(String),
}

impl Later {
    pub(super) fn new(now: &Now, what: What) -> Later {
        Later {
            uri: now.view.uri.clone(),
            version: now.version,
            what,
        }
    }

    pub(super) fn action(&self) -> CodeAction {
        CodeAction {
            data: serde_json::to_value(self).ok(),
            ..CodeAction::default()
        }
    }

    fn read(action: &CodeAction) -> Option<Later> {
        let data = action.data.clone().filter(|_| action.edit.is_none())?;
        serde_json::from_value(data).ok()
    }
}

/// The document for which the action has to be resolved; `None` for one that is whole.
pub(in crate::lsp) fn waits_for(action: &CodeAction) -> Option<Url> {
    Some(Later::read(action)?.uri)
}

/// The action with its edit; as it was, where the document has changed since or nothing is left to do.
pub(in crate::lsp) fn resolve(now: &Now, analysed: &Analysed, action: CodeAction) -> CodeAction {
    let later = Later::read(&action).filter(|later| later.version == now.version);
    let edit = later.and_then(|later| Making::new(now, analysed, false).edit(&later.what));
    CodeAction { edit, ..action }
}
