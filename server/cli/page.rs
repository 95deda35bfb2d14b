//! One file: read, checked, fixed if that is wanted, and judged.

use std::path::PathBuf;
use std::sync::Arc;

use harden_engine::batch;
use harden_engine::file::File;
use harden_engine::fix::apply::{Choice, Fixed, Reading, fix};
use harden_engine::outcome::settle;
use harden_engine::project::Workspace;
use harden_engine::rule::Finding;
use harden_engine::suppress::Subject;
use harden_engine::text::Span;

use super::pick::{Book, Settings, absolute};
use super::read::{BOM, read};
use super::walk::{Entry, Walk};

/// What is needed for every file.
#[derive(Debug)]
pub(super) struct Job {
    pub(super) walk: Walk,
    pub(super) book: Book,
    pub(super) project: Workspace,
    /// The fixes that are wanted.
    pub(super) choice: Option<Choice>,
}

/// What a file came to.
#[derive(Debug)]
#[allow(clippy::large_enum_variant, reason = "files that are not read are few")]
pub(super) enum Page {
    Checked(Box<Checked>),
    /// As a finding, if its rule is enabled.
    Unread(String, Option<Finding>, String),
    /// Excluded, or of no kind that a rule reads.
    Skipped {
        strange: Option<String>,
    },
}

#[derive(Debug)]
pub(super) struct Checked {
    /// As it is shown.
    pub(super) path: String,
    pub(super) file: Arc<File>,
    pub(super) settings: Arc<Settings>,
    pub(super) text: String,
    /// Of the text, before anything is fixed.
    pub(super) findings: Vec<Finding>,
    /// Where the text holds secrets, by all findings: those that are silenced too.
    pub(super) secrets: Vec<Span>,
    pub(super) fixed: Option<Fixed>,
    /// As it is opened, and whether it starts with a byte order mark.
    disk: (PathBuf, bool),
}

impl Job {
    pub(super) fn page(&self, entry: &Entry) -> Page {
        let skipped = Page::Skipped { strange: None };
        let shown = entry.shown();
        let Ok(absolute) = absolute(&entry.path) else {
            return skipped;
        };
        let settings = self.book.of(&absolute);
        let relative = settings.found.relative(&absolute);
        if !entry.explicit && settings.config.exclude.take(relative) {
            return skipped;
        }
        let read = match read(&entry.path) {
            Ok(read) => read,
            Err(unread) => {
                let enabled = settings.config.enables(unread.rule);
                let message = unread.message.clone();
                return Page::Unread(shown, enabled.then(|| unread.finding()), message);
            }
        };
        let siblings = self.walk.siblings(entry);
        let Some(file) = File::classify(&entry.relative, &read.text, siblings) else {
            let strange = entry.explicit.then_some(shown);
            return Page::Skipped { strange };
        };
        let file = Arc::new(settings.config.place(relative, file));
        let judged = |text: &str, broken: bool, findings: Vec<Finding>| {
            let subject = Subject {
                language: file.kind.language(),
                text,
                broken,
                today: self.book.today,
            };
            settle(
                &settings.config,
                relative,
                &settings.engine.rules,
                &subject,
                findings,
            )
        };
        let (findings, broken) = batch::check(&settings.engine, &self.project, &file, &read.text);
        let secrets = secrets(&findings);
        let findings = judged(&read.text, broken, findings);
        let wanted = self.choice.filter(|choice| {
            let mut preferred = findings.iter().filter_map(Finding::preferred);
            preferred.any(|fix| choice.takes(fix.safety))
        });
        let fixed = wanted.map(|choice| {
            fix(&file, &read.text, choice, |text| {
                let analysis = batch::analyse(&settings.engine, &self.project, &file, text);
                let parts: Vec<_> = analysis.parts().collect();
                let broken = parts.iter().any(|(_, part)| part.broken());
                Reading {
                    findings: judged(text, broken, analysis.findings()),
                    parts,
                }
            })
        });
        Page::Checked(Box::new(Checked {
            path: shown,
            file: file.clone(),
            settings: settings.clone(),
            text: read.text,
            findings,
            secrets,
            fixed,
            disk: (entry.path.clone(), read.marked),
        }))
    }

    /// Where the present text of a page holds secrets.
    pub(super) fn secrets(&self, page: &Checked) -> Vec<Span> {
        let engine = &page.settings.engine;
        secrets(&batch::check(engine, &self.project, &page.file, &page.text).0)
    }
}

fn secrets(findings: &[Finding]) -> Vec<Span> {
    let secrets = findings.iter().flat_map(|finding| &finding.secrets);
    secrets.map(|place| place.span).collect()
}

impl Checked {
    /// Write what was fixed.
    pub(super) fn write(&self) -> std::io::Result<()> {
        let Some(fixed) = self.fixed.as_ref().filter(|fixed| fixed.text != self.text) else {
            return Ok(());
        };
        let (path, marked) = &self.disk;
        let mark = if *marked { BOM } else { "" };
        let bytes = |text: &str| format!("{mark}{text}").into_bytes();
        super::write::replace(path, &bytes(&self.text), &bytes(&fixed.text))
    }
}
