//! The methods of the protocol. Each posts one message to the actor before anything else, which keeps the client's order.

use serde_json::Value;
use tokio::sync::mpsc::UnboundedSender;
use tokio::sync::oneshot;
use tower_lsp::jsonrpc::{Error, Result};
use tower_lsp::lsp_types::*;
use tower_lsp::{Client, LanguageServer};

use super::actions;
use super::commands;
use super::convert;
use super::pull::{Pull, WorkspacePull};
use super::session::Message;
use super::support::Support;
use super::toml_assist;
use super::work::{Ask, Request};

/// Holds nothing but the ways to the actor and to the client.
pub(super) struct Facade {
    post: UnboundedSender<Message>,
    client: Client,
}

impl Facade {
    pub(super) fn new(post: UnboundedSender<Message>, client: Client) -> Facade {
        Facade { post, client }
    }

    fn post(&self, message: Message) {
        // The actor ends after the transport, so this fails only while the process is going away.
        let _ = self.post.send(message);
    }

    /// An answer that rests on a document; `None` also when its analysis failed or the document is not open.
    async fn ask<T>(&self, uri: Url, ask: impl FnOnce(oneshot::Sender<T>) -> Ask) -> Option<T> {
        let (reply, answer) = oneshot::channel();
        self.post(Message::Request(Request {
            uri,
            ask: ask(reply),
        }));
        answer.await.ok()
    }
}

impl Facade {
    /// The answer to `textDocument/diagnostic`, as JSON: see [`super::transport::RAW_DIAGNOSTIC`].
    pub(super) async fn raw_diagnostic(&self, params: DocumentDiagnosticParams) -> Result<String> {
        let (reply, answer) = oneshot::channel();
        let previous = params.previous_result_id;
        self.post(Message::Pull(
            params.text_document.uri,
            Pull { previous, reply },
        ));
        answer.await.map_err(|_| Error::method_not_found())
    }
}

#[tower_lsp::async_trait]
impl LanguageServer for Facade {
    async fn initialize(&self, params: InitializeParams) -> Result<InitializeResult> {
        let support = Support::read(&params.capabilities);
        let folders = folders(&params);
        self.post(Message::Initialize {
            support,
            folders,
            program: params.client_info,
            options: params.initialization_options,
        });
        Ok(InitializeResult {
            capabilities: capabilities(support),
            server_info: Some(ServerInfo {
                name: "harden".into(),
                version: Some(env!("CARGO_PKG_VERSION").into()),
            }),
        })
    }

    async fn initialized(&self, _: InitializedParams) {
        self.post(Message::Initialized);
    }

    async fn did_open(&self, params: DidOpenTextDocumentParams) {
        self.post(Message::Open(params.text_document));
    }
    async fn did_change(&self, params: DidChangeTextDocumentParams) {
        self.post(Message::Change(params));
    }
    async fn did_save(&self, params: DidSaveTextDocumentParams) {
        self.post(Message::Saved(params.text_document.uri));
    }
    async fn did_close(&self, params: DidCloseTextDocumentParams) {
        self.post(Message::Close(params.text_document.uri));
    }
    async fn did_change_configuration(&self, params: DidChangeConfigurationParams) {
        self.post(Message::Settings(params.settings));
    }
    async fn did_change_watched_files(&self, params: DidChangeWatchedFilesParams) {
        let changed = params.changes.into_iter().map(|change| change.uri);
        self.post(Message::OnDisk(changed.collect()));
    }

    async fn did_change_workspace_folders(&self, params: DidChangeWorkspaceFoldersParams) {
        let paths = |folders: Vec<WorkspaceFolder>| {
            let folders = folders.into_iter();
            folders
                .filter_map(|folder| folder.uri.to_file_path().ok())
                .collect()
        };
        self.post(Message::Folders {
            added: paths(params.event.added),
            removed: paths(params.event.removed),
        });
    }

    async fn workspace_diagnostic(
        &self,
        params: WorkspaceDiagnosticParams,
    ) -> Result<WorkspaceDiagnosticReportResult> {
        let (reply, answer) = oneshot::channel();
        let previous = params.previous_result_ids.into_iter();
        let previous = previous.map(|known| (known.uri, known.value)).collect();
        let token = params.partial_result_params.partial_result_token;
        self.post(Message::PullAll(WorkspacePull::new(previous, token, reply)));
        answer.await.map_err(|_| Error::method_not_found())
    }

