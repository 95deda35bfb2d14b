//! What rules may ask about the other files of the project.

use std::fmt::Debug;
use std::path::Path;

/// A use of a pytest marker in the tests of a unit.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct MarkerUse {
    pub name: String,
}

/// The project as one file sees it. Implemented by whoever owns the files: the command line and the server.
pub trait Project: Debug {
    /// Names of the pytest markers used by Python files below `folder`, sorted, once each; `None` when the files have not
    /// been read (yet), so that nothing is claimed of them.
    fn markers_used(&self, folder: &Path) -> Option<Vec<String>>;
    /// Names of the markers that conftest files below `folder` declare by `addinivalue_line("markers", …)`.
    fn markers_declared(&self, folder: &Path) -> Vec<String>;
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
