//! The process that started the server: when it is dead, nobody needs an answer any more.

use std::io::{Error, ErrorKind};

use serde_json::Value;
use waitpid_any::WaitHandle;

/// What the system calls a process that is not there.
#[cfg(unix)]
const NONE: i32 = 3;
#[cfg(not(unix))]
const NONE: i32 = 87;

/// Call `dead` when the process that `initialize` names is dead; at once if there is none. What cannot be watched is not: the
/// end of the input says the same in most cases.
pub(super) fn watch(initialize: Option<&Value>, dead: impl FnOnce() + Send + 'static) {
    let id = initialize.and_then(|params| params.get("processId")?.as_i64());
    let Some(id) = id
        .and_then(|id| i32::try_from(id).ok())
        .filter(|id| *id > 0)
    else {
        return;
    };
    match WaitHandle::open(id) {
        Ok(process) => {
            std::thread::spawn(move || {
                if wait(process) {
                    dead();
                }
            });
        }
        Err(error) if error.raw_os_error() == Some(NONE) => dead(),
        Err(error) => unwatched(&error),
    }
}

/// Whether the process has died, as far as can be known.
fn wait(mut process: WaitHandle) -> bool {
    loop {
        match process.wait() {
            Ok(()) => return true,
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => {
                unwatched(&error);
                return false;
            }
        }
    }
}

fn unwatched(error: &Error) {
    eprintln!("harden: the process that started the server cannot be watched: {error}");
}
