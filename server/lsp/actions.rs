//! Code actions: quick fixes at a place, and the one that fixes all that is safe to fix.

use std::collections::HashMap;
use std::sync::Arc;

use harden_engine::batch;
use harden_engine::file::File;
use harden_engine::fix::apply::{Choice, Reading};
use harden_engine::fix::{self, Elsewhere, elsewhere};
use harden_engine::model::Part;
use harden_engine::rule::{Finding, Fix, Safety};
use harden_engine::text::Edit;
use ropey::Rope;
use tower_lsp::lsp_types::{
    CodeAction, CodeActionContext, CodeActionDisabled, CodeActionKind, CodeActionOrCommand,
    CodeActionResponse, CodeActionTriggerKind, CreateFile, CreateFileOptions,
    DocumentChangeOperation, DocumentChanges, OneOf, OptionalVersionedTextDocumentIdentifier,
    Range, ResourceOp, TextDocumentEdit, TextEdit, Url, WorkspaceEdit,
};

use super::convert;
use super::diagnostics::{self, View};
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
            workspace: self.now.workspace,
        };
        let diagnostic = diagnostics::one(self.now.view, finding);
        let mut preferred = true;
        let mut actions = Vec::new();
        for fix in &finding.fixes {
            let (edit, disabled) = match fix::render(&view, fix) {
                Ok(rendered) => match self.edit(rendered.own, &rendered.others) {
                    Ok(edit) => (Some(edit), None),
                    Err(reason) => (None, Some(CodeActionDisabled { reason })),
                },
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
        let fixed = fix::apply::fix(
            self.file,
            self.now.workspace,
            &self.text,
            Choice::Safe,
            |text| {
                let analysis =
                    batch::analyse(&settings.engine, self.now.workspace, self.file, text);
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
            },
        );
        let edits = fix::diff::minimal(&self.text, &fixed.text);
        let path = &self.file.path;
        let others = elsewhere::render(self.now.workspace, path, &fixed.needs).ok()?;
        if edits.is_empty() && others.is_empty() {
            return None;
        }
        Some(CodeAction {
            title: "Fix all that is safe to fix".into(),
            kind: Some(FIX_ALL),
            edit: Some(self.edit(edits, &others).ok()?),
            ..CodeAction::default()
        })
    }

    /// One edit for all files. Fails where the client cannot make files.
    fn edit(&self, own: Vec<Edit>, others: &[Elsewhere]) -> Result<WorkspaceEdit, String> {
        let View {
            uri,
            rope,
            support,
            others: around,
        } = self.now.view;
        let texts = |rope: &Rope, edits: Vec<Edit>| -> Vec<TextEdit> {
            let edits = edits.into_iter();
            edits
                .map(|edit| convert::text_edit(rope, edit, support.encoding))
                .collect()
        };
        let mut changes = vec![Changed {
            uri: uri.clone(),
            version: Some(self.now.version),
            create: false,
            edits: texts(rope, own),
        }];
        for other in others {
            let uri = around.and_then(|around| around.uri(&other.path));
            let before = other.before.as_deref().unwrap_or_default();
            changes.push(Changed {
                uri: uri.ok_or("the file is in no folder of the workspace")?,
                version: None,
                create: other.before.is_none(),
                edits: texts(&Rope::from_str(before), other.edits.clone()),
            });
        }
        changes.retain(|change| change.create || !change.edits.is_empty());
        let creates = changes.iter().any(|change| change.create);
        if creates && !support.creates_files {
            return Err("it makes a file, and this editor cannot do that".into());
        }
        if !support.document_changes {
            let changes = changes.into_iter();
            let changes: HashMap<_, _> = changes.map(|change| (change.uri, change.edits)).collect();
            return Ok(WorkspaceEdit::new(changes));
        }
        let document_changes = if creates {
            let operations = changes.into_iter().flat_map(Changed::operations);
            DocumentChanges::Operations(operations.collect())
        } else {
            DocumentChanges::Edits(changes.into_iter().map(Changed::document_edit).collect())
        };
        Ok(WorkspaceEdit {
            document_changes: Some(document_changes),
            ..WorkspaceEdit::default()
        })
    }
}

/// The edits of one file.
struct Changed {
    uri: Url,
    /// Of an open document whose text was looked at.
    version: Option<i32>,
    create: bool,
    edits: Vec<TextEdit>,
}

impl Changed {
    fn document_edit(self) -> TextDocumentEdit {
        TextDocumentEdit {
            text_document: OptionalVersionedTextDocumentIdentifier {
                uri: self.uri,
                version: self.version,
            },
            edits: self.edits.into_iter().map(OneOf::Left).collect(),
        }
    }

    fn operations(self) -> Vec<DocumentChangeOperation> {
        let create = self.create.then(|| {
            DocumentChangeOperation::Op(ResourceOp::Create(CreateFile {
                uri: self.uri.clone(),
                options: Some(CreateFileOptions {
                    overwrite: Some(false),
                    ignore_if_exists: Some(true),
                }),
                annotation_id: None,
            }))
        });
        let edit = DocumentChangeOperation::Edit(self.document_edit());
        create.into_iter().chain([edit]).collect()
    }
}

fn title(fix: &Fix) -> String {
    match fix.safety {
        Safety::Safe => fix.title.clone(),
        Safety::Unsafe => format!("{} (unsafe)", fix.title),
    }
}
