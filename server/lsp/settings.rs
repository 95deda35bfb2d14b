//! What the user's configuration makes of the engine, by folder.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use harden_engine::check::Rules;
use harden_engine::config::{self, Config, Found, Home, Problem, Resolver, Scope};
use harden_engine::document::Engine;
use harden_engine::file::File;
use harden_engine::outcome::settle;
use harden_engine::rule::{Finding, Rule};
use harden_engine::suppress::Subject;
use ropey::Rope;
use tower_lsp::lsp_types::Url;

use super::diagnostics::{self, View};
use super::preferences::{Chosen, Preferences};
use super::publish::Fragment;
use super::support::Support;
use crate::cli::advisories;

type Reader = fn(&Path) -> Option<String>;

/// An engine with one configuration. Documents under the same configuration share it, and with it the store.
#[derive(Debug)]
pub(super) struct Settings {
    pub(super) engine: Arc<Engine>,
    /// The configuration; `None` where there is none, and the default holds.
    file: Option<PathBuf>,
    config: Config,
    /// The configuration was whole TOML when it was read.
    sound: bool,
    preferences: Preferences,
}

impl Settings {
    /// Whether the user does not want to hear of the file that lies here.
    pub(super) fn excludes(&self, path: &Path) -> bool {
        !self.preferences.enabled() || self.config.exclude.take(self.relative(path))
    }

    pub(super) fn enables(&self, rule: &Rule) -> bool {
        self.preferences.enabled() && self.config.enables(rule)
    }

    /// The configuration.
    pub(super) fn file(&self) -> Option<&Path> {
        self.file.as_deref()
    }

    /// The file with the stage that the configuration gives it.
    pub(super) fn place(&self, path: &Path, file: File) -> File {
        self.config.place(self.relative(path), file)
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
        let path = self.relative(of.path);
        let mut findings = settle(&self.config, path, rules, &subject, findings);
        findings.retain(|finding| self.preferences.shows(&self.config, finding));
        findings
    }

    fn relative<'p>(&self, path: &'p Path) -> &'p Path {
        let folder = self.file().and_then(Path::parent);
        let below = folder.and_then(|folder| path.strip_prefix(folder).ok());
        below.unwrap_or(path)
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

/// Finds the configuration that holds for a file.
#[derive(Debug)]
pub(super) struct Book {
    resolver: Resolver<Reader>,
    kept: HashMap<Kept, Arc<Settings>>,
    /// What was kept before it was looked again: it is taken over where nothing has changed.
    before: HashMap<Kept, Arc<Settings>>,
    /// The configurations that were read.
    found: HashMap<PathBuf, Arc<Found>>,
    /// What the client says.
    pub(super) chosen: Chosen,
    /// The configurations that are open. What is on disk holds, what is wrong in these is shown.
    open: HashMap<PathBuf, Rope>,
    /// An open one has changed since its problems were asked for.
    edited: bool,
    /// What configurations said that changed on disk.
    said: HashMap<PathBuf, Option<Said>>,
    /// See [`crate::lsp::Options::rules`].
    extra: Vec<&'static Rule>,
}

/// What a configuration says, and where it is wrong.
type Said = (Config, Vec<Problem>);

/// A configuration file and what the client says there.
type Kept = (Option<PathBuf>, Preferences);

impl Book {
    pub(super) fn new(extra: Vec<&'static Rule>) -> Book {
        Book {
            resolver: resolver(),
            kept: HashMap::new(),
            before: HashMap::new(),
            found: HashMap::new(),
            chosen: Chosen::default(),
            open: HashMap::new(),
            edited: false,
            said: HashMap::new(),
            extra,
        }
    }

    /// Forget what is on disk, but not what came of it: settings that are still the same stay the same.
    pub(super) fn look_again(&mut self) {
        self.resolver = resolver();
        self.found.clear();
        let still = |(file, _): &Kept| file.as_ref().is_none_or(|file| file.is_file());
        self.before.retain(|kept, _| still(kept));
        self.before.extend(self.kept.drain());
    }

    /// The settings for a file by its absolute path; a document without a place on disk has none of its own.
    pub(super) fn of(&mut self, path: Option<&Path>) -> Arc<Settings> {
        let found = path.map_or_else(Arc::default, |path| self.resolver.of(path));
        let kept = (found.file.clone(), self.chosen.of(path));
        if let Some(known) = self.kept.get(&kept) {
            return known.clone();
        }
        if let Some(file) = &found.file {
            self.found.insert(file.clone(), found.clone());
        }
        let settings = self.settings(&found, &kept);
        self.kept.insert(kept, settings.clone());
        settings
    }

    /// The configurations that hold for some document.
    pub(super) fn files(&self) -> Vec<PathBuf> {
        self.found.keys().cloned().collect()
    }