    async fn code_action(&self, params: CodeActionParams) -> Result<Option<CodeActionResponse>> {
        let uri = params.text_document.uri;
        Ok(self
            .ask(uri, |reply| Ask::Actions {
                range: params.range,
                wanted: actions::Wanted::read(&params.context),
                reply,
            })
            .await)
    }

    /// Never an error: some clients discard an action whose resolving fails, and then nothing is fixed.
    async fn code_action_resolve(&self, action: CodeAction) -> Result<CodeAction> {
        let Some(uri) = actions::waits_for(&action) else {
            return Ok(action);
        };
        let wanted = Box::new(action.clone());
        let resolved = self.ask(uri, |reply| Ask::Resolve { wanted, reply });
        Ok(resolved.await.unwrap_or(action))
    }

    async fn execute_command(&self, params: ExecuteCommandParams) -> Result<Option<Value>> {
        commands::run(&self.post, &self.client, params).await
    }

    async fn hover(&self, params: HoverParams) -> Result<Option<Hover>> {
        let at = params.text_document_position_params;
        let uri = at.text_document.uri;
        Ok(self
            .ask(uri, |reply| Ask::Hover {
                position: at.position,
                reply,
            })
            .await
            .flatten())
    }

    async fn inlay_hint(&self, params: InlayHintParams) -> Result<Option<Vec<InlayHint>>> {
        let uri = params.text_document.uri;
        Ok(self
            .ask(uri, |reply| Ask::Hints {
                range: params.range,
                reply,
            })
            .await)
    }

    async fn completion(&self, params: CompletionParams) -> Result<Option<CompletionResponse>> {
        let at = params.text_document_position;
        let uri = at.text_document.uri;
        Ok(self
            .ask(uri, |reply| Ask::Complete {
                position: at.position,
                reply,
            })
            .await
            .flatten())
    }

    async fn shutdown(&self) -> Result<()> {
        Ok(())
    }
}

fn capabilities(support: Support) -> ServerCapabilities {
    ServerCapabilities {
        position_encoding: Some(convert::kind(support.encoding)),
        text_document_sync: Some(TextDocumentSyncCapability::Options(
            TextDocumentSyncOptions {
                open_close: Some(true),
                change: Some(TextDocumentSyncKind::INCREMENTAL),
                save: Some(TextDocumentSyncSaveOptions::Supported(true)),
                ..TextDocumentSyncOptions::default()
            },
        )),
        workspace: Some(WorkspaceServerCapabilities {
            workspace_folders: Some(WorkspaceFoldersServerCapabilities {
                supported: Some(true),
                change_notifications: Some(OneOf::Left(true)),
            }),
            file_operations: None,
        }),
        diagnostic_provider: support.pulls.then(|| {
            DiagnosticServerCapabilities::Options(DiagnosticOptions {
                identifier: Some("harden".into()),
                inter_file_dependencies: true,
                workspace_diagnostics: true,
                ..DiagnosticOptions::default()
            })
        }),
        hover_provider: Some(HoverProviderCapability::Simple(true)),
        inlay_hint_provider: Some(OneOf::Left(true)),
        code_action_provider: Some(CodeActionProviderCapability::Options(CodeActionOptions {
            code_action_kinds: Some(actions::kinds()),
            resolve_provider: Some(support.resolves_edits),
            ..CodeActionOptions::default()
        })),
        // A client that can is asked for them in configurations alone.
        completion_provider: (!support.registers.completion).then(|| CompletionOptions {
            trigger_characters: Some(toml_assist::TRIGGERS.map(String::from).to_vec()),
            ..CompletionOptions::default()
        }),
        execute_command_provider: Some(ExecuteCommandOptions {
            commands: commands::names(),
            ..ExecuteCommandOptions::default()
        }),
        ..ServerCapabilities::default()
    }
}

/// The folders that the client has open, old ways of saying so included.
fn folders(params: &InitializeParams) -> Vec<std::path::PathBuf> {
    #[allow(deprecated)]
    let root = params.root_uri.iter();
    match &params.workspace_folders {
        Some(folders) if !folders.is_empty() => folders
            .iter()
            .filter_map(|folder| folder.uri.to_file_path().ok())
            .collect(),
        _ => root.filter_map(|uri| uri.to_file_path().ok()).collect(),
    }
}
