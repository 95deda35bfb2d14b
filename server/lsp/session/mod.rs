//! The actor: it owns every document, takes messages in the client's order, and never waits for anything else.

mod around;
mod configuration;
mod message;

use std::collections::HashMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::Arc;

use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender};
use tower_lsp::Client;
use tower_lsp::lsp_types::{
    ClientCapabilities, ClientInfo, DidChangeTextDocumentParams, TextDocumentItem, Url,
};

use crate::lsp::Options;
use crate::lsp::classify::place;
use crate::lsp::closed::{Around, Closed};
use crate::lsp::commands::{Command, Facts};
use crate::lsp::document::Document;
use crate::lsp::preferences;
use crate::lsp::project::{Member, Projects, Telling};
use crate::lsp::publish::{self, Fragment, Shown};
use crate::lsp::refresh::Refresh;
use crate::lsp::settings::Book;
use crate::lsp::support::Support;
use crate::lsp::toml_assist;
use crate::lsp::transport::Writer;
use crate::lsp::work::{self, Done, Request};

pub(in crate::lsp) use message::Message;

/// Messages taken before work starts: a burst of edits costs one analysis, an endless one still gets its turn.
const DRAIN: usize = 1024;

/// Run the actor until nobody can send to it.
pub(in crate::lsp) async fn run(
    mut inbox: UnboundedReceiver<Message>,
    post: UnboundedSender<Message>,
    client: Client,
    writer: Writer,
    options: Options,
) {
    let mut session = Session {
        post,
        refresh: Refresh::start(client.clone()),
        closed: Closed::new(client.clone(), writer.clone()),
        client,
        writer,
        support: Support::read(&ClientCapabilities::default()),
        folders: Vec::new(),
        program: None,
        settings: Book::new(options.rules),
        problems: HashMap::new(),
        documents: HashMap::new(),
        projects: Projects::default(),
        telling: Arc::default(),
        epoch: 0,
        running: 0,
        workers: std::thread::available_parallelism().map_or(2, |cores| cores.get().max(2)),
    };
    let mut messages = Vec::new();
    while inbox.recv_many(&mut messages, DRAIN).await > 0 {
        for message in messages.drain(..) {
            let changed = match &message {
                Message::Change(params) => Some(params.text_document.uri.clone()),
                _ => None,
            };
            // Whatever goes wrong with one message, the next is taken.
            let taken = catch_unwind(AssertUnwindSafe(|| session.take(message)));
            if taken.is_err() && changed.is_some() {
                session.take(Message::Desync(changed));
            }
        }
        let work = || {
            session.start_work();
            session.answer();
        };
        let _ = catch_unwind(AssertUnwindSafe(work));
    }
}

