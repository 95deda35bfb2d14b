//! The configuration that holds for a file: the nearest upward.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use dashmap::DashMap;

use super::{Config, Home, Problem, read};

/// A configuration and where it stands.
#[derive(Debug, Default)]
pub struct Found {
    /// `None` when there is no configuration, and the default holds.
    pub file: Option<PathBuf>,
    pub text: String,
    pub config: Config,
    pub problems: Vec<Problem>,
    /// The text is no TOML, so that more may have been said than could be read.
    pub broken: bool,
}

impl Found {
    /// A path as the configuration's globs see it.
    pub fn relative<'p>(&self, path: &'p Path) -> &'p Path {
        let folder = self.file.as_deref().and_then(Path::parent);
        folder
            .and_then(|folder| path.strip_prefix(folder).ok())
            .unwrap_or(path)
    }
}

/// Keeps what it has found by folder. Make a new one when a configuration file changes.
pub struct Resolver<R> {
    read: R,
    kept: DashMap<PathBuf, Arc<Found>>,
}

impl<R: Fn(&Path) -> Option<String>> Resolver<R> {
    /// `read` gives the text of a file, `None` when there is none.
    pub fn new(read: R) -> Resolver<R> {
        Resolver {
            read,
            kept: DashMap::new(),
        }
    }

    /// The configuration for a file, by its absolute path. A configuration file is under itself.
    pub fn of(&self, file: &Path) -> Arc<Found> {
        file.parent()
            .map_or_else(Arc::default, |folder| self.folder(folder))
    }

    fn folder(&self, folder: &Path) -> Arc<Found> {
        if let Some(known) = self.kept.get(folder) {
            return known.clone();
        }
        let own = self.at(folder, "harden.toml", Home::Own);
        let found = own.or_else(|| self.at(folder, "pyproject.toml", Home::Pyproject));
        let found = match (found, folder.parent()) {
            (Some(found), _) => Arc::new(found),
            (None, Some(parent)) => self.folder(parent),
            (None, None) => Arc::default(),
        };
        self.kept.insert(folder.to_owned(), found.clone());
        found
    }

    fn at(&self, folder: &Path, name: &str, home: Home) -> Option<Found> {
        let file = folder.join(name);
        let text = (self.read)(&file)?;
        let reading = read(home, &text)?;
        Some(Found {
            file: Some(file),
            text,
            config: reading.config,
            problems: reading.problems,
            broken: reading.broken,
        })
    }
}

impl<R> fmt::Debug for Resolver<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Resolver")
            .field("kept", &self.kept)
            .finish_non_exhaustive()
    }
}
