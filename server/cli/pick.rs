//! Which rules are asked of which file: the arguments over the configuration.

use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use clap::ValueEnum;
use dashmap::DashMap;
use harden_engine::config::{Config, Found, Resolver, Selector};
use harden_engine::document::Engine;
use harden_engine::rule::{Rule, Severity};
use jiff::civil::Date;

use super::{Failure, advisories};

#[derive(Debug, Default, clap::Args)]
#[group(skip)]
pub(crate) struct Arguments {
    /// Rules to check instead of the configured ones: names, beginnings of names, or ALL
    #[arg(long, value_delimiter = ',', value_name = "RULES")]
    select: Vec<String>,
    /// Rules to leave out
    #[arg(long, value_delimiter = ',', value_name = "RULES")]
    ignore: Vec<String>,
    /// Read no harden.toml, no [tool.harden] in pyproject.toml, and nothing that Ruff or Bandit are told
    #[arg(long)]
    no_config: bool,
}

/// What holds for the files of one configuration.
#[derive(Debug)]
pub(crate) struct Settings {
    pub(crate) found: Arc<Found>,
    /// The configuration with the arguments over it.
    pub(crate) config: Config,
    pub(super) engine: Engine,
}

type Reader = fn(&Path) -> Option<String>;

/// The settings of all files that are checked.
#[derive(Debug)]
pub(crate) struct Book {
    select: Vec<Selector>,
    ignore: Vec<Selector>,
    resolver: Resolver<Reader>,
    /// No configuration counts.
    alone: bool,
    kept: DashMap<Option<PathBuf>, Arc<Settings>>,
    /// The day against which `until=` is held.
    pub(super) today: Date,
}

impl Book {
    /// Nothing but the configuration.
    pub(crate) fn plain() -> Book {
        Book {
            select: Vec::new(),
            ignore: Vec::new(),
            resolver: Resolver::new(from_disk as Reader),
            alone: false,
            kept: DashMap::new(),
            today: jiff::Zoned::now().date(),
        }
    }

    pub(crate) fn new(arguments: &Arguments) -> Result<Book, Failure> {
        let read: Reader = if arguments.no_config {
            |_| None
        } else {
            from_disk
        };
        Ok(Book {
            select: selectors(&arguments.select)?,
            ignore: selectors(&arguments.ignore)?,
            resolver: Resolver::new(read),
            alone: arguments.no_config,
            ..Book::plain()
        })
    }

    /// The settings for a file, by its absolute path.
    pub(crate) fn of(&self, file: &Path) -> Arc<Settings> {
        let found = self.resolver.of(file);
        if let Some(known) = self.kept.get(&found.file) {
            return known.clone();
        }
        let mut config = found.config.clone();
        if !self.select.is_empty() {
            config.select.clone_from(&self.select);
            config.ignore.clear();
        }
        config.ignore.extend(self.ignore.iter().cloned());
        let settings = Arc::new(Settings {
            engine: Engine::once(config.rules(), advisories::policy(&config)).alone(self.alone),
            config,
            found,
        });
        let file = settings.found.file.clone();
        self.kept.entry(file).or_insert(settings).clone()
    }

    /// Whether what other linters are told counts.
    pub(super) fn asks_linters(&self) -> bool {
        !self.alone
    }

    /// Whether some rule may read Dockerfiles: the arguments say so, or each configuration by itself.
    pub(super) fn reads_dockerfiles(&self, base: &Path) -> bool {
        self.select.is_empty() || self.of(base).engine.rules.read_dockerfiles()
    }

    /// Rules that panicked on some file, each once.
    pub(super) fn panicked(&self) -> Vec<&'static str> {
        let kept = self.kept.iter();
        let mut names: Vec<_> = kept
            .flat_map(|settings| settings.engine.rules.panicked())
            .collect();
        names.sort_unstable();
        names.dedup();
        names
    }

    /// All rules that were asked of some file.
    pub(super) fn rules(&self) -> Vec<&'static Rule> {
        let kept = self.kept.iter();
        let mut rules: Vec<&'static Rule> = kept
            .flat_map(|settings| settings.engine.rules.list().to_vec())
            .collect();
        rules.sort_unstable_by_key(|rule| rule.name);
        rules.dedup_by_key(|rule| rule.name);
        rules
    }

    /// The configurations of the files that were asked for.
    pub(super) fn files(&self) -> Vec<PathBuf> {
        self.kept
            .iter()
            .filter_map(|entry| entry.key().clone())
            .collect()
    }

    /// The configurations with problems, of those that were asked for, ordered by path.
    pub(crate) fn faulty(&self) -> Vec<Arc<Settings>> {
        let mut faulty: Vec<Arc<Settings>> = self
            .kept
            .iter()
            .map(|entry| entry.value().clone())
            .filter(|settings| !settings.found.problems.is_empty())
            .collect();
        faulty.sort_by(|a, b| a.found.file.cmp(&b.found.file));
        faulty
    }
}

/// A file that is there but is no text is as wrong as one that is no TOML.
fn from_disk(path: &Path) -> Option<String> {
    Some(String::from_utf8_lossy(&std::fs::read(path).ok()?).into_owned())
}

fn selectors(names: &[String]) -> Result<Vec<Selector>, Failure> {
    let parsed: Result<_, _> = names.iter().map(|name| Selector::parse(name)).collect();
    parsed.map_err(Failure::Usage)
}

/// An absolute path without `.` and `..`.
pub(super) fn absolute(path: &Path) -> std::io::Result<PathBuf> {
    let mut made = PathBuf::new();
    for part in std::path::absolute(path)?.components() {
        match part {
            Component::ParentDir => {
                made.pop();
            }
            part => made.push(part),
        }
    }
    Ok(made)
}

/// A severity on the command line.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(super) enum Level {
    Info,
    Low,
    Medium,
    High,
    Critical,
}

impl Level {
    pub(super) fn severity(self) -> Severity {
        match self {
            Level::Info => Severity::Info,
            Level::Low => Severity::Low,
            Level::Medium => Severity::Medium,
            Level::High => Severity::High,
            Level::Critical => Severity::Critical,
        }
    }
}
