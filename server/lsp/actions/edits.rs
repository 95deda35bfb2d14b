//! Edits of files, as the client takes them: with versions and reasons where it declares that, plain elsewhere.

use std::collections::HashMap;

use harden_engine::fix::Elsewhere;
use harden_engine::text::Edit;
use ropey::Rope;
use tower_lsp::lsp_types::{
    AnnotatedTextEdit, ChangeAnnotation, CreateFile, CreateFileOptions, DocumentChangeOperation,
    DocumentChanges, OneOf, OptionalVersionedTextDocumentIdentifier, ResourceOp, TextDocumentEdit,
    TextEdit, Url, WorkspaceEdit,
};

use crate::lsp::convert;
use crate::lsp::support::Support;
use crate::lsp::work::Now;

/// The edits of one file.
#[derive(Debug)]
pub(in crate::lsp) struct Change {
    pub(in crate::lsp) uri: Url,
    /// Of an open document whose text was looked at.
    pub(in crate::lsp) version: Option<i32>,
    pub(in crate::lsp) create: bool,
    pub(in crate::lsp) edits: Vec<TextEdit>,
    pub(in crate::lsp) why: Why,
}

/// Why a file is changed, as a client shows it that can.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::lsp) enum Why {
    /// It is what the user is looking at.
    Asked,
    /// All files were to be fixed.
    Fixed,
    /// The fix of another file needs it.
    Needed,
}

impl Why {
    /// The name of the reason, where there is one to be told.
    fn id(self) -> Option<String> {
        let id = match self {
            Why::Asked => return None,
            Why::Fixed => "fixed",
            Why::Needed => "elsewhere",
        };
        Some(id.into())
    }

    fn annotation(self) -> Option<(String, ChangeAnnotation)> {
        let (label, description) = match self {
            Why::Asked => return None,
            Why::Fixed => ("Safe fixes", "Of what was found in the file itself"),
            Why::Needed => ("Changes to other files", "What a fix needs there"),
        };
        let annotation = ChangeAnnotation {
            label: label.into(),
            // The user has chosen the fix. Visual Studio Code would leave this half of it unticked, and apply the other.
            needs_confirmation: Some(false),
            description: Some(description.into()),
        };
        Some((self.id()?, annotation))
    }
}

impl Change {
    pub(in crate::lsp) fn new(
        uri: Url,
        version: Option<i32>,
        text: &Rope,
        edits: Vec<Edit>,
        support: Support,
    ) -> Change {
        let edits = edits.into_iter();
        Change {
            uri,
            version,
            create: false,
            edits: edits
                .map(|edit| convert::text_edit(text, edit, support.encoding))
                .collect(),
            why: Why::Asked,
        }
    }

    fn document_edit(self, reasons: bool) -> TextDocumentEdit {
        let reason = self.why.id().filter(|_| reasons);
        let edit = |text_edit| match reason.clone() {
            Some(annotation_id) => OneOf::Right(AnnotatedTextEdit {
                text_edit,
                annotation_id,
            }),
            None => OneOf::Left(text_edit),
        };
        TextDocumentEdit {
            text_document: OptionalVersionedTextDocumentIdentifier {
                uri: self.uri,
                version: self.version,
            },
            edits: self.edits.into_iter().map(edit).collect(),
        }
    }

    fn operations(self, reasons: bool) -> Vec<DocumentChangeOperation> {
        let create = self.create.then(|| {
            DocumentChangeOperation::Op(ResourceOp::Create(CreateFile {
                uri: self.uri.clone(),
                options: Some(CreateFileOptions {
                    overwrite: Some(false),
                    ignore_if_exists: Some(true),
                }),
                annotation_id: self.why.id().filter(|_| reasons),
            }))
        });
        let edit = DocumentChangeOperation::Edit(self.document_edit(reasons));
        create.into_iter().chain([edit]).collect()
    }
}

/// One edit for all files, or the reason why this client cannot make it.
pub(in crate::lsp) fn together(
    support: Support,
    mut changes: Vec<Change>,
) -> Result<WorkspaceEdit, String> {
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
    let whys = changes.iter().map(|change| change.why);
    let whys: HashMap<_, _> = whys.filter_map(Why::annotation).collect();
    let reasons = support.change_annotations && changes.len() > 1 && !whys.is_empty();
    let document_changes = if creates {
        let operations = changes.into_iter();
        let operations = operations.flat_map(|change| change.operations(reasons));
        DocumentChanges::Operations(operations.collect())
    } else {
        let edits = changes.into_iter();
        DocumentChanges::Edits(edits.map(|change| change.document_edit(reasons)).collect())
    };
    Ok(WorkspaceEdit {
        document_changes: Some(document_changes),
        change_annotations: reasons.then_some(whys),
        ..WorkspaceEdit::default()
    })
}

/// Edits of the document that was asked about, and of others, as one.
pub(super) fn with_others(
    now: &Now,
    own: Vec<Edit>,
    others: &[Elsewhere],
) -> Result<WorkspaceEdit, String> {
    let view = now.view;
    let (uri, version) = (view.uri.clone(), Some(now.version));
    let mut changes = vec![Change::new(uri, version, view.rope, own, view.support)];
    for other in others {
        let uri = view.others.and_then(|around| around.uri(&other.path));
        let uri = uri.ok_or("the file is in no folder of the workspace")?;
        let before = Rope::from_str(other.before.as_deref().unwrap_or_default());
        changes.push(Change {
            create: other.before.is_none(),
            why: Why::Needed,
            ..Change::new(uri, None, &before, other.edits.clone(), view.support)
        });
    }
    together(view.support, changes)
}
