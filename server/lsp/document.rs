//! One open document: its text, its chunks, and where its analysis is.

use std::borrow::Cow;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use harden_engine::chunk::Chunks;
use harden_engine::file::File;
use harden_engine::project::Workspace;
use harden_engine::text::Encoding;
use harden_engine::work::Work;
use ropey::Rope;
use tower_lsp::lsp_types::{TextDocumentContentChangeEvent, TextDocumentItem, Url};

use crate::cli::read::{Unread, excess};

use super::classify::Name;
use super::commands::Opened;
use super::convert;
use super::diagnostics::{self, View};
use super::project::{Member, Telling};
use super::publish::Fragment;
use super::pull::{Pull, Report};
use super::settings::Settings;
use super::support::Support;
use super::work::{Analysed, Ask, Done, Job, Outcome};

#[derive(Debug)]
pub(super) struct Document {
    uri: Url,
    name: Name,
    version: i32,
    rope: Rope,
    /// When the text became what it is.
    moment: u64,
    /// A change could not be applied: the text is not the client's until all of it comes.
    lost: bool,
    /// Something was not understood that may have been a change to this document: then a version is left out.
    doubted: bool,
    settings: Arc<Settings>,
    /// What the file is, and its text cut by that; `None` for a file that no rule is about.
    read: Option<(Arc<File>, Chunks)>,
    /// Whether the name alone says what the file is, so that no edit can change it.
    settled: bool,
    /// Told apart from the analyses of an earlier incarnation: one that was opened, configured or read otherwise.
    epoch: u64,
    analysed: Option<Box<Analysed>>,
    /// The epoch of the job that has the analysis.
    running: Option<u64>,
    /// The analysis is behind the text.
    stale: bool,
    /// What the analysis took from other files may be otherwise by now.
    outdated: bool,
    asks: Vec<Ask>,
    /// What the present text shows, as far as that is known.
    shown: Option<Report>,
    /// Questions for it.
    pulls: Vec<Pull>,
    /// The id of what the client was given last.
    given: Option<String>,
    /// Something else than an edit may have changed what is shown: the client does not ask by itself.
    owed: bool,
}

impl Document {
    pub(super) fn open(
        item: TextDocumentItem,
        folders: &[PathBuf],
        settings: Arc<Settings>,
        epoch: u64,
    ) -> Document {
        let name = Name::new(&item.uri, &item.language_id, folders);
        let mut document = Document {
            rope: Rope::from_str(&item.text),
            uri: item.uri,
            settled: name.decides(),
            name,
            version: item.version,
            moment: epoch,
            lost: false,
            doubted: false,
            settings,
            read: None,
            epoch,
            analysed: None,
            running: None,
            stale: true,
            outdated: false,
            asks: Vec::new(),
            shown: None,
            pulls: Vec::new(),
            given: None,
            owed: false,
        };
        document.reread();
        document
    }

    /// What a command is told of it.
    pub(super) fn facts(&self) -> Opened {
        Opened {
            uri: self.uri.clone(),
            version: self.version,
            kind: self.read.as_ref().map(|(file, _)| file.kind),
            rope: self.rope.clone(),
            lost: self.lost,
            work: self.analysed.as_ref().map(|known| known.analysis.work),
            panicked: self.settings.engine.rules.panicked(),
        }
    }

    pub(super) fn member(&self) -> Option<&Member> {
        self.name.member()
    }

    pub(super) fn rope(&self) -> &Rope {
        &self.rope
    }

    pub(super) fn disk(&self) -> Option<&Path> {
        self.name.disk()
    }

    /// Apply changes in the order in which they are given: each is relative to the text that the one before left. A change
    /// that cannot be about this text, or is older than it, says that the two are out of step: from then on nothing holds
    /// until the whole text comes.
    pub(super) fn change(
        &mut self,
        version: i32,
        changes: Vec<TextDocumentContentChangeEvent>,
        encoding: Encoding,
        epoch: u64,
    ) {
        let whole = changes.iter().rposition(|change| change.range.is_none());
        let left_out =
            std::mem::take(&mut self.doubted) && version > self.version.saturating_add(1);
        if whole.is_none() && (self.lost || left_out || version < self.version) {
            self.lose(epoch);
            return;
        }
        self.version = version;
        self.moment = epoch;
        self.stale = true;
        self.shown = None;
        let mut decisive = std::mem::replace(&mut self.lost, false);
        for change in changes.into_iter().skip(whole.unwrap_or(0)) {
            let Some(range) = change.range else {
                self.rope = Rope::from_str(&change.text);
                self.recut();
                decisive = true;
                continue;
            };
            if !convert::fits(&self.rope, range) {
                self.lose(epoch);
                return;
            }
            let edited = convert::span(&self.rope, range, encoding).range();
            decisive |= self.decisive(edited.clone());
            let characters =
                self.rope.byte_to_char(edited.start)..self.rope.byte_to_char(edited.end);
            self.rope.remove(characters.clone());
            self.rope.insert(characters.start, &change.text);
            if let Some((_, chunks)) = &mut self.read {
                let inserted = change.text.len();
                chunks.edit(&self.rope, edited.clone(), inserted, &mut Work::default());
            }
            decisive |= self.decisive(edited.start..edited.start + change.text.len());
        }
        if decisive || self.read.is_some() == self.excess().is_some() {
            self.reclassify(epoch);
        }
    }

