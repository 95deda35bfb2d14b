//! The language server: all that knows LSP.
//!
//! Reading order, along the way of a message: [`transport`] (stdin to handlers) → [`handlers`] (one synchronous post to the
//! actor, then an await) → [`session`] (the actor: it owns every document and never waits) → [`document`] → [`work`] (an
//! analysis, and the answers that rest on it, on a worker thread) → [`publish`] (one writer of diagnostics).
//! [`project`] knows what the files that are not open say.
//! Answers are made by [`diagnostics`], [`actions`], [`commands`] and [`hover`]; [`convert`] is the border between bytes and positions.
//!
//! Invariants: handlers hold no state and await nothing before they have posted; what is shown was computed from the text
//! that the client has now; no document text is written to the log.

mod actions;
mod classify;
mod closed;
mod commands;
mod convert;
mod diagnostics;
mod document;
mod handlers;
mod hover;
mod index;
mod progress;
mod project;
mod publish;
mod pull;
mod refresh;
mod register;
mod session;
mod settings;
mod support;
mod transport;
mod work;

use std::process::ExitCode;

use tower_lsp::LspService;

/// Serve one client over stdin and stdout until it says `exit` or goes away.
pub fn run() -> ExitCode {
    let runtime = match tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
    {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("harden: cannot start the runtime: {error}");
            return ExitCode::from(2);
        }
    };
    let code = runtime.block_on(async {
        let (post, inbox) = tokio::sync::mpsc::unbounded_channel();
        let (service, socket) = LspService::new(|client| {
            tokio::spawn(session::run(inbox, post.clone(), client.clone()));
            handlers::Facade::new(post, client)
        });
        transport::serve(service, socket).await
    });
    // A thread may still be blocked in reading stdin: it must not hold the process.
    runtime.shutdown_background();
    code
}
