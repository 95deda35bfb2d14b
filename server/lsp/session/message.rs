//! The messages of the actor.

use std::path::PathBuf;

use serde_json::Value;
use tower_lsp::lsp_types::{ClientInfo, DidChangeTextDocumentParams, TextDocumentItem, Url};

use crate::lsp::commands::Command;
use crate::lsp::index::Found;
use crate::lsp::preferences;
use crate::lsp::project::Member;
use crate::lsp::pull::{Pull, WorkspacePull};
use crate::lsp::support::Support;
use crate::lsp::work::{Done, Request};

/// What the actor is told.
#[derive(Debug)]
pub(in crate::lsp) enum Message {
    Initialize {
        support: Support,
        folders: Vec<PathBuf>,
        program: Option<ClientInfo>,
        /// `initializationOptions`.
        options: Option<Value>,
    },
    Initialized,
    Open(TextDocumentItem),
    Change(DidChangeTextDocumentParams),
    Saved(Url),
    Close(Url),
    /// A change was lost on the way: until its next full text the document is not what the client has. `None`: nobody knows
    /// which document, or whether it was a change.
    Desync(Option<Url>),
    /// The client's settings have changed; those of a client that is not asked for them.
    Settings(Value),
    /// The client's settings, as it was asked for them.
    Asked(preferences::Answer),
    /// Files that changed on disk, as the client saw it.
    OnDisk(Vec<Url>),
    /// Folders that are open now and no longer.
    Folders {
        added: Vec<PathBuf>,
        removed: Vec<PathBuf>,
    },
    Request(Request),
    /// Something that a command needs.
    Command(Command),
    /// A question for the diagnostics of one file, open or not.
    Pull(Url, Pull),
    PullAll(WorkspacePull),
    /// What files show that are not open.
    Found(Found),
    /// A worker gives an analysis back.
    Done(Done),
    /// A file's text is another one: that of an open document, or of a file on disk. `changed`: it may tell the others of
    /// its folder something else than before.
    Told {
        member: Member,
        changed: bool,
    },
}
