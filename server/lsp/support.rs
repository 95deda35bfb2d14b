//! What the client says it can take.

use harden_engine::text::Encoding;
use tower_lsp::lsp_types::{
    ClientCapabilities, MarkupKind, PositionEncodingKind, ResourceOperationKind,
};

/// The parts of the client's capabilities that change what it is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Support {
    pub(super) encoding: Encoding,
    pub(super) document_changes: bool,
    /// An edit may make files.
    pub(super) creates_files: bool,
    pub(super) disabled_actions: bool,
    /// An edit may say why it is made, and that it is to be looked at first.
    pub(super) change_annotations: bool,
    /// The edit of an action may come when the action is chosen.
    pub(super) resolves_edits: bool,
    /// The client makes edits that it is sent unasked.
    pub(super) applies_edits: bool,
    /// The client opens an address in a browser.
    pub(super) shows_documents: bool,
    pub(super) related_information: bool,
    pub(super) code_description: bool,
    pub(super) diagnostic_data: bool,
    pub(super) markdown: bool,
    /// The client watches files that it is asked to watch.
    pub(super) watching: bool,
    /// The client asks for diagnostics, and asks again when it is told to: nothing is sent unasked.
    pub(super) pulls: bool,
    /// The client shows how far long work has got.
    pub(super) progress: bool,
    pub(super) registers: Registers,
    /// The client takes text with a place for the cursor in it.
    pub(super) snippets: bool,
    /// The client tells its settings when it is asked.
    pub(super) configuration: bool,
    /// The client says when its settings change, where it is asked to.
    pub(super) configuration_changes: bool,
}

/// What the client lets servers register for more documents.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Registers {
    pub(super) sync: bool,
    pub(super) actions: bool,
    pub(super) hover: bool,
    pub(super) diagnostics: bool,
    pub(super) completion: bool,
}

impl Support {
    pub(super) fn read(client: &ClientCapabilities) -> Support {
        let text = client.text_document.as_ref();
        let publish = text.and_then(|text| text.publish_diagnostics.as_ref());
        let edit = client
            .workspace
            .as_ref()
            .and_then(|workspace| workspace.workspace_edit.as_ref());
        let action = text.and_then(|text| text.code_action.as_ref());
        let workspace = client.workspace.as_ref();
        let window = client.window.as_ref();
        let hover = text.and_then(|text| text.hover.as_ref());
        let watching = client
            .workspace
            .as_ref()
            .and_then(|workspace| workspace.did_change_watched_files.as_ref());
        Support {
            encoding: encoding(client),
            document_changes: edit.and_then(|edit| edit.document_changes) == Some(true),
            creates_files: edit.is_some_and(|edit| {
                let kinds = edit.resource_operations.as_deref().unwrap_or_default();
                edit.document_changes == Some(true)
                    && kinds.contains(&ResourceOperationKind::Create)
            }),
            disabled_actions: action.and_then(|action| action.disabled_support) == Some(true),
            change_annotations: edit.is_some_and(|edit| {
                edit.document_changes == Some(true) && edit.change_annotation_support.is_some()
            }),
            resolves_edits: action.is_some_and(|action| {
                let resolves = action.resolve_support.as_ref();
                action.data_support == Some(true)
                    && resolves.is_some_and(|lazy| lazy.properties.iter().any(|p| p == "edit"))
            }),
            applies_edits: workspace.and_then(|workspace| workspace.apply_edit) == Some(true),
            shows_documents: window
                .and_then(|window| window.show_document.as_ref())
                .is_some_and(|show| show.support),
            related_information: publish.and_then(|publish| publish.related_information)
                == Some(true),
            code_description: publish.and_then(|publish| publish.code_description_support)
                == Some(true),
            diagnostic_data: publish.and_then(|publish| publish.data_support) == Some(true),
            markdown: hover
                .and_then(|hover| hover.content_format.as_ref())
                .is_none_or(|formats| formats.contains(&MarkupKind::Markdown)),
            watching: watching.and_then(|watching| watching.dynamic_registration) == Some(true),
            pulls: text.is_some_and(|text| text.diagnostic.is_some())
                && client
                    .workspace
                    .as_ref()
                    .and_then(|workspace| workspace.diagnostic.as_ref()?.refresh_support)
                    == Some(true),
            progress: client
                .window
                .as_ref()
                .and_then(|window| window.work_done_progress)
                == Some(true),
            snippets: text
                .and_then(|text| text.completion.as_ref()?.completion_item.as_ref())
                .and_then(|item| item.snippet_support)
                == Some(true),
            configuration: client
                .workspace
                .as_ref()
                .and_then(|workspace| workspace.configuration)
                == Some(true),
            configuration_changes: client
                .workspace
                .as_ref()
                .and_then(|workspace| workspace.did_change_configuration?.dynamic_registration)
                == Some(true),
            registers: Registers::read(client),
        }
    }
}

impl Registers {
    fn read(client: &ClientCapabilities) -> Registers {
        let text = client.text_document.as_ref();
        Registers {
            sync: text.and_then(|text| text.synchronization.as_ref()?.dynamic_registration)
                == Some(true),
            actions: text.and_then(|text| text.code_action.as_ref()?.dynamic_registration)
                == Some(true),
            hover: text.and_then(|text| text.hover.as_ref()?.dynamic_registration) == Some(true),
            completion: text.and_then(|text| text.completion.as_ref()?.dynamic_registration)
                == Some(true),
            diagnostics: text.and_then(|text| text.diagnostic.as_ref()?.dynamic_registration)
                == Some(true),
        }
    }
}

/// UTF-8 where it is offered, since texts are kept so; UTF-16, which every client must take, where nothing is.
fn encoding(client: &ClientCapabilities) -> Encoding {
    let offered = client
        .general
        .as_ref()
        .and_then(|general| general.position_encodings.as_deref())
        .unwrap_or_default();
    [
        (PositionEncodingKind::UTF8, Encoding::Utf8),
        (PositionEncodingKind::UTF32, Encoding::Utf32),
    ]
    .into_iter()
    .find(|(kind, _)| offered.contains(kind))
    .map_or(Encoding::Utf16, |(_, encoding)| encoding)
}
