//! The front reader: what comes in on stdin, until it ends or the client has said `exit`.

use tokio::io::{AsyncRead, AsyncWrite};

use super::guard::Ending;

/// Hand bytes on; dropping `output` at the end tells the server that no more will come.
pub(super) async fn copy(
    mut input: impl AsyncRead + Unpin,
    mut output: impl AsyncWrite + Unpin,
    ending: &Ending,
) {
    tokio::select! {
        _ = tokio::io::copy(&mut input, &mut output) => {}
        () = ending.exited() => {}
    }
}
