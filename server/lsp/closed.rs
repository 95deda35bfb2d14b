//! What is told of files that are not open: their index, the questions about all of them, and which of them the client
//! should hand on when they are opened.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use harden_engine::project::Workspace;
use tokio::sync::mpsc::UnboundedSender;
use tower_lsp::Client;
use tower_lsp::lsp_types::Url;

use super::index::{self, Found, Index};
use super::preferences::Chosen;
use super::progress::Progress;
use super::project::Member;
use super::publish::Fragment;
use super::pull::{Pull, Report, WorkspacePull};
use super::register::register;
use super::session::Message;
use super::support::Support;
use super::transport::Writer;

#[derive(Debug)]
pub(super) struct Closed {
    client: Client,
    /// By folder; empty where nobody wants to hear of files that are not open.
    indexes: HashMap<PathBuf, Index>,
    progress: HashMap<PathBuf, Progress>,
    runs: u64,
    /// Questions about single files.
    single: Vec<(Url, Option<Member>, Pull)>,
    /// Questions about all files.
    all: Vec<WorkspacePull>,
    writer: Writer,
    /// Counts what changes the answers.
    state: u64,
    registered: BTreeSet<PathBuf>,
}

/// What else the answers rest on.
pub(super) struct Around<'a> {
    pub(super) problems: &'a HashMap<Url, Vec<Fragment>>,
    pub(super) is_open: &'a dyn Fn(&Url) -> bool,
}

impl Closed {
    pub(super) fn new(client: Client, writer: Writer) -> Closed {
        Closed {
            client,
            writer,
            indexes: HashMap::new(),
            progress: HashMap::new(),
            runs: 0,
            single: Vec::new(),
            all: Vec::new(),
            state: 0,
            registered: BTreeSet::new(),
        }
    }

    /// Keep an index of these folders, and of no others. Files that are not in one of them any more.
    pub(super) fn folders(&mut self, folders: &[PathBuf]) -> Vec<Url> {
        let left = self
            .indexes
            .extract_if(|folder, _| !folders.contains(folder));
        let left: Vec<(PathBuf, Index)> = left.collect();
        for folder in folders {
            self.indexes.entry(folder.clone()).or_insert_with(|| {
                let mut index = Index::default();
                index.restart();
                index
            });
        }
        self.state += 1;
        left.iter()
            .flat_map(|(folder, index)| {
                index
                    .files
                    .keys()
                    .filter_map(|path| index::uri(folder, path))
            })
            .collect()
    }

    /// What the client says has changed, or the configuration.
    pub(super) fn restart(&mut self) {
        self.state += 1;
        self.indexes.values_mut().for_each(Index::restart);
    }

    /// The configuration at `path` has changed: it may hold for what is below its folder.
    pub(super) fn restart_below(&mut self, path: &Path) {
        self.state += 1;
        let parent = path.parent().unwrap_or(path);
        let concerned = |folder: &Path| folder.starts_with(parent) || parent.starts_with(folder);
        let indexes = self.indexes.iter_mut();
        indexes
            .filter(|(folder, _)| concerned(folder))
            .for_each(|(_, index)| index.restart());
    }

    /// A file on disk has come, gone or changed.
    pub(super) fn changed(&mut self, member: &Member) {
        if let Some(index) = self.indexes.get_mut(&member.folder) {
            index.wanted.walk = true;
            index.wanted.changed.insert(member.path.clone());
        }
    }

    /// A file tells the others something else than before.
    pub(super) fn told(&mut self, member: &Member) {
        if let Some(index) = self.indexes.get_mut(&member.folder) {
            index.wanted.told = true;
            index.wanted.python |= member.path.extension().is_some_and(|kind| kind == "py");
        }
    }

    /// Start the runs that are wanted.
    pub(super) fn start(
        &mut self,
        support: Support,
        open: impl Fn(&Path) -> HashSet<PathBuf>,
        chosen: &Chosen,
        mut workspace: impl FnMut(&Path) -> Arc<Workspace>,
        post: &UnboundedSender<Message>,
    ) {
        for (folder, index) in self.indexes.iter_mut().filter(|(_, index)| index.waits()) {
            let run = index.run(
                folder,
                workspace(folder),
                support,
                open(folder),
                chosen.of(Some(folder)),
            );
            if run.is_first() && support.progress {
                self.runs += 1;
                let token = format!("harden-index-{}", self.runs);
                let progress = Progress::start(self.client.clone(), token, "Harden: indexing");
                self.progress.insert(folder.clone(), progress);
            }
            let post = post.clone();
            tokio::task::spawn_blocking(move || {
                // Fails only while the process is going away.
                run.run(|found| drop(post.send(Message::Found(found))));
            });
        }
    }

