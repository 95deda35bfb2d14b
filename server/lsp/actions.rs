//! Code actions: quick fixes at a place, and the one that fixes all that is safe to fix.

use std::collections::HashMap;

use harden_engine::fix;
use harden_engine::rule::{Finding, Fix, Safety};
use harden_engine::text::Edit;
use tower_lsp::lsp_types::{
    CodeAction, CodeActionContext, CodeActionDisabled, CodeActionKind, CodeActionOrCommand,
    CodeActionResponse, CodeActionTriggerKind, DocumentChanges, OneOf,
    OptionalVersionedTextDocumentIdentifier, Range, TextDocumentEdit, TextEdit, WorkspaceEdit,
};

use super::convert;
use super::diagnostics::{self, View};
use super::work::Analysed;

const FIX_ALL: CodeActionKind = CodeActionKind::new("source.fixAll.harden");

pub(super) fn kinds() -> Vec<CodeActionKind> {
    vec![CodeActionKind::QUICKFIX, FIX_ALL]
}

/// Which actions the client wants. Its diagnostics are never looked at: clients send few, old, or none.
#[derive(Debug)]
pub(super) struct Wanted {
    only: Option<Vec<CodeActionKind>>,
    /// Nobody asked: the cursor moved.
    automatic: bool,
}

impl Wanted {
    pub(super) fn read(context: &CodeActionContext) -> Wanted {
        Wanted {
            only: context.only.clone(),
            automatic: context.trigger_kind == Some(CodeActionTriggerKind::AUTOMATIC),
        }
    }

    /// Kinds are paths: who wants `source` gets `source.fixAll.harden`.
    fn wants(&self, kind: &CodeActionKind) -> bool {
        let within = |outer: &CodeActionKind| {
            outer.as_str().is_empty()
                || kind
                    .as_str()
                    .strip_prefix(outer.as_str())
                    .is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
        };
        match &self.only {
            Some(only) => only.iter().any(within),
            // Fixing all takes longer than a light bulb may, and is listed only where somebody opens the menu.
            None => *kind != FIX_ALL || !self.automatic,
        }
    }
}

pub(super) fn answer(
    view: View,
    version: i32,
    analysed: &Analysed,
    range: Range,
    wanted: &Wanted,
) -> CodeActionResponse {
    let making = Making {
        view,
        version,
        analysed,
        text: String::from(view.rope),
        parts: analysed.analysis.parts().collect(),
    };
    let mut actions = Vec::new();
    if wanted.wants(&CodeActionKind::QUICKFIX) {
        let asked = convert::span(view.rope, range, view.support.encoding);
        let here = |finding: &&Finding| {
            finding.span().start <= asked.end && asked.start <= finding.span().end
        };
        for finding in analysed.findings.iter().filter(here) {
            actions.extend(making.quick_fixes(finding));
        }
        actions.sort_by_key(|action| (action.disabled.is_some(), action.is_preferred.is_none()));
    }
    actions
        .into_iter()
        .map(CodeActionOrCommand::CodeAction)
        .collect()
}

struct Making<'a> {
    view: View<'a>,
    version: i32,
    analysed: &'a Analysed,
    text: String,
    parts: Vec<(usize, std::sync::Arc<harden_engine::model::Part>)>,
}

impl Making<'_> {
    fn quick_fixes(&self, finding: &Finding) -> Vec<CodeAction> {
        let view = fix::View {
            file: self.analysed.analysis.file(),
            text: &self.text,
            parts: &self.parts,
        };
        let mut preferred = true;
        let mut actions = Vec::new();
        for fix in &finding.fixes {
            let (edit, disabled) = match fix::render(&view, fix) {
                Ok(edits) => (Some(self.edit(edits)), None),
                Err(reason) if self.view.support.disabled_actions => {
                    (None, Some(CodeActionDisabled { reason }))
                }
                Err(_) => continue,
            };
            let first = fix.preferred && disabled.is_none() && std::mem::take(&mut preferred);
            actions.push(CodeAction {
                title: title(fix),
                kind: Some(CodeActionKind::QUICKFIX),
                diagnostics: Some(vec![diagnostics::one(self.view, finding)]),
                edit,
                is_preferred: first.then_some(true),
                disabled,
                ..CodeAction::default()
            });
        }
        actions
    }

    fn edit(&self, edits: Vec<Edit>) -> WorkspaceEdit {
        let edits: Vec<TextEdit> = edits
            .into_iter()
            .map(|edit| TextEdit {
                range: convert::range(self.view.rope, edit.span, self.view.support.encoding),
                new_text: edit.text,
            })
            .collect();
        let uri = self.view.uri.clone();
        if !self.view.support.document_changes {
            return WorkspaceEdit::new(HashMap::from([(uri, edits)]));
        }
        WorkspaceEdit {
            document_changes: Some(DocumentChanges::Edits(vec![TextDocumentEdit {
                text_document: OptionalVersionedTextDocumentIdentifier {
                    uri,
                    version: Some(self.version),
                },
                edits: edits.into_iter().map(OneOf::Left).collect(),
            }])),
            ..WorkspaceEdit::default()
        }
    }
}

fn title(fix: &Fix) -> String {
    match fix.safety {
        Safety::Safe => fix.title.clone(),
        Safety::Unsafe => format!("{} (unsafe)", fix.title),
    }
}
