//! From stdin to the handlers and back: stdin → [`front`] → duplex → tower-lsp → [`guard`] → handlers.
//!
//! All that is peculiar to tower-lsp stays here: it never ends by itself on `exit`, and runs few handlers at once.

mod front;
mod guard;

use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use tower_lsp::{ClientSocket, LspService, Server};

use super::handlers::Facade;
use guard::{Ending, Guard};

/// Handlers only post and await, so many may be under way; with few, queued messages and handlers can block each other.
const CONCURRENCY: usize = 1024;
/// Bytes between the front reader and tower-lsp.
const BUFFER: usize = 64 * 1024;
/// How long answers under way may take once the client has left.
const LAST_WORDS: Duration = Duration::from_millis(500);

/// Serve until `exit` or the end of stdin. The code is 0 if `shutdown` came before, else 1.
pub(super) async fn serve(service: LspService<Facade>, socket: ClientSocket) -> ExitCode {
    let ending = Arc::new(Ending::default());
    let (input, output) = tokio::io::duplex(BUFFER);
    let server = Server::new(output, tokio::io::stdout(), socket)
        .concurrency_level(CONCURRENCY)
        .serve(Guard::new(service, ending.clone()));
    let front = async {
        front::copy(tokio::io::stdin(), input, &ending).await;
        tokio::time::sleep(LAST_WORDS).await;
    };
    tokio::select! {
        () = server => {}
        () = front => {}
    }
    ending.code()
}