    /// The text is not the client's any more. Nothing is said about it.
    pub(super) fn lose(&mut self, epoch: u64) {
        if !std::mem::replace(&mut self.lost, true) {
            eprintln!(
                "harden: a document is out of step with the editor; nothing is said about it until its whole text comes"
            );
        }
        self.reclassify(epoch);
        self.stale = true;
        self.shown = None;
    }

    pub(super) fn doubt(&mut self) {
        self.doubted = true;
    }

    /// Other folders are open now. Whether the document belongs to another one.
    pub(super) fn settle_in(&mut self, folders: &[PathBuf], epoch: u64) -> bool {
        let name = self.name.within(folders);
        if name.member() == self.name.member() {
            return false;
        }
        self.name = name;
        self.renew(epoch);
        self.reread();
        true
    }

    /// Whether an edit of these bytes may change what the file is. Asked before and after it.
    fn decisive(&self, edited: Range<usize>) -> bool {
        if self.settled {
            return false;
        }
        if self.read.is_none() || !self.name.speaks() {
            return true;
        }
        // The name says compose, and only the braces of a template speak against it.
        let lines = self.rope.byte_to_line(edited.start)..=self.rope.byte_to_line(edited.end);
        lines.into_iter().any(|line| {
            let line = Cow::from(self.rope.line(line));
            line.contains("{{") || line.contains("{%")
        })
    }

    /// Why the document is kept in step but not analysed, as the command line would say it.
    fn excess(&self) -> Option<Unread> {
        excess(self.rope.len_bytes() as u64, self.rope.len_lines() - 1)
    }

    /// What is shown of a document that is not analysed.
    pub(super) fn unread(&mut self, support: Support) -> Vec<Fragment> {
        let view = View {
            uri: &self.uri,
            rope: &self.rope,
            support,
            others: None,
        };
        let shown: Vec<Fragment> = self
            .excess()
            .filter(|_| !self.lost)
            .filter(|excess| self.name.speaks() && self.settings.enables(excess.rule))
            .map(|excess| Fragment::new(&diagnostics::one(view, &excess.finding())))
            .into_iter()
            .collect();
        self.shown = support.pulls.then(|| Report::new(shown.clone()));
        shown
    }

    /// Look again at what the file is; the text or its surroundings may say otherwise by now.
    pub(super) fn reclassify(&mut self, epoch: u64) {
        let before = self.read.as_ref().map(|(file, _)| file.clone());
        let now = self.classify();
        if before.as_deref() != now.as_ref() {
            self.renew(epoch);
            self.reread();
        }
    }

    /// Take other settings; false where they are the same.
    pub(super) fn configure(&mut self, settings: Arc<Settings>, epoch: u64) -> bool {
        if Arc::ptr_eq(&self.settings, &settings) {
            return false;
        }
        self.settings = settings;
        self.renew(epoch);
        self.reread();
        true
    }

    pub(super) fn ask(&mut self, ask: Ask) {
        self.asks.push(ask);
    }

    /// Other files have changed what this one may be told.
    pub(super) fn ask_again(&mut self) {
        self.outdated = self.read.is_some();
        self.owed = true;
    }

    /// Whether a finding that is shown has a related place in this file of the project, or may have one: while the analysis
    /// is out nobody can say.
    pub(super) fn points_into(&self, path: &Path) -> bool {
        let findings = self.analysed.iter().flat_map(|analysed| &analysed.findings);
        let mut related = findings.flat_map(|finding| &finding.related);
        self.running.is_some() || related.any(|related| related.file.as_deref() == Some(path))
    }

