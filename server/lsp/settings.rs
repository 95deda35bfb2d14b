//! What the user's configuration makes of the engine, by folder.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use harden_engine::check::Rules;
use harden_engine::config::{Found, Problem, Resolver};
use harden_engine::document::Engine;
use harden_engine::file::File;
use harden_engine::outcome::settle;
use harden_engine::rule::{Finding, Rule};
use harden_engine::suppress::Subject;
use ropey::Rope;
use tower_lsp::lsp_types::{Diagnostic, Url};

use super::diagnostics::{self, View};
use super::support::Support;

type Reader = fn(&Path) -> Option<String>;

/// An engine with one configuration. Documents under the same configuration share it, and with it the store.
#[derive(Debug)]
pub(super) struct Settings {
    pub(super) engine: Engine,
    found: Arc<Found>,
}

impl Settings {
    fn new(found: Arc<Found>, extra: &[&'static Rule]) -> Settings {
        let config = &found.config;
        let mut rules = config.rules();
        if !extra.is_empty() {
            rules = Rules::new(rules.list().iter().chain(extra).copied());
        }
        Settings {
            engine: Engine::new(rules, config.policy()),
            found,
        }
    }

    /// Whether the user does not want to hear of the file that lies here.
    pub(super) fn excludes(&self, path: &Path) -> bool {
        self.found.config.exclude.take(self.found.relative(path))
    }

    pub(super) fn enables(&self, rule: &Rule) -> bool {
        self.found.config.enables(rule)
    }

    /// The configuration, and where it stands.
    pub(super) fn found(&self) -> &Found {
        &self.found
    }

    /// The file with the stage that the configuration gives it.
    pub(super) fn place(&self, path: &Path, file: File) -> File {
        self.found.config.place(self.found.relative(path), file)
    }

    /// What is told of the findings of a text: comments silence, the configuration judges.
    pub(super) fn settle(&self, of: &Text, findings: Vec<Finding>) -> Vec<Finding> {
        self.settle_by(&self.engine.rules, of, findings)
    }

    /// The same of findings of an earlier text. They do not say which comments silence nothing.
    pub(super) fn settle_retained(&self, of: &Text, findings: Vec<Finding>) -> Vec<Finding> {
        if findings.is_empty() {
            return findings;
        }
        self.settle_by(&Rules::default(), of, findings)
    }

    fn settle_by(&self, rules: &Rules, of: &Text, findings: Vec<Finding>) -> Vec<Finding> {
        let subject = Subject {
            language: of.file.kind.language(),
            text: of.text,
            broken: of.broken,
            today: jiff::Zoned::now().date(),
        };
        let path = self.found.relative(of.path);
        settle(&self.found.config, path, rules, &subject, findings)
    }
}

/// A text whose findings are judged.
#[derive(Debug, Clone, Copy)]
pub(super) struct Text<'a> {
    pub(super) file: &'a File,
    /// Where it lies on disk; for an untitled one its name.
    pub(super) path: &'a Path,
    pub(super) text: &'a str,
    pub(super) broken: bool,
}

/// Finds the configuration that holds for a file. Made anew when some configuration changes.
#[derive(Debug)]
pub(super) struct Book {
    resolver: Resolver<Reader>,
    kept: HashMap<Option<PathBuf>, Arc<Settings>>,
    /// See [`crate::lsp::Options::rules`].
    extra: Vec<&'static Rule>,
}

impl Book {
    pub(super) fn new(extra: Vec<&'static Rule>) -> Book {
        Book {
            // A file that is there but is no text is as wrong as one that is no TOML.
            resolver: Resolver::new(|path| {
                Some(String::from_utf8_lossy(&std::fs::read(path).ok()?).into_owned())
            }),
            kept: HashMap::new(),
            extra,
        }
    }

    /// The settings for a file by its absolute path; a document without a place on disk has none of its own.
    pub(super) fn of(&mut self, path: Option<&Path>) -> Arc<Settings> {
        let found = path.map_or_else(Arc::default, |path| self.resolver.of(path));
        self.kept
            .entry(found.file.clone())
            .or_insert_with(|| Arc::new(Settings::new(found, &self.extra)))
            .clone()
    }

    /// The configurations that hold for some document.
    pub(super) fn files(&self) -> Vec<PathBuf> {
        self.kept.keys().flatten().cloned().collect()
    }

    /// What cannot be understood in the configurations that were read, by their files.
    pub(super) fn problems(&self, support: Support) -> HashMap<Url, Vec<Diagnostic>> {
        let told = |settings: &&Arc<Settings>| !settings.found.problems.is_empty();
        let mut problems = HashMap::new();
        for settings in self.kept.values().filter(told) {
            let found = &settings.found;
            let Some(Ok(uri)) = found.file.as_ref().map(Url::from_file_path) else {
                continue;
            };
            let rope = Rope::from_str(&found.text);
            let view = View {
                uri: &uri,
                rope: &rope,
                support,
                others: None,
            };
            let shown = found
                .problems
                .iter()
                .map(Problem::finding)
                .filter(|finding| found.config.judges(finding.rule))
                .map(|finding| diagnostics::one(view, &finding))
                .collect();
            problems.insert(uri, shown);
        }
        problems
    }
}
