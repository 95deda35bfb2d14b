//! The actor: it owns every document, takes messages in the client's order, and never waits for anything else.

use std::collections::{HashMap, HashSet};
use std::path::PathBuf;
use std::sync::Arc;

use harden_engine::project::Workspace;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender};
use tower_lsp::Client;
use tower_lsp::lsp_types::{
    ClientCapabilities, ClientInfo, Diagnostic, DidChangeTextDocumentParams, TextDocumentItem, Url,
};

use super::classify::place;
use super::commands::{Command, Facts};
use super::document::Document;
use super::project::{Member, Projects};
use super::publish::{self, Shown};
use super::settings::Book;
use super::support::Support;
use super::work::{self, Done, Request};

/// What the actor is told.
#[derive(Debug)]
pub(super) enum Message {
    Initialize {
        support: Support,
        folders: Vec<PathBuf>,
        program: Option<ClientInfo>,
    },
    Initialized,
    Open(TextDocumentItem),
    Change(DidChangeTextDocumentParams),
    Saved(Url),
    Close(Url),
    /// Files that changed on disk, as the client saw it.
    OnDisk(Vec<Url>),
    Request(Request),
    /// Something that a command needs.
    Command(Command),
    /// A worker gives an analysis back.
    Done(Done),
    /// A file's text is another one: that of an open document, or of a file on disk. `changed`: it may tell the others of
    /// its folder something else than before.
    Told {
        member: Member,
        changed: bool,
    },
}

/// Messages taken before work starts: a burst of edits costs one analysis, an endless one still gets its turn.
const DRAIN: usize = 1024;

/// Run the actor until nobody can send to it.
pub(super) async fn run(
    mut inbox: UnboundedReceiver<Message>,
    post: UnboundedSender<Message>,
    client: Client,
) {
    let mut session = Session {
        post,
        publisher: publish::start(client.clone()),
        client,
        support: Support::read(&ClientCapabilities::default()),
        folders: Vec::new(),
        program: None,
        settings: Book::new(),
        problems: HashMap::new(),
        documents: HashMap::new(),
        projects: Projects::default(),
        epoch: 0,
        running: 0,
        workers: std::thread::available_parallelism().map_or(2, |cores| cores.get().max(2)),
    };
    let mut messages = Vec::new();
    while inbox.recv_many(&mut messages, DRAIN).await > 0 {
        for message in messages.drain(..) {
            session.take(message);
        }
        session.start_work();
    }
}

/// Let the project look again at a file's text.
fn tell(workspace: Arc<Workspace>, member: Member, post: UnboundedSender<Message>) {
    tokio::task::spawn_blocking(move || {
        let changed = workspace.changed(&member.path);
        // Fails only while the process is going away.
        let _ = post.send(Message::Told { member, changed });
    });
}

struct Session {
    post: UnboundedSender<Message>,
    client: Client,
    publisher: UnboundedSender<Shown>,
    support: Support,
    folders: Vec<PathBuf>,
    program: Option<ClientInfo>,
    settings: Book,
    /// What is wrong with configuration files, open or not.
    problems: HashMap<Url, Vec<Diagnostic>>,
    documents: HashMap<Url, Document>,
    projects: Projects,
    epoch: u64,
    running: usize,
    workers: usize,
}

impl Session {
    fn take(&mut self, message: Message) {
        match message {
            Message::Initialize {
                support,
                folders,
                program,
            } => {
                self.support = support;
                self.folders = folders;
                self.program = program;
            }
            Message::Initialized if self.support.watching => publish::watch(self.client.clone()),
            Message::Initialized => {}
            Message::Open(item) => self.open(item),
            Message::Change(params) => self.change(params),
            Message::Saved(uri) => self.on_disk(&[uri]),
            Message::Close(uri) => self.close(uri),
            Message::OnDisk(uris) => self.on_disk(&uris),
            Message::Request(request) => {
                // A request about a document that is not open is answered by its reply being dropped.
                if let Some(document) = self.documents.get_mut(&request.uri) {
                    document.ask(request.ask);
                }
            }
            Message::Command(command) => self.command(command),
            Message::Done(done) => self.done(done),
            Message::Told { member, changed } => self.ask_again(&member, changed),
        }
    }

    fn open(&mut self, item: TextDocumentItem) {
        let settings = self.settings.of(place(&item.uri).as_deref());
        let epoch = self.next_epoch();
        let uri = item.uri.clone();
        let opened = Document::open(item, &self.folders, settings, epoch);
        self.hold(&opened);
        self.documents.insert(uri, opened);
        self.show_problems();
    }

    fn change(&mut self, params: DidChangeTextDocumentParams) {
        let epoch = self.next_epoch();
        let id = params.text_document;
        let Some(document) = self.documents.get_mut(&id.uri) else {
            eprintln!("harden: a change to a document that is not open was ignored");
            return;
        };
        let changes = params.content_changes;
        document.change(id.version, changes, self.support.encoding, epoch);
        if let Some(member) = document.member() {
            self.projects.hold(member, document.rope().clone());
        }
    }

