//! What configuration files and the client's settings say, and that it may have changed.

use std::collections::HashSet;

use tower_lsp::lsp_types::Url;

use super::{Message, Session};
use crate::cli::advisories;
use crate::lsp::preferences;

impl Session {
    pub(super) fn ask_settings(&mut self) {
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
    pub(super) fn look_again(&mut self) {
        let watched = self.support.watching && self.settings.within(&self.folders);
        if !watched && self.configure() {
            self.closed.restart();
            self.index();
        }
    }

    /// Some configuration has changed, or what the client says of it.
    pub(super) fn reload(&mut self) {
        advisories::look_again();
        self.configure();
        self.closed.restart();
        self.index();
    }

    /// Read the configuration anew for every document. Whether one is concerned.
    pub(super) fn configure(&mut self) -> bool {
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
    pub(super) fn show_problems(&mut self) {
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
}
