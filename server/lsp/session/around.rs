//! What is round the documents: folders, files that are not open, and what the files of a project tell each other.

use std::path::PathBuf;

use harden_engine::config::Scope;
use tower_lsp::lsp_types::Url;

use super::{Message, Session};
use crate::lsp::classify::place;
use crate::lsp::document::Document;
use crate::lsp::index::Found;
use crate::lsp::project::Member;

impl Session {
    /// Which folders are open has changed.
    pub(super) fn change_folders(&mut self, added: Vec<PathBuf>, removed: &[PathBuf]) {
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
    pub(super) fn index(&mut self) {
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

    pub(super) fn found(&mut self, found: Found) {
        for (uri, report) in self.closed.take(found, self.support) {
            if !self.documents.contains_key(&uri) {
                self.show(uri, None, report.items);
            }
        }
    }

    pub(super) fn on_disk(&mut self, uris: &[Url]) {
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
    pub(super) fn read_again(&mut self, member: Member) {
        self.projects.release(&member);
        self.closed.changed(&member);
        let moment = self.next_epoch();
        self.tell(member, moment);
    }

    /// Let the project look again at a file's text, as it was at `moment`.
    pub(super) fn tell(&mut self, member: Member, moment: u64) {
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
    pub(super) fn ask_again(&mut self, told: &Member, changed: bool) {
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
}