    fn hold(&mut self, document: &Document) {
        if let Some(member) = document.member() {
            self.projects.hold(member, document.rope().clone());
        }
    }

    fn close(&mut self, uri: Url) {
        if let Some(document) = self.documents.remove(&uri) {
            if let Some(member) = document.member() {
                self.read_again(member.clone());
            }
            self.show(uri, None, Vec::new());
        }
    }

    fn on_disk(&mut self, uris: &[Url]) {
        let configuration = |uri: &Url| {
            uri.path().ends_with("/harden.toml") || uri.path().ends_with("/pyproject.toml")
        };
        if uris.iter().any(configuration) {
            self.configure();
        }
        for uri in uris {
            let epoch = self.next_epoch();
            if let Some(document) = self.documents.get_mut(uri) {
                document.reclassify(epoch);
            } else if let Some(path) = place(uri)
                && let Some(member) = Member::new(&path, &self.folders)
            {
                self.read_again(member);
            }
        }
    }

    /// A file that is not open counts as it is on disk.
    fn read_again(&mut self, member: Member) {
        self.projects.release(&member);
        let workspace = self.projects.of(Some(&member));
        tell(workspace, member, self.post.clone());
    }

    /// Documents of the folder look whether what they were told still holds. Those that point into the file have to look
    /// even if it tells the same: it may be at another place.
    fn ask_again(&mut self, told: &Member, changed: bool) {
        let others = |document: &&mut Document| {
            let member = document.member();
            member.is_some_and(|member| member.folder == told.folder)
                && (changed || document.points_into(&told.path))
        };
        self.documents
            .values_mut()
            .filter(others)
            .for_each(Document::ask_again);
    }

    /// Read the configuration anew for every document.
    fn configure(&mut self) {
        self.settings = Book::new();
        let documents: Vec<Url> = self.documents.keys().cloned().collect();
        for uri in documents {
            let epoch = self.next_epoch();
            if let Some(document) = self.documents.get_mut(&uri) {
                let settings = self.settings.of(document.disk());
                document.configure(settings, epoch);
            }
        }
        self.show_problems();
    }

    /// Show what is wrong with configuration files, where that is not what is shown already.
    fn show_problems(&mut self) {
        let now = self.settings.problems(self.support);
        let before = std::mem::replace(&mut self.problems, now);
        let changed = |uri: &&Url| before.get(*uri) != self.problems.get(*uri);
        let uris: HashSet<&Url> = before.keys().chain(self.problems.keys()).collect();
        for uri in uris.into_iter().filter(changed) {
            match self.documents.get_mut(uri) {
                Some(document) => document.show_again(),
                None => self.show(uri.clone(), None, Vec::new()),
            }
        }
    }

    fn done(&mut self, done: Done) {
        self.running -= 1;
        let uri = done.uri.clone();
        let Some(document) = self.documents.get_mut(&uri) else {
            return;
        };
        let version = document.version();
        if let Some(diagnostics) = document.done(done) {
            self.show(uri, Some(version), diagnostics);
        }
    }

    fn command(&mut self, command: Command) {
        let reply = match command {
            Command::Reload(reply) => {
                self.configure();
                reply
            }
            Command::Tell(reply) => reply,
        };
        // Fails only while the process is going away.
        let _ = reply.send(Facts {
            support: self.support,
            program: self.program.clone(),
            folders: self.folders.clone(),
            configurations: self.settings.files(),
            documents: self.documents.values().map(Document::facts).collect(),
            running: self.running,
            workers: self.workers,
            epoch: self.epoch,
        });
    }

    fn start_work(&mut self) {
        let mut unread = Vec::new();
        for (uri, document) in &mut self.documents {
            if self.running == self.workers {
                break;
            }
            if !document.waits() {
                continue;
            }
            let workspace = self.projects.of(document.member());
            let Some(job) = document.job(self.support, workspace) else {
                let shown = document.unread(self.support);
                unread.push((uri.clone(), document.version(), shown));
                // No rule is about it, but its text may be what others ask for.
                if let Some(member) = document.member().cloned() {
                    tell(self.projects.of(Some(&member)), member, self.post.clone());
                }
                continue;
            };
            self.running += 1;
            let post = self.post.clone();
            tokio::task::spawn_blocking(move || {
                work::run(job, &post);
            });
        }
        // It may have shown something while it was another kind of file.
        for (uri, version, shown) in unread {
            self.show(uri, Some(version), shown);
        }
    }

    /// Give a document's own diagnostics to the writer, and with them those of a configuration file.
    fn show(&self, uri: Url, version: Option<i32>, mut diagnostics: Vec<Diagnostic>) {
        diagnostics.extend(self.problems.get(&uri).into_iter().flatten().cloned());
        // Fails only while the process is going away.
        let _ = self.publisher.send(Shown {
            uri,
            version,
            diagnostics,
        });
    }

    fn next_epoch(&mut self) -> u64 {
        self.epoch += 1;
        self.epoch
    }
}
