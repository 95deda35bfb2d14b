//! A server to talk to, as bytes: one in this process behind two pipes in memory, or the real binary.

use std::io::{Read, Write};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, TrySendError, sync_channel};
use std::thread::JoinHandle;
use std::time::Instant;

use harden::lsp::Options;

use crate::cli::NOWHERE;
use crate::client::DEADLINE;

/// Pieces of input that may wait to be read. A server that stops reading is noticed.
const WAITING: usize = 64;

pub(crate) struct Server {
    input: Option<Input>,
    output: Receiver<Vec<u8>>,
    running: Running,
}

enum Input {
    Here(SyncSender<Vec<u8>>),
    Process(ChildStdin),
}

enum Running {
    Here(JoinHandle<u8>),
    Process(Child),
    Ended(Option<i32>),
}

/// What a server left behind.
pub(crate) struct Took {
    pub(crate) bytes: Vec<u8>,
    pub(crate) code: Option<i32>,
}

impl Server {
    /// A server in this process. When `ahead` frames wait to be received, its writer is stuck.
    pub(crate) fn here(options: Options, ahead: usize) -> Server {
        let (input, inlet) = sync_channel(WAITING);
        let (outlet, output) = sync_channel(ahead);
        let server = move || harden::lsp::serve(Inlet::new(inlet), Outlet(outlet), options);
        Server {
            input: Some(Input::Here(input)),
            output,
            running: Running::Here(std::thread::spawn(server)),
        }
    }

    /// The real binary.
    pub(crate) fn process() -> Server {
        Server::process_with(NOWHERE)
    }

    /// The same, with this folder of caches.
    pub(crate) fn process_with(cache: &str) -> Server {
        Server::spawned(&[("HARDEN_CACHE_DIR", cache)])
    }

    /// The same, which finds programs in these folders.
    pub(crate) fn process_on(path: &str) -> Server {
        Server::spawned(&[("HARDEN_CACHE_DIR", NOWHERE), ("PATH", path)])
    }

    fn spawned(environment: &[(&str, &str)]) -> Server {
        let mut server = Command::new(env!("CARGO_BIN_EXE_harden"))
            .arg("server")
            .envs(environment.iter().copied())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut stdout = server.stdout.take().unwrap();
        let (outlet, output) = sync_channel(1024);
        std::thread::spawn(move || {
            let mut bytes = [0; 64 * 1024];
            while let Ok(length @ 1..) = stdout.read(&mut bytes) {
                if outlet.send(bytes[..length].to_vec()).is_err() {
                    return;
                }
            }
        });
        Server {
            input: server.stdin.take().map(Input::Process),
            output,
            running: Running::Process(server),
        }
    }

    pub(crate) fn is_process(&self) -> bool {
        matches!(self.running, Running::Process(_))
    }

    pub(crate) fn send(&mut self, bytes: Vec<u8>) {
        match self.input.as_mut().unwrap() {
            Input::Process(stdin) => {
                stdin.write_all(&bytes).unwrap();
                stdin.flush().unwrap();
            }
            Input::Here(input) => {
                let end = Instant::now() + DEADLINE;
                let mut bytes = bytes;
                while let Err(error) = input.try_send(bytes) {
                    match error {
                        TrySendError::Full(back) => bytes = back,
                        TrySendError::Disconnected(_) => {
                            panic!("the server does not read any more")
                        }
                    }
                    assert!(Instant::now() < end, "the server does not read");
                    std::thread::yield_now();
                }
            }
        }
    }

    pub(crate) fn receive(&mut self, end: Instant) -> Result<Vec<u8>, RecvTimeoutError> {
        let left = end.saturating_duration_since(Instant::now());
        self.output.recv_timeout(left)
    }

    /// Send nothing any more.
    pub(crate) fn hang_up(&mut self) {
        self.input = None;
    }

    /// Wait for the end.
    pub(crate) fn end(&mut self) -> Took {
        let mut bytes = Vec::new();
        let end = Instant::now() + DEADLINE;
        loop {
            match self.receive(end) {
                Ok(more) => bytes.extend(more),
                Err(RecvTimeoutError::Disconnected) => break,
                Err(RecvTimeoutError::Timeout) => panic!("the server does not end"),
            }
        }
        let code = match std::mem::replace(&mut self.running, Running::Ended(None)) {
            Running::Here(server) => Some(i32::from(server.join().unwrap())),
            Running::Process(mut server) => server.wait().unwrap().code(),
            Running::Ended(code) => code,
        };
        self.running = Running::Ended(code);
        Took { bytes, code }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Running::Process(server) = &mut self.running {
            let _ = server.kill();
            let _ = server.wait();
        }
    }
}

/// The server's end of the input. Each piece that was sent is read by itself.
struct Inlet {
    pieces: Receiver<Vec<u8>>,
    piece: Vec<u8>,
    read: usize,
}

impl Inlet {
    fn new(pieces: Receiver<Vec<u8>>) -> Inlet {
        Inlet {
            pieces,
            piece: Vec::new(),
            read: 0,
        }
    }
}

impl Read for Inlet {
    fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
        while self.read == self.piece.len() {
            let Ok(piece) = self.pieces.recv() else {
                return Ok(0);
            };
            (self.piece, self.read) = (piece, 0);
        }
        let rest = &self.piece[self.read..];
        let length = rest.len().min(into.len());
        into[..length].copy_from_slice(&rest[..length]);
        self.read += length;
        Ok(length)
    }
}

/// The server's end of the output.
struct Outlet(SyncSender<Vec<u8>>);

impl Write for Outlet {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        let gone = |_| std::io::ErrorKind::BrokenPipe.into();
        let sent = self.0.send(bytes.to_vec());
        sent.map_err(gone).map(|()| bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}
