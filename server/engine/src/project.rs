//! What rules may ask about the other files of the project.

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::chunk::Chunks;
use crate::file::{File, Kind};
use crate::model::Part;
use crate::model::pytest::Config;
use crate::model::python::{Marker, markers_declared, markers_used};
use crate::syntax;
use crate::work::Work;

/// The project as one file sees it. Implemented by [`Workspace`] for whoever owns the files: the command line and the server.
pub trait Project: Debug {
    /// Names of the pytest markers used by Python files below `folder`, sorted, once each; `None` when the files have not
    /// been read (yet), so that nothing is claimed of them.
    fn markers_used(&self, folder: &Path) -> Option<Vec<String>>;
    /// Names of the markers that conftest files below `folder` declare by `addinivalue_line("markers", …)`.
    fn markers_declared(&self, folder: &Path) -> Vec<String>;
    /// The file from which pytest takes its configuration in `folder`; `None` when none is known.
    fn pytest_home(&self, _folder: &Path) -> Option<PathBuf> {
        None
    }
}

/// A file alone in the world.
#[derive(Debug, Default)]
pub struct NoProject;

impl Project for NoProject {
    fn markers_used(&self, _: &Path) -> Option<Vec<String>> {
        None
    }
    fn markers_declared(&self, _: &Path) -> Vec<String> {
        Vec::new()
    }
}

/// What one file tells the others. Without positions, so that most edits change none of it.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Facts {
    pub markers_used: Vec<String>,
    pub markers_declared: Vec<String>,
    /// The file is a home of pytest's configuration.
    pub pytest_home: bool,
}

/// What a file tells the others. Pure, so that files can be read side by side.
pub fn facts(file: &File, text: &str) -> Facts {
    match file.kind {
        Kind::Python if text.contains("mark") => {
            // Names are resolved through the imports, so their chunks are needed too.
            let parts = read(file, text, |chunk| {
                chunk.contains("mark") || chunk.contains("pytest")
            });
            Facts {
                markers_used: names(markers_used(&parts)),
                markers_declared: names(markers_declared(&parts)),
                pytest_home: false,
            }
        }
        Kind::PytestIni | Kind::PytestToml => Facts {
            pytest_home: true,
            ..Facts::default()
        },
        Kind::Pyproject | Kind::ToxIni | Kind::SetupCfg if text.contains("pytest") => Facts {
            pytest_home: Config::read(file.kind, &read(file, text, |_| true)).is_some(),
            ..Facts::default()
        },
        _ => Facts::default(),
    }
}

/// The parts of the chunks that `wanted` picks by their text.
fn read(file: &File, text: &str, wanted: impl Fn(&str) -> bool) -> Vec<(usize, Arc<Part>)> {
    let chunks = Chunks::cut(file.kind.language(), text, &mut Work::default());
    let chunks = chunks
        .list()
        .iter()
        .filter(|chunk| wanted(&text[chunk.start..chunk.end]));
    chunks
        .map(|chunk| {
            let part = syntax::read(chunk.state, &text[chunk.start..chunk.end].into(), &mut None);
            (chunk.start, Arc::new(part))
        })
        .collect()
}

fn names(markers: Vec<Marker>) -> Vec<String> {
    let names: Vec<String> = markers.into_iter().map(|marker| marker.name).collect();
    sorted(names.iter())
}

/// The facts of all files of a workspace, by paths relative to it. It reads nothing: its owner tells it of each file.
#[derive(Debug, Default, Clone)]
pub struct Workspace {
    facts: BTreeMap<PathBuf, Facts>,
    complete: bool,
}

impl Workspace {
    /// Take what [`facts`] said of a file; default facts for a file that is gone. Returns whether this changed anything, so that other files must be asked again.
    pub fn set(&mut self, path: &Path, facts: Facts) -> bool {
        let facts = Some(facts).filter(|facts| *facts != Facts::default());
        if self.facts.get(path) == facts.as_ref() {
            return false;
        }
        match facts {
            Some(facts) => self.facts.insert(path.to_path_buf(), facts),
            None => self.facts.remove(path),
        };
        true
    }

    /// Say that every file has been told of. Until then no use of anything is taken for absent.
    pub fn set_complete(&mut self) {
        self.complete = true;
    }

    fn below(&self, folder: &Path) -> impl Iterator<Item = &Facts> {
        let from = self.facts.range(folder.to_path_buf()..);
        from.take_while(move |(path, _)| path.starts_with(folder))
            .map(|(_, facts)| facts)
    }
}

impl Project for Workspace {
    fn markers_used(&self, folder: &Path) -> Option<Vec<String>> {
        self.complete
            .then(|| sorted(self.below(folder).flat_map(|facts| &facts.markers_used)))
    }
    fn markers_declared(&self, folder: &Path) -> Vec<String> {
        sorted(self.below(folder).flat_map(|facts| &facts.markers_declared))
    }
    fn pytest_home(&self, folder: &Path) -> Option<PathBuf> {
        PYTEST_HOMES
            .iter()
            .map(|name| folder.join(name))
            .find(|path| self.facts.get(path).is_some_and(|facts| facts.pytest_home))
    }
}

/// In the order in which pytest looks for them; the first one that is a home is the only one that is read.
const PYTEST_HOMES: &[&str] = &[
    "pytest.toml",
    ".pytest.toml",
    "pytest.ini",
    ".pytest.ini",
    "pyproject.toml",
    "tox.ini",
    "setup.cfg",
];

fn sorted<'a>(names: impl Iterator<Item = &'a String>) -> Vec<String> {
    let mut names: Vec<String> = names.cloned().collect();
    names.sort();
    names.dedup();
    names
}
