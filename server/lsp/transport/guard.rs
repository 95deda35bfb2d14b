//! The guard around the service. It sees every message in the order in which it was read, and cures what tower-lsp does with
//! them: each request is answered exactly once, whatever becomes of its handler, and none is without a way to be cancelled.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use dashmap::DashMap;
use dashmap::mapref::entry::Entry;
use futures_util::future::{BoxFuture, FutureExt};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use tokio::sync::mpsc::UnboundedSender;
use tokio::sync::oneshot;
use tower_lsp::jsonrpc::{Error, Id, Request, Response};
use tower_lsp::lsp_types::{
    CancelParams, DidChangeTextDocumentParams, DidChangeWatchedFilesParams,
    DidChangeWorkspaceFoldersParams, DidCloseTextDocumentParams, DidOpenTextDocumentParams,
    DidSaveTextDocumentParams, Url,
};
use tower_service::Service;

use super::tidy::{RAW_DIAGNOSTIC, tidy};
use crate::lsp::session::Message;

/// What a message comes to; `None` for a notification.
pub(super) type Answer = BoxFuture<'static, Option<Reply>>;

/// An answer to the client.
#[derive(Debug)]
pub(super) enum Reply {
    Made(Response),
    /// A result that is JSON already.
    Raw(Id, String),
}

impl Reply {
    fn read(response: Response) -> Reply {
        match response.into_parts() {
            (id, Ok(Value::String(json))) => Reply::Raw(id, json),
            (id, body) => Reply::Made(Response::from_parts(id, body)),
        }
    }

