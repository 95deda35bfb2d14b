//! What a unit requires.

use std::path::{Path, PathBuf};

use super::{Fact, Question, Source, View, Workspace};
use crate::file::Kind;
use crate::model::requirements::declared;

/// The distributions that one file requires, in the normal form of their names.
#[derive(Debug, Hash)]
pub(super) struct Requires(pub(super) Vec<String>);

impl Fact for Requires {
    fn read(source: &Source) -> Option<Requires> {
        let kind = source.file()?.kind;
        let is = matches!(
            kind,
            Kind::Requirements | Kind::Pyproject | Kind::SetupCfg | Kind::ToxIni
        );
        let names = is.then(|| declared(&source.parts(kind, |_| true)))?;
        (!names.is_empty()).then_some(Requires(names))
    }
}

/// Does some file of a unit's folder, but for this one, require a distribution?
#[derive(Debug)]
pub(super) struct DoesRequire {
    pub(super) folder: PathBuf,
    pub(super) name: &'static str,
    pub(super) but: PathBuf,
}

impl Question for DoesRequire {
    type Answer = bool;
    fn answer(&self, workspace: &Workspace) -> bool {
        let requirements = self.folder.join("requirements");
        let of = |folder: PathBuf| {
            let names = workspace.folder(&folder).unwrap_or_default();
            let files = names.files().map(|name| folder.join(name));
            files.collect::<Vec<_>>()
        };
        let mut paths = of(self.folder.clone()).into_iter().chain(of(requirements));
        paths.any(|path| {
            let name = path
                .file_name()
                .and_then(|name| name.to_str())
                .unwrap_or_default();
            // By the name first: most files of a folder are of another sort.
            let may = [".txt", ".lock", ".toml", ".cfg", ".ini"]
                .iter()
                .any(|end| name.ends_with(end));
            may && path != self.but
                && workspace
                    .fact::<Requires>(&path)
                    .here()
                    .is_some_and(|requires| requires.0.iter().any(|known| known == self.name))
        })
    }
}

impl Workspace {
    /// Whether a file lists anything that is required.
    pub(super) fn lists_requirements(&self, path: &Path) -> bool {
        self.fact::<Requires>(path).here().is_some()
    }
}

impl View<'_> {
    /// Whether the unit of a folder requires a distribution (in the normal form of its name) in a file beside this one: in
    /// requirements files, `pyproject.toml`, `setup.cfg` or `tox.ini`.
    pub fn requires(&self, folder: &Path, name: &'static str, but: &Path) -> bool {
        self.ask(DoesRequire {
            folder: folder.to_path_buf(),
            name,
            but: but.to_path_buf(),
        })
    }
}