    /// What is shown of the document is not only its own doing, and the rest has changed.
    pub(super) fn show_again(&mut self) {
        self.stale = true;
        self.owed = true;
    }

    pub(super) fn pull(&mut self, pull: Pull) {
        self.pulls.push(pull);
    }

    /// Whether what is known to be shown is all that there is to say.
    fn settled(&self) -> bool {
        self.running.is_none() && !self.stale && !self.outdated
    }

    /// Answer the questions for diagnostics, if that can be done now. `more` is shown of the document as well. Whether the
    /// client should ask again.
    pub(super) fn answer(&mut self, more: &[Fragment]) -> bool {
        if self.pulls.is_empty() && !self.owed || !self.settled() {
            return false;
        }
        let report = self.shown.clone().unwrap_or_default().with(more);
        let owed = std::mem::replace(&mut self.owed, false);
        if self.pulls.is_empty() {
            return owed && self.given.as_ref().is_some_and(|given| *given != report.id);
        }
        self.given = Some(report.id.clone());
        for pull in self.pulls.drain(..) {
            pull.answer(&report);
        }
        false
    }

    /// Whether there is something to do, and nobody is doing it.
    pub(super) fn waits(&self) -> bool {
        let work = self.stale || self.outdated || !self.asks.is_empty();
        self.running.is_none() && work
    }

    /// Whether what is shown is behind the text.
    pub(super) fn is_stale(&self) -> bool {
        self.stale
    }

    /// Hand the analysis out to a worker. `None` for a file that no rule is about: what is asked of it has no answer.
    pub(super) fn job(
        &mut self,
        support: Support,
        workspace: Arc<Workspace>,
        telling: Arc<Telling>,
    ) -> Option<Job> {
        let asks = std::mem::take(&mut self.asks);
        let update = std::mem::take(&mut self.stale);
        let again = std::mem::take(&mut self.outdated);
        let (file, chunks) = self.read.clone()?;
        self.running = Some(self.epoch);
        Some(Job {
            uri: self.uri.clone(),
            version: self.version,
            epoch: self.epoch,
            moment: self.moment,
            rope: self.rope.clone(),
            path: self.name.path().to_path_buf(),
            file,
            chunks,
            settings: self.settings.clone(),
            analysed: self.analysed.take(),
            update,
            again,
            asks,
            support,
            workspace,
            member: self.member().cloned(),
            telling,
        })
    }

    /// Take the analysis back. What it found is given out only if it is about the present text.
    pub(super) fn done(&mut self, done: Done, support: Support) -> Option<Vec<Fragment>> {
        if self.running != Some(done.epoch) {
            return None;
        }
        self.running = None;
        if done.epoch != self.epoch {
            return None;
        }
        match done.outcome {
            Outcome::Analysed {
                analysed,
                diagnostics,
            } => {
                self.analysed = Some(analysed);
                let shown = diagnostics.filter(|_| done.moment == self.moment)?;
                self.shown = support.pulls.then(|| Report::new(shown.clone()));
                Some(shown)
            }
            // What was kept from edit to edit may have been at fault: once more, from the text alone.
            Outcome::Panicked { afresh } => {
                self.stale |= !afresh;
                None
            }
        }
    }

    pub(super) fn moment(&self) -> u64 {
        self.moment
    }

    pub(super) fn version(&self) -> i32 {
        self.version
    }

    fn renew(&mut self, epoch: u64) {
        self.epoch = epoch;
        self.analysed = None;
        self.stale = true;
        self.shown = None;
        self.owed = true;
    }

    fn reread(&mut self) {
        self.read = self.classify().map(|file| {
            let text = String::from(&self.rope);
            let chunks = Chunks::cut(file.kind.language(), &text, &mut Work::default());
            (Arc::new(file), chunks)
        });
    }

    fn recut(&mut self) {
        if let Some((file, chunks)) = &mut self.read {
            let text = String::from(&self.rope);
            *chunks = Chunks::cut(file.kind.language(), &text, &mut Work::default());
        }
    }

    fn classify(&self) -> Option<File> {
        let excluded = |path| self.settings.excludes(path);
        if self.lost || self.excess().is_some() || excluded(self.name.path()) {
            return None;
        }
        let file = if self.settled {
            self.name.classify("")
        } else {
            self.name.classify(&String::from(&self.rope))
        };
        let all = self.settings.engine.rules.read_all_texts();
        let file = file.or_else(|| self.name.text().filter(|_| all));
        Some(self.settings.place(self.name.path(), file?))
    }
}
