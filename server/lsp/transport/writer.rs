//! The one writer: it alone owns the output, and puts whole frames on it.
//!
//! Nobody ever waits for it. Of the diagnostics of a document only the last wait, so that a client that does not read costs
//! no more memory than there are documents; all else that waits are answers to what that client has asked.

use std::collections::{HashMap, VecDeque};
use std::io::Write;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde::Serialize;
use serde_json::json;
use tokio::sync::Notify;
use tower_lsp::lsp_types::Url;

use crate::lsp::publish::Shown;

/// The way to the writer.
#[derive(Debug, Clone)]
pub(in crate::lsp) struct Writer(Arc<Shared>);

#[derive(Debug, Default)]
struct Shared {
    queue: Mutex<Queue>,
    /// There is something to do, or nothing will come any more.
    work: Condvar,
    /// Everything has been written, or nothing can be.
    idle: Condvar,
    gone: Notify,
}

#[derive(Debug, Default)]
struct Queue {
    frames: VecDeque<Frame>,
    /// What is shown of the documents that have a frame in the queue.
    shown: HashMap<Url, Shown>,
    writing: bool,
    state: State,
}

#[derive(Debug)]
enum Frame {
    Whole(String),
    Publication(Url),
}

#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum State {
    #[default]
    Open,
    /// What waits is written, and then the output is closed.
    Closed,
    Broken,
}

impl Writer {
    /// Start the thread. It ends when the output breaks or [`Writer::close`] is called.
    pub(in crate::lsp) fn start(output: impl Write + Send + 'static) -> Writer {
        let writer = Writer(Arc::default());
        let shared = writer.0.clone();
        std::thread::spawn(move || shared.run(output));
        writer
    }

    /// What stands last is what the client has to show, so a publication takes the place of one that still waits.
    pub(in crate::lsp) fn publish(&self, shown: Shown) {
        let mut queue = self.0.lock();
        if queue.state != State::Open {
            return;
        }
        let uri = shown.uri.clone();
        if queue.shown.insert(uri.clone(), shown).is_none() {
            self.0.push(queue, Frame::Publication(uri));
        }
    }

    /// Send a notification, before everything that is sent later.
    pub(in crate::lsp) fn notify(&self, method: &str, params: &impl Serialize) {
        self.send(&json!({"jsonrpc": "2.0", "method": method, "params": params}));
    }

    pub(super) fn send_body(&self, body: String) {
        self.0.push(self.0.lock(), Frame::Whole(body));
    }

    pub(super) fn send(&self, message: &impl Serialize) {
        match serde_json::to_string(message) {
            Ok(body) => self.send_body(body),
            Err(error) => eprintln!("harden: a message cannot be written: {error}"),
        }
    }

    /// Nobody is there to read what is written.
    pub(super) fn give_up(&self) {
        self.0.gone.notify_one();
    }

    /// Resolves when there is nobody to write for.
    pub(super) async fn gone(&self) {
        self.0.gone.notified().await;
    }

    /// Close the output once everything is on it; a client that does not read is waited for no longer than this.
    pub(in crate::lsp) fn close(&self, patience: Duration) {
        let mut queue = self.0.lock();
        if queue.state == State::Open {
            queue.state = State::Closed;
        }
        self.0.work.notify_all();
        let busy = |queue: &mut Queue| {
            queue.state != State::Broken && (queue.writing || !queue.frames.is_empty())
        };
        // Whether it was enough or not, the process ends now.
        let _ = self.0.idle.wait_timeout_while(queue, patience, busy);
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn push(&self, mut queue: MutexGuard<'_, Queue>, frame: Frame) {
        if queue.state == State::Open {
            queue.frames.push_back(frame);
            self.work.notify_all();
        }
    }

    fn run(&self, mut output: impl Write) {
        let mut bytes = Vec::new();
        while let Some(body) = self.next() {
            bytes.clear();
            // One write for one frame: a client that is woken finds all of it.
            let written = write!(bytes, "Content-Length: {}\r\n\r\n{body}", body.len())
                .and_then(|()| output.write_all(&bytes))
                .and_then(|()| output.flush());
            bytes.shrink_to(64 * 1024);
            if let Err(error) = written {
                eprintln!("harden: the client does not take what it is told: {error}");
                let mut queue = self.lock();
                *queue = Queue::default();
                queue.state = State::Broken;
                drop(queue);
                self.gone.notify_one();
                break;
            }
        }
        self.idle.notify_all();
    }

    /// The next body, when there is one. What was given out before counts as written now.
    fn next(&self) -> Option<String> {
        let mut queue = self.lock();
        loop {
            queue.writing = false;
            if let Some(frame) = queue.frames.pop_front() {
                queue.writing = true;
                let shown = match frame {
                    Frame::Whole(body) => return Some(body),
                    Frame::Publication(uri) => queue.shown.remove(&uri),
                };
                drop(queue);
                match shown {
                    Some(shown) => return Some(shown.body()),
                    // Never: they come and go together.
                    None => queue = self.lock(),
                }
                continue;
            }
            self.idle.notify_all();
            if queue.state != State::Open {
                return None;
            }
            queue = self
                .work
                .wait(queue)
                .unwrap_or_else(PoisonError::into_inner);
        }
    }
}