    /// Take what a run has found: the files that show something else now.
    pub(super) fn take(&mut self, found: Found, support: Support) -> Vec<(Url, Report)> {
        let Some(index) = self.indexes.get_mut(&found.folder) else {
            return Vec::new();
        };
        let shown = found.files.iter().filter_map(|(path, known)| {
            let before = index.files.get(path).map(|known| &known.report);
            let now = known.as_ref().map(|known| &known.report);
            let id = |report: Option<&Report>| {
                report
                    .filter(|report| !report.items.is_empty())
                    .map(|report| report.id.clone())
            };
            (id(before) != id(now)).then(|| (index::uri(&found.folder, path), now.cloned()))
        });
        let shown = shown
            .filter_map(|(uri, report)| Some((uri?, report.unwrap_or_default())))
            .collect();
        index.take(found.files);
        self.state += 1;
        if found.last {
            index.running = false;
            index.complete = true;
            self.progress.remove(&found.folder);
            self.register(support);
        } else if let Some(progress) = self.progress.get(&found.folder) {
            progress.report(found.done.0, found.done.1);
        }
        shown
    }

    /// Let the client hand on what only its content makes ours.
    fn register(&mut self, support: Support) {
        if !support.registers.sync {
            return;
        }
        let odd = self.indexes.iter().flat_map(|(folder, index)| {
            let odd = index.files.iter().filter(|(_, known)| known.odd);
            odd.map(|(path, _)| folder.join(path))
        });
        let odd: BTreeSet<PathBuf> = odd.collect();
        if odd == self.registered {
            return;
        }
        let before = !self.registered.is_empty();
        register(
            self.client.clone(),
            support.registers,
            odd.iter().cloned().collect(),
            before,
        );
        self.registered = odd;
    }

    /// A question about one file.
    pub(super) fn ask(&mut self, uri: Url, member: Option<Member>, pull: Pull) {
        self.single.push((uri, member, pull));
    }

    /// A question about all files.
    pub(super) fn ask_all(&mut self, pull: WorkspacePull) {
        self.all.push(pull);
    }

    /// Something that is told beside the index has changed.
    pub(super) fn touch(&mut self) {
        self.state += 1;
    }

    /// Answer what can be answered.
    pub(super) fn answer(&mut self, around: &Around) {
        let settled = self.indexes.values().all(Index::settled);
        for (uri, member, pull) in std::mem::take(&mut self.single) {
            let index = member
                .as_ref()
                .and_then(|member| self.indexes.get(&member.folder));
            if index.is_some_and(|index| !index.settled()) {
                self.single.push((uri, member, pull));
                continue;
            }
            let known = index
                .zip(member.as_ref())
                .and_then(|(index, member)| index.files.get(&member.path));
            let report = match (known, around.problems.get(&uri)) {
                (Some(known), _) => known.report.clone(),
                (None, Some(problems)) => Report::new(problems.clone()),
                (None, None) => Report::default(),
            };
            pull.answer(&report);
        }
        let state = self.state;
        for mut pull in std::mem::take(&mut self.all) {
            if pull.is_closed() {
                continue;
            }
            if pull.seen != Some(state) {
                pull.seen = Some(state);
                self.look(&mut pull, settled, around);
            }
            for part in pull.parts() {
                self.writer.notify("$/progress", &part);
            }
            if settled && pull.speaks() {
                pull.finish();
                continue;
            }
            self.all.push(pull);
        }
    }

    fn look(&self, pull: &mut WorkspacePull, settled: bool, around: &Around) {
        let mut there: HashSet<Url> = HashSet::new();
        for (folder, index) in &self.indexes {
            for (path, known) in &index.files {
                if let Some(uri) = index::uri(folder, path).filter(|uri| !(around.is_open)(uri)) {
                    pull.shows(&uri, &known.report);
                    there.insert(uri);
                }
            }
        }
        for (uri, problems) in around.problems {
            if !there.contains(uri) && !(around.is_open)(uri) {
                pull.shows(uri, &Report::new(problems.clone()));
                there.insert(uri.clone());
            }
        }
        if settled {
            pull.retain(|uri| there.contains(uri) || (around.is_open)(uri));
        }
    }
}