    pub(super) fn body(&self) -> String {
        // Never fails: an answer is made of values, and an id is one.
        match self {
            Reply::Made(response) => serde_json::to_string(response).unwrap_or_default(),
            Reply::Raw(id, json) => {
                let id = serde_json::to_string(id).unwrap_or_default();
                format!(r#"{{"jsonrpc":"2.0","id":{id},"result":{json}}}"#)
            }
        }
    }
}

/// tower-lsp's service, or what a test puts in its place.
pub(super) trait Inner: Service<Request, Response = Option<Response>> {}
impl<S: Service<Request, Response = Option<Response>>> Inner for S {}

pub(super) struct Guard<S> {
    inner: S,
    post: UnboundedSender<Message>,
    /// The requests under way. Sending cancels, and whoever takes an entry out is the one who answers.
    pending: Arc<DashMap<Id, oneshot::Sender<()>>>,
    stage: Stage,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    Fresh,
    Greeted,
    ShutDown,
}

impl<S: Inner> Guard<S>
where
    S::Future: Send + 'static,
{
    pub(super) fn new(inner: S, post: UnboundedSender<Message>) -> Guard<S> {
        Guard {
            inner,
            post,
            pending: Arc::default(),
            stage: Stage::Fresh,
        }
    }

    /// Whether the client has said `shutdown` when it could.
    pub(super) fn shut_down(&self) -> bool {
        self.stage == Stage::ShutDown
    }

    /// A change has been lost before it could be read.
    pub(super) fn desync(&self, uri: Option<Url>) {
        // Fails only while the process is going away.
        let _ = self.post.send(Message::Desync(uri));
    }

    /// Give a message to its handler. The answer must be polled once before the next message is given: then its handler has
    /// told the actor what it has to tell.
    pub(super) fn call(&mut self, request: Request) -> Answer {
        let request = tidy(request);
        let Some(id) = request.id().cloned() else {
            self.notified(&request);
            return caught(&mut self.inner, request).map(|_| None).boxed();
        };
        match (request.method(), self.stage) {
            ("initialize", Stage::Fresh) => self.stage = Stage::Greeted,
            ("shutdown", Stage::Greeted) => self.stage = Stage::ShutDown,
            _ => return self.cancellable(id, request),
        }
        // Not to be cancelled: they change what tower-lsp takes.
        let answer = caught(&mut self.inner, request);
        async move { Some(Reply::Made(settled(answer.await, id))) }.boxed()
    }

    fn cancellable(&mut self, id: Id, request: Request) -> Answer {
        let (cancel, cancelled) = oneshot::channel();
        match self.pending.entry(id.clone()) {
            Entry::Occupied(_) => {
                let mut error = Error::invalid_request();
                error.message = "another request with this id is under way".into();
                return async { Some(Reply::Made(Response::from_error(id, error))) }.boxed();
            }
            Entry::Vacant(entry) => entry.insert(cancel),
        };
        let pending = self.pending.clone();
        let raw = request.method() == RAW_DIAGNOSTIC;
        let answer = caught(&mut self.inner, request);
        async move {
            let answer = tokio::select! {
                biased;
                _ = cancelled => Response::from_error(id, Error::request_cancelled()),
                answer = answer => {
                    pending.remove(&id);
                    settled(answer, id)
                }
            };
            Some(if raw {
                Reply::read(answer)
            } else {
                Reply::Made(answer)
            })
        }
        .boxed()
    }

    fn notified(&mut self, request: &Request) {
        let params = request.params().unwrap_or(&Value::Null);
        match request.method() {
            "$/cancelRequest" => self.cancel(params),
            // tower-lsp drops silently what it cannot read.
            "textDocument/didChange" if !reads::<DidChangeTextDocumentParams>(params) => {
                eprintln!("harden: a change of a document cannot be understood");
                self.desync(address(params));
            }
            method if !understood(method, params) => {
                eprintln!("harden: the parameters of {method} cannot be understood");
            }
            _ => {}
        }
    }

    fn cancel(&mut self, params: &Value) {
        let Ok(CancelParams { id }) = CancelParams::deserialize(params) else {
            return;
        };
        // One that has been answered, or never came, is nobody's loss.
        if let Some((_, cancel)) = self.pending.remove(&Id::from(id)) {
            let _ = cancel.send(());
        }
    }
}

fn reads<T: DeserializeOwned>(params: &Value) -> bool {
    T::deserialize(params).is_ok()
}

/// Whether tower-lsp can read the parameters of a notification that matters.
fn understood(method: &str, params: &Value) -> bool {
    match method {
        "textDocument/didOpen" => reads::<DidOpenTextDocumentParams>(params),
        "textDocument/didClose" => reads::<DidCloseTextDocumentParams>(params),
        "textDocument/didSave" => reads::<DidSaveTextDocumentParams>(params),
        "workspace/didChangeWatchedFiles" => reads::<DidChangeWatchedFilesParams>(params),
        "workspace/didChangeWorkspaceFolders" => reads::<DidChangeWorkspaceFoldersParams>(params),
        _ => true,
    }
}

/// The document that a message is about, as far as it can be read.
pub(super) fn address(params: &Value) -> Option<Url> {
    let uri = params.get("textDocument")?.get("uri")?.as_str()?;
    Url::parse(uri).ok()
}

/// The service's answer; an error if its handler panics, at once or later.
fn caught<S: Inner>(
    inner: &mut S,
    request: Request,
) -> BoxFuture<'static, Result<Option<Response>, Error>>
where
    S::Future: Send + 'static,
{
    let answer = catch_unwind(AssertUnwindSafe(|| inner.call(request)));
    async move {
        let answer = answer.map_err(|_| Error::internal_error())?;
        match AssertUnwindSafe(answer).catch_unwind().await {
            Ok(Ok(answer)) => Ok(answer),
            Ok(Err(_)) | Err(_) => Err(Error::internal_error()),
        }
    }
    .boxed()
}

/// Every request has an answer. tower-lsp has none for what begins with `$/`.
fn settled(answer: Result<Option<Response>, Error>, id: Id) -> Response {
    match answer {
        Ok(Some(response)) => response,
        Ok(None) => Response::from_error(id, Error::method_not_found()),
        Err(error) => Response::from_error(id, error),
    }
}
