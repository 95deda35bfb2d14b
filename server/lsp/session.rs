//! The actor: it owns every document, takes messages in the client's order, and never waits for anything else.

use std::collections::{HashMap, HashSet};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::Arc;

use harden_engine::config::Scope;
use serde_json::Value;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender};
use tower_lsp::Client;
use tower_lsp::lsp_types::{
    ClientCapabilities, ClientInfo, DidChangeTextDocumentParams, TextDocumentItem, Url,
};

use super::Options;
use super::classify::place;
use super::closed::{Around, Closed};
use super::commands::{Command, Facts};
use super::document::Document;
use super::index::Found;
use super::preferences;
use super::project::{Member, Projects, Telling};
use super::publish::{self, Fragment, Shown};
use super::pull::{Pull, WorkspacePull};
use super::refresh::Refresh;
use super::settings::Book;
use super::support::Support;
use super::toml_assist;
use super::transport::Writer;
use super::work::{self, Done, Request};

/// What the actor is told.
#[derive(Debug)]
pub(super) enum Message {
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

/// Messages taken before work starts: a burst of edits costs one analysis, an endless one still gets its turn.
const DRAIN: usize = 1024;

/// Run the actor until nobody can send to it.
pub(super) async fn run(
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

    /// Which folders are open has changed.
    fn change_folders(&mut self, added: Vec<PathBuf>, removed: &[PathBuf]) {
        self.folders.retain(|folder| !removed.contains(folder));
        for folder in added {
            if !self.folders.contains(&folder) {
                self.folders.push(folder);
            }
        }
        let documents: Vec<Url> = self.documents.keys().cloned().collect();
        for uri in documents {
            let epoch = self.next_epoch();
            let Some(document) = self.documents.get_mut(&uri) else {
                continue;
            };
            let before = document.member().cloned();
            if document.settle_in(&self.folders, epoch) {
                let now = document.member().cloned();
                let rope = document.rope().clone();
                if let Some(member) = before {
                    self.read_again(member);
                }
                if let Some(member) = now {
                    self.projects.hold(&member, rope);
                }
            }
        }
        for folder in removed {
            self.projects.leave(folder);
        }
        self.ask_settings();
        self.index();
    }

    /// Keep an index of the folders, if somebody wants to hear of files that are not open: clients that ask for them, and
    /// users who say so. Diagnostics of files that nobody opened, sent unasked, are more than some editors bear.
    fn index(&mut self) {
        let mut folders = self.folders.clone();
        folders.retain(|folder| match self.settings.scope(folder) {
            Some(scope) => scope == Scope::Workspace,
            None => self.support.pulls,
        });
        for uri in self.closed.folders(&folders) {
            if !self.documents.contains_key(&uri) {
                self.show(uri, None, Vec::new());
            }
        }
    }

    fn found(&mut self, found: Found) {
        for (uri, report) in self.closed.take(found, self.support) {
            if !self.documents.contains_key(&uri) {
                self.show(uri, None, report.items);
            }
        }
    }

    fn on_disk(&mut self, uris: &[Url]) {
        let mut news: Vec<PathBuf> = uris.iter().filter_map(place).collect();
        news.retain(|path| self.settings.news(path));
        if !news.is_empty() {
            self.configure();
            for path in news {
                self.closed.restart_below(&path);
            }
            self.index();
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
        self.closed.changed(&member);
        let moment = self.next_epoch();
        self.tell(member, moment);
    }

    /// Let the project look again at a file's text, as it was at `moment`.
    fn tell(&mut self, member: Member, moment: u64) {
        let workspace = self.projects.of(Some(&member));
        let (post, telling) = (self.post.clone(), self.telling.clone());
        tokio::task::spawn_blocking(move || {
            let told = telling.tell(&member, moment, || workspace.changed(&member.path));
            if let Some(changed) = told {
                // Fails only while the process is going away.
                let _ = post.send(Message::Told { member, changed });
            }
        });
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

    fn ask_settings(&mut self) {
        if self.support.configuration {
            let post = self.post.clone();
            let folders = self.folders.clone();
            let chosen = &mut self.settings.chosen;
            preferences::pull(chosen, self.client.clone(), folders, move |answer| {
                // Fails only while the process is going away.
                let _ = post.send(Message::Asked(answer));
            });
        }
    }

    /// Where the client does not say that configurations change on disk, somebody has to look.
    fn look_again(&mut self) {
        let watched = self.support.watching && self.settings.within(&self.folders);
        if !watched && self.configure() {
            self.closed.restart();
            self.index();
        }
    }

    /// Some configuration has changed, or what the client says of it.
    fn reload(&mut self) {
        self.configure();
        self.closed.restart();
        self.index();
    }

    /// Read the configuration anew for every document. Whether one is concerned.
    fn configure(&mut self) -> bool {
        self.settings.look_again();
        let mut changed = false;
        let documents: Vec<Url> = self.documents.keys().cloned().collect();
        for uri in documents {
            let epoch = self.next_epoch();
            if let Some(document) = self.documents.get_mut(&uri) {
                let settings = self.settings.of(document.disk());
                changed |= document.configure(settings, epoch);
            }
        }
        self.show_problems();
        changed
    }

    /// Show what is wrong with configuration files, where that is not what is shown already.
    fn show_problems(&mut self) {
        let now = self.settings.problems(self.support);
        let before = std::mem::replace(&mut self.problems, now);
        self.closed.touch();
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
