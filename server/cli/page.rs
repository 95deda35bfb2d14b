//! One file: read, checked and judged; or fixed.

use std::path::Path;
use std::sync::Arc;

use harden_engine::batch;
use harden_engine::config::Config;
use harden_engine::file::{File, Language};
use harden_engine::fix::apply::{Choice, Fixed, Reading, fix};
use harden_engine::model::dependencies::Dependencies;
use harden_engine::outcome::settle;
use harden_engine::project::{Heard, Workspace};
use harden_engine::rule::Finding;
use harden_engine::suppress::Subject;
use harden_engine::text::Span;

use super::pick::{Book, Settings, absolute};
use super::read::{Unread, read};
use super::walk::{Entry, Walk, is_script};
use crate::files::Held;

/// What is needed for every file.
#[derive(Debug)]
pub(crate) struct Job {
    pub(crate) walk: Walk,
    pub(crate) book: Book,
    pub(crate) project: Arc<Workspace>,
    /// Texts that fixes have made.
    pub(crate) held: Held,
}

/// Whether a finding counts, beyond what the configuration says.
pub(crate) type Wanted<'a> = &'a (dyn Fn(&Config, &Finding) -> bool + Sync);

/// What a file came to.
#[derive(Debug)]
#[allow(clippy::large_enum_variant, reason = "files that are not read are few")]
pub(crate) enum Page {
    Checked(Box<Checked>),
    /// As a finding, if its rule is enabled.
    Unread(String, Option<Finding>, String),
    /// Excluded, or of no kind that a rule reads.
    Skipped {
        strange: Option<String>,
    },
}

#[derive(Debug)]
pub(crate) struct Checked {
    /// As it is shown.
    pub(crate) path: String,
    pub(crate) file: Arc<File>,
    pub(crate) text: String,
    pub(crate) findings: Vec<Finding>,
    /// Where the text holds secrets, by all findings: those that are silenced too.
    pub(crate) secrets: Vec<Span>,
    /// On what of other files the findings rest.
    pub(crate) heard: Vec<Heard>,
    /// See [`batch::Survey`].
    pub(crate) by_imports: bool,
    /// See [`batch::Survey`].
    pub(super) dependencies: Option<Dependencies>,
}

/// A file that rules read.
struct Opened {
    file: Arc<File>,
    settings: Arc<Settings>,
    text: String,
    /// What the configuration calls it.
    name: std::path::PathBuf,
}

impl Job {
    pub(crate) fn page(&self, entry: &Entry) -> Page {
        let opened = match self.open(entry) {
            Ok(opened) => opened,
            Err(page) => return *page,
        };
        let engine = &opened.settings.engine;
        let survey = batch::survey(engine, &self.project, &opened.file, &opened.text);
        Page::Checked(Box::new(Checked {
            path: entry.shown(),
            secrets: secrets(&survey.findings),
            findings: self.judged(&opened, &opened.text, survey.broken, survey.findings),
            heard: survey.heard,
            by_imports: survey.by_imports,
            dependencies: survey.dependencies,
            file: opened.file,
            text: opened.text,
        }))
    }

    /// The file after its fixes; `None` where none is wanted.
    pub(super) fn fixed(&self, entry: &Entry, choice: Choice, wanted: Wanted) -> Option<Fixed> {
        let opened = self.open(entry).ok()?;
        let judged = |text: &str, broken, findings| {
            let mut findings = self.judged(&opened, text, broken, findings);
            findings.retain(|finding| wanted(&opened.settings.config, finding));
            findings
        };
        let (findings, broken) = self.check(&opened);
        let findings = judged(&opened.text, broken, findings);
        let mut preferred = findings.iter().filter_map(Finding::preferred);
        if !preferred.any(|fix| choice.takes(fix.safety)) {
            return None;
        }
        let (engine, file) = (&opened.settings.engine, &opened.file);
        Some(fix(file, &self.project, &opened.text, choice, |text| {
            let analysis = batch::analyse(engine, &self.project, file, text);
            let parts: Vec<_> = analysis.parts().collect();
            let broken = parts.iter().any(|(_, part)| part.broken());
            Reading {
                findings: judged(text, broken, analysis.findings()),
                parts,
            }
        }))
    }

