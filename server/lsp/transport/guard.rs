//! The guard around the service: it sees every message in the order in which it was read.

use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};

use tokio::sync::Notify;
use tower_lsp::LspService;
use tower_lsp::jsonrpc::Request;
use tower_service::Service;

use crate::lsp::handlers::Facade;

/// How far the client has got with leaving.
#[derive(Debug, Default)]
pub(super) struct Ending {
    shutdown: AtomicBool,
    exit: Notify,
}

impl Ending {
    pub(super) async fn exited(&self) {
        self.exit.notified().await;
    }
    /// 0 after `shutdown`, else 1, as the specification says.
    pub(super) fn code(&self) -> ExitCode {
        if self.shutdown.load(Ordering::Acquire) {
            ExitCode::SUCCESS
        } else {
            ExitCode::FAILURE
        }
    }
}

pub(super) struct Guard {
    inner: LspService<Facade>,
    ending: Arc<Ending>,
}

impl Guard {
    pub(super) fn new(inner: LspService<Facade>, ending: Arc<Ending>) -> Guard {
        Guard { inner, ending }
    }
}

impl Service<Request> for Guard {
    type Response = <LspService<Facade> as Service<Request>>::Response;
    type Error = <LspService<Facade> as Service<Request>>::Error;
    type Future = <LspService<Facade> as Service<Request>>::Future;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: Request) -> Self::Future {
        match request.method() {
            "shutdown" => self.ending.shutdown.store(true, Ordering::Release),
            // `notify_one` keeps its permit, so it does not matter who comes first.
            "exit" => self.ending.exit.notify_one(),
            _ => {}
        }
        self.inner.call(request)
    }
}