    /// Whether the files of a folder are told of that are not open; `None` where nobody says so.
    pub(super) fn scope(&mut self, folder: &Path) -> Option<Scope> {
        // Any name will do: its folder decides.
        let settings = self.of(Some(&folder.join("harden.toml")));
        if !settings.preferences.enabled() {
            return Some(Scope::OpenFiles);
        }
        settings.preferences.scope(&settings.config)
    }

    fn settings(&self, found: &Found, kept: &Kept) -> Arc<Settings> {
        let all = self.kept.iter().chain(&self.before);
        // While the file is no TOML, what it said last holds.
        let sound = all
            .clone()
            .find(|((file, _), settings)| *file == found.file && settings.sound);
        let last = sound.filter(|_| found.broken).map(|(_, last)| last);
        let config = last.map_or(&found.config, |last| &last.config);
        let same = self.before.get(kept);
        let policy = advisories::policy(config);
        let known = |same: &Settings| same.engine.policy.advisories == policy.advisories;
        if let Some(same) = same.filter(|same| same.config == *config && known(same)) {
            return same.clone();
        }
        let alike = |settings: &&Arc<Settings>| {
            let other = &settings.config;
            (&other.select, &other.ignore, &other.policy)
                == (&config.select, &config.ignore, &config.policy)
                && known(settings)
        };
        let engine = all.map(|(_, settings)| settings).find(alike).map_or_else(
            || {
                let mut rules = config.rules();
                if !self.extra.is_empty() {
                    rules = Rules::new(rules.list().iter().chain(&self.extra).copied());
                }
                Arc::new(Engine::new(rules, policy.clone()))
            },
            |settings| settings.engine.clone(),
        );
        Arc::new(Settings {
            engine,
            file: found.file.clone(),
            config: config.clone(),
            sound: !found.broken || last.is_some(),
            preferences: kept.1,
        })
    }

    /// Whether all that holds here, or may come to hold, lies in these folders, where clients watch.
    pub(super) fn within(&self, folders: &[PathBuf]) -> bool {
        let inside = |file: &PathBuf| folders.iter().any(|folder| file.starts_with(folder));
        !folders.is_empty() && self.found.keys().all(inside)
    }

    /// Whether a file that changed on disk is a configuration that says something else than when it changed last.
    pub(super) fn news(&mut self, path: &Path) -> bool {
        let Some(home) = Home::of(path) else {
            return false;
        };
        let text = std::fs::read(path).ok();
        let now = text.and_then(|text| {
            let reading = config::read(home, &String::from_utf8_lossy(&text))?;
            // One that is broken may stand for what was said before.
            (!reading.broken).then_some((reading.config, reading.problems))
        });
        let broken = now.is_none();
        let before = self.said.insert(path.to_owned(), now);
        broken || before.as_ref() != self.said.get(path)
    }

    /// The configuration at `path` is open with this text, or no longer open.
    pub(super) fn hold(&mut self, path: &Path, text: Option<Rope>) {
        if Home::of(path).is_none() {
            return;
        }
        self.edited = true;
        match text {
            Some(text) => self.open.insert(path.to_owned(), text),
            None => self.open.remove(path),
        };
    }

    /// Whether an open configuration has changed since this was asked last.
    pub(super) fn take_edited(&mut self) -> bool {
        std::mem::take(&mut self.edited)
    }

    /// What cannot be understood in the configurations that are open or were read, by their files.
    pub(super) fn problems(&self, support: Support) -> HashMap<Url, Vec<Fragment>> {
        let mut problems = HashMap::new();
        for (path, rope) in &self.open {
            let reading = Home::of(path).and_then(|home| config::read(home, &String::from(rope)));
            if let Some(reading) = reading {
                let told = (&reading.config, &reading.problems[..]);
                self.tell(&mut problems, support, path, rope, told);
            }
        }
        for (path, found) in &self.found {
            if !self.open.contains_key(path) && !found.problems.is_empty() {
                let told = (&found.config, &found.problems[..]);
                self.tell(
                    &mut problems,
                    support,
                    path,
                    &Rope::from_str(&found.text),
                    told,
                );
            }
        }
        problems
    }

    fn tell(
        &self,
        problems: &mut HashMap<Url, Vec<Fragment>>,
        support: Support,
        path: &Path,
        rope: &Rope,
        (config, told): (&Config, &[Problem]),
    ) {
        let Ok(uri) = Url::from_file_path(path) else {
            return;
        };
        if told.is_empty() || !self.chosen.of(Some(path)).enabled() {
            return;
        }
        let view = View {
            uri: &uri,
            rope,
            support,
            others: None,
        };
        let shown = told
            .iter()
            .map(Problem::finding)
            .filter(|finding| config.judges(finding.rule))
            .map(|finding| Fragment::new(&diagnostics::one(view, &finding)))
            .collect();
        problems.insert(uri, shown);
    }
}

fn resolver() -> Resolver<Reader> {
    // A file that is there but is no text is as wrong as one that is no TOML.
    Resolver::new(|path| Some(String::from_utf8_lossy(&std::fs::read(path).ok()?).into_owned()))
}