    /// The secrets of a file, as they are written.
    pub(super) fn secret_texts(&self, entry: &Entry) -> Vec<String> {
        let Ok(opened) = self.open(entry) else {
            return Vec::new();
        };
        let spans = secrets(&self.check(&opened).0);
        let texts = spans
            .iter()
            .filter_map(|span| opened.text.get(span.range()));
        texts.map(str::to_owned).collect()
    }

    /// By which grammar a file is read, as far as its name says.
    pub(super) fn language(&self, entry: &Entry) -> Option<Language> {
        let file = File::classify(&entry.relative, "", &[]);
        file.map(|file| file.kind.language())
    }

    fn open(&self, entry: &Entry) -> Result<Opened, Box<Page>> {
        let skipped = Page::Skipped { strange: None };
        let Ok(absolute) = absolute(&entry.path) else {
            return Err(Box::new(skipped));
        };
        let settings = self.book.of(&absolute);
        let name = settings.found.relative(&absolute);
        if !entry.explicit && settings.config.exclude.take(name) {
            return Err(Box::new(skipped));
        }
        let rules = &settings.engine.rules;
        let named = || {
            if !rules.read_dockerfiles() {
                return None;
            }
            let named = self.project.named_dockerfiles();
            named
                .contains(&entry.relative)
                .then(|| File::dockerfile(&entry.relative))?
        };
        // One of which nobody would know that it was left out: a picture, a program, a file of data.
        let idle = || {
            let known = entry.explicit || File::concerns(&entry.relative) || is_script(&entry.path);
            !known && named().is_none()
        };
        if !rules.read_all_texts() && idle() {
            return Err(Box::new(skipped));
        }
        let text = match self.text(entry) {
            Ok(text) => text,
            Err(_) if idle() => return Err(Box::new(skipped)),
            Err(unread) => {
                let enabled = settings.config.enables(unread.rule);
                let message = unread.message.clone();
                let finding = enabled.then(|| unread.finding());
                let page = Page::Unread(entry.shown(), finding, message);
                return Err(Box::new(page));
            }
        };
        let siblings = self.walk.siblings(entry);
        let file = self.project.classify(&entry.relative, &text, siblings);
        let text_alone = || {
            rules
                .read_all_texts()
                .then(|| File::text(&entry.relative))?
        };
        let Some(file) = file.or_else(named).or_else(text_alone) else {
            let strange = entry.explicit.then(|| entry.shown());
            return Err(Box::new(Page::Skipped { strange }));
        };
        let name = name.to_path_buf();
        Ok(Opened {
            file: Arc::new(settings.config.place(&name, file)),
            settings,
            text,
            name,
        })
    }

    fn text(&self, entry: &Entry) -> Result<String, Unread> {
        match self.held.get(Path::new(&entry.relative)) {
            Some(rope) => Ok(String::from(rope.value())),
            None => read(&entry.path).map(|read| read.text),
        }
    }

    fn check(&self, opened: &Opened) -> (Vec<Finding>, bool) {
        let engine = &opened.settings.engine;
        batch::check(engine, &self.project, &opened.file, &opened.text)
    }

    fn judged(
        &self,
        opened: &Opened,
        text: &str,
        broken: bool,
        findings: Vec<Finding>,
    ) -> Vec<Finding> {
        let settings = &opened.settings;
        let subject = Subject {
            language: opened.file.kind.language(),
            text,
            broken,
            today: self.book.today,
        };
        let (config, rules) = (&settings.config, &settings.engine.rules);
        settle(config, &opened.name, rules, &subject, findings)
    }
}

fn secrets(findings: &[Finding]) -> Vec<Span> {
    let secrets = findings.iter().flat_map(|finding| &finding.secrets);
    secrets.map(|place| place.span).collect()
}
