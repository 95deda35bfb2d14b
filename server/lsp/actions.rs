//! Code actions: quick fixes at a place, and the one that fixes all that is safe to fix.

use std::collections::HashMap;
use std::sync::Arc;

use harden_engine::batch;
use harden_engine::file::File;
use harden_engine::fix;
use harden_engine::fix::apply::{Choice, Reading};
use harden_engine::model::Part;
use harden_engine::rule::{Finding, Fix, Safety};
use harden_engine::text::Edit;
use tower_lsp::lsp_types::{
    CodeAction, CodeActionContext, CodeActionDisabled, CodeActionKind, CodeActionOrCommand,
    CodeActionResponse, CodeActionTriggerKind, DocumentChanges, OneOf,
    OptionalVersionedTextDocumentIdentifier, Range, TextDocumentEdit, TextEdit, WorkspaceEdit,
};

use super::convert;
use super::diagnostics;
use super::settings::Text;
use super::work::{Analysed, Now};

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
    now: &Now,
    analysed: &Analysed,
    range: Range,
    wanted: &Wanted,
) -> CodeActionResponse {
    let rope = now.view.rope;
    let asked = convert::span(rope, range, now.view.support.encoding);
    let here = |finding: &&Finding| {
        let span = finding.span();
        span.start <= asked.end && asked.start <= span.end && !finding.fixes.is_empty()
    };
    let quick = wanted.wants(&CodeActionKind::QUICKFIX);
    let quick: Vec<&Finding> = analysed
        .findings
        .iter()
        .filter(|_| quick)
        .filter(here)
        .collect();
    let safe = |fix: &Fix| Choice::Safe.takes(fix.safety);
    let all = wanted.wants(&FIX_ALL)
        && analysed
            .findings
            .iter()
            .filter_map(Finding::preferred)
            .any(safe);
    if quick.is_empty() && !all {
        return Vec::new();
    }
    let making = Making {
        now,
        file: analysed.analysis.file(),
        text: String::from(rope),
    };
    let mut actions = Vec::new();
    if !quick.is_empty() {
        let parts: Vec<_> = analysed.analysis.parts().collect();
        for finding in quick {
            actions.extend(making.quick_fixes(&parts, finding));
        }
        actions.sort_by_key(|action| (action.disabled.is_some(), action.is_preferred.is_none()));
    }
    if all {
        actions.extend(making.fix_all());
    }
    actions
        .into_iter()
        .map(CodeActionOrCommand::CodeAction)
        .collect()
}

struct Making<'a> {
    now: &'a Now<'a>,
    file: &'a Arc<File>,
    text: String,
}

impl Making<'_> {
    fn quick_fixes(&self, parts: &[(usize, Arc<Part>)], finding: &Finding) -> Vec<CodeAction> {
        let view = fix::View {
            file: self.file,
            text: &self.text,
            parts,
        };
        let diagnostic = diagnostics::one(self.now.view, finding);
        let mut preferred = true;
        let mut actions = Vec::new();
        for fix in &finding.fixes {
            let (edit, disabled) = match fix::render(&view, fix) {
                Ok(edits) => (Some(self.edit(edits)), None),
                Err(reason) if self.now.view.support.disabled_actions => {
                    (None, Some(CodeActionDisabled { reason }))
                }
                Err(_) => continue,
            };
            let first = fix.preferred && disabled.is_none() && std::mem::take(&mut preferred);
            actions.push(CodeAction {
                title: title(fix),
                kind: Some(CodeActionKind::QUICKFIX),
                diagnostics: Some(vec![diagnostic.clone()]),
                edit,
                is_preferred: first.then_some(true),
                disabled,
                ..CodeAction::default()
            });
        }
        actions
    }

    /// One action with one edit for the whole document, wherever the cursor is.
    fn fix_all(&self) -> Option<CodeAction> {
        let settings = self.now.settings;
        let fixed = fix::apply::fix(self.file, &self.text, Choice::Safe, |text| {
            let analysis = batch::analyse(&settings.engine, self.now.workspace, self.file, text);
            let parts: Vec<_> = analysis.parts().collect();
            let of = Text {
                file: self.file,
                path: self.now.path,
                text,
                broken: parts.iter().any(|(_, part)| part.broken()),
            };
            Reading {
                findings: settings.settle(&of, analysis.findings()),
                parts,
            }
        });
        let edits = fix::diff::minimal(&self.text, &fixed.text);
        (!edits.is_empty()).then(|| CodeAction {
            title: "Fix all that is safe to fix".into(),
            kind: Some(FIX_ALL),
            edit: Some(self.edit(edits)),
            ..CodeAction::default()
        })
    }

    fn edit(&self, edits: Vec<Edit>) -> WorkspaceEdit {
        let view = self.now.view;
        let edits: Vec<TextEdit> = edits
            .into_iter()
            .map(|edit| convert::text_edit(view.rope, edit, view.support.encoding))
            .collect();
        let uri = view.uri.clone();
        if !view.support.document_changes {
            return WorkspaceEdit::new(HashMap::from([(uri, edits)]));
        }
        WorkspaceEdit {
            document_changes: Some(DocumentChanges::Edits(vec![TextDocumentEdit {
                text_document: OptionalVersionedTextDocumentIdentifier {
                    uri,
                    version: Some(self.now.version),
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