struct Session {
    post: UnboundedSender<Message>,
    client: Client,
    refresh: Refresh,
    closed: Closed,
    writer: Writer,
    support: Support,
    folders: Vec<PathBuf>,
    program: Option<ClientInfo>,
    settings: Book,
    /// What is wrong with configuration files, open or not.
    problems: HashMap<Url, Vec<Fragment>>,
    documents: HashMap<Url, Document>,
    projects: Projects,
    telling: Arc<Telling>,
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
                options,
                program,
            } => {
                self.support = support;
                self.folders = folders;
                self.settings.chosen.push(&options.unwrap_or_default());
                self.program = program;
            }
            Message::Initialized => {
                if self.support.watching {
                    publish::watch(self.client.clone());
                }
                if self.support.configuration_changes {
                    preferences::watch(self.client.clone());
                }
                if self.support.registers.completion {
                    toml_assist::register(self.client.clone());
                }
                self.ask_settings();
                self.index();
            }
            Message::Open(item) => {
                self.look_again();
                self.open(item);
            }
            Message::Change(params) => self.change(params),
            Message::Saved(uri) => {
                self.look_again();
                self.on_disk(&[uri]);
            }
            Message::Settings(settings) => {
                if self.settings.chosen.push(&settings) {
                    self.reload();
                }
                self.ask_settings();
            }
            Message::Asked(answer) => {
                if self.settings.chosen.answer(answer) {
                    self.reload();
                }
            }
            Message::Close(uri) => self.close(uri),
            Message::Desync(Some(uri)) => {
                let epoch = self.next_epoch();
                if let Some(document) = self.documents.get_mut(&uri) {
                    document.lose(epoch);
                }
            }
            Message::Desync(None) => self.documents.values_mut().for_each(Document::doubt),
            Message::OnDisk(uris) => self.on_disk(&uris),
            Message::Folders { added, removed } => self.change_folders(added, &removed),
            // A client that was not offered it is told so: the reply is dropped.
            Message::Pull(..) | Message::PullAll(_) if !self.support.pulls => {}
            Message::Pull(uri, pull) => match self.documents.get_mut(&uri) {
                Some(document) => document.pull(pull),
                None => {
                    let member = place(&uri).and_then(|path| Member::new(&path, &self.folders));
                    self.closed.ask(uri, member, pull);
                }
            },
            Message::PullAll(pull) => self.closed.ask_all(pull),
            Message::Found(found) => self.found(found),
            Message::Request(request) => {
                // A request about a document that is not open is answered by its reply being dropped.
                let Request { uri, ask } = request;
                if let Some(document) = self.documents.get_mut(&uri)
                    && let Some(ask) = toml_assist::answer(&uri, document.rope(), self.support, ask)
                {
                    document.ask(ask);
                }
            }
            Message::Command(command) => self.command(command),
            Message::Done(done) => self.done(done),
            Message::Told { member, changed } => {
                if changed {
                    self.closed.told(&member);
                }
                self.ask_again(&member, changed);
            }
        }
    }

    fn open(&mut self, item: TextDocumentItem) {
        let settings = self.settings.of(place(&item.uri).as_deref());
        let epoch = self.next_epoch();
        let uri = item.uri.clone();
        let opened = Document::open(item, &self.folders, settings, epoch);
        self.hold(&opened);
        if let Some(path) = opened.disk() {
            self.settings.hold(path, Some(opened.rope().clone()));
        }
        self.documents.insert(uri, opened);
        self.closed.touch();
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
        if let Some(path) = document.disk() {
            self.settings.hold(path, Some(document.rope().clone()));
        }
    }

    fn hold(&mut self, document: &Document) {
        if let Some(member) = document.member() {
            self.projects.hold(member, document.rope().clone());
        }
    }

    fn close(&mut self, uri: Url) {
        if let Some(document) = self.documents.remove(&uri) {
            self.closed.touch();
            if let Some(path) = document.disk() {
                self.settings.hold(path, None);
            }
            if let Some(member) = document.member() {
                self.read_again(member.clone());
            }
            self.show(uri, None, Vec::new());
        }
    }

    fn done(&mut self, done: Done) {
        self.running -= 1;
        let uri = done.uri.clone();
        let Some(document) = self.documents.get_mut(&uri) else {
            return;
        };
        let version = document.version();
        if let Some(diagnostics) = document.done(done, self.support) {
            self.show(uri, Some(version), diagnostics);
        }
    }

    fn command(&mut self, command: Command) {
        let reply = match command {
            Command::Reload(reply) => {
                self.reload();
                reply
            }
            Command::Tell(reply) => reply,
        };
        let chosen = &self.settings.chosen;
        let folders = self.folders.iter();
        let folders = folders.map(|folder| (folder.clone(), chosen.of(Some(folder))));
        // Fails only while the process is going away.
        let _ = reply.send(Facts {
            support: self.support,
            program: self.program.clone(),
            folders: folders.collect(),
            configurations: self.settings.files(),
            documents: self.documents.values().map(Document::facts).collect(),
            running: self.running,
            workers: self.workers,
            epoch: self.epoch,
        });
    }

    fn start_work(&mut self) {
        if self.settings.take_edited() {
            self.show_problems();
        }
        let (mut unread, mut told) = (Vec::new(), Vec::new());
        for (uri, document) in &mut self.documents {
            if self.running == self.workers {
                break;
            }
            if !document.waits() {
                continue;
            }
            let workspace = self.projects.of(document.member());
            let stale = document.is_stale();
            let Some(job) = document.job(self.support, workspace, self.telling.clone()) else {
                // Somebody has only asked for something.
                if !stale {
                    continue;
                }
                let shown = document.unread(self.support);
                unread.push((uri.clone(), document.version(), shown));
                // No rule is about it, but its text may be what others ask for.
                told.extend(
                    document
                        .member()
                        .cloned()
                        .map(|member| (member, document.moment())),
                );
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
        for (member, moment) in told {
            self.tell(member, moment);
        }
        let (projects, documents) = (&mut self.projects, &self.documents);
        self.closed.start(
            self.support,
            |folder| {
                let members = documents.values().filter_map(Document::member);
                let members = members.filter(|member| member.folder == folder);
                members.map(|member| member.path.clone()).collect()
            },
            &self.settings.chosen,
            |folder| projects.at(folder),
            &self.post,
        );
    }

    /// Answer questions for diagnostics, as far as that can be done now.
    fn answer(&mut self) {
        if !self.support.pulls {
            return;
        }
        let mut again = false;
        for (uri, document) in &mut self.documents {
            let problems = self.problems.get(uri).map_or(&[][..], Vec::as_slice);
            again |= document.answer(problems);
        }
        if again {
            self.refresh.want();
        }
        let documents = &self.documents;
        self.closed.answer(&Around {
            problems: &self.problems,
            is_open: &|uri| documents.contains_key(uri),
        });
    }

    /// Give a document's own diagnostics to the writer, and with them those of a configuration file.
    fn show(&self, uri: Url, version: Option<i32>, mut diagnostics: Vec<Fragment>) {
        if self.support.pulls {
            return;
        }
        diagnostics.extend(self.problems.get(&uri).into_iter().flatten().cloned());
        self.writer.publish(Shown {
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
