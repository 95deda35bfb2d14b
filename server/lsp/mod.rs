//! The language server: all that knows LSP.
//!
//! Reading order, along the way of a message: [`transport`] (stdin to handlers) → [`handlers`] (one synchronous post to the
//! actor, then an await) → [`session`] (the actor: it owns every document and never waits) → [`document`] → [`work`] (an
//! analysis, and the answers that rest on it, on a worker thread) → [`publish`] (one writer of diagnostics).
//! [`project`] knows the folders as projects, [`closed`] and [`index`] what files show that are not open, [`pull`] and
//! [`refresh`] diagnostics that clients ask for, [`settings`] what the user wants: of `harden.toml`, and of the editor
//! ([`preferences`]).
//! Answers are made by [`diagnostics`], [`actions`], [`commands`] and [`hover`], those about configurations by
//! [`toml_assist`]; [`convert`] is the border between bytes and positions.
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
mod hints;
mod hover;
mod index;
mod preferences;
mod progress;
mod project;
mod publish;
mod pull;
mod refresh;
mod register;
mod session;
mod settings;
mod support;
mod toml_assist;
mod transport;
mod work;

use std::io::{Read, Write};
use std::process::ExitCode;
use std::time::Duration;

use harden_engine::rule::Rule;
use tower_lsp::LspService;

use transport::{RAW_DIAGNOSTIC, Writer};

/// How long the client may take to read what it has been told when the server ends.
const PATIENCE: Duration = Duration::from_millis(50);

/// What a server does otherwise than usual.
#[derive(Debug, Default)]
pub struct Options {
    /// Rules that are asked besides the built-in ones: a way to see what one that fails does to the rest.
    pub rules: Vec<&'static Rule>,
}

/// Serve one client over stdin and stdout until it says `exit` or goes away.
pub fn run() -> ExitCode {
    serve(std::io::stdin(), output(), Options::default()).into()
}

/// The standard output without the line buffer of the standard library, which makes two writes of one frame.
fn output() -> Box<dyn Write + Send> {
    #[cfg(unix)]
    if let Ok(own) = std::os::fd::AsFd::as_fd(&std::io::stdout()).try_clone_to_owned() {
        return Box::new(std::fs::File::from(own));
    }
    Box::new(std::io::stdout())
}

/// Serve one client until it says `exit` or goes away. The exit code is 0 if it said `shutdown` before, else 1.
///
/// The threads that read and write may be blocked in doing so when this returns.
pub fn serve(
    input: impl Read + Send + 'static,
    output: impl Write + Send + 'static,
    options: Options,
) -> u8 {
    let runtime = match tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
    {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("harden: cannot start the runtime: {error}");
            return 2;
        }
    };
    let writer = Writer::start(output);
    let code = runtime.block_on(async {
        let (post, inbox) = tokio::sync::mpsc::unbounded_channel();
        let (service, socket) = LspService::build(|client| {
            let session =
                session::run(inbox, post.clone(), client.clone(), writer.clone(), options);
            tokio::spawn(session);
            handlers::Facade::new(post.clone(), client)
        })
        .custom_method(RAW_DIAGNOSTIC, handlers::Facade::raw_diagnostic)
        .finish();
        transport::serve(input, writer.clone(), service, socket, post).await
    });
    writer.close(PATIENCE);
    // An analysis may still be running: it must not hold the process.
    runtime.shutdown_background();
    code
}
